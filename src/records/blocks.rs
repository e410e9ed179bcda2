//! The bytes of records of one size, read in blocks of whole records.

use std::io::{self, Read};

use super::error::Error;

/// Whole records, one after another.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Block {
    /// The bytes of the records.
    pub bytes: Vec<u8>,
    /// Where the first begins in the source.
    pub offset: u64,
    /// Which of the source's records the first is.
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
    /// What was read of a record that isn't whole yet.
    rest: Vec<u8>,
    /// Whether waiting for more may take long.
    is_live: bool,
    /// Where a reader that has to be waited for puts what it has.
    room: Vec<u8>,
}

/// Bytes of a block, about.
const BLOCK: usize = 1 << 20;

/// Bytes that are asked of a reader that has to be waited for.
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
        }
    }

    /// The same of a reader that may have to be waited for: a block ends with the last whole record that
    /// is there.
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
        bytes.clear();
        bytes.append(&mut self.rest);
        let missing = self.block.saturating_sub(bytes.len());
        let ended = match self.is_live {
            false => {
                (&mut self.reader)
                    .take(missing as u64)
                    .read_to_end(&mut bytes)?
                    < missing
            }
            true => self.read_some(&mut bytes)?,
        };
        let over = bytes.len().checked_rem(self.size).unwrap_or(0);
        let whole = bytes.len().saturating_sub(over);
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
        self.offset = self.offset.saturating_add(whole as u64);
        let records = whole.checked_div(self.size).unwrap_or(0) as u64;
        self.index = self.index.saturating_add(records);
        Ok(Some(block))
    }

    /// Reads until there is a whole record; answers whether the source has ended.
    fn read_some(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let most = self.block.min(LIVE);
        self.room.resize(most, 0);
        while bytes.len() < self.size {
            match self.reader.read(&mut self.room) {
                Ok(0) => return Ok(true),
                Ok(read) => bytes.extend_from_slice(self.room.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// How many bytes of a record were read that isn't whole, and where it begins.
    pub fn partial(&self) -> Option<(u64, usize)> {
        (!self.rest.is_empty()).then_some((self.offset, self.rest.len()))
    }

    /// What is read.
    pub fn reader(&self) -> &R {
        &self.reader
    }
}
