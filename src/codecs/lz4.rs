//! lz4, in frames (LZ4 Frame Format 1.6.4).

use std::io::{self, Read, Write};

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::layout::{LZ4_LEGACY_BLOCK, field};
use super::{Decode, Fault, LZ4, LZ4_LEGACY, Stream, begins_lz4};
use crate::offset::Position;

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Lz4<'_>>::new(stream))
}

/// As the `lz4` command writes it: large independent blocks, and a checksum over the content.
pub(super) fn encoder<W: Write>(out: W) -> FrameEncoder<W> {
    let frame = FrameInfo::new()
        .block_size(BlockSize::Max4MB)
        .block_mode(BlockMode::Independent)
        .content_checksum(true);
    FrameEncoder::with_frame_info(frame, out)
}

enum Lz4<'a> {
    Frame(FrameDecoder<Compressed<'a>>),
    Legacy(Legacy<'a>),
}

impl<'a> Frame<'a> for Lz4<'a> {
    const START: usize = LZ4.len();
    const SKIPPABLE: bool = true;

    fn begins(start: &[u8]) -> bool {
        begins_lz4(start)
    }

    /// Its window is 64 KiB, its blocks are 4 MiB at most, those of legacy frames 8 MiB.
    fn open(mut compressed: Compressed<'a>, _max_window: u64) -> Result<Self, Fault> {
        match compressed.ahead(LZ4_LEGACY.len())?.starts_with(LZ4_LEGACY) {
            true => {
                compressed.skip(LZ4_LEGACY.len() as u64)?;
                Ok(Lz4::Legacy(Legacy {
                    compressed,
                    content: Vec::new(),
                    taken: 0,
                }))
            }
            false => Ok(Lz4::Frame(FrameDecoder::new(compressed))),
        }
    }

    fn into_inner(self) -> Compressed<'a> {
        match self {
            Lz4::Frame(decoder) => decoder.into_inner(),
            Lz4::Legacy(legacy) => legacy.compressed,
        }
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        match self {
            Lz4::Frame(decoder) => match decoder.read(buf)? {
                // The decoder takes the end of its input for the end of the frame, so that a truncated one is found
                // here.
                0 if decoder.get_ref().ended() => Err(io::ErrorKind::UnexpectedEof.into()),
                read => Ok(read),
            },
            Lz4::Legacy(legacy) => legacy.decode(buf),
        }
    }
}

/// A legacy frame: blocks, each its compressed size in four bytes and that many bytes, up to the end of the input or
/// to four bytes that are no size of a block.
struct Legacy<'a> {
    compressed: Compressed<'a>,
    /// The content of the last block.
    content: Vec<u8>,
    /// How many bytes of it were handed on.
    taken: usize,
}

impl Legacy<'_> {
    /// The most that a block holds, in bytes.
    const BLOCK: usize = 8 << 20;
    /// The most bytes of a compressed block: literals, a byte more for each 255 of them, and the token.
    const COMPRESSED_BLOCK: usize = Self::BLOCK + Self::BLOCK / 255 + 16;

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        while self.taken >= self.content.len() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let mut rest = self.content.get(self.taken..).unwrap_or_default();
        let read = rest.read(buf)?;
        self.taken.advance(read);
        Ok(read)
    }

    /// Decompresses the next block; `false` where there is none.
    fn next_block(&mut self) -> Result<bool, Fault> {
        let header = LZ4_LEGACY_BLOCK.size();
        let ahead = self
            .compressed
            .ahead(usize::try_from(header).unwrap_or(0))?;
        let size = match LZ4_LEGACY_BLOCK.get::<usize>(ahead, field!("compressed_size")) {
            Some(size) => size,
            None if ahead.is_empty() => return Ok(false),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        if size == 0 || size > Self::COMPRESSED_BLOCK {
            return Ok(false);
        }
        self.compressed.skip(header)?;
        let mut block = Vec::new();
        (&mut self.compressed)
            .take(size as u64)
            .read_to_end(&mut block)?;
        if block.len() < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.content.resize(Self::BLOCK, 0);
        let held = lz4_flex::block::decompress_into(&block, &mut self.content)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.content.truncate(held);
        self.taken = 0;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::of_start;
    use super::*;

    fn decoded(bytes: &[u8]) -> io::Result<(Vec<u8>, bool)> {
        let mut decoder = of_start(bytes).unwrap().open(Box::new(bytes)).unwrap();
        let mut content = Vec::new();
        decoder.read_to_end(&mut content)?;
        Ok((content, decoder.garbage()))
    }

    /// By hand: a token of three literals, and one of four literals with six bytes that begin four bytes back.
    #[test]
    fn blocks_of_a_legacy_frame_are_read_up_to_what_is_no_size() {
        let literals = b"\x04\0\0\0\x30abc";
        let repeat = b"\x0d\0\0\0\x42wxyz\x04\0\x50.....";
        let frame = [LZ4_LEGACY, literals, repeat].concat();
        let content = b"abcwxyzwxyzwx.....";
        assert_eq!(decoded(&frame).unwrap(), (content.to_vec(), false));
        // Another frame of either form, zeros of a tape, the size of a kernel.
        let mut modern = encoder(Vec::new());
        modern.write_all(b"modern").unwrap();
        let modern = modern.finish().unwrap();
        let twice = [&frame[..], &frame, &modern].concat();
        let all = [&content[..], content, b"modern"].concat();
        assert_eq!(decoded(&twice).unwrap(), (all, false));
        let too_large = u32::try_from(Legacy::COMPRESSED_BLOCK + 1).unwrap();
        for (after, is_garbage) in [
            (&b"\0\0\0\0"[..], false),
            (b"\xff\xff\xff\x7f", true),
            (&too_large.to_le_bytes(), true),
        ] {
            let followed = [&frame[..], after].concat();
            assert_eq!(
                decoded(&followed).unwrap(),
                (content.to_vec(), is_garbage),
                "{after:?}"
            );
        }
        assert_eq!(decoded(LZ4_LEGACY).unwrap(), (Vec::new(), false));
    }

    #[test]
    fn a_legacy_frame_that_is_cut_or_wrong_is_an_error() {
        let frame = [LZ4_LEGACY, b"\x04\0\0\0\x30abc"].concat();
        for end in 5..frame.len() {
            let error = decoded(&frame[..end]).unwrap_err();
            assert!(error.to_string().contains("lz4"), "{end}: {error}");
        }
        // What is there would be a block, and is less than its size; the largest size that a block has.
        let largest = u32::try_from(Legacy::COMPRESSED_BLOCK).unwrap();
        for size in [5, largest] {
            let cut = [LZ4_LEGACY, &size.to_le_bytes(), b"\x30abc"].concat();
            assert!(decoded(&cut).is_err(), "{size}");
        }
        // A distance that leads before the beginning.
        let wrong = [LZ4_LEGACY, b"\x05\0\0\0\x10a\x09\0\x00"].concat();
        assert!(decoded(&wrong).is_err());
    }
}
