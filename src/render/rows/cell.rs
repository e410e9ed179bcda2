//! One value as text, the same in all forms except for quotes and escapes.

use std::collections::HashMap;

use super::Style;
use super::number;
use crate::offset::Tally;
use crate::records::{Column, Field, Meaning, Values};
use crate::tree::Key;
use crate::value::text::is_printable;
use crate::value::{Value, uuid};

/// A value as text.
pub(super) enum Cell<'a> {
    /// A number or a truth value, which was written.
    Written,
    /// A float that is no number, or an integer that is text in JSON: written, and in quotes in JSON.
    Word,
    /// A time, which was written: digits and punctuation that no form has to quote, but which are text in JSON.
    Time,
    /// Printable text in UTF-8.
    Text(&'a [u8]),
    /// Text that was made for the value.
    Made(String),
    /// Bytes that are no text.
    Bytes(&'a [u8]),
    /// A value that isn't there.
    Absent,
    /// A value that has parts.
    Nested,
}

/// How the values of a column are written.
#[derive(Debug)]
pub(super) struct Writer {
    meaning: Meaning,
    /// Names of integers, of those that have a name of their own.
    names: HashMap<i128, String>,
    style: Style,
    is_char: bool,
}

impl Writer {
    pub(super) fn new(field: &Field, style: Style) -> Writer {
        let meaning = match style.raw && !matches!(field.meaning, Meaning::Uuid) {
            true => Meaning::Plain,
            false => field.meaning.clone(),
        };
        let mut names = HashMap::new();
        if let Meaning::Names(all) = &meaning {
            let mut times: HashMap<&str, usize> = HashMap::new();
            for (_, name) in all.iter() {
                let seen = times.entry(name).or_default();
                seen.tally(1);
            }
            for (key, name) in all.iter() {
                if let (Key::Number(n), Some(1)) = (key, times.get(name)) {
                    names.insert(*n, name.to_owned());
                }
            }
        }
        Writer {
            meaning,
            names,
            style,
            is_char: matches!(field.data, crate::records::Type::Bytes { width: Some(1) }),
        }
    }

    /// Writes the value of a row if it is a number; otherwise answers the value.
    pub(super) fn write<'a>(
        &'a self,
        column: &'a Column,
        row: usize,
        out: &mut Vec<u8>,
    ) -> Cell<'a> {
        if !column.is_valid(row) {
            return Cell::Absent;
        }
        macro_rules! integers {
            ($($variant:ident)*) => {
                match &column.values {
                    $(Values::$variant(values) => {
                        return match values.get(row) {
                            Some(n) => self.integer(i128::from(*n), out),
                            None => Cell::Absent,
                        };
                    })*
                    _ => {}
                }
            };
        }
        if self.is_plain() {
            macro_rules! quick {
                ($($variant:ident $write:path;)*) => {
                    match &column.values {
                        $(Values::$variant(values) => {
                            let Some(n) = values.get(row) else { return Cell::Absent };
                            $write((*n).into(), out);
                            return Cell::Written;
                        })*
                        _ => {}
                    }
                };
            }
            quick! {
                U8 number::unsigned;
                U16 number::unsigned;
                U32 number::unsigned;
                I8 number::signed;
                I16 number::signed;
                I32 number::signed;
            }
            if !self.style.ints.big_ints_as_strings {
                quick! {
                    U64 number::unsigned;
                    I64 number::signed;
                }
            }
        }
        integers!(I8 I16 I32 I64 I128 U8 U16 U32 U64);
        match &column.values {
            Values::U128(values) => match values.get(row) {
                Some(n) => match i128::try_from(*n) {
                    Ok(n) => self.integer(n, out),
                    Err(_) => self.large(*n, out),
                },
                None => Cell::Absent,
            },
            Values::Bool(values) => match values.get(row) {
                Some(b) => {
                    out.extend_from_slice(if *b { b"true" } else { b"false" });
                    Cell::Written
                }
                None => Cell::Absent,
            },
            Values::F32(values) => match values.get(row) {
                Some(x) => {
                    number::single(*x, out);
                    if x.is_finite() {
                        Cell::Written
                    } else {
                        Cell::Word
                    }
                }
                None => Cell::Absent,
            },
            Values::F64(values) => match values.get(row) {
                Some(x) => {
                    number::double(*x, out);
                    if x.is_finite() {
                        Cell::Written
                    } else {
                        Cell::Word
                    }
                }
                None => Cell::Absent,
            },
            Values::Fixed { .. } => self.bytes(column.values.bytes(row).unwrap_or_default(), true),
            Values::Bytes(_) | Values::Text(_) => {
                self.bytes(column.values.bytes(row).unwrap_or_default(), false)
            }
            Values::Any(values) => match values.get(row) {
                Some(value) => self.any(value, out),
                None => Cell::Absent,
            },
            _ => Cell::Nested,
        }
    }

    /// Whether integers are written as the decimal digits that they have.
    fn is_plain(&self) -> bool {
        matches!(self.meaning, Meaning::Plain) && !self.style.ints.hex_ints
    }

    fn integer(&self, n: i128, out: &mut Vec<u8>) -> Cell<'_> {
        match &self.meaning {
            Meaning::Time(epoch) if epoch.write(n, out) => return Cell::Time,
            Meaning::Names(_) => {
                if let Some(name) = self.names.get(&n) {
                    return Cell::Text(name.as_bytes());
                }
            }
            Meaning::Fixed(bits) => {
                number::fraction(n, *bits, out);
                return Cell::Written;
            }
            _ => {}
        }
        if self.style.ints.hex_ints {
            let sign = if n < 0 { "-" } else { "" };
            number::text(format_args!("{sign}{:#x}", n.unsigned_abs()), out);
            return Cell::Word;
        }
        number::wide(n, out);
        let is_big = self.style.ints.big_ints_as_strings && n.unsigned_abs() > 1 << 53;
        if is_big { Cell::Word } else { Cell::Written }
    }

    fn large(&self, n: u128, out: &mut Vec<u8>) -> Cell<'static> {
        let ints = self.style.ints;
        match ints.hex_ints {
            true => number::text(format_args!("{n:#x}"), out),
            false => number::text(format_args!("{n}"), out),
        }
        if ints.hex_ints || ints.big_ints_as_strings {
            Cell::Word
        } else {
            Cell::Written
        }
    }

    fn bytes<'a>(&'a self, bytes: &'a [u8], is_filled: bool) -> Cell<'a> {
        match &self.meaning {
            Meaning::Uuid => return Cell::Made(uuid::text(bytes)),
            Meaning::Names(names) => {
                if let Some(name) = names.name(&Value::from(bytes)) {
                    return Cell::Text(name.as_bytes());
                }
            }
            _ => {}
        }
        let mut text = bytes;
        while let (true, Some((0, before))) = (is_filled && !self.is_char, text.split_last()) {
            text = before;
        }
        // Nearly all text is ASCII, which needs no second look.
        if text.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return Cell::Text(text);
        }
        match std::str::from_utf8(text) {
            Ok(printable) if is_printable(printable) => Cell::Text(text),
            _ => Cell::Bytes(bytes),
        }
    }

    fn any<'a>(&'a self, value: &'a Value, out: &mut Vec<u8>) -> Cell<'a> {
        match value {
            Value::Bool(b) => {
                out.extend_from_slice(if *b { b"true" } else { b"false" });
                Cell::Written
            }
            Value::Int(n) => self.integer(*n, out),
            Value::Uint(n) => self.large(*n, out),
            Value::Float(x) => {
                number::double(*x, out);
                if x.is_finite() {
                    Cell::Written
                } else {
                    Cell::Word
                }
            }
            Value::Bytes(bytes) => self.bytes(bytes, false),
            _ => Cell::Nested,
        }
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(DIGITS.get(usize::from(digit)).copied().unwrap_or(b'0'));
        }
    }
}
