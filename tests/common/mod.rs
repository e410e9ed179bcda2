//! What the test programs share: peers that may be missing, and the processor time of a test.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test program uses a part of this, and a test that can't go on fails"
)]

use std::fmt::Display;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Whether a missing peer is a failure: `BYTEWRIGHT_REQUIRE_PEERS=1`.
pub fn peers_required() -> bool {
    std::env::var_os("BYTEWRIGHT_REQUIRE_PEERS").is_some_and(|value| value == "1")
}

/// Says on standard output that a test is skipped because a peer is missing.
///
/// # Panics
///
/// Where peers are required.
pub fn skip(peer: &str, why: impl Display) {
    assert!(!peers_required(), "{peer} is required: {why}");
    println!("skipped: {peer} can't be used: {why}");
}

/// Runs a peer; `None`, said on standard output, where it is missing.
pub fn run_peer(command: &mut Command) -> Option<Output> {
    // Other programs have that name too: one of Windows changes file systems.
    if command.get_program() == "convert" && !IS_IMAGEMAGICK.get_or_init(is_imagemagick) {
        skip("ImageMagick", "`convert -version` doesn't name it");
        return None;
    }
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            skip(&command.get_program().to_string_lossy(), error);
            None
        }
    }
}

static IS_IMAGEMAGICK: OnceLock<bool> = OnceLock::new();

fn is_imagemagick() -> bool {
    let said = Command::new("convert").arg("-version").output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("ImageMagick"))
}

/// Standard output of a peer that must succeed; `None`, said on standard output, where it is
/// missing.
pub fn peer_output(command: &mut Command) -> Option<Vec<u8>> {
    let output = run_peer(command)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    Some(output.stdout)
}

/// Whether a peer runs with these arguments and succeeds; said on standard output where not.
pub fn have_peer(program: &str, arguments: &[&str]) -> bool {
    let tried = Command::new(program).args(arguments).output();
    let found = tried.is_ok_and(|output| output.status.success());
    if !found {
        skip(
            program,
            format_args!("`{program} {}` fails", arguments.join(" ")),
        );
    }
    found
}

/// Runs something in at most so many seconds of processor time of this thread.
///
/// Processor time doesn't grow while other programs hold the processors, so a bound with a wide
/// margin tells quadratic work from a busy machine. Where the system doesn't tell the processor
/// time of a thread, nothing is asserted.
pub fn within_processor_seconds<T>(seconds: i64, what: &str, work: impl FnOnce() -> T) -> T {
    let start = thread_seconds();
    let result = work();
    let took = thread_seconds() - start;
    assert!(
        took < seconds,
        "{what} took {took} seconds of processor time"
    );
    result
}

#[cfg(target_os = "linux")]
fn thread_seconds() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
}

#[cfg(not(target_os = "linux"))]
fn thread_seconds() -> i64 {
    0
}
