//! The command-line tool: the answer of [`bytewright::cli::run`], turned into an exit status.

use std::process::ExitCode;

// The unwinder, linked statically: as a shared library it is another file to load, and asks for the
// processor's features when it is loaded, a tenth of the start of the program on a virtual machine.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "nothing is declared in the block")]
#[link(name = "gcc_eh")]
unsafe extern "C" {}

fn main() -> ExitCode {
    bytewright::cli::run(std::env::args_os()).into()
}
