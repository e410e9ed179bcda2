//! Formats of nothing but Python's codes, compiled in one pass.
//!
//! Most formats are a dozen letters, and many programs compile one each time they use it. Such a
//! format needs neither tree nor plan to be unpacked: a list of places is enough. All other ways
//! of using it walk over a [`Plan`], which is made from the list when somebody first asks for it.

use std::ops::Deref;
use std::sync::OnceLock;

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
use crate::value::{Bytes, Record, Value};

/// How many items a format has before its list needs an allocation.
const INLINE: usize = 12;

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
            flat: None,
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
}

#[derive(Clone, Copy, Debug)]
struct Item {
    offset: u32,
    count: u32,
    letter: u8,
    read: Read,
    counted: bool,
    /// Whether it is exactly one number, truth value or byte.
    single: bool,
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

/// The first `N` bytes of `data`, which are there: a format's places lie in its size.
#[inline(always)]
fn front<const N: usize>(data: &[u8]) -> [u8; N] {
    data.first_chunk().copied().unwrap_or([0; N])
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
        };
        let letters = if order == Order::Native {
            &NATIVE
        } else {
            &STANDARD
        };
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
        let arity = match read {
            Read::Nothing => 0,
            Read::Bytes | Read::Pascal => 1,
            _ => n,
        };
        self.arity = self.arity.checked_add(arity)?;
        self.items.push(Item {
            offset,
            count: n,
            letter,
            read,
            counted: count.is_some(),
            single: n == 1 && !matches!(read, Read::Nothing | Read::Bytes | Read::Pascal),
        });
        Some(())
    }

    pub(super) fn size(&self) -> u64 {
        u64::from(self.size)
    }

    /// The values at the front of `data`; `None` where they are too short.
    pub(super) fn unpack(&self, data: &[u8]) -> Option<Record> {
        let data = data.get(..usize::try_from(self.size).ok()?)?;
        if self.order.is_little() {
            self.unpack_in::<LittleEndian>(data)
        } else {
            self.unpack_in::<BigEndian>(data)
        }
    }

    /// `data` are as long as the format: what stands behind their end is never asked for.
    fn unpack_in<O: ByteOrder>(&self, data: &[u8]) -> Option<Record> {
        // Every value has a byte of its own, or an item of the format.
        let mut values = Vec::with_capacity(usize::try_from(self.arity).ok()?);
        for item in &self.items {
            let rest = data.get(usize::try_from(item.offset).ok()?..)?;
            if item.single {
                values.push(self.value::<O>(item, rest));
                continue;
            }
            match item.read {
                Read::Nothing => {}
                Read::Bytes => {
                    let length = usize::try_from(item.count).ok()?;
                    values.push(Value::from(rest.get(..length)?));
                }
                Read::Pascal => {
                    let width = usize::try_from(item.count).ok()?;
                    values.push(Value::from(pascal(rest.get(..width)?)));
                }
                _ => {
                    let Letter { size, .. } = self.letter(item)?;
                    let items = rest.chunks_exact(usize::from(size).max(1));
                    let count = usize::try_from(item.count).ok()?;
                    values.extend(items.take(count).map(|bytes| self.value::<O>(item, bytes)));
                }
            }
        }
        Some(Record::new(values))
    }

    fn letter(&self, item: &Item) -> Option<Letter> {
        *letters_of(self.order).get(usize::from(item.letter))?
    }

    /// The number, truth value or byte at the front of `rest`.
    #[inline(always)]
    fn value<O: ByteOrder>(&self, item: &Item, rest: &[u8]) -> Value {
        match item.read {
            Read::Char => Value::Bytes(Bytes::of_one(front::<1>(rest)[0])),
            Read::Bool => Value::Bool(front::<1>(rest)[0] != 0),
            Read::U8 => Value::Int(front::<1>(rest)[0].into()),
            Read::I8 => Value::Int(front::<1>(rest)[0].cast_signed().into()),
            Read::U16 => Value::Int(O::read_u16(&front::<2>(rest)).into()),
            Read::I16 => Value::Int(O::read_i16(&front::<2>(rest)).into()),
            Read::U32 => Value::Int(O::read_u32(&front::<4>(rest)).into()),
            Read::I32 => Value::Int(O::read_i32(&front::<4>(rest)).into()),
            Read::U64 => Value::Int(O::read_u64(&front::<8>(rest)).into()),
            Read::I64 => Value::Int(O::read_i64(&front::<8>(rest)).into()),
            Read::F32 => Value::Float(float::from_single(O::read_u32(&front::<4>(rest)))),
            Read::F64 => Value::Float(O::read_f64(&front::<8>(rest))),
            _ => self.other::<O>(item, rest),
        }
    }

    #[cold]
    fn other<O: ByteOrder>(&self, item: &Item, rest: &[u8]) -> Value {
        match self.scalar(item) {
            Some(scalar) => {
                let bytes = rest.get(..usize::from(scalar.size)).unwrap_or_default();
                Scalar::value::<O>(scalar.kind, bytes)
            }
            None => Value::Int(0),
        }
    }

    pub(super) fn arity(&self) -> u64 {
        u64::from(self.arity)
    }

    /// The values of `data`, which are as long as the format, one after another.
    #[inline]
    pub(super) fn values<'f, 'a>(&'f self, data: &'a [u8]) -> FlatValues<'f, 'a> {
        FlatValues {
            flat: self,
            items: self.items.iter(),
            current: None,
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

    /// The fields of the plan.
    fn fields(&self) -> impl Iterator<Item = Field> {
        let mut first = 0u64;
        self.items.iter().filter_map(move |item| {
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
            let field = Field {
                align: u64::from(self.letter(item)?.align),
                offset: Some(u64::from(item.offset)),
                first,
                ..Field::new(element, repeat)
            };
            first = first.saturating_add(field.arity());
            Some(field)
        })
    }
}

/// The values of a flat format, read as somebody wants each.
pub(super) struct FlatValues<'f, 'a> {
    flat: &'f Flat,
    items: std::slice::Iter<'f, Item>,
    /// The item that has more values, where the next one lies, and how many are left.
    current: Option<(&'f Item, usize, u32)>,
    data: &'a [u8],
}

impl<'a> Values<'a> for FlatValues<'_, 'a> {
    #[inline(always)]
    fn next<T: FromField<'a>>(&mut self) -> Option<Result<T, DataError>> {
        let (item, at) = match self.current.take() {
            Some((item, at, left)) => self.several(item, at, left)?,
            None => {
                let item = self.items.next()?;
                let at = usize::try_from(item.offset).ok()?;
                if item.single {
                    (item, at)
                } else {
                    self.several(item, at, item.count)?
                }
            }
        };
        if T::is_plain(item.read)
            && let Some(bytes) = self.data.get(at..)
            && let Some(value) = T::from_plain(bytes, self.flat.order.is_swapped())
        {
            return Some(Ok(value));
        }
        Some(self.flat.place(item, at)?.read(self.data))
    }
}

impl<'f> FlatValues<'f, '_> {
    /// The next value of an item with a count, or of one behind it.
    #[inline(never)]
    fn several(&mut self, item: &'f Item, at: usize, left: u32) -> Option<(&'f Item, usize)> {
        let (mut item, mut at, mut left) = (item, at, left);
        loop {
            match item.read {
                Read::Bytes | Read::Pascal => return Some((item, at)),
                Read::Nothing => {}
                _ if left == 0 => {}
                _ => {
                    let size = usize::from(self.flat.letter(item)?.size);
                    let left = left.checked_sub(1)?;
                    self.current = (left > 0).then_some((item, at.checked_add(size)?, left));
                    return Some((item, at));
                }
            }
            item = self.items.next()?;
            at = usize::try_from(item.offset).ok()?;
            left = item.count;
        }
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
