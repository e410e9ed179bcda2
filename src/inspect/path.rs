//! Paths: the names from the root of the tree down to a field, `members["a.txt"].header.mode`.

mod error;
mod matched_node;
mod suggestion;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::str::FromStr;

use super::items::{Items, Spaces, is_within, window};
use crate::offset::{Position, Tally};
use crate::tree::{Node, Place, Role, is_plain};
use crate::value::literal;

pub use error::{FindError, PathError};
pub(crate) use matched_node::MatchedNode;

/// Items of an array of plain values of which `[*]` makes nodes, at most.
const MAX_ITEMS: u64 = 1 << 20;

/// Names, indexes and keys from the root down.
///
/// ```
/// use bytewright::inspect::{Path, Segment};
///
/// let path: Path = r#"members["a=b[1].txt"].header.mode"#.parse()?;
/// assert_eq!(path.segments()[1], Segment::Key(b"a=b[1].txt".to_vec()));
/// assert!("palette[3.red".parse::<Path>().is_err());
/// # Ok::<(), bytewright::inspect::PathError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    segments: Vec<Segment>,
    /// Where each of them is in the text.
    starts: Vec<usize>,
    text: String,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// A field's name: `.width`.
    Name(String),
    /// An item's index: `[3]`; negative, from the end: `[-1]`.
    Index(i64),
    /// An item's key, or a name that is no word: `["a.txt"]`.
    Key(Vec<u8>),
    /// Every item: `[*]`.
    All,
    /// Items from one on and before another, as Python writes it: `[0:2]`, `[-3:]`, `[:]`.
    Slice(Option<i64>, Option<i64>),
}

/// A node that a path leads to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Found {
    /// Where it is in the tree.
    pub path: Place,
    /// The node.
    pub node: Node,
}

impl Found {
    fn root(root: &Node) -> Found {
        Found {
            path: Place::default(),
            node: root.clone(),
        }
    }
}

impl Path {
    /// A path of these steps.
    pub(super) fn of(segments: &[Segment]) -> Path {
        Path {
            segments: segments.to_vec(),
            ..Path::default()
        }
    }

    /// The path of one node.
    pub(crate) fn to(place: &Place) -> Path {
        let segments = place.names().iter().map(|name| match name.index() {
            Some(index) => match i64::try_from(index) {
                Ok(index) => Segment::Index(index),
                // Larger indexes become the largest number; no array has as many items.
                Err(_) => Segment::Index(i64::MAX),
            },
            None => Segment::Name(name.to_string()),
        });
        Path {
            segments: segments.collect(),
            starts: Vec::new(),
            text: place.to_string(),
        }
    }

