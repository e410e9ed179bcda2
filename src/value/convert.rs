//! Conversions to and from values.

use std::borrow::Cow;

use super::{Bytes, Record, Value};

/// A value is of another kind than what it should become, or is too large for it.
///
/// ```
/// use bytewright::Value;
///
/// let error = u8::try_from(Value::from(300)).unwrap_err();
/// assert_eq!(error.to_string(), "300 is no u8");
/// let error = bool::try_from(Value::from("no")).unwrap_err();
/// assert_eq!(error.to_string(), "bytes are no bool");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{found} no {wanted}")]
pub struct ConversionError {
    wanted: &'static str,
    found: String,
}

impl ConversionError {
    fn new(value: &Value, wanted: &'static str) -> ConversionError {
        let found = match value {
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => format!("{value} is"),
            Value::Bytes(_) => "bytes are".to_owned(),
            value => format!("{} is", value.kind()),
        };
        ConversionError { wanted, found }
    }

    /// The type that was wanted: `u8`.
    pub fn wanted(&self) -> &'static str {
        self.wanted
    }
}

macro_rules! from_integers {
    ($($t:ty),*) => {$(
        impl From<$t> for Value {
            fn from(n: $t) -> Self {
                Value::Int(i128::from(n))
            }
        }
    )*};
}
from_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl From<u128> for Value {
    fn from(n: u128) -> Self {
        i128::try_from(n).map_or(Value::Uint(n), Value::Int)
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Value::from(n as u128)
    }
}

impl From<isize> for Value {
    fn from(n: isize) -> Self {
        Value::Int(n as i128)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Value::Float(x)
    }
}

impl From<f32> for Value {
    fn from(x: f32) -> Self {
        Value::Float(f64::from(x))
    }
}

macro_rules! from_bytes {
    ($($t:ty, $value:ident => $bytes:expr;)*) => {$(
        impl From<$t> for Value {
            fn from($value: $t) -> Self {
                Value::Bytes(Bytes::from($bytes))
            }
        }
    )*};
}
from_bytes! {
    &str, text => text.as_bytes();
    &String, text => text.as_bytes();
    String, text => text.into_bytes();
    Cow<'_, str>, text => text.into_owned().into_bytes();
    Box<str>, text => text.into_string().into_bytes();
    char, c => c.encode_utf8(&mut [0; 4]).as_bytes();
    &[u8], bytes => bytes;
    Vec<u8>, bytes => bytes;
    Cow<'_, [u8]>, bytes => bytes.into_owned();
    Box<[u8]>, bytes => bytes.into_vec();
    Bytes, bytes => bytes;
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Value::from(&bytes[..])
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Value::from(&bytes[..])
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(items)
    }
}

impl<const N: usize> From<[Value; N]> for Value {
    fn from(items: [Value; N]) -> Self {
        Value::List(items.into())
    }
}

/// An array of anything that becomes a value.
///
/// ```
/// use bytewright::Value;
///
/// let rgb: Value = [1, 2, 3].into_iter().collect();
/// assert_eq!(rgb.to_string(), "[1, 2, 3]");
/// ```
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Value::Record(record)
    }
}

/// The type from a value and from a reference to one, as `$read` reads it.
macro_rules! try_from_value {
    ($($t:ty, $wanted:literal, $value:ident => $read:expr;)*) => {$(
        impl TryFrom<&Value> for $t {
            type Error = ConversionError;

            fn try_from($value: &Value) -> Result<Self, ConversionError> {
                $read.ok_or_else(|| ConversionError::new($value, $wanted))
            }
        }

        impl TryFrom<Value> for $t {
            type Error = ConversionError;

            fn try_from(value: Value) -> Result<Self, ConversionError> {
                <$t>::try_from(&value)
            }
        }
    )*};
}

/// Integers that are in the type's range; a truth value is none.
fn integer<T: TryFrom<i128> + TryFrom<u128>>(value: &Value) -> Option<T> {
    match *value {
        Value::Int(n) => T::try_from(n).ok(),
        Value::Uint(n) => T::try_from(n).ok(),
        _ => None,
    }
}

/// Floats that are exact in single precision, and NaN.
fn single(value: &Value) -> Option<f32> {
    let x = value.as_f64()?;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "refused unless it is exact"
    )]
    let single = x as f32;
    (f64::from(single) == x || x.is_nan()).then_some(single)
}

fn single_character(value: &Value) -> Option<char> {
    let mut characters = value.as_str()?.chars();
    characters.next().filter(|_| characters.next().is_none())
}

try_from_value! {
    i8, "i8", value => integer(value);
    i16, "i16", value => integer(value);
    i32, "i32", value => integer(value);
    i64, "i64", value => integer(value);
    i128, "i128", value => integer(value);
    isize, "isize", value => integer(value);
    u8, "u8", value => integer(value);
    u16, "u16", value => integer(value);
    u32, "u32", value => integer(value);
    u64, "u64", value => integer(value);
    u128, "u128", value => integer(value);
    usize, "usize", value => integer(value);
    bool, "bool", value => value.as_bool();
    f64, "f64", value => value.as_f64();
    f32, "f32", value => single(value);
    String, "text", value => value.as_str().map(str::to_owned);
    char, "single character", value => single_character(value);
}

