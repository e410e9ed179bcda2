//! zlib (RFC 1950): one stream of deflate between two bytes and a checksum.

use std::io::{self, BufRead};

use flate2::{Decompress, FlushDecompress, Status};

use super::compressed::Compressed;
use super::frames::{Frame, Frames};
use super::layout::{ZLIB, is_zlib};
use super::{Decode, Fault, Stream};
use crate::offset::Position;

pub(super) fn open(stream: Stream<'_>) -> Box<dyn Decode + '_> {
    Box::new(Frames::<Zlib<'_>>::new(stream))
}

/// The least bytes that tell a truncated stream. The header alone tells little: one in a thousand pairs of bytes is
/// one.
const ENOUGH: usize = 32;

/// Bytes of the checksum at the end (section 2.2).
const CHECKSUM: usize = 4;

/// Whether the first two bytes are a header (section 2.2) and the rest is deflate, as far as it is there.
pub(super) fn begins(start: &[u8]) -> bool {
    if !is_zlib(start) {
        return false;
    }
    match inflated(start, true) {
        Ends::After(_) => true,
        Ends::Cut => start.len() >= ENOUGH,
        // If deflate ends and leaves exactly the bytes of a checksum, it is a stream of zlib with a wrong checksum.
        Ends::Broken => {
            let after = usize::try_from(ZLIB.size()).ok();
            let deflate = after
                .and_then(|after| start.get(after..))
                .unwrap_or_default();
            matches!(inflated(deflate, false), Ends::After(taken)
                if deflate.len().checked_sub(taken) == Some(CHECKSUM))
        }
    }
}

/// How inflating the beginning of a stream ended.
enum Ends {
    /// The stream ended, after this many bytes.
    After(usize),
    /// All bytes were consumed, and more should follow.
    Cut,
    Broken,
}

/// Inflates the bytes that are there, as zlib or as bare deflate.
fn inflated(bytes: &[u8], is_zlib: bool) -> Ends {
    let mut inflate = Decompress::new(is_zlib);
    let mut sink = vec![0; 32 << 10];
    loop {
        let taken = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        let rest = bytes.get(taken..).unwrap_or_default();
        let before = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(rest, &mut sink, FlushDecompress::None);
        let after = (inflate.total_in(), inflate.total_out());
        match status {
            Ok(Status::StreamEnd) => {
                return Ends::After(usize::try_from(after.0).unwrap_or(usize::MAX));
            }
            Ok(_) if before == after => return Ends::Cut,
            Ok(_) => {}
            Err(_) => return Ends::Broken,
        }
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
        is_zlib(start)
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
                usize::try_from(after.since(before)).unwrap_or(usize::MAX)
            };
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, buf, FlushDecompress::None);
            let status = status.map_err(|error| {
                // The message of zlib, where it has one.
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

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{ENOUGH, begins};
    use crate::codecs::of_start;

    /// `zlib.compress(b"hello")` of Python 3.11.
    const HELLO: [u8; 13] = *b"\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15";

    #[test]
    fn a_wrong_checksum_at_the_end_is_one_of_zlib() {
        assert!(begins(&HELLO));
        let mut wrong = HELLO;
        wrong[12] ^= 1;
        assert!(begins(&wrong));
        assert!(!begins(&[&wrong[..], b"x"].concat()));
        assert!(!begins(&wrong[..12]));
    }

    /// Bytes that are stored as they are, in one block (RFC 1951, section 3.2.4), with the sum of zeros.
    fn stored(zeros: u16) -> Vec<u8> {
        let mut stream = vec![0x78, 0x01, 0x01];
        stream.extend(zeros.to_le_bytes());
        stream.extend((!zeros).to_le_bytes());
        stream.resize(stream.len().saturating_add(zeros.into()), 0);
        // Of zeros the first half of Adler-32 is their number, the second 1.
        stream.extend(zeros.to_be_bytes());
        stream.extend([0, 1]);
        stream
    }

    #[test]
    fn a_stream_that_is_cut_is_told_by_enough_of_it() {
        let stream = stored(100);
        assert!(begins(&stream));
        for length in [ENOUGH, 50, stream.len() - 1] {
            assert!(begins(&stream[..length]), "{length}");
        }
        for length in [0, 1, 2, 3, ENOUGH - 1] {
            assert!(!begins(&stream[..length]), "{length}");
        }
    }

    /// More than is undone at once, so that what is wrong comes late.
    #[test]
    fn a_long_stream_is_looked_at_to_its_end() {
        let mut stream = stored(60_000);
        assert!(begins(&stream));
        assert!(begins(&[&stream[..], b"x"].concat()));
        let last = stream.len() - 1;
        stream[last] ^= 1;
        assert!(begins(&stream));
        assert!(!begins(&[&stream[..], b"x"].concat()));
    }

    #[test]
    fn bytes_that_come_one_by_one_are_undone() {
        struct Single<'a>(&'a [u8]);
        impl Read for Single<'_> {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                let length = buf.len().min(1);
                self.0.read(&mut buf[..length])
            }
        }
        let codec = of_start(&HELLO).unwrap();
        let mut content = Vec::new();
        let mut decoder = codec.open(Box::new(Single(&HELLO))).unwrap();
        decoder.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"hello");
        for length in 2..HELLO.len() {
            let mut decoder = codec.open(Box::new(Single(&HELLO[..length]))).unwrap();
            assert!(decoder.read_to_end(&mut Vec::new()).is_err(), "{length}");
        }
    }
}
