//! The loops: the values of one column out of a tile of records.

use super::numbers::{bits, bits_of, floats, integers, wide, with_sign};
use crate::records::column::{Column, Strings, Values};
use crate::records::schema::Field;
use crate::structs::FieldKind;
use crate::value::{Bytes, Value};

/// How a column is taken.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    /// Where the field begins in a record.
    pub(super) at: usize,
    pub(super) take: Take,
}

/// How the value of a field is taken from its bytes.
#[derive(Clone, Debug)]
pub(super) enum Take {
    Int {
        size: usize,
        little: bool,
        signed: bool,
    },
    Bits {
        size: usize,
        little: bool,
        signed: bool,
        first: u8,
        count: u8,
    },
    Float {
        size: usize,
        little: bool,
    },
    Complex {
        size: usize,
        little: bool,
    },
    Bool {
        size: usize,
    },
    Bytes {
        size: usize,
    },
    Pascal {
        size: usize,
    },
    /// Text in UTF-8 without the NULs that fill it up.
    Text {
        size: usize,
    },
    Uuid {
        is_guid: bool,
    },
    Array {
        size: usize,
        length: usize,
        item: Box<Take>,
    },
    Struct(Vec<Loop>),
    /// The plain value, and what kinds make of it: one value at a time.
    ByKinds {
        raw: Box<Take>,
        size: usize,
        little: bool,
        kinds: Vec<FieldKind>,
        field: Box<Field>,
    },
}

/// The pieces of a tile that begin with a field, one of each record.
fn pieces(tile: &[u8], step: usize, at: usize) -> std::slice::Chunks<'_, u8> {
    // What begins within the last record is shorter than a record, and as long as the field.
    tile.get(at..).unwrap_or_default().chunks(step.max(1))
}

/// Adds a value of each record, made of bytes of a size that is known when this is compiled.
#[inline(always)]
pub(super) fn plain<T, const N: usize>(
    out: &mut Vec<T>,
    (tile, step, at): (&[u8], usize, usize),
    read: impl Fn([u8; N]) -> T,
) {
    let values = pieces(tile, step, at);
    out.extend(values.map(|bytes| read(bytes.first_chunk().copied().unwrap_or([0; N]))));
}

/// Adds a value of each record, made of any number of bytes.
#[inline(always)]
pub(super) fn of_bytes<T>(
    out: &mut Vec<T>,
    (tile, step, at): (&[u8], usize, usize),
    size: usize,
    read: impl Fn(&[u8]) -> T,
) {
    let values = pieces(tile, step, at);
    out.extend(values.map(|bytes| read(bytes.get(..size).unwrap_or_default())));
}

impl Loop {
    /// Makes room for more rows.
    pub(super) fn reserve(&self, column: &mut Column, rows: usize) {
        macro_rules! reserve {
            ($($variant:ident)*) => {
                match &mut column.values {
                    $(Values::$variant(values) => values.reserve(rows),)*
                    Values::Fixed { width, bytes, .. } => bytes.reserve(rows.saturating_mul(*width)),
                    _ => {}
                }
            };
        }
        reserve!(Bool I8 I16 I32 I64 I128 U8 U16 U32 U64 U128 F32 F64 Complex);
    }

    /// Adds the values of the records in a tile, whose size in bytes is `step`.
    pub(super) fn run(&self, tile: &[u8], step: usize, column: &mut Column) {
        self.take.run((tile, step, self.at), column);
    }
}

