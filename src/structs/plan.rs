//! A compiled format: what unpacking, packing and layout walk over.

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::ast::{Operator, Span};
use super::code::Kind;
use super::error::Segment;
use crate::offset::{Position, Tally};
use crate::value::{Names, Value};

/// Fields of one level: of the whole struct, or of a group.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) fields: Vec<Field>,
    pub(super) names: Option<Arc<Names>>,
    /// How many values the level has.
    pub(super) arity: u64,
    /// How many of them packing can do without: constants, and counts that follow from data.
    pub(super) optional: u64,
    pub(super) extent: Extent,
    /// The smallest size in bytes.
    pub(super) min_size: u64,
    /// The least common multiple of the alignments inside.
    pub(super) alignment: u64,
    /// The repetition it belongs to; 0 is the outermost struct.
    pub(super) scope: u32,
    /// Tells bodies apart while a layout is computed.
    pub(super) id: u32,
    /// Whether the level was written as bit fields, with a name or a count.
    pub(super) is_bits: bool,
    /// The format defined elsewhere that the level is.
    pub(super) reference: Option<SmolStr>,
}

impl Body {
    /// The index of the value called `key`; one without a name is called by its index.
    pub(super) fn position(&self, key: &str) -> Option<u64> {
        let names = self.names.as_deref();
        if let Some(position) = names.and_then(|names| names.position(key)) {
            return Some(position as u64);
        }
        let index = index(key)?;
        let named = names.is_some_and(|names| {
            usize::try_from(index).is_ok_and(|index| names.get(index).is_some())
        });
        (index < self.arity && !named).then_some(index)
    }

    /// How many values packing needs.
    pub(super) fn least(&self) -> u64 {
        self.arity.since(self.optional)
    }

    /// The field that the value at `index` of the level belongs to. A field without values has the index of the next
    /// value, so it is the last field with that index.
    pub(super) fn at(&self, index: u64) -> Option<&Field> {
        let after = self.fields.partition_point(|field| field.first <= index);
        self.fields.get(after.checked_sub(1)?)
    }
}

/// An index as text has one spelling: no sign, no zeros in front.
pub(super) fn index(text: &str) -> Option<u64> {
    let plain = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| plain)
}

/// How long a level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The same number of bytes wherever it begins.
    Fixed(u64),
    /// Known before any data, but dependent on where it begins, by the alignments inside.
    Shifting,
    /// Only data can tell.
    Dynamic,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: Option<Box<str>>,
    pub(super) element: Element,
    pub(super) repeat: Repeat,
    /// What the start of the field is aligned to, counted from the start of the outermost struct.
    pub(super) align: u64,
    /// The index of its first value among the values of its level.
    pub(super) first: u64,
    /// Where its integer is kept for the counts that refer to it.
    pub(super) slot: Option<u32>,
    /// Whether packing can do without its value.
    pub(super) optional: bool,
    pub(super) constant: Option<Box<Constant>>,
    /// Whether people read its integers in hexadecimal.
    pub(super) hex: bool,
    /// From the start of its level, in bytes, where that is known before any data.
    pub(super) offset: Option<u64>,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Element {
    /// Pad bytes.
    Pad(Count),
    /// Nothing but the alignment of the field.
    Align,
    Scalar(Scalar),
    Bytes(Count),
    Pascal(Count),
    CString,
    Leb128 {
        signed: bool,
    },
    Bits(Box<Bits>),
    Group(Box<Body>),
}

/// A code of fixed size in its byte order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    pub(super) letters: &'static str,
    pub(super) kind: Kind,
    pub(super) size: u8,
    pub(super) little: bool,
    /// Native floats overflow to infinity, as a cast in C does.
    pub(super) native: bool,
}

/// How often an element is there.
#[derive(Clone, Debug)]
pub(super) enum Repeat {
    One,
    /// This many values in line, as Python's counts make them.
    Inline(u64),
    /// One value that is an array.
    Array(Count),
}

#[derive(Clone, Debug)]
pub(super) enum Count {
    Fixed(u64),
    /// From fields read before.
    Computed(Expression),
    /// As many as fit in the rest of the input.
    Rest,
}

