//! Values, trees and tables made visible. Everything here writes to any [`std::io::Write`] and
//! reads no file.

pub mod align;
pub mod csv;
pub mod diff;
pub mod escape;
pub mod export;
pub mod fields;
pub mod find;
pub mod formats;
pub mod get;
pub mod guess;
pub mod hex;
pub mod html;
pub mod json;
pub mod layout;
pub mod patch;
pub mod peek;
pub mod picture;
pub mod problem;
pub mod records;
pub mod roff;
#[cfg(feature = "records")]
pub mod rows;
mod streamed_bytes;
pub mod strings;
pub mod table;
pub(crate) mod text_color;
pub mod tree;
pub mod wrap;
