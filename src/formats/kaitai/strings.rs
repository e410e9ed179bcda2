//! Methods of text, and bytes that become text.

use std::borrow::Cow;

use super::fault::{Fault, TEXT};
use super::read::Reader;
use super::values::Val;
use crate::value::encoding::Encoding;

impl Reader<'_> {
    /// A method of text.
    pub(super) fn of_text(
        &mut self,
        text: &str,
        name: &str,
        first: Option<Val>,
        second: Option<Val>,
    ) -> Result<Val, Fault> {
        self.step(text.len() as u64)?;
        match (name, first, second) {
            ("length", ..) => Ok(Val::Int(text.chars().count() as i128)),
            ("reverse", ..) => Ok(Val::Text(text.chars().rev().collect::<String>().into())),
            ("substring", Some(Val::Int(from)), Some(Val::Int(to))) => {
                let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to)) else {
                    return Err("a substring goes from a place to another, counted from 0"
                        .to_owned()
                        .into());
                };
                let part: String = text.chars().take(to).skip(from).collect();
                Ok(Val::Text(part.into()))
            }
            ("to_i", radix, None) => {
                let radix = match radix {
                    None => 10,
                    Some(Val::Int(radix @ 2..=36)) => u32::try_from(radix).unwrap_or(10),
                    Some(_) => return Err("a base is 2 to 36".to_owned().into()),
                };
                let digits = text.trim().replace('_', "");
                let digits = unprefixed(&digits, radix);
                match i128::from_str_radix(digits.as_ref(), radix) {
                    Ok(n) => Ok(Val::Int(n)),
                    Err(_) => {
                        let shown = Val::Text(text.into()).shown();
                        Err(format!("{shown} is no integer of base {radix}").into())
                    }
                }
            }
            _ => Err(format!("text has no {name}, or not with these arguments").into()),
        }
    }
}

/// Digits without the prefix that says their base: `0x` of base 16.
fn unprefixed(text: &str, radix: u32) -> Cow<'_, str> {
    let prefix = match radix {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => return Cow::Borrowed(text),
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    match digits
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case(prefix))
    {
        Some(_) => Cow::Owned(format!("{sign}{}", digits.get(2..).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// Bytes as text of the encoding that an argument names.
pub(super) fn decoded(bytes: &[u8], encoding: Option<Val>) -> Result<Val, Fault> {
    let Some(Val::Text(name)) = encoding else {
        return Err("to_s of bytes takes the name of an encoding"
            .to_owned()
            .into());
    };
    let Some(encoding) = Encoding::named(&name) else {
        return Err(format!("the encoding {name:?} is not known").into());
    };
    match encoding.decode(bytes) {
        Some(text) => Ok(Val::Text(text.into())),
        None => {
            let message = format!("the bytes are no text in {}", encoding.name());
            Err(Fault::new(TEXT, message))
        }
    }
}
