//! Whatever fails while a file is written, and wherever the tool is killed: at its place stands
//! the whole old file or the whole new one.
#![cfg(all(target_os = "linux", feature = "cli"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail"
)]

mod archive;
mod disk;
mod extract;
mod inject;
mod order;
mod set;

/// Whether a tool that a test needs is not there, or can't do this; that is said.
fn is_missing(program: &str, args: &[&str]) -> bool {
    let tried = std::process::Command::new(program).args(args).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return false;
    }
    let required = std::env::var_os("BYTEWRIGHT_REQUIRE_PEERS").is_some_and(|v| v == "1");
    assert!(!required, "{program} is required");
    println!("skipped: {program} is not here, or can't do what is asked of it");
    true
}
