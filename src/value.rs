//! Values: what the fields of a struct hold, and how they print.
//!
//! [`Value`] is one field's content, [`Record`] an ordered row of them with names where the
//! format gives any. Both print as Python's `repr` would print them.

mod bytes;
pub(crate) mod code_page;
mod convert;
pub(crate) mod decimal;
pub(crate) mod encoding;
pub(crate) mod literal;
pub(crate) mod plain;
mod record;
mod repr;
pub(crate) mod text;
pub(crate) mod uuid;

pub use bytes::Bytes;
pub use convert::ConversionError;
pub use literal::LiteralError;
pub use record::{Names, Record};

/// What one field of a struct holds.
///
/// `Display` is Python's `repr`:
///
/// ```
/// use bytewright::Value;
///
/// assert_eq!(Value::from(b"B").to_string(), "b'B'");
/// assert_eq!(Value::from(1e16).to_string(), "1e+16");
/// assert_eq!(Value::from(true).to_string(), "True");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A truth value (`?`).
    Bool(bool),
    /// An integer that fits 128 signed bits: every integer but the largest of `Y`.
    Int(i128),
    /// An integer above [`i128::MAX`]; smaller ones are always [`Value::Int`].
    Uint(u128),
    /// A floating-point number (`e`, `f`, `d`).
    Float(f64),
    /// A complex number (`F`, `D`): real part, imaginary part.
    Complex(f64, f64),
    /// Bytes (`c`, `s`, `p`, `z`).
    Bytes(Bytes),
    /// An array: a named code with a count, or a repeated group.
    List(Vec<Value>),
    /// A group, or the bit fields of an integer.
    Record(Record),
}

impl Value {
    /// The integer, where this is one that fits 128 signed bits; `True` and `False` count as 1 and 0.
    ///
    /// ```
    /// use bytewright::Value;
    ///
    /// assert_eq!(Value::from(640).as_int(), Some(640));
    /// assert_eq!(Value::from(0.5).as_int(), None);
    /// ```
    pub fn as_int(&self) -> Option<i128> {
        match *self {
            Value::Int(n) => Some(n),
            Value::Bool(b) => Some(i128::from(b)),
            _ => None,
        }
    }

    /// The integer as an unsigned 64-bit number, where it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_int().and_then(|n| u64::try_from(n).ok())
    }

    /// The integer as a signed 64-bit number, where it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_int().and_then(|n| i64::try_from(n).ok())
    }

    /// The truth value, where this is one.
    ///
    /// ```
    /// use bytewright::Value;
    ///
    /// assert_eq!(Value::from(true).as_bool(), Some(true));
    /// assert_eq!(Value::from(1).as_bool(), None);
    /// ```
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The text, where this holds bytes that are UTF-8.
    ///
    /// ```
    /// use bytewright::Value;
    ///
    /// assert_eq!(Value::from("BM").as_str(), Some("BM"));
    /// assert_eq!(Value::from(b"\xff").as_str(), None);
    /// ```
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// The bytes, where this holds bytes.
    ///
    /// ```
    /// use bytewright::Value;
    ///
    /// assert_eq!(Value::from("BM").as_bytes(), Some(&b"BM"[..]));
    /// ```
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The number as a float: integers and truth values are converted, with one rounding.
    pub fn as_f64(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "one rounding, as in Python")]
        match *self {
            Value::Float(x) => Some(x),
            Value::Int(n) => Some(n as f64),
            Value::Uint(n) => Some(n as f64),
            Value::Bool(b) => Some(f64::from(u8::from(b))),
            _ => None,
        }
    }

    /// The array's items, where this is an array.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The group, where this is one.
    pub fn as_record(&self) -> Option<&Record> {
        match self {
            Value::Record(record) => Some(record),
            _ => None,
        }
    }

    /// What Python's `bool()` says of it: zero and empty are false.
    pub fn truth(&self) -> bool {
        match self {
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Uint(n) => *n != 0,
            Value::Float(x) => *x != 0.0,
            Value::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Record(record) => !record.is_empty(),
        }
    }

    /// What kind of value this is, in a word, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "a truth value",
            Value::Int(_) | Value::Uint(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Complex(..) => "a complex number",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "an array",
            Value::Record(_) => "a group",
        }
    }
}
