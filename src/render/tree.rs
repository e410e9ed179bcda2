//! Any tree of fields: as an aligned outline for people, and as JSON.

mod json;
mod short;
mod text;

pub use json::{Form, node, write};
pub(crate) use short::short_group;
pub(crate) use text::of_node;
pub use text::{Options, Preview, text, value};
