//! Archives that are cut, damaged, or none.

use std::fs;
use std::io::{Read, Write};

use bytewright::Source;
use bytewright::codecs::CodecError;
use bytewright::formats::tar::{Archive, ErrorKind};

use super::maker::{Maker, header};
use super::place::Place;
use super::reading::{names, read};

#[test]
fn a_bad_checksum_is_told_apart_from_no_archive() {
    let mut archive = Maker::default().file("a", b"x").file("b", b"y").end();
    archive[1024] ^= 1;
    let (members, error, _) = read(archive.clone());
    assert_eq!(names(&members), ["a"]);
    let error = error.unwrap();
    assert_eq!(error.offset(), Some(1024));
    assert!(matches!(
        error.kind(),
        ErrorKind::Checksum {
            stored: Some(_),
            ..
        }
    ));
    archive[0] ^= 1;
    let (_, error, _) = read(archive);
    assert!(matches!(error.unwrap().kind(), ErrorKind::NotTar));
    for junk in [&b"x"[..], b"hello, world", &[7; 511], &[7; 513]] {
        let (_, error, _) = read(junk);
        assert!(matches!(error.unwrap().kind(), ErrorKind::NotTar));
    }
}

/// Cut anywhere, an archive gives the members before the cut, and says that it is cut.
#[test]
fn a_truncated_archive_is_never_taken_for_a_whole_one() {
    let whole = Maker::default()
        .file("a", &[1; 700])
        .pax(&[("path", b"long/b"), ("size", b"3")])
        .file("b", b"abc")
        .extended(b'L', b"gnu/c\0")
        .file("c", b"")
        .end();
    let place = Place::new();
    let blocks = whole.len() / 512;
    let places = (0..=blocks)
        .map(|i| i * 512)
        .chain((0..whole.len()).step_by(97));
    for cut in places.filter(|&cut| cut < whole.len()) {
        let (members, error, codes) = read(&whole[..cut]);
        assert!(
            error.is_some() || codes.contains(&"T002") || codes.contains(&"T003"),
            "{cut}"
        );
        assert!(
            names(&["a", "long/b", "gnu/c"]).starts_with(&self::names(&members)),
            "{cut}"
        );
        let (_, error) = place.try_extract(whole[..cut].to_vec());
        // What is there is whole.
        for (name, size) in [("a", 700), ("long/b", 3), ("gnu/c", 0)] {
            if let Ok(content) = fs::read(place.into.join(name)) {
                assert_eq!(content.len(), size, "{name}, cut at {cut}: {error:?}");
            }
            let _ = fs::remove_file(place.into.join(name));
        }
    }
    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_broken_gzip_stream_is_told() {
    let inner = Maker::default().file("a", &[7; 3000]).end();
    let whole = gzip(&inner);
    let (members, error, codes) = read(whole.clone());
    assert_eq!(
        (names(&members), error.is_none(), codes.len()),
        (vec!["a".to_owned()], true, 0)
    );
    for cut in (10..whole.len()).step_by(3) {
        let (_, error, _) = read(&whole[..cut]);
        assert!(
            matches!(
                error.unwrap().kind(),
                ErrorKind::Codec(CodecError::Broken { codec: "gzip", .. })
            ),
            "cut at {cut}"
        );
    }
    let mut wrong = whole.clone();
    let crc = whole.len() - 8;
    wrong[crc] ^= 1;
    let (members, error, _) = read(wrong);
    assert_eq!(names(&members), ["a"]);
    assert!(matches!(
        error.unwrap().kind(),
        ErrorKind::Codec(CodecError::Broken { codec: "gzip", .. })
    ));
    let (_, error, codes) = read([&whole[..], b"garbage"].concat());
    assert!(error.is_none());
    assert_eq!(codes, ["T013"]);
    let (_, _, codes) = read(gzip(&[&inner[..], b"garbage"].concat()));
    assert_eq!(codes, ["T012"]);
    // A member for each half, as parallel compressors write.
    let halves = [gzip(&inner[..700]), gzip(&inner[700..])].concat();
    let (members, error, codes) = read(halves);
    assert_eq!((members.len(), error.is_none(), codes.len()), (1, true, 0));
}

#[test]
fn other_compressions_are_named() {
    let error = Archive::new(Source::from(&b"\x1f\x9d\x90"[..])).unwrap_err();
    assert!(error.to_string().contains("gzip -dc"), "{error}");
    let (members, ..) = read(Maker::default().file("BZhello", b"").end());
    assert_eq!(names(&members), ["BZhello"]);
}

/// A thousandfold expansion takes time in proportion, and no memory.
#[test]
fn a_bomb_of_zeros_behind_the_end_is_read_in_flat_memory() {
    let archive = Maker::default().file("a", b"x").end();
    let bomb = gzip(&[archive, vec![0; 64 << 20]].concat());
    let (members, error, codes) = read(bomb);
    assert_eq!((members.len(), error.is_none(), codes.len()), (1, true, 0));
}

/// What reading data says is what listing says.
#[test]
fn data_that_end_early_are_an_error_while_they_are_read() {
    let archive = Maker::default()
        .header(&header("x", b'0', 2000, ""), &[1; 1000])
        .0;
    let mut archive = Archive::new(archive.into()).unwrap();
    archive.next_member().unwrap().unwrap();
    let mut data = Vec::new();
    let error = archive.data().read_to_end(&mut data).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(archive.next_member().unwrap().is_none());
}

/// A file is there whole or not at all, however large it is.
#[test]
fn a_file_whose_data_end_early_is_an_error_and_leaves_nothing() {
    for (size, there) in [
        (1000, 999),
        (300_000, 299_999),
        (300_000, 1),
        (300_000, 0),
        // Memory for all of it isn't asked for ahead.
        (1 << 60, 1),
    ] {
        let place = Place::new();
        let archive = Maker::default()
            .file("before", b"1")
            .header(&header("x", b'0', size, ""), b"")
            .raw(&vec![1; there]);
        let (outcomes, error) = place.try_extract(archive.0);
        assert_eq!(outcomes.len(), 1);
        let error = error.unwrap();
        assert_eq!(error.offset(), Some(1024 + 512 + there as u64), "{error}");
        assert!(!place.into.join("x").exists());
        assert_eq!(place.content("before").unwrap(), "1");
    }
}

/// Deterministic noise: nothing panics, nothing hangs, nothing escapes.
#[test]
fn random_damage_does_no_harm() {
    let whole = Maker::default()
        .pax(&[("path", b"a/b"), ("size", b"3"), ("mtime", b"1.5")])
        .file("x", b"abc")
        .extended(b'L', b"long/name\0")
        .file("y", &[5; 600])
        .other("s", b'2', "y")
        .other("h", b'1', "a/b")
        .end();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let place = Place::new();
    for _ in 0..2000 {
        let mut damaged = whole.clone();
        for _ in 0..=random(4) {
            let at = random(damaged.len());
            damaged[at] = u8::try_from(random(256)).unwrap();
            // Otherwise hardly anything gets past the checksum.
            if random(3) > 0 {
                let block = at / 512 * 512;
                let mut header = tar::Header::new_old();
                header
                    .as_mut_bytes()
                    .copy_from_slice(&damaged[block..block + 512]);
                header.set_cksum();
                damaged[block..block + 512].copy_from_slice(header.as_bytes());
            }
        }
        place.try_extract(damaged);
    }
}
