//! Maps of sparse files that lie.

use std::fs;
use std::os::unix::fs::MetadataExt;

use bytewright::formats::tar::{ErrorKind, Policy, Refusal, SparseFault};

use super::maker::{Maker, header};
use super::place::{Place, refused};

/// Version 1.0: the map stands in front of the data.
fn version_1(size: &str, map: &str, data: &[u8]) -> Vec<u8> {
    let mut stored = map.as_bytes().to_vec();
    stored.resize(stored.len().next_multiple_of(512), 0);
    stored.extend_from_slice(data);
    Maker::default()
        .pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"s"),
            ("GNU.sparse.realsize", size.as_bytes()),
        ])
        .file("GNUSparseFile.0/s", &stored)
        .file("after", b"read")
        .end()
}

/// Version 0.1: the map is a record.
fn version_0_1(size: &str, map: &str, data: &[u8]) -> Vec<u8> {
    Maker::default()
        .pax(&[
            ("GNU.sparse.size", size.as_bytes()),
            ("GNU.sparse.numblocks", b"1"),
            ("GNU.sparse.name", b"s"),
            ("GNU.sparse.map", map.as_bytes()),
        ])
        .file("x", data)
        .file("after", b"read")
        .end()
}

/// Old GNU: the map stands in the header.
fn old_gnu(size: &[u8], map: &[(&[u8], &[u8])], data: &[u8]) -> Vec<u8> {
    let mut header = header("s", b'S', data.len() as u64, "");
    {
        let bytes = header.as_mut_bytes();
        bytes[257..265].copy_from_slice(b"ustar  \0");
        for (i, (offset, count)) in map.iter().enumerate() {
            let at = 386 + 24 * i;
            bytes[at..at + offset.len()].copy_from_slice(offset);
            bytes[at + 12..at + 12 + count.len()].copy_from_slice(count);
        }
        bytes[483..483 + size.len()].copy_from_slice(size);
    }
    header.set_cksum();
    Maker::default()
        .header(&header, data)
        .file("after", b"read")
        .end()
}

#[test]
fn every_version_is_put_together() {
    for archive in [
        version_1("10", "2\n1\n2\n6\n1\n", b"abc"),
        version_0_1("10", "1,2,6,1", b"abc"),
        old_gnu(
            b"00000000012\0",
            &[(b"1\0", b"2\0"), (b"6\0", b"1\0")],
            b"abc",
        ),
    ] {
        let place = Place::new();
        place.extract(archive);
        assert_eq!(place.content("s").unwrap(), "\0ab\0\0\0c\0\0\0");
        assert_eq!(place.content("after").unwrap(), "read");
    }
}

