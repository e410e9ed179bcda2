//! Bit fields of an integer.

use super::super::encode;
use super::super::program::{Bits, Item, ItemKind};
use super::super::read::{BITS, Frame, Reader, scalar};
use super::LevelValues;
use super::output::Output;
use crate::offset::{Position, Tally};
use crate::structs::bits::{extract, mask};
use crate::structs::code::{self, Order};
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::structs::plan::Scalar;
use crate::tree::{BitRange, Node, Range, Role};
use crate::value::{Record, Value};

impl<'p> Reader<'p, Output> {
    /// The unnamed bit fields of the base in the place of the next ones.
    fn base_bits(&self) -> Option<&Node> {
        let joined = |nodes: &[Node]| nodes.iter().filter(|node| node.is_joined).count();
        let done = self.frames.last().map_or(0, |frame| joined(&frame.nodes));
        let nodes = self.input.base.last()?.as_ref()?;
        nodes.iter().filter(|node| node.is_joined).nth(done)
    }

    pub(in crate::structs::whole) fn write_bits(
        &mut self,
        item: &'p Item,
        order: Order,
        record: Option<&Record>,
    ) -> Result<(), DataError> {
        let little = order.is_little();
        let (scalar, bits): (Scalar, &'p Bits) = match &item.what {
            ItemKind::Bits(code, bits) => match scalar(code, order) {
                Some(scalar) => (scalar, bits),
                None => return Ok(()),
            },
            ItemKind::Wide {
                signed,
                bits: Some(bits),
            } => (self.wide(item, *signed, little)?, bits),
            _ => return Ok(()),
        };
        let start = self.at;
        let is_item = self.frames.last().is_some_and(Frame::is_of_array);
        // Unnamed ones are values of the outer level.
        let is_joined = item.name.is_none() && !is_item;
        let given = LevelValues { record };
        let mut raw = 0u128;
        let mut nodes = Vec::new();
        let is_signed = matches!(scalar.kind, code::Kind::Int { signed: true });
        let base = match item.name.as_deref() {
            Some(name) => self.base_of(name),
            None => self.base_bits(),
        };
        let base_raw = base.and_then(|node| match &node.value {
            Some(Value::Uint(n)) => Some(*n),
            value => value.as_ref()?.as_int().map(i128::cast_unsigned),
        });
        let constant = item.constant_bits(scalar.size);
        // Values in order may come without those that are constant.
        let is_left_out = is_joined && constant.is_some() && self.is_reduced();
        for (name, first, count) in bits.places(scalar.size, little) {
            let mask = mask(count.into());
            let stated = constant.map(|bits| bits.checked_shr(first).unwrap_or(0) & mask);
            let range = Range {
                bits: Some(BitRange {
                    first: u8::try_from(first).unwrap_or(u8::MAX),
                    count,
                }),
                ..Range::new(self.space, start, u64::from(scalar.size))
            };
            if name == "_" {
                let kept = base_raw.and_then(|raw| raw.checked_shr(first)).unwrap_or(0) & mask;
                let kept = stated.unwrap_or(kept);
                raw |= kept.checked_shl(first).unwrap_or(0);
                continue;
            }
            let frame = self.frames.last().filter(|_| is_joined);
            let index = frame.map_or(0, |frame| frame.values.since(frame.left_out));
            let within = |e: DataError| e.within(Segment::Name(name.into()));
            let value = given
                .get(Some(name), index.past(nodes.len() as u64))
                .filter(|_| !is_left_out)
                .map(encode::integer)
                .transpose()
                .map_err(within)?;
            let value = match (value, stated) {
                (Some(value), _) => Some(value),
                (None, Some(stated)) => Some(shown(stated, count, is_signed)),
                (None, None) => self.open(start, u8::try_from(first).ok()),
            };
            if let Some(value) = &value {
                let part = scalar.integer(value, is_signed, u32::from(count));
                let part = part.map_err(within)? & mask;
                if let Some(stated) = stated.filter(|stated| *stated != part) {
                    let kind = DataErrorKind::Constant {
                        expected: shown(stated, count, is_signed).to_string(),
                        found: value.to_string(),
                    };
                    return Err(within(DataError::new(kind)));
                }
                raw |= part.checked_shl(first).unwrap_or(0);
            }
            let mut node = Node::new(name.to_owned(), range).role(Role::View);
            node.value = value;
            nodes.push(node);
        }
        let mut bytes = Vec::new();
        scalar.write_bits(raw, &mut bytes);
        self.put(&bytes)?;
        let name = match is_joined {
            false => self.name(item),
            true => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.values.tally(nodes.len() as u64);
                    if is_left_out {
                        frame.left_out.tally(nodes.len() as u64);
                    }
                }
                BITS.into()
            }
        };
        let mut node = Node::new(name, self.range(start))
            .value(raw)
            .with_children(nodes);
        node.is_joined = is_joined;
        self.push(node)
    }
}

/// What so many bits are as the value of a field.
fn shown(bits: u128, count: u8, is_signed: bool) -> Value {
    extract(bits, BitRange { first: 0, count }, is_signed).into()
}
