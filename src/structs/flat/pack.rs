//! A row of values into the places of a list.

use std::sync::Arc;

use byteorder::{BigEndian, ByteOrder, LittleEndian};
use smallvec::SmallVec;

use super::{Flat, INLINE, Item};
use crate::offset::Position;
use crate::structs::float;
use crate::structs::pack::Row;
use crate::structs::read::Read;
use crate::value::{Names, Value};

/// The longest format that is packed along its list, in bytes: values needn't back its zeros.
const MAX_SIZE: u32 = 1 << 20;

/// How many bytes a struct has before its zeros need an allocation.
const FEW: u32 = 64;

/// Zeros to write a struct of `size` bytes to, without an allocation where they are few.
#[inline(always)]
pub(in crate::structs) fn with_zeros<R>(size: usize, write: impl FnOnce(&mut [u8]) -> R) -> R {
    let mut few = [0; FEW as usize];
    match few.get_mut(..size) {
        Some(zeros) => write(zeros),
        None => write(&mut vec![0; size]),
    }
}

impl Flat {
    /// The size in bytes, where the format is short enough to be packed along its list.
    #[inline]
    pub(in crate::structs) fn packed_size(&self) -> Option<usize> {
        (self.size <= MAX_SIZE).then_some(self.size as usize)
    }

    /// Hands the bytes of a row to `then`, where the format has [`FEW`]. `None` where it has more, where
    /// the row isn't of this format, or where a value doesn't fit: packing along the plan tells which.
    #[inline(always)]
    pub(in crate::structs) fn pack_few(
        &self,
        row: Row<'_>,
        then: impl FnOnce(&[u8]),
    ) -> Option<()> {
        // Loaded before anything is written: the compiler then knows that it is the length that it was.
        let size = self.size;
        if size > FEW {
            return None;
        }
        // Numbers begin below FEW. The mask tells the compiler so, and that the eight bytes of a number are within the
        // array: no bounds are checked for each value.
        const MASK: u32 = FEW - 1;
        let mut few = [0; FEW as usize + 8];
        self.pack(row, &mut few, MASK)?;
        then(few.get(..size as usize)?);
        Some(())
    }

    /// The same for a format of any length, at the end of `out`.
    #[inline(never)]
    pub(in crate::structs) fn append_many(&self, row: Row<'_>, out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        out.resize(start.past(self.packed_size()?), 0);
        let packed = self.pack(row, out.get_mut(start..)?, u32::MAX);
        if packed.is_none() {
            out.truncate(start);
        }
        packed
    }

    /// Writes a row to `out`, which holds zeros. `mask` changes no offset: it bounds them for the compiler.
    #[inline(always)]
    fn pack(&self, row: Row<'_>, out: &mut [u8], mask: u32) -> Option<()> {
        if row.values.len() != self.len() {
            return None;
        }
        let own = self.names.as_ref().map(Arc::as_ptr);
        let values = row.values.iter();
        match row.names {
            Some(names) if own != Some(std::ptr::from_ref(names)) => {
                self.pack_by_name(row.values, names, out)
            }
            _ if self.order.is_little() => self.pack_in::<LittleEndian>(values, out, mask),
            _ => self.pack_in::<BigEndian>(values, out, mask),
        }
    }

    /// The same for values that bring names of their own, in any order.
    #[inline(never)]
    fn pack_by_name(&self, values: &[Value], given: &Names, out: &mut [u8]) -> Option<()> {
        let own = self.names()?;
        let find = |i| {
            let name = own.get(i)?;
            let at = match given.get(i) {
                Some(same) if same == name => i,
                _ => given.position(name)?,
            };
            values.get(at)
        };
        let row: SmallVec<[&Value; INLINE]> = (0..values.len()).map(find).collect::<Option<_>>()?;
        if self.order.is_little() {
            self.pack_in::<LittleEndian>(row.into_iter(), out, u32::MAX)
        } else {
            self.pack_in::<BigEndian>(row.into_iter(), out, u32::MAX)
        }
    }

    #[inline(always)]
    fn pack_in<'v, O: ByteOrder>(
        &self,
        mut row: impl Iterator<Item = &'v Value>,
        out: &mut [u8],
        mask: u32,
    ) -> Option<()> {
        let mut packed = Packed { flat: self, out };
        if self.one_each {
            for (item, value) in self.items.iter().zip(row) {
                let mut near = *item;
                near.offset &= mask;
                packed
                    .slot(&near)
                    .write::<O>(value, |slot| slot.of(item).put_other(value))?;
            }
            return Some(());
        }
        for item in &self.items {
            for at in item.places() {
                let value = row.next()?;
                let offset = u32::try_from(at).ok()?;
                let item = Item { offset, ..*item };
                let slot = packed.slot(&item);
                slot.write::<O>(value, |slot| slot.put_other(value))?;
            }
        }
        Some(())
    }
}

