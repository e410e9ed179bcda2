//! Patches that are made of two files.

use std::io::ErrorKind;
use std::path::Path;

use bytewright::Source;
use bytewright::inspect::patch::{MAX_PATCH, Patch};

fn between(old: &[u8], new: &[u8]) -> Patch {
    Patch::between(Path::new("f"), &Source::from(old), &Source::from(new)).unwrap()
}

/// Offsets, old and new bytes.
fn changes(patch: &Patch) -> Vec<(u64, &[u8], &[u8])> {
    let changes = patch.changes.iter();
    changes
        .map(|change| (change.offset, &*change.old, &*change.new))
        .collect()
}

#[test]
fn each_stretch_of_bytes_that_differ_is_a_change() {
    for (old, new, expected) in [
        (&b""[..], &b""[..], &[][..]),
        (b"abc", b"abc", &[]),
        (b"abc", b"Xbc", &[(0, &b"a"[..], &b"X"[..])]),
        (b"abc", b"abX", &[(2, b"c", b"X")]),
        (b"abc", b"XYZ", &[(0, b"abc", b"XYZ")]),
        (b"abcdef", b"aXcdYZ", &[(1, b"b", b"X"), (4, b"ef", b"YZ")]),
    ] {
        let patch = between(old, new);
        assert_eq!(changes(&patch), expected);
        assert_eq!(patch.size, old.len() as u64);
        assert_eq!(patch.file.as_deref(), Some(Path::new("f")));
        assert!(patch.check(&Source::from(old)).is_ok());
        let back = patch.reversed();
        assert!(back.check(&Source::from(new)).is_ok());
    }
}

#[test]
fn a_reversed_patch_tells_the_values_the_other_way_round() {
    let patch = between(b"abc", b"aXY");
    assert_eq!(
        patch.to_string(),
        "bytewright patch 1\nfile f\nsize 3\n\nat 0x1 bytes\n- 62 63  # x'6263'\n+ 58 59  # x'5859'\n"
    );
    assert_eq!(
        patch.reversed().to_string(),
        "bytewright patch 1\nfile f\nsize 3\n\nat 0x1 bytes\n- 58 59  # x'5859'\n+ 62 63  # x'6263'\n"
    );
}

/// Files are compared in pieces of 64 KiB, which no patch shows.
#[test]
fn a_change_may_lie_across_what_is_compared_at_once() {
    let old = vec![0u8; 200_000];
    for (from, to) in [
        (65_535, 65_537),
        (65_536, 65_538),
        (65_530, 65_536),
        (0, 200_000),
        (131_071, 131_073),
        (199_999, 200_000),
    ] {
        let mut new = old.clone();
        new[from..to].fill(1);
        let patch = between(&old, &new);
        assert_eq!(
            changes(&patch),
            [(from as u64, &old[from..to], &new[from..to])],
            "{from} {to}"
        );
    }
    let mut new = old.clone();
    new[65_535] = 1;
    new[65_537] = 1;
    let found = between(&old, &new);
    let offsets: Vec<u64> = found.changes.iter().map(|change| change.offset).collect();
    assert_eq!(offsets, [65_535, 65_537]);
}

#[test]
fn a_patch_holds_an_eighth_of_its_text_and_no_byte_more() {
    let most = usize::try_from(MAX_PATCH / 8).unwrap();
    let (old, mut new) = (vec![0u8; most + 1], vec![1u8; most + 1]);
    let made =
        |new: &[u8]| Patch::between(Path::new("f"), &Source::from(&*old), &Source::from(new));
    let error = made(&new).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    new[7] = 0;
    let patch = made(&new).unwrap();
    let sizes: Vec<usize> = patch.changes.iter().map(|c| c.new.len()).collect();
    assert_eq!(sizes, [7, most - 7]);
}

#[test]
fn long_changes_have_lines_of_sixteen_bytes() {
    for size in [15, 16, 17, 32, 33] {
        let patch = between(&vec![1; size], &vec![2; size]);
        let text = patch.to_string();
        let lines = |sign: char| text.lines().filter(|line| line.starts_with(sign)).count();
        let expected = size.div_ceil(16);
        assert_eq!((lines('-'), lines('+')), (expected, expected), "{size}");
        // A value stands on the first line of its bytes alone.
        assert_eq!(text.matches('#').count(), 2);
        assert_eq!(text.parse::<Patch>().unwrap(), patch, "{size}");
    }
}

#[test]
fn a_name_that_has_more_than_a_line_is_left_out() {
    let named = |name: &str| {
        let old = Source::from(&b"a"[..]);
        let patch = Patch::between(Path::new(name), &old, &old).unwrap();
        patch.to_string()
    };
    assert_eq!(named("a b"), "bytewright patch 1\nfile a b\nsize 1\n");
    for name in ["a\nsize 9", "a\rb"] {
        assert_eq!(named(name), "bytewright patch 1\nsize 1\n");
    }
}
