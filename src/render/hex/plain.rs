//! The dump that `xxd` prints, byte for byte.

use std::io::{self, Read, Write};

use super::digits::{self, Digits, LOWER, UPPER};
use super::input::{Input, PAGE};
use crate::offset::{Position, Tally};

/// Offsets have at least this many digits.
const OFFSET: usize = 8;

/// The dump that `xxd` prints: offset, bytes in groups, text.
///
/// ```
/// use bytewright::render::hex::Plain;
///
/// let mut dump = Vec::new();
/// Plain::new().write(&b"BM8\x8c\n\0\0\0"[..], 0, &mut dump)?;
/// assert_eq!(dump, b"00000000: 424d 388c 0a00 0000                      BM8.....\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plain {
    columns: usize,
    group: usize,
    upper: bool,
    digits_only: bool,
}

impl Default for Plain {
    fn default() -> Plain {
        Plain::new()
    }
}

impl Plain {
    /// 16 bytes a line, in groups of two.
    pub fn new() -> Plain {
        Plain {
            columns: 16,
            group: 2,
            upper: false,
            digits_only: false,
        }
    }

    /// Nothing but digits, 30 bytes a line: what `xxd -p` prints.
    ///
    /// ```
    /// use bytewright::render::hex::Plain;
    ///
    /// let mut dump = Vec::new();
    /// Plain::digits().write(&b"BM8\x8c"[..], 0, &mut dump)?;
    /// assert_eq!(dump, b"424d388c\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn digits() -> Plain {
        Plain {
            columns: 30,
            digits_only: true,
            ..Plain::new()
        }
    }

    /// This many bytes a line, at least one.
    #[must_use]
    pub fn columns(mut self, columns: u16) -> Plain {
        self.columns = usize::from(columns.max(1));
        self
    }

    /// This many bytes without a space between them; 0 is a whole line of them.
    #[must_use]
    pub fn group(mut self, group: u16) -> Plain {
        self.group = usize::from(group);
        self
    }

    /// Bytes, but not offsets, in upper case.
    #[must_use]
    pub fn upper(mut self, upper: bool) -> Plain {
        self.upper = upper;
        self
    }

    /// Writes the dump of what `input` gives, from the offset `start` on. Whole lines are written
    /// as soon as they are there.
    ///
    /// # Errors
    ///
    /// When `input` can't be read, or writing to `out` fails.
    pub fn write(&self, input: impl Read, start: u64, mut out: impl Write) -> io::Result<()> {
        let mut page = Page::new(self, start);
        let mut input = Input::new(input, self.columns);
        while input.fill()? {
            page.write(input.take(PAGE), &mut out)?;
        }
        Ok(())
    }
}

/// Where the parts of a line are.
#[derive(Clone, Copy)]
struct Line {
    columns: usize,
    group: usize,
    digits: &'static Digits,
    /// The digits of an offset.
    offset: usize,
    /// The first digit of the first byte.
    bytes: usize,
    text: usize,
    /// With its end of line.
    length: usize,
}

impl Line {
    fn new(plain: &Plain, offset_digits: usize) -> Line {
        let columns = plain.columns;
        let grouped = !plain.digits_only && plain.group > 0;
        let group = if grouped {
            plain.group.min(columns)
        } else {
            columns
        };
        let (offset, bytes) = match plain.digits_only {
            true => (0, 0),
            false => (offset_digits, offset_digits.saturating_add(2)),
        };
        let spaces = columns.saturating_sub(1).checked_div(group).unwrap_or(0);
        let end = bytes
            .saturating_add(columns.saturating_mul(2))
            .saturating_add(spaces);
        let (text, end) = match plain.digits_only {
            true => (end, end),
            false => (end.past(2), end.past(2).saturating_add(columns)),
        };
        Line {
            columns,
            group,
            digits: if plain.upper { &UPPER } else { &LOWER },
            offset,
            bytes,
            text,
            length: end.past(1),
        }
    }

    /// A line without offset, bytes and text.
    fn blank(&self) -> Vec<u8> {
        let mut line = vec![b' '; self.length];
        if let Some(colon) = line.get_mut(self.offset).filter(|_| self.offset > 0) {
            *colon = b':';
        }
        if let Some(end) = line.last_mut() {
            *end = b'\n';
        }
        line
    }

