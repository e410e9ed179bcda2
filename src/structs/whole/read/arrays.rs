//! Counts: values in line, numbers that are one leaf, and items that become a node each.

use super::super::kinds::Kind;
use super::super::program::{Count, Item, What};
use super::{Frame, MAX_EMPTY, Reader, scalar};
use crate::structs::code::Order;
use crate::structs::error::{DataError, Segment};
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{Node, Range};
use crate::value::Value;

impl<'p, I: Input> Reader<'p, I> {
    /// An item with its count.
    pub(in crate::structs::whole) fn counted(
        &mut self,
        item: &'p Item,
        order: Order,
    ) -> Result<(), DataError> {
        match &item.count {
            None => self.one(item, order),
            Some(_) if item.has_length() => self.one(item, order),
            Some(Count::Number(n)) if item.name.is_none() && !item.is_level() => {
                for _ in 0..*n {
                    self.step()?;
                    self.one(item, order)?;
                }
                Ok(())
            }
            Some(count) => {
                if let (What::Code(code), false) = (&item.what, matches!(count, Count::Until(_)))
                    && item.kinds.iter().all(|kind| matches!(kind, Kind::Hex))
                    && let Some(scalar) = scalar(code, order)
                {
                    return self.numbers(item, scalar, count);
                }
                self.array(item, count, order, |reader| reader.one(item, order))
            }
        }
    }

    /// Numbers of one size: one leaf.
    pub(in crate::structs::whole) fn numbers(
        &mut self,
        item: &'p Item,
        scalar: Scalar,
        count: &'p Count,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let size = u64::from(scalar.size);
        let n = match self
            .times(count, "count")
            .map_err(|e| e.within(segment.clone()))?
        {
            Some(n) => n,
            None if self.remaining().checked_rem(size) == Some(0) => {
                self.remaining().checked_div(size).unwrap_or(0)
            }
            None => {
                let left = self.remaining().checked_rem(size).unwrap_or(0);
                let message = format!("{left} bytes are left over that are no whole item");
                return Err(DataError::other(message).at(self.at).within(segment));
            }
        };
        let start = self.at;
        let total = n.saturating_mul(size);
        self.skip(total).map_err(|e| e.within(segment))?;
        let range = self.range(start);
        let mut node = Node::new(self.name(item), range);
        if total <= self.input.max_value().min(crate::structs::nodes::MAX_VALUE) {
            let bytes = self.look(start, total);
            let items = bytes.chunks_exact(usize::from(scalar.size).max(1));
            node.value = Some(Value::List(items.map(|bytes| scalar.read(bytes)).collect()));
        }
        node.format = Some(scalar.format().into());
        node.items = Some(n);
        node.hex = item.hex;
        self.push(node)
    }

    /// Items that become a node each.
    pub(in crate::structs::whole) fn array(
        &mut self,
        item: &'p Item,
        count: &'p Count,
        _: Order,
        mut read: impl FnMut(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let times = self
            .times(count, "count")
            .map_err(|e| e.within(segment.clone()))?;
        let name = self.name(item);
        let start = self.at;
        self.frames.push(Frame::of_array(item.name.clone(), start));
        let mut result = Ok(());
        let mut index = 0u64;
        let mut is_done = false;
        loop {
            if is_done || times.is_some_and(|n| index >= n) {
                break;
            }
            if matches!(count, Count::Rest) && self.remaining() == 0 {
                break;
            }
            let before = self.at;
            if let Some(frame) = self.frames.last_mut() {
                frame.index = index;
            }
            self.until = match count {
                Count::Until(condition) => Some(condition),
                _ => None,
            };
            self.reached = None;
            result = self.step().and_then(|()| read(self));
            if result.is_ok()
                && let Count::Until(condition) = count
            {
                // A group has answered already, with its fields in sight.
                match self.reached.take() {
                    Some(reached) => is_done = reached,
                    None => match self.holds(condition) {
                        Ok(holds) => is_done = holds,
                        Err(e) => result = Err(e),
                    },
                }
            }
            if result.is_err() {
                result = result.map_err(|e| e.within(Segment::Item(index)));
                break;
            }
            self.add_key(item);
            if matches!(count, Count::Rest) && self.at == before {
                let message = "an item takes no bytes, so the rest of the input is never filled";
                result = Err(DataError::other(message).at(self.at));
                break;
            }
            if self.at == before && item.place.is_none() {
                self.empty = self.empty.saturating_add(1);
                if self.empty > MAX_EMPTY {
                    let message = format!("more than {MAX_EMPTY} items without any bytes");
                    result = Err(DataError::other(message).at(self.at));
                    break;
                }
            }
            index = index.saturating_add(1);
        }
        self.until = None;
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        let placed = item.place.is_some() && item.each.is_some();
        let range = match (placed, nodes.first()) {
            (true, Some(first)) => covering(first.range, &nodes),
            _ => self.range(start),
        };
        if result.is_ok() || !nodes.is_empty() {
            let made = self.push(Node::new(name, range).with_items(nodes));
            result = result.and(made);
        }
        result.map_err(|e| e.within(segment))
    }

    pub(in crate::structs::whole) fn add_key(&mut self, item: &Item) {
        let Some(key) = &item.key else { return };
        let Some(node) = self
            .frames
            .last_mut()
            .and_then(|frame| frame.nodes.last_mut())
        else {
            return;
        };
        let found = node.made().iter().find(|child| child.name == key.as_str());
        node.key = match found.and_then(|child| child.value.as_ref()) {
            Some(Value::Bytes(bytes)) => Some(trimmed(bytes)),
            Some(value) => Some(value.to_string().as_bytes().into()),
            None => None,
        };
    }
}

/// From the first to the last byte of some nodes in one space.
pub(in crate::structs::whole) fn covering(first: Range, nodes: &[Node]) -> Range {
    let start = nodes
        .iter()
        .map(|node| node.range.offset)
        .min()
        .unwrap_or(first.offset);
    let end = nodes
        .iter()
        .map(|node| node.range.end())
        .max()
        .unwrap_or(first.offset);
    Range::new(first.space, start, end.saturating_sub(start))
}

pub(in crate::structs::whole) fn trimmed(bytes: &[u8]) -> crate::value::Bytes {
    let end = bytes
        .iter()
        .rposition(|b| *b != 0)
        .map_or(0, |i| i.saturating_add(1));
    bytes.get(..end).unwrap_or(bytes).into()
}
