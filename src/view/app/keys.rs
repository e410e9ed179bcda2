//! What keys do.

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{App, Mode, Pane, Panel, Tone};
use crate::view::app::prompt::PromptKind;

impl App<'_> {
    /// Takes an event of the terminal.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key),
            Event::Mouse(mouse) => self.mouse(*mouse),
            Event::Paste(text) => self.paste(text),
            _ => {}
        }
    }

    fn key(&mut self, key: KeyEvent) {
        // While bytes are typed, Ctrl-Z undoes; on systems without job control, it always does.
        let stops = cfg!(unix) && key.code == KeyCode::Char('z');
        if stops
            && key.modifiers.contains(KeyModifiers::CONTROL)
            && !matches!(self.mode, Mode::Type { .. })
        {
            self.is_to_stop = true;
            return;
        }
        match &self.mode {
            Mode::Browse => self.browse(key),
            Mode::Type { .. } => self.type_key(key),
            Mode::Prompt(..) => self.prompt_key(key),
            Mode::Help { top } => {
                let top = *top;
                self.mode = match key.code {
                    KeyCode::Down | KeyCode::Char('j') => Mode::Help {
                        top: top.saturating_add(1),
                    },
                    KeyCode::PageDown | KeyCode::Char(' ') => Mode::Help {
                        top: top.saturating_add(10),
                    },
                    KeyCode::Up | KeyCode::Char('k') => Mode::Help {
                        top: top.saturating_sub(1),
                    },
                    KeyCode::PageUp => Mode::Help {
                        top: top.saturating_sub(10),
                    },
                    _ => Mode::Browse,
                };
            }
            Mode::Ask(_) => self.ask_key(key),
            Mode::Review(_) => self.review_key(key),
        }
    }

    fn paste(&mut self, text: &str) {
        for c in text.chars() {
            let code = match c {
                '\n' | '\r' if matches!(self.mode, Mode::Prompt(..)) => continue,
                '\n' | '\r' => KeyCode::Enter,
                c => KeyCode::Char(c),
            };
            // Pasted text is no command.
            if matches!(self.mode, Mode::Prompt(..) | Mode::Type { .. }) {
                self.key(KeyEvent::new(code, KeyModifiers::NONE));
            }
        }
    }

    fn browse(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        self.message = None;
        match (key.code, control) {
            (KeyCode::Char('c' | 'q'), true) | (KeyCode::Char('q'), _) => self.quit(),
            (KeyCode::Char('r' | 'y'), true) => self.redo(),
            (KeyCode::Char('s'), _) => self.review(),
            (KeyCode::Char('z'), true) | (KeyCode::Char('u'), false) => self.undo(),
            (KeyCode::Char('d'), true) => self.page(0.5),
            (KeyCode::Char('u'), true) => self.page(-0.5),
            (KeyCode::Char('f'), true) | (KeyCode::PageDown, _) => self.page(1.0),
            (KeyCode::Char('b'), true) | (KeyCode::PageUp, _) => self.page(-1.0),
            (_, true) if matches!(key.code, KeyCode::Char(_)) => {}
            (KeyCode::Char('?') | KeyCode::F(1), _) => self.mode = Mode::Help { top: 0 },
            (KeyCode::Tab, _) => self.next_pane(false),
            (KeyCode::BackTab, _) => self.next_pane(true),
            (KeyCode::Down | KeyCode::Char('j'), _) => self.step(1),
            (KeyCode::Up | KeyCode::Char('k'), _) => self.step(-1),
            (KeyCode::Left | KeyCode::Char('h'), _) => self.side(false),
            (KeyCode::Right | KeyCode::Char('l'), _) => self.side(true),
            (KeyCode::Home, true) => self.go_to_border(false),
            (KeyCode::End, true) | (KeyCode::Char('G'), _) => self.go_to_border(true),
            (KeyCode::Home, _) if self.pane == Pane::Hex => self.go_to_line_border(false),
            (KeyCode::End, _) if self.pane == Pane::Hex => self.go_to_line_border(true),
            (KeyCode::Home, _) => self.go_to_border(false),
            (KeyCode::End, _) => self.go_to_border(true),
            (KeyCode::Backspace, _) => self.leave(),
            (KeyCode::Char('o'), _) => self.enter(),
            (KeyCode::Char('/'), _) => self.ask_for(PromptKind::Search),
            (KeyCode::Char('n'), _) => self.go_on(false),
            (KeyCode::Char('N'), _) => self.go_on(true),
            (KeyCode::Char('g' | ':'), _) => self.ask_for(PromptKind::Place),
            (KeyCode::Char('p'), _) => self.go_to_problem(true),
            (KeyCode::Char('P'), _) => self.go_to_problem(false),
            (KeyCode::Char('d'), _) => self.go_to_difference(false),
            (KeyCode::Char('D'), _) => self.go_to_difference(true),
            (KeyCode::Char('f'), _) => self.ask_for(PromptKind::Format),
            (KeyCode::Char('F'), _) => self.ask_for_name(),
            (KeyCode::Char('i'), _) => self.next_panel(),
            (KeyCode::Char('R'), _) => self.reload(),
            (KeyCode::Esc, _) => self.escape(),
            _ => self.browse_pane(key),
        }
    }

    /// Keys that mean something else in each half.
    fn browse_pane(&mut self, key: KeyEvent) {
        match (self.pane, key.code) {
            (Pane::Tree, KeyCode::Enter) => self.activate(),
            (Pane::Tree, KeyCode::Char(' ')) => self.toggle(),
            (Pane::Tree, KeyCode::Char('e')) => self.edit_value(),
            (Pane::Fields, KeyCode::Enter | KeyCode::Char('e')) => self.edit_compared(),
            (Pane::Hex, KeyCode::Enter | KeyCode::Char('e')) => self.type_bytes(false, false),
            (Pane::Hex, KeyCode::Char('t')) => self.type_bytes(true, false),
            (Pane::Hex, KeyCode::Char('I') | KeyCode::Insert) => self.type_bytes(false, true),
            (Pane::Hex, KeyCode::Char('v')) => self.select(),
            (Pane::Hex, KeyCode::Char('x') | KeyCode::Delete) => self.delete_selection(),
            (_, KeyCode::Char(c)) => {
                self.say(
                    Tone::Note,
                    format!("{c} does nothing here; ? lists the keys"),
                );
            }
            _ => {}
        }
    }

    fn quit(&mut self) {
        if self.works.has(super::work::Kind::Save) {
            return self.say(Tone::Warning, "the file is being saved");
        }
        match self.is_unsaved() {
            true => self.mode = Mode::Ask(super::Question::quit()),
            false => self.close(),
        }
    }

    /// Ends the current activity: work, a selection, a message.
    fn escape(&mut self) {
        if self.stop_work() {
            if self.fields().is_none() {
                self.leave_fields();
            }
            return self.say(Tone::Note, "stopped");
        }
        if let Some(level) = self.level_mut() {
            level.hex.selects = false;
            level.hex.anchor = None;
        }
    }

    fn page(&mut self, pages: f32) {
        let height = match self.pane {
            Pane::Tree => self.layout.tree.height,
            Pane::Hex => self.layout.hex.height,
            Pane::Fields => self.layout.fields.height,
        };
        let rows = height.saturating_sub(1).max(1);
        let rows = match pages.abs() < 1.0 {
            true => rows.div_ceil(2),
            false => rows,
        };
        let rows = isize::try_from(rows).unwrap_or(1);
        self.step(if pages < 0.0 {
            rows.saturating_neg()
        } else {
            rows
        });
    }

    fn go_to_line_border(&mut self, end: bool) {
        if let Some(level) = self.level_mut() {
            let start = level.hex.line_start();
            level.hex.go(match end {
                true => start.saturating_add(level.hex.columns.saturating_sub(1)),
                false => start,
            });
        }
        self.follow_hex();
    }

    fn select(&mut self) {
        if let Some(level) = self.level_mut() {
            level.hex.selects = !level.hex.selects;
            level.hex.anchor = level.hex.selects.then_some(level.hex.cursor);
        }
    }

    fn next_panel(&mut self) {
        let next = match self.panel {
            Panel::Nothing => Panel::Peek,
            Panel::Peek => Panel::Problems,
            Panel::Problems => Panel::Picture,
            Panel::Picture => Panel::Nothing,
        };
        self.choose_panel(next);
    }

    /// Moves to the next pane, or to the one before.
    fn next_pane(&mut self, back: bool) {
        let old = self.pane;
        let has_fields = self.levels.len() == 1 && self.has_fields();
        self.pane = match (old, has_fields, back) {
            (Pane::Tree, true, false) | (Pane::Hex, true, true) => Pane::Fields,
            (Pane::Fields, _, true) | (Pane::Hex, ..) => Pane::Tree,
            (Pane::Tree | Pane::Fields, ..) => Pane::Hex,
        };
        match (old, self.pane) {
            // The tree shows the field that the list was at.
            (Pane::Fields, _) => self.follow_hex(),
            (_, Pane::Fields) => self.follow_fields(),
            _ => {}
        }
    }

    /// Moves to the next hit of the last search, or else to the next difference of two files.
    fn go_on(&mut self, back: bool) {
        let is_sought = self.sought.is_some() && self.pane != Pane::Fields;
        match self.other.is_some() && !is_sought {
            true => self.go_to_difference(back),
            false => self.search_again(back),
        }
    }

    fn search_again(&mut self, back: bool) {
        match self.sought.clone() {
            Some(text) => self.search(&text, back),
            None => self.say(Tone::Note, "nothing was searched for yet; / begins"),
        }
    }
}
