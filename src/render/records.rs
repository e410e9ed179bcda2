//! Records, one or many: as Python's tuples, as JSON, as a table of one record a line.

use std::io::{self, Write};

use super::csv::Csv;
use super::json::{self, List};
use super::table::{Align, Table};
use crate::offset::Tally;
use crate::{Record, Value};

/// A table's rows are lined up in parts of this size.
const ROWS: usize = 512;

/// And in smaller parts where these have more bytes of text.
const TEXT: usize = 16 << 20;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A table with a line for each record, with its offset; tuples where the format has no names.
    Text,
    /// Python's tuples, one a line.
    Python,
    /// One JSON value: the record itself.
    Json,
    /// One JSON value: a list of all the records.
    JsonList,
    /// One JSON value a line.
    JsonLines,
    /// Comma-separated values, under their names.
    Csv,
}

/// Writes records one by one, whatever their number.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::render::{json, records::{Form, Printer}};
///
/// let format = Struct::new("<H:id b:level")?;
/// let mut out = Vec::new();
/// let mut printer = Printer::new(Form::JsonLines, json::Style::default());
/// printer.record(0, &format.unpack(&[1, 0, 255])?, &mut out)?;
/// printer.end(&mut out)?;
/// assert_eq!(out, b"{\"id\":1,\"level\":-1}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Printer {
    form: Form,
    style: json::Style,
    table: Option<Table>,
    /// Bytes of the rows that wait.
    waiting: usize,
    list: List,
    csv: Csv,
}

impl Printer {
    /// A printer for records of one format.
    pub fn new(form: Form, style: json::Style) -> Printer {
        Printer {
            form,
            style,
            table: None,
            waiting: 0,
            csv: Csv::new(style),
            list: match form {
                Form::JsonList => List::new(),
                _ => List::lines(),
            },
        }
    }

    /// Writes a record that begins at `offset`.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn record(&mut self, offset: u64, record: &Record, out: &mut impl Write) -> io::Result<()> {
        match self.form {
            Form::Text if record.is_named() => {
                let table = self.table.get_or_insert_with(|| headed(record));
                let hex = self.style.hex_ints;
                let waiting = &mut self.waiting;
                let values = record.iter().map(|value| {
                    let text = shown(value, hex);
                    waiting.tally(text.len());
                    text
                });
                table.row(std::iter::once(format!("{offset:#x}")).chain(values));
                if table.waiting() >= ROWS || self.waiting >= TEXT {
                    self.waiting = 0;
                    table.write(out)?;
                }
                Ok(())
            }
            Form::Text | Form::Python if self.style.hex_ints => writeln!(out, "{record:#}"),
            Form::Text | Form::Python => writeln!(out, "{record}"),
            Form::Csv => self.csv.record(record, out),
            Form::Json | Form::JsonList | Form::JsonLines => {
                self.list.write(&json::record(record, self.style), out)
            }
        }
    }

    /// Writes the records that still wait to be lined up with those that follow, since those may
    /// take long to come.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn pause(&mut self, out: &mut impl Write) -> io::Result<()> {
        match &mut self.table {
            Some(table) if table.waiting() > 0 => {
                self.waiting = 0;
                table.write(out)
            }
            _ => Ok(()),
        }
    }

    /// Writes what still belongs after the last record.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        if let Some(table) = &mut self.table {
            table.write(out)?;
        }
        self.list.end(out)
    }
}

/// A value as Python prints it, with integers in hexadecimal where they are to be.
pub(super) fn shown(value: &Value, hex_ints: bool) -> String {
    match hex_ints {
        true => format!("{value:#}"),
        false => value.to_string(),
    }
}

/// Numbers are aligned to the right in their columns.
fn headed(record: &Record) -> Table {
    let columns = record.entries().map(|(name, value)| {
        let align = match value {
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => Align::Right,
            _ => Align::Left,
        };
        (name, align)
    });
    Table::new(std::iter::once(("offset".to_owned(), Align::Right)).chain(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(form: Form, records: &[Record]) -> String {
        let mut bytes = Vec::new();
        let mut out = anstream::StripStream::new(&mut bytes);
        let mut printer = Printer::new(form, json::Style::default());
        for (offset, record) in (0..).step_by(16).zip(records) {
            printer.record(offset, record, &mut out).unwrap();
        }
        printer.end(&mut out).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn named_records_are_lines_of_a_table() {
        let records = [
            Record::from_iter([("id", Value::from(7)), ("tag", Value::from("a"))]),
            Record::from_iter([("id", Value::from(1000)), ("tag", Value::from("\x1b"))]),
        ];
        assert_eq!(
            shown(Form::Text, &records),
            concat!(
                "offset    id  tag\n",
                "   0x0     7  b'a'\n",
                "  0x10  1000  b'\\x1b'\n",
            )
        );
    }

    #[test]
    fn a_json_list_is_one_document_of_any_length() {
        let record = Record::new(vec![Value::from(1)]);
        assert_eq!(shown(Form::JsonList, &[]), "[]\n");
        let two = shown(Form::JsonList, &[record.clone(), record]);
        let parsed: serde_json::Value = serde_json::from_str(&two).unwrap();
        assert_eq!(parsed, serde_json::json!([[1], [1]]));
    }
}
