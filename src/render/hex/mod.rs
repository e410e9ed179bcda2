//! Hex dumps: as `xxd` prints them, and back to bytes.
//!
//! Everything here goes through its input once, from front to back, and keeps no more of it than
//! a page.

mod digits;
mod plain;
mod reverse;

pub use plain::Plain;
pub use reverse::{Error as ReverseError, MAX_FILL, Reverse};
