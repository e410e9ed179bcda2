//! The loops: the values of one column out of a tile of records.

use super::numbers::{bits, bits_of, floats, integers, wide, with_sign};
use crate::offset::{Position, Tally};
use crate::records::column::{Column, Strings, Values};
use crate::records::schema::Field;
use crate::structs::FieldKind;
use crate::value::text::trim_end;
use crate::value::{Bytes, Value, uuid};

/// How a column is taken.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    /// Where the field begins in a record.
    pub(super) at: usize,
    pub(super) take: Extraction,
}

/// How the value of a field is extracted from its bytes.
#[derive(Clone, Debug)]
pub(super) enum Extraction {
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
        item: Box<Extraction>,
    },
    Struct(Vec<Loop>),
    /// The plain value, converted by kinds, one value at a time.
    ByKinds {
        raw: Box<Extraction>,
        size: usize,
        little: bool,
        kinds: Vec<FieldKind>,
        field: Box<Field>,
    },
}

/// The pieces of a tile that are a field, one of each record.
fn pieces(
    (tile, step, at): (&[u8], usize, usize),
    size: usize,
) -> impl ExactSizeIterator<Item = &[u8]> {
    let end = at.past(size);
    // The bounds of the field are checked once for all records.
    let records = tile.chunks_exact(step.max(1));
    records.map(move |record| record.get(at..end).unwrap_or_default())
}

/// Adds a value of each record, made of bytes of a size that is known when this is compiled. Four records in one
/// iteration take half the time, since the loop's condition is checked once for all of them.
#[inline(always)]
pub(super) fn plain<T, const N: usize>(
    out: &mut Vec<T>,
    (tile, step, at): (&[u8], usize, usize),
    read: impl Fn([u8; N]) -> T + Copy,
) {
    let (Some(end), Some(width)) = (at.checked_add(N), step.checked_mul(4)) else {
        return;
    };
    // A field ends within its record; to know that makes the reading below one load.
    if end > step {
        return;
    }
    // The compiler knows that values owned by a closure don't change while the column is written; borrowed ones would
    // be read each time.
    let value = move |record: &[u8]| {
        let field = record.get(at..end).and_then(|field| field.first_chunk());
        read(field.copied().unwrap_or([0; N]))
    };
    let fours = tile.chunks_exact(width);
    let rest = fours.remainder().chunks_exact(step);
    out.extend(fours.flat_map(move |four| {
        // Splitting can't fail, since there are four records; a checked version takes twice the time.
        let (a, four) = four.split_at(step);
        let (b, four) = four.split_at(step);
        let (c, d) = four.split_at(step);
        [value(a), value(b), value(c), value(d)]
    }));
    out.extend(rest.map(value));
}

