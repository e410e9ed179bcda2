//! Offsets, alignment and names of items.

use super::super::program::Item;
use super::Reader;
use crate::offset::Position;
use crate::structs::code::{Code, Order};
use crate::structs::error::{DataError, PathStep};
use crate::structs::nodes::Input;
use crate::tree::{Name, Node, Role};

impl<'p, I: Input> Reader<'p, I> {
    /// Reads an item at an offset of the file, then goes on at the old position.
    pub(in crate::structs::whole) fn elsewhere(
        &mut self,
        offset: u64,
        item: &'p Item,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let (at, end) = (self.at, self.end);
        let (start, file_end) = self.file;
        let within = start.checked_add(offset).filter(|place| *place <= file_end);
        let Some(place) = within else {
            // In 128 bits no sum of two places overflows.
            let place = u128::from(start).saturating_add(offset.into());
            let message = format!("stands at offset {place:#x}, the file ends at {file_end:#x}");
            return Err(DataError::other(message).at(at).within(self.segment(item)));
        };
        let key = self.key(item);
        let (was_placed, was_view) = (self.is_placed, self.is_view);
        self.is_placed = true;
        self.is_view = self.others_own(place, key);
        self.at = place;
        self.end = self.file.1;
        let before = self.frames.last().map_or(0, |frame| frame.nodes.len());
        let result = read(self).and(self.claim(place, key));
        self.at = at;
        self.end = end;
        (self.is_placed, self.is_view) = (was_placed, was_view);
        let made = self
            .frames
            .last_mut()
            .map(|frame| frame.nodes.iter_mut().skip(before));
        made.into_iter()
            .flatten()
            .for_each(|node| node.is_placed = true);
        result
    }

    pub(in crate::structs::whole) fn alignment(&self, code: &Code, order: Order) -> u64 {
        order
            .size_and_alignment(code)
            .map_or(1, |(_, align)| u64::from(align))
    }

    /// Padding up to a multiple of a number of bytes.
    #[inline(never)]
    pub(in crate::structs::whole) fn align(&mut self, multiple: u64) -> Result<(), DataError> {
        let from = self.at.since(self.file.0);
        let to = from.checked_next_multiple_of(multiple).unwrap_or(u64::MAX);
        let start = self.at;
        self.skip(to.since(from))?;
        if self.at > start && self.keeps_name("padding") {
            let padding = Node::new("padding", self.range(start)).role(Role::Padding);
            self.push(padding)?;
        }
        Ok(())
    }

    pub(in crate::structs::whole) fn segment<'i>(&self, item: &'i Item) -> PathStep<'i> {
        match (&item.name, self.frames.last()) {
            (Some(name), _) => PathStep::Name(name),
            (None, Some(frame)) if frame.is_array => PathStep::Item(frame.index),
            (None, frame) => PathStep::Unnamed(frame.map_or(0, |frame| frame.values)),
        }
    }

    /// The name of a node that is made now.
    pub(in crate::structs::whole) fn name(&mut self, item: &Item) -> Name {
        let Some(frame) = self.frames.last_mut() else {
            return Name::from("");
        };
        if frame.is_array {
            return Name::item(frame.index);
        }
        let index = frame.values;
        frame.values = index.past(1);
        match &item.name {
            Some(name) => Name::field(name),
            None => Name::item(index),
        }
    }
}
