//! Columns that line up, with a heading, from a header of ten fields to a stream of records.

use std::io::{self, Write};
use std::iter;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::wrap::wrapped;

/// Between two columns.
const GAP: usize = 2;

/// A last column narrower than this is not worth wrapping into.
const NARROWEST: usize = 14;

/// On which side of its column a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A text in a table and how it is styled. The text is printed as it is: text from files must be escaped before.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    style: Style,
    runs_on: bool,
}

impl Cell {
    /// A text with a style.
    pub fn new(text: impl Into<String>, style: Style) -> Cell {
        Cell {
            text: text.into(),
            style,
            runs_on: false,
        }
    }

    /// The same, for the last cell of a row: it may run on under the columns after it, and does
    /// not widen its own.
    #[must_use]
    pub fn running_on(mut self) -> Cell {
        self.runs_on = true;
        self
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a piece of its text to a line, in its style.
    fn push(&self, piece: &str, line: &mut String) {
        if self.style.is_plain() {
            line.push_str(piece);
        } else {
            line.push_str(&format!("{0}{piece}{0:#}", self.style));
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::new(text, Style::new())
    }
}

/// Rows under a heading.
///
/// Rows are kept until [`Table::write`]; called from time to time, it keeps a table of any length
/// in little memory, and columns then only ever grow wider.
///
/// ```
/// use bytewright::render::table::{Align, Table};
///
/// let mut table = Table::new([("size", Align::Right), ("field", Align::Left)]);
/// table.row(["2", "magic"]);
/// table.row(["16", "name"]);
/// let mut text = Vec::new();
/// table.write(&mut anstream::StripStream::new(&mut text))?;
/// assert_eq!(text, b"size  field\n   2  magic\n  16  name\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
    heading_written: bool,
    width: Option<usize>,
    widest: usize,
}

#[derive(Clone, Debug)]
enum Row {
    Cells(Vec<Cell>),
    /// A line of its own that is under a column.
    Note(usize, Cell),
}

#[derive(Clone, Debug)]
struct Column {
    title: String,
    align: Align,
    width: usize,
}

impl Table {
    /// A table with these titles.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Table {
        let columns = columns.into_iter().map(|(title, align)| {
            let title = title.into();
            Column {
                width: text_width(&title),
                title,
                align,
            }
        });
        Table {
            columns: columns.collect(),
            rows: Vec::new(),
            heading_written: false,
            width: None,
            widest: usize::MAX,
        }
    }

    /// The same table with its last column wrapped so that lines fit `width` columns of a
    /// terminal; `None` leaves lines as long as they are.
    #[must_use]
    pub fn fit(mut self, width: Option<usize>) -> Table {
        self.width = width;
        self
    }

    /// The same table, where a cell wider than this does not widen its column: the next cells of its row are further to
    /// the right, and other rows aren't affected.
    #[must_use]
    pub fn widest(mut self, widest: usize) -> Table {
        self.widest = widest;
        self
    }

    /// The same table, with a column, counted from 0, as wide as this text, for rows to come.
    #[must_use]
    pub fn with_room(mut self, column: usize, text: &str) -> Table {
        if let Some(column) = self.columns.get_mut(column) {
            column.width = column.width.max(text_width(text));
        }
        self
    }

    /// Adds a row.
    pub fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        for (column, cell) in self
            .columns
            .iter_mut()
            .zip(&cells)
            .filter(|(_, c)| !c.runs_on)
        {
            let width = text_width(&cell.text);
            if width <= self.widest {
                column.width = column.width.max(width);
            }
        }
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a line that begins under a column, counted from 0, and is as long as it is.
    pub fn note(&mut self, column: usize, note: impl Into<Cell>) {
        self.rows.push(Row::Note(column, note.into()));
    }

    /// How many rows wait to be written.
    pub fn waiting(&self) -> usize {
        self.rows.len()
    }

