//! Hex dumps: for people, as `xxd` prints them, and back to bytes.
//!
//! Everything here goes through its input once, from front to back, and keeps no more of it than
//! a page.

mod canonical;
mod digits;
mod dump;
mod fields;
mod input;
mod json;
mod mark;
mod plain;
mod reverse;
mod row;

pub use canonical::Canonical;
pub use dump::Dump;
pub use json::json;
pub use mark::Mark;
pub use plain::Plain;
pub use reverse::{Error as ReverseError, MAX_FILL, Reverse};

/// The indent, in columns, from which on a line continues the labels of the line above.
const CONTINUED: usize = 20;
#[cfg(feature = "view")]
pub(crate) use row::fitting;
