//! A tree as JSON: every node with its path, its place, its value.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use crate::inspect::{Document, Step, walk};
use crate::render::json::{Style, bytes, of_node};
use crate::structs::{MAX_VALUE, MAX_VALUES};
use crate::tree::{Node, Problem, Role, Severity};

/// One document, or a node a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object with `format`, `size` and `fields`, one of them a line.
    Document,
    /// The fields alone.
    Lines,
}

/// Writes the nodes below `root` one by one, whatever their number. `levels` limits the depth.
/// Answers whether an error is among their problems.
///
/// # Errors
///
/// Those of `out`, and those of making children.
pub fn write(
    document: &Document,
    root: (&str, &Node),
    form: Form,
    levels: Option<usize>,
    style: Style,
    out: &mut impl Write,
) -> io::Result<bool> {
    let (prefix, root) = root;
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    let mut errors = root.problems.iter().any(is_error);
    if form == Form::Document {
        let format = serde_json::to_string(document.format().name())?;
        let size = document.root().range.size;
        write!(
            out,
            "{{\"format\": {format}, \"size\": {size}, \"fields\": ["
        )?;
    }
    let mut first = true;
    let mut one = |path: &str, node: &Node| -> io::Result<()> {
        if form == Form::Document {
            out.write_all(if first { b"\n" } else { b",\n" })?;
        }
        first = false;
        serde_json::to_writer(&mut *out, &self::node(path, node, style)?)?;
        if form == Form::Lines {
            writeln!(out)?;
        }
        Ok(())
    };
    if !prefix.is_empty() || root.is_leaf() {
        one(prefix, root)?;
    }
    walk(root, &mut |path, depth, node| {
        errors |= node.problems.iter().any(is_error);
        let dot = if prefix.is_empty() || path.starts_with('[') {
            ""
        } else {
            "."
        };
        one(&format!("{prefix}{dot}{path}"), node)?;
        let deeper = levels.is_none_or(|levels| depth.saturating_add(1) < levels);
        Ok(if deeper { Step::Into } else { Step::Over })
    })?;
    if form == Form::Document {
        writeln!(out, "\n]}}")?;
    }
    Ok(errors)
}

/// One node: `path`, `offset`, `size`, `value`, and what else there is to say.
///
/// # Errors
///
/// None of those that can happen in memory.
pub fn node(path: &str, node: &Node, style: Style) -> io::Result<Json> {
    let mut json = Map::new();
    json.insert("path".to_owned(), path.into());
    if let Some(key) = &node.key {
        json.insert("key".to_owned(), serde_json::to_value(bytes(key))?);
    }
    json.insert("offset".to_owned(), node.range.offset.into());
    json.insert("size".to_owned(), node.range.size.into());
    if let Some(bits) = node.range.bits {
        json.insert("first_bit".to_owned(), bits.first.into());
        json.insert("bits".to_owned(), bits.count.into());
    }
    if let Some(stream) = node.range.space.stream_index() {
        json.insert("stream".to_owned(), stream.into());
    }
    let shown = node
        .value
        .as_ref()
        .map(|value| serde_json::to_value(of_node(node, value, style)));
    json.insert("value".to_owned(), shown.transpose()?.unwrap_or(Json::Null));
    if node.is_unread() {
        json.insert("omitted".to_owned(), omitted(node).into());
    }
    json.insert("kind".to_owned(), kind(node).into());
    if let Some(meaning) = &node.meaning {
        json.insert("meaning".to_owned(), meaning.as_str().into());
    }
    if !node.problems.is_empty() {
        let problems: Vec<Json> = node.problems.iter().map(problem).collect();
        json.insert("problems".to_owned(), problems.into());
    }
    Ok(Json::Object(json))
}

/// Why a field has no value here.
fn omitted(node: &Node) -> String {
    format!(
        "the value has {} bytes; those of more than {MAX_VALUE} bytes, or beyond {MAX_VALUES} \
         bytes in one struct, are left out here, and get has them",
        node.range.size
    )
}

/// `group` for what has parts of its own, otherwise the role.
fn kind(node: &Node) -> &'static str {
    match node.role {
        Role::View => "view",
        Role::Padding => "padding",
        Role::Gap => "gap",
        _ if !node.is_leaf() && node.value.is_none() => "group",
        Role::Data => "data",
        Role::Field => "field",
    }
}

fn problem(problem: &Problem) -> Json {
    json!({
        "code": problem.code,
        "severity": problem.severity.to_string(),
        "offset": problem.range.offset,
        "size": problem.range.size,
        "message": problem.message,
    })
}
