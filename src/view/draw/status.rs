//! The title, the lines about the field under the cursor, and the last line.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::area::{self, row};
use super::pen::{Pen, ending};
use crate::offset::Position as _;
use crate::render::{escape, tree, wrap};
use crate::tree::{Node, Role};
use crate::value::text::counted;
use crate::view::App;
use crate::view::app::{Kind, Mode, Pane, is_unknown};
use crate::view::fields::{Fields, Row};
use crate::view::level::Level;
use crate::view::outline::paths;

/// The columns that a file's name has on a narrow screen, too.
const LEAST_NAME: usize = 12;

/// The longest value of a field that is shown, in characters.
const LONGEST: usize = 200;

impl App<'_> {
    pub(super) fn draw_title(&self, area: Rect, pen: &mut Pen<'_>) {
        pen.fill(area, pen.bar());
        let mut name = String::new();
        for (depth, level) in self.levels.iter().enumerate() {
            let arrow = if depth > 0 { " › " } else { "" };
            name.push_str(arrow);
            name.push_str(&escape::message(&level.name).to_string());
        }
        let Some(level) = self.level() else { return };
        let format = match is_unknown(&level.document) {
            true if self.works.has(Kind::Read) => "…",
            true => "no known format",
            false => level.document.format().name(),
        };
        let size = level
            .file
            .known_size()
            .map_or(String::new(), |size| counted(size, "byte"));
        let edited = match (self.is_unsaved(), self.is_changed) {
            (true, _) => "  [changed]",
            (false, _) => "",
        };
        let outside = match self.is_changed {
            true => "  [changed on the disk: R reads it anew]",
            false => "",
        };
        let right = self
            .work_in_words()
            .or_else(|| self.differences_in_words())
            .or_else(|| problems_in_words(level))
            .unwrap_or_default();
        let left = pen.right(area, &right, pen.bar());
        let bar = pen.bar();
        let about = format!("  {format}  {size}");
        let others = [&about, edited, outside].map(UnicodeWidthStr::width);
        let others = others
            .iter()
            .fold(1, |sum: usize, width| sum.saturating_add(*width));
        // Of a long name the end, which has the suffix.
        let room = usize::from(left.width).saturating_sub(others);
        let name = ending(&name, room.max(LEAST_NAME));
        pen.texts(
            left,
            &[
                (" ", bar),
                (&name, pen.cursor()),
                (&about, bar),
                (edited, pen.cursor()),
                (outside, pen.cursor()),
            ],
        );
    }

    /// The work that goes on, and its progress.
    fn work_in_words(&self) -> Option<String> {
        let (kind, done) = self.works.shown()?;
        let what = match kind {
            Kind::Search => "searching",
            Kind::Save => "saving",
            Kind::Problems => "looking for problems",
            Kind::Plan | Kind::Review => "working",
            Kind::Find => "finding",
            Kind::Compare => "comparing",
            _ => "reading",
        };
        let far = match done {
            0..1_000_000 => String::new(),
            done => format!(" {} MB", done.checked_div(1_000_000).unwrap_or(0)),
        };
        Some(format!("{what}{far}… "))
    }

    /// How much differs from the other file, where there is one.
    fn differences_in_words(&self) -> Option<String> {
        let other = self.other.as_ref()?;
        let differences = other.differences.as_ref()?;
        let more = if differences.is_cut { "+" } else { "" };
        let name = escape::message(&other.name);
        let fields = self.fields().filter(|fields| !fields.rows.is_empty());
        Some(match (fields, differences.len() as u64) {
            (Some(fields), _) => {
                let more = if fields.is_cut { "+" } else { "" };
                let count = fields.rows.len();
                let s = if count == 1 { " differs" } else { "s differ" };
                format!("{count}{more} field{s} from {name} (n) ")
            }
            (None, 0) => format!("the same bytes as {name} "),
            (None, 1) => format!("1 difference from {name} (n) "),
            (None, count) => format!("{count}{more} differences from {name} (n) "),
        })
    }

    pub(super) fn draw_status(&self, area: Rect, pen: &mut Pen<'_>) {
        let Some(level) = self.level() else { return };
        let (first, second) = (row(area, 0), row(area, 1));
        pen.fill(first, pen.bar());
        if self.compares()
            && let (Pane::Fields, Some(row)) = (self.pane, self.fields().and_then(Fields::selected))
        {
            self.draw_status_of_two(row, first, pen);
            return self.draw_second(second, pen);
        }
        let selected = level.outline.selected().filter(|row| row.is_node());
        let way = level.outline.way();
        let (_, path) = paths(&way);
        let selection = level.hex.selection();
        let selected_bytes = selection.end.since(selection.start);
        let space = if level.hex.space.is_file() { "" } else { "~" };
        let cursor = format!("{space}{:#x}", level.hex.cursor);
        let mut right = match level.hex.anchor {
            Some(_) => format!("{} selected at {cursor} ", counted(selected_bytes, "byte")),
            None => format!("at {cursor} "),
        };
        let path = escape::message(&path).to_string();
        let mut place = String::new();
        if let Some(row) = selected {
            let range = row.node.range;
            let size = match range.bits {
                Some(bits) => counted(bits.count.into(), "bit"),
                None => counted(range.size, "byte"),
            };
            let space = if range.space.is_file() { "" } else { "~" };
            place = format!("  {space}{:#x}, {size}", range.offset);
            right = index_in(row, level.hex.cursor)
                .filter(|_| level.hex.space == range.space)
                .map_or(right.clone(), |index| format!("[{index}] {right}"));
        }
        let left = pen.right(first, &right, pen.bar());
        // Of a long path the end says the most.
        let room = usize::from(left.width).saturating_sub(place.width().saturating_add(1));
        let path = ending(&path, room);
        pen.texts(
            left,
            &[(" ", pen.bar()), (&path, pen.bar()), (&place, pen.bar())],
        );
        self.draw_second(second, pen);
    }

    /// A field that differs, and where it is in both files.
    fn draw_status_of_two(&self, row: &Row, area: Rect, pen: &mut Pen<'_>) {
        let place = |node: Option<&Node>| {
            node.map_or("none".to_owned(), |node| {
                let range = node.range;
                let space = if range.space.is_file() { "" } else { "~" };
                format!(
                    "{space}{:#x}, {}",
                    range.offset,
                    counted(range.size, "byte")
                )
            })
        };
        let (first, second) = (row.first(), row.second());
        let right = match (place(first), place(second)) {
            (first, second) if first == second => format!("{first} in both "),
            (first, second) => format!("{first} │ {second} "),
        };
        let left = pen.right(area, &right, pen.bar());
        let told = format!(" {}  {}", escape::message(&row.path), row.word());
        pen.text(left, &told, pen.bar());
    }

    /// The input that a line expects, or the value of the field and its meaning.
    fn draw_second(&self, area: Rect, pen: &mut Pen<'_>) {
        if let (Mode::Prompt(wanted, _), None) = (&self.mode, &self.message) {
            pen.texts(area, &[(" ", pen.quiet()), (wanted.hint(), pen.quiet())]);
            return;
        }
        let compared = self.fields().and_then(Fields::selected);
        if let (Pane::Fields, Some(row)) = (self.pane, compared) {
            let (before, after) = self.both_shown(row);
            let shown = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
            let (before, after) = (shown(before), shown(after));
            pen.texts(
                area,
                &[
                    (" ", pen.plain()),
                    (&before, pen.gone()),
                    (" → ", pen.quiet()),
                    (&after, pen.come()),
                ],
            );
            return;
        }
        let row = self.level().and_then(|level| level.outline.selected());
        let Some(row) = row.filter(|row| row.is_node()) else {
            return;
        };
        let node = &row.node;
        let value = node
            .value
            .as_ref()
            .map(|value| tree::of_node(node, value, LONGEST, false));
        let value = value.map(|value| escape::value(&value).to_string());
        let role = match self.level() {
            Some(level) if is_unknown(&level.document) && node.role == Role::Gap => {
                "bytes of no known format: f reads them in one"
            }
            _ => App::role(node),
        };
        let meaning = node.meaning.as_deref().unwrap_or(role);
        let meaning = escape::text(meaning).to_string();
        let value = value.filter(|value| {
            // 640 pixels: the value again, with what it counts.
            !meaning
                .strip_prefix(value.as_str())
                .is_some_and(|rest| rest.starts_with(' '))
        });
        let format = node.whole_format().map(|format| format.into_owned());
        let format = format.map_or(String::new(), |format| format!("  {format}"));
        let problem = node.problems.iter().max_by_key(|problem| problem.severity);
        let (problem, style) = match problem {
            Some(problem) => (
                format!(
                    "  {} {}: {}",
                    problem.severity,
                    problem.code,
                    escape::message(&problem.message)
                ),
                pen.severity(problem.severity),
            ),
            None => (String::new(), pen.plain()),
        };
        let value = value.unwrap_or_default();
        let space = if value.is_empty() { "" } else { "  " };
        pen.texts(
            area,
            &[
                (" ", pen.plain()),
                (&value, pen.number()),
                (space, pen.plain()),
                (&meaning, pen.plain()),
                (&format, pen.quiet()),
                (&problem.replace('\n', " "), style),
            ],
        );
    }

    /// The last line: what is typed, a message, or the keys to begin with. Answers where the cursor of the
    /// line is.
    pub(super) fn draw_bottom(&self, area: Rect, pen: &mut Pen<'_>) -> Option<Position> {
        match &self.mode {
            Mode::Prompt(wanted, line) => {
                let label = escape::message(&wanted.label()).to_string();
                let (before, after) = line.parts();
                // Of a long line, the part before the cursor that there is room for.
                let label_width = pen.text(area, &label, pen.bold());
                let place = area::after(area, label_width);
                let room = usize::from(place.width.saturating_sub(1));
                let skipped = before.chars().count().saturating_sub(room);
                let before: String = before.chars().skip(skipped).collect();
                let width = pen.texts(
                    place,
                    &[(&escape::message(&before).to_string(), pen.plain())],
                );
                let rest = area::after(place, width);
                pen.text(rest, &escape::message(&after).to_string(), pen.plain());
                Some(Position::new(
                    rest.x.min(area.right().saturating_sub(1)),
                    area.y,
                ))
            }
            _ => {
                if self.message.is_none() {
                    pen.text(area, &self.hint(), pen.quiet());
                }
                None
            }
        }
    }

    /// A message, which ends on the last line of an area, or of the screen where nothing is typed there, and takes
    /// as many lines above it as it needs, of the two that say what the field is.
    pub(super) fn draw_message(&self, status: Rect, bottom: Rect, pen: &mut Pen<'_>) {
        let Some((tone, text)) = &self.message else {
            return;
        };
        let is_prompt = matches!(self.mode, Mode::Prompt(..));
        let room = usize::from(status.width).saturating_sub(1);
        let text = escape::message(text).to_string().replace('\n', " ");
        let lines = wrap::message(&text, 0, room);
        let most = usize::from(status.height).saturating_add(usize::from(!is_prompt));
        let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                last.push('…');
            }
        }
        let below = match is_prompt {
            true => status.bottom(),
            false => bottom.bottom(),
        };
        for (line, y) in lines.iter().rev().zip((status.y..below).rev()) {
            let place = Rect {
                y,
                height: 1,
                ..status
            };
            pen.clear(place);
            pen.texts(place, &[(" ", pen.plain()), (line, pen.tone(*tone))]);
        }
    }

    fn hint(&self) -> String {
        let hint = match (&self.mode, self.pane) {
            (Mode::Type { text, insert, .. }, _) => {
                let what = if *text { "characters" } else { "digits" };
                let how = if *insert { "inserted" } else { "typed over" };
                let other = if *text { "digits" } else { "characters" };
                return format!(
                    " {what} are {how}: Tab {other}, Ins inserts or not, Del deletes, ^Z undoes, Esc ends"
                );
            }
            (_, Pane::Tree) => {
                " ?help Tab:bytes Enter:open/edit /find g:go p:problem f:format u:undo s:save q"
            }
            (_, Pane::Fields) => {
                " ?help Tab:bytes n N:next/before Enter:edit /find g:go p:problem u:undo s:save q"
            }
            (_, Pane::Hex) => {
                " ?help Tab:tree e:type I:insert x:delete v:select /find g:go u:undo s:save q"
            }
        };
        hint.to_owned()
    }
}

/// How many problems a file has, where it has some.
fn problems_in_words(level: &Level) -> Option<String> {
    let problems = level.problems.as_ref()?;
    let more = if problems.is_cut { "+" } else { "" };
    match (problems.list.len(), more) {
        (0, _) => None,
        (1, "") => Some("1 problem (p) ".to_owned()),
        (count, _) => Some(format!("{count}{more} problems (p) ")),
    }
}

/// Of an array of plain values, which of them the cursor is at.
fn index_in(row: &crate::view::outline::Row, cursor: u64) -> Option<u64> {
    let node = &row.node;
    let count = node.items.filter(|count| *count > 0)?;
    let size = node.range.size.checked_div(count)?;
    let is_even = size.checked_mul(count) == Some(node.range.size);
    let within = cursor.checked_sub(node.range.offset)?;
    let index = within.checked_div(size).filter(|_| is_even)?;
    (index < count).then_some(index)
}
