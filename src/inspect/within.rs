//! A file inside another: its tree with the offsets of the file around it.

use std::io;
use std::sync::Arc;

use crate::Source;
use crate::offset::Position;
use crate::source::ReadAt;
use crate::tree::{Expand, Node, Range, Role};

/// The bytes from `start` on, as a source of their own.
pub(super) fn from(source: &Source, start: u64) -> Source {
    match start {
        0 => source.clone(),
        start => part(source, start, u64::MAX),
    }
}

/// At most `size` bytes from `start` on, as a source of their own.
pub(super) fn part(source: &Source, start: u64, size: u64) -> Source {
    Source::new(Part {
        source: source.clone(),
        start,
        size,
    })
}

struct Part {
    source: Source,
    start: u64,
    /// Bytes at most.
    size: u64,
}

impl ReadAt for Part {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(offset);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        match (self.start.checked_add(offset), buf.get_mut(..most)) {
            (Some(offset), Some(buf)) => self.source.read_into(offset, buf),
            _ => Ok(0),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self
            .source
            .size()?
            .saturating_sub(self.start)
            .min(self.size))
    }

    fn known_size(&self) -> Option<u64> {
        let size = self.source.known_size()?;
        Some(size.saturating_sub(self.start).min(self.size))
    }
}

/// The tree of a file that begins at `start` of another, as a tree of that other one: what stands
/// before it is a gap.
pub(super) fn tree(mut root: Node, start: u64) -> Node {
    if start == 0 {
        return root;
    }
    root.map_ranges(move |range| {
        if range.space.is_file() {
            range.offset.advance(start);
        }
    });
    let all = Range::file(0, root.range.end());
    let before = Node::new("before", Range::file(0, start)).role(Role::Gap);
    let children: Option<Vec<Node>> = match root.is_on_demand() {
        true => None,
        false => root
            .children()
            .map(|child| child.ok().map(std::borrow::Cow::into_owned))
            .collect(),
    };
    let mut whole = Node::new(root.name.clone(), all);
    whole.problems.append(&mut root.problems);
    match children {
        Some(mut children) => {
            children.insert(0, before);
            whole.with_children(children)
        }
        None => whole.with_children_on_demand(Arc::new(Preceded { before, root })),
    }
}

/// The children of a node, after what stands before them.
struct Preceded {
    before: Node,
    root: Node,
}

impl Expand for Preceded {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let rest = self.root.children();
        let rest = rest.map(|child| child.map(std::borrow::Cow::into_owned));
        Box::new(std::iter::once(Ok(self.before.clone())).chain(rest))
    }
}
