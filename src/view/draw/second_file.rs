//! The bytes of the second file, each line beside the bytes that it corresponds to.

use ratatui::layout::Rect;

use super::Layout;
use super::pen::Pen;
use crate::view::App;
use crate::view::app::{Pane, Tone};

impl App<'_> {
    pub(super) fn draw_other(&self, layout: &Layout, pen: &mut Pen<'_>) {
        let (Some(other), Some(level)) = (&self.other, self.level()) else {
            return;
        };
        if layout.other.is_empty() || !self.compares() {
            return;
        }
        let hex = &level.hex;
        let Some(beside) = self.beside() else {
            pen.text(layout.other, "this file has nothing there", pen.quiet());
            return;
        };
        let differences = other.differences.as_ref();
        if differences.is_none() && self.pane == Pane::Hex {
            pen.text(layout.other, "the files are being compared", pen.quiet());
            return;
        }
        let lines = u64::from(layout.other.height);
        let in_stream = self.others_in_stream(hex.top, lines.saturating_mul(hex.columns));
        let differences = differences.filter(|_| hex.space.is_file());
        let field = beside.field.filter(|_| self.pane == Pane::Fields);
        let shift = layout.other.x.saturating_sub(layout.hex.x);
        let cursor = beside.offset(hex.cursor);
        for (line, y) in (0..lines).zip(layout.other.y..) {
            let cell = line.saturating_mul(hex.columns);
            let start = beside.offset(hex.top.saturating_add(cell));
            // Columns before the first byte.
            let before = u64::try_from(start.saturating_neg()).unwrap_or(0);
            let first = u64::try_from(start).unwrap_or(0);
            let count = hex.columns.saturating_sub(before);
            let bytes = match beside.source.read(first, count) {
                Ok(bytes) if bytes.is_empty() && count > 0 => return,
                Ok(bytes) => bytes,
                Err(error) => {
                    pen.text(layout.other, &error.to_string(), pen.tone(Tone::Error));
                    return;
                }
            };
            let at = |x: u16| Rect {
                x: x.saturating_add(shift),
                y,
                width: layout.other.right().saturating_sub(x.saturating_add(shift)),
                height: 1,
            };
            if bytes.is_empty() {
                continue;
            }
            let digits = usize::from(layout.digits);
            let offset = format!("{first:0digits$x}");
            pen.text(at(layout.hex.x), &offset, pen.quiet());
            let skipped = u16::try_from(before).unwrap_or(u16::MAX);
            for ((byte, place), column) in bytes.iter().zip(first..).zip(skipped..) {
                let mut style = match byte {
                    0 => pen.quiet(),
                    _ => pen.plain(),
                };
                let index = usize::try_from(cell.saturating_add(column.into())).ok();
                let is_other = index.and_then(|index| in_stream.get(index)).copied();
                let differs = differences.is_some_and(|differences| differences.has(place, true));
                if differs || is_other == Some(true) {
                    style = pen.differs();
                }
                if field.is_some_and(|field| field.contains(place)) {
                    style = match differs || is_other == Some(true) {
                        true => pen.differs_in_field(),
                        false => style.patch(pen.field()),
                    };
                }
                if cursor == i128::from(place) {
                    style = style.patch(pen.mark());
                }
                let character = match byte {
                    b' '..=b'~' => char::from(*byte),
                    _ => '.',
                };
                pen.text(at(layout.digits_at(column)), &format!("{byte:02x}"), style);
                pen.text(at(layout.text_at(column)), &character.to_string(), style);
            }
        }
    }
}
