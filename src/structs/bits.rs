//! Bit fields: the parts of an integer.

use super::ast::{self, Span};
use super::code::Kind;
use super::error::Fault;
use super::plan::{BitField, Bits, Scalar};
use super::scalar::Integer;
use crate::offset::{Position, Tally, sum};
use crate::tree::BitRange;
use crate::value::Value;

/// Lays out bit fields in an integer, as C compilers do: from the least significant bit on in
/// little-endian order, from the most significant in big-endian.
pub(super) fn compile(integer: Scalar, bits: &ast::Bits<'_>, span: Span) -> Result<Bits, Fault> {
    let here = span.0 as usize..span.1 as usize;
    if !matches!(integer.kind, Kind::Int { .. }) {
        return Err(Fault::new(
            here,
            format!("{} has no bit fields", integer.letters),
            "integer codes have them",
        ));
    }
    let width = u64::from(integer.size) * 8;
    let total = sum(bits.fields.iter().map(|(.., width)| *width));
    if let Some((span, ..)) = bits.fields.iter().find(|(.., width)| *width == 0) {
        let span = span.0 as usize..span.1 as usize;
        return Err(Fault::new(span, "a bit field has no bits", "at least 1"));
    }
    if total != width {
        let label = if total < width {
            let missing = width.since(total);
            format!("name the other {missing}: _:{missing} where they are reserved")
        } else {
            "leave some out, or take a wider code".into()
        };
        let letters = integer.letters;
        let message = format!("the bit fields have {total} bits, {letters} has {width}");
        return Err(Fault::new(here, message, label));
    }
    let least_first = bits.least_first.unwrap_or(integer.little);
    let mut used = 0u64;
    let mut fields = Vec::with_capacity(bits.fields.len());
    for (_, name, width_of_field) in &bits.fields {
        let below = if least_first {
            used
        } else {
            width.since(used).since(*width_of_field)
        };
        used.tally(*width_of_field);
        fields.push(BitField {
            name: (*name != "_").then(|| Box::from(*name)),
            // At most 128, since the fields together fill the integer.
            first: u8::try_from(below).unwrap_or(u8::MAX),
            width: u8::try_from(*width_of_field).unwrap_or(u8::MAX),
            slot: None,
            optional: false,
        });
    }
    Ok(Bits { integer, fields })
}

impl Bits {
    /// The fields that have a value.
    pub(super) fn named(&self) -> impl Iterator<Item = &BitField> {
        self.fields.iter().filter(|field| field.name.is_some())
    }

    pub(super) fn signed(&self) -> bool {
        matches!(self.integer.kind, Kind::Int { signed: true })
    }
}

/// Bits of an integer.
pub(super) fn extract(bits: u128, range: BitRange, signed: bool) -> Integer {
    let raw = bits.checked_shr(u32::from(range.first)).unwrap_or(0) & mask(range.count.into());
    if !signed {
        return Integer::Unsigned(raw);
    }
    let spare = 128u32.since(u32::from(range.count));
    let top = raw.checked_shl(spare).unwrap_or(0).cast_signed();
    Integer::Signed(top.checked_shr(spare).unwrap_or(0))
}

/// The bits of an integer with others in this place.
pub(super) fn insert(bits: u128, range: BitRange, new: u128) -> u128 {
    let moved = |part: u128| part.checked_shl(u32::from(range.first)).unwrap_or(0);
    let mask = mask(range.count.into());
    bits & !moved(mask) | moved(new & mask)
}

/// So many bits, 128 at most, that are set, from the lowest on.
pub(super) fn mask(width: u32) -> u128 {
    u128::MAX.checked_shr(128u32.since(width)).unwrap_or(0)
}

impl BitField {
    /// Its place in the integer.
    pub(super) fn range(&self) -> BitRange {
        BitRange {
            first: self.first,
            count: self.width,
        }
    }

    /// The field in the bits of the integer.
    pub(super) fn raw(&self, bits: u128, signed: bool) -> Integer {
        extract(bits, self.range(), signed)
    }

    /// The field's value in the bits of the integer.
    pub(super) fn extract(&self, bits: u128, signed: bool) -> Value {
        self.raw(bits, signed).into()
    }

    /// The bits of the integer that a value of the field sets.
    pub(super) fn insert(&self, value: u128) -> u128 {
        insert(0, self.range(), value)
    }
}
