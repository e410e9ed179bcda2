//! Tar archives: made, read, extracted, checked and changed, and what other programs make of them.

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

mod check;
mod codecs;
mod create;
mod edit;
mod hostile;
mod index;
mod members;
mod peers;
mod rules;
mod same_bytes;
mod tree;
