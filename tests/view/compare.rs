//! Two files beside each other.

use std::fs;

use crate::browser::{Browser, fixture};
use crate::screens::same;

#[test]
fn differences_stand_beside_each_other_and_are_gone_to() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let bytes = fs::read(fixture("bmp/info-8.bmp")).unwrap();
    fs::write(&a, &bytes).unwrap();
    // The width becomes 17, the 800th byte and three before it are deleted, and a byte is added.
    let mut other = bytes.clone();
    other[18] = 17;
    other.drain(797..801);
    other.push(b'!');
    fs::write(&b, &other).unwrap();
    let mut browser = Browser::compare(&a, &b, (80, 24));
    assert!(
        browser.lines()[0].ends_with("3 differences from b (d)"),
        "{}",
        browser.lines()[0]
    );
    browser.keys("d");
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
    browser.keys("d");
    assert!(
        browser
            .last_line()
            .contains("difference 3 of 3: 1 byte inserted")
    );
    same(&browser, "compare-end");
    browser.keys("d");
    assert_eq!(browser.app.offset(), 18, "around the end");
    browser.keys("DD");
    assert!((790..=800).contains(&browser.app.offset()));
    // The difference is edited away.
    browser.keys("g18<Enter>e11<Esc>");
    assert!(
        browser.lines()[0].contains("2 differences from b"),
        "{}",
        browser.lines()[0]
    );
    browser.keys("<Tab>");
    assert!(
        browser.screen().contains("▾ dib_header"),
        "{}",
        browser.screen()
    );
}

#[test]
fn equal_files_have_no_differences() {
    let path = fixture("bmp/info-8.bmp");
    let mut browser = Browser::compare(&path, &path, (80, 24));
    assert!(browser.lines()[0].ends_with("0 differences from b (d)"));
    browser.keys("d");
    assert!(
        browser
            .last_line()
            .contains("the files have the same bytes")
    );
}
