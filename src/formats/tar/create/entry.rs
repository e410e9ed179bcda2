//! What a new member's headers say: ustar fields where they hold it, pax records where not.

use crate::formats::tar::error::Error;
use crate::formats::tar::header::Header;
use crate::formats::tar::number::octal_field;
use crate::formats::tar::pax::PaxRecords;
use crate::formats::tar::time::Time;

/// A member that is to be written.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) typeflag: u8,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) mtime: Time,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) uname: Vec<u8>,
    pub(super) gname: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) device: (u32, u32),
}

impl Entry {
    /// The member's header, and the records that have to stand before it.
    pub(super) fn headers(&self) -> Result<(PaxRecords, Header), Error> {
        let mut pax = PaxRecords::default();
        let (prefix, name) = match split(&self.name) {
            Some((prefix, name)) => {
                record_unless(&mut pax, plain(&self.name), "path", &self.name);
                (prefix, name)
            }
            None => {
                pax.push("path", &*self.name);
                (&b""[..], cut(&self.name, NAME))
            }
        };
        let fits = self.link.len() <= NAME && plain(&self.link);
        record_unless(&mut pax, fits, "linkpath", &self.link);
        for (keyword, text) in [("uname", &self.uname), ("gname", &self.gname)] {
            record_unless(&mut pax, text.len() < OWNER && plain(text), keyword, text);
        }
        let mut number = |keyword: &'static str, value: u64, width: usize| {
            octal_field(value, width).unwrap_or_else(|| {
                pax.push(keyword, value.to_string());
                vec![0; width]
            })
        };
        let uid = number("uid", self.uid, 8);
        let gid = number("gid", self.gid, 8);
        let size = number("size", self.size, 12);
        let seconds = u64::try_from(self.mtime.seconds).ok();
        let mtime = seconds.and_then(|seconds| octal_field(seconds, 12));
        record_unless(
            &mut pax,
            mtime.is_some() && self.mtime.nanoseconds == 0,
            "mtime",
            self.mtime.to_string().as_bytes(),
        );
        let (major, minor) = self.device;
        let device = |n: u32| octal_field(n.into(), 8).unwrap_or_default();
        let header = Header::pack(&[
            ("name", name.to_vec()),
            (
                "mode",
                octal_field((self.mode & 0o7777).into(), 8).unwrap_or_default(),
            ),
            ("uid", uid),
            ("gid", gid),
            ("size", size),
            ("mtime", mtime.unwrap_or_default()),
            ("typeflag", vec![self.typeflag]),
            ("linkname", cut(&self.link, NAME).to_vec()),
            ("uname", cut(&self.uname, OWNER.saturating_sub(1)).to_vec()),
            ("gname", cut(&self.gname, OWNER.saturating_sub(1)).to_vec()),
            ("devmajor", device(major)),
            ("devminor", device(minor)),
            ("prefix", prefix.to_vec()),
        ])?;
        // Whoever reads records takes their text for UTF-8 unless told otherwise.
        if pax
            .iter()
            .any(|record| std::str::from_utf8(&record.value).is_err())
        {
            let mut with_charset = PaxRecords::default();
            with_charset.push("hdrcharset", "BINARY");
            with_charset.extend(pax);
            pax = with_charset;
        }
        Ok((pax, header))
    }
}

/// The header before the records.
pub(super) fn pax_header(size: u64) -> Result<Header, Error> {
    Header::pack(&[
        // As Python's tarfile has it: whoever can't read the records makes a file of that name.
        ("name", b"././@PaxHeader".to_vec()),
        ("mode", octal_field(0o644, 8).unwrap_or_default()),
        ("uid", octal_field(0, 8).unwrap_or_default()),
        ("gid", octal_field(0, 8).unwrap_or_default()),
        ("size", octal_field(size, 12).unwrap_or_default()),
        ("mtime", octal_field(0, 12).unwrap_or_default()),
        ("typeflag", b"x".to_vec()),
    ])
}

/// The widths of the ustar fields, in bytes: `name` and `linkname`, `prefix`, the owners' names.
const NAME: usize = 100;
const PREFIX: usize = 155;
const OWNER: usize = 32;

/// Whether every reader takes a header's bytes for the same text. What isn't UTF-8 can't be
/// said better in a record either.
fn plain(text: &[u8]) -> bool {
    text.is_ascii() || std::str::from_utf8(text).is_err()
}

fn record_unless(pax: &mut PaxRecords, fits: bool, keyword: &str, value: &[u8]) {
    if !fits {
        pax.push(keyword, value);
    }
}

fn cut(text: &[u8], size: usize) -> &[u8] {
    text.get(..size).unwrap_or(text)
}

/// A name as prefix and name, the `/` between them left out.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    if name.len() <= NAME {
        return Some((b"", name));
    }
    let earliest = name.len().checked_sub(NAME.saturating_add(1))?;
    let slash = |i: &usize| name.get(*i) == Some(&b'/');
    let at = (earliest..=PREFIX.min(name.len().saturating_sub(2))).find(slash)?;
    // A name that begins with `/` has nothing to put into the prefix.
    let prefix = name.get(..at).filter(|prefix| !prefix.is_empty())?;
    Some((prefix, name.get(at.saturating_add(1)..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &[u8]) -> Entry {
        Entry {
            name: name.to_vec(),
            typeflag: b'0',
            ..Entry::default()
        }
    }

    fn records(entry: &Entry) -> String {
        String::from_utf8_lossy(&entry.headers().unwrap().0.to_bytes()).into_owned()
    }

    #[test]
    fn a_name_is_split_where_both_parts_fit() {
        let (a, b) = ("a".repeat(155), "b".repeat(100));
        let whole = format!("{a}/{b}").into_bytes();
        let (prefix, name) = split(&whole).unwrap();
        assert_eq!((prefix.len(), name.len()), (155, 100));
        assert_eq!(split(format!("{a}x/{b}").as_bytes()), None);
        assert_eq!(split(format!("{a}/{b}x").as_bytes()), None);
        assert_eq!(split("c".repeat(101).as_bytes()), None);
        assert_eq!(split("c".repeat(100).as_bytes()).unwrap().0, b"");
        let only_slash = format!("{}/", "c".repeat(100));
        assert_eq!(split(only_slash.as_bytes()), None, "a name can't be empty");
    }

    #[test]
    fn what_ustar_holds_needs_no_record() {
        let mut entry = entry(b"a/b");
        entry.uid = 0o7777777;
        entry.size = 0o77777777777;
        entry.mtime = Time::at(1_700_000_000);
        assert_eq!(records(&entry), "");
    }

    #[test]
    fn what_ustar_cannot_hold_becomes_a_record() {
        let mut entry = entry("ä".as_bytes());
        entry.uid = 0o10000000;
        entry.size = 0o100000000000;
        entry.mtime = Time {
            seconds: 1,
            nanoseconds: 500_000_000,
        };
        assert_eq!(
            records(&entry),
            "11 path=ä\n15 uid=2097152\n19 size=8589934592\n13 mtime=1.5\n"
        );
        entry.mtime = Time::at(-1);
        assert!(records(&entry).ends_with("12 mtime=-1\n"));
    }

    #[test]
    fn bytes_that_are_no_text_are_announced() {
        let mut name = b"\xff".to_vec();
        assert_eq!(records(&entry(&name)), "", "the field holds any bytes");
        name.extend([b'x'; 300]);
        assert!(records(&entry(&name)).starts_with("21 hdrcharset=BINARY\n311 path="));
    }
}
