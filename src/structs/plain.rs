//! Values in plain data such as JSON, which has no bytes, no NaN, and no numbers of 128 bits.

use super::Struct;
use super::code::Kind;
use super::error::{DataError, Segment};
use super::plan::{Body, Count, Element, Field, Repeat};
use super::text::read;
use crate::offset::Tally;
use crate::value::literal::{self, LiteralError};
use crate::value::plain::{as_written, without_padding};
use crate::value::{Bytes, Record, Value};

impl Struct {
    /// Reads what stands in for a value as the field's code asks: text for a number (`"nan"`,
    /// `"18446744073709551615"`), a group of `hex` for bytes, one of `re` and `im` for a complex
    /// number. All other values stay as they are, for [`Struct::pack`] to judge.
    ///
    /// ```
    /// use bytewright::{Record, Struct, Value};
    ///
    /// let format = Struct::new("<f:level 2s:raw")?;
    /// let raw = Record::from_iter([("hex", "ff00")]);
    /// let plain = Record::from_iter([("level", Value::from("-inf")), ("raw", raw.into())]);
    /// let values = format.values_from_plain(&plain)?;
    /// assert_eq!(values["level"], Value::from(f64::NEG_INFINITY));
    /// assert_eq!(values["raw"], Value::from(b"\xff\0"));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When text can't be read as its field's code asks; the error names the field.
    pub fn values_from_plain(&self, plain: &Record) -> Result<Record, DataError> {
        // In a format of whole files, only packing finds out which field a value belongs to.
        if self.is_whole() {
            return Ok(plain.clone());
        }
        level(&self.plan.body, plain)
    }
}

