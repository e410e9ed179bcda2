//! Formats that are a list of places: every value has its place before any data, and no count,
//! constant, array or group is among them.
//!
//! Most formats are a dozen of Python's letters, and many programs compile one each time they use
//! it. Such a format is compiled in one pass, without tree or plan; a [`Plan`] is made from its list
//! when a caller first asks for one. Formats with names come with a plan, and their list is made
//! from it.

mod letters;
mod pack;
mod row;
mod spot;
mod type_places;
mod typed;

pub(super) use pack::{Packed, Slot, with_zeros};
pub(super) use spot::Spot;

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;

use super::code::{Code, Order};
use super::compile::{self, Plan};
use super::plan::{Count, Element, Field, Repeat, Scalar};
use super::read::Read;
use crate::offset::Position;
use crate::value::{Bytes, Names};

/// How many items a format has before its list needs an allocation.
const INLINE: usize = 12;

/// A plan, or what it can be made from.
#[derive(Clone, Debug)]
pub(super) struct LazyPlan {
    /// Boxed, so that a struct is moved at no cost.
    flat: Option<Box<Flat>>,
    plan: OnceLock<Box<Plan>>,
}

impl LazyPlan {
    /// Of a format that is known to be flat.
    pub(super) fn of(flat: Box<Flat>) -> LazyPlan {
        LazyPlan {
            flat: Some(flat),
            plan: OnceLock::new(),
        }
    }

    /// Of a format that isn't packed and unpacked along places.
    pub(super) fn without_places(plan: Plan) -> LazyPlan {
        LazyPlan {
            flat: None,
            plan: OnceLock::from(Box::new(plan)),
        }
    }

    /// The formats that it refers to: one that has no plan yet refers to none.
    pub(super) fn references(&self) -> &[(Box<str>, Box<str>)] {
        self.plan.get().map_or(&[], |plan| &plan.references)
    }

    /// The list of places, where the format is one.
    #[inline]
    pub(super) fn flat(&self) -> Option<&Flat> {
        self.flat.as_deref()
    }
}

impl From<Plan> for LazyPlan {
    fn from(plan: Plan) -> LazyPlan {
        LazyPlan {
            flat: Flat::of(&plan).map(Box::new),
            plan: OnceLock::from(Box::new(plan)),
        }
    }
}

impl Deref for LazyPlan {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        self.plan.get_or_init(|| {
            let fields = self.flat().into_iter().flat_map(Flat::fields).collect();
            Box::new(compile::flat(fields))
        })
    }
}

/// Where the items of a format lie.
#[derive(Clone, Debug)]
pub(super) struct Flat {
    items: SmallVec<[Item; INLINE]>,
    order: Order,
    size: u32,
    arity: u32,
    /// Whether every item is one value, so that items and values can be iterated in step.
    one_each: bool,
    names: Option<Arc<Names>>,
    /// The keys of the fields of the first type that was serialized, and where they lie.
    written: OnceLock<Box<[(&'static str, Item)]>>,
    /// The names of the fields of the first type that was deserialized, and where they lie.
    read: OnceLock<(&'static [&'static str], Box<[Item]>)>,
}

/// One value, or several of one code that a count makes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    offset: u32,
    /// How many values; of what has none or one, the length in bytes.
    count: u32,
    /// The index of its first value.
    first: u32,
    letter: u8,
    /// Of one value.
    size: u8,
    read: Read,
    /// Whether the format has a count here, so that it becomes one field of the plan.
    counted: bool,
}

impl Flat {
    fn new(order: Order, names: Option<Arc<Names>>) -> Flat {
        Flat {
            items: SmallVec::new(),
            order,
            size: 0,
            arity: 0,
            one_each: true,
            names,
            written: OnceLock::new(),
            read: OnceLock::new(),
        }
    }

    /// The list of a plan, where it can be one.
    fn of(plan: &Plan) -> Option<Flat> {
        let fields = &plan.body.fields;
        let order = fields.iter().find_map(order).unwrap_or(Order::Little);
        let mut flat = Flat::new(order, plan.body.names.clone());
        flat.size = u32::try_from(super::layout::size(&plan.body)?).ok()?;
        for field in fields {
            let item = Item::of(field)?;
            flat.arity = flat.arity.checked_add(item.values())?;
            flat.one_each &= item.values() == 1;
            flat.items.push(item);
        }
        Some(flat)
    }

    pub(super) fn size(&self) -> u64 {
        u64::from(self.size)
    }

