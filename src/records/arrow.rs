//! Batches as record batches of Arrow, and files of Arrow and Parquet, both ways.
//!
//! Times are timestamps, values that have names are dictionaries, UUIDs sixteen bytes, fractions floats,
//! groups in arrays structs. The format string stands in the metadata of the schema under
//! `bytewright.format`, what is known of a field in its own under `doc`.

mod array;
mod batches;
mod group;
mod read;
mod schema;
mod write;

use std::io;

pub use array::Converter;
pub use batches::RecordBatches;
pub use group::{GroupWriter, RowGroup};
pub use read::{Input, Visit, rows};
pub use schema::schema;
pub use write::Sink;

/// Files of record batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// The file of Arrow's interprocess communication, which is Feather 2.
    File,
    /// The stream of it.
    Stream,
    /// Parquet.
    Parquet,
}

/// An error of Arrow as one of reading and writing: of the system, or of the data.
fn of_arrow(error: arrow_schema::ArrowError) -> io::Error {
    match error {
        arrow_schema::ArrowError::IoError(_, error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

/// The same of Parquet.
fn of_parquet(error: parquet::errors::ParquetError) -> io::Error {
    match error {
        parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}
