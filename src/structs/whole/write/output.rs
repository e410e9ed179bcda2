//! The output, and the estimates that one pass hands to the next.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use super::super::read::{Reader, part};
use super::runs::Runs;
use crate::offset::{Position, Tally};
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Value;

/// The most zeros that packing adds for padding, gaps and short texts: no values back them.
pub(in crate::structs::whole) const MAX_FILL: u64 = 256 << 20;

/// What a pass knows from the pass before.
#[derive(Debug, Default, PartialEq)]
pub(in crate::structs::whole) struct Estimates {
    /// Values of fields that weren't given, in the order in which they are met.
    pub(in crate::structs::whole) fields: Vec<Option<Value>>,
    /// The sizes of regions, in this order.
    pub(in crate::structs::whole) regions: Vec<u64>,
    /// The sizes of the file, then of its contents, in the order in which they are met.
    pub(in crate::structs::whole) spaces: Vec<SpaceSizes>,
}

/// The sizes of a space, as far as the pass before knew them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::structs::whole) struct SpaceSizes {
    /// The sizes of items whose place is assigned.
    pub(in crate::structs::whole) placed: Vec<u64>,
    /// The end of the items in line, and the end of all.
    pub(in crate::structs::whole) inline: u64,
    pub(in crate::structs::whole) size: u64,
}

/// Where a field is: its space, its offset there, and its lowest bit.
pub(in crate::structs::whole) type Key = (Space, u64, Option<u8>);

/// Bytes of a space, and which of them were written.
#[derive(Debug, Default)]
pub(in crate::structs::whole) struct WrittenBytes {
    bytes: Vec<u8>,
    written: Runs,
    space: usize,
}

/// The output of a pass, and the estimates for the next.
#[derive(Debug, Default)]
pub(in crate::structs::whole) struct Output {
    pub(in crate::structs::whole) bytes: Vec<u8>,
    /// The ranges that were written; the others are gaps.
    pub(in crate::structs::whole) written: Runs,
    pub(in crate::structs::whole) before: Estimates,
    pub(in crate::structs::whole) now: Estimates,
    /// Fields that weren't given, by their place, with their index in the estimates.
    pub(in crate::structs::whole) open: HashMap<Key, usize>,
    /// The indexes of those whose value this pass has found.
    pub(in crate::structs::whole) solved: HashSet<usize>,
    /// The fields of the base in the open levels.
    pub(in crate::structs::whole) base: Vec<Option<Vec<Node>>>,
    pub(in crate::structs::whole) base_bytes: Arc<[u8]>,
    /// The contents of the base, by their spaces.
    pub(in crate::structs::whole) base_contents: Vec<Arc<[u8]>>,
    /// The output of the pass before, by spaces, for searches.
    pub(in crate::structs::whole) previous: Vec<Vec<u8>>,
    /// Whether values come in order, without those that follow from others.
    pub(in crate::structs::whole) is_reduced: bool,
    /// The number of this pass, from 0.
    pub(in crate::structs::whole) pass: usize,
    /// The spaces around the current one.
    pub(in crate::structs::whole) around: Vec<WrittenBytes>,
    /// The space that is written: 0 for the file, else the number of a content.
    pub(in crate::structs::whole) space: usize,
    /// Zeros that no value backs.
    pub(in crate::structs::whole) filled: u64,
}

impl Input for Output {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        part(&self.bytes, at, size)
    }

    fn end(&self) -> u64 {
        u64::MAX
    }

    fn max_value(&self) -> u64 {
        u64::MAX
    }

    fn outermost(&mut self, at: u64, size: u64) -> &[u8] {
        let bytes = self.around.first().map_or(&self.bytes, |file| &file.bytes);
        part(bytes, at, size)
    }

    fn searched(&mut self, at: u64, size: u64) -> &[u8] {
        let previous = self.previous.get(self.space).map_or(&[][..], Vec::as_slice);
        part(previous, at, size)
    }
}

impl Output {
    pub(in crate::structs::whole) fn end_of_written(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The estimates of the pass before for the current space.
    pub(in crate::structs::whole) fn known(&self) -> SpaceSizes {
        self.before
            .spaces
            .get(self.space)
            .cloned()
            .unwrap_or_default()
    }

    /// Updates the estimates for the next pass.
    pub(in crate::structs::whole) fn learn_sizes(&mut self, learn: impl FnOnce(&mut SpaceSizes)) {
        let index = self.space;
        if self.now.spaces.len() <= index {
            let room = index.past(1);
            self.now.spaces.resize_with(room, SpaceSizes::default);
        }
        if let Some(sizes) = self.now.spaces.get_mut(index) {
            learn(sizes);
        }
    }

    /// Begins to write a content.
    pub(in crate::structs::whole) fn begin_space(&mut self, index: usize) {
        self.around.push(WrittenBytes {
            bytes: std::mem::take(&mut self.bytes),
            written: std::mem::take(&mut self.written),
            space: self.space,
        });
        self.space = index;
    }

    /// Ends the content, returns its bytes, and goes on in the outer space.
    pub(in crate::structs::whole) fn end_space(&mut self) -> Vec<u8> {
        let around = self.around.pop().unwrap_or_default();
        self.space = around.space;
        self.written = around.written;
        std::mem::replace(&mut self.bytes, around.bytes)
    }

    /// Appends bytes to the output.
    pub(in crate::structs::whole) fn append(&mut self, bytes: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.written.add(from..self.bytes.len());
    }

    /// The bytes of a range of the base.
    pub(in crate::structs::whole) fn bytes_of_base(&self, range: Range) -> Option<&[u8]> {
        let bytes = match range.space.stream_index() {
            None => &self.base_bytes[..],
            Some(index) => self.base_contents.get(index as usize)?,
        };
        let from = usize::try_from(range.offset).ok()?;
        bytes.get(from..)?.get(..usize::try_from(range.size).ok()?)
    }
}

impl<'p> Reader<'p, Output> {
    /// Copies the bytes of the base to the gaps.
    pub(in crate::structs::whole) fn keep_gaps(&mut self, base: &[u8]) {
        let output = &mut self.input;
        let all = 0..output.bytes.len().min(base.len());
        for (part, is_written) in output.written.parts(all) {
            if let (false, Some(place), Some(base)) = (
                is_written,
                output.bytes.get_mut(part.clone()),
                base.get(part),
            ) {
                place.copy_from_slice(base);
            }
        }
    }

