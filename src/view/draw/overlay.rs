//! What lies over the screen: help, questions, the changes before they are saved.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::area::row;
use super::pen::Pen;
use crate::view::App;
use crate::view::app::{Question, Review};

/// Keys, and what they do; a line without keys is a heading.
const HELP: &[(&str, &str)] = &[
    ("", "Anywhere"),
    ("Tab", "to the next part: tree, bytes, fields that differ"),
    (
        "arrows, hjkl",
        "move; PgUp, PgDn a page; Home, End or G to the ends",
    ),
    (
        "/",
        "search text, x'42 4d ??', b'\\0', r'regex'; n on, N back",
    ),
    (
        "g",
        "go to an offset (0x36, -22, +16) or a path (list[3].name)",
    ),
    ("p P", "next problem, previous problem"),
    (
        "n N, d D",
        "of two files: next difference, previous difference",
    ),
    (
        "i",
        "the panel: readings of the bytes, problems, picture, none",
    ),
    ("f", "read the bytes from here on in a format; F keeps it"),
    ("o", "go into the field as a file of its own"),
    ("Backspace", "out again; back to the format before"),
    ("u, ^R", "undo, redo"),
    ("s", "save; the changes are shown first"),
    ("R", "read the file anew"),
    ("Esc", "stop a search or what else takes long"),
    ("q", "quit; ^Z stops, as in other programs of a terminal"),
    ("", "In the tree"),
    ("Enter", "open or close; go into data; edit a value"),
    ("e", "edit the value, as set takes it"),
    ("Space", "open or close"),
    ("← →", "to the parent, or close; open"),
    ("", "In the bytes"),
    ("e, Enter", "type hexadecimal digits over the bytes"),
    ("t", "type characters over the bytes"),
    ("I", "insert bytes; while typing: Tab characters, Ins, Del"),
    ("v", "select from here; f, x then mean what is selected"),
    ("x, Del", "delete"),
    (
        "Home End",
        "borders of the line; with Ctrl those of the file",
    ),
    ("", "Mouse"),
    (
        "click",
        "moves there; again, opens and closes; the wheel scrolls",
    ),
];

/// The widest box.
const WIDEST: u16 = 76;

fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x.saturating_add(area.width.saturating_sub(width) / 2),
        y: area
            .y
            .saturating_add(area.height.saturating_sub(height) / 2),
        width,
        height,
    }
}

impl App<'_> {
    pub(super) fn draw_help(&self, top: usize, pen: &mut Pen<'_>) {
        let area = self.layout.area;
        let height = u16::try_from(HELP.len().saturating_add(2)).unwrap_or(u16::MAX);
        let area = centered(area, WIDEST, height.min(area.height.saturating_sub(2)));
        let inside = pen.frame(area, "Keys (j, k scroll; any other key closes)");
        let most = HELP.len().saturating_sub(usize::from(inside.height));
        let lines = HELP.iter().skip(top.min(most));
        for ((keys, what), line) in lines.zip(inside.rows()) {
            if keys.is_empty() {
                pen.text(line, what, pen.bold());
                continue;
            }
            let keys = format!("  {keys:13}");
            pen.texts(line, &[(&keys, pen.number()), (what, pen.plain())]);
        }
    }

    pub(super) fn draw_ask(ask: &Question, area: Rect, pen: &mut Pen<'_>) {
        let lines = ask.choices.len().saturating_add(4);
        let height = u16::try_from(lines).unwrap_or(u16::MAX);
        let wide = ask
            .choices
            .iter()
            .map(|(_, what)| what.width().saturating_add(10));
        let wide = wide.chain([ask.question.width().saturating_add(4)]).max();
        let width = u16::try_from(wide.unwrap_or(0)).unwrap_or(WIDEST);
        let inside = pen.frame(centered(area, width, height), "");
        pen.text(row(inside, 0), &ask.question, pen.bold());
        let choices = ask
            .choices
            .iter()
            .map(|(key, what)| (key.to_string(), *what));
        for ((key, what), n) in choices.chain([("Esc".to_owned(), "go on")]).zip(1u16..) {
            let key = format!("  {key:4}");
            pen.texts(row(inside, n), &[(&key, pen.number()), (what, pen.plain())]);
        }
    }

    pub(super) fn draw_review(review: &Review, area: Rect, pen: &mut Pen<'_>) {
        let lines = review.lines.len().saturating_add(4);
        let height = u16::try_from(lines).unwrap_or(u16::MAX);
        let area = centered(area, WIDEST, height.min(area.height.saturating_sub(2)));
        let inside = pen.frame(area, &review.title);
        // The keys stand in the last row, after an empty one.
        let rows = inside
            .rows()
            .take(usize::from(inside.height).saturating_sub(2));
        let lines = review.lines.iter().skip(review.top);
        for ((sign, text), line) in lines.zip(rows) {
            let style = match sign {
                '-' => pen.gone(),
                '+' => pen.come(),
                _ => pen.plain(),
            };
            let text = match sign {
                ' ' => text.clone(),
                sign => format!("  {sign} {text}"),
            };
            pen.text(line, &text, style);
        }
        let keys = match review.in_place {
            true => "y write a copy in its place  i only the changed bytes  Esc go on",
            false => "y write a copy in its place  Esc go on",
        };
        let last = row(inside, inside.height.saturating_sub(1));
        pen.text(last, keys, pen.bold());
    }
}
