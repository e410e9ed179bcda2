//! Single numbers and bytes, caught as they are handed over.

use serde::ser::{Impossible, SerializeTuple, SerializeTupleStruct};
use serde::{Serialize, Serializer};

use crate::structs::code::Kind;
use crate::structs::error::{DataError, DataErrorKind};
use crate::value::Value;

/// Catches one scalar; `None` where the type has none to give.
#[derive(Clone, Copy)]
pub(super) struct Capture {
    /// What the code wants: an enumeration's variant is a number to some and a name to others.
    pub(super) kind: Kind,
}

impl Capture {
    fn refuse<T>(self, found: &'static str) -> Result<T, DataError> {
        let expected = match self.kind {
            Kind::Char => "one byte",
            Kind::Bool => "a truth value",
            Kind::Float => "a number",
            Kind::Complex => "a complex number",
            _ => "an integer",
        };
        Err(DataError::new(DataErrorKind::Type {
            expected: expected.into(),
            found,
        }))
    }
}

macro_rules! capture_values {
    ($($method:ident $t:ty),*) => {$(
        fn $method(self, v: $t) -> Result<Option<Value>, DataError> {
            Ok(Some(Value::from(v)))
        }
    )*};
}

type No = Impossible<Option<Value>, DataError>;

impl Serializer for Capture {
    type Ok = Option<Value>;
    type Error = DataError;
    type SerializeSeq = No;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    capture_values! {
        serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32,
        serialize_i64 i64, serialize_i128 i128, serialize_u16 u16, serialize_u32 u32,
        serialize_u64 u64, serialize_u128 u128, serialize_f32 f32, serialize_f64 f64,
        serialize_str &str, serialize_bytes &[u8]
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_u8(self, v: u8) -> Result<Option<Value>, DataError> {
        Ok(Some(match self.kind {
            Kind::Char => Value::from(&[v]),
            _ => Value::from(v),
        }))
    }

    fn serialize_char(self, v: char) -> Result<Option<Value>, DataError> {
        Ok(Some(Value::from(&*v.encode_utf8(&mut [0; 4]))))
    }

    fn serialize_none(self) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<Option<Value>, DataError> {
        v.serialize(self)
    }

    fn serialize_unit(self) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Option<Value>, DataError> {
        Ok(None)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<Option<Value>, DataError> {
        Ok(Some(match self.kind {
            Kind::Char => Value::from(variant),
            _ => Value::from(index),
        }))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<Option<Value>, DataError> {
        v.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Option<Value>, DataError> {
        self.refuse("a variant that holds something")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<No, DataError> {
        self.refuse("an array")
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts, DataError> {
        match self.kind {
            Kind::Complex | Kind::Char => Ok(Parts {
                capture: self,
                parts: [0.0; 2],
                count: 0,
            }),
            _ => self.refuse("a tuple"),
        }
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Parts, DataError> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, DataError> {
        self.refuse("a variant that holds something")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<No, DataError> {
        self.refuse("a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<No, DataError> {
        self.refuse("a struct")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, DataError> {
        self.refuse("a variant that holds something")
    }
}

/// The parts of a complex number, or the byte of a `[u8; 1]`.
pub(super) struct Parts {
    capture: Capture,
    parts: [f64; 2],
    count: usize,
}

impl SerializeTuple for Parts {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let kind = match self.capture.kind {
            Kind::Complex => Kind::Float,
            kind => kind,
        };
        let number = match value.serialize(Capture { kind })? {
            Some(Value::Bytes(bytes)) => bytes.first().copied().map(f64::from),
            value => value.and_then(|value| value.as_f64()),
        };
        match (self.parts.get_mut(self.count), number) {
            (Some(part), Some(number)) => *part = number,
            _ => return self.capture.refuse("a tuple of something else"),
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        let [re, im] = self.parts;
        match (self.capture.kind, self.count) {
            (Kind::Complex, 2) => Ok(Some(Value::Complex(re, im))),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it was a byte"
            )]
            (Kind::Char, 1) => Ok(Some(Value::from(&[re as u8]))),
            _ => self.capture.refuse("a tuple of another length"),
        }
    }
}

impl SerializeTupleStruct for Parts {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        self.serialize_element(value)
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        SerializeTuple::end(self)
    }
}
