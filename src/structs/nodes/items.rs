//! The items of a large array, made one by one whenever a caller goes through them.

use std::io;
use std::sync::Arc;

use smallvec::SmallVec;

use super::super::Struct;
use super::super::plan::{Body, Element, Field};
use super::super::unpack::Empty;
use super::Builder;
use super::arrays::Items as Count;
use super::input::{Input as _, Window};
use crate::Source;
use crate::offset::{Position, Tally};
use crate::tree::{Expand, Node, Space};

/// Where an array of groups is, and what its counts need to know.
pub(super) struct Items {
    pub(super) layout: Arc<Struct>,
    /// The indexes of the fields that lead to the array.
    pub(super) trail: Vec<usize>,
    pub(super) source: Source,
    pub(super) space: Space,
    /// Where the struct begins.
    pub(super) base: u64,
    /// Where the array begins, from there.
    pub(super) start: u64,
    /// How many items the format asks for.
    pub(super) count: Count,
    /// How many there are.
    pub(super) len: u64,
    pub(super) slots: SmallVec<[i128; 4]>,
    pub(super) empty: Empty,
}

impl Items {
    fn field(&self) -> Option<&Field> {
        let (last, groups) = self.trail.split_last()?;
        let mut body: &Body = &self.layout.plan.body;
        for index in groups {
            match &body.fields.get(*index)?.element {
                Element::Group(inner) => body = inner,
                _ => return None,
            }
        }
        body.fields.get(*last)
    }

    fn builder(&self) -> io::Result<Builder<'_, Window>> {
        let mut window = Window::new(&self.source)?;
        window.start_at(self.base);
        Ok(Builder {
            at: self.start,
            slots: self.slots.clone(),
            empty: self.empty,
            space: self.space,
            base: self.base,
            trail: self.trail.clone(),
            budget: super::MAX_VALUES,
            from: Some((&self.layout, self.source.clone())),
            input: window,
        })
    }
}

impl Expand for Items {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        Some(self.len)
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let (Some(field), builder) = (self.field(), self.builder()) else {
            return Box::new(std::iter::empty());
        };
        let mut builder = match builder {
            Ok(builder) => builder,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let mut next = 0_u64;
        let mut skip = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some(size) = field.element.size() {
            builder.at = builder.at.item(index, size);
            next = index;
            skip = 0;
        }
        let items = std::iter::from_fn(move || {
            if self.count.done(next, builder.remaining()) {
                return None;
            }
            let mut nodes = Vec::new();
            builder.budget = super::MAX_VALUES;
            let made = builder.item(field, next, &mut nodes);
            next.tally(1);
            if made.is_err() {
                // The item that failed is the last one; the error is reported after the array.
                next = u64::MAX;
                builder.at = builder.input.end();
            }
            if let Err(error) = builder.input.check() {
                return Some(Err(error));
            }
            nodes.pop().map(Ok)
        });
        Box::new(items.skip(skip))
    }
}
