//! Why a stream can't be decompressed.

use std::io;

/// Why a stream can't be decompressed. It passes through [`Read`](io::Read) as the inner error of an
/// [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// This build doesn't read the compression.
    #[error(
        "it is compressed with {name}, which is not read here; {}decompress it first: {command}",
        feature_advice(feature)
    )]
    Unsupported {
        /// The name of the compression.
        name: &'static str,
        /// The command that undoes it.
        command: &'static str,
        /// The cargo feature that reads it; empty where none does.
        feature: &'static str,
    },
    /// The stream is broken, or cut.
    #[error("the {codec} stream is broken: {source}")]
    Broken {
        /// The name of the compression.
        codec: &'static str,
        /// Why it can't be read on.
        source: io::Error,
    },
    /// Decompressing would take more memory than it may.
    #[error(
        "the {codec} stream refers back {}; a larger max-window reads it",
        beyond(*needed, *limit)
    )]
    Window {
        /// The name of the compression.
        codec: &'static str,
        /// How far back the stream refers, in bytes, where that is known.
        needed: Option<u64>,
        /// The limit.
        limit: u64,
    },
}

fn feature_advice(feature: &str) -> String {
    match feature {
        "" => String::new(),
        feature => format!("build with the cargo feature {feature}, or "),
    }
}

fn beyond(needed: Option<u64>, limit: u64) -> String {
    match needed {
        Some(needed) => format!("{needed} bytes, and no more than {limit} are kept"),
        None => format!("further than the {limit} bytes that are kept"),
    }
}

impl From<CodecError> for io::Error {
    fn from(error: CodecError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
