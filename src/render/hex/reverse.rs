//! Dumps back to bytes.

mod array;
mod digits;
mod form;
mod line;
mod rows;
mod sink;
mod table;

use crate::offset::{Position, Tally};
use std::io::{self, BufRead, Read, Seek, Write};

use self::rows::Rows;
use self::sink::{File, Sink, Stream};

/// No dump has longer lines.
const MAX_LINE: usize = 64 << 10;

/// How many bytes that a dump leaves out are filled in, all together, unless another limit is set.
pub const MAX_FILL: u64 = 1 << 30;

/// Turns dumps back into bytes: those of [`Plain`](super::Plain) and
/// [`Canonical`](super::Canonical), so those of `xxd` with any of its options and of `hexdump -C`,
/// those of `od -t x1`, tables of `hexyl`, and digits without offsets.
///
/// Of each line, the offset and the bytes count. Where offsets jump, the bytes between are zeros;
/// where a `*` is, the line above it is repeated. The text at the right is only used to distinguish lines of `xxd -e`
/// and `xxd -b` from others; the lengths of the lines tell the base of the offsets. An ambiguous dump, and a line of no
/// known form, is an error.
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
        /// The line after the gap, from 1 on.
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

impl Error {
    /// Whether the dump is to blame, rather than the reading or writing.
    pub fn is_data(&self) -> bool {
        !matches!(self, Error::Io(_))
    }
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

    /// Fills in no more than this many bytes that a dump leaves out, all together: zeros in a
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
    /// writing. Bytes before the error are written.
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

    fn write(&self, mut dump: impl BufRead, mut sink: impl Sink) -> Result<(), Error> {
        if self.digits_only {
            digits::read(dump, &mut sink)?;
            return Ok(sink.flush()?);
        }
        // The first line that is not blank tells what kind of dump it is.
        let mut skipped = 0u64;
        let mut first = Vec::new();
        while read_line(&mut dump, &mut first)? && first.trim_ascii().is_empty() {
            skipped.tally(1);
        }
        strip_colors(&mut first);
        let lines = [
            b"\n".repeat(usize::try_from(skipped).unwrap_or(0)),
            first.clone(),
        ]
        .concat();
        let dump = lines.as_slice().chain(dump);
        if line::is_digits_alone(&first) {
            digits::read(dump, &mut sink)?;
        } else if array::is_start(&first) {
            array::read(dump, &mut sink)?;
        } else {
            let alone = line::is_bytes_alone(&first);
            Rows::new(self.base, &mut sink).read(dump, alone)?;
        }
        Ok(sink.flush()?)
    }
}

/// Reads a line, or the beginning of one that is too long.
fn read_line(dump: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX).past(1);
    dump.by_ref().take(most).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

/// Removes the colors that `xxd -R` and `hexyl` write.
fn strip_colors(line: &mut Vec<u8>) {
    let mut rest = line.as_slice();
    let mut bare = Vec::with_capacity(line.len());
    while let Some(at) = rest.windows(2).position(|pair| pair == b"\x1b[") {
        let (before, color) = rest.split_at_checked(at).unwrap_or_default();
        let inside = |c: &u8| c.is_ascii_digit() || *c == b';';
        let parameters = color.iter().skip(2).take_while(|c| inside(c)).count();
        bare.extend_from_slice(before);
        let Some([b'm', after @ ..]) = color.get(parameters.past(2)..) else {
            rest = color;
            break;
        };
        rest = after;
    }
    bare.extend_from_slice(rest);
    *line = bare;
}
