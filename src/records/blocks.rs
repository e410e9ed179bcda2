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
}

/// Bytes of a block, about.
const BLOCK: usize = 1 << 20;

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
        let enough = if self.is_live { self.size } else { usize::MAX };
        let ended = fill(&mut self.reader, &mut bytes, missing, enough)?;
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

    /// How many bytes of a record were read that isn't whole, and where it begins.
    pub fn partial(&self) -> Option<(u64, usize)> {
        (!self.rest.is_empty()).then_some((self.offset, self.rest.len()))
    }

    /// What is read.
    pub fn reader(&self) -> &R {
        &self.reader
    }
}

/// Reads `missing` bytes more, or until there are enough; answers whether the source has ended.
fn fill(
    reader: &mut impl Read,
    bytes: &mut Vec<u8>,
    missing: usize,
    enough: usize,
) -> io::Result<bool> {
    let wanted = bytes.len().saturating_add(missing);
    let mut at = bytes.len();
    // The room is not written over with zeros each time.
    if bytes.len() < wanted {
        bytes.resize(wanted, 0);
    }
    let mut ended = false;
    while at < wanted {
        let Some(room) = bytes.get_mut(at..) else {
            break;
        };
        match reader.read(room) {
            Ok(0) => {
                ended = true;
                break;
            }
            Ok(read) => {
                at = at.saturating_add(read);
                if at >= enough {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                bytes.truncate(at);
                return Err(error);
            }
        }
    }
    bytes.truncate(at);
    Ok(ended)
}
