//! The browser: a file's tree on one side of the screen and its bytes on the other, each following the
//! other, to look around and to change what is there.
//!
//! [`App`] is the state. It takes the events of a terminal and draws itself into a buffer, and knows no
//! terminal, so that tests feed it keys and look at screens; [`run`] is the one function that has a real
//! one. Long work is done on threads of its own, and what it finds is shown when it is there.
//! No more than a screen of a file's bytes and a window of a node's children is in memory.
//!
//! ```
//! use bytewright::Source;
//! use bytewright::view::{App, BuiltIn, Colors, Opening};
//! use ratatui::buffer::Buffer;
//! use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
//! use ratatui::layout::Rect;
//!
//! let opening = Opening {
//!     name: "a.bmp".to_owned(),
//!     source: Source::from(&b"BM\x36\0\0\0"[..]),
//!     path: None,
//!     format: None,
//!     other: None,
//! };
//! let mut app = App::open(opening, &BuiltIn, Colors::None)?;
//! app.settle();
//! app.event(&Event::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)));
//! assert_eq!(app.path(), "file_header.type");
//! let mut screen = Buffer::empty(Rect::new(0, 0, 80, 24));
//! app.draw(&mut screen);
//! assert_eq!(screen[(1, 0)].symbol(), "a");
//! # Ok::<(), std::io::Error>(())
//! ```

mod app;
mod children;
mod compare;
mod draw;
mod edits;
mod fields;
mod hex;
mod host;
mod job;
mod level;
mod line;
mod locate;
mod outline;
mod pieces;
mod problems;
mod save;
mod search;
#[cfg(unix)]
mod signals;
mod terminal;

pub use app::{App, Opening};
pub use host::{BuiltIn, Host, HostError};
pub use terminal::{restore, run};

/// The colors of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// None: bold, underlined and reversed text replaces them.
    None,
    /// Those of xterm's 256 that no theme changes.
    Ansi256,
    /// The same, and pictures in 24 bits.
    True,
}
