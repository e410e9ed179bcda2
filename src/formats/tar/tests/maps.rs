//! Maps of sparse files: in the header of old GNU, in records, in front of the data.

use super::*;
use crate::formats::tar::{ErrorKind, SparseFault};

use SparseFault::{Missing, NoNumber, Short, Sum, TooMany};

/// The content of the first member, or what is wrong with its map.
fn content(bytes: &[u8]) -> Result<Vec<u8>, SparseFault> {
    use std::io::Read as _;
    let mut archive = Archive::new(bytes.into()).unwrap();
    let member = archive.next_member().unwrap().unwrap();
    let mut content = match archive.content(&member) {
        Ok(content) => content,
        Err(error) => match error.kind() {
            ErrorKind::Sparse(fault) => {
                assert_eq!(error.offset(), Some(member.header_offset));
                return Err(*fault);
            }
            other => panic!("{other}"),
        },
    };
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, member.size);
    Ok(bytes)
}

/// Entries of old GNU: an offset and a size, in eleven octal digits and a NUL each.
fn entries(pieces: &[(u64, u64)]) -> Vec<u8> {
    let text = |(offset, size): &(u64, u64)| format!("{offset:011o}\0{size:011o}\0").into_bytes();
    pieces.iter().flat_map(text).collect()
}

