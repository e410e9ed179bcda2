//! `bytewright-sql`: SQL over files of binary records.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().into()
}
