//! The bytes of records of one size, read in blocks of whole records.

use std::io::{self, Read};

use super::error::Error;
use crate::offset::{Position, Tally};
use crate::source::uninterrupted;

/// Whole records, one after another.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Block {
    /// The bytes of the records.
    pub bytes: Vec<u8>,
    /// Where the first begins in the source.
    pub offset: u64,
    /// The index of the first record in the source.
    pub index: u64,
}

/// Reads blocks of whole records, in constant memory.
///
/// ```
/// use bytewright::records::Blocks;
///
/// let mut blocks = Blocks::new(&b"abcdefg"[..], 2, 0);
/// let block = blocks.next(Vec::new())?.unwrap();
/// assert_eq!(block.bytes, b"abcdef");
/// let error = blocks.next(Vec::new()).unwrap_err();
/// assert!(error.to_string().starts_with("the last record, which begins at 0x6, has 1 of 2 bytes"));
/// # Ok::<(), bytewright::records::Error>(())
/// ```
#[derive(Debug)]
pub struct Blocks<R> {
    reader: R,
    size: usize,
    /// Bytes of a block, a multiple of the size.
    block: usize,
    offset: u64,
    index: u64,
    /// The bytes of a record that isn't complete yet.
    rest: Vec<u8>,
    /// Whether waiting for more may take long.
    is_live: bool,
    /// The buffer for a reader that may block.
    room: Vec<u8>,
    /// The error that ended the reading, reported after the records before it.
    failed: Option<io::Error>,
}

/// Bytes of a block, about.
const BLOCK: usize = 1 << 20;

/// Bytes that are asked of a reader that may block.
const LIVE: usize = 64 << 10;

impl<R: Read> Blocks<R> {
    /// Records of `size` bytes, the first at the front of `reader`, which is `offset` of the source.
    pub fn new(reader: R, size: usize, offset: u64) -> Blocks<R> {
        let size = size.max(1);
        let records = BLOCK.checked_div(size).unwrap_or(1).max(1);
        Blocks {
            reader,
            size,
            block: records.saturating_mul(size),
            offset,
            index: 0,
            rest: Vec::new(),
            is_live: false,
            room: Vec::new(),
            failed: None,
        }
    }

    /// The same with about this many bytes in a block, in the place of a MiB.
    #[must_use]
    pub fn block_size(mut self, bytes: usize) -> Blocks<R> {
        let records = bytes.checked_div(self.size).unwrap_or(1).max(1);
        self.block = records.saturating_mul(self.size);
        self
    }

    /// The same for a reader that may block: a block ends with the last complete record that is there.
    #[must_use]
    pub fn live(mut self) -> Blocks<R> {
        self.is_live = true;
        self
    }

    /// The next block, in the room of `bytes`; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the source can't be read; [`Error::Partial`] when it ends inside a record, after the whole
    /// ones before it.
    pub fn next(&mut self, mut bytes: Vec<u8>) -> Result<Option<Block>, Error> {
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let ended = match self.is_live {
            false => self.fill(&mut bytes)?,
            true => {
                bytes.clear();
                bytes.append(&mut self.rest);
                self.read_some(&mut bytes)?
            }
        };
        let over = bytes.len().checked_rem(self.size).unwrap_or(0);
        let whole = bytes.len().since(over);
        if whole == 0 {
            if over == 0 {
                return Ok(None);
            }
            let error = Error::Partial {
                offset: self.offset,
                found: over as u64,
                size: self.size as u64,
            };
            self.rest = bytes;
            return match ended {
                true => Err(error),
                false => Ok(None),
            };
        }
        self.rest
            .extend_from_slice(bytes.get(whole..).unwrap_or_default());
        bytes.truncate(whole);
        let block = Block {
            offset: self.offset,
            index: self.index,
            bytes,
        };
        self.offset.advance(whole as u64);
        let records = whole.checked_div(self.size).unwrap_or(0) as u64;
        self.index.tally(records);
        Ok(Some(block))
    }

    /// Reads a whole block; answers whether the source has ended. The old content of `bytes` is overwritten, which
    /// saves filling it with zeros.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let mut filled = self.rest.len();
        bytes.resize(bytes.len().clamp(filled, self.block.max(filled)), 0);
        if let Some(start) = bytes.get_mut(..filled) {
            start.copy_from_slice(&self.rest);
        }
        self.rest.clear();
        let ended = loop {
            if filled >= self.block {
                break false;
            }
            if filled == bytes.len() {
                // No more room than is needed, or than was filled already.
                let most = filled.saturating_add(filled.max(BLOCK));
                bytes.resize(most.min(self.block), 0);
            }
            let room = bytes.get_mut(filled..).unwrap_or_default();
            match uninterrupted(|| self.reader.read(room)) {
                Ok(0) => break true,
                Ok(read) => filled.advance(read),
                // The whole records before it come first.
                Err(error) if filled >= self.size => {
                    self.failed = Some(error);
                    break true;
                }
                Err(error) => return Err(error),
            }
        };
        bytes.truncate(filled);
        Ok(ended)
    }

    /// Reads until there is a whole record; answers whether the source has ended.
    fn read_some(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let most = self.block.min(LIVE);
        self.room.resize(most, 0);
        while bytes.len() < self.size {
            match uninterrupted(|| self.reader.read(&mut self.room))? {
                0 => return Ok(true),
                read => bytes.extend_from_slice(self.room.get(..read).unwrap_or_default()),
            }
        }
        Ok(false)
    }

    /// Bytes of a block at most.
    pub(crate) fn bytes_of_block(&self) -> usize {
        self.block
    }

    /// How many bytes of a record were read that isn't whole, and where it begins.
    pub fn partial(&self) -> Option<(u64, usize)> {
        (!self.rest.is_empty()).then_some((self.offset, self.rest.len()))
    }

    /// The input of rows.
    pub fn reader(&self) -> &R {
        &self.reader
    }
}