impl Take {
    fn run(&self, from: (&[u8], usize, usize), column: &mut Column) {
        let (tile, step, at) = from;
        match (self, &mut column.values) {
            (
                Take::Int {
                    size,
                    little,
                    signed,
                },
                values,
            ) => integers(values, from, *size, *little, *signed),
            (
                Take::Bits {
                    size,
                    little,
                    signed,
                    first,
                    count,
                },
                values,
            ) => bits(values, from, (*size, *little), *signed, (*first, *count)),
            (Take::Float { size, little }, values) => floats(values, from, *size, *little),
            (Take::Complex { size, little }, Values::Complex(out)) => {
                let part = |bytes: &[u8]| -> f64 {
                    match (bytes.len(), little) {
                        (4, true) => bytes
                            .first_chunk()
                            .map_or(0.0, |b| f32::from_le_bytes(*b))
                            .into(),
                        (4, false) => bytes
                            .first_chunk()
                            .map_or(0.0, |b| f32::from_be_bytes(*b))
                            .into(),
                        (_, true) => bytes.first_chunk().map_or(0.0, |b| f64::from_le_bytes(*b)),
                        (_, false) => bytes.first_chunk().map_or(0.0, |b| f64::from_be_bytes(*b)),
                    }
                };
                of_bytes(out, from, *size, |bytes| {
                    let (re, im) = bytes.split_at_checked(bytes.len() / 2).unwrap_or_default();
                    [part(re), part(im)]
                });
            }
            (Take::Bool { size: 1 }, Values::Bool(out)) => plain(out, from, |[byte]| byte != 0),
            (Take::Bool { size }, Values::Bool(out)) => {
                of_bytes(out, from, *size, |bytes| {
                    bytes.iter().any(|byte| *byte != 0)
                });
            }
            (Take::Bytes { size }, Values::Fixed { rows, bytes, .. }) => {
                fixed(bytes, from, *size);
                *rows = rows.saturating_add(count(from));
            }
            (Take::Pascal { size }, Values::Bytes(out)) => {
                for piece in pieces(tile, step, at) {
                    let field = piece.get(..*size).unwrap_or_default();
                    let (length, rest) = field.split_first().unwrap_or((&0, &[]));
                    out.push(rest.get(..usize::from(*length)).unwrap_or(rest));
                }
                empty_rows(*size, from, out);
            }
            (Take::Text { size }, Values::Text(out)) => {
                for piece in pieces(tile, step, at) {
                    let field = piece.get(..*size).unwrap_or_default();
                    // Bytes that are no text keep the NULs that they have.
                    match std::str::from_utf8(field) {
                        Ok(text) => out.push(text.trim_end_matches('\0').as_bytes()),
                        Err(_) => out.push(field),
                    }
                }
                empty_rows(*size, from, out);
            }
            (Take::Uuid { is_guid }, Values::Fixed { rows, bytes, .. }) => {
                for piece in pieces(tile, step, at) {
                    let mut one: [u8; 16] = piece.first_chunk().copied().unwrap_or([0; 16]);
                    if *is_guid {
                        for part in [0..4, 4..6, 6..8] {
                            one.get_mut(part).unwrap_or_default().reverse();
                        }
                    }
                    bytes.extend_from_slice(&one);
                }
                *rows = rows.saturating_add(count(from));
            }
            (Take::Array { size, length, item }, Values::Array { rows, items, .. }) => {
                let size = (*size).max(1);
                let all = size.saturating_mul(*length);
                if *length > 0 {
                    for piece in pieces(tile, step, at) {
                        item.run((piece.get(..all).unwrap_or_default(), size, 0), items);
                    }
                }
                *rows = rows.saturating_add(count(from));
            }
            (Take::Struct(loops), Values::Struct { rows, columns }) => {
                for (one, column) in loops.iter().zip(columns) {
                    one.take
                        .run((tile, step, at.saturating_add(one.at)), column);
                }
                *rows = rows.saturating_add(count(from));
            }
            (
                Take::ByKinds {
                    raw,
                    size,
                    little,
                    kinds,
                    field,
                },
                _,
            ) => {
                for piece in pieces(tile, step, at) {
                    let bytes = piece.get(..*size).unwrap_or_default();
                    let mut value = raw.value(bytes);
                    for kind in kinds {
                        if let Some(taken) = kind.take(&value, *little).0 {
                            value = taken;
                        }
                    }
                    column.push(Some(&value), field);
                }
            }
            // A column is made for its loop.
            _ => {}
        }
    }

    /// One plain value.
    fn value(&self, bytes: &[u8]) -> Value {
        match self {
            Take::Int { little, signed, .. } => {
                let raw = wide(bytes, *little);
                match signed {
                    true => Value::Int(with_sign(raw, bits_of(bytes.len()))),
                    false => Value::from(raw),
                }
            }
            Take::Pascal { .. } => {
                let (length, rest) = bytes.split_first().unwrap_or((&0, &[]));
                Value::from(rest.get(..usize::from(*length)).unwrap_or(rest))
            }
            _ => Value::Bytes(Bytes::from(bytes)),
        }
    }
}

/// How many records a tile has.
fn count((tile, step, _): (&[u8], usize, usize)) -> usize {
    tile.len().checked_div(step.max(1)).unwrap_or(0)
}

/// A field of no bytes at the end of a record has no piece in the last one.
fn empty_rows(size: usize, from: (&[u8], usize, usize), out: &mut Strings) {
    let (tile, step, at) = from;
    if size == 0 {
        let missing = count(from).saturating_sub(pieces(tile, step, at).count());
        (0..missing).for_each(|_| out.push(b""));
    }
}

fn fixed(out: &mut Vec<u8>, from: (&[u8], usize, usize), size: usize) {
    let (tile, step, at) = from;
    // Sizes that are known make a copy a load and a store.
    macro_rules! sizes {
        ($($n:literal)*) => {
            match size {
                0 => {}
                $($n => {
                    for piece in pieces(tile, step, at) {
                        out.extend_from_slice(piece.first_chunk::<$n>().unwrap_or(&[0; $n]));
                    }
                })*
                _ => {
                    for piece in pieces(tile, step, at) {
                        out.extend_from_slice(piece.get(..size).unwrap_or_default());
                    }
                }
            }
        };
    }
    if size == 1 {
        plain(out, from, |[byte]| byte);
        return;
    }
    sizes!(2 3 4 6 8 12 16);
}
