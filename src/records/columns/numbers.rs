//! Numbers out of a tile of records: every width, byte order and sign.

use super::gather::{of_bytes, plain};
use crate::offset::Position;
use crate::records::column::Values;
use crate::structs::half;

pub(super) fn integers(
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
pub(super) fn bits(
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

pub(super) fn floats(values: &mut Values, from: (&[u8], usize, usize), size: usize, little: bool) {
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

/// An unsigned integer of up to 16 bytes.
#[inline]
pub(super) fn wide(bytes: &[u8], little: bool) -> u128 {
    let mut whole = [0; 16];
    let start = if little {
        0
    } else {
        16usize.since(bytes.len())
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
pub(super) fn with_sign(raw: u128, bits: u32) -> i128 {
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

pub(super) fn bits_of(size: usize) -> u32 {
    u32::try_from(size.saturating_mul(8)).unwrap_or(128)
}
