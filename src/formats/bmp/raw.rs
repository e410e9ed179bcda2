//! A header as it stands in the file: its fields by name, read and shown through the engine.

use std::io;

use crate::source::Source;
use crate::structs::{FromField, Struct};
use crate::tree::{Node, Range, Role, Space};
use crate::value::{Record, Value};

use super::layout::Layout;

/// The fields of a structure, as many as the file holds of it.
#[derive(Clone, Debug)]
pub struct RawHeader {
    layout: &'static Layout,
    declared: u64,
    offset: u64,
    bytes: Vec<u8>,
    /// The fields that are there; `None` where not even the first is.
    cut: Option<&'static Struct>,
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
        Ok(RawHeader {
            layout,
            declared,
            offset,
            cut: layout.cut(bytes.len() as u64),
            bytes,
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

    /// The field of that name; `None` where the header ends before it.
    pub fn get<'a, T: FromField<'a>>(&'a self, name: &str) -> Option<T> {
        self.cut?.view(&self.bytes).ok()?.get(name).ok()
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
        self.get(name).unwrap_or(0)
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
        self.get(name).unwrap_or_default()
    }

    /// The bytes of a field with another value; `None` where there is no such field, or it can't
    /// hold that.
    pub(super) fn with(&self, name: &str, value: &Value) -> Option<Vec<u8>> {
        let cut = self.layout.cut(self.bytes.len() as u64)?;
        let size = usize::try_from(cut.size()?).ok()?;
        let record = cut.unpack(self.bytes.get(..size)?).ok()?;
        let fields = record.entries().map(|(field, old)| {
            let value = if field == name { value } else { old };
            (field, value.clone())
        });
        let bytes = cut.pack(&fields.collect::<Record>()).ok()?;
        let range = self.layout.range(name, 0)?;
        let start = usize::try_from(range.offset).ok()?;
        let end = usize::try_from(range.end()).ok()?;
        Some(bytes.get(start..end)?.to_vec())
    }

    /// A node with one leaf a field, and one for what is left of a field that the file cuts.
    pub(super) fn node(&self) -> io::Result<Node> {
        let mut fields = Vec::new();
        let mut end = 0;
        if let Some(cut) = self.cut {
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
