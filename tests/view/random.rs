//! Ten thousand random keys: no file is lost, and nothing panics.

use std::fs;

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseEventKind};

use crate::browser::{Browser, fixture};

/// A sequence of numbers that is the same each time: xorshift64 of Marsaglia.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next(list.len() as u64) as usize]
    }
}

/// What a user may type at once.
const PHRASES: [&str; 24] = [
    "gpixels<Enter>",
    "g0x20<Enter>",
    "g-1<Enter>",
    "g+7<Enter>",
    "/BM<Enter>",
    "/x'00 ??'<Enter>",
    "/r'[a-z]+'<Enter>",
    "f<lt>H:a 2(B:x B:y):p<Enter>",
    "fbmp<Enter>",
    "ftar<Enter>",
    "f*(I:n):items<Enter>",
    "<Esc><Esc>e<C-u>7<Enter>",
    "<Esc><Esc>e<C-u>x'00'<Enter>",
    "<Esc>sy",
    "<Esc>si",
    "<Esc><Esc>u",
    "<C-r>",
    "<Esc>o",
    "<Back>",
    "<Tab>",
    "<Esc>R",
    "<Esc>I4142<Esc>",
    "<Esc>vjx",
    "?jj<Esc>",
];

const CODES: [KeyCode; 17] = [
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Enter,
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::Insert,
    KeyCode::F(5),
];

fn event(numbers: &mut Numbers) -> Event {
    let code = match numbers.next(5) {
        0 | 1 => CODES[numbers.next(CODES.len() as u64) as usize],
        2 => KeyCode::Char(char::from(numbers.next(95) as u8 + b' ')),
        3 => KeyCode::Char(
            "hjklegpPnNtxviIuosyfFR0123456789abcdef "
                .chars()
                .nth(numbers.next(38) as usize)
                .unwrap(),
        ),
        _ => KeyCode::Char(['é', '\u{7}', '画', '"', '\\'][numbers.next(5) as usize]),
    };
    let modifiers = match numbers.next(12) {
        0 => KeyModifiers::CONTROL,
        1 => KeyModifiers::SHIFT,
        _ => KeyModifiers::NONE,
    };
    Event::Key(KeyEvent::new(code, modifiers))
}

/// What is on the disk is what was there, or what the screen showed when it was saved.
#[test]
fn ten_thousand_keys_lose_no_file() {
    let fixtures = [
        "bmp/info-8.bmp",
        "bmp/broken-fields.bmp",
        "bmp/broken-cut-pixels.bmp",
        "tar/pax.tar",
        "gzip/archive.tar.gz",
    ];
    for (seed, name) in (1u64..).zip(fixtures) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::copy(fixture(name), &path).unwrap();
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut browser = Browser::open(&path, (72, 20));
        let mut on_disk = fs::read(&path).unwrap();
        let mut typed = 0;
        while typed < 2000 {
            match numbers.next(10) {
                0 => {
                    let phrase = numbers.of(&PHRASES);
                    browser.keys(phrase);
                    typed += phrase.len();
                }
                1 => {
                    let (x, y) = (numbers.next(72) as u16, numbers.next(20) as u16);
                    let kind = match numbers.next(3) {
                        0 => MouseEventKind::ScrollDown,
                        1 => MouseEventKind::ScrollUp,
                        _ => MouseEventKind::Down(ratatui::crossterm::event::MouseButton::Left),
                    };
                    browser.mouse(kind, x, y);
                    typed += 1;
                }
                _ => {
                    let event = event(&mut numbers);
                    browser.event(&event);
                    typed += 1;
                }
            }
            let now = fs::read(&path).unwrap();
            if now != on_disk {
                assert!(
                    !browser.app.is_unsaved(),
                    "{name}: written without being saved"
                );
                on_disk = now;
            }
            if !browser.app.is_unsaved() {
                assert!(
                    browser.bytes() == on_disk,
                    "{name}: said to be saved, and isn't"
                );
            }
            if browser.app.is_over() {
                browser = Browser::open(&path, (72, 20));
            }
        }
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{name}: {names:?}");
    }
}