    /// The range of the next padding in the base, which has it in the same order.
    pub(in crate::structs::whole) fn base_padding(&self) -> Option<Range> {
        let is_padding = |node: &&Node| node.role == Role::Padding;
        let nodes = self.input.base.last()?.as_ref()?;
        let done = self
            .frames
            .last()
            .map_or(0, |frame| frame.nodes.iter().filter(is_padding).count());
        Some(nodes.iter().filter(is_padding).nth(done)?.range)
    }

    pub(in crate::structs::whole) fn write_padding(
        &mut self,
        name: &str,
        size: u64,
    ) -> Result<(), DataError> {
        if size == 0 {
            return Ok(());
        }
        self.fill(size)?;
        let start = self.at;
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        // Padding has no value; its bytes are those of the base.
        if let Some(range) = self.base_padding().filter(|range| range.size == size) {
            let kept = self.input.bytes_of_base(range);
            if let Some(kept) = kept.filter(|kept| kept.len() == bytes.len()) {
                bytes.copy_from_slice(kept);
            }
        }
        self.lay(&bytes)?;
        let node = Node::new(name.to_owned(), self.range(start)).role(Role::Padding);
        self.push(node)
    }

    /// Lays down padding, which overwrites nothing.
    pub(in crate::structs::whole) fn lay(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        self.reserve(at, bytes.len())?;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.past(bytes.len());
        let output = &mut self.input;
        for (part, is_written) in output.written.parts(from..to) {
            let new = bytes.get(part.start.wrapping_sub(from)..part.end.wrapping_sub(from));
            if let (false, Some(place), Some(new)) = (is_written, output.bytes.get_mut(part), new) {
                place.copy_from_slice(new);
            }
        }
        self.at = at.past(bytes.len() as u64);
        self.reach = self.reach.max(self.at);
        Ok(())
    }

    /// Counts zeros that no value backs, up to their limit.
    pub(in crate::structs::whole) fn fill(&mut self, zeros: u64) -> Result<(), DataError> {
        self.input.filled.tally(zeros);
        match self.input.filled > MAX_FILL {
            true => Err(DataError::other(format!(
                "more than {MAX_FILL} zeros would fill the gaps between values"
            ))),
            false => Ok(()),
        }
    }

    /// Makes room for bytes at an offset.
    pub(in crate::structs::whole) fn reserve(
        &mut self,
        at: u64,
        size: usize,
    ) -> Result<(), DataError> {
        let end = at.past(size as u64);
        let output = &mut self.input;
        let length = output.bytes.len() as u64;
        if end > length {
            // The gap is filled with zeros.
            self.fill(at.saturating_sub(length))?;
            let output = &mut self.input;
            let end = usize::try_from(end).unwrap_or(0);
            output.bytes.resize(end, 0);
        }
        Ok(())
    }

    /// Writes bytes here, and goes on after them.
    pub(in crate::structs::whole) fn put(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        let end = at.past(bytes.len() as u64);
        self.reserve(at, bytes.len())?;
        let is_first = self.is_first();
        let output = &mut self.input;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.past(bytes.len());
        if !is_first {
            for (part, is_written) in output.written.parts(from..to) {
                let new = bytes.get(part.start.wrapping_sub(from)..part.end.wrapping_sub(from));
                if is_written && output.bytes.get(part) != new {
                    let message = format!("overlaps with other bytes at offset {at:#x}");
                    return Err(DataError::other(message));
                }
            }
        }
        if let Some(place) = output.bytes.get_mut(from..to) {
            place.copy_from_slice(bytes);
            output.written.add(from..to);
        }
        self.at = end;
        self.reach = self.reach.max(end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_counted_all_together() {
        let format = crate::structs::grammar::parse("B").unwrap();
        let (program, _) =
            super::super::super::build("B", &format, &crate::structs::Formats::default(), &[])
                .unwrap();
        let mut writer = Reader::new(&program, Output::default(), Space::FILE, 0);
        writer.fill(MAX_FILL - 1).unwrap();
        writer.fill(1).unwrap();
        writer.fill(1).unwrap_err();
    }
}
