//! Streams as sources: read once, and kept as far as they were read.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use super::{ReadAt, uninterrupted};
use crate::offset::{Position, Tally};

/// A stream is kept in memory up to this many bytes, and in an unlinked temporary file beyond.
/// Without the feature `files` there is no such file.
pub(super) const SPOOL_IN_MEMORY: usize = 16 << 20;

/// Bytes that a stream is read ahead at a time.
pub(super) const SPOOL_STEP: u64 = 64 << 10;

/// Where the bytes of a stream are kept.
#[cfg(feature = "files")]
type SpoolStorage = tempfile::SpooledTempFile;
#[cfg(not(feature = "files"))]
type SpoolStorage = io::Cursor<Vec<u8>>;

#[cfg(feature = "files")]
fn kept(in_memory: usize) -> SpoolStorage {
    tempfile::SpooledTempFile::new(in_memory)
}

#[cfg(not(feature = "files"))]
fn kept(_: usize) -> SpoolStorage {
    SpoolStorage::default()
}

/// A stream, kept as far as it was read.
pub(super) struct Spool(Mutex<Spooled>);

impl Spool {
    /// Keeps at most `most` bytes.
    pub(super) fn new(stream: Box<dyn Read + Send>, most: u64) -> Spool {
        Spool::with_memory(stream, most, SPOOL_IN_MEMORY)
    }

    /// The same with this many bytes in memory.
    pub(super) fn with_memory(stream: Box<dyn Read + Send>, most: u64, in_memory: usize) -> Spool {
        Spool(Mutex::new(Spooled {
            stream: Some(stream),
            kept: kept(in_memory),
            size: 0,
            most,
            passed: false,
            buffer: Vec::new(),
        }))
    }
}

impl Spool {
    /// How many of its bytes are in memory.
    pub(super) fn in_memory(&self) -> u64 {
        let spooled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        #[cfg(feature = "files")]
        if spooled.kept.is_rolled() {
            return 0;
        }
        spooled.size
    }
}

struct Spooled {
    /// `None` once it ended.
    stream: Option<Box<dyn Read + Send>>,
    kept: SpoolStorage,
    size: u64,
    /// No more bytes are kept.
    most: u64,
    /// Whether the stream exceeded the limit: one byte of it is lost then, so that nothing after it can be read.
    passed: bool,
    buffer: Vec<u8>,
}

impl Spooled {
    /// Reads on until `end` bytes are kept or the stream ends.
    fn read_to(&mut self, end: u64) -> io::Result<()> {
        while self.size < end && self.stream.is_some() {
            self.read_on(end.since(self.size))?;
        }
        Ok(())
    }

    /// Reads once, up to `size` bytes: as many as the stream has now.
    fn read_on(&mut self, size: u64) -> io::Result<()> {
        let Some(stream) = &mut self.stream else {
            return Ok(());
        };
        let room = self.most.since(self.size);
        if self.passed {
            return Err(self.too_long());
        }
        let step = SPOOL_STEP.min(size).min(room.saturating_add(1));
        self.buffer.resize(usize::try_from(step).unwrap_or(0), 0);
        let read = uninterrupted(|| stream.read(&mut self.buffer))?;
        self.kept.seek(SeekFrom::Start(self.size))?;
        let kept = read.min(usize::try_from(room).unwrap_or(usize::MAX));
        self.kept
            .write_all(self.buffer.get(..kept).unwrap_or_default())?;
        self.kept.flush()?;
        self.size.tally(kept as u64);
        if kept < read {
            self.passed = true;
            return Err(self.too_long());
        }
        if read == 0 {
            self.stream = None;
        }
        Ok(())
    }

    fn too_long(&self) -> io::Error {
        io::Error::other(format!(
            "it is a stream of more than {} bytes, the most that is kept of one (--max-stream)",
            self.most
        ))
    }
}

impl ReadAt for Spool {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut spooled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if offset >= spooled.size {
            spooled.read_to(offset)?;
            spooled.read_on(buf.len() as u64)?;
        }
        if offset >= spooled.size {
            return Ok(0);
        }
        spooled.kept.seek(SeekFrom::Start(offset))?;
        spooled.kept.read(buf)
    }

    fn size(&self) -> io::Result<u64> {
        let mut spooled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spooled.read_to(u64::MAX)?;
        Ok(spooled.size)
    }

    fn known_size(&self) -> Option<u64> {
        let spooled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spooled.stream.is_none().then_some(spooled.size)
    }
}
