//! The exit status.

use std::process::ExitCode;

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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
