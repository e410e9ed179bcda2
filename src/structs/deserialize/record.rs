//! Types from the values of a whole file, which were unpacked into a record.

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::item::{Variant, visit_integer};
use crate::structs::error::DataError;
use crate::structs::scalar::Integer;
use crate::value::{Record, Value};

/// A value to be deserialized. Fields that aren't there have no entry in their map, so an option is always `Some`.
pub(super) struct Owned(pub(super) Value);

impl IntoDeserializer<'_, DataError> for Owned {
    type Deserializer = Owned;

    fn into_deserializer(self) -> Owned {
        self
    }
}

impl Owned {
    fn record<'de, V: Visitor<'de>>(record: Record, visitor: V) -> Result<V::Value, DataError> {
        if !record.is_named() {
            return Owned::list(record.into_parts().1, visitor);
        }
        let entries: Vec<(String, Owned)> = record
            .entries()
            .map(|(key, value)| (key, Owned(value.clone())))
            .collect();
        let mut entries = MapDeserializer::new(entries.into_iter());
        let value = visitor.visit_map(&mut entries)?;
        entries.end()?;
        Ok(value)
    }

    fn list<'de, V: Visitor<'de>>(items: Vec<Value>, visitor: V) -> Result<V::Value, DataError> {
        let mut items = SeqDeserializer::new(items.into_iter().map(Owned));
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn bytes<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value, DataError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => visitor.visit_str(text),
            Err(_) => visitor.visit_bytes(bytes),
        }
    }
}

impl<'de> Deserializer<'de> for Owned {
    type Error = DataError;

    transparent!();

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.0 {
            Value::Bool(b) => visitor.visit_bool(b),
            Value::Float(x) => visitor.visit_f64(x),
            Value::Bytes(bytes) => Owned::bytes(&bytes, visitor),
            Value::List(items) => Owned::list(items, visitor),
            Value::Record(record) => Owned::record(record, visitor),
            Value::Uint(n) => visit_integer(Integer::Unsigned(n), visitor),
            value => match value.as_int() {
                Some(n) => visit_integer(Integer::Signed(n), visitor),
                None => {
                    let unexpected = de::Unexpected::Other(value.kind());
                    Err(de::Error::invalid_type(unexpected, &visitor))
                }
            },
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match &self.0 {
            Value::Bytes(bytes) => visitor.visit_bytes(bytes),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        match self.0 {
            // Bytes as a sequence of numbers, and a group as a sequence of its values.
            Value::Bytes(bytes) => {
                let items = bytes.iter().map(|byte| Value::from(*byte));
                Owned::list(items.collect(), visitor)
            }
            Value::Record(record) => Owned::list(record.into_parts().1, visitor),
            value => Owned(value).deserialize_any(visitor),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        match &self.0 {
            // A name is filled up with zeros.
            Value::Bytes(name) => match std::str::from_utf8(name) {
                Ok(name) => {
                    let name: StrDeserializer<'_, DataError> =
                        name.trim_end_matches('\0').into_deserializer();
                    visitor.visit_enum(Variant(name))
                }
                Err(_) => Err(DataError::other("the name of a variant is not UTF-8")),
            },
            _ => visitor.visit_enum(Variant(self)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 str string unit unit_struct map struct
        identifier ignored_any
    }
}
