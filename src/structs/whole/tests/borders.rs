//! Positions, searches, owners and limits at their borders: the last that is taken, and the first that isn't.

use super::{compiled, record, shown, unpacked, unpacked_with};
use crate::tree::{Node, Role, Space};

/// The format with a choice that is never taken, which makes a format of a whole file of it.
pub(super) fn whole(format: &str) -> String {
    let rest = format.trim_start_matches(['<', '>', '=', '!']);
    let order = format.strip_suffix(rest).unwrap();
    format!("{order}{{0: B:never}} {rest}")
}

#[test]
fn positions_are_those_of_the_file_the_region_and_the_level() {
    assert_eq!(
        unpacked(
            "B:a 2s:r=(B:b .at=[@at] .start=[@start] .end=[@end] B:c) .size=[@size] .end=[@end] B:d",
            &[1, 2, 3, 4, 5]
        ),
        "a 1 r (b 2 at 2 start 1 end 3 c 3) size 5 end 5 d 4"
    );
    // In an array the index; outside of one there is none.
    assert_eq!(
        unpacked("2(B:a .i=[@index]):g .none=[@index ?? 9]", &[7, 8]),
        "g [(a 7 i 0), (a 8 i 1)] none 9"
    );
    // A format in a region is a file of its own.
    assert_eq!(
        unpacked_with(
            "B:n 3s:part=%inner",
            &[(
                "inner",
                "B:a .at=[@at] .size=[@size] .end=[@end] .start=[@start]"
            )],
            &[9, 1, 2, 3]
        ),
        "n 9 part (a 1 at 1 size 3 end 3 start 0)"
    );
}

#[test]
fn searches_go_as_far_as_they_are_told() {
    for (format, data, expected) in [
        (".x=[find(\"ab\")]", &b"xabab"[..], "x 1"),
        (".x=[find(\"ab\", 3)]", b"xabab", "x 1"),
        (".x=[find(\"ab\", 2)]", b"xabab", ""),
        (".x=[find(\"ab\", 0)]", b"abab", ""),
        (".x=[rfind(\"ab\")]", b"xabab", "x 3"),
        (".x=[rfind(\"ab\", 2)]", b"xabab", "x 3"),
        (".x=[rfind(\"ab\", 1)]", b"xabab", ""),
        (".x=[rfind(\"abab\", 4)]", b"xabab", "x 1"),
        (".x=[rfind(\"abab\", 3)]", b"xabab", ""),
        ("B:n .x=[find(\"x\")]", b"xax", "n 120 x 2"),
        ("B:n .x=[rfind(\"x\")]", b"xaa", "n 120 x 0"),
        (
            "B:n 2s:r=(.x=[find(\"x\")]) B:m",
            b"aabx",
            "n 97 r () m 120",
        ),
    ] {
        assert_eq!(unpacked(&whole(format), data), expected, "{format}");
    }
    for (format, words) in [
        (".x=[find(\"\")]", "wants text or bytes"),
        (".x=[find(7)]", "wants text or bytes"),
        (".x=[find(\"a\", -1)]", "negative"),
    ] {
        let found = unpacked(&whole(format), b"a");
        assert!(found.contains(words), "{format}: {found}");
    }
    // What lies across the pieces of 64 KiB that are looked at.
    for at in [0, 1, 65_534, 65_535, 65_536, 65_537, 131_071, 131_072] {
        let mut data = vec![b'.'; 140_000];
        data[at..at + 3].copy_from_slice(b"abc");
        for search in ["find", "rfind"] {
            let found = unpacked(&whole(&format!(".x=[{search}(\"abc\")]")), &data);
            assert_eq!(found, format!("x {at}"), "{search}");
        }
        data[at + 3] = 0;
        let layout = compiled(&whole("z:x"), &[]);
        let (values, taken) = layout.unpack_prefix(&data).unwrap();
        assert_eq!(values["x"].as_bytes().unwrap().len(), at + 3);
        assert_eq!(taken, at + 4);
        let layout = compiled(&whole("z\"abc\":x"), &[]);
        let (values, taken) = layout.unpack_prefix(&data).unwrap();
        assert_eq!(values["x"].as_bytes().unwrap().len(), at);
        assert_eq!(taken, at + 3);
    }
    let mut data = vec![b'.'; 140_000];
    for at in [100, 200, 70_000, 70_100, 139_997] {
        data[at..at + 3].copy_from_slice(b"abc");
        let first = unpacked(&whole(".x=[find(\"abc\")]"), &data);
        let last = unpacked(&whole(".x=[rfind(\"abc\")]"), &data);
        assert_eq!((&*first, last), ("x 100", format!("x {at}")));
    }
}

