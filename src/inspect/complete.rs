//! Paths that begin with the text typed so far.

use super::document::Document;
use super::path::Path;
use super::walk::display_path;
use crate::tree::{Node, is_plain};

/// The most children that are offered; a longer list helps no user.
const MOST: usize = 1000;

/// The paths of a document that go on from a text by one step: names of fields, and items by their key
/// or their index. A text that is whole already is among them.
///
/// ```
/// use bytewright::{Source, Struct};
/// use bytewright::format::StructFormat;
/// use bytewright::inspect::{Document, complete};
///
/// let layout = StructFormat::new("point", Struct::new("<(H:x H:y):at H:size")?);
/// let document = Document::open(Source::from(&[0; 6][..]), layout)?;
/// assert_eq!(complete(&document, ""), ["at", "size"]);
/// assert_eq!(complete(&document, "at."), ["at.x", "at.y"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn complete(document: &Document, text: &str) -> Vec<String> {
    let (parent, begun) = parent(text);
    let Ok(path) = parent.parse::<Path>() else {
        return Vec::new();
    };
    let Ok(found) = document.find(&path) else {
        return Vec::new();
    };
    let Some(found) = found.first() else {
        return Vec::new();
    };
    let wants_item = text
        .get(parent.len()..)
        .is_some_and(|rest| rest.starts_with('['));
    let mut all = Vec::new();
    for child in found.node.children().take(MOST) {
        let Ok(child) = child else { break };
        if child.is_item() != wants_item && (wants_item || !parent.is_empty()) {
            continue;
        }
        if let Some(step) = step(parent, &child)
            && step.starts_with(text)
        {
            all.push(step);
        }
    }
    // If the text is the whole name of a group or an array, its children are offered.
    if all.as_slice() == [text] || (all.is_empty() && begun.is_empty() && !wants_item) {
        let opened = document.find(&text.parse().unwrap_or_default());
        if let Some(inner) = opened.ok().and_then(|found| found.into_iter().next()) {
            let steps = inner.node.children().take(MOST).map_while(Result::ok);
            all.extend(steps.filter_map(|child| step(text, &child)));
        }
    }
    all
}

/// A path to its last step, and what is typed of that.
fn parent(text: &str) -> (&str, &str) {
    let mut quote = None;
    let mut at = None;
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '.' | '[') => at = Some(i),
            _ => {}
        }
    }
    let (parent, rest) = text.split_at_checked(at.unwrap_or(0)).unwrap_or(("", text));
    (parent, rest.trim_start_matches(['.', '[']))
}

/// A child as it is called from the root.
fn step(parent: &str, child: &Node) -> Option<String> {
    if child.is_item() {
        let index = format!("{parent}[{}]", child.name);
        return Some(display_path(&index, child.key.as_ref()));
    }
    match (is_plain(&child.name), parent.is_empty()) {
        (false, _) => None,
        (true, true) => Some(child.name.to_string()),
        (true, false) => Some(format!("{parent}.{}", child.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::StructFormat;
    use crate::{Source, Struct};

    #[test]
    fn steps_are_fields_and_items() {
        let layout = Struct::new("2(H:x H:y):points B:size").unwrap();
        let layout = StructFormat::new("points", layout);
        let document = Document::open(Source::from(&[0; 9][..]), layout).unwrap();
        let complete = |text| complete(&document, text);
        assert_eq!(complete(""), ["points", "size"]);
        assert_eq!(complete("s"), ["size"]);
        assert_eq!(complete("points"), ["points", "points[0]", "points[1]"]);
        assert_eq!(complete("points["), ["points[0]", "points[1]"]);
        assert_eq!(complete("points[1]."), ["points[1].x", "points[1].y"]);
        assert_eq!(complete("points[1].y"), ["points[1].y"]);
        assert_eq!(complete("nothing."), Vec::<String>::new());
        assert_eq!(complete("points['"), Vec::<String>::new());
    }
}
