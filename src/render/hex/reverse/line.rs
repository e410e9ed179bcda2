//! A line of a dump.

use std::fmt;

use super::table;
use crate::offset::Position;
use crate::render::escape;
use crate::render::hex::CONTINUED;

/// The digits of the largest offset.
const OFFSET: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Bytes at an offset; perhaps none.
    Row,
    /// The line above is repeated, up to the offset of the next.
    Repeat,
    /// More names for the line above.
    Labels,
    /// Nothing, or the border of a table.
    Blank,
}

/// An offset as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Of its digits, as hexadecimal ones.
    pub(super) value: u64,
    /// How many digits it has.
    pub(super) digits: usize,
}

impl Offset {
    /// Its value if it is written to this base; `None` where a digit isn't one of it.
    pub(super) fn to_base(self, base: u32) -> Option<u64> {
        (0..self.digits).rev().try_fold(0u64, |value, place| {
            let shift = u32::try_from(place).ok()?.saturating_mul(4);
            let digit = self.value.checked_shr(shift)? & 15;
            let digit = Some(digit).filter(|digit| *digit < u64::from(base))?;
            value.checked_mul(u64::from(base))?.checked_add(digit)
        })
    }
}

/// A line of a dump with bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// `None` where the bytes follow those of the line above.
    pub(super) offset: Option<Offset>,
    /// Whether a colon follows the offset, as in dumps of `xxd`.
    pub(super) colon: bool,
    /// The digits read as hexadecimal bytes, from left to right.
    pub(super) bytes: Vec<u8>,
    /// How many of the bytes have no space between them.
    pub(super) groups: Vec<usize>,
    /// All that follows the bytes, with the spaces before it.
    pub(super) text: Vec<u8>,
}

impl Row {
    fn clear(&mut self) {
        (self.offset, self.colon) = (None, false);
        self.bytes.clear();
        self.groups.clear();
        self.text.clear();
    }
}

/// An error in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where in the line, from 0 on.
    pub(super) at: usize,
    expected: &'static str,
    found: Option<u8>,
}

impl Fault {
    pub(super) fn new(at: usize, expected: &'static str, found: Option<&u8>) -> Fault {
        Fault {
            at,
            expected,
            found: found.copied(),
        }
    }

    /// A digit is missing.
    pub(super) fn digit(at: usize, found: Option<&u8>) -> Fault {
        Fault::new(at, "a hexadecimal digit", found)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found ", self.expected)?;
        match self.found {
            None => f.write_str("the end of the line"),
            Some(b' ') => f.write_str("a space"),
            Some(byte) => escape::text(&[byte]).fmt(f),
        }
    }
}

/// The value of a hexadecimal digit.
pub(super) fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c & 15),
        b'a'..=b'f' | b'A'..=b'F' => Some((c & 15).saturating_add(9)),
        _ => None,
    }
}

/// Reads a line into `row`.
pub(super) fn parse(line: &[u8], row: &mut Row) -> Result<Line, Fault> {
    row.clear();
    let line = without_end(line);
    let indent = line.len().since(line.trim_ascii_start().len());
    match line.trim_ascii() {
        [] => return Ok(Line::Blank),
        [b'*'] => return Ok(Line::Repeat),
        _ if indent >= CONTINUED => return Ok(Line::Labels),
        _ => {}
    }
    if let Some(table) = table::parse(line, row) {
        return table;
    }
    let mut cursor = Cursor { line, at: indent };
    row.offset = Some(cursor.offset()?);
    row.colon = cursor.take(b':');
    if row.colon {
        cursor.plain(row)?;
    } else {
        cursor.canonical(row)?;
    }
    Ok(Line::Row)
}

/// Reads a line of bytes alone, perhaps with their text between bars after them.
pub(super) fn parse_bytes(line: &[u8], row: &mut Row) -> Result<Line, Fault> {
    row.clear();
    let line = without_end(line);
    match line.trim_ascii() {
        [] => return Ok(Line::Blank),
        [b'*'] => return Ok(Line::Repeat),
        _ => {}
    }
    let mut cursor = Cursor { line, at: 0 };
    loop {
        let start = cursor.at;
        while cursor.take(b' ') || cursor.take(b'\t') {}
        match cursor.peek(0) {
            None => return Ok(Line::Row),
            Some(b'>' | b'|') if cursor.at.since(start) >= 2 => return Ok(Line::Row),
            Some(_) => row.bytes.push(cursor.byte()?),
        }
    }
}

