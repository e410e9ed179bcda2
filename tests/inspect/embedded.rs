//! Files inside files: told by their signatures, with the sizes that they have.

#![cfg(feature = "cli")]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use bytewright::Source;
use bytewright::inspect::embedded::{Embedded, each};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fs::read(folder.join(name)).unwrap()
}

fn found(bytes: &[u8], overlapping: bool) -> Vec<Embedded> {
    let mut found = Vec::new();
    each(&Source::from(bytes), overlapping, |one| {
        found.push(one);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

fn told(bytes: &[u8], overlapping: bool) -> Vec<(String, u64, u64)> {
    let found = found(bytes, overlapping).into_iter();
    found
        .map(|one| {
            assert_eq!(one.problem, None, "{one:?}");
            (one.format, one.range.offset, one.range.size)
        })
        .collect()
}

/// The smallest file of glTF: a header and one chunk, 12 and 12 bytes.
const GLB: &[u8] = b"glTF\x02\0\0\0\x18\0\0\0\x04\0\0\0JSON{}  ";

#[test]
fn files_in_noise_are_found_with_their_sizes() {
    let noise: Vec<u8> = (0u32..997).map(|i| (i * i % 251) as u8 | 0x80).collect();
    let mut bytes = noise.clone();
    let mut expected = Vec::new();
    for (format, file) in [
        ("gzip", fixture("gzip/all-fields.gz")),
        ("xz", fixture("compressed/xz.xz")),
        ("bzip2", fixture("compressed/bzip2.bz2")),
        ("zstd", fixture("compressed/zstd.zst")),
        ("lz4", fixture("compressed/lz4.lz4")),
        ("bmp", fixture("bmp/core-24.bmp")),
    ] {
        expected.push((format.to_owned(), bytes.len() as u64, file.len() as u64));
        bytes.extend(file);
        bytes.extend(&noise);
    }
    assert_eq!(told(&bytes, false), expected);
    assert_eq!(told(&noise, true), []);
    // Two letters are a bitmap only where its headers follow.
    assert_eq!(told(&[&noise[..], b"BM", &noise].concat(), true), []);
}

#[test]
fn the_file_itself_and_its_members_are_not_embedded() {
    let stream = fixture("gzip/empty.gz");
    assert_eq!(told(&stream, false), []);
    // A second member belongs to the file.
    assert_eq!(told(&[&stream[..], &stream].concat(), true), []);
    // Nor are the members of an archive that goes to the end: this one is stored in its stream as it is.
    let archive = fixture("gzip/archive.tar.gz");
    assert_eq!(
        told(&archive, false),
        [("tar".to_owned(), 15, archive.len() as u64 - 15)]
    );
    let glb = [&b"...."[..], GLB].concat();
    assert_eq!(told(&glb, false), [("glb".to_owned(), 4, 24)]);
}

#[test]
fn what_is_inside_of_what_was_found_is_told_when_asked() {
    // A header of ar that says 23 bytes, which an empty gzip file fills, and a byte of padding.
    let stream = fixture("gzip/empty.gz");
    let header = format!(
        "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
        "a.gz/", 0, 0, 0, 644, 23
    );
    let archive = [b"!<arch>\n", header.as_bytes(), &stream, b"\n"].concat();
    let bytes = [b"..", &archive[..]].concat();
    let inside = ("gzip".to_owned(), 2 + 68, 23);
    // It ends with the file around it, so that its own end isn't known, and what is in it is looked at.
    let whole = ("ar".to_owned(), 2, archive.len() as u64);
    assert_eq!(told(&bytes, false), [whole.clone(), inside.clone()]);
    assert_eq!(told(&bytes, true), [whole, inside]);
}

#[test]
fn what_is_cut_is_told_where_its_signature_is_long() {
    let cut = [b"..", &b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..]].concat();
    let found = found(&cut, false);
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].format, found[0].range.offset), ("png", 2));
    let problem = found[0].problem.as_deref().unwrap();
    assert!(problem.contains("needs"), "{problem}");
    // So are those of a program that reads the format: what follows is wrong from the start on.
    for wrong in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\x04IDATabcdabcdabcd"[..],
        b"!<arch>\n and then some text which is no header of a member, but is long enough for one",
        b"\xfd7zXZ\0\0\0\0\0\0\0\0\0\0\0",
        b"SQLite format 3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        assert_eq!(told(&[b"..", wrong].concat(), false), []);
    }
    // Four bytes are there by chance.
    assert_eq!(told(b"..RIFF....", false), []);
    // A version of TrueType, and no tables after it.
    assert_eq!(told(b"..\0\x01\0\0\0\0\0\0\0\0\0\0..", false), []);
}

