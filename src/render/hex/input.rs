//! Input in whole lines.

use std::io::{self, Read};

use crate::offset::Position;
use crate::source::uninterrupted;

/// Bytes that are read at a time: with their output they fit a processor's second cache.
pub(super) const PAGE: usize = 32 << 10;

/// Splits the bytes of a reader into lines as soon as they are there; the last one may be short.
pub(super) struct Input<R> {
    from: R,
    columns: usize,
    bytes: Vec<u8>,
    /// Which of the bytes were read and not yet taken.
    at: usize,
    have: usize,
    ended: bool,
}

impl<R: Read> Input<R> {
    pub(super) fn new(from: R, columns: usize) -> Input<R> {
        Input {
            from,
            columns,
            bytes: vec![0; PAGE.max(columns)],
            at: 0,
            have: 0,
            ended: false,
        }
    }

    /// Reads until there is a line; answers whether there is one.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        while self.ready() == 0 && !self.ended {
            self.bytes.copy_within(self.at..self.have, 0);
            self.have = self.have.since(self.at);
            self.at = 0;
            let room = self.bytes.get_mut(self.have..).unwrap_or_default();
            match uninterrupted(|| self.from.read(room))? {
                0 => self.ended = true,
                read => self.have.advance(read),
            }
        }
        Ok(self.ready() > 0)
    }

    /// How many bytes there are of lines.
    pub(super) fn ready(&self) -> usize {
        let have = self.have.since(self.at);
        match have.checked_rem(self.columns) {
            Some(rest) if !self.ended => have.since(rest),
            _ => have,
        }
    }

    /// The next of these bytes, at most this many.
    pub(super) fn take(&mut self, most: usize) -> &[u8] {
        let start = self.at;
        self.at = start.past(self.ready().min(most));
        self.bytes.get(start..self.at).unwrap_or_default()
    }
}
