//! LEB128: integers in groups of seven bits, the least significant first (DWARF 5, section 7.6).

use super::error::{DataError, DataErrorKind};
use super::scalar::{self, IntegerMisfit};
use crate::value::Value;

/// A number of up to 128 bits has at most this many groups.
pub(super) const MAX_GROUPS: usize = 19;

/// Why bytes are no LEB128 number.
#[derive(Debug, PartialEq)]
pub(super) enum Leb128Error {
    /// The input ends before the last group.
    Short,
    /// More than 128 bits.
    Wide,
}

/// Reads a number from the front; answers it and how many bytes it took.
pub(super) fn read(bytes: &[u8], signed: bool) -> Result<(Value, usize), Leb128Error> {
    let mut bits = 0u128;
    let shifts = (0u32..).step_by(7).take(MAX_GROUPS);
    for ((taken, &byte), shift) in (1..).zip(bytes).zip(shifts) {
        let group = u128::from(byte & 0x7f);
        bits |= group.checked_shl(shift).unwrap_or(0);
        let last = byte & 0x80 == 0;
        // The last group has room for two bits; the others must repeat the sign.
        let spill = if shift == 126 { group >> 2 } else { 0 };
        let negative = signed && shift == 126 && group & 2 != 0;
        if spill != if negative { 0x1f } else { 0 } {
            return Err(Leb128Error::Wide);
        }
        if last {
            if !signed {
                return Ok((Value::from(bits), taken));
            }
            // The last group has bits beyond the 128.
            let spare = (128u32 - 7).saturating_sub(shift);
            let top = bits.checked_shl(spare).unwrap_or(0).cast_signed();
            return Ok((Value::Int(top.checked_shr(spare).unwrap_or(0)), taken));
        }
    }
    Err(if bytes.len() < MAX_GROUPS {
        Leb128Error::Short
    } else {
        Leb128Error::Wide
    })
}

/// Appends a number in as few bytes as it needs.
pub(super) fn write(value: &Value, signed: bool, out: &mut Vec<u8>) -> Result<(), DataError> {
    let letters = if signed { "v" } else { "V" };
    let bits = scalar::integer(value, signed, 128).map_err(|e| {
        DataError::new(match e {
            IntegerMisfit::Kind => DataErrorKind::Type {
                expected: format!("an integer for {letters}"),
                found: value.kind(),
            },
            IntegerMisfit::Range => DataErrorKind::Range {
                value: value.to_string(),
                limits: format!("{letters} holds {}", scalar::limits(signed, 128)),
            },
        })
    })?;
    let mut rest = bits.cast_signed();
    loop {
        let group = u8::try_from(rest & 0x7f).unwrap_or(0);
        let done = if signed {
            rest >>= 7;
            (rest == 0 && group & 0x40 == 0) || (rest == -1 && group & 0x40 != 0)
        } else {
            rest = (rest.cast_unsigned() >> 7).cast_signed();
            rest == 0
        };
        if done {
            out.push(group);
            return Ok(());
        }
        out.push(group | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of DWARF 5, tables 7.7 and 7.8, and the limits.
    #[test]
    fn numbers_and_their_bytes() {
        let unsigned: &[(u128, &[u8])] = &[
            (2, &[2]),
            (127, &[127]),
            (128, &[0x80, 1]),
            (129, &[0x81, 1]),
            (12857, &[0xb9, 0x64]),
        ];
        for (n, bytes) in unsigned {
            assert_eq!(read(bytes, false), Ok((Value::from(*n), bytes.len())));
        }
        let signed: &[(i128, &[u8])] = &[
            (2, &[2]),
            (-2, &[0x7e]),
            (127, &[0xff, 0]),
            (-127, &[0x81, 0x7f]),
            (128, &[0x80, 1]),
            (-128, &[0x80, 0x7f]),
            (129, &[0x81, 1]),
            (-129, &[0xff, 0x7e]),
        ];
        for (n, bytes) in signed {
            assert_eq!(read(bytes, true), Ok((Value::from(*n), bytes.len())), "{n}");
            let mut written = Vec::new();
            write(&Value::from(*n), true, &mut written).unwrap();
            assert_eq!(&written, bytes);
        }
    }

    #[test]
    fn the_limits_survive_the_way_there_and_back() {
        for (value, signed) in [
            (Value::from(u128::MAX), false),
            (Value::from(0), false),
            (Value::from(i128::MAX), true),
            (Value::from(i128::MIN), true),
            (Value::from(-1), true),
            (Value::from(i128::MAX), false),
        ] {
            let mut bytes = Vec::new();
            write(&value, signed, &mut bytes).unwrap();
            assert_eq!(read(&bytes, signed), Ok((value, bytes.len())));
        }
    }

    #[test]
    fn numbers_without_end_or_with_too_many_bits() {
        assert_eq!(read(&[0x80; 5], false), Err(Leb128Error::Short));
        assert_eq!(read(&[0x80; 50], false), Err(Leb128Error::Wide));
        let mut wide = [0xff; 19];
        wide[18] = 0x04;
        assert_eq!(read(&wide, false), Err(Leb128Error::Wide));
        wide[18] = 0x03;
        assert_eq!(read(&wide, false), Ok((Value::from(u128::MAX), 19)));
        wide[18] = 0x7e;
        assert!(read(&wide, true).is_ok());
        wide[18] = 0x01;
        assert!(read(&wide, true).is_ok(), "a positive number of 127 bits");
    }
}
