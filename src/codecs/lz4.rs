//! lz4, in frames.

use std::io::{self, Read, Write};

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{Decode, Fault, LZ4, Stream};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Lz4<'_>>::new(stream))
}

/// As the `lz4` command does it: large blocks, each for itself, a checksum over all.
pub(super) fn encoder<W: Write>(out: W) -> FrameEncoder<W> {
    let frame = FrameInfo::new()
        .block_size(BlockSize::Max4MB)
        .block_mode(BlockMode::Independent)
        .content_checksum(true);
    FrameEncoder::with_frame_info(frame, out)
}

struct Lz4<'a>(FrameDecoder<Compressed<'a>>);

impl<'a> Frame<'a> for Lz4<'a> {
    const START: usize = 4;
    const SKIPPABLE: bool = true;

    fn begins(start: &[u8]) -> bool {
        start.starts_with(LZ4)
    }

    /// Its window is 64 KiB, its blocks are 4 MiB at most.
    fn open(compressed: Compressed<'a>, _max_window: u64) -> Result<Self, Fault> {
        Ok(Lz4(FrameDecoder::new(compressed)))
    }

    fn into_inner(self) -> Compressed<'a> {
        self.0.into_inner()
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        match self.0.read(buf)? {
            // The decoder takes the end of its input for the end of the frame.
            0 if self.0.get_ref().ended() => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}
