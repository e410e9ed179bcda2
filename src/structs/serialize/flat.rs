//! Fields written straight to their offsets, where all are known before any data.

use serde::ser::{Impossible, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct};
use serde::{Serialize, Serializer};
use smallvec::SmallVec;

use super::target::Target;
use crate::structs::code::UNSIGNED;
use crate::structs::flat::{Item, Packed, Slot};
use crate::structs::misfit::Misfit;
use crate::structs::read::Read;
use crate::value::Value;

type Outcome = Result<(), Misfit>;
type No = Impossible<(), Misfit>;

/// The methods of a serializer for types that aren't taken.
macro_rules! misfits {
    ($($method:ident($($t:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $t),*) -> Result<$ok, Misfit> {
            Err(Misfit)
        }
    )*};
}

impl<'f> Packed<'f> {
    fn fields(self) -> Result<Fields<'f>, Misfit> {
        Ok(Fields {
            known: self.flat.written().iter(),
            packed: self,
            given: 0,
            learned: Vec::new(),
        })
    }
}

/// A whole struct.
impl<'f> Serializer for Packed<'f> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Fields<'f>;
    type SerializeTuple = Fields<'f>;
    type SerializeTupleStruct = Fields<'f>;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = Fields<'f>;
    type SerializeStructVariant = No;

    transparent!();

    no_variants!(|_| Err(Misfit));

    misfits! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_map(Option<usize>) -> No;
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Fields<'f>, Misfit> {
        self.fields()
    }

    fn serialize_tuple(self, _: usize) -> Result<Fields<'f>, Misfit> {
        self.fields()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Fields<'f>, Misfit> {
        self.fields()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'f>, Misfit> {
        self.fields()
    }
}

/// The fields of a struct.
pub(in crate::structs) struct Fields<'f> {
    packed: Packed<'f>,
    /// How many were given.
    given: usize,
    /// The fields still to come if the type is the one that was written before: while they match, none has to be looked
    /// up.
    known: std::slice::Iter<'f, (&'static str, Item)>,
    /// The fields so far, where they don't match those.
    learned: Vec<(&'static str, Item)>,
}

impl Fields<'_> {
    /// A field in order.
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        let item = self.packed.flat.item(self.given).ok_or(Misfit)?;
        self.put_at(&item, value)
    }

    #[inline(always)]
    fn put_at<T: Serialize + ?Sized>(&mut self, item: &Item, value: &T) -> Outcome {
        // Counts the fields of a type: no addition overflows.
        self.given = self.given.wrapping_add(1);
        value.serialize(self.packed.slot(item))
    }

    /// The place of a field that isn't the expected next one.
    #[inline(never)]
    fn learn(&mut self, key: &'static str) -> Result<Item, Misfit> {
        let flat = self.packed.flat;
        let Some(names) = flat.names() else {
            return flat.item(self.given).ok_or(Misfit);
        };
        if self.learned.is_empty() {
            self.known = [].iter();
            self.learned.extend(flat.written().iter().take(self.given));
        }
        let index = match names.get(self.given) {
            Some(name) if name == key => self.given,
            _ => names.position(key).ok_or(Misfit)?,
        };
        let item = flat.item(index).ok_or(Misfit)?;
        self.learned.push((key, item));
        Ok(item)
    }

    #[inline]
    fn finish(self) -> Outcome {
        let flat = self.packed.flat;
        match self.given == flat.len() {
            true if self.learned.is_empty() => Ok(()),
            true => cold(|| flat.note_written(self.learned).ok_or(Misfit)),
            false => Err(Misfit),
        }
    }
}

in_order! {
    Fields<'_> => (), Misfit: SerializeSeq::serialize_element SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
}
in_order! {
    Octets<'_, '_> => (), Misfit: SerializeSeq::serialize_element SerializeTuple::serialize_element
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Misfit;

    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Outcome {
        match self.known.next() {
            Some((same, item)) if std::ptr::eq(*same, key) => self.put_at(item, value),
            _ => {
                let item = self.learn(key)?;
                self.put_at(&item, value)
            }
        }
    }

    #[inline]
    fn end(self) -> Outcome {
        self.finish()
    }
}

