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
mod safe;

use serde::ser::Serialize;

use crate::value::plain::Readable;
use crate::{Record, Value};

pub use read::read;
pub use safe::write;

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
    Readable {
        what: record,
        big_ints_as_strings: style.big_ints_as_strings,
    }
}

/// A value as JSON.
pub fn value(value: &Value, style: Style) -> impl Serialize {
    Readable {
        what: value,
        big_ints_as_strings: style.big_ints_as_strings,
    }
}

/// Bytes as JSON: a string where they are printable UTF-8, otherwise `{"hex": "…"}`.
pub fn bytes(bytes: &[u8]) -> impl Serialize {
    Readable::of(bytes)
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
