//! One level of a format, filled from a struct, a map, a tuple or a sequence.

mod early;
mod rows;

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use early::Early;
use rows::{ByName, ByOrder, Fields};

use super::capture::Capture;
use super::item::Item;
use super::{Pass, write};
use crate::structs::code::Kind;
use crate::structs::error::{DataError, DataErrorKind, Segment, counted};
use crate::structs::pack::Packer;
use crate::structs::plan::{BitField, Bits, Body, Element, Field, Repeat, index};
use crate::value::Value;

/// How far a level is written; kept from pass to pass.
#[derive(Default)]
pub(super) struct Progress {
    field: usize,
    /// Which of the field's values comes next.
    value: u64,
    /// Whether the field's alignment is written.
    begun: bool,
    /// Bit fields so far: the integer, and the mask of those that were given.
    bits: (u128, u128),
    early: Early,
}

impl Progress {
    pub(super) fn position(&self) -> (usize, u64) {
        (self.field, self.value)
    }
}

pub(super) struct Level<'s, 'p> {
    packer: &'s mut Packer<'p>,
    body: &'s Body,
    pass: Pass,
    progress: &'s mut Progress,
}

impl<'s, 'p> Level<'s, 'p> {
    pub(super) fn new(
        packer: &'s mut Packer<'p>,
        body: &'s Body,
        pass: Pass,
        progress: &'s mut Progress,
    ) -> Level<'s, 'p> {
        Level {
            packer,
            body,
            pass,
            progress,
        }
    }

    pub(super) fn position(&self) -> (usize, u64) {
        self.progress.position()
    }

    /// The field whose value comes next; padding before it is written.
    pub(super) fn current(&mut self) -> Result<Option<&'s Field>, DataError> {
        let body = self.body;
        while let Some(field) = body.fields.get(self.progress.field) {
            if !self.progress.begun {
                if matches!(self.pass, Pass::Write) {
                    self.packer.begin(field)?;
                }
                self.progress.begun = true;
            }
            if self.progress.value < field.arity() {
                return Ok(Some(field));
            }
            if let (Element::Bits(bits), Pass::Write) = (&field.element, self.pass) {
                let (all, given) = std::mem::take(&mut self.progress.bits);
                self.packer.finish_bits(field, bits, all, given)?;
            }
            self.progress.field = self.progress.field.saturating_add(1);
            self.progress.value = 0;
            self.progress.begun = false;
        }
        Ok(None)
    }

    /// Whether `key` is what the next value is called.
    fn is_next(&self, field: &Field, key: &str) -> bool {
        match self.bit(field) {
            Some((_, bit)) => bit.name.as_deref() == Some(key),
            None => match &field.name {
                Some(name) => **name == *key,
                None => index(key) == Some(field.first.saturating_add(self.progress.value)),
            },
        }
    }

    fn bit<'f>(&self, field: &'f Field) -> Option<(&'f Bits, &'f BitField)> {
        bit(field, self.progress.value)
    }

    fn is_optional(&self, field: &Field) -> bool {
        self.bit(field)
            .map_or(field.optional, |(_, bit)| bit.optional)
    }

    /// Moves on to the next value.
    fn advance(&mut self) {
        self.progress.value = self.progress.value.saturating_add(1);
    }

    fn put_number(&mut self, field: &Field, value: Option<&Value>) -> Result<(), DataError> {
        let segment = self.segment(field, self.progress.value);
        self.write_number(field, value)
            .map_err(|e| e.within(segment))?;
        self.advance();
        Ok(())
    }

    fn write_number(&mut self, field: &Field, value: Option<&Value>) -> Result<(), DataError> {
        match &field.element {
            Element::Bits(_) => self.put_bit(field, value),
            _ => self.packer.value(field, value),
        }
    }

    /// What the value at this place of a field is called in a path.
    fn segment(&self, field: &Field, value: u64) -> Segment {
        match bit(field, value).and_then(|(_, bit)| bit.name.clone()) {
            Some(name) => Segment::Name(name),
            None => field.segment(value),
        }
    }

    /// Writes the next value, or learns from it; `false` where the type has none to give.
    fn put<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) -> Result<bool, DataError> {
        let segment = self.segment(field, self.progress.value);
        self.put_inner(field, value).map_err(|e| e.within(segment))
    }

    fn put_inner<T: Serialize + ?Sized>(
        &mut self,
        field: &Field,
        value: &T,
    ) -> Result<bool, DataError> {
        let learning = matches!(self.pass, Pass::Learn(_));
        if let Some(kind) = number(field) {
            if learning {
                return Ok(true);
            }
            return match value.serialize(Capture { kind })? {
                Some(value) => self.write_number(field, Some(&value)).map(|()| true),
                None => Ok(false),
            };
        }
        match (&field.element, &field.repeat) {
            (Element::Group(body), Repeat::One | Repeat::Inline(_)) => match self.pass {
                Pass::Write => write(self.packer, body, value).map(|()| true),
                pass => {
                    let mut progress = Progress::default();
                    let level = Level::new(self.packer, body, pass, &mut progress);
                    value.serialize(level).map(|()| true)
                }
            },
            _ => {
                let start = self.packer.len();
                let item = Item::new(self.packer, &field.element, &field.repeat, self.pass);
                let given = value.serialize(item)?;
                if given && !learning {
                    self.packer.check_constant(field, start)?;
                }
                Ok(given)
            }
        }
    }

    fn put_bit(&mut self, field: &Field, value: Option<&Value>) -> Result<(), DataError> {
        let Some((bits, bit)) = self.bit(field) else {
            return Ok(());
        };
        let part = self.packer.bit(field, bits, bit, value)?;
        if let Some(part) = part {
            self.progress.bits.0 |= part;
            self.progress.bits.1 |= bit.insert(u128::MAX);
        }
        Ok(())
    }

    /// Writes the next value from what the format and the data tell.
    pub(super) fn put_missing(&mut self) -> Result<(), DataError> {
        let Some(field) = self.current()? else {
            return Ok(());
        };
        self.put_number(field, None)
    }

    fn by_order(self, length: Option<usize>) -> Result<ByOrder<'s, 'p>, DataError> {
        let given = length.map_or(self.body.arity, |length| length as u64);
        let least = self.body.arity.saturating_sub(self.body.optional);
        if given != self.body.arity && given != least {
            return Err(DataError::new(DataErrorKind::Count {
                expected: counted(self.body.arity, "value"),
                found: given,
            }));
        }
        Ok(ByOrder {
            reduced: given != self.body.arity,
            // A second pass over an order that is already written has nothing to do.
            done: self.progress.position() != (0, 0),
            level: self,
        })
    }

    fn by_name(self) -> ByName<'s, 'p> {
        ByName {
            first: self.progress.position() == (0, 0),
            level: self,
            key: None,
        }
    }

    /// The only value of the level, from a type that is neither a map nor a sequence.
    fn single<T: Serialize + ?Sized>(
        self,
        value: &T,
        found: &'static str,
    ) -> Result<(), DataError> {
        if self.body.arity != 1 {
            return Err(DataError::new(DataErrorKind::Type {
                expected: counted(self.body.arity, "value"),
                found,
            }));
        }
        let mut order = self.by_order(Some(1))?;
        order.put(value)
    }
}

