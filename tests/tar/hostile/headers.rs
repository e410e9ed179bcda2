//! Headers that say what can't be, or disagree.

use std::io::Read;

use bytewright::formats::tar::{Archive, ErrorKind, Kind, NumberFault};

use super::maker::{Maker, header, header_with_size};
use super::reading::{names, read};

#[test]
fn sizes_that_cannot_be_end_the_reading_with_the_place() {
    let base256 = |power: usize| {
        let mut field = [0u8; 12];
        field[0] = 0x80;
        field[11 - power / 8] |= 1 << (power % 8);
        field
    };
    for (field, fault) in [
        (&[0xff; 12][..], NumberFault::Negative),
        (&base256(80), NumberFault::TooLarge),
        (&base256(63), NumberFault::TooLarge),
        (b"-1", NumberFault::NotOctal(b'-')),
        (b"0000000000x", NumberFault::NotOctal(b'x')),
        (b"00000000008", NumberFault::NotOctal(b'8')),
    ] {
        for flag in [b'0', b'5', b'x', b'L', b'?'] {
            let archive = Maker::default()
                .file("before", b"x")
                .header(&header_with_size("bad", flag, field), b"")
                .end();
            let (members, error, _) = read(archive);
            assert_eq!(names(&members), ["before"]);
            let error = error.unwrap();
            assert_eq!(error.offset(), Some(1024), "{error}");
            match error.kind() {
                ErrorKind::Number {
                    field: "size",
                    fault: found,
                    ..
                } => assert_eq!(*found, fault),
                ErrorKind::Record { .. } | ErrorKind::Limit { .. } if flag != b'0' => {}
                other => panic!("{other:?}"),
            }
        }
    }
    // 2^63 - 1 can be, but not in this archive.
    let mut largest = [0xff; 12];
    largest[..5].copy_from_slice(&[0x80, 0, 0, 0, 0x7f]);
    let archive = Maker::default()
        .header(&header_with_size("big", b'0', &largest), b"")
        .end();
    let (members, error, _) = read(archive);
    assert_eq!(members[0].size, i64::MAX.unsigned_abs());
    assert!(matches!(error.unwrap().kind(), ErrorKind::Truncated { .. }));
}

#[test]
fn extended_headers_beyond_the_limit_are_refused_without_being_read() {
    for flag in [b'x', b'g', b'L', b'K'] {
        let huge = header_with_size("huge", flag, b"70000000000");
        let (members, error, _) = read(Maker::default().header(&huge, b"").end());
        assert!(members.is_empty());
        assert!(
            matches!(error.unwrap().kind(), ErrorKind::Limit { .. }),
            "{}",
            char::from(flag)
        );
    }
    // Each is small; they are many.
    let mut maker = Maker::default();
    for i in 0..20_000 {
        maker = maker.pax(&[("comment", format!("{i}").as_bytes())]);
    }
    let (_, error, _) = read(maker.file("x", b"").end());
    assert!(matches!(error.unwrap().kind(), ErrorKind::Limit { .. }));
    // Global ones with ever new keywords.
    let mut maker = Maker::default();
    for i in 0..5000 {
        let record = format!("k{i}={}", "v".repeat(400));
        let size = record.len() + 5;
        maker = maker
            .extended(b'g', format!("{size} {record}\n").as_bytes())
            .file("x", b"");
    }
    let (members, error, _) = read(maker.end());
    assert!(members.len() > 2000);
    assert!(matches!(error.unwrap().kind(), ErrorKind::Limit { .. }));
}

#[test]
fn a_checksum_of_signed_bytes_is_taken() {
    let mut odd = header("name", b'0', 0, "");
    odd.as_ustar_mut().unwrap().name[..2].copy_from_slice(b"\xff\xfe");
    odd.as_ustar_mut().unwrap().cksum.fill(b' ');
    let sum: i32 = odd
        .as_bytes()
        .iter()
        .map(|&b| i32::from(b.cast_signed()))
        .sum();
    let field = format!("{sum:06o}\0 ");
    odd.as_ustar_mut()
        .unwrap()
        .cksum
        .copy_from_slice(field.as_bytes());
    let (members, error, _) = read(Maker::default().header(&odd, b"").end());
    assert!(error.is_none());
    assert_eq!(members[0].name, b"\xff\xfeme");
}

