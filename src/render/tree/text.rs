//! A tree as an outline: offset, size, name, value, meaning; problems below what they are about.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use anstyle::Style;

use super::short::short_group;
use crate::inspect::{Step, walk};
use crate::offset::{Position, Tally};
use crate::render::escape;
use crate::render::table::{Align, Cell, Table};
use crate::render::text_color;
use crate::tree::{Node, Problem, Range, Role, Severity, Spelling};
use crate::value::Value;
use crate::value::text::{counted, trim_end};

/// Rows are lined up in parts of this size; columns only ever grow.
const ROWS: usize = 512;

/// Off a terminal, the first this many rows set the widths of the columns, so that they hardly ever grow afterwards.
const FIRST_ROWS: usize = 1 << 14;

/// A cell with more characters than this doesn't widen its column.
const WIDEST: usize = 64;

/// Items of an array that are shown unless all are asked for.
const ITEMS: u64 = 16;

/// Members that are shown, a line each, unless all are asked for.
const MEMBERS: u64 = 100;

/// The longest value, in characters; more comes after an ellipsis.
const LONGEST: usize = 32;

/// Bytes of data that are shown.
const PREVIEW: u64 = 8;

/// On a terminal with fewer columns, both limits are lower, so that meanings have room.
const NARROW: usize = 100;
const LONGEST_NARROW: usize = 20;
const PREVIEW_NARROW: u64 = 5;

/// Characters of a member's name that are always shown.
const LEAST_NAME: usize = 16;

/// Reads the first bytes of a range, at most this many.
pub type Preview<'a> = &'a dyn Fn(Range, u64) -> io::Result<Vec<u8>>;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Everything: each item of arrays, each field of members, values in their whole length.
    pub all: bool,
    /// This many levels.
    pub depth: Option<usize>,
    /// All integers in hexadecimal, and not only those that the format shows so.
    pub hex_ints: bool,
    /// The width of the terminal in columns, where there is one.
    pub width: Option<usize>,
}

/// ```
/// use bytewright::render::tree::Options;
///
/// let options = Options::default().depth(2).width(100);
/// assert_eq!((options.depth, options.width, options.all), (Some(2), Some(100), false));
/// ```
impl Options {
    /// Sets [`all`](Options::all).
    #[must_use]
    pub fn all(self, all: bool) -> Options {
        Options { all, ..self }
    }

    /// Sets [`depth`](Options::depth).
    #[must_use]
    pub fn depth(self, levels: usize) -> Options {
        let depth = Some(levels);
        Options { depth, ..self }
    }

    /// Sets [`hex_ints`](Options::hex_ints).
    #[must_use]
    pub fn hex_ints(self, hex_ints: bool) -> Options {
        Options { hex_ints, ..self }
    }

    /// Sets [`width`](Options::width).
    #[must_use]
    pub fn width(self, columns: usize) -> Options {
        let width = Some(columns);
        Options { width, ..self }
    }
}

/// Writes the nodes below `root`, for people; answers whether an error is among their problems.
///
/// ```
/// use bytewright::{Source, inspect::Document, render::tree};
///
/// let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None)?;
/// let mut out = Vec::new();
/// let mut plain = anstream::StripStream::new(&mut out);
/// let preview = |range, limit| document.bytes(range, limit);
/// tree::text(document.root(), tree::Options::default(), &preview, &mut plain)?;
/// let text = String::from_utf8(out)?;
/// assert!(text.lines().any(|line| line.trim_end() == "   0x0     2    type       b'BM'"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When writing to `out` fails, or children on demand can't be made.
pub fn text(
    root: &Node,
    options: Options,
    preview: Preview<'_>,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut outline = Outline {
        table: Table::new([
            ("offset", Align::Right),
            ("size", Align::Right),
            ("field", Align::Left),
            ("value", Align::Left),
            ("meaning", Align::Left),
        ])
        .widest(WIDEST)
        .with_room(0, &format!("{:#x}", root.range.end()))
        .with_room(1, &root.range.size.to_string())
        .fit(options.width),
        options,
        preview,
        errors: false,
        omitted: Omitted::default(),
        counts: vec![root.count()],
    };
    for problem in &root.problems {
        outline.problem(problem);
    }
    if root.is_leaf() && root.range.size > 0 {
        outline.row(0, root)?;
    }
    let mut part = match options.width {
        Some(_) => ROWS,
        None => FIRST_ROWS,
    };
    walk(root, &mut |_, depth, node| {
        let step = outline.visit(depth, node)?;
        if outline.table.waiting() >= part {
            outline.table.write(out)?;
            part = ROWS;
        }
        Ok(step)
    })?;
    outline.end_array(0);
    outline.table.write(out)?;
    Ok(outline.errors)
}

struct Outline<'a> {
    table: Table,
    options: Options,
    preview: Preview<'a>,
    errors: bool,
    omitted: Omitted,
    /// How many items there are in the array at each level, where it is known.
    counts: Vec<Option<u64>>,
}

/// The note on items that were left out of an array, written after its last one.
#[derive(Default)]
struct Omitted {
    depth: usize,
    count: u64,
}

