//! A BMP file as one JSON value.

use serde_json::Value as Json;

use super::fields;
use crate::cli::error::Result;
use crate::formats::bmp::Report;
use crate::inspect::Leaf;
use crate::tree::Node;

/// The keys of the [`Report`], with `file` and `fields`, a list of [`Leaf`]s, among them.
///
/// # Errors
///
/// When the palette can't be read.
pub(in crate::cli::bmp) fn json(name: &str, report: &Report, tree: &Node) -> Result<Json> {
    let mut leaves = Vec::new();
    fields(tree, |path, node| {
        leaves.push(serde_json::to_value(Leaf { path, node })?);
        Ok(())
    })?;
    let mut value = serde_json::to_value(report)?;
    if let Some(keys) = value.as_object_mut() {
        keys.shift_insert(0, "file".to_owned(), name.into());
        keys.shift_insert(2, "fields".to_owned(), leaves.into());
    }
    Ok(value)
}
