//! Descriptions of Kaitai Struct, read by this crate and by Kaitai's own compiler.
//!
//! Each file of `suite` is a description that says in comments what its bytes are and what they hold:
//!
//! ```text
//! # bytes: 02 41 42
//! # body = b'AB'
//! # body.x ! K001
//! # error: 7: no type is called
//! ```

#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that can't go on fails"
)]

#[path = "../common/mod.rs"]
mod common;
mod convert;
mod hostile;
mod peer;
mod refused;
mod suite;
mod work;