impl Outline<'_> {
    fn visit(&mut self, depth: usize, node: &Node) -> io::Result<Step> {
        let index = node.name.index();
        let limit = if node.key.is_some() { MEMBERS } else { ITEMS };
        let is_item = !node.is_leaf() || node.key.is_some();
        if !self.options.all && is_item && index.is_some_and(|index| index >= limit) {
            self.omitted.depth = depth;
            if let Some(Some(count)) = self.counts.get(depth) {
                self.omitted.count = count.since(limit);
                return Ok(Step::Out);
            }
            self.omitted.count.tally(1);
            return Ok(Step::Over);
        }
        self.end_array(depth);
        self.row(depth, node)?;
        self.counts.truncate(depth.past(1));
        self.counts.resize(depth.past(1), None);
        self.counts.push(node.count());
        let deeper = self
            .options
            .depth
            .is_none_or(|levels| depth.past(1) < levels);
        let collapsed = node.key.is_some() && self.options.depth.is_none();
        let short = index.is_some() && short_group(node, false).is_some();
        if !deeper || (!self.options.all && (collapsed || short)) {
            self.problems_below(node)?;
            return Ok(Step::Over);
        }
        Ok(Step::Into)
    }

    /// Problems of nodes that are not shown themselves.
    fn problems_below(&mut self, node: &Node) -> io::Result<()> {
        walk(node, &mut |_, _, node| {
            for problem in &node.problems {
                self.problem(problem);
            }
            Ok(if node.key.is_some() {
                Step::Over
            } else {
                Step::Into
            })
        })
    }

    /// Says how many items were left out, where the array ends.
    fn end_array(&mut self, depth: usize) {
        if self.omitted.count > 0 && depth <= self.omitted.depth {
            let indent = self.omitted.depth.saturating_mul(2);
            let note = format!(
                "{:indent$}… and {} more (--all shows them)",
                "", self.omitted.count
            );
            self.table.note(2, Cell::new(note, Style::new().dimmed()));
            self.omitted.count = 0;
        }
    }

    fn row(&mut self, depth: usize, node: &Node) -> io::Result<()> {
        let quiet = Style::new().dimmed();
        let style = match node.role {
            Role::Padding | Role::Gap => quiet,
            _ if node.is_leaf() => Style::new(),
            _ => Style::new().bold(),
        };
        let size = match node.range.bits {
            Some(bits) => counted(bits.count.into(), "bit"),
            None => node.range.size.to_string(),
        };
        let indent = depth.saturating_mul(2);
        let mut name = format!("{:indent$}", "");
        let is_item = node.is_item();
        if is_item {
            let _ = write!(name, "[{}]", node.name);
        } else {
            let _ = write!(name, "{}", escape::text(&*node.name));
        }
        if let Some(key) = &node.key {
            let shown = escape::text(&**key).to_string();
            // A long name would push everything after it out of sight.
            let room = match self.options.width {
                Some(width) if !self.options.all => (width / 3).saturating_sub(name.len()),
                _ => usize::MAX,
            };
            let _ = write!(name, " {}", shortened(&shown, room.max(LEAST_NAME)));
        }
        let offset = match node.range.space.is_file() {
            true => format!("{:#x}", node.range.offset),
            // An offset in the content of a stream is none in the file.
            false => format!("~{:#x}", node.range.offset),
        };
        let short =
            short_group(node, self.options.hex_ints).filter(|_| is_item && !self.options.all);
        let is_short = short.is_some();
        let value = match short {
            Some(numbers) => {
                let style = Style::new().fg_color(Some(text_color::CYAN.into()));
                Cell::new(numbers, style)
            }
            None => self.value(node)?,
        };
        let mut cells = vec![
            Cell::new(offset, quiet),
            Cell::new(size, quiet),
            Cell::new(name, style),
        ];
        let mut meaning = node.meaning.clone().unwrap_or_default();
        if node.role == Role::View && node.range.bits.is_none() && meaning.is_empty() {
            "a view of bytes that others own".clone_into(&mut meaning);
        }
        match (meaning.is_empty(), is_short) {
            // Where no meaning follows, there is room for all names.
            (true, true) => cells.push(value.running_on()),
            (true, false) if value.is_empty() => {}
            (true, false) => cells.push(value),
            (false, _) => {
                cells.push(value);
                cells.push(escape::text(&meaning).to_string().into());
            }
        }
        self.table.row(cells);
        for problem in &node.problems {
            self.problem(problem);
        }
        Ok(())
    }

    /// The cell of the value column: the value, or the first bytes of data.
    fn value(&self, node: &Node) -> io::Result<Cell> {
        let narrow = self.options.width.is_some_and(|width| width < NARROW);
        let (longest, preview) = match (self.options.all, narrow) {
            (true, _) => (usize::MAX, PREVIEW),
            (false, false) => (LONGEST, PREVIEW),
            (false, true) => (LONGEST_NARROW, PREVIEW_NARROW),
        };
        if let Some(value) = &node.value {
            let is_number = matches!(value, Value::Int(_) | Value::Uint(_) | Value::Float(_));
            let color = if is_number {
                text_color::CYAN
            } else {
                text_color::GREEN
            };
            let style = Style::new().fg_color(Some(color.into()));
            return Ok(Cell::new(
                of_node(node, value, longest, self.options.hex_ints),
                style,
            ));
        }
        let shows_bytes = matches!(node.role, Role::Data | Role::Gap | Role::Padding);
        if node.is_leaf() && (shows_bytes || node.is_unread()) {
            let bytes = (self.preview)(node.range, preview)?;
            let mut text = String::new();
            for byte in &bytes {
                let space = if text.is_empty() { "" } else { " " };
                let _ = write!(text, "{space}{byte:02x}");
            }
            if node.range.size > preview {
                text.push_str(" …");
            }
            return Ok(Cell::new(text, Style::new().dimmed()));
        }
        Ok(Cell::default())
    }

    fn problem(&mut self, problem: &Problem) {
        self.errors |= problem.severity == Severity::Error;
        let color = text_color::of(problem.severity);
        let note = format!(
            "{} {} at {:#x}: {}",
            problem.severity,
            problem.code,
            problem.range.offset,
            escape::message(&problem.message)
        );
        let style = Style::new().bold().fg_color(Some(color.into()));
        for line in note.lines() {
            self.table.note(2, Cell::new(line, style));
        }
    }
}

