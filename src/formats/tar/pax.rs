//! Pax records: `LENGTH KEYWORD=VALUE\n`, as POSIX.1-2017, pax, "pax Extended Header" has them.

use std::collections::BTreeMap;

use nom::Parser;
use nom::bytes::complete::{tag, take, take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::map_res;

use super::error::{Error, ErrorKind};
use super::text::shown;
use crate::offset::{Position, Tally};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaxRecord {
    /// The keyword, `path` for example.
    pub keyword: Vec<u8>,
    /// The value; an empty one takes back what a global header set.
    pub value: Vec<u8>,
}

/// The records of extended headers, in order.
///
/// ```
/// use bytewright::formats::tar::PaxRecords;
///
/// let records = PaxRecords::parse(b"12 path=a/b\n13 mtime=1.5\n", 0)?;
/// assert_eq!(records.get("path"), Some(&b"a/b"[..]));
/// assert_eq!(records.to_bytes(), b"12 path=a/b\n13 mtime=1.5\n");
/// # Ok::<(), bytewright::formats::tar::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaxRecords(Vec<PaxRecord>);

impl PaxRecords {
    /// Reads the content of an extended header that starts at `offset` of the archive.
    ///
    /// # Errors
    ///
    /// A record whose length is wrong or which has no `=`, with its offset.
    pub fn parse(data: &[u8], offset: u64) -> Result<PaxRecords, Error> {
        let mut records = Vec::new();
        let mut rest = data;
        while !rest.is_empty() {
            match record(rest) {
                Some((record, after)) => {
                    records.push(record);
                    rest = after;
                }
                // Writers that fill the header up with NULs exist.
                None if rest.iter().all(|&byte| byte == 0) => break,
                None => {
                    let read = data.len().since(rest.len());
                    let found = rest.get(..rest.len().min(40)).unwrap_or_default();
                    return Err(Error::new(ErrorKind::Record {
                        message: format!(
                            "expected `LENGTH KEYWORD=VALUE` and a newline at the end of \
                             LENGTH bytes, found {}",
                            shown(found)
                        ),
                    })
                    .at(offset.past(read as u64)));
                }
            }
        }
        Ok(PaxRecords(records))
    }

    /// The value of a keyword; of several records, the last counts.
    pub fn get(&self, keyword: &str) -> Option<&[u8]> {
        let mut last_first = self.0.iter().rev();
        last_first
            .find(|r| r.keyword == keyword.as_bytes())
            .map(|r| &*r.value)
    }

    /// Adds a record at the end.
    pub fn push(&mut self, keyword: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.0.push(PaxRecord {
            keyword: keyword.into(),
            value: value.into(),
        });
    }

    /// The records in order.
    pub fn iter(&self) -> std::slice::Iter<'_, PaxRecord> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The content of an extended header that holds these records.
    pub fn to_bytes(&self) -> Vec<u8> {
        let digits = |number: usize| {
            let last = number.checked_ilog10().unwrap_or(0);
            (last as usize).past(1)
        };
        let mut bytes = Vec::new();
        for PaxRecord { keyword, value } in &self.0 {
            // The length counts its own digits: one digit more may ask for another.
            let body = keyword.len().past(value.len()).past(3);
            let mut length = body.past(1);
            while body.past(digits(length)) != length {
                length = body.past(digits(length));
            }
            bytes.reserve(length);
            bytes.extend_from_slice(length.to_string().as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(keyword);
            bytes.push(b'=');
            bytes.extend_from_slice(value);
            bytes.push(b'\n');
        }
        bytes
    }

    /// Takes out records whose keyword is empty; answers whether there were any.
    pub(crate) fn drop_nameless(&mut self) -> bool {
        let all = self.0.len();
        self.0.retain(|record| !record.keyword.is_empty());
        self.0.len() < all
    }

    /// Whether a keyword has two values. Sparse files of version 0.0 repeat theirs, one for each
    /// piece.
    pub(crate) fn contradicts_itself(&self) -> bool {
        if self.0.len() < 2 {
            return false;
        }
        let mut values = BTreeMap::new();
        let once = self
            .0
            .iter()
            .filter(|record| !record.keyword.starts_with(b"GNU.sparse."));
        once.into_iter().any(|record| {
            let before = values.insert(&record.keyword, &record.value);
            before.is_some_and(|before| *before != record.value)
        })
    }

    /// Puts `later` after these.
    pub(crate) fn extend(&mut self, later: PaxRecords) {
        self.0.extend(later.0);
    }
}

/// The records of global headers: one a keyword, so that a stream of global headers takes no
/// more memory, and no more time, than its different keywords do.
#[derive(Debug, Default)]
pub(crate) struct Globals {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    weight: u64,
}

impl Globals {
    /// Adds later records, unless keywords and values would take more than `limit` bytes then;
    /// how many it would be is the error, and nothing is added.
    pub(crate) fn merge(&mut self, later: PaxRecords, limit: u64) -> Result<(), u64> {
        // Of several records of one keyword, the last counts.
        let later: BTreeMap<_, _> = later.0.into_iter().map(|r| (r.keyword, r.value)).collect();
        let mut weight = self.weight;
        for (keyword, value) in &later {
            if let Some(old) = self.records.get(keyword) {
                weight = weight.since(size(keyword, old));
            }
            weight.tally(size(keyword, value));
        }
        if weight > limit {
            return Err(weight);
        }
        self.weight = weight;
        self.records.extend(later);
        Ok(())
    }

    /// Whether no global header said anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(crate) fn get(&self, keyword: &str) -> Option<&[u8]> {
        self.records.get(keyword.as_bytes()).map(|value| &**value)
    }

    /// The keywords that have a value.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = &[u8]> {
        let records = self.records.iter().filter(|(_, value)| !value.is_empty());
        records.map(|(keyword, _)| &**keyword)
    }
}

