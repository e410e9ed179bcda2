//! JSON as values, in their plain form: [`crate::Struct::values_from_plain`] makes of them what
//! a format asks for.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::value::literal;
use crate::{Record, Value};

/// Lists and objects may be nested this deep; formats nest less.
const MAX_DEPTH: usize = 128;

/// Reads a JSON document. Integers keep every digit, up to 128 bits; strings become bytes.
///
/// ```
/// use bytewright::render::json::read;
///
/// let value = read(r#"{"magic": "BM", "sizes": [54, -1.5]}"#)?;
/// assert_eq!(value.as_record().unwrap()["sizes"].to_string(), "[54, -1.5]");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// When the text is no JSON, an object has a key twice, or something is `null`, which no field
/// holds.
pub fn read(json: &str) -> serde_json::Result<Value> {
    value(serde_json::from_str(json)?, MAX_DEPTH)
}

/// As deep as `depth` allows.
fn value(raw: &RawValue, depth: usize) -> serde_json::Result<Value> {
    let text = raw.get();
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| serde_json::Error::custom("lists and objects are nested too deep"))?;
    match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text)?;
            let entries = entries
                .into_iter()
                .map(|(key, raw)| Ok((key, value(raw, depth)?)));
            Ok(Value::Record(
                entries.collect::<serde_json::Result<Record>>()?,
            ))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            let items = items.into_iter().map(|raw| value(raw, depth));
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => Ok(Value::from(serde_json::from_str::<String>(text)?.as_str())),
        Some(b't' | b'f') => Ok(Value::Bool(serde_json::from_str(text)?)),
        Some(b'n') => Err(serde_json::Error::custom("null is no value of a field")),
        _ => match literal::integer(text).and_then(literal::Integer::to_value) {
            Ok(integer) => Ok(integer),
            Err(_) => literal::float(text)
                .map(Value::Float)
                .map_err(serde_json::Error::custom),
        },
    }
}

/// The entries of an object in order, each key once.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries: Vec<(String, &RawValue)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            if !known.insert(key.clone()) {
                return Err(A::Error::custom(format!("{key:?} is given twice")));
            }
            entries.push((key, value));
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_every_digit() {
        for text in [
            "0",
            "-1",
            "18446744073709551616",
            "340282366920938463463374607431768211455",
        ] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
        assert_eq!(read("1e3").unwrap(), Value::from(1000.0));
        assert_eq!(read("-0.0").unwrap().to_string(), "-0.0");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "01",
            "0x10",
            "nan",
            "1_000",
            "null",
            "[null]",
            "{\"a\":1,\"a\":2}",
            "1 2",
            "'a'",
            "{1:2}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(&nested(100)).is_ok());
        assert!(read(&nested(129)).is_err());
        assert!(read(&nested(1_000_000)).is_err());
    }
}
