//! Rows as a table for people.

use std::io::{self, Write};

use super::Style;
use super::cell::{Cell, Writer};
use super::json::Shape;
use crate::records::{Batch, Field, Meaning, Schema, Type, Values};
use crate::render::escape;
use crate::render::table::{Align, Table};
use crate::value::Value;

/// Rows that are lined up together.
const ROWS: usize = 512;

/// Writes rows lined up under the columns' names, a part of some hundred rows after the other.
#[derive(Debug)]
pub struct Rows {
    table: Table,
    columns: Vec<(Shown, bool)>,
    style: Style,
}

#[derive(Debug)]
enum Shown {
    Plain(Writer),
    Json(Shape),
}

impl Rows {
    /// For rows of these columns.
    pub fn new(schema: &Schema, style: Style) -> Rows {
        let columns = schema.fields.iter().map(|field| {
            let is_number = matches!(field.data, Type::Int { .. } | Type::Float { .. });
            let is_shown = matches!(field.meaning, Meaning::Plain | Meaning::Fixed(_));
            let align = match is_number && (is_shown || style.raw) {
                true => Align::Right,
                false => Align::Left,
            };
            (escape::message(&field.name()).to_string(), align)
        });
        let shown = |field: &Field| {
            let mut own = style;
            own.ints.hex_ints |= field.hex;
            let shown = match &field.data {
                Type::List { .. } | Type::Struct(_) => Shown::Json(Shape::new(field, own)),
                _ => Shown::Plain(Writer::new(field, own)),
            };
            (shown, field.hex)
        };
        Rows {
            table: Table::new(columns),
            columns: schema.fields.iter().map(shown).collect(),
            style,
        }
    }

    /// Writes the rows of a batch.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn write(&mut self, batch: &Batch, out: &mut impl Write) -> io::Result<()> {
        for row in 0..batch.rows {
            let cells = self.columns.iter().zip(&batch.columns);
            let cells = cells.map(|((shown, _), column)| {
                let mut text = Vec::new();
                match shown {
                    Shown::Json(shape) if column.is_valid(row) => {
                        shape.write(column, row, self.style, &mut text);
                    }
                    Shown::Json(_) => {}
                    Shown::Plain(writer) => match writer.write(column, row, &mut text) {
                        Cell::Written | Cell::Word | Cell::Time | Cell::Absent => {}
                        Cell::Text(words) => text.extend_from_slice(words),
                        Cell::Made(words) => text.extend_from_slice(words.as_bytes()),
                        Cell::Bytes(bytes) => {
                            text.extend_from_slice(Value::from(bytes).to_string().as_bytes());
                        }
                        Cell::Nested => {
                            let value = match &column.values {
                                Values::Complex(values) => {
                                    let [re, im] = values.get(row).copied().unwrap_or_default();
                                    Value::Complex(re, im).to_string()
                                }
                                Values::Any(values) => {
                                    values.get(row).map_or_else(String::new, Value::to_string)
                                }
                                _ => String::new(),
                            };
                            text.extend_from_slice(value.as_bytes());
                        }
                    },
                }
                escape::message(&String::from_utf8_lossy(&text)).to_string()
            });
            self.table.row(cells);
            if self.table.waiting() >= ROWS {
                self.table.write(out)?;
            }
        }
        Ok(())
    }

    /// Writes the rows that wait to be lined up with others.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.table.waiting() {
            0 => Ok(()),
            _ => self.table.write(out),
        }
    }
}
