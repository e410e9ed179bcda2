//! The layout of a format as a picture: its bytes in rows of sixteen, and a line for each field.
//! Both fit 80 columns as long as names do.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::{Ansi256Color, Style};
use unicode_width::UnicodeWidthStr;

use super::table::{Align, Cell, Table};
use crate::offset::{Position, Tally};
use crate::render::text_color;
use crate::structs::{Entry, EntryKind, Layout, Repetition};
use crate::value::text::counted;

/// Bytes in a row of the picture.
const ROW: u64 = 16;

/// Columns of a byte, the line before it included.
const BYTE: usize = 4;

/// Rows of the picture before it ends with how many bytes follow.
const MAX_ROWS: usize = 32;

/// The most fields of the picture; its rows have no room for more.
const MAX_SPANS: usize = 1024;

/// Writes the layout: what the size is, the picture, the fields. `width` is the terminal's, where
/// there is one.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::render::layout;
///
/// let format = Struct::new("c:tag I:length")?;
/// let mut text = Vec::new();
/// let mut plain = anstream::StripStream::new(&mut text);
/// layout::write(&format.layout(), None, &mut plain)?;
/// let text = String::from_utf8(text)?;
/// assert!(text.contains("\n  0  |tag|···········|length         |\n"), "{text}");
/// assert!(text.starts_with("8 bytes\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When writing to `out` fails.
pub fn write(layout: &Layout, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    match (layout.size, layout.min_size) {
        (Some(size), _) => writeln!(out, "{}", counted(size, "byte"))?,
        (None, least) => writeln!(out, "at least {least} bytes; the data decide")?,
    }
    let spans = spans(layout);
    if !spans.is_empty() {
        writeln!(out)?;
        picture(&spans, layout, out)?;
    }
    if !layout.entries.is_empty() {
        writeln!(out)?;
        fields(layout, width).write(out)?;
    }
    Ok(())
}

/// Bytes that belong to one field, one after the other and without holes.
struct Span<'a> {
    offset: u64,
    size: u64,
    label: Cow<'a, str>,
    padding: bool,
}

impl Span<'_> {
    fn end(&self) -> u64 {
        self.offset.past(self.size)
    }
}

/// The spans of fields whose places are known before any data. A repeated group is one span: the places of its
/// members are those of the first item only.
fn spans(layout: &Layout) -> Vec<Span<'_>> {
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut end = 0u64;
    for entry in &layout.entries {
        let (Some(offset), Some(size)) = (entry.offset, entry.size) else {
            break;
        };
        let repeated = entry.kind == EntryKind::Group && is_repeated(entry);
        let drawn = match entry.kind {
            EntryKind::Field | EntryKind::Padding => entry.bits.is_none(),
            EntryKind::Group => repeated,
            _ => false,
        };
        if !drawn || size == 0 || offset < end {
            continue;
        }
        if spans.len() == MAX_SPANS {
            break;
        }
        end = offset.past(size);
        spans.push(Span {
            offset,
            size,
            label: label(entry),
            padding: entry.kind == EntryKind::Padding,
        });
    }
    spans
}

/// The path; for values in line, which have no names, those of the first and the last.
fn label(entry: &Entry) -> Cow<'_, str> {
    match entry.repetition {
        _ if entry.path.is_empty() && entry.kind == EntryKind::Field => "(bits)".into(),
        Repetition::Values {
            first,
            count: count @ 2..,
        } => {
            let last = first.past(count).since(1);
            format!("{}–{last}", entry.path).into()
        }
        _ => Cow::Borrowed(&entry.path),
    }
}

fn is_repeated(entry: &Entry) -> bool {
    entry.repetition != Repetition::Once
}

fn picture(spans: &[Span<'_>], layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    let end = spans.last().map_or(0, Span::end);
    let digits = format!("{:x}", end.saturating_sub(1)).len();
    let margin = digits.saturating_add(4);
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());

    write!(out, "{:margin$}", "")?;
    for i in 0..ROW.min(end) {
        let gap = if i == 0 { 1 } else { BYTE - 1 };
        write!(out, "{:gap$}{bold}{i:x}{bold:#}", "")?;
    }
    writeln!(out)?;

    let mut rows = 0usize;
    let mut row = 0u64;
    while row < end {
        if rows == MAX_ROWS {
            writeln!(out, "  … {} bytes more", end.since(row))?;
            break;
        }
        rows.tally(1);
        let row_end = row.saturating_add(ROW).min(end);
        write!(out, "  {bold}{row:>digits$x}{bold:#}  ")?;
        for span in spans.iter().filter(|s| s.offset < row_end && row < s.end()) {
            let from = span.offset.max(row);
            let to = span.end().min(row_end);
            let bytes = usize::try_from(to.since(from)).unwrap_or(0);
            let room = bytes.saturating_mul(BYTE).saturating_sub(1);
            write!(out, "|")?;
            if span.padding {
                write!(out, "{dim}{}{dim:#}", "·".repeat(room))?;
            } else {
                let style = color(spans, span);
                let label = if from == span.offset {
                    &*span.label
                } else {
                    "…"
                };
                write!(out, "{style}{}{style:#}", fitted(label, room))?;
            }
        }
        writeln!(out, "|")?;
        row = skip_inside(spans, row, row_end, out)?;
    }
    if layout.size.is_none() {
        writeln!(out, "  … from 0x{end:x} on, the data decide")?;
    }
    Ok(())
}

