//! Bytes straight into types that implement serde's `Deserialize`.

/// What all deserializers here have in common: they are binary, a newtype and an option are what is
/// inside, a tuple is a sequence.
macro_rules! transparent {
    () => {
        fn is_human_readable(&self) -> bool {
            false
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_newtype_struct(self)
        }

        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_some(self)
        }

        fn deserialize_tuple<V: Visitor<'de>>(
            self,
            _: usize,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.deserialize_seq(visitor)
        }

        fn deserialize_tuple_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            _: usize,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.deserialize_seq(visitor)
        }
    };
}

mod flat;
mod item;
mod record;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use item::{Item, ItemSource};

use super::Struct;
use super::error::{DataError, DataErrorKind, Segment};
use super::plan::{BitField, Body, Element, Field, Repeat};
use super::unpack::Cursor;

use crate::offset::Position;

impl Struct {
    /// A value of any type that implements serde's `Deserialize`, from a struct that takes all of
    /// `data`; no [`Value`](crate::Value) is built on the way.
    ///
    /// A Rust struct takes the fields of its names, whatever their order, where the format has
    /// names, and the fields in order where it has none; tuples and sequences always go by
    /// order. Groups become structs or tuples, arrays become sequences, bytes become `&[u8]`
    /// (with `serde_bytes`), `&str` or `String` where they are UTF-8, or arrays of `u8`. An
    /// enumeration takes the variant of that index from an integer and the variant of that name
    /// from bytes. `Option` is always `Some`.
    ///
    /// A format of a whole file is unpacked first, so that what a type takes of it is owned: `String` and not
    /// `&str`. A field of a case that was not taken isn't there: `Option` is `None` then.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, PartialEq, Debug)]
    /// struct Header {
    ///     width: u32,
    ///     height: u32,
    ///     palette: Vec<(u8, u8, u8)>,
    /// }
    ///
    /// let format = Struct::new("<2s:magic I:width I:height B:n [n](BBB):palette")?;
    /// let header: Header = format.deserialize(b"HI\x02\0\0\0\x01\0\0\0\x01\xff\x80\0")?;
    /// assert_eq!(header, Header { width: 2, height: 1, palette: vec![(255, 128, 0)] });
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Struct::unpack`], and when the type wants something else than the format has; the
    /// error names the field and the offset.
    pub fn deserialize<'de, T: Deserialize<'de>>(&self, data: &'de [u8]) -> Result<T, DataError> {
        let (value, taken) = self.deserialize_prefix(data)?;
        if taken == data.len() {
            return Ok(value);
        }
        Err(DataError::new(DataErrorKind::Trailing {
            size: taken as u64,
            available: data.len() as u64,
        }))
    }

    /// The same from the front of `data`, with how many bytes the struct takes.
    ///
    /// # Errors
    ///
    /// As [`Struct::deserialize`], but bytes left over are none.
    pub fn deserialize_prefix<'de, T: Deserialize<'de>>(
        &self,
        data: &'de [u8],
    ) -> Result<(T, usize), DataError> {
        if self.is_whole() {
            let (record, taken) = self.unpack_prefix(data)?;
            return Ok((T::deserialize(record::Owned(record.into()))?, taken));
        }
        if let Some(flat) = self.plan.flat()
            && let Some(size) = self.size.and_then(|size| usize::try_from(size).ok())
            && let Some(data) = data.get(..size)
            // Whatever is less simple, or wrong, goes the general way.
            && let Ok(value) = T::deserialize(flat::WholeStruct::new(flat, data))
        {
            return Ok((value, size));
        }
        let mut cursor = Cursor::new(data, &self.plan);
        let value = T::deserialize(Level {
            cursor: &mut cursor,
            body: &self.plan.body,
        })?;
        Ok((value, cursor.offset()))
    }
}

impl de::Error for DataError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        DataError::other(message.to_string())
    }
}

/// A level of a format: a map of its names, or a sequence.
struct Level<'c, 'p, 'de> {
    cursor: &'c mut Cursor<'de>,
    body: &'p Body,
}

impl<'p, 'de> Level<'_, 'p, 'de> {
    /// The values one after another, by name or by order.
    fn walk<R>(
        self,
        visit: impl FnOnce(&mut Walk<'_, 'p, 'de>) -> Result<R, DataError>,
    ) -> Result<R, DataError> {
        let before = self.cursor.offset();
        let mut walk = Walk {
            cursor: &mut *self.cursor,
            fields: self.body.fields.iter(),
            values: None,
        };
        let value = visit(&mut walk)?;
        // Only padding may be left after the visitor.
        match walk.advance()? {
            None => {
                self.cursor.note_fields(self.body, before)?;
                Ok(value)
            }
            Some(_) => {
                let message = format!("the format has more values: {}", self.body.arity);
                Err(DataError::other(message))
            }
        }
    }

    /// The only value of the level, for a type that is neither a map nor a sequence.
    fn single<V: Visitor<'de>>(
        self,
        visitor: V,
        read: impl FnOnce(Item<'_, 'p, 'de>, V) -> Result<V::Value, DataError>,
    ) -> Result<V::Value, DataError> {
        if self.body.arity != 1 {
            return Err(de::Error::invalid_type(
                de::Unexpected::Other(&format!("a struct of {} values", self.body.arity)),
                &visitor,
            ));
        }
        self.walk(|walk| match walk.advance()? {
            Some(entry) => walk.read(entry, |item| read(item, visitor)),
            None => Err(DataError::other("the format has no value")),
        })
    }
}

macro_rules! single_value {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
            self.single(visitor, |item, visitor| item.$method(visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Level<'_, '_, 'de> {
    type Error = DataError;

    transparent!();

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        if self.body.names.is_some() {
            self.deserialize_map(visitor)
        } else {
            self.deserialize_seq(visitor)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.walk(|walk| {
            visitor.visit_map(Entries {
                walk,
                pending: None,
            })
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.walk(|walk| visitor.visit_seq(walk))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.single(visitor, |item, visitor| {
            item.deserialize_enum(name, variants, visitor)
        })
    }

    /// A unit has no data; it fits where the level has no values that packing needs.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        if self.body.least() == 0 {
            self.cursor.record(self.body)?;
            return visitor.visit_unit();
        }
        self.walk(|_| visitor.visit_unit())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.cursor.record(self.body)?;
        visitor.visit_unit()
    }

    single_value! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
    }
}

/// Goes from value to value of a level.
struct Walk<'c, 'p, 'de> {
    cursor: &'c mut Cursor<'de>,
    fields: std::slice::Iter<'p, Field>,
    /// The values to come of a field that has several in line.
    values: Option<Rest<'p>>,
}

/// The values of a field that are still to come.
#[derive(Clone, Copy)]
struct Rest<'p> {
    field: &'p Field,
    next: u64,
    end: u64,
    /// The integer of bit fields that are among the fields of their level.
    raw: u128,
}

/// A value, before it is read.
#[derive(Clone, Copy)]
struct Entry<'p> {
    field: &'p Field,
    /// Which of the field's values.
    index: u64,
    bit: Option<(&'p BitField, u128)>,
}

impl<'p> Entry<'p> {
    fn segment(&self) -> Segment {
        match self.bit.and_then(|(bit, _)| bit.name.clone()) {
            Some(name) => Segment::Name(name),
            None => self.field.segment(self.index),
        }
    }

    fn name(&self) -> Option<&'p str> {
        match self.bit {
            Some((bit, _)) => bit.name.as_deref(),
            None => self.field.name.as_deref(),
        }
    }
}

impl<'p, 'de> Walk<'_, 'p, 'de> {
    /// The next value, past padding; `None` after the last.
    fn advance(&mut self) -> Result<Option<Entry<'p>>, DataError> {
        loop {
            if let Some(rest) = &mut self.values {
                if rest.next < rest.end {
                    let entry = Entry {
                        field: rest.field,
                        index: rest.next,
                        bit: match &rest.field.element {
                            Element::Bits(bits) => {
                                let i = usize::try_from(rest.next).unwrap_or(usize::MAX);
                                bits.named().nth(i).map(|bit| (bit, rest.raw))
                            }
                            _ => None,
                        },
                    };
                    rest.next.advance(1);
                    return Ok(Some(entry));
                }
                self.values = None;
            }
            let Some(field) = self.fields.next() else {
                return Ok(None);
            };
            self.cursor.begin(field)?;
            let within = |e: DataError| e.within(field.segment(0));
            let mut rest = Rest {
                field,
                next: 0,
                end: field.arity(),
                raw: 0,
            };
            match &field.element {
                Element::Pad(count) => {
                    let n = self.cursor.count(count).map_err(within)?;
                    self.cursor.take(n).map_err(within)?;
                }
                Element::Bits(bits) => {
                    rest.raw = self.cursor.bits(field, bits).map_err(within)?;
                }
                _ if field.constant.is_some() || field.slot.is_some() => {
                    self.cursor.look_at(field).map_err(within)?;
                }
                _ => {}
            }
            self.values = Some(rest);
        }
    }

    fn read<R>(
        &mut self,
        entry: Entry<'p>,
        read: impl FnOnce(Item<'_, 'p, 'de>) -> Result<R, DataError>,
    ) -> Result<R, DataError> {
        let start = self.cursor.offset() as u64;
        let what = match (entry.bit, &entry.field.element, &entry.field.repeat) {
            (Some((bit, raw)), Element::Bits(bits), _) => ItemSource::Bit(bits, bit, raw),
            (_, element, Repeat::Array(count)) => ItemSource::Array(count, element),
            (_, element, _) => ItemSource::One(element),
        };
        let item = Item {
            cursor: self.cursor,
            what,
        };
        read(item).map_err(|e| e.at(start).within(entry.segment()))
    }
}

impl<'de> SeqAccess<'de> for &mut Walk<'_, '_, 'de> {
    type Error = DataError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DataError> {
        match self.advance()? {
            Some(entry) => self.read(entry, |item| seed.deserialize(item)).map(Some),
            None => Ok(None),
        }
    }
}

macro_rules! number_keys {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
            visitor.visit_u64(self.0)
        }
    )*};
}

struct Entries<'w, 'c, 'p, 'de> {
    walk: &'w mut Walk<'c, 'p, 'de>,
    pending: Option<Entry<'p>>,
}

impl<'de> MapAccess<'de> for Entries<'_, '_, '_, 'de> {
    type Error = DataError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DataError> {
        self.pending = self.walk.advance()?;
        let Some(entry) = self.pending else {
            return Ok(None);
        };
        let key = match entry.name() {
            Some(name) => seed.deserialize(StrDeserializer::new(name)),
            None => {
                let index = entry.field.index(entry.index);
                seed.deserialize(Index(index))
            }
        };
        key.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DataError> {
        match self.pending.take() {
            Some(entry) => self.walk.read(entry, |item| seed.deserialize(item)),
            None => Err(DataError::other("a value was asked for before its key")),
        }
    }
}

/// The key of a value without a name: its index, as decimal text or, where a number is asked for, as a number.
struct Index(u64);

impl<'de> Deserializer<'de> for Index {
    type Error = DataError;

    transparent!();

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_string(self.0.to_string())
    }

    number_keys! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf unit unit_struct seq map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
