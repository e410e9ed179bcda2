//! Whether a node owns its bytes, and what codings of them yield.

use super::{Children, Node, Role};

impl Node {
    /// Whether the node owns its bytes: it is no view, and no part of it owns them instead.
    pub fn owns_bytes(&self) -> bool {
        self.role != Role::View
            && match &self.children {
                Children::None => true,
                Children::Here(nodes) => nodes.iter().all(|node| node.role == Role::View),
                // What a coding yields is a view.
                Children::OnDemand(_) => self.content.is_some(),
            }
    }

    /// Whether it has fields, all of which are views: others own their bytes. Bit fields are views of an
    /// integer that has a value itself, and what a coding yields is one of bytes that are its own.
    pub(crate) fn has_views_only(&self) -> bool {
        let children = self.made();
        let is_level = !children.is_empty() && self.value.is_none() && self.content.is_none();
        is_level && children.iter().all(|child| child.role == Role::View)
    }

    /// Leaves out what codings of bytes yield, here and below: for who has no room for further streams.
    pub(crate) fn without_content(&mut self) {
        if self.content.take().is_some() {
            self.children = Children::None;
            if let (None, Some(meaning)) = (&self.value, &mut self.meaning) {
                meaning.push_str(", left coded since it is made on demand");
            }
        }
        self.children_mut()
            .iter_mut()
            .for_each(Node::without_content);
    }
}
