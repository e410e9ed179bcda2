//! Typing bytes, deleting them, and undoing that.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Mode, Tone};
use crate::offset::Position;
use crate::value::text::counted;
use crate::view::edits::Replacement;

impl App<'_> {
    /// Begins typing into the bytes.
    pub(super) fn type_bytes(&mut self, text: bool, insert: bool) {
        if !self.can_edit() || insert && !self.can_resize() {
            return;
        }
        let adds = self.levels.len() == 1;
        if let Some(level) = self.level_mut() {
            level.hex.selects = false;
            level.hex.anchor = None;
            level.hex.adds = adds;
        }
        self.mode = Mode::Type {
            text,
            insert,
            half: false,
        };
    }

    fn end_typing(&mut self) {
        self.mode = Mode::Browse;
        if let Some(level) = self.level_mut() {
            level.hex.adds = false;
            let cursor = level.hex.cursor;
            level.hex.go(cursor);
        }
        self.follow_hex();
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        let Mode::Type { text, insert, half } = self.mode else {
            return;
        };
        let mut set = |text, insert, half| self.mode = Mode::Type { text, insert, half };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, control) {
            (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => self.end_typing(),
            (KeyCode::Enter, _) if !text => self.end_typing(),
            (KeyCode::Tab | KeyCode::BackTab, _) | (KeyCode::Char('t'), true) => {
                set(!text, insert, false);
            }
            (KeyCode::Insert, _) | (KeyCode::Char('o'), true) => {
                if insert || self.can_resize() {
                    self.mode = Mode::Type {
                        text,
                        insert: !insert,
                        half: false,
                    };
                }
            }
            (KeyCode::Char('z'), true) => {
                set(text, insert, false);
                self.undo();
            }
            (KeyCode::Char('r' | 'y'), true) => {
                set(text, insert, false);
                self.redo();
            }
            (KeyCode::Char('s'), true) => {
                self.end_typing();
                self.review();
            }
            (KeyCode::Delete, _) => {
                set(text, insert, false);
                self.delete_at_cursor();
            }
            (KeyCode::Backspace, _) => {
                set(text, insert, false);
                self.erase_back(insert);
            }
            (KeyCode::Char(c), false) if text => {
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).as_bytes().to_vec();
                self.type_over(&bytes, insert);
            }
            (KeyCode::Char(c), false) => match c.to_digit(16).and_then(|n| u8::try_from(n).ok()) {
                Some(digit) => self.type_digit(digit, insert, half),
                None => self.say(
                    Tone::Note,
                    "expected a digit 0 to f; Tab types characters, Esc ends typing",
                ),
            },
            (code, _) => {
                set(text, insert, false);
                self.move_while_typing(code);
            }
        }
    }

    fn move_while_typing(&mut self, code: KeyCode) {
        let height = i64::from(self.layout.hex.height.saturating_sub(1).max(1));
        let Some(level) = self.level_mut() else {
            return;
        };
        let start = level.hex.line_start();
        match code {
            KeyCode::Left => level.hex.move_by(-1),
            KeyCode::Right => level.hex.move_by(1),
            KeyCode::Up => level.hex.move_lines(-1),
            KeyCode::Down => level.hex.move_lines(1),
            KeyCode::PageUp => level.hex.move_lines(height.saturating_neg()),
            KeyCode::PageDown => level.hex.move_lines(height),
            KeyCode::Home => level.hex.go(start),
            KeyCode::End => {
                let last = level.hex.columns.saturating_sub(1);
                level.hex.go(start.saturating_add(last));
            }
            _ => return,
        }
        self.follow_hex();
    }

    /// Where the cursor is, and whether a byte is there.
    fn here(&self) -> Option<(u64, bool)> {
        let level = self.level()?;
        Some((level.hex.cursor, level.hex.cursor < level.hex.size))
    }

    fn type_over(&mut self, bytes: &[u8], insert: bool) {
        let Some((offset, _)) = self.here() else {
            return;
        };
        let size = self.level().map_or(0, |level| level.hex.size);
        let removed = match insert {
            true => 0,
            false => (bytes.len() as u64).min(size.saturating_sub(offset)),
        };
        if removed != bytes.len() as u64 && !self.can_resize() {
            return;
        }
        let put = Replacement {
            offset,
            removed,
            bytes: bytes.to_vec(),
        };
        self.put("typing", std::slice::from_ref(&put));
        if let Some(level) = self.level_mut() {
            level.hex.move_by(i64::try_from(bytes.len()).unwrap_or(1));
        }
        self.follow_hex();
    }

    fn type_digit(&mut self, digit: u8, insert: bool, half: bool) {
        let Some((offset, is_there)) = self.here() else {
            return;
        };
        let old = self
            .level()
            .and_then(|level| level.file.read(offset, 1).ok());
        let old = old.and_then(|bytes| bytes.first().copied()).unwrap_or(0);
        if half {
            let put = Replacement {
                offset,
                removed: 1,
                bytes: vec![old & 0xf0 | digit],
            };
            self.put_more(&put);
            self.mode = Mode::Type {
                text: false,
                insert,
                half: false,
            };
            if let Some(level) = self.level_mut() {
                level.hex.move_by(1);
            }
            return self.follow_hex();
        }
        let adds = insert || !is_there;
        if adds && !self.can_resize() {
            return;
        }
        let low = if adds { 0 } else { old & 0x0f };
        let put = Replacement {
            offset,
            removed: u64::from(!adds),
            bytes: vec![digit << 4 | low],
        };
        self.put("typing", std::slice::from_ref(&put));
        self.mode = Mode::Type {
            text: false,
            insert,
            half: true,
        };
    }

    fn erase_back(&mut self, insert: bool) {
        let Some(level) = self.level_mut() else {
            return;
        };
        let Some(before) = level.hex.cursor.checked_sub(1) else {
            return;
        };
        level.hex.go(before);
        if insert {
            self.delete_at_cursor();
        } else {
            self.follow_hex();
        }
    }

    fn delete_at_cursor(&mut self) {
        if let Some((offset, true)) = self.here()
            && self.can_resize()
        {
            self.delete(offset, 1);
        }
    }

    /// Deletes what is selected, or the byte under the cursor.
    pub(super) fn delete_selection(&mut self) {
        if !self.can_edit() || !self.can_resize() {
            return;
        }
        let Some(level) = self.level_mut() else {
            return;
        };
        let selection = level.hex.selection();
        level.hex.selects = false;
        level.hex.go(selection.start);
        let size = selection.end.since(selection.start);
        if size == 0 {
            return self.say(Tone::Note, "there is no byte to delete");
        }
        self.delete(selection.start, size);
        let told = format!("{} deleted; u brings back", counted(size, "byte"));
        self.say(Tone::Note, told);
    }

    fn delete(&mut self, offset: u64, removed: u64) {
        let put = Replacement {
            offset,
            removed,
            bytes: Vec::new(),
        };
        self.put("deleting", std::slice::from_ref(&put));
        self.follow_hex();
    }
}
