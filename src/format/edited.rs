//! A file with changes, for which a format computes the changes that follow.

use std::fmt;
use std::io;

use crate::Source;
use crate::tree::{Node, Place, Range};

/// Finds a node by its place.
pub(crate) type Find<'a> = &'a dyn Fn(&Place) -> io::Result<Option<Node>>;

/// A file before and after some changes, which keep its length.
pub struct Edited<'a> {
    pub(crate) before: Source,
    pub(crate) after: Source,
    /// Where the format begins in the file.
    pub(crate) at: u64,
    pub(crate) places: Vec<Place>,
    pub(crate) find: Find<'a>,
}

impl fmt::Debug for Edited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited")
            .field("places", &self.places)
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

    /// Where the fields that changed are.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The node at a place, if there is one.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn node(&self, place: &Place) -> io::Result<Option<Node>> {
        (self.find)(place)
    }

    /// The bytes of a node of the file with the changes.
    ///
    /// # Errors
    ///
    /// When the source can't be read, or the range lies before the beginning of the format.
    pub fn bytes(&self, range: Range) -> io::Result<Vec<u8>> {
        // The format has no bytes before its beginning.
        let offset = range.offset.checked_sub(self.at);
        let offset = offset.ok_or_else(|| {
            let message = format!(
                "{:#x} lies before the format, which begins at {:#x}",
                range.offset, self.at
            );
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?;
        self.after.read(offset, range.size)
    }
}

/// A change that follows from an edit: the new bytes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Follow {
    /// Where the field is.
    pub place: Place,
    /// Its new bytes, as many as it has.
    pub bytes: Vec<u8>,
    /// Its new value, as people read it.
    pub value: String,
}

impl Follow {
    /// A field, with the bytes and the value that it gets.
    pub fn new(place: impl Into<Place>, bytes: Vec<u8>, value: impl Into<String>) -> Follow {
        Follow {
            place: place.into(),
            bytes,
            value: value.into(),
        }
    }
}
