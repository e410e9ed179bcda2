//! Files of any size: what is on the screen is what was read, and a little more.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytewright::Source;
use bytewright::source::ReadAt;
use bytewright::view::{App, BuiltIn, Colors, Opening};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use crate::browser::Browser;

const SIZE: u64 = 20 << 30;

/// Zeros, and how many of them were read.
struct Zeros(Arc<AtomicU64>);

impl ReadAt for Zeros {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let size = (SIZE.saturating_sub(offset)).min(buf.len() as u64);
        buf[..size as usize].fill(0);
        self.0.fetch_add(size, Ordering::Relaxed);
        Ok(size as usize)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(SIZE)
    }
}

#[test]
fn a_screen_of_20_gib_reads_no_more_than_a_screen_needs() {
    let read = Arc::new(AtomicU64::new(0));
    let source = Source::new(Zeros(Arc::clone(&read)));
    let mut browser = Browser::of(source, None, (200, 50));
    let first = read.swap(0, Ordering::Relaxed);
    assert!(first < 2 << 20, "{first} bytes for the first screen");
    for keys in [
        "<Tab>",
        "<PgDn>",
        "G",
        "<C-Home>",
        "g0x2_0000_0000<Enter>",
        "<PgUp>",
        "j",
        "<Tab>",
    ] {
        browser.keys(keys);
        let more = read.swap(0, Ordering::Relaxed);
        assert!(more < 1 << 20, "{more} bytes for {keys}");
    }
    assert_eq!(
        browser.app.offset(),
        0x2_0000_0000 - 16 * 45 + 16,
        "a page is 45 lines, and j goes on by one"
    );
}

#[test]
fn records_of_20_gib_are_found_without_reading_those_before() {
    let read = Arc::new(AtomicU64::new(0));
    let source = Source::new(Zeros(Arc::clone(&read)));
    let mut browser = Browser::of(source, Some("<*(I:n H:m 2s:s):records"), (80, 24));
    read.store(0, Ordering::Relaxed);
    browser.keys("<Tab>g0x4_0000_0004<Enter>");
    assert_eq!(browser.app.path(), "records[2147483648].m");
    let more = read.swap(0, Ordering::Relaxed);
    assert!(more < 64 << 20, "{more} bytes for a place in the middle");
}

/// A search through all of it is stopped by Esc, and keys are taken meanwhile.
#[test]
fn a_search_is_stopped() {
    let read = Arc::new(AtomicU64::new(0));
    let opening = Opening {
        name: "zeros".to_owned(),
        source: Source::new(Zeros(Arc::clone(&read))),
        path: None,
        format: None,
        other: None,
    };
    let mut app = App::open(opening, &BuiltIn, Colors::None).unwrap();
    app.settle();
    let mut screen = Buffer::empty(Rect::new(0, 0, 80, 24));
    app.draw(&mut screen);
    let key = |code| Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
    for code in [
        KeyCode::Tab,
        KeyCode::Char('/'),
        KeyCode::Char('x'),
        KeyCode::Enter,
    ] {
        app.event(&key(code));
    }
    assert!(app.is_busy(), "20 GiB are searched in less than a moment");
    app.event(&key(KeyCode::Down));
    app.draw(&mut screen);
    assert_eq!(app.offset(), 8);
    app.event(&key(KeyCode::Esc));
    assert!(!app.is_busy());
    app.settle();
    let all = read.load(Ordering::Relaxed);
    assert!(all < SIZE, "all of it was read");
}
