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

/// An error that the command line reports.
pub(in crate::cli) trait Failure: Error + Send + Sync + 'static {
    /// The exit status of a run that it ends.
    fn exit(&self) -> Exit;

    /// The kind of the system's error, where it is one.
    fn io_kind(&self) -> Option<io::ErrorKind> {
        None
    }
}

/// The exit status of an error that is the data's fault, or else one of reading, writing or usage.
pub(in crate::cli) fn data_if(is_data: bool) -> Exit {
    match is_data {
        true => Exit::Data,
        false => Exit::Failed,
    }
}

impl Failure for io::Error {
    fn exit(&self) -> Exit {
        data_if(is_data(self))
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        Some(self.kind())
    }
}

impl Failure for PathError {
    fn exit(&self) -> Exit {
        Exit::No
    }
}

impl Failure for FindError {
    fn exit(&self) -> Exit {
        match self {
            FindError::Path(error) => error.exit(),
            error => data_if(error.is_data()),
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            FindError::Io(error) => error.io_kind(),
            _ => None,
        }
    }
}

impl Failure for edit::Error {
    fn exit(&self) -> Exit {
        match self {
            edit::Error::Find(error) => error.exit(),
            error => data_if(error.is_data()),
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            edit::Error::Io(error) => error.io_kind(),
            edit::Error::Find(error) => error.io_kind(),
            edit::Error::Edit(_) => None,
        }
    }
}

impl Failure for records::Error {
    fn exit(&self) -> Exit {
        match self {
            records::Error::Find(error) => error.exit(),
            records::Error::Format(error) => error.exit(),
            error => data_if(error.is_data()),
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            records::Error::Io(error) => error.io_kind(),
            records::Error::Find(error) => error.io_kind(),
            _ => None,
        }
    }
}

impl Failure for user::Error {
    fn exit(&self) -> Exit {
        match (self.format_error(), self.io_error()) {
            (Some(error), _) => error.exit(),
            (None, Some(error)) => error.exit(),
            (None, None) => Exit::Failed,
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        self.io_error().and_then(Failure::io_kind)
    }
}

impl Failure for kaitai::Error {
    fn exit(&self) -> Exit {
        match self.io_error() {
            Some(error) => error.exit(),
            None => Exit::Format,
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        self.io_error().and_then(Failure::io_kind)
    }
}

impl Failure for CodecError {
    fn exit(&self) -> Exit {
        match self {
            CodecError::Broken { error, .. } => error.exit(),
            _ => Exit::Failed,
        }
    }
}

/// JSON that can't be written, or a value that has none.
impl Failure for serde_json::Error {
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        self.io_error_kind()
    }
}

/// Errors that always give the same status.
macro_rules! always {
    ($($exit:ident: $($error:ty),*;)*) => {$($(
        impl $crate::cli::error::Failure for $error {
            fn exit(&self) -> $crate::cli::Exit {
                $crate::cli::Exit::$exit
            }
        }
    )*)*};
}
always! {
    Format: FormatError;
    Data: DataError, patch::PatchError;
    Failed: FromUtf8Error, PatternError, SizeError, UnknownColumn, Utf8Error;
}

/// Errors of reading or writing, or else of what was read or written.
macro_rules! io_or {
    ($($error:ident: $otherwise:ident;)*) => {$(
        impl $crate::cli::error::Failure for $error {
            fn exit(&self) -> $crate::cli::Exit {
                match self {
                    $error::Io(error) => $crate::cli::error::Failure::exit(error),
                    _ => $crate::cli::Exit::$otherwise,
                }
            }

            fn io_kind(&self) -> Option<std::io::ErrorKind> {
                match self {
                    $error::Io(error) => Some(error.kind()),
                    _ => None,
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
