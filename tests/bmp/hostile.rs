//! Any bytes at all as a BMP file: each has one owner in the tree, and reading comes to an end.

use bytewright::formats::bmp::{self, layout};
use bytewright::tree::{Node, Role, Severity};
use bytewright::{Record, Source, Value};

#[path = "../../examples/fixtures/mod.rs"]
pub(crate) mod fixtures;

/// Adds the leaves that own bytes, in order. The entries of a palette are looked at on request.
fn owners(node: &Node, path: &str, palettes: bool, found: &mut Vec<(u64, u64, String)>) {
    if node.role == Role::View && node.is_leaf() {
        return;
    }
    assert!(
        node.is_leaf() || !node.owns_bytes(),
        "{path}: parts that are all views"
    );
    if node.is_leaf() || (node.name == "palette" && !palettes) {
        let range = node.range;
        if range.size > 0 {
            found.push((range.offset, range.end(), path.to_owned()));
        }
        return;
    }
    for child in node.children() {
        let child = child.unwrap();
        owners(&child, &format!("{path}.{}", child.name), palettes, found);
    }
}

fn assert_each_byte_has_one_owner(report: &bmp::Report, palettes: bool, what: &str) {
    let mut found = Vec::new();
    if report.size() > 0 {
        owners(&report.tree().unwrap(), "bmp", palettes, &mut found);
    }
    found.sort();
    let mut at = 0;
    for (start, end, path) in &found {
        assert_eq!(
            *start, at,
            "{what}: {path}: bytes without an owner, or with two"
        );
        at = *end;
    }
    assert_eq!(
        at,
        report.size(),
        "{what}: bytes without an owner at the end"
    );

    let mut at = 0;
    for region in report.regions().iter().filter(|region| !region.view) {
        assert_eq!(region.range.offset, at, "{what}: region {}", region.part);
        at = region.range.end();
    }
    assert_eq!(at, report.size(), "{what}: regions");
}

fn inspect(bytes: &[u8], what: &str) -> bmp::Report {
    let report = bmp::inspect(&Source::from(bytes)).unwrap();
    assert_each_byte_has_one_owner(&report, false, what);
    for problem in report.problems() {
        let known = bmp::check::CODES
            .iter()
            .find(|row| row.code == problem.code);
        assert!(
            known.is_some(),
            "{what}: {} is not in the table",
            problem.code
        );
    }
    report
}

fn codes(report: &bmp::Report) -> Vec<&'static str> {
    report
        .problems()
        .iter()
        .map(|problem| problem.code)
        .collect()
}

#[test]
fn every_byte_of_every_fixture_has_one_owner() {
    for fixture in fixtures::bitmaps() {
        let report = inspect(&fixture.bytes, fixture.path);
        assert_each_byte_has_one_owner(&report, true, fixture.path);
    }
}

#[test]
fn plain_files_have_no_errors_and_no_warnings() {
    for fixture in fixtures::bitmaps() {
        if fixture.path.contains("broken") || fixture.purpose.contains("B063") {
            continue;
        }
        let report = inspect(&fixture.bytes, fixture.path);
        let bad: Vec<_> = report
            .problems()
            .iter()
            .filter(|problem| problem.severity > Severity::Note)
            .collect();
        assert!(bad.is_empty(), "{}: {bad:?}", fixture.path);
    }
}

#[test]
fn every_problem_that_a_fixture_names_is_found() {
    for fixture in fixtures::bitmaps() {
        inspect(&fixture.bytes, fixture.path);
        let found = codes(&bmp::check(&Source::from(fixture.bytes)).unwrap());
        let promised: Vec<&str> = fixture
            .purpose
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 4 && word.starts_with("B0"))
            .collect();
        for code in &promised {
            assert!(
                found.contains(code),
                "{}: {code} of {found:?}",
                fixture.path
            );
        }
    }
}

