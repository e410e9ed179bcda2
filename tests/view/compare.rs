//! Two files beside each other, by their fields and by their bytes.

use std::fs;
use std::path::PathBuf;

use ratatui::crossterm::event::MouseEventKind;

use crate::browser::{Browser, archive, fixture};
use crate::screens::same;

const SIZE: (u16, u16) = (80, 24);

fn pair(a: &[u8], b: &[u8]) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let paths = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&paths.0, a).unwrap();
    fs::write(&paths.1, b).unwrap();
    (folder, paths.0, paths.1)
}

/// The line of a screen that has a text.
fn line(browser: &Browser, text: &str) -> String {
    let lines = browser.lines();
    let found = lines.iter().find(|line| line.contains(text));
    found
        .unwrap_or_else(|| panic!("{text}: {}", browser.screen()))
        .clone()
}

#[test]
fn fields_that_differ_stand_beside_each_other_and_the_bytes_follow() {
    let bytes = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    // The width is at 18, the red of the fourth color at 54 + 3 * 4 + 2, by the specification.
    let mut other = bytes.clone();
    other[18] = 17;
    other[68] = 99;
    let (_folder, a, b) = pair(&bytes, &other);
    let mut browser = Browser::compare(&a, &b, SIZE);
    same(&browser, "compare-fields");
    assert!(
        browser.lines()[0].ends_with("2 fields differ from b (n)"),
        "{}",
        browser.lines()[0]
    );
    assert!(line(&browser, "dib_header.width ").contains("16 pixels"));
    assert!(line(&browser, "dib_header.width ").contains("17 pixels"));
    assert_eq!(browser.app.offset(), 18);
    browser.keys("n");
    assert_eq!(browser.app.offset(), 68);
    assert!(
        browser.last_line().contains("field 2 of 2"),
        "{}",
        browser.last_line()
    );
    browser.keys("n");
    assert_eq!(browser.app.offset(), 18, "around the end");
    browser.keys("NkG");
    assert_eq!(browser.app.offset(), 68);
    // The value of the second file is given to the first.
    browser.keys("<Enter><C-u>99<Enter>");
    assert!(
        browser.lines()[0].contains("1 field differs from b"),
        "{}",
        browser.lines()[0]
    );
    assert_eq!(browser.app.offset(), 18);
    browser.keys("u");
    assert!(browser.lines()[0].contains("2 fields differ"));
    // The tree is at the field that the list was at; the bytes are one more Tab away from the list.
    browser.keys("G<Tab><Tab>");
    assert_eq!(browser.app.path(), "palette[3].red");
    browser.keys("<Tab>");
    browser.click(10, 2);
    assert_eq!(browser.app.offset(), 18, "{}", browser.screen());
    browser.mouse(MouseEventKind::ScrollDown, 10, 2);
    assert_eq!(browser.app.offset(), 68);
    let mut browser = Browser::compare(&a, &b, (200, 50));
    browser.keys("j");
    same(&browser, "compare-fields-large");
}

#[test]
fn members_that_only_one_archive_has_are_told_and_both_places_are_shown() {
    let a = archive(&[("same", b"same"), ("left", b"only left"), ("both", b"one")]);
    let b = archive(&[
        ("same", b"same"),
        ("both", b"two"),
        ("right", b"only right"),
    ]);
    let (_folder, a, b) = pair(&a, &b);
    let mut browser = Browser::compare(&a, &b, SIZE);
    same(&browser, "compare-members");
    let left = line(&browser, "members[\"left\"]");
    assert!(left.starts_with('-') && left.ends_with("none"), "{left}");
    let right = line(&browser, "members[\"right\"]");
    assert!(right.starts_with('+') && right.contains("none"), "{right}");
    let data = line(&browser, "members[\"both\"].data");
    assert!(
        data.starts_with('~') && data.contains("6f 6e 65") && data.contains("74 77 6f"),
        "{data}"
    );
    // The members are of one block of a header and one of data each.
    let place = |browser: &mut Browser, row: &str| {
        browser.keys("<Home>");
        for _ in 0..20 {
            if line(browser, row).is_empty() {
                break;
            }
            let status = browser.lines()[21].clone();
            if status.contains(row) {
                return browser.app.offset();
            }
            browser.keys("j");
        }
        panic!("{row} isn't reached: {}", browser.screen());
    };
    assert_eq!(place(&mut browser, "members[\"left\"]"), 1024);
    assert_eq!(place(&mut browser, "members[\"both\"].data"), 2048 + 512);
    let lines = browser.lines();
    let both = lines
        .iter()
        .any(|line| line.contains("0a00") && line.contains("0600"));
    assert!(both, "{lines:?}");
    browser.keys("G<Enter>");
    assert!(
        browser
            .last_line()
            .contains("the first file has no such field"),
        "{}",
        browser.last_line()
    );
}