/// A struct that is being written.
pub(in crate::structs) struct Packed<'f> {
    pub(in crate::structs) flat: &'f Flat,
    pub(in crate::structs) out: &'f mut [u8],
}

impl<'f> Packed<'f> {
    /// The place of an item of one value.
    #[inline(always)]
    pub(in crate::structs) fn slot<'t>(&'t mut self, item: &'t Item) -> Slot<'t, 'f> {
        Slot { packed: self, item }
    }
}

/// The place of a value. Two words, so that it is passed in registers.
pub(in crate::structs) struct Slot<'t, 'f> {
    packed: &'t mut Packed<'f>,
    item: &'t Item,
}

impl<'t, 'f> Slot<'t, 'f> {
    /// The place of another item.
    #[inline(always)]
    fn of(self, item: &'t Item) -> Slot<'t, 'f> {
        let Slot { packed, .. } = self;
        Slot { packed, item }
    }

    #[inline(always)]
    pub(in crate::structs) fn read(&self) -> Read {
        self.item.read
    }

    /// Whether numbers are in the other byte order than the machine's.
    #[inline(always)]
    pub(in crate::structs) fn is_swapped(&self) -> bool {
        self.packed.flat.order.is_swapped()
    }

    /// Puts the bytes of a number that is of the type that [`Slot::read`] says.
    #[inline(always)]
    pub(in crate::structs) fn put_plain<const N: usize>(self, bytes: [u8; N]) -> Option<()> {
        *place(self.packed.out, self.item.offset as usize)? = bytes;
        Some(())
    }

    /// Puts a number here; where the code isn't for plain numbers, what `other` makes of the place.
    /// `None` where it doesn't fit.
    #[inline(always)]
    pub(in crate::structs) fn put(
        self,
        number: impl Number,
        other: impl FnOnce(Self) -> Option<()>,
    ) -> Option<()> {
        if self.packed.flat.order.is_little() {
            self.write::<LittleEndian>(number, other)
        } else {
            self.write::<BigEndian>(number, other)
        }
    }

    #[inline(always)]
    fn write<O: ByteOrder>(
        self,
        n: impl Number,
        other: impl FnOnce(Self) -> Option<()>,
    ) -> Option<()> {
        let at = self.item.offset as usize;
        let out = &mut *self.packed.out;
        match self.item.read {
            Read::U8 => *place(out, at)? = n.integer::<u8>()?.to_ne_bytes(),
            Read::I8 => *place(out, at)? = n.integer::<i8>()?.to_ne_bytes(),
            Read::U16 => O::write_u16(place::<2>(out, at)?, n.integer()?),
            Read::I16 => O::write_i16(place::<2>(out, at)?, n.integer()?),
            Read::U32 => O::write_u32(place::<4>(out, at)?, n.integer()?),
            Read::I32 => O::write_i32(place::<4>(out, at)?, n.integer()?),
            Read::U64 => O::write_u64(place::<8>(out, at)?, n.integer()?),
            Read::I64 => O::write_i64(place::<8>(out, at)?, n.integer()?),
            Read::F32 => O::write_u32(place::<4>(out, at)?, n.single()?),
            Read::F64 => O::write_f64(place::<8>(out, at)?, n.float()?),
            // All variants are named, not `_`: the jump table then needs no comparison before it.
            Read::Nothing | Read::Bytes | Read::Pascal | Read::Char | Read::Bool | Read::Other => {
                other(self)?;
            }
        }
        Some(())
    }

    /// The general way, for what is rare in a loop. It takes a copy of the borrows, so that those of the loop stay in
    /// registers.
    #[inline(always)]
    pub(in crate::structs) fn put_other(self, value: &Value) -> Option<()> {
        let Packed { flat, out } = self.packed;
        let mut packed = Packed { flat, out };
        packed.slot(self.item).put_rare(value)
    }

