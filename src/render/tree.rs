//! Any tree of fields, leaf by leaf, each under its path.

use std::io;

use crate::tree::Node;

/// Calls `leaf` for every leaf below `root` in order, with its path: `file_header.size`,
/// `palette[3].red`. Children that are made on demand are asked for only below nodes of which
/// `expand` says yes.
///
/// ```
/// use bytewright::render::tree::leaves;
/// use bytewright::{Source, formats::bmp};
///
/// let report = bmp::inspect(&Source::from(&b"BM"[..]))?;
/// let mut paths = Vec::new();
/// leaves(&report.tree()?, &|_| true, &mut |path, _| {
///     paths.push(path.to_owned());
///     Ok(())
/// })?;
/// assert_eq!(paths, ["file_header.type"]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of making children, and those of `leaf`.
pub fn leaves(
    root: &Node,
    expand: &dyn Fn(&Node) -> bool,
    leaf: &mut dyn FnMut(&str, &Node) -> io::Result<()>,
) -> io::Result<()> {
    if root.is_leaf() {
        return Ok(());
    }
    walk(root, &mut String::new(), expand, leaf)
}

/// As deep as formats nest their parts, which no input decides.
fn walk(
    node: &Node,
    path: &mut String,
    expand: &dyn Fn(&Node) -> bool,
    leaf: &mut dyn FnMut(&str, &Node) -> io::Result<()>,
) -> io::Result<()> {
    if node.is_leaf() || !expand(node) {
        return leaf(path, node);
    }
    let length = path.len();
    for child in node.children() {
        let child = child?;
        if child.name.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push('[');
            path.push_str(&child.name);
            path.push(']');
        } else {
            if length > 0 {
                path.push('.');
            }
            path.push_str(&child.name);
        }
        walk(&child, path, expand, leaf)?;
        path.truncate(length);
    }
    Ok(())
}