/// Conversions that take the content out of a value.
macro_rules! take_from_value {
    ($($t:ty, $wanted:literal, $variant:ident;)*) => {$(
        impl TryFrom<Value> for $t {
            type Error = ConversionError;

            fn try_from(value: Value) -> Result<Self, ConversionError> {
                match value {
                    Value::$variant(content) => Ok(content.into()),
                    other => Err(ConversionError::new(&other, $wanted)),
                }
            }
        }
    )*};
}
take_from_value! {
    Bytes, "string of bytes", Bytes;
    Vec<u8>, "string of bytes", Bytes;
    Vec<Value>, "array", List;
    Record, "group", Record;
}

impl<const N: usize> TryFrom<Value> for [u8; N] {
    type Error = ConversionError;

    fn try_from(value: Value) -> Result<Self, ConversionError> {
        let bytes = value.as_bytes().and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| ConversionError::new(&value, "string of that many bytes"))
    }
}

impl<'v> TryFrom<&'v Value> for &'v str {
    type Error = ConversionError;

    fn try_from(value: &'v Value) -> Result<Self, ConversionError> {
        value
            .as_str()
            .ok_or_else(|| ConversionError::new(value, "text"))
    }
}

impl<'v> TryFrom<&'v Value> for &'v [Value] {
    type Error = ConversionError;

    fn try_from(value: &'v Value) -> Result<Self, ConversionError> {
        let items = value.as_list();
        items.ok_or_else(|| ConversionError::new(value, "array"))
    }
}

impl<'v> TryFrom<&'v Value> for &'v Record {
    type Error = ConversionError;

    fn try_from(value: &'v Value) -> Result<Self, ConversionError> {
        let group = value.as_record();
        group.ok_or_else(|| ConversionError::new(value, "group"))
    }
}

impl<'v> TryFrom<&'v Value> for &'v [u8] {
    type Error = ConversionError;

    fn try_from(value: &'v Value) -> Result<Self, ConversionError> {
        let bytes = value.as_bytes();
        bytes.ok_or_else(|| ConversionError::new(value, "string of bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_go_both_ways_up_to_the_ends_of_their_types() {
        macro_rules! ends {
            ($($t:ty),*) => {$(
                for n in [<$t>::MIN, 0, <$t>::MAX] {
                    assert_eq!(<$t>::try_from(Value::from(n)), Ok(n));
                }
            )*};
        }
        ends!(
            i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
        );
        assert!(u8::try_from(Value::from(256)).is_err());
        assert!(u64::try_from(Value::from(-1)).is_err());
        assert!(i128::try_from(Value::from(u128::MAX)).is_err());
        assert!(u8::try_from(Value::from(true)).is_err());
    }

    #[test]
    fn text_bytes_arrays_and_groups_go_both_ways() {
        assert_eq!(
            String::try_from(Value::from("é".to_owned())),
            Ok("é".to_owned())
        );
        assert_eq!(<&str>::try_from(&Value::from('é')), Ok("é"));
        assert_eq!(char::try_from(Value::from('é')), Ok('é'));
        assert!(char::try_from(Value::from("ab")).is_err());
        assert!(char::try_from(Value::from("")).is_err());
        let list = Value::from([Value::from(1), Value::from(2)]);
        assert_eq!(<&[Value]>::try_from(&list).unwrap().len(), 2);
        let group = Value::from(Record::from_iter([("x", 1)]));
        assert_eq!(<&Record>::try_from(&group).unwrap()["x"], Value::from(1));
        let error = <&Record>::try_from(&list).unwrap_err();
        assert_eq!(error.wanted(), "group");
        assert!(String::try_from(Value::from(b"\xff")).is_err());
        assert_eq!(Vec::<u8>::try_from(Value::from([1u8, 2])), Ok(vec![1, 2]));
        assert_eq!(<[u8; 2]>::try_from(Value::from(vec![1u8, 2])), Ok([1, 2]));
        let error = <[u8; 3]>::try_from(Value::from(vec![1u8, 2])).unwrap_err();
        assert_eq!(error.to_string(), "bytes are no string of that many bytes");
        let list = Value::from([Value::from(1), 2.5.into()]);
        assert_eq!(Vec::<Value>::try_from(list), Ok(vec![1.into(), 2.5.into()]));
        let record = Record::from_iter([("a", 1)]);
        assert_eq!(Record::try_from(Value::from(record.clone())), Ok(record));
    }

    #[test]
    fn floats_become_single_ones_where_that_is_exact() {
        assert_eq!(f32::try_from(Value::from(1.5)), Ok(1.5));
        assert_eq!(f64::try_from(Value::from(3)), Ok(3.0));
        let error = f32::try_from(Value::from(0.1)).unwrap_err();
        assert_eq!(error.to_string(), "0.1 is no f32");
        assert!(f32::try_from(Value::from(f64::NAN)).is_ok_and(f32::is_nan));
    }
}
