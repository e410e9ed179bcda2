//! The exit status: what a caller learns without reading a word.

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
/// Each type says it by its own `is_data`. A cause is a `dyn Error`, which can be asked for its type alone and
/// not for a trait; a wrapper that carries the answer would have to be put around every error that a `?` hands
/// on, and one that was forgotten would be exit status 2 in silence. So the types are listed here, but for
/// those of the verbs `bmp` and `tar`, which list their own.
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
