//! Every code of a check, where what it tells is just met, and where it just isn't.

mod checked;

use super::*;

use Severity::{Error as Wrong, Note, Warning};

/// Two members of 1,024 bytes.
fn two() -> Vec<u8> {
    [file("a", b"1"), file("b", b"22")].concat()
}

/// What a check tells of the two members with this after them, and the end.
fn behind(part: &[u8]) -> Vec<Told> {
    check(&[&two()[..], part, END].concat()).0
}

const NOTHING: [Told; 0] = [];

#[test]
fn a_block_of_zeros_between_members_is_told_once_for_a_run_of_them() {
    let next = file("c", b"");
    let lone = |more: &[u8]| behind(&[&[0; 512][..], more, &next].concat());
    assert_eq!(behind(&next), NOTHING);
    assert_eq!(lone(b""), [("T001", Warning, 2048, 512)]);
    // One after another member is another one.
    assert_eq!(
        lone(&[&file("d", b"")[..], &[0; 512]].concat()),
        [("T001", Warning, 2048, 512), ("T001", Warning, 3072, 512)]
    );
    // In front of the first member as well.
    let first = [&[0; 512][..], &two(), END].concat();
    assert_eq!(check(&first).0, [("T001", Warning, 0, 512)]);
}

#[test]
fn an_end_is_whole_with_two_blocks_of_zeros_and_with_no_byte_less() {
    for size in [0, 1, 511, 512, 513, 1023] {
        let bytes = [&two()[..], &END[..size]].concat();
        assert_eq!(check(&bytes).0, [("T002", Warning, 2048, 0)], "{size}");
    }
    for size in [0, 1, 512, 8192] {
        let bytes = [&two()[..], END, &vec![0; size]].concat();
        assert_eq!(check(&bytes).0, NOTHING, "{size}");
    }
    // Bytes other than zeros follow the first block, in a cut one or a whole one.
    for rest in [&b"x"[..], &[7; 511], &[7; 512]] {
        let bytes = [&two()[..], &[0; 512], rest].concat();
        let told = [("T002", Warning, 2048, 0), ("T012", Warning, 2560, 0)];
        assert_eq!(check(&bytes).0, told, "{}", rest.len());
        let (members, error) = read(&bytes);
        assert!(members.len() == 2 && error.is_none());
    }
    let said = |bytes: &[u8]| {
        let mut archive = Archive::new(bytes.into()).unwrap();
        assert!(archive.members().all(|member| member.is_ok()));
        archive.problems()[0].message.clone()
    };
    assert!(said(b"").starts_with("the input is empty"));
    assert_eq!(said(&two()), "the archive ends without blocks of zeros");
    assert!(said(&[&two()[..], &[0; 100]].concat()).ends_with("are cut short"));
    let one = "the archive ends after one block of zeros";
    assert_eq!(said(&[&two()[..], &[0; 512]].concat()), one);
    assert_eq!(check(b"").0, [("T002", Warning, 0, 0)]);
    assert_eq!(check(&[0; 512]).0, [("T002", Warning, 0, 0)]);
    assert_eq!(check(&[0; 1024]).0, NOTHING);
}

#[test]
fn a_last_member_without_padding_is_told_where_the_archive_ends() {
    let whole = [two(), file("c", b"333")].concat();
    for cut in [2048 + 512 + 3, 2048 + 512 + 4, 3071] {
        let told = check(&whole[..cut]).0;
        assert_eq!(told, [("T003", Warning, cut as u64, 0)], "{cut}");
    }
    assert_eq!(check(&whole).0, [("T002", Warning, 3072, 0)]);
    let (told, summary) = check(&whole[..2048 + 512 + 2]);
    assert_eq!(told, [("T015", Wrong, 2562, 0)]);
    assert_eq!((summary.members, summary.broken), (3, 1));
}

