//! Access control lists as POSIX.1e drafted them: the text that GNU tar, bsdtar and star keep in pax
//! records, and the extended attribute that Linux keeps.

use crate::schema::{Field, Header};
use crate::value::{Record, Value};

/// The pax record of a file's access list, of which its mode is a part.
pub(super) const ACCESS: (&str, &[u8]) = ("SCHILY.acl.access", b"system.posix_acl_access");

/// The pax record of a directory's default list, which new files in it get.
pub(super) const DEFAULT: (&str, &[u8]) = ("SCHILY.acl.default", b"system.posix_acl_default");

/// The extended attribute, as Linux has it in `uapi/linux/posix_acl_xattr.h`.
const XATTR: &str = "<I:version=2 *(H:tag H:rights I:id):entries";

static ATTRIBUTE: Header = Header::new(
    "acl",
    "An access control list of Linux",
    XATTR,
    &[XATTR],
    &[],
);

/// A field of the attribute by its name; one that it has not does not compile.
macro_rules! field {
    ($path:literal) => {
        const { Field::of(&[XATTR], $path) }
    };
}

/// The id of an entry without a user or group.
const UNDEFINED: u32 = u32::MAX;

/// An access control list.
#[derive(Debug, PartialEq)]
pub(super) struct Acl(Vec<Entry>);

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    tag: Tag,
    rights: u16,
    who: Who,
}

/// Whose rights an entry states; the values and their order are those of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tag {
    Owner = 0x01,
    User = 0x02,
    OwningGroup = 0x04,
    Group = 0x08,
    Mask = 0x10,
    Other = 0x20,
}

/// The user or the group of an entry that has one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Who {
    name: Vec<u8>,
    id: Option<u32>,
}

impl Acl {
    /// Reads `user::rw-,user:NAME:rwx:NUMBER,group::r--,…`, with commas or line feeds between
    /// entries; `None` where it is no list.
    pub(super) fn of_text(text: &[u8]) -> Option<Acl> {
        let entries = text.split(|byte| matches!(byte, b',' | b'\n'));
        let entries = entries.filter_map(|entry| {
            let entry = entry.split(|&byte| byte == b'#').next()?.trim_ascii();
            (!entry.is_empty()).then(|| Entry::of_text(entry))
        });
        let entries = entries.collect::<Option<Vec<_>>>()?;
        (!entries.is_empty()).then_some(Acl(entries))
    }

    /// Reads the extended attribute; `None` where it is no list.
    pub(super) fn of_xattr(value: &[u8]) -> Option<Acl> {
        // Unpacking checks the version.
        let list = ATTRIBUTE.layout().unpack(value).ok()?;
        let entries = list.get(field!("entries").path())?.as_list()?.iter();
        let entries = entries.map(|entry| Entry::of_xattr(entry.as_record()?));
        Some(Acl(entries.collect::<Option<_>>()?))
    }

    /// The rights of the owning group, limited by the mask.
    pub(super) fn group_rights(&self) -> Option<u32> {
        let of = |tag| {
            let entry = self.0.iter().find(|entry| entry.tag == tag)?;
            Some(u32::from(entry.rights))
        };
        Some(of(Tag::OwningGroup)? & of(Tag::Mask).unwrap_or(0o7))
    }

    /// The text, with the name of each number that has one, as star writes it.
    pub(super) fn to_text<'a>(
        &self,
        user: impl Fn(u32) -> Option<&'a [u8]>,
        group: impl Fn(u32) -> Option<&'a [u8]>,
    ) -> Vec<u8> {
        let mut text = Vec::new();
        for entry in &self.0 {
            if !text.is_empty() {
                text.push(b',');
            }
            let name = match entry.tag {
                Tag::User => entry.who.id.and_then(&user),
                Tag::Group => entry.who.id.and_then(&group),
                _ => None,
            };
            entry.write(name, &mut text);
        }
        text
    }

    /// The extended attribute. Names are looked up here; a number counts where the name isn't known.
    ///
    /// # Errors
    ///
    /// The user or the group that has no number here.
    #[expect(clippy::expect_used, reason = "the types are those of the fields")]
    pub(super) fn to_xattr(
        &self,
        user: impl Fn(&[u8]) -> Option<u32>,
        group: impl Fn(&[u8]) -> Option<u32>,
    ) -> Result<Vec<u8>, Vec<u8>> {
        let mut entries = Vec::with_capacity(self.0.len());
        for entry in &self.0 {
            let number = |known: Option<u32>| {
                let number = known.or(entry.who.id).filter(|&id| id != UNDEFINED);
                number.ok_or_else(|| entry.who.name.clone())
            };
            let id = match entry.tag {
                Tag::User => number(user(&entry.who.name))?,
                Tag::Group => number(group(&entry.who.name))?,
                _ => UNDEFINED,
            };
            entries.push((entry.tag, id, entry.rights));
        }
        // Linux requires entries in this order.
        entries.sort_unstable();
        let entries = entries.into_iter().map(|(tag, id, rights)| {
            Record::from_iter([
                (field!("entries.tag").name(), Value::from(tag as u16)),
                (field!("entries.rights").name(), rights.into()),
                (field!("entries.id").name(), id.into()),
            ])
        });
        let list = [(field!("entries").name(), entries.collect::<Value>())];
        let packed = ATTRIBUTE.layout().pack(&Record::from_iter(list));
        Ok(packed.expect("every number is one of its field"))
    }
}

