//! Batches as record batches of Arrow, and files of Arrow and Parquet, both ways.
//!
//! Times are timestamps, values that have names are dictionaries, UUIDs sixteen bytes, fractions floats,
//! groups in arrays structs. The format string is in the metadata of the schema under
//! `bytewright.format`, what is known of a field in its own under `doc`.

mod array;
mod batches;
mod check;
mod dictionary;
mod footer;
mod group;
mod ipc;
mod pages;
mod parquet;
mod read;
mod schema;
mod thrift;
mod write;

use std::io;

pub use array::Converter;
pub use batches::RecordBatches;
pub use group::{GroupWriter, RowGroup};
pub use parquet::is_decoding;
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

/// The most levels of nested columns in files that are read.
const DEPTH: usize = 48;

/// The most bytes that columns may have after decompression at one time, if they have `packed` bytes in the file.
fn most_unpacked(packed: u64) -> u64 {
    packed.saturating_mul(64).saturating_add(256 << 20)
}

/// An error of data.
fn wrong(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}

/// An error of Arrow as one of reading and writing: of the system, or of the data.
fn of_arrow(error: arrow_schema::ArrowError) -> io::Error {
    match error {
        arrow_schema::ArrowError::IoError(_, error) => error,
        other => wrong(other.to_string()),
    }
}

/// The same of Parquet.
fn of_parquet(error: ::parquet::errors::ParquetError) -> io::Error {
    match error {
        ::parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => wrong(other.to_string()),
        },
        other => wrong(other.to_string()),
    }
}