    /// Writes into a blank line, or over one with as many bytes.
    #[inline]
    fn fill(&self, line: &mut [u8], offset: u64, bytes: &[u8]) {
        let (before, text) = line.split_at_mut_checked(self.text).unwrap_or_default();
        let (place, before) = before.split_at_mut_checked(self.bytes).unwrap_or_default();
        if let Some(place) = place.get_mut(..self.offset) {
            digits::offset(offset, place);
        }
        match self.group {
            1 => self.groups::<1>(before, bytes),
            2 => self.groups::<2>(before, bytes),
            4 => self.groups::<4>(before, bytes),
            8 => self.groups::<8>(before, bytes),
            _ => {
                let groups = before.chunks_mut(self.group.saturating_mul(2).saturating_add(1));
                for (place, bytes) in groups.zip(bytes.chunks(self.group)) {
                    self.pairs(place, bytes);
                }
            }
        }
        if !place.is_empty() {
            for (place, byte) in text.iter_mut().zip(bytes) {
                *place = digits::character(*byte);
            }
        }
    }

    /// Groups of a size that the compiler knows: this loop takes most of the time.
    #[inline]
    fn groups<const N: usize>(&self, places: &mut [u8], bytes: &[u8]) {
        let (groups, rest) = bytes.as_chunks::<N>();
        let mut places = places.chunks_mut(N.saturating_mul(2).saturating_add(1));
        for (group, place) in groups.iter().zip(&mut places) {
            self.pairs(place, group);
        }
        self.pairs(places.next().unwrap_or_default(), rest);
    }

    #[inline]
    fn pairs(&self, places: &mut [u8], bytes: &[u8]) {
        for (place, byte) in places.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *place = digits::of(self.digits, *byte);
        }
    }
}

/// Lines that are written together. Their spaces, colons and ends stay from one page to the next.
struct Page<'a> {
    plain: &'a Plain,
    line: Line,
    lines: Vec<u8>,
    offset: u64,
}

impl Page<'_> {
    fn new(plain: &Plain, offset: u64) -> Page<'_> {
        let mut page = Page {
            plain,
            line: Line::new(plain, OFFSET),
            lines: Vec::new(),
            offset,
        };
        page.prepare(OFFSET);
        page
    }

    fn prepare(&mut self, offset_digits: usize) {
        self.line = Line::new(self.plain, offset_digits);
        let count = PAGE.div_ceil(self.line.columns);
        self.lines = self.line.blank().repeat(count);
    }

    fn write(&mut self, mut bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
        while bytes.len() >= self.line.columns {
            let alike = self.alike();
            let line = self.line;
            let whole = bytes.len().checked_div(line.columns).unwrap_or(0);
            let now = whole.min(alike).saturating_mul(line.columns);
            let (now, later) = bytes.split_at_checked(now).unwrap_or((bytes, &[]));
            let mut length = 0usize;
            let lines = self.lines.chunks_exact_mut(line.length);
            for (bytes, place) in now.chunks(line.columns).zip(lines) {
                line.fill(place, self.offset, bytes);
                self.offset.advance(bytes.len() as u64);
                length.tally(line.length);
            }
            out.write_all(self.lines.get(..length).unwrap_or_default())?;
            bytes = later;
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.write_short(bytes, out)
    }

    /// The last line, where it is short: spaces stay where digits are missing.
    fn write_short(&mut self, bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
        self.alike();
        let mut line = self.line.blank();
        self.line.fill(&mut line, self.offset, bytes);
        let end = match self.plain.digits_only {
            true => bytes.len().saturating_mul(2),
            false => self.line.text.saturating_add(bytes.len()),
        };
        line.truncate(end);
        line.push(b'\n');
        out.write_all(&line)
    }

    /// Makes the page ready for the offset; answers how many lines have offsets of as many digits.
    fn alike(&mut self) -> usize {
        let digits = digits::count(self.offset).max(OFFSET);
        if digits != self.line.offset && !self.plain.digits_only {
            self.prepare(digits);
        }
        let bits = u32::try_from(digits.saturating_mul(4)).unwrap_or(u64::BITS);
        let limit = 1u64.checked_shl(bits).unwrap_or(u64::MAX);
        let left = limit.saturating_sub(self.offset);
        usize::try_from(left.div_ceil(self.line.columns as u64))
            .unwrap_or(usize::MAX)
            .max(1)
    }
}
