//! Archives of a few bytes, put together by hand from the offsets that POSIX.1-2017 prints for
//! ustar and GNU tar's manual for its own format; and what is said of them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that can't go on fails"
)]

mod borders;
#[cfg(feature = "hash")]
mod compared;
mod errors;
mod headers;
mod index;
mod maps;
mod names;
mod repairs;
mod streams;
mod trees;

use crate::formats::tar::{self, Archive, Error, Member, Summary};
use crate::tree::Severity;

/// The two blocks of zeros that end an archive.
const END: &[u8] = &[0; 1024];

/// A header block without its checksum.
#[derive(Clone)]
struct Block([u8; 512]);

impl Block {
    /// A header of ustar.
    fn new(name: &[u8], flag: u8, size: u64) -> Block {
        Block([0; 512])
            .with(0, name)
            .with(100, b"0000644\0")
            .with(108, b"0000001\0")
            .with(116, b"0000002\0")
            .with(124, format!("{size:011o}\0").as_bytes())
            .with(136, b"00000000003\0")
            .with(156, &[flag])
            .with(257, b"ustar\x0000")
    }

    /// The same with other bytes at an offset.
    fn with(mut self, at: usize, bytes: &[u8]) -> Block {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// A header of old GNU.
    fn gnu(self) -> Block {
        self.with(257, b"ustar  \0")
    }

    /// The sum of the bytes, with spaces in place of the checksum.
    fn sum(&self) -> u32 {
        let block = self.clone().with(148, b"        ");
        block.0.iter().map(|&byte| u32::from(byte)).sum()
    }

    /// With the right checksum.
    fn sealed(self) -> [u8; 512] {
        let sum = self.sum();
        self.with(148, format!("{sum:06o}\0 ").as_bytes()).0
    }

    /// The header with data after it, padded.
    fn and(self, data: &[u8]) -> Vec<u8> {
        let mut bytes = [&self.sealed()[..], data].concat();
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }
}

/// A member with the size of its data.
fn member(name: &str, flag: u8, data: &[u8]) -> Vec<u8> {
    Block::new(name.as_bytes(), flag, data.len() as u64).and(data)
}

fn file(name: &str, data: &[u8]) -> Vec<u8> {
    member(name, b'0', data)
}

/// A link with a target.
fn link(flag: u8, name: &str, target: &[u8]) -> Vec<u8> {
    Block::new(name.as_bytes(), flag, 0)
        .with(157, target)
        .and(b"")
}

/// One record of an extended header.
fn record(keyword: &str, value: &[u8]) -> Vec<u8> {
    let body = keyword.len() + value.len() + 3;
    let length = (body + 1..).find(|all| body + all.to_string().len() == *all);
    let head = format!("{} {keyword}=", length.unwrap());
    [head.as_bytes(), value, b"\n"].concat()
}

/// An extended header of pax, for the next member.
fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let records = records
        .iter()
        .map(|(keyword, value)| record(keyword, value));
    member("pax", b'x', &records.collect::<Vec<_>>().concat())
}

/// The same for all members that follow.
fn global(keyword: &str, value: &[u8]) -> Vec<u8> {
    member("global", b'g', &record(keyword, value))
}

/// Code, severity, offset and size of a problem.
type Told = (&'static str, Severity, u64, u64);

/// What a check tells.
fn check(bytes: &[u8]) -> (Vec<Told>, Summary) {
    let mut told = Vec::new();
    let mut archive = Archive::new(bytes.into()).unwrap();
    let summary = tar::check(&mut archive, &mut |finding| {
        let problem = &finding.problem;
        let range = problem.range;
        told.push((problem.code, problem.severity, range.offset, range.size));
        Ok(())
    });
    (told, summary.unwrap())
}

/// The codes that a check tells.
fn codes(bytes: &[u8]) -> Vec<&'static str> {
    check(bytes).0.into_iter().map(|told| told.0).collect()
}

/// The members of an archive, and the error that ended it.
fn members(mut archive: Archive) -> (Vec<Member>, Option<Error>) {
    let mut members = Vec::new();
    loop {
        match archive.next_member() {
            Ok(Some(member)) => members.push(member),
            Ok(None) => return (members, None),
            Err(error) => return (members, Some(error)),
        }
    }
}

/// The same of bytes at positions.
fn read(bytes: &[u8]) -> (Vec<Member>, Option<Error>) {
    members(Archive::new(bytes.into()).unwrap())
}

/// The only member of an archive, which has no end.
fn only(bytes: &[u8]) -> Member {
    let (mut members, error) = read(&[bytes, END].concat());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(members.len(), 1);
    members.remove(0)
}

/// The codes of a member's problems.
fn codes_of(member: &Member) -> Vec<&'static str> {
    member.problems.iter().map(|problem| problem.code).collect()
}
