//! Why a path can't be read, or leads nowhere.

use std::fmt;
use std::io;

use super::MAX_ITEMS;
use crate::source::is_data;
use crate::structs::DataError;

/// A path that can't be read, or that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PathError {
    text: String,
    pub(super) at: usize,
    message: String,
}

impl PathError {
    pub(super) fn new(text: &str, at: usize, message: impl Into<String>) -> PathError {
        PathError {
            text: text.to_owned(),
            at,
            message: message.into(),
        }
    }

    /// Where in the path, in bytes.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// The message, the path, and a caret below the step.
impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.at).unwrap_or(&self.text);
        let column = before.chars().count();
        write!(f, "{}\n  {}\n  {:column$}^", self.message, self.text, "")
    }
}

/// Why a path leads to no node.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// Nothing is there.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The format has such a field, and the data end, or go wrong, before it.
    #[error(transparent)]
    Data(#[from] DataError),
    /// An array has more plain values than `[*]` makes nodes of.
    #[error(
        "{array} has {items} items, and [*] takes those of arrays of up to {MAX_ITEMS} plain values; \
         without it the array is written whole"
    )]
    TooMany {
        /// The path of the array.
        array: String,
        /// How many it has.
        items: u64,
    },
    /// The nodes on the way can't be made.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl FindError {
    /// Whether the data are to blame, rather than the path or the reading.
    pub fn is_data(&self) -> bool {
        match self {
            FindError::Data(_) => true,
            FindError::Io(error) => is_data(error),
            FindError::Path(_) | FindError::TooMany { .. } => false,
        }
    }

    /// Where in its path the step is that leads nowhere.
    pub(super) fn at(&self) -> Option<usize> {
        match self {
            FindError::Path(error) => Some(error.at),
            _ => None,
        }
    }
}
