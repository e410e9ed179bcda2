//! Values as JSON, and JSON as values.
//!
//! | value | JSON |
//! | --- | --- |
//! | integer | a number; on request a string of hexadecimal digits, or one beyond 2^53, where many readers lose digits |
//! | float | a number; `"nan"`, `"inf"`, `"-inf"` |
//! | complex number | `{"re": 1.0, "im": 2.0}` |
//! | truth value | `true`, `false` |
//! | bytes | a string where they are printable UTF-8, NULs at the end aside; otherwise `{"hex": "424dff"}` |
//! | array | a list |
//! | record, group | an object, with unnamed fields keyed by their index; without any name, a list |

mod list;
mod read;
mod safe;

use serde::ser::Serialize;

use crate::tree::{Node, serial};
use crate::value::plain::{Ints, Readable};
use crate::{Record, Value};

pub use list::List;
pub use read::read;
pub use safe::write;

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// Whether an integer beyond 2^53 in magnitude is a string.
    pub big_ints_as_strings: bool,
    /// Whether every integer is a string of hexadecimal digits: `"0xff"`.
    pub hex_ints: bool,
}

impl Style {
    /// Sets [`big_ints_as_strings`](Style::big_ints_as_strings).
    #[must_use]
    pub fn big_ints_as_strings(self, yes: bool) -> Style {
        Style {
            big_ints_as_strings: yes,
            ..self
        }
    }

    /// Sets [`hex_ints`](Style::hex_ints).
    ///
    /// ```
    /// use bytewright::Record;
    /// use bytewright::render::json::{Style, record};
    ///
    /// let point = Record::from_iter([("x", 255)]);
    /// let json = serde_json::to_string(&record(&point, Style::default().hex_ints(true)))?;
    /// assert_eq!(json, r#"{"x":"0xff"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn hex_ints(self, yes: bool) -> Style {
        Style {
            hex_ints: yes,
            ..self
        }
    }

    pub(super) fn ints(self) -> Ints {
        match (self.hex_ints, self.big_ints_as_strings) {
            (true, _) => Ints::Hex,
            (false, true) => Ints::BigAsStrings,
            (false, false) => Ints::Numbers,
        }
    }
}

/// A record as JSON.
///
/// ```
/// use bytewright::Record;
/// use bytewright::render::json::{Style, record};
///
/// let header = Record::from_iter([("magic", "BM"), ("name", "a\0")]);
/// let json = serde_json::to_string(&record(&header, Style::default()))?;
/// assert_eq!(json, r#"{"magic":"BM","name":"a\u0000"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn record(record: &Record, style: Style) -> impl Serialize {
    Readable {
        what: record,
        ints: style.ints(),
    }
}

/// A value as JSON.
pub fn value(value: &Value, style: Style) -> impl Serialize {
    Readable {
        what: value,
        ints: style.ints(),
    }
}

/// A node's value as JSON: of text in a field of bytes, without the NULs that fill the field, which
/// are there again when it is set.
pub fn of_node<'v>(node: &Node, value: &'v Value, style: Style) -> impl Serialize + use<'v> {
    serial::value(node, value, style.ints())
}

/// Bytes that are no field's value: a string where they are printable UTF-8, otherwise `{"hex": "…"}`.
pub fn bytes(bytes: &[u8]) -> impl Serialize {
    Readable::of(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(v: impl Into<Value>, big_ints_as_strings: bool) -> String {
        let style = Style {
            big_ints_as_strings,
            hex_ints: false,
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
        assert_eq!(json("a\0\0", false), r#""a\u0000\u0000""#);
        assert_eq!(json("\0", false), r#""\u0000""#);
        assert_eq!(json("a\0b", false), r#"{"hex":"610062"}"#);
        assert_eq!(json(b"\xff\0", false), r#"{"hex":"ff00"}"#);
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
    fn integers_in_hexadecimal_are_strings_at_any_depth() {
        let style = Style {
            hex_ints: true,
            big_ints_as_strings: true,
        };
        let inner = Record::from_iter([("a", Value::from(-1)), ("b", Value::from(u128::MAX))]);
        let list = Value::List(vec![inner.into(), Value::from(1.0), Value::from(true)]);
        assert_eq!(
            serde_json::to_string(&value(&list, style)).unwrap(),
            format!(r#"[{{"a":"-0x1","b":"{:#x}"}},1.0,true]"#, u128::MAX)
        );
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
