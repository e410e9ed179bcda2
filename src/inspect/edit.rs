//! Changing fields by their path: the bytes that change, and the changes that follow.

mod encode;
mod overlay;
mod problems;
mod repair;
#[cfg(test)]
mod tests;

use std::io;

use serde::{Serialize, Serializer};

use super::document::Document;
use super::path::{FindError, Path};
use crate::offset::Position;
use crate::source::is_data;
use crate::tree::{Place, Problem};
use crate::value::{Value, literal};

pub use overlay::Overlay;

/// The most bytes that one change holds.
pub const MAX_CHANGE: u64 = 1 << 20;

/// The most new errors that an edit reports.
pub const MAX_PROBLEMS: usize = 1000;

/// Bytes of a file that are replaced.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The path of the field; of bit fields of one integer, their paths with commas between them.
    pub path: String,
    /// Where the fields of these paths are.
    #[serde(skip)]
    pub(crate) places: Vec<Place>,
    /// Where it begins in the file.
    pub offset: u64,
    /// The old bytes. For people, serde writes them in hexadecimal digits.
    #[serde(serialize_with = "digits")]
    pub old: Vec<u8>,
    /// The new bytes; as many, written in the same way.
    #[serde(serialize_with = "digits")]
    pub new: Vec<u8>,
    /// The value before, as Python prints it.
    pub old_value: String,
    /// The value after.
    pub new_value: String,
    /// Whether it follows from another change: a checksum, a size.
    pub follows: bool,
}

impl Change {
    /// A change without bytes yet.
    pub(super) fn bytes(path: &str, offset: u64) -> Change {
        Change {
            path: path.to_owned(),
            places: Vec::new(),
            offset,
            old: Vec::new(),
            new: Vec::new(),
            old_value: String::new(),
            new_value: String::new(),
            follows: false,
        }
    }
}

/// The changes of a file, and the errors that they cause.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Edit {
    /// The changes, in the order of the file. No two overlap; fields that keep their bytes are
    /// left out.
    pub changes: Vec<Change>,
    /// Errors that the file has with them and had not before, the first [`MAX_PROBLEMS`] of them.
    pub new_problems: Vec<Problem>,
}

fn digits<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match serializer.is_human_readable() {
        true => serializer.serialize_str(&literal::to_hex(bytes)),
        false => serializer.serialize_bytes(bytes),
    }
}

/// A field that can't be set, or not to that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct EditError {
    path: String,
    message: String,
}

/// Why an edit can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A path leads nowhere.
    #[error(transparent)]
    Find(#[from] FindError),
    /// A field can't be set to a value.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl Error {
    /// Whether the file or the value is to blame, rather than the reading or the path.
    pub fn is_data(&self) -> bool {
        match self {
            Error::Io(error) => is_data(error),
            Error::Find(error) => error.is_data(),
            Error::Edit(_) => true,
        }
    }
}

/// Reads arrays from text: JSON, on the command line.
pub type Nested<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// Computes the changes when fields are set to values, each read from text as its code asks. With `repair`, fields that
/// depend on the changed bytes follow: the checksum of their tar header, the size of the pixels that a BMP header
/// states. Wrong fields that don't depend on them stay as they are.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::format::StructFormat;
/// use bytewright::inspect::{Document, edit};
///
/// let layout = StructFormat::new("point", Struct::new("<H:x H:y")?);
/// let document = Document::open(Source::from(&[1, 0, 2, 0][..]), layout)?;
/// let set = [("y".parse()?, "0x0304".to_owned())];
/// let edit = edit::plan(&document, &set, true, &|_| None)?;
/// assert_eq!((edit.changes[0].offset, &*edit.changes[0].new), (2, &[4, 3][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where a path leads nowhere or to something that has no bytes in the file, and where a value
/// doesn't fit its field.
pub fn plan(
    document: &Document,
    set: &[(Path, String)],
    repair: bool,
    nested: Nested<'_>,
) -> Result<Edit, Error> {
    let mut changes: Vec<Change> = Vec::new();
    let mut touched = Vec::new();
    for (path, text) in set {
        for found in document.find(path)? {
            touched.push(found.path.clone());
            // Bit fields of one integer change it one after another.
            let same = |change: &&mut Change| {
                change.offset == found.node.range.offset
                    && change.old.len() as u64 == found.node.range.size
                    && found.node.range.bits.is_some()
            };
            let before = changes.iter_mut().find(same);
            let current = before.as_ref().map(|change| change.new.clone());
            let change = encode::change(document, &found, current, text, nested)?;
            match before {
                Some(before) => {
                    before.new = change.new;
                    before.path = format!("{}, {}", before.path, change.path);
                    before.places.extend(change.places);
                    before.old_value = format!("{}, {}", before.old_value, change.old_value);
                    before.new_value = format!("{}, {}", before.new_value, change.new_value);
                }
                None => changes.push(change),
            }
        }
    }
    changes.sort_by_key(|change| change.offset);
    for pair in changes.windows(2) {
        if let [a, b] = pair
            && a.offset.past(a.old.len() as u64) > b.offset
        {
            return Err(encode::refuse(&b.path, format!("overlaps {}", a.path)));
        }
    }
    // A field that keeps its bytes changes nothing, so nothing follows from it.
    changes.retain(|change| change.old != change.new);
    if repair {
        let follow = repair::follow(document, &changes, &touched)?;
        changes.extend(follow);
        changes.sort_by_key(|change| change.offset);
    }
    let new_problems = problems::new(document, &changes)?;
    Ok(Edit {
        changes,
        new_problems,
    })
}

/// The changes that follow in a file from changes inside one of its fields, which is a file of its own; their path is
/// that of the field. The changes themselves are left out.
#[cfg(feature = "view")]
pub(crate) fn around(document: &Document, inside: &[Change]) -> io::Result<Edit> {
    let touched: Vec<Place> = inside
        .iter()
        .flat_map(|change| change.places.clone())
        .collect();
    let mut changes = repair::follow(document, inside, &touched)?;
    let end = |change: &Change| change.offset.past(change.old.len() as u64);
    let meets = |change: &Change| {
        let meets = |other: &Change| other.offset < end(change) && change.offset < end(other);
        inside.iter().any(meets)
    };
    changes.retain(|change| !meets(change));
    let mut all = [inside, &changes].concat();
    all.sort_by_key(|change| change.offset);
    let new_problems = problems::new(document, &all)?;
    Ok(Edit {
        changes,
        new_problems,
    })
}
