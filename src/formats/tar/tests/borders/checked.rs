//! The codes that only a check looks for: padding, names, what is lost, what is refused.

use super::*;

#[test]
fn padding_is_told_from_its_first_byte_to_its_last() {
    for (size, at, is_told) in [
        (3, 2, false),
        (3, 3, true),
        (3, 511, true),
        (512, 511, false),
    ] {
        let mut part = file("c", &vec![1; size]);
        part[512 + at] = 9;
        let expected = match is_told {
            true => vec![("T032", Warning, 2048 + 512 + 3, 509)],
            false => vec![],
        };
        assert_eq!(behind(&part), expected, "{at} of {size}");
    }
    let mut long = member("x", b'L', b"c\0");
    long[512 + 400] = 1;
    let part = [long, file("c", b"")].concat();
    assert_eq!(behind(&part), [("T032", Warning, 2048 + 512 + 2, 510)]);
    // Nobody else looks at it.
    let (members, _) = read(&[&part[..], END].concat());
    assert_eq!(codes_of(&members[0]), [""; 0]);
}

#[test]
fn a_name_that_stands_twice_is_a_note_only_where_both_are_directories() {
    for (first, second, expected) in [
        ("d/", "d/", Some(Note)),
        ("d/", "d", Some(Warning)),
        ("d", "d/", Some(Warning)),
        ("d", "./d", Some(Warning)),
        ("d", "e", None),
    ] {
        let part = [file(first, b""), file(second, b"")].concat();
        let expected = expected.map(|severity| ("T033", severity, 2048 + 512, 0));
        assert_eq!(behind(&part), expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_extracting_passes_over_or_changes_is_a_note() {
    for (flag, name, expected) in [
        (b'V', "c", Some("T035")),
        (b'M', "c", Some("T035")),
        (b'N', "c", Some("T035")),
        (b'D', "c", Some("T035")),
        (b'5', "c", None),
        (b'0', "/c", Some("T037")),
        (b'0', "c/c", None),
    ] {
        let expected = expected.map(|code| (code, Note, 2048, 0));
        let found = behind(&member(name, flag, b""));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{name}");
        let summary = check(&[&member(name, flag, b"")[..], END].concat()).1;
        assert!(summary.is_ok());
        assert_eq!(summary.notes, u64::from(expected.is_some()));
    }
}

/// With `\` as a separator, or after a drive; what leads up everywhere is no trap for one system.
#[test]
fn a_name_that_leads_up_on_windows_alone_is_told() {
    for (name, is_told) in [
        ("c\\..\\x", true),
        ("..\\x", true),
        ("c/..\\x", true),
        ("C:..", true),
        ("z:../x", true),
        ("C:..\\x", true),
        ("1:..", false),
        ("CC:..", false),
        ("C:...", false),
        ("C:x", false),
        ("c\\...\\x", false),
        ("c\\x..", false),
        ("../x", false),
        ("c/../x", false),
        ("..\\x/..", false),
        ("c", false),
    ] {
        let expected = match is_told {
            true => vec![("T038", Warning, 2048, 0)],
            false => vec![],
        };
        assert_eq!(behind(&file(name, b"")), expected, "{name}");
    }
}

/// The bytes from an error to the next header are counted; where none follows, up to the
/// last block that isn't zeros.
#[test]
fn bytes_between_an_error_and_the_next_header_are_lost_and_counted() {
    let bad = Block::new(b"c", b'0', 0).with(124, b"x").and(b"");
    let junk = [7; 512];
    for (parts, lost, more) in [
        (&[&bad[..], &file("d", b"")][..], 512, true),
        (&[&bad, &junk, &[0; 512], &file("d", b"")], 1536, true),
        (&[&bad], 512, false),
        (&[&bad, &[0; 512], &junk], 1536, false),
    ] {
        let bytes = [&two()[..], &parts.concat(), END].concat();
        let (told, summary) = check(&bytes);
        let expected = [("T015", Wrong, 2048, 0), ("T031", Wrong, 2048, lost)];
        assert_eq!(told, expected);
        assert_eq!((summary.lost, summary.errors), (lost, 2));
        assert_eq!(summary.members, if more { 3 } else { 2 });
    }
}

/// Everything but the checksum has to be right.
#[test]
fn a_header_that_is_right_but_for_its_checksum_is_put_right_and_told() {
    let good = Block::new(b"c", b'0', 3);
    let broken = |block: Block, data: &[u8]| {
        let mut bytes = block.and(data);
        // The sum is another one, and nothing else.
        bytes[150] ^= 1;
        codes(&[&two()[..], &bytes, &file("d", b""), END].concat())
    };
    let put_right = ["T015", "T036"];
    assert_eq!(broken(good.clone(), b"333"), put_right);
    assert_eq!(
        broken(Block::new(b"c", b'1', 0).with(157, b"a"), b""),
        put_right
    );
    assert_eq!(broken(Block::new(b"x", b'x', 0), b""), put_right);
    assert_eq!(broken(good.clone().gnu(), b"333"), put_right);
    let lost = ["T015", "T031"];
    for (what, block, data) in [
        ("version 7", good.clone().with(257, &[0; 8]), &b"333"[..]),
        (
            "an old sparse file",
            good.clone().with(156, b"S").gnu(),
            b"333",
        ),
        ("no name", good.clone().with(0, b"\0"), b"333"),
        ("a size that leads elsewhere", good.clone(), &[b'3'; 600]),
        (
            "a size that leads after the end",
            Block::new(b"c", b'0', 9000),
            b"333",
        ),
        (
            "a number that is none",
            good.clone().with(108, b"x"),
            b"333",
        ),
        (
            "a letter that is none",
            good.clone().with(156, b"Q"),
            b"333",
        ),
        (
            "a size that is none",
            Block::new(b"x", b'x', 0).with(124, b"-1"),
            b"",
        ),
        (
            "an extended header that leads elsewhere",
            Block::new(b"x", b'x', 6),
            &[b'3'; 600],
        ),
        (
            "a link whose data are a guess",
            Block::new(b"c", b'1', 3).with(157, b"a"),
            b"333",
        ),
    ] {
        assert_eq!(broken(block, data), lost, "{what}");
    }
    // What follows may be the end, but not nothing.
    let mut last = good.clone().and(b"333");
    last[150] ^= 1;
    assert_eq!(codes(&[&two()[..], &last, END].concat()), put_right);
    assert_eq!(codes(&[&two()[..], &last].concat()), lost);
    // The member is whole, and counts.
    let (told, summary) = check(&[&two()[..], &last, END].concat());
    let expected = [("T015", Wrong, 2048, 0), ("T036", Warning, 2048, 512)];
    assert_eq!(told, expected);
    assert_eq!((summary.members, summary.broken, summary.lost), (3, 0, 0));
    // What is odd about an extended header before it is no doubt about it.
    let odd = [&pax(&[("path", b"")])[..], &last, END].concat();
    assert_eq!(codes(&odd), ["T015", "T020", "T036"]);
    // What an extended header said before is still said.
    let bytes = [&pax(&[("path", b"long")])[..], &last, END].concat();
    let mut names = Vec::new();
    let mut archive = Archive::new(bytes.into()).unwrap();
    tar::check(&mut archive, &mut |finding| {
        names.push(finding.member.clone());
        Ok(())
    })
    .unwrap();
    assert_eq!(names, [None, Some(b"long".to_vec())]);
}

/// What is refused under a filter is a note, for who asks, and no defect.
#[test]
fn what_a_filter_refuses_is_told_to_who_asks_for_it() {
    use crate::formats::tar::Filter;
    let bytes = [&two()[..], &file("../c", b""), END].concat();
    assert_eq!(check(&bytes).0, NOTHING);
    for (filter, expected) in [
        (Filter::Data, &[("T034", Note, 2048, 0)][..]),
        (Filter::Tar, &[("T034", Note, 2048, 0)]),
        (Filter::Trusted, &[]),
    ] {
        let mut told = Vec::new();
        let mut archive = Archive::new(bytes.clone().into()).unwrap();
        let summary = tar::check_for(&mut archive, filter, &mut |finding| {
            let (problem, range) = (&finding.problem, finding.problem.range);
            told.push((problem.code, problem.severity, range.offset, range.size));
            assert_eq!(finding.member.as_deref(), Some(&b"../c"[..]));
            Ok(())
        });
        assert_eq!(told, expected, "{filter:?}");
        assert_eq!(summary.unwrap().notes, expected.len() as u64);
    }
}

#[test]
fn a_map_that_can_be_one_is_not_told() {
    let sparse = |map: &[u8], data: &[u8]| {
        let records = pax(&[("GNU.sparse.size", b"10"), ("GNU.sparse.map", map)]);
        behind(&[records, file("c", data)].concat())
    };
    assert_eq!(sparse(b"0,3", b"333"), NOTHING);
    assert_eq!(sparse(b"7,3", b"333"), NOTHING);
    assert_eq!(sparse(b"8,3", b"333"), [("T039", Wrong, 2048 + 1024, 0)]);
    assert_eq!(sparse(b"7,2", b"333"), [("T039", Wrong, 2048 + 1024, 0)]);
    // What has no content has no map, whatever its records say.
    for flag in [b'2', b'5'] {
        let records = pax(&[("GNU.sparse.map", b"no map")]);
        assert_eq!(behind(&[records, link(flag, "c", b"a")].concat()), NOTHING);
    }
}
