//! The fields that differ, of two files: a line a field, with the values of both.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::Layout;
use super::area::{self, after};
use super::pen::{Pen, ending};
use crate::Source;
use crate::offset::Position;
use crate::render::{escape, tree};
use crate::tree::{Node, Severity};
use crate::value::text::counted;
use crate::view::App;
use crate::view::app::Pane;
use crate::view::fields::{Row, Sides};
use crate::view::hex::pairs;

/// The longest value that is written out, in characters.
const LONGEST: usize = 60;

/// Bytes that are shown of a field without a value, from the first that differs on.
const PREVIEW: u64 = 6;

/// The columns of a list of this width: where each of the three begins, and how wide it is.
fn columns(area: Rect, names: usize) -> [Rect; 3] {
    let most = usize::from(area.width) / 2;
    let names = u16::try_from(names.min(most)).unwrap_or(area.width);
    let values = area.width.saturating_sub(names).saturating_sub(6) / 2;
    let first = after(area, names.saturating_add(4));
    [
        area::columns(area, 2, names),
        area::columns(first, 0, values),
        after(first, values.saturating_add(2)),
    ]
}

impl App<'_> {
    pub(super) fn draw_fields(&self, layout: &Layout, pen: &mut Pen<'_>) {
        let Some(other) = self.other.as_ref() else {
            return;
        };
        if layout.fields.is_empty() || !self.compares() {
            return;
        }
        let first_name = self.levels.first().map_or("", |level| level.name.as_str());
        let first_name = escape::message(first_name).to_string();
        let second_name = escape::message(&other.name).to_string();
        let line = "─".repeat(usize::from(layout.names.width));
        pen.text(layout.names, &line, pen.quiet());
        let name = |x: u16, width: u16| Rect {
            x: x.saturating_add(2),
            width: width.saturating_sub(3),
            ..layout.names
        };
        let (hex, beside) = (layout.hex, layout.other);
        pen.text(
            name(hex.x, hex.width),
            &format!(" {first_name} "),
            pen.bold(),
        );
        pen.text(
            name(beside.x, beside.width),
            &format!(" {second_name} "),
            pen.bold(),
        );
        let Some(fields) = self.fields() else {
            pen.text(layout.fields, " the fields are being compared", pen.quiet());
            return;
        };
        if fields.rows.is_empty() {
            pen.text(layout.fields, " no field differs", pen.quiet());
            return;
        }
        let height = usize::from(layout.fields.height);
        let visible = fields.rows.iter().enumerate().skip(fields.top).take(height);
        let paths = visible.clone().map(|(_, row)| path(row));
        let names = paths.map(|path| path.width()).chain([5]).max();
        let names = names.unwrap_or(0);
        let [field, first, second] = columns(layout.heads, names);
        pen.text(field, "field", pen.bold());
        pen.text(first, &first_name, pen.bold());
        pen.text(second, &second_name, pen.bold());
        for ((index, row), line) in visible.zip(layout.fields.rows()) {
            self.draw_field(row, names, line, pen);
            if index == fields.cursor {
                let style = match self.pane {
                    Pane::Fields => pen.cursor(),
                    _ => pen.mark(),
                };
                pen.fill(line, style);
            }
        }
    }

    fn draw_field(&self, row: &Row, names: usize, line: Rect, pen: &mut Pen<'_>) {
        let [name, first, second] = columns(line, names);
        let (sign, style) = match row.sides {
            Sides::Both { .. } => ("~", pen.severity(Severity::Warning)),
            Sides::First(_) => ("-", pen.gone()),
            Sides::Second(_) => ("+", pen.come()),
        };
        pen.text(Rect { width: 1, ..line }, sign, style);
        pen.text(name, &ending(&path(row), name.width.into()), pen.plain());
        let (before, after) = self.both_shown(row);
        let quiet = pen.quiet();
        let shown = |value: Option<String>| -> (String, Style) {
            value.map_or(("none".to_owned(), quiet), |value| (value, pen.plain()))
        };
        let (before, before_style) = shown(before);
        let (after, after_style) = shown(after);
        pen.text(first, &before, before_style);
        pen.text(second, &after, after_style);
    }

    /// What the field is in both files.
    pub(super) fn both_shown(&self, row: &Row) -> (Option<String>, Option<String>) {
        let sizes = [row.first(), row.second()].map(|node| node.map(|node| node.range.size));
        let has_size = sizes[0] != sizes[1];
        let first = |node: &Node| self.levels.first()?.source(node.range.space);
        let second = |node: &Node| self.fields()?.second.space(node.range.space);
        let at = row.at();
        let before = row
            .first()
            .map(|node| bytes(node, first(node), at, has_size));
        let after = row
            .second()
            .map(|node| bytes(node, second(node), at, has_size));
        let shown = |node: Option<&Node>, bytes: Option<String>| node.and_then(value).or(bytes);
        let values = (
            shown(row.first(), before.clone()),
            shown(row.second(), after.clone()),
        );
        // Values may be alike as far as they are written.
        match values.0 == values.1 {
            true => (before, after),
            false => values,
        }
    }
}

fn path(row: &Row) -> String {
    match row.path.is_empty() {
        true => "the file".to_owned(),
        false => escape::message(&row.path).to_string(),
    }
}

/// The value with its meaning, or what a group says of itself.
fn value(node: &Node) -> Option<String> {
    let meaning = node
        .meaning
        .as_deref()
        .map(|meaning| escape::text(meaning).to_string());
    let Some(value) = &node.value else {
        let size = counted(node.range.size, "byte");
        let told = meaning.map_or(size.clone(), |meaning| format!("{meaning}, {size}"));
        return (!node.is_leaf()).then_some(told);
    };
    let value = escape::value(&tree::of_node(node, value, LONGEST, false)).to_string();
    Some(match meaning {
        // 640 pixels: the value again, with what it counts.
        Some(meaning) if meaning.starts_with(&format!("{value} ")) => meaning,
        Some(meaning) => format!("{value}  {meaning}"),
        None => value,
    })
}

/// The bytes of a field from the first that differs on, and how many it has where that differs.
fn bytes(node: &Node, source: Option<&Source>, at: u64, has_size: bool) -> String {
    let range = node.range;
    let left = range.size.since(at);
    let read = source.and_then(|source| {
        let from = range.offset.past(at);
        source.read(from, left.min(PREVIEW)).ok()
    });
    let digits = pairs(&read.unwrap_or_default());
    let (before, after) = (
        if at > 0 { "… " } else { "" },
        if left > PREVIEW { " …" } else { "" },
    );
    let size = match has_size {
        true => format!("{}: ", counted(range.size, "byte")),
        false => String::new(),
    };
    format!("{size}{before}{digits}{after}")
}
