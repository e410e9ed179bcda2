//! Pax records, and where a name leads.

use super::*;
use crate::formats::tar::extract::{Filter, Refusal};
use crate::formats::tar::member_path::{meaning_parts, parts_of, split, windows};
use crate::formats::tar::pax::{self as records, Globals};
use crate::formats::tar::{PaxRecord, PaxRecords};

/// A record counts its own digits; POSIX.1-2017, pax, "pax Extended Header".
#[test]
fn a_record_counts_its_own_digits_at_every_border() {
    // The size of the value, and what the record says and has.
    for (value, length) in [
        (0, 6),
        (3, 9),
        (4, 11),
        (5, 12),
        (91, 98),
        (92, 99),
        (93, 101),
        (991, 999),
        (992, 1001),
    ] {
        let mut records = PaxRecords::default();
        records.push("ky", vec![b'v'; value]);
        let bytes = records.to_bytes();
        let expected = format!("{length} ky={}\n", "v".repeat(value));
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        assert_eq!(bytes.len(), length);
        assert_eq!(PaxRecords::parse(&bytes, 0).unwrap(), records);
    }
}

#[test]
fn of_a_keyword_twice_in_one_header_the_last_counts_and_both_are_kept() {
    let bytes = [record("a", b"1"), record("b", b"2"), record("a", b"3")].concat();
    let records = PaxRecords::parse(&bytes, 0).unwrap();
    assert_eq!(records.get("a"), Some(&b"3"[..]));
    assert_eq!(records.get("b"), Some(&b"2"[..]));
    assert_eq!(records.get("c"), None);
    let keys = |records: &PaxRecords| {
        records
            .iter()
            .map(|r| r.keyword.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&records), [b"a", b"b", b"a"]);
    assert_eq!((&records).into_iter().count(), 3);
    assert!(!records.is_empty() && PaxRecords::default().is_empty());
    assert_eq!(records.to_bytes(), bytes);
}

#[test]
fn a_keyword_with_two_values_contradicts_itself() {
    for (pairs, expected) in [
        (&[][..], false),
        (&[("a", "1")], false),
        (&[("a", "1"), ("b", "2")], false),
        (&[("a", "1"), ("a", "1")], false),
        (&[("a", "1"), ("a", "2")], true),
        (&[("a", "1"), ("b", "1"), ("a", "2")], true),
        // The pieces of a sparse file of version 0.0.
        (
            &[("GNU.sparse.offset", "1"), ("GNU.sparse.offset", "2")],
            false,
        ),
        (&[("GNU.sparse", "1"), ("GNU.sparse", "2")], true),
    ] {
        let mut records = PaxRecords::default();
        for (keyword, value) in pairs {
            records.push(*keyword, *value);
        }
        assert_eq!(records.contradicts_itself(), expected, "{pairs:?}");
    }
}

#[test]
fn a_bad_record_is_told_with_its_place_and_zeros_fill_the_rest() {
    let good = record("path", b"a/b");
    assert_eq!(good, b"12 path=a/b\n");
    for filled in [&b""[..], b"\0", b"\0\0\0"] {
        let records = PaxRecords::parse(&[&good[..], filled].concat(), 7).unwrap();
        assert_eq!(records.get("path"), Some(&b"a/b"[..]));
    }
    for bad in [
        &b"\0x"[..],
        b"x",
        b"5 a=b",
        b"6 a=bc\n",
        b"7 a=bc",
        b"7 a=bcd",
        b" 6 a=b\n",
        b"6  a=b\n",
        b"4 a=b\n",
        b"6\ta=b\n",
        b"6 a:b\n",
        b"2 \n",
        b"1 ",
        b"0 \n",
        b"18446744073709551616 a=b\n",
        b"18446744073709551615 a=b\n",
    ] {
        let bytes = [&good[..], bad].concat();
        let error = PaxRecords::parse(&bytes, 7).unwrap_err();
        assert_eq!(error.offset(), Some(7 + 12), "{bad:?}");
        let said = error.to_string();
        assert!(said.contains("expected `LENGTH KEYWORD=VALUE`"), "{said}");
    }
    // It is shown as far as it fits a line.
    let long = PaxRecords::parse(&[b'x'; 5000], 0).unwrap_err().to_string();
    assert!(long.contains(&"x".repeat(40)) && !long.contains(&"x".repeat(41)));
}