impl Struct {
    /// The values without the NULs after printable text in fields of bytes of fixed length (`8s`):
    /// packing fills them in again. `None` where there are none.
    ///
    /// ```
    /// use bytewright::Struct;
    ///
    /// let format = Struct::new("<4s:name H:n")?;
    /// let values = format.unpack(b"ab\0\0\x01\0")?;
    /// let shorter = format.without_padding(&values).unwrap_or_default();
    /// assert_eq!(shorter.to_string(), "(b'ab', 1)");
    /// assert_eq!(format.pack(&shorter)?, format.pack(&values)?);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn without_padding(&self, record: &Record) -> Option<Record> {
        fn shorten(body: &Body, values: &mut [Value]) {
            for field in &body.fields {
                let value = usize::try_from(field.first)
                    .ok()
                    .and_then(|first| values.get_mut(first));
                let Some(value) = value else { continue };
                match (&field.element, value) {
                    (Element::Bytes(Count::Fixed(_)), Value::Bytes(bytes)) => {
                        let text = without_padding(bytes);
                        if text.len() != bytes.len() {
                            *bytes = Bytes::from(text);
                        }
                    }
                    (Element::Group(body), Value::Record(group)) => group_of(body, group),
                    (Element::Group(body), Value::List(groups)) => {
                        for group in groups {
                            if let Value::Record(group) = group {
                                group_of(body, group);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        fn group_of(body: &Body, group: &mut Record) {
            let (names, mut values) = std::mem::take(group).into_parts();
            shorten(body, &mut values);
            *group = Record::with_names(names, values);
        }
        if !is_padded(&self.plan.body, record) {
            return None;
        }
        let mut record = record.clone();
        group_of(&self.plan.body, &mut record);
        Some(record)
    }
}

/// Whether [`Struct::without_padding`] shortens any of the values. As deep as the format nests groups.
fn is_padded(body: &Body, values: &[Value]) -> bool {
    body.fields.iter().any(|field| {
        let first = usize::try_from(field.first).ok();
        match (&field.element, first.and_then(|first| values.get(first))) {
            (Element::Bytes(Count::Fixed(_)), Some(Value::Bytes(bytes))) => {
                without_padding(bytes).len() < bytes.len()
            }
            (Element::Group(body), Some(Value::Record(group))) => is_padded(body, group),
            (Element::Group(body), Some(Value::List(groups))) => groups.iter().any(|group| {
                group
                    .as_record()
                    .is_some_and(|group| is_padded(body, group))
            }),
            _ => false,
        }
    })
}

/// As deep as the format nests groups.
fn level(body: &Body, plain: &Record) -> Result<Record, DataError> {
    let names = plain.names();
    let reduced = plain.len() as u64 != body.arity;
    let mut values = plain.to_vec();
    let mut next = 0usize;
    for field in &body.fields {
        for i in 0..field.arity().min(values.len() as u64) {
            let (name, optional) = called(field, i);
            let at = match names {
                Some(names) => {
                    let index = field.index(i).to_string();
                    names.position(name.unwrap_or(&index))
                }
                None if optional && reduced => None,
                None => {
                    next.tally(1);
                    next.checked_sub(1)
                }
            };
            if let Some(slot) = at.and_then(|at| values.get_mut(at)) {
                let given = std::mem::replace(slot, Value::Bool(false));
                *slot = value(field, given).map_err(|e| e.within(field.segment(i)))?;
            }
        }
    }
    Ok(with_keys_of(plain, values))
}

fn with_keys_of(plain: &Record, values: Vec<Value>) -> Record {
    if plain.is_named() {
        plain.entries().map(|(key, _)| key).zip(values).collect()
    } else {
        Record::new(values)
    }
}

/// The name of a field's value, and whether packing can do without it.
fn called(field: &Field, i: u64) -> (Option<&str>, bool) {
    if let Element::Bits(bits) = &field.element {
        let bit = usize::try_from(i).ok().and_then(|i| bits.named().nth(i));
        return bit.map_or((None, false), |bit| (bit.name.as_deref(), bit.optional));
    }
    (field.name.as_deref(), field.optional)
}

fn value(field: &Field, given: Value) -> Result<Value, DataError> {
    let given = match (&field.repeat, as_written(&given)) {
        (Repeat::Array(_), Some((text, nested))) => nested
            .cloned()
            .ok_or_else(|| DataError::other(format!("{text:?} is no array")))?,
        _ => given,
    };
    match (&field.repeat, given) {
        (Repeat::Array(_), Value::List(items)) => {
            let items = (0..).zip(items).map(|(i, item)| {
                element(&field.element, item).map_err(|e| e.within(Segment::Item(i)))
            });
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        (Repeat::Array(_), other) => Ok(other),
        (_, given) => element(&field.element, given),
    }
}

fn element(element: &Element, given: Value) -> Result<Value, DataError> {
    let given = match (element, as_written(&given)) {
        (_, None) => given,
        (Element::Group(_), Some((_, Some(nested)))) => nested.clone(),
        (_, Some((text, _))) => {
            return read(element, text, &|_| None).map_err(|e| DataError::other(e.to_string()));
        }
    };
    let read = match (element, given) {
        (Element::Group(body), Value::Record(group)) => return Ok(level(body, &group)?.into()),
        (Element::Group(body), Value::List(items)) => {
            return Ok(level(body, &items.into())?.into());
        }
        (Element::Group(body), given) if body.is_bits => integer(given),
        (Element::Leb128 { .. } | Element::Bits(_), given) => integer(given),
        (Element::Scalar(scalar), given) => match scalar.kind {
            Kind::Int { .. } | Kind::Pointer => integer(given),
            Kind::Float => float(given).map(|x| x.map_or_else(|other| other, Value::Float)),
            Kind::Complex => complex(given),
            Kind::Char => bytes(given),
            _ => Ok(given),
        },
        (_, given) => bytes(given),
    };
    read.map_err(|e| DataError::other(e.to_string()))
}

fn text(value: &Value) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()?).ok()
}

fn integer(given: Value) -> Result<Value, LiteralError> {
    match text(&given) {
        Some(text) => literal::integer(text)?.to_value(),
        None => Ok(given),
    }
}

/// The number; `Err` of the value itself where it is neither text nor a number.
fn float(given: Value) -> Result<Result<f64, Value>, LiteralError> {
    match (text(&given), given.as_f64()) {
        (Some(text), _) => literal::float(text).map(Ok),
        (None, Some(x)) => Ok(Ok(x)),
        (None, None) => Ok(Err(given)),
    }
}

fn complex(given: Value) -> Result<Value, LiteralError> {
    if let Some(text) = text(&given) {
        let (re, im) = literal::complex(text)?;
        return Ok(Value::Complex(re, im));
    }
    let part = |name| given.as_record().and_then(|parts| parts.get(name)).cloned();
    if let (Some(re), Some(im)) = (part("re"), part("im"))
        && let (Ok(re), Ok(im)) = (float(re)?, float(im)?)
    {
        return Ok(Value::Complex(re, im));
    }
    Ok(given)
}

fn bytes(given: Value) -> Result<Value, LiteralError> {
    let hex = given.as_record().filter(|parts| parts.len() == 1);
    match hex.and_then(|parts| parts.get("hex")).and_then(text) {
        Some(digits) => Ok(Value::from(literal::hex(digits)?)),
        None => Ok(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::plain::written;

    fn read(format: &str, plain: impl Into<Record>) -> Result<String, String> {
        let values = Struct::new(format)
            .unwrap()
            .values_from_plain(&plain.into());
        values.map(|v| v.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn text_becomes_the_number_that_the_code_asks_for() {
        let texts = ["7", "0x10", "nan", "1+2j", "7"].map(Value::from).to_vec();
        let read = read("<I Y f D s", texts).unwrap();
        assert_eq!(read, "(7, 16, nan, (1+2j), b'7')");
    }

    #[test]
    fn names_find_their_fields_in_any_order_and_depth() {
        let inner = Record::from_iter([("y", "2"), ("x", "nan")]);
        let plain = Record::from_iter([
            ("list", Value::from(vec![Value::from("1"), 2.into()])),
            ("1", Value::from("inf")),
            ("points", Value::List(vec![inner.into()])),
        ]);
        let read = read("1(f:x B:y):points f 2H:list", plain).unwrap();
        assert_eq!(read, "([1, 2], inf, [(2, nan)])");
    }

    #[test]
    fn text_of_groups_and_arrays_is_what_the_caller_made_of_it() {
        let read = |format: &str, nested: Option<Value>| {
            read(format, Record::from_iter([("n", written("0x21", nested))]))
        };
        let list = || Some(Value::from(vec![Value::from(1), "2".into()]));
        for (format, nested, expected) in [
            ("2B:n", list(), Ok("([1, 2],)")),
            ("(2B):n", list(), Ok("((1, 2),)")),
            ("B{a:4 b:4}:n", list(), Ok("((1, 2),)")),
            // Otherwise bit fields are the integer that they make up.
            ("B{a:4 b:4}:n", None, Ok("(33,)")),
            ("B:n", list(), Ok("(33,)")),
            ("(2B):n", None, Err("n: \"0x21\" is no group")),
            ("2B:n", None, Err("n: \"0x21\" is no array")),
        ] {
            let read = read(format, nested);
            let told = read.as_deref().map_err(String::as_str);
            assert_eq!(told, expected, "{format}");
        }
    }

    #[test]
    fn values_left_out_shift_the_others() {
        let values = vec![Value::from("5")];
        assert_eq!(read("2s:magic='BM' I:size", values), Ok("(5,)".to_owned()));
    }

    #[test]
    fn what_cannot_be_read_names_its_field() {
        let plain = Record::from_iter([("rgb", vec![Value::from(1), Value::from("red")])]);
        let error = read("2B:rgb", plain).unwrap_err();
        assert_eq!(error, "rgb[1]: \"red\" is not an integer");
    }
}