/// A number of exactly the field's type takes the short way, any other the general one.
macro_rules! numbers {
    ($($method:ident $t:ty, $read:ident, $other:ident $(, $bits:ident)?;)*) => {$(
        #[inline(always)]
        fn $method(self, v: $t) -> Outcome {
            // A NaN takes the general way, which defines what becomes of its payload.
            #[allow(clippy::eq_op, reason = "a NaN is equal to nothing, not to itself either")]
            if self.read() == Read::$read && v == v {
                let bits = v$(.$bits())?;
                let bits = if self.is_swapped() { bits.swap_bytes() } else { bits };
                return self.put_plain(bits.to_ne_bytes()).ok_or(Misfit);
            }
            self.$other(v.into())
        }
    )*};
}

/// Values that aren't of exactly the field's type.
impl Slot<'_, '_> {
    #[cold]
    #[inline(never)]
    fn convert_integer(self, n: i128) -> Outcome {
        let other = |slot: Self| slot.put_other(&Value::from(n));
        self.put(n, other).ok_or(Misfit)
    }

    #[cold]
    #[inline(never)]
    fn convert_float(self, x: f64) -> Outcome {
        let other = |slot: Self| slot.put_other(&Value::from(x));
        self.put(x, other).ok_or(Misfit)
    }
}

/// Keeps what is rare out of what is inlined.
#[cold]
#[inline(never)]
fn cold<R>(rare: impl FnOnce() -> R) -> R {
    rare()
}

impl<'t, 'f> Serializer for Slot<'t, 'f> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Octets<'t, 'f>;
    type SerializeTuple = Octets<'t, 'f>;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    transparent!();

    no_variants!(|_| Err(Misfit));

    numbers! {
        serialize_i8 i8, I8, convert_integer;
        serialize_i16 i16, I16, convert_integer;
        serialize_i32 i32, I32, convert_integer;
        serialize_i64 i64, I64, convert_integer;
        serialize_u16 u16, U16, convert_integer;
        serialize_u32 u32, U32, convert_integer;
        serialize_u64 u64, U64, convert_integer;
        serialize_f32 f32, F32, convert_float, to_bits;
        serialize_f64 f64, F64, convert_float, to_bits;
    }

    fn serialize_bool(self, v: bool) -> Outcome {
        let other = |slot: Self| slot.put_other(&Value::from(v));
        self.put(i128::from(v), other).ok_or(Misfit)
    }

    fn serialize_i128(self, v: i128) -> Outcome {
        self.convert_integer(v)
    }

    misfits! {
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple_struct(&'static str, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(&'static str, usize) -> No;
    }

    fn serialize_u128(self, v: u128) -> Outcome {
        self.put_other(&Value::from(v)).ok_or(Misfit)
    }

    /// Also the one byte of a `c`.
    #[inline(always)]
    fn serialize_u8(self, v: u8) -> Outcome {
        if matches!(self.read(), Read::U8 | Read::Char) {
            return self.put_plain([v]).ok_or(Misfit);
        }
        cold(|| match self.takes_bytes() {
            true => self.serialize_bytes(&[v]),
            false => self.serialize_i128(v.into()),
        })
    }

    fn serialize_str(self, v: &str) -> Outcome {
        self.serialize_bytes(v.as_bytes())
    }

    fn serialize_bytes(self, v: &[u8]) -> Outcome {
        self.put_bytes(v).ok_or(Misfit)
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, variant: &'static str) -> Outcome {
        match self.takes_bytes() {
            true => self.serialize_str(variant),
            false => self.serialize_u32(index),
        }
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Octets<'t, 'f>, Misfit> {
        Octets::of(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Octets<'t, 'f>, Misfit> {
        Octets::of(self)
    }
}

/// Bytes that come one by one.
pub(in crate::structs) struct Octets<'t, 'f> {
    slot: Slot<'t, 'f>,
    bytes: SmallVec<[u8; 32]>,
}

impl<'t, 'f> Octets<'t, 'f> {
    fn of(slot: Slot<'t, 'f>) -> Result<Octets<'t, 'f>, Misfit> {
        let bytes = SmallVec::new();
        match slot.takes_bytes() {
            true => Ok(Octets { slot, bytes }),
            false => Err(Misfit),
        }
    }

    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        let number = value
            .serialize(Target::Number(UNSIGNED))
            .map_err(|_| Misfit)?;
        let byte = number.and_then(|number| u8::try_from(number.as_u64()?).ok());
        self.bytes.push(byte.ok_or(Misfit)?);
        Ok(())
    }

    fn finish(self) -> Outcome {
        self.slot.put_bytes(&self.bytes).ok_or(Misfit)
    }
}
