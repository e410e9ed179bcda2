//! Rows of other programs back to the bytes of records.

use std::collections::{HashMap, HashSet};

use super::columns::Columns;
use super::nest::nested;
use super::schema::{Field, Meaning, Schema, Type};
use crate::Struct;
use crate::offset::Position;
use crate::schema::Compiled;
use crate::structs::DataError;
use crate::value::literal::{self, LiteralError};
use crate::value::plain::written;
use crate::value::{Record, Value, uuid};

/// A value of a row from a source.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// No value: the field follows from others, or is a constant.
    Absent,
    /// Text that spells the value, as in CSV.
    Text(String),
    /// A value as JSON has it.
    Plain(Value),
    /// A time, in nanoseconds since 1970.
    Nanos(i128),
}

/// Reads a JSON text; `None` where it is none.
pub type ReadJson = fn(&str) -> Option<Value>;

/// Packs rows, whose values have the names of columns.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Cell, Packer};
///
/// let format = Struct::new("<H:id (b:x b:y):at 2s:tag='ok'")?.into();
/// let packer = Packer::new(&format, false, |_| None);
/// let names = ["at.x", "at.y", "id"].map(str::to_owned);
/// let places = packer.places(&names)?;
/// let row = ["1", "-1", "0x10"].map(|text| Cell::Text(text.to_owned()));
/// assert_eq!(packer.pack(&places, &row)?, b"\x10\0\x01\xffok");
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Debug)]
pub struct Packer<'f> {
    format: &'f Compiled,
    /// The columns, where they are known before any data.
    schema: Option<Schema>,
    /// Their indexes by their paths, which each value of each row asks for.
    columns: HashMap<Vec<String>, usize>,
    is_raw: bool,
    json: ReadJson,
}

/// The fields of a row's columns: see [`Packer::places`].
#[derive(Clone, Debug)]
pub struct Places(Vec<Place>);

#[derive(Clone, Debug)]
struct Place {
    path: Vec<String>,
    /// The index of the format's column.
    column: Option<usize>,
}

