//! Values as the bytes of single fields.

use std::borrow::Cow;

use super::float80;
use super::kinds::Kind;
use super::program::{Bits, Item, ItemKind};
use crate::offset::{Position, Tally};
use crate::structs::code;
use crate::structs::error::{DataError, DataErrorKind};
use crate::structs::leb128;
use crate::structs::plan::Scalar;
use crate::value::encoding::Encoding;
use crate::value::literal::{self, LiteralError};
use crate::value::plain::{as_written, from_raw_text, is_filled_text};
use crate::value::{Bytes, Record, Value, uuid};

/// The value of a stand-in of plain data (for bytes, or large numbers), or of text that is read as the field asks.
pub(super) fn plain(value: &Value, item: &Item) -> Result<Value, DataError> {
    let wrong = |e: LiteralError| DataError::other(e.to_string());
    if let Some((text, nested)) = as_written(value) {
        let is_bytes = matches!(item.what, ItemKind::Code(_) | ItemKind::Until(_));
        return match nested.filter(|_| !is_bytes) {
            Some(nested) => Ok(nested.clone()),
            None => read(text, item).map_err(wrong),
        };
    }
    match value {
        Value::Record(record) if record.len() == 1 => {
            let hex = record.get("hex").and_then(Value::as_bytes);
            let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
            match hex.and_then(|hex| literal::hex(hex).ok()) {
                Some(bytes) => Ok(Value::from(bytes)),
                None => Ok(value.clone()),
            }
        }
        // Bytes that unpacking could not read as digits stay bytes.
        Value::Bytes(_)
            if item
                .kinds
                .iter()
                .any(|kind| kind.is_digits() && kind.leaves(value, true)) =>
        {
            Ok(value.clone())
        }
        Value::Bytes(_) if item.takes_integer() => integer(value),
        _ => Ok(value.clone()),
    }
}

/// The integer that text spells, in any base.
pub(super) fn integer(value: &Value) -> Result<Value, DataError> {
    let text = as_written(value).map_or_else(|| text(value), |(text, _)| Some(text));
    match text {
        Some(text) => literal::integer(text)
            .and_then(literal::Integer::to_value)
            .map_err(|e| DataError::other(e.to_string())),
        None => Ok(value.clone()),
    }
}

/// Reads text as the item's code and kinds ask.
fn read(text: &str, item: &Item) -> Result<Value, LiteralError> {
    if item.takes_integer() {
        return literal::integer(text)?.to_value();
    }
    if item.kinds.contains(&Kind::Float80) {
        return Ok(Value::Float(literal::float(text)?));
    }
    Ok(match &item.what {
        ItemKind::Code(code) => match code.kind {
            code::Kind::Bool => Value::Bool(literal::truth(text)?),
            code::Kind::Float => Value::Float(literal::float(text)?),
            code::Kind::Complex => {
                let (re, im) = literal::complex(text)?;
                Value::Complex(re, im)
            }
            _ => Value::from(literal::bytes(text)?),
        },
        ItemKind::Computed(_) => match literal::integer(text) {
            Ok(integer) => integer.to_value()?,
            Err(_) => Value::from(literal::bytes(text)?),
        },
        _ => Value::from(literal::bytes(text)?),
    })
}

/// Bytes that come one by one, as arrays of them do in types, for a field of bytes.
pub(super) fn of_bytes(value: Value, item: &Item) -> Value {
    let is_bytes = matches!(
        item.what,
        ItemKind::Code(code::Code {
            kind: code::Kind::Bytes | code::Kind::Pascal | code::Kind::CString | code::Kind::Char,
            ..
        }) | ItemKind::Until(_)
    );
    match &value {
        Value::List(items) if is_bytes => {
            let byte = |item: &Value| u8::try_from(item.as_int()?).ok();
            let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
            bytes.map_or(value, Value::from)
        }
        _ => value,
    }
}

