//! A file with changes, for a format to say what follows from them.

use std::fmt;
use std::io;

use crate::Source;
use crate::tree::{Node, Range};

/// Finds a node by its path.
pub(crate) type Find<'a> = &'a dyn Fn(&str) -> io::Result<Option<Node>>;

/// A file before and after some changes, which keep its length.
pub struct Edited<'a> {
    pub(crate) before: Source,
    pub(crate) after: Source,
    /// Where the format begins in the file.
    pub(crate) at: u64,
    pub(crate) paths: Vec<&'a str>,
    pub(crate) find: Find<'a>,
}

impl fmt::Debug for Edited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited")
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}

impl Edited<'_> {
    /// The file without the changes, from where the format begins.
    pub fn before(&self) -> &Source {
        &self.before
    }

    /// The file with the changes, from where the format begins.
    pub fn after(&self) -> &Source {
        &self.after
    }

    /// The paths of the fields that changed.
    pub fn paths(&self) -> &[&str] {
        &self.paths
    }

    /// The node at a path, if there is one.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn node(&self, path: &str) -> io::Result<Option<Node>> {
        (self.find)(path)
    }

    /// The bytes of a node of the file with the changes.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn bytes(&self, range: Range) -> io::Result<Vec<u8>> {
        let offset = range.offset.saturating_sub(self.at);
        self.after.read(offset, range.size)
    }
}

/// What follows from an edit: a field that has to become something else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Follow {
    /// The path of the field.
    pub path: String,
    /// Its new bytes, as many as it has.
    pub bytes: Vec<u8>,
    /// Its new value, as people read it.
    pub value: String,
}

impl Follow {
    /// A field at a path, with the bytes and the value that it gets.
    pub fn new(path: impl Into<String>, bytes: Vec<u8>, value: impl Into<String>) -> Follow {
        Follow {
            path: path.into(),
            bytes,
            value: value.into(),
        }
    }
}
