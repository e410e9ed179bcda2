//! The tree of a struct: each field with its bytes and its value.

use std::borrow::Cow;

use super::Struct;
use super::error::{DataError, Segment};
use super::plan::{Bits, Body, Count, Element, Field, Repeat};
use super::unpack::{Cursor, in_both_bases, same};
use crate::tree::{Node, Problem, Range, Role, Severity, Space};
use crate::value::Value;

impl Struct {
    /// The fields of the struct at the front of `data` as nodes, in order; every byte of the
    /// struct has one leaf. The ranges lie in `space` and are counted from `offset`.
    ///
    /// A constant that differs is a [problem](Problem) of its node, with the code `S001`: a tree
    /// is for looking at what is wrong, too.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::tree::Space;
    ///
    /// let header = Struct::new("<2s:magic I:size")?;
    /// let nodes = header.nodes(b"BM\x36\0\0\0", Space::FILE, 100)?;
    /// assert_eq!(nodes[1].name, "size");
    /// assert_eq!(nodes[1].range.offset, 102);
    /// assert_eq!(nodes[1].format.as_deref(), Some("<I"));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack`], but bytes left over are none, and neither is a constant that
    /// differs.
    pub fn nodes(&self, data: &[u8], space: Space, offset: u64) -> Result<Vec<Node>, DataError> {
        match self.nodes_so_far(data, space, offset) {
            (nodes, None) => Ok(nodes),
            (_, Some(error)) => Err(error),
        }
    }

    /// The same for data that may not fit: the fields that could be read, and what is wrong with
    /// the one behind them.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::tree::Space;
    ///
    /// let header = Struct::new("<2s:magic (I:size 2H):sizes")?;
    /// let (nodes, error) = header.nodes_so_far(b"BM\x36\0\0\0\x01", Space::FILE, 0);
    /// assert_eq!(nodes[1].child("size").unwrap().range.offset, 2);
    /// assert_eq!(error.unwrap().offset(), Some(6));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn nodes_so_far(
        &self,
        data: &[u8],
        space: Space,
        offset: u64,
    ) -> (Vec<Node>, Option<DataError>) {
        let mut builder = Builder {
            cursor: Cursor::new(data, &self.plan),
            space,
            base: offset,
        };
        let mut nodes = Vec::new();
        let result = builder.body(&self.plan.body, &mut nodes);
        (nodes, result.err().map(|e| e.moved(offset)))
    }
}

struct Builder<'d> {
    cursor: Cursor<'d>,
    space: Space,
    base: u64,
}

