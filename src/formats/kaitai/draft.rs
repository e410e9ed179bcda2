//! Drafts of nodes, before the tree is put together.

use super::read::Reader;
use super::values::{Span, Val};
use crate::tree::{MAX_VALUE, Node, Role};
use crate::value::Value;

/// The draft of a node, and its content.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) node: Node,
    pub(super) inner: Inner,
    /// For an instance, its index plus one; 0 for a field of `seq`. Instances are read in another order than they are
    /// shown in.
    pub(super) order: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Inner {
    None,
    /// The fields of an object.
    Object(usize),
    Items(Vec<Draft>),
    /// The fields of an object that has its place elsewhere, shown again.
    Again(usize),
}

/// The drafts of one field.
#[derive(Debug, Default)]
pub(super) struct FieldDraft {
    /// Bytes before they were processed.
    pub(super) raw: Vec<Draft>,
    pub(super) out: Vec<Draft>,
    /// The object that it is a field of.
    pub(super) object: usize,
}

impl Draft {
    pub(super) fn new(node: Node, inner: Inner) -> Draft {
        Draft {
            node,
            inner,
            order: 0,
        }
    }

    pub(super) fn leaf(node: Node) -> Draft {
        Draft::new(node, Inner::None)
    }
}

/// A plain value as trees show it.
pub(super) fn value(of: &Val) -> Option<Value> {
    Some(match of {
        Val::Bool(b) => Value::Bool(*b),
        Val::Int(n) | Val::Enum(_, n) => Value::Int(*n),
        Val::Float(x) => Value::Float(*x),
        Val::Text(text) => Value::from(&**text),
        Val::Bytes(bytes) => Value::from(&**bytes),
        Val::List(items) => {
            let values: Option<Vec<Value>> = items.iter().map(value).collect();
            Value::List(values?)
        }
        Val::Span(_) | Val::Object(_) | Val::Stream(_) | Val::Unmade(_) => return None,
    })
}

impl Reader<'_> {
    /// The node of a value that is computed, at a place without bytes.
    pub(super) fn draft_of(&mut self, name: &str, of: &Val, here: Span) -> Option<Draft> {
        let mut node = Node::new(name.to_owned(), self.range(here));
        Some(match of {
            Val::Stream(id) => {
                // The bytes of the stream, which others own; they have no value, to avoid a copy for each object with
                // such a field.
                let all = self.streams.get(*id)?.all;
                node.range = self.range(all);
                node.role = Role::View;
                node.format = Some(format!("[{}]s", all.size).into());
                node.meaning = Some("stream".to_owned());
                Draft::leaf(node)
            }
            Val::Object(id) => {
                let span = self.objects.get(*id).map_or(here, |object| object.span);
                node.range = self.range(span);
                node.role = Role::View;
                self.shows_again = true;
                Draft::new(node, Inner::Again(*id))
            }
            Val::Span(span) if span.size > MAX_VALUE => {
                node.range = self.range(*span);
                node.role = Role::View;
                node.format = Some(format!("[{}]s", span.size).into());
                Draft::leaf(node)
            }
            Val::Span(_) => {
                let bytes = self.at_hand(of.clone()).ok()?;
                node.value = value(&bytes);
                Draft::leaf(node)
            }
            Val::List(items) if value(of).is_none() => {
                let mut drafts = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    self.count_node().ok()?;
                    drafts.extend(self.draft_of(&index.to_string(), item, here));
                }
                Draft::new(node, Inner::Items(drafts))
            }
            of => {
                node.meaning = self.meaning(of);
                node.value = value(of);
                Draft::leaf(node)
            }
        })
    }

    /// The name of a member of an enum.
    pub(super) fn meaning(&self, of: &Val) -> Option<String> {
        match of {
            Val::Enum(id, n) => {
                let name = self.spec.enums.get(*id)?.members.get(n)?;
                Some(name.to_string())
            }
            _ => None,
        }
    }

    /// The byte order of a number: its own, or that of its object.
    pub(super) fn little(&self, object: usize, said: Option<bool>) -> bool {
        let object = self.objects.get(object);
        said.or_else(|| object?.little).unwrap_or(false)
    }
}
