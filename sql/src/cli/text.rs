//! Rows lined up under the columns' names.

use std::io::{self, Write};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use unicode_width::UnicodeWidthStr as _;

/// Rows that are lined up together.
const ROWS: usize = 512;

/// Writes rows a part of some hundred after the other, each column as wide as its widest value so far.
pub(crate) struct Table {
    names: Vec<String>,
    is_number: Vec<bool>,
    widths: Vec<usize>,
    rows: Vec<Vec<String>>,
    has_header: bool,
}

impl Table {
    pub(crate) fn new(schema: &SchemaRef) -> Table {
        let fields = schema.fields();
        let names: Vec<String> = fields.iter().map(|field| shown(field.name())).collect();
        Table {
            widths: names.iter().map(|name| name.width()).collect(),
            is_number: fields
                .iter()
                .map(|field| field.data_type().is_numeric())
                .collect(),
            names,
            rows: Vec::new(),
            has_header: false,
        }
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch, out: &mut impl Write) -> io::Result<()> {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let columns = columns.map(|array| ArrayFormatter::try_new(array, &options));
        let columns: Vec<_> = columns.collect::<Result<_, _>>().map_err(of_arrow)?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| {
                let text = column.value(row).try_to_string().map_err(of_arrow)?;
                Ok(shown(&text))
            });
            let cells: Vec<String> = cells.collect::<io::Result<_>>()?;
            for (width, cell) in self.widths.iter_mut().zip(&cells) {
                *width = (*width).max(cell.width());
            }
            self.rows.push(cells);
            if self.rows.len() == ROWS {
                self.flush(out)?;
            }
        }
        Ok(())
    }

    /// Writes the rows that wait, and the names where nothing was written yet.
    pub(crate) fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        if !self.has_header {
            self.has_header = true;
            self.line(&self.names, out)?;
        }
        for row in &self.rows {
            self.line(row, out)?;
        }
        self.rows.clear();
        Ok(())
    }

    fn line(&self, cells: &[String], out: &mut impl Write) -> io::Result<()> {
        let mut line = String::new();
        let columns = cells.iter().zip(&self.widths).zip(&self.is_number);
        for (index, ((cell, width), is_number)) in columns.enumerate() {
            if index > 0 {
                line.push_str("  ");
            }
            let fill = " ".repeat(width.saturating_sub(cell.width()));
            match is_number {
                true => line.extend([fill.as_str(), cell]),
                false => line.extend([cell, fill.as_str()]),
            }
        }
        writeln!(out, "{}", line.trim_end())
    }
}

/// Text without anything that acts on a terminal.
pub(crate) fn shown(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

pub(crate) fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int32Array, StringArray};

    #[test]
    fn numbers_end_under_each_other() {
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(5), None, Some(-120)]));
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "b\x1b[1m", ""]));
        let batch = RecordBatch::try_from_iter([("n", numbers), ("text", texts)]).unwrap();
        let mut table = Table::new(&batch.schema());
        let mut out = Vec::new();
        table.write(&batch, &mut out).unwrap();
        table.flush(&mut out).unwrap();
        let expected = "   n  text\n   5  a\n      b\\u{1b}[1m\n-120\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