#[test]
fn limits_are_met_exactly_and_not_passed() {
    let keyed = |size: usize| {
        let format = format!("{size}s:key 1s~xor(key):x");
        let mut data = vec![0u8; size];
        data[0] = 1;
        data.push(0x60);
        unpacked(&format, &data)
    };
    assert!(keyed(65_536).ends_with("x b'a'"));
    assert!(keyed(65_537).contains("neither a byte nor up to 65536"));
    for (key, expected) in [("255", "b'\\x9f'"), ("256", "error"), ("-1", "error")] {
        let found = unpacked(&format!("{{0: x}} .k=[{key}] 1s~xor(k):x"), &[0x60]);
        match expected {
            "error" => assert!(found.contains("neither a byte nor"), "{key}: {found}"),
            _ => assert!(found.ends_with(expected), "{key}: {found}"),
        }
    }
    assert!(unpacked("B:n [n]s:key 1s~xor(key):x", &[0, 1]).contains("key of ~xor is empty"));

    for (count, is_fine) in [(65_536, true), (65_537, false)] {
        let found = unpacked(&format!("{{0: x}} [{count}]():items"), &[]);
        assert_eq!(!found.starts_with("error"), is_fine, "{count}");
        if !is_fine {
            assert!(found.contains("more than 65536 items without any bytes"));
        }
    }
    // Each level is the one group in the one before it.
    for (levels, is_fine) in [(192, true), (193, false)] {
        let mut data = vec![1u8; levels];
        data[levels - 1] = 0;
        let found = unpacked_with("{@size: %a:x}", &[("a", "B:n {n: %a:x}")], &data);
        assert_eq!(!found.starts_with("error"), is_fine, "{levels}: {found}");
        if !is_fine {
            assert!(found.contains("more than 192 levels"), "{found}");
        }
    }
    for (count, words) in [
        ("n - 4", "the length is negative: -1"),
        ("n << 64", "the length is too large: 55340232221128654848"),
        ("none", "the length has no value: none was not read"),
        ("none + 1", "a field in it was not read"),
        ("\"a\"", "the length is no integer"),
    ] {
        let found = unpacked(&format!("B:n {{0: B:none}} [{count}]s:x"), &[3, 1, 2, 3]);
        assert!(found.contains(words), "{count}: {found}");
    }
}

#[test]
fn who_owns_bytes_that_several_fields_have() {
    // The roles of the nodes, and the bytes that none reaches.
    for (format, size, roles, gaps) in [
        ("&[0]2s:a &[1]2s:b &[0]3s:c", 3, "VVF", &[][..]),
        ("&[0]2s:a &[1]2s:b", 3, "FV", &[(2, 1)]),
        ("&[0]2s:a &[2]2s:b", 4, "FF", &[]),
        ("2s:a &[0]2s:b", 2, "FV", &[]),
        ("&[0]2s:b 2s:a", 2, "VF", &[]),
        ("&[0]2s:a &[0]2s:b", 2, "FV", &[]),
        ("&[1]B:a &[3]B:b", 5, "FF", &[(0, 1), (2, 1), (4, 1)]),
        ("4x &[1]B:a", 4, "VF", &[(0, 1), (2, 2)]),
        ("2x &[2]B:a", 3, "PF", &[]),
        ("&[1]2x &[0]B:a", 3, "PF", &[]),
        ("&[1]2x &[0]2s:a", 3, "VF", &[(2, 1)]),
        ("&[1]2x &[0]4s:a", 4, "VF", &[]),
        ("B:a &[0](B:b B:c):g", 2, "FG", &[]),
        ("2s:a &[0](B:b B:c):g", 2, "FV", &[]),
    ] {
        let data = vec![0; size];
        let mut nodes = compiled(format, &[]).nodes(&data, Space::FILE, 0).unwrap();
        let found = crate::structs::whole::settle(&mut nodes, Space::FILE, 0, size as u64);
        let role = |node: &Node| match node.role {
            Role::View => 'V',
            Role::Padding => 'P',
            Role::Field if node.is_leaf() => 'F',
            _ => 'G',
        };
        let shown: String = nodes.iter().map(role).collect();
        let found: Vec<_> = found.iter().map(|gap| (gap.offset, gap.size)).collect();
        assert_eq!((&*shown, &*found), (roles, gaps), "{format}");
    }
}

#[test]
fn checksums_take_the_low_bits_that_their_field_has() {
    // 300 is 0x12c.
    for (format, sum) in [
        ("B:sum=sum(a..b) B:a B:b", &[0x2c][..]),
        ("<H:sum=sum(a..b) B:a B:b", &[0x2c, 1]),
        (">H:sum=sum(a..b) B:a B:b", &[1, 0x2c]),
        (">3U:sum=sum(a..b) B:a B:b", &[0, 1, 0x2c]),
        ("3s~octal:sum=sum(a..b) B:a B:b", b"454"),
        ("3s~decimal:sum=sum(a..b) B:a B:b", b"300"),
    ] {
        let data = [sum, &[200, 100]].concat();
        let layout = compiled(format, &[]);
        let values = layout
            .unpack(&data)
            .unwrap_or_else(|e| panic!("{format}: {e}"));
        let given = record([("a", values["a"].clone()), ("b", values["b"].clone())]);
        let packed = layout.pack(&given).unwrap();
        assert_eq!(layout.unpack(&packed).unwrap(), values, "{format}");
        for i in 0..sum.len() {
            let mut wrong = data.clone();
            wrong[i] ^= 1;
            let found = unpacked(format, &wrong);
            assert!(found.contains("sum: expected"), "{format}: {found}");
        }
    }
    // From one field to another, whichever is written first.
    for range in ["a..c", "a..a", "b..b", "b..c", "c..c"] {
        let format = format!("B:a B:b B:c B:sum=sum({range})");
        let (from, to) = range.split_once("..").unwrap();
        let value = |name: &str| match name {
            "a" => 0,
            "b" => 1,
            _ => 2,
        };
        let data = [1u8, 10, 100];
        let sum: u8 = data[value(from)..=value(to)].iter().sum();
        let found = unpacked(&format, &[1, 10, 100, sum]);
        assert_eq!(found, format!("a 1 b 10 c 100 sum {sum}"), "{range}");
        assert!(unpacked(&format, &[1, 10, 100, sum + 1]).contains("sum: expected"));
    }
}

#[test]
fn a_padding_is_up_to_the_next_multiple() {
    for (at, size) in [(0, 0), (1, 3), (3, 1), (4, 0), (5, 3)] {
        let format = format!("{at}s:head |4 B:x {{0: B:never}}");
        let mut data = vec![0; at + size];
        data.push(9);
        let found = compiled(&format, &[]).unpack(&data).unwrap();
        assert_eq!(found["x"], 9.into(), "{at}");
        assert_eq!(shown(&found).matches("x 9").count(), 1);
    }
}