impl<'f> Packer<'f> {
    /// For records of a format. With `is_raw`, times, names and fractions are what is stored.
    pub fn new(format: &'f Compiled, is_raw: bool, json: ReadJson) -> Packer<'f> {
        let schema = Columns::new(format).map(|columns| columns.schema().clone());
        let fields = schema.iter().flat_map(|schema| &schema.fields);
        let columns = fields
            .enumerate()
            .map(|(index, field)| (field.path.clone(), index));
        Packer {
            columns: columns.collect(),
            schema,
            format,
            is_raw,
            json,
        }
    }

    /// The fields of columns with these names.
    ///
    /// # Errors
    ///
    /// When the format has no field of a name.
    pub fn places(&self, names: &[String]) -> Result<Places, DataError> {
        let fields = self.schema.iter().flat_map(|schema| &schema.fields);
        let known = fields
            .enumerate()
            .map(|(index, field)| (field.name(), index));
        let known: HashMap<String, usize> = known.collect();
        let place = |name: &String| {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let column = match &self.schema {
                None => None,
                Some(schema) => match known.get(name) {
                    Some(index) => Some(*index),
                    None => {
                        let index = schema.index(name);
                        Some(index.map_err(|e| DataError::other(e.to_string()))?)
                    }
                },
            };
            Ok(Place { path, column })
        };
        let places: Result<Vec<Place>, DataError> = names.iter().map(place).collect();
        let places = Places(places?);
        let mut met = HashSet::with_capacity(names.len());
        match names.iter().find(|name| !met.insert(*name)) {
            Some(name) => Err(DataError::other(format!("there are two columns {name:?}"))),
            None => Ok(places),
        }
    }

    /// The bytes of the record that a row is.
    ///
    /// # Errors
    ///
    /// When a value is none of its field's, or one is missing; the error names the field.
    pub fn pack(&self, places: &Places, row: &[Cell]) -> Result<Vec<u8>, DataError> {
        let mut leaves: Vec<(usize, &[String], Value)> = Vec::with_capacity(row.len());
        for (index, (place, cell)) in places.0.iter().zip(row).enumerate() {
            let field = place
                .column
                .and_then(|column| self.schema.as_ref()?.fields.get(column));
            let value = match field {
                Some(field) => self.typed(field, cell),
                None => self.untyped(&place.path, cell),
            };
            let named =
                |e: LiteralError| DataError::other(format!("{}: {e}", place.path.join(".")));
            if let Some(value) = value.map_err(named)? {
                let order = place.column.unwrap_or(index);
                leaves.push((order, &place.path, value));
            }
        }
        leaves.sort_by_key(|(order, ..)| *order);
        let leaves = leaves.into_iter().map(|(_, path, value)| (path, value));
        self.record(&nested(leaves))
    }

    /// The bytes of the record that a value is, which JSON has.
    ///
    /// # Errors
    ///
    /// As [`Packer::pack`].
    pub fn pack_plain(&self, value: Value) -> Result<Vec<u8>, DataError> {
        let record = match value {
            Value::Record(record) => record,
            Value::List(items) => Record::new(items),
            _ => return Err(DataError::other("expected an object or a list")),
        };
        match &self.schema {
            Some(schema) => {
                let mut leaves = Vec::new();
                self.leaves(&mut Vec::new(), record, schema, &mut leaves)?;
                leaves.sort_by_key(|(order, _)| *order);
                let leaves = leaves.iter().filter_map(|(index, value)| {
                    Some((&schema.fields.get(*index)?.path[..], value.clone()))
                });
                self.record(&nested(leaves))
            }
            None => self.record(&record),
        }
    }

    fn record(&self, record: &Record) -> Result<Vec<u8>, DataError> {
        let layout: &Struct = &self.format.layout;
        layout.pack(&layout.values_from_plain(record)?)
    }

    /// The values of a group by the columns that they belong to. As deep as the format nests groups.
    fn leaves(
        &self,
        path: &mut Vec<String>,
        record: Record,
        schema: &Schema,
        into: &mut Vec<(usize, Value)>,
    ) -> Result<(), DataError> {
        let keys: Vec<String> = record.entries().map(|(key, _)| key).collect();
        for (key, value) in keys.into_iter().zip(record) {
            path.push(key);
            let found = self.columns.get(&*path).copied();
            let is_group = || {
                schema
                    .fields
                    .iter()
                    .any(|field| field.path.starts_with(path))
            };
            match (found, value) {
                (Some(index), value) => {
                    if let Some(field) = schema.fields.get(index) {
                        let named =
                            |e: LiteralError| DataError::other(format!("{}: {e}", field.name()));
                        if let Some(value) =
                            self.typed(field, &Cell::Plain(value)).map_err(named)?
                        {
                            into.push((index, value));
                        }
                    }
                }
                (None, Value::Record(group)) if is_group() => {
                    self.leaves(path, group, schema, into)?;
                }
                (None, Value::List(group)) if is_group() => {
                    self.leaves(path, Record::new(group), schema, into)?;
                }
                (None, _) => {
                    let Err(unknown) = schema.index(&path.join(".")) else {
                        continue;
                    };
                    return Err(DataError::other(unknown.to_string()));
                }
            }
            path.pop();
        }
        Ok(())
    }

    /// A value of a field whose type isn't known before its data.
    fn untyped(&self, path: &[String], cell: &Cell) -> Result<Option<Value>, LiteralError> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        Ok(match cell {
            Cell::Absent => None,
            Cell::Text(text) => {
                let named = self
                    .format
                    .meanings
                    .names(&names)
                    .map(|names| names.literal(text));
                let named = named.transpose()?.flatten();
                let text = named.as_deref().unwrap_or(text);
                Some(written(text, (self.json)(text)))
            }
            Cell::Plain(value) => Some(value.clone()),
            Cell::Nanos(_) => {
                return Err(LiteralError::new("a time needs a field of a kind of time"));
            }
        })
    }

