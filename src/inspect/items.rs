//! Items of an array of plain values: the array is one leaf of the tree, and an item is made when a
//! path leads to it.

use std::io;
use std::ops::Range;

use super::path::{FindError, Segment};
use crate::offset::{Position, Tally};
use crate::scan::Scan;
use crate::structs::MAX_VALUE;
use crate::tree::{Node, Space};
use crate::value::Value;
use crate::{Source, Struct};

/// Finds the bytes that ranges of a space lie in.
pub(crate) type Spaces<'a> = &'a dyn Fn(Space) -> Option<Source>;

/// The range of indexes of a pattern; `None` for another segment.
pub(super) fn window(segment: &Segment, node: &Node) -> io::Result<Option<Range<u64>>> {
    let (first, end) = match segment {
        Segment::All => return Ok(Some(0..u64::MAX)),
        Segment::Slice(first, end) => (*first, *end),
        _ => return Ok(None),
    };
    let mut count = Items::of(node).map(|items| items.count).or(node.count());
    let from_end = |index: Option<i64>| index.is_some_and(|index| index < 0);
    if count.is_none() && (from_end(first) || from_end(end)) {
        let mut items = 0u64;
        for child in node.children() {
            items.tally(u64::from(child?.is_item()));
        }
        count = Some(items);
    }
    let place = |index: Option<i64>, otherwise| match index {
        None => otherwise,
        Some(index @ 0..) => index.unsigned_abs(),
        Some(index) => count.unwrap_or(0).saturating_sub(index.unsigned_abs()),
    };
    Ok(Some(place(first, 0)..place(end, u64::MAX)))
}

/// Whether an item is one of those at these indexes.
pub(super) fn is_within(item: &Node, window: &Range<u64>) -> bool {
    item.name
        .index()
        .is_some_and(|index| window.contains(&index))
}

/// An array of plain values.
pub(crate) struct Items<'n> {
    node: &'n Node,
    /// The format of one item.
    pub(crate) element: &'n str,
    /// How many there are.
    pub(crate) count: u64,
}

impl<'n> Items<'n> {
    /// Of a node that is such an array.
    pub(crate) fn of(node: &'n Node) -> Option<Items<'n>> {
        Some(Items {
            node,
            element: node.format.as_deref()?,
            count: node.items?,
        })
    }

    /// The item at an index, from the end where it is negative; `None` where there is none.
    pub(super) fn at(&self, index: i64, spaces: Spaces<'_>) -> Result<Option<Node>, FindError> {
        let index = match u64::try_from(index) {
            Ok(index) => Some(index),
            Err(_) => self.count.checked_sub(index.unsigned_abs()),
        };
        match index.filter(|index| *index < self.count) {
            Some(index) => {
                let mut found = None;
                self.each(index, spaces, &mut |item| {
                    found = Some(item);
                    Ok(false)
                })?;
                Ok(found)
            }
            None => Ok(None),
        }
    }

    /// The items from one on, as long as `visit` asks for more.
    pub(crate) fn each(
        &self,
        first: u64,
        spaces: Spaces<'_>,
        visit: &mut dyn FnMut(Node) -> Result<bool, FindError>,
    ) -> Result<(), FindError> {
        let layout = Struct::new(self.element).map_err(io::Error::other)?;
        let source = spaces(self.node.range.space);
        if let Some(size) = layout.size().filter(|size| *size > 0) {
            for index in first..self.count {
                if !visit(self.of_one_size(index, size, &layout, source.as_ref())?)? {
                    break;
                }
            }
            return Ok(());
        }
        // Where an item begins is known when those before it are read.
        let Some(source) = source else { return Ok(()) };
        let mut scan = Scan::new(&layout, &source, self.node.range.offset);
        for index in 0..self.count {
            let found = scan.one().map_err(io::Error::from)?;
            if index < first {
                continue;
            }
            let mut node = self.node(index, found.offset, found.bytes.len() as u64);
            node.value = found.record.iter().next().cloned();
            if !visit(node)? {
                break;
            }
        }
        Ok(())
    }

    fn node(&self, index: u64, offset: u64, size: u64) -> Node {
        let mut range = self.node.range;
        range.offset = offset;
        range.size = size;
        let mut node = Node::new(index, range).role(self.node.role);
        node.format.clone_from(&self.node.format);
        node.hex = self.node.hex;
        node
    }

    fn of_one_size(
        &self,
        index: u64,
        size: u64,
        layout: &Struct,
        source: Option<&Source>,
    ) -> io::Result<Node> {
        let offset = self.node.range.offset.item(index, size);
        let mut node = self.node(index, offset, size);
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        node.value = match (&self.node.value, source) {
            (Some(Value::List(items)), _) => items.get(at).cloned(),
            (None, Some(source)) if size <= MAX_VALUE => {
                let bytes = source.read(offset, size)?;
                let record = layout.unpack(&bytes)?;
                record.into_iter().next()
            }
            _ => None,
        };
        Ok(node)
    }
}
