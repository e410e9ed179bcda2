//! The exit status.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use super::{bmp, tar};
use crate::formats::kaitai;
use crate::inspect::{FindError, PathError, edit, patch};
use crate::records;
use crate::render::hex;
use crate::scan::ScanError;
use crate::source::is_data;
use crate::structs::{self, FormatError};

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
    /// The status for an error: a format or a path that is wrong counts wherever it is among the
    /// causes, and otherwise the outermost cause that tells whether the data are to blame.
    pub(super) fn of(error: &anyhow::Error) -> Exit {
        let is_wrong = |error: &kaitai::Error| !error.is_io();
        let mut chain = error.chain();
        if chain
            .any(|cause| cause.is::<FormatError>() || cause.downcast_ref().is_some_and(is_wrong))
        {
            return Exit::Format;
        }
        if error.chain().any(|cause| cause.is::<PathError>()) {
            return Exit::No;
        }
        match error.chain().find_map(blames_data) {
            Some(true) => Exit::Data,
            _ => Exit::Failed,
        }
    }
}

/// Whether an error blames the data; `None` where it blames nothing.
///
/// Each type has its own `is_data`. A cause is a `dyn Error`, which can be downcast to a type but not to a trait. A
/// wrapper with the answer would be needed around every error that a `?` hands on, and a forgotten one would silently
/// give exit status 2. So the types are listed here; those of the verbs `bmp` and `tar` are listed there.
fn blames_data(cause: &(dyn Error + 'static)) -> Option<bool> {
    macro_rules! first_of {
        ($($error:ty: $is_data:expr,)*) => {
            None$(.or_else(|| cause.downcast_ref::<$error>().map($is_data)))*
        };
    }
    let of_verbs = bmp::blames_data(cause).or_else(|| tar::blames_data(cause));
    of_verbs.or_else(|| {
        first_of! {
            edit::Error: edit::Error::is_data,
            hex::ReverseError: hex::ReverseError::is_data,
            io::Error: is_data,
            patch::PatchError: |_| true,
            records::Error: records::Error::is_data,
            structs::DataError: |_| true,
            FindError: FindError::is_data,
            ScanError: ScanError::is_data,
        }
    })
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