#[test]
fn a_file_cut_at_any_byte_is_still_covered() {
    for fixture in fixtures::bitmaps() {
        let bytes = &fixture.bytes[..fixture.bytes.len().min(1500)];
        for cut in 0..bytes.len() {
            inspect(&bytes[..cut], &format!("{} cut at {cut}", fixture.path));
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_is_still_covered() {
    for fixture in fixtures::bitmaps() {
        let mut bytes = fixture.bytes[..fixture.bytes.len().min(1500)].to_vec();
        for at in 0..bytes.len().min(200) {
            let old = bytes[at];
            for new in [0, 1, 0x7f, 0xff, old ^ 1, old ^ 0x80] {
                bytes[at] = new;
                inspect(&bytes, &format!("{}: {new:#x} at {at}", fixture.path));
            }
            bytes[at] = old;
        }
    }
}

/// A file with a 40-byte header: 3 by 2 pixels of 24 bits, with the given fields instead.
fn file(fields: &[(&str, i64)], tail: usize) -> Vec<u8> {
    let default = [
        ("header_size", 40),
        ("width", 3),
        ("height", 2),
        ("planes", 1),
        ("bit_count", 24),
    ];
    let value = |name: &str, defaults: &[(&str, i64)]| {
        let find = |fields: &[(&str, i64)]| fields.iter().find(|(n, _)| *n == name).map(|f| f.1);
        find(fields).or(find(defaults)).unwrap_or(0)
    };
    let pixel_offset = value("pixel_offset", &[("pixel_offset", 54)]);
    let mut bytes = layout::FILE_HEADER
        .layout()
        .pack(&Record::from_iter([
            ("type", Value::from(b"BM")),
            ("size", Value::from(54 + tail)),
            ("reserved1", 0.into()),
            ("reserved2", 0.into()),
            ("pixel_offset", pixel_offset.into()),
        ]))
        .unwrap();
    let info = layout::WINDOWS_HEADER.layout();
    let names = info.unpack(&[0; 124]).unwrap();
    let record: Record = names
        .entries()
        .map(|(name, _)| (name.clone(), value(&name, &default)))
        .collect();
    bytes.extend(&info.pack(&record).unwrap()[..40]);
    bytes.resize(bytes.len() + tail, 0);
    bytes
}

#[test]
fn hostile_headers_get_a_clear_problem() {
    const MAX: i64 = 0xffff_ffff;
    let int_min = i64::from(i32::MIN);
    let int_max = i64::from(i32::MAX);
    for (fields, tail, code) in [
        (&[("width", int_max), ("height", int_max)][..], 24, "B024"),
        (&[("width", 16384), ("height", 16384)], 0, "B005"),
        (&[("width", 16384), ("height", 16384)], 24, "B020"),
        (
            &[("width", 65535), ("height", 32768), ("bit_count", 32)],
            24,
            "B024",
        ),
        (
            &[("width", 32768), ("height", 32768), ("bit_count", 64)],
            24,
            "B024",
        ),
        (&[("width", 0)], 24, "B012"),
        (&[("width", -3)], 24, "B012"),
        (&[("width", int_min), ("height", int_min)], 24, "B012"),
        (&[("height", 0)], 24, "B013"),
        (&[("height", int_min)], 24, "B013"),
        (&[("planes", 0)], 24, "B014"),
        (&[("bit_count", 0)], 24, "B015"),
        (&[("bit_count", 3)], 24, "B015"),
        (&[("bit_count", 30000)], 24, "B015"),
        (&[("bit_count", 8), ("colors_used", MAX)], 24, "B030"),
        (&[("colors_used", MAX)], 24, "B034"),
        (&[("colors_used", 3), ("colors_important", 4)], 24, "B033"),
        (&[("pixel_offset", 0)], 24, "B006"),
        (&[("pixel_offset", 53)], 24, "B006"),
        (&[("pixel_offset", 78)], 24, "B005"),
        (&[("pixel_offset", 0x7fff_ffff)], 24, "B005"),
        (&[("pixel_offset", MAX)], 24, "B005"),
        (&[("pixel_offset", 56)], 26, "B007"),
        (&[("header_size", 0)], 24, "B010"),
        (&[("header_size", 15)], 24, "B010"),
        (&[("header_size", 66)], 100, "B010"),
        (&[("header_size", MAX)], 24, "B010"),
        (&[("header_size", 108)], 24, "B002"),
        (&[("compression", 7)], 24, "B017"),
        (&[("compression", MAX)], 24, "B017"),
        (&[("compression", 1)], 24, "B018"),
        (&[("compression", 1), ("bit_count", 8)], 24, "B022"),
        (
            &[("compression", 5), ("bit_count", 0), ("image_size", MAX)],
            24,
            "B023",
        ),
        (
            &[("compression", 3), ("bit_count", 32), ("pixel_offset", 66)],
            36,
            "B043",
        ),
        (&[("compression", 3), ("bit_count", 32)], 8, "B002"),
        (&[("image_size", 25)], 24, "B021"),
        (&[("image_size", MAX)], 24, "B021"),
        (&[("x_ppm", 96), ("y_ppm", 96)], 24, "B060"),
        (&[("x_ppm", int_min), ("y_ppm", 2835)], 24, "B060"),
    ] {
        let report = inspect(&file(fields, tail), &format!("{fields:?}"));
        assert!(
            codes(&report).contains(&code),
            "{fields:?}: {code} of {:?}",
            codes(&report)
        );
    }
}

#[test]
fn the_plain_file_of_these_tests_has_no_problem() {
    assert_eq!(codes(&inspect(&file(&[], 24), "plain")), [""; 0]);
}

#[test]
fn an_array_beyond_the_limit_is_cut_short() {
    let entry = layout::ARRAY_HEADER.layout();
    let mut bytes = Vec::new();
    for index in 1..=4 * bmp::MAX_BITMAPS {
        let array = entry
            .pack(&Record::from_iter([
                ("type", Value::from(b"BA")),
                ("header_size", 40.into()),
                ("next_offset", (index * 40).into()),
                ("display_width", 0.into()),
                ("display_height", 0.into()),
            ]))
            .unwrap();
        bytes.extend(array);
        bytes.extend(b"BM\x1a\0\0\0\0\0\0\0\x28\0\0\0");
        bytes.extend(b"\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0");
    }
    let report = inspect(&bytes, "array");
    assert_eq!(report.bitmaps().len(), bmp::MAX_BITMAPS);
    assert!(codes(&report).contains(&"B070"));
}

#[test]
fn an_array_that_leaves_the_file_is_told() {
    let array = fixtures::bitmaps()
        .into_iter()
        .find(|f| f.path == "bmp/array.bmp")
        .unwrap();
    for cut in [1_156, 1_160] {
        let report = inspect(&array.bytes[..cut], "array");
        let code = if cut == 1_156 { "B070" } else { "B002" };
        assert!(
            codes(&report).contains(&code),
            "{cut}: {:?}",
            codes(&report)
        );
        assert!(report.error().is_none(), "two bitmaps can be read");
    }
}

#[test]
fn a_problem_stands_at_the_field_it_is_about() {
    let report = inspect(&file(&[("planes", 7)], 24), "planes");
    let tree = report.tree().unwrap();
    let header = tree.child("dib_header").unwrap();
    let planes = header.child("planes").unwrap();
    assert_eq!(planes.problems, report.problems());
    assert_eq!((planes.range.offset, planes.range.size), (26, 2));
    assert!(header.problems.is_empty() && tree.problems.is_empty());
}

#[test]
fn a_palette_is_never_longer_than_what_fits() {
    let bytes = file(
        &[
            ("bit_count", 8),
            ("colors_used", 0xffff_ffff),
            ("pixel_offset", 66),
        ],
        20,
    );
    let report = inspect(&bytes, "palette");
    let palette = report.bitmaps()[0].palette.as_ref().unwrap();
    assert_eq!((palette.len(), palette.claimed()), (3, 0xffff_ffff));
    assert_eq!(palette.colors().count(), 3);
}

#[test]
fn the_two_bytes_after_the_pixels_are_named() {
    let fixture = fixtures::bitmaps()
        .into_iter()
        .find(|f| f.path.contains("640x360"))
        .unwrap();
    let hex: String = fixture.bytes[..30]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hex,
        "424d388c0a00000000003600000028000000800200006801000001001800"
    );
    assert_eq!(fixture.bytes.len(), 691_256);
    let report = inspect(&fixture.bytes, fixture.path);
    let [problem] = report.problems() else {
        panic!("{:?}", report.problems());
    };
    assert_eq!((problem.code, problem.severity), ("B008", Severity::Note));
    assert_eq!((problem.range.offset, problem.range.size), (691_254, 2));
    assert_eq!(
        problem.message,
        "2 bytes after the pixels, counted by the size field"
    );
}

#[test]
fn an_entry_of_an_array_may_lie_over_another() {
    let mut file = b"BA\x44\0\0\0\x28\0\0\0\0\0\0\0BM".to_vec();
    file.extend(b"\x36\0\0\0\0\0\0\0\x42\0\0\0\x28\0\0\0\x03\0\0\0\x02\0\0\0\x01\0\x18");
    file.resize(100, 0);
    let report = inspect(&file, "an entry at 0x28, in the DIB header");
    assert_eq!(report.bitmaps().len(), 2);
}
