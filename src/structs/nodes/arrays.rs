//! Arrays in the tree of a struct: of values, which are one leaf, and of groups, which become a node
//! each, or are made on demand.

use std::num::NonZeroU64;
use std::sync::Arc;

use super::super::error::{DataError, Segment};
use super::super::plan::{Body, Count, Element, Field};
use super::super::unpack::{Cursor, left_over};
use super::input::Input;
use super::{Builder, ITEM, NODE, format_of, items};
use crate::offset::{Position, Tally};
use crate::tree::{Name, Node};
use crate::value::Value;

/// How many items an array has.
#[derive(Clone, Copy)]
pub(super) enum Items {
    /// This many.
    Counted(u64),
    /// As many as there are.
    Rest,
}

impl Items {
    pub(super) fn done(self, next: u64, remaining: u64) -> bool {
        match self {
            Items::Counted(n) => next >= n,
            Items::Rest => remaining == 0 || next == u64::MAX,
        }
    }
}

impl<I: Input> Builder<'_, I> {
    /// An array of plain values is one leaf.
    pub(super) fn array(
        &mut self,
        field: &Field,
        element: &Element,
        count: &Count,
        name: Name,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let start = self.at;
        let (values, n) = match (element.size().and_then(NonZeroU64::new), count) {
            (Some(size), count) => self.fixed_items(element, size, count)?,
            (None, Count::Rest) => self.single_items(element, Items::Rest)?,
            (None, count) => {
                let n = self.count(count)?;
                self.single_items(element, Items::Counted(n))?
            }
        };
        let mut node = Node::new(name, self.range(start));
        node.format = format_of(element, element.size().unwrap_or(0));
        node.items = Some(n);
        node.hex = field.hex;
        node.value = values.map(Value::List);
        nodes.push(node);
        Ok(())
    }

    /// Items of one size: read at once, or skipped at once where they are too many to be kept.
    fn fixed_items(
        &mut self,
        element: &Element,
        size: NonZeroU64,
        count: &Count,
    ) -> Result<(Option<Vec<Value>>, u64), DataError> {
        let size = size.get();
        let n = match count {
            Count::Rest => self.remaining().div_ceil(size),
            count => self.count(count)?,
        };
        let taken = n.saturating_mul(size);
        let there = taken.min(self.remaining());
        let kept = there <= self.longest()
            && there.checked_div(size).unwrap_or(0).saturating_mul(ITEM) <= self.budget;
        // Where bytes are missing, decoding the last ones that are there gives the error with its place.
        let (from, part) = match (kept, taken > there) {
            (true, _) => (self.at, there),
            (false, true) => {
                let over = there.checked_rem(size).unwrap_or(0);
                let from = self.at.past(there.since(over));
                (from, over)
            }
            (false, false) => {
                self.skip(taken)?;
                self.spend(NODE);
                return Ok((None, n));
            }
        };
        let before = there.since(part).checked_div(size).unwrap_or(0);
        let end = self.input.end();
        let bytes = self.input.bytes(from, part);
        let mut cursor = Cursor::plain(bytes);
        let count = match count {
            Count::Rest => Count::Rest,
            _ => Count::Fixed(n.since(before)),
        };
        match cursor.array(&count, element) {
            Ok(items) => {
                self.at = from.past(part);
                self.spend(NODE.saturating_add((items.len() as u64).saturating_mul(ITEM)));
                Ok((Some(items), n))
            }
            // The rest of the input was counted whole, and not from where the cursor began.
            Err(_) if matches!(count, Count::Rest) => {
                let whole = there.checked_div(size).unwrap_or(0);
                let over = there.checked_rem(size).unwrap_or(0);
                Err(left_over(whole, size, over).at(end.since(over)))
            }
            Err(error) => Err(error.moved(from).items_after(before)),
        }
    }

    /// Items whose sizes differ, one by one.
    fn single_items(
        &mut self,
        element: &Element,
        items: Items,
    ) -> Result<(Option<Vec<Value>>, u64), DataError> {
        let mut values = Some(Vec::new());
        let mut kept = 0_u64;
        let mut index = 0_u64;
        while !items.done(index, self.remaining()) {
            let before = self.at;
            let nested = |e: DataError| e.within(Segment::Item(index));
            let value = self.value(element).map_err(nested)?;
            if self.at == before && matches!(items, Items::Rest) {
                let error = DataError::other("an item without any bytes can't fill the rest");
                return Err(error.at(before).within(Segment::Item(index)));
            }
            self.empty.item(before, self.at).map_err(nested)?;
            kept = kept
                .saturating_add(ITEM)
                .saturating_add(self.at.since(before));
            match (&mut values, value) {
                (Some(list), Some(value)) if kept <= self.budget => list.push(value),
                _ => values = None,
            }
            index.tally(1);
        }
        self.spend(NODE.saturating_add(if values.is_some() { kept } else { 0 }));
        Ok((values, index))
    }

    /// Groups become a node each.
    pub(super) fn groups(
        &mut self,
        field: &Field,
        body: &Body,
        count: &Count,
        name: Name,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let items = match count {
            Count::Rest => Items::Rest,
            count => Items::Counted(self.count(count)?),
        };
        let start = self.at;
        let on_demand = self.on_demand(items);
        let mut children = Vec::new();
        let mut kept = true;
        let mut next = 0_u64;
        let mut result = Ok(());
        if on_demand.is_some()
            && let Some(size) = field.element.size()
        {
            let whole = self.remaining().checked_div(size).unwrap_or(0);
            let whole = match items {
                Items::Counted(n) => n.min(whole),
                Items::Rest => whole,
            };
            let nodes = (body.fields.len() as u64).saturating_add(1);
            let least = whole.saturating_mul(nodes).saturating_mul(NODE);
            if least.max(whole.saturating_mul(size)) > self.budget {
                // An item of fixed size can only fail by missing bytes.
                kept = false;
                self.skip(whole.saturating_mul(size))?;
                next = whole;
            }
        }
        let budget = self.budget;
        while result.is_ok() && !items.done(next, self.remaining()) {
            if kept && on_demand.is_some() && self.budget == 0 {
                kept = false;
                children.clear();
            }
            if !kept {
                children.clear();
                self.budget = 0;
            }
            result = self.item(field, next, &mut children);
            next.tally(1);
        }
        if !kept {
            self.budget = budget;
        }
        if result.is_err() && kept && children.is_empty() {
            return result;
        }
        let node = Node::new(name, self.range(start));
        self.spend(NODE);
        nodes.push(match on_demand.filter(|_| !kept) {
            Some(mut on_demand) => {
                let cut = u64::from(result.is_err() && children.is_empty());
                on_demand.len = next.since(cut);
                node.with_children_on_demand(Arc::new(on_demand))
            }
            None => node.with_children(children),
        });
        result
    }

    /// One group of an array.
    pub(super) fn item(
        &mut self,
        field: &Field,
        index: u64,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let before = self.at;
        let name = Name::item(index);
        let nested = |e: DataError| e.within(Segment::Item(index));
        self.element(field, &field.element, name, nodes)
            .map_err(nested)?;
        self.empty.item(before, self.at).map_err(nested)
    }

    /// The maker of the items of the array that begins here, where items can be made on demand.
    fn on_demand(&self, count: Items) -> Option<items::Items> {
        let (layout, source) = self.from.as_ref()?;
        Some(items::Items {
            layout: Arc::clone(layout),
            trail: self.trail.clone(),
            source: source.clone(),
            space: self.space,
            base: self.base,
            start: self.at,
            count,
            len: 0,
            slots: self.slots.clone(),
            empty: self.empty,
        })
    }
}
