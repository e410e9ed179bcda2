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
        /// The command that decompresses it.
        command: &'static str,
        /// The cargo feature that reads it; empty where none does.
        feature: &'static str,
    },
    /// The stream is broken, or truncated.
    #[error("the {codec} stream is broken: {error}")]
    Broken {
        /// The name of the compression.
        codec: &'static str,
        /// Why it can't be read on.
        error: io::Error,
    },
    /// Decompressing would take more memory than it may.
    #[error(
        "the {codec} stream refers back {}; a larger max-window reads it",
        beyond(*needed, *limit)
    )]
    Window {
        /// The name of the compression.
        codec: &'static str,
        /// The window that the stream needs, in bytes, where that is known.
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_says_what_to_do_and_what_it_comes_from() {
        let unsupported = |feature| CodecError::Unsupported {
            name: "lzip",
            command: "lzip -d",
            feature,
        };
        for (error, words) in [
            (
                unsupported(""),
                "it is compressed with lzip, which is not read here; decompress it first: lzip -d",
            ),
            (
                unsupported("xz"),
                "it is compressed with lzip, which is not read here; build with the cargo feature xz, \
                 or decompress it first: lzip -d",
            ),
            (
                CodecError::Window {
                    codec: "zstd",
                    needed: Some(9),
                    limit: 8,
                },
                "the zstd stream refers back 9 bytes, and no more than 8 are kept; a larger \
                 max-window reads it",
            ),
            (
                CodecError::Window {
                    codec: "zstd",
                    needed: None,
                    limit: 8,
                },
                "the zstd stream refers back further than the 8 bytes that are kept; a larger \
                 max-window reads it",
            ),
        ] {
            assert_eq!(error.to_string(), words);
            assert!(error.source().is_none());
        }
        let broken = CodecError::Broken {
            codec: "xz",
            error: io::Error::other("why"),
        };
        assert_eq!(broken.to_string(), "the xz stream is broken: why");
        assert!(broken.source().is_none(), "the text has it");
        assert_eq!(io::Error::from(broken).kind(), io::ErrorKind::InvalidData);
    }
}
