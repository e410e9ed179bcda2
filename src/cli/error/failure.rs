//! Which exit status an error of the library gives, by its type. Errors of bitmaps and of archives are in the files
//! of the verbs `bmp` and `tar`.

use std::error::Error;
use std::io;
use std::str::Utf8Error;
use std::string::FromUtf8Error;

use crate::cli::Exit;
use crate::codecs::CodecError;
use crate::formats::{kaitai, user};
use crate::inspect::find::PatternError;
use crate::inspect::patch::{self, ApplyError};
use crate::inspect::{FindError, PathError, edit};
use crate::records::{self, UnknownColumn};
use crate::render::hex::ReverseError;
use crate::render::picture::SizeError;
use crate::scan::ScanError;
use crate::source::is_data;
use crate::structs::{DataError, FormatError};

/// What an error means for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Status {
    /// How a run ends with it.
    pub(in crate::cli) exit: Exit,
    /// The kind of the system's error, where that is the cause.
    pub(in crate::cli) io_kind: Option<io::ErrorKind>,
}

impl From<Exit> for Status {
    fn from(exit: Exit) -> Status {
        Status {
            exit,
            io_kind: None,
        }
    }
}

/// An error that the command line reports.
pub(in crate::cli) trait Failure: Error + Send + Sync + 'static {
    fn status(&self) -> Status;
}

/// The status of an error that is the data's fault, or else one of usage.
fn data_if(is_data: bool) -> Status {
    match is_data {
        true => Exit::Data.into(),
        false => Exit::Failed.into(),
    }
}

impl Failure for io::Error {
    fn status(&self) -> Status {
        Status {
            io_kind: Some(self.kind()),
            ..data_if(is_data(self))
        }
    }
}

impl Failure for FindError {
    fn status(&self) -> Status {
        match self {
            FindError::Path(error) => error.status(),
            FindError::Io(error) => error.status(),
            error => data_if(error.is_data()),
        }
    }
}

impl Failure for edit::Error {
    fn status(&self) -> Status {
        match self {
            edit::Error::Io(error) => error.status(),
            edit::Error::Find(error) => error.status(),
            error @ edit::Error::Edit(_) => data_if(error.is_data()),
        }
    }
}

impl Failure for records::Error {
    fn status(&self) -> Status {
        match self {
            records::Error::Io(error) => error.status(),
            records::Error::Find(error) => error.status(),
            records::Error::Format(error) => error.status(),
            error => data_if(error.is_data()),
        }
    }
}

impl Failure for user::Error {
    fn status(&self) -> Status {
        match (self.format_error(), self.io_error()) {
            (Some(error), _) => error.status(),
            (None, Some(error)) => error.status(),
            (None, None) => Exit::Failed.into(),
        }
    }
}

impl Failure for kaitai::Error {
    fn status(&self) -> Status {
        match self.io_error() {
            Some(error) => error.status(),
            None => Exit::Format.into(),
        }
    }
}

impl Failure for CodecError {
    fn status(&self) -> Status {
        match self {
            CodecError::Broken { error, .. } => error.status(),
            _ => Exit::Failed.into(),
        }
    }
}

/// JSON that can't be written, or a value that has none.
impl Failure for serde_json::Error {
    fn status(&self) -> Status {
        Status {
            io_kind: self.io_error_kind(),
            ..Exit::Failed.into()
        }
    }
}

/// Errors that always give the same status.
macro_rules! always {
    ($($exit:ident: $($error:ty),*;)*) => {$($(
        impl $crate::cli::error::Failure for $error {
            fn status(&self) -> $crate::cli::error::failure::Status {
                $crate::cli::Exit::$exit.into()
            }
        }
    )*)*};
}
always! {
    No: PathError;
    Format: FormatError;
    Data: DataError, patch::PatchError;
    Failed: FromUtf8Error, PatternError, SizeError, UnknownColumn, Utf8Error;
}

/// Errors of reading or writing, or else of what was read or written.
macro_rules! io_or {
    ($($error:ident: $otherwise:ident;)*) => {$(
        impl $crate::cli::error::Failure for $error {
            fn status(&self) -> $crate::cli::error::failure::Status {
                match self {
                    $error::Io(error) => $crate::cli::error::Failure::status(error),
                    _ => $crate::cli::Exit::$otherwise.into(),
                }
            }
        }
    )*};
}
io_or! {
    ApplyError: Failed;
    ReverseError: Data;
    ScanError: Data;
}

pub(in crate::cli) use {always, io_or};
