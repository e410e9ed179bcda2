//! Why records can't be read.

use std::io;

use super::schema::UnknownColumn;
use crate::inspect::FindError;
use crate::scan::ScanError;
use crate::source::is_data;
use crate::structs::{DataError, DataErrorKind, FormatError};

/// Why records can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The bytes don't fit the format, or values a condition; offsets count from the start of the source.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The source ends inside a record.
    #[error(
        "the last record, which begins at {offset:#x}, has {found} of {size} bytes; --allow-partial leaves it out"
    )]
    Partial {
        /// Where the record begins.
        offset: u64,
        /// How many bytes of it there are.
        found: u64,
        /// The size of a record.
        size: u64,
    },
    /// A condition is wrong.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// There is no column of a name.
    #[error(transparent)]
    Column(#[from] UnknownColumn),
    /// A path leads nowhere.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The records have more fields than a table may have.
    #[error(
        "the records have more than {0} different fields; a format or a path of fewer takes a part of them"
    )]
    Fields(usize),
}

impl Error {
    /// Whether the source ends inside a record.
    pub(crate) fn is_cut(&self) -> bool {
        match self {
            Error::Partial { .. } => true,
            Error::Data(error) => matches!(
                error.kind(),
                DataErrorKind::Short { .. } | DataErrorKind::Unterminated
            ),
            _ => false,
        }
    }

    /// Whether the bytes are wrong, rather than reading them failed.
    pub fn is_data(&self) -> bool {
        match self {
            Error::Io(error) => is_data(error),
            Error::Data(_) | Error::Partial { .. } | Error::Fields(_) => true,
            Error::Find(error) => error.is_data(),
            Error::Format(_) | Error::Column(_) => false,
        }
    }
}

impl From<ScanError> for Error {
    fn from(error: ScanError) -> Error {
        match error {
            ScanError::Io(error) => Error::Io(error),
            ScanError::Data(error) => Error::Data(error),
        }
    }
}