#[test]
fn the_size_of_a_pax_record_counts_over_that_of_the_header() {
    for in_header in [0, 700] {
        let mut header = header("x", b'0', in_header, "");
        header.set_cksum();
        let archive = Maker::default()
            .pax(&[("size", b"3")])
            .header(&header, b"abc")
            .file("after", b"")
            .end();
        let (members, error, codes) = read(archive);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(
            (members[0].size, members[1].name.as_slice()),
            (3, &b"after"[..])
        );
        assert_eq!(codes, ["T007"]);
    }
    for bad in [&b"-1"[..], b"1e3", b"9223372036854775808", b"0x3", b" 3"] {
        let archive = Maker::default()
            .pax(&[("size", bad)])
            .file("x", b"abc")
            .end();
        let (_, error, _) = read(archive);
        assert!(matches!(error.unwrap().kind(), ErrorKind::Record { .. }));
    }
}

#[test]
fn pax_and_gnu_names_belong_to_the_member_behind_both() {
    let pax = |maker: Maker| maker.pax(&[("mtime", b"5.5")]);
    let gnu = |maker: Maker| maker.extended(b'L', b"gnu/name\0");
    let end = |maker: Maker| maker.file("short", b"x").file("next", b"").end();
    for archive in [
        end(gnu(pax(Maker::default()))),
        end(pax(gnu(Maker::default()))),
    ] {
        let (members, error, _) = read(archive);
        assert!(error.is_none());
        assert_eq!(names(&members), ["gnu/name", "next"]);
        assert_eq!(members[0].mtime.to_string(), "5.5");
        assert_eq!((members[0].offset, members[0].header_offset), (0, 2048));
        assert_eq!(members[1].offset, members[1].header_offset);
    }
}

#[test]
fn bad_records_are_refused_or_told() {
    for bad in [
        &b"5 path=x\n"[..],
        b"path=x\n",
        b"99999 path=x\n",
        b"9 path=xx",
        b"6 =abc\n",
    ] {
        let (members, error, _) = read(Maker::default().extended(b'x', bad).file("x", b"").end());
        assert!(members.is_empty());
        let error = error.unwrap();
        assert!(matches!(error.kind(), ErrorKind::Record { .. }));
        assert_eq!(error.offset(), Some(512));
    }
    let mut owned = header("x", b'0', 0, "");
    owned.set_uid(7);
    owned.set_gid(8);
    owned.set_cksum();
    let archive = Maker::default()
        .pax(&[("mtime", b"yesterday"), ("uid", b"root"), ("gid", b"-1")])
        .header(&owned, b"")
        .end();
    let (members, _, codes) = read(archive);
    assert_eq!(codes, ["T010"; 3]);
    // The header holds what the records can't say.
    assert_eq!(
        (members[0].uid, members[0].gid, members[0].mtime.seconds),
        (7, 8, 1_700_000_000)
    );
}

#[test]
fn a_global_name_is_told() {
    let archive = Maker::default()
        .extended(b'g', b"12 path=all\n")
        .file("a", b"")
        .file("b", b"")
        .end();
    let (members, _, codes) = read(archive);
    assert_eq!(names(&members), ["all", "all"]);
    assert_eq!(codes, ["T011", "T011"]);
}

#[test]
fn what_has_no_data_has_none_whatever_its_size() {
    for flag in [b'5', b'2', b'3', b'6'] {
        let archive = Maker::default()
            .raw(header("x", flag, 1000, "y").as_bytes())
            .file("after", b"")
            .end();
        let (members, error, codes) = read(archive);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(names(&members), ["x", "after"]);
        assert_eq!((members[0].size, codes), (0, vec!["T005"]));
    }
}

