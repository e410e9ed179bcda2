//! Adding rows to columns, value by value.

use super::super::nest::at_path;
use super::super::schema::{Field, Type};
use super::{Column, Values};
use crate::offset::{Position, Tally};
use crate::value::Value;

impl Column {
    /// Marks the last row as absent.
    fn invalidate_last(&mut self) {
        let rows = self.values.len();
        let valid = self.valid.get_or_insert_with(Vec::new);
        valid.resize(rows.since(1), true);
        valid.push(false);
    }

    /// Adds a row; a value that the type can't hold, or none, is absent.
    pub(crate) fn push(&mut self, value: Option<&Value>, field: &Field) {
        let fits = match value {
            Some(value) => self.values.push(value, field),
            None => false,
        };
        if !fits {
            self.values.push_empty(field);
            self.invalidate_last();
        } else if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
    }
}

impl Values {
    /// Adds the placeholder of an absent value.
    pub(crate) fn push_empty(&mut self, field: &Field) {
        match self {
            Values::Bool(values) => values.push(false),
            Values::I8(values) => values.push(0),
            Values::I16(values) => values.push(0),
            Values::I32(values) => values.push(0),
            Values::I64(values) => values.push(0),
            Values::I128(values) => values.push(0),
            Values::U8(values) => values.push(0),
            Values::U16(values) => values.push(0),
            Values::U32(values) => values.push(0),
            Values::U64(values) => values.push(0),
            Values::U128(values) => values.push(0),
            Values::F32(values) => values.push(0.0),
            Values::F64(values) => values.push(0.0),
            Values::Complex(values) => values.push([0.0; 2]),
            Values::Fixed { width, rows, bytes } => {
                bytes.resize(bytes.len().past(*width), 0);
                rows.tally(1);
            }
            Values::Bytes(strings) | Values::Text(strings) => strings.push(b""),
            Values::Array {
                length,
                rows,
                items,
            } => {
                if let Type::List { item, .. } = &field.data {
                    for _ in 0..*length {
                        items.push(None, item);
                    }
                }
                rows.tally(1);
            }
            Values::List { ends, .. } => {
                let end = ends.last().copied().unwrap_or(0);
                ends.push(end);
            }
            Values::Struct { rows, columns } => {
                if let Type::Struct(fields) = &field.data {
                    for (column, field) in columns.iter_mut().zip(fields) {
                        column.push(None, field);
                    }
                }
                rows.tally(1);
            }
            Values::Any(values) => values.push(Value::Bool(false)),
        }
    }

    /// Adds a value; answers whether the type holds it, and adds nothing where it doesn't.
    fn push(&mut self, value: &Value, field: &Field) -> bool {
        fn int<T: TryFrom<i128>>(values: &mut Vec<T>, value: &Value) -> bool {
            let n = value.as_int().and_then(|n| T::try_from(n).ok());
            n.map(|n| values.push(n)).is_some()
        }
        match self {
            Values::Bool(values) => value.as_bool().map(|b| values.push(b)).is_some(),
            Values::I8(values) => int(values, value),
            Values::I16(values) => int(values, value),
            Values::I32(values) => int(values, value),
            Values::I64(values) => int(values, value),
            Values::I128(values) => int(values, value),
            Values::U8(values) => int(values, value),
            Values::U16(values) => int(values, value),
            Values::U32(values) => int(values, value),
            Values::U64(values) => int(values, value),
            Values::U128(values) => match value {
                Value::Uint(n) => {
                    values.push(*n);
                    true
                }
                value => int(values, value),
            },
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it was widened from a float of 32 bits"
            )]
            Values::F32(values) => value.as_f64().map(|x| values.push(x as f32)).is_some(),
            Values::F64(values) => value.as_f64().map(|x| values.push(x)).is_some(),
            Values::Complex(values) => match value {
                Value::Complex(re, im) => {
                    values.push([*re, *im]);
                    true
                }
                _ => false,
            },
            Values::Fixed { width, rows, bytes } => match value.as_bytes() {
                Some(value) if value.len() == *width => {
                    bytes.extend_from_slice(value);
                    rows.tally(1);
                    true
                }
                _ => false,
            },
            Values::Bytes(strings) | Values::Text(strings) => match value.as_bytes() {
                Some(bytes) => {
                    strings.push(bytes);
                    true
                }
                None => false,
            },
            Values::Array { length, .. } if value.as_list().map(<[_]>::len) != Some(*length) => {
                false
            }
            Values::Array { rows, items, .. } => {
                let Type::List { item, .. } = &field.data else {
                    return false;
                };
                for value in value.as_list().unwrap_or_default() {
                    items.push(Some(value), item);
                }
                rows.tally(1);
                true
            }
            Values::List { ends, items } => {
                let (Type::List { item, .. }, Some(values)) = (&field.data, value.as_list()) else {
                    return false;
                };
                for value in values {
                    items.push(Some(value), item);
                }
                ends.push(items.len());
                true
            }
            Values::Struct { rows, columns } => {
                let (Type::Struct(fields), Some(record)) = (&field.data, value.as_record()) else {
                    return false;
                };
                for (column, field) in columns.iter_mut().zip(fields) {
                    column.push(at_path(record, &field.path), field);
                }
                rows.tally(1);
                true
            }
            Values::Any(values) => {
                values.push(value.clone());
                true
            }
        }
    }
}
