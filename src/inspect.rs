//! Tools for any file: detecting its format, finding fields by their path, changing them.
//!
//! A [`Document`] is a file with its tree; everything here takes one, whatever the format.

pub mod align;
mod complete;
pub mod diff;
mod document;
pub mod edit;
#[cfg(feature = "find")]
pub mod embedded;
#[cfg(feature = "find")]
pub mod find;
pub mod guess;
mod inner_file;
pub(crate) mod items;
mod locate;
mod order;
pub mod patch;
mod path;
#[cfg(feature = "peek")]
pub mod peek;
#[cfg(feature = "find")]
pub mod strings;
mod walk;

pub use complete::complete;
pub use document::Document;
pub use locate::{Locator, Owner};
pub use order::Order;
#[cfg(feature = "cli")]
pub(crate) use path::MatchedNode;
pub use path::{FindError, Found, Path, PathError, Segment};
#[cfg(feature = "view")]
pub(crate) use walk::push;
pub use walk::{Leaf, Step, display_path, leaves, walk};
