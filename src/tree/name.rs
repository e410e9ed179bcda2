//! What a node is called: a field by its name, an item by its index.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU64;
use std::ops::Deref;

use smol_str::SmolStr;

use crate::value::decimal::digits;

/// The name of a field, or the index of an item; as text, the index in decimal digits. A text of digits alone becomes
/// an index.
///
/// ```
/// use bytewright::tree::Name;
///
/// assert_eq!(Name::from("width").index(), None);
/// assert_eq!((Name::item(12).index(), &*Name::item(12)), (Some(12), "12"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    text: SmolStr,
    /// The index plus one.
    item: Option<NonZeroU64>,
}

impl Name {
    /// The name of the item at an index.
    pub fn item(index: u64) -> Name {
        Name {
            text: SmolStr::new(digits(index, &mut [0; 20])),
            item: after(index),
        }
    }

    /// The name of a field, which is no index.
    pub(crate) fn field(name: &SmolStr) -> Name {
        Name {
            text: name.clone(),
            item: None,
        }
    }

    /// The index of an item; `None` of a field that has a name.
    pub fn index(&self) -> Option<u64> {
        self.item.map(|item| item.get().wrapping_sub(1))
    }

    fn of(text: SmolStr) -> Name {
        let is_index = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let index = is_index.then(|| text.parse().ok()).flatten();
        Name {
            item: index.and_then(after),
            text,
        }
    }
}

/// An index plus one; `None` of the largest number, which is no index.
fn after(index: u64) -> Option<NonZeroU64> {
    NonZeroU64::new(index.wrapping_add(1))
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.text == *other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.text == **other
    }
}

impl PartialEq<String> for Name {
    fn eq(&self, other: &String) -> bool {
        self.text == **other
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Name {
        Name::of(SmolStr::new_static(name))
    }
}

impl From<u64> for Name {
    fn from(index: u64) -> Name {
        Name::item(index)
    }
}

impl From<usize> for Name {
    fn from(index: usize) -> Name {
        Name::item(index as u64)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Name {
        Name::of(SmolStr::from(name))
    }
}

impl From<Box<str>> for Name {
    fn from(name: Box<str>) -> Name {
        Name::of(SmolStr::from(name))
    }
}

impl From<Cow<'static, str>> for Name {
    fn from(name: Cow<'static, str>) -> Name {
        match name {
            Cow::Borrowed(name) => Name::from(name),
            Cow::Owned(name) => Name::from(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_an_index_and_all_else_is_a_name() {
        for (text, index) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("18446744073709551614", Some(u64::MAX - 1)),
            ("18446744073709551616", None),
            ("", None),
            ("+5", None),
            ("a1", None),
        ] {
            assert_eq!(Name::from(text.to_owned()).index(), index, "{text}");
            assert_eq!(Name::from(text.to_owned()), text);
        }
        for index in [0, 7, 10, 99, 1_000_000, u64::MAX - 1, u64::MAX] {
            assert_eq!(&*Name::item(index), index.to_string());
        }
        assert_eq!(Name::item(7), Name::from("7"));
    }
}
