//! A header as it is in the file: its fields by name, read and shown through the engine.

use std::io;

use super::regions::Part;
use crate::schema::{Field, Header};
use crate::source::Source;
use crate::structs::FromField;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Value;

/// The fields of a structure, as many as the file holds of it.
#[derive(Clone, Debug)]
pub struct RawHeader {
    part: Part,
    header: &'static Header,
    declared: u64,
    offset: u64,
    bytes: Vec<u8>,
}

impl RawHeader {
    /// Reads the first `size` bytes of a structure that begins at `offset`, or what the source
    /// has of them.
    pub(super) fn read(
        source: &Source,
        part: Part,
        header: &'static Header,
        offset: u64,
        size: u64,
    ) -> io::Result<RawHeader> {
        let declared = size.min(header.size());
        let bytes = source.read(offset, declared)?;
        Ok(RawHeader {
            part,
            header,
            declared,
            offset,
            bytes,
        })
    }

    /// The name of the structure: `file_header`, `dib_header`…
    pub fn name(&self) -> &'static str {
        self.part.name()
    }

    /// Which part of the file it is.
    pub fn part(&self) -> Part {
        self.part
    }

    /// What it is stated by.
    pub fn schema(&self) -> &'static Header {
        self.header
    }

    /// The field of that name; `None` where the header ends before it, or has none.
    pub fn get<'a, T: FromField<'a>>(&'a self, name: &str) -> Option<T> {
        let place = self.header.layout().single(name).ok()?;
        place.read(&self.bytes).ok()
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

    /// The value of a field; `None` where the header ends before it, or has none.
    pub(crate) fn value<'a, T: FromField<'a>>(&'a self, field: Field) -> Option<T> {
        self.header.get(&self.bytes, field)
    }

    /// The bytes of one field; all of the structure where it has no such field.
    pub(crate) fn field_range(&self, field: Field) -> Range {
        let range = self.header.range(field, self.offset);
        range.unwrap_or_else(|| self.range())
    }

    /// The bytes from a field to the end of another.
    pub(super) fn fields_range(&self, first: Field, last: Field) -> Range {
        let both = [first, last].map(|field| self.field_range(field));
        Range::hull(both).unwrap_or_else(|| self.range())
    }

    /// The integer in a field; 0 where the header ends before it, as OS/2 2.x rules.
    pub(super) fn int(&self, field: Field) -> i64 {
        self.header.get(&self.bytes, field).unwrap_or(0)
    }

    /// The same as an unsigned number; a negative one is 0.
    pub(crate) fn uint(&self, field: Field) -> u32 {
        u32::try_from(self.int(field)).unwrap_or(0)
    }

    /// The same as an unsigned 16-bit number.
    pub(super) fn short(&self, field: Field) -> u16 {
        u16::try_from(self.int(field)).unwrap_or(0)
    }

    /// The bytes of a field; empty where they are missing.
    pub(super) fn bytes(&self, field: Field) -> &[u8] {
        let bytes = self.header.bytes(&self.bytes, field);
        bytes.unwrap_or_default()
    }

    /// What the number in a field is called; `None` where it has no name.
    pub(super) fn name_of(&self, field: Field) -> Option<&'static str> {
        self.header.name_of(field, &self.int(field).into())
    }

    /// The bytes of a field with another value; `None` where the header ends before it, or it can't
    /// hold that.
    pub(super) fn with(&self, field: Field, value: &Value) -> Option<Vec<u8>> {
        let size = self.bytes.len() as u64;
        let bytes = self.header.pack(size, &[(field, value.clone())]).ok()?;
        self.header.bytes(&bytes, field).map(<[u8]>::to_vec)
    }

    /// A node with one leaf a field, and one for what is left of a field that the file cuts.
    pub(super) fn node(&self) -> Node {
        let mut fields = self.header.fields(&self.bytes, Space::FILE, self.offset);
        if let Some(cut) = fields.last_mut().filter(|node| node.role == Role::Gap) {
            let meaning = "the beginning of a field that the end of the file cuts off";
            cut.meaning = Some(meaning.to_owned());
        }
        Node::new(self.name(), self.range()).with_children(fields)
    }
}
