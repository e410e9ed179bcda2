//! A line of the dump for people.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::CONTINUED;
use super::canonical::{HALF, Layout};
use super::digits::{self, LOWER, UPPER};
use super::mark::Paint;
use crate::offset::{Position, Tally};

/// The bytes of a line, and their marks.
#[derive(Default)]
pub(super) struct Row {
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
    /// How each byte is painted, and whether a bar comes before it.
    pub(super) looks: Vec<(Paint, bool)>,
    pub(super) labels: Vec<(Paint, String)>,
}

impl Row {
    /// Whether a `*` can stand for this line below the other.
    pub(super) fn repeats(&self, above: &Row) -> bool {
        self.bytes == above.bytes
            && self.labels.is_empty()
            && self.looks.iter().all(|(_, bar)| !bar)
            && self
                .looks
                .iter()
                .zip(&above.looks)
                .all(|((paint, _), (other, _))| paint == other)
    }

    pub(super) fn write(&self, layout: &Layout, text: &mut Vec<u8>) {
        let mut brush = Brush {
            text,
            paint: Paint::None,
            color: layout.color,
        };
        let digits = if layout.upper { &UPPER } else { &LOWER };
        let mut offset = [0; 16];
        digits::offset(self.offset, &mut offset);
        let zeros = 16usize.saturating_sub(digits::count(self.offset).max(layout.offset));
        brush.write(Paint::Quiet, offset.get(zeros..).unwrap_or_default());
        brush.write(Paint::Quiet, b" ");
        let mut bytes = self.bytes.iter().zip(&self.looks);
        for column in 0..layout.columns {
            if column > 0 && column.checked_rem(HALF) == Some(0) {
                brush.space();
            }
            match bytes.next() {
                None => brush.write(brush.paint, b"   "),
                Some((&byte, &(paint, bar))) => {
                    if bar {
                        brush.write(Paint::Quiet, b"|");
                    } else {
                        brush.space();
                    }
                    brush.write(paint, &digits::of(digits, byte));
                }
            }
        }
        brush.write(Paint::Quiet, b"  |");
        for (&byte, &(paint, _)) in self.bytes.iter().zip(&self.looks) {
            match digits::symbol(byte).filter(|_| layout.symbols) {
                Some(symbol) => brush.write(paint, symbol.as_bytes()),
                None => brush.write(paint, &[digits::character(byte)]),
            }
        }
        brush.write(Paint::Quiet, b"|");
        self.write_labels(layout, &mut brush);
        brush.write(Paint::None, b"\n");
    }

    /// The labels in a row; what doesn't fit goes below.
    fn write_labels(&self, layout: &Layout, brush: &mut Brush<'_>) {
        let room = layout.labels.unwrap_or(usize::MAX);
        let missing = layout.columns.since(self.bytes.len());
        let indent = Layout::width(layout.offset, layout.columns).max(CONTINUED);
        let mut used = 0usize;
        for (i, (paint, label)) in self.labels.iter().enumerate() {
            let label = fitting(label, room.saturating_sub(GAP));
            let width = label.width().saturating_add(GAP);
            if i == 0 {
                brush.write(Paint::None, " ".repeat(missing).as_bytes());
            } else if used.saturating_add(width) > room {
                brush.write(Paint::None, b"\n");
                brush.write(Paint::None, " ".repeat(indent).as_bytes());
                used = 0;
            }
            brush.write(Paint::None, b"  ");
            brush.write(*paint, label.as_bytes());
            used.tally(width);
        }
    }
}

/// Columns before a label.
const GAP: usize = 2;

/// A label as far as there is room for it.
pub(crate) fn fitting(label: &str, room: usize) -> Cow<'_, str> {
    if label.width() <= room {
        return label.into();
    }
    let mut fitting = String::new();
    let mut used = 1usize;
    for c in label.chars() {
        used.advance(c.width().unwrap_or(0));
        if used > room {
            break;
        }
        fitting.push(c);
    }
    fitting.push('…');
    fitting.into()
}

/// Writes text in colors, and changes them only where they change.
struct Brush<'a> {
    text: &'a mut Vec<u8>,
    paint: Paint,
    color: bool,
}

impl Brush<'_> {
    fn write(&mut self, paint: Paint, text: &[u8]) {
        if self.color && paint != self.paint {
            self.text.extend_from_slice(paint.sequence());
            self.paint = paint;
        }
        self.text.extend_from_slice(text);
    }

    /// A space looks the same in every color.
    fn space(&mut self) {
        self.text.push(b' ');
    }
}
