//! A row of values into the places of a list.

use std::sync::Arc;

use byteorder::{BigEndian, ByteOrder, LittleEndian};
use smallvec::SmallVec;

use super::{Flat, INLINE, Item};
use crate::structs::float;
use crate::structs::pack::Row;
use crate::structs::read::Read;
use crate::value::{Names, Value};

/// The longest format that is packed along its list, in bytes: values needn't back its zeros.
const MAX_SIZE: u32 = 1 << 20;

impl Flat {
    /// The size in bytes, where the format is short enough to be packed along its list.
    #[inline]
    pub(in crate::structs) fn packed_size(&self) -> Option<usize> {
        (self.size <= MAX_SIZE).then_some(self.size as usize)
    }

    /// Writes a row to `out`, which is [`Flat::packed_size`] zeros. `None` where the row isn't of
    /// this format or a value doesn't fit: packing along the plan tells which.
    #[inline(always)]
    pub(in crate::structs) fn pack(&self, row: Row<'_>, out: &mut [u8]) -> Option<()> {
        if row.values.len() != self.len() {
            return None;
        }
        let own = self.names.as_ref().map(Arc::as_ptr);
        match row.names {
            Some(names) if own != Some(std::ptr::from_ref(names)) => {
                self.pack_by_name(row.values, names, out)
            }
            _ if self.order.is_little() => self.pack_in::<LittleEndian>(row.values.iter(), out),
            _ => self.pack_in::<BigEndian>(row.values.iter(), out),
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
            self.pack_in::<LittleEndian>(row.into_iter(), out)
        } else {
            self.pack_in::<BigEndian>(row.into_iter(), out)
        }
    }

    #[inline(never)]
    fn pack_in<'v, O: ByteOrder>(
        &self,
        mut row: impl Iterator<Item = &'v Value>,
        out: &mut [u8],
    ) -> Option<()> {
        if self.one_each {
            for (item, value) in self.items.iter().zip(row) {
                self.put::<O>(item, value, out, item.offset as usize)?;
            }
            return Some(());
        }
        for item in &self.items {
            for at in item.places() {
                self.put::<O>(item, row.next()?, out, at)?;
            }
        }
        Some(())
    }

    /// A value at `at` of `out`.
    #[inline(always)]
    fn put<O: ByteOrder>(
        &self,
        item: &Item,
        value: &Value,
        out: &mut [u8],
        at: usize,
    ) -> Option<()> {
        match item.read {
            Read::U8 => place::<1>(out, at)?[0] = integer(value)?,
            Read::I8 => *place(out, at)? = integer::<i8>(value)?.to_ne_bytes(),
            Read::U16 => O::write_u16(place::<2>(out, at)?, integer(value)?),
            Read::I16 => O::write_i16(place::<2>(out, at)?, integer(value)?),
            Read::U32 => O::write_u32(place::<4>(out, at)?, integer(value)?),
            Read::I32 => O::write_i32(place::<4>(out, at)?, integer(value)?),
            Read::U64 => O::write_u64(place::<8>(out, at)?, integer(value)?),
            Read::I64 => O::write_i64(place::<8>(out, at)?, integer(value)?),
            Read::F32 => O::write_u32(place::<4>(out, at)?, float::to_single(float(value)?)?),
            Read::F64 => O::write_f64(place::<8>(out, at)?, float(value)?),
            _ => self.put_other(item, value, out.get_mut(at..)?)?,
        }
        Some(())
    }

    #[inline(never)]
    fn put_other(&self, item: &Item, value: &Value, to: &mut [u8]) -> Option<()> {
        match item.read {
            Read::Nothing => Some(()),
            Read::Bytes => put_bytes(value.as_bytes()?, to.get_mut(..item.count as usize)?),
            Read::Pascal => put_pascal(value.as_bytes()?, to.get_mut(..item.count as usize)?),
            Read::Bool => Some(*to.first_mut()? = u8::from(value.truth())),
            Read::Char => match value.as_bytes()? {
                &[byte] => Some(*to.first_mut()? = byte),
                _ => None,
            },
            _ => {
                let bytes = self.scalar(item)?.bytes(value).ok()?;
                let size = usize::from(item.size);
                to.get_mut(..size)?.copy_from_slice(bytes.get(..size)?);
                Some(())
            }
        }
    }
}

/// The bytes from `at` on, which is an offset in a flat format: no addition overflows.
#[inline(always)]
fn place<const N: usize>(out: &mut [u8], at: usize) -> Option<&mut [u8; N]> {
    out.get_mut(at..at.wrapping_add(N))?.first_chunk_mut()
}

#[inline(always)]
fn integer<T: TryFrom<i128>>(value: &Value) -> Option<T> {
    match value {
        Value::Int(n) => T::try_from(*n).ok(),
        value => T::try_from(value.as_int()?).ok(),
    }
}

#[inline(always)]
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(x) => Some(*x),
        value => value.as_f64(),
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
