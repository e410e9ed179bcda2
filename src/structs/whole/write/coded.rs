//! Coded bytes: their content is written to a space of its own, then encoded.

use super::super::program::{Count, Item, ItemKind};
use super::super::read::{CONTENT, Coded, Frame, Reader};
use super::output::Output;
use crate::coding;
use crate::offset::Position;
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::tree::{Node, Role};
use crate::value::Value;

impl<'p> Reader<'p, Output> {
    /// Coded bytes with fields inside.
    pub(in crate::structs::whole) fn write_coded(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        let start = self.at;
        let is_item = self.frames.last().is_some_and(Frame::is_of_array);
        let is_joined = item.name.is_none() && !is_item;
        let first = match is_joined {
            true => self.frames.last().map_or(0, |frame| frame.values),
            false => 0,
        };
        let base = self.base_coded(item, is_joined);
        let mut last = first;
        let mut index = 0;
        self.write_nested(item, value, Vec::new(), false, |writer, given| {
            // The new content comes after those that were met before.
            index = writer.coded.len();
            let range = writer.range(start);
            writer.coded.push(Coded::known(range, Vec::new()));
            let content = base.as_ref().and_then(|node| node.child(CONTENT));
            let nodes = content.map(|content| content.made().to_vec());
            writer.input.base.push(nodes);
            writer.input.begin_space(index.past(1));
            let outside = writer.begin_content(index);
            let size = writer.input.known().size;
            writer.end = if size == 0 { u64::MAX } else { size };
            writer.file = (0, writer.end);
            let mut frame = Frame::of_level(Vec::new(), false, 0);
            frame.values = first;
            writer.frames.push(frame);
            let file = writer.file;
            let result = writer.write_inside(what, order, given, file);
            let result = result.and_then(|()| writer.finish_write(given, false));
            let frame = writer.frames.pop().unwrap_or_default();
            last = frame.values;
            let (at, size) = (writer.at, writer.input.end_of_written());
            writer
                .input
                .learn_sizes(|sizes| (sizes.inline, sizes.size) = (at, size));
            writer.keep_content();
            writer.input.base.pop();
            writer.at = writer.input.end_of_written();
            let mut content = Node::new(CONTENT, writer.range(0)).role(Role::View);
            content = content.with_children(frame.nodes);
            content.is_joined = true;
            writer.leave(outside);
            let bytes = writer.input.end_space();
            if let Some(coded) = writer.coded.get_mut(index) {
                *coded = Coded::known(range, bytes);
            }
            writer.push(content)?;
            result
        })?;
        let content = self.content(index);
        let kept = base.and_then(|node| self.kept_content(&node, &content));
        let bytes = match kept {
            Some(bytes) => bytes,
            None => self.coded_bytes(item, &content)?,
        };
        self.put(&bytes)?;
        let size = self.settle_size(item, start, bytes.len() as u64)?;
        let range = self.range(start);
        debug_assert_eq!(range.size, size);
        if let Some(coded) = self.coded.get_mut(index) {
            *coded = Coded::known(range, content.to_vec());
        }
        if let Some(frame) = self.frames.last_mut() {
            if is_joined {
                frame.values = last;
            }
            if let Some(node) = frame.nodes.last_mut() {
                node.range = range;
                node.role = Role::Data;
                node.content = u32::try_from(index).ok();
                node.is_joined = is_joined;
                if is_joined {
                    node.name = "coded".into();
                }
            }
        }
        Ok(())
    }

