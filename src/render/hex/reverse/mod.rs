//! Dumps back to bytes.

mod line;
mod sink;

use std::io::{self, BufRead, Read, Seek, Write};

use self::line::Line;
use self::sink::{File, Sink, Stream};

/// No dump has longer lines.
const MAX_LINE: usize = 64 << 10;

/// How many bytes that a dump leaves out are filled in, all together, unless another limit is set.
pub const MAX_FILL: u64 = 1 << 30;

/// Turns dumps back into bytes: those of [`Plain`](super::Plain) and
/// [`Canonical`](super::Canonical), and so those of `xxd` and `hexdump -C`.
///
/// Of each line, the offset and the bytes count; the text at the right is not read. Where offsets
/// jump, the bytes between are zeros; where a `*` stands, the line above it is repeated.
///
/// ```
/// use bytewright::render::hex::Reverse;
///
/// let dump = "00000000: 424d  BM\n00000004: 0a";
/// let mut bytes = Vec::new();
/// Reverse::new().to_stream(dump.as_bytes(), &mut bytes)?;
/// assert_eq!(bytes, b"BM\0\0\n");
///
/// let wrong = Reverse::new().to_stream(&b"00000000: 42 4x"[..], &mut bytes).unwrap_err();
/// assert_eq!(wrong.to_string(), "line 1, column 15: expected a hexadecimal digit, found x");
/// # Ok::<(), bytewright::render::hex::ReverseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reverse {
    base: i64,
    max_fill: u64,
    digits_only: bool,
}

impl Default for Reverse {
    fn default() -> Reverse {
        Reverse::new()
    }
}

