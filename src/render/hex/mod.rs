//! Hex dumps: as `xxd` prints them, and back to bytes.
//!
//! Everything here goes through its input once, from front to back, and keeps no more of it than
//! a page.

mod digits;
mod plain;

pub use plain::Plain;
