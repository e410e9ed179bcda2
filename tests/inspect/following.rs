//! What follows from a change: checksums, sizes, and which errors are new.

#![cfg(feature = "cli")]

use std::fs;

use bytewright::Source;
use bytewright::formats::tar::Tar;
use bytewright::inspect::Document;

use super::set::{document, edited, fixture, plan};

#[test]
fn the_sizes_of_a_bitmap_follow() {
    let bytes = fixture("info-8.bmp");
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let edit = plan(&document, &[("dib_header.width", "8")]).unwrap();
    let paths: Vec<_> = edit.changes.iter().map(|c| (&*c.path, c.follows)).collect();
    assert_eq!(
        paths,
        [("dib_header.width", false), ("dib_header.image_size", true)]
    );
    // Rows of 8 bytes, 16 of them.
    assert_eq!(edit.changes[1].new, 128_u32.to_le_bytes());
    // What is set itself stays as it is set.
    let set = [("dib_header.width", "8"), ("dib_header.image_size", "7")];
    let edit = plan(&document, &set).unwrap();
    assert_eq!(edit.changes[1].new, 7_u32.to_le_bytes());
    assert_eq!(edit.changes.len(), 2);
    let edit = plan(&document, &[("dib_header.planes", "2")]).unwrap();
    assert_eq!(edit.new_problems[0].code, "B014");
}

#[test]
fn what_was_wrong_before_and_does_not_depend_on_the_change_stays() {
    let mut bytes = fixture("info-8.bmp");
    // The size of the file, and that of the pixels, 256 bytes: 16 rows of 16.
    bytes[2..6].copy_from_slice(&7_u32.to_le_bytes());
    bytes[34..38].copy_from_slice(&9_u32.to_le_bytes());
    let document = Document::detect(Source::from(&*bytes), None).unwrap();
    let changed = |path: &str, value: &str| {
        let edit = plan(&document, &[(path, value)]).unwrap();
        assert!(edit.new_problems.is_empty(), "{:?}", edit.new_problems);
        let changes = edit.changes.into_iter();
        changes
            .map(|change| (change.path, change.new_value))
            .collect::<Vec<_>>()
    };
    let pair = |path: &str, value: &str| (path.to_owned(), value.to_owned());
    for field in ["x_ppm", "colors_important"] {
        let path = format!("dib_header.{field}");
        assert_eq!(changed(&path, "5"), [pair(&path, "5")]);
    }
    // The width decides about the rows, and about nothing else.
    assert_eq!(
        changed("dib_header.width", "8"),
        [
            pair("dib_header.width", "8"),
            pair("dib_header.image_size", "128")
        ]
    );
    // A field that is set to what it is is no change, and nothing follows from it.
    assert_eq!(changed("dib_header.width", "16"), []);
}

/// The sum is spelled with a space in front, as old tars do: another spelling of the same sum.
#[test]
fn a_field_that_is_set_to_what_it_is_changes_no_checksum() {
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let mut bytes = builder.finish().unwrap();
    bytes[148] = b' ';
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    let uid = document
        .find(&"members[0].header.uid".parse().unwrap())
        .unwrap()[0]
        .node
        .value
        .clone()
        .unwrap();
    let same = plan(&document, &[("members[0].header.uid", &uid.to_string())]).unwrap();
    assert_eq!(same.changes, []);
    let other = plan(&document, &[("members[0].header.uid", "77")]).unwrap();
    let paths: Vec<_> = other.changes.iter().map(|change| &*change.path).collect();
    assert_eq!(paths, ["members[0].header.uid", "members[0].header.chksum"]);
}

