//! Writing on the screen: text is cut at the borders of its area, and styles are distinct without colors, too.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::area::after;
use crate::render::hex::fitting;
use crate::render::text_color;
use crate::tree::Severity;
use crate::view::Colors;
use crate::view::app::Tone;

/// Writes on a screen.
pub(super) struct Pen<'b> {
    screen: &'b mut Buffer,
    pub(super) colors: Colors,
}

impl<'b> Pen<'b> {
    pub(super) fn new(screen: &'b mut Buffer, colors: Colors) -> Pen<'b> {
        Pen { screen, colors }
    }

    /// Writes a text on the first line of an area, as far as there is room, and an ellipsis for the rest;
    /// answers the columns that it took. Text from files must be escaped before.
    pub(super) fn text(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        let area = area.intersection(self.screen.area);
        if area.is_empty() {
            return 0;
        }
        let shown = fitting(text, usize::from(area.width));
        self.screen
            .set_stringn(area.x, area.y, &shown, usize::from(area.width), style);
        u16::try_from(shown.width())
            .unwrap_or(area.width)
            .min(area.width)
    }

    /// Writes texts one after the other.
    pub(super) fn texts(&mut self, area: Rect, parts: &[(&str, Style)]) -> u16 {
        let mut left = area;
        for (text, style) in parts {
            let width = self.text(left, text, *style);
            left = after(left, width);
        }
        left.x.saturating_sub(area.x)
    }

    /// Writes a text that ends at the right border of an area; answers what is left of the area.
    pub(super) fn right(&mut self, area: Rect, text: &str, style: Style) -> Rect {
        let width = u16::try_from(text.width())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let left = area.width.saturating_sub(width);
        self.text(after(area, left), text, style);
        Rect {
            width: left.saturating_sub(1),
            ..area
        }
    }

    /// Clears an area.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.screen.area);
        for position in area.positions() {
            if let Some(cell) = self.screen.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// Gives an area a style.
    pub(super) fn fill(&mut self, area: Rect, style: Style) {
        self.screen.set_style(area, style);
    }

    /// An empty box with a frame, and what is inside.
    pub(super) fn frame(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.screen.area);
        self.clear(area);
        let line = "─".repeat(usize::from(area.width.saturating_sub(2)));
        let (top, bottom) = (format!("┌{line}┐"), format!("└{line}┘"));
        let row = |y: u16| Rect {
            y,
            height: 1,
            ..area
        };
        let quiet = self.quiet();
        self.text(row(area.y), &top, quiet);
        self.text(row(area.bottom().saturating_sub(1)), &bottom, quiet);
        for y in area.top().saturating_add(1)..area.bottom().saturating_sub(1) {
            self.text(Rect { width: 1, ..row(y) }, "│", quiet);
            let right = area.right().saturating_sub(1);
            self.text(Rect::new(right, y, 1, 1), "│", quiet);
        }
        let place = Rect {
            x: area.x.saturating_add(2),
            width: area.width.saturating_sub(4),
            ..row(area.y)
        };
        if !title.is_empty() {
            self.text(place, &format!(" {title} "), self.bold());
        }
        Rect {
            x: area.x.saturating_add(2),
            y: area.y.saturating_add(1),
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(2),
        }
    }

    /// One cell, with colors of its own.
    pub(super) fn cell(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.screen.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    pub(super) fn plain(&self) -> Style {
        Style::new()
    }

    pub(super) fn bold(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(super) fn quiet(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    fn ink(&self, color: anstyle::Ansi256Color) -> Style {
        match self.colors {
            Colors::None => Style::new(),
            _ => Style::new().fg(Color::Indexed(color.0)),
        }
    }

    pub(super) fn number(&self) -> Style {
        self.ink(text_color::CYAN)
    }

    pub(super) fn string(&self) -> Style {
        self.ink(text_color::GREEN)
    }

    pub(super) fn changed(&self) -> Style {
        let style = self.ink(text_color::YELLOW);
        style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// Bytes that differ from the other file.
    pub(super) fn differs(&self) -> Style {
        let style = self.ink(text_color::RED);
        style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The same among the bytes of the field under the cursor.
    pub(super) fn differs_in_field(&self) -> Style {
        self.differs().add_modifier(Modifier::REVERSED)
    }

    pub(super) fn gone(&self) -> Style {
        self.ink(text_color::RED)
    }

    pub(super) fn come(&self) -> Style {
        self.ink(text_color::GREEN)
    }

    pub(super) fn severity(&self, severity: Severity) -> Style {
        self.ink(text_color::of(severity))
            .add_modifier(Modifier::BOLD)
    }

    pub(super) fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Note => self.plain(),
            Tone::Warning => self.severity(Severity::Warning),
            Tone::Error => self.severity(Severity::Error),
        }
    }

    /// The cursor of the half that has the keys.
    pub(super) fn cursor(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// The cursor of the other half.
    pub(super) fn mark(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The bytes of the field under the cursor.
    pub(super) fn field(&self) -> Style {
        ground(self.ink(text_color::CYAN))
    }

    pub(super) fn selection(&self) -> Style {
        ground(self.ink(text_color::MAGENTA))
    }

    pub(super) fn bar(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

/// A color as the background of bytes. On a dim one, text is black, since a light one would be hard to read.
fn ground(ink: Style) -> Style {
    ink.add_modifier(Modifier::REVERSED)
        .remove_modifier(Modifier::DIM)
}

/// The end of a text, as far as it fits: the end of a path is its most telling part.
pub(super) fn ending(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = 1usize;
    let mut tail: Vec<char> = Vec::new();
    for c in text.chars().rev() {
        used = used.saturating_add(c.width().unwrap_or(0));
        if used > room {
            break;
        }
        tail.push(c);
    }
    std::iter::once('…').chain(tail.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn of_what_is_too_long_the_end_is_shown() {
        assert_eq!(ending("header.mode", 20), "header.mode");
        assert_eq!(ending("header.mode", 5), "…mode");
        assert_eq!(ending("名前名前", 5), "…名前");
        assert_eq!(ending("名前名前", 4), "…前");
    }
}
