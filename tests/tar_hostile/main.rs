//! Archives made to do harm: each is refused with a reason, or read right; nothing is written
//! outside the folder, and nothing takes long.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

mod again;
mod damaged;
mod escaping;
mod formats;
mod headers;
mod limits;
mod maker;
mod ownership;
mod place;
mod policies;
mod reading;
mod replacing;
mod sparse;
