//! The loops: the values of one column out of a tile of records.

use crate::records::column::{Column, Strings, Values};
use crate::records::schema::Field;
use crate::structs::{FieldKind, half};
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
fn plain<T, const N: usize>(
    out: &mut Vec<T>,
    (tile, step, at): (&[u8], usize, usize),
    read: impl Fn([u8; N]) -> T,
) {
    let values = pieces(tile, step, at);
    out.extend(values.map(|bytes| read(bytes.first_chunk().copied().unwrap_or([0; N]))));
}

/// Adds a value of each record, made of any number of bytes.
#[inline(always)]
fn of_bytes<T>(
    out: &mut Vec<T>,
    (tile, step, at): (&[u8], usize, usize),
    size: usize,
    read: impl Fn(&[u8]) -> T,
) {
    let values = pieces(tile, step, at);
    out.extend(values.map(|bytes| read(bytes.get(..size).unwrap_or_default())));
}

/// An unsigned integer of up to 16 bytes.
#[inline]
fn wide(bytes: &[u8], little: bool) -> u128 {
    let mut whole = [0; 16];
    let start = if little {
        0
    } else {
        16usize.saturating_sub(bytes.len())
    };
    if let Some(place) = whole
        .get_mut(start..)
        .and_then(|rest| rest.get_mut(..bytes.len()))
    {
        place.copy_from_slice(bytes);
    }
    match little {
        true => u128::from_le_bytes(whole),
        false => u128::from_be_bytes(whole),
    }
}

/// An integer of `bits` bits with a sign, from its lowest bits.
#[inline]
fn with_sign(raw: u128, bits: u32) -> i128 {
    let spare = 128u32.saturating_sub(bits).min(127);
    (raw << spare).cast_signed() >> spare
}

fn single(bits: u16) -> f32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "every float of 16 bits is one of 32"
    )]
    let x = half(bits) as f32;
    x
}

