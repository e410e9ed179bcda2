//! The tree of a struct: each field with its bytes and its value.

mod arrays;
mod format_facts;
mod from_values;
mod input;
mod items;
mod leaf;
mod mismatch;
mod of_struct;

use std::sync::Arc;

use smallvec::SmallVec;

use super::Struct;
use super::count::evaluate;
use super::error::{DataError, DataErrorKind};
use super::leb128;
use super::plan::{Body, Count, Element, Field, Repeat};
use super::unpack::{Empty, no_nul, padding, pascal, slot_value, wide_leb128};
use crate::Source;
use crate::offset::Position;
use crate::tree::{Name, Node, Range, Role, Space};
use crate::value::{Bytes, Value};

pub(crate) use format_facts::DescentStep;
pub(crate) use input::Input;
pub(crate) use input::Window;
use leaf::{bit_nodes, format_of, wrong_constant};

pub use crate::tree::{MAX_VALUE, MAX_VALUES};

/// The memory of a node without its value, in bytes, about.
const NODE: u64 = 512;

/// The memory of a value in a list, in bytes.
const ITEM: u64 = size_of::<Value>() as u64;

/// The longest value, in bytes, that a node holds whatever the budget.
const SHORT: u64 = 256;

/// Bytes that are searched at a time for the NUL of a long string.
const STEP: u64 = 64 << 10;

struct Builder<'a, I> {
    input: I,
    /// From the start of the struct.
    at: u64,
    slots: SmallVec<[i128; 4]>,
    empty: Empty,
    space: Space,
    base: u64,
    /// The indexes of the fields that lead to the current level.
    trail: Vec<usize>,
    /// Bytes of memory that values and nodes may still take.
    budget: u64,
    /// The struct and its source, where items can be made on demand.
    from: Option<(&'a Arc<Struct>, Source)>,
}

