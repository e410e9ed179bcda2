//! One value of a level: a single one, an array, a bit field.

use std::marker::PhantomData;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::Level;
use crate::offset::Position;
use crate::structs::code::Kind;
use crate::structs::error::{DataError, Segment};
use crate::structs::plan::{BitField, Bits, Count, Element, Scalar};
use crate::structs::scalar::Integer;
use crate::structs::unpack::{self, Cursor};

/// Where a value is read from.
#[derive(Clone, Copy)]
pub(super) enum ItemSource<'p> {
    One(&'p Element),
    Array(&'p Count, &'p Element),
    Bit(&'p Bits, &'p BitField, u128),
}

/// One value.
pub(super) struct Item<'c, 'p, 'de> {
    pub(super) cursor: &'c mut Cursor<'de>,
    pub(super) what: ItemSource<'p>,
}

impl<'p, 'de> Item<'_, 'p, 'de> {
    /// The content, where the value is made of bytes.
    fn bytes(&mut self) -> Result<Option<&'de [u8]>, DataError> {
        let ItemSource::One(element) = self.what else {
            return Ok(None);
        };
        Ok(Some(match element {
            Element::Bytes(count) => {
                let n = self.cursor.count(count)?;
                self.cursor.take(n)?
            }
            Element::Pascal(count) => {
                let n = self.cursor.count(count)?;
                unpack::pascal(self.cursor.take(n)?)
            }
            Element::CString => self.cursor.c_string()?,
            Element::Scalar(Scalar {
                kind: Kind::Char, ..
            }) => self.cursor.take(1)?,
            _ => return Ok(None),
        }))
    }

    fn text<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        match self.bytes()? {
            Some(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => visitor.visit_borrowed_str(text),
                Err(_) => Err(de::Error::invalid_value(
                    de::Unexpected::Bytes(bytes),
                    &visitor,
                )),
            },
            None => self.deserialize_any(visitor),
        }
    }

    fn sequence<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        if let Some(bytes) = self.bytes()? {
            let mut bytes = bytes.iter().copied();
            let items = de::value::SeqDeserializer::<_, DataError>::new(bytes.by_ref());
            let value = visitor.visit_seq(items)?;
            return match bytes.len() {
                0 => Ok(value),
                left => Err(DataError::other(format!("{left} more bytes than wanted"))),
            };
        }
        self.deserialize_any(visitor)
    }
}

