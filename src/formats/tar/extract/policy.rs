//! What may be extracted, and how: the filters, what becomes of files that are there, limits.

use std::io;

use super::super::member::{Kind, Member};
use super::super::time::Time;
use super::Refusal;
use super::owners::{Owner, Owners};
use crate::formats::tar::acl::{self, Acl};
use crate::formats::tar::layout::field;
use crate::formats::tar::pax::xattr_name;
use crate::formats::tar::text::shown;

/// How far an archive is trusted; the words are those of Python's `tarfile`.
///
/// | | `Data` | `Tar` | `Trusted` |
/// | --- | --- | --- | --- |
/// | a leading `/` | taken off | taken off | kept |
/// | `..`, a way through a link | refused | refused | followed |
/// | links that lead outside or are absolute | refused | made | made |
/// | devices, named pipes | refused | made | made |
/// | modes of files | see below | kept but setuid and setgid | kept |
/// | modes of directories | those of new ones | kept but setuid and setgid | kept |
/// | owners, when root extracts | root's own | kept | kept |
/// | extended attributes | `user.*` when asked for | `user.*` | all |
/// | access control lists | left out | left out | kept |
///
/// Under `Data` a file loses setuid, setgid, sticky and writing for group and others; its owner
/// may read and write it; and nobody may execute it where its owner couldn't. Modes are set as
/// they are said here, whatever the umask; directories that no filter sets the mode of are made
/// as the umask has it.
///
/// Without its access control list a file's group may do what the list says of it, where the mode has
/// the list's mask in that place. Setuid and setgid are set only where the file belongs to the user
/// and the group that the archive says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Filter {
    /// Archives from strangers: nothing is ever written, or linked to, outside the folder.
    #[default]
    Data,
    /// Backups: links may lead anywhere, and nothing is written outside the folder nevertheless.
    Tar,
    /// The archive is believed in everything, names that lead outside included.
    Trusted,
}

/// What becomes of a file that has a member's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Existing {
    /// It goes, and the member is made anew; it is never written through. A directory goes only where
    /// it is empty, and stays for a directory.
    #[default]
    Replace,
    /// It stays.
    Keep,
    /// It goes where it is older than the member, and stays otherwise.
    Newer,
    /// It stays, and the member is refused.
    Fail,
}

/// What an [`Extractor`](super::Extractor) allows and does.
///
/// ```
/// use bytewright::formats::tar::{Filter, Policy};
///
/// let mut policy = Policy::new(Filter::Data);
/// policy.strip_components = 1;
/// policy.max_size = Some(1 << 30);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// How far the archive is trusted.
    pub filter: Filter,
    /// What becomes of what is there.
    pub existing: Existing,
    /// Owners by their numbers, whatever names the archive has for them.
    pub numeric_owner: bool,
    /// Whether what is extracted gets the time of now instead of the member's.
    pub touch: bool,
    /// How many parts are taken off the front of each name, and of the targets of hard links.
    pub strip_components: usize,
    /// Whether [`Filter::Data`] sets extended attributes of users too.
    pub xattrs: bool,
    /// How many bytes all files together may have, the holes of sparse files included.
    pub max_size: Option<u64>,
    /// How many members may be extracted.
    pub max_members: Option<u64>,
    /// How many bytes may be written for each byte of a compressed archive that was read; the
    /// first MiB is free.
    pub max_ratio: Option<u64>,
    /// Whether the first member that is refused is the last one looked at.
    pub stop_on_refused: bool,
}

/// The largest numbers of devices on Linux, which cuts larger ones off.
const LAST_MAJOR: u32 = (1 << 12) - 1;
const LAST_MINOR: u32 = (1 << 20) - 1;

impl Policy {
    /// A filter, with nothing else asked for.
    pub fn new(filter: Filter) -> Policy {
        Policy {
            filter,
            ..Policy::default()
        }
    }

    /// Whether owners are those of the archive, where the user who extracts may set them.
    pub(super) fn keeps_owners(&self) -> bool {
        self.filter != Filter::Data
    }

