//! Values as JSON, and JSON as values.
//!
//! | value | JSON |
//! | --- | --- |
//! | integer | a number; beyond 2^53, where many readers lose digits, on request a string |
//! | float | a number; `"nan"`, `"inf"`, `"-inf"` |
//! | complex number | `{"re": 1.0, "im": 2.0}` |
//! | truth value | `true`, `false` |
//! | bytes | a string where they are printable UTF-8, otherwise `{"hex": "424d00"}` |
//! | array | a list |
//! | record, group | an object, with unnamed fields keyed by their index; without any name, a list |

mod read;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::escape;
use crate::{Record, Value};

pub use read::read;

/// The largest integer up to which every integer is a float: 2^53.
const EXACT: u128 = 1 << 53;

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether an integer beyond 2^53 in magnitude is a string.
    pub big_ints_as_strings: bool,
}

/// A record as JSON.
///
/// ```
/// use bytewright::Record;
/// use bytewright::render::json::{Style, record};
///
/// let header = Record::from_iter([("magic", "BM"), ("name", "a\0")]);
/// let json = serde_json::to_string(&record(&header, Style::default()))?;
/// assert_eq!(json, r#"{"magic":"BM","name":{"hex":"6100"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn record(record: &Record, style: Style) -> impl Serialize {
    RecordJson(record, style)
}

/// A value as JSON.
pub fn value(value: &Value, style: Style) -> impl Serialize {
    ValueJson(value, style)
}

/// Bytes as JSON: a string where they are printable UTF-8, otherwise `{"hex": "…"}`.
pub fn bytes(bytes: &[u8]) -> impl Serialize {
    BytesJson(bytes)
}

struct RecordJson<'a>(&'a Record, Style);

impl Serialize for RecordJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RecordJson(record, style) = *self;
        if record.is_named() {
            let entries = record.entries();
            serializer.collect_map(entries.map(|(key, value)| (key, ValueJson(value, style))))
        } else {
            serializer.collect_seq(record.iter().map(|value| ValueJson(value, style)))
        }
    }
}

struct ValueJson<'a>(&'a Value, Style);

impl Serialize for ValueJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ValueJson(value, style) = *self;
        let as_string = |magnitude: u128| style.big_ints_as_strings && magnitude > EXACT;
        match value {
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(n) if as_string(n.unsigned_abs()) => serializer.collect_str(n),
            Value::Uint(n) if as_string(*n) => serializer.collect_str(n),
            // The narrow calls are the ones that every serializer knows.
            Value::Int(n) => match (u64::try_from(*n), i64::try_from(*n)) {
                (Ok(n), _) => serializer.serialize_u64(n),
                (_, Ok(n)) => serializer.serialize_i64(n),
                _ => serializer.serialize_i128(*n),
            },
            Value::Uint(n) => serializer.serialize_u128(*n),
            Value::Float(x) => FloatJson(*x).serialize(serializer),
            Value::Complex(re, im) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("re", &FloatJson(*re))?;
                map.serialize_entry("im", &FloatJson(*im))?;
                map.end()
            }
            Value::Bytes(bytes) => BytesJson(bytes).serialize(serializer),
            Value::List(items) => {
                serializer.collect_seq(items.iter().map(|item| ValueJson(item, style)))
            }
            Value::Record(record) => RecordJson(record, style).serialize(serializer),
        }
    }
}

struct FloatJson(f64);

impl Serialize for FloatJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.collect_str(&Value::Float(self.0))
        }
    }
}

struct BytesJson<'a>(&'a [u8]);

impl Serialize for BytesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) if escape::is_printable(text) => serializer.serialize_str(text),
            _ => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("hex", &hex(self.0))?;
                map.end()
            }
        }
    }
}

/// Two digits a byte, without anything between them.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| DIGITS.get(usize::from(n)).map_or('0', |&c| char::from(c));
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(v: impl Into<Value>, big_ints_as_strings: bool) -> String {
        let style = Style {
            big_ints_as_strings,
        };
        serde_json::to_string(&value(&v.into(), style)).unwrap()
    }

    #[test]
    fn bytes_are_text_only_where_they_are_printable() {
        assert_eq!(json("BM", false), r#""BM""#);
        assert_eq!(json("é\"\\", false), r#""é\"\\""#);
        assert_eq!(json("", false), r#""""#);
        assert_eq!(json(b"\xff\x00", false), r#"{"hex":"ff00"}"#);
        assert_eq!(json("a\n", false), r#"{"hex":"610a"}"#);
        assert_eq!(json("\u{202e}", false), r#"{"hex":"e280ae"}"#);
    }

    #[test]
    fn integers_keep_every_digit() {
        assert_eq!(json(u128::MAX, false), u128::MAX.to_string());
        assert_eq!(json(i128::MIN, false), i128::MIN.to_string());
        assert_eq!(json(1u64 << 53, true), "9007199254740992");
        assert_eq!(json((1u64 << 53) + 1, true), r#""9007199254740993""#);
        assert_eq!(json(-(1i64 << 53) - 1, true), r#""-9007199254740993""#);
        assert_eq!(json(u128::MAX, true), format!("\"{}\"", u128::MAX));
    }

    #[test]
    fn numbers_that_json_lacks_are_strings() {
        assert_eq!(json(f64::NAN, false), r#""nan""#);
        assert_eq!(json(f64::NEG_INFINITY, false), r#""-inf""#);
        assert_eq!(json(1.0, false), "1.0");
        let complex = Value::Complex(1.5, f64::INFINITY);
        assert_eq!(json(complex, false), r#"{"re":1.5,"im":"inf"}"#);
    }

    #[test]
    fn records_are_objects_where_they_have_names() {
        let inner = Record::new(vec![Value::from(1), Value::from("x")]);
        assert_eq!(json(inner.clone(), false), r#"[1,"x"]"#);
        let named = Record::from_iter([("a", Value::from(inner)), ("b", Value::from(true))]);
        assert_eq!(json(named, false), r#"{"a":[1,"x"],"b":true}"#);
    }
}
