//! The command-line tool: the answer of [`bytewright::cli::run`], turned into an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    bytewright::cli::run(std::env::args_os()).into()
}
