//! Walking over trees: every node in order, with its path.

use std::fmt::Write as _;
use std::io;

use crate::tree::Node;
use crate::value::Bytes;

/// What is to be done after a node.
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
/// Those of making children, and those of `visit`.
pub fn walk(
    root: &Node,
    visit: &mut dyn FnMut(&str, usize, &Node) -> io::Result<Step>,
) -> io::Result<()> {
    below(root, &mut String::new(), 0, visit).map(|_| ())
}

/// As deep as formats nest their parts, which no input decides. Answers whether to go on.
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
            Step::Into => below(&child, path, depth.saturating_add(1), visit)?,
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

/// Calls `leaf` for every leaf below `root` in order, with its path. Children are asked for only
/// below nodes of which `expand` says yes; of the others the node itself is taken.
///
/// # Errors
///
/// Those of making children, and those of `leaf`.
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
    if child.is_item() {
        path.push('[');
        path.push_str(&child.name);
        path.push(']');
        return;
    }
    if is_plain(&child.name) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&child.name);
    } else {
        path.push_str(&quoted(child.name.as_bytes()));
    }
}

/// The path of a node of an array by its key, where it has one: `members["a.txt"]` for
/// `members[3]`.
pub fn display_path(path: &str, key: Option<&Bytes>) -> String {
    match (key, path.rsplit_once('[')) {
        (Some(key), Some((array, _))) => format!("{array}{}", quoted(key)),
        _ => path.to_owned(),
    }
}

/// Whether a name stands in a path without quotes.
pub(super) fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    first.is_some_and(|byte| word(byte) && !byte.is_ascii_digit()) && bytes.all(word)
}

/// A name in brackets and quotes, with escapes for what isn't printable.
fn quoted(name: &[u8]) -> String {
    let mut text = String::from("[\"");
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => {
                    text.push('\\');
                    text.push(c);
                }
                c if crate::value::text::is_unsafe(c) => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        let _ = write!(text, "\\x{byte:02x}");
                    }
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push_str("\"]");
    text
}