/// An old GNU member of eight bytes: a map in its header, and the blocks that go on with it.
fn old(isextended: u8, pieces: &[(u64, u64)], blocks: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    let header = Block::new(b"s", b'S', data.len() as u64).gnu();
    let header = header
        .with(386, &entries(pieces))
        .with(482, &[isextended])
        .with(483, b"00000000010\0");
    let mut bytes = header.sealed().to_vec();
    for block in blocks {
        bytes.extend_from_slice(block);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    [&bytes[..], &file("next", b""), END].concat()
}

/// As GNU tar and `tarfile` have it: any byte but NUL says that the map goes on, a digit 0 too.
#[test]
fn isextended_of_an_ascii_0_says_that_the_map_goes_on() {
    let more = [entries(&[(6, 1)])];
    for isextended in [1, b'1', b'0', b' ', 0xff] {
        let bytes = old(isextended, &[(1, 2)], &more, b"abc");
        assert_eq!(content(&bytes).unwrap(), b"\0ab\0\0\0c\0");
        assert_eq!(read(&bytes).0[1].name, b"next");
    }
    let bytes = old(0, &[(1, 2)], &[], b"ab");
    assert_eq!(content(&bytes).unwrap(), b"\0ab\0\0\0\0\0");
}

#[test]
fn an_old_map_ends_at_an_entry_whose_size_begins_with_a_nul() {
    let gap = [entries(&[(1, 1)]), vec![0; 24], entries(&[(5, 1)])].concat();
    let header = Block::new(b"s", b'S', 1).gnu().with(483, b"00000000010\0");
    let bytes = [&header.with(386, &gap).and(b"a")[..], END].concat();
    assert_eq!(content(&bytes).unwrap(), b"\0a\0\0\0\0\0\0");
    // An entry of no bytes is one: it says how long the file is.
    let bytes = old(0, &[(1, 1), (8, 0)], &[], b"a");
    assert_eq!(content(&bytes).unwrap(), b"\0a\0\0\0\0\0\0");
    for (pieces, fault) in [
        (&b"0000000000x\x0000000000001\0"[..], NoNumber { entry: 0 }),
        (b"00000000001\x000000000000x\0", NoNumber { entry: 0 }),
        (
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff00000000001\0",
            NoNumber { entry: 0 },
        ),
        // Larger than any file.
        (
            b"00000000001\0\x80\0\0\x01\0\0\0\0\0\0\0\0",
            NoNumber { entry: 0 },
        ),
    ] {
        let header = Block::new(b"s", b'S', 1).gnu().with(483, b"00000000010\0");
        let bytes = [&header.with(386, pieces).and(b"a")[..], END].concat();
        assert_eq!(content(&bytes), Err(fault));
    }
    let second = [&entries(&[(1, 1)])[..], b"x\0\0\0\0\0\0\0\0\0\0\x001\0"].concat();
    let header = Block::new(b"s", b'S', 1).gnu().with(483, b"00000000010\0");
    let bytes = [&header.with(386, &second).and(b"a")[..], END].concat();
    assert_eq!(content(&bytes), Err(NoNumber { entry: 1 }));
}

#[test]
fn an_old_map_that_is_cut_short_ends_the_reading_where_the_archive_ends() {
    let header = Block::new(b"s", b'S', 1).gnu().with(482, b"\x01").sealed();
    for cut in [0, 1, 511] {
        let bytes = [&file("a", b"")[..], &header, &[1; 512][..cut]].concat();
        let (members, error) = read(&bytes);
        let error = error.unwrap();
        assert_eq!(
            (members.len(), error.offset()),
            (1, Some(1024 + cut as u64))
        );
        assert!(matches!(
            error.kind(),
            ErrorKind::Truncated { missing: 512, .. }
        ));
    }
}

/// A map of records: offset and size in turn.
fn map_0_1(map: &str, data: &[u8]) -> Result<Vec<u8>, SparseFault> {
    let records = [
        ("GNU.sparse.size", &b"8"[..]),
        ("GNU.sparse.map", map.as_bytes()),
    ];
    content(&[&pax(&records)[..], &file("s", data), END].concat())
}

/// A record for each number.
fn map_0_0(numbers: &[(&str, &[u8])], data: &[u8]) -> Result<Vec<u8>, SparseFault> {
    let size = [("GNU.sparse.size", &b"8"[..])];
    content(
        &[
            &pax(&[&size[..], numbers].concat())[..],
            &file("s", data),
            END,
        ]
        .concat(),
    )
}

/// Lines in front of the data.
fn map_1_0(lines: &str, data: &[u8]) -> Result<Vec<u8>, SparseFault> {
    let records = [
        ("GNU.sparse.major", &b"1"[..]),
        ("GNU.sparse.realsize", b"8"),
    ];
    let mut stored = lines.as_bytes().to_vec();
    stored.resize(stored.len().next_multiple_of(512), 0);
    stored.extend_from_slice(data);
    content(&[&pax(&records)[..], &file("s", &stored), END].concat())
}

#[test]
fn a_map_of_records_that_is_cut_short_is_told() {
    assert_eq!(map_0_1("1,2,6,1", b"abc").unwrap(), b"\0ab\0\0\0c\0");
    assert_eq!(map_0_1("1,2,6", b"abc"), Err(Short));
    assert_eq!(map_0_1("1", b"abc"), Err(Short));
    assert_eq!(map_0_1("1,2,", b"abc"), Err(Short));
    assert_eq!(map_0_1("1,2,6,", b"abc"), Err(NoNumber { entry: 1 }));
    assert_eq!(map_0_1("1,2", b"abc"), Err(Sum { pieces: 2, data: 3 }));
    let (offset, size) = ("GNU.sparse.offset", "GNU.sparse.numbytes");
    let numbers: [(&str, &[u8]); 4] = [(offset, b"1"), (size, b"2"), (offset, b"6"), (size, b"1")];
    assert_eq!(map_0_0(&numbers, b"abc").unwrap(), b"\0ab\0\0\0c\0");
    assert_eq!(map_0_0(&numbers[..3], b"abc"), Err(Short));
    assert_eq!(map_0_0(&[], b"abc"), Err(Missing));
}

#[test]
fn a_map_of_lines_that_is_cut_short_is_told() {
    assert_eq!(
        map_1_0("2\n1\n2\n6\n1\n", b"abc").unwrap(),
        b"\0ab\0\0\0c\0"
    );
    // The zeros after the lines are no digits: nothing ends a line that is missing.
    for (lines, entry) in [
        ("3\n1\n2\n6\n1\n", 2),
        ("2\n1\n2\n6\n1", 1),
        ("2\n1\n2\n6\n", 1),
        ("2\n1\n2\n", 1),
        ("2\n1\n", 0),
        ("2\n", 0),
        ("2", 0),
    ] {
        assert_eq!(map_1_0(lines, b""), Err(NoNumber { entry }), "{lines:?}");
    }
    // The data end within the block of the map.
    let records = [
        ("GNU.sparse.major", &b"1"[..]),
        ("GNU.sparse.realsize", b"8"),
    ];
    for size in [0, 4, 511] {
        let mut stored = b"0\n".to_vec();
        stored.resize(size, 0);
        let bytes = [&pax(&records)[..], &file("s", &stored), END].concat();
        assert_eq!(content(&bytes), Err(Short), "{size}");
    }
    assert_eq!(map_1_0("0\n", b"").unwrap(), [0; 8]);
}

/// Twenty digits make the largest number of 64 bits.
#[test]
fn a_line_of_a_map_has_at_most_20_digits() {
    let zeros = "0".repeat(19);
    let long = |digits: &str| map_1_0(&format!("1\n{digits}\n1\n"), b"a");
    assert_eq!(long(&format!("{zeros}2")).unwrap(), b"\0\0a\0\0\0\0\0");
    assert_eq!(long(&format!("0{zeros}2")), Err(NoNumber { entry: 0 }));
}

#[test]
fn a_map_has_at_most_a_million_entries() {
    let few = |count: usize| "0,0,".repeat(count);
    let map = |count| map_0_1(few(count).trim_end_matches(','), b"");
    let limit = |map: String| {
        let bytes = [
            pax(&[
                ("GNU.sparse.size", b"8"),
                ("GNU.sparse.map", map.as_bytes()),
            ]),
            file("s", b""),
        ];
        let bytes = [&bytes.concat()[..], END].concat();
        let mut archive = Archive::new(bytes.into()).unwrap().limit(1 << 30);
        let member = archive.next_member().unwrap().unwrap();
        let error = archive.content(&member).err();
        error.map(|error| match error.kind() {
            ErrorKind::Sparse(fault) => *fault,
            other => panic!("{other}"),
        })
    };
    assert_eq!(map(3).unwrap(), [0; 8]);
    let most = few(1_000_000);
    assert_eq!(limit(most.trim_end_matches(',').to_owned()), None);
    assert_eq!(limit(format!("{most}0,0")), Some(TooMany));
    assert_eq!(map_1_0("1000001\n", b""), Err(TooMany));
    assert_eq!(map_1_0("1000000\n", b""), Err(NoNumber { entry: 0 }));
}

/// A size that no file has is wrong even where every piece is near the start.
#[test]
fn a_sparse_file_is_as_large_as_a_signed_number_of_64_bits_says_and_no_larger() {
    let fault = |size: u64| {
        let size = size.to_string();
        let records = [
            ("GNU.sparse.size", size.as_bytes()),
            ("GNU.sparse.map", b"0,3"),
        ];
        let bytes = [&pax(&records)[..], &file("s", b"abc"), END].concat();
        let mut archive = Archive::new(bytes.into()).unwrap();
        let member = archive.next_member().unwrap().unwrap();
        let error = archive.content(&member).err();
        error.map(|error| match error.kind() {
            ErrorKind::Sparse(fault) => *fault,
            other => panic!("{other}"),
        })
    };
    let largest = i64::MAX.unsigned_abs();
    assert_eq!(fault(largest), None);
    for size in [largest + 1, u64::MAX] {
        let expected = SparseFault::Beyond { entry: 1, size };
        assert_eq!(fault(size), Some(expected));
    }
}

/// Which record says how large the file is, where several do.
#[test]
fn the_size_of_a_sparse_file_is_that_of_its_record_or_of_its_header() {
    let size = |records: &[(&str, &[u8])]| {
        let member = only(&[pax(records), file("s", b"abc")].concat());
        assert_eq!(member.stored_size, 3);
        (member.size, member.sparse, codes_of(&member))
    };
    for keyword in ["GNU.sparse.realsize", "GNU.sparse.size"] {
        assert_eq!(size(&[(keyword, b"9")]), (9, true, vec![]));
        assert_eq!(size(&[(keyword, b"-9")]), (3, true, vec!["T010"]));
    }
    let both: [(&str, &[u8]); 2] = [("GNU.sparse.size", b"8"), ("GNU.sparse.realsize", b"9")];
    assert_eq!(size(&both), (9, true, vec![]));
    // Star's size says nothing of a file that isn't sparse.
    assert_eq!(size(&[("SCHILY.realsize", b"9")]), (3, false, vec![]));
    let stars: [(&str, &[u8]); 2] = [("GNU.sparse.map", b"0,3"), ("SCHILY.realsize", b"9")];
    assert_eq!(size(&stars), (9, true, vec![]));
    let old = old(0, &[(0, 3)], &[], b"abc");
    let (members, _) = read(&old);
    assert_eq!((members[0].size, members[0].sparse), (8, true));
    assert_eq!((members[1].sparse, members[0].data_offset), (false, 512));
}

#[test]
fn what_a_map_says_of_its_faults_names_the_entry() {
    let said = |fault: SparseFault| fault.to_string();
    let start = "the map of the sparse file is wrong: ";
    for (fault, end) in [
        (Missing, "there is none of a known sort"),
        (TooMany, "it has more than 1000000 entries"),
        (Short, "it ends before its last entry does"),
        (NoNumber { entry: 4 }, "entry 4 is no pair of numbers"),
        (
            SparseFault::Backwards { entry: 4 },
            "entry 4 begins before the one in front of it ends",
        ),
        (
            SparseFault::Beyond { entry: 4, size: 9 },
            "entry 4 ends after the file's 9 bytes",
        ),
        (
            Sum { pieces: 4, data: 9 },
            "its pieces have 4 bytes, the data 9",
        ),
    ] {
        assert_eq!(said(fault), format!("{start}{end}"));
    }
    let piece = tar::Piece { offset: 5, size: 7 };
    assert_eq!(piece.end(), 12);
}
