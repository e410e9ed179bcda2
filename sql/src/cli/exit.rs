//! The exit status, which means the same as that of `bytewright`.

use std::process::ExitCode;

use bytewright::{DataError, FormatError};
use bytewright_sql::Error;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// 0: done.
    Done = 0,
    /// 2: wrong usage, wrong SQL, or reading or writing failed.
    Failed = 2,
    /// 3: the format string is wrong.
    Format = 3,
    /// 4: the data are wrong.
    Data = 4,
    /// 130: interrupted.
    Interrupted = 130,
}

impl Exit {
    /// The status for an error.
    pub(crate) fn of(error: &anyhow::Error) -> Exit {
        for cause in error.chain() {
            if cause.is::<FormatError>() {
                return Exit::Format;
            }
            let is_data = cause
                .downcast_ref::<Error>()
                .map(Error::is_data)
                .or_else(|| cause.is::<DataError>().then_some(true));
            match is_data {
                Some(true) => return Exit::Data,
                Some(false) if !matches!(cause.downcast_ref(), Some(Error::Format(_))) => {
                    return Exit::Failed;
                }
                _ => {}
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
