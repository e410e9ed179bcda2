//! Files of any size: what is on the screen is what was read, and a little more.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytewright::Source;
use bytewright::formats::tar::{Builder, NewMember};
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

const MEMBERS: u64 = 200_000;

/// Bytes of the archive that are there at once.
const BEGINNING: u64 = 1 << 20;

/// An archive of empty files; reading beyond its beginning waits for the gate, half a minute at most.
struct Members {
    /// The header of a member whose name has no number yet, and the sum of its bytes.
    header: Vec<u8>,
    sum: u32,
    gate: Arc<(Mutex<bool>, Condvar)>,
    /// How many bytes were read.
    read: Arc<AtomicU64>,
}

impl Members {
    fn new(gate: Arc<(Mutex<bool>, Condvar)>, read: Arc<AtomicU64>) -> Members {
        let mut builder = Builder::new(Vec::new());
        builder.add_bytes(NewMember::file("f......."), b"").unwrap();
        let mut header = builder.finish().unwrap();
        header.truncate(512);
        // The checksum counts its own field as spaces.
        header[148..156].fill(b' ');
        let others = header.iter().map(|&byte| u32::from(byte)).sum::<u32>();
        let sum = others - 7 * u32::from(b'.');
        Members {
            header,
            sum,
            gate,
            read,
        }
    }

    fn header(&self, index: u64) -> Vec<u8> {
        let mut header = self.header.clone();
        let digits = format!("{index:07}");
        header[1..8].copy_from_slice(digits.as_bytes());
        let sum = self.sum + digits.bytes().map(u32::from).sum::<u32>();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        header
    }
}

impl ReadAt for Members {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let members = MEMBERS * 512;
        if (BEGINNING..members).contains(&offset) {
            let (is_open, opened) = &*self.gate;
            let is_open = is_open.lock().unwrap();
            let most = Duration::from_secs(30);
            let waited = opened.wait_timeout_while(is_open, most, |is_open| !*is_open);
            drop(waited.unwrap());
        }
        let end = match offset < BEGINNING {
            true => BEGINNING,
            false => self.size()?,
        };
        let end = end.min(offset + buf.len() as u64);
        let mut at = offset;
        while at < end {
            let within = (at % 512) as usize;
            let next = (at - at % 512 + 512).min(end);
            let into = &mut buf[(at - offset) as usize..(next - offset) as usize];
            match at < members {
                true => into.copy_from_slice(&self.header(at / 512)[within..][..into.len()]),
                false => into.fill(0),
            }
            at = next;
        }
        let size = end.saturating_sub(offset);
        self.read.fetch_add(size, Ordering::Relaxed);
        Ok(size as usize)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(MEMBERS * 512 + 1024)
    }
}

/// How many members there are is known after a look at each; the bytes are there before.
#[test]
fn an_archive_of_many_members_is_on_the_screen_before_it_is_read() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let read = Arc::new(AtomicU64::new(0));
    let opening = Opening {
        name: "many.tar".to_owned(),
        source: Source::new(Members::new(Arc::clone(&gate), Arc::clone(&read))),
        path: None,
        format: None,
        other: None,
    };
    let mut app = App::open(opening, &BuiltIn, Colors::None).unwrap();
    let mut screen = Buffer::empty(Rect::new(0, 0, 120, 24));
    app.draw(&mut screen);
    assert!(shows(&screen, "66 30 30 30 30 30 30 30"), "the first name");
    assert!(!shows(&screen, "members"));
    app.event(&Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE)));
    app.event(&Event::Key(KeyEvent::new(
        KeyCode::Down,
        KeyModifiers::NONE,
    )));
    assert_eq!(app.offset(), 16, "keys are taken meanwhile");

    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    app.settle();
    app.draw(&mut screen);
    assert!(shows(&screen, "200000 members"), "the tree");
    // The threads that ask for the tree at once share one walk; problems are looked for in the first members.
    let all = read.load(Ordering::Relaxed);
    let most = MEMBERS * 512 + (8 << 20);
    assert!(all < most, "{all} bytes were read, beyond {most}");
}

fn shows(screen: &Buffer, text: &str) -> bool {
    let rows = screen.content().chunks(usize::from(screen.area.width));
    let mut lines = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
    lines.any(|line| line.contains(text))
}
