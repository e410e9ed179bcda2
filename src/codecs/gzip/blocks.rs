//! One block as a gzip member of its own, both ways, and where the members of a stream are.

use std::cell::RefCell;
use std::io;

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{CompressionLvl, Compressor};

use super::layout::{BLOCK_HEADER, TRAILER, field};
use crate::Value;
use crate::offset::Position;

/// Input of one member, in bytes.
pub(super) const BLOCK: usize = 1 << 20;

/// The most bytes of a member that is read as a block, compressed and decompressed.
const MOST: usize = 4 << 20;

/// The bytes of the header that tells whether a member is a block.
pub(super) fn header_size() -> usize {
    usize::try_from(BLOCK_HEADER.size()).unwrap_or(0)
}

/// The bytes of a member's trailer.
pub(super) fn trailer_size() -> usize {
    usize::try_from(TRAILER.size()).unwrap_or(0)
}

/// The content of a member with this trailer, in bytes, modulo 2^32 (ISIZE).
pub(super) fn length_of(trailer: &[u8]) -> Option<u64> {
    TRAILER.get(trailer, field!("size"))
}

/// The size of the block that begins with these bytes; `None` of another member.
pub(super) fn size_of(start: &[u8]) -> Option<usize> {
    // Unpacking checks the constants.
    BLOCK_HEADER
        .layout()
        .unpack(start.get(..header_size())?)
        .ok()?;
    let size = BLOCK_HEADER.get(start, field!("size"))?;
    (header_size()..=MOST).contains(&size).then_some(size)
}

/// Memory for compressing that is used again: a megabyte that the system would have to clear each
/// time.
struct Scratch {
    level: i32,
    compressor: Compressor,
    out: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) };
}

/// Compresses a block at a level from 0 to 12.
pub(super) fn compress(block: &[u8], level: i32) -> io::Result<Vec<u8>> {
    SCRATCH.with_borrow_mut(|scratch| {
        let scratch = match scratch {
            Some(scratch) if scratch.level == level => scratch,
            scratch => scratch.insert(Scratch {
                level,
                compressor: Compressor::new(CompressionLvl::new(level).unwrap_or_default()),
                out: Vec::new(),
            }),
        };
        let bound = scratch.compressor.deflate_compress_bound(block.len());
        let room = scratch.out.len().max(bound);
        scratch.out.resize(room, 0);
        let compressed = scratch.compressor.deflate_compress(block, &mut scratch.out);
        let size = compressed.map_err(io::Error::other)?;
        member(block, scratch.out.get(..size).unwrap_or_default())
    })
}

/// A member with these data.
fn member(block: &[u8], deflated: &[u8]) -> io::Result<Vec<u8>> {
    let trailer = TRAILER.layout().pack(&[
        Value::from(libdeflater::crc32(block)),
        // Modulo 2^32, says RFC 1952; no block is that large.
        Value::from(block.len() as u64),
    ]);
    let trailer = trailer.map_err(io::Error::other)?;
    let size = header_size().past(deflated.len());
    let size = size.past(trailer.len());
    let header = BLOCK_HEADER.layout().pack(&[Value::from(size as u64)]);
    Ok([&*header.map_err(io::Error::other)?, deflated, &trailer].concat())
}

/// The content of a block; `None` where it isn't whole, or its trailer contradicts it.
pub(super) fn decompress(member: &[u8]) -> Option<Vec<u8>> {
    if size_of(member)? != member.len() {
        return None;
    }
    let end = member.len().checked_sub(trailer_size())?;
    let trailer = member.get(end..)?;
    let crc: u32 = TRAILER.get(trailer, field!("crc32"))?;
    let size = TRAILER
        .get(trailer, field!("size"))
        .filter(|size| *size <= MOST)?;
    let mut block = vec![0; size];
    let deflated = member.get(header_size()..end)?;
    let mut decompress = Decompress::new(false);
    let status = decompress.decompress(deflated, &mut block, FlushDecompress::Finish);
    // Data that end before the trailer would leave bytes that no reader sees.
    let whole = decompress.total_in() == deflated.len() as u64
        && decompress.total_out() == size as u64
        && matches!(status, Ok(Status::StreamEnd));
    if !whole {
        return None;
    }
    (libdeflater::crc32(&block) == crc).then_some(block)
}

