//! Where a node is in its tree.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::Name;
use crate::value::text::is_unsafe;

/// Where a node is: the names and indexes from the root down. As text, it is the path that people write.
///
/// ```
/// use bytewright::tree::{Name, Place};
///
/// let mut place = Place::from(["members"]);
/// place.push(Name::item(3));
/// place.push("a b".into());
/// assert_eq!(place.to_string(), r#"members[3]["a b"]"#);
/// assert!(Place::default().is_root());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    names: Vec<Name>,
}

impl Place {
    /// The names and indexes, from the root down.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Whether it is the root's.
    pub fn is_root(&self) -> bool {
        self.names.is_empty()
    }

    /// Goes down to a child.
    pub fn push(&mut self, name: Name) {
        self.names.push(name);
    }

    /// Goes up to the parent; answers how the child is called. `None` at the root.
    pub fn pop(&mut self) -> Option<Name> {
        self.names.pop()
    }

    /// The place of a child.
    #[must_use]
    pub fn child(&self, name: Name) -> Place {
        let names = self.names.iter().cloned();
        names.chain([name]).collect()
    }
}

impl<N: Into<Name>> FromIterator<N> for Place {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Place {
        Place {
            names: names.into_iter().map(Into::into).collect(),
        }
    }
}

impl<N: Into<Name>, const COUNT: usize> From<[N; COUNT]> for Place {
    fn from(names: [N; COUNT]) -> Place {
        names.into_iter().collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for name in &self.names {
            write_step(name, is_first, f)?;
            is_first = false;
        }
        Ok(())
    }
}

impl PartialEq<str> for Place {
    fn eq(&self, path: &str) -> bool {
        self.to_string().as_str() == path
    }
}

impl PartialEq<&str> for Place {
    fn eq(&self, path: &&str) -> bool {
        *self == **path
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Writes a step of a path: `.width`, without the dot where it is the first; `[3]`; `["a b"]`.
pub(crate) fn write_step(name: &Name, is_first: bool, out: &mut impl fmt::Write) -> fmt::Result {
    if name.index().is_some() {
        return write!(out, "[{name}]");
    }
    if !is_plain(name) {
        return out.write_str(&quoted(name.as_bytes()));
    }
    if !is_first {
        out.write_char('.')?;
    }
    out.write_str(name)
}

/// Whether a name is in a path without quotes.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    first.is_some_and(|byte| word(byte) && !byte.is_ascii_digit()) && bytes.all(word)
}

/// A name in brackets and quotes, with escapes for what isn't printable.
pub(crate) fn quoted(name: &[u8]) -> String {
    let mut text = String::from("[\"");
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => {
                    text.push('\\');
                    text.push(c);
                }
                c if is_unsafe(c) => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        let _ = write!(text, "\\x{byte:02x}");
                    }
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push_str("\"]");
    text
}
