//! Bytes straight into types that implement serde's `Deserialize`.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Struct;
use super::code::Kind;
use super::error::{DataError, DataErrorKind, Segment};
use super::plan::{BitField, Bits, Body, Count, Element, Field, Repeat, Scalar};
use super::scalar::Integer;
use super::unpack::{self, Cursor};

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
        // What the visitor left must be nothing but padding.
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

    fn is_human_readable(&self) -> bool {
        false
    }

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

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_some(self)
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

    /// Nothing is all that there is to say where the format tells everything.
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        if self.body.arity == self.body.optional {
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
    /// The rest of a field that has several values in line.
    values: Option<Rest<'p>>,
}

/// The values of a field that are still to come.
#[derive(Clone, Copy)]
struct Rest<'p> {
    field: &'p Field,
    next: u64,
    end: u64,
    /// Flattened bit fields: the integer they are parts of.
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
    /// The next value, past padding; `None` behind the last.
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
                    rest.next = rest.next.saturating_add(1);
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
            (Some((bit, raw)), Element::Bits(bits), _) => What::Bit(bits, bit, raw),
            (_, element, Repeat::Array(count)) => What::Array(count, element),
            (_, element, _) => What::One(element),
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
                let index = entry.field.first.saturating_add(entry.index);
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

/// The key of a value without a name: text in decimal digits, and a number to who asks for one.
struct Index(u64);

impl<'de> Deserializer<'de> for Index {
    type Error = DataError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_string(self.0.to_string())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_newtype_struct(self)
    }

    number_keys! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// What a value is made of.
#[derive(Clone, Copy)]
enum What<'p> {
    One(&'p Element),
    Array(&'p Count, &'p Element),
    Bit(&'p Bits, &'p BitField, u128),
}

/// One value.
struct Item<'c, 'p, 'de> {
    cursor: &'c mut Cursor<'de>,
    what: What<'p>,
}

impl<'p, 'de> Item<'_, 'p, 'de> {
    /// The content, where the value is made of bytes.
    fn bytes(&mut self) -> Result<Option<&'de [u8]>, DataError> {
        let What::One(element) = self.what else {
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

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        if let Some(bytes) = self.bytes()? {
            return visitor.visit_borrowed_bytes(bytes);
        }
        match self.what {
            What::Bit(bits, bit, raw) => visit_integer(bit.raw(raw, bits.signed()), visitor),
            What::Array(count, element) => {
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
            What::One(element) => match element {
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

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_newtype_struct(self)
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

    /// A `c` is also a number.
    fn deserialize_u8<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            What::One(Element::Scalar(Scalar {
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
            What::One(Element::Group(body)) => Level {
                cursor: self.cursor,
                body,
            }
            .deserialize_seq(visitor),
            _ => self.sequence(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.what {
            What::One(Element::Group(body)) => Level {
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
            What::Bit(..) => {}
            What::Array(count, element) => {
                self.cursor.array(count, element)?;
            }
            What::One(element) => {
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

/// A unit variant, told by what `D` holds.
struct Variant<D>(D);

impl<'de, D: Deserializer<'de, Error = DataError>> EnumAccess<'de> for Variant<D> {
    type Error = DataError;
    type Variant = UnitOnly;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, UnitOnly), DataError> {
        Ok((seed.deserialize(self.0)?, UnitOnly))
    }
}

struct UnitOnly;

impl UnitOnly {
    fn refuse<T>() -> Result<T, DataError> {
        Err(DataError::other(
            "only enumerations whose variants hold nothing can be read",
        ))
    }
}

impl<'de> VariantAccess<'de> for UnitOnly {
    type Error = DataError;

    fn unit_variant(self) -> Result<(), DataError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, DataError> {
        UnitOnly::refuse()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, DataError> {
        UnitOnly::refuse()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, DataError> {
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
            what: What::One(self.element),
        };
        let value = seed
            .deserialize(item)
            .map_err(|e| nested(e.at(before as u64)))?;
        self.cursor.note_progress(before).map_err(nested)?;
        self.index = index.saturating_add(1);
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        // What the count claims is no promise; what the input can hold is.
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

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visit_integer(self, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_newtype_struct(self)
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
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// As the narrowest of serde's kinds that holds it: most types take 64 bits and no more.
fn visit_integer<'de, V: Visitor<'de>>(n: Integer, visitor: V) -> Result<V::Value, DataError> {
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

fn visit_scalar<'de, V: Visitor<'de>>(
    scalar: Scalar,
    bytes: &'de [u8],
    visitor: V,
) -> Result<V::Value, DataError> {
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
