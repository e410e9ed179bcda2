//! Whole screens, as text files beside this one. `BYTEWRIGHT_BLESS=1` writes them; look at them before they
//! are committed.

use std::fs;
use std::path::Path;

use bytewright::Source;

use crate::browser::{Browser, fixture};

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 50);

pub fn same(browser: &Browser, name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/view/screens");
    let path = folder.join(format!("{name}.txt"));
    let screen = browser.screen();
    if std::env::var_os("BYTEWRIGHT_BLESS").is_some() {
        fs::write(&path, &screen).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        screen == expected,
        "{name}: expected\n{expected}\nfound\n{screen}"
    );
}

#[test]
fn a_bitmap() {
    let path = fixture("bmp/info-8.bmp");
    let mut browser = Browser::open(&path, SMALL);
    same(&browser, "bitmap");
    browser.keys("gdib_header.width<Enter>");
    same(&browser, "bitmap-width");
    browser.keys("<Tab><Down*3><Right>");
    same(&browser, "bitmap-bytes");
    browser.keys("i");
    same(&browser, "bitmap-peek");
    let mut browser = Browser::open(&path, LARGE);
    browser.keys("gpalette[3]<Enter><Right>");
    same(&browser, "bitmap-large");
    browser.keys("ii");
    same(&browser, "bitmap-picture");
}

#[test]
fn a_compressed_archive_and_a_file_in_it() {
    let mut browser = Browser::open(&fixture("gzip/archive.tar.gz"), SMALL);
    same(&browser, "archive");
    browser.keys("gcontent.members[1].data<Enter>");
    same(&browser, "archive-data");
    browser.keys("<Enter>");
    same(&browser, "archive-member");
    browser.keys("e");
    assert!(
        browser
            .last_line()
            .contains("take it out to change it (extract)"),
        "{}",
        browser.last_line()
    );
    browser.keys("<Back>");
    assert_eq!(browser.app.path(), "content.members[1].data");
}

#[test]
fn a_broken_file_and_its_problems() {
    let mut browser = Browser::open(&fixture("bmp/broken-fields.bmp"), SMALL);
    browser.keys("p");
    same(&browser, "broken");
    let path = browser.app.path();
    assert_eq!(path, "dib_header.width");
    browser.keys("pp");
    assert_eq!(browser.app.path(), "dib_header.planes");
    browser.keys("P");
    assert_eq!(browser.app.path(), "dib_header.height");
    browser.keys("PP");
    assert_eq!(
        browser.app.path(),
        "dib_header.compression",
        "around the beginning"
    );
    browser.keys("ii");
    same(&browser, "broken-list");
}

#[test]
fn an_own_format_over_unknown_bytes() {
    let bytes: Vec<u8> = (0..200).collect();
    let mut browser = Browser::of(Source::from(bytes), None, SMALL);
    browser.keys("<Tab><Down*2>f<lt>H:a (");
    same(&browser, "format-typed");
    browser.keys("B:r B:g):color 3H:list<Enter>");
    same(&browser, "format-applied");
    browser.keys("<Back>");
    assert!(
        browser.lines()[0].contains("no known format"),
        "{}",
        browser.lines()[0]
    );
}

#[test]
fn help_questions_and_the_changes_before_a_save() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bmp");
    fs::copy(fixture("bmp/info-8.bmp"), &path).unwrap();
    let mut browser = Browser::open(&path, SMALL);
    browser.keys("?");
    same(&browser, "help");
    browser.keys("<Esc>gdib_header.width<Enter>e<C-u>8");
    same(&browser, "value-typed");
    browser.keys("<Enter>");
    same(&browser, "value-set");
    browser.keys("s");
    let screen = browser
        .screen()
        .replace(folder.path().to_str().unwrap(), "FOLDER");
    for line in [
        "0x12  dib_header.width  4 bytes",
        "  - 10 00 00 00  \\x10\\x00\\x00\\x00",
        "  + 08 00 00 00  \\x08\\x00\\x00\\x00",
        "0x22  dib_header.image_size  4 bytes",
        "  - 00 01 00 00",
        "  + 80 00 00 00",
        "y write a copy in its place  i only the changed bytes  Esc go on",
    ] {
        assert!(screen.contains(line), "{line}:\n{screen}");
    }
    browser.keys("<Esc>q");
    same(&browser, "quit");
}

#[test]
fn a_screen_of_any_size_is_drawn() {
    let path = fixture("bmp/info-8.bmp");
    for (width, height) in [
        (1, 1),
        (19, 5),
        (20, 6),
        (33, 9),
        (60, 12),
        (300, 100),
        (500, 7),
    ] {
        let mut browser = Browser::open(&path, (width, height));
        browser.keys("i<Tab>ii?<Down*40>");
        browser.keys("<Esc>e00<Esc>sq<Esc>/x");
    }
}

#[test]
fn what_a_file_holds_never_reaches_the_terminal_as_it_is() {
    let hostile = b"\x1b]0;title\x07\x1b[2Jabc\0";
    let mut browser = Browser::of(Source::from(&hostile[..]), Some("17s:text *s:rest"), SMALL);
    browser.keys("<Down><Up>e");
    let screen = browser.screen();
    assert!(
        !screen.contains('\x1b') && !screen.contains('\x07'),
        "{screen:?}"
    );
    assert!(screen.contains(r"\x1b]0;title\x07\x1b[2J"), "{screen}");
}
