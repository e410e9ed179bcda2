//! Data of a type as values, for formats of whole files: there, only packing finds out what a field asks for.

use serde::ser::{
    Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
};
use serde::{Serialize, Serializer};

use crate::structs::error::DataError;
use crate::value::{Record, Value};

/// Makes values; `None` of a type without one.
#[derive(Clone, Copy)]
pub(super) struct ToValue;

/// Items in order, or fields by name.
#[derive(Default)]
pub(super) struct Composite {
    items: Vec<Value>,
    fields: Vec<(String, Value)>,
    key: Option<String>,
}

impl Composite {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let value = value.serialize(ToValue)?;
        let missing = || DataError::other("an item has no value");
        self.items.push(value.ok_or_else(missing)?);
        Ok(())
    }

    fn put_at<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), DataError> {
        if let Some(value) = value.serialize(ToValue)? {
            self.fields.push((key.to_owned(), value));
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<Value>, DataError> {
        Ok(Some(Value::List(self.items)))
    }

    fn record(self) -> Result<Option<Value>, DataError> {
        Ok(Some(Value::Record(Record::from_iter(self.fields))))
    }
}

fn holds_something<T>() -> Result<T, DataError> {
    Err(DataError::other(
        "only enumerations whose variants hold nothing can be written",
    ))
}

macro_rules! values {
    ($($method:ident $t:ty)*) => {$(
        fn $method(self, value: $t) -> Result<Option<Value>, DataError> {
            Ok(Some(Value::from(value)))
        }
    )*};
}

impl Serializer for ToValue {
    type Ok = Option<Value>;
    type Error = DataError;
    type SerializeSeq = Composite;
    type SerializeTuple = Composite;
    type SerializeTupleStruct = Composite;
    type SerializeTupleVariant = Impossible<Option<Value>, DataError>;
    type SerializeMap = Composite;
    type SerializeStruct = Composite;
    type SerializeStructVariant = Impossible<Option<Value>, DataError>;

    fn is_human_readable(&self) -> bool {
        false
    }

    values! {
        serialize_bool bool serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64
        serialize_i128 i128 serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64
        serialize_u128 u128 serialize_f64 f64 serialize_str &str serialize_bytes &[u8]
    }

    fn serialize_f32(self, value: f32) -> Result<Option<Value>, DataError> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_char(self, value: char) -> Result<Option<Value>, DataError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Option<Value>, DataError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    /// The variant's name, not its index: the field, whose code would decide between the two, isn't known yet.
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Option<Value>, DataError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Option<Value>, DataError> {
        value.serialize(self)
    }

    no_variants!(|_| holds_something());

    fn serialize_seq(self, _: Option<usize>) -> Result<Composite, DataError> {
        Ok(Composite::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Composite, DataError> {
        Ok(Composite::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Composite, DataError> {
        Ok(Composite::default())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Composite, DataError> {
        Ok(Composite::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Composite, DataError> {
        Ok(Composite::default())
    }
}

in_order! {
    Composite => Option<Value>, DataError: SerializeSeq::serialize_element
    SerializeTuple::serialize_element SerializeTupleStruct::serialize_field
}

impl SerializeMap for Composite {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), DataError> {
        self.key = match key.serialize(ToValue)? {
            Some(Value::Bytes(key)) => std::str::from_utf8(&key).ok().map(str::to_owned),
            Some(Value::Int(index)) => Some(index.to_string()),
            _ => None,
        };
        match self.key {
            Some(_) => Ok(()),
            None => Err(DataError::other("a key is neither a name nor an index")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let key = self.key.take().unwrap_or_default();
        self.put_at(&key, value)
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        self.record()
    }
}

impl SerializeStruct for Composite {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), DataError> {
        self.put_at(key, value)
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        self.record()
    }
}