    /// A value in the form that packing takes.
    fn typed(&self, field: &Field, cell: &Cell) -> Result<Option<Value>, LiteralError> {
        Ok(Some(match (cell, &field.data) {
            (Cell::Absent, _) => return Ok(None),
            (Cell::Text(text), Type::List { .. } | Type::Struct(_)) => {
                let wrong = || LiteralError::new(format!("{text:?} is no array"));
                let value = (self.json)(text).ok_or_else(wrong)?;
                return self.typed(field, &Cell::Plain(value));
            }
            // An empty text is no number.
            (
                Cell::Text(text),
                Type::Int { .. } | Type::Float { .. } | Type::Bool | Type::Complex,
            ) if text.is_empty() => {
                return Ok(None);
            }
            (Cell::Text(text), _) => self.of_text(field, text)?,
            (Cell::Nanos(nanos), _) => match &field.meaning {
                Meaning::Time(epoch) => {
                    let wrong = || LiteralError::new("the time is none that the field can hold");
                    Value::Int(epoch.of_nanos(*nanos).ok_or_else(wrong)?)
                }
                _ => return Err(LiteralError::new("a time needs a field of a kind of time")),
            },
            (Cell::Plain(Value::List(items)), Type::List { item, .. }) => {
                let one = |value: &Value| {
                    let value = self.typed(item, &Cell::Plain(value.clone()))?;
                    value.ok_or_else(|| LiteralError::new("an item has no value"))
                };
                Value::List(items.iter().map(one).collect::<Result<_, _>>()?)
            }
            (Cell::Plain(value), Type::Struct(fields)) => self.group(fields, value)?,
            (
                Cell::Plain(Value::Bytes(bytes)),
                Type::Int { .. } | Type::Float { .. } | Type::Bool | Type::Complex,
            ) => {
                let text = std::str::from_utf8(bytes);
                self.of_text(
                    field,
                    text.map_err(|_| LiteralError::new("it is no number"))?,
                )?
            }
            (Cell::Plain(Value::Float(x)), Type::Int { .. }) => match &field.meaning {
                Meaning::Fixed(bits) if !self.is_raw => scaled(*x, *bits)?,
                _ => return Err(LiteralError::new(format!("{x} is no integer"))),
            },
            (Cell::Plain(Value::Int(n)), Type::Int { .. }) => match &field.meaning {
                #[expect(clippy::cast_precision_loss, reason = "checked when it is scaled")]
                Meaning::Fixed(bits) if !self.is_raw => scaled(*n as f64, *bits)?,
                _ => Value::Int(*n),
            },
            (Cell::Plain(value), Type::Bytes { .. } | Type::Text) => self.bytes(field, value)?,
            (Cell::Plain(Value::Record(parts)), Type::Complex) => complex(parts)?,
            (Cell::Plain(value), _) => value.clone(),
        }))
    }

    /// A group, of which `value` has the fields by name or in their order.
    fn group(&self, fields: &[Field], value: &Value) -> Result<Value, LiteralError> {
        let record = match value {
            Value::Record(record) => record.clone(),
            Value::List(items) => Record::new(items.clone()),
            _ => return Err(LiteralError::new("an item is no group")),
        };
        let mut values = Vec::new();
        for field in fields {
            // Arrow has no groups of columns: `at.x` is one name there.
            let found = super::nest::at_path(&record, &field.path);
            let name = field.name();
            let found = found.or_else(|| record.get(&name));
            let Some(found) = found else { continue };
            if let Some(value) = self.typed(field, &Cell::Plain(found.clone()))? {
                values.push((&field.path[..], value));
            }
        }
        Ok(Value::Record(nested(values.into_iter())))
    }

    fn bytes(&self, field: &Field, value: &Value) -> Result<Value, LiteralError> {
        let bytes = match value {
            Value::Record(parts) if parts.len() == 1 => {
                let digits = parts.get("hex").and_then(Value::as_str);
                let digits = digits.ok_or_else(|| LiteralError::new("a group is no bytes"))?;
                return Ok(Value::from(literal::hex(digits)?));
            }
            Value::Bytes(bytes) => bytes,
            other => return Ok(other.clone()),
        };
        match field.meaning {
            Meaning::Plain => return Ok(filled(field, bytes)),
            // As columns have it; as text it has 36 characters.
            Meaning::Uuid if bytes.len() == 16 => {
                return Ok(Value::from(&*uuid::text(bytes)));
            }
            _ => {}
        }
        let named = match std::str::from_utf8(bytes) {
            Ok(text) => self.named(field, text)?,
            Err(_) => None,
        };
        Ok(named.unwrap_or_else(|| filled(field, bytes)))
    }

    /// The value that has a name; `None` where the text is a value itself.
    fn named(&self, field: &Field, text: &str) -> Result<Option<Value>, LiteralError> {
        let Meaning::Names(names) = &field.meaning else {
            return Ok(None);
        };
        let Some(found) = names.literal(text)? else {
            return Ok(None);
        };
        Ok(Some(match literal::integer(&found) {
            Ok(n) => n.to_value()?,
            Err(_) => Value::from(literal::bytes(&found)?),
        }))
    }