/// In postfix order; never empty.
#[derive(Clone, Debug)]
pub(super) struct Expression(pub(super) Vec<Step>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Number(i128),
    Slot(u32),
    Operator(Operator),
}

#[derive(Clone, Debug)]
pub(super) struct Constant {
    pub(super) value: Value,
    /// The bytes that packing writes.
    pub(super) bytes: Vec<u8>,
}

/// The bit fields of an integer. They are among the fields of their level; with a name or a
/// count they have a level of their own.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    pub(super) integer: Scalar,
    pub(super) fields: Vec<BitField>,
}

#[derive(Clone, Debug)]
pub(super) struct BitField {
    /// `None` for reserved bits, which have no value.
    pub(super) name: Option<Box<str>>,
    /// The lowest bit, counted from the least significant of the integer.
    pub(super) first: u8,
    pub(super) width: u8,
    pub(super) slot: Option<u32>,
    pub(super) optional: bool,
}

/// A size beyond 63 bits, or an alignment pattern that doesn't repeat soon enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooLarge {
    Size,
    Pattern,
}

/// The largest size in bytes: 63 bits, as in Python.
pub(super) const MAX_SIZE: u64 = i64::MAX as u64;

/// How many repetitions of an aligned group are looked at until their alignments repeat.
const MAX_PATTERN: u64 = 4096;

impl Expression {
    /// The slot, where the expression is nothing but a reference to it.
    pub(super) fn plain(&self) -> Option<u32> {
        match self.0.as_slice() {
            [Step::Slot(slot)] => Some(*slot),
            _ => None,
        }
    }
}

impl Body {
    /// The bit fields, where the level was written as such.
    pub(super) fn as_bits(&self) -> Option<(&Field, &Bits)> {
        let field = self.fields.first().filter(|_| self.is_bits)?;
        match &field.element {
            Element::Bits(bits) => Some((field, bits)),
            _ => None,
        }
    }
}

impl Count {
    pub(super) fn fixed(&self) -> Option<u64> {
        match self {
            Count::Fixed(n) => Some(*n),
            _ => None,
        }
    }

    pub(super) fn plain(&self) -> Option<u32> {
        match self {
            Count::Computed(expression) => expression.plain(),
            _ => None,
        }
    }
}

impl Element {
    /// The size of one, where it is the same for each.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Element::Pad(count) | Element::Bytes(count) | Element::Pascal(count) => count.fixed(),
            Element::Align => Some(0),
            Element::Scalar(scalar) => Some(u64::from(scalar.size)),
            Element::Bits(bits) => Some(u64::from(bits.integer.size)),
            Element::CString | Element::Leb128 { .. } => None,
            Element::Group(body) => match body.extent {
                Extent::Fixed(size) => Some(size),
                Extent::Shifting | Extent::Dynamic => None,
            },
        }
    }

    pub(super) fn min_size(&self) -> u64 {
        match self {
            Element::CString | Element::Leb128 { .. } => 1,
            Element::Group(body) => body.min_size,
            _ => self.size().unwrap_or(0),
        }
    }

    /// The count inside: the length of bytes.
    pub(super) fn length(&self) -> Option<&Count> {
        match self {
            Element::Pad(count) | Element::Bytes(count) | Element::Pascal(count) => Some(count),
            _ => None,
        }
    }
}

impl Field {
    /// A field without name, constant and place.
    pub(super) fn new(element: Element, repeat: Repeat) -> Field {
        Field {
            name: None,
            element,
            repeat,
            align: 1,
            first: 0,
            slot: None,
            optional: false,
            constant: None,
            hex: false,
            offset: None,
            span: (0, 0),
        }
    }

    /// How often the element is there, where that is known before any data.
    pub(super) fn repetitions(&self) -> Option<u64> {
        match &self.repeat {
            Repeat::One => Some(1),
            Repeat::Inline(n) => Some(*n),
            Repeat::Array(count) => count.fixed(),
        }
    }

    /// How many values it adds to its level.
    pub(super) fn arity(&self) -> u64 {
        match (&self.element, &self.repeat) {
            (Element::Pad(_) | Element::Align, _) => 0,
            (Element::Bits(bits), _) => bits.named().count() as u64,
            (_, Repeat::Inline(n)) => *n,
            _ => 1,
        }
    }

