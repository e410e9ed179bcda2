//! What people see: dumps, pictures, HTML, and layouts in other languages.

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

mod dump;
mod html;
mod layout;
mod marks;
mod outside;
mod picture;
mod web;
