//! The content of a stream of blocks at positions: only the blocks that a caller asks for are
//! decompressed.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::blocks::{self, Blocks};
use crate::offset::Position;
use crate::source::{ReadAt, SourceOf};

/// The content of a file of [blocks](super::Writer).
///
/// Each block that is used is checked: it must be a whole member of exactly the stated size, hold
/// what its checksum says, and be as long as the others. Where it isn't, reading fails with
/// [`io::ErrorKind::InvalidData`].
pub struct Seekable<'a> {
    file: SourceOf<'a>,
    blocks: Blocks,
    /// The block that was read last.
    last: Mutex<Option<(u64, Vec<u8>)>>,
}

impl<'a> Seekable<'a> {
    /// The content of `file`, with the members of `blocks`;
    /// `None` where their headers and trailers contradict these.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn new(file: SourceOf<'a>, blocks: Blocks) -> io::Result<Option<Self>> {
        let (head, tail) = (blocks::header_size(), blocks::trailer_size());
        let mut header = file.read(0, head as u64)?;
        for (number, pair) in (0..).zip(blocks.offsets.windows(2)) {
            let &[start, end] = pair else { continue };
            // The next header begins right after the trailer: one read is enough for both.
            let both = head.past(tail) as u64;
            let after = file.read(end.saturating_sub(tail as u64), both)?;
            let (trailer, next) = after.split_at(tail.min(after.len()));
            let size = blocks::size_of(&header).map(|size| size as u64);
            if size != Some(end.saturating_sub(start))
                || blocks::length_of(trailer) != Some(blocks.length(number))
            {
                return Ok(None);
            }
            header = next.to_vec();
        }
        let last = Mutex::new(None);
        Ok(Some(Seekable { file, blocks, last }))
    }

    fn block(&self, number: u64) -> io::Result<Vec<u8>> {
        let wrong = || {
            let message = format!("block {number} of the gzip stream is not where the index says");
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        let index = usize::try_from(number).map_err(|_| wrong())?;
        let next = index
            .checked_add(1)
            .and_then(|next| self.blocks.offsets.get(next));
        let (Some(&start), Some(&end)) = (self.blocks.offsets.get(index), next) else {
            return Err(wrong());
        };
        let member = self.file.read(start, end.since(start))?;
        let expected = self.blocks.length(number);
        let block = blocks::decompress(&member);
        block
            .filter(|block| block.len() as u64 == expected)
            .ok_or_else(wrong)
    }
}

impl ReadAt for Seekable<'_> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if offset >= self.blocks.size || buf.is_empty() {
            return Ok(0);
        }
        let number = offset.checked_div(self.blocks.block).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let block = match &mut *last {
            Some((there, block)) if *there == number => block,
            last => {
                let block = self.block(number)?;
                &mut last.insert((number, block)).1
            }
        };
        let within = offset.checked_rem(self.blocks.block).unwrap_or(0);
        block.read_at(within, buf)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.blocks.size)
    }
}

impl fmt::Debug for Seekable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seekable").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use std::io::Write;

    #[test]
    fn what_is_read_at_a_position_is_what_was_written() {
        let data: Vec<u8> = (0..2_500_000u32).map(|n| (n / 5 % 251) as u8).collect();
        let mut writer = super::super::Writer::new(Vec::new(), 1);
        writer.write_all(&data).unwrap();
        let (file, blocks) = writer.finish().unwrap();
        let open = |file: &[u8], blocks: Blocks| Seekable::new(file.into(), blocks).unwrap();
        let source = Source::new(open(&file, blocks.clone()).unwrap());
        assert_eq!(source.size().unwrap(), data.len() as u64);
        for at in [
            0, 1, 1_048_570, 1_048_576, 2_000_000, 2_499_990, 2_500_000, 9_000_000,
        ] {
            let expected = data.get(at..(at + 20).min(data.len())).unwrap_or_default();
            assert_eq!(source.read(at as u64, 20).unwrap(), expected, "at {at}");
        }
        let mut lying = blocks.clone();
        lying.offsets[1] += 1;
        assert!(open(&file, lying).is_none());
        let mut lying = blocks.clone();
        lying.size -= 1;
        assert!(open(&file, lying).is_none());
        let mut lying = blocks.clone();
        (lying.block, lying.size) = (lying.block + 1, lying.size + 2);
        assert!(open(&file, lying).is_none());
        let mut damaged = file.clone();
        let middle = usize::try_from(blocks.offsets[1]).unwrap() + 100;
        damaged[middle] ^= 1;
        let damaged = Source::new(open(&damaged, blocks).unwrap());
        assert!(damaged.read(0, 1).is_ok() && damaged.read(1_100_000, 1).is_err());
    }
}
