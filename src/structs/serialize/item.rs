//! One value of a level that is not a single number: bytes, or an array.

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::capture::Capture;
use super::level::{Level, Progress, refuse_variant};
use super::{Pass, learn, write};
use crate::structs::code::Kind;
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::structs::pack::{Packer, missing};
use crate::structs::plan::{Count, Element, Repeat};

/// Takes bytes or an array; answers `false` where the type has none to give.
pub(super) struct Item<'s, 'p> {
    packer: &'s mut Packer<'p>,
    element: &'s Element,
    /// The count, where it is an array.
    array: Option<&'s Count>,
    pass: Pass,
}

impl<'s, 'p> Item<'s, 'p> {
    pub(super) fn new(
        packer: &'s mut Packer<'p>,
        element: &'s Element,
        repeat: &'s Repeat,
        pass: Pass,
    ) -> Item<'s, 'p> {
        Item {
            packer,
            element,
            array: match repeat {
                Repeat::Array(count) => Some(count),
                _ => None,
            },
            pass,
        }
    }

    fn bytes(self, bytes: &[u8]) -> Result<bool, DataError> {
        if self.array.is_some() {
            return self.refuse("bytes");
        }
        match (self.pass, self.element) {
            (Pass::Learn(scope), element) => self.packer.told_by_bytes(element, bytes, scope)?,
            (Pass::Write, element) => self.packer.put_bytes(element, bytes)?,
        }
        Ok(true)
    }

    fn items(self, length: Option<usize>) -> Result<Items<'s, 'p>, DataError> {
        let bytes = self.array.is_none() && self.element.length().is_some()
            || matches!(self.element, Element::CString) && self.array.is_none();
        if self.array.is_none() && !bytes {
            return self.refuse("an array");
        }
        if let (Some(count), Pass::Write, Some(length)) = (self.array, self.pass, length) {
            // Before any item, so that a wrong length costs nothing.
            self.packer.check_items(count, length)?;
        }
        Ok(Items {
            bytes: bytes.then(Vec::new),
            item: self,
            count: 0,
        })
    }

    fn refuse<T>(&self, found: &'static str) -> Result<T, DataError> {
        let expected = match self.array {
            Some(_) => "an array",
            None => "bytes",
        };
        Err(DataError::new(DataErrorKind::Type {
            expected: expected.into(),
            found,
        }))
    }
}

/// The items of an array, or bytes that come one by one.
pub(super) struct Items<'s, 'p> {
    item: Item<'s, 'p>,
    bytes: Option<Vec<u8>>,
    count: usize,
}

impl Items<'_, '_> {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let index = self.count as u64;
        self.count = self.count.saturating_add(1);
        if let Some(bytes) = &mut self.bytes {
            let kind = Kind::Int { signed: false };
            let byte = value.serialize(Capture { kind })?;
            let byte = byte.and_then(|byte| byte.as_u64()).map(u8::try_from);
            let Some(Ok(byte)) = byte else {
                return Err(DataError::new(DataErrorKind::Type {
                    expected: "bytes".into(),
                    found: "an array of something else",
                }));
            };
            bytes.push(byte);
            return Ok(());
        }
        self.put_item(value)
            .map_err(|e| e.within(Segment::Item(index)))
    }

    fn put_item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let Item {
            packer,
            element,
            array,
            pass,
        } = &mut self.item;
        let start = packer.len();
        match (*element, *pass) {
            (Element::Group(body), Pass::Learn(scope)) => {
                let mut progress = Progress::default();
                return value.serialize(Level::new(
                    packer,
                    body,
                    Pass::Learn(scope),
                    &mut progress,
                ));
            }
            (_, Pass::Learn(_)) => return Ok(()),
            (Element::Group(body), Pass::Write) => {
                learn(packer, body, value)?;
                write(packer, body, value)?;
            }
            (Element::Scalar(_) | Element::Leb128 { .. }, Pass::Write) => {
                let kind = match element {
                    Element::Scalar(scalar) => scalar.kind,
                    _ => Kind::Int { signed: true },
                };
                match value.serialize(Capture { kind })? {
                    Some(value) => packer.item(element, &value)?,
                    None => return Err(missing(None)),
                }
            }
            (_, pass) => {
                if !value.serialize(Item::new(packer, element, &Repeat::One, pass))? {
                    return Err(missing(None));
                }
            }
        }
        packer.note_progress(start, matches!(array, Some(Count::Rest)))
    }

    fn finish(self) -> Result<bool, DataError> {
        if let Some(bytes) = self.bytes {
            return self.item.bytes(&bytes);
        }
        match (self.item.array, self.item.pass) {
            (Some(count), Pass::Learn(scope)) => {
                self.item.packer.told(count, self.count, scope, false)?;
            }
            (Some(count), Pass::Write) => self.item.packer.check_items(count, self.count)?,
            (None, _) => {}
        }
        Ok(true)
    }
}

in_order!(Items<'_, '_> => bool);

macro_rules! refuse_values {
    ($($method:ident $t:ty, $found:literal;)*) => {$(
        fn $method(self, _: $t) -> Result<bool, DataError> {
            self.refuse($found)
        }
    )*};
}

type No = Impossible<bool, DataError>;

impl<'s, 'p> Serializer for Item<'s, 'p> {
    type Ok = bool;
    type Error = DataError;
    type SerializeSeq = Items<'s, 'p>;
    type SerializeTuple = Items<'s, 'p>;
    type SerializeTupleStruct = Items<'s, 'p>;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    refuse_values! {
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
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_char(self, v: char) -> Result<bool, DataError> {
        self.bytes(v.encode_utf8(&mut [0; 4]).as_bytes())
    }

    fn serialize_str(self, v: &str) -> Result<bool, DataError> {
        self.bytes(v.as_bytes())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<bool, DataError> {
        self.bytes(v)
    }

    fn serialize_none(self) -> Result<bool, DataError> {
        Ok(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<bool, DataError> {
        v.serialize(self)
    }

    fn serialize_unit(self) -> Result<bool, DataError> {
        Ok(false)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<bool, DataError> {
        Ok(false)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<bool, DataError> {
        self.bytes(variant.as_bytes())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<bool, DataError> {
        v.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, DataError> {
        refuse_variant()
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'s, 'p>, DataError> {
        self.items(length)
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'s, 'p>, DataError> {
        self.items(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Items<'s, 'p>, DataError> {
        self.items(Some(length))
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
        refuse_variant()
    }
}
