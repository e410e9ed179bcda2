//! Headers as each format has them, byte by byte.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::single_range_in_vec_init,
    reason = "a test that can't go on fails, and a file may have one piece"
)]

mod limits;

use super::*;

use crate::formats::tar::{Archive, Time};

fn member(name: &[u8]) -> NewMember {
    NewMember {
        name: name.to_vec(),
        ..NewMember::default()
    }
}

fn records(member: &NewMember, size: u64) -> String {
    let mut headers = Headers::default();
    headers.fill(member, size, None, Format::Pax, None).unwrap();
    let mut archive = Archive::new(headers.blocks.into()).unwrap();
    let found = archive.next_member().unwrap().unwrap();
    String::from_utf8_lossy(&found.pax.to_bytes()).into_owned()
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
    let mut member = member(b"a/b");
    member.uid = 0o7777777;
    member.mtime = Time::at(1_700_000_000);
    assert_eq!(records(&member, 0o77777777777), "");
}

#[test]
fn what_ustar_cannot_hold_becomes_a_record() {
    let mut member = member("ä".as_bytes());
    member.uid = 0o10000000;
    member.mtime = Time {
        seconds: 1,
        nanoseconds: 500_000_000,
    };
    assert_eq!(
        records(&member, 0o100000000000),
        "11 path=ä\n15 uid=2097152\n19 size=8589934592\n13 mtime=1.5\n"
    );
    member.mtime = Time::at(-1);
    assert!(records(&member, 0).ends_with("12 mtime=-1\n"));
}

#[test]
fn bytes_that_are_no_text_are_announced() {
    let mut name = b"\xff".to_vec();
    assert_eq!(records(&member(&name), 0), "", "the field holds any bytes");
    name.extend([b'x'; 300]);
    assert!(records(&member(&name), 0).starts_with("21 hdrcharset=BINARY\n311 path="));
}

#[test]
fn what_a_strict_format_cannot_hold_is_an_error_that_names_the_member() {
    let long = "c".repeat(101);
    type Change = fn(&mut NewMember);
    let cases: [(&str, Change); 4] = [
        ("its name", |m| m.name = b"c".repeat(101)),
        ("its time", |m| m.mtime = Time::at(-1)),
        ("its owner", |m| m.uid = 1 << 40),
        ("its link", |m| m.link = b"l".repeat(101)),
    ];
    for format in [Format::Ustar, Format::V7] {
        for (what, change) in cases {
            let mut member = member(b"short");
            change(&mut member);
            let filled = Headers::default().fill(&member, 0, None, format, None);
            let error = filled.unwrap_err();
            let message = error.to_string();
            assert!(message.contains(what), "{message}");
            assert!(
                message.contains("short") || message.contains(&long),
                "{message}"
            );
        }
    }
}

