//! Values through serde, both ways.
//!
//! For people (`is_human_readable`, as JSON and TOML are) bytes are text where they are printable
//! UTF-8, NULs at the end aside, and otherwise `{"hex": "…"}`, complex numbers are `{"re": …, "im": …}`, and floats that
//! are no numbers are the strings `nan`, `inf` and `-inf`. For machines bytes are bytes, complex
//! numbers are pairs, and floats are floats.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::literal;
use super::text::is_printable;
use super::{Bytes, Record, Value};

/// The largest integer up to which every integer is a float: 2^53.
const EXACT: u128 = 1 << 53;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Readable::of(self).serialize(serializer);
        }
        match self {
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(n) => integer(*n, serializer),
            Value::Uint(n) => serializer.serialize_u128(*n),
            Value::Float(x) => serializer.serialize_f64(*x),
            Value::Complex(re, im) => (re, im).serialize(serializer),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::List(items) => serializer.collect_seq(items),
            Value::Record(record) => record.serialize(serializer),
        }
    }
}

/// The key of a value that stands in for text; no field can have such a name.
const WRITTEN: &str = "as written";
/// The key of the same text as a group or an array.
const NESTED: &str = "nested";

/// Text in the place of a value, which is read once its field's code is known; `nested` is its value for a group or an
/// array.
pub(crate) fn written(text: &str, nested: Option<Value>) -> Value {
    let mut record = Record::from_iter([(WRITTEN, Value::from(text))]);
    if let Some(nested) = nested {
        record.insert(NESTED, nested);
    }
    record.into()
}

/// The text, and its value for a group or an array, of a value that [`written`] made.
pub(crate) fn as_written(value: &Value) -> Option<(&str, Option<&Value>)> {
    let record = value.as_record()?;
    let text = record.get(WRITTEN)?.as_bytes()?;
    Some((std::str::from_utf8(text).ok()?, record.get(NESTED)))
}

/// A map where any value has a name, with unnamed ones keyed by their index; else a sequence.
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_named() {
            serializer.collect_map(self.entries())
        } else {
            serializer.collect_seq(self)
        }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Readable::of(&**self).serialize(serializer)
        } else {
            serializer.serialize_bytes(self)
        }
    }
}

/// Every serializer knows the calls for 64 bits; few know those for 128.
fn integer<S: Serializer>(n: i128, serializer: S) -> Result<S::Ok, S::Error> {
    match (u64::try_from(n), i64::try_from(n)) {
        (Ok(n), _) => serializer.serialize_u64(n),
        (_, Ok(n)) => serializer.serialize_i64(n),
        _ => serializer.serialize_i128(n),
    }
}

/// A wrapper that serializes for people, whatever the serializer.
#[derive(Debug)]
pub(crate) struct Readable<'a, T: ?Sized> {
    pub(crate) what: &'a T,
    pub(crate) ints: Ints,
}

/// How people read integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ints {
    #[default]
    Numbers,
    /// Those beyond 2^53, where many readers lose digits, as strings.
    BigAsStrings,
    /// All of them as strings of hexadecimal digits: `0xff`.
    Hex,
}

impl<'a, T: ?Sized> Readable<'a, T> {
    pub(crate) fn of(what: &'a T) -> Readable<'a, T> {
        Readable {
            what,
            ints: Ints::Numbers,
        }
    }

    fn inner<'b, U: ?Sized>(&self, what: &'b U) -> Readable<'b, U> {
        Readable {
            what,
            ints: self.ints,
        }
    }
}

impl Serialize for Readable<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let as_string = |magnitude: u128| self.ints == Ints::BigAsStrings && magnitude > EXACT;
        match self.what {
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(_) | Value::Uint(_) if self.ints == Ints::Hex => {
                serializer.collect_str(&format_args!("{:#}", self.what))
            }
            Value::Int(n) if as_string(n.unsigned_abs()) => serializer.collect_str(n),
            Value::Uint(n) if as_string(*n) => serializer.collect_str(n),
            Value::Int(n) => integer(*n, serializer),
            Value::Uint(n) => serializer.serialize_u128(*n),
            Value::Float(x) => self.inner(x).serialize(serializer),
            Value::Complex(re, im) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("re", &self.inner(re))?;
                map.serialize_entry("im", &self.inner(im))?;
                map.end()
            }
            // Text that is filled up with NULs is text, so that a field has one type.
            Value::Bytes(bytes) => match filled_text(bytes) {
                Some(text) => serializer.serialize_str(text),
                None => self.inner(&**bytes).serialize(serializer),
            },
            Value::List(items) => serializer.collect_seq(items.iter().map(|item| self.inner(item))),
            Value::Record(record) => self.inner(record).serialize(serializer),
        }
    }
}

/// Bytes of a text field that are invalid in its encoding but would be shown as text: `{"hex": "e4bda0", "raw": true}`,
/// since packing would encode them otherwise.
pub(crate) fn raw_text(bytes: &[u8]) -> Value {
    let digits = Value::from(literal::to_hex(bytes));
    let entries = [("hex", digits), ("raw", Value::Bool(true))];
    Value::Record(entries.into_iter().collect())
}

