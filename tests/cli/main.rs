//! The command line as its users meet it: the built binary, its output and its exit status.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that can't go on fails"
)]

mod bmp;
mod bmp_pictures;
mod diff;
mod dump;
mod find;
mod frame;
mod guess;
mod hash;
mod hostile;
mod kinds;
mod layout;
mod members;
mod pack;
mod peek;
mod pictures;
mod run;
mod strings;
mod tar;
mod tar_create;
mod tar_edit;
mod tar_memory;
mod tar_names;
mod tar_reading;
mod unpack;