#[test]
fn errors_that_were_there_before_are_not_told_as_new() {
    // Each item states a 1 that the data haven't.
    let bytes = [0_u8; 3000];
    let document = document("*(B=1 B:x):items", &bytes);
    let edit = plan(&document, &[("items[0].x", "9")]).unwrap();
    assert_eq!(edit.new_problems, []);
    // The error at this place was there before, with other words.
    let edit = plan(&document, &[("items[0][0]", "2")]).unwrap();
    assert_eq!(edit.new_problems, []);
    let mut bytes = bytes;
    bytes[0] = 1;
    bytes[2998] = 1;
    let document = self::document("*(B=1 B:x):items", &bytes);
    for (item, place) in [("items[0][0]", 0), ("items[1499][0]", 2998)] {
        let edit = plan(&document, &[(item, "0")]).unwrap();
        let new: Vec<_> = edit
            .new_problems
            .iter()
            .map(|problem| (problem.code, problem.range.offset))
            .collect();
        assert_eq!(new, [("S001", place)], "{item}");
    }
    // Where an error goes, none of the others becomes a new one.
    let edit = plan(&document, &[("items[1][0]", "1")]).unwrap();
    assert_eq!(edit.new_problems, []);
}

/// A header with the sum that GNU tar would have written.
#[test]
fn the_checksum_of_a_tar_header_follows() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let bytes = builder.finish().unwrap();
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    let set = [
        (r#"members["a"].header.mode"#, "0o751"),
        ("members[0].header.name", "b"),
        ("members[0].header.uid", "-1"),
    ];
    let after = edited(&bytes, &plan(&document, &set).unwrap());
    let sum: u32 = after[..512].iter().map(|&b| u32::from(b)).sum::<u32>()
        - after[148..156].iter().map(|&b| u32::from(b)).sum::<u32>()
        + 8 * 32;
    assert_eq!(after[148..156], *format!("{sum:06o}\0 ").as_bytes());
    let document = Document::open(Source::from(after), Tar).unwrap();
    for (path, value) in [("mode", 0o751), ("uid", -1)] {
        let path = format!(r#"members["b"].header.{path}"#);
        let found = document.find(&path.parse().unwrap()).unwrap();
        assert_eq!(found[0].node.value, Some(value.into()));
    }
    let error = plan(&document, &[("members[0].header.mode", "0755")]).unwrap_err();
    assert!(error.contains("0o755"), "{error}");
}

/// A number in a struct is written as Python writes one, also where a tar header would be octal.
#[test]
fn only_the_numbers_of_tar_headers_are_octal() {
    let edit = plan(&document("8s:mode", b"0000644\0"), &[("mode", "0755")]).unwrap();
    assert_eq!(edit.changes[0].new, b"0755\0\0\0\0");
    let edit = plan(&document("<H:mode", &[0, 0]), &[("mode", "0o755")]).unwrap();
    assert_eq!(
        (&*edit.changes[0].new, &*edit.changes[0].new_value),
        (&[0xed, 1][..], "493")
    );
    let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "content").unwrap();
    builder
        .add(folder.path().join("a"), Some("a".as_ref()), &mut |_| {})
        .unwrap();
    let bytes = builder.finish().unwrap();
    let document = Document::open(Source::from(&*bytes), Tar).unwrap();
    // Names and the magic are text, whatever digits they have.
    for (field, text, start) in [("name", "0755", &b"0755\0"[..]), ("uname", "07", b"07\0")] {
        let path = format!("members[0].header.{field}");
        let edit = plan(&document, &[(&path, text)]).unwrap();
        let change = edit.changes.iter().find(|change| change.path == path);
        assert!(change.unwrap().new.starts_with(start), "{field}");
    }
    for (text, new) in [
        ("0", "0000000\0"),
        ("7", "0000007\0"),
        ("0o17", "0000017\0"),
    ] {
        let edit = plan(&document, &[("members[0].header.mode", text)]).unwrap();
        assert_eq!(edit.changes[0].new, new.as_bytes(), "{text}");
    }
    let error = plan(&document, &[("members[0].header.mode", "00755")]).unwrap_err();
    assert!(
        error.contains("Write 0o755 if it is, 755 if it isn't"),
        "{error}"
    );
}
