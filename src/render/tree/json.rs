//! A tree as JSON: every node with its path, its place, its value.

use std::io::{self, Write};

use serde::Serialize;

use crate::inspect::{Document, Step, walk};
use crate::offset::Position;
use crate::render::json::{List, Style};
use crate::tree::{Node, Problem, Severity, serial};

/// One document, or a node a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
/// When writing to `out` fails, or children on demand can't be made.
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
            "{{\"format\": {format}, \"size\": {size}, \"fields\": "
        )?;
    }
    let mut list = match form {
        Form::Document => List::new(),
        Form::Lines => List::lines(),
    };
    let mut one = |path: &str, node: &Node| list.write(&self::node(path, node, style), &mut *out);
    if !prefix.is_empty() || root.is_leaf() || !root.problems.is_empty() {
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
        let deeper = levels.is_none_or(|levels| depth.past(1) < levels);
        Ok(if deeper { Step::Into } else { Step::Over })
    })?;
    list.close(out)?;
    if form == Form::Document {
        writeln!(out, "}}")?;
    }
    Ok(errors)
}

/// One node: `path`, `offset`, `size`, `value`, and what else there is to say.
pub fn node<'a>(path: &'a str, node: &'a Node, style: Style) -> impl Serialize + 'a {
    serial::with_path(path, node, style.ints())
}