/// The values of a group. Plain data have a list in the place of one whose fields have no names.
pub(super) fn group(value: Option<&Value>) -> Result<Option<Cow<'_, Record>>, DataError> {
    let value = match value.and_then(as_written) {
        None => value,
        Some((_, Some(nested))) => Some(nested),
        Some((text, None)) => return Err(DataError::other(format!("{text:?} is no group"))),
    };
    match value {
        None => Ok(None),
        Some(Value::Record(record)) => Ok(Some(Cow::Borrowed(record))),
        Some(Value::List(items)) => Ok(Some(Cow::Owned(Record::new(items.clone())))),
        Some(other) => Err(DataError::new(DataErrorKind::Type {
            expected: "a group".to_owned(),
            found: other.kind(),
        })),
    }
}

impl Kind {
    /// Whether expressions see the number that is in the file, unchanged by this kind.
    pub(super) fn keeps_number(&self) -> bool {
        use Kind as K;
        matches!(
            self,
            K::Hex | K::Time(_) | K::Fixed(_) | K::Percent(..) | K::Sqlite
        )
    }

    pub(super) fn is_digits(self) -> bool {
        matches!(
            self,
            Kind::Octal | Kind::Decimal | Kind::HexDigits | Kind::Bcd
        )
    }

    /// Whether bytes stay bytes, since they are no text of this kind.
    fn leaves(self, value: &Value, little: bool) -> bool {
        value.as_bytes().is_some() && self.take(value, little).0.is_none()
    }

    /// Whether a field of that width may hold bytes that are no text of this kind. Any bytes of an address's size are
    /// an address, so other bytes need a field of another size.
    fn may_stay(self, value: &Value, width: Option<u64>) -> bool {
        let is_address = matches!(self, Kind::Guid | Kind::Uuid | Kind::Ipv4 | Kind::Ipv6);
        !is_address || width.is_none() || is_filled(value, width)
    }

    /// Whether bytes that are no text of the encoding survive being shown as UTF-8, with and without the zeros at their
    /// end.
    pub(super) fn comes_back(self, bytes: &[u8]) -> bool {
        let (Kind::Text(_), Ok(text)) = (self, std::str::from_utf8(bytes)) else {
            return true;
        };
        let width = bytes.len() as u64;
        let is_same = |text: &[u8]| {
            let given = self.give(Value::from(text), Some(width), true);
            let given = given.as_ref().ok().and_then(Value::as_bytes);
            let rest = given.and_then(|given| bytes.strip_prefix(given));
            rest.is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
        };
        is_same(bytes)
            && (!is_filled_text(bytes) || is_same(text.trim_end_matches('\0').as_bytes()))
    }

    /// The inverse of this kind: the value as it is in the file.
    pub(super) fn give(
        self,
        value: Value,
        width: Option<u64>,
        little: bool,
    ) -> Result<Value, DataError> {
        match self.spelled(value.clone(), width, little) {
            Err(_) if self.leaves(&value, little) && self.may_stay(&value, width) => Ok(value),
            // Bytes that don't fit the encoding may still be UTF-8.
            Ok(spelled)
                if is_filled(&value, width)
                    && size(&spelled) > size(&value)
                    && self.leaves(&value, little) =>
            {
                Ok(value)
            }
            result => result,
        }
    }

    fn spelled(self, value: Value, width: Option<u64>, little: bool) -> Result<Value, DataError> {
        match self {
            Kind::Hex
            | Kind::Compressed(_)
            | Kind::Sqlite
            | Kind::Time(_)
            | Kind::Fixed(_)
            | Kind::Percent(..) => Ok(value),
            Kind::Text(encoding) => encoded(encoding, value),
            Kind::HexDigits | Kind::Octal | Kind::Decimal | Kind::Bcd => self.digits(&value, width),
            Kind::Guid | Kind::Uuid | Kind::Ipv4 | Kind::Ipv6 | Kind::Mac => {
                self.identifier(&value, width, little)
            }
            Kind::Synchsafe => {
                let n = natural(&value)?;
                let groups = (0..18 * 7u32).step_by(7).map(|shift| (n >> shift) & 0x7f);
                let places = (0u32..).step_by(8);
                let spread = groups.zip(places).try_fold(0i128, |all, (group, shift)| {
                    match (group, shift < 128) {
                        (0, _) => Some(all),
                        (group, true) => Some(all | group.wrapping_shl(shift)),
                        (_, false) => None,
                    }
                });
                let spread = spread.ok_or_else(|| wrong("a number of fewer bits", &value));
                Ok(Value::Int(spread?))
            }
            Kind::Float80 => {
                let x = value.as_f64().ok_or_else(|| wrong("a number", &value))?;
                Ok(Value::from(&float80::write(x, little)[..]))
            }
            Kind::Zigzag => {
                let n = value.as_int().ok_or_else(|| wrong("an integer", &value))?;
                Ok(Value::Int((n << 1) ^ (n >> 127)))
            }
        }
    }

