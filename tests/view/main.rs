//! The full-screen browser: what is on its screen, what keys do, and that no key loses a file.
#![cfg(feature = "view")]
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
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../faults/inject.rs"]
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "the tests of faults use more of it")]
mod inject;

mod browser;
mod compare;
mod edit;
mod inside;
mod large;
mod moving;
mod random;
mod save;
mod screens;

/// Whether a tool that a test needs is not there, or can't do this; that is said.
#[cfg(target_os = "linux")]
fn is_missing(program: &str, args: &[&str]) -> bool {
    !common::have_peer(program, args)
}