impl Loop {
    /// Makes room for so many more rows.
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

fn bits_of(size: usize) -> u32 {
    u32::try_from(size.saturating_mul(8)).unwrap_or(128)
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

fn integers(
    values: &mut Values,
    from: (&[u8], usize, usize),
    size: usize,
    little: bool,
    signed: bool,
) {
    macro_rules! integers {
        ($($variant:ident $type:ty, $size:literal;)*) => {
            match (values, size, little) {
                $(
                    (Values::$variant(out), $size, true) => plain(out, from, <$type>::from_le_bytes),
                    (Values::$variant(out), $size, false) => plain(out, from, <$type>::from_be_bytes),
                )*
                (Values::U32(out), 3, true) => {
                    plain(out, from, |[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
                }
                (Values::U32(out), 3, false) => {
                    plain(out, from, |[a, b, c]| u32::from_be_bytes([0, a, b, c]));
                }
                // The sign is that of the uppermost byte.
                (Values::I32(out), 3, true) => {
                    plain(out, from, |[a, b, c]| i32::from_le_bytes([0, a, b, c]) >> 8);
                }
                (Values::I32(out), 3, false) => {
                    plain(out, from, |[a, b, c]| i32::from_be_bytes([a, b, c, 0]) >> 8);
                }
                (Values::U64(out), 6, true) => {
                    plain(out, from, |[a, b, c, d, e, f]| u64::from_le_bytes([a, b, c, d, e, f, 0, 0]));
                }
                (Values::U64(out), 6, false) => {
                    plain(out, from, |[a, b, c, d, e, f]| u64::from_be_bytes([0, 0, a, b, c, d, e, f]));
                }
                (Values::I64(out), 6, true) => plain(out, from, |[a, b, c, d, e, f]| {
                    i64::from_le_bytes([0, 0, a, b, c, d, e, f]) >> 16
                }),
                (Values::I64(out), 6, false) => plain(out, from, |[a, b, c, d, e, f]| {
                    i64::from_be_bytes([a, b, c, d, e, f, 0, 0]) >> 16
                }),
                (values, size, little) => {
                    let width = bits_of(size);
                    let first_and_count = (0, u8::try_from(width).unwrap_or(128));
                    bits(values, from, (size, little), signed, first_and_count);
                }
            }
        };
    }
    integers! {
        I8 i8, 1;
        I16 i16, 2;
        I32 i32, 4;
        I64 i64, 8;
        I128 i128, 16;
        U8 u8, 1;
        U16 u16, 2;
        U32 u32, 4;
        U64 u64, 8;
        U128 u128, 16;
    }
}

/// Bits of integers; also integers of any number of bytes, of which they are all bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a column has as many bits as the field"
)]
fn bits(
    values: &mut Values,
    from: (&[u8], usize, usize),
    (size, little): (usize, bool),
    signed: bool,
    (first, count): (u8, u8),
) {
    let (first, count) = (u32::from(first), u32::from(count));
    let mask = match count {
        128.. => u128::MAX,
        count => (1u128 << count).wrapping_sub(1),
    };
    // Most integers have no more than 64 bits, in which shifting is quick.
    if size <= 8 && !matches!(values, Values::I128(_) | Values::U128(_)) {
        let mask = mask as u64;
        let spare = 64u32.saturating_sub(count).min(63);
        let raw = move |bytes: &[u8]| (wide_64(bytes, little) >> first.min(63)) & mask;
        let sign = move |bytes: &[u8]| (raw(bytes) << spare).cast_signed() >> spare;
        macro_rules! narrow {
            ($($variant:ident $type:ty, $read:ident;)*) => {
                match values {
                    $(Values::$variant(out) => of_bytes(out, from, size, |bytes| $read(bytes) as $type),)*
                    _ => {}
                }
            };
        }
        narrow! {
            U8 u8, raw;
            U16 u16, raw;
            U32 u32, raw;
            U64 u64, raw;
            I8 i8, sign;
            I16 i16, sign;
            I32 i32, sign;
            I64 i64, sign;
        }
        return;
    }
    debug_assert_eq!(signed, is_signed(values));
    let raw = move |bytes: &[u8]| (wide(bytes, little) >> first.min(127)) & mask;
    let sign = move |bytes: &[u8]| with_sign(raw(bytes), count);
    macro_rules! broad {
        ($($variant:ident $type:ty, $read:ident;)*) => {
            match values {
                $(Values::$variant(out) => of_bytes(out, from, size, |bytes| $read(bytes) as $type),)*
                _ => {}
            }
        };
    }
    broad! {
        U8 u8, raw;
        U16 u16, raw;
        U32 u32, raw;
        U64 u64, raw;
        U128 u128, raw;
        I8 i8, sign;
        I16 i16, sign;
        I32 i32, sign;
        I64 i64, sign;
        I128 i128, sign;
    }
}

fn is_signed(values: &Values) -> bool {
    matches!(
        values,
        Values::I8(_) | Values::I16(_) | Values::I32(_) | Values::I64(_) | Values::I128(_)
    )
}

/// An unsigned integer of up to 8 bytes.
#[inline(always)]
fn wide_64(bytes: &[u8], little: bool) -> u64 {
    match (bytes, little) {
        ([a], _) => u64::from(*a),
        (&[a, b], true) => u64::from(u16::from_le_bytes([a, b])),
        (&[a, b], false) => u64::from(u16::from_be_bytes([a, b])),
        (&[a, b, c, d], true) => u64::from(u32::from_le_bytes([a, b, c, d])),
        (&[a, b, c, d], false) => u64::from(u32::from_be_bytes([a, b, c, d])),
        (&[a, b, c, d, e, f, g, h], true) => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        (&[a, b, c, d, e, f, g, h], false) => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => {
            let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
            match little {
                true => bytes.iter().rev().fold(0, add),
                false => bytes.iter().fold(0, add),
            }
        }
    }
}

fn floats(values: &mut Values, from: (&[u8], usize, usize), size: usize, little: bool) {
    match (values, size, little) {
        (Values::F32(out), 2, true) => plain(out, from, |bytes| single(u16::from_le_bytes(bytes))),
        (Values::F32(out), 2, false) => plain(out, from, |bytes| single(u16::from_be_bytes(bytes))),
        (Values::F32(out), _, true) => plain(out, from, f32::from_le_bytes),
        (Values::F32(out), _, false) => plain(out, from, f32::from_be_bytes),
        (Values::F64(out), _, true) => plain(out, from, f64::from_le_bytes),
        (Values::F64(out), _, false) => plain(out, from, f64::from_be_bytes),
        _ => {}
    }
}
