//! Where the fields of a format of whole files lie that has only fields of fixed size, and needs the interpreter for
//! its kinds alone.

use super::kinds::Kind;
use super::program::{Bits, Constant, Count, FieldContent, Item, ItemKind, Level, Program};
use super::read::scalar;
use crate::structs::code::{self, Order};
use crate::structs::compile::lcm;
use crate::structs::fixed::{FixedField, FixedType, PlaceCollector, of_scalar};
use crate::value::encoding::Encoding;

/// The most references to stored formats inside one another.
const MAX_DEPTH: usize = 64;

/// The fields with their offsets, and the size; `None` where only data can tell.
pub(in crate::structs) fn fixed(
    program: &Program,
    places: &mut PlaceCollector,
) -> Option<(Vec<FixedField>, usize)> {
    let mut walk = Walk {
        program,
        places,
        alignment: 1,
    };
    let (fields, _, size) = walk.level(&program.root, Order::Native, 0, 0)?;
    Some((fields, size))
}

struct Walk<'a> {
    program: &'a Program,
    places: &'a mut PlaceCollector,
    /// The common multiple of the alignments in the level, in bytes.
    alignment: u64,
}

impl Walk<'_> {
    /// The fields of a level that begins at `start` of the record, with offsets from there, how many
    /// values it has, and where it ends.
    fn level(
        &mut self,
        level: &Level,
        order: Order,
        start: usize,
        depth: usize,
    ) -> Option<(Vec<FixedField>, usize, usize)> {
        if depth > MAX_DEPTH {
            return None;
        }
        let order = level.order.unwrap_or(order);
        let (mut fields, mut at, mut values) = (Vec::new(), start, 0usize);
        for item in &level.items {
            at = self.item(item, order, (start, at), depth, &mut values, &mut fields)?;
        }
        Some((fields, values, at))
    }

    /// Adds the fields of an item; answers where it ends.
    fn item(
        &mut self,
        item: &Item,
        order: Order,
        (start, at): (usize, usize),
        depth: usize,
        values: &mut usize,
        into: &mut Vec<FixedField>,
    ) -> Option<usize> {
        let is_plain = item.each.is_none() && item.place.is_none() && item.codecs.is_empty();
        if !is_plain || item.key.is_some() {
            return None;
        }
        let number = match &item.count {
            None => None,
            Some(Count::Number(n)) => Some(usize::try_from(*n).ok()?),
            Some(_) => return None,
        };
        let count = number.filter(|_| !item.has_length());
        if count.is_some() && item.name.is_none() {
            return None;
        }
        let mut field = FixedField {
            key: match &item.name {
                Some(name) => name.to_string(),
                None => values.to_string(),
            },
            offset: 0,
            size: 0,
            count,
            what: FixedType::Bytes,
            kinds: item.kinds.clone(),
            little: order.is_little(),
            hex: item.hex,
        };
        let mut begin = at;
        match &item.what {
            ItemKind::Align(n) => {
                let to = n.of(order);
                self.alignment = lcm(self.alignment, to);
                return at.checked_next_multiple_of(usize::try_from(to).ok()?);
            }
            ItemKind::Code(code) if code.kind == code::Kind::Pad => {
                return at.checked_add(number.unwrap_or(1));
            }
            ItemKind::Code(code) if code.kind == code::Kind::Bytes => {
                field.size = number.unwrap_or(1);
            }
            ItemKind::Code(code) if code.kind == code::Kind::Pascal => {
                field.size = number.unwrap_or(1);
                field.what = FixedType::Pascal;
            }
            ItemKind::Code(code) => {
                let one = scalar(code, order)?;
                let (_, alignment) = order.size_and_alignment(code)?;
                self.alignment = lcm(self.alignment, u64::from(alignment));
                begin = at.checked_next_multiple_of(usize::from(alignment))?;
                field.size = usize::from(one.size);
                field.what = of_scalar(one);
            }
            ItemKind::Wide { signed, bits } => {
                field.size = number.filter(|n| (1..=16).contains(n))?;
                field.what = FixedType::Integer { signed: *signed };
                if let Some(bits) = bits {
                    return self.bits(item, &field, *signed, bits, (start, at), values, into);
                }
            }
            ItemKind::Bits(code, bits) => {
                let one = scalar(code, order)?;
                field.size = usize::from(one.size);
                let signed = matches!(one.kind, code::Kind::Int { signed: true });
                return self.bits(item, &field, signed, bits, (start, at), values, into);
            }
            ItemKind::Group(level) => {
                return self.group(item, field, level, order, (start, at), depth, values, into);
            }
            ItemKind::Format(name, parameters) if parameters.is_empty() => {
                let level = std::sync::Arc::clone(self.program.formats.get(name)?);
                return self.group(item, field, &level, order, (start, at), depth, values, into);
            }
            _ => return None,
        }
        field.offset = begin.checked_sub(start)?;
        match &item.is {
            FieldContent::Anything => {}
            FieldContent::Constant(constant)
                if count.is_none() && item.kinds.iter().all(keeps_bytes) =>
            {
                let bytes = constant_bytes(constant, item, order, &field)?;
                self.places.constant(field.offset, &bytes)?;
            }
            _ => return None,
        }
        let total = field.size.checked_mul(count.unwrap_or(1))?;
        self.places.add()?;
        *values = values.checked_add(1)?;
        into.push(field);
        begin.checked_add(total)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the places of a field, as in item"
    )]
    fn group(
        &mut self,
        item: &Item,
        mut field: FixedField,
        level: &Level,
        order: Order,
        (start, at): (usize, usize),
        depth: usize,
        values: &mut usize,
        into: &mut Vec<FixedField>,
    ) -> Option<usize> {
        if !item.is_anything() || !item.kinds.is_empty() {
            return None;
        }
        field.offset = at.checked_sub(start)?;
        let deeper = depth.checked_add(1)?;
        let count = field.count.unwrap_or(1);
        let Walk {
            program,
            places,
            alignment,
        } = self;
        let mut own = 1;
        let (fields, size) = places.in_array(field.offset, count, |places| {
            let mut walk = Walk {
                program,
                places,
                alignment: 1,
            };
            let (fields, _, end) = walk.level(level, order, at, deeper)?;
            own = walk.alignment;
            Some((fields, end.checked_sub(at)?))
        })?;
        // The second item has the layout of the first if it begins at the same multiple of the alignment.
        if count > 1 && !u64::try_from(size).ok()?.is_multiple_of(own) {
            return None;
        }
        *alignment = lcm(*alignment, own);
        field.size = size;
        field.what = FixedType::Group(fields);
        self.places.add()?;
        *values = values.checked_add(1)?;
        into.push(field);
        at.checked_add(size.checked_mul(count)?)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the places of a field, as in item"
    )]
    fn bits(
        &mut self,
        item: &Item,
        field: &FixedField,
        signed: bool,
        bits: &Bits,
        (start, at): (usize, usize),
        values: &mut usize,
        into: &mut Vec<FixedField>,
    ) -> Option<usize> {
        if field.count.is_some() || !item.is_anything() || !item.kinds.is_empty() {
            return None;
        }
        let offset = at.checked_sub(start)?;
        let mut parts = Vec::new();
        for (name, first, count) in bits.places(u8::try_from(field.size).ok()?, field.little) {
            if name == "_" {
                continue;
            }
            self.places.add()?;
            parts.push(FixedField {
                key: name.to_owned(),
                offset,
                what: FixedType::Bits {
                    signed,
                    first: u8::try_from(first).ok()?,
                    count,
                },
                ..field.clone()
            });
        }
        match item.name.is_some() {
            true => {
                for part in &mut parts {
                    part.offset = 0;
                }
                into.push(FixedField {
                    offset,
                    what: FixedType::Group(parts),
                    ..field.clone()
                });
                *values = values.checked_add(1)?;
            }
            false => {
                *values = values.checked_add(parts.len())?;
                into.append(&mut parts);
            }
        }
        at.checked_add(field.size)
    }
}

impl Item {
    fn is_anything(&self) -> bool {
        matches!(self.is, FieldContent::Anything)
    }
}

/// Whether a constant's bytes are those of the field under this kind.
fn keeps_bytes(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Hex | Kind::Text(Encoding::Ascii | Encoding::Utf8)
    )
}

/// The bytes of a constant in a field.
fn constant_bytes(
    constant: &Constant,
    item: &Item,
    order: Order,
    field: &FixedField,
) -> Option<Vec<u8>> {
    let value = super::read::constant_value(constant);
    match (&item.what, constant) {
        (ItemKind::Code(code), Constant::Text(text)) if code.kind != code::Kind::Pascal => {
            let mut bytes = text.clone();
            if bytes.len() > field.size {
                return None;
            }
            bytes.resize(field.size, 0);
            Some(bytes)
        }
        (ItemKind::Code(code), _) => {
            let bytes = scalar(code, order)?.bytes(&value).ok()?;
            Some(bytes.get(..field.size)?.to_vec())
        }
        _ => None,
    }
}