/// The bit field that a value of the integer is.
fn bit(field: &Field, value: u64) -> Option<(&Bits, &BitField)> {
    let Element::Bits(bits) = &field.element else {
        return None;
    };
    let nth = bits.named().nth(usize::try_from(value).ok()?);
    nth.map(|bit| (&**bits, bit))
}

/// What the code of a single number wants; `None` for all that may be larger.
fn number(field: &Field) -> Option<Kind> {
    match (&field.element, &field.repeat) {
        (Element::Bits(bits), _) => Some(bits.integer.kind),
        (Element::Scalar(scalar), Repeat::One | Repeat::Inline(_)) => Some(scalar.kind),
        (Element::Leb128 { .. }, Repeat::One | Repeat::Inline(_)) => {
            Some(Kind::Int { signed: true })
        }
        _ => None,
    }
}

macro_rules! single_values {
    ($($method:ident $t:ty, $found:literal;)*) => {$(
        fn $method(self, v: $t) -> Result<(), DataError> {
            self.single(&v, $found)
        }
    )*};
}

type No = Impossible<(), DataError>;

impl<'s, 'p> Serializer for Level<'s, 'p> {
    type Ok = ();
    type Error = DataError;
    type SerializeSeq = ByOrder<'s, 'p>;
    type SerializeTuple = ByOrder<'s, 'p>;
    type SerializeTupleStruct = ByOrder<'s, 'p>;
    type SerializeTupleVariant = No;
    type SerializeMap = ByName<'s, 'p>;
    type SerializeStruct = Fields<'s, 'p>;
    type SerializeStructVariant = No;

    single_values! {
        serialize_bool bool, "a truth value";
        serialize_i8 i8, "an integer";
        serialize_i16 i16, "an integer";
        serialize_i32 i32, "an integer";
        serialize_i64 i64, "an integer";
        serialize_i128 i128, "an integer";
        serialize_u8 u8, "an integer";
        serialize_u16 u16, "an integer";
        serialize_u32 u32, "an integer";
        serialize_u64 u64, "an integer";
        serialize_u128 u128, "an integer";
        serialize_f32 f32, "a float";
        serialize_f64 f64, "a float";
        serialize_char char, "a character";
        serialize_str &str, "text";
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), DataError> {
        self.single(&Value::from(v), "bytes")
    }

    fn serialize_none(self) -> Result<(), DataError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<(), DataError> {
        v.serialize(self)
    }

    /// Nothing is all that is needed where the format tells everything.
    fn serialize_unit(self) -> Result<(), DataError> {
        let needed = self.body.arity.saturating_sub(self.body.optional);
        if needed == 0 {
            return Ok(());
        }
        Err(DataError::new(DataErrorKind::Type {
            expected: counted(needed, "value"),
            found: "nothing",
        }))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), DataError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), DataError> {
        self.single(&Variant { index, variant }, "a variant")
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<(), DataError> {
        v.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), DataError> {
        refuse_variant()
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ByOrder<'s, 'p>, DataError> {
        self.by_order(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<ByOrder<'s, 'p>, DataError> {
        self.by_order(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<ByOrder<'s, 'p>, DataError> {
        self.by_order(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, DataError> {
        refuse_variant()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ByName<'s, 'p>, DataError> {
        Ok(self.by_name())
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields<'s, 'p>, DataError> {
        if self.body.names.is_some() {
            Ok(Fields::Named(self.by_name()))
        } else {
            self.by_order(Some(length)).map(Fields::Ordered)
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, DataError> {
        refuse_variant()
    }
}

/// A variant without content, to be handed on: the code it meets wants its index or its name.
struct Variant {
    index: u32,
    variant: &'static str,
}

impl Serialize for Variant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_variant("", self.index, self.variant)
    }
}

pub(super) fn refuse_variant<T>() -> Result<T, DataError> {
    Err(DataError::other(
        "only enumerations whose variants hold nothing can be written",
    ))
}
