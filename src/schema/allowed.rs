//! The values that a field may have.

use std::fmt;

use crate::tree::{Enum, Key};
use crate::value::Value;

/// The values that a format allows for a field, as a file of formats states them:
/// `1, 2, 4, 8, 16`, `1..0x7fffffff`, `named, 0x80..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed(Vec<Values>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    /// From the first to the last, both allowed.
    Numbers(i128, i128),
    Bytes(Key),
    /// Those that have names.
    Named,
}

impl Allowed {
    /// Reads values and ranges between commas. A range leaves out an end that it doesn't have; `named` are all
    /// values that have a name.
    #[cfg(feature = "format-files")]
    pub(crate) fn read(text: &str) -> Result<Allowed, String> {
        let values: Result<Vec<_>, _> = text.split(',').map(|part| one(part.trim())).collect();
        values.map(Allowed)
    }

    /// Whether a value is among them.
    pub(crate) fn allows(&self, value: &Value, names: Option<&Enum>) -> bool {
        self.0.iter().any(|allowed| match allowed {
            Values::Numbers(first, last) => value
                .as_int()
                .is_some_and(|number| (first..=last).contains(&&number)),
            Values::Bytes(key) => key.is_of(value),
            Values::Named => names.is_some_and(|names| names.name(value).is_some()),
        })
    }
}

#[cfg(feature = "format-files")]
fn one(text: &str) -> Result<Values, String> {
    match text {
        "named" => return Ok(Values::Named),
        "" => {
            return Err(
                "a value is missing: expected values and ranges between commas, such as \
                 \"1, 2, 8..15\", or \"named\""
                    .to_owned(),
            );
        }
        _ => {}
    }
    let number = |text: &str, open: i128| match text.trim() {
        "" => Ok(open),
        text => match Key::read(text)? {
            Key::Number(number) => Ok(number),
            Key::Bytes(_) => Err(format!("{text:?} is no number, as a range has them")),
        },
    };
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (number(first, i128::MIN)?, number(last, i128::MAX)?);
        return match first <= last {
            true => Ok(Values::Numbers(first, last)),
            false => Err(format!("{text:?} holds no number: its ends are swapped")),
        };
    }
    match Key::read(text)? {
        Key::Number(number) => Ok(Values::Numbers(number, number)),
        key => Ok(Values::Bytes(key)),
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (index, values) in self.0.iter().enumerate() {
            f.write_str(match index {
                0 => "",
                _ if index == last => " or ",
                _ => ", ",
            })?;
            match values {
                Values::Numbers(first, last) if first == last => first.fmt(f)?,
                Values::Numbers(i128::MIN, last) => write!(f, "at most {last}")?,
                Values::Numbers(first, i128::MAX) => write!(f, "at least {first}")?,
                Values::Numbers(first, last) => write!(f, "{first} to {last}")?,
                Values::Bytes(key) => key.fmt(f)?,
                Values::Named => f.write_str("a value that has a name")?,
            }
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "format-files"))]
mod tests {
    use super::*;

    fn allows(text: &str, value: impl Into<Value>) -> bool {
        let allowed = Allowed::read(text).map(|allowed| allowed.allows(&value.into(), None));
        allowed == Ok(true)
    }

    #[test]
    fn values_and_ranges_hold_their_ends_and_nothing_beyond() {
        let table = [
            ("1, 2, 4", [1, 2, 4].as_slice(), [0, 3, 5].as_slice()),
            ("3..5", &[3, 4, 5], &[2, 6]),
            ("0x10..", &[16, i64::MAX], &[15, -1]),
            ("..-2", &[-2, i64::MIN], &[-1, 0]),
            ("1, 8..9 ,0b100", &[1, 8, 9, 4], &[2, 7, 10]),
        ];
        for (text, inside, outside) in table {
            for number in inside {
                assert!(allows(text, *number), "{text}: {number}");
            }
            for number in outside {
                assert!(!allows(text, *number), "{text}: {number}");
            }
        }
        assert!(allows("b'ab', x'00'", b"ab\0") && !allows("b'ab'", b"b"));
        assert!(!allows("1..2", 1.0));
    }

    #[test]
    fn what_has_a_name_is_named() {
        let names = Enum::from(std::collections::BTreeMap::from([(
            Key::Number(3),
            "x".to_owned(),
        )]));
        let allowed = Allowed::read("named, 7").unwrap();
        for (number, expected) in [(3, true), (7, true), (4, false)] {
            assert_eq!(allowed.allows(&number.into(), Some(&names)), expected);
        }
    }

    #[test]
    fn they_are_told_in_words() {
        let told = |text: &str| Allowed::read(text).unwrap().to_string();
        assert_eq!(told("1,2, 4"), "1, 2 or 4");
        assert_eq!(told("1..2, 5.., ..-1"), "1 to 2, at least 5 or at most -1");
        assert_eq!(told("named,b'x'"), "a value that has a name or b'x'");
    }

    #[test]
    fn what_is_no_list_of_values_is_an_error() {
        for text in ["", "1,", "5..1", "b'a'..b'b'", "1..x"] {
            assert!(Allowed::read(text).is_err(), "{text}");
        }
    }
}
