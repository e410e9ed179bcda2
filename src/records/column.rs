//! Values of one type, a row each.

mod push;

use super::nest::nested;
use super::schema::{Field, Type};
use crate::offset::{Position, sum};
use crate::value::{Bytes, Value, uuid};

/// A column: values, of which some may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// The values; an absent one is a zero, or empty.
    pub values: Values,
    /// Which are there; `None` where all are.
    pub valid: Option<Vec<bool>>,
}

/// The values of a [`Column`].
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "a variant a type, called by it")]
#[non_exhaustive]
pub enum Values {
    Bool(Vec<bool>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    I128(Vec<i128>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    U128(Vec<u128>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Complex(Vec<[f64; 2]>),
    /// Bytes of one length, one after another.
    Fixed {
        /// The length of each.
        width: usize,
        /// How many there are; what is of length 0 has no bytes.
        rows: usize,
        /// All of them.
        bytes: Vec<u8>,
    },
    /// Bytes of any length.
    Bytes(Strings),
    /// The same, which are UTF-8 as far as the data are.
    Text(Strings),
    /// Arrays of one length.
    Array {
        /// The length of each.
        length: usize,
        /// How many there are.
        rows: usize,
        /// The items of all, one after another.
        items: Box<Column>,
    },
    /// Arrays of any length.
    List {
        /// Where each ends among the items.
        ends: Vec<usize>,
        /// The items of all, one after another.
        items: Box<Column>,
    },
    /// Groups: a column for each of their fields.
    Struct {
        /// How many there are.
        rows: usize,
        /// The fields.
        columns: Vec<Column>,
    },
    /// Values of several types.
    Any(Vec<Value>),
}

/// Bytes of any length, one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Strings {
    /// Where each ends.
    pub ends: Vec<usize>,
    /// All of them.
    pub bytes: Vec<u8>,
}

impl Strings {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One of them; nothing where there are fewer.
    pub fn get(&self, row: usize) -> &[u8] {
        let (start, end) = span(&self.ends, row);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Adds one.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }
}

/// From where to where a row goes.
pub(crate) fn span(ends: &[usize], row: usize) -> (usize, usize) {
    let before = row.checked_sub(1).and_then(|before| ends.get(before));
    let start = before.copied().unwrap_or(0);
    (start, ends.get(row).copied().unwrap_or(start))
}

impl Default for Values {
    fn default() -> Values {
        Values::Any(Vec::new())
    }
}

/// Does the same with the vector of every plain variant.
macro_rules! with_vector {
    ($values:expr, $vector:ident => $does:expr, $($rest:tt)*) => {
        match $values {
            Values::Bool($vector) => $does,
            Values::I8($vector) => $does,
            Values::I16($vector) => $does,
            Values::I32($vector) => $does,
            Values::I64($vector) => $does,
            Values::I128($vector) => $does,
            Values::U8($vector) => $does,
            Values::U16($vector) => $does,
            Values::U32($vector) => $does,
            Values::U64($vector) => $does,
            Values::U128($vector) => $does,
            Values::F32($vector) => $does,
            Values::F64($vector) => $does,
            Values::Complex($vector) => $does,
            Values::Any($vector) => $does,
            $($rest)*
        }
    };
}

impl Values {
    /// No values of a type.
    pub(crate) fn of(data: &Type) -> Values {
        match data {
            Type::Bool => Values::Bool(Vec::new()),
            Type::Int { signed, bits } => match (signed, bits) {
                (true, 0..=8) => Values::I8(Vec::new()),
                (true, 9..=16) => Values::I16(Vec::new()),
                (true, 17..=32) => Values::I32(Vec::new()),
                (true, 33..=64) => Values::I64(Vec::new()),
                (true, _) => Values::I128(Vec::new()),
                (false, 0..=8) => Values::U8(Vec::new()),
                (false, 9..=16) => Values::U16(Vec::new()),
                (false, 17..=32) => Values::U32(Vec::new()),
                (false, 33..=64) => Values::U64(Vec::new()),
                (false, _) => Values::U128(Vec::new()),
            },
            Type::Float { bits: 0..=32 } => Values::F32(Vec::new()),
            Type::Float { .. } => Values::F64(Vec::new()),
            Type::Complex => Values::Complex(Vec::new()),
            Type::Bytes { width: Some(width) } => Values::Fixed {
                width: *width,
                rows: 0,
                bytes: Vec::new(),
            },
            Type::Bytes { width: None } => Values::Bytes(Strings::default()),
            Type::Text => Values::Text(Strings::default()),
            Type::List { item, length } => {
                let items = Box::new(Column::of(&item.data));
                match length {
                    Some(length) => Values::Array {
                        length: *length,
                        rows: 0,
                        items,
                    },
                    None => Values::List {
                        ends: Vec::new(),
                        items,
                    },
                }
            }
            Type::Struct(fields) => Values::Struct {
                rows: 0,
                columns: fields.iter().map(|field| Column::of(&field.data)).collect(),
            },
            Type::Any => Values::Any(Vec::new()),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        with_vector! { self, vector => vector.len(),
            Values::Fixed { rows, .. }
            | Values::Array { rows, .. }
            | Values::Struct { rows, .. } => *rows,
            Values::Bytes(strings) | Values::Text(strings) => strings.len(),
            Values::List { ends, .. } => ends.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes all values out, and keeps the room.
    pub(crate) fn clear(&mut self) {
        with_vector! { self, vector => vector.clear(),
            Values::Fixed { rows, bytes, .. } => {
                *rows = 0;
                bytes.clear();
            }
            Values::Bytes(strings) | Values::Text(strings) => {
                strings.ends.clear();
                strings.bytes.clear();
            }
            Values::Array { rows, items, .. } => {
                *rows = 0;
                items.clear();
            }
            Values::List { ends, items } => {
                ends.clear();
                items.clear();
            }
            Values::Struct { rows, columns } => {
                *rows = 0;
                columns.iter_mut().for_each(Column::clear);
            }
        }
    }

    /// The value of a row, as unpacking gives it; of an array of groups, with the names of their fields.
    pub(crate) fn value(&self, row: usize, field: &Field) -> Option<Value> {
        Some(match self {
            Values::Bool(values) => Value::Bool(*values.get(row)?),
            Values::I8(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::I16(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::I32(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::I64(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::I128(values) => Value::Int(*values.get(row)?),
            Values::U8(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::U16(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::U32(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::U64(values) => Value::Int(i128::from(*values.get(row)?)),
            Values::U128(values) => Value::from(*values.get(row)?),
            Values::F32(values) => Value::Float(f64::from(*values.get(row)?)),
            Values::F64(values) => Value::Float(*values.get(row)?),
            Values::Complex(values) => {
                let [re, im] = *values.get(row)?;
                Value::Complex(re, im)
            }
            Values::Fixed { .. } | Values::Bytes(_) | Values::Text(_) => {
                let bytes = self.bytes(row)?;
                match field.meaning {
                    super::Meaning::Uuid => Value::from(&*uuid::text(bytes)),
                    _ => Value::Bytes(Bytes::from(bytes)),
                }
            }
            Values::Array { .. } | Values::List { .. } => {
                let (items, range) = self.items(row)?;
                let Type::List { item, .. } = &field.data else {
                    return None;
                };
                let items: Option<Vec<Value>> = range.map(|at| items.value(at, item)).collect();
                Value::List(items?)
            }
            Values::Struct { columns, .. } => {
                let Type::Struct(fields) = &field.data else {
                    return None;
                };
                let leaves = fields.iter().zip(columns);
                let leaves = leaves.filter_map(|(field, column)| {
                    Some((&field.path[..], column.value(row, field)?))
                });
                Value::Record(nested(leaves))
            }
            Values::Any(values) => values.get(row)?.clone(),
        })
    }

    /// The bytes of a row, where the values are bytes or text.
    pub fn bytes(&self, row: usize) -> Option<&[u8]> {
        match self {
            Values::Fixed { width, rows, bytes } if row < *rows => {
                let start = row.checked_mul(*width)?;
                bytes.get(start..start.checked_add(*width)?)
            }
            Values::Bytes(strings) | Values::Text(strings) => {
                (row < strings.len()).then(|| strings.get(row))
            }
            _ => None,
        }
    }

    /// The items of a row and their indexes, where the values are arrays.
    pub(crate) fn items(&self, row: usize) -> Option<(&Column, std::ops::Range<usize>)> {
        match self {
            Values::Array {
                length,
                rows,
                items,
            } if row < *rows => {
                let start = row.checked_mul(*length)?;
                Some((items, start..start.checked_add(*length)?))
            }
            Values::List { ends, items } if row < ends.len() => {
                let (start, end) = span(ends, row);
                Some((items, start..end))
            }
            _ => None,
        }
    }

    /// The rows for which `keep` is set.
    fn retain(&mut self, keep: &[bool]) {
        fn retain<T: Clone>(values: &mut Vec<T>, keep: &[bool]) {
            let mut flags = keep.iter();
            values.retain(|_| flags.next().copied().unwrap_or(false));
        }
        with_vector! { self, vector => retain(vector, keep),
            Values::Fixed { width, rows, bytes } => {
                retain_pieces(bytes, keep, |row| (row.saturating_mul(*width), *width));
                *rows = kept(keep);
            }
            Values::Bytes(strings) | Values::Text(strings) => {
                let ends = std::mem::take(&mut strings.ends);
                let mut end = 0usize;
                for (row, keep) in keep.iter().enumerate() {
                    let (from, to) = span(&ends, row);
                    if *keep && from <= to && to <= strings.bytes.len() {
                        strings.bytes.copy_within(from..to, end);
                        end.advance(to.since(from));
                        strings.ends.push(end);
                    }
                }
                strings.bytes.truncate(end);
            }
            Values::Array { length, rows, items } => {
                let each = keep.iter().flat_map(|keep| std::iter::repeat_n(*keep, *length));
                items.retain(&each.collect::<Vec<_>>());
                *rows = kept(keep);
            }
            Values::List { ends, items } => {
                let before = std::mem::take(ends);
                let mut each = Vec::with_capacity(items.len());
                for (row, keep) in keep.iter().enumerate() {
                    let (from, to) = span(&before, row);
                    let count = to.since(from);
                    each.extend(std::iter::repeat_n(*keep, count));
                    if *keep {
                        let end = ends.last().copied().unwrap_or(0usize);
                        ends.push(end.past(count));
                    }
                }
                items.retain(&each);
            }
            Values::Struct { rows, columns } => {
                columns.iter_mut().for_each(|column| column.retain(keep));
                *rows = kept(keep);
            }
        }
    }
}

fn kept(keep: &[bool]) -> usize {
    keep.iter().filter(|keep| **keep).count()
}

/// Keeps pieces of bytes, of which each row has one.
fn retain_pieces(bytes: &mut Vec<u8>, keep: &[bool], place: impl Fn(usize) -> (usize, usize)) {
    let mut end = 0usize;
    for (row, keep) in keep.iter().enumerate() {
        let (from, size) = place(row);
        let to = from.past(size);
        if *keep && to <= bytes.len() {
            bytes.copy_within(from..to, end);
            end.advance(size);
        }
    }
    bytes.truncate(end);
}

impl Column {
    /// No values of a type.
    pub(crate) fn of(data: &Type) -> Column {
        Column {
            values: Values::of(data),
            valid: None,
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether a row has a value.
    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        match &self.valid {
            None => true,
            Some(valid) => valid.get(row).copied().unwrap_or(false),
        }
    }

    /// The value of a row as [`Struct::unpack`](crate::Struct::unpack) gives it; `None` where it is absent.
    /// The field is the column's.
    pub fn value(&self, row: usize, field: &Field) -> Option<Value> {
        match self.is_valid(row) {
            true => self.values.value(row, field),
            false => None,
        }
    }

    /// How many values are absent, those of arrays included.
    pub(crate) fn absent(&self) -> usize {
        let own = match &self.valid {
            None => 0,
            Some(valid) => valid.iter().filter(|valid| !**valid).count(),
        };
        let inside = match &self.values {
            Values::Array { items, .. } | Values::List { items, .. } => items.absent(),
            Values::Struct { columns, .. } => sum(columns.iter().map(Column::absent)),
            _ => 0,
        };
        sum([own, inside])
    }

    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.valid = None;
    }

    /// Keeps the rows for which `keep` is set.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        self.values.retain(keep);
        if let Some(valid) = &mut self.valid {
            let mut flags = keep.iter();
            valid.retain(|_| flags.next().copied().unwrap_or(false));
        }
    }
}
