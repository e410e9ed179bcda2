//! The tree: names, values, meanings.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;
use crate::render::hex::fitting;
use crate::render::{escape, tree};
use crate::tree::{Node, Role, Severity};
use crate::value::Value;
use crate::value::text::counted;
use crate::view::App;
use crate::view::app::Pane;
use crate::view::hex::pairs;
use crate::view::level::Level;
use crate::view::outline::{Kind, Row};

/// The longest value that is written out, in characters.
const LONGEST: usize = 60;

/// Bytes that are shown of a field without a value.
const PREVIEW: u64 = 6;

/// Narrower trees have names alone, in columns.
const NARROW: usize = 18;

/// The widest key of an item, in columns.
const KEY: usize = 40;

impl App<'_> {
    pub(super) fn draw_tree(&self, area: Rect, pen: &mut Pen<'_>) {
        let Some(level) = self.level() else { return };
        let rows = level.outline.rows();
        let height = usize::from(area.height);
        let visible = rows.iter().enumerate().skip(level.outline.top).take(height);
        // Where there is no room for values, names have all of it.
        let half = match usize::from(area.width) {
            width @ 0..NARROW => width,
            width => width.saturating_mul(11) / 20,
        };
        let widths = visible.clone().filter(|(_, row)| row.is_node());
        let names = widths.map(|(_, row)| name(row).width()).max().unwrap_or(0);
        let names = names.min(half);
        for ((index, row), y) in visible.zip(area.y..) {
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            self.draw_row(level, row, names, line, pen);
            if index == level.outline.cursor() {
                pen.fill(
                    line,
                    match self.pane {
                        Pane::Tree => pen.cursor(),
                        _ => pen.mark(),
                    },
                );
            }
        }
    }

    fn draw_row(&self, level: &Level, row: &Row, names: usize, line: Rect, pen: &mut Pen<'_>) {
        let indent = " ".repeat(row.depth.saturating_mul(2));
        let quiet = pen.quiet();
        let note = match &row.kind {
            Kind::Node { .. } => None,
            Kind::Before(n) => Some((format!("{indent}… {n} before"), quiet)),
            Kind::After(Some(n)) => Some((format!("{indent}… {n} more"), quiet)),
            Kind::After(None) => Some((format!("{indent}… more"), quiet)),
            Kind::Waiting => Some((format!("{indent}reading…"), quiet)),
            Kind::Failed(why) => {
                let why = escape::message(why).to_string().replace('\n', " ");
                Some((format!("{indent}{why}"), pen.severity(Severity::Error)))
            }
        };
        if let Some((text, style)) = note {
            pen.text(line, &text, style);
            return;
        }
        let node = &*row.node;
        let style = match node.role {
            Role::Padding | Role::Gap => quiet,
            _ if node.is_leaf() => pen.plain(),
            _ => pen.bold(),
        };
        let shown = name(row);
        let shown = fitting(&shown, names);
        let gap = names.saturating_sub(shown.width()).saturating_add(1);
        let worst = node.problems.iter().map(|problem| problem.severity).max();
        let (sign, sign_style) = match worst {
            Some(severity) => ("!", pen.severity(severity)),
            None => (" ", quiet),
        };
        let is_typed = self.is_typed(node);
        let (value, value_style) = value(level, node, row.depth, pen);
        let value_style = if is_typed { pen.changed() } else { value_style };
        let meaning = node.meaning.as_deref().unwrap_or_default();
        // 640 pixels: the value again, with what it counts.
        let (value, meaning) = match meaning.strip_prefix(&*value) {
            Some(rest) if rest.starts_with(' ') => (value.as_str(), rest.trim_start()),
            _ => (value.as_str(), meaning),
        };
        let meaning = escape::text(meaning).to_string();
        let space = if value.is_empty() { "" } else { "  " };
        pen.texts(
            line,
            &[
                (&shown, style),
                (&" ".repeat(gap), pen.plain()),
                (sign, sign_style),
                (value, value_style),
                (space, pen.plain()),
                (&meaning, quiet),
            ],
        );
    }

    fn is_typed(&self, node: &Node) -> bool {
        let range = node.range;
        let can_be = range.space.is_file() && node.is_leaf();
        can_be && !self.typed(range.offset, range.size).is_empty()
    }
}

/// The name with its indent and the sign that it can be opened.
fn name(row: &Row) -> String {
    let node = &*row.node;
    let indent = row.depth.saturating_mul(2);
    let sign = match row.kind {
        Kind::Node { open: Some(true) } => '▾',
        Kind::Node { open: Some(false) } => '▸',
        _ => ' ',
    };
    let name = match node.is_item() {
        true => format!("[{}]", node.name),
        false => escape::text(&*node.name).to_string(),
    };
    let key = match &node.key {
        Some(key) => {
            let key = escape::text(&**key).to_string();
            format!(" {}", fitting(&key, KEY))
        }
        None => String::new(),
    };
    format!("{:indent$}{sign} {name}{key}", "")
}

/// What is beside the name: the value, the first bytes of data, or how many children there are.
fn value(level: &Level, node: &Node, depth: usize, pen: &Pen<'_>) -> (String, Style) {
    if let Some(value) = &node.value {
        let is_number = matches!(value, Value::Int(_) | Value::Uint(_) | Value::Float(_));
        let style = if is_number {
            pen.number()
        } else {
            pen.string()
        };
        let text = tree::of_node(node, value, LONGEST, false);
        return (escape::value(&text).to_string(), style);
    }
    if depth > 0
        && node.is_item()
        && let Some(numbers) = tree::short_group(node, false)
    {
        return (numbers, pen.number());
    }
    let shows_bytes = matches!(node.role, Role::Data | Role::Gap | Role::Padding);
    if node.is_leaf() && (shows_bytes || node.is_unread() || node.role == Role::View) {
        let bytes = level.source(node.range.space).and_then(|source| {
            source
                .read(node.range.offset, node.range.size.min(PREVIEW))
                .ok()
        });
        let digits = pairs(&bytes.unwrap_or_default());
        let more = if node.range.size > PREVIEW {
            " …"
        } else {
            ""
        };
        return (format!("{digits}{more}"), pen.quiet());
    }
    let count = match node.meaning {
        None => crate::view::children::count(node).filter(|_| node.is_on_demand()),
        Some(_) => None,
    };
    let text = count.map_or(String::new(), |count| counted(count, "item"));
    (text, pen.quiet())
}
