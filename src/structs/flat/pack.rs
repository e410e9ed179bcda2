//! A row of values into the places of a list.

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
    pub(in crate::structs) fn pack(&self, row: Row<'_>, out: &mut [u8]) -> Option<()> {
        if row.values.len() != self.arity as usize {
            return None;
        }
        match (row.names, self.names()) {
            (None, _) => self.pack_all(row.values.iter(), out),
            (Some(names), Some(own)) if std::ptr::eq(names, &raw const **own) => {
                self.pack_all(row.values.iter(), out)
            }
            (Some(names), Some(own)) => {
                let values = in_order(row.values, names, own)?;
                self.pack_all(values.into_iter(), out)
            }
            (Some(_), None) => None,
        }
    }

    fn pack_all<'v>(&self, row: impl Iterator<Item = &'v Value>, out: &mut [u8]) -> Option<()> {
        if self.order.is_little() {
            self.pack_in::<LittleEndian>(row, out)
        } else {
            self.pack_in::<BigEndian>(row, out)
        }
    }

    fn pack_in<'v, O: ByteOrder>(
        &self,
        mut row: impl Iterator<Item = &'v Value>,
        out: &mut [u8],
    ) -> Option<()> {
        for item in &self.items {
            let start = item.offset as usize;
            let length = (item.count as usize).checked_mul(usize::from(item.size))?;
            let place = out.get_mut(start..start.checked_add(length)?)?;
            self.put_item::<O>(item, &mut row, place)?;
        }
        Some(())
    }

    #[inline(always)]
    fn put_item<'v, O: ByteOrder>(
        &self,
        item: &Item,
        row: &mut impl Iterator<Item = &'v Value>,
        place: &mut [u8],
    ) -> Option<()> {
        match item.read {
            Read::Nothing => Some(()),
            Read::Bytes => put_bytes(row.next()?.as_bytes()?, place),
            Read::Pascal => put_pascal(row.next()?.as_bytes()?, place),
            Read::Char => each(row, place, |value, place| match value.as_bytes()? {
                &[byte] => Some(*place = [byte]),
                _ => None,
            }),
            Read::Bool => each(row, place, |v, to| Some(*to = [u8::from(v.truth())])),
            Read::U8 => each(row, place, |v, to| Some(*to = [integer(v)?])),
            Read::I8 => each(row, place, |v, to| {
                Some(*to = integer::<i8>(v)?.to_ne_bytes())
            }),
            Read::U16 => each(row, place, |v, to: &mut [u8; 2]| {
                Some(O::write_u16(to, integer(v)?))
            }),
            Read::I16 => each(row, place, |v, to: &mut [u8; 2]| {
                Some(O::write_i16(to, integer(v)?))
            }),
            Read::U32 => each(row, place, |v, to: &mut [u8; 4]| {
                Some(O::write_u32(to, integer(v)?))
            }),
            Read::I32 => each(row, place, |v, to: &mut [u8; 4]| {
                Some(O::write_i32(to, integer(v)?))
            }),
            Read::U64 => each(row, place, |v, to: &mut [u8; 8]| {
                Some(O::write_u64(to, integer(v)?))
            }),
            Read::I64 => each(row, place, |v, to: &mut [u8; 8]| {
                Some(O::write_i64(to, integer(v)?))
            }),
            Read::F32 => each(row, place, |v, to: &mut [u8; 4]| {
                Some(O::write_u32(to, float::to_single(v.as_f64()?)?))
            }),
            Read::F64 => each(row, place, |v, to: &mut [u8; 8]| {
                Some(O::write_f64(to, v.as_f64()?))
            }),
            Read::Other => {
                let scalar = self.scalar(item)?;
                for place in place.chunks_exact_mut(usize::from(item.size).max(1)) {
                    let bytes = scalar.bytes(row.next()?).ok()?;
                    place.copy_from_slice(bytes.get(..place.len())?);
                }
                Some(())
            }
        }
    }
}

/// The values of a row with other names' order, or the same names kept elsewhere, in this order.
fn in_order<'v>(
    values: &'v [Value],
    given: &Names,
    own: &Names,
) -> Option<SmallVec<[&'v Value; 2 * INLINE]>> {
    (0..values.len())
        .map(|i| {
            let name = own.get(i)?;
            let at = match given.get(i) {
                Some(same) if same == name => i,
                _ => given.position(name)?,
            };
            values.get(at)
        })
        .collect()
}

/// A value for each `N` bytes of the place.
#[inline(always)]
fn each<'v, const N: usize>(
    row: &mut impl Iterator<Item = &'v Value>,
    place: &mut [u8],
    put: impl Fn(&Value, &mut [u8; N]) -> Option<()>,
) -> Option<()> {
    let (places, _) = place.as_chunks_mut();
    for place in places {
        put(row.next()?, place)?;
    }
    Some(())
}

#[inline(always)]
fn integer<T: TryFrom<i128>>(value: &Value) -> Option<T> {
    match value {
        Value::Int(n) => T::try_from(*n).ok(),
        value => T::try_from(value.as_int()?).ok(),
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
