//! Formats that are a list of places: every value has its place before any data, and no count,
//! constant, array or group is among them.
//!
//! Most formats are a dozen of Python's letters, and many programs compile one each time they use
//! it. Such a format is compiled in one pass, without tree or plan; a [`Plan`] is made from its list
//! when somebody first asks for one. Formats with names come with a plan, and their list is made
//! from it.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use byteorder::{BigEndian, ByteOrder, LittleEndian};
use smallvec::SmallVec;

use super::code::{CODES, Code, Order};
use super::compile::{self, Plan};
use super::error::DataError;
use super::float;
use super::plan::{Count, Element, Field, Repeat, Scalar};
use super::read::Read;
use super::typed::{FromField, Values};
use super::unpack::pascal;
use super::view::{Place, Reader};
use crate::value::{Bytes, Names, Value};

/// How many items a format has before its list needs an allocation.
const INLINE: usize = 8;

/// A plan, or what it can be made from.
#[derive(Clone, Debug)]
pub(super) struct LazyPlan {
    flat: Option<Flat>,
    plan: OnceLock<Box<Plan>>,
}

impl LazyPlan {
    /// Of a format that is known to be flat.
    pub(super) fn of(flat: Flat) -> LazyPlan {
        LazyPlan {
            flat: Some(flat),
            plan: OnceLock::new(),
        }
    }

    /// The list of places, where the format is one.
    #[inline]
    pub(super) fn flat(&self) -> Option<&Flat> {
        self.flat.as_ref()
    }
}

impl From<Plan> for LazyPlan {
    fn from(plan: Plan) -> LazyPlan {
        LazyPlan {
            flat: Flat::of(&plan),
            plan: OnceLock::from(Box::new(plan)),
        }
    }
}

impl Deref for LazyPlan {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        self.plan.get_or_init(|| {
            let fields = self.flat.iter().flat_map(Flat::fields).collect();
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
    names: Option<Arc<Names>>,
}

/// Values of one code side by side: `3H`, and `HHH` too, so that reading decides once for all.
#[derive(Clone, Copy, Debug)]
struct Item {
    offset: u32,
    /// How many values; of what has none or one, the length in bytes.
    count: u32,
    letter: u8,
    /// Of one value.
    size: u8,
    read: Read,
    /// Whether it is written with a count, and so is one field.
    counted: bool,
}

/// What compiling needs to know of a letter.
#[derive(Clone, Copy)]
struct Letter {
    size: u8,
    align: u8,
    read: Read,
}

/// By letter, with standard sizes and with native ones.
type Letters = [Option<Letter>; 128];
static STANDARD: Letters = letters(false);
static NATIVE: Letters = letters(true);

#[allow(
    clippy::indexing_slicing,
    reason = "runs at compile time over the table of codes"
)]
#[allow(clippy::arithmetic_side_effects, reason = "the same")]
const fn letters(native: bool) -> Letters {
    let mut letters: Letters = [None; 128];
    let mut i = 0;
    while i < CODES.len() {
        let code = &CODES[i];
        i += 1;
        let name = code.letters.as_bytes();
        let (size, align) = match (native, code.standard) {
            (true, _) => code.native,
            (false, Some(size)) => (size, 1),
            (false, None) => continue,
        };
        if code.python && name.len() == 1 {
            let read = Read::of(code.kind, size);
            letters[name[0] as usize] = Some(Letter { size, align, read });
        }
    }
    letters
}

fn letters_of(order: Order) -> &'static Letters {
    match order {
        Order::Native => &NATIVE,
        _ => &STANDARD,
    }
}

