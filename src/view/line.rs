//! A line of text that is typed.

use crate::offset::Position;

/// The text, and where in it the cursor is.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    text: Vec<char>,
    cursor: usize,
}

/// The most characters of a line.
const LONGEST: usize = 64 << 10;

impl Line {
    /// A text with the cursor at its end.
    pub(super) fn new(text: &str) -> Line {
        let text: Vec<char> = text.chars().collect();
        let cursor = text.len();
        Line { text, cursor }
    }

    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// The text before the cursor, and the rest.
    pub(super) fn parts(&self) -> (String, String) {
        let (before, after) = self.text.split_at(self.cursor.min(self.text.len()));
        (before.iter().collect(), after.iter().collect())
    }

    pub(super) fn insert(&mut self, c: char) {
        if !c.is_control() && self.text.len() < LONGEST {
            self.text.insert(self.cursor.min(self.text.len()), c);
            self.cursor = self.cursor.past(1);
        }
    }

    pub(super) fn backspace(&mut self) {
        if let Some(before) = self.cursor.checked_sub(1) {
            self.text.remove(before);
            self.cursor = before;
        }
    }

    pub(super) fn delete(&mut self) {
        if self.cursor < self.text.len() {
            self.text.remove(self.cursor);
        }
    }

    pub(super) fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub(super) fn right(&mut self) {
        self.cursor = self.cursor.past(1).min(self.text.len());
    }

    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Deletes all that comes before the cursor.
    pub(super) fn clear_before(&mut self) {
        self.text.drain(..self.cursor.min(self.text.len()));
        self.cursor = 0;
    }

    /// Deletes the word before the cursor, and the space after it.
    pub(super) fn delete_word(&mut self) {
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.text.get(at).copied());
        let mut start = self.cursor;
        while before(start).is_some_and(|c| c == ' ') {
            start = start.since(1);
        }
        while before(start).is_some_and(|c| c != ' ') {
            start = start.since(1);
        }
        self.text.drain(start..self.cursor.min(self.text.len()));
        self.cursor = start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_put_in_and_taken_out_at_the_cursor() {
        let mut line = Line::new("añb");
        line.left();
        line.backspace();
        line.insert('é');
        line.insert('\u{7}');
        assert_eq!(line.parts(), ("aé".to_owned(), "b".to_owned()));
        line.home();
        line.backspace();
        line.delete();
        assert_eq!(line.text(), "éb");
        line.end();
        line.right();
        line.insert(' ');
        line.insert('x');
        line.delete_word();
        assert_eq!(line.text(), "éb ");
        line.clear_before();
        assert_eq!(line.text(), "");
        line.delete_word();
        line.delete();
    }
}
