//! Single values of fixed size: bytes to [`Value`] and back.

use std::borrow::Cow;

use byteorder::{BigEndian, ByteOrder, LittleEndian};

use super::bits::mask;
use super::code::Kind;
use super::error::{DataError, DataErrorKind};
use super::float;
use super::plan::Scalar;
use crate::offset::Position;
use crate::value::{Bytes, Value};

impl Scalar {
    /// The format of a single value.
    pub(super) fn format(self) -> Cow<'static, str> {
        /// Those of codes of one letter, which most numbers have.
        macro_rules! known {
            ($($letter:literal)*) => {
                match (self.native, self.little, self.letters) {
                    $((true, _, $letter) => Cow::Borrowed(concat!("@", $letter)),
                      (false, true, $letter) => Cow::Borrowed(concat!("<", $letter)),
                      (false, false, $letter) => Cow::Borrowed(concat!(">", $letter)),)*
                    (true, _, letters) => Cow::Owned(format!("@{letters}")),
                    (false, true, letters) => Cow::Owned(format!("<{letters}")),
                    (false, false, letters) => Cow::Owned(format!(">{letters}")),
                }
            };
        }
        known!("c" "b" "B" "?" "h" "H" "i" "I" "l" "L" "q" "Q" "n" "N" "P" "e" "f" "d")
    }

    /// Reads the value from exactly its bytes.
    #[inline]
    pub(super) fn read(self, bytes: &[u8]) -> Value {
        if self.little {
            self.read_in::<LittleEndian>(bytes)
        } else {
            self.read_in::<BigEndian>(bytes)
        }
    }

    #[inline]
    fn read_in<O: ByteOrder>(self, bytes: &[u8]) -> Value {
        Scalar::value::<O>(self.kind, bytes)
    }

    /// The value of a kind from exactly its bytes.
    #[inline]
    pub(super) fn value<O: ByteOrder>(kind: Kind, bytes: &[u8]) -> Value {
        match kind {
            Kind::Int { signed: true } => Value::Int(signed::<O>(bytes)),
            Kind::Int { signed: false } | Kind::Pointer => match unsigned::<O>(bytes) {
                wide if bytes.len() == 16 => Value::from(wide),
                #[expect(clippy::cast_possible_wrap, reason = "at most 64 bits")]
                narrow => Value::Int(narrow as i128),
            },
            Kind::Bool => Value::Bool(bytes.iter().any(|b| *b != 0)),
            Kind::Float => Value::Float(read_float::<O>(bytes)),
            Kind::Complex => {
                let (re, im) = bytes.split_at(bytes.len() / 2);
                Value::Complex(read_float::<O>(re), read_float::<O>(im))
            }
            Kind::Char => Value::Bytes(Bytes::of_one(bytes.first().copied().unwrap_or(0))),
            _ => Value::Bytes(Bytes::from(bytes)),
        }
    }

    /// The bits of an integer of at most 128, as they are.
    pub(super) fn read_bits(self, bytes: &[u8]) -> u128 {
        if self.little {
            unsigned::<LittleEndian>(bytes)
        } else {
            unsigned::<BigEndian>(bytes)
        }
    }

    pub(super) fn read_signed(self, bytes: &[u8]) -> i128 {
        if self.little {
            signed::<LittleEndian>(bytes)
        } else {
            signed::<BigEndian>(bytes)
        }
    }

    /// A float, or a part of a complex number.
    pub(super) fn read_float(self, bytes: &[u8]) -> f64 {
        if self.little {
            read_float::<LittleEndian>(bytes)
        } else {
            read_float::<BigEndian>(bytes)
        }
    }

    /// Appends the lowest bits of an integer.
    pub(super) fn write_bits(self, bits: u128, out: &mut Vec<u8>) {
        self.append(self.bits_in_order(bits), out);
    }

    /// Appends the bytes of a value; appends nothing when it doesn't fit.
    pub(super) fn write(self, value: &Value, out: &mut Vec<u8>) -> Result<(), DataError> {
        self.append(self.bytes(value)?, out);
        Ok(())
    }

    fn append(self, bytes: [u8; 16], out: &mut Vec<u8>) {
        out.extend_from_slice(bytes.get(..usize::from(self.size)).unwrap_or_default());
    }

    /// The lowest bits of an integer in the byte order, at the front.
    pub(super) fn bits_in_order(self, bits: u128) -> [u8; 16] {
        if self.little {
            bits.to_le_bytes()
        } else {
            let unused = 128u32.since(u32::from(self.size) * 8);
            bits.checked_shl(unused).unwrap_or(0).to_be_bytes()
        }
    }

    /// The bytes of a value, as many of the first as the size says.
    pub(super) fn bytes(self, value: &Value) -> Result<[u8; 16], DataError> {
        let width = u32::from(self.size) * 8;
        let bits = match self.kind {
            Kind::Int { signed } => self.integer(value, signed, width)?,
            Kind::Pointer => {
                let signed = matches!(value, Value::Int(n) if *n < 0);
                self.integer(value, signed, width)?
            }
            Kind::Bool => u128::from(value.truth()),
            Kind::Float => {
                let x = value.as_f64();
                self.float_bits(x.ok_or_else(|| self.wants("a number", value))?, self.size)?
            }
            Kind::Complex => {
                let (re, im) = match value {
                    Value::Complex(re, im) => (Some(*re), Some(*im)),
                    // A complex number in serde's data model is a list of two.
                    Value::List(parts) => match &parts[..] {
                        [re, im] => (re.as_f64(), im.as_f64()),
                        _ => (None, None),
                    },
                    _ => (value.as_f64(), Some(0.0)),
                };
                let (Some(re), Some(im)) = (re, im) else {
                    return Err(self.wants("a number", value));
                };
                let half = self.size / 2;
                let (re, im) = (self.float_bits(re, half)?, self.float_bits(im, half)?);
                let (low, high) = if self.little { (re, im) } else { (im, re) };
                low | high.checked_shl(u32::from(half) * 8).unwrap_or(0)
            }
            _ => match value.as_bytes() {
                Some(&[byte]) => u128::from(byte),
                Some(bytes) => {
                    return Err(DataError::new(DataErrorKind::Count {
                        expected: "one byte".into(),
                        found: bytes.len() as u64,
                    }));
                }
                None => return Err(self.wants("one byte", value)),
            },
        };
        Ok(self.bits_in_order(bits))
    }

    /// The bits of an integer value, where it fits `width` bits.
    pub(super) fn integer(
        self,
        value: &Value,
        signed: bool,
        width: u32,
    ) -> Result<u128, DataError> {
        integer(value, signed, width).map_err(|e| match e {
            IntegerMisfit::Kind => self.wants("an integer", value),
            IntegerMisfit::Range => {
                let letters = self.letters;
                DataError::new(DataErrorKind::Range {
                    value: value.to_string(),
                    limits: match width == u32::from(self.size) * 8 {
                        true => format!("{letters} holds {}", limits(signed, width)),
                        false => {
                            format!("{width} bits of {letters} hold {}", limits(signed, width))
                        }
                    },
                })
            }
        })
    }

    fn wants(self, expected: &str, value: &Value) -> DataError {
        DataError::new(DataErrorKind::Type {
            expected: format!("{expected} for {}", self.letters),
            found: value.kind(),
        })
    }

    /// The bits of a float of `size` bytes.
    fn float_bits(self, x: f64, size: u8) -> Result<u128, DataError> {
        let bits = match size {
            2 => float::to_half(x).map(u128::from),
            4 => float::to_single(x).map(u128::from),
            _ => Some(u128::from(x.to_bits())),
        };
        bits.ok_or_else(|| {
            DataError::new(DataErrorKind::Range {
                value: Value::Float(x).to_string(),
                limits: format!("the float is too large for {}", self.letters),
            })
        })
    }
}

