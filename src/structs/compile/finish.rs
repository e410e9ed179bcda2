//! The size, alignment and number of values of a level, once its fields are known, and the offset of each field.

use super::super::ast::Span;
use crate::offset::{Position, Tally};
use crate::structs::plan::{Body, Element, Extent, Field, MAX_SIZE, Measure, Repeat, TooLarge};
use crate::structs::scope::Scopes;
use crate::value::Names;

/// A level with the sums over its fields: values, smallest size, alignment.
pub(super) fn finish(fields: Vec<Field>, arity: u64, scope: u32, id: u32, is_bits: bool) -> Body {
    let mut names = Vec::new();
    let mut size = Some(0u64);
    let mut min_size = 0u64;
    let mut alignment = 1u64;
    let mut dynamic = false;
    for field in &fields {
        name_values(field, &mut names);
        dynamic |= field.is_dynamic();
        let inner = match &field.element {
            Element::Group(body) => body.alignment,
            _ => 1,
        };
        alignment = lcm(alignment, lcm(field.align, inner));
        let count = field.repetitions().unwrap_or(0);
        min_size.tally(count.saturating_mul(field.element.min_size()));
        size = size.and_then(|size| {
            let total = field.element.size()?.checked_mul(count)?;
            size.checked_add(total).filter(|size| *size <= MAX_SIZE)
        });
    }
    let extent = match size {
        _ if dynamic => Extent::Dynamic,
        Some(size) if alignment == 1 => Extent::Fixed(size),
        // Aligned, or too large: measuring it finds out which.
        _ => Extent::Shifting,
    };
    Body {
        fields,
        names: Names::new(names),
        arity,
        optional: 0,
        extent,
        min_size,
        alignment,
        scope,
        id,
        is_bits,
        reference: None,
    }
}

fn name_values(field: &Field, names: &mut Vec<(usize, Box<str>)>) {
    let Ok(first) = usize::try_from(field.first) else {
        return;
    };
    match (&field.name, &field.element) {
        (_, Element::Pad(_) | Element::Align) => {}
        (Some(name), _) => names.push((first, name.clone())),
        (None, Element::Bits(bits)) => {
            let named = bits.named().filter_map(|bit| bit.name.clone());
            names.extend((first..).zip(named));
        }
        (None, _) => {}
    }
}

/// The least common multiple; 0 counts as 1.
pub(in crate::structs) fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a.max(1), b.max(1));
    while y != 0 {
        (x, y) = (y, x.checked_rem(y).unwrap_or(0));
    }
    a.max(1)
        .checked_div(x)
        .unwrap_or(1)
        .saturating_mul(b.max(1))
}

/// Marks the values that packing can do without, now that all references are known.
pub(super) fn mark_optional(body: &mut Body, scopes: &Scopes) {
    let follows = |slot: Option<u32>| slot.is_some_and(|slot| scopes.is_inferable(slot));
    let mut optional = 0u64;
    for field in &mut body.fields {
        field.optional |= follows(field.slot);
        match &mut field.element {
            Element::Group(body) => mark_optional(body, scopes),
            Element::Bits(bits) => {
                for bit in &mut bits.fields {
                    bit.optional |= follows(bit.slot);
                    let counts = bit.optional && bit.name.is_some();
                    optional.tally(u64::from(counts));
                }
            }
            _ => {}
        }
        optional.tally(u64::from(field.optional));
    }
    body.optional = optional;
}

/// Gives every field its offset in its level, as far as it is known before any data. `start` is
/// where the level begins, counted from the outermost struct, where there is one such place.
pub(super) fn place(
    body: &mut Body,
    start: Option<u64>,
    measure: &mut Measure,
) -> Result<(), (Span, TooLarge)> {
    // A level without alignments has the same offsets wherever it begins.
    let known = start.or((body.alignment == 1).then_some(0));
    let base = known.unwrap_or(0);
    let mut offset = known;
    for field in &mut body.fields {
        let span = field.span;
        let ends = match offset {
            Some(offset) => Some(measure.field(field, offset).map_err(|e| (span, e))?),
            None => None,
        };
        field.offset = ends.map(|(begin, _)| begin.since(base));
        let dynamic = field.is_dynamic();
        if let Element::Group(group) = &mut field.element {
            let single = matches!(field.repeat, Repeat::One);
            let begin = ends.filter(|_| single);
            place(group, begin.map(|(begin, _)| begin), measure)?;
        }
        offset = ends.filter(|_| !dynamic).map(|(_, end)| end);
    }
    Ok(())
}
