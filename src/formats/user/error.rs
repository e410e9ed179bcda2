//! What can be wrong with a file of formats.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::structs::FormatError;

/// A file of formats that can't be used, or a format that can't: which file, which line, and why.
///
/// ```
/// use bytewright::formats::user::Known;
///
/// let file = "[formats.a]\nformat = '<H:n 3'";
/// let known = Known::from_text("a.toml", file)?;
/// assert_eq!(
///     known.compile("%a").unwrap_err().to_string(),
///     "a.toml:2: in %a: a count is followed by nothing\n  <H:n 3\n       ^ expected a format code after the count 3"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Error {
    place: Option<Place>,
    kind: Kind,
}

#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    line: Option<usize>,
}

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Io(io::Error),
    #[error(transparent)]
    Format(FormatError),
    #[error("{0}")]
    Entry(String),
}

impl Error {
    pub(super) fn io(path: &Path, error: io::Error) -> Error {
        Error {
            place: Some(Place {
                path: path.to_owned(),
                line: None,
            }),
            kind: Kind::Io(error),
        }
    }

    pub(super) fn entry(path: &Path, line: Option<usize>, message: impl Into<String>) -> Error {
        Error {
            place: Some(Place {
                path: path.to_owned(),
                line,
            }),
            kind: Kind::Entry(message.into()),
        }
    }

    pub(super) fn format(place: Option<(&Path, usize)>, error: FormatError) -> Error {
        Error {
            place: place.map(|(path, line)| Place {
                path: path.to_owned(),
                line: Some(line),
            }),
            kind: Kind::Format(error),
        }
    }

    /// The file it is about; `None` where it is a format that is in none.
    pub fn path(&self) -> Option<&Path> {
        self.place.as_ref().map(|place| place.path.as_path())
    }

    /// The line of the file, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref()?.line
    }

    /// The error of reading the file, where it is one.
    pub fn io_error(&self) -> Option<&io::Error> {
        match &self.kind {
            Kind::Io(error) => Some(error),
            _ => None,
        }
    }

    /// The error in the text of a format, where it is one.
    pub fn format_error(&self) -> Option<&FormatError> {
        match &self.kind {
            Kind::Format(e) => Some(e),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:", place.path.display())?;
            if let Some(line) = place.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}