/// Text with its middle left out where it has more characters than there is room for.
fn shortened(text: &str, room: usize) -> String {
    let count = text.chars().count();
    if count <= room {
        return text.to_owned();
    }
    let kept = room.saturating_sub(1);
    let front: String = text.chars().take(kept / 2).collect();
    let back = text.chars().skip(count.saturating_sub(kept.div_ceil(2)));
    format!("{front}…{}", back.collect::<String>())
}

/// A value as Python prints it, cut after this many characters; zeros that fill a field of bytes
/// are counted.
///
/// ```
/// use bytewright::render::tree::value;
///
/// assert_eq!(value(&b"name\0\0\0\0\0\0\0\0".into(), 32), r"b'name' + 8 × b'\x00'");
/// assert_eq!(value(&"a long text".into(), 8), "b'a lon…");
/// ```
pub fn value(value: &Value, longest: usize) -> String {
    cut(value, longest, false)
}

/// The value of a node; text beyond ASCII is shown as characters, which Python's bytes would hide.
pub(crate) fn of_node(node: &Node, value: &Value, longest: usize, hex_ints: bool) -> String {
    let is_text = node.spelling.is_some_and(Spelling::is_text);
    match value.as_str() {
        Some(text) if is_text && !text.is_ascii() => {
            let mut shown = Cut {
                text: String::new(),
                left: longest,
            };
            let text = escape::text(text).to_string().replace('\'', "\\'");
            match write!(shown, "'{text}'") {
                Ok(()) => shown.text,
                Err(_) => shown.ellipsis(),
            }
        }
        _ => cut(value, longest, hex_ints || node.hex),
    }
}

/// The same, with integers in hexadecimal where they are to be.
fn cut(value: &Value, longest: usize, hex_ints: bool) -> String {
    const FEW: usize = 4;
    let mut text = Cut {
        text: String::new(),
        left: longest,
    };
    if let Value::Bytes(bytes) = value {
        let body = trim_end(bytes, 0);
        let zeros = bytes.len().since(body.len());
        if zeros > FEW {
            let mut shown = String::new();
            if !body.is_empty() {
                shown = self::value(&Value::from(body), longest);
                shown.push_str(" + ");
            }
            let _ = write!(shown, "{zeros} × b'\\x00'");
            return shown;
        }
    }
    let written = match hex_ints {
        true => write!(text, "{value:#}"),
        false => write!(text, "{value}"),
    };
    match written {
        Ok(()) => text.text,
        Err(_) => text.ellipsis(),
    }
}

/// Text up to a length; the rest isn't formatted at all.
struct Cut {
    text: String,
    left: usize,
}

impl Cut {
    /// The text with a sign in the place of its last character.
    fn ellipsis(mut self) -> String {
        self.text.pop();
        self.text + "…"
    }
}

impl fmt::Write for Cut {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        for c in s.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structs::Struct;
    use crate::tree::Space;

    #[test]
    fn text_is_shown_as_characters_and_bytes_as_bytes() {
        let table: [(&str, &[u8], usize, &str); 5] = [
            ("4s~gbk:t", b"\xd6\xd0\xce\xc4", 9, "'中文'"),
            ("4s~gbk:t", b"\xd6\xd0\xce\xc4", 3, "'中…"),
            ("*s~utf8:t", "é'\x1b\\".as_bytes(), 30, r"'é\'\x1b\\'"),
            ("*s~utf8:t", b"ASCII", 9, "b'ASCII'"),
            ("*s:t", "é".as_bytes(), 30, r"b'\xc3\xa9'"),
        ];
        for (format, bytes, longest, expected) in table {
            let nodes = Struct::new(format)
                .unwrap()
                .nodes(bytes, Space::FILE, 0)
                .unwrap();
            let value = nodes[0].value.as_ref().unwrap();
            assert_eq!(of_node(&nodes[0], value, longest, false), expected);
        }
    }
}
