//! Bitmaps: any bytes at all, exact pixels, and what other programs see.

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

mod codes;
mod damage;
mod decode;
mod encode;
mod hostile;
mod icons;
mod meanings;
mod parts;
mod peers;
mod pixels;
mod repair;
mod small;
