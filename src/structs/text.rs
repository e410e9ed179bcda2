//! Values from text: each is read as its field's code asks.

use super::Struct;
use super::code::Kind;
use super::error::{DataError, DataErrorKind, Segment};
use super::plan::{Body, Element, Repeat};
use crate::value::literal::{self, LiteralError};
use crate::value::plain::written;
use crate::value::{Record, Value};

/// Some of the values that a level expects texts for.
struct ExpectedValues<'p> {
    element: &'p Element,
    /// The index of the bit field, where it is one of those among the fields of the level.
    array: bool,
    segment: Segment,
    optional: bool,
}

impl Struct {
    /// Reads values from text, each as its code asks: integers in any base, floats, `true` and
    /// `false`, text or `b'…'` or `x'…'` for bytes, `1+2j`. Groups and arrays are read by
    /// `nested`, which gets the text.
    ///
    /// As many values as the format has, or all but its constants and the counts that follow
    /// from data.
    ///
    /// ```
    /// use bytewright::{Struct, Value};
    ///
    /// let format = Struct::new(">4sIe")?;
    /// let values = format.values_from_text(&["x'7f454c46'", "0x10", "-1.5"], |_| None)?;
    /// assert_eq!(format.pack(&values)?, b"\x7fELF\0\0\0\x10\xbe\x00");
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there are too many or too few, or one can't be read; the error names the field.
    pub fn values_from_text(
        &self,
        texts: &[&str],
        nested: impl Fn(&str) -> Option<Value>,
    ) -> Result<Record, DataError> {
        if self.is_whole() {
            // In a format of whole files, only packing finds out which field a value belongs to.
            let values = texts.iter().map(|text| written(text, nested(text)));
            return Ok(Record::new(values.collect()));
        }
        let body = &self.plan.body;
        let given = texts.len() as u64;
        let least = body.least();
        if given != body.arity && given != least {
            let expected = super::error::counted(body.arity, "value");
            let expected = match body.optional {
                0 => expected,
                _ => format!("{expected} (or {least}, without the constants and the counts)"),
            };
            let kind = DataErrorKind::Count {
                expected,
                found: given,
            };
            return Err(DataError::new(kind));
        }
        let reduced = given != body.arity;
        let wanted = expected(body).filter(|expected| !(reduced && expected.optional));
        let mut values = Vec::with_capacity(texts.len());
        for (text, expected) in texts.iter().zip(wanted) {
            let value = if expected.array {
                nested(text).ok_or_else(|| DataError::other(format!("{text:?} is no array")))
            } else {
                read(expected.element, text, &nested).map_err(|e| DataError::other(e.to_string()))
            };
            values.push(value.map_err(|e| e.within(expected.segment))?);
        }
        Ok(Record::new(values))
    }
}

#[cfg(feature = "cli")]
impl Struct {
    /// The names of the values that [`Struct::values_from_text`] expects of this number of texts, in order; none of
    /// those of formats of whole files, which data decide about.
    pub(crate) fn names_of_texts(&self, given: u64) -> Vec<Option<String>> {
        if self.is_whole() {
            return Vec::new();
        }
        let body = &self.plan.body;
        let reduced = given != body.arity;
        expected(body)
            .filter(|expected| !(reduced && expected.optional))
            .map(|expected| match expected.segment {
                Segment::Name(name) => Some(name.to_string()),
                _ => None,
            })
            .take(usize::try_from(given).unwrap_or(usize::MAX))
            .collect()
    }

    /// Whether a value has that name, among those of the outermost level. A format of a whole file may have any.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        self.is_whole() || self.plan.body.position(name).is_some()
    }
}

/// The values that a level expects, in order.
fn expected(body: &Body) -> impl Iterator<Item = ExpectedValues<'_>> {
    body.fields.iter().flat_map(|field| {
        let array = matches!(field.repeat, Repeat::Array(_));
        (0..field.arity()).map(move |i| {
            let bit = match &field.element {
                Element::Bits(bits) => usize::try_from(i).ok().and_then(|i| bits.named().nth(i)),
                _ => None,
            };
            ExpectedValues {
                element: &field.element,
                array,
                segment: match bit.and_then(|bit| bit.name.clone()) {
                    Some(name) => Segment::Name(name),
                    None => field.segment(i),
                },
                optional: bit.map_or(field.optional, |bit| bit.optional),
            }
        })
    })
}

pub(super) fn read(
    element: &Element,
    text: &str,
    nested: &impl Fn(&str) -> Option<Value>,
) -> Result<Value, LiteralError> {
    let kind = match element {
        Element::Scalar(scalar) => scalar.kind,
        Element::Leb128 { signed } => Kind::Int { signed: *signed },
        Element::Bits(bits) => bits.integer.kind,
        Element::Group(body) => match (nested(text), body.as_bits()) {
            (Some(value), _) => return Ok(value),
            // Bit fields with a name may be given as the integer that they make up.
            (None, Some((_, bits))) => bits.integer.kind,
            (None, None) => return Err(LiteralError::new(format!("{text:?} is no group"))),
        },
        _ => Kind::Bytes,
    };
    Ok(match kind {
        Kind::Int { .. } | Kind::Pointer => literal::integer(text)?.to_value()?,
        Kind::Bool => Value::Bool(literal::truth(text)?),
        Kind::Float => Value::Float(literal::float(text)?),
        Kind::Complex => {
            let (re, im) = literal::complex(text)?;
            Value::Complex(re, im)
        }
        _ => Value::from(literal::bytes(text)?),
    })
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn texts_are_called_by_the_fields_that_take_them() {
        let format = Struct::new("2s:magic='BM' B:n [n]s:text B B{v:4 w:4}=0x45 H:end").unwrap();
        let names = |given: u64| {
            let names = format.names_of_texts(given);
            let names = names.iter().map(|name| name.as_deref().unwrap_or("-"));
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(7), "magic n text - v w end");
        assert_eq!(names(3), "text - end");
        assert_eq!(names(2), "text -");
        let format = Struct::new("B:a B~hex:b").unwrap();
        assert!(format.names_of_texts(2).is_empty());
    }
}