impl Entry {
    fn of_text(text: &[u8]) -> Option<Entry> {
        let mut fields = text.split(|&byte| byte == b':').map(<[u8]>::trim_ascii);
        let (kind, name, rights) = (fields.next()?, fields.next()?, fields.next()?);
        let tag = match (kind, name) {
            (b"user" | b"u", b"") => Tag::Owner,
            (b"user" | b"u", _) => Tag::User,
            (b"group" | b"g", b"") => Tag::OwningGroup,
            (b"group" | b"g", _) => Tag::Group,
            (b"mask" | b"m", b"") => Tag::Mask,
            (b"other" | b"o", b"") => Tag::Other,
            _ => return None,
        };
        let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse().ok();
        Some(Entry {
            tag,
            rights: rights_of(rights)?,
            who: Who {
                name: name.to_vec(),
                id: fields.next().and_then(number).or_else(|| number(name)),
            },
        })
    }

    fn of_xattr(entry: &Record) -> Option<Entry> {
        let tags = [
            Tag::Owner,
            Tag::User,
            Tag::OwningGroup,
            Tag::Group,
            Tag::Mask,
            Tag::Other,
        ];
        let number = |field: Field| u32::try_from(entry.get(field.name())?).ok();
        let tag = number(field!("entries.tag"))?;
        let id = number(field!("entries.id"))?;
        Some(Entry {
            tag: tags
                .into_iter()
                .find(|known| u32::from(*known as u16) == tag)?,
            rights: u16::try_from(number(field!("entries.rights"))? & 0o7).ok()?,
            who: Who {
                name: Vec::new(),
                id: Some(id).filter(|id| *id != UNDEFINED),
            },
        })
    }

    fn write(&self, name: Option<&[u8]>, text: &mut Vec<u8>) {
        let kind: &[u8] = match self.tag {
            Tag::Owner | Tag::User => b"user:",
            Tag::OwningGroup | Tag::Group => b"group:",
            Tag::Mask => b"mask:",
            Tag::Other => b"other:",
        };
        text.extend(kind);
        let number = self.who.id.map(|id| id.to_string()).unwrap_or_default();
        let name = name.filter(|name| is_plain(name));
        text.extend(name.unwrap_or(number.as_bytes()));
        text.push(b':');
        for (bit, letter) in [(4, b'r'), (2, b'w'), (1, b'x')] {
            text.push(if self.rights & bit != 0 { letter } else { b'-' });
        }
        if !number.is_empty() {
            text.push(b':');
            text.extend(number.as_bytes());
        }
    }
}

fn rights_of(text: &[u8]) -> Option<u16> {
    text.iter().try_fold(0, |rights, letter| {
        Some(match letter {
            b'r' => rights | 4,
            b'w' => rights | 2,
            b'x' => rights | 1,
            b'-' => rights,
            _ => return None,
        })
    })
}

