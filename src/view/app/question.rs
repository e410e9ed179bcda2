//! Questions that are answered with a key.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Mode};

/// A question, and the keys that answer it.
pub(in crate::view) struct Question {
    pub(in crate::view) question: String,
    /// Keys and what they do; Esc does nothing.
    pub(in crate::view) choices: &'static [(char, &'static str)],
    about: About,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Quit,
    /// Another program changed the file that is to be saved; `in_place` says how it is written.
    Overwrite {
        in_place: bool,
    },
    Reload,
}

impl Question {
    pub(super) fn quit() -> Question {
        Question {
            question: "There are changes that are not saved.".to_owned(),
            choices: &[('s', "save them"), ('d', "discard them and quit")],
            about: About::Quit,
        }
    }

    pub(super) fn overwrite(in_place: bool) -> Question {
        Question {
            question: "Another program has changed the file since it was opened.".to_owned(),
            choices: &[
                ('o', "write over its changes"),
                ('r', "read the file anew, without the changes made here"),
            ],
            about: About::Overwrite { in_place },
        }
    }

    pub(super) fn reload() -> Question {
        Question {
            question: "Reading the file anew discards the changes made here.".to_owned(),
            choices: &[('r', "read it anew")],
            about: About::Reload,
        }
    }
}

/// The changes of a save, to be confirmed.
#[derive(Debug)]
pub(in crate::view) struct Review {
    pub(in crate::view) title: String,
    /// Lines with their signs: `-` for old bytes, `+` for new ones, and a space for others.
    pub(in crate::view) lines: Vec<(char, String)>,
    pub(in crate::view) top: usize,
    /// Whether the changed bytes alone can be written.
    pub(in crate::view) in_place: bool,
}

impl App<'_> {
    pub(super) fn ask_key(&mut self, key: KeyEvent) {
        let Mode::Ask(ask) = &self.mode else { return };
        let about = ask.about;
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code != KeyCode::Char('c') {
            return;
        }
        let KeyCode::Char(c) = key.code else {
            if key.code == KeyCode::Esc {
                self.mode = Mode::Browse;
            }
            return;
        };
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            self.mode = Mode::Browse;
            return;
        }
        match (about, c) {
            (About::Quit, 's') => self.review(),
            (About::Quit, 'd') => self.close(),
            (About::Overwrite { in_place }, 'o') => self.save_over(in_place),
            (About::Overwrite { .. } | About::Reload, 'r') => {
                self.mode = Mode::Browse;
                self.read_anew();
            }
            (_, 'n' | 'q') => self.mode = Mode::Browse,
            _ => {}
        }
    }

    pub(super) fn review_key(&mut self, key: KeyEvent) {
        let page = usize::from(self.layout.area.height / 2);
        let Mode::Review(review) = &mut self.mode else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => self.mode = Mode::Browse,
            KeyCode::Down | KeyCode::Char('j') => review.top = review.top.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => review.top = review.top.saturating_sub(1),
            KeyCode::PageDown => review.top = review.top.saturating_add(page),
            KeyCode::PageUp => review.top = review.top.saturating_sub(page),
            KeyCode::Enter | KeyCode::Char('y') => self.save(false),
            KeyCode::Char('i') if review.in_place => self.save(true),
            KeyCode::Esc | KeyCode::Char('n' | 'q') => self.mode = Mode::Browse,
            _ => {}
        }
        if let Mode::Review(review) = &mut self.mode {
            review.top = review.top.min(review.lines.len().saturating_sub(1));
        }
    }
}
