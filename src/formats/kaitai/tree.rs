//! Building the tree from drafts.

use std::collections::HashSet;

use super::draft::{Draft, Inner, value};
use super::read::Reader;
use super::values::{Span, Val};
use crate::offset::Position;
use crate::structs::settle;
use crate::tree::{Node, Range, Role, Space};

/// The most nodes that are shown a second time, such as a list of a million items that is the value of another field,
/// too.
const MOST_AGAIN: u64 = 1 << 18;

/// The most nodes that are shown again inside objects that are themselves shown again, such as the section that a
/// linked section links to. Objects may refer to each other in circles, and to many others each, so this is less, and
/// no deeper than `MOST_DEEP`.
const MOST_INNER: u64 = 1 << 14;

/// The most references that are followed from one object to the next.
const MOST_DEEP: u8 = 4;

impl Reader<'_> {
    /// The fields of the first object, with gaps where nothing is read of `size` bytes of the file.
    pub(super) fn tree(&mut self, name: &str, size: u64) -> Node {
        let all = Range::file(0, size);
        let shared = self.shared();
        // From here on values aren't needed.
        for object in &mut self.objects {
            (object.seq, object.instances, object.spots) = Default::default();
        }
        let mut put = TreeBuilder {
            room: self.most_nodes().min(MOST_AGAIN),
            inner_room: self.most_nodes().min(MOST_INNER),
            chain: Vec::new(),
            shared,
            reader: self,
        };
        let mut root = Node::new(name.to_owned(), all).with_children(put.fields(0, 0));
        root.meaning = self
            .objects
            .first()
            .and_then(|object| object.meaning.clone());
        fill_gaps(&mut root);
        root
    }

    /// The objects that are shown in more than one place: those that are values or parameters, and objects inside them.
    fn shared(&self) -> HashSet<usize> {
        let mut waiting = Vec::new();
        for object in &self.objects {
            object
                .params
                .iter()
                .for_each(|of| in_value(of, &mut waiting));
            if self.shows_again {
                each_inner(&object.drafts, &mut |inner| {
                    if let Inner::Again(id) = inner {
                        waiting.push(*id);
                    }
                });
            }
        }
        let mut shared = HashSet::new();
        while let Some(id) = waiting.pop() {
            let object = self.objects.get(id).filter(|_| shared.insert(id));
            let drafts = object.map(|object| object.drafts.as_slice());
            each_inner(drafts.unwrap_or_default(), &mut |inner| {
                if let Inner::Object(id) = inner {
                    waiting.push(*id);
                }
            });
        }
        shared
    }
}

/// Builds nodes from drafts.
struct TreeBuilder<'r, 'p> {
    reader: &'r mut Reader<'p>,
    /// The objects that are shown a second time; the drafts of others are moved into the tree.
    shared: HashSet<usize>,
    /// How many nodes may be shown a second time.
    room: u64,
    /// The same inside objects that are shown a second time.
    inner_room: u64,
    /// The references that led here, and the object that has the first: a circle of references is followed once.
    chain: Vec<usize>,
}

impl TreeBuilder<'_, '_> {
    /// The fields of an object. `again` is how many references led to it from where it is.
    fn fields(&mut self, object: usize, again: u8) -> Vec<Node> {
        let mut nodes = self.params(object);
        let Some(of) = self.reader.objects.get_mut(object) else {
            return nodes;
        };
        let mut drafts = match self.shared.contains(&object) {
            true => of.drafts.clone(),
            false => std::mem::take(&mut of.drafts),
        };
        drafts.sort_by_key(|draft| draft.order);
        let made = drafts
            .into_iter()
            .map(|draft| self.node(object, draft, again));
        if nodes.is_empty() {
            // Nodes replace their drafts one by one, so that memory doesn't hold both.
            return made.collect();
        }
        nodes.extend(made);
        nodes
    }

    /// The parameters, which have no bytes where the object is; objects are shown again.
    fn params(&mut self, holder: usize) -> Vec<Node> {
        let of = self.reader.objects.get(holder);
        let Some(of) = of.filter(|of| !of.params.is_empty()) else {
            return Vec::new();
        };
        let spec = self.reader.spec;
        let names = spec.types.get(of.of).map(|of| &of.params);
        let names = names.into_iter().flatten();
        let here = Span { size: 0, ..of.span };
        let params = of.params.clone();
        let params = names.zip(params).filter_map(|(name, param)| {
            let draft = self.parameter(name, &param, here)?;
            Some(self.node(holder, draft, 0))
        });
        params.collect()
    }