/// Why a dump could not be turned into bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line that is none of a dump.
    #[error("line {line}, column {column}: {message}")]
    Line {
        /// Which line, from 1 on.
        line: u64,
        /// Which byte of it, from 1 on.
        column: usize,
        /// What was expected, and what was found.
        message: String,
    },
    /// More bytes are left out than may be filled in.
    #[error(
        "line {line}: the dump leaves out {gap} bytes before it, and no more than {limit} in all \
         are filled in; in a file, zeros take no space and have no limit"
    )]
    Gap {
        /// The line behind the gap, from 1 on.
        line: u64,
        /// How many bytes are left out.
        gap: u64,
        /// How many are filled in, all gaps together.
        limit: u64,
    },
    /// The offsets go back, and the output can't.
    #[error(
        "line {line}: offset {offset:#x} lies before the end of the line above, at {end:#x}; only \
         a file can be written in this order"
    )]
    Back {
        /// The line, from 1 on.
        line: u64,
        /// Where its bytes belong.
        offset: u64,
        /// Where the bytes of the line above end.
        end: u64,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Reverse {
    /// Dumps with offsets.
    pub fn new() -> Reverse {
        Reverse {
            base: 0,
            max_fill: MAX_FILL,
            digits_only: false,
        }
    }

    /// Dumps of nothing but digits, with white space anywhere between bytes.
    ///
    /// ```
    /// use bytewright::render::hex::Reverse;
    ///
    /// let mut bytes = Vec::new();
    /// Reverse::digits().to_stream(&b"42 4d\n0a"[..], &mut bytes)?;
    /// assert_eq!(bytes, b"BM\n");
    /// # Ok::<(), bytewright::render::hex::ReverseError>(())
    /// ```
    pub fn digits() -> Reverse {
        Reverse {
            digits_only: true,
            ..Reverse::new()
        }
    }

    /// Adds `base` to every offset.
    #[must_use]
    pub fn base(mut self, base: i64) -> Reverse {
        self.base = base;
        self
    }

    /// Fills in no more than so many bytes that a dump leaves out, all together: zeros in a
    /// stream, and repeated lines. Zeros in a file take no space, and have no limit.
    #[must_use]
    pub fn max_fill(mut self, max_fill: u64) -> Reverse {
        self.max_fill = max_fill;
        self
    }

    /// Writes the bytes in their order.
    ///
    /// # Errors
    ///
    /// Where the dump is wrong, leaves out too much, or goes back; and those of reading and
    /// writing. What stood before was written.
    pub fn to_stream(&self, dump: impl BufRead, out: impl Write) -> Result<(), Error> {
        self.write(dump, Stream::new(out, self.max_fill))
    }

    /// Writes the bytes at their places, counted from the start of `out`. Zeros that the dump
    /// leaves out become holes.
    ///
    /// # Errors
    ///
    /// Where the dump is wrong, or repeats too much; and those of reading and writing.
    pub fn to_file(&self, dump: impl BufRead, out: impl Write + Seek) -> Result<(), Error> {
        self.write(dump, File::new(out, self.max_fill))
    }

    fn write(&self, dump: impl BufRead, mut sink: impl Sink) -> Result<(), Error> {
        if self.digits_only {
            digits(dump, &mut sink)?;
        } else {
            self.lines(dump, &mut sink)?;
        }
        Ok(sink.flush()?)
    }

    fn lines(&self, mut dump: impl BufRead, sink: &mut impl Sink) -> Result<(), Error> {
        let mut text = Vec::new();
        let mut bytes = Vec::new();
        let mut above = Vec::new();
        // The line of the `*` that waits for an offset to tell how far it goes.
        let mut repeat = None;
        let mut number = 0u64;
        while read_line(&mut dump, &mut text)? {
            number = number.saturating_add(1);
            let wrong = |column: usize, message: String| Error::Line {
                line: number,
                column: column.saturating_add(1),
                message,
            };
            if text.len() > MAX_LINE {
                let message = format!("no line of a dump is longer than {MAX_LINE} bytes");
                return Err(wrong(MAX_LINE, message));
            }
            bytes.clear();
            let line = line::parse(&text, &mut bytes)
                .map_err(|fault| wrong(fault.at, fault.to_string()))?;
            let offset = match line {
                Line::Bytes(offset) => offset,
                Line::Blank => continue,
                Line::Labels if !above.is_empty() => continue,
                Line::Repeat if !above.is_empty() => {
                    repeat = Some(number);
                    continue;
                }
                Line::Repeat => return Err(wrong(0, "no line stands before the *".to_owned())),
                Line::Labels => return Err(wrong(0, "expected an offset".to_owned())),
            };
            let Some(offset) = offset.checked_add_signed(self.base) else {
                let message = format!("offset {offset:#x} and {} lead nowhere", self.base);
                return Err(wrong(0, message));
            };
            if repeat.take().is_some() {
                sink.repeat(&above, offset, number)?;
            }
            if !bytes.is_empty() {
                sink.go_to(offset, number)?;
                sink.write(&bytes)?;
                std::mem::swap(&mut above, &mut bytes);
            }
        }
        match repeat {
            None => Ok(()),
            Some(line) => Err(Error::Line {
                line,
                column: 1,
                message: "no line behind the * tells how far it goes".to_owned(),
            }),
        }
    }
}

/// Reads a line, or the beginning of one that is too long.
fn read_line(dump: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = u64::try_from(MAX_LINE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    dump.by_ref().take(most).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

/// Digits with white space between them.
fn digits(mut dump: impl BufRead, sink: &mut impl Sink) -> Result<(), Error> {
    let (mut line, mut column) = (1u64, 0usize);
    let mut half = None;
    let mut bytes = Vec::new();
    let mut message = None;
    while message.is_none() {
        let text = match dump.fill_buf() {
            Ok([]) => break,
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e.into()),
        };
        bytes.clear();
        for &c in text {
            column = column.saturating_add(1);
            match (line::digit(c), half) {
                (Some(digit), None) => half = Some(digit),
                (Some(digit), Some(high)) => {
                    bytes.push(high << 4 | digit);
                    half = None;
                }
                (None, None) if c == b'\n' => (line, column) = (line.saturating_add(1), 0),
                (None, None) if c.is_ascii_whitespace() => {}
                (None, _) => {
                    message = Some(line::Fault::digit(0, Some(&c)).to_string());
                    break;
                }
            }
        }
        sink.write(&bytes)?;
        let used = text.len();
        dump.consume(used);
    }
    if half.is_some() && message.is_none() {
        column = column.saturating_add(1);
        message = Some(line::Fault::digit(0, None).to_string());
    }
    match message {
        None => Ok(()),
        Some(message) => Err(Error::Line {
            line,
            column,
            message,
        }),
    }
}