#[test]
fn a_record_without_a_keyword_is_taken_out() {
    let mut records = PaxRecords::parse(b"6 =ab\n6 a=b\n", 0).unwrap();
    assert!(records.drop_nameless());
    assert_eq!(records.to_bytes(), b"6 a=b\n");
    assert!(!records.drop_nameless());
}

#[test]
fn one_record_is_split_from_what_follows_it() {
    let (first, rest) = records::record(b"6 a=b\nrest").unwrap();
    let expected = PaxRecord {
        keyword: b"a".to_vec(),
        value: b"b".to_vec(),
    };
    assert_eq!((first, rest), (expected, &b"rest"[..]));
    assert!(records::record(b"rest").is_none());
}

/// `%3D` and `%25`, as GNU tar writes what a keyword can't hold, and no other code.
#[test]
fn the_names_of_attributes_are_spelled_as_gnu_tar_spells_them() {
    for (name, keyword) in [
        (&b"user.a"[..], &b"SCHILY.xattr.user.a"[..]),
        (b"user.a=b", b"SCHILY.xattr.user.a%3Db"),
        (b"user.50%", b"SCHILY.xattr.user.50%25"),
        (b"%3D", b"SCHILY.xattr.%253D"),
    ] {
        assert_eq!(records::xattr_keyword(name), keyword);
        assert_eq!(records::xattr_name(keyword).unwrap(), name);
    }
    for (keyword, name) in [
        (&b"SCHILY.xattr.a%"[..], Some(&b"a%"[..])),
        (b"SCHILY.xattr.a%2", Some(b"a%2")),
        (b"SCHILY.xattr.a%3", Some(b"a%3")),
        (b"SCHILY.xattr.a%41", Some(b"a%41")),
        (b"SCHILY.xattr.", Some(b"")),
        (b"SCHILY.xattr", None),
        (b"schily.xattr.a", None),
    ] {
        assert_eq!(records::xattr_name(keyword).as_deref(), name);
    }
}

/// Keywords and values, of which replaced ones no longer count.
#[test]
fn global_records_take_exactly_as_much_as_their_keywords_and_values() {
    let parse = |text: &[u8]| PaxRecords::parse(text, 0).unwrap();
    let mut globals = Globals::default();
    assert!(globals.is_empty());
    assert_eq!(globals.merge(parse(b"12 path=a/b\n"), 6), Err(7));
    assert!(globals.is_empty() && globals.get("path").is_none());
    assert_eq!(globals.merge(parse(b"12 path=a/b\n"), 7), Ok(()));
    assert!(!globals.is_empty());
    // Another value of the same keyword takes the place of the first.
    assert_eq!(globals.merge(parse(b"14 path=a/b/c\n"), 8), Err(9));
    assert_eq!(globals.get("path"), Some(&b"a/b"[..]));
    assert_eq!(globals.merge(parse(b"14 path=a/b/c\n"), 9), Ok(()));
    assert_eq!(globals.merge(parse(b"8 uid=1\n"), 12), Err(13));
    assert_eq!(globals.merge(parse(b"8 uid=1\n"), 13), Ok(()));
    // One that takes a value back stays a keyword, but none that says something.
    assert_eq!(globals.merge(parse(b"7 uid=\n"), 12), Ok(()));
    assert_eq!(globals.get("uid"), Some(&b""[..]));
    assert_eq!(globals.keywords().collect::<Vec<_>>(), [b"path"]);
}

fn data(name: &[u8]) -> Result<Option<Vec<&[u8]>>, Refusal> {
    parts_of(name, 0, Filter::Data)
}

#[test]
fn a_name_is_as_long_as_linux_takes_and_no_longer() {
    let name = |size| vec![b'a'; size];
    assert!(data(&name(4096)).is_ok());
    let refused = name(4097);
    assert!(matches!(data(&refused), Err(Refusal::TooLong(4097))));
}