    /// Writes the rows added since the last call; the first call writes the heading.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        if !self.heading_written {
            self.heading_written = true;
            let style = Style::new().bold();
            let titles = self.columns.iter().map(|c| Cell::new(&*c.title, style));
            self.line(&titles.collect::<Vec<_>>(), out)?;
        }
        for row in std::mem::take(&mut self.rows) {
            match row {
                Row::Cells(cells) => self.line(&cells, out)?,
                Row::Note(column, note) => self.note_line(column, &note, out)?,
            }
        }
        Ok(())
    }

    fn note_line(&self, column: usize, note: &Cell, out: &mut impl Write) -> io::Result<()> {
        let before = self.columns.iter().take(column);
        let indent: usize = before.map(|c| c.width.saturating_add(GAP)).sum();
        let Cell { text, style, .. } = note;
        let room = self.width.map(|width| width.saturating_sub(indent));
        let room = room.filter(|room| *room >= NARROWEST).unwrap_or(usize::MAX);
        for piece in wrapped(text, room) {
            writeln!(out, "{:indent$}{style}{piece}{style:#}", "")?;
        }
        Ok(())
    }

    fn line(&self, cells: &[Cell], out: &mut impl Write) -> io::Result<()> {
        // Formatting a line piece by piece into `out` takes longer than all else about a table.
        let mut line = String::new();
        let blanks = |line: &mut String, n: usize| line.extend(iter::repeat_n(' ', n));
        let last = cells.len().min(self.columns.len()).saturating_sub(1);
        let mut indent = 0usize;
        for (i, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let fill = column.width.saturating_sub(text_width(&cell.text));
            let (before, after) = match column.align {
                Align::Right => (fill, 0),
                Align::Left if i == last => (0, 0),
                Align::Left => (0, fill),
            };
            let room = self.width.map(|width| width.saturating_sub(indent));
            match room.filter(|room| i == last && before == 0 && *room >= NARROWEST) {
                Some(room) => {
                    for (i, piece) in wrapped(&cell.text, room).enumerate() {
                        if i > 0 {
                            line.push('\n');
                            blanks(&mut line, indent);
                        }
                        cell.push(piece, &mut line);
                    }
                }
                None => {
                    blanks(&mut line, before);
                    cell.push(&cell.text, &mut line);
                    blanks(&mut line, after);
                }
            }
            if i != last {
                blanks(&mut line, GAP);
            }
            indent = indent.saturating_add(column.width).saturating_add(GAP);
        }
        line.push('\n');
        out.write_all(line.as_bytes())
    }
}

/// How many columns a text takes; of ASCII without control characters, as many as it has bytes.
fn text_width(text: &str) -> usize {
    match text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        true => text.len(),
        false => text.width(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(table: &mut Table) -> String {
        let mut bytes = Vec::new();
        let mut plain = anstream::StripStream::new(&mut bytes);
        table.write(&mut plain).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let mut table = Table::new([("name", Align::Left), ("n", Align::Right)]);
        table.row(["画像", "1"]);
        table.row(["ab", "22"]);
        assert_eq!(shown(&mut table), "name   n\n画像   1\nab    22\n");
    }

    #[test]
    fn the_last_column_wraps_under_itself() {
        let mut table = Table::new([("a", Align::Left), ("value", Align::Left)]).fit(Some(24));
        table.row(["x", "one two three four five six"]);
        assert_eq!(
            shown(&mut table),
            "a  value\nx  one two three four\n   five six\n"
        );
    }

    #[test]
    fn a_cell_that_runs_on_does_not_widen_its_column() {
        let columns = || [("v", Align::Left), ("meaning", Align::Left)];
        let mut table = Table::new(columns());
        table.row(["1", "one"]);
        table.row([Cell::from("a long value").running_on()]);
        assert_eq!(shown(&mut table), "v  meaning\n1  one\na long value\n");
        let mut table = Table::new(columns()).fit(Some(14));
        table.row(["1", "one"]);
        table.row([Cell::from("a long value, and more").running_on()]);
        assert_eq!(
            shown(&mut table),
            "v  meaning\n1  one\na long value,\nand more\n"
        );
    }

    #[test]
    fn a_cell_that_is_too_wide_moves_its_own_row_alone() {
        let columns = [("name", Align::Left), ("n", Align::Right)];
        let mut table = Table::new(columns).widest(6).with_room(1, "100");
        table.row(["abcdefgh", "1"]);
        table.row(["abcdef", "22"]);
        assert_eq!(
            shown(&mut table),
            "name      n\nabcdefgh    1\nabcdef   22\n"
        );
    }

    #[test]
    fn later_rows_keep_the_columns_and_the_heading_comes_once() {
        let mut table = Table::new([("n", Align::Right), ("b", Align::Left)]);
        table.row(["100", "x"]);
        assert_eq!(shown(&mut table), "  n  b\n100  x\n");
        table.row(["1", "y"]);
        assert_eq!(shown(&mut table), "  1  y\n");
    }
}