/// Where the members of a stream are. All of them have the same number of bytes of content, except the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Where each begins, and where the last one ends.
    pub(super) offsets: Vec<u64>,
    /// The content of each block but the last, in bytes.
    pub(super) block: u64,
    /// The content of all blocks, in bytes.
    pub(super) size: u64,
}

impl Blocks {
    /// Blocks of these compressed sizes, from the start of a stream, which hold `size` bytes.
    /// `None` where the numbers contradict each other.
    pub fn new(sizes: impl IntoIterator<Item = u64>, block: u64, size: u64) -> Option<Blocks> {
        let mut offsets = vec![0u64];
        let mut end = 0u64;
        for size in sizes {
            end = end.checked_add(size)?;
            offsets.push(end);
        }
        let count = (offsets.len() as u64).checked_sub(1)?;
        (block > 0 && block <= MOST as u64 && size.div_ceil(block).max(1) == count).then_some(
            Blocks {
                offsets,
                block,
                size,
            },
        )
    }

    /// The compressed size of each.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = u64> {
        let pairs = self.offsets.windows(2);
        pairs.map(|pair| match pair {
            [start, end] => end.since(*start),
            _ => 0,
        })
    }

    /// The content of each block but the last, in bytes.
    pub fn block(&self) -> u64 {
        self.block
    }

    /// The content of all blocks, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The content of one of them, in bytes.
    pub(super) fn length(&self, number: u64) -> u64 {
        let before = number.saturating_mul(self.block);
        self.size.saturating_sub(before).min(self.block)
    }

    /// Where the last member ends.
    pub fn end(&self) -> u64 {
        self.offsets.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_and_damage_is_noticed() {
        let block: Vec<u8> = (0..10_000u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        for level in [0, 1, 6, 12] {
            let member = compress(&block, level).unwrap();
            assert_eq!(size_of(&member), Some(member.len()));
            assert_eq!(decompress(&member).as_ref(), Some(&block), "level {level}");
            for at in (0..member.len()).step_by(11) {
                let mut damaged = member.clone();
                damaged[at] ^= 0x10;
                assert_ne!(decompress(&damaged), Some(vec![]), "at {at}");
                assert!(
                    decompress(&damaged).is_none_or(|found| found == block),
                    "at {at}"
                );
            }
        }
    }

    /// A member whose stated size includes another one.
    #[test]
    fn nothing_hides_behind_the_data_of_a_block() {
        let hidden = compress(b"hidden", 6).unwrap();
        let mut member = compress(b"shown", 6).unwrap();
        let trailer = member[member.len() - 8..].to_vec();
        member.extend(&hidden);
        member.extend(trailer);
        let size = u32::try_from(member.len()).unwrap().to_le_bytes();
        member[header_size() - 4..header_size()].copy_from_slice(&size);
        assert_eq!(size_of(&member), Some(member.len()));
        assert_eq!(decompress(&member), None);
    }

    /// The header or the trailer of a block says 4 GiB, and so does an index.
    #[test]
    fn what_claims_4_gib_is_no_block_and_takes_no_memory() {
        let member = compress(b"content", 6).unwrap();
        for claim in [(4 << 20) + 1, 1 << 31, u32::MAX] {
            let mut header = member.clone();
            let end = header_size();
            header[end - 4..end].copy_from_slice(&claim.to_le_bytes());
            assert_eq!(size_of(&header), None, "{claim}");
            assert_eq!(decompress(&header), None, "{claim}");
            let mut trailer = member.clone();
            let end = trailer.len();
            trailer[end - 4..].copy_from_slice(&claim.to_le_bytes());
            assert_eq!(size_of(&trailer), Some(end), "{claim}");
            assert_eq!(decompress(&trailer), None, "{claim}");
            let (claim, most) = (u64::from(claim), MOST as u64);
            assert_eq!(Blocks::new([100], claim, claim), None, "{claim}");
            assert_eq!(Blocks::new([100], most, claim), None, "{claim}");
        }
        assert!(Blocks::new([100], MOST as u64, MOST as u64).is_some());
        assert_eq!(Blocks::new([u64::MAX, 1], 1, 2), None);
    }

    #[test]
    fn another_gzip_reads_a_block() {
        use std::io::Read;
        let member = compress(b"some content", 6).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*member)
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "some content");
        assert_eq!(size_of(b"\x1f\x8b\x08\0\0\0\0\0\0\x03"), None);
    }
}
