//! Two archives compared member by member, by name.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use super::texts::{Text, Texts};
use super::{Contents, OnProblems};
use crate::Value;
use crate::formats::tar::names::key as name_key;
use crate::formats::tar::{Archive, Builder, Error, Kind, Member, Notice, Time};
use crate::hash::{Algorithm, Hasher};
use crate::offset::Tally;

/// A field of members that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// What it is: a file, a directory.
    Type,
    /// The permissions.
    Mode,
    /// The owner's number.
    Uid,
    /// The group's number.
    Gid,
    /// The owner's name.
    Uname,
    /// The group's name.
    Gname,
    /// When the content was last changed.
    Mtime,
    /// The size of a file's content.
    Size,
    /// The target of a link.
    Link,
    /// Major and minor number of a device.
    Device,
    /// A file's content, by its digest.
    Content,
    /// Extended attributes and access control lists, as pax records hold them.
    Xattrs,
    /// The other pax records, without those that say what another field says, times of access and
    /// of inode changes, and comments.
    Pax,
    /// Its place among the members that both archives have; only on request.
    Order,
}

impl Field {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Field; 14] = [
        Field::Type,
        Field::Mode,
        Field::Uid,
        Field::Gid,
        Field::Uname,
        Field::Gname,
        Field::Mtime,
        Field::Size,
        Field::Link,
        Field::Device,
        Field::Content,
        Field::Xattrs,
        Field::Pax,
        Field::Order,
    ];

    /// The name in lower case: `mtime`.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Type => "type",
            Field::Mode => "mode",
            Field::Uid => "uid",
            Field::Gid => "gid",
            Field::Uname => "uname",
            Field::Gname => "gname",
            Field::Mtime => "mtime",
            Field::Size => "size",
            Field::Link => "link",
            Field::Device => "device",
            Field::Content => "content",
            Field::Xattrs => "xattrs",
            Field::Pax => "pax",
            Field::Order => "order",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// A field in which two members of one name differ.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Which one.
    pub field: Field,
    /// Its value in the first archive and in the second; `None` for content, which is compared by its digest.
    pub values: Option<(Value, Value)>,
}

