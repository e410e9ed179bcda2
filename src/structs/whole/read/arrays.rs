//! Counts: values in line, numbers that are one leaf, and items that become a node each.

use super::super::kinds::Kind as ValueKind;
use super::super::program::{Count, Item, ItemKind};
use super::{Frame, MAX_EMPTY, Reader, scalar};
use crate::offset::{Position, Tally};
use crate::structs::code::Order;
use crate::structs::error::{DataError, Segment};
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{Name, Node, Range};
use crate::value::Value;
use crate::value::text::trim_end;

/// The state of an array that is being read.
#[derive(Debug)]
pub(in crate::structs::whole) struct Items<'p> {
    pub(in crate::structs::whole) count: &'p Count,
    /// How many there are, where that is known.
    times: Option<u64>,
    /// The one that is next.
    pub(in crate::structs::whole) index: u64,
    /// Whether the condition that ends them holds.
    pub(in crate::structs::whole) is_done: bool,
}

impl<'p> Items<'p> {
    pub(in crate::structs::whole) fn new(count: &'p Count, times: Option<u64>) -> Items<'p> {
        Items {
            count,
            times,
            index: 0,
            is_done: false,
        }
    }

    /// A copy that goes on from the next item.
    pub(in crate::structs::whole) fn again(&self) -> Items<'p> {
        Items { ..*self }
    }

    pub(in crate::structs::whole) fn is_over(&self, remaining: u64) -> bool {
        self.is_done
            || self.times.is_some_and(|n| self.index >= n)
            || (matches!(self.count, Count::Rest) && remaining == 0)
    }
}

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
                if let (ItemKind::Code(code), false) =
                    (&item.what, matches!(count, Count::Until(_)))
                    && item.kinds.iter().all(|kind| matches!(kind, ValueKind::Hex))
                    && let Some(scalar) = scalar(code, order)
                {
                    return self.numbers(item, scalar, count);
                }
                self.array(item, count, order)
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
        let n = match self.times(count, "count").map_err(|e| e.within(segment))? {
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
        let total = match n.checked_mul(size) {
            Some(total) => self.skip(total).map(|()| total),
            // No number says what all of them need: the first that isn't there needs its own bytes.
            None => {
                let whole = self.remaining().checked_div(size).unwrap_or(0);
                self.at = self.at.item(whole, size);
                let missing = self.skip(size).map(|()| size);
                missing.map_err(|e| e.within(Segment::Item(whole)))
            }
        };
        let total = total.map_err(|e| e.within(segment))?;
        if !self.keeps(item) {
            self.pass();
            return Ok(());
        }
        let range = self.range(start);
        let mut node = Node::new(self.name(item), range);
        if total <= self.input.max_value().min(crate::structs::nodes::MAX_VALUE) {
            let bytes = self.look(start, total);
            let items = bytes.chunks_exact(usize::from(scalar.size).max(1));
            node.value = Some(Value::List(items.map(|bytes| scalar.read(bytes)).collect()));
        }
        node.format = Some(scalar.format());
        node.items = Some(n);
        node.hex = item.hex;
        self.push(node)
    }

    /// Items that become a node each. Where there are many, and no expression refers to them later, only their borders
    /// are kept, and items are made on demand.
    pub(in crate::structs::whole) fn array(
        &mut self,
        item: &'p Item,
        count: &'p Count,
        order: Order,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let times = self.times(count, "count").map_err(|e| e.within(segment))?;
        let keeps = self.keeps(item);
        let name = match keeps {
            true => self.name(item),
            false => {
                self.pass();
                Name::from("")
            }
        };
        let start = self.at;
        let mark = self.mark();
        let most = self.most_nodes(item, order);
        self.frames.push(Frame::of_array(item.name.clone()));
        let mut items = Items::new(count, times);
        let mut result = Ok(());
        let mut on_demand = None;
        while result.is_ok() && !items.is_over(self.remaining()) {
            result = self.next_item(item, order, &mut items);
            if self.nodes.since(mark.nodes) > most {
                self.back_to(&mark);
                items = Items::new(count, times);
                result = self.borders(item, order, &mut items, &mut on_demand);
                break;
            }
            if !keeps && item.is_closed {
                self.forget_items(mark.contents);
                self.nodes = mark.nodes;
            }
        }
        self.until = None;
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        if let Some((demand, range)) = on_demand {
            let node = Node::new(name, range).with_items_on_demand(demand);
            result = result.and(self.push(node));
        } else if keeps && (result.is_ok() || !nodes.is_empty()) {
            // Each item has its own place.
            let placed = item.each.is_some();
            let range = match (placed, nodes.first()) {
                (true, Some(first)) => covering(first.range, &nodes),
                _ => self.range(start),
            };
            let made = self.push(Node::new(name, range).with_items(nodes));
            result = result.and(made);
        }
        result.map_err(|e| e.within(segment))
    }

    /// Reads the next item of an array.
    pub(in crate::structs::whole) fn next_item(
        &mut self,
        item: &'p Item,
        order: Order,
        items: &mut Items<'p>,
    ) -> Result<(), DataError> {
        let index = items.index;
        let before = self.at;
        if let Some(frame) = self.frames.last_mut() {
            frame.index = index;
        }
        self.until = match items.count {
            Count::Until(condition) => Some(condition),
            _ => None,
        };
        self.reached = None;
        let mut result = self.step().and_then(|()| self.element(item, order));
        if result.is_ok()
            && let Count::Until(condition) = items.count
        {
            // A group has evaluated the condition already, with its own fields in scope.
            match self.reached.take() {
                Some(reached) => items.is_done = reached,
                None => match self.holds(condition) {
                    Ok(holds) => items.is_done = holds,
                    Err(e) => result = Err(e),
                },
            }
        }
        result.map_err(|e| e.within(Segment::Item(index)))?;
        self.add_key(item);
        if matches!(items.count, Count::Rest) && self.at == before {
            let message = "an item takes no bytes, so the rest of the input is never filled";
            return Err(DataError::other(message).at(self.at));
        }
        if self.at == before && item.place.is_none() {
            self.empty.tally(1);
            if self.empty > MAX_EMPTY {
                let message = format!("more than {MAX_EMPTY} items without any bytes");
                return Err(DataError::other(message).at(self.at));
            }
        }
        items.index = index.past(1);
        Ok(())
    }

    /// An item of an array, at its place where it has one.
    fn element(&mut self, item: &'p Item, order: Order) -> Result<(), DataError> {
        match (&item.each, &item.place) {
            (Some(_), Some(place)) => {
                let offset = self.number(place, "offset")?;
                self.elsewhere(offset, item, |reader| reader.one(item, order))
            }
            _ => self.one(item, order),
        }
    }

    /// Drops the items of the array that is read, except the last where conditions refer to it, and their contents,
    /// beyond the first `contents`.
    pub(in crate::structs::whole) fn forget_items(&mut self, contents: usize) {
        self.forget_contents(contents);
        let kept = usize::from(self.program.uses.items);
        if let Some(frame) = self.frames.last_mut() {
            let last = frame.nodes.len().saturating_sub(kept);
            frame.nodes.drain(..last);
            frame.nodes.iter_mut().for_each(Node::without_content);
        }
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
            Some(Value::Bytes(bytes)) => Some(trim_end(bytes, 0).into()),
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
    Range::new(first.space, start, end.since(start))
}
