//! Any tree of fields: as an aligned outline for people, and as JSON.

mod json;
mod text;

pub use json::{Form, node, write};
pub(super) use text::short_group;
pub use text::{Options, Preview, text, value};