    /// A number in digits, which fill the field.
    fn digits(self, value: &Value, width: Option<u64>) -> Result<Value, DataError> {
        let n = natural(value)?;
        let width = usize::try_from(width.unwrap_or(0)).unwrap_or(0);
        // A NUL or a space ends octal and decimal digits where there is room for it.
        let room = width.saturating_sub(1);
        let digits = match self {
            Kind::HexDigits => format!("{n:0width$X}"),
            Kind::Octal => format!("{n:0room$o}"),
            Kind::Bcd => {
                let room = width.saturating_mul(2);
                let digits = format!("{n:0room$}");
                let digits = match digits.len() % 2 {
                    1 => format!("0{digits}"),
                    _ => digits,
                };
                let pairs = literal::hex(&digits).map_err(|_| wrong("a number", value))?;
                return Ok(Value::from(pairs));
            }
            _ => format!("{n:0room$}"),
        };
        Ok(Value::from(digits.into_bytes()))
    }

    /// A UUID, or an address of a network, as the bytes of its text.
    fn identifier(
        self,
        value: &Value,
        width: Option<u64>,
        little: bool,
    ) -> Result<Value, DataError> {
        let what = match self {
            Kind::Guid | Kind::Uuid => "a UUID",
            _ => "an address",
        };
        let text = text(value).ok_or_else(|| wrong(what, value))?;
        let hex = |separator: char| {
            let digits: String = text.chars().filter(|c| *c != separator).collect();
            literal::hex(&digits).map_err(|_| wrong(what, value))
        };
        match self {
            Kind::Ipv4 => {
                let address: std::net::Ipv4Addr =
                    text.parse().map_err(|_| wrong("an IPv4 address", value))?;
                Ok(match width {
                    Some(_) => Value::from(&address.octets()),
                    None if little => Value::from(u32::from_le_bytes(address.octets())),
                    None => Value::from(u32::from(address)),
                })
            }
            Kind::Ipv6 => {
                let address: std::net::Ipv6Addr =
                    text.parse().map_err(|_| wrong("an IPv6 address", value))?;
                Ok(Value::from(&address.octets()))
            }
            Kind::Mac => Ok(Value::from(hex(':')?)),
            _ => {
                let bytes = <[u8; 16]>::try_from(hex('-')?).map_err(|_| wrong(what, value))?;
                Ok(Value::from(&match self {
                    Kind::Guid => uuid::swapped(bytes),
                    _ => bytes,
                }))
            }
        }
    }
}

fn wrong(expected: &str, value: &Value) -> DataError {
    DataError::new(DataErrorKind::Type {
        expected: expected.to_owned(),
        found: value.kind(),
    })
}

fn natural(value: &Value) -> Result<i128, DataError> {
    let n = value.as_int().filter(|n| *n >= 0);
    n.ok_or_else(|| wrong("a number that is not negative", value))
}

/// Text in its encoding.
fn encoded(encoding: Encoding, value: Value) -> Result<Value, DataError> {
    let Value::Bytes(text) = &value else {
        let bytes = from_raw_text(&value).ok_or_else(|| wrong("text", &value))?;
        return Ok(Value::from(bytes));
    };
    let Ok(text) = std::str::from_utf8(text) else {
        // Bytes that could not be decoded stay as they are.
        return Ok(value);
    };
    match encoding.encode(text) {
        Some(bytes) => Ok(Value::from(bytes)),
        None => Err(DataError::other(format!(
            "{text:?} can't be written in {}",
            encoding.name()
        ))),
    }
}

