//! The values of a list of places as a row of [`Value`]s: a new one, or one to write over.

use std::slice::IterMut;

use byteorder::{BigEndian, ByteOrder, LittleEndian};

use super::Flat;
use crate::structs::float;
use crate::structs::plan::Scalar;
use crate::structs::read::Read;
use crate::structs::unpack::pascal;
use crate::value::{Bytes, Value};

impl Flat {
    /// Makes `values` those at the front of `data`; `None` where they are too short.
    pub(in crate::structs) fn unpack(&self, data: &[u8], values: &mut Vec<Value>) -> Option<()> {
        let data = data.get(..usize::try_from(self.size).ok()?)?;
        let arity = usize::try_from(self.arity).ok()?;
        if values.len() == arity {
            self.unpack_to(data, &mut values.iter_mut())
        } else {
            values.clear();
            // Every value has a byte of its own, or an item of the format.
            values.reserve_exact(arity);
            self.unpack_to(data, values)
        }
    }

    fn unpack_to(&self, data: &[u8], row: &mut impl Row) -> Option<()> {
        if self.order.is_little() {
            self.unpack_in::<LittleEndian>(data, row)
        } else {
            self.unpack_in::<BigEndian>(data, row)
        }
    }

    fn unpack_in<O: ByteOrder>(&self, data: &[u8], row: &mut impl Row) -> Option<()> {
        for item in &self.items {
            let start = usize::try_from(item.offset).ok()?;
            let size = usize::from(item.size);
            let length = usize::try_from(item.count).ok()?.checked_mul(size)?;
            let bytes = data.get(start..start.checked_add(length)?)?;
            match item.read {
                Read::Nothing => {}
                Read::Bytes => row.put(Value::from(bytes)),
                Read::Pascal => row.put(Value::from(pascal(bytes))),
                Read::Char => row.each(bytes, |[b]| Bytes::of_one(b)),
                Read::Bool => row.each(bytes, |[b]| b != 0),
                Read::U8 => row.each(bytes, |[b]| i128::from(b)),
                Read::I8 => row.each(bytes, |[b]| i128::from(b.cast_signed())),
                Read::U16 => row.each::<2, i128>(bytes, |b| O::read_u16(&b).into()),
                Read::I16 => row.each::<2, i128>(bytes, |b| O::read_i16(&b).into()),
                Read::U32 => row.each::<4, i128>(bytes, |b| O::read_u32(&b).into()),
                Read::I32 => row.each::<4, i128>(bytes, |b| O::read_i32(&b).into()),
                Read::U64 => row.each::<8, i128>(bytes, |b| O::read_u64(&b).into()),
                Read::I64 => row.each::<8, i128>(bytes, |b| O::read_i64(&b).into()),
                Read::F32 => row.each::<4, f64>(bytes, |b| float::from_single(O::read_u32(&b))),
                Read::F64 => row.each::<8, f64>(bytes, |b| O::read_f64(&b)),
                Read::Other => {
                    let scalar = self.scalar(item)?;
                    for bytes in bytes.chunks_exact(size.max(1)) {
                        row.put(Scalar::value::<O>(scalar.kind, bytes));
                    }
                }
            }
        }
        Some(())
    }
}

/// Where values go, one behind the other.
trait Row {
    fn put(&mut self, value: impl Put);

    /// A value for each `N` of the bytes.
    fn each<const N: usize, P: Put>(&mut self, bytes: &[u8], read: impl Fn([u8; N]) -> P);
}

/// A new row.
impl Row for Vec<Value> {
    #[inline(always)]
    fn put(&mut self, value: impl Put) {
        self.push(value.into());
    }

    #[inline(always)]
    fn each<const N: usize, P: Put>(&mut self, bytes: &[u8], read: impl Fn([u8; N]) -> P) {
        let (items, _) = bytes.as_chunks();
        self.extend(items.iter().map(|item| read(*item).into()));
    }
}

/// A row to write over.
impl Row for IterMut<'_, Value> {
    #[inline(always)]
    fn put(&mut self, value: impl Put) {
        if let Some(old) = self.next() {
            value.over(old);
        }
    }

    #[inline(always)]
    fn each<const N: usize, P: Put>(&mut self, bytes: &[u8], read: impl Fn([u8; N]) -> P) {
        let (items, _) = bytes.as_chunks();
        for (item, old) in items.iter().zip(self) {
            read(*item).over(old);
        }
    }
}

/// What can be written over a value. In row after row the same kind stands at one place, and
/// takes no more than a store there: no old value is dropped.
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
                    old => *old = self.into(),
                }
            }
        }
    )*};
}
put!(i128 => Int, f64 => Float, bool => Bool, Bytes => Bytes);

impl Put for Value {
    fn over(self, old: &mut Value) {
        *old = self;
    }
}
