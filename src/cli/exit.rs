//! The exit status: what a caller learns without reading a word.

use std::io;
use std::process::ExitCode;

use crate::formats::{bmp, tar};
use crate::inspect::PathError;
use crate::inspect::edit::EditError;
use crate::inspect::patch::PatchError;
use crate::render::hex;
use crate::structs;

/// How a run ended. Of several, the highest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: the answer is no: files differ, nothing was found, a member was refused.
    No = 1,
    /// 2: wrong usage, or reading or writing failed.
    Failed = 2,
    /// 3: the format string is wrong.
    Format = 3,
    /// 4: the data are wrong.
    Data = 4,
    /// 130: interrupted.
    Interrupted = 130,
}

impl Exit {
    /// The status for an error: the outermost cause whose kind is known decides.
    pub(super) fn of(error: &anyhow::Error) -> Exit {
        for cause in error.chain() {
            if cause.is::<structs::FormatError>() {
                return Exit::Format;
            }
            if let Some(error) = cause.downcast_ref::<tar::Error>() {
                return if error.is_data() {
                    Exit::Data
                } else {
                    Exit::Failed
                };
            }
            if let Some(error) = cause.downcast_ref::<bmp::DecodeError>() {
                return match error {
                    bmp::DecodeError::Io(_) => Exit::Failed,
                    _ => Exit::Data,
                };
            }
            if cause.is::<structs::DataError>()
                || cause.is::<bmp::Error>()
                || cause.is::<EditError>()
                || cause.is::<PatchError>()
                || cause.is::<hex::ReverseError>()
            {
                return Exit::Data;
            }
            if let Some(error) = cause.downcast_ref::<io::Error>() {
                // Paths lead nowhere where children are made, and so do data that end before them.
                if error
                    .get_ref()
                    .is_some_and(|e| e.is::<structs::DataError>())
                {
                    return Exit::Data;
                }
                let nothing_there = error.get_ref().is_some_and(|e| e.is::<PathError>());
                return if nothing_there {
                    Exit::No
                } else {
                    Exit::Failed
                };
            }
        }
        Exit::Failed
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