/// The bytes of such a text.
pub(crate) fn from_raw_text(value: &Value) -> Option<Vec<u8>> {
    let record = value.as_record().filter(|record| record.len() == 2)?;
    let (hex, raw) = (record.get("hex")?, record.get("raw")?);
    let digits = hex.as_bytes().filter(|_| *raw == Value::Bool(true))?;
    literal::hex(std::str::from_utf8(digits).ok()?).ok()
}

/// Whether bytes are shown as a string.
pub(crate) fn is_filled_text(bytes: &[u8]) -> bool {
    filled_text(bytes).is_some()
}

/// Text without the NULs that fill it up; other bytes as they are.
pub(crate) fn without_padding(bytes: &[u8]) -> &[u8] {
    match filled_text(bytes) {
        Some(text) => text.trim_end_matches('\0').as_bytes(),
        None => bytes,
    }
}

/// Printable text with any number of NULs after it.
fn filled_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    is_printable(text.trim_end_matches('\0')).then_some(text)
}

impl Serialize for Readable<'_, Record> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.what.is_named() {
            let entries = self.what.entries();
            serializer.collect_map(entries.map(|(key, value)| (key, self.inner(value))))
        } else {
            serializer.collect_seq(self.what.iter().map(|value| self.inner(value)))
        }
    }
}

impl Serialize for Readable<'_, f64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.what.is_finite() {
            serializer.serialize_f64(*self.what)
        } else {
            serializer.collect_str(&Value::Float(*self.what))
        }
    }
}

impl Serialize for Readable<'_, [u8]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.what) {
            Ok(text) if is_printable(text) => serializer.serialize_str(text),
            _ => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("hex", &literal::to_hex(self.what))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        let for_people = deserializer.is_human_readable();
        deserializer.deserialize_any(AnyValue { for_people })
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
        deserializer.deserialize_any(AnyRecord)
    }
}

/// Here a map is always a record, whatever its keys.
struct AnyRecord;

impl<'de> Visitor<'de> for AnyRecord {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map or a sequence of values")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<Record, D::Error> {
        Record::deserialize(d)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Record, A::Error> {
        list(items).map(Record::new)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Record, A::Error> {
        Ok(row(entries)?.into_iter().collect())
    }
}

fn list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Vec<Value>, A::Error> {
    let mut list = Vec::new();
    while let Some(item) = items.next_element()? {
        list.push(item);
    }
    Ok(list)
}

fn row<'de, A: MapAccess<'de>>(mut entries: A) -> Result<Vec<(String, Value)>, A::Error> {
    let mut row = Vec::new();
    while let Some(entry) = entries.next_entry()? {
        row.push(entry);
    }
    Ok(row)
}

struct AnyValue {
    /// Whether maps may stand in for bytes and complex numbers.
    for_people: bool,
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a truth value, text, bytes, a sequence or a map")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_i128<E>(self, v: i128) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_u128<E>(self, v: u128) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::Float(v))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_bytes<E>(self, v: &[u8]) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        Value::deserialize(d)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        list(items).map(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
        let row = row(entries)?;
        let stands_for = if self.for_people { other(&row) } else { None };
        Ok(stands_for.unwrap_or_else(|| Value::Record(row.into_iter().collect())))
    }
}

/// The bytes or the complex number that a map stands for in data for people.
fn other(row: &[(String, Value)]) -> Option<Value> {
    match row {
        [(key, Value::Bytes(digits))] if key == "hex" => {
            let digits = std::str::from_utf8(digits).ok()?;
            literal::hex(digits).ok().map(Value::from)
        }
        [(re, real), (im, imaginary)] if re == "re" && im == "im" => {
            Some(Value::Complex(part(real)?, part(imaginary)?))
        }
        _ => None,
    }
}

/// A part of a complex number: a number, or the text of one that JSON has no number for.
fn part(value: &Value) -> Option<f64> {
    match value.as_bytes() {
        Some(text) => literal::float(std::str::from_utf8(text).ok()?).ok(),
        None => value.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_beyond_two_to_the_53_may_be_strings() {
        let json = |value: Value, big_as_strings| {
            let ints = match big_as_strings {
                true => Ints::BigAsStrings,
                false => Ints::Numbers,
            };
            serde_json::to_string(&Readable { what: &value, ints }).unwrap()
        };
        let exact = 1i128 << 53;
        for n in [0, exact, -exact] {
            assert_eq!(json(n.into(), true), n.to_string());
        }
        for n in [exact + 1, -exact - 1] {
            assert_eq!(json(n.into(), true), format!("\"{n}\""));
            assert_eq!(json(n.into(), false), n.to_string());
        }
        assert_eq!(json(7u128.into(), true), "7");
        let most = u128::MAX;
        assert_eq!(json(most.into(), true), format!("\"{most}\""));
        assert_eq!(json(most.into(), false), most.to_string());
        let list = Value::List(vec![(exact + 1).into()]);
        assert_eq!(json(list, true), format!("[\"{}\"]", exact + 1));
    }
}