/// A difference between two archives: a member that was added, removed or changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference<'a> {
    /// Only the second has it.
    Added(&'a [u8]),
    /// Only the first has it.
    Removed(&'a [u8]),
    /// Both have it, and it is not the same.
    Changed(&'a [u8], Vec<Change>),
}

/// The compared fields of the members of an archive: about 200 bytes each, and their names, which
/// may take 256 MiB. Of several members of one name, the last counts.
#[derive(Debug, Default)]
pub struct Listing {
    members: Vec<Entry>,
    texts: Texts,
    places: HashMap<u128, u32>,
    repeated: Text,
    repetitions: u64,
}

#[derive(Debug)]
struct Entry {
    name: Text,
    /// Whether a later member has its name.
    replaced: bool,
    kind: Kind,
    mode: u32,
    uid: u64,
    gid: u64,
    mtime: Time,
    size: u64,
    device: (u32, u32),
    uname: Text,
    gname: Text,
    link: Text,
    content: Digested,
    xattrs: Digested,
    pax: Digested,
}

/// Half of a BLAKE3 digest; no bytes at all have one of their own.
type Digested = [u8; 16];

impl Listing {
    /// Reads an archive to its end, and no more than `max_holes` bytes of holes in sparse files as
    /// zeros.
    ///
    /// # Errors
    ///
    /// When it can't be read to its end; [`ErrorKind::Names`](crate::formats::tar::ErrorKind::Names),
    /// [`ErrorKind::Holes`](crate::formats::tar::ErrorKind::Holes).
    pub fn read(
        archive: &mut Archive,
        max_holes: u64,
        tell: &mut OnProblems<'_>,
    ) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let mut contents = Contents {
            algorithms: &[Algorithm::Blake3],
            holes: max_holes,
        };
        while let Some(member) = archive.next_member()? {
            let content = match member.kind {
                Kind::File => {
                    let digests = contents.digests(archive, &member)?;
                    let digest = digests
                        .first()
                        .and_then(|digest| digest.bytes.first_chunk());
                    digest.copied().unwrap_or_default()
                }
                _ => Digested::default(),
            };
            listing.add(&member, content)?;
            tell(Some(&member), &member.problems);
        }
        tell(None, archive.problems());
        Ok(listing)
    }

    /// The content of a folder, as an archive of it would have it, with no more than `max_holes` bytes
    /// of holes in its files. `notice` learns what such an
    /// archive would leave out.
    ///
    /// # Errors
    ///
    /// When the folder can't be read, and those of [`Listing::read`].
    pub fn of_folder(
        folder: &Path,
        max_holes: u64,
        notice: &mut (dyn FnMut(Notice) + Send),
    ) -> Result<Listing, Error> {
        // The archive is read while it is made, and kept nowhere.
        let (reader, writer) = io::pipe()?;
        std::thread::scope(|scope| {
            let maker = scope.spawn(move || {
                let mut builder =
                    Builder::new(BufWriter::with_capacity(1 << 17, writer)).sparse(true);
                builder.add(folder, "", notice)?;
                builder.finish()?.flush()?;
                Ok(())
            });
            let reader = BufReader::with_capacity(1 << 17, reader);
            let read = Archive::stream(reader)
                .and_then(|mut archive| Listing::read(&mut archive, max_holes, &mut |_, _| {}));
            match maker.join() {
                Ok(made) => made.and(read),
                // A panic of the other thread is passed on.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// How many members share their name with a later one, and one such name.
    pub fn repeated(&self) -> Option<(u64, &[u8])> {
        (self.repetitions > 0).then(|| (self.repetitions, self.texts.get(self.repeated)))
    }

    fn add(&mut self, member: &Member, content: Digested) -> Result<(), Error> {
        let name = self.texts.add(&member.name)?;
        let link = self.texts.add(&member.link)?;
        let owners = self.members.last().map(|last| (last.uname, last.gname));
        let (uname, gname) = owners.unwrap_or_default();
        let uname = self.texts.add_after(uname, &member.uname)?;
        let gname = self.texts.add_after(gname, &member.gname)?;
        let place = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        if let Some(before) = self.places.insert(name_key(&member.name), place) {
            if self.repetitions == 0 {
                self.repeated = name;
            }
            self.repetitions.tally(1);
            if let Some(before) = self.members.get_mut(before as usize) {
                before.replaced = true;
            }
        }
        let [xattrs, pax] = [true, false].map(|wanted| records(member, wanted));
        self.members.push(Entry {
            name,
            replaced: false,
            kind: member.kind,
            mode: member.mode,
            uid: member.uid,
            gid: member.gid,
            mtime: member.mtime,
            size: match member.kind {
                Kind::File => member.size,
                _ => 0,
            },
            device: member.device,
            uname,
            gname,
            link,
            content,
            xattrs,
            pax,
        });
        Ok(())
    }

    fn get(&self, key: u128) -> Option<MemberTexts<'_>> {
        let entry = self.members.get(*self.places.get(&key)? as usize)?;
        let texts = &self.texts;
        Some(MemberTexts { entry, texts })
    }

    /// The members without those that a later one of their name replaces, in order.
    fn iter(&self) -> impl Iterator<Item = MemberTexts<'_>> {
        let texts = &self.texts;
        let counting = self.members.iter().filter(|entry| !entry.replaced);
        counting.map(move |entry| MemberTexts { entry, texts })
    }

    /// The place of each member among those that `other` has too.
    fn ranks(&self, other: &Listing) -> HashMap<u128, u64> {
        let keys = self.iter().map(|seen| seen.key());
        let common = keys.filter(|key| other.places.contains_key(key));
        common.zip(0..).collect()
    }
}

/// A member, and where its texts are.
#[derive(Clone, Copy)]
struct MemberTexts<'a> {
    entry: &'a Entry,
    texts: &'a Texts,
}

impl<'a> MemberTexts<'a> {
    fn name(self) -> &'a [u8] {
        self.texts.get(self.entry.name)
    }

    fn key(self) -> u128 {
        name_key(self.name())
    }

    fn uname(self) -> &'a [u8] {
        self.texts.get(self.entry.uname)
    }

    fn gname(self) -> &'a [u8] {
        self.texts.get(self.entry.gname)
    }

    fn link(self) -> &'a [u8] {
        self.texts.get(self.entry.link)
    }
}