/// Of every field of numbers: the largest that it means, and one more.
#[test]
fn a_number_that_is_too_large_for_what_it_means_is_told_of_each_field() {
    let base256 = |width: usize, value: u128| {
        let mut field = value.to_be_bytes()[16 - width..].to_vec();
        field[0] |= 0x80;
        field
    };
    let device = Block::new(b"d", b'4', 0);
    for (at, largest) in [
        (100, u128::from(u32::MAX)),
        (329, u128::from(u32::MAX)),
        (337, u128::from(u32::MAX)),
    ] {
        let with = |value| behind(&device.clone().with(at, &base256(8, value)).and(b""));
        assert_eq!(with(largest), NOTHING, "{at}");
        assert_eq!(with(largest + 1), [("T004", Wrong, 2048, 512)], "{at}");
    }
    let largest = i64::MAX.unsigned_abs().into();
    let with = |value| behind(&device.clone().with(136, &base256(12, value)).and(b""));
    assert_eq!(with(largest), NOTHING);
    assert_eq!(with(largest + 1), [("T004", Wrong, 2048, 512)]);
    for at in [100, 108, 116, 329, 337] {
        let negative = device.clone().with(at, &[0xff; 8]).and(b"");
        assert_eq!(behind(&negative), [("T004", Wrong, 2048, 512)], "{at}");
        let text = device.clone().with(at, b"8").and(b"");
        assert_eq!(behind(&text), [("T004", Wrong, 2048, 512)], "{at}");
    }
    // A time before 1970 is one; what is no device has no number of one.
    assert_eq!(
        behind(&device.clone().with(136, &[0xff; 12]).and(b"")),
        NOTHING
    );
    assert_eq!(
        behind(&Block::new(b"c", b'0', 0).with(329, b"x").and(b"")),
        NOTHING
    );
}

#[test]
fn a_size_where_there_are_no_data_is_told_from_one_byte_on() {
    for flag in [b'2', b'3', b'4', b'5', b'6'] {
        let with = |size| behind(&Block::new(b"x", flag, size).with(157, b"a").and(b""));
        assert_eq!(with(0), NOTHING, "{flag}");
        assert_eq!(with(1), [("T005", Warning, 2048, 512)], "{flag}");
    }
}

/// The letters of POSIX, those of GNU tar, and Solaris' `X` for an extended header.
#[test]
fn a_letter_that_means_nothing_is_told_and_read_as_a_file() {
    for flag in 0..=255 {
        let bytes = [&Block::new(b"x", flag, 0).and(b"")[..], END].concat();
        let expected: &[&str] = match flag {
            b'0'..=b'7' | 0 | b'x' | b'X' | b'g' => &[],
            b'V' | b'M' | b'N' | b'D' => &["T035"],
            b'L' | b'K' => &["T014"],
            // A sparse file without a map.
            b'S' => &["T039"],
            _ => &["T006"],
        };
        assert_eq!(codes(&bytes), expected, "{}", char::from(flag));
    }
    let known = |flag| only(&Block::new(b"x", flag, 0).and(b"")).kind;
    let kinds = b"07S123456DMVNA\0".map(known);
    use crate::formats::tar::Kind::*;
    #[rustfmt::skip]
    let expected = [
        File, File, File, Hardlink, Symlink, CharDevice, BlockDevice, Directory, Fifo, Directory,
        Other, Other, Other, File, File,
    ];
    assert_eq!(kinds, expected);
    for (name, kind) in [("x/", Directory), ("x", File), ("/x", File)] {
        assert_eq!(only(&member(name, 0, b"")).kind, kind, "{name}");
        assert_eq!(only(&member(name, b'0', b"")).kind, kind, "{name}");
        assert_eq!(only(&member(name, b'7', b"")).kind, File, "{name}");
    }
}

/// The record counts, and 0 in the header is a placeholder only where eleven digits don't hold it.
#[test]
fn two_sizes_that_disagree_are_told_unless_the_header_has_no_room() {
    let large = 1 << 33;
    for (in_header, record, is_told) in [
        (3, 3, false),
        (0, 3, true),
        (2, 3, true),
        (0, 0, false),
        (3, 0, true),
        (0, large - 1, true),
        (0, large, false),
        (1, large, true),
    ] {
        let text = record.to_string();
        let header = Block::new(b"c", b'0', in_header).sealed();
        let bytes = [&pax(&[("size", text.as_bytes())])[..], &header].concat();
        let (members, _) = read(&bytes);
        assert_eq!(members[0].size, record);
        let expected: &[&str] = if is_told { &["T007"] } else { &[] };
        assert_eq!(codes_of(&members[0]), expected, "{in_header} {record}");
    }
    // One that is no number disagrees too.
    let header = Block::new(b"c", b'0', 0).with(124, b"x").and(b"");
    let bytes = [pax(&[("size", b"0")]), header].concat();
    assert_eq!(codes_of(&only(&bytes)), ["T007"]);
}

