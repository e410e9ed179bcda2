//! What works on any file: documents, paths, searching, comparing, editing, formats in files.

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

mod align;
mod between;
mod c_header;
mod codes;
mod compressed;
mod document;
mod edits;
mod embedded;
mod find;
mod fixtures;
mod following;
mod format_files;
mod guess;
mod ico;
mod json;
mod patches;
mod path;
mod peek;
mod peers;
mod set;
mod shelf;
mod slices;
mod undone;