    /// The steps, from the root down.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether it leads to the root.
    pub fn is_root(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether it may lead to more than one node.
    pub fn is_pattern(&self) -> bool {
        let is_pattern = |segment: &Segment| matches!(segment, Segment::All | Segment::Slice(..));
        self.segments.iter().any(is_pattern)
    }

    /// The nodes that the path leads to: one, unless it is a [pattern](Path::is_pattern).
    ///
    /// A path that begins inside a compressed stream may leave out `content`.
    ///
    /// # Errors
    ///
    /// [`FindError::Path`] where nothing is there, and those of making children.
    pub fn find(&self, root: &Node) -> Result<Vec<Found>, FindError> {
        self.find_in(root, &|_| None)
    }

    /// The same with the bytes of the file: items of arrays of plain values have their values, too.
    pub(super) fn find_in(&self, root: &Node, spaces: Spaces<'_>) -> Result<Vec<Found>, FindError> {
        let mut found = Vec::new();
        self.each_in(root, spaces, &mut |one| {
            found.push(one.into_found());
            true
        })?;
        Ok(found)
    }

    /// Calls `visit` with each node, as long as it wants more.
    pub(super) fn each_in(
        &self,
        root: &Node,
        spaces: Spaces<'_>,
        visit: &mut dyn FnMut(MatchedNode<'_>) -> bool,
    ) -> Result<(), FindError> {
        let is_met = Cell::new(false);
        let mut visit = |found: MatchedNode<'_>| {
            is_met.set(true);
            visit(found)
        };
        let error = match self.descend(Found::root(root), 0, spaces, &mut visit) {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let content = root
            .child("content")
            .filter(|node| node.role == Role::View && !node.is_leaf());
        let (Some(content), Some(at), false) = (content, error.at(), is_met.get()) else {
            return Err(error);
        };
        let start = Found {
            path: Place::from(["content"]),
            node: content.clone(),
        };
        match self.descend(start, 0, spaces, &mut visit) {
            Err(inner) if inner.at() > Some(at) => Err(inner),
            Err(inner) if inner.at().is_some() => Err(error),
            result => result.map(|_| ()),
        }
    }

    /// Answers whether more is wanted.
    fn descend(
        &self,
        from: Found,
        depth: usize,
        spaces: Spaces<'_>,
        visit: &mut dyn FnMut(MatchedNode<'_>) -> bool,
    ) -> Result<bool, FindError> {
        let Some(segment) = self.segments.get(depth) else {
            return Ok(visit(MatchedNode::Owned(from)));
        };
        let next = depth.past(1);
        if let Some(window) = window(segment, &from.node)? {
            if let Some(items) = Items::of(&from.node) {
                let end = window.end.min(items.count);
                if end.saturating_sub(window.start) > MAX_ITEMS {
                    return Err(FindError::TooMany {
                        array: from.path.to_string(),
                        items: items.count,
                    });
                }
                if window.start >= end {
                    return Ok(true);
                }
                let mut wants_more = true;
                items.each(window.start, spaces, &mut |node| {
                    if !is_within(&node, &window) {
                        return Ok(false);
                    }
                    let path = from.path.child(node.name.clone());
                    wants_more = self.descend(Found { path, node }, next, spaces, visit)?;
                    Ok(wants_more)
                })?;
                return Ok(wants_more);
            }
            let names = self.names_from(next);
            if !names.is_empty() && from.node.is_on_demand() {
                return self.each_field(&from, &names, &window, next, spaces, visit);
            }
            for child in from.node.children() {
                let child = child?.into_owned();
                // Nodes beside the items, such as padding, don't count.
                let Some(index) = child.name.index() else {
                    continue;
                };
                if index >= window.end {
                    break;
                }
                if index < window.start {
                    continue;
                }
                let path = from.path.child(child.name.clone());
                if !self.descend(Found { path, node: child }, next, spaces, visit)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let mut from = from;
        let taken = match segment {
            Segment::Name(name) => from.node.take_child(name),
            _ => None,
        };
        let item = match (segment, Items::of(&from.node)) {
            _ if taken.is_some() => taken,
            (Segment::Index(index), Some(items)) => items.at(*index, spaces)?,
            _ => lookup(&from.node, segment)?,
        };
        match item {
            Some(child) => {
                let mut path = from.path;
                path.push(child.name.clone());
                self.descend(Found { path, node: child }, next, spaces, visit)
            }
            None => Err(self.nothing(&from, depth)),
        }
    }

    /// The names from a step to the end of the path, where all are names.
    fn names_from(&self, depth: usize) -> Vec<&str> {
        let rest = self.segments.get(depth..).unwrap_or_default();
        let names: Option<Vec<&str>> = rest
            .iter()
            .map(|segment| match segment {
                Segment::Name(name) if !is_index(name) => Some(&**name),
                _ => None,
            })
            .collect();
        names.unwrap_or_default()
    }

    /// The error for a step that leads nowhere: what there is instead.
    fn nothing(&self, from: &Found, depth: usize) -> FindError {
        const SHOWN: usize = 12;
        let at = self.starts.get(depth).copied().unwrap_or_default();
        let place = match from.path.is_root() {
            true => "the file".to_owned(),
            false => from.path.to_string(),
        };
        let mut names = Vec::new();
        let mut items = 0_u64;
        let counted = from.node.count();
        if let Some(count) = counted.or_else(|| Some(Items::of(&from.node)?.count)) {
            items = count;
        }
        let uncounted = from.node.children().map_while(Result::ok);
        for child in uncounted.take_while(|_| counted.is_none()) {
            if child.is_item() {
                items.tally(1);
            } else if child.role != Role::Padding && names.len() <= SHOWN {
                names.push(child.name.to_string());
            }
        }
        let wanted = match self.segments.get(depth) {
            Some(Segment::Name(name)) => name.clone(),
            _ => String::new(),
        };
        let near = names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&wanted))
            .cloned()
            .or_else(|| suggestion::below(from, &wanted));
        let known = match (near, items, names.is_empty()) {
            (Some(near), ..) => format!("did you mean {near}?"),
            (None, 1.., true) => {
                format!("it has {items} items, [0] to [{}]", items.since(1))
            }
            // Such as bytes that are left coded.
            (None, 0, true) => match &from.node.meaning {
                Some(meaning) if from.node.role == Role::Data => {
                    format!("it has no parts: {meaning}")
                }
                _ => "it has no parts".to_owned(),
            },
            _ => {
                let more = if names.len() > SHOWN { ", …" } else { "" };
                names.truncate(SHOWN);
                format!("it has {}{more}", names.join(", "))
            }
        };
        let message = format!("nothing of that name is in {place}; {known}");
        PathError::new(&self.text, at, message).into()
    }
}

/// The child that a step leads to; a view only where nothing else has that name.
fn lookup(node: &Node, segment: &Segment) -> io::Result<Option<Node>> {
    let mut view: Option<Node> = None;
    if let (Some(count), Segment::Index(index)) = (node.count(), segment) {
        let at = match index {
            0.. => index.checked_abs(),
            _ => i64::try_from(count)
                .ok()
                .and_then(|n| n.checked_add(*index)),
        };
        let Some(at) = at.and_then(|at| u64::try_from(at).ok()) else {
            return Ok(None);
        };
        let item = node.children_from(at).next().transpose()?;
        return Ok(item
            .map(Cow::into_owned)
            .filter(|item| item.name.index() == Some(at)));
    }
    if let Segment::Index(index @ ..0) = segment {
        let mut count = 0_i64;
        for child in node.children() {
            count.tally(i64::from(child?.is_item()));
        }
        return match count.checked_add(*index) {
            Some(index @ 0..) => lookup(node, &Segment::Index(index)),
            _ => Ok(None),
        };
    }
    for child in node.children() {
        let child: Cow<'_, Node> = child?;
        let is_it = match segment {
            Segment::Name(name) => *child.name == **name,
            Segment::Index(index) => {
                child.name.index() == u64::try_from(*index).ok() && child.is_item()
            }
            Segment::Key(key) => match &child.key {
                Some(own) => **own == **key,
                None => child.name.as_bytes() == &**key,
            },
            Segment::All | Segment::Slice(..) => false,
        };
        if is_it && child.role != Role::View {
            return Ok(Some(child.into_owned()));
        }
        if is_it && view.is_none() {
            view = Some(child.into_owned());
        }
    }
    // Bit fields of an integer without a name are at its level.
    if let (None, Segment::Name(_)) = (&view, segment) {
        for child in node.children() {
            let child = child?;
            if child.name == "bits"
                && child.value.is_some()
                && let Some(bit) = lookup(&child, segment)?
            {
                return Ok(Some(bit));
            }
        }
    }
    Ok(view)
}

/// As it was written.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Path, PathError> {
        let mut segments = Vec::new();
        let mut starts = Vec::new();
        let mut rest = text;
        // A dot in front is jq's way of writing it.
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
        }
        let mut wants_name = !rest.is_empty() && !rest.starts_with('[');
        while !rest.is_empty() || wants_name {
            let at = text.len().since(rest.len());
            starts.push(at);
            if wants_name {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end).unwrap_or_default();
                if name.is_empty() || !(is_plain(name) || is_index(name)) {
                    let message = match name {
                        "" => "expected the name of a field".to_owned(),
                        "*" if after.is_empty() && at > 0 => {
                            "without .* it is the part with all of its fields; [*] are all items of an array".to_owned()
                        }
                        "*" => "* stands for no field; [*] are all items of an array".to_owned(),
                        _ => format!("a name of more than letters, digits and _ is written [\"{name}\"]"),
                    };
                    return Err(PathError::new(text, at, message));
                }
                segments.push(Segment::Name(name.to_owned()));
                rest = after;
            } else {
                let (segment, after) = bracket(text, at, rest)?;
                segments.push(segment);
                rest = after;
            }
            wants_name = false;
            if let Some(after) = rest.strip_prefix('.') {
                rest = after;
                wants_name = true;
            } else if !rest.is_empty() && !rest.starts_with('[') {
                let at = text.len().since(rest.len());
                return Err(PathError::new(text, at, "expected . or [ here"));
            }
        }
        Ok(Path {
            segments,
            starts,
            text: text.to_owned(),
        })
    }
}