    /// The size, as slices count.
    #[inline]
    pub(super) fn len_in_bytes(&self) -> usize {
        self.size as usize
    }

    pub(super) fn arity(&self) -> u64 {
        u64::from(self.arity)
    }

    /// How many values there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.arity as usize
    }

    /// The memory of its values, in bytes.
    pub(super) fn memory(&self) -> u64 {
        let outside = self.items.iter().map(|item| match item.read {
            Read::Bytes | Read::Pascal => Bytes::outside(item.count as usize),
            _ => 0,
        });
        let values = self.arity().saturating_mul(super::unpack::VALUE);
        outside.fold(values, u64::saturating_add)
    }

    pub(super) fn names(&self) -> Option<&Arc<Names>> {
        self.names.as_ref()
    }

    fn scalar(&self, item: &Item) -> Option<Scalar> {
        let code = Code::of_letter(item.letter)?;
        let (size, _) = self.order.size_and_alignment(code)?;
        Some(Scalar {
            letters: code.letters,
            kind: code.kind,
            size,
            little: self.order.is_little(),
            native: self.order == Order::Native,
        })
    }

    fn align(&self, item: &Item) -> Option<u8> {
        letters::alignment(self.order, item.letter)
    }

    /// The fields of the plan.
    fn fields(&self) -> impl Iterator<Item = Field> {
        self.items.iter().filter_map(|item| {
            let count = u64::from(item.count);
            let (element, repeat) = match item.read {
                Read::Nothing => (Element::Pad(Count::Fixed(count)), Repeat::One),
                Read::Bytes => (Element::Bytes(Count::Fixed(count)), Repeat::One),
                Read::Pascal => (Element::Pascal(Count::Fixed(count)), Repeat::One),
                _ => {
                    let repeat = match item.counted {
                        true => Repeat::Inline(count),
                        false => Repeat::One,
                    };
                    (Element::Scalar(self.scalar(item)?), repeat)
                }
            };
            Some(Field {
                align: u64::from(self.align(item)?),
                offset: Some(u64::from(item.offset)),
                first: u64::from(item.first),
                ..Field::new(element, repeat)
            })
        })
    }
}

/// The byte order of a field that has one.
fn order(field: &Field) -> Option<Order> {
    match &field.element {
        Element::Scalar(scalar) if scalar.native => Some(Order::Native),
        Element::Scalar(scalar) if scalar.little => Some(Order::Little),
        Element::Scalar(_) => Some(Order::Big),
        _ => None,
    }
}

impl Item {
    /// The entry of a byte that is no letter of a format.
    const NOTHING: Item = Item {
        offset: 0,
        count: 1,
        first: 0,
        letter: 0,
        size: 0,
        read: Read::Nothing,
        counted: false,
    };

    /// A field; all those of a level are in one byte order.
    fn of(field: &Field) -> Option<Item> {
        let one_each = match field.repeat {
            Repeat::One => 1,
            Repeat::Inline(count) => count,
            Repeat::Array(_) => return None,
        };
        let (letter, size, read, count) = match &field.element {
            _ if field.constant.is_some() => return None,
            Element::Align => (b'x', 1, Read::Nothing, 0),
            Element::Pad(Count::Fixed(n)) => (b'x', 1, Read::Nothing, *n),
            Element::Bytes(Count::Fixed(n)) => (b's', 1, Read::Bytes, *n),
            Element::Pascal(Count::Fixed(n)) => (b'p', 1, Read::Pascal, *n),
            Element::Scalar(scalar) => {
                let &[letter] = scalar.letters.as_bytes() else {
                    return None;
                };
                let read = Read::of(scalar.kind, scalar.size);
                (letter, scalar.size, read, one_each)
            }
            _ => return None,
        };
        Some(Item {
            offset: u32::try_from(field.offset?).ok()?,
            count: u32::try_from(count).ok()?,
            first: u32::try_from(field.first).ok()?,
            letter,
            size,
            read,
            // Not needed: the plan is there already.
            counted: false,
        })
    }

    /// The offsets of its values.
    fn places(&self) -> impl Iterator<Item = usize> {
        let size = usize::from(self.size).max(1);
        let start = self.offset as usize;
        (start..start.item(self.values() as usize, size)).step_by(size)
    }

    /// How many values it has.
    const fn values(&self) -> u32 {
        match self.read {
            Read::Nothing => 0,
            Read::Bytes | Read::Pascal => 1,
            _ => self.count,
        }
    }
}

#[cfg(test)]
mod tests;