    /// Where one of its values stands in the row of its level.
    pub(super) fn index(&self, value: u64) -> u64 {
        self.first.past(value)
    }

    /// What it is called in a path; `value` counts in a row of values in line.
    pub(super) fn segment(&self, value: u64) -> Segment {
        let bit = match &self.element {
            Element::Bits(bits) => usize::try_from(value)
                .ok()
                .and_then(|i| bits.named().nth(i)),
            _ => None,
        };
        match bit.map_or(&self.name, |bit| &bit.name) {
            Some(name) => Segment::Name(name.clone()),
            None => Segment::Unnamed(self.index(value)),
        }
    }

    pub(super) fn is_dynamic(&self) -> bool {
        let element = match &self.element {
            Element::Group(body) => body.extent == Extent::Dynamic,
            Element::CString | Element::Leb128 { .. } => true,
            element => element
                .length()
                .is_some_and(|count| count.fixed().is_none()),
        };
        element || self.repetitions().is_none()
    }
}

pub(super) fn align_up(offset: u64, align: u64) -> Result<u64, TooLarge> {
    offset
        .checked_next_multiple_of(align)
        .filter(|offset| *offset <= MAX_SIZE)
        .ok_or(TooLarge::Size)
}

fn add(a: u64, b: u64) -> Result<u64, TooLarge> {
    a.checked_add(b)
        .filter(|sum| *sum <= MAX_SIZE)
        .ok_or(TooLarge::Size)
}

/// Computes where fields and levels that are not dynamic end, and caches sizes.
#[derive(Debug, Default)]
pub(super) struct Measure {
    /// Size by body and by where it begins, modulo its alignment.
    sizes: HashMap<(u32, u64), u64>,
    steps: u64,
}

impl Measure {
    /// Where a body ends that begins at `start`, counted from the outermost struct.
    pub(super) fn body(&mut self, body: &Body, start: u64) -> Result<u64, TooLarge> {
        if let Extent::Fixed(size) = body.extent {
            return add(start, size);
        }
        let key = (body.id, start.checked_rem(body.alignment).unwrap_or(0));
        if let Some(size) = self.sizes.get(&key) {
            return add(start, *size);
        }
        let mut end = start;
        for field in &body.fields {
            end = self.field(field, end)?.1;
        }
        self.sizes.insert(key, end.since(start));
        Ok(end)
    }

    /// Where a field begins and ends if the previous one ends at `offset`.
    pub(super) fn field(&mut self, field: &Field, offset: u64) -> Result<(u64, u64), TooLarge> {
        let start = align_up(offset, field.align)?;
        let count = field.repetitions().unwrap_or(0);
        if let Some(size) = field.element.size() {
            let total = count.checked_mul(size).ok_or(TooLarge::Size)?;
            return Ok((start, add(start, total)?));
        }
        match &field.element {
            Element::Group(body) => Ok((start, self.repeated(body, start, count)?)),
            _ => Ok((start, start)),
        }
    }

    /// `count` times a body whose size depends on where it begins. Where it begins, modulo its
    /// alignment, sooner or later repeats; from there on it is a multiplication.
    fn repeated(&mut self, body: &Body, start: u64, count: u64) -> Result<u64, TooLarge> {
        let mut seen: HashMap<u64, (u64, u64)> = HashMap::new();
        let mut at = start;
        let mut done = 0u64;
        while done < count {
            self.steps.tally(1);
            if done > MAX_PATTERN || self.steps > MAX_PATTERN * 64 {
                return Err(TooLarge::Pattern);
            }
            let residue = at.checked_rem(body.alignment).unwrap_or(0);
            if let Some((before, offset)) = seen.insert(residue, (done, at)) {
                let period = done.since(before).max(1);
                let advance = at.since(offset);
                let rounds = count.since(done).checked_div(period).unwrap_or(0);
                at = add(at, rounds.checked_mul(advance).ok_or(TooLarge::Size)?)?;
                done.tally(rounds.saturating_mul(period));
                // Less than a period is left.
                seen.clear();
                if done >= count {
                    break;
                }
            }
            at = self.body(body, at)?;
            done.tally(1);
        }
        Ok(at)
    }
}
