//! A tree as JSON: every node with its path, its place, its value.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value as Json, json};

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
        serde_json::to_writer(&mut *out, &self::node(path, node, style))?;
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
pub fn node<'a>(path: &'a str, node: &'a Node, style: Style) -> impl Serialize + 'a {
    let value = node.value.as_ref();
    NodeJson {
        path,
        key: node.key.as_deref().map(bytes),
        offset: node.range.offset,
        size: node.range.size,
        first_bit: node.range.bits.map(|bits| bits.first.into()),
        bits: node.range.bits.map(|bits| bits.count.into()),
        stream: node.range.space.stream_index(),
        value: value.map(|value| of_node(node, value, style)),
        omitted: node.is_unread().then(|| omitted(node)),
        kind: kind(node),
        meaning: node.meaning.as_deref(),
        problems: node.problems.iter().map(problem).collect(),
    }
}

#[derive(Serialize)]
struct NodeJson<'a, K, V> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<K>,
    offset: u64,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_bit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<u32>,
    value: Option<V>,
    #[serde(skip_serializing_if = "Option::is_none")]
    omitted: Option<String>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Json>,
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