/// Of two members with one name, a path by the name leads to the first.
#[test]
fn the_field_that_is_shown_is_the_one_that_is_edited_where_two_members_have_one_name() {
    let first = archive(&[("twice", b"one"), ("twice", b"two")]);
    let mut second = first.clone();
    // The mode of the second header (POSIX.1-1988: eight bytes at 100): other digits of the same sum.
    second[1024 + 100..1024 + 107].copy_from_slice(b"0000653");
    let (_folder, a, b) = pair(&first, &second);
    let mut browser = Browser::compare(&a, &b, SIZE);
    // The first digit that differs.
    assert_eq!(browser.app.offset(), 1024 + 105);
    browser.keys("<Enter><C-u>427<Enter>sy");
    let saved = fs::read(&a).unwrap();
    assert_eq!(saved[..512], first[..512]);
    assert_eq!(
        saved[1024 + 100..1024 + 108],
        second[1024 + 100..1024 + 108]
    );
}

#[test]
fn fields_inside_of_streams_are_compared_and_both_contents_are_shown() {
    let gzip = |data: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, data).unwrap();
        encoder.finish().unwrap()
    };
    let a = gzip(&archive(&[("both", b"the first text")]));
    let b = gzip(&archive(&[("new", b"x"), ("both", b"the other text")]));
    let (_folder, a, b) = pair(&a, &b);
    let mut browser = Browser::compare(&a, &b, SIZE);
    for _ in 0..20 {
        if browser.lines()[21].contains("[\"both\"].data") {
            break;
        }
        browser.keys("j");
    }
    same(&browser, "compare-stream");
    let lines = browser.lines();
    let both = lines
        .iter()
        .any(|line| line.contains("the firs") && line.contains("the othe"));
    assert!(both, "{lines:?}");
    // A member that the first hasn't has no bytes there.
    for _ in 0..20 {
        browser.keys("k");
        if browser.lines()[21].contains("[\"new\"]") {
            break;
        }
    }
    line(&browser, "this file has nothing there");
}

#[test]
fn differences_of_bytes_stand_beside_each_other_and_are_gone_to() {
    let bytes = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    // The width becomes 17, the 800th byte and three before it are deleted, and a byte is added.
    let mut other = bytes.clone();
    other[18] = 17;
    other.drain(797..801);
    other.push(b'!');
    let (_folder, a, b) = pair(&bytes, &other);
    let mut browser = Browser::compare(&a, &b, SIZE);
    browser.keys("<Tab><C-Home>d");
    assert_eq!(browser.app.offset(), 18);
    assert!(
        browser
            .last_line()
            .contains("difference 1 of 3: 1 byte changed")
    );
    same(&browser, "compare");
    assert_eq!(browser.app.path(), "dib_header.width");
    browser.keys("d");
    assert!(
        browser
            .last_line()
            .contains("difference 2 of 3: 4 bytes deleted")
    );
    // Any four of the bytes that are gone may be said to be, where the same stand beside them.
    assert!(
        (790..=800).contains(&browser.app.offset()),
        "{}",
        browser.app.offset()
    );
    browser.keys("n");
    assert!(
        browser
            .last_line()
            .contains("difference 3 of 3: 1 byte inserted")
    );
    same(&browser, "compare-end");
    browser.keys("d");
    assert_eq!(browser.app.offset(), 18, "around the end");
    browser.keys("DN");
    assert!((790..=800).contains(&browser.app.offset()));
    // The difference is edited away.
    browser.keys("g18<Enter>e11<Esc>d");
    assert!(
        browser.last_line().contains("of 2: "),
        "{}",
        browser.last_line()
    );
    browser.keys("g18<Enter><Tab>");
    assert!(
        line(&browser, "width  ").contains("17  pixels"),
        "{}",
        browser.screen()
    );
}

#[test]
fn files_without_a_format_are_compared_by_their_bytes() {
    let (_folder, a, b) = pair(b"some text", b"some more text");
    let mut browser = Browser::compare(&a, &b, SIZE);
    assert!(
        browser.lines()[0].ends_with("1 difference from b (n)"),
        "{}",
        browser.lines()[0]
    );
    browser.keys("n");
    assert!(
        browser.last_line().contains("5 bytes inserted"),
        "{}",
        browser.last_line()
    );
    browser.keys("<Tab><Tab>");
    assert!(!browser.screen().contains("field"), "{}", browser.screen());
    // An applied format is that of both files.
    browser.keys("g0<Enter>f<lt>5s:word *s:rest<Enter><Tab>");
    assert!(
        line(&browser, "~ rest").contains("more text"),
        "{}",
        browser.screen()
    );
}

#[test]
fn two_formats_are_told_and_compared_by_their_bytes() {
    let bitmap = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    let (_folder, a, b) = pair(&bitmap, &archive(&[("a", b"a")]));
    let browser = Browser::compare(&a, &b, SIZE);
    assert!(
        browser
            .last_line()
            .contains("b is read as tar, this file as bmp: their bytes are compared"),
        "{}",
        browser.last_line()
    );
    assert!(
        browser.lines()[0].contains("from b (n)"),
        "{}",
        browser.lines()[0]
    );
}

#[test]
fn equal_files_have_no_differences() {
    let path = fixture("bmp/info-8.bmp");
    let mut browser = Browser::compare(&path, &path, SIZE);
    assert!(browser.lines()[0].ends_with("the same bytes as b"));
    browser.keys("d");
    assert!(
        browser
            .last_line()
            .contains("the files have the same bytes")
    );
    line(&browser, "no field differs");
}
