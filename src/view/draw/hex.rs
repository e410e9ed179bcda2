//! The bytes: digits and characters, with the field, the selection and the cursor marked.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Layout;
use super::pen::Pen;
use crate::offset::Position as _;
use crate::tree::Range;
use crate::view::App;
use crate::view::app::{Mode, Pane};
use crate::view::compare::Differences;
use crate::view::hex::Hex;

impl App<'_> {
    /// Answers where bytes are typed.
    pub(super) fn draw_hex(&self, layout: &Layout, pen: &mut Pen<'_>) -> Option<Position> {
        let level = self.level()?;
        let hex = &level.hex;
        let size = hex.columns.saturating_mul(u64::from(layout.hex.height));
        let source = level.source(hex.space);
        let read = source.map(|source| source.read(hex.top, size));
        let bytes = match read {
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => {
                pen.text(
                    layout.hex,
                    &error.to_string(),
                    pen.tone(crate::view::app::Tone::Error),
                );
                return None;
            }
            None => return None,
        };
        if self.is_only_in_second() {
            pen.text(layout.hex, "this file has nothing there", pen.quiet());
            return None;
        }
        let marks = self.marks(hex, size);
        let columns = layout.columns();
        let starts = (0..u64::from(layout.hex.height)).map(|line| line.saturating_mul(hex.columns));
        let mut place = None;
        let mut styled: Vec<(u16, u16, String, Style)> = Vec::new();
        for (start, y) in starts.zip(layout.hex.y..) {
            let offset = hex.top.past(start);
            let is_added = offset == hex.size && hex.adds;
            let line = usize::try_from(start)
                .ok()
                .and_then(|start| bytes.get(start..));
            let line = line.unwrap_or_default();
            if line.is_empty() && !is_added && offset > 0 {
                break;
            }
            let digits = usize::from(layout.digits);
            styled.push((layout.hex.x, y, format!("{offset:0digits$x}"), pen.quiet()));
            for column in 0..columns {
                let at = offset.past(u64::from(column));
                let byte = line.get(usize::from(column)).copied();
                let is_cursor = at == hex.cursor;
                if byte.is_none() && !(is_cursor && hex.adds) {
                    break;
                }
                let (x, text_x) = (layout.digits_at(column), layout.text_at(column));
                let digits = byte.map_or("  ".to_owned(), |byte| format!("{byte:02x}"));
                let character = match byte {
                    Some(byte @ b' '..=b'~') => char::from(byte),
                    Some(_) => '.',
                    None => ' ',
                };
                styled.push((x, y, digits, marks.style(at, byte, false, pen)));
                styled.push((
                    text_x,
                    y,
                    character.to_string(),
                    marks.style(at, byte, true, pen),
                ));
                if is_cursor {
                    let half = matches!(self.mode, Mode::Type { half: true, .. });
                    let x = if marks.in_text {
                        text_x
                    } else {
                        x.saturating_add(u16::from(half))
                    };
                    place = Some(Position::new(x, y));
                }
            }
        }
        for (x, y, text, style) in styled {
            let width = layout.hex.right().saturating_sub(x);
            pen.text(Rect::new(x, y, width, 1), &text, style);
        }
        place.filter(|_| matches!(self.mode, Mode::Type { .. }))
    }

    /// The marks of the bytes that are shown, `size` of them.
    fn marks<'a>(&'a self, hex: &'a Hex, size: u64) -> Marks<'a> {
        let compares = self.compares();
        // Where differences are marked, the field isn't.
        let field = self
            .field()
            .filter(|field| field.space == hex.space && !(compares && self.pane == Pane::Hex));
        let typed = match hex.space.is_file() {
            true => self.typed(hex.top, size),
            false => Vec::new(),
        };
        let others = match compares {
            true => self.others_in_stream(hex.top, size),
            false => Vec::new(),
        };
        let differences = self
            .other
            .as_ref()
            .and_then(|other| other.differences.as_ref())
            .filter(|_| compares && hex.space.is_file());
        let (has_keys, in_text) = match &self.mode {
            Mode::Type { text, .. } => (true, *text),
            _ => (self.pane == Pane::Hex, false),
        };
        Marks {
            hex,
            field,
            typed,
            others,
            differences,
            has_keys,
            in_text,
        }
    }
}

/// The marks of bytes on the screen.
struct Marks<'a> {
    hex: &'a Hex,
    /// The field under the tree's cursor.
    field: Option<Range>,
    /// What was typed, as ranges of offsets.
    typed: Vec<std::ops::Range<u64>>,
    /// In a stream: for each byte from the top of the screen on, whether it differs from the other file.
    others: Vec<bool>,
    /// In a file: the differences from the other one.
    differences: Option<&'a Differences>,
    has_keys: bool,
    /// Whether keys type text and not digits.
    in_text: bool,
}

impl Marks<'_> {
    fn differs(&self, offset: u64) -> bool {
        let index = usize::try_from(offset.saturating_sub(self.hex.top)).ok();
        let in_stream = index.and_then(|index| self.others.get(index));
        in_stream.is_some_and(|is_other| *is_other)
            || (self.differences).is_some_and(|differences| differences.has(offset, false))
    }

    /// How a byte looks, in the column of digits or in that of text.
    fn style(&self, offset: u64, byte: Option<u8>, text: bool, pen: &Pen<'_>) -> Style {
        let mut style = match byte {
            Some(0) => pen.quiet(),
            _ => pen.plain(),
        };
        if self.typed.iter().any(|range| range.contains(&offset)) {
            style = pen.changed();
        }
        let differs = self.differs(offset);
        if differs {
            style = pen.differs();
        }
        if self.field.is_some_and(|field| field.contains(offset)) {
            style = match differs {
                true => pen.differs_in_field(),
                false => style.patch(pen.field()),
            };
        }
        if self.hex.anchor.is_some() && self.hex.selection().contains(&offset) {
            style = style.patch(pen.selection());
        }
        if offset == self.hex.cursor {
            style = match self.has_keys && text == self.in_text {
                true => pen.cursor(),
                false => style.patch(pen.mark()),
            };
        }
        style
    }
}
