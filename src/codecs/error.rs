//! Why a stream can't be decompressed.

use std::fmt;
use std::io;

/// Why a stream can't be decompressed. It passes through [`Read`](io::Read) as the inner error of an
/// [`io::Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// This build doesn't read the compression.
    Unsupported {
        /// The name of the compression.
        name: &'static str,
        /// The command that undoes it.
        command: &'static str,
        /// The cargo feature that reads it; empty where none does.
        feature: &'static str,
    },
    /// The stream is broken, or cut.
    Broken {
        /// The name of the compression.
        codec: &'static str,
        /// Why it can't be read on.
        source: io::Error,
    },
    /// Decompressing would take more memory than it may.
    Window {
        /// The name of the compression.
        codec: &'static str,
        /// How far back the stream refers, in bytes, where that is known.
        needed: Option<u64>,
        /// The limit.
        limit: u64,
    },
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecError::Unsupported {
                name,
                command,
                feature,
            } => {
                write!(f, "it is compressed with {name}, which is not read here; ")?;
                if !feature.is_empty() {
                    write!(f, "build with the cargo feature {feature}, or ")?;
                }
                write!(f, "decompress it first: {command}")
            }
            CodecError::Broken { codec, source } => {
                write!(f, "the {codec} stream is broken: {source}")
            }
            CodecError::Window {
                codec,
                needed: Some(needed),
                limit,
            } => write!(
                f,
                "the {codec} stream refers back {needed} bytes, and no more than {limit} are kept; \
                 a larger max-window reads it"
            ),
            CodecError::Window { codec, limit, .. } => write!(
                f,
                "the {codec} stream refers back further than the {limit} bytes that are kept; \
                 a larger max-window reads it"
            ),
        }
    }
}

impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CodecError::Broken { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<CodecError> for io::Error {
    fn from(error: CodecError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
