//! What may be extracted, and how: the filters, what becomes of files that are there, limits.

use std::io;

use super::super::member::{Kind, Member};
use super::super::time::Time;
use super::Refusal;
use super::owners::Owners;
use crate::formats::tar::pax::xattr_name;

/// How far an archive is trusted; the words are those of Python's `tarfile`.
///
/// | | `Data` | `Tar` | `Trusted` |
/// | --- | --- | --- | --- |
/// | a leading `/` | taken off | taken off | kept |
/// | `..`, a way through a link | refused | refused | followed |
/// | links that lead outside or are absolute | refused | made | made |
/// | devices, named pipes | refused | made | made |
/// | modes of files | see below | `& 0755` | kept |
/// | modes of directories | those of new ones | `& 0755` | kept |
/// | owners, when root extracts | root's own | kept | kept |
/// | extended attributes | `user.*` when asked for | `user.*` | all |
///
/// Under `Data` a file loses setuid, setgid, sticky and writing for group and others; its owner
/// may read and write it; and nobody may execute it where its owner couldn't. Modes are set as
/// they are said here, whatever the umask; directories that no filter sets the mode of are made
/// as the umask has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
pub enum Existing {
    /// It goes, and the member is made anew; it is never written through.
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
    /// What becomes of files that are there. Directories stay in any case.
    pub existing: Existing,
    /// Owners by their numbers, whatever names the archive has for them.
    pub numeric_owner: bool,
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

impl Policy {
    /// A filter, with nothing else asked for.
    pub fn new(filter: Filter) -> Policy {
        Policy {
            filter,
            ..Policy::default()
        }
    }

    /// Whether owners are set, where whoever extracts may.
    pub(super) fn keeps_owners(&self) -> bool {
        self.filter != Filter::Data
    }

    /// Whether members of this type are extracted.
    pub(in crate::formats::tar) fn takes(&self, member: &Member) -> Result<(), Refusal> {
        match member.kind {
            Kind::CharDevice | Kind::BlockDevice | Kind::Fifo if self.filter == Filter::Data => {
                Err(Refusal::Special(member.kind))
            }
            Kind::Other => Err(Refusal::Unsupported(member.typeflag)),
            _ => Ok(()),
        }
    }

    /// Whether what has a member's name is to go; `false` where it is to stay.
    pub(super) fn makes_room(
        &self,
        present: Option<&Present>,
        member: &Member,
    ) -> Result<bool, Refusal> {
        match (present, self.existing) {
            (None, _) => Ok(true),
            (Some(_), Existing::Keep) => Ok(false),
            (Some(_), Existing::Fail) => Err(Refusal::Exists),
            (Some(present), _) if present.is_directory => Err(Refusal::DirectoryInTheWay),
            (Some(present), Existing::Newer) => Ok(present.time < member.mtime),
            (Some(_), Existing::Replace) => Ok(true),
        }
    }

    /// What a member gets beside its content.
    pub(super) fn attributes(&self, member: &Member, owners: Option<&Owners>) -> Attributes {
        let names = |name| (!self.numeric_owner).then_some(name);
        Attributes {
            time: member.mtime,
            mode: self.mode(member),
            owner: owners.and_then(|owners| {
                Some((
                    owners.user(names(&member.uname), member.uid)?,
                    owners.group(names(&member.gname), member.gid)?,
                ))
            }),
            xattrs: self.xattrs(member),
        }
    }

    /// The mode that is set, where one is.
    fn mode(&self, member: &Member) -> Option<u32> {
        match (self.filter, member.kind) {
            (_, Kind::Symlink) => None,
            (Filter::Data, Kind::Directory) => None,
            (Filter::Data, _) => Some(data_mode(member.mode)),
            (Filter::Tar, _) => Some(member.mode & 0o755),
            (Filter::Trusted, _) => Some(member.mode),
        }
    }

    fn xattrs(&self, member: &Member) -> Box<[(Vec<u8>, Vec<u8>)]> {
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
    /// User and group; `None`: whoever extracts.
    pub(super) owner: Option<(u32, u32)>,
    pub(super) xattrs: Box<[(Vec<u8>, Vec<u8>)]>,
}

#[cfg(unix)]
impl Attributes {
    /// Whether nothing but the time is set.
    pub(super) fn is_time_alone(&self) -> bool {
        self.mode.is_none() && self.owner.is_none() && self.xattrs.is_empty()
    }
}

/// What the system didn't let be set, and why.
pub(super) type Unset = (String, io::Error);

/// What has a name that a member is to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Present {
    pub(super) is_directory: bool,
    pub(super) time: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_those_of_the_data_filter() {
        for (mode, expected) in [
            (0o644, 0o644),
            (0o4755, 0o755),
            (0o777, 0o755),
            (0o000, 0o600),
            (0o111, 0o711),
            (0o011, 0o600),
            (0o2664, 0o644),
            (0o400, 0o600),
        ] {
            assert_eq!(data_mode(mode), expected, "{mode:o}");
        }
    }
}