    fn of_text(&self, field: &Field, text: &str) -> Result<Value, LiteralError> {
        if let Some(value) = self.named(field, text)? {
            return Ok(value);
        }
        Ok(match (&field.data, &field.meaning) {
            (Type::Int { .. }, Meaning::Time(epoch)) if literal::integer(text).is_err() => {
                let wrong = || LiteralError::new(format!("{text:?} is no time that it can hold"));
                Value::Int(epoch.read(text).ok_or_else(wrong)?)
            }
            (Type::Int { .. }, Meaning::Fixed(bits)) if !self.is_raw => fixed(text, *bits)?,
            (Type::Int { .. }, _) => literal::integer(text)?.to_value()?,
            (Type::Float { .. }, _) => Value::Float(literal::float(text)?),
            (Type::Bool, _) => Value::Bool(literal::truth(text)?),
            (Type::Complex, _) => {
                let (re, im) = literal::complex(text)?;
                Value::Complex(re, im)
            }
            (_, Meaning::Uuid) => Value::from(text),
            _ => filled(field, &literal::bytes(text)?),
        })
    }
}

fn complex(parts: &Record) -> Result<Value, LiteralError> {
    let part = |name| match parts.get(name)? {
        value @ Value::Bytes(_) => literal::float(value.as_str()?).ok(),
        value => value.as_f64(),
    };
    match (part("re"), part("im")) {
        (Some(re), Some(im)) => Ok(Value::Complex(re, im)),
        _ => Err(LiteralError::new("a complex number has re and im")),
    }
}

/// Bytes for a field: one byte can't be left out, as a NUL at the end of more can.
fn filled(field: &Field, bytes: &[u8]) -> Value {
    match (&field.data, bytes) {
        (Type::Bytes { width: Some(1) }, []) => Value::from(&[0u8][..]),
        _ => Value::from(bytes),
    }
}

/// A fraction of this number of bits, as it is stored.
fn scaled(x: f64, bits: u32) -> Result<Value, LiteralError> {
    let scaled = x * 2f64.powi(i32::try_from(bits).unwrap_or(0));
    if scaled.is_nan() || scaled.abs() >= 2f64.powi(126) || scaled.fract() != 0.0 {
        return Err(LiteralError::new(format!(
            "{x} is no fraction of {bits} bits"
        )));
    }
    #[expect(clippy::cast_possible_truncation, reason = "it was compared above")]
    let n = scaled as i128;
    Ok(Value::Int(n))
}

/// The same of decimal digits, all of which count.
fn fixed(text: &str, bits: u32) -> Result<Value, LiteralError> {
    let wrong = || LiteralError::new(format!("{text:?} is no fraction of {bits} bits"));
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_decimal(whole) || !is_decimal(fraction) {
        return scaled(literal::float(text).map_err(|_| wrong())?, bits);
    }
    let fraction = fraction.trim_end_matches('0');
    // A decimal fraction of n digits is a binary one of n bits at most, and 5 to the power of n
    // divides it.
    let length = u32::try_from(fraction.len())
        .ok()
        .filter(|length| *length <= bits);
    let length = length.ok_or_else(wrong)?;
    let whole: i128 = whole.parse().map_err(|_| wrong())?;
    let mut part: i128 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().map_err(|_| wrong())?
    };
    for _ in 0..length {
        if part.checked_rem(5) != Some(0) {
            return Err(wrong());
        }
        part = part.checked_div(5).ok_or_else(wrong)?;
    }
    let rest = bits.since(length);
    let shift = |n: i128, by: u32| {
        1i128
            .checked_shl(by)
            .filter(|_| by < 126)
            .and_then(|unit| n.checked_mul(unit))
    };
    let sum = shift(whole, bits)
        .zip(shift(part, rest))
        .and_then(|(whole, part)| whole.checked_add(part));
    let n = sum.ok_or_else(wrong)?;
    Ok(Value::Int(if is_negative {
        n.checked_neg().ok_or_else(wrong)?
    } else {
        n
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_fractions_are_read_exactly() {
        for (text, bits, n) in [
            ("1.5", 16, 0x18000),
            ("-1.5", 16, -0x18000),
            ("0.0000152587890625", 16, 1),
            ("7", 0, 7),
            (
                "4294967295.99999999976716935634613037109375",
                32,
                i128::from(u64::MAX),
            ),
        ] {
            assert_eq!(fixed(text, bits), Ok(Value::Int(n)), "{text}");
        }
        for text in ["0.1", "1.00001", "x", "1.5.5", ""] {
            assert!(fixed(text, 16).is_err(), "{text}");
        }
    }
}
