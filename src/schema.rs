//! Formats with a name, and what is known of their fields: names of values, flags, units, notes,
//! and how bytes spell a value.
//!
//! | to state | use |
//! | --- | --- |
//! | a header of a file format, in a table of constants | [`Header`] with [`Fact`]s |
//! | a format that is read from a file | [`Schema::new`], [`Compiled`] |
//!
//! Either way [`Meanings::annotate`] puts what is known beside the nodes of a struct.
//!
//! ```
//! use bytewright::Struct;
//! use bytewright::schema::{Fact, Meanings, Schema};
//! use bytewright::tree::Space;
//!
//! let facts = vec![("length".to_owned(), Fact::Unit("bytes"))];
//! let schema = Schema::new("chunk", "A piece of a file.", ">I:length 4s:type", facts);
//! let mut nodes = Struct::new(&schema.format)?.nodes(b"\0\0\0\x0dIHDR", Space::FILE, 8)?;
//! Meanings::of(&schema).annotate(&mut nodes);
//! assert_eq!(nodes[0].meaning.as_deref(), Some("13 bytes"));
//! # Ok::<(), bytewright::Error>(())
//! ```

mod allowed;
mod check;
mod fact;
mod field;
mod header;
mod json;
mod meanings;
mod show;

use std::borrow::Cow;

pub use crate::tree::{Enum, Key};
pub use allowed::Allowed;
#[cfg(feature = "format-files")]
pub(crate) use check::FactMisfit;
#[cfg(feature = "format-files")]
pub(crate) use fact::bits;
#[cfg(any(feature = "bmp", feature = "gzip", test))]
pub(crate) use fact::names;
pub use fact::{Fact, Flags};
pub use field::Field;
pub use header::Header;
#[cfg(feature = "format-files")]
pub(crate) use json::Facts as FactsByPath;
pub use meanings::Meanings;
pub use show::{octal, unix_time};

use crate::Struct;

/// A format with a name, and what is known of its fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it is, possibly in several lines; empty where nothing is said.
    pub doc: Cow<'static, str>,
    /// The text of the format.
    pub format: Cow<'static, str>,
    facts: Facts,
}

#[derive(Clone, Debug)]
enum Facts {
    /// In the program's text: tables, some of which several headers share.
    Constant(&'static [&'static [(&'static str, Fact)]]),
    Owned(Vec<(String, Fact)>),
}

impl Schema {
    /// A format, and facts by the paths of its fields. Of several facts about a field the first
    /// counts that has a meaning for a value.
    pub fn new(
        name: impl Into<String>,
        doc: impl Into<String>,
        format: impl Into<String>,
        facts: Vec<(String, Fact)>,
    ) -> Schema {
        Schema {
            name: Cow::Owned(name.into()),
            doc: Cow::Owned(doc.into()),
            format: Cow::Owned(format.into()),
            facts: Facts::Owned(facts),
        }
    }

    const fn constant(
        name: &'static str,
        doc: &'static str,
        format: &'static str,
        facts: &'static [&'static [(&'static str, Fact)]],
    ) -> Schema {
        Schema {
            name: Cow::Borrowed(name),
            doc: Cow::Borrowed(doc),
            format: Cow::Borrowed(format),
            facts: Facts::Constant(facts),
        }
    }

    /// Paths, as [`Struct::layout`] has them, and what is known of the fields there.
    pub fn facts(&self) -> Box<dyn Iterator<Item = (&str, &Fact)> + '_> {
        match &self.facts {
            Facts::Constant(tables) => {
                let facts = tables.iter().flat_map(|table| table.iter());
                Box::new(facts.map(|(path, fact)| (*path, fact)))
            }
            Facts::Owned(facts) => Box::new(facts.iter().map(|(path, fact)| (&**path, fact))),
        }
    }

    /// The enumerations, by the paths of fields.
    pub fn enums(&self) -> impl Iterator<Item = (&str, &Enum)> {
        self.facts().filter_map(|(path, fact)| match fact {
            Fact::Names(names) => Some((path, names)),
            _ => None,
        })
    }

    /// The names of bits, by the paths of fields.
    pub fn flags(&self) -> impl Iterator<Item = (&str, &Flags)> {
        self.facts().filter_map(|(path, fact)| match fact {
            Fact::Flags(flags) => Some((path, flags)),
            _ => None,
        })
    }

    /// The notes, by the paths of fields.
    pub fn notes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.facts().filter_map(|(path, fact)| match fact {
            Fact::Note(note) => Some((path, &**note)),
            _ => None,
        })
    }

    /// The values that are allowed, by the paths of fields.
    pub fn allowed(&self) -> impl Iterator<Item = (&str, &Allowed)> {
        self.facts().filter_map(|(path, fact)| match fact {
            Fact::Allowed(allowed) => Some((path, allowed)),
            _ => None,
        })
    }

    /// The paths of fields that people read in hexadecimal.
    pub fn hex(&self) -> impl Iterator<Item = &str> {
        let hex = |(path, fact)| matches!(fact, &Fact::Hex).then_some(path);
        self.facts().filter_map(hex)
    }
}

/// A format with what its values mean.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// The compiled format.
    pub layout: Struct,
    /// What the values mean, where the format is a stored one.
    pub meanings: Meanings,
}

impl Compiled {
    /// A compiled format, and what its values mean.
    pub fn new(layout: Struct, meanings: Meanings) -> Compiled {
        Compiled { layout, meanings }
    }
}

impl From<Struct> for Compiled {
    fn from(layout: Struct) -> Compiled {
        Compiled::new(layout, Meanings::default())
    }
}