/// A header block as the layout of POSIX.1-1988 and of GNU's manual has it: texts at offsets, and the
/// sum of all bytes, its own as spaces.
fn block(texts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut block = vec![0; 512];
    for (offset, text) in texts {
        block[*offset..offset + text.len()].copy_from_slice(text);
    }
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// What is filled up to a whole block.
fn whole(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    data.resize(data.len().next_multiple_of(512), 0);
    data
}

fn filled(member: &NewMember, size: u64, format: Format) -> Result<Vec<u8>, String> {
    let mut headers = Headers::default();
    let filled = headers.fill(member, size, None, format, None);
    filled.map_err(|e| e.to_string())?;
    Ok(headers.blocks)
}

const NAMED: usize = 0;

const MODE: usize = 100;

const UID: usize = 108;

const GID: usize = 116;

const SIZE: usize = 124;

const MTIME: usize = 136;

const FLAG: usize = 156;

const LINK: usize = 157;

const MAGIC: usize = 257;

const UNAME: usize = 265;

const GNAME: usize = 297;

const MAJOR: usize = 329;

const MINOR: usize = 337;

const INTO: usize = 345;

const USTAR: (usize, &[u8]) = (MAGIC, b"ustar\x0000");

/// The extended header of these records.
fn extended_of(records: &[u8]) -> Vec<u8> {
    let size = format!("{:011o}\0", records.len());
    let header = block(&[
        (NAMED, b"././@PaxHeader"),
        (MODE, b"0000644\0"),
        (UID, b"0000000\0"),
        (GID, b"0000000\0"),
        (SIZE, size.as_bytes()),
        (MTIME, b"00000000000\0"),
        (FLAG, b"x"),
        USTAR,
    ]);
    [header, whole(records)].concat()
}

#[test]
fn a_member_becomes_the_block_that_its_format_has_for_it() {
    let mut member = member(b"dir/name");
    member.mode = 0o4755;
    (member.uid, member.gid) = (0o1234, 0o7654321);
    (member.uname, member.gname) = (b"me".to_vec(), b"us".to_vec());
    member.mtime = Time::at(0o14540000001);
    member.link = b"target".to_vec();
    member.kind = Kind::Symlink;
    let mut texts = vec![
        (NAMED, &b"dir/name"[..]),
        (MODE, b"0004755\0"),
        (UID, b"0001234\0"),
        (GID, b"7654321\0"),
        (SIZE, b"00000000000\0"),
        (MTIME, b"14540000001\0"),
        (FLAG, b"2"),
        (LINK, b"target"),
    ];
    assert_eq!(filled(&member, 0, Format::V7).unwrap(), block(&texts));
    texts.extend([
        (UNAME, &b"me"[..]),
        (GNAME, b"us"),
        (MAJOR, b"0000000\0"),
        (MINOR, b"0000000\0"),
    ]);
    let with = |magic: (usize, &[u8])| {
        let texts: Vec<_> = texts.iter().copied().chain([(magic.0, magic.1)]).collect();
        block(&texts)
    };
    for format in [Format::Ustar, Format::Pax, Format::Star] {
        assert_eq!(
            filled(&member, 0, format).unwrap(),
            with(USTAR),
            "{format:?}"
        );
    }
    let gnu = filled(&member, 0, Format::Gnu).unwrap();
    assert_eq!(gnu, with((MAGIC, b"ustar  \0")));
}

#[test]
fn a_kind_has_its_flag_in_every_format_that_knows_it() {
    for (kind, flag, v7) in [
        (Kind::File, b'0', Some(0)),
        (Kind::Hardlink, b'1', Some(b'1')),
        (Kind::Symlink, b'2', Some(b'2')),
        (Kind::CharDevice, b'3', None),
        (Kind::BlockDevice, b'4', None),
        (Kind::Directory, b'5', Some(0)),
        (Kind::Fifo, b'6', None),
    ] {
        let mut member = member(b"n");
        member.kind = kind;
        let name = if kind == Kind::Directory {
            &b"n/\0"[..]
        } else {
            b"n\0\0"
        };
        for format in [Format::Ustar, Format::Gnu, Format::Pax] {
            let found = filled(&member, 0, format).unwrap();
            assert_eq!(
                (found.len(), found[FLAG]),
                (512, flag),
                "{kind:?} {format:?}"
            );
            assert_eq!(&found[..3], name, "{kind:?} {format:?}");
        }
        match v7 {
            Some(flag) => {
                let found = filled(&member, 0, Format::V7).unwrap();
                assert_eq!((&found[..3], found[FLAG]), (name, flag), "{kind:?}");
            }
            None => {
                let error = filled(&member, 0, Format::V7).unwrap_err();
                assert!(error.contains("its kind"), "{error}");
            }
        }
    }
    let mut folder = member(b"n/");
    folder.kind = Kind::Directory;
    assert_eq!(
        &filled(&folder, 0, Format::Pax).unwrap()[..3],
        b"n/\0",
        "one slash"
    );
}

/// A file's mode as the system has it states its kind too: `0100644`.
#[test]
fn a_mode_has_twelve_bits_whatever_stands_above_them() {
    let mut member = member(b"n");
    for (mode, text) in [
        (0o100_644, b"0000644\0"),
        (0o104_755, b"0004755\0"),
        (0o40_755, b"0000755\0"),
        (0o7777, b"0007777\0"),
        (u32::MAX, b"0007777\0"),
        (0, b"0000000\0"),
    ] {
        member.mode = mode;
        for format in [Format::V7, Format::Ustar, Format::Gnu, Format::Pax] {
            let found = filled(&member, 0, format).unwrap();
            assert_eq!(&found[MODE..UID], text, "{mode:o} {format:?}");
        }
    }
}

/// An access control list of Linux: version 2, then tag, rights and id of each entry.
fn acl_of(entries: &[(u16, u16, u32)]) -> Vec<u8> {
    let mut list = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(rights.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    list
}

#[test]
fn attributes_are_records_and_access_control_lists_are_text() {
    let nobody = u32::MAX;
    let list = acl_of(&[
        (1, 6, nobody),
        (2, 4, 0),
        (4, 4, nobody),
        (0x10, 6, nobody),
        (0x20, 0, nobody),
    ]);
    let mut member = member(b"n");
    member.xattrs = vec![
        (b"system.posix_acl_access".to_vec(), list.clone()),
        (b"system.posix_acl_default".to_vec(), list),
        (b"user.note".to_vec(), b"\xff".to_vec()),
    ];
    let mut headers = Headers::default();
    let owners = Owners::of_this_system();
    let mut text = |owners: Option<&Owners>| {
        headers.fill(&member, 0, None, Format::Pax, owners).unwrap();
        String::from_utf8_lossy(&headers.blocks[512..headers.blocks.len() - 512]).into_owned()
    };
    let numeric = text(None);
    let list = "user::rw-,user:0:r--:0,group::r--,mask::rw-,other::---";
    for keyword in ["access", "default"] {
        assert!(
            numeric.contains(&format!(" SCHILY.acl.{keyword}={list}\n")),
            "{numeric}"
        );
    }
    assert!(numeric.contains(" SCHILY.xattr.user.note="), "{numeric}");
    assert!(
        !numeric.contains("hdrcharset"),
        "a value may be any bytes: {numeric}"
    );
    let mut alone = member.clone();
    alone.xattrs.truncate(1);
    let only = records(&alone, 0);
    assert!(
        only.contains("SCHILY.acl.access=") && !only.contains("default"),
        "{only}"
    );
    if let Some(name) = owners.user(0) {
        let name = String::from_utf8_lossy(name);
        let named = text(Some(&owners));
        assert!(named.contains(&format!(",user:{name}:r--:0,")), "{named}");
    }
    // Another attribute whose value is a list, and a list that can't be read, stay what they are.
    member.xattrs = vec![(b"system.posix_acl_access".to_vec(), b"odd".to_vec())];
    let kept = records(&member, 0);
    assert_eq!(kept, "44 SCHILY.xattr.system.posix_acl_access=odd\n");
}

#[test]
fn a_sparse_file_has_its_name_in_a_record_and_another_one_for_who_cannot_read_it() {
    for (name, other) in [
        ("a/b/c", "a/b/GNUSparseFile.0/c"),
        ("c", "GNUSparseFile.0/c"),
        ("a/", "a/GNUSparseFile.0/"),
    ] {
        assert_eq!(sparse_name(name.as_bytes()), other.as_bytes());
    }
    let member = member(b"d/sparse");
    let map = Map {
        size: 1 << 20,
        pieces: vec![4096..8192],
    };
    let mut headers = Headers::default();
    headers
        .fill(&member, 4096, Some(&map), Format::Pax, None)
        .unwrap();
    let records = b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n31 GNU.sparse.realsize=1048576\n\
        28 GNU.sparse.name=d/sparse\n";
    let header = block(&[
        (NAMED, b"d/GNUSparseFile.0/sparse"),
        (MODE, b"0000000\0"),
        (UID, b"0000000\0"),
        (GID, b"0000000\0"),
        // The data and a block of the map.
        (SIZE, b"00000011000\0"),
        (MTIME, b"00000000000\0"),
        (FLAG, b"0"),
        USTAR,
        (MAJOR, b"0000000\0"),
        (MINOR, b"0000000\0"),
    ]);
    let map = whole(b"2\n4096\n4096\n1048576\n0\n");
    let expected = [extended_of(records), header.clone(), map.clone()].concat();
    assert_eq!(headers.blocks, expected);
    let (before, found, behind) = headers.parts();
    assert!(before == extended_of(records) && found == header && behind == map);
    // Used again for another member, nothing of this one is left.
    headers
        .fill(&self::member(b"n"), 0, None, Format::Pax, None)
        .unwrap();
    assert_eq!(headers.blocks.len(), 512);
    let (before, found, behind) = headers.parts();
    assert!(before.is_empty() && found == headers.blocks && behind.is_empty());
}
