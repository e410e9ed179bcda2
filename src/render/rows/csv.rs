//! Rows as comma-separated values (RFC 4180), with a line feed after each line.

use super::Style;
use super::cell::{self, Cell, Writer};
use super::json::Shape;
use crate::records::{Batch, Column, Field, Schema, Type, Values};
use crate::value::Value;

/// Writes rows as lines of values. Arrays are one value each, as JSON; what is absent is empty.
///
/// Bytes are text where they are printable UTF-8, and otherwise hexadecimal digits, `x'00ff'`.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Batch, Columns};
/// use bytewright::render::rows::{Csv, Style};
///
/// let columns = Columns::new(&Struct::new("<H:id (b:x b:y):at 2s:tag")?.into()).unwrap();
/// let mut batch = Batch::default();
/// columns.decode(b"\x01\0\x02\xffa,", 0, &mut batch)?;
/// let mut out = Vec::new();
/// let csv = Csv::new(columns.schema(), Style::default());
/// csv.header(&mut out);
/// csv.write(&batch, &mut out);
/// assert_eq!(out, b"id,at.x,at.y,tag\n1,2,-1,\"a,\"\n");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct Csv {
    names: Vec<String>,
    columns: Vec<One>,
    style: Style,
}

#[derive(Debug)]
enum One {
    Plain(Writer),
    Json(Shape),
}

impl Csv {
    /// For rows of these columns.
    pub fn new(schema: &Schema, style: Style) -> Csv {
        let one = |field: &Field| match &field.data {
            Type::List { .. } | Type::Struct(_) => One::Json(Shape::new(field, style)),
            _ => One::Plain(Writer::new(field, style)),
        };
        Csv {
            names: schema.fields.iter().map(Field::name).collect(),
            columns: schema.fields.iter().map(one).collect(),
            style,
        }
    }

    /// Adds the line of the columns' names to `out`.
    pub fn header(&self, out: &mut Vec<u8>) {
        for (i, name) in self.names.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            field(name.as_bytes(), self.names.len() == 1, out);
        }
        out.push(b'\n');
    }

    /// Adds a line for each row of a batch to `out`.
    pub fn write(&self, batch: &Batch, out: &mut Vec<u8>) {
        let is_alone = self.columns.len() == 1;
        let mut json = Vec::new();
        for row in 0..batch.rows {
            let columns = self.columns.iter().zip(&batch.columns);
            for (i, (one, column)) in columns.enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                match one {
                    One::Plain(writer) => plain(writer, column, row, is_alone, self.style, out),
                    One::Json(shape) if column.is_valid(row) => {
                        json.clear();
                        shape.write(column, row, self.style, &mut json);
                        field(&json, is_alone, out);
                    }
                    One::Json(_) => absent(is_alone, out),
                }
            }
            out.push(b'\n');
        }
    }
}

fn plain(
    writer: &Writer,
    column: &Column,
    row: usize,
    is_alone: bool,
    style: Style,
    out: &mut Vec<u8>,
) {
    match writer.write(column, row, out) {
        Cell::Written | Cell::Word | Cell::Time => {}
        Cell::Text(text) => words(text, is_alone, out),
        Cell::Made(text) => words(text.as_bytes(), is_alone, out),
        Cell::Bytes(bytes) => {
            out.extend_from_slice(b"x'");
            cell::hex(bytes, out);
            out.push(b'\'');
        }
        Cell::Absent => absent(is_alone, out),
        Cell::Nested => {
            let text = match &column.values {
                Values::Complex(values) => {
                    let [re, im] = values.get(row).copied().unwrap_or_default();
                    Value::Complex(re, im).to_string()
                }
                Values::Any(values) => values.get(row).map_or_else(String::new, |value| {
                    let json = crate::render::json::value(value, style.ints);
                    serde_json::to_string(&json).unwrap_or_default()
                }),
                _ => String::new(),
            };
            field(text.as_bytes(), is_alone, out);
        }
    }
}

/// Text; one that would be read as bytes is written as bytes.
fn words(text: &[u8], is_alone: bool, out: &mut Vec<u8>) {
    if matches!(text, [b'x' | b'b', b'\'' | b'"', ..]) {
        out.extend_from_slice(b"x'");
        cell::hex(text, out);
        return out.push(b'\'');
    }
    // An empty text is told from none by its quotes.
    field(text, is_alone, out);
}

/// Many readers skip empty lines.
fn absent(is_alone: bool, out: &mut Vec<u8>) {
    if is_alone {
        out.extend_from_slice(b"\"\"");
    }
}

fn field(bytes: &[u8], is_alone: bool, out: &mut Vec<u8>) {
    let quotes = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !(bytes.iter().any(quotes) || is_alone && bytes.is_empty()) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    for byte in bytes {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
