//! Whatever fails while a file is written, and wherever the tool is killed: at its place stands
//! the whole old file or the whole new one.
#![cfg(all(target_os = "linux", feature = "cli"))]
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unusual_byte_groupings,
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod archive;
mod disk;
mod extract;
mod inject;
mod order;
mod set;

/// Whether a tool that a test needs is not there, or can't do this; that is said.
fn is_missing(program: &str, args: &[&str]) -> bool {
    !common::have_peer(program, args)
}
