//! What is known of a field beside its place: names of values and bits, units, notes, kinds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::tree::Spelling;
#[cfg(feature = "format-files")]
use crate::value::literal;
use crate::value::{Bytes, Value};

/// Something that is known of a field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fact {
    /// Some of its values have names.
    Names(Enum),
    /// Its bits have names.
    Flags(Flags),
    /// The meaning follows from the value alone; `None` where it has none.
    Shown(fn(&Value) -> Option<String>),
    /// The unit of a number, as it follows the number: `bytes`.
    Unit(&'static str),
    /// What is worth knowing about the field, where its value has no meaning of its own.
    Note(Cow<'static, str>),
    /// People read it in hexadecimal.
    Hex,
    /// Bytes that are text up to the first NUL.
    Text,
    /// Bytes that spell a value, such as octal digits.
    Spelled(&'static dyn Spelling),
}

impl Fact {
    /// What the value of a field means by this fact.
    pub(super) fn meaning(&self, value: Option<&Value>) -> Option<String> {
        match self {
            Fact::Names(names) => names.name(value?).map(str::to_owned),
            Fact::Flags(flags) => flags.names(value?),
            Fact::Shown(show) => show(value?),
            Fact::Unit(unit) => Some(format!("{} {unit}", value?.as_int()?)),
            Fact::Note(note) => Some(note.clone().into_owned()),
            Fact::Hex | Fact::Text | Fact::Spelled(_) => None,
        }
    }
}

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
        Ok(Key::Bytes(filled(&bytes).to_vec().into()))
    }

    fn is_of(&self, value: &Value) -> bool {
        match (self, value) {
            (Key::Bytes(bytes), Value::Bytes(value)) => **bytes == *filled(value),
            (Key::Number(number), value) => value.as_int() == Some(*number),
            _ => false,
        }
    }

    fn of(value: &Value) -> Option<Key> {
        match value {
            Value::Bytes(bytes) => Some(Key::Bytes(filled(bytes).to_vec().into())),
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

fn filled(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    bytes
        .get(..bytes.len().saturating_sub(zeros))
        .unwrap_or(bytes)
}

/// The names of a field's values.
#[derive(Clone, Debug)]
pub struct Enum(pub(crate) Members);

#[derive(Clone, Debug)]
pub(crate) enum Members {
    /// A few, in the program's text.
    Constant(&'static [(Key, &'static str)]),
    Owned(BTreeMap<Key, String>),
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
}

impl From<BTreeMap<Key, String>> for Enum {
    fn from(members: BTreeMap<Key, String>) -> Enum {
        Enum(Members::Owned(members))
    }
}

/// The names of a field's bits.
#[derive(Clone, Debug, Default)]
pub struct Flags(BTreeMap<u128, String>);

impl From<BTreeMap<u128, String>> for Flags {
    fn from(masks: BTreeMap<u128, String>) -> Flags {
        Flags(masks)
    }
}

impl Flags {
    /// Masks and names, by mask.
    pub fn iter(&self) -> impl Iterator<Item = (u128, &str)> {
        self.0.iter().map(|(mask, name)| (*mask, name.as_str()))
    }

    /// The names of the masks that are wholly set, and what is set beyond them: `a | b | 0x40`.
    /// `None` where nothing is set, or `value` is no integer.
    pub fn names(&self, value: &Value) -> Option<String> {
        let bits = bits(value).filter(|bits| *bits != 0)?;
        let mut rest = bits;
        let mut names = Vec::new();
        for (mask, name) in self.iter().filter(|(mask, _)| bits & mask == *mask) {
            rest &= !mask;
            names.push(name.to_owned());
        }
        if rest != 0 {
            names.push(format!("{rest:#x}"));
        }
        Some(names.join(" | "))
    }
}

/// The bits of an integer; of a negative one those of its two's complement.
pub(crate) fn bits(value: &Value) -> Option<u128> {
    match *value {
        Value::Int(n) => Some(n.cast_unsigned()),
        Value::Uint(n) => Some(n),
        _ => None,
    }
}

/// The names of numbers, `names![0 => "FAT", 3 => "Unix"]`, or of bytes,
/// `names![bytes b"BM" => "bitmap"]`, as a [`Fact`] of a constant.
#[cfg(any(feature = "bmp", feature = "gzip", test))]
macro_rules! names {
    (bytes $($bytes:literal => $name:literal),+ $(,)?) => {
        names!(@ $($crate::schema::Key::Bytes(std::borrow::Cow::Borrowed($bytes)), $name;)+)
    };
    (@ $($key:expr, $name:literal;)+) => {
        $crate::schema::Fact::Names($crate::schema::Enum($crate::schema::Members::Constant(
            &[$(($key, $name)),+],
        )))
    };
    ($($number:literal => $name:literal),+ $(,)?) => {
        names!(@ $($crate::schema::Key::Number($number), $name;)+)
    };
}
#[cfg(any(feature = "bmp", feature = "gzip", test))]
pub(crate) use names;
