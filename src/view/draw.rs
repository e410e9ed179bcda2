//! The screen: a title, the tree beside the bytes, a panel below those, two lines about the field under the
//! cursor, and a line for keys, messages and what is typed.

mod area;
mod fields;
mod hex;
mod overlay;
mod panel;
mod pen;
mod second_file;
mod status;
mod tree;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::App;
use super::app::{Mode, Panel};
use pen::Pen;

/// From this height on, in lines, a screen has the panel unless a user chose otherwise.
pub(super) const TALL: u16 = 30;

/// Bytes a line, from the most to the least, and the width of a screen from which on they are chosen.
const COLUMNS: [(u16, u16); 4] = [(32, 220), (16, 108), (8, 72), (4, 0)];

/// Lines of the panel, its head included, where there is room.
const PANEL: u16 = 18;

/// From this width on, in columns, the panel is beside the bytes; and the width of the panel there.
const WIDE: u16 = 170;
const PANEL_WIDTH: u16 = 58;

/// From this height on, in lines, the bytes of two files have the fields that differ above them.
const LEAST_WITH_FIELDS: u16 = 6;

/// After this many bytes comes one more space.
const HALF: u16 = 8;

/// Where the parts of the screen are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout {
    pub(super) area: Rect,
    title: Rect,
    pub(super) tree: Rect,
    pub(super) hex: Rect,
    panel: Rect,
    /// The bytes of the file that the first is compared with.
    other: Rect,
    /// Of two files: the list of fields that differ, the line of its heads, and the line below it.
    pub(super) fields: Rect,
    heads: Rect,
    names: Rect,
    status: Rect,
    /// The last line.
    bottom: Rect,
    /// Bytes a line.
    pub(super) columns: u64,
    /// Digits of an offset.
    digits: u16,
}

impl Layout {
    /// Of a screen, for a file of this size in bytes.
    pub(super) fn new(area: Rect, size: u64, has_panel: bool) -> Layout {
        let digits = u16::try_from(format!("{:x}", size.saturating_sub(1)).len()).unwrap_or(16);
        let digits = digits.max(4).next_multiple_of(2);
        let fits = |(_, least): &&(u16, u16)| area.width >= *least;
        let columns = COLUMNS.iter().find(fits).map_or(4, |(columns, _)| *columns);
        let line = |y: u16| Rect {
            y: area.y.saturating_add(y),
            height: 1.min(area.height),
            ..area
        };
        let height = area.height;
        let body = height.saturating_sub(4);
        let bytes = Layout::width(digits, columns).min(area.width);
        let is_wide = has_panel && area.width >= WIDE;
        let beside = if is_wide { PANEL_WIDTH } else { 0 };
        let panel_height = match (has_panel, is_wide) {
            (true, false) => PANEL.min(body / 2),
            (true, true) => body,
            (false, _) => 0,
        };
        let hex_height = match is_wide {
            true => body,
            false => body.saturating_sub(panel_height),
        };
        let right = area.width.saturating_sub(bytes).saturating_sub(beside);
        let (tree_width, hex_x) = (right.saturating_sub(1), area.x.saturating_add(right));
        let top = area.y.saturating_add(1);
        let panel = match is_wide {
            true => Rect {
                x: hex_x.saturating_add(bytes).saturating_add(2),
                y: top,
                width: beside.saturating_sub(2),
                height: panel_height,
            },
            false => Rect {
                x: hex_x,
                y: top.saturating_add(hex_height),
                width: bytes,
                height: panel_height,
            },
        };
        Layout {
            area,
            title: line(0),
            tree: Rect::new(area.x, top, tree_width, body).intersection(area),
            hex: Rect::new(hex_x, top, bytes, hex_height).intersection(area),
            panel: panel.intersection(area),
            other: Rect::default(),
            fields: Rect::default(),
            heads: Rect::default(),
            names: Rect::default(),
            status: Rect {
                height: 2,
                ..line(height.saturating_sub(3))
            }
            .intersection(area),
            bottom: line(height.saturating_sub(1)).intersection(area),
            columns: u64::from(columns),
            digits,
        }
    }