#[inline]
fn unsigned<O: ByteOrder>(bytes: &[u8]) -> u128 {
    match *bytes {
        [byte] => u128::from(byte),
        [_, _] => u128::from(O::read_u16(bytes)),
        [_, _, _, _] => u128::from(O::read_u32(bytes)),
        [_, _, _, _, _, _, _, _] => u128::from(O::read_u64(bytes)),
        [] => 0,
        _ => O::read_uint128(bytes, bytes.len()),
    }
}

#[inline]
fn signed<O: ByteOrder>(bytes: &[u8]) -> i128 {
    match *bytes {
        [byte] => i128::from(byte.cast_signed()),
        [_, _] => i128::from(O::read_i16(bytes)),
        [_, _, _, _] => i128::from(O::read_i32(bytes)),
        [_, _, _, _, _, _, _, _] => i128::from(O::read_i64(bytes)),
        [] => 0,
        _ => O::read_int128(bytes, bytes.len()),
    }
}

#[inline]
fn read_float<O: ByteOrder>(bytes: &[u8]) -> f64 {
    match bytes.len() {
        2 => float::from_half(O::read_u16(bytes)),
        4 => float::from_single(O::read_u32(bytes)),
        _ => O::read_f64(bytes),
    }
}

/// An integer of any width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integer {
    Signed(i128),
    Unsigned(u128),
}

impl From<Integer> for Value {
    fn from(n: Integer) -> Value {
        match n {
            Integer::Signed(n) => Value::from(n),
            Integer::Unsigned(n) => Value::from(n),
        }
    }
}

/// Why a value is no integer of this many bits.
pub(super) enum IntegerMisfit {
    Kind,
    Range,
}

/// The bits of an integer value, where it fits `width` bits, 1 to 128.
pub(super) fn integer(value: &Value, signed: bool, width: u32) -> Result<u128, IntegerMisfit> {
    let spare = 128u32.since(width);
    let (n, fits) = match (value, signed) {
        (&Value::Uint(n), _) => (n, !signed && n.leading_zeros() >= spare),
        (Value::Int(_) | Value::Bool(_), _) => {
            let n = value.as_int().unwrap_or_default();
            let fits = if signed {
                // Sign extension from the width on changes nothing.
                n.checked_shl(spare).is_some_and(|top| top >> spare == n)
            } else {
                n >= 0 && n.leading_zeros() >= spare
            };
            (n.cast_unsigned(), fits)
        }
        _ => return Err(IntegerMisfit::Kind),
    };
    if fits {
        Ok(n)
    } else {
        Err(IntegerMisfit::Range)
    }
}

/// What an integer of this many bits holds, in words.
pub(super) fn limits(signed: bool, width: u32) -> String {
    let all = mask(width);
    if signed {
        let max = (all >> 1).cast_signed();
        let min = !max;
        format!("{min} to {max}")
    } else {
        format!("0 to {all}")
    }
}
