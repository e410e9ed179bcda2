//! The values of a list of places, written over those of a row.

use byteorder::{BigEndian, ByteOrder, LittleEndian};

use super::{Flat, Item};
use crate::structs::float;
use crate::structs::plan::Scalar;
use crate::structs::read::Read;
use crate::structs::unpack::pascal;
use crate::value::{Bytes, Record, Value};

impl Flat {
    /// Makes the values of a record those at the front of `data`, and says how many bytes they take;
    /// `None` where the data are too short.
    #[inline(always)]
    pub(in crate::structs) fn unpack_into(
        &self,
        data: &[u8],
        record: &mut Record,
    ) -> Option<usize> {
        let data = data.get(..self.size as usize)?;
        // Every value has a byte of its own, or an item of the format.
        let values = record.room(self.len(), self.names());
        if self.order.is_little() {
            self.unpack_in::<LittleEndian>(data, values)?;
        } else {
            self.unpack_in::<BigEndian>(data, values)?;
        }
        Some(data.len())
    }

    #[inline(always)]
    fn unpack_in<O: ByteOrder>(&self, data: &[u8], values: &mut [Value]) -> Option<()> {
        if self.one_each {
            for (item, old) in self.items.iter().zip(values) {
                self.read::<O>(item, data, item.offset as usize, old)?;
            }
            return Some(());
        }
        let mut values = values.iter_mut();
        for item in &self.items {
            for at in item.places() {
                self.read::<O>(item, data, at, values.next()?)?;
            }
        }
        Some(())
    }

    /// The value at `at` of `data`.
    #[inline(always)]
    fn read<O: ByteOrder>(
        &self,
        item: &Item,
        data: &[u8],
        at: usize,
        old: &mut Value,
    ) -> Option<()> {
        match item.read {
            Read::Char => Bytes::of_one(*data.get(at)?).over(old),
            Read::Bool => (*data.get(at)? != 0).over(old),
            Read::U8 => i128::from(*data.get(at)?).over(old),
            Read::I8 => i128::from(data.get(at)?.cast_signed()).over(old),
            Read::U16 => i128::from(O::read_u16(place::<2>(data, at)?)).over(old),
            Read::I16 => i128::from(O::read_i16(place::<2>(data, at)?)).over(old),
            Read::U32 => i128::from(O::read_u32(place::<4>(data, at)?)).over(old),
            Read::I32 => i128::from(O::read_i32(place::<4>(data, at)?)).over(old),
            Read::U64 => i128::from(O::read_u64(place::<8>(data, at)?)).over(old),
            Read::I64 => i128::from(O::read_i64(place::<8>(data, at)?)).over(old),
            Read::F32 => float::from_single(O::read_u32(place::<4>(data, at)?)).over(old),
            Read::F64 => O::read_f64(place::<8>(data, at)?).over(old),
            // All variants are named, not `_`: the jump table then needs no comparison before it.
            Read::Nothing | Read::Bytes | Read::Pascal | Read::Other => {
                self.read_other::<O>(item, data.get(at..)?, old)?;
            }
        }
        Some(())
    }

    #[inline(never)]
    fn read_other<O: ByteOrder>(&self, item: &Item, data: &[u8], old: &mut Value) -> Option<()> {
        *old = match item.read {
            Read::Bytes => Value::from(data.get(..item.count as usize)?),
            Read::Pascal => Value::from(pascal(data.get(..item.count as usize)?)),
            _ => {
                let scalar = self.scalar(item)?;
                Scalar::value::<O>(scalar.kind, data.get(..usize::from(scalar.size))?)
            }
        };
        Some(())
    }
}

/// The bytes from `at` on, which is an offset in a flat format: no addition overflows.
#[inline(always)]
fn place<const N: usize>(data: &[u8], at: usize) -> Option<&[u8; N]> {
    data.get(at..at.wrapping_add(N))?.first_chunk()
}

/// A value that can be stored over one of its own kind without dropping the old one: from row to row, the kind at a
/// place stays the same.
trait Put: Into<Value> {
    fn over(self, old: &mut Value);
}

macro_rules! put {
    ($($t:ty => $variant:ident),*) => {$(
        impl Put for $t {
            #[inline(always)]
            fn over(self, old: &mut Value) {
                match old {
                    Value::$variant(old) => *old = self,
                    old => replace(old, self),
                }
            }
        }
    )*};
}

/// A value over one of another kind, which may have memory of its own.
#[inline(never)]
fn replace(old: &mut Value, new: impl Into<Value>) {
    *old = new.into();
}
put!(i128 => Int, f64 => Float, bool => Bool, Bytes => Bytes);
