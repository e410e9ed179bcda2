//! The formats of the shelf: that each compiles, that files are told, and files of real programs.

#![cfg(feature = "cli")]

mod hostile;
mod peers;

use std::path::Path;

use bytewright::Source;
use bytewright::formats::shelf::{self, Described};
use bytewright::formats::user::{Known, StoredFormat};
use bytewright::formats::{Registry, user};
use bytewright::hash::{Algorithm, Hasher};
use bytewright::inspect::{Document, Step, walk};

fn stored(described: &Described) -> Known {
    described
        .known()
        .unwrap_or_else(|e| panic!("{}: {e}", described.name))
}

#[test]
fn each_format_compiles_and_describes_fields_that_it_has() {
    assert!(shelf::all().count() >= 60);
    let names = shelf::all().flat_map(|described| {
        let known = stored(described);
        let names = known
            .iter()
            .map(|format| format!("%{} ", format.schema.name));
        names.collect::<Vec<_>>()
    });
    let all = shelf::complete(Known::default(), &names.collect::<String>()).unwrap();
    if let Some(error) = all.check().first() {
        panic!("{error}");
    }
}

#[test]
fn each_format_says_what_it_is_and_has_a_name_of_its_own() {
    let mut names: Vec<&str> = shelf::all().map(|described| described.name).collect();
    for described in shelf::all() {
        let known = stored(described);
        let doc = &known.get(described.name).unwrap().schema.doc;
        assert!(!doc.trim().is_empty(), "{}", described.name);
        let line = doc.trim().lines().next().unwrap();
        assert!(line.len() <= 72, "{}: {line}", described.name);
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// The signatures of the list, which stand there so that nothing is parsed at the start, and those
/// that the descriptions state.
#[test]
fn the_list_says_what_the_descriptions_say() {
    for described in shelf::all() {
        let known = stored(described);
        let format = known.get(described.name).unwrap();
        let (signatures, suffixes) = detect(format);
        let listed: Vec<(i64, Vec<u8>)> = described
            .signatures
            .iter()
            .map(|(offset, bytes)| (*offset, bytes.to_vec()))
            .collect();
        assert_eq!(listed, signatures, "{}", described.name);
        assert_eq!(described.suffixes, suffixes, "{}", described.name);
        // Formats with rules are formats of files, which the list has.
        for other in known.iter().filter(|other| !other.detect.is_empty()) {
            assert!(
                shelf::named(&other.schema.name).is_some(),
                "{} isn't in the list",
                other.schema.name
            );
        }
    }
}

fn detect(format: &StoredFormat) -> (Vec<(i64, Vec<u8>)>, Vec<String>) {
    let mut signatures = Vec::new();
    let mut suffixes = Vec::new();
    for user::Rule {
        constant, suffix, ..
    } in &format.detect
    {
        match (constant, suffix) {
            (Some(constant), None) => signatures.push(constant.clone()),
            (None, Some(suffix)) => suffixes.push(suffix.strip_prefix('.').unwrap().to_owned()),
            other => panic!("{}: {other:?}", format.schema.name),
        }
    }
    (signatures, suffixes)
}

/// Zeros with nothing but the signature in them: short ones must read as well, which these don't.
#[test]
fn each_signature_tells_its_format() {
    const SIZE: usize = 40 << 10;
    for described in shelf::all() {
        for (offset, bytes) in described.signatures.iter().filter(|s| s.1.len() >= 4) {
            let mut file = vec![0; SIZE];
            let at = match usize::try_from(*offset) {
                Ok(at) => at,
                Err(_) => SIZE - usize::try_from(offset.unsigned_abs()).unwrap(),
            };
            file[at..at + bytes.len()].copy_from_slice(bytes);
            let found = Registry::built_in().detect(&Source::from(&file[..]), None);
            let found = found.unwrap().map(|format| format.name().to_owned());
            assert_eq!(found.as_deref(), Some(described.name), "{bytes:?}");
        }
    }
}

#[test]
fn a_name_alone_tells_nothing_of_a_file_that_does_not_read() {
    // Each character of a text is a number in MessagePack.
    for described in shelf::all().filter(|described| described.name != "msgpack") {
        for suffix in described.suffixes {
            let name = format!("a.{suffix}");
            for content in [&b"This is a text, and no file of that format.\n"[..], b""] {
                let source = Source::from(content);
                let found = Registry::built_in()
                    .detect(&source, Some(Path::new(&name)))
                    .unwrap();
                let found = found.map(|format| format.name().to_owned());
                let is_coded = |found: &str| shelf::named(found).is_none();
                assert!(found.as_deref().is_none_or(is_coded), "{name}: {found:?}");
            }
        }
    }
}

#[test]
fn formats_of_ones_own_refer_to_the_shelf_and_come_before_it() {
    let own = "[formats.mine]\nformat = 'B:n [n]%png_color:colors'";
    let known = Known::from_text("f.toml", own).unwrap();
    let known = shelf::complete(known, "%mine").unwrap();
    let mine = known.compile("%mine").unwrap();
    let record = mine.layout.unpack(b"\x01\x01\x02\x03").unwrap();
    assert_eq!(record.to_string(), "(1, [(1, 2, 3)])");
    // One of the same name counts, in the place of that of the shelf.
    let own = "[formats.png_color]\nformat = 'H:gray'";
    let known = Known::from_text("f.toml", own).unwrap();
    let known = shelf::complete(known, "%png_color").unwrap();
    assert_eq!(known.compile("%png_color").unwrap().layout.size(), Some(2));
}

/// What the format forbids is told, and reading goes on: the header of a PNG with one value changed at a time.
#[test]
fn values_that_a_format_forbids_are_told_where_they_stand() {
    let png = |place: usize, byte: u8| {
        let mut header = [0, 0, 0, 4, 0, 0, 0, 4, 8, 0, 0, 0, 0];
        header[place] = byte;
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, data) in [(b"IHDR", &header[..]), (b"IEND", &[])] {
            file.extend((data.len() as u32).to_be_bytes());
            file.extend(kind);
            file.extend(data);
            let mut hasher = Hasher::new(&[Algorithm::Crc32]);
            hasher.update(kind);
            hasher.update(data);
            file.extend(&hasher.finish()[0].bytes);
        }
        file
    };
    let table = [
        (8, 16, None),
        (8, 3, Some("expected 1, 2, 4, 8 or 16; found 3")),
        (9, 6, None),
        (9, 5, Some("expected a value that has a name; found 5")),
        (12, 2, Some("expected a value that has a name; found 2")),
        (3, 0, Some("expected 1 to 2147483647; found 0")),
        (4, 0x80, Some("expected 1 to 2147483647; found 2147483652")),
    ];
    for (place, byte, expected) in table {
        let source = Source::from(png(place, byte));
        let document = Document::detect(source, None).unwrap();
        let mut problems = Vec::new();
        walk(document.root(), &mut |_, _, node| {
            problems.extend(node.problems.iter().filter(|p| p.code == "S008").cloned());
            Ok(Step::Into)
        })
        .unwrap();
        let told: Vec<_> = problems.iter().map(|problem| &*problem.message).collect();
        assert_eq!(told, Vec::from_iter(expected), "byte {place}: {byte}");
        for problem in problems {
            let range = problem.range;
            assert!((range.offset..range.end()).contains(&(16 + place as u64)));
        }
    }
}
