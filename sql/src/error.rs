//! Why a table can't be made or read.

use bytewright::{FormatError, records};
use datafusion::error::DataFusionError;

/// Why a table of records can't be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The format string is malformed.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The format has no fixed size.
    #[error(
        "records of the format {0:?} have no fixed size, or none at all; SQL needs formats of which each record \
         has as many bytes, and `bytewright records` makes CSV or Parquet of the others"
    )]
    Size(String),
    /// A path is none that files can be looked for at.
    #[error("{path}: {reason}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no file at a path.
    #[error("{0}: there is no such file")]
    Missing(String),
    /// A file holds other records than the format says, or less than a query was told.
    #[error("{path}: {error}")]
    Records {
        /// The file.
        path: String,
        /// What is wrong with it.
        #[source]
        error: records::Error,
    },
    /// A file became shorter while it was read.
    #[error(
        "{path}: {wanted} bytes were there at {offset:#x}, and {found} are; something cuts the file while it is read"
    )]
    Shrunk {
        /// The file.
        path: String,
        /// Where it was read.
        offset: u64,
        /// The bytes that were there when the query began.
        wanted: u64,
        /// The bytes that there are.
        found: u64,
    },
    /// Bytes that should be a table or a step of a plan are none that this version knows.
    #[error("a part of the plan is not what this version of bytewright-sql writes: {0}")]
    Plan(String),
}

impl Error {
    /// Whether files hold something else than the format says.
    pub fn is_data(&self) -> bool {
        match self {
            Error::Records { error, .. } => error.is_data(),
            Error::Shrunk { .. } => true,
            _ => false,
        }
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> DataFusionError {
        DataFusionError::External(Box::new(error))
    }
}
