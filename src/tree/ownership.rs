//! Whether a node owns its bytes and the contents of coded ones.

use super::{Children, Node, Role};

impl Node {
    /// Whether the node owns its bytes: it is no view, and no part of it owns them instead.
    pub fn owns_bytes(&self) -> bool {
        self.role != Role::View
            && match &self.children {
                Children::None => true,
                Children::Here(nodes) => nodes.iter().all(|node| node.role == Role::View),
                // The content of coded bytes is a view.
                Children::OnDemand(_) => self.content.is_some(),
            }
    }

    /// Whether it has fields, all of which are views: other nodes own their bytes. Bit fields, views of an integer with
    /// a value, and the content of coded bytes don't count.
    pub(crate) fn has_views_only(&self) -> bool {
        let children = self.made();
        let is_level = !children.is_empty() && self.value.is_none() && self.content.is_none();
        is_level && children.iter().all(|child| child.role == Role::View)
    }

    /// Removes contents of coded bytes, here and below, where no further streams can be numbered.
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
