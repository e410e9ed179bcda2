//! Children that are made when they are asked for.

use std::io;
use std::sync::Arc;

use super::{Children, Node, Range, Role};

/// Makes the children of a node when they are asked for.
pub trait Expand: Send + Sync {
    /// The children in order. An error ends the iteration.
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_>;

    /// How many there are, where that is known without making them.
    fn count(&self) -> Option<u64> {
        None
    }

    /// The children for a caller that uses only the fields at the path `names` in them; other fields may be left out.
    fn children_with(&self, names: &[&str]) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let _ = names;
        self.children()
    }

    /// Calls `visit` with each of the same from the one at `index` on, as long as it answers that it wants more. The
    /// next one may reuse the memory of the last.
    ///
    /// # Errors
    ///
    /// When children on demand can't be made, and those of `visit`.
    fn each_with(
        &self,
        names: &[&str],
        index: u64,
        visit: &mut dyn FnMut(&mut Node) -> io::Result<bool>,
    ) -> io::Result<()> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        for node in self.children_with(names).skip(index) {
            if !visit(&mut node?)? {
                break;
            }
        }
        Ok(())
    }

    /// Calls `visit` with the field at the path `names` in each of the first children, and the child's index, as long
    /// as it answers that it wants more. Answers for how many children the fields are at hand: 0 where the children
    /// have to be made.
    fn each_kept(&self, names: &[&str], visit: &mut dyn FnMut(u64, &Node) -> bool) -> u64 {
        let _ = (names, visit);
        0
    }

    /// The children from the one at `index` on.
    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        Box::new(self.children().skip(index))
    }
}

impl Node {
    /// Calls `visit` with each child on demand from the one at `index` on, as long as it wants more. Only the fields at
    /// the path `names` in a child are used, and what is below: `a` and `b` of the path `[*].a.b`.
    pub(crate) fn each_with(
        &self,
        names: &[&str],
        index: u64,
        visit: &mut dyn FnMut(&mut Node) -> io::Result<bool>,
    ) -> io::Result<()> {
        match &self.children {
            Children::OnDemand(expand) => expand.each_with(names, index, visit),
            _ => Ok(()),
        }
    }

    /// Calls `visit` with the field alone at the path `names` in each of the first of those children, and the child's
    /// index, where the fields are at hand; answers for how many children they are.
    pub(crate) fn each_kept(
        &self,
        names: &[&str],
        visit: &mut dyn FnMut(u64, &Node) -> bool,
    ) -> u64 {
        match &self.children {
            Children::OnDemand(expand) => expand.each_kept(names, visit),
            _ => 0,
        }
    }

    /// Replaces all children by one.
    pub(crate) fn set_child(&mut self, child: Node) {
        let own = match &mut self.children {
            Children::Here(nodes) => Arc::get_mut(nodes),
            _ => None,
        };
        match own {
            Some(nodes) => {
                nodes.clear();
                nodes.push(child);
            }
            None => self.children = Children::Here(Arc::new(vec![child])),
        }
    }

    /// Resets a field to its name and a range, for the next of many that differ in range and value.
    pub(crate) fn renew(&mut self, range: Range) {
        self.key = None;
        self.range = range;
        self.role = Role::Field;
        self.value = None;
        self.format = None;
        self.items = None;
        self.spelling = None;
        self.hex = false;
        self.is_undecoded = false;
        self.names = None;
        self.meaning = None;
        self.problems.clear();
        self.content = None;
        self.children = Children::None;
    }
}

/// Children that a function changes when they are made.
pub(super) struct Changed<F> {
    pub(super) made: Arc<dyn Expand>,
    pub(super) change: F,
}

impl<F: Fn(&mut Node) + Send + Sync> Expand for Changed<F> {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        self.made.count()
    }

    fn children_with(&self, names: &[&str]) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.changed(self.made.children_with(names))
    }

    fn each_with(
        &self,
        names: &[&str],
        index: u64,
        visit: &mut dyn FnMut(&mut Node) -> io::Result<bool>,
    ) -> io::Result<()> {
        self.made.each_with(names, index, &mut |node| {
            (self.change)(node);
            visit(node)
        })
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.changed(self.made.children_from(index))
    }
}

impl<F: Fn(&mut Node) + Send + Sync> Changed<F> {
    fn changed<'a>(
        &'a self,
        nodes: Box<dyn Iterator<Item = io::Result<Node>> + 'a>,
    ) -> Box<dyn Iterator<Item = io::Result<Node>> + 'a> {
        Box::new(nodes.map(|node| {
            node.map(|mut node| {
                (self.change)(&mut node);
                node
            })
        }))
    }
}