/// Nodes go to the vector that is handed in, so that those before an error are kept.
impl<'a, I: Input> Builder<'a, I> {
    fn new(layout: &Struct, input: I, space: Space, base: u64) -> Builder<'a, I> {
        Builder {
            budget: match input.max_value() {
                u64::MAX => u64::MAX,
                _ => MAX_VALUES,
            },
            input,
            at: 0,
            slots: SmallVec::from_elem(0, layout.plan.slots),
            empty: Empty::default(),
            space,
            base,
            trail: Vec::new(),
            from: None,
        }
    }

    fn all(mut self, layout: &Struct) -> (Vec<Node>, Option<DataError>, u64) {
        let mut nodes = Vec::new();
        let result = self.body(&layout.plan.body, &mut nodes);
        let end = self.base.past(self.at);
        (nodes, result.err().map(|e| e.moved(self.base)), end)
    }

    fn body(&mut self, body: &Body, nodes: &mut Vec<Node>) -> Result<(), DataError> {
        let before = self.at;
        for (index, field) in body.fields.iter().enumerate() {
            self.trail.push(index);
            let result = self.field(field, nodes);
            self.trail.pop();
            result?;
        }
        self.empty.fields(body, before, self.at)
    }

    fn field(&mut self, field: &Field, nodes: &mut Vec<Node>) -> Result<(), DataError> {
        let end = self.at;
        if field.align != 1 {
            let padding = padding(self.at, field.align);
            self.skip(padding).map_err(|e| e.within(field.segment(0)))?;
        }
        let start = self.at;
        if start > end {
            nodes.push(Node::new("padding", self.range(end)).role(Role::Padding));
        }
        let name = |i: u64| match &field.name {
            Some(name) => Name::from(name.clone()),
            None => Name::item(field.index(i)),
        };
        let within = |i: u64| move |e: DataError| e.within(field.segment(i));
        match (&field.element, &field.repeat) {
            (Element::Align, _) => {}
            (Element::Pad(count), _) => {
                let n = self.count(count).map_err(within(0))?;
                self.skip(n).map_err(within(0))?;
                let label = field.name.clone().map(Name::from);
                let label = label.unwrap_or_else(|| "padding".into());
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
            (Element::Group(body), Repeat::Array(count)) => {
                self.groups(field, body, count, name(0), nodes)
                    .map_err(within(0))?;
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
        name: Name,
        nodes: &mut Vec<Node>,
    ) -> Result<(), DataError> {
        let start = self.at;
        match element {
            // A group of bit fields alone is one leaf, the integer, with views of it.
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
                    self.spend(NODE);
                    nodes.push(Node::new(name, self.range(start)).with_children(children));
                }
                result?;
            }
            Element::Bits(bits) => {
                let integer = bits.integer;
                let raw = integer.read_bits(self.take(u64::from(integer.size))?);
                for bit in &bits.fields {
                    if let Some(slot) = bit.slot {
                        self.remember(slot, &bit.extract(raw, bits.signed()))?;
                    }
                }
                let range = self.range(start);
                let mut node = Node::new("bits", range).value(raw);
                node.format = Some(integer.format());
                node.hex = field.hex;
                if let Some(constant) = &field.constant {
                    let expected = Value::from(integer.read_bits(&constant.bytes));
                    node.problems
                        .extend(wrong_constant(&expected, &Value::from(raw), range));
                }
                self.spend(NODE.saturating_mul(bits.fields.len() as u64));
                nodes.push(node.with_children(bit_nodes(bits, raw, range)));
            }
            element => {
                let value = self.value(element)?;
                if let (Some(slot), Some(value)) = (field.slot, &value) {
                    self.remember(slot, value)?;
                }
                let range = self.range(start);
                let mut node = Node::new(name, range);
                node.format = format_of(element, range.size);
                node.hex = field.hex;
                if let (Some(constant), Some(value)) = (&field.constant, &value) {
                    node.problems
                        .extend(wrong_constant(&constant.value, value, range));
                }
                self.spend(NODE.saturating_add(match &value {
                    Some(Value::Bytes(bytes)) => bytes.len() as u64,
                    _ => 0,
                }));
                node.value = value;
                nodes.push(node);
            }
        }
        Ok(())
    }

    /// The value of one element, where it is not too long to be kept.
    fn value(&mut self, element: &Element) -> Result<Option<Value>, DataError> {
        Ok(Some(match element {
            Element::Scalar(scalar) => scalar.read(self.take(u64::from(scalar.size))?),
            Element::Bytes(count) => {
                let n = self.count(count)?;
                if n > self.longest() {
                    self.skip(n)?;
                    return Ok(None);
                }
                Value::Bytes(Bytes::from(self.take(n)?))
            }
            Element::Pascal(count) => {
                /// The most that a length byte can count, and the byte itself.
                const MOST: u64 = 256;
                let n = self.count(count)?;
                let start = self.at;
                self.skip(n)?;
                Value::Bytes(Bytes::from(pascal(self.input.bytes(start, n.min(MOST)))))
            }
            Element::CString => {
                let n = self.before_nul()?;
                if n > self.longest() {
                    self.skip(n.past(1))?;
                    return Ok(None);
                }
                let text = Value::Bytes(Bytes::from(self.take(n)?));
                self.skip(1)?;
                text
            }
            Element::Leb128 { signed } => {
                let bytes = self.input.bytes(self.at, leb128::MAX_GROUPS as u64);
                match leb128::read(bytes, *signed) {
                    Ok((value, taken)) => {
                        self.skip(taken as u64)?;
                        value
                    }
                    Err(leb128::Leb128Error::Short) => {
                        let needed = self.remaining().past(1);
                        return Err(self.short(self.at, needed));
                    }
                    Err(leb128::Leb128Error::Wide) => return Err(wide_leb128().at(self.at)),
                }
            }
            // These become nodes of their own.
            Element::Group(_) | Element::Bits(_) | Element::Pad(_) | Element::Align => {
                return Ok(None);
            }
        }))
    }

    fn remaining(&self) -> u64 {
        self.input.end().since(self.at)
    }

    /// The longest value that is kept now.
    fn longest(&self) -> u64 {
        self.input.max_value().min(self.budget.max(SHORT))
    }

    fn spend(&mut self, bytes: u64) {
        if self.budget != u64::MAX {
            self.budget = self.budget.saturating_sub(bytes);
        }
    }

    /// The next `n` bytes, which are not many.
    fn take(&mut self, n: u64) -> Result<&[u8], DataError> {
        let at = self.at;
        self.skip(n)?;
        Ok(self.input.bytes(at, n))
    }

    fn skip(&mut self, n: u64) -> Result<(), DataError> {
        if n > self.remaining() {
            return Err(self.short(self.at, n));
        }
        self.at.advance(n);
        Ok(())
    }

    fn short(&self, at: u64, needed: u64) -> DataError {
        let end = self.input.end();
        DataError::new(DataErrorKind::Short { needed, end }).at(at)
    }

    /// How many bytes come before the next NUL.
    fn before_nul(&mut self) -> Result<u64, DataError> {
        let mut at = self.at;
        loop {
            let bytes = self.input.bytes(at, STEP);
            if bytes.is_empty() {
                return Err(no_nul().at(self.at));
            }
            if let Some(length) = memchr::memchr(0, bytes) {
                let end = at.past(length as u64);
                return Ok(end.since(self.at));
            }
            at.advance(bytes.len() as u64);
        }
    }

    fn remember(&mut self, slot: u32, value: &Value) -> Result<(), DataError> {
        let n = slot_value(value)?;
        if let Some(kept) = self.slots.get_mut(slot as usize) {
            *kept = n;
        }
        Ok(())
    }

    fn count(&self, count: &Count) -> Result<u64, DataError> {
        match count {
            Count::Fixed(n) => Ok(*n),
            Count::Rest => Ok(self.remaining()),
            Count::Computed(expression) => {
                let value = |slot: u32| self.slots.get(slot as usize).copied();
                evaluate(expression, value).map_err(|e| e.at(self.at))
            }
        }
    }

    /// The range from `start` to the current position.
    fn range(&self, start: u64) -> Range {
        let size = self.at.since(start);
        Range::new(self.space, self.base.past(start), size)
    }
}

#[cfg(test)]
mod tests;
