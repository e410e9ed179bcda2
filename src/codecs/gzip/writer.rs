//! Compressing as members that depend on nothing before them, on several threads.

use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroUsize;

use super::blocks::{self, BLOCK, Blocks};
use crate::offset::{Position, Tally};
use crate::parallel::{self, Ordered};

/// A member, and the block that it was made of.
type Compressed = (io::Result<Vec<u8>>, Vec<u8>);

/// Compresses into gzip members of 1 MiB of input each.
///
/// What comes out depends on the input and the level alone, not on the number of threads.
///
/// ```
/// use std::io::{Read, Write};
/// use bytewright::codecs::gzip::{Reader, Writer};
///
/// let mut writer = Writer::new(Vec::new(), 6);
/// writer.write_all(b"some content")?;
/// let (compressed, _) = writer.finish()?;
/// let mut text = String::new();
/// Reader::new(Box::new(std::io::Cursor::new(compressed))).read_to_string(&mut text)?;
/// assert_eq!(text, "some content");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Writer<W: Write> {
    out: W,
    block: Vec<u8>,
    pool: Ordered<Vec<u8>, Compressed>,
    /// Buffers of finished blocks, to be used again.
    spare: Vec<Vec<u8>>,
    ahead: usize,
    sizes: Vec<u32>,
    size: u64,
}

impl<W: Write> Writer<W> {
    /// Compresses into `out`, at a level from 0, stored, to 12, smallest.
    pub fn new(out: W, level: u32) -> Writer<W> {
        Writer::with_threads(out, level, parallel::threads())
    }

    /// The same on this many threads.
    pub fn with_threads(out: W, level: u32, threads: NonZeroUsize) -> Writer<W> {
        let level = i32::try_from(level).unwrap_or(i32::MAX).min(12);
        Writer {
            out,
            block: Vec::new(),
            pool: Ordered::new(threads, move |block: Vec<u8>| {
                (blocks::compress(&block, level), block)
            }),
            spare: Vec::new(),
            ahead: threads.get().saturating_mul(2),
            sizes: Vec::new(),
            size: 0,
        }
    }

    /// Writes the rest. Returns the writer below, and where the members are in it.
    ///
    /// # Errors
    ///
    /// When the writer below fails.
    pub fn finish(mut self) -> io::Result<(W, Blocks)> {
        if !self.block.is_empty() || self.size == 0 {
            self.pool.push(std::mem::take(&mut self.block));
        }
        while self.pop()? {}
        self.out.flush()?;
        let sizes = self.sizes.iter().map(|&size| u64::from(size));
        let blocks = Blocks::new(sizes, BLOCK as u64, self.size).unwrap_or_default();
        Ok((self.out, blocks))
    }

    /// The writer below.
    #[cfg(test)]
    pub(super) fn out(&self) -> &W {
        &self.out
    }

    fn pop(&mut self) -> io::Result<bool> {
        let Some((member, mut block)) = self.pool.pop() else {
            return Ok(false);
        };
        block.clear();
        self.spare.push(block);
        let member = member?;
        self.out.write_all(&member)?;
        self.sizes
            .push(u32::try_from(member.len()).unwrap_or(u32::MAX));
        Ok(true)
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let room = BLOCK.since(self.block.len());
        let taken = buf.get(..room.min(buf.len())).unwrap_or_default();
        self.block.reserve_exact(room);
        self.block.extend_from_slice(taken);
        self.size.tally(taken.len() as u64);
        if self.block.len() == BLOCK {
            let next = self.spare.pop().unwrap_or_default();
            self.pool.push(std::mem::replace(&mut self.block, next));
            while self.pool.pending() > self.ahead {
                self.pop()?;
            }
        }
        Ok(taken.len())
    }

    /// Writes the finished members; input that doesn't fill one yet stays.
    fn flush(&mut self) -> io::Result<()> {
        while self.pop()? {}
        self.out.flush()
    }
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compress(data: &[u8], threads: usize) -> (Vec<u8>, Blocks) {
        let threads = NonZeroUsize::new(threads).unwrap();
        let mut writer = Writer::with_threads(Vec::new(), 4, threads);
        for piece in data.chunks(70_000) {
            writer.write_all(piece).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let data: Vec<u8> = (0..3_500_000u32).map(|n| (n / 3 % 251) as u8).collect();
        let (one, blocks) = compress(&data, 1);
        assert_eq!(blocks.sizes().len(), 4);
        assert_eq!(blocks.end(), one.len() as u64);
        assert_eq!(blocks.size(), data.len() as u64);
        for threads in [2, 5] {
            assert!(compress(&data, threads) == (one.clone(), blocks.clone()));
        }
    }

    #[test]
    fn nothing_is_a_member_of_nothing_and_a_whole_block_needs_no_other() {
        let (nothing, blocks) = compress(b"", 2);
        assert_eq!((blocks.sizes().len(), blocks.size()), (1, 0));
        assert_eq!(blocks::decompress(&nothing), Some(Vec::new()));
        let (_, blocks) = compress(&vec![7; 2 * BLOCK], 2);
        assert_eq!(blocks.sizes().len(), 2);
    }
}
