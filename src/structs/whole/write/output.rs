//! The bytes that are written, and what passes learn.

use std::collections::HashMap;
use std::collections::HashSet;

use super::super::read::Reader;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Node, Range, Role};

/// How many zeros packing adds in all for padding, gaps and short texts: values don't back them.
pub(in crate::structs::whole) const MAX_FILL: u64 = 1 << 30;

/// What a pass knows from those before.
#[derive(Debug, Default, PartialEq)]
pub(in crate::structs::whole) struct Learned {
    /// Values of fields that weren't given, in the order in which they are met.
    pub(in crate::structs::whole) fields: Vec<Option<i128>>,
    /// The sizes of regions, in this order.
    pub(in crate::structs::whole) regions: Vec<u64>,
    /// The sizes of items whose place is assigned.
    pub(in crate::structs::whole) placed: Vec<u64>,
    /// Where what stands one after another ends, and where all ends.
    pub(in crate::structs::whole) inline: u64,
    pub(in crate::structs::whole) size: u64,
}

/// The bytes that are written, and what is learned from them.
#[derive(Debug, Default)]
pub(in crate::structs::whole) struct Output {
    pub(in crate::structs::whole) bytes: Vec<u8>,
    /// Whether a byte was written, or only lies between others.
    pub(in crate::structs::whole) written: Vec<bool>,
    pub(in crate::structs::whole) before: Learned,
    pub(in crate::structs::whole) now: Learned,
    /// Fields that weren't given, by their place: their index among those learned.
    pub(in crate::structs::whole) open: HashMap<(u64, Option<u8>), usize>,
    /// Those whose value this pass has found.
    pub(in crate::structs::whole) solved: HashSet<usize>,
    /// The fields of the base that stand in the levels that are open.
    pub(in crate::structs::whole) base: Vec<Option<Vec<Node>>>,
    pub(in crate::structs::whole) base_bytes: Vec<u8>,
    /// What the pass before wrote, for searches.
    pub(in crate::structs::whole) previous: Vec<u8>,
    /// Zeros that no value backs.
    pub(in crate::structs::whole) filled: u64,
}

impl Input for Output {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.bytes.get(at..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        rest.get(..size).unwrap_or(rest)
    }

    fn end(&self) -> u64 {
        u64::MAX
    }

    fn max_value(&self) -> u64 {
        u64::MAX
    }

    fn searched(&mut self, at: u64, size: u64) -> &[u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.previous.get(at..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        rest.get(..size).unwrap_or(rest)
    }
}

impl Output {
    pub(in crate::structs::whole) fn end_of_written(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl<'p> Reader<'p, Output> {
    /// Bytes of the base that stand between what was written.
    pub(in crate::structs::whole) fn keep_gaps(&mut self, base: &[u8]) {
        let output = &mut self.input;
        if base.len() > output.bytes.len() {
            let tail = base.get(output.bytes.len()..).unwrap_or_default();
            output.bytes.extend_from_slice(tail);
            output.written.resize(output.bytes.len(), true);
        }
        let all = output.bytes.iter_mut().zip(&output.written).zip(base);
        for ((byte, is_written), base) in all {
            if !is_written {
                *byte = *base;
            }
        }
    }

    /// Where the padding that is written next stands in the base: in the same order as here.
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
        // Padding has no value: the base tells what it holds.
        if let Some(range) = self.base_padding().filter(|range| range.size == size) {
            let from = usize::try_from(range.offset).unwrap_or(usize::MAX);
            let kept = self
                .input
                .base_bytes
                .get(from..)
                .and_then(|rest| rest.get(..bytes.len()));
            if let Some(kept) = kept {
                bytes.copy_from_slice(kept);
            }
        }
        self.lay(&bytes)?;
        let node = Node::new(name.to_owned(), self.range(start)).role(Role::Padding);
        self.push(node)
    }

    /// Goes on after bytes of padding, which stand only where nothing else does.
    pub(in crate::structs::whole) fn lay(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        self.reserve(at, bytes.len())?;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(bytes.len());
        let output = &mut self.input;
        if let (Some(place), Some(written)) =
            (output.bytes.get_mut(from..to), output.written.get(from..to))
        {
            for ((byte, is_written), new) in place.iter_mut().zip(written).zip(bytes) {
                if !is_written {
                    *byte = *new;
                }
            }
        }
        self.at = at.saturating_add(bytes.len() as u64);
        self.reach = self.reach.max(self.at);
        Ok(())
    }

    /// Counts zeros that no value backs: of all together there is a limit.
    pub(in crate::structs::whole) fn fill(&mut self, zeros: u64) -> Result<(), DataError> {
        self.input.filled = self.input.filled.saturating_add(zeros);
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
        let end = at.saturating_add(size as u64);
        let output = &mut self.input;
        let length = output.bytes.len() as u64;
        if end > length {
            // What lies between is zeros.
            self.fill(at.saturating_sub(length))?;
            let output = &mut self.input;
            let end = usize::try_from(end).unwrap_or(0);
            output.bytes.resize(end, 0);
            output.written.resize(end, false);
        }
        Ok(())
    }

    /// Writes bytes here, and goes on after them.
    pub(in crate::structs::whole) fn put(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        let end = at.saturating_add(bytes.len() as u64);
        self.reserve(at, bytes.len())?;
        let is_first = self.is_first();
        let output = &mut self.input;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(bytes.len());
        if let (Some(place), Some(written)) = (
            output.bytes.get_mut(from..to),
            output.written.get_mut(from..to),
        ) {
            for ((byte, is_written), new) in place.iter_mut().zip(written).zip(bytes) {
                if *is_written && *byte != *new && !is_first {
                    let message = format!("overlaps with other bytes at offset {at:#x}");
                    return Err(DataError::other(message));
                }
                *byte = *new;
                *is_written = true;
            }
        }
        self.at = end;
        self.reach = self.reach.max(end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Space;

    #[test]
    fn zeros_are_counted_all_together() {
        let format = crate::structs::grammar::parse("B").unwrap();
        let (program, _) =
            super::super::super::build("B", &format, &crate::structs::compile::NoFormats, false)
                .unwrap();
        let mut writer = Reader::new(&program, Output::default(), Space::FILE, 0);
        writer.fill(MAX_FILL - 1).unwrap();
        writer.fill(1).unwrap();
        writer.fill(1).unwrap_err();
    }
}
