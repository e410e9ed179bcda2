//! Reports of BMP files, for people and as JSON.

mod json;
mod text;

pub(super) use json::json;
pub(super) use text::{Options, text};

use std::io;

use crate::inspect::leaves;
use crate::tree::Node;

/// The fields of the headers: leaves with a value, the palette left out.
fn fields(tree: &Node, mut field: impl FnMut(&str, &Node) -> io::Result<()>) -> io::Result<()> {
    leaves(
        tree,
        &|node| node.name != "palette",
        &mut |path, node| match node.value {
            Some(_) => field(path, node),
            None => Ok(()),
        },
    )
}