#[test]
fn what_leads_to_the_root_or_up_is_taken_from_who_is_trusted_alone() {
    let root = |name: &'static [u8], strip, filter| parts_of(name, strip, filter).unwrap();
    let all: [&[u8]; 2] = [b"/", b"a"];
    assert_eq!(root(b"/a", 0, Filter::Trusted).unwrap(), all);
    for filter in [Filter::Data, Filter::Tar] {
        assert_eq!(root(b"/a", 0, filter).unwrap(), [b"a"]);
        let up = parts_of(b"a/..", 0, filter);
        assert!(matches!(up, Err(Refusal::Parent)));
    }
    assert_eq!(root(b"a", 0, Filter::Trusted).unwrap(), [b"a"]);
    // Parts are taken off from below the root.
    assert_eq!(root(b"/a/b", 1, Filter::Trusted).unwrap(), [b"b"]);
    assert_eq!(root(b"../b", 1, Filter::Trusted).unwrap(), [b"b"]);
}

#[test]
fn parts_that_are_taken_off_leave_none_or_some() {
    let strip = |name: &'static [u8], n| parts_of(name, n, Filter::Data).unwrap();
    assert_eq!(strip(b"a/b/c", 0).unwrap(), [b"a", b"b", b"c"]);
    assert_eq!(strip(b"a/b/c", 1).unwrap(), [b"b", b"c"]);
    assert_eq!(strip(b"a/b/c", 2).unwrap(), [b"c"]);
    assert_eq!(strip(b"a/b/c", 3), None);
    assert_eq!(strip(b"a/b/c", 4), None);
    assert_eq!(strip(b".", 0), Some(vec![]), "the folder itself");
    assert_eq!(strip(b"/", 0), Some(vec![]));
    assert_eq!(strip(b"/", 1), None);
}

#[test]
fn a_name_is_split_at_slashes_and_its_root_is_a_part() {
    let root: [&[u8]; 3] = [b"/", b"a", b"b"];
    assert_eq!(split(b"/a/b"), root);
    assert_eq!(split(b"/a//b/"), root);
    assert_eq!(split(b"a/b"), root[1..]);
    assert_eq!(split(b"a//b/"), root[1..]);
    assert!(split(b"").is_empty());
    let meaning = |name: &'static [u8]| meaning_parts(name).collect::<Vec<_>>();
    let parts: [&[u8]; 3] = [b"a", b"..", b"b"];
    assert_eq!(meaning(b"/./a//../b/."), parts);
    assert!(meaning(b"/.//").is_empty());
}

/// "Naming Files, Paths, and Namespaces" in the documentation of Windows.
#[test]
fn windows_takes_no_devices_drives_streams_or_ends_that_it_cuts_off() {
    for name in [
        "a",
        "a.txt",
        ".gitignore",
        "..a",
        "com",
        "COM10",
        "COMET",
        "COM",
        "COM1x",
        "CONF",
        "NULL.txt",
        "AUX1",
        "a b",
        "caf\u{e9}",
        "console",
        "xCON",
        "LPT",
        "LPT\u{b4}",
        "x.con",
    ] {
        assert!(windows::is_name(name.as_bytes()), "{name}");
    }
    for name in [
        "CON",
        "a\u{1f}b",
        "\n",
        "con",
        "Con.txt",
        "con .txt",
        "PRN",
        "AUX",
        "NUL",
        "NUL.tar.gz",
        "CONIN$",
        "conout$",
        "COM1",
        "COM0",
        "lpt9",
        "LPT1.x",
        "COM\u{b9}",
        "LPT\u{b2}",
        "com\u{b3}.txt",
        "a ",
        "a.",
        ".",
        "a\\b",
        "C:",
        "a:b",
        "a*",
        "a?",
        "a\"",
        "<a",
        "a>",
        "a|b",
    ] {
        assert!(!windows::is_name(name.as_bytes()), "{name}");
    }
    assert!(!windows::is_name(b"caf\xe9"), "no text");
    for (target, expected) in [
        ("a/../b", true),
        ("a\\b", false),
        ("C:x", false),
        ("C:\\", false),
    ] {
        assert_eq!(
            windows::is_relative(target.as_bytes()),
            expected,
            "{target}"
        );
    }
}

/// What Windows would not take is a name like any other here.
#[test]
#[cfg(unix)]
fn other_systems_take_names_that_windows_does_not() {
    let parts: [&[u8]; 2] = [b"C:", b"CON. "];
    assert_eq!(data(b"C:/CON. ").unwrap().unwrap(), parts);
}