#[test]
fn a_nul_in_a_name_is_told_of_paths_and_of_the_targets_of_links() {
    let at = |code| (code, Wrong, 2048 + 1024, 512);
    for (keyword, flag, expected) in [
        ("path", b'0', &[at("T008")][..]),
        ("path", b'5', &[at("T008")]),
        ("linkpath", b'1', &[at("T008")]),
        ("linkpath", b'2', &[at("T008")]),
        // What is no link has no target.
        ("linkpath", b'0', &[]),
        ("uname", b'0', &[]),
    ] {
        for (value, expected) in [(&b"a\0b"[..], expected), (b"ab", &[])] {
            let part = [pax(&[(keyword, value)]), link(flag, "c", b"a")].concat();
            assert_eq!(behind(&part), expected, "{keyword} of {flag}");
        }
    }
    for (flag, of) in [(b'L', b'0'), (b'K', b'2')] {
        let long = |text| [member("long", flag, text), link(of, "c", b"a")].concat();
        assert_eq!(behind(&long(b"n\0\0\0")), NOTHING);
        let expected = [("T008", Wrong, 2048 + 512, 3)];
        assert_eq!(behind(&long(b"n\0b")), expected);
    }
}

#[test]
fn a_link_or_a_directory_by_its_name_with_a_size_is_told_and_its_data_found() {
    for (flag, name) in [(b'1', "c"), (b'0', "c/"), (0, "c/")] {
        for data in [&b""[..], b"data"] {
            for size in [0, 4] {
                let header = Block::new(name.as_bytes(), flag, size).with(157, b"a");
                let part = header.and(if size == 0 { b"" } else { data });
                let (members, error) = read(&[&part[..], &file("next", b""), END].concat());
                assert!(error.is_none());
                assert_eq!(members[1].name, b"next");
                let stored = if data.is_empty() { 0 } else { size };
                assert_eq!((members[0].size, members[0].stored_size), (0, stored));
                let expected: &[&str] = if size > 0 { &["T009"] } else { &[] };
                assert_eq!(codes_of(&members[0]), expected);
                let told = members[0].problems.iter().map(|p| (p.severity, p.range));
                for (severity, range) in told {
                    assert_eq!((severity, range.offset, range.size), (Warning, 0, 512));
                }
                let says = members[0].problems.iter().map(|p| &p.message);
                for message in says {
                    let link = flag == b'1';
                    assert_eq!(message.starts_with("a hard link"), link, "{message}");
                    assert_eq!(message.contains("skipped"), stored > 0, "{message}");
                }
            }
        }
    }
    // Nothing at all, zeros and a header are no data.
    let header = Block::new(b"h", b'1', 4).with(157, b"a").and(b"");
    for rest in [&b""[..], END, &file("next", b"")] {
        let (members, _) = read(&[&header[..], rest].concat());
        assert_eq!(members[0].stored_size, 0);
    }
    // The list that an incremental backup has of a directory is its data.
    let list = only(&member("d/", b'D', b"Ya\0"));
    assert_eq!((list.size, list.stored_size), (3, 3));
}

#[test]
fn a_record_that_is_no_number_is_told_and_the_header_counts() {
    let header = Block::new(b"c", b'0', 0);
    for (keyword, good, bad) in [
        (
            "uid",
            &b"18446744073709551615"[..],
            &b"18446744073709551616"[..],
        ),
        ("gid", b"7", b"-7"),
        ("uid", b"0", b"0x7"),
        ("mtime", b"7.5", b"7,5"),
        ("mtime", b"-7", b"7 "),
    ] {
        let with = |value| only(&[pax(&[(keyword, value)]), header.clone().and(b"")].concat());
        let (right, wrong) = (with(good), with(bad));
        assert_eq!(codes_of(&right), [""; 0], "{keyword}");
        assert_eq!(codes_of(&wrong), ["T010"], "{keyword}");
        assert_eq!(wrong.problems[0].severity, Wrong);
        assert_eq!((wrong.uid, wrong.gid, wrong.mtime.seconds), (1, 2, 3));
        assert_ne!((right.uid, right.gid, right.mtime.seconds), (1, 2, 3));
    }
    // A value that both records get wrong is reported twice, and is 0.
    let header = header.with(108, b"x").and(b"");
    let both = only(&[pax(&[("uid", b"y")]), header].concat());
    assert_eq!((codes_of(&both), both.uid), (vec!["T010", "T004"], 0));
    // A record without a keyword.
    let nameless = behind(&[member("x", b'x', b"6 =ab\n"), file("c", b"")].concat());
    assert_eq!(nameless, [("T010", Wrong, 2048 + 512, 6)]);
}