/// What is built stands in the vector that is handed in, also where an error ends it.
impl Builder<'_> {
    fn body(&mut self, body: &Body, nodes: &mut Vec<Node>) -> Result<(), DataError> {
        let before = self.cursor.offset();
        for field in &body.fields {
            self.field(field, nodes)?;
        }
        self.cursor.note_fields(body, before)
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
                self.element(field, element, name(0), nodes)
                    .map_err(within(0))?;
            }
            (element, Repeat::Inline(n)) => {
                for i in 0..*n {
                    self.element(field, element, name(i), nodes)
                        .map_err(within(i))?;
                }
            }
            (element, Repeat::Array(count)) => {
                self.array(field, element, count, name(0), nodes)
                    .map_err(within(0))?;
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        field: &Field,
        element: &Element,
        name: Cow<'static, str>,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let start = self.cursor.offset();
        match element {
            // Bit fields alone are the integer's own: one leaf, and views of it.
            Element::Group(body) if body.is_bits => {
                self.body(body, nodes)?;
                if let Some(bits) = nodes.last_mut() {
                    bits.name = name;
                }
            }
            Element::Group(body) => {
                let mut children = Vec::new();
                let result = self.body(body, &mut children);
                if result.is_ok() || !children.is_empty() {
                    nodes.push(Node::new(name, self.range(start)).with_children(children));
                }
                result?;
            }
            Element::Bits(bits) => {
                let raw = self.cursor.raw_bits(bits)?;
                let range = self.range(start);
                let mut node = Node::new("bits", range).value(raw);
                node.format = Some(bits.integer.format().into());
                node.hex = field.hex;
                if let Some(constant) = &field.constant {
                    let expected = Value::from(bits.integer.read_bits(&constant.bytes));
                    node.problems
                        .extend(wrong_constant(&expected, &Value::from(raw), range));
                }
                nodes.push(node.with_children(bit_nodes(bits, raw, range)));
            }
            element => {
                let value = self.cursor.element(element)?;
                if let Some(slot) = field.slot {
                    self.cursor.remember(slot, &value)?;
                }
                let range = self.range(start);
                let mut node = Node::new(name, range);
                node.format = format_of(element, range.size).map(Cow::Owned);
                node.hex = field.hex;
                if let Some(constant) = &field.constant {
                    node.problems
                        .extend(wrong_constant(&constant.value, &value, range));
                }
                nodes.push(node.value(value));
            }
        }
        Ok(())
    }

    /// Groups become a node each; an array of scalars is one leaf.
    fn array(
        &mut self,
        field: &Field,
        element: &Element,
        count: &Count,
        name: Cow<'static, str>,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let start = self.cursor.offset();
        if !matches!(element, Element::Group(_)) {
            let items = self.cursor.array(count, element)?;
            let mut node = Node::new(name, self.range(start));
            node.hex = field.hex;
            if let Some(size) = element.size() {
                let format = format_of(element, size);
                node.format = format.map(|format| array_format(&format, items.len()).into());
            }
            nodes.push(node.value(Value::List(items)));
            return Ok(());
        }
        let mut children = Vec::new();
        let result = self.groups(field, element, count, &mut children);
        if result.is_ok() || !children.is_empty() {
            nodes.push(Node::new(name, self.range(start)).with_children(children));
        }
        result
    }

    fn groups(
        &mut self,
        field: &Field,
        element: &Element,
        count: &Count,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let n = match count {
            Count::Rest => u64::MAX,
            count => self.cursor.count(count)?,
        };
        for i in 0..n {
            let before = self.cursor.offset();
            if matches!(count, Count::Rest) && self.cursor.remaining() == 0 {
                break;
            }
            let name = Cow::Owned(i.to_string());
            let nested = |e: DataError| e.within(Segment::Item(i));
            self.element(field, element, name, nodes).map_err(nested)?;
            self.cursor.note_progress(before).map_err(nested)?;
        }
        Ok(())
    }

    /// From `start` to where the cursor stands.
    fn range(&self, start: usize) -> Range {
        let size = self.cursor.offset().saturating_sub(start) as u64;
        Range::new(self.space, self.base.saturating_add(start as u64), size)
    }
}

/// What is wrong with a field that should be constant.
fn wrong_constant(expected: &Value, found: &Value, range: Range) -> Option<Problem> {
    (!same(expected, found)).then(|| {
        let (expected, found) = in_both_bases(expected, found);
        let message = format!("expected {expected}, found {found}");
        Problem::new("S001", Severity::Error, range, message)
    })
}

/// The format of one element of `size` bytes that stands alone; none for what has fields of its
/// own.
fn format_of(element: &Element, size: u64) -> Option<String> {
    Some(match element {
        Element::Scalar(scalar) => scalar.format(),
        Element::Bytes(_) => format!("{size}s"),
        Element::Pascal(_) => format!("{size}p"),
        Element::CString => "z".to_owned(),
        Element::Leb128 { signed: true } => "v".to_owned(),
        Element::Leb128 { signed: false } => "V".to_owned(),
        _ => return None,
    })
}

/// The format of an array of `n` elements of a format.
fn array_format(element: &str, n: usize) -> String {
    match element.strip_prefix(['<', '>', '@']) {
        Some(code) => {
            let order = element.get(..1).unwrap_or_default();
            format!("{order}[{n}]{code}")
        }
        None => format!("[{n}]({element})"),
    }
}

fn bit_nodes(bits: &Bits, raw: u128, range: Range) -> Vec<Node> {
    let format = bits.integer.format();
    let node = |bit: &super::plan::BitField| {
        let name = bit.name.as_ref().map_or(Cow::Borrowed("reserved"), |name| {
            Cow::Owned(name.to_string())
        });
        let range = Range {
            bits: Some(bit.range()),
            ..range
        };
        let mut node = Node::new(name, range)
            .role(Role::View)
            .value(bit.extract(raw, bits.signed()));
        node.format = Some(Cow::Owned(format.clone()));
        node
    };
    bits.fields.iter().map(node).collect()
}
