//! bzip2.

use std::io::{Read, Write};

use ::bzip2::Compression;
use ::bzip2::bufread::BzDecoder;
use ::bzip2::write::BzEncoder;

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{BZIP2, BZIP2_BLOCK, Decode, Fault, Stream, begins_bzip2};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Bzip2<'_>>::new(stream))
}

pub(super) fn encoder<W: Write>(out: W, level: u32) -> BzEncoder<W> {
    BzEncoder::new(out, Compression::new(level.clamp(1, 9)))
}

struct Bzip2<'a>(BzDecoder<Compressed<'a>>);

impl<'a> Frame<'a> for Bzip2<'a> {
    /// The signature, the level, and the signature of a block or of the end.
    const START: usize = BZIP2.len() + 1 + BZIP2_BLOCK.len();

    fn begins(start: &[u8]) -> bool {
        begins_bzip2(start)
    }

    /// Its window is 900 kB at most.
    fn open(compressed: Compressed<'a>, _max_window: u64) -> Result<Self, Fault> {
        Ok(Bzip2(BzDecoder::new(compressed)))
    }

    fn into_inner(self) -> Compressed<'a> {
        self.0.into_inner()
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        Ok(self.0.read(buf)?)
    }
}