#[test]
fn a_global_name_is_told_of_members_that_have_none_of_their_own() {
    for (keyword, flag) in [("path", b'0'), ("linkpath", b'1'), ("linkpath", b'2')] {
        let after = |own: &[u8]| {
            let member = link(flag, "c", b"t");
            let (members, _) = read(&[&global(keyword, b"all")[..], own, &member].concat());
            let member = members.into_iter().next().unwrap();
            let name = if keyword == "path" {
                &member.name
            } else {
                &member.link
            };
            (codes_of(&member), name.clone())
        };
        let told = (vec!["T011"], b"all".to_vec());
        assert_eq!(after(b""), told, "{keyword}");
        assert_eq!(after(&pax(&[("mtime", b"1")])), told, "{keyword}");
        let own = (vec![], b"own".to_vec());
        assert_eq!(after(&pax(&[(keyword, b"own")])), own, "{keyword}");
    }
    // A path taken back is the header's; what is no link has no target.
    let back = [
        global("path", b"all"),
        pax(&[("path", b"")]),
        file("c", b""),
    ]
    .concat();
    let back = only(&back);
    assert_eq!((&*back.name, codes_of(&back)), (&b"c"[..], vec![]));
    let no_link = only(&[global("linkpath", b"all"), file("c", b"")].concat());
    assert_eq!((&*no_link.link, codes_of(&no_link)), (&b""[..], vec![]));
}

