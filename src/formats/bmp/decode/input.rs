//! The bytes of the pixels, read through one buffer, with their offsets.

use std::io;

use crate::offset::{Position, Tally};
use crate::source::Source;

/// Bytes that are read at a time.
const BUFFER: usize = 128 << 10;

/// Bytes of a source from one offset to another.
#[derive(Clone, Debug)]
pub(super) struct Input {
    source: Source,
    buffer: Vec<u8>,
    /// The index of the first unused byte in the buffer.
    start: usize,
    end: usize,
    /// Where in the file the end of the buffer lies.
    next: u64,
    limit: u64,
}

impl Input {
    pub(super) fn new(source: &Source, offset: u64, limit: u64) -> Input {
        Input {
            source: source.clone(),
            buffer: Vec::new(),
            start: 0,
            end: 0,
            next: offset,
            limit,
        }
    }

    /// Where the next byte is in the file.
    pub(super) fn position(&self) -> u64 {
        let left = self.end.since(self.start);
        self.next.since(left as u64)
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.position())
    }

    /// The next `size` bytes, at most 64 KiB; fewer where they end.
    pub(super) fn peek(&mut self, size: usize) -> io::Result<&[u8]> {
        if self.end.since(self.start) < size {
            self.fill(size)?;
        }
        let end = self.end.min(self.start.past(size));
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// The buffered bytes.
    pub(super) fn buffered(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next `size` bytes, which are used up; fewer where they end.
    pub(super) fn take(&mut self, size: usize) -> io::Result<&[u8]> {
        if self.end.since(self.start) < size {
            self.fill(size)?;
        }
        let start = self.start;
        self.start = self.end.min(start.past(size));
        Ok(self.buffer.get(start..self.start).unwrap_or_default())
    }

    /// Goes on after the next `size` bytes, of those that are buffered.
    pub(super) fn skip(&mut self, size: usize) {
        self.start = self.end.min(self.start.past(size));
    }

    fn fill(&mut self, size: usize) -> io::Result<()> {
        let left = self.end.since(self.start);
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, left);
        let room = usize::try_from(self.limit.saturating_sub(self.next)).unwrap_or(usize::MAX);
        let wanted = BUFFER.max(size).min(left.saturating_add(room));
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let space = self.buffer.get_mut(left..wanted).unwrap_or_default();
        let read = self.source.read_into(self.next, space)?;
        self.end = left.past(read);
        self.next.tally(read as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_in_order_over_every_border() {
        let bytes: Vec<u8> = (0..400_000_u32).map(|i| i.to_le_bytes()[1]).collect();
        let mut input = Input::new(&Source::from(&bytes[..]), 3, 399_000);
        let mut at = 3;
        for size in [1, 65_536, 7, 60_000, 50_001].into_iter().cycle() {
            assert_eq!(input.position(), at as u64);
            let expected = &bytes[at..399_000.min(at + size)];
            assert_eq!(input.peek(size).unwrap(), expected);
            assert_eq!(input.take(size).unwrap(), expected);
            at += expected.len();
            if expected.len() < size {
                break;
            }
        }
        assert_eq!(input.take(5).unwrap(), b"");
    }

    #[test]
    fn skipping_ends_where_the_buffered_bytes_end() {
        let mut input = Input::new(&Source::from(&b"0123456789"[..]), 1, 8);
        assert_eq!(input.take(2).unwrap(), b"12");
        input.skip(2);
        assert_eq!((input.position(), input.take(1).unwrap()), (5, &b"5"[..]));
        input.skip(3);
        assert_eq!((input.position(), input.take(9).unwrap()), (8, &b""[..]));
    }
}
