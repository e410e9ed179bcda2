//! A file inside another: its tree with the offsets of the file around it.

use std::io;
use std::sync::Arc;

use crate::offset::Position;
use crate::tree::{Expand, Node, Range, Role};

/// The tree of a file that begins at `start` of another, as a tree of that other one: what comes
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

/// The children of a node, after what comes before them.
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