/// Adds a value of each record, made of any number of bytes.
#[inline(always)]
pub(super) fn of_bytes<T>(
    out: &mut Vec<T>,
    from: (&[u8], usize, usize),
    size: usize,
    read: impl Fn(&[u8]) -> T,
) {
    out.extend(pieces(from, size).map(read));
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

impl Extraction {
    fn run(&self, from: (&[u8], usize, usize), column: &mut Column) {
        let (tile, step, at) = from;
        match (self, &mut column.values) {
            (
                Extraction::Int {
                    size,
                    little,
                    signed,
                },
                values,
            ) => integers(values, from, *size, *little, *signed),
            (
                Extraction::Bits {
                    size,
                    little,
                    signed,
                    first,
                    count,
                },
                values,
            ) => bits(values, from, (*size, *little), *signed, (*first, *count)),
            (Extraction::Float { size, little }, values) => floats(values, from, *size, *little),
            (Extraction::Complex { size, little }, Values::Complex(out)) => {
                of_bytes(out, from, *size, |bytes| {
                    let (re, im) = bytes.split_at_checked(bytes.len() / 2).unwrap_or_default();
                    [part(re, *little), part(im, *little)]
                });
            }
            (Extraction::Bool { size: 1 }, Values::Bool(out)) => {
                plain(out, from, |[byte]| byte != 0);
            }
            (Extraction::Bool { size }, Values::Bool(out)) => {
                of_bytes(out, from, *size, |bytes| {
                    bytes.iter().any(|byte| *byte != 0)
                });
            }
            (Extraction::Bytes { size }, Values::Fixed { rows, bytes, .. }) => {
                fixed(bytes, from, *size);
                rows.tally(count(from));
            }
            (Extraction::Pascal { size }, Values::Bytes(out)) => {
                for field in pieces(from, *size) {
                    let (length, rest) = field.split_first().unwrap_or((&0, &[]));
                    out.push(rest.get(..usize::from(*length)).unwrap_or(rest));
                }
            }
            (Extraction::Text { size }, Values::Text(out)) => text(out, from, *size),
            (Extraction::Uuid { is_guid }, Values::Fixed { rows, bytes, .. }) => {
                pieces(from, 16).for_each(|field| identifier(bytes, field, *is_guid));
                rows.tally(count(from));
            }
            (Extraction::Array { size, length, item }, Values::Array { rows, items, .. }) => {
                let size = (*size).max(1);
                let all = size.saturating_mul(*length);
                if *length > 0 {
                    for piece in pieces(from, all) {
                        item.run((piece, size, 0), items);
                    }
                }
                rows.tally(count(from));
            }
            (Extraction::Struct(loops), Values::Struct { rows, columns }) => {
                for (one, column) in loops.iter().zip(columns) {
                    one.take.run((tile, step, at.past(one.at)), column);
                }
                rows.tally(count(from));
            }
            (
                Extraction::ByKinds {
                    raw,
                    size,
                    little,
                    kinds,
                    field,
                },
                _,
            ) => {
                for bytes in pieces(from, *size) {
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
            Extraction::Int { little, signed, .. } => {
                let raw = wide(bytes, *little);
                match signed {
                    true => Value::Int(with_sign(raw, bits_of(bytes.len()))),
                    false => Value::from(raw),
                }
            }
            Extraction::Pascal { .. } => {
                let (length, rest) = bytes.split_first().unwrap_or((&0, &[]));
                Value::from(rest.get(..usize::from(*length)).unwrap_or(rest))
            }
            _ => Value::Bytes(Bytes::from(bytes)),
        }
    }
}

/// The real or the imaginary part of a complex number.
fn part(bytes: &[u8], little: bool) -> f64 {
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
}

/// Adds the bytes of a UUID, those of Microsoft's in the order of the others.
fn identifier(out: &mut Vec<u8>, field: &[u8], is_guid: bool) {
    let one: [u8; 16] = field.first_chunk().copied().unwrap_or([0; 16]);
    out.extend_from_slice(&match is_guid {
        true => uuid::swapped(one),
        false => one,
    });
}

/// How many records a tile has.
fn count((tile, step, _): (&[u8], usize, usize)) -> usize {
    tile.len().checked_div(step.max(1)).unwrap_or(0)
}

/// Adds texts of one size, without the NULs that fill them up.
fn text(out: &mut Strings, from: (&[u8], usize, usize), size: usize) {
    let before = out.bytes.len();
    out.ends.reserve(count(from));
    fixed(&mut out.bytes, from, size);
    let added = out.bytes.get(before..).unwrap_or_default();
    // ASCII text without NULs is copied and checked for all records at once.
    if added.is_ascii() && !added.contains(&0) {
        let mut end = before;
        out.ends.extend((0..count(from)).map(|_| {
            end.advance(size);
            end
        }));
        return;
    }
    out.bytes.truncate(before);
    for field in pieces(from, size) {
        // Bytes that are no text keep their NULs. The check for ASCII comes first, since most text is ASCII.
        let is_text = field.is_ascii() || std::str::from_utf8(field).is_ok();
        out.push(if is_text { trim_end(field, 0) } else { field });
    }
}

fn fixed(out: &mut Vec<u8>, from: (&[u8], usize, usize), size: usize) {
    // Sizes that are known make a copy a load and a store.
    macro_rules! sizes {
        ($($n:literal)*) => {
            match size {
                0 => {}
                $($n => {
                    for piece in pieces(from, $n) {
                        out.extend_from_slice(piece.first_chunk::<$n>().unwrap_or(&[0; $n]));
                    }
                })*
                _ => {
                    for piece in pieces(from, size) {
                        out.extend_from_slice(piece);
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