fn size(keyword: &[u8], value: &[u8]) -> u64 {
    (keyword.len() as u64).past(value.len() as u64)
}

impl<'a> IntoIterator for &'a PaxRecords {
    type Item = &'a PaxRecord;
    type IntoIter = std::slice::Iter<'a, PaxRecord>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

const XATTR: &[u8] = b"SCHILY.xattr.";

/// The keyword of an extended attribute. One can't hold `=`: GNU tar writes `%3D` for it, and
/// `%25` for `%`.
pub(crate) fn xattr_keyword(name: &[u8]) -> Vec<u8> {
    let mut keyword = XATTR.to_vec();
    for &byte in name {
        match byte {
            b'%' => keyword.extend(b"%25"),
            b'=' => keyword.extend(b"%3D"),
            byte => keyword.push(byte),
        }
    }
    keyword
}

/// The name of the extended attribute that a keyword stands for.
pub(crate) fn xattr_name(keyword: &[u8]) -> Option<Vec<u8>> {
    let mut rest = keyword.strip_prefix(XATTR)?;
    let mut name = Vec::with_capacity(rest.len());
    while let [byte, after @ ..] = rest {
        (rest, _) = match rest {
            [b'%', b'2', b'5', after @ ..] => (after, name.push(b'%')),
            [b'%', b'3', b'D', after @ ..] => (after, name.push(b'=')),
            _ => (after, name.push(*byte)),
        };
    }
    Some(name)
}

/// One record and what follows it.
pub(crate) fn record(input: &[u8]) -> Option<(PaxRecord, &[u8])> {
    let (body, length) = length(input).ok()?;
    let head = input.len().checked_sub(body.len())?;
    // The newline is the last byte that the length counts.
    let (rest, body) = body_and_newline(body, length.checked_sub(head)?.checked_sub(1)?).ok()?;
    let (value, keyword) = keyword(body).ok()?;
    let record = PaxRecord {
        keyword: keyword.to_vec(),
        value: value.to_vec(),
    };
    Some((record, rest))
}

type Parsed<'a, T> = nom::IResult<&'a [u8], T, nom::error::Error<&'a [u8]>>;

fn length(input: &[u8]) -> Parsed<'_, usize> {
    let digits = take_while1(|byte: u8| byte.is_ascii_digit());
    let number = map_res(digits, |digits: &[u8]| {
        let text = std::str::from_utf8(digits).map_err(|_| ())?;
        text.parse().map_err(|_| ())
    });
    nom::sequence::terminated(number, char(' ')).parse(input)
}

