//! The command line as its users meet it: the built binary, its output and its exit status.
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

mod bmp;
mod bmp_pictures;
mod completions;
mod compressed;
mod diff;
mod dump;
mod examples;
mod extract;
mod find;
mod first;
mod formats;
mod frame;
mod guess;
mod hash;
mod hostile;
mod json;
mod kaitai;
mod kinds;
mod layout;
mod limits;
mod limits_shown;
mod members;
mod numbers;
mod pack;
mod peek;
mod pictures;
mod run;
mod sources;
mod strings;
mod tar;
mod tar_create;
mod tar_edit;
mod tar_ends;
mod tar_folders;
mod tar_memory;
mod tar_names;
mod tar_options;
mod tar_reading;
mod tar_refused;
mod unpack;
mod view;
mod words;
mod zip;
