//! Changing values and bytes, undoing it, and what is said about it.

use std::fs;
use std::path::PathBuf;

use crate::browser::{Browser, fixture};

const SIZE: (u16, u16) = (80, 24);

fn copy(of: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::copy(fixture(of), &path).unwrap();
    (folder, path)
}

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_value_is_set_with_what_depends_on_it_and_undone() {
    let (_folder, path) = copy("bmp/info-8.bmp");
    let before = fs::read(&path).unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("gdib_header.width<Enter>e<C-u>8<Enter>");
    // The width, and the size of the pixels that follows from it; both at their place in the spec.
    let mut after = before.clone();
    after[18] = 8;
    after[34..38].copy_from_slice(&128u32.to_le_bytes());
    assert_eq!(browser.bytes(), after);
    assert!(browser.app.is_unsaved());
    assert_eq!(browser.app.path(), "dib_header.width", "the cursor stays");
    assert!(
        browser
            .last_line()
            .contains("dib_header.width: 16 → 8; dib_header.image_size follows"),
        "{}",
        browser.last_line()
    );
    browser.keys("u");
    assert_eq!(browser.bytes(), before);
    assert!(!browser.app.is_unsaved());
    browser.keys("<C-r>");
    assert_eq!(browser.bytes(), after);
    assert_eq!(
        fs::read(&path).unwrap(),
        before,
        "nothing is written before a save"
    );
}

#[test]
fn what_a_field_cannot_hold_is_refused_and_the_line_can_be_put_right() {
    let (_folder, path) = copy("bmp/info-8.bmp");
    let before = fs::read(&path).unwrap();
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("gdib_header.planes<Enter>e<C-u>70000<Enter>");
    assert!(
        browser.lines()[22].contains("70000 is out of range"),
        "{}",
        browser.screen()
    );
    assert_eq!(browser.bytes(), before);
    let lines = browser.lines();
    assert!(
        lines[23].contains("dib_header.planes = 70000"),
        "the line comes back: {}",
        lines[23]
    );
    browser.keys("<Esc>gdib_header.compression<Enter>e<C-u>4<Enter>");
    // What doesn't fit a line has more of them.
    assert!(
        browser.screen().contains("this breaks B"),
        "{}",
        browser.screen()
    );
    assert!(browser.app.is_unsaved());
}

#[test]
fn bytes_are_typed_over_as_digits_and_as_characters() {
    let (_folder, path) = file(b"0123456789");
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>e414");
    assert_eq!(
        browser.bytes(),
        b"AA23456789",
        "the low digit stays until it is typed"
    );
    browser.keys("2<Tab>xy");
    assert_eq!(browser.bytes(), b"ABxy456789");
    browser.keys("<Tab><End><Right*9>ff<Esc>");
    assert_eq!(
        browser.bytes(),
        b"ABxy456789\xff",
        "after the last byte more can be typed"
    );
    browser.keys("uuuuu");
    assert_eq!(browser.bytes(), b"0123456789", "a byte is undone at once");
    assert!(!browser.app.is_unsaved());
}

#[test]
fn bytes_are_inserted_and_deleted() {
    let (_folder, path) = file(b"0123456789");
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab><Right*3>I4142<Tab>c<Esc>");
    assert_eq!(browser.bytes(), b"012ABc3456789");
    browser.keys("<Left*3>v<Right*2>x");
    assert_eq!(browser.bytes(), b"0123456789");
    browser.keys("x");
    assert_eq!(browser.bytes(), b"012456789");
    browser.keys("I<Back><Back><Del><Esc>");
    assert_eq!(browser.bytes(), b"056789");
    browser.keys("<C-Home>v<C-End>x");
    assert_eq!(browser.bytes(), b"");
    browser.keys("x");
    browser.keys("I7a<Esc>");
    assert_eq!(browser.bytes(), b"z");
    browser.keys("uuuuuuuuuuu");
    assert_eq!(browser.bytes(), b"0123456789");
    assert!(!browser.app.is_unsaved());
}

/// A format applied to unknown bytes makes fields of them that can be set.
#[test]
fn fields_of_an_applied_format_are_set() {
    let (_folder, path) = file(&[0; 32]);
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("<Tab>g4<Enter>f<lt>H:a I:b 4s:name<Enter>");
    assert_eq!(browser.lines()[0].split_whitespace().nth(1), Some("struct"));
    browser.keys("gb<Enter>e<C-u>0x01020304<Enter>");
    assert_eq!(browser.bytes()[4..14], [0, 0, 4, 3, 2, 1, 0, 0, 0, 0]);
    browser.keys("gname<Enter>e<C-u>ab<Enter>");
    assert_eq!(browser.bytes()[10..16], [b'a', b'b', 0, 0, 0, 0]);
    browser.keys("e");
    assert!(
        browser.last_line().ends_with("name = b'ab'"),
        "{}",
        browser.last_line()
    );
    browser.keys("<Esc>ga<Enter>e");
    assert!(
        browser.last_line().ends_with("a = 0"),
        "{}",
        browser.last_line()
    );
}

#[test]
fn changed_fields_and_bytes_are_marked() {
    let (_folder, path) = copy("bmp/info-8.bmp");
    let mut browser = Browser::open(&path, SIZE);
    browser.keys("gfile_header.reserved1<Enter>e<C-u>7<Enter><Up*2>");
    let screen = browser.screen();
    let mut lines = screen.lines();
    let row = lines.find(|line| line.contains("reserved1")).unwrap();
    let marks = lines.next().unwrap();
    let at = row.chars().position(|c| c == '7').unwrap();
    assert_eq!(marks.chars().nth(at), Some('_'), "{screen}");
}

#[test]
fn what_comes_through_a_pipe_and_what_streams_hold_is_not_changed() {
    let bytes = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    let mut browser = Browser::of(bytewright::Source::from(bytes), None, SIZE);
    for keys in ["e", "<Tab>e", "x", "I", "s", "u"] {
        browser.keys(keys);
        let told = browser.last_line();
        assert!(
            told.contains("read as a stream") || told.contains("nothing to undo"),
            "{keys}: {told}"
        );
    }
    assert!(!browser.app.is_unsaved());
}