    #[inline(never)]
    fn put_rare(self, value: &Value) -> Option<()> {
        match self.item.read {
            Read::Nothing => Some(()),
            Read::Bool => {
                *self.packed.out.get_mut(self.item.offset as usize)? = u8::from(value.truth());
                Some(())
            }
            _ if self.takes_bytes() => self.put_bytes(value.as_bytes()?),
            _ => {
                let bytes = self.packed.flat.scalar(self.item)?.bytes(value).ok()?;
                let size = usize::from(self.item.size);
                let to = self
                    .packed
                    .out
                    .get_mut(self.item.offset as usize..)?
                    .get_mut(..size)?;
                to.copy_from_slice(bytes.get(..size)?);
                Some(())
            }
        }
    }

    pub(in crate::structs) fn takes_bytes(&self) -> bool {
        matches!(self.item.read, Read::Bytes | Read::Pascal | Read::Char)
    }

    /// Bytes into a field of them, as packing puts them there.
    pub(in crate::structs) fn put_bytes(self, bytes: &[u8]) -> Option<()> {
        let to = self.packed.out.get_mut(self.item.offset as usize..)?;
        let length = self.item.count as usize;
        match (self.item.read, bytes) {
            (Read::Bytes, bytes) => put_bytes(bytes, to.get_mut(..length)?),
            (Read::Pascal, bytes) => put_pascal(bytes, to.get_mut(..length)?),
            (Read::Char, &[byte]) => put_bytes(&[byte], to),
            _ => None,
        }
    }
}

/// The bytes from `at` on, which is an offset in a flat format: no addition overflows.
#[inline(always)]
fn place<const N: usize>(out: &mut [u8], at: usize) -> Option<&mut [u8; N]> {
    out.get_mut(at..at.wrapping_add(N))?.first_chunk_mut()
}

/// An integer of a code's width.
pub(in crate::structs) trait Narrow: Sized {
    /// The number, where it fits: as `TryFrom`, with half of its instructions.
    fn narrow(n: i128) -> Option<Self>;
}

macro_rules! narrow {
    ($($t:ident)*) => {$(
        impl Narrow for $t {
            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is cut off is noticed"
            )]
            fn narrow(n: i128) -> Option<$t> {
                (i128::from(n as $t) == n).then_some(n as $t)
            }
        }
    )*};
}
narrow! { u8 i8 u16 i16 u32 i32 u64 i64 }

/// What an integer or a float may be made of.
pub(in crate::structs) trait Number: Copy {
    fn integer<T: Narrow>(self) -> Option<T>;
    fn float(self) -> Option<f64>;

    /// The bits of a single-precision float.
    #[inline(always)]
    fn single(self) -> Option<u32> {
        float::to_single(self.float()?)
    }
}

impl Number for &Value {
    #[inline(always)]
    fn integer<T: Narrow>(self) -> Option<T> {
        match self {
            Value::Int(n) => T::narrow(*n),
            value => T::narrow(truth(value)?),
        }
    }

    #[inline(always)]
    fn float(self) -> Option<f64> {
        match self {
            Value::Float(x) => Some(*x),
            value => converted(value),
        }
    }

    #[inline(always)]
    fn single(self) -> Option<u32> {
        match self {
            Value::Float(x) => float::to_single(*x),
            value => float::to_single(converted(value)?),
        }
    }
}

/// A truth value as an integer.
#[cold]
#[inline(never)]
fn truth(value: &Value) -> Option<i128> {
    value.as_int()
}

/// A number of another kind as a float.
#[cold]
#[inline(never)]
fn converted(value: &Value) -> Option<f64> {
    value.as_f64()
}

impl Number for i128 {
    #[inline(always)]
    fn integer<T: Narrow>(self) -> Option<T> {
        T::narrow(self)
    }

    #[inline(always)]
    fn float(self) -> Option<f64> {
        Value::Int(self).as_f64()
    }
}

impl Number for f64 {
    #[inline(always)]
    fn integer<T: Narrow>(self) -> Option<T> {
        None
    }

    #[inline(always)]
    fn float(self) -> Option<f64> {
        Some(self)
    }
}

/// As much as there is room for; the rest of the place stays zeros.
fn put_bytes(bytes: &[u8], place: &mut [u8]) -> Option<()> {
    let length = bytes.len().min(place.len());
    place
        .get_mut(..length)?
        .copy_from_slice(bytes.get(..length)?);
    Some(())
}

/// Python stores all bytes that fit the place, even where the length byte can't say so.
fn put_pascal(bytes: &[u8], place: &mut [u8]) -> Option<()> {
    let Some((length, place)) = place.split_first_mut() else {
        return Some(());
    };
    *length = u8::try_from(bytes.len().min(place.len())).unwrap_or(u8::MAX);
    put_bytes(bytes, place)
}
