//! Where in the tree a byte, or a field, is: the way from the root down, each step by its place among
//! the children.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::children;
use super::job::Watch;
use crate::inspect::Document;
use crate::offset::{Position, Tally};
use crate::tree::{Name, Node, Place, Role, Space};

/// Steps from the root down: of each the place among the children, and the node.
pub(super) type TreePath = Vec<(u64, Arc<Node>)>;

/// From this many children on, the one at an offset is looked for by halving.
const MANY: u64 = 64;

/// The leaf that owns a byte, below the last node of a way that is known already; the deepest group around
/// the byte where no leaf is.
pub(super) fn leaf(
    document: &Document,
    from: &TreePath,
    root: &Arc<Node>,
    (space, offset): (Space, u64),
    watch: &Watch,
) -> io::Result<TreePath> {
    let search = Search {
        document,
        space,
        offset,
        watch,
    };
    let start = from.last().map_or(root, |(_, node)| node);
    let mut best = from.clone();
    search.narrow(start, from, &mut best)?;
    if best.last().is_none_or(|(_, node)| !node.owns_bytes()) {
        // Fields may be outside of the group that they are in.
        let mut way = from.clone();
        if search.wide(start, &mut way)? {
            return Ok(way);
        }
    }
    Ok(best)
}

struct Search<'a> {
    document: &'a Document,
    space: Space,
    offset: u64,
    watch: &'a Watch,
}

impl Search<'_> {
    /// Goes down into the children that the byte lies in.
    fn narrow(&self, start: &Arc<Node>, from: &TreePath, best: &mut TreePath) -> io::Result<()> {
        let mut node = Arc::clone(start);
        let mut way = from.clone();
        // Recursion is as deep as the tree.
        while !node.is_leaf() {
            let Some((ordinal, child)) = self.child(&node)? else {
                return Ok(());
            };
            node = Arc::new(child);
            way.push((ordinal, Arc::clone(&node)));
            best.clone_from(&way);
            if node.owns_bytes() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn holds(&self, node: &Node) -> bool {
        node.range.space == self.space && node.range.contains(self.offset)
    }

    /// The child that the byte lies in; a view only where no other child has it.
    fn child(&self, node: &Node) -> io::Result<Option<(u64, Node)>> {
        if let Some(count) = children::count(node).filter(|count| *count > MANY)
            && node.is_on_demand()
            && let Some(found) = self.halved(node, count)?
        {
            return Ok(Some(found));
        }
        let mut view = None;
        let mut found = None;
        let mut ordinal = 0u64;
        let mut stopped = Ok(());
        children::each_from(self.document, node, 0, &mut |child| {
            stopped = self.watch.check();
            self.watch.tell(ordinal);
            let at = ordinal;
            ordinal.tally(1);
            if self.holds(&child) {
                match child.role {
                    Role::View if view.is_none() => view = Some((at, child.into_owned())),
                    Role::View => {}
                    _ => found = Some((at, child.into_owned())),
                }
            }
            found.is_none() && stopped.is_ok()
        })?;
        stopped?;
        Ok(found.or(view))
    }

    /// The child that the byte lies in, where children are in the order of their bytes.
    fn halved(&self, node: &Node, count: u64) -> io::Result<Option<(u64, Node)>> {
        let (mut low, mut high) = (0, count);
        while low < high {
            self.watch.check()?;
            let middle = low.midpoint(high);
            let Some(child) = node.children_from(middle).next().transpose()? else {
                return Ok(None);
            };
            if self.holds(&child) && child.role != Role::View {
                return Ok(Some((middle, child.into_owned())));
            }
            match child.range.offset > self.offset {
                true => high = middle,
                false => low = middle.past(1),
            }
        }
        Ok(None)
    }

    /// Searches all nodes that end after the byte. Recursion is as deep as the tree.
    fn wide(&self, node: &Arc<Node>, way: &mut TreePath) -> io::Result<bool> {
        for (ordinal, child) in (0u64..).zip(node.children()) {
            self.watch.check()?;
            let child = child?;
            let range = child.range;
            let is_elsewhere = match range.space == self.space {
                true => range.end() <= self.offset,
                // The content of a stream is below the parts of the file.
                false => range.space > self.space || child.is_on_demand(),
            };
            if is_elsewhere || child.is_leaf() && !self.holds(&child) {
                continue;
            }
            let is_owner =
                self.holds(&child) && (child.owns_bytes() || child.is_leaf() && range.offset == 0);
            let child = Arc::new(child.into_owned());
            way.push((ordinal, Arc::clone(&child)));
            if is_owner || self.wide(&child, way)? {
                return Ok(true);
            }
            way.pop();
        }
        Ok(false)
    }
}

/// The way to the node at a place.
pub(super) fn place(
    document: &Document,
    root: &Arc<Node>,
    place: &Place,
    watch: &Watch,
) -> io::Result<Option<TreePath>> {
    let mut way = TreePath::new();
    let mut node = Arc::clone(root);
    for name in place.names() {
        let Some((ordinal, child)) = step(document, &node, name, watch)? else {
            return Ok(None);
        };
        node = Arc::new(child);
        way.push((ordinal, Arc::clone(&node)));
    }
    Ok(Some(way))
}

/// The child of a name.
fn step(
    document: &Document,
    node: &Node,
    name: &Name,
    watch: &Watch,
) -> io::Result<Option<(u64, Node)>> {
    let index = name.index();
    // An item mostly is at its index.
    for first in index.into_iter().chain([0]) {
        let mut found = None;
        let mut ordinal = first;
        let mut stopped = Ok(());
        let is_guess = Some(first) == index && first > 0;
        children::each_from(document, node, first, &mut |child: Cow<'_, Node>| {
            stopped = watch.check();
            let at = ordinal;
            ordinal.tally(1);
            let is_it = child.name == *name;
            let is_view = child.role == Role::View;
            if is_it && (!is_view || found.is_none()) {
                found = Some((at, child.into_owned()));
            }
            !is_guess && (!is_it || is_view) && stopped.is_ok()
        })?;
        stopped?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
