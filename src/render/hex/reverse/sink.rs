//! Outputs for the bytes of a dump: a stream, which only grows, or a file with positions.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::Error;
use crate::offset::Position;

/// The most zeros that are written; more of them become a hole.
const SMALL: usize = 64 << 10;

/// Bytes that are written at a time.
const BUFFER: usize = 64 << 10;

pub(super) trait Sink {
    /// Goes to where the bytes of a line belong.
    fn go_to(&mut self, offset: u64, line: u64) -> Result<(), Error>;

    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Writes `bytes` again and again up to an offset.
    fn repeat(&mut self, bytes: &[u8], end: u64, line: u64) -> Result<(), Error>;

    fn flush(&mut self) -> io::Result<()>;
}

/// Bytes in their order.
pub(super) struct Stream<W: Write> {
    out: BufWriter<W>,
    at: u64,
    /// How many more bytes may be filled in.
    left: u64,
    limit: u64,
}

impl<W: Write> Stream<W> {
    pub(super) fn new(out: W, limit: u64) -> Stream<W> {
        Stream {
            out: BufWriter::with_capacity(BUFFER, out),
            at: 0,
            left: limit,
            limit,
        }
    }

    /// How many bytes are missing up to `offset`.
    fn gap(&self, offset: u64, line: u64) -> Result<u64, Error> {
        let Some(gap) = offset.checked_sub(self.at) else {
            return Err(Error::Back {
                line,
                offset,
                end: self.at,
            });
        };
        Ok(gap)
    }

    fn fill(&mut self, bytes: &[u8], end: u64, line: u64) -> Result<(), Error> {
        let gap = self.gap(end, line)?;
        let Some(left) = self.left.checked_sub(gap) else {
            return Err(Error::Gap {
                line,
                gap,
                limit: self.limit,
            });
        };
        self.left = left;
        let mut missing = usize::try_from(gap).unwrap_or(usize::MAX);
        // Many short pieces in one.
        let times = SMALL.checked_div(bytes.len()).unwrap_or(0).max(1);
        let bytes = bytes.repeat(times.min(missing));
        while missing > 0 && !bytes.is_empty() {
            let now = bytes.get(..missing).unwrap_or(&bytes);
            self.write(now)?;
            missing = missing.since(now.len());
        }
        Ok(())
    }
}

impl<W: Write> Sink for Stream<W> {
    fn go_to(&mut self, offset: u64, line: u64) -> Result<(), Error> {
        if offset == self.at {
            return Ok(());
        }
        self.fill(&[0], offset, line)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at.advance(bytes.len() as u64);
        self.out.write_all(bytes)
    }

    fn repeat(&mut self, bytes: &[u8], end: u64, line: u64) -> Result<(), Error> {
        self.fill(bytes, end, line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Bytes at their places.
pub(super) struct File<W: Write + Seek>(Stream<W>);

impl<W: Write + Seek> File<W> {
    pub(super) fn new(out: W, limit: u64) -> File<W> {
        File(Stream::new(out, limit))
    }

    fn seek(&mut self, offset: u64) -> io::Result<()> {
        self.0.out.seek(SeekFrom::Start(offset))?;
        self.0.at = offset;
        Ok(())
    }
}

impl<W: Write + Seek> Sink for File<W> {
    fn go_to(&mut self, offset: u64, _line: u64) -> Result<(), Error> {
        if offset != self.0.at {
            self.seek(offset)?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write(bytes)
    }

    fn repeat(&mut self, bytes: &[u8], end: u64, line: u64) -> Result<(), Error> {
        let zeros = bytes.iter().all(|&byte| byte == 0);
        if zeros && self.0.gap(end, line)? > SMALL as u64 {
            // The last zero is written, so that the file has its full length.
            self.seek(end.since(1))?;
            return Ok(self.write(&[0])?);
        }
        self.0.fill(bytes, end, line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
