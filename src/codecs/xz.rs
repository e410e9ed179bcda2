//! xz.

use std::io::{self, Read, Write};

use liblzma::bufread::XzDecoder;
use liblzma::stream::{Check, Error, MtStreamBuilder, Stream as Coder};
use liblzma::write::XzEncoder;

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{Decode, Fault, Stream, XZ, begins_xz};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Xz<'_>>::new(stream))
}

/// The size of a block depends on the level alone, so that the output doesn't depend on the number of threads.
pub(super) fn encoder<W: Write>(out: W, level: u32, threads: u32) -> io::Result<XzEncoder<W>> {
    let mut coder = MtStreamBuilder::new();
    coder
        .threads(threads.max(1))
        .preset(level.min(9))
        .check(Check::Crc64);
    Ok(XzEncoder::new_stream(out, coder.encoder()?))
}

struct Xz<'a>(XzDecoder<Compressed<'a>>);

impl<'a> Frame<'a> for Xz<'a> {
    const START: usize = XZ.len();
    const PADDED: bool = true;

    fn begins(start: &[u8]) -> bool {
        begins_xz(start)
    }

    fn open(compressed: Compressed<'a>, max_window: u64) -> Result<Self, Fault> {
        /// Memory of the decoder beside its window, in bytes.
        const BESIDE: u64 = 2 << 20;
        let decoder = Coder::new_stream_decoder(max_window.saturating_add(BESIDE), 0);
        let decoder = decoder.map_err(io::Error::from)?;
        Ok(Xz(XzDecoder::new_stream(compressed, decoder)))
    }

    fn into_inner(self) -> Compressed<'a> {
        self.0.into_inner()
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        // The library wraps its own error in an `io::Error`.
        self.0.read(buf).map_err(|error| match error.downcast() {
            Ok(Error::MemLimit) => Fault::Window { needed: None },
            Ok(error) => Fault::Io(error.into()),
            Err(error) => Fault::Io(error),
        })
    }
}
