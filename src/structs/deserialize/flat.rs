//! Fields read straight from their offsets, where all are known before any data.

use serde::de::value::{BytesDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::item::{Variant, visit_scalar};
use crate::offset::Position;
use crate::structs::flat::{Flat, Item, Spot};
use crate::structs::float;
use crate::structs::misfit::Misfit;
use crate::structs::read::Read;
use crate::structs::unpack::pascal;
use crate::value::Names;

/// A whole struct.
pub(super) struct WholeStruct<'f, 'de> {
    flat: &'f Flat,
    data: &'de [u8],
}

impl<'f, 'de> WholeStruct<'f, 'de> {
    pub(super) fn new(flat: &'f Flat, data: &'de [u8]) -> WholeStruct<'f, 'de> {
        WholeStruct { flat, data }
    }

    #[inline]
    fn walk<R>(
        self,
        visit: impl FnOnce(&mut Walk<'f, 'de>) -> Result<R, Misfit>,
    ) -> Result<R, Misfit> {
        let mut walk = Walk {
            flat: self.flat,
            names: self.flat.names().map(|names| &**names),
            data: self.data,
            next: 0,
        };
        let value = visit(&mut walk)?;
        match walk.next == self.flat.len() {
            true => Ok(value),
            false => Err(Misfit),
        }
    }
}

macro_rules! misfits {
    ($($method:ident($($t:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $t,)* _: V) -> Result<V::Value, Misfit> {
            Err(Misfit)
        }
    )*};
}

impl<'de> Deserializer<'de> for WholeStruct<'_, 'de> {
    type Error = Misfit;

    transparent!();

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.walk(|walk| match walk.names {
            Some(_) => visitor.visit_map(walk),
            None => visitor.visit_seq(walk),
        })
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.walk(|walk| visitor.visit_map(walk))
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.walk(|walk| visitor.visit_seq(walk))
    }

    misfits! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char() deserialize_str()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_unit_struct(&'static str) deserialize_identifier() deserialize_ignored_any()
        deserialize_enum(&'static str, &'static [&'static str])
    }

    /// A type that was read before gets its fields in its own order, without their names.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let Some(order) = self.flat.read_as(fields) else {
            return self.deserialize_any(visitor);
        };
        let mut known = TypeOrder {
            flat: self.flat,
            order: order.iter(),
            data: self.data,
        };
        let value = visitor.visit_seq(&mut known)?;
        match known.order.len() {
            0 => Ok(value),
            _ => Err(Misfit),
        }
    }
}

/// The fields in the order of a type.
struct TypeOrder<'f, 'de> {
    flat: &'f Flat,
    order: std::slice::Iter<'f, Item>,
    data: &'de [u8],
}

impl<'de> SeqAccess<'de> for &mut TypeOrder<'_, 'de> {
    type Error = Misfit;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.order.next() else {
            return Ok(None);
        };
        let spot = self.flat.spot(item);
        let data = self.data;
        seed.deserialize(Field { spot, data }).map(Some)
    }
}

/// Goes from field to field.
struct Walk<'f, 'de> {
    flat: &'f Flat,
    names: Option<&'f Names>,
    data: &'de [u8],
    /// The index of the next value.
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Walk<'_, 'de> {
    type Error = Misfit;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        if self.next >= self.flat.len() {
            return Ok(None);
        }
        self.next_value_seed(seed).map(Some)
    }
}

impl<'de> MapAccess<'de> for &mut Walk<'_, 'de> {
    type Error = Misfit;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        if self.next >= self.flat.len() {
            return Ok(None);
        }
        let name = self
            .names
            .and_then(|names| names.get(self.next))
            .ok_or(Misfit)?;
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let item = self.flat.item(self.next).ok_or(Misfit)?;
        let spot = self.flat.spot(&item);
        self.next.advance(1);
        seed.deserialize(Field {
            spot,
            data: self.data,
        })
    }
}

/// One field.
struct Field<'f, 'de> {
    spot: Spot<'f>,
    data: &'de [u8],
}