    /// Settles the length of coded bytes from `start` on: they are filled up to the format's, or the length is learned.
    /// Answers it.
    fn settle_size(&mut self, item: &'p Item, start: u64, size: u64) -> Result<u64, DataError> {
        match &item.count {
            Some(Count::Number(n)) => {
                let Some(fill) = n.checked_sub(size) else {
                    let message = format!("the region has {n} bytes, what is in it coded {size}");
                    return Err(DataError::other(message));
                };
                self.fill(fill)?;
                self.put(&vec![0; usize::try_from(fill).unwrap_or(0)])?;
                Ok(*n)
            }
            Some(Count::Computed(expression)) => {
                let segment = self.segment(item);
                let stop = self.at;
                // Its length is computed where it begins.
                self.at = start;
                self.settle(expression, size, "length")
                    .map_err(|e| e.within(segment))?;
                self.at = stop;
                Ok(size)
            }
            _ => Ok(size),
        }
    }

    /// The coded bytes of the base in the place of the next ones: unnamed ones are found by their index.
    fn base_coded(&self, item: &Item, is_joined: bool) -> Option<Node> {
        if !is_joined {
            return self
                .base_of(item.name.as_deref().unwrap_or_default())
                .cloned();
        }
        let is_coded = |node: &&Node| node.is_joined && node.content.is_some();
        let done = self.frames.last()?.nodes.iter().filter(is_coded).count();
        let nodes = self.input.base.last()?.as_ref()?;
        nodes.iter().filter(is_coded).nth(done).cloned()
    }

    /// Encodes bytes.
    pub(in crate::structs::whole) fn coded_bytes(
        &mut self,
        item: &'p Item,
        content: &[u8],
    ) -> Result<Vec<u8>, DataError> {
        let steps = self.steps(&item.codecs)?;
        coding::encode(&steps, content).map_err(|e| DataError::other(e.to_string()))
    }

    /// Notes the content of the coded bytes from `start` on.
    pub(in crate::structs::whole) fn add_content(
        &mut self,
        start: u64,
        content: Vec<u8>,
    ) -> Option<u32> {
        let index = u32::try_from(self.coded.len()).ok();
        self.coded.push(Coded::known(self.range(start), content));
        index
    }

    /// The content of the base's field of that name.
    pub(in crate::structs::whole) fn content_of_base(&self, name: &str) -> Option<Vec<u8>> {
        let index = self.base_of(name)?.content?;
        let content = self.input.base_contents.get(index as usize)?;
        Some(content.to_vec())
    }

    /// The coded bytes of the base, where they have the same content.
    fn kept_content(&self, node: &Node, content: &[u8]) -> Option<Vec<u8>> {
        let index = node.content?;
        let base = self.input.base_contents.get(index as usize)?;
        let bytes = self.input.bytes_of_base(node.range)?;
        (**base == *content).then(|| bytes.to_vec())
    }

    /// Copies the bytes of the base's content between fields, and after them where the format doesn't cover them.
    fn keep_content(&mut self) {
        let Some(nodes) = self.input.base.last().and_then(Option::as_ref) else {
            return;
        };
        let rest = nodes.iter().find(|node| node.name == "rest");
        // Where fields at offsets follow, the bytes before them belong to the gaps between.
        let from = rest.map_or(u64::MAX, |rest| rest.range.offset);
        let fields = nodes.iter().filter(|node| node.name != "rest");
        let is_placed = fields.map(reach).max().is_some_and(|end| end > from);
        let tail = rest.filter(|_| !is_placed);
        let tail = tail.and_then(|rest| Some(self.input.bytes_of_base(rest.range)?.to_vec()));
        let space = nodes.first().map(|node| node.range.space);
        let base = space
            .and_then(|space| space.stream_index())
            .and_then(|index| self.input.base_contents.get(index as usize));
        if let Some(base) = base.cloned() {
            if is_placed {
                let end = self.input.bytes.len();
                self.input.append(base.get(end..).unwrap_or_default());
            }
            self.keep_gaps(&base);
        }
        if let Some(tail) = tail {
            self.input.append(&tail);
        }
    }
}

/// The end of a node and of its children at offsets, in its space.
fn reach(node: &Node) -> u64 {
    let inside = node.made().iter();
    let inside = inside.filter(|child| child.range.space == node.range.space);
    inside.map(reach).max().unwrap_or(0).max(node.range.end())
}
