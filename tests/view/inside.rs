//! Changing what is inside of a file: a member of an archive, a field of a file in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::browser::{Browser, archive, fixture};

const SIZE: (u16, u16) = (80, 24);

/// Where the data of the first member begin: after its header.
const DATA: usize = 512;

fn kept(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn open(path: &Path) -> Browser {
    let mut browser = Browser::open(path, SIZE);
    browser.keys("gmembers[0].data<Enter><Enter>");
    assert!(browser.lines()[0].contains("›"), "{}", browser.lines()[0]);
    browser
}

#[test]
fn a_field_of_a_file_in_an_archive_is_set_undone_and_saved() {
    let bitmap = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    let before = archive(&[("a.bmp", &bitmap), ("b", b"b")]);
    let (_folder, path) = kept(&before);
    let mut browser = open(&path);
    browser.keys("gdib_header.width<Enter>e<C-u>8<Enter>");
    // The width, and the size of the pixels that follows from it; both at their place in the spec.
    let mut after = before.clone();
    after[DATA + 18] = 8;
    after[DATA + 34..DATA + 38].copy_from_slice(&128u32.to_le_bytes());
    assert!(browser.bytes() == after, "{}", browser.screen());
    assert!(
        browser
            .last_line()
            .contains("dib_header.width: 16 → 8; dib_header.image_size follows"),
        "{}",
        browser.last_line()
    );
    let screen = browser.screen();
    assert!(screen.contains("8 pixels"), "{screen}");
    browser.keys("u");
    assert!(browser.bytes() == before);
    assert!(browser.screen().contains("16 pixels"));
    browser.keys("<C-r>sy");
    assert!(fs::read(&path).unwrap() == after);
    browser.keys("<Back>");
    assert_eq!(browser.app.path(), "members[0].data");
    browser.keys("usi");
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn bytes_in_a_member_are_typed_over_and_keep_their_number() {
    let before = archive(&[("text", b"0123456789"), ("b", b"b")]);
    let (_folder, path) = kept(&before);
    let mut browser = open(&path);
    browser.keys("<Tab><Right*2>e4142<Tab>cd<Esc>");
    let mut after = before.clone();
    after[DATA + 2..DATA + 6].copy_from_slice(b"ABcd");
    assert!(browser.bytes() == after, "{}", browser.screen());
    browser.keys("Gtxyz<Esc>");
    after[DATA + 9] = b'z';
    assert!(
        browser.bytes() == after,
        "the last byte stays the last: {}",
        browser.screen()
    );
    for keys in ["I", "x", "e<Ins>", "e<Del>"] {
        browser.keys(keys);
        assert!(
            browser.last_line().contains("keeps its size"),
            "{keys}: {}",
            browser.last_line()
        );
        browser.keys("<Esc>");
    }
    browser.keys("gg<Esc>g0<Enter>té");
    assert!(
        browser.bytes() != after && browser.bytes().len() == before.len(),
        "two bytes in the place of two"
    );
    browser.keys("<Esc>uGté<Esc>");
    assert!(browser.bytes() == after, "two bytes in the place of one");
}

/// An undo that would move what is looked at is left to the file.
#[test]
fn what_moves_bytes_is_undone_in_the_file_itself() {
    let before = archive(&[("text", b"0123456789")]);
    let (_folder, path) = kept(&before);
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>g600<Enter>I41<Esc>");
    browser.keys("gmembers[0].data<Enter><Tab><Enter>");
    let screen = browser.lines()[0].clone();
    assert!(screen.contains("›"), "{screen}");
    browser.keys("u");
    assert!(
        browser.last_line().contains("Backspace leads to it"),
        "{}",
        browser.last_line()
    );
    browser.keys("<Back>u");
    assert!(browser.bytes() == before);
}

/// The archive around it is read again when one comes back to it.
#[test]
fn the_tree_around_shows_what_was_changed_inside() {
    let inner = archive(&[("in", b"inner")]);
    let before = archive(&[("a.tar", &inner)]);
    let (_folder, path) = kept(&before);
    let mut browser = open(&path);
    browser.keys("gmembers[0].header.mode<Enter>e<C-u>0o600<Enter>");
    let changed = browser.bytes();
    // The mode is at 100 of a header, its checksum at 148.
    let places: Vec<usize> = (0..before.len())
        .filter(|at| before[*at] != changed[*at])
        .collect();
    assert!(
        places.iter().all(
            |at| (DATA + 100..DATA + 108).contains(at) || (DATA + 148..DATA + 156).contains(at)
        ),
        "{places:?}"
    );
    assert!(places.len() >= 2);
    browser.keys("<Back>");
    assert!(
        !browser.lines()[0].contains("problem"),
        "{}",
        browser.lines()[0]
    );
    browser.keys("g0x264<Enter>");
    assert_eq!(browser.app.path(), "members[0].data");
    browser.keys("u");
    assert!(browser.bytes() == before);
}

#[test]
fn what_is_compressed_is_refused_with_a_reason() {
    let mut browser = Browser::open(&fixture("gzip/archive.tar.gz"), SIZE);
    for keys in [
        "gcontent.members[1].data<Enter><Enter><Tab>e",
        "<Back><Tab>e",
    ] {
        browser.keys(keys);
        assert!(
            browser.last_line().contains("compressed") && browser.last_line().contains("extract"),
            "{keys}: {}",
            browser.last_line()
        );
    }
    assert!(!browser.app.is_unsaved());
}

/// An archive with one file as it is, by APPNOTE.TXT 4.3.
fn zip(name: &str, data: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(data);
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let sum = sum.sum().to_le_bytes();
    let name_size = u16::try_from(name.len()).unwrap().to_le_bytes();
    // Version, flags, method, time and date.
    let start = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    let header = [&start[..], &sum, &size, &size, &name_size, &[0; 2]].concat();
    let local = [b"PK\x03\x04", &header[..], name.as_bytes(), data].concat();
    let entry = [b"PK\x01\x02\x14\0", &header[..], &[0; 14], name.as_bytes()].concat();
    let place = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &place(entry.len())[..],
        &place(local.len()),
        &[0; 2],
    ];
    [&local[..], &entry, &end.concat()].concat()
}

/// The checksums of the archive around a file follow from a change in it.
#[test]
fn the_archive_around_follows_what_is_changed_inside() {
    let bitmap = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    let before = zip("a.bmp", &bitmap);
    let (_folder, path) = kept(&before);
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("gmembers[0].local.data<Enter>o");
    browser.keys("gdib_header.width<Enter>e<C-u>8<Enter>");
    let mut inside = bitmap;
    inside[18] = 8;
    inside[34..38].copy_from_slice(&128u32.to_le_bytes());
    assert!(
        browser.bytes() == zip("a.bmp", &inside),
        "{}",
        browser.screen()
    );
    browser.keys("sy");
    assert!(fs::read(&path).unwrap() == zip("a.bmp", &inside));
    browser.keys("u");
    assert!(browser.bytes() == before);
}