    fn parameter(&mut self, name: &str, of: &Val, here: Span) -> Option<Draft> {
        if matches!(of, Val::Span(_) | Val::Stream(_)) {
            return self.reader.draft_of(name, of, here);
        }
        let mut node = Node::new(name.to_owned(), self.reader.range(here));
        let inner = match (of, value(of)) {
            (_, Some(value)) => {
                node.value = Some(value);
                node.meaning = self.reader.meaning(of);
                Inner::None
            }
            (Val::Object(id), None) => {
                let span = self.reader.objects.get(*id).map_or(here, |of| of.span);
                node.range = self.reader.range(span);
                node.role = Role::View;
                Inner::Again(*id)
            }
            (Val::List(items), None) => {
                self.room = self.room.checked_sub(items.len() as u64)?;
                let items = items.iter().enumerate();
                let drafts =
                    items.map(|(index, item)| self.parameter(&index.to_string(), item, here));
                Inner::Items(drafts.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Draft::new(node, inner))
    }

    fn node(&mut self, holder: usize, draft: Draft, again: u8) -> Node {
        let Draft {
            mut node, inner, ..
        } = draft;
        if again > 0 {
            node.role = Role::View;
            node.problems.clear();
            let room = self.room_at(again);
            *room = room.saturating_sub(1);
        }
        match inner {
            Inner::None => node,
            Inner::Items(drafts) => {
                let items = drafts.into_iter();
                let items = items.map(|draft| self.node(holder, draft, again));
                let items = items.collect();
                node.with_items(items)
            }
            Inner::Object(object) => {
                let found = self.reader.objects.get(object);
                node.meaning = found.and_then(|object| object.meaning.clone());
                let mut node = node.with_children(self.fields(object, again));
                if again == 0 && !node.range.space.is_file() && node.role == Role::View {
                    fill_gaps(&mut node);
                }
                node
            }
            Inner::Again(object) => {
                let found = self.reader.objects.get(object);
                let name = found
                    .and_then(|object| self.reader.spec.types.get(object.of))
                    .map(|of| of.name.clone());
                let name = name.unwrap_or_default();
                node.meaning = Some(format!("{name} at {:#x}", node.range.offset));
                let next = again.saturating_add(1);
                let is_full = next > MOST_DEEP || *self.room_at(next) == 0;
                let is_circle = self.chain.contains(&object) || self.holds(object, holder);
                if is_full || is_circle {
                    return node;
                }
                let before = self.chain.len();
                self.chain.extend([holder, object]);
                let node = node.with_children(self.fields(object, next));
                self.chain.truncate(before);
                node
            }
        }
    }

    /// How many more nodes may be shown that many references away.
    fn room_at(&mut self, again: u8) -> &mut u64 {
        match again {
            0 | 1 => &mut self.room,
            _ => &mut self.inner_room,
        }
    }

    /// Whether an object is another one, or holds it.
    fn holds(&self, object: usize, inner: usize) -> bool {
        let mut at = Some(inner);
        while let Some(id) = at {
            if id == object {
                return true;
            }
            at = self.reader.objects.get(id).and_then(|object| object.holder);
        }
        false
    }
}

/// The objects that a value is, or has.
fn in_value(of: &Val, into: &mut Vec<usize>) {
    match of {
        Val::Object(id) => into.push(*id),
        Val::List(items) => items.iter().for_each(|item| in_value(item, into)),
        _ => {}
    }
}

/// Calls `take` for the content of drafts, and of list items. Recursion is as deep as lists are nested, which values
/// bound.
fn each_inner(drafts: &[Draft], take: &mut impl FnMut(&Inner)) {
    for draft in drafts {
        match &draft.inner {
            Inner::Items(items) => each_inner(items, take),
            inner => take(inner),
        }
    }
}

/// Decides which leaf owns which bytes of a space, and makes gaps of those that none does.
fn fill_gaps(root: &mut Node) {
    let range = root.range;
    let gaps = settle(root.children_mut(), range.space, range.offset, range.end());
    place(root, gaps, range.space);
    views(root);
}

/// Makes views of groups that have nothing but views, so that they don't own the bytes of these.
fn views(node: &mut Node) {
    for child in node.children_mut() {
        views(child);
        let is_view = |inner: &Node| inner.role == Role::View;
        if !child.made().is_empty() && child.made().iter().all(is_view) {
            child.role = Role::View;
        }
    }
}

/// Puts gaps, which are sorted, into the innermost groups that hold them.
fn place(node: &mut Node, gaps: Vec<Range>, space: Space) {
    if gaps.is_empty() {
        return;
    }
    let is_group = |child: &Node| {
        let is_bytes = child.range.space == space && child.range.size > 0;
        is_bytes && child.role != Role::View && !child.made().is_empty()
    };
    let children = node.children_mut();
    let mut groups: Vec<(Range, usize)> = children
        .iter()
        .enumerate()
        .filter(|(_, child)| is_group(child))
        .map(|(index, child)| (child.range, index))
        .collect();
    groups.sort_by_key(|(range, _)| range.offset);
    let mut inner: Vec<(usize, Vec<Range>)> = Vec::new();
    let mut own = Vec::new();
    for gap in gaps {
        let after = groups.partition_point(|(range, _)| range.offset <= gap.offset);
        let group = after.checked_sub(1).and_then(|last| groups.get(last));
        match group.filter(|(range, _)| gap.end() <= range.end()) {
            Some((_, index)) => match inner.last_mut().filter(|(last, _)| last == index) {
                Some((_, gaps)) => gaps.push(gap),
                None => inner.push((*index, vec![gap])),
            },
            None => own.push(gap),
        }
    }
    for (index, gaps) in inner {
        if let Some(child) = children.get_mut(index) {
            place(child, gaps, space);
        }
    }
    // An array has items alone.
    let is_array = node.is_array();
    let at = node.made().len();
    let named = own.into_iter().enumerate().map(|(index, gap)| {
        let name = match is_array {
            true => at.past(index).to_string(),
            false => "gap".to_owned(),
        };
        Node::new(name, gap).role(Role::Gap)
    });
    node.add_children(named.collect());
}