    /// Whether members of this type are extracted.
    pub(in crate::formats::tar) fn takes(&self, member: &Member) -> Result<(), Refusal> {
        match member.kind {
            Kind::CharDevice | Kind::BlockDevice | Kind::Fifo if self.filter == Filter::Data => {
                Err(Refusal::Special(member.kind))
            }
            Kind::CharDevice | Kind::BlockDevice => {
                let unread = |field| member.unread.contains(&field);
                let (major, minor) = member.device;
                match unread(field!("devmajor")) || unread(field!("devminor")) {
                    true => Err(Refusal::Device(None)),
                    false if major > LAST_MAJOR || minor > LAST_MINOR => {
                        Err(Refusal::Device(Some(member.device)))
                    }
                    false => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether what has a member's name is to go; `false` where it is to stay. Only an empty directory
    /// can go.
    pub(super) fn makes_room(
        &self,
        present: Option<&Present>,
        member: &Member,
    ) -> Result<bool, Refusal> {
        match (present, self.existing) {
            (None, _) => Ok(true),
            (Some(_), Existing::Keep) => Ok(false),
            (Some(_), Existing::Fail) => Err(Refusal::Exists),
            // The time of a directory says nothing of a file.
            (Some(present), Existing::Newer) => {
                Ok(present.is_directory || present.time < member.mtime)
            }
            (Some(_), Existing::Replace) => Ok(true),
        }
    }

    /// What a member gets beside its content, and what of it is known not to be possible here.
    pub(super) fn attributes(
        &self,
        member: &Member,
        owners: Option<&Owners>,
    ) -> (Attributes, Vec<Unset>) {
        let mut xattrs = self.xattrs(member);
        let mut unset = Vec::new();
        if let Some(owners) = owners.filter(|_| self.filter == Filter::Trusted) {
            for list in [acl::ACCESS, acl::DEFAULT] {
                match self.acl_xattr(member, list, owners) {
                    Ok(None) => {}
                    Ok(Some(xattr)) => {
                        // The same list, by the numbers of another system.
                        xattrs.retain(|(name, _)| *name != xattr.0);
                        xattrs.push(xattr);
                    }
                    Err(why) => unset.push((list.0.to_owned(), io::Error::other(why))),
                }
            }
        }
        let attributes = Attributes {
            time: match self.touch {
                true => Time::now(),
                false => member.mtime,
            },
            mode: self.mode(member),
            owner: owners.map(|owners| owners.of(member, self.numeric_owner)),
            xattrs: xattrs.into(),
        };
        (attributes, unset)
    }

    /// The mode that is set, where one is.
    fn mode(&self, member: &Member) -> Option<u32> {
        let mode = || {
            let group = group_rights(member).unwrap_or(0o7);
            member.mode & (!0o070 | group << 3)
        };
        match (self.filter, member.kind) {
            (_, Kind::Symlink) => None,
            (Filter::Data, Kind::Directory) => None,
            (Filter::Data, _) => Some(data_mode(mode())),
            (Filter::Tar, _) => Some(mode() & 0o1777),
            (Filter::Trusted, _) => Some(mode()),
        }
    }

    fn xattrs(&self, member: &Member) -> Vec<Xattr> {
        let wanted = |name: &[u8]| match self.filter {
            Filter::Data => self.xattrs && name.starts_with(b"user."),
            Filter::Tar => name.starts_with(b"user."),
            Filter::Trusted => true,
        };
        let named = member.pax.iter().filter_map(|record| {
            let name = xattr_name(&record.keyword)?;
            wanted(&name).then(|| (name, record.value.clone()))
        });
        named.collect()
    }

    /// The extended attribute that an access control list becomes; only directories have one for
    /// what is made in them.
    fn acl_xattr(
        &self,
        member: &Member,
        (keyword, name): (&str, &[u8]),
        owners: &Owners,
    ) -> Result<Option<Xattr>, String> {
        let text = member.pax.get(keyword).filter(|text| !text.is_empty());
        let Some(text) =
            text.filter(|_| keyword == acl::ACCESS.0 || member.kind == Kind::Directory)
        else {
            return Ok(None);
        };
        let list = Acl::of_text(text).ok_or_else(|| {
            let expected = "user::rwx,user:NAME:rwx,group::rwx,mask::rwx,other::rwx";
            format!("it is {}, not like {expected}", shown(text))
        })?;
        let named = !self.numeric_owner;
        let value = list.to_xattr(
            |name| owners.user(name).filter(|_| named),
            |name| owners.group(name).filter(|_| named),
        );
        let value = value.map_err(|name| format!("{} has no number here", shown(&name)))?;
        Ok(Some((name.to_vec(), value)))
    }
}

/// What a member's group may do, where an access control list says it: its mode may have the mask of
/// the list there, which is what others named in the list may do.
fn group_rights(member: &Member) -> Option<u32> {
    let (keyword, name) = acl::ACCESS;
    let list = member.pax.get(keyword).and_then(Acl::of_text);
    let list = list.or_else(|| {
        let is_list = |keyword: &[u8]| xattr_name(keyword).is_some_and(|found| found == name);
        let record = member.pax.iter().find(|record| is_list(&record.keyword))?;
        Acl::of_xattr(&record.value)
    });
    list?.group_rights()
}

/// The mode of a file as Python's `data` filter has it.
fn data_mode(mode: u32) -> u32 {
    let mode = mode & 0o755;
    let executable = mode & 0o100 != 0;
    (if executable { mode } else { mode & !0o111 }) | 0o600
}

/// What a member gets beside its content.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "other systems have nothing but the time")
)]
pub(super) struct Attributes {
    pub(super) time: Time,
    /// `None`: that of a new one.
    pub(super) mode: Option<u32>,
    /// `None`: the user who extracts.
    pub(super) owner: Option<Owner>,
    pub(super) xattrs: Box<[Xattr]>,
}

#[cfg(unix)]
impl Attributes {
    /// Whether nothing but the time is set.
    pub(super) fn is_time_alone(&self) -> bool {
        self.mode.is_none() && self.owner.is_none() && self.xattrs.is_empty()
    }
}

/// Name and value.
pub(super) type Xattr = (Vec<u8>, Vec<u8>);

/// What the system didn't let be set, and why.
pub(super) type Unset = (String, io::Error);

/// What has a name that a member is to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Present {
    pub(super) is_directory: bool,
    pub(super) time: Time,
}

#[cfg(test)]
mod tests;
