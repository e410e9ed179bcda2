//! Walking over trees: every node in order, with its path.

use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::offset::Position;
use crate::tree::{Node, quoted, write_step};
use crate::value::Bytes;
use crate::value::plain::Readable;

/// How a walk goes on after a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Go on with its children.
    Into,
    /// Leave its children out.
    Over,
    /// Leave out its children and what follows it beside it.
    Out,
    /// End the walk.
    Stop,
}

/// Calls `visit` for every node below `root`, parents before their children, with its path
/// (`palette[3].red`) and its depth, 0 for the children of `root`.
///
/// ```
/// use bytewright::inspect::{Document, Step, walk};
/// use bytewright::Source;
///
/// let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None)?;
/// let mut paths = Vec::new();
/// walk(document.root(), &mut |path, _, _| {
///     paths.push(path.to_owned());
///     Ok(Step::Into)
/// })?;
/// assert_eq!(paths, ["file_header", "file_header.type", "file_header.size"]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When children on demand can't be made, and those of `visit`.
pub fn walk(
    root: &Node,
    visit: &mut dyn FnMut(&str, usize, &Node) -> io::Result<Step>,
) -> io::Result<()> {
    below(root, &mut String::new(), 0, visit).map(|_| ())
}

/// Recursion is as deep as formats nest their parts, which no input decides. Answers whether to go
/// on.
fn below(
    node: &Node,
    path: &mut String,
    depth: usize,
    visit: &mut dyn FnMut(&str, usize, &Node) -> io::Result<Step>,
) -> io::Result<bool> {
    let length = path.len();
    for child in node.children() {
        let child = child?;
        push(path, &child);
        let go_on = match visit(path, depth, &child)? {
            Step::Into => below(&child, path, depth.past(1), visit)?,
            Step::Over => true,
            Step::Out => {
                path.truncate(length);
                return Ok(true);
            }
            Step::Stop => false,
        };
        path.truncate(length);
        if !go_on {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A leaf by its path. The keys are `path`, `offset`, `size`, `value` and, where it has one, `meaning`.
///
/// ```
/// use bytewright::Source;
/// use bytewright::inspect::{Document, Leaf, leaves};
///
/// let document = Document::detect(Source::from(&b"BM\x36\0\0\0"[..]), None)?;
/// let mut lines = Vec::new();
/// leaves(document.root(), &|_| true, &mut |path, node| {
///     lines.push(serde_json::to_string(&Leaf { path, node })?);
///     Ok(())
/// })?;
/// assert_eq!(lines[1], r#"{"path":"file_header.size","offset":2,"size":4,"value":54}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    /// The path: `palette[3].red`.
    pub path: &'a str,
    /// The node.
    pub node: &'a Node,
}

impl Serialize for Leaf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Leaf { path, node } = self;
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("path", path)?;
        fields.serialize_entry("offset", &node.range.offset)?;
        fields.serialize_entry("size", &node.range.size)?;
        fields.serialize_entry("value", &node.value.as_ref().map(Readable::of))?;
        if let Some(meaning) = &node.meaning {
            fields.serialize_entry("meaning", meaning.as_str())?;
        }
        fields.end()
    }
}

/// Calls `leaf` for every leaf below `root` in order, with its path. Children are asked for only
/// below nodes of which `expand` says yes; of the others the node itself is taken.
///
/// # Errors
///
/// When children on demand can't be made, and those of `leaf`.
pub fn leaves(
    root: &Node,
    expand: &dyn Fn(&Node) -> bool,
    leaf: &mut dyn FnMut(&str, &Node) -> io::Result<()>,
) -> io::Result<()> {
    walk(root, &mut |path, _, node| {
        if !node.is_leaf() && expand(node) {
            return Ok(Step::Into);
        }
        leaf(path, node).map(|()| Step::Over)
    })
}

/// Adds a child to the path of its parent.
pub(crate) fn push(path: &mut String, child: &Node) {
    let is_first = path.is_empty();
    // Writing to a text can't fail.
    let _ = write_step(&child.name, is_first, path);
}

/// The path of a node of an array by its key, where it has one: `members["a.txt"]` for
/// `members[3]`.
pub fn display_path(path: &str, key: Option<&Bytes>) -> String {
    match (key, path.rsplit_once('[')) {
        (Some(key), Some((array, _))) => format!("{array}{}", quoted(key)),
        _ => path.to_owned(),
    }
}
