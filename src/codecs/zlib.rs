//! zlib (RFC 1950): one stream of deflate between two bytes and a checksum.

use std::io::{self, BufRead};

use flate2::{Decompress, FlushDecompress, Status};

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::{Decode, Fault, Stream};

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Zlib<'_>>::new(stream))
}

/// Bytes that have to be there for a stream that is cut to be told. Its header says little: one in a
/// thousand pairs of bytes is one.
const ENOUGH: usize = 32;

/// Whether the two bytes are a header (section 2.2) and what follows is deflate, as far as it is there.
pub(super) fn begins(start: &[u8]) -> bool {
    if !is_header(start) {
        return false;
    }
    let mut inflate = Decompress::new(true);
    let mut sink = vec![0; 32 << 10];
    loop {
        let taken = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        let rest = start.get(taken..).unwrap_or_default();
        let before = (inflate.total_in(), inflate.total_out());
        match inflate.decompress(rest, &mut sink, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            // Whatever was there is taken.
            Ok(_) if before == (inflate.total_in(), inflate.total_out()) => {
                return start.len() >= ENOUGH;
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Deflate, a window of 32 KiB at most, no dictionary, and a multiple of 31 in all.
fn is_header(start: &[u8]) -> bool {
    match start {
        [method, flags, ..] => {
            let pair = u16::from_be_bytes([*method, *flags]);
            method & 0xf == 8 && method >> 4 <= 7 && flags & 0x20 == 0 && pair.is_multiple_of(31)
        }
        _ => false,
    }
}

struct Zlib<'a> {
    compressed: Compressed<'a>,
    inflate: Decompress,
    ended: bool,
}

impl<'a> Frame<'a> for Zlib<'a> {
    const START: usize = 2;
    const SINGLE: bool = true;

    fn begins(start: &[u8]) -> bool {
        is_header(start)
    }

    /// Its window is 32 KiB at most.
    fn open(compressed: Compressed<'a>, _max_window: u64) -> Result<Self, Fault> {
        Ok(Zlib {
            compressed,
            inflate: Decompress::new(true),
            ended: false,
        })
    }

    fn into_inner(self) -> Compressed<'a> {
        self.compressed
    }

    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        while !self.ended && !buf.is_empty() {
            let input = self.compressed.fill_buf()?;
            let is_cut = input.is_empty();
            let count = |after: u64, before: u64| {
                usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
            };
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, buf, FlushDecompress::None);
            let status = status.map_err(|error| {
                // What zlib says of it, where it says something.
                let words = error
                    .message()
                    .unwrap_or("broken deflate, or a wrong checksum");
                io::Error::new(io::ErrorKind::InvalidData, words)
            })?;
            self.compressed
                .consume(count(self.inflate.total_in(), before_in));
            self.ended = status == Status::StreamEnd;
            match count(self.inflate.total_out(), before_out) {
                0 if is_cut && !self.ended => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => {}
                written => return Ok(written),
            }
        }
        Ok(0)
    }
}
