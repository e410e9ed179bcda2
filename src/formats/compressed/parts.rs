//! What a frame is taken apart with: structures one after the other, as far as its bytes go.

use std::io;
use std::sync::Arc;

use super::CHECKSUM;
use super::frames::{Blocks, range};
use crate::tree::{Node, Range, Role, Space};
use crate::{Source, Struct};

/// The most bytes that a header without a fixed size takes.
const MOST: u64 = 4096;

/// The parts of a frame or a block so far.
pub(super) struct Parts<'a> {
    pub(super) source: &'a Source,
    /// Where the next part begins.
    pub(super) at: u64,
    /// Where the frame ends.
    pub(super) end: u64,
    /// Whether the frame was read to its end, so that what ends it is at its end.
    pub(super) is_whole: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) meaning: Option<String>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(source: &'a Source, at: u64, end: u64, is_whole: bool) -> Parts<'a> {
        Parts {
            source,
            at,
            end,
            is_whole,
            nodes: Vec::new(),
            meaning: None,
        }
    }

    /// The next bytes, which stay where they are.
    pub(super) fn ahead(&self, size: u64) -> io::Result<Vec<u8>> {
        self.source.read(self.at, size.min(self.left()))
    }

    pub(super) fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    pub(super) fn push(&mut self, node: Node) {
        self.at = node.range.end();
        self.nodes.push(node);
    }

    /// A structure, as a node with its fields; answers its bytes, or `None` where the frame ends in it.
    pub(super) fn header(
        &mut self,
        name: &'static str,
        layout: &Struct,
    ) -> io::Result<Option<Vec<u8>>> {
        let start = self.at;
        let before = self.nodes.len();
        let bytes = self.fields(layout)?;
        let fields = self.nodes.split_off(before);
        let node = Node::new(name, range(start, self.at));
        self.nodes.push(node.with_children(fields));
        Ok(bytes)
    }

    /// The fields of a structure, without a node around them.
    pub(super) fn fields(&mut self, layout: &Struct) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = self.ahead(layout.size().unwrap_or(MOST))?;
        let (nodes, error) = layout.nodes_so_far(&bytes, Space::FILE, self.at);
        let end = nodes.last().map_or(self.at, |node| node.range.end());
        let size = end.saturating_sub(self.at);
        self.nodes.extend(nodes);
        self.at = end;
        if error.is_some() {
            self.rest();
            return Ok(None);
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(Some(bytes))
    }

    /// As many bytes of data, or those that there are of them; answers whether there are all.
    pub(super) fn data(&mut self, size: u64) -> bool {
        let there = size.min(self.left());
        if there > 0 {
            self.push(Node::new("data", Range::file(self.at, there)).role(Role::Data));
        }
        there == size
    }

    /// Blocks up to `end`.
    pub(super) fn blocks(&mut self, end: u64, parts: fn(&mut Parts<'_>) -> io::Result<bool>) {
        let blocks = Blocks {
            source: self.source.clone(),
            start: self.at,
            end,
            parts,
        };
        if self.at < end {
            let node = Node::new("blocks", range(self.at, end));
            self.push(node.with_children_on_demand(Arc::new(blocks)));
        }
    }

    /// What is left of the frame, where it is something.
    pub(super) fn rest(&mut self) {
        if self.left() > 0 {
            self.push(Node::new("unread", range(self.at, self.end)).role(Role::Gap));
        }
    }

    /// The last node, or a child of it.
    pub(super) fn last(&mut self, child: &str) -> Option<&mut Node> {
        let last = self.nodes.last_mut()?;
        match last.name == child {
            true => Some(last),
            false => {
                let mut children = last.children_mut().iter_mut();
                children.find(|node| node.name == child)
            }
        }
    }

    /// Compares the checksum in the last node with what it should be.
    pub(super) fn check(&mut self, field: &str, expected: u32) {
        let Some(node) = self.last(field) else { return };
        let found = node.value.as_ref().and_then(crate::Value::as_int);
        node.hex = true;
        if found != Some(i128::from(expected)) {
            let message = format!("expected {expected:#x}, the checksum of what is before it");
            let problem = CHECKSUM.problem(node.range, message);
            node.problems.push(problem);
        }
    }
}

/// Names of values: of a field, of a number, its name.
pub(super) type Names = [(&'static str, i128, &'static str)];

/// Gives fields the names of their values.
pub(super) fn name(nodes: &mut [Node], names: &Names) {
    for node in nodes {
        if let Some(value) = node.value.as_ref().and_then(crate::Value::as_int) {
            let mut named = names.iter();
            let found = named.find(|(field, number, _)| node.name == *field && value == *number);
            node.meaning = found.map(|(.., meaning)| (*meaning).to_owned());
        }
        node.hex |= node.range.bits.is_none()
            && matches!(&*node.name, "magic" | "checksum" | "crc32" | "adler32");
        name(node.children_mut(), names);
    }
}

#[expect(
    clippy::expect_used,
    reason = "built of constants; tests compile every one"
)]
pub(super) fn compiled(format: &str) -> Struct {
    Struct::new(format).expect("a header is a valid format")
}