impl<'de> Field<'_, 'de> {
    /// The content, where it is bytes.
    fn bytes(&self) -> Option<&'de [u8]> {
        let bytes = self.spot.bytes(self.data)?;
        match self.spot.read() {
            Read::Bytes | Read::Char => Some(bytes),
            Read::Pascal => Some(pascal(bytes)),
            _ => None,
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let bytes = self.bytes().ok_or(Misfit)?;
        visitor.visit_borrowed_str(std::str::from_utf8(bytes).map_err(|_| Misfit)?)
    }

    fn octets<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let bytes = self.bytes().ok_or(Misfit)?;
        let mut octets = SeqDeserializer::new(bytes.iter().copied());
        let value = visitor.visit_seq(&mut octets)?;
        octets.end().map(|()| value)
    }
}

/// Numbers of exactly the field's type take the short way, any other the general one.
macro_rules! plain {
    ($($method:ident $read:ident $visit:ident),*) => {$(
        #[inline(always)]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            match self.spot.read() {
                Read::$read => visitor.$visit(self.spot.number(self.data).ok_or(Misfit)?),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Field<'_, 'de> {
    type Error = Misfit;

    transparent!();

    #[inline(never)]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let (spot, data) = (&self.spot, self.data);
        match spot.read() {
            Read::U8 => visitor.visit_u8(spot.number(data).ok_or(Misfit)?),
            Read::U16 => visitor.visit_u16(spot.number(data).ok_or(Misfit)?),
            Read::U32 => visitor.visit_u32(spot.number(data).ok_or(Misfit)?),
            Read::U64 => visitor.visit_u64(spot.number(data).ok_or(Misfit)?),
            Read::I8 => visitor.visit_i8(spot.number(data).ok_or(Misfit)?),
            Read::I16 => visitor.visit_i16(spot.number(data).ok_or(Misfit)?),
            Read::I32 => visitor.visit_i32(spot.number(data).ok_or(Misfit)?),
            Read::I64 => visitor.visit_i64(spot.number(data).ok_or(Misfit)?),
            Read::F32 => {
                let bits = spot.number(data).ok_or(Misfit)?;
                visitor.visit_f64(float::from_single(bits))
            }
            Read::F64 => visitor.visit_f64(spot.number(data).ok_or(Misfit)?),
            Read::Bool => visitor.visit_bool(spot.number(data).ok_or(Misfit)?),
            _ => match self.bytes() {
                Some(bytes) => visitor.visit_borrowed_bytes(bytes),
                None => {
                    let scalar = spot.scalar().ok_or(Misfit)?;
                    visit_scalar(scalar, spot.bytes(data).ok_or(Misfit)?, visitor)
                }
            },
        }
    }

    plain! {
        deserialize_i8 I8 visit_i8, deserialize_i16 I16 visit_i16, deserialize_i32 I32 visit_i32,
        deserialize_i64 I64 visit_i64, deserialize_u16 U16 visit_u16,
        deserialize_u32 U32 visit_u32, deserialize_u64 U64 visit_u64,
        deserialize_f64 F64 visit_f64
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.spot.number::<f32>(self.data) {
            Some(x) if self.spot.read() == Read::F32 && !x.is_nan() => visitor.visit_f32(x),
            _ => self.deserialize_any(visitor),
        }
    }

    /// A `c` can be read as a number, too.
    #[inline]
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.spot.read() {
            Read::U8 | Read::Char => visitor.visit_u8(self.spot.number(self.data).ok_or(Misfit)?),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.text(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.text(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.spot.read() {
            Read::Other => self.deserialize_any(visitor),
            _ => self.octets(visitor),
        }
    }

    /// Integers mean the variant of that index, bytes the variant of that name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.bytes() {
            Some(bytes) => visitor.visit_enum(Variant(BytesDeserializer::new(bytes))),
            None => visitor.visit_enum(Variant(self)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i128 u128 bytes byte_buf unit unit_struct map struct identifier
    }
}