/// Neighbours differ in colour.
fn color(spans: &[Span<'_>], span: &Span<'_>) -> Style {
    const COLORS: [Ansi256Color; 4] = [
        text_color::CYAN,
        text_color::GREEN,
        text_color::YELLOW,
        text_color::MAGENTA,
    ];
    let before = spans
        .iter()
        .take_while(|s| s.offset < span.offset)
        .filter(|s| !s.padding);
    let color = COLORS.iter().cycle().nth(before.count());
    Style::new().fg_color(color.map(|&color| color.into()))
}

/// The next row to draw. Rows that show nothing but the inside of one field are merged into one line.
fn skip_inside(
    spans: &[Span<'_>],
    row: u64,
    row_end: u64,
    out: &mut impl Write,
) -> io::Result<u64> {
    let inside = spans
        .iter()
        .find(|s| s.offset < row_end && s.end() > row_end);
    let Some(span) = inside else {
        return Ok(row_end);
    };
    // The row in which it ends is drawn.
    let last = span.end().since(1);
    let last_row = last.since(last.checked_rem(ROW).unwrap_or(0));
    let rows = last_row.saturating_sub(row_end) / ROW;
    if rows < 2 {
        return Ok(row.past(ROW));
    }
    writeln!(out, "  ⋮  {rows} rows of {}", span.label)?;
    Ok(last_row)
}

/// A name in this many columns: cut, or filled with blanks.
fn fitted(label: &str, room: usize) -> String {
    let fill = room.checked_sub(label.width());
    match fill {
        Some(fill) => format!("{label}{:fill$}", ""),
        None => {
            // Names are ASCII: a character is a column.
            let kept: String = label.chars().take(room.saturating_sub(1)).collect();
            format!("{kept}~")
        }
    }
}

fn fields(layout: &Layout, width: Option<usize>) -> Table {
    let mut table = Table::new([
        ("offset", Align::Right),
        ("size", Align::Right),
        ("align", Align::Right),
        ("code", Align::Left),
        ("field", Align::Left),
    ])
    .fit(width);
    let known = |n: Option<u64>| n.map_or("?".to_owned(), |n| n.to_string());
    for entry in &layout.entries {
        let style = match entry.kind {
            EntryKind::Padding => Style::new().dimmed(),
            _ => Style::new(),
        };
        let field = match (entry.path.as_str(), entry.kind) {
            ("", EntryKind::Padding) if entry.bits.is_some() => "(reserved)",
            ("", EntryKind::Padding) => "(padding)",
            _ => &label(entry),
        };
        let size = match entry.bits {
            Some(bits) => format!("bit {}", bits.first),
            None => known(entry.size),
        };
        let align = match entry.alignment {
            1 => String::new(),
            n => n.to_string(),
        };
        let offset = entry.offset.map_or("?".to_owned(), |o| format!("{o:#x}"));
        let indent = entry.depth.saturating_mul(2);
        let field = format!("{:indent$}{field}", "");
        let cells = [offset, size, align, entry.code.clone(), field];
        table.row(cells.map(|text| Cell::new(text, style)));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Struct;

    fn drawn(format: &str) -> String {
        let mut bytes = Vec::new();
        let mut plain = anstream::StripStream::new(&mut bytes);
        let layout = Struct::new(format).unwrap().layout();
        write(&layout, Some(80), &mut plain).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn alignment_is_drawn_in_dots() {
        assert_eq!(
            drawn("c:tag I:length"),
            "\
8 bytes

      0   1   2   3   4   5   6   7
  0  |tag|···········|length         |

offset  size  align  code  field
   0x0     1         c     tag
   0x1     3               (padding)
   0x4     4      4  I     length
"
        );
    }

    #[test]
    fn a_field_goes_on_in_the_next_row_and_long_ones_are_folded() {
        let text = drawn("<H:a 16s:b 1000s:c");
        let rows: Vec<&str> = text.lines().skip(3).take(5).collect();
        let cell = |label: &str, bytes: usize| format!("|{label:<width$}", width = bytes * 4 - 1);
        assert_eq!(
            rows,
            [
                format!("    0  {}{}|", cell("a", 2), cell("b", 14)),
                format!("   10  {}{}|", cell("…", 2), cell("c", 14)),
                "  ⋮  61 rows of c".to_owned(),
                format!("  3f0  {}|", cell("…", 10)),
                String::new(),
            ]
        );
    }

    #[test]
    fn what_only_data_can_tell_is_told_so() {
        let text = drawn("<H:n [n]I:items");
        assert!(text.starts_with("at least 2 bytes; the data decide\n"));
        assert!(text.contains("… from 0x2 on, the data decide"), "{text}");
        assert!(
            text.contains("   0x2     ?         […]I  items\n"),
            "{text}"
        );
    }

    #[test]
    fn any_size_is_drawn_in_a_page() {
        for format in [
            "9223372036854775807s:huge",
            "1000000000(B:a I:b):items",
            "100000H",
            "z:name 9223372036854775807x",
            "",
            "0s",
        ] {
            assert!(drawn(format).lines().count() < 60, "{format}");
        }
        let many = "H ".repeat(1000);
        for line in drawn(&many).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