/// Whether it is the index of a field without a name.
fn is_index(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is in brackets: an index, a star, or text in quotes.
fn bracket<'t>(text: &str, at: usize, rest: &'t str) -> Result<(Segment, &'t str), PathError> {
    let inner = rest.strip_prefix('[').unwrap_or(rest);
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let body = inner.get(1..).unwrap_or_default();
        let mut escaped = false;
        for (i, c) in body.char_indices() {
            if !escaped && c == quote {
                let end = i.past(2);
                let literal = format!("b{}", inner.get(..end).unwrap_or_default());
                let key = literal::bytes(&literal)
                    .map_err(|e| PathError::new(text, at, e.to_string()))?;
                let after = inner.get(end..).and_then(|rest| rest.strip_prefix(']'));
                return match after {
                    Some(after) => Ok((Segment::Key(key), after)),
                    None => Err(PathError::new(text, at, "expected ] after the quotes")),
                };
            }
            escaped = c == '\\' && !escaped;
        }
        return Err(PathError::new(text, at, "no quote ends the key"));
    }
    let Some((index, after)) = inner.split_once(']') else {
        return Err(PathError::new(text, at, "no ] closes the bracket"));
    };
    if index == "*" {
        return Ok((Segment::All, after));
    }
    if let Some((first, end)) = index.split_once(':') {
        let place = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some),
        };
        return match (place(first), place(end)) {
            (Ok(first), Ok(end)) => Ok((Segment::Slice(first, end), after)),
            _ => Err(PathError::new(
                text,
                at,
                "a slice has an index on either side, or none: [0:2]",
            )),
        };
    }
    match index.parse() {
        Ok(index) => Ok((Segment::Index(index), after)),
        Err(_) => Err(PathError::new(
            text,
            at,
            format!("expected an index, a * or a name in quotes: [\"{index}\"]"),
        )),
    }
}
