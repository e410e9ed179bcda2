//! The tree follows the bytes, and the bytes follow the tree.

use bytewright::Source;
use ratatui::crossterm::event::{MouseButton, MouseEventKind};

use crate::browser::{Browser, fixture};

const SIZE: (u16, u16) = (80, 24);

#[test]
fn each_half_follows_the_other() {
    let mut browser = Browser::open(&fixture("bmp/info-8.bmp"), SIZE);
    browser.keys("<Down*2>");
    assert_eq!(
        (&*browser.app.path(), browser.app.offset()),
        ("file_header.size", 2)
    );
    // The width is at 18 by the specification, the pixels at 1078 by this file's header.
    browser.keys("<Tab>g18<Enter>");
    assert_eq!(browser.app.path(), "dib_header.width");
    browser.keys("g1078<Enter>");
    assert_eq!(browser.app.path(), "pixels");
    // What was opened to show the width is closed again.
    assert!(
        !browser.screen().contains("header_size"),
        "{}",
        browser.screen()
    );
    browser.keys("<Left>");
    assert_eq!(browser.app.path(), "palette[255].reserved");
    browser.keys("<Tab><Left>");
    assert_eq!(browser.app.path(), "palette[255]");
    browser.keys("<Left*2>");
    assert_eq!(
        (&*browser.app.path(), browser.app.offset()),
        ("palette", 54)
    );
}

#[test]
fn groups_open_and_close_and_the_way_leads_up() {
    let mut browser = Browser::open(&fixture("bmp/info-8.bmp"), SIZE);
    browser.keys("<Enter>");
    assert!(!browser.screen().contains("reserved1"));
    browser.keys(" ");
    assert!(browser.screen().contains("reserved1"));
    browser.keys("l");
    assert_eq!(browser.app.path(), "file_header.type");
    browser.keys("h");
    assert_eq!(browser.app.path(), "file_header");
    browser.keys("G");
    assert_eq!(browser.app.path(), "pixels");
    browser.keys("<Home>j");
    assert_eq!(browser.app.path(), "file_header.type");
}

/// A million records: the rows at hand stay few, wherever the cursor is.
#[test]
fn a_million_items_are_seen_a_window_at_a_time() {
    let bytes: Vec<u8> = (0..1_000_000u32).flat_map(u32::to_le_bytes).collect();
    let mut browser = Browser::of(Source::from(bytes), Some("<*(I:n):items"), SIZE);
    browser.keys("l<End>");
    assert_eq!(
        (&*browser.app.path(), browser.app.offset()),
        ("items[999999]", 3_999_996)
    );
    browser.keys("<Tab>g0x100000<Enter>");
    assert_eq!(browser.app.path(), "items[262144].n");
    // To the item, and closed.
    browser.keys("<Tab><Left><Left>");
    let lines = browser.lines();
    assert!(
        lines.iter().any(|line| line.contains("[262140]")),
        "{lines:?}"
    );
    // Beyond both borders of the window.
    browser.keys("<PgDn*60>");
    let path = browser.app.path();
    let index: u64 = path
        .trim_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .unwrap();
    assert_eq!(
        index,
        262_144 + 60 * 19,
        "a page is a line less than the screen"
    );
    browser.keys("<PgUp*120>");
    let path = browser.app.path();
    let index: u64 = path
        .trim_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .unwrap();
    assert_eq!(index, 262_144 - 60 * 19);
}

#[test]
fn an_array_of_plain_values_is_opened_too() {
    let bytes: Vec<u8> = (0..20).collect();
    let mut browser = Browser::of(Source::from(bytes), Some("<H:n 8H:list B:rest"), SIZE);
    browser.keys("<Down><Right><Down*4>");
    assert_eq!((&*browser.app.path(), browser.app.offset()), ("list[3]", 8));
    browser.keys("<Left><Tab><Right*7>");
    let lines = browser.lines();
    assert!(lines[21].contains("list  0x2, 16 bytes"), "{}", lines[21]);
    assert!(
        lines[21].contains("[3] at 0x9"),
        "which item the cursor is in: {}",
        lines[21]
    );
}

#[test]
fn text_bytes_and_expressions_are_found_in_both_directions() {
    let mut bytes = vec![0; 5000];
    for at in [100, 2000, 4000] {
        bytes[at..at + 4].copy_from_slice(b"text");
    }
    let mut browser = Browser::of(Source::from(bytes), None, SIZE);
    browser.keys("/text<Enter>");
    assert_eq!(browser.app.offset(), 100);
    browser.keys("nn");
    assert_eq!(browser.app.offset(), 4000);
    browser.keys("n");
    assert_eq!(browser.app.offset(), 100);
    assert!(browser.last_line().contains("around the end"));
    browser.keys("N");
    assert_eq!(browser.app.offset(), 4000);
    browser.keys("/x'74 65 ??'<Enter>");
    assert_eq!(browser.app.offset(), 100);
    browser.keys("/nothing<Enter>");
    assert_eq!(browser.app.offset(), 100);
    assert!(browser.last_line().contains("not in these bytes"));
    browser.keys("/x'7'<Enter>");
    let lines = browser.lines();
    assert!(lines[23].starts_with("/x'7'"), "the line stays: {lines:?}");
    browser.keys("<Esc>");
}

#[test]
fn places_are_offsets_from_either_end_and_paths() {
    let mut browser = Browser::open(&fixture("bmp/info-8.bmp"), SIZE);
    for (place, offset) in [
        ("0x36", 0x36),
        ("18", 18),
        ("-1", 1333),
        ("pixels", 1078),
        ("palette[2].green", 54 + 9),
        ("palette[-1]", 54 + 255 * 4),
        ("0", 0),
        ("+16", 16),
    ] {
        browser.keys(&format!("g{place}<Enter>"));
        assert_eq!(browser.app.offset(), offset, "{place}");
    }
    browser.keys("g5000<Enter>");
    assert!(
        browser
            .screen()
            .contains("no such place: 1334 bytes are here")
    );
    browser.keys("<C-u>dib_header.height2<Enter>");
    assert!(
        browser
            .screen()
            .contains("nothing of that name is in dib_header")
    );
    assert_eq!(browser.app.offset(), 16);
}

#[test]
fn clicks_and_the_wheel() {
    let mut browser = Browser::open(&fixture("bmp/info-8.bmp"), SIZE);
    browser.click(6, 3);
    assert_eq!(browser.app.path(), "file_header.size");
    browser.click(0, 7);
    assert_eq!(browser.app.path(), "dib_header");
    assert!(
        browser.screen().contains("header_size"),
        "the sign opens it"
    );
    // The digits of the third byte of the third line, and the character of the same.
    let line = browser.lines()[3].chars().collect::<Vec<_>>();
    let digits = line.iter().position(|c| *c == '│').unwrap() + 1 + 6 + 6;
    browser.click(digits as u16, 3);
    assert_eq!(
        (&*browser.app.path(), browser.app.offset()),
        ("dib_header.width", 18)
    );
    browser.click(79 - 5, 3);
    assert_eq!(browser.app.offset(), 18, "{}", browser.screen());
    browser.mouse(MouseEventKind::Drag(MouseButton::Left), 79, 3);
    assert!(
        browser.screen().contains("6 bytes selected"),
        "{}",
        browser.screen()
    );
    browser.mouse(MouseEventKind::ScrollDown, 70, 5);
    assert!(browser.screen().contains("│0018"), "{}", browser.screen());
    browser.mouse(MouseEventKind::ScrollDown, 5, 5);
    assert_ne!(browser.app.path(), "dib_header.width");
}
