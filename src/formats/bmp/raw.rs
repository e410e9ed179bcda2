//! A header as it stands in the file: its fields by name, read and shown through the engine.

use std::io;

use crate::source::Source;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Record;

use super::layout::Layout;

/// The fields of a structure, as many as the file holds of it.
#[derive(Clone, Debug)]
pub struct RawHeader {
    layout: &'static Layout,
    declared: u64,
    offset: u64,
    bytes: Vec<u8>,
    fields: Record,
}

impl RawHeader {
    /// Reads the first `size` bytes of a structure that begins at `offset`, or what the source
    /// has of them.
    pub(super) fn read(
        source: &Source,
        layout: &'static Layout,
        offset: u64,
        size: u64,
    ) -> io::Result<RawHeader> {
        let declared = size.min(layout.size());
        let bytes = source.read(offset, declared)?;
        let fields = match layout.cut(bytes.len() as u64) {
            Some(cut) => cut.unpack_prefix(&bytes).map_err(io::Error::other)?.0,
            None => Record::default(),
        };
        Ok(RawHeader {
            layout,
            declared,
            offset,
            bytes,
            fields,
        })
    }

    /// The name of the structure: `file_header`, `dib_header`…
    pub fn name(&self) -> &'static str {
        self.layout.name()
    }

    /// Its layout.
    pub fn layout(&self) -> &'static Layout {
        self.layout
    }

    /// The values by name.
    pub fn fields(&self) -> &Record {
        &self.fields
    }

    /// The bytes of the file that it takes.
    pub fn range(&self) -> Range {
        Range::file(self.offset, self.bytes.len() as u64)
    }

    /// How many bytes it should have.
    pub fn declared(&self) -> u64 {
        self.declared
    }

    /// Whether the file holds all of it.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.declared
    }

    /// The bytes of one field; all of the structure where it has no such field.
    pub fn field_range(&self, name: &str) -> Range {
        let field = self.layout.range(name, self.offset);
        field.unwrap_or_else(|| self.range())
    }

    /// The integer of that name; 0 where the header ends before it, as OS/2 2.x rules.
    pub fn int(&self, name: &str) -> i64 {
        let value = self.fields.get(name).and_then(|value| value.as_int());
        value.and_then(|n| i64::try_from(n).ok()).unwrap_or(0)
    }

    /// The same as an unsigned number; a negative one is 0.
    pub fn uint(&self, name: &str) -> u32 {
        u32::try_from(self.int(name)).unwrap_or(0)
    }

    /// The same as an unsigned 16-bit number.
    pub(super) fn short(&self, name: &str) -> u16 {
        u16::try_from(self.int(name)).unwrap_or(0)
    }

    /// The bytes of that name; empty where they are missing.
    pub fn bytes(&self, name: &str) -> &[u8] {
        let value = self.fields.get(name).and_then(|value| value.as_bytes());
        value.unwrap_or_default()
    }

    /// A node with one leaf a field, and one for what is left of a field that the file cuts.
    pub(super) fn node(&self) -> io::Result<Node> {
        let mut fields = Vec::new();
        let mut end = 0;
        if let Some(cut) = self.layout.cut(self.bytes.len() as u64) {
            end = cut.size().unwrap_or(0);
            fields = cut
                .nodes(&self.bytes, Space::FILE, self.offset)
                .map_err(io::Error::other)?;
        }
        let rest = (self.bytes.len() as u64).saturating_sub(end);
        if rest > 0 {
            let range = Range::file(self.offset.saturating_add(end), rest);
            fields.push(
                Node::new("cut", range)
                    .role(Role::Gap)
                    .meaning("the beginning of a field that the end of the file cuts off"),
            );
        }
        Ok(Node::new(self.name(), self.range()).with_children(fields))
    }
}
