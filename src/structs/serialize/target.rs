//! Data of a type become the value that their field asks for.

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::row::{Fields, Items, Row};
use crate::structs::code::Kind;
use crate::structs::error::{DataError, DataErrorKind, counted};
use crate::structs::plan::{Body, Element, Field, Repeat};
use crate::value::{Record, Value};

/// What a value is for. Serializing gives `None` where the type has no value.
#[derive(Clone, Copy)]
pub(super) enum Target<'p> {
    /// A group, or the whole struct.
    Level(&'p Body),
    Number(Kind),
    Bytes,
    /// An array of this element.
    Array(&'p Element),
    /// The key of a map: a name or an index.
    Key,
}

impl<'p> Target<'p> {
    /// A value of the field.
    pub(super) fn of(field: &'p Field) -> Target<'p> {
        match &field.repeat {
            Repeat::Array(_) => Target::Array(&field.element),
            _ => Target::item(&field.element),
        }
    }

    /// One item.
    pub(super) fn item(element: &'p Element) -> Target<'p> {
        match element {
            Element::Group(body) => Target::Level(body),
            Element::Scalar(scalar) => Target::Number(scalar.kind),
            Element::Bits(bits) => Target::Number(bits.integer.kind),
            Element::Leb128 { signed } => Target::Number(Kind::Int { signed: *signed }),
            _ => Target::Bytes,
        }
    }

    fn refuse<T>(self, found: &'static str) -> Result<T, DataError> {
        let expected = match self {
            Target::Level(body) => counted(body.arity, "value"),
            Target::Bytes => "bytes".into(),
            Target::Array(_) => "an array".into(),
            Target::Key => "a name or an index".into(),
            Target::Number(Kind::Char) => "one byte".into(),
            Target::Number(Kind::Bool) => "a truth value".into(),
            Target::Number(Kind::Float) => "a number".into(),
            Target::Number(Kind::Complex) => "a complex number".into(),
            Target::Number(_) => "an integer".into(),
        };
        Err(DataError::new(DataErrorKind::Type { expected, found }))
    }

    /// A number or bytes, which may differ by what they are for. A level of one value is that
    /// value.
    fn single(self, make: impl FnOnce(Target<'p>) -> Value) -> Result<Option<Value>, DataError> {
        if let Target::Level(body) = self
            && body.arity == 1
            && let Some(field) = body.at(0)
        {
            let value = Target::of(field).single(make);
            let value = value.map_err(|e| e.within(field.segment(0)))?;
            return Ok(value.map(|value| Record::new(vec![value]).into()));
        }
        let value = make(self);
        match (self, &value) {
            (Target::Number(_) | Target::Key, _) | (Target::Bytes, Value::Bytes(_)) => {
                Ok(Some(value))
            }
            _ => self.refuse(value.kind()),
        }
    }

    fn refuse_variant<T>(self) -> Result<T, DataError> {
        match self {
            Target::Number(_) => self.refuse("a variant that holds something"),
            _ => Err(DataError::other(
                "only enumerations whose variants hold nothing can be written",
            )),
        }
    }

    /// Values in order.
    fn items(self, length: Option<usize>, found: &'static str) -> Result<Items<'p>, DataError> {
        match self {
            Target::Level(body) => Ok(Items::Row(Row::in_order(body, length)?)),
            Target::Array(element) => Ok(Items::List(Target::item(element), Vec::new())),
            Target::Bytes | Target::Number(Kind::Char) => Ok(Items::Bytes(Vec::new())),
            Target::Number(Kind::Complex) => {
                Ok(Items::List(Target::Number(Kind::Float), Vec::new()))
            }
            Target::Number(_) | Target::Key => self.refuse(found),
        }
    }

    fn fields(self, length: Option<usize>, found: &'static str) -> Result<Fields<'p>, DataError> {
        let Target::Level(body) = self else {
            return self.refuse(found);
        };
        let row = match length {
            Some(_) if body.names.is_none() => Row::in_order(body, length)?,
            _ => Row::by_name(body),
        };
        Ok(Fields::new(row))
    }
}

macro_rules! single_values {
    ($($method:ident $t:ty),*) => {$(
        fn $method(self, v: $t) -> Result<Option<Value>, DataError> {
            self.single(|_| Value::from(v))
        }
    )*};
}

type No = Impossible<Option<Value>, DataError>;

impl<'p> Serializer for Target<'p> {
    type Ok = Option<Value>;
    type Error = DataError;
    type SerializeSeq = Items<'p>;
    type SerializeTuple = Items<'p>;
    type SerializeTupleStruct = Items<'p>;
    type SerializeTupleVariant = No;
    type SerializeMap = Fields<'p>;
    type SerializeStruct = Fields<'p>;
    type SerializeStructVariant = No;

    single_values! {
        serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32,
        serialize_i64 i64, serialize_i128 i128, serialize_u16 u16, serialize_u32 u32,
        serialize_u64 u64, serialize_u128 u128, serialize_f32 f32, serialize_f64 f64,
        serialize_str &str, serialize_bytes &[u8]
    }

    transparent!();

    /// Also the one byte of a `c`.
    fn serialize_u8(self, v: u8) -> Result<Option<Value>, DataError> {
        self.single(|target| match target {
            Target::Number(Kind::Char) => Value::from(&[v]),
            _ => Value::from(v),
        })
    }

    fn serialize_none(self) -> Result<Option<Value>, DataError> {
        self.serialize_unit()
    }

    /// A unit is enough for a level whose values all follow from the format.
    fn serialize_unit(self) -> Result<Option<Value>, DataError> {
        match self {
            Target::Level(body) if body.least() == 0 => Ok(Some(Record::default().into())),
            Target::Level(body) => Err(DataError::new(DataErrorKind::Type {
                expected: counted(body.least(), "value"),
                found: "nothing",
            })),
            _ => Ok(None),
        }
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Option<Value>, DataError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<Option<Value>, DataError> {
        self.single(|target| match target {
            Target::Number(Kind::Char) | Target::Bytes | Target::Key => Value::from(variant),
            _ => Value::from(index),
        })
    }

    no_variants!(|target| target.refuse_variant());

    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'p>, DataError> {
        self.items(length, "an array")
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'p>, DataError> {
        self.items(Some(length), "a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Items<'p>, DataError> {
        self.items(Some(length), "a tuple")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'p>, DataError> {
        self.fields(None, "a map")
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields<'p>, DataError> {
        self.fields(Some(length), "a struct")
    }
}
