//! A browser without a terminal: keys are written as text, and screens are text.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};

use bytewright::Source;
use bytewright::view::{App, BuiltIn, Colors, Host as _, Opening};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::style::Modifier;

pub struct Browser {
    pub app: App<'static>,
    terminal: Terminal<TestBackend>,
}

pub fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    folder.join(name)
}

/// An archive of these members.
pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, data) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        builder.append_data(&mut header, name, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

impl Browser {
    /// Of a file, which can be saved.
    pub fn open(path: &Path, (width, height): (u16, u16)) -> Browser {
        let source = Source::new(File::open(path).unwrap());
        let opening = Opening {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            source,
            path: Some(path.to_owned()),
            format: None,
            other: None,
        };
        Browser::new(opening, (width, height))
    }

    /// Of bytes, which can't.
    pub fn of(source: Source, format: Option<&str>, size: (u16, u16)) -> Browser {
        let format = format.map(|format| (BuiltIn.format(format).unwrap(), 0));
        let opening = Opening {
            name: "bytes".to_owned(),
            source,
            path: None,
            format,
            other: None,
        };
        Browser::new(opening, size)
    }

    /// Of a file beside another one.
    pub fn compare(path: &Path, other: &Path, size: (u16, u16)) -> Browser {
        let source = Source::new(File::open(path).unwrap());
        let opening = Opening {
            name: "a".to_owned(),
            source,
            path: Some(path.to_owned()),
            format: None,
            other: Some(("b".to_owned(), Source::open(other).unwrap())),
        };
        Browser::new(opening, size)
    }

    fn new(opening: Opening, size: (u16, u16)) -> Browser {
        Browser::in_colors(opening, Colors::Ansi256, size)
    }

    /// Of what is opened, on a terminal that has these colors.
    pub fn in_colors(opening: Opening, colors: Colors, (width, height): (u16, u16)) -> Browser {
        let mut app = App::open(opening, &BuiltIn, colors).unwrap();
        app.settle();
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut browser = Browser { app, terminal };
        browser.draw();
        browser
    }

    pub fn draw(&mut self) {
        let app = &mut self.app;
        self.terminal
            .draw(|frame| {
                let cursor = app.draw(frame.buffer_mut());
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
    }

    pub fn event(&mut self, event: &Event) {
        self.app.event(event);
        self.app.settle();
        self.draw();
    }

    /// Types keys: `g0x36<Enter>` is four characters and a key; `<Down*3>`, `<C-r>`, `<lt>`.
    pub fn keys(&mut self, keys: &str) -> &mut Browser {
        for event in events(keys) {
            self.event(&event);
        }
        self
    }

    pub fn click(&mut self, x: u16, y: u16) -> &mut Browser {
        let kind = MouseEventKind::Down(MouseButton::Left);
        self.mouse(kind, x, y)
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Browser {
        let modifiers = KeyModifiers::NONE;
        self.event(&Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers,
        }));
        self
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The lines of the screen.
    pub fn lines(&self) -> Vec<String> {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width);
        let rows = buffer.content().chunks(width);
        rows.map(|row| {
            let line: String = row.iter().map(|cell| cell.symbol()).collect();
            line.trim_end().to_owned()
        })
        .collect()
    }

    /// The screen, and below each line what is marked in it: `#` is a cursor, `=` what is reversed in a
    /// color, `_` what is underlined.
    pub fn screen(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width);
        let mut text = String::new();
        for (row, line) in buffer.content().chunks(width).zip(self.lines()) {
            writeln!(text, "{line}").unwrap();
            let marks: String = row
                .iter()
                .map(|cell| {
                    let is = |modifier| cell.modifier.contains(modifier);
                    match (
                        is(Modifier::REVERSED),
                        is(Modifier::BOLD),
                        is(Modifier::UNDERLINED),
                    ) {
                        (true, true, false) => '#',
                        (true, ..) => '=',
                        (false, _, true) => '_',
                        _ => ' ',
                    }
                })
                .collect();
            // The two bars are all reversed.
            let is_bar = !marks.contains(' ');
            if !is_bar && !marks.trim().is_empty() {
                writeln!(text, "{}", marks.trim_end()).unwrap();
            }
        }
        text
    }

    pub fn last_line(&self) -> String {
        self.lines().pop().unwrap()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.app.file().unwrap().read(0, 1 << 24).unwrap()
    }
}

fn events(keys: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let mut code = (KeyCode::Char(c), KeyModifiers::NONE);
        let mut times = 1;
        if c == '<' {
            let (name, after) = rest.split_once('>').unwrap();
            rest = after;
            let (name, count) = name.split_once('*').unwrap_or((name, "1"));
            times = count.parse().unwrap();
            code = named(name);
        }
        let event = Event::Key(KeyEvent::new(code.0, code.1));
        events.extend(std::iter::repeat_n(event, times));
    }
    events
}

fn named(name: &str) -> (KeyCode, KeyModifiers) {
    if let Some(letter) = name.strip_prefix("C-") {
        let (code, _) = match letter.len() {
            1 => (
                KeyCode::Char(letter.chars().next().unwrap()),
                KeyModifiers::NONE,
            ),
            _ => named(letter),
        };
        return (code, KeyModifiers::CONTROL);
    }
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Back" => KeyCode::Backspace,
        "Del" => KeyCode::Delete,
        "Ins" => KeyCode::Insert,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "lt" => KeyCode::Char('<'),
        other => KeyCode::Char(other.chars().next().unwrap()),
    };
    (code, KeyModifiers::NONE)
}
