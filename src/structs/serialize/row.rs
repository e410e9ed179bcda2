//! Collectors of several values: a level by order or by name, an array, bytes that come one by one.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
};

use super::target::Target;
use crate::offset::{Position, Tally};
use crate::structs::code::UNSIGNED;
use crate::structs::error::{DataError, DataErrorKind, Segment, counted};
use crate::structs::pack::{missing, no_field};
use crate::structs::plan::{Body, Element, Field};
use crate::value::{Record, Value};

/// The values of a level, as far as they are given.
pub(super) struct Row<'p> {
    body: &'p Body,
    /// With their indices in the level, in the order of the type.
    values: Vec<(u64, Value)>,
    /// How many of them packing could do without.
    optional: u64,
    /// In order: the index of the next value, and whether the optional ones are left out.
    next: Option<u64>,
    reduced: bool,
}

impl<'p> Row<'p> {
    pub(super) fn by_name(body: &'p Body) -> Row<'p> {
        Row {
            body,
            values: Vec::new(),
            optional: 0,
            next: None,
            reduced: false,
        }
    }

    /// All values, or all but the optional ones.
    pub(super) fn in_order(body: &'p Body, length: Option<usize>) -> Result<Row<'p>, DataError> {
        let given = length.map_or(body.arity, |length| length as u64);
        if given != body.arity && given != body.least() {
            return Err(wrong_count(body, given));
        }
        Ok(Row {
            next: Some(0),
            reduced: given != body.arity,
            ..Row::by_name(body)
        })
    }

    fn put<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), DataError> {
        if self.next.is_some() {
            return self.put_next(value);
        }
        match self.body.position(key) {
            Some(index) => self.put_at(index, value),
            None => Err(no_field(key, self.body.names.as_deref())),
        }
    }

    fn put_next<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        let mut index = self.next.unwrap_or_default();
        while self.reduced && self.is_optional(index) {
            index.tally(1);
        }
        self.next = Some(index.past(1));
        self.put_at(index, value)
    }

    fn put_at<T: Serialize + ?Sized>(&mut self, index: u64, value: &T) -> Result<(), DataError> {
        let field = self.field(index);
        let field = field.ok_or_else(|| wrong_count(self.body, index.past(1)))?;
        let nth = index.since(field.first);
        let value = value.serialize(Target::of(field));
        if let Some(value) = value.map_err(|e| e.within(field.segment(nth)))? {
            self.values.push((index, value));
            self.optional.tally(self.is_optional(index).into());
        }
        Ok(())
    }

    /// The field that has the value of this index.
    fn field(&self, index: u64) -> Option<&'p Field> {
        self.body.at(index).filter(|_| index < self.body.arity)
    }

    fn is_optional(&self, index: u64) -> bool {
        self.field(index).is_some_and(|field| match &field.element {
            Element::Bits(bits) => {
                let nth = usize::try_from(index.since(field.first));
                let bit = nth.ok().and_then(|nth| bits.named().nth(nth));
                bit.is_some_and(|bit| bit.optional)
            }
            _ => field.optional,
        })
    }

    /// The row in the format's order: all of it, all but what is optional, or by name.
    fn finish(mut self) -> Result<Record, DataError> {
        let body = self.body;
        if !self.values.is_sorted_by(|(a, _), (b, _)| a < b) {
            self.values.sort_by_key(|(index, _)| *index);
            let twice = self.values.windows(2).find_map(|pair| match pair {
                [(a, _), (b, _)] if a == b => Some(*a),
                _ => None,
            });
            if let Some(index) = twice {
                let e = DataError::new(DataErrorKind::Name("is given twice".into()));
                return Err(e.within(segment(body, index)));
            }
        }
        let count = self.values.len() as u64;
        let least = body.least();
        let names = body.names.as_ref();
        if count == body.arity || (count == least && self.optional == 0) {
            let names = names.filter(|_| count == body.arity).cloned();
            let values = self.values.into_iter().map(|(_, value)| value).collect();
            return Ok(Record::with_names(names, values));
        }
        if self.values.is_empty()
            && let Some(index) = (0..body.arity).find(|index| !self.is_optional(*index))
        {
            return Err(missing(None).within(segment(body, index)));
        }
        let entries = self.values.into_iter().map(|(index, value)| {
            let position = usize::try_from(index).ok();
            let name = names.and_then(|names| names.get(position?));
            (name.map_or_else(|| index.to_string(), str::to_owned), value)
        });
        Ok(entries.collect())
    }
}

fn segment(body: &Body, index: u64) -> Segment {
    let segment = |field: &Field| field.segment(index.since(field.first));
    body.at(index).map_or(Segment::Unnamed(index), segment)
}

fn wrong_count(body: &Body, found: u64) -> DataError {
    let expected = counted(body.arity, "value");
    DataError::new(DataErrorKind::Count { expected, found })
}

/// Values in order, as sequences and tuples hand them over.
pub(super) enum Items<'p> {
    Row(Row<'p>),
    /// The items of an array.
    List(Target<'p>, Vec<Value>),
    Bytes(Vec<u8>),
}

impl Items<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        match self {
            Items::Row(row) => row.put_next(value),
            Items::List(target, items) => {
                let item = value.serialize(*target);
                let item = item.and_then(|item| item.ok_or_else(|| missing(None)));
                items.push(item.map_err(|e| e.within(Segment::Item(items.len() as u64)))?);
                Ok(())
            }
            Items::Bytes(bytes) => {
                let byte = value.serialize(Target::Number(UNSIGNED))?;
                let byte = byte.and_then(|byte| byte.as_u64()).map(u8::try_from);
                let Some(Ok(byte)) = byte else {
                    return Err(DataError::new(DataErrorKind::Type {
                        expected: "bytes".into(),
                        found: "an array of something else",
                    }));
                };
                bytes.push(byte);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<Option<Value>, DataError> {
        Ok(Some(match self {
            Items::Row(row) => row.finish()?.into(),
            Items::List(_, items) => Value::List(items),
            Items::Bytes(bytes) => Value::from(bytes),
        }))
    }
}

in_order! {
    Items<'_> => Option<Value>, DataError: SerializeSeq::serialize_element SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
}

/// Values with their names, as structs and maps hand them over.
pub(super) struct Fields<'p> {
    row: Row<'p>,
    key: String,
}

impl<'p> Fields<'p> {
    pub(super) fn new(row: Row<'p>) -> Fields<'p> {
        let key = String::new();
        Fields { row, key }
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), DataError> {
        self.row.put(key, value)
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        self.row.finish().map(|row| Some(row.into()))
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = Option<Value>;
    type Error = DataError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), DataError> {
        self.key = match key.serialize(Target::Key)? {
            Some(Value::Bytes(name)) => String::from_utf8_lossy(&name).into_owned(),
            other => other.map(|index| index.to_string()).unwrap_or_default(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        self.row.put(&self.key, value)
    }

    fn end(self) -> Result<Option<Value>, DataError> {
        SerializeStruct::end(self)
    }
}