impl Flat {
    /// Compiles a format that is nothing but Python's codes; `None` for any other, a wrong one
    /// included: what is wrong with it is for the grammar to say.
    pub(super) fn compile(text: &str) -> Option<Flat> {
        let stated = text.chars().next().and_then(Order::from_char);
        let order = stated.unwrap_or(Order::Native);
        let mut flat = Flat {
            items: SmallVec::new(),
            order,
            size: 0,
            arity: 0,
            names: None,
        };
        let letters = letters_of(order);
        let mut count: Option<u32> = None;
        for &byte in text.as_bytes().get(usize::from(stated.is_some())..)? {
            match byte {
                b'0'..=b'9' => {
                    let digit = u32::from(byte & 0x0f);
                    count = Some(count.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                }
                b' ' | b'\t'..=b'\r' if count.is_none() => {}
                letter => flat.push(letters, letter, count.take())?,
            }
        }
        count.is_none().then_some(flat)
    }

    #[inline]
    fn push(&mut self, letters: &Letters, letter: u8, count: Option<u32>) -> Option<()> {
        let Letter { size, align, read } = (*letters.get(usize::from(letter))?)?;
        let offset = match align {
            0 | 1 => self.size,
            align => self.size.checked_next_multiple_of(u32::from(align))?,
        };
        let n = count.unwrap_or(1);
        self.size = offset.checked_add(n.checked_mul(u32::from(size))?)?;
        self.add(Item {
            offset,
            count: n,
            letter,
            size,
            read,
            counted: count.is_some(),
        })
    }

    fn add(&mut self, item: Item) -> Option<()> {
        let values = item.values();
        self.arity = self.arity.checked_add(values)?;
        match self.items.last_mut() {
            Some(last) if last.goes_on_in(&item) => last.count = last.count.checked_add(1)?,
            _ => self.items.push(item),
        }
        Some(())
    }

    /// The list of a plan, where it can be one.
    fn of(plan: &Plan) -> Option<Flat> {
        let mut flat = Flat {
            items: SmallVec::new(),
            order: plan
                .body
                .fields
                .iter()
                .find_map(order)
                .unwrap_or(Order::Little),
            size: u32::try_from(super::layout::size(&plan.body)?).ok()?,
            arity: 0,
            names: plan.body.names.clone(),
        };
        for field in &plan.body.fields {
            let count = match field.repeat {
                Repeat::One => 1,
                Repeat::Inline(count) => u32::try_from(count).ok()?,
                Repeat::Array(_) => return None,
            };
            let (letter, size, read, count) = match &field.element {
                _ if field.constant.is_some() => return None,
                Element::Pad(Count::Fixed(n)) => (b'x', 1, Read::Nothing, u32::try_from(*n).ok()?),
                Element::Bytes(Count::Fixed(n)) => (b's', 1, Read::Bytes, u32::try_from(*n).ok()?),
                Element::Pascal(Count::Fixed(n)) => {
                    (b'p', 1, Read::Pascal, u32::try_from(*n).ok()?)
                }
                Element::Scalar(scalar) if order(field) == Some(flat.order) => {
                    let &[letter] = scalar.letters.as_bytes() else {
                        return None;
                    };
                    (
                        letter,
                        scalar.size,
                        Read::of(scalar.kind, scalar.size),
                        count,
                    )
                }
                Element::Align => continue,
                _ => return None,
            };
            flat.add(Item {
                offset: u32::try_from(field.offset?).ok()?,
                count,
                letter,
                size,
                read,
                counted: !matches!(field.repeat, Repeat::One),
            })?;
        }
        (u64::from(flat.arity) == plan.body.arity).then_some(flat)
    }

    pub(super) fn size(&self) -> u64 {
        u64::from(self.size)
    }

    pub(super) fn arity(&self) -> u64 {
        u64::from(self.arity)
    }

    pub(super) fn names(&self) -> Option<&Arc<Names>> {
        self.names.as_ref()
    }

    /// Appends the values at the front of `data`; `None` where they are too short.
    pub(super) fn unpack(&self, data: &[u8], values: &mut Vec<Value>) -> Option<()> {
        let data = data.get(..usize::try_from(self.size).ok()?)?;
        // Every value has a byte of its own, or an item of the format.
        values.reserve_exact(usize::try_from(self.arity).ok()?);
        if self.order.is_little() {
            self.unpack_in::<LittleEndian>(data, values)
        } else {
            self.unpack_in::<BigEndian>(data, values)
        }
    }

    fn unpack_in<O: ByteOrder>(&self, data: &[u8], values: &mut Vec<Value>) -> Option<()> {
        for item in &self.items {
            let start = usize::try_from(item.offset).ok()?;
            let length = usize::try_from(item.count)
                .ok()?
                .checked_mul(usize::from(item.size))?;
            let bytes = data.get(start..start.checked_add(length)?)?;
            match item.read {
                Read::Nothing => {}
                Read::Bytes => values.push(Value::from(bytes)),
                Read::Pascal => values.push(Value::from(pascal(bytes))),
                Read::Char => extend(values, bytes, |[b]| Value::Bytes(Bytes::of_one(b))),
                Read::Bool => extend(values, bytes, |[b]| Value::Bool(b != 0)),
                Read::U8 => extend(values, bytes, |[b]| b.into()),
                Read::I8 => extend(values, bytes, |[b]| b.cast_signed().into()),
                Read::U16 => extend::<2>(values, bytes, |b| O::read_u16(&b).into()),
                Read::I16 => extend::<2>(values, bytes, |b| O::read_i16(&b).into()),
                Read::U32 => extend::<4>(values, bytes, |b| O::read_u32(&b).into()),
                Read::I32 => extend::<4>(values, bytes, |b| O::read_i32(&b).into()),
                Read::U64 => extend::<8>(values, bytes, |b| O::read_u64(&b).into()),
                Read::I64 => extend::<8>(values, bytes, |b| O::read_i64(&b).into()),
                Read::F32 => extend::<4>(values, bytes, |b| {
                    Value::Float(float::from_single(O::read_u32(&b)))
                }),
                Read::F64 => extend::<8>(values, bytes, |b| O::read_f64(&b).into()),
                Read::Other => {
                    let scalar = self.scalar(item)?;
                    let each = bytes.chunks_exact(usize::from(item.size).max(1));
                    values.extend(each.map(|bytes| Scalar::value::<O>(scalar.kind, bytes)));
                }
            }
        }
        Some(())
    }

    /// The values of `data`, which are as long as the format, one after another.
    #[inline]
    pub(super) fn values<'f, 'a>(&'f self, data: &'a [u8]) -> FlatValues<'f, 'a> {
        FlatValues {
            flat: self,
            items: self.items.iter(),
            item: None,
            at: 0,
            left: 0,
            data,
        }
    }

    #[inline(never)]
    fn place(&self, item: &Item, at: usize) -> Option<Place> {
        let whole = usize::try_from(item.count).ok()?;
        Some(match item.read {
            Read::Bytes => Place::new(at, whole, Reader::Bytes),
            Read::Pascal => Place::new(at, whole, Reader::Pascal),
            Read::Other => {
                let scalar = self.scalar(item)?;
                Place::new(at, usize::from(scalar.size), Reader::Scalar(scalar))
            }
            read => Place::new(at, read.size(), Reader::Plain(read, self.order.is_little())),
        })
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
        let letter = letters_of(self.order).get(usize::from(item.letter))?;
        letter.map(|letter| letter.align)
    }

    /// The fields of the plan.
    fn fields(&self) -> impl Iterator<Item = Field> {
        let mut first = 0u64;
        let items = self.items.iter().flat_map(|item| item.fields());
        items.filter_map(move |item| {
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
                    (Element::Scalar(self.scalar(&item)?), repeat)
                }
            };
            let field = Field {
                align: u64::from(self.align(&item)?),
                offset: Some(u64::from(item.offset)),
                first,
                ..Field::new(element, repeat)
            };
            first = first.saturating_add(field.arity());
            Some(field)
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
    /// Whether `next` is one more of the same code, right behind it.
    fn goes_on_in(&self, next: &Item) -> bool {
        let end = self
            .count
            .saturating_mul(self.size.into())
            .saturating_add(self.offset);
        self.letter == next.letter && self.is_single() && next.is_single() && end == next.offset
    }

    /// Whether more of its code may join it.
    fn is_single(&self) -> bool {
        !self.counted && !matches!(self.read, Read::Nothing | Read::Bytes | Read::Pascal)
    }

    /// How many values it has.
    fn values(&self) -> u32 {
        match self.read {
            Read::Nothing => 0,
            Read::Bytes | Read::Pascal => 1,
            _ => self.count,
        }
    }

    /// The fields that it was written as.
    fn fields(self) -> impl Iterator<Item = Item> {
        let fields = if self.is_single() { self.count } else { 1 };
        (0..fields).map(move |i| Item {
            offset: self
                .offset
                .saturating_add(i.saturating_mul(u32::from(self.size))),
            count: if self.is_single() { 1 } else { self.count },
            ..self
        })
    }
}

/// One value for each `N` of the bytes.
#[inline(always)]
fn extend<const N: usize>(values: &mut Vec<Value>, bytes: &[u8], value: impl Fn([u8; N]) -> Value) {
    values.extend(bytes.as_chunks().0.iter().map(|bytes| value(*bytes)));
}

/// The values of a flat format, read as somebody wants each.
pub(super) struct FlatValues<'f, 'a> {
    flat: &'f Flat,
    items: std::slice::Iter<'f, Item>,
    /// Where the next value lies, and how many of its item are left.
    item: Option<&'f Item>,
    at: usize,
    left: u32,
    data: &'a [u8],
}

impl<'a> Values<'a> for FlatValues<'_, 'a> {
    #[inline(always)]
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>> {
        while self.left == 0 {
            let item = self.items.next()?;
            self.item = Some(item);
            self.at = usize::try_from(item.offset).ok()?;
            self.left = item.values();
        }
        let item = self.item?;
        let at = self.at;
        self.left = self.left.checked_sub(1)?;
        self.at = at.checked_add(usize::from(item.size))?;
        if T::is_plain(item.read)
            && let Some(bytes) = self.data.get(at..)
            && let Some(value) = T::from_plain(bytes, self.flat.order.is_swapped())
        {
            return Some(Ok(value));
        }
        Some(self.flat.place(item, at)?.read(self.data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structs::{Struct, grammar};

    /// The same format by the long way.
    fn planned(text: &str) -> Struct {
        let parsed = grammar::parse(text).unwrap();
        Struct::compile(text, &parsed, &compile::NoFormats).unwrap()
    }

    #[test]
    fn both_ways_of_compiling_agree() {
        for text in [
            "",
            "<ccIIIIIIHH",
            "@cIhqx0q",
            " \t\n\r\x0b\x0c3H 2s 0s 5p p 0p",
            "=4x?n",
            ">eFfDd3h 007B",
            "cP2ncN",
            "!0I b",
            "cccccccccccccccc",
        ] {
            if Struct::new(text).is_err() {
                assert!(Flat::compile(text).is_none(), "{text}");
                continue;
            }
            let flat = Struct::new(text).unwrap();
            let planned = planned(text);
            assert!(flat.plan.flat().is_some(), "{text}");
            assert_eq!(flat.size(), planned.size(), "{text}");
            assert_eq!(flat.layout(), planned.layout(), "{text}");
            let size = usize::try_from(flat.size().unwrap()).unwrap();
            let data: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let record = flat.unpack(&data).unwrap();
            assert_eq!(record, planned.unpack(&data).unwrap(), "{text}");
            assert_eq!(flat.pack(&record), planned.pack(&record), "{text}");
        }
    }

    #[test]
    fn whatever_goes_beyond_takes_the_long_way() {
        for text in [
            "I:a",
            "(H)",
            "z",
            "3",
            "3 H",
            "Zf",
            "5000000000s",
            "<i>i",
            "H=1",
            "|4",
            "%a",
        ] {
            assert!(Flat::compile(text).is_none(), "{text}");
        }
    }
}
