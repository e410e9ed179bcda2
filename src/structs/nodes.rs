//! The tree of a struct: each field with its bytes and its value.

use std::borrow::Cow;

use super::Struct;
use super::error::{DataError, Segment};
use super::plan::{Bits, Body, Count, Element, Field, Repeat};
use super::unpack::Cursor;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Value;

impl Struct {
    /// The fields of the struct at the front of `data` as nodes, in order; every byte of the
    /// struct has one leaf. The ranges lie in `space` and are counted from `offset`.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::tree::Space;
    ///
    /// let header = Struct::new("<2s:magic I:size")?;
    /// let nodes = header.nodes(b"BM\x36\0\0\0", Space::FILE, 100)?;
    /// assert_eq!(nodes[1].name, "size");
    /// assert_eq!(nodes[1].range.offset, 102);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack`], but bytes left over are none, and neither is a constant that
    /// differs: a tree is for looking at what is wrong, too.
    pub fn nodes(&self, data: &[u8], space: Space, offset: u64) -> Result<Vec<Node>, DataError> {
        let mut builder = Builder {
            cursor: Cursor::new(data, &self.plan),
            space,
            base: offset,
        };
        builder.body(&self.plan.body).map_err(|e| e.moved(offset))
    }
}

struct Builder<'d> {
    cursor: Cursor<'d>,
    space: Space,
    base: u64,
}

impl Builder<'_> {
    fn body(&mut self, body: &Body) -> Result<Vec<Node>, DataError> {
        let before = self.cursor.offset();
        let mut nodes = Vec::with_capacity(body.fields.len());
        for field in &body.fields {
            self.field(field, &mut nodes)?;
        }
        self.cursor.note_fields(body, before)?;
        Ok(nodes)
    }

    fn field(&mut self, field: &Field, nodes: &mut Vec<Node>) -> Result<(), DataError> {
        let end = self.cursor.offset();
        self.cursor.begin(field)?;
        let start = self.cursor.offset();
        if start > end {
            nodes.push(Node::new("padding", self.range(end)).role(Role::Padding));
        }
        let name = |i: u64| match &field.name {
            Some(name) => Cow::Owned(name.to_string()),
            None => Cow::Owned(field.first.saturating_add(i).to_string()),
        };
        let within = |i: u64| move |e: DataError| e.within(field.segment(i));
        match (&field.element, &field.repeat) {
            (Element::Align, _) => {}
            (Element::Pad(count), _) => {
                let n = self.cursor.count(count).map_err(within(0))?;
                self.cursor.take(n).map_err(within(0))?;
                let label = field.name.as_ref().map(|name| Cow::Owned(name.to_string()));
                let label = label.unwrap_or(Cow::Borrowed("padding"));
                nodes.push(Node::new(label, self.range(start)).role(Role::Padding));
            }
            (element, Repeat::One) => {
                nodes.push(self.element(field, element, name(0)).map_err(within(0))?);
            }
            (element, Repeat::Inline(n)) => {
                for i in 0..*n {
                    nodes.push(self.element(field, element, name(i)).map_err(within(i))?);
                }
            }
            (element, Repeat::Array(count)) => {
                nodes.push(
                    self.array(field, element, count, name(0))
                        .map_err(within(0))?,
                );
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        field: &Field,
        element: &Element,
        name: Cow<'static, str>,
    ) -> Result<Node, DataError> {
        let start = self.cursor.offset();
        match element {
            // Bit fields alone are the integer's own: one leaf, and views of it.
            Element::Group(body) if body.is_bits => {
                let node = self.body(body)?.pop();
                let mut node = node.unwrap_or_else(|| Node::new("", self.range(start)));
                node.name = name;
                Ok(node)
            }
            Element::Group(body) => {
                let children = self.body(body)?;
                Ok(Node::new(name, self.range(start)).with_children(children))
            }
            Element::Bits(bits) => {
                let raw = self.cursor.bits(field, bits)?;
                let range = self.range(start);
                let node = Node::new("bits", range).value(raw);
                Ok(node.with_children(bit_nodes(bits, raw, range)))
            }
            element => {
                let value = self.cursor.element(element)?;
                if let Some(slot) = field.slot {
                    self.cursor.remember(slot, &value)?;
                }
                Ok(Node::new(name, self.range(start)).value(value))
            }
        }
    }

    /// Groups become a node each; an array of scalars is one leaf.
    fn array(
        &mut self,
        field: &Field,
        element: &Element,
        count: &Count,
        name: Cow<'static, str>,
    ) -> Result<Node, DataError> {
        let start = self.cursor.offset();
        if !matches!(element, Element::Group(_)) {
            let items = self.cursor.array(count, element)?;
            return Ok(Node::new(name, self.range(start)).value(Value::List(items)));
        }
        let n = match count {
            Count::Rest => u64::MAX,
            count => self.cursor.count(count)?,
        };
        let mut children = Vec::new();
        for i in 0..n {
            let before = self.cursor.offset();
            if matches!(count, Count::Rest) && self.cursor.remaining() == 0 {
                break;
            }
            let name = Cow::Owned(i.to_string());
            let nested = |e: DataError| e.within(Segment::Item(i));
            children.push(self.element(field, element, name).map_err(nested)?);
            self.cursor.note_progress(before).map_err(nested)?;
        }
        Ok(Node::new(name, self.range(start)).with_children(children))
    }

    /// From `start` to where the cursor stands.
    fn range(&self, start: usize) -> Range {
        let size = self.cursor.offset().saturating_sub(start) as u64;
        Range::new(self.space, self.base.saturating_add(start as u64), size)
    }
}

fn bit_nodes(bits: &Bits, raw: u128, range: Range) -> Vec<Node> {
    let node = |bit: &super::plan::BitField| {
        let name = bit.name.as_ref().map_or(Cow::Borrowed("reserved"), |name| {
            Cow::Owned(name.to_string())
        });
        let range = Range {
            bits: Some(bit.range()),
            ..range
        };
        Node::new(name, range)
            .role(Role::View)
            .value(bit.extract(raw, bits.signed()))
    };
    bits.fields.iter().map(node).collect()
}