/// Whether a name is unambiguous in the text of a list.
fn is_plain(name: &[u8]) -> bool {
    let is_odd = |byte: &u8| matches!(byte, b':' | b',' | b'#') || byte.is_ascii_whitespace();
    !name.is_empty() && !name.iter().any(is_odd) && !name.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `setfacl -m u:nobody:rwx` leaves a file of mode 0644, in the words of each writer.
    const GNU: &[u8] = b"user::rw-\nuser:nobody:rwx\ngroup::r--\nmask::rwx\nother::r--\n";
    const BSD: &[u8] = b"user::rw-,group::r--,other::r--,user:nobody:rwx:65534,mask::rwx";
    const STAR: &[u8] = b"user::rw-,user:nobody:rwx:65534,group::r--,mask::rwx,other::r--";
    const LINUX: &[u8] = b"\x02\0\0\0\
        \x01\0\x06\0\xff\xff\xff\xff\x02\0\x07\0\xfe\xff\0\0\x04\0\x04\0\xff\xff\xff\xff\
        \x10\0\x07\0\xff\xff\xff\xff\x20\0\x04\0\xff\xff\xff\xff";

    fn nobody(name: &[u8]) -> Option<u32> {
        (name == b"nobody").then_some(65534)
    }

    #[test]
    fn the_text_of_each_writer_is_the_attribute_of_linux() {
        for text in [GNU, BSD, STAR] {
            let acl = Acl::of_text(text).unwrap();
            assert_eq!(acl.to_xattr(nobody, nobody).unwrap(), LINUX);
            assert_eq!(acl.group_rights(), Some(4));
        }
    }

    #[test]
    fn the_attribute_of_linux_is_written_as_star_does() {
        let acl = Acl::of_xattr(LINUX).unwrap();
        let name = |id| (id == 65534).then_some(&b"nobody"[..]);
        assert_eq!(acl.to_text(name, name), STAR);
        let text = acl.to_text(|_| None, |_| None);
        assert!(text.starts_with(b"user::rw-,user:65534:rwx:65534,group::r--"));
        for odd in [&b"a,b"[..], b"a:b", b"a b", b"12", b""] {
            assert_eq!(acl.to_text(|_| Some(odd), |_| None), text);
        }
    }

    #[test]
    fn a_name_known_here_counts_over_the_number_and_one_that_has_none_is_an_error() {
        let acl = Acl::of_text(STAR).unwrap();
        let value = acl.to_xattr(|_| Some(7), nobody).unwrap();
        assert_eq!(value[16..20], [7, 0, 0, 0]);
        assert_eq!(acl.to_xattr(|_| None, nobody).unwrap(), LINUX);
        let unknown = Acl::of_text(GNU).unwrap().to_xattr(|_| None, nobody);
        assert_eq!(unknown, Err(b"nobody".to_vec()));
    }

    #[test]
    fn the_owning_group_may_do_what_the_mask_leaves_it() {
        let rights = |text: &[u8]| Acl::of_text(text).unwrap().group_rights();
        assert_eq!(rights(b"u::rwx,g::rwx,m::r-x,o::---"), Some(0o5));
        assert_eq!(rights(b"u::rwx,g::rw-,o::---"), Some(0o6));
        assert_eq!(rights(b"u::rwx"), None);
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in [
            &b""[..],
            b"user",
            b"user::rwq",
            b"mask:me:rwx",
            b"nfs::r--",
            b"u::rwx,x",
        ] {
            assert_eq!(Acl::of_text(text), None, "{text:?}");
        }
        for value in [
            &b""[..],
            b"\x02\0\0",
            b"\x01\0\0\0",
            b"\x02\0\0\0\x03\0\x07\0\0\0\0\0",
            b"\x02\0\0\0x",
        ] {
            assert_eq!(Acl::of_xattr(value), None, "{value:?}");
        }
    }

    /// What `setfacl -m g:staff:r-x` adds, and the short words that people write.
    #[test]
    fn groups_have_entries_of_their_own_and_words_may_be_short() {
        let long = b"user::rwx,group::r-x,group:staff:r-x:50,mask::r-x,other::---";
        let short = b"u::rwx\ng::r-x\n g : staff : r-x : 50 # r-x\n# a remark\n\nm::r-x\no::---";
        let value = b"\x02\0\0\0\
            \x01\0\x07\0\xff\xff\xff\xff\x04\0\x05\0\xff\xff\xff\xff\
            \x08\0\x05\0\x32\0\0\0\x10\0\x05\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
        let staff = |name: &[u8]| (name == b"staff").then_some(50);
        for text in [&long[..], short] {
            let acl = Acl::of_text(text).unwrap();
            assert_eq!(acl.to_xattr(|_| Some(1), staff).unwrap(), value);
            assert_eq!(acl.to_xattr(|_| None, |_| None).unwrap(), value);
        }
        let acl = Acl::of_xattr(value).unwrap();
        let name = |id| (id == 50).then_some(&b"staff"[..]);
        assert_eq!(acl.to_text(|_| Some(b"user"), name), long);
        // A number in the place of the name is one.
        let acl = Acl::of_text(b"group:50:rwx").unwrap();
        let value = acl.to_xattr(|_| None, |_| None).unwrap();
        assert_eq!(value[8..], [50, 0, 0, 0]);
    }

    #[test]
    fn rights_are_letters_in_any_order_and_number() {
        for (text, rights) in [
            ("---", 0),
            ("--x", 1),
            ("-w-", 2),
            ("-wx", 3),
            ("r--", 4),
            ("r-x", 5),
            ("rw-", 6),
            ("rwx", 7),
            ("xwr", 7),
            ("", 0),
            ("rr", 4),
            ("ww", 2),
            ("xx", 1),
        ] {
            assert_eq!(rights_of(text.as_bytes()), Some(rights), "{text}");
        }
        for text in ["R", "rwX", "7", "r w"] {
            assert_eq!(rights_of(text.as_bytes()), None, "{text}");
        }
    }

    /// On Linux the largest number means no owner.
    #[test]
    fn nobody_is_no_one_who_could_have_an_entry() {
        let acl = Acl::of_text(b"user:me:rwx:4294967295").unwrap();
        let me = Err(b"me".to_vec());
        assert_eq!(acl.to_xattr(|_| None, |_| None), me);
        assert_eq!(acl.to_xattr(|_| Some(u32::MAX), |_| None), me);
    }
}