    /// Of a screen with the bytes of two files beside each other, and above them `rows` fields that differ,
    /// where the files have fields.
    pub(super) fn of_two(area: Rect, size: u64, rows: Option<usize>) -> Layout {
        let mut layout = Layout::new(area, size, false);
        let digits = layout.digits;
        let room = area.width.saturating_sub(1) / 2;
        let fits = |(columns, _): &&(u16, u16)| Layout::width(digits, *columns) <= room;
        let columns = COLUMNS.iter().find(fits).map_or(4, |(columns, _)| *columns);
        let width = Layout::width(digits, columns).min(area.width);
        let mut body = Rect {
            x: area.x,
            width,
            ..layout.hex
        };
        if let Some(rows) = rows.filter(|_| body.height >= LEAST_WITH_FIELDS) {
            let most = body.height.saturating_mul(2) / 5;
            let height = u16::try_from(rows.max(1)).unwrap_or(most).min(most);
            let line = |y: u16| Rect {
                y: body.y.saturating_add(y),
                height: 1,
                ..area
            };
            layout.heads = line(0);
            layout.fields = Rect { height, ..line(1) };
            layout.names = line(height.saturating_add(1));
            let above = height.saturating_add(2);
            body.y = body.y.saturating_add(above);
            body.height = body.height.saturating_sub(above);
        }
        layout.columns = u64::from(columns);
        layout.hex = body;
        layout.tree = Rect { width: 0, ..body };
        layout.other = Rect {
            x: area.x.saturating_add(width).saturating_add(1),
            ..body
        }
        .intersection(area);
        layout
    }

    /// The width in columns of a line with this many bytes.
    fn width(digits: u16, columns: u16) -> u16 {
        Layout::text_from(digits, columns).saturating_add(columns)
    }

    /// Where the characters begin, from the left of the bytes.
    fn text_from(digits: u16, columns: u16) -> u16 {
        let gaps = columns.saturating_sub(1).checked_div(HALF).unwrap_or(0);
        let bytes = columns.saturating_mul(3).saturating_add(gaps);
        digits.saturating_add(2).saturating_add(bytes)
    }

    fn columns(&self) -> u16 {
        u16::try_from(self.columns).unwrap_or(4)
    }

    /// Where the digits of a byte of a line begin.
    fn digits_at(&self, column: u16) -> u16 {
        let gaps = column.checked_div(HALF).unwrap_or(0);
        let bytes = column.saturating_mul(3).saturating_add(gaps);
        let first = self.hex.x.saturating_add(self.digits).saturating_add(2);
        first.saturating_add(bytes)
    }

    fn text_at(&self, column: u16) -> u16 {
        let first = Layout::text_from(self.digits, self.columns());
        self.hex.x.saturating_add(first).saturating_add(column)
    }

    /// Which byte of a line is at a column of the screen.
    pub(super) fn column_at(&self, x: u16) -> Option<u64> {
        let columns = 0..self.columns();
        let is_at = |column: &u16| {
            let digits = self.digits_at(*column);
            (digits..digits.saturating_add(2)).contains(&x) || self.text_at(*column) == x
        };
        columns.into_iter().find(is_at).map(u64::from)
    }
}

impl App<'_> {
    /// Draws the screen; answers where the terminal's cursor is, where it is to be seen.
    pub fn draw(&mut self, screen: &mut Buffer) -> Option<Position> {
        self.lay_out(screen.area);
        let layout = self.layout;
        let pen = &mut Pen::new(screen, self.colors);
        if layout.area.width < 20 || layout.area.height < 6 {
            pen.text(layout.area, "the window is too small", pen.plain());
            return None;
        }
        self.draw_title(layout.title, pen);
        let border = match self.compares() {
            true => layout.hex.right(),
            false => {
                self.draw_tree(layout.tree, pen);
                layout.tree.right()
            }
        };
        for y in layout.tree.top()..layout.tree.bottom() {
            pen.text(Rect::new(border, y, 1, 1), "│", pen.quiet());
        }
        self.draw_other(&layout, pen);
        self.draw_fields(&layout, pen);
        let typing = self.draw_hex(&layout, pen);
        if self.panel != Panel::Nothing {
            self.draw_panel(layout.panel, pen);
        }
        self.draw_status(layout.status, pen);
        let prompt = self.draw_bottom(layout.bottom, pen);
        self.draw_message(layout.status, layout.bottom, pen);
        match &self.mode {
            Mode::Help { top } => self.draw_help(*top, pen),
            Mode::Ask(ask) => App::draw_ask(ask, layout.area, pen),
            Mode::Review(review) => App::draw_review(review, layout.area, pen),
            _ => {}
        }
        prompt.or(typing)
    }
}