#[test]
fn maps_that_lie_are_refused_and_the_rest_is_extracted() {
    let fault = |archive: Vec<u8>| {
        let place = Place::new();
        let outcomes = place.extract(archive);
        assert_eq!(place.content("after").unwrap(), "read");
        assert!(!place.into.join("s").exists());
        match refused(&outcomes[0].1) {
            Refusal::Sparse(fault) => *fault,
            other => panic!("{other}"),
        }
    };
    use SparseFault::{Backwards, Beyond, NoNumber, Short, Sum, TooMany};
    for (size, map, expected) in [
        ("10", "2,1,0,1", Backwards { entry: 1 }),
        ("10", "0,2,1,1", Backwards { entry: 1 }),
        ("10", "9,3", Beyond { entry: 0, size: 10 }),
        (
            "10",
            "18446744073709551615,3",
            Beyond { entry: 0, size: 10 },
        ),
        ("10", "0,2", Sum { pieces: 2, data: 3 }),
        ("10", "0,4", Sum { pieces: 4, data: 3 }),
        ("10", "0,3,5", Short),
        ("10", "0,x", NoNumber { entry: 0 }),
        ("10", "-1,3", NoNumber { entry: 0 }),
        ("10", "99999999999999999999999,3", NoNumber { entry: 0 }),
    ] {
        assert_eq!(fault(version_0_1(size, map, b"abc")), expected, "{map}");
        // The same in the data.
        let numbers: Vec<&str> = map.split(',').collect();
        let count = numbers.len().div_ceil(2);
        if expected != Short {
            let lines = format!("{count}\n{}\n", numbers.join("\n"));
            assert_eq!(fault(version_1(size, &lines, b"abc")), expected, "{map}");
        }
    }
    // A count that nothing backs costs nothing.
    assert_eq!(fault(version_1("10", "1000000000000\n", b"")), TooMany);
    assert_eq!(
        fault(version_1("10", "999999\n0\n0\n", b"")),
        NoNumber { entry: 1 }
    );
    let digits = "1".repeat(600);
    assert_eq!(fault(version_1("10", &digits, b"")), NoNumber { entry: 0 });
    let octal = |map: &[(&[u8], &[u8])]| fault(old_gnu(b"00000000012\0", map, b"abc"));
    assert_eq!(octal(&[(b"9\0", b"1\0")]), NoNumber { entry: 0 });
    assert_eq!(
        octal(&[(b"7\0", b"3\0"), (b"0\0", b"0\0")]),
        Backwards { entry: 1 }
    );
    // An `S` without a map.
    let mut star = header("s", b'S', 3, "");
    star.set_cksum();
    let archive = Maker::default()
        .header(&star, b"abc")
        .file("after", b"read");
    assert_eq!(fault(archive.end()), SparseFault::Missing);
}

/// Also where the file is small, and wherever the hole is.
#[test]
fn holes_are_holes_and_the_size_is_what_the_archive_says() {
    for (map, at) in [
        ("0,3", 0),
        ("100000,3", 100_000),
        ("199997,3", 199_997),
        ("0,1,199998,2", 199_998),
        ("0,3,200000,0", 0),
    ] {
        let place = Place::new();
        place.extract(version_0_1("200000", map, b"abc"));
        let metadata = fs::metadata(place.into.join("s")).unwrap();
        assert_eq!(metadata.len(), 200_000, "{map}");
        assert!(metadata.blocks() < 100, "{map}: {}", metadata.blocks());
        let content = fs::read(place.into.join("s")).unwrap();
        let data: Vec<u8> = content.iter().copied().filter(|&byte| byte != 0).collect();
        assert_eq!(data, b"abc", "{map}");
        let expected = if map.starts_with("0,1,") { b'b' } else { b'a' };
        assert_eq!(content[at], expected, "{map}");
    }
    // Nothing but a hole, and nothing at all.
    for (size, map) in [("200000", "200000,0"), ("0", "0,0")] {
        let place = Place::new();
        place.extract(version_0_1(size, map, b""));
        let metadata = fs::metadata(place.into.join("s")).unwrap();
        assert_eq!(metadata.len(), size.parse::<u64>().unwrap());
        assert_eq!(metadata.blocks(), 0);
    }
}

