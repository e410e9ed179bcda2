//! What is known of a field beside its place: names of values and bits, units, notes, kinds.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Allowed;
use crate::tree::{Enum, Spelling};
use crate::value::Value;

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
    /// The format allows no other values.
    Allowed(Allowed),
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
            Fact::Allowed(_) | Fact::Hex | Fact::Text | Fact::Spelled(_) => None,
        }
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
        names!(@ $($crate::tree::Key::Bytes(std::borrow::Cow::Borrowed($bytes)), $name;)+)
    };
    (@ $($key:expr, $name:literal;)+) => {
        $crate::schema::Fact::Names($crate::tree::Enum($crate::tree::Members::Constant(
            &[$(($key, $name)),+],
        )))
    };
    ($($number:literal => $name:literal),+ $(,)?) => {
        names!(@ $($crate::tree::Key::Number($number), $name;)+)
    };
}
#[cfg(any(feature = "bmp", feature = "gzip", test))]
pub(crate) use names;
