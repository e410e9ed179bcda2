//! Changes as text: read as they were written, refused where they fit no file.

#![cfg(feature = "cli")]

use std::fs::{self, File};

use bytewright::Source;
use bytewright::inspect::Document;
use bytewright::inspect::patch::Patch;

use super::set::{bytewright, edited, fixture, plan};

#[test]
fn a_patch_reads_as_it_was_written_and_goes_both_ways() {
    let bytes = fixture("info-8.bmp");
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let palette = format!("x'{}'", "ab".repeat(256));
    let set = [("dib_header.width", "8"), ("pixels", &*palette)];
    let edit = plan(&document, &set).unwrap();
    let patch = Patch {
        file: Some("a b.bmp".into()),
        size: bytes.len() as u64,
        changes: edit.changes.clone(),
    };
    let read: Patch = patch.to_string().parse().unwrap();
    assert_eq!(read.to_string(), patch.to_string());
    let after = Source::from(edited(&bytes, &edit));
    assert!(read.check(&Source::from(&*bytes)).is_ok());
    assert!(read.check(&after).is_err());
    assert!(read.reversed().check(&after).is_ok());
}

#[test]
fn broken_patches_are_refused_with_their_line() {
    let patch = |body: &str| {
        let text = format!("bytewright patch 1\n{body}");
        text.parse::<Patch>().unwrap_err()
    };
    for (body, line, reason) in [
        ("", 1, "the size of the file is missing"),
        ("size x", 2, "expected a length"),
        ("size 4\n- 00", 3, "a line that begins with at"),
        ("size 4\nat x\n", 3, "expected an offset"),
        ("size 4\nat 0\n- 0\n", 4, ""),
        ("size 4\nat 0 a\n- 00\n+ 0000\n", 5, "1 bytes into 2"),
        ("size 4\nat 3 a\n- 0000\n+ 0000\n", 5, "leaves the file"),
        (
            "size 4\nat 0xffffffffffffffff a\n- 0000\n+ 0000\n",
            5,
            "leaves the file",
        ),
        (
            "size 4\nat 1 a\n- 0000\n+ 1111\nat 2 b\n- 00\n+ 11\n",
            8,
            "overlaps",
        ),
        ("size 4\nrm -rf\n", 3, "expected file, size, at"),
    ] {
        let error = patch(body);
        assert_eq!(error.line, line, "{body:?}: {error}");
        assert!(error.to_string().contains(reason), "{body:?}: {error}");
    }
    assert!("other".parse::<Patch>().is_err());
}

#[test]
fn a_patch_fits_no_file_of_another_length() {
    let patch: Patch = "bytewright patch 1\nsize 4\nat 0x1 x\n- 62\n+ 7a\n"
        .parse()
        .unwrap();
    assert!(patch.check(&Source::from(&b"abcd"[..])).is_ok());
    for other in ["abc", "abcde", ""] {
        let found = other.len();
        let mismatch = patch.check(&Source::from(other.as_bytes()));
        assert_eq!(
            mismatch.unwrap_err().to_string(),
            format!("the patch is for a file of 4 bytes, this one has {found}")
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("five");
    fs::write(folder.path().join("patch"), patch.to_string()).unwrap();
    for in_place in [&[][..], &["--in-place"]] {
        fs::write(&path, "abcde").unwrap();
        let output = bytewright()
            .args([&["apply", "patch", "five"], in_place].concat())
            .current_dir(&folder)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        assert!(patch.write_in_place(&mut file).is_err());
        let mut copy = tempfile::tempfile().unwrap();
        assert!(patch.write_to(&file, &mut copy).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
    }
}

#[test]
fn a_patch_says_values_for_people_only_where_they_fit_on_its_line() {
    let patch = |old_value: &str| {
        let text = "bytewright patch 1\nsize 40\nat 0x2 a.b\n- 01\n+ 02\n";
        let mut patch: Patch = text.parse().unwrap();
        old_value.clone_into(&mut patch.changes[0].old_value);
        "two".clone_into(&mut patch.changes[0].new_value);
        patch.to_string()
    };
    let written =
        |old: &str| format!("bytewright patch 1\nsize 40\n\nat 0x2 a.b\n- 01{old}\n+ 02  # two\n");
    assert_eq!(patch("one"), written("  # one"));
    assert_eq!(patch(""), written(""));
    assert_eq!(patch("one\n+ ff"), written(""));
    let read: Patch = patch("one").parse().unwrap();
    assert_eq!(read.changes[0].old_value, "one");
    assert_eq!(read.changes[0].new_value, "two");
}

#[test]
fn a_mismatch_shows_sixteen_bytes_of_either_side() {
    for (size, more) in [(15, ""), (16, ""), (17, "…")] {
        let digits = |byte: &str| vec![byte; size].join(" ");
        let text = format!(
            "bytewright patch 1\nsize {size}\nat 0 a\n- {}\n+ {}\n",
            digits("01"),
            digits("02")
        );
        let patch: Patch = text.parse().unwrap();
        let found = Source::from(vec![3; size]);
        let mismatch = patch.check(&found).unwrap_err();
        let shown = |byte: &str| format!("{}{more}", byte.repeat(size.min(16)));
        assert_eq!(
            mismatch.to_string(),
            format!(
                "a at 0x0: the patch expects {}, the file has {}",
                shown("01"),
                shown("03")
            )
        );
    }
}

#[test]
fn a_patch_reaches_the_end_of_its_file_and_changes_may_touch() {
    let text = "bytewright patch 1\nsize 4\nat 0 a\n- 61 62\n+ 41 42\nat 2 b\n- 63 64\n+ 43 44\n";
    let patch: Patch = text.parse().unwrap();
    let mut from = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut from, b"abcd").unwrap();
    let mut to = tempfile::tempfile().unwrap();
    patch.write_to(&from, &mut to).unwrap();
    assert_eq!(Source::new(to).read(0, 9).unwrap(), b"ABCD");
    patch.write_in_place(&mut from).unwrap();
    assert!(patch.write_in_place(&mut from).is_err(), "it is applied");
    patch.reversed().write_in_place(&mut from).unwrap();
    assert_eq!(Source::new(from).read(0, 9).unwrap(), b"abcd");
}

#[test]
fn a_text_that_is_no_patch_is_refused_in_its_first_line() {
    for text in ["", "bytewright patch 2\nsize 4\n", "--- a\n+++ b\n"] {
        let error = text.parse::<Patch>().unwrap_err();
        assert_eq!(error.line, 1, "{text:?}: {error}");
    }
}
