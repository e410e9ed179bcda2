//! What can be wrong with a description.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A description that can't be used: which file, which line, and why.
///
/// ```
/// use bytewright::formats::kaitai::Kaitai;
///
/// let text = "meta:\n  id: a\nseq:\n  - id: n\n    type: u3";
/// assert_eq!(
///     Kaitai::from_text("a.ksy", text).unwrap_err().to_string(),
///     "a.ksy:5: u3 is no type: integers are u1, u2, u4, u8, s1, s2, s4 and s8"
/// );
/// ```
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    line: Option<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Io(io::Error),
    Words(String),
}

impl Error {
    pub(super) fn io(path: &Path, error: io::Error) -> Error {
        Error {
            path: path.to_owned(),
            line: None,
            kind: Kind::Io(error),
        }
    }

    pub(super) fn new(path: &Path, line: Option<usize>, message: impl Into<String>) -> Error {
        Error {
            path: path.to_owned(),
            line,
            kind: Kind::Words(message.into()),
        }
    }

    /// The file it is about.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line of the file, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The error of reading the file, where it is one: nothing is known of the description then.
    pub fn io_error(&self) -> Option<&io::Error> {
        match &self.kind {
            Kind::Io(error) => Some(error),
            Kind::Words(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        match &self.kind {
            Kind::Io(error) => write!(f, " {error}"),
            Kind::Words(words) => write!(f, " {words}"),
        }
    }
}

impl std::error::Error for Error {}

/// What is wrong at a line of the file that is being read.
#[derive(Debug)]
pub(super) struct LineError {
    pub(super) line: usize,
    pub(super) message: String,
}

impl LineError {
    pub(super) fn new(line: usize, message: impl Into<String>) -> LineError {
        LineError {
            line,
            message: message.into(),
        }
    }
}