/// How many bytes a value has, where it is bytes.
fn size(value: &Value) -> Option<u64> {
    value.as_bytes().map(|bytes| bytes.len() as u64)
}

/// Whether bytes fill a field of that width.
fn is_filled(value: &Value, width: Option<u64>) -> bool {
    width.is_some() && size(value) == width
}

fn text(value: &Value) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()?).ok()
}

/// `SQLite`'s longest form: eight groups of seven bits, and eight bits.
fn nine_bytes(n: u64) -> Vec<u8> {
    let groups = [57u32, 50, 43, 36, 29, 22, 15, 8];
    let group = |shift: u32| u8::try_from((n >> shift) & 0x7f).unwrap_or(0) | 0x80;
    let mut bytes: Vec<u8> = groups.into_iter().map(group).collect();
    bytes.push(u8::try_from(n & 0xff).unwrap_or(0));
    bytes
}

/// An integer in groups of seven bits, the highest first.
pub(super) fn base128(value: &Value, signed: bool, is_sqlite: bool) -> Result<Vec<u8>, DataError> {
    let wrong = || {
        DataError::new(DataErrorKind::Type {
            expected: "an integer".to_owned(),
            found: value.kind(),
        })
    };
    let n = match value {
        Value::Uint(n) => *n,
        value => {
            let n = value.as_int().ok_or_else(wrong)?;
            if n < 0 && is_sqlite {
                let all = i64::try_from(n).map_err(|_| wrong())?.cast_unsigned();
                return Ok(nine_bytes(all));
            }
            if n < 0 && !signed {
                return Err(DataError::new(DataErrorKind::Range {
                    value: n.to_string(),
                    limits: "M holds no negative numbers".to_owned(),
                }));
            }
            n.cast_unsigned()
        }
    };
    if is_sqlite && n >> 56 != 0 {
        let all = u64::try_from(n).map_err(|_| wrong())?;
        return Ok(nine_bytes(all));
    }
    let mut bytes = Vec::new();
    let mut rest = n;
    loop {
        let group = u8::try_from(rest & 0x7f).unwrap_or(0);
        bytes.push(group | if bytes.is_empty() { 0 } else { 0x80 });
        let is_done = match signed {
            true => {
                rest = (rest.cast_signed() >> 7).cast_unsigned();
                let sign = group & 0x40 != 0;
                (rest == 0 && !sign) || (rest == u128::MAX && sign)
            }
            false => {
                rest >>= 7;
                rest == 0
            }
        };
        if is_done {
            break;
        }
    }
    bytes.reverse();
    Ok(bytes)
}

/// The bytes of a code whose size doesn't follow from a count.
pub(super) fn code(
    code: &code::Code,
    scalar: Option<Scalar>,
    value: &Value,
) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    match (code.kind, scalar) {
        (code::Kind::Leb128 { signed }, _) => leb128::write(value, signed, &mut bytes)?,
        (_, Some(scalar)) => scalar.write(value, &mut bytes)?,
        _ => {}
    }
    Ok(bytes)
}

/// Bytes for a field of bytes.
pub(super) fn bytes(value: &Value) -> Result<&Bytes, DataError> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        value => Err(DataError::new(DataErrorKind::Type {
            expected: "bytes".to_owned(),
            found: value.kind(),
        })),
    }
}

impl Bits {
    /// The names with a value, each with its lowest bit and its width in an integer of `size` bytes.
    pub(super) fn places(&self, size: u8, little: bool) -> Vec<(&str, u32, u8)> {
        let width = u32::from(size) * 8;
        let mut used = 0u32;
        let mut places = Vec::with_capacity(self.fields.len());
        for (name, count) in &self.fields {
            let first = match self.least_first.unwrap_or(little) {
                true => used,
                false => width.since(used).since(u32::from(*count)),
            };
            used.tally(u32::from(*count));
            places.push((name.as_str(), first, *count));
        }
        places
    }
}
