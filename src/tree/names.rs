//! The names that some values of a field have.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

#[cfg(feature = "inspect")]
use crate::offset::Position;
#[cfg(feature = "inspect")]
use crate::value::LiteralError;
#[cfg(any(feature = "inspect", feature = "format-files"))]
use crate::value::literal;
use crate::value::text::trim_end;
use crate::value::{Bytes, Value};

/// A value that an enumeration names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// Of an integer.
    Number(i128),
    /// Of bytes, without the zeros that fill a field.
    Bytes(Cow<'static, [u8]>),
}

impl Key {
    /// A number in any base, `b'…'`, `x'…'`, or text.
    #[cfg(feature = "format-files")]
    pub(crate) fn read(text: &str) -> Result<Key, String> {
        if let Ok(integer) = literal::integer(text) {
            let number = integer.to_value().ok().and_then(|number| number.as_int());
            return number
                .map(Key::Number)
                .ok_or_else(|| format!("{text} has more than 127 bits"));
        }
        let bytes = literal::bytes(text).map_err(|e| e.to_string())?;
        Ok(Key::Bytes(trim_end(&bytes, 0).to_vec().into()))
    }

    /// As text that the field reads as this value.
    #[cfg(feature = "inspect")]
    fn text(&self) -> String {
        match self {
            Key::Number(n) => n.to_string(),
            Key::Bytes(bytes) => format!("x'{}'", literal::to_hex(bytes)),
        }
    }

    pub(crate) fn is_of(&self, value: &Value) -> bool {
        match (self, value) {
            (Key::Bytes(bytes), Value::Bytes(value)) => **bytes == *trim_end(value, 0),
            (Key::Number(number), value) => value.as_int() == Some(*number),
            _ => false,
        }
    }

    fn of(value: &Value) -> Option<Key> {
        match value {
            Value::Bytes(bytes) => Some(Key::Bytes(trim_end(bytes, 0).to_vec().into())),
            value => value.as_int().map(Key::Number),
        }
    }
}

/// As it is written in a file.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(n) => n.fmt(f),
            Key::Bytes(bytes) => Value::Bytes(Bytes::from(&**bytes)).fmt(f),
        }
    }
}

/// Names that an error lists, at most.
#[cfg(feature = "inspect")]
const LISTED: usize = 40;

#[cfg(feature = "inspect")]
fn shown((key, name): (&Key, &str)) -> String {
    format!("{key} {name:?}")
}

/// The names of a field's values.
#[derive(Clone, Debug)]
pub struct Enum(pub(crate) Members);

#[derive(Clone, Debug)]
pub(crate) enum Members {
    /// A few, in the program's text.
    Constant(&'static [(Key, &'static str)]),
    Owned(Arc<BTreeMap<Key, String>>),
}

impl Enum {
    /// Values and names, by value.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (&Key, &str)> + '_> {
        match &self.0 {
            Members::Constant(members) => Box::new(members.iter().map(|(key, name)| (key, *name))),
            Members::Owned(members) => Box::new(members.iter().map(|(key, name)| (key, &**name))),
        }
    }

    /// The name of a value.
    pub fn name(&self, value: &Value) -> Option<&str> {
        match &self.0 {
            Members::Constant(members) => {
                let member = members.iter().find(|(key, _)| key.is_of(value));
                member.map(|(_, name)| *name)
            }
            Members::Owned(members) => members.get(&Key::of(value)?).map(String::as_str),
        }
    }

    /// The value of a name, as text that its field reads; `None` where the text is a value itself, or
    /// may be: a number, or bytes of a field that has bytes.
    ///
    /// # Errors
    ///
    /// Where several values have the name, or, in a field of numbers, none; the error lists them.
    #[cfg(feature = "inspect")]
    pub(crate) fn literal(&self, text: &str) -> Result<Option<String>, LiteralError> {
        let is_value = |(key, _): (&Key, &str)| match key {
            Key::Number(_) => literal::integer(text).is_ok(),
            Key::Bytes(bytes) => **bytes == *text.as_bytes(),
        };
        if self.iter().any(is_value) {
            return Ok(None);
        }
        let of = |is_same: &dyn Fn(&str) -> bool| -> Vec<&Key> {
            let same = self.iter().filter(|(_, name)| is_same(name));
            same.map(|(key, _)| key).collect()
        };
        let mut keys = of(&|name| name == text);
        if keys.is_empty() {
            keys = of(&|name| name.eq_ignore_ascii_case(text));
        }
        match keys.as_slice() {
            [key] => Ok(Some(key.text())),
            [] if self.iter().all(|(key, _)| matches!(key, Key::Bytes(_))) => Ok(None),
            [] => Err(LiteralError::new(format!(
                "{text:?} is no number and none of the names here: {}",
                self.listed()
            ))),
            several => {
                let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                Err(LiteralError::new(format!(
                    "{text:?} is the name of several values: write one of {}",
                    several.join(", ")
                )))
            }
        }
    }
}

#[cfg(feature = "inspect")]
impl Enum {
    /// Values and names in a line, as far as it isn't too long.
    pub(crate) fn listed(&self) -> String {
        let all: Vec<String> = self.iter().take(LISTED).map(shown).collect();
        let more = match self.iter().count().since(all.len()) {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        format!("{}{more}", all.join(", "))
    }
}

impl From<BTreeMap<Key, String>> for Enum {
    fn from(members: BTreeMap<Key, String>) -> Enum {
        Enum(Members::Owned(Arc::new(members)))
    }
}

#[cfg(all(test, feature = "inspect"))]
mod tests {
    use super::*;

    fn numbers(names: &[(i128, &str)]) -> Enum {
        let names = names.iter();
        let members = names.map(|(n, name)| (Key::Number(*n), (*name).to_owned()));
        members.collect::<BTreeMap<_, _>>().into()
    }

    #[test]
    fn a_name_is_the_value_that_has_it() {
        let names = numbers(&[
            (0, "grayscale"),
            (2, "Truecolor"),
            (3, "twice"),
            (4, "twice"),
        ]);
        assert_eq!(names.literal("grayscale"), Ok(Some("0".to_owned())));
        assert_eq!(names.literal("truecolor"), Ok(Some("2".to_owned())));
        assert_eq!(names.literal("0x10"), Ok(None));
        let error = names.literal("twice").unwrap_err().to_string();
        assert!(error.ends_with("write one of 3, 4"), "{error}");
        let error = names.literal("color").unwrap_err().to_string();
        assert!(
            error.contains("0 \"grayscale\", 2 \"Truecolor\""),
            "{error}"
        );
    }

    #[test]
    fn bytes_that_are_no_name_are_bytes() {
        let key = |bytes: &'static [u8]| Key::Bytes(bytes.into());
        let members = [(key(b"BM"), "bitmap"), (key(b"BA"), "BM")];
        let members = members.map(|(key, name)| (key, name.to_owned()));
        let names = Enum::from(BTreeMap::from(members));
        assert_eq!(names.literal("bitmap"), Ok(Some("x'424d'".to_owned())));
        assert_eq!(names.literal("BM"), Ok(None));
        assert_eq!(names.literal("XY"), Ok(None));
    }
}
