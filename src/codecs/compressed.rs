//! A compressed stream: buffered, with lookahead.

use std::io::{self, BufRead, Read};

use super::Stream;
use crate::offset::Position;

pub(super) struct Compressed<'a> {
    stream: Stream<'a>,
    buffer: Vec<u8>,
    /// How many bytes of the buffer were consumed.
    taken: usize,
    /// How many bytes were consumed so far.
    position: u64,
    /// Whether a caller asked for more bytes than there were, and got an error for it.
    ended: bool,
}

impl<'a> Compressed<'a> {
    const SIZE: usize = 64 << 10;

    pub(super) fn new(stream: Stream<'a>) -> Self {
        Compressed {
            stream,
            buffer: Vec::new(),
            taken: 0,
            position: 0,
            ended: false,
        }
    }

    /// At least `size` of the next bytes, without consuming them; fewer only where the stream ends.
    pub(super) fn ahead(&mut self, size: usize) -> io::Result<&[u8]> {
        while self.left().len() < size {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let have = self.buffer.len();
            self.buffer.resize(have.max(size).max(Compressed::SIZE), 0);
            let read = match self.buffer.get_mut(have..) {
                Some(rest) => self.stream.read(rest),
                None => Ok(0),
            };
            let read = read.inspect_err(|_| self.buffer.truncate(have))?;
            self.buffer.truncate(have.past(read));
            if read == 0 {
                break;
            }
        }
        Ok(self.left())
    }

    /// Skips `size` bytes; `false` where the stream ends before.
    pub(super) fn skip(&mut self, size: u64) -> io::Result<bool> {
        let skipped = io::copy(&mut self.take(size), &mut io::sink())?;
        Ok(skipped == size)
    }

    /// Whether a caller asked for more than there was.
    #[cfg_attr(
        not(feature = "lz4"),
        expect(dead_code, reason = "the other decoders notice the end themselves")
    )]
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// How many bytes were consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    fn left(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }
}

impl Read for Compressed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Compressed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ended = self.ahead(1)?.is_empty();
        Ok(self.left())
    }

    fn consume(&mut self, size: usize) {
        let size = size.min(self.left().len());
        self.taken.advance(size);
        self.position.advance(size as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes after which there is nothing to be had yet.
    struct Waiting(Vec<u8>);

    impl Read for Waiting {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            match self.0.is_empty() {
                true => Err(io::ErrorKind::WouldBlock.into()),
                false => {
                    let taken = self.0.as_slice().read(buf)?;
                    self.0.drain(..taken);
                    Ok(taken)
                }
            }
        }
    }

    #[test]
    fn a_stream_is_not_waited_for_where_enough_is_there() {
        let mut compressed = Compressed::new(Box::new(Waiting(vec![7; 8])));
        assert_eq!(compressed.ahead(8).unwrap(), [7; 8]);
        assert!(compressed.ahead(9).is_err());
        assert_eq!(compressed.ahead(8).unwrap(), [7; 8]);
        assert_eq!(compressed.position(), 0);
    }
}