fn body_and_newline(input: &[u8], size: usize) -> Parsed<'_, &[u8]> {
    nom::sequence::terminated(take(size), char('\n')).parse(input)
}

fn keyword(input: &[u8]) -> Parsed<'_, &[u8]> {
    nom::sequence::terminated(take_while(|byte| byte != b'='), tag("=")).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(data: &[u8]) -> Result<Vec<(String, String)>, String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match PaxRecords::parse(data, 0x200) {
            Ok(records) => Ok(records
                .iter()
                .map(|r| (text(&r.keyword), text(&r.value)))
                .collect()),
            Err(e) => Err(e.to_string()),
        }
    }

    #[test]
    fn a_value_may_hold_newlines_equal_signs_and_nuls() {
        let found = parse(b"15 path=a\nb=c\0d\n".as_slice());
        assert!(found.is_err(), "the length is one short");
        let found = parse(b"16 path=a\nb=c\0d\n").unwrap();
        assert_eq!(found, [("path".to_owned(), "a\nb=c\0d".to_owned())]);
    }

    #[test]
    fn a_wrong_length_is_an_error_with_its_offset() {
        let error = parse(b"12 path=a/b\n13 path=a/b\n").unwrap_err();
        assert!(error.ends_with("(at offset 0x20c)"), "{error}");
        for bad in [
            &b"0 path=a\n"[..],
            b"99999999999999999999999 path=a\n",
            b"1000 path=a\n",
            b"-5 path=a\n",
            b"7 pathx\n",
            b"path=a\n",
        ] {
            assert!(parse(bad).is_err(), "{}", shown(bad));
        }
    }

    #[test]
    fn names_of_attributes_come_back_whatever_is_in_them() {
        for name in [&b"user.a"[..], b"user.a=b%c%3D", b"", b"%", b"user.\xff%2"] {
            let keyword = xattr_keyword(name);
            assert!(!keyword.contains(&b'='));
            assert_eq!(xattr_name(&keyword).unwrap(), name);
        }
        assert_eq!(xattr_name(b"SCHILY.xattr.user.50%").unwrap(), b"user.50%");
        assert_eq!(xattr_name(b"path"), None);
    }

    #[test]
    fn nuls_may_fill_the_rest() {
        assert_eq!(parse(b"12 path=a/b\n\0\0\0").unwrap().len(), 1);
    }

    #[test]
    fn lengths_that_gain_a_digit_come_out_right() {
        for size in 0..1100 {
            let mut records = PaxRecords::default();
            records.push("comment", vec![b'x'; size]);
            assert_eq!(
                PaxRecords::parse(&records.to_bytes(), 0).unwrap(),
                records,
                "{size}"
            );
        }
    }

    #[test]
    fn globals_keep_one_record_a_keyword_and_know_their_size() {
        let mut globals = Globals::default();
        let records = |text: &[u8]| PaxRecords::parse(text, 0).unwrap();
        globals
            .merge(records(b"12 path=a/b\n8 uid=1\n"), 11)
            .unwrap();
        globals.merge(records(b"10 path=c\n"), 11).unwrap();
        assert_eq!(globals.get("path"), Some(&b"c"[..]));
        assert_eq!(globals.get("uid"), Some(&b"1"[..]));
        let more = records(b"12 path=a/b\n10 path=d\n9 gid=10\n");
        assert_eq!(globals.merge(more.clone(), 13), Err(14));
        assert_eq!(globals.get("path"), Some(&b"c"[..]), "nothing was added");
        assert_eq!(globals.get("gid"), None);
        globals.merge(more, 14).unwrap();
    }
}