impl<'de> Deserializer<'de> for Item<'_, '_, 'de> {
    type Error = DataError;

    transparent!();

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        if let Some(bytes) = self.bytes()? {
            return visitor.visit_borrowed_bytes(bytes);
        }
        match self.what {
            ItemSource::Bit(bits, bit, raw) => visit_integer(bit.raw(raw, bits.signed()), visitor),
            ItemSource::Array(count, element) => {
                let left = match count {
                    Count::Rest => None,
                    count => Some(self.cursor.count(count)?),
                };
                let mut items = Items {
                    cursor: self.cursor,
                    element,
                    left,
                    index: 0,
                };
                let value = visitor.visit_seq(&mut items)?;
                if items.is_done() {
                    Ok(value)
                } else {
                    Err(DataError::other("the array has more items than wanted"))
                }
            }
            ItemSource::One(element) => match element {
                Element::Group(body) => Level {
                    cursor: self.cursor,
                    body,
                }
                .deserialize_any(visitor),
                Element::Scalar(scalar) => {
                    let scalar = *scalar;
                    let bytes = self.cursor.take(u64::from(scalar.size))?;
                    visit_scalar(scalar, bytes, visitor)
                }
                Element::Leb128 { signed } => {
                    let value = self.cursor.leb128(*signed)?;
                    match value {
                        crate::Value::Uint(n) => visit_integer(Integer::Unsigned(n), visitor),
                        value => {
                            let n = value.as_int().unwrap_or_default();
                            visit_integer(Integer::Signed(n), visitor)
                        }
                    }
                }
                _ => visitor.visit_unit(),
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.text(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.text(visitor)
    }

    /// A `c` can be read as a number, too.
    fn deserialize_u8<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            ItemSource::One(Element::Scalar(Scalar {
                kind: Kind::Char, ..
            })) => match self.bytes()? {
                Some([byte]) => visitor.visit_u8(*byte),
                _ => Err(DataError::other("expected one byte")),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            ItemSource::One(Element::Group(body)) => Level {
                cursor: self.cursor,
                body,
            }
            .deserialize_seq(visitor),
            _ => self.sequence(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            ItemSource::One(Element::Group(body)) => Level {
                cursor: self.cursor,
                body,
            }
            .deserialize_map(visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    /// Integers mean the variant of that index, bytes the variant of that name.
    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        match self.bytes()? {
            Some(bytes) => visitor.visit_enum(Variant(de::value::BytesDeserializer::new(bytes))),
            None => visitor.visit_enum(Variant(self)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            ItemSource::Bit(..) => {}
            ItemSource::Array(count, element) => {
                self.cursor.array(count, element)?;
            }
            ItemSource::One(element) => {
                self.cursor.element(element)?;
            }
        }
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 bytes byte_buf unit unit_struct struct
        identifier
    }
}

/// A unit variant, named by what `D` deserializes.
pub(super) struct Variant<D>(pub(super) D);

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Variant<D> {
    type Error = D::Error;
    type Variant = UnitOnly<D::Error>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, UnitOnly<D::Error>), D::Error> {
        Ok((seed.deserialize(self.0)?, UnitOnly(PhantomData)))
    }
}

pub(super) struct UnitOnly<E>(PhantomData<E>);

impl<E: de::Error> UnitOnly<E> {
    fn refuse<T>() -> Result<T, E> {
        Err(E::custom(
            "only enumerations whose variants hold nothing can be read",
        ))
    }
}

impl<'de, E: de::Error> VariantAccess<'de> for UnitOnly<E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, E> {
        UnitOnly::refuse()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, E> {
        UnitOnly::refuse()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, E> {
        UnitOnly::refuse()
    }
}

/// The items of an array.
struct Items<'c, 'p, 'de> {
    cursor: &'c mut Cursor<'de>,
    element: &'p Element,
    /// `None` for as many as the rest of the input holds.
    left: Option<u64>,
    index: u64,
}

impl Items<'_, '_, '_> {
    fn is_done(&self) -> bool {
        self.left.unwrap_or(self.cursor.remaining() as u64) == 0
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_, '_, 'de> {
    type Error = DataError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DataError> {
        if self.is_done() {
            return Ok(None);
        }
        let index = self.index;
        let nested = |e: DataError| e.within(Segment::Item(index));
        let before = self.cursor.offset();
        let item = Item {
            cursor: self.cursor,
            what: ItemSource::One(self.element),
        };
        let value = seed
            .deserialize(item)
            .map_err(|e| nested(e.at(before as u64)))?;
        self.cursor.note_progress(before).map_err(nested)?;
        self.index = index.past(1);
        self.left = self.left.map(|left| left.since(1));
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        // The room follows from what the input can hold; the count alone is no promise.
        let most = (self.cursor.remaining() as u64).checked_div(self.element.min_size())?;
        usize::try_from(self.left?.min(most)).ok()
    }
}

impl<'de> IntoDeserializer<'de, DataError> for Integer {
    type Deserializer = Integer;

    fn into_deserializer(self) -> Integer {
        self
    }
}

impl<'de> Deserializer<'de> for Integer {
    type Error = DataError;

    transparent!();

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visit_integer(self, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_enum(Variant(self))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq map struct identifier ignored_any
    }
}

/// Visits the narrowest of serde's integer types that holds the value, since most types take 64 bits at most.
pub(super) fn visit_integer<'de, V: Visitor<'de>, E: de::Error>(
    n: Integer,
    visitor: V,
) -> Result<V::Value, E> {
    match n {
        Integer::Signed(n) => match (u64::try_from(n), i64::try_from(n)) {
            (Ok(n), _) => visitor.visit_u64(n),
            (_, Ok(n)) => visitor.visit_i64(n),
            _ => visitor.visit_i128(n),
        },
        Integer::Unsigned(n) => match u64::try_from(n) {
            Ok(n) => visitor.visit_u64(n),
            Err(_) => visitor.visit_u128(n),
        },
    }
}

pub(super) fn visit_scalar<'de, V: Visitor<'de>, E: de::Error>(
    scalar: Scalar,
    bytes: &'de [u8],
    visitor: V,
) -> Result<V::Value, E> {
    match scalar.kind {
        Kind::Int { signed: true } => {
            visit_integer(Integer::Signed(scalar.read_signed(bytes)), visitor)
        }
        Kind::Int { signed: false } | Kind::Pointer => {
            visit_integer(Integer::Unsigned(scalar.read_bits(bytes)), visitor)
        }
        Kind::Bool => visitor.visit_bool(bytes.iter().any(|b| *b != 0)),
        Kind::Float => visitor.visit_f64(scalar.read_float(bytes)),
        Kind::Complex => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            let parts = [scalar.read_float(re), scalar.read_float(im)];
            visitor.visit_seq(de::value::SeqDeserializer::new(parts.into_iter()))
        }
        _ => visitor.visit_borrowed_bytes(bytes),
    }
}
