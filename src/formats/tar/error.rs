//! What can be wrong with an archive, and what can go wrong while one is read or made.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::member::Format;
use super::number::NumberFault;
use super::sparse::SparseFault;
use super::text::shown;
use crate::codecs::{CodecError, DecodeError};
use crate::structs::DataError;

/// Why an archive can't be read on, or can't be made: what, and at which offset.
///
/// Offsets count bytes of the archive; in a compressed one, of what it holds.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    offset: Option<u64>,
    kind: ErrorKind,
}

/// The kinds of [`Error`]; they print what is wrong, without the place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(io::Error),
    /// A file or folder can't be read or written.
    #[error("can't {action} {}: {error}", shown_path(path))]
    Path {
        /// Which one.
        path: PathBuf,
        /// What was to be done with it: `open`, `read`.
        action: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// The first block is no tar header.
    #[error("this is no tar archive: its first block has no header with a right checksum")]
    NotTar,
    /// The file is of another kind.
    #[error("this is no tar archive: it is {what}; {program} opens it")]
    Foreign {
        /// What it is: `a ZIP archive`.
        what: &'static str,
        /// The program that opens it: `unzip`.
        program: &'static str,
    },
    /// The compressed stream can't be read.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The header's checksum doesn't match its bytes, summed as unsigned or as signed.
    #[error(
        "header checksum: stored is {}, the bytes add up to {computed:#o}",
        octal(*stored)
    )]
    Checksum {
        /// What the header states; `None` where that is no number.
        stored: Option<i128>,
        /// The sum of its bytes.
        computed: u32,
    },
    /// A number field can't be understood.
    #[error("{field}: {} is no valid number: {fault}", shown(found))]
    Number {
        /// The field's name in the header.
        field: &'static str,
        /// Its bytes.
        found: Vec<u8>,
        /// Why.
        fault: NumberFault,
    },
    /// The archive ends inside a member.
    #[error("the archive ends in {what}: {missing} bytes are missing")]
    Truncated {
        /// What it ends in: `a header`, `the data of "a/b"`.
        what: String,
        /// How many bytes of it are missing.
        missing: u64,
    },
    /// A pax record can't be understood.
    #[error("pax record: {message}")]
    Record {
        /// What was expected and what was found.
        message: String,
    },
    /// Extended headers take more than the reader is willing to keep.
    #[error("the extended headers of one member take {size} bytes or more, the limit is {limit}")]
    Limit {
        /// Their size so far.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// The names of members take more than is kept of them, to compare members with each other.
    #[error("the names of all members, which are kept, take more than the limit of {limit} bytes")]
    Names {
        /// As many bytes are kept.
        limit: u64,
    },
    /// The holes of sparse files are more than are read as zeros.
    #[error(
        "{}: the holes of its file are {beyond} bytes more than are read as zeros; a larger \
         max-holes reads them",
        shown(name)
    )]
    Holes {
        /// The file that has too many.
        name: Vec<u8>,
        /// How many bytes of them more there are than are read.
        beyond: u64,
    },
    /// The map of a sparse file can't be right.
    #[error(transparent)]
    Sparse(SparseFault),
    /// Extracting ends, because it would make more than is allowed.
    #[error("extracting would make more than {limit} {what}")]
    TooMuch {
        /// What there would be more of: `bytes`, `members`.
        what: &'static str,
        /// How many of it are allowed.
        limit: u64,
    },
    /// A pattern for names that can't be understood, and why.
    #[error("{0}")]
    Glob(String),
    /// A name that a member can't have.
    #[error("{}: {reason}", shown(name))]
    Name {
        /// The name.
        name: Vec<u8>,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A member that can't be written in a format.
    #[error(
        "{}: {what} doesn't fit into the {} format; the pax format holds everything",
        shown(name),
        format.name()
    )]
    Unfit {
        /// The member's name.
        name: Vec<u8>,
        /// What of it the format has no place for: `its name`.
        what: &'static str,
        /// The format.
        format: Format,
    },
    /// A global header says something of all members that can't be taken back for others.
    #[error(
        "a global header says something of {}, and would say it of members after it too; extract \
         the archive, and create it anew",
        shown(keyword)
    )]
    Global {
        /// What it says: `mtime`.
        keyword: Vec<u8>,
    },
    /// Another archive follows the end of one that is to be appended to.
    #[error(
        "another archive stands after this one, and would be overwritten; concatenating leaves it \
         out, and ignoring zeros reads it"
    )]
    AnotherArchive,
    /// A header that the engine can't pack or unpack.
    #[error("header: {0}")]
    Header(DataError),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { offset: None, kind }))
    }

    pub(crate) fn at(mut self, offset: u64) -> Error {
        self.0.offset.get_or_insert(offset);
        self
    }

    pub(crate) fn path(path: &std::path::Path, action: &'static str, error: io::Error) -> Error {
        Error::new(ErrorKind::Path {
            path: path.to_owned(),
            action,
            error,
        })
    }

    /// Where in the archive, in bytes, where there is a place.
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// What it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether the archive's bytes are to blame, rather than the system or the caller.
    pub fn is_data(&self) -> bool {
        match &self.0.kind {
            // So a source that makes its bytes says what is wrong with those that it makes them of.
            ErrorKind::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
            ),
            kind => !matches!(
                kind,
                ErrorKind::Path { .. }
                    | ErrorKind::Name { .. }
                    | ErrorKind::Unfit { .. }
                    | ErrorKind::Glob(_)
            ),
        }
    }
}

/// An error of an archive whose data a caller read by [`Read`](io::Read) is that error again.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        error
            .downcast()
            .unwrap_or_else(|error| Error::new(ErrorKind::Io(error)))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Error {
        match error {
            DecodeError::Stream(error) => error.into(),
            DecodeError::Codec(error) => error.into(),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = match &error.0.kind {
            ErrorKind::Io(e) | ErrorKind::Path { error: e, .. } => e.kind(),
            ErrorKind::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            ErrorKind::Name { .. } | ErrorKind::Unfit { .. } => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}

impl From<CodecError> for Error {
    fn from(error: CodecError) -> Error {
        Error::new(error.into())
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Error {
        Error::new(ErrorKind::Header(error))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.kind.source()
    }
}

/// What is wrong, and where.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)?;
        match self.0.offset {
            Some(offset) => write!(f, " (at offset {offset:#x})"),
            None => Ok(()),
        }
    }
}

fn shown_path(path: &std::path::Path) -> String {
    match path.display().to_string() {
        path if path.is_empty() => "''".to_owned(),
        path => path,
    }
}

fn octal(stored: Option<i128>) -> String {
    stored.map_or_else(|| "no number".to_owned(), |stored| format!("{stored:#o}"))
}