/// A digest of the pax records that hold extended attributes, or of those that hold what no field
/// of a member tells.
fn records(member: &Member, xattrs: bool) -> Digested {
    const TOLD: [&[u8]; 11] = [
        b"path",
        b"linkpath",
        b"size",
        b"uid",
        b"gid",
        b"uname",
        b"gname",
        b"mtime",
        b"atime",
        b"ctime",
        b"comment",
    ];
    const ATTRIBUTES: [&[u8]; 4] = [
        b"SCHILY.xattr.",
        b"LIBARCHIVE.xattr.",
        b"SCHILY.acl.",
        b"RHT.security.",
    ];
    let records = member.pax.iter().filter(|record| {
        let keyword = &*record.keyword;
        let attribute = ATTRIBUTES.iter().any(|start| keyword.starts_with(start));
        attribute == xattrs && !TOLD.contains(&keyword)
    });
    let mut records: Vec<_> = records.map(|r| (&r.keyword, &r.value)).collect();
    if records.is_empty() {
        return Digested::default();
    }
    records.sort();
    let mut hasher = Hasher::new(&[Algorithm::Blake3]);
    for part in records
        .into_iter()
        .flat_map(|(keyword, value)| [keyword, value])
    {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finish();
    let digest = digest.first().and_then(|digest| digest.bytes.first_chunk());
    digest.copied().unwrap_or_default()
}

/// Tells what two archives differ in, by the names that extraction would give to members: `./a/`
/// is `a`. First what changed or was added, in the order of the second, then what was removed.
/// Answers whether there is no difference.
///
/// ```
/// use bytewright::formats::tar::Archive;
/// use bytewright::formats::tar::compare::{DEFAULT_MAX_HOLES, Difference, Field, Listing, diff};
///
/// # let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
/// # let folder = tempfile::tempdir()?;
/// # builder.add(folder.path(), Some("a".as_ref()), &mut |_| {})?;
/// # let archive = builder.finish()?;
/// let old = Listing::read(&mut Archive::new(archive.into())?, DEFAULT_MAX_HOLES, &mut |_, _| {})?;
/// let new = Listing::default();
/// let same = diff(&old, &new, &[Field::Mode], &mut |difference| {
///     assert_eq!(difference, Difference::Removed(b"a/"));
///     Ok(())
/// })?;
/// assert!(!same);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The errors that `tell` returns.
pub fn diff(
    a: &Listing,
    b: &Listing,
    fields: &[Field],
    tell: &mut dyn FnMut(Difference<'_>) -> io::Result<()>,
) -> io::Result<bool> {
    let ranks = fields
        .contains(&Field::Order)
        .then(|| (a.ranks(b), b.ranks(a)));
    let mut same = true;
    for new in b.iter() {
        let key = new.key();
        let Some(old) = a.get(key) else {
            same = false;
            tell(Difference::Added(new.name()))?;
            continue;
        };
        let mut changes: Vec<Change> = fields.iter().filter_map(|&f| change(f, old, new)).collect();
        if let Some((old_ranks, new_ranks)) = &ranks {
            let ranks = (old_ranks.get(&key), new_ranks.get(&key));
            if let (Some(&before), Some(&now)) = ranks
                && before != now
            {
                changes.push(Change {
                    field: Field::Order,
                    values: Some((before.into(), now.into())),
                });
            }
        }
        if !changes.is_empty() {
            same = false;
            tell(Difference::Changed(new.name(), changes))?;
        }
    }
    for old in a.iter().filter(|old| b.get(old.key()).is_none()) {
        same = false;
        tell(Difference::Removed(old.name()))?;
    }
    Ok(same)
}

fn change(field: Field, old: MemberTexts<'_>, new: MemberTexts<'_>) -> Option<Change> {
    let (a, b) = (old.entry, new.entry);
    let value = |seen: MemberTexts<'_>| -> Option<Value> {
        let entry = seen.entry;
        Some(match field {
            Field::Type => entry.kind.name().into(),
            Field::Mode => entry.mode.into(),
            Field::Uid => entry.uid.into(),
            Field::Gid => entry.gid.into(),
            Field::Uname => seen.uname().into(),
            Field::Gname => seen.gname().into(),
            Field::Mtime => entry.mtime.to_string().as_str().into(),
            Field::Size => entry.size.into(),
            Field::Link => seen.link().into(),
            Field::Device => format!("{},{}", entry.device.0, entry.device.1)
                .as_str()
                .into(),
            Field::Content | Field::Xattrs | Field::Pax | Field::Order => return None,
        })
    };
    // Most members are equal: for them, nothing is allocated.
    let differs = match field {
        Field::Type => a.kind != b.kind,
        Field::Mode => a.mode != b.mode,
        Field::Uid => a.uid != b.uid,
        Field::Gid => a.gid != b.gid,
        Field::Uname => old.uname() != new.uname(),
        Field::Gname => old.gname() != new.gname(),
        Field::Mtime => a.mtime != b.mtime,
        Field::Size => a.size != b.size,
        // A hard link leads to a member, whose name has more than one spelling.
        Field::Link if (a.kind, b.kind) == (Kind::Hardlink, Kind::Hardlink) => {
            name_key(old.link()) != name_key(new.link())
        }
        Field::Link => old.link() != new.link(),
        Field::Device => a.device != b.device,
        Field::Content => a.content != b.content,
        Field::Xattrs => a.xattrs != b.xattrs,
        Field::Pax => a.pax != b.pax,
        Field::Order => false,
    };
    differs.then(|| Change {
        field,
        values: value(old).zip(value(new)),
    })
}