/// The line without its end; spaces before that may be the text of a dump.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a first line is bytes alone: pairs of digits with spaces between them.
pub(super) fn is_bytes_alone(line: &[u8]) -> bool {
    let is_end = |pair: &[u8]| matches!(pair, b" >" | b" |");
    let line = without_end(line);
    let end = line.windows(2).position(is_end).unwrap_or(line.len());
    let mut words = line
        .get(..end)
        .unwrap_or_default()
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some()
        && words.all(|word| word.len() == 2 && word.iter().all(|&c| digit(c).is_some()))
}

/// Whether a first line is nothing but the digits of whole bytes, without a space.
pub(super) fn is_digits_alone(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let even = line.len().is_multiple_of(2) || line.len() >= super::MAX_LINE;
    even && !line.is_empty() && line.iter().all(|&c| digit(c).is_some())
}

struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self, ahead: usize) -> Option<&u8> {
        self.line.get(self.at.past(ahead))
    }

    fn rest(&self) -> &[u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, by: usize) {
        self.at.advance(by);
    }

    fn take(&mut self, c: u8) -> bool {
        let there = self.peek(0) == Some(&c);
        self.advance(usize::from(there));
        there
    }

    fn offset(&mut self) -> Result<Offset, Fault> {
        const EXPECTED: &str = "an offset of up to 16 hexadecimal digits";
        let start = self.at;
        let mut value = 0u64;
        while let Some(digit) = self.peek(0).copied().and_then(digit) {
            if self.at.since(start) == OFFSET {
                return Err(Fault::new(self.at, EXPECTED, self.peek(0)));
            }
            value = value << 4 | u64::from(digit);
            self.advance(1);
        }
        let digits = self.at.since(start);
        if digits == 0 {
            return Err(Fault::new(self.at, EXPECTED, self.peek(0)));
        }
        Ok(Offset { value, digits })
    }

    /// As `xxd` prints it: groups with a space between them, two spaces before the text.
    fn plain(&mut self, row: &mut Row) -> Result<(), Fault> {
        while self.take(b' ') {}
        loop {
            let before = row.bytes.len();
            while !matches!(self.peek(0), None | Some(b' ')) {
                row.bytes.push(self.byte()?);
            }
            let group = row.bytes.len().since(before);
            if group > 0 {
                row.groups.push(group);
            }
            let end = self.at;
            while self.take(b' ') {}
            let spaces = self.at.since(end);
            if self.rest().is_empty() || (spaces >= 2 && !self.more_bytes(row.bytes.len())) {
                row.text.extend(self.line.get(end..).unwrap_or_default());
                return Ok(());
            }
        }
    }

    /// Whether bytes go on after two spaces: in the middle of a line, or where a group of
    /// `xxd -e` is not full. A text has no more characters than there are bytes.
    fn more_bytes(&self, bytes: usize) -> bool {
        let rest = self.rest();
        let digits = rest.iter().take_while(|&&c| digit(c).is_some()).count();
        rest.len() > bytes && digits >= 2 && digits.is_multiple_of(2)
    }

    /// As `hexdump -C` and `od` print it: each byte apart, a bar before the text, and between
    /// bytes, alone or with one space, a bar where a field begins.
    fn canonical(&mut self, row: &mut Row) -> Result<(), Fault> {
        loop {
            let start = self.at;
            while self.take(b' ') {}
            let spaces = self.at.since(start);
            match self.peek(0) {
                None => return Ok(()),
                Some(b'|' | b'>') if spaces >= 2 => return Ok(()),
                Some(b'|') => self.advance(1),
                found if spaces == 0 => {
                    let expected = if row.bytes.is_empty() {
                        "a colon or a space after the offset"
                    } else {
                        "a space after a byte of two digits"
                    };
                    return Err(Fault::new(self.at, expected, found));
                }
                // Text without a bar before it might read as bytes.
                found if spaces > 2 && !row.bytes.is_empty() => {
                    let expected = "a byte after one or two spaces, or a bar before the text";
                    return Err(Fault::new(self.at, expected, found));
                }
                Some(_) => {}
            }
            row.bytes.push(self.byte()?);
        }
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let mut byte = 0;
        for _ in 0..2 {
            let found = self.peek(0);
            let Some(digit) = found.copied().and_then(digit) else {
                return Err(Fault::digit(self.at, found));
            };
            byte = byte << 4 | digit;
            self.advance(1);
        }
        Ok(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Line, u64, Vec<u8>), Fault> {
        let mut row = Row::default();
        let line = parse(line.as_bytes(), &mut row)?;
        Ok((line, row.offset.map_or(0, |offset| offset.value), row.bytes))
    }

    #[test]
    fn lines_of_every_layout_are_read() {
        for (line, offset, bytes) in [
            ("00000010: 4142 4344 45              ABCDE\n", 16, "ABCDE"),
            ("00000000: 41424344  ABCD", 0, "ABCD"),
            ("00000000: 4142 43  41", 0, "ABC"),
            ("  a: 4142", 10, "AB"),
            ("0:4142\r\n", 0, "AB"),
            ("0:", 0, ""),
            ("1FFFFFFFF: 4A", 0x1_ffff_ffff, "J"),
            (
                "00000000  41 42 43 44 45 46 47 48  49 4a  |ABCDEFGHIJ|",
                0,
                "ABCDEFGHIJ",
            ),
            ("0000  41 42|43 44 |45  |ABCDE|  a, b  c", 0, "ABCDE"),
            ("0000 |41  |A|  beef", 0, "A"),
            ("000000 41 42                    >ABCDEFGH<", 0, "AB"),
            ("0000000    41  42\n", 0, "AB"),
            // Two spaces after the colon, and in the middle of a line.
            ("00000000:  4142 4344  ABCD", 0, "ABCD"),
            ("00000000:    4142", 0, "AB"),
            ("00: 41 42 43  44 45 46  ABCDEF", 0, "ABCDEF"),
            // Text that reads as digits, and a remark.
            ("00: 6161 6262  aabb", 0, "aabb"),
            ("00: 41  patched", 0, "A"),
            ("00000200", 512, ""),
            ("00000200  |", 512, ""),
            ("000000 41 42", 0, "AB"),
        ] {
            let expected = (Line::Row, offset, bytes.as_bytes().to_vec());
            assert_eq!(read(line), Ok(expected), "{line}");
        }
        for (line, expected) in [
            ("*\n", Line::Repeat),
            ("\n", Line::Blank),
            ("  \r\n", Line::Blank),
            ("                         beef  cafe\n", Line::Labels),
        ] {
            assert_eq!(read(line), Ok((expected, 0, Vec::new())), "{line}");
        }
    }

    #[test]
    fn what_is_no_line_of_a_dump_is_told_by_its_column() {
        for (line, at, message) in [
            (
                "hello",
                0,
                "expected an offset of up to 16 hexadecimal digits, found h",
            ),
            (
                "00000000000000000: 41",
                16,
                "expected an offset of up to 16 hexadecimal digits, found 0",
            ),
            (
                "00000000: 4142 4",
                16,
                "expected a hexadecimal digit, found the end of the line",
            ),
            (
                "00000000: 414 42",
                13,
                "expected a hexadecimal digit, found a space",
            ),
            (
                "00000000: 41\x1b2",
                12,
                r"expected a hexadecimal digit, found \x1b",
            ),
            // Words of two bytes, in an order that nothing tells.
            (
                "0000000 4241 4443",
                10,
                "expected a space after a byte of two digits, found 4",
            ),
            (
                "0: 44434241     4645IJKL",
                20,
                "expected a hexadecimal digit, found I",
            ),
            (
                "0000  41 42   AB",
                14,
                "expected a byte after one or two spaces, or a bar before the text, found A",
            ),
            (
                "beef-",
                4,
                "expected a colon or a space after the offset, found -",
            ),
        ] {
            let fault = read(line).unwrap_err();
            assert_eq!(
                (fault.at, fault.to_string().as_str()),
                (at, message),
                "{line}"
            );
        }
    }
}
