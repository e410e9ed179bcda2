//! The bytes of the file that the first one is compared with, each line beside what it corresponds to.

use ratatui::layout::Rect;

use super::Layout;
use super::pen::Pen;
use crate::view::App;

impl App<'_> {
    pub(super) fn draw_other(&self, layout: &Layout, pen: &mut Pen<'_>) {
        let (Some(other), Some(level)) = (&self.other, self.level()) else {
            return;
        };
        if layout.other.is_empty() || !self.compares() {
            return;
        }
        let Some(differences) = &other.differences else {
            pen.text(layout.other, "the files are being compared", pen.quiet());
            return;
        };
        let shift = layout.other.x.saturating_sub(layout.hex.x);
        let cursor = differences.counterpart(level.hex.cursor);
        let lines = (0..u64::from(layout.other.height)).zip(layout.other.y..);
        for (line, y) in lines {
            let start = line.saturating_mul(level.hex.columns);
            let start = level.hex.top.saturating_add(start);
            let offset = differences.counterpart(start);
            let bytes = match other.file.read(offset, level.hex.columns) {
                Ok(bytes) if bytes.is_empty() => return,
                Ok(bytes) => bytes,
                Err(error) => {
                    pen.text(layout.other, &error.to_string(), pen.gone());
                    return;
                }
            };
            let at = |x: u16| Rect {
                x: x.saturating_add(shift),
                y,
                width: layout.other.right().saturating_sub(x.saturating_add(shift)),
                height: 1,
            };
            let digits = usize::from(layout.digits);
            pen.text(
                at(layout.hex.x),
                &format!("{offset:0digits$x}"),
                pen.quiet(),
            );
            for (byte, column) in bytes.iter().zip(0u16..) {
                let place = offset.saturating_add(u64::from(column));
                let mut style = match byte {
                    0 => pen.quiet(),
                    _ => pen.plain(),
                };
                if differences.has(place, true) {
                    style = pen.differs();
                }
                if place == cursor {
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
