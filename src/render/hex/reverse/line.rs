//! A line of a dump.

use std::fmt;

use crate::render::escape;
use crate::render::hex::CONTINUED;

/// The digits of the largest offset.
const OFFSET: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The bytes from this offset on; perhaps none.
    Bytes(u64),
    /// The line above is repeated, up to the offset of the next.
    Repeat,
    /// More names for the line above.
    Labels,
    Blank,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where in the line, from 0 on.
    pub(super) at: usize,
    expected: &'static str,
    found: Option<u8>,
}

impl Fault {
    fn new(at: usize, expected: &'static str, found: Option<&u8>) -> Fault {
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

/// Reads a line, and adds its bytes to `bytes`.
pub(super) fn parse(line: &[u8], bytes: &mut Vec<u8>) -> Result<Line, Fault> {
    let line = line.trim_ascii_end();
    let indent = line.len().saturating_sub(line.trim_ascii_start().len());
    match line.trim_ascii_start() {
        [] => return Ok(Line::Blank),
        [b'*'] => return Ok(Line::Repeat),
        _ if indent >= CONTINUED => return Ok(Line::Labels),
        _ => {}
    }
    let mut cursor = Cursor { line, at: indent };
    let offset = cursor.offset()?;
    if cursor.take(b':') {
        cursor.plain(bytes)?;
    } else {
        cursor.canonical(bytes)?;
    }
    Ok(Line::Bytes(offset))
}

struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self, ahead: usize) -> Option<&u8> {
        self.line.get(self.at.saturating_add(ahead))
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by);
    }

    fn take(&mut self, c: u8) -> bool {
        let there = self.peek(0) == Some(&c);
        self.advance(usize::from(there));
        there
    }

    fn offset(&mut self) -> Result<u64, Fault> {
        const EXPECTED: &str = "an offset of up to 16 hexadecimal digits";
        let start = self.at;
        let mut offset = 0u64;
        while let Some(digit) = self.peek(0).copied().and_then(digit) {
            if self.at.saturating_sub(start) == OFFSET {
                return Err(Fault::new(self.at, EXPECTED, self.peek(0)));
            }
            offset = offset << 4 | u64::from(digit);
            self.advance(1);
        }
        if self.at == start {
            return Err(Fault::new(self.at, EXPECTED, self.peek(0)));
        }
        Ok(offset)
    }

    /// As `xxd` prints it: groups with a space between them, two spaces before the text.
    fn plain(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) | (Some(b' '), Some(b' ')) => return Ok(()),
                (Some(b' '), _) => self.advance(1),
                _ => {}
            }
            bytes.push(self.byte()?);
        }
    }

    /// As `hexdump -C` prints it: each byte apart, a bar before the text, and between bytes, alone
    /// or with one space, a bar where a field begins.
    fn canonical(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        loop {
            let start = self.at;
            while self.take(b' ') {}
            let spaces = self.at.saturating_sub(start);
            match self.peek(0) {
                None => return Ok(()),
                Some(b'|') if spaces >= 2 => return Ok(()),
                Some(b'|') => self.advance(1),
                found if spaces == 0 => {
                    let expected = if bytes.is_empty() {
                        "a colon or a space behind the offset"
                    } else {
                        "a space behind a byte of two digits"
                    };
                    return Err(Fault::new(self.at, expected, found));
                }
                Some(_) => {}
            }
            bytes.push(self.byte()?);
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

    fn read(line: &str) -> Result<(Line, Vec<u8>), Fault> {
        let mut bytes = Vec::new();
        parse(line.as_bytes(), &mut bytes).map(|line| (line, bytes))
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
            ("00000200", 512, ""),
            ("00000200  |", 512, ""),
            ("000000 41 42", 0, "AB"),
        ] {
            let expected = (Line::Bytes(offset), bytes.as_bytes().to_vec());
            assert_eq!(read(line), Ok(expected), "{line}");
        }
        for (line, expected) in [
            ("*\n", Line::Repeat),
            ("\n", Line::Blank),
            ("  \r\n", Line::Blank),
            ("                         beef  cafe\n", Line::Labels),
        ] {
            assert_eq!(read(line), Ok((expected, Vec::new())), "{line}");
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
                "expected a space behind a byte of two digits, found 4",
            ),
            (
                "beef-",
                4,
                "expected a colon or a space behind the offset, found -",
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