/// The map of an old GNU member ends with a NUL, and goes on in blocks of its own otherwise.
#[test]
fn an_old_map_goes_on_where_its_header_says() {
    let entry = |at: &mut [u8], offset: u32, size: u32| {
        at[..12].copy_from_slice(format!("{offset:011o}\0").as_bytes());
        at[12..24].copy_from_slice(format!("{size:011o}\0").as_bytes());
    };
    let archive = |extended: u8, blocks: &[[u8; 512]]| {
        let mut header = header("s", b'S', 3, "");
        let bytes = header.as_mut_bytes();
        bytes[257..265].copy_from_slice(b"ustar  \0");
        for i in 0..4 {
            // Empty pieces are pieces as well.
            let size = u32::from(i == 3);
            entry(&mut bytes[386 + 24 * i..], i as u32, size);
        }
        bytes[482] = extended;
        bytes[483..495].copy_from_slice(b"00000000144\0");
        header.set_cksum();
        let mut maker = Maker::default().raw(header.as_bytes());
        for block in blocks {
            maker = maker.raw(block);
        }
        let mut data = b"abc".to_vec();
        data.resize(512, 0);
        maker.raw(&data).file("after", b"read").end()
    };
    let block = |first: u32, count: usize, extended: u8| {
        let mut block = [0; 512];
        for i in 0..count {
            entry(&mut block[24 * i..], first + i as u32, u32::from(i == 20));
        }
        block[504] = extended;
        block
    };
    for extended in [1, b'1'] {
        let place = Place::new();
        let chain = [block(10, 21, extended), block(40, 21, 0)];
        place.extract(archive(extended, &chain));
        let mut expected = vec![0; 100];
        (expected[3], expected[30], expected[60]) = (b'a', b'b', b'c');
        assert_eq!(fs::read(place.into.join("s")).unwrap(), expected);
        assert_eq!(place.content("after").unwrap(), "read");
    }
    // One piece of one byte for three bytes of data, when nothing goes on.
    let place = Place::new();
    let outcomes = place.extract(archive(0, &[]));
    let sum = SparseFault::Sum { pieces: 1, data: 3 };
    assert!(matches!(refused(&outcomes[0].1), Refusal::Sparse(fault) if *fault == sum));
    assert_eq!(place.content("after").unwrap(), "read");
}

/// A map in front of the data that the data end before, and one that fills its block exactly.
#[test]
fn a_map_in_the_data_ends_where_its_last_line_does() {
    // 127 entries of 4 bytes, and a count of 4: 512 bytes.
    let mut exact = String::from("127\n");
    (0..127).for_each(|_| exact.push_str("0\n0\n"));
    assert_eq!(exact.len(), 512);
    let exact = exact.replacen("0\n0\n", "0\n3\n", 1);
    let backwards = SparseFault::Backwards { entry: 1 };
    for (map, data, expected) in [
        (exact.clone(), &b"abc"[..], Some(backwards)),
        (exact.replace("0\n0\n", "3\n0\n"), b"abc", None),
        (exact[..510].to_owned(), b"", Some(SparseFault::Short)),
        (
            exact.replacen("127", "128", 1),
            b"",
            Some(SparseFault::Short),
        ),
        (String::new(), b"", Some(SparseFault::Short)),
    ] {
        let place = Place::new();
        let outcomes = place.extract(version_1("10", &map, data));
        match (expected, &outcomes[0].1) {
            (None, outcome) => assert!(!outcome.is_refused(), "{outcome:?}"),
            (Some(expected), outcome) => match refused(outcome) {
                Refusal::Sparse(fault) => assert_eq!(*fault, expected),
                other => panic!("{other}"),
            },
        }
        assert_eq!(place.content("after").unwrap(), "read");
    }
}

/// A terabyte from a few bytes is holes, as far as it is allowed at all.
#[test]
fn a_bomb_of_holes_takes_no_room() {
    let tera = (1_u64 << 40).to_string();
    let bomb = version_0_1(&tera, "0,1,1099511627774,2", b"abc");
    let place = Place::new();
    let (outcomes, _) = place.try_extract(bomb.clone());
    // A file system that has no files of that size refuses it.
    if !outcomes.is_empty() {
        let metadata = fs::metadata(place.into.join("s")).unwrap();
        assert_eq!(metadata.len(), 1 << 40);
        assert!(metadata.blocks() < 1000);
    }
    let place = Place::new();
    let mut policy = Policy::default();
    policy.max_size = Some(1 << 30);
    let (_, error) = place.try_policy(bomb, policy);
    assert!(matches!(error.unwrap().kind(), ErrorKind::TooMuch { .. }));
    assert_eq!(fs::read_dir(&place.into).unwrap().count(), 0);
    // No file can have that size.
    let place = Place::new();
    let outcomes = place.extract(version_0_1("18446744073709551615", "0,3", b"abc"));
    assert!(matches!(refused(&outcomes[0].1), Refusal::Sparse(_)));
}