#[test]
fn what_is_wrong_from_the_start_is_there_by_chance_however_far_it_reads() {
    // A header of a member of an archive ends in "`\n"; here it never does.
    let noise = [0; 20_000];
    let bytes = [b"....", &b"!<thin>\n"[..], &noise].concat();
    assert_eq!(found(&bytes, false), []);
}

/// A card of FITS.
fn card(text: &str) -> Vec<u8> {
    format!("{text:<80}").into_bytes()
}

/// UTC as RFC 9636 has it: the header, one kind of time and its name, twice, and the rule.
fn utc() -> Vec<u8> {
    let counts: Vec<u8> = [0u32, 0, 0, 0, 1, 4]
        .iter()
        .flat_map(|count| count.to_be_bytes())
        .collect();
    let header = [&b"TZif2"[..], &[0; 15], &counts].concat();
    let data = b"\0\0\0\0\0\0UTC\0";
    [&header[..], data, &header, data, b"\nUTC0\n"].concat()
}

#[test]
fn signatures_in_a_program_that_knows_their_formats_are_no_files() {
    let mandatory = "SIMPLE  =                    T";
    // What follows a constant in a program is another, or numbers.
    let words = b"_constants follow each other; and so does code \x48\x89\xe5\xc3 ".repeat(2000);
    for signature in [
        &b"TZif"[..],
        b"wOF2",
        b"fLaC",
        b"SDPX",
        b"XPDS",
        b"OggS\0",
        b"MSCF\0\0\0\0",
        mandatory.as_bytes(),
    ] {
        let bytes = [b"....", signature, &words].concat();
        assert_eq!(found(&bytes, false), [], "{}", signature.escape_ascii());
    }
    let fits = [
        card(mandatory),
        card("BITPIX  =                    8"),
        card("NAXIS   =                    0"),
        card("END"),
    ];
    let fits = [&fits.concat()[..], &[b' '; 2880 - 4 * 80]].concat();
    let utc = utc();
    assert_eq!(utc.len(), 114);
    let bytes = [b"....", &utc[..], b"....", &fits].concat();
    assert_eq!(
        told(&bytes, false),
        [("tzif".to_owned(), 4, 114), ("fits".to_owned(), 122, 2880)]
    );
}

/// A member of a ZIP archive that is stored as it is: a local header and its data.
fn stored(name: &str, data: &[u8]) -> Vec<u8> {
    let size = (data.len() as u32).to_le_bytes();
    let crc = crc32fast::hash(data).to_le_bytes();
    let name_length = (name.len() as u16).to_le_bytes();
    [
        &b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0"[..],
        &crc,
        &size,
        &size,
        &name_length,
        b"\0\0",
        name.as_bytes(),
        data,
    ]
    .concat()
}

#[test]
fn an_archive_without_its_end_is_one_file_as_far_as_its_members_go() {
    let members = [stored("a", &[b'a'; 200]), stored("b", &[b'b'; 200])].concat();
    let size = members.len() as u64;
    let bytes = [&[0x80; 100][..], &members, &[0x81; 100]].concat();
    let alone = found(&bytes, false);
    assert_eq!(alone.len(), 1, "{alone:?}");
    assert_eq!(
        (
            &*alone[0].format,
            alone[0].range.offset,
            alone[0].range.size
        ),
        ("zip", 100, size)
    );
    let problem = alone[0].problem.as_deref().unwrap();
    assert!(problem.contains("no end record"), "{problem}");
    // A second one is told by itself.
    let two = [&bytes[..], &bytes].concat();
    let offsets: Vec<u64> = found(&two, false)
        .iter()
        .map(|one| one.range.offset)
        .collect();
    assert_eq!(offsets, [100, 100 + bytes.len() as u64]);
    // A member that is cut begins where the archive ends, and is none by itself.
    let rest = &stored("c", &[b'c'; 200])[..28];
    let bytes = [&[0x80; 100][..], &members, rest, &[0; 300]].concat();
    let offsets: Vec<u64> = found(&bytes, false)
        .iter()
        .map(|one| one.range.offset)
        .collect();
    assert_eq!(offsets, [100]);
    // With its directory and its end it is whole, however much follows: the range is that of the archive.
    let end = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let whole = [&members[..], b"PK\x01\x02", &[0; 42], &end].concat();
    let bytes = [&[0x80; 100][..], &whole, &[0x81; 70_000]].concat();
    assert_eq!(
        told(&bytes, false),
        [("zip".to_owned(), 100, whole.len() as u64)]
    );
    // The file itself is none, and its members are its own.
    assert_eq!(found(&members, false), []);
    // Four bytes, and what no header has after them.
    let noise = [&[0x80; 100][..], b"PK\x03\x04", &[0xff; 1000]].concat();
    assert_eq!(found(&noise, false), []);
}