#[test]
fn a_hard_link_may_have_data_or_only_say_so() {
    let link = header("link", b'1', 5, "a");
    for data in [&b""[..], b"hello"] {
        let archive = Maker::default()
            .file("a", b"hello")
            .header(&link, data)
            .file("after", b"")
            .end();
        let (members, error, codes) = read(archive);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(names(&members), ["a", "link", "after"]);
        assert_eq!((members[1].kind, codes), (Kind::Hardlink, vec!["T009"]));
    }
    // Looking for a header took the block; who reads the data gets it all the same.
    let data: Vec<u8> = (0..700u32).map(|i| i.to_le_bytes()[0] | 1).collect();
    let archive = Maker::default()
        .header(&header("link", b'1', 700, "a"), &data)
        .file("after", b"x")
        .end();
    for mut archive in [
        Archive::new(archive.clone().into()).unwrap(),
        Archive::stream(std::io::Cursor::new(archive)).unwrap(),
    ] {
        archive.next_member().unwrap().unwrap();
        let mut found = Vec::new();
        archive.data().take(300).read_to_end(&mut found).unwrap();
        archive.data().read_to_end(&mut found).unwrap();
        assert_eq!(found, data);
        assert_eq!(archive.next_member().unwrap().unwrap().name, b"after");
    }
}

#[test]
fn lone_zero_blocks_and_unknown_types_are_read_over() {
    let archive = Maker::default()
        .file("a", b"")
        .raw(&[0; 512])
        .header(&header("b", b'?', 3, ""), b"abc")
        .end();
    let (members, error, codes) = read(archive);
    assert!(error.is_none());
    assert_eq!(names(&members), ["a", "b"]);
    assert_eq!((members[1].kind, members[1].size), (Kind::File, 3));
    assert_eq!(codes, ["T001", "T006"]);
    // After two there is nothing more, whatever follows.
    let archive = [
        Maker::default().file("a", b"").end(),
        Maker::default().file("b", b"").end(),
    ];
    let (members, ..) = read(archive.concat());
    assert_eq!(names(&members), ["a"]);
    let (members, error, codes) = read(&b""[..]);
    assert!(members.is_empty() && error.is_none());
    assert_eq!(codes, ["T002"]);
}

#[test]
fn numbers_that_nothing_depends_on_are_told() {
    let mut odd = header("x", b'0', 1, "");
    odd.as_ustar_mut()
        .unwrap()
        .mode
        .copy_from_slice(b"rw-r--r-");
    odd.as_ustar_mut().unwrap().uid.fill(0xff);
    odd.set_cksum();
    let (members, error, codes) = read(Maker::default().header(&odd, b"y").end());
    assert!(error.is_none());
    assert_eq!((members[0].mode, members[0].uid), (0, 0));
    assert_eq!(codes, ["T004", "T004"]);
}

/// A prefix belongs to the name in ustar, whatever its version; in GNU's format times stand there.
#[test]
fn the_prefix_is_ustars_alone() {
    let with_magic = |magic: &[u8; 6], version: &[u8; 2]| {
        let mut header = header("name", b'0', 0, "");
        let ustar = header.as_ustar_mut().unwrap();
        ustar.magic.copy_from_slice(magic);
        ustar.version.copy_from_slice(version);
        ustar.prefix[..3].copy_from_slice(b"dir");
        header.set_cksum();
        let (members, ..) = read(Maker::default().header(&header, b"").end());
        String::from_utf8(members[0].name.clone()).unwrap()
    };
    assert_eq!(with_magic(b"ustar\0", b"00"), "dir/name");
    assert_eq!(with_magic(b"ustar\0", b"\0\0"), "dir/name");
    assert_eq!(with_magic(b"ustar\0", b" \0"), "dir/name");
    assert_eq!(with_magic(b"ustar ", b" \0"), "name");
    assert_eq!(with_magic(b"\0\0\0\0\0\0", b"\0\0"), "name");
}

/// Its length is right, so that nothing else is in doubt.
#[test]
fn a_record_without_a_keyword_is_told_and_ignored() {
    for typeflag in [b'x', b'g'] {
        let archive = Maker::default()
            .extended(typeflag, b"6 =ab\n9 uid=77\n")
            .file("a", b"1")
            .end();
        let mut archive = Archive::new(archive.into()).unwrap();
        let member = archive.next_member().unwrap().unwrap();
        let codes: Vec<_> = member.problems.iter().map(|p| p.code).collect();
        assert_eq!((codes, member.uid), (vec!["T010"], 77));
        assert!(archive.next_member().unwrap().is_none());
    }
}
