//! A line of a table, as `hexyl` draws it: `│00000000│ 41 42 … ┊ 49 4a … │ABCDEFGH┊IJ      │`.

use super::line::{Fault, Line, Offset, Row, digit};
use crate::offset::{Position, Tally};

/// A panel of eight bytes has as many characters in the part for text, and more in that for bytes.
const PANEL: usize = 8;

/// The digits of eight bytes in binary, which no other base needs as many characters for.
const BINARY: usize = 64;

/// Reads a line that begins with a bar or belongs to the border of a table; `None` for others.
pub(super) fn parse(line: &[u8], row: &mut Row) -> Option<Result<Line, Fault>> {
    let line = std::str::from_utf8(line).ok()?;
    let trimmed = line.trim();
    if trimmed.chars().all(is_border) {
        return Some(Ok(Line::Blank));
    }
    trimmed.starts_with(is_bar).then(|| cells(line, row))
}

fn is_border(c: char) -> bool {
    matches!(c, '─'..='╿' | '+' | '-') && !is_bar(c)
}

fn is_bar(c: char) -> bool {
    matches!(c, '│' | '┊' | '|')
}

fn cells(line: &str, row: &mut Row) -> Result<Line, Fault> {
    let mut at = 0usize;
    let mut cells = line
        .split_inclusive(is_bar)
        .map(|cell| {
            let start = at;
            at.advance(cell.len());
            (start, cell.trim_end_matches(is_bar))
        })
        .skip(1);
    let (start, first) = cells.next().unwrap_or_default();
    match first.trim() {
        "*" => return Ok(Line::Repeat),
        digits => row.offset = Some(offset(digits, start)?),
    }
    // Bars may be in the text too, which begins with the first cell that is too small for bytes.
    for (start, cell) in cells.take_while(|(_, cell)| cell.chars().count() > PANEL) {
        bytes(cell, start, row)?;
    }
    Ok(Line::Row)
}

fn offset(digits: &str, at: usize) -> Result<Offset, Fault> {
    let value = u64::from_str_radix(digits, 16).ok();
    let value = value.filter(|_| digits.bytes().all(|c| digit(c).is_some()));
    let value = value.ok_or_else(|| {
        let found = digits.as_bytes().first();
        Fault::new(at, "an offset of up to 16 hexadecimal digits", found)
    })?;
    Ok(Offset {
        value,
        digits: digits.len(),
    })
}

/// The bytes of one panel.
fn bytes(cell: &str, start: usize, row: &mut Row) -> Result<(), Fault> {
    let binary = cell.len() > BINARY;
    let (per_digit, width) = if binary { (1, 8) } else { (4, 2) };
    let mut byte = 0u8;
    let mut digits = 0u32;
    for (i, c) in cell.bytes().enumerate() {
        let value = digit(c).filter(|value| !binary || *value < 2);
        match value {
            Some(value) => {
                byte = byte.checked_shl(per_digit).unwrap_or(0) | value;
                digits.tally(1);
                if digits == width {
                    row.bytes.push(byte);
                    (byte, digits) = (0, 0);
                }
            }
            None if c == b' ' && digits == 0 => {}
            None => {
                let at = start.past(i);
                let expected = if binary {
                    "a digit of eight binary ones"
                } else {
                    "a hexadecimal digit"
                };
                return Err(Fault::new(at, expected, Some(&c)));
            }
        }
    }
    if digits > 0 {
        return Err(Fault::digit(start.past(cell.len()), None));
    }
    Ok(())
}
