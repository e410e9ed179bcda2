//! Where in the bytes the cursor is, and which of them are on the screen.

use std::ops::Range;

use crate::offset::Position;
use crate::tree::Space;
use crate::value::literal;

/// Bytes as pairs of digits with spaces between.
pub(super) fn pairs(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.chunks(1).map(literal::to_hex).collect();
    pairs.join(" ")
}

/// The bytes of a space, a screen of them at a time.
#[derive(Clone, Debug)]
pub(super) struct Hex {
    /// The space of the bytes.
    pub(super) space: Space,
    /// How many they are.
    pub(super) size: u64,
    pub(super) cursor: u64,
    /// The first byte on the screen.
    pub(super) top: u64,
    /// Where a selection was begun.
    pub(super) anchor: Option<u64>,
    /// Whether moving extends the selection.
    pub(super) selects: bool,
    /// Bytes a line.
    pub(super) columns: u64,
    /// Lines on the screen.
    pub(super) lines: u64,
    /// Whether the cursor may be after the last byte, to add to them.
    pub(super) adds: bool,
}

impl Hex {
    pub(super) fn new(space: Space, size: u64) -> Hex {
        Hex {
            space,
            size,
            cursor: 0,
            top: 0,
            anchor: None,
            selects: false,
            columns: 16,
            lines: 1,
            adds: false,
        }
    }

    /// The last place that the cursor may be at.
    fn last(&self) -> u64 {
        match self.adds {
            true => self.size,
            false => self.size.saturating_sub(1),
        }
    }

    pub(super) fn set_size(&mut self, size: u64) {
        self.size = size;
        self.go(self.cursor);
        self.anchor = self.anchor.filter(|anchor| *anchor < size);
    }

    /// Puts the cursor at an offset, or at the end where that is before it.
    pub(super) fn go(&mut self, offset: u64) {
        if !self.selects {
            self.anchor = None;
        }
        self.cursor = offset.min(self.last());
        self.show_cursor();
    }

    pub(super) fn move_by(&mut self, bytes: i64) {
        self.go(self.cursor.saturating_add_signed(bytes));
    }

    /// Moves by lines; a move beyond either end leaves the cursor where it is.
    pub(super) fn move_lines(&mut self, lines: i64) {
        let bytes = i64::try_from(self.columns)
            .unwrap_or(1)
            .saturating_mul(lines);
        let to = self.cursor.checked_add_signed(bytes);
        let is_page = lines.unsigned_abs() > 1;
        match to.filter(|to| *to <= self.last()) {
            Some(to) => self.go(to),
            None if is_page && lines < 0 => self.go(0),
            None if is_page => self.go(self.last()),
            None => {}
        }
    }

    pub(super) fn line_start(&self) -> u64 {
        self.start_of(self.cursor)
    }

    fn start_of(&self, offset: u64) -> u64 {
        let over = offset.checked_rem(self.columns).unwrap_or(0);
        offset.since(over)
    }

    /// How the screen is laid out.
    pub(super) fn lay_out(&mut self, columns: u64, lines: u64) {
        self.columns = columns.max(1);
        self.lines = lines.max(1);
        self.show_cursor();
    }

    /// Scrolls by lines without moving the cursor off the screen.
    pub(super) fn scroll(&mut self, lines: i64) {
        let bytes = i64::try_from(self.columns)
            .unwrap_or(1)
            .saturating_mul(lines);
        let last = self.start_of(self.size.saturating_sub(1));
        self.top = self.top.saturating_add_signed(bytes).min(last);
        let column = self.cursor.since(self.line_start());
        let screen = self.columns.saturating_mul(self.lines.saturating_sub(1));
        let lowest = self.top.saturating_add(screen);
        let line = self.line_start().clamp(self.top, lowest);
        self.cursor = line.past(column).min(self.last());
    }

    fn show_cursor(&mut self) {
        self.top = self.start_of(self.top);
        let line = self.line_start();
        let screen = self.columns.saturating_mul(self.lines.saturating_sub(1));
        if line < self.top || line > self.top.saturating_add(screen) {
            let is_near = line < self.top && self.top.since(line) <= self.columns
                || line > self.top && line.since(self.top) <= screen.saturating_add(self.columns);
            self.top = match (is_near, line < self.top) {
                (true, true) => line,
                (true, false) => line.saturating_sub(screen),
                // After a leap the cursor is a third down the screen.
                (false, _) => {
                    let above = self.lines.checked_div(3).unwrap_or(0);
                    line.saturating_sub(above.saturating_mul(self.columns))
                }
            };
        }
    }

    /// The selected bytes: those from the anchor to the cursor, or the one under the cursor.
    pub(super) fn selection(&self) -> Range<u64> {
        let anchor = self.anchor.unwrap_or(self.cursor);
        let (start, last) = (anchor.min(self.cursor), anchor.max(self.cursor));
        start..last.past(1).min(self.size).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex() -> Hex {
        let mut hex = Hex::new(Space::FILE, 1000);
        hex.lay_out(16, 10);
        hex
    }

    #[test]
    fn the_cursor_stays_in_the_file_and_on_the_screen() {
        let mut hex = hex();
        hex.move_by(-1);
        assert_eq!((hex.cursor, hex.top), (0, 0));
        hex.go(u64::MAX);
        assert_eq!(hex.cursor, 999);
        assert!(
            hex.top <= 992 && 992 < hex.top.saturating_add(160),
            "{hex:?}"
        );
        hex.move_lines(1);
        assert_eq!(hex.cursor, 999, "no line is below the last");
        hex.move_lines(-100);
        assert_eq!(hex.cursor, 0);
        hex.adds = true;
        hex.go(2000);
        assert_eq!(hex.cursor, 1000);
    }

    #[test]
    fn a_step_off_the_screen_scrolls_by_a_line_and_a_leap_by_more() {
        let mut hex = hex();
        hex.go(159);
        assert_eq!(hex.top, 0);
        hex.move_by(1);
        assert_eq!(hex.top, 16);
        hex.go(800);
        assert_eq!(hex.top, 800 - 3 * 16);
    }

    #[test]
    fn scrolling_takes_the_cursor_along_where_it_would_leave_the_screen() {
        let mut hex = hex();
        hex.go(5);
        hex.scroll(3);
        assert_eq!((hex.top, hex.cursor), (48, 53));
        hex.scroll(-1);
        assert_eq!((hex.top, hex.cursor), (32, 53));
        hex.scroll(1000);
        assert_eq!(hex.top, 992);
        assert_eq!(hex.cursor, 997);
    }

    #[test]
    fn a_selection_has_both_its_ends() {
        let mut hex = hex();
        hex.go(10);
        assert_eq!(hex.selection(), 10..11);
        hex.anchor = Some(10);
        hex.selects = true;
        hex.move_by(4);
        assert_eq!(hex.selection(), 10..15);
        hex.move_by(-8);
        assert_eq!(hex.selection(), 6..11);
        hex.set_size(10);
        assert_eq!(hex.anchor, None);
        hex.selects = false;
        hex.anchor = Some(2);
        hex.move_by(1);
        assert_eq!(
            hex.selection(),
            7..8,
            "what was found is selected until the cursor moves"
        );
    }
}