/// Where what follows begins, and only for who looks for it: reading on stops at the end.
#[test]
fn what_follows_the_end_is_told_at_the_first_byte_that_is_not_zero() {
    let second = [file("d", b""), END.to_vec()].concat();
    let junk = [7; 512];
    type Case<'a> = (&'a [&'a [u8]], &'a [(&'static str, u64)]);
    let cases: [Case<'_>; 8] = [
        (&[&[0; 100]], &[]),
        (&[b"x"], &[("T012", 0)]),
        (&[&[0; 511], b"x"], &[("T012", 0)]),
        (&[&[0; 512], b"x"], &[("T012", 512)]),
        (&[&second], &[("T030", 0)]),
        (&[&[0; 512], &second], &[("T030", 512)]),
        (
            &[&junk, &[0; 512], &junk, &second],
            &[("T012", 0), ("T030", 1536)],
        ),
        // After a second archive there is no end to it.
        (&[&second, &junk, &second], &[("T030", 0)]),
    ];
    for (parts, expected) in cases {
        let bytes = [&two()[..], END, &parts.concat()].concat();
        let expected = expected.iter();
        let expected: Vec<Told> = expected
            .map(|(code, offset)| (*code, Warning, 3072 + offset, 0))
            .collect();
        assert_eq!(check(&bytes).0, expected, "{parts:?}");
        let mut archive = Archive::new(bytes.into()).unwrap();
        assert_eq!(archive.members().count(), 2);
        assert!(archive.problems().is_empty());
    }
    // Far after, in the second of the pieces that are read at a time.
    let far = [&two()[..], END, &vec![0; 65536], b"x"].concat();
    assert_eq!(check(&far).0, [("T012", Warning, 3072 + 65536, 0)]);
}

#[test]
fn an_extended_header_without_a_member_is_told_where_the_archive_ends() {
    let headers = [
        member("x", b'L', b"name\0"),
        member("x", b'K', b"target\0"),
        pax(&[("path", b"c")]),
    ];
    for header in &headers {
        assert_eq!(behind(header), [("T014", Warning, 3072, 0)]);
        assert_eq!(behind(&[&header[..], &file("c", b"")].concat()), NOTHING);
        for (end, expected) in [(0, 3072), (512, 3072), (700, 3072), (100, 3072)] {
            let bytes = [&two()[..], header, &END[..end]].concat();
            let expected = [
                ("T002", Warning, expected, 0),
                ("T014", Warning, expected, 0),
            ];
            assert_eq!(check(&bytes).0, expected, "{end}");
        }
        // Between two archives, for who reads both.
        let bytes = [&two()[..], header, END, &file("c", b""), END].concat();
        let mut archive = Archive::new(bytes.into()).unwrap().ignore_zeros(true);
        let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
        assert_eq!(names, [b"a", b"b", b"c"], "the header is no other member's");
        let told = archive.problems().iter().map(|p| (p.code, p.range.offset));
        assert_eq!(told.collect::<Vec<_>>(), [("T014", 3072)]);
    }
    // One that says nothing lacks nothing; a global one belongs to no member.
    assert_eq!(behind(&member("x", b'x', b"")), NOTHING);
    assert_eq!(behind(&global("uid", b"1")), NOTHING);
}

#[test]
fn a_number_that_readers_disagree_about_is_told_of_each_field_with_its_place() {
    for (at, width) in [(100, 8), (108, 8), (116, 8), (124, 12), (136, 12)] {
        for (field, is_told) in [
            (&b"0\0     "[..], false),
            (b"0 \0\0\0\0 ", false),
            (b"0 \x001\0\0\0", true),
            (b"0\0\0\0\0\x000", true),
            (b"\x000\0\0\0\0\0", true),
        ] {
            let blank = Block::new(b"c", b'0', 0).with(at, &vec![0; width]);
            let found = behind(&blank.with(at, field).and(b""));
            let expected: &[Told] = match is_told {
                true => &[("T017", Warning, 2048, 512)],
                false => &[],
            };
            assert_eq!(found, expected, "{at}: {field:?}");
        }
    }
}

#[test]
fn two_names_that_disagree_are_told_and_the_record_counts() {
    for (keyword, long, flag) in [("path", b'L', b'0'), ("linkpath", b'K', b'2')] {
        for (value, expected) in [(&b"record"[..], &["T018"][..]), (b"long", &[])] {
            let part = [
                pax(&[(keyword, value)]),
                member("x", long, b"long\0"),
                link(flag, "c", b"a"),
            ];
            let member = only(&part.concat());
            assert_eq!(codes_of(&member), expected, "{keyword}");
            let name = if keyword == "path" {
                &member.name
            } else {
                &member.link
            };
            assert_eq!(name, value);
        }
    }
    // The target that something has which is no link.
    let part = [
        pax(&[("linkpath", b"a")]),
        member("x", b'K', b"b\0"),
        file("c", b""),
    ];
    assert_eq!(codes_of(&only(&part.concat())), [""; 0]);
}

#[test]
fn what_is_said_twice_of_a_member_is_told_once_at_the_second_place() {
    let (path, time) = (pax(&[("path", b"p")]), pax(&[("mtime", b"1")]));
    let (name, target) = (member("x", b'L', b"p\0"), member("x", b'K', b"t\0"));
    let after = |parts: &[&[u8]]| behind(&[&parts.concat()[..], &link(b'2', "c", b"t")].concat());
    let told = |offset: u64| vec![("T019", Warning, 2048 + offset, 0)];
    for (first, second) in [(&path, &time), (&name, &name), (&target, &target)] {
        assert_eq!(after(&[first, second]), told(1024));
        assert_eq!(after(&[first, second, second]), told(1024), "once");
    }
    for parts in [
        &[&name[..], &target][..],
        &[&target, &name, &path],
        &[&time, &target],
    ] {
        assert_eq!(after(parts), NOTHING);
    }
    // An empty one is one as well.
    let empty = member("x", b'x', b"");
    assert_eq!(after(&[&empty, &path]), told(512));
    // A keyword twice in one header, with one value or with two; and after a new member.
    let twice = |a, b| pax(&[("path", a), ("uid", b"1"), ("path", b)]);
    assert_eq!(after(&[&twice(b"p", b"p")]), NOTHING);
    assert_eq!(after(&[&twice(b"p", b"q")]), told(512));
    assert_eq!(after(&[&path, &file("m", b""), &time]), NOTHING);
    // Global headers replace each other by right, but not within one.
    assert_eq!(
        after(&[&global("uid", b"1"), &global("uid", b"2")]),
        NOTHING
    );
    let both = [record("uid", b"1"), record("uid", b"2")].concat();
    assert_eq!(after(&[&member("g", b'g', &both)]), told(512));
}

#[test]
fn an_empty_record_that_takes_nothing_back_is_told_of_what_a_header_has_too() {
    let known = [
        "path", "linkpath", "size", "mtime", "uid", "gid", "uname", "gname",
    ];
    for keyword in known {
        let empty = [pax(&[(keyword, b"")]), file("c", b"")].concat();
        assert_eq!(
            behind(&empty),
            [("T020", Warning, 2048 + 512, 0)],
            "{keyword}"
        );
        let back = [global(keyword, b"1"), empty.clone()].concat();
        assert_eq!(codes_of(&only(&back)), [""; 0], "{keyword}");
        // Of several, the last counts.
        let later = [pax(&[(keyword, b""), (keyword, b"1")]), file("c", b"1")].concat();
        assert!(!codes_of(&only(&later)).contains(&"T020"), "{keyword}");
    }
    let other = [pax(&[("comment", b"")]), file("c", b"")].concat();
    assert_eq!(behind(&other), NOTHING);
}
