//! Bytes at positions, read some at a time: headers are close together where files are small.

use std::io;
use std::num::NonZeroUsize;

use crate::formats::tar::layout::BLOCK;
use crate::offset::{Position, Tally};
use crate::parallel::{self, Ordered};
use crate::prefetch;
use crate::source::{Source, SourceOf};

pub(super) struct Window<'a> {
    source: SourceOf<'a>,
    piece: Piece,
    /// How much is read next, in bytes.
    size: usize,
    /// How many windows of the largest size were read in a row.
    steady: usize,
    /// The source for a thread that reads ahead, where that is wanted.
    shared: Option<Source>,
    /// Not there until it pays: asking for the number of processors alone takes as long as reading a small archive.
    ahead: Option<ReadAhead>,
}

impl<'a> Window<'a> {
    /// More would be read in vain where files are large.
    const LEAST: usize = 1 << 10;

    /// A system call costs little beside copying this number of bytes.
    const MOST: usize = 128 << 10;

    /// Reading this number of bytes in vain takes no longer than another system call.
    const NEAR: u64 = 4 << 10;

    /// Windows of the largest size in a row before a thread reads ahead: a small archive is read sooner than a thread
    /// starts, and where large files are among small ones no more is read in vain than was wanted before.
    const STEADY: usize = 2;

    pub(super) fn new(source: SourceOf<'a>) -> Self {
        Window {
            source,
            piece: Piece::default(),
            size: Window::LEAST,
            steady: 0,
            shared: None,
            ahead: None,
        }
    }

    pub(super) fn size_of_source(&self) -> io::Result<u64> {
        self.source.size()
    }

    pub(super) fn read(&mut self, position: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.piece.after(position).is_empty() {
            if buf.len() >= self.size {
                return self.source.read_into(position, buf);
            }
            self.refill(position)?;
        }
        let there = self.piece.after(position);
        let size = there.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..size), there.get(..size)) {
            to.copy_from_slice(from);
        }
        Ok(size)
    }

    /// Has the block at `position` in the processor's cache soon, where it was read already.
    pub(super) fn fetch(&self, position: u64) {
        prefetch::fetch(self.piece.after(position).get(..BLOCK).unwrap_or_default());
    }

    fn refill(&mut self, position: u64) -> io::Result<()> {
        // Where the last window ended near the bytes that are wanted now, a larger one pays.
        let near = Window::NEAR.max(self.size as u64 / 4);
        let near = self.piece.end().saturating_add(near);
        self.size = match self.piece.start <= position && position <= near {
            true => self.size.saturating_mul(2).min(Window::MOST),
            false => Window::LEAST,
        };
        match self.size {
            Window::MOST => self.steady.tally(1),
            _ => self.steady = 0,
        }
        let last = std::mem::take(&mut self.piece);
        let (piece, result) = match &self.shared {
            Some(source) if self.steady > Window::STEADY => {
                let start = || ReadAhead::new(source.clone());
                let ahead = self.ahead.get_or_insert_with(start);
                ahead.piece(position, last.bytes)
            }
            _ => {
                if let Some(ahead) = &mut self.ahead {
                    ahead.pool.discard();
                }
                Piece::read(&self.source, position, self.size, last.bytes)
            }
        };
        self.piece = piece;
        result
    }
}

impl Window<'static> {
    /// Reads on a thread what follows, where nothing but small pieces is passed over.
    pub(super) fn read_ahead(&mut self) {
        self.shared = Some(self.source.clone());
    }
}

/// Bytes that were read at once.
#[derive(Default)]
struct Piece {
    start: u64,
    bytes: Vec<u8>,
}

/// With what was read until an error.
type PieceRead = (Piece, io::Result<()>);

impl Piece {
    /// Up to `size` bytes from `start`, into memory that was used before.
    fn read(source: &SourceOf<'_>, start: u64, size: usize, mut bytes: Vec<u8>) -> PieceRead {
        bytes.resize(size, 0);
        let read = source.read_into(start, &mut bytes);
        bytes.truncate(*read.as_ref().unwrap_or(&0));
        (Piece { start, bytes }, read.map(|_| ()))
    }

    fn end(&self) -> u64 {
        self.start.past(self.bytes.len() as u64)
    }

    /// What is there from `position` on.
    fn after(&self, position: u64) -> &[u8] {
        let at = position
            .checked_sub(self.start)
            .and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }
}

/// A thread that reads pieces before they are asked for, one after the other.
struct ReadAhead {
    pool: Ordered<(u64, Vec<u8>), PieceRead>,
    /// The offset after the last piece that was given out.
    next: u64,
}

impl ReadAhead {
    /// How many pieces are read ahead: with fewer, either thread waits for the other.
    const DEPTH: usize = 8;

    fn new(source: Source) -> ReadAhead {
        let two = NonZeroUsize::MIN.saturating_add(1);
        ReadAhead {
            pool: Ordered::new(parallel::threads().min(two), move |(start, bytes)| {
                Piece::read(&source, start, Window::MOST, bytes)
            }),
            next: 0,
        }
    }

    /// The piece that has the byte at `position`; those after it are begun.
    fn piece(&mut self, position: u64, mut memory: Vec<u8>) -> PieceRead {
        let found = loop {
            match self.pool.pop() {
                Some(read) if !read.0.after(position).is_empty() => break read,
                // At the end of the source, and where it can't be read, it is asked again.
                Some(read) if read.0.start == position => break read,
                Some(read) => memory = read.0.bytes,
                None => {
                    self.next = position;
                    self.push(std::mem::take(&mut memory));
                }
            }
        };
        while found.0.bytes.len() == Window::MOST && self.pool.pending() < ReadAhead::DEPTH {
            self.push(std::mem::take(&mut memory));
        }
        found
    }

    fn push(&mut self, memory: Vec<u8>) {
        self.pool.push((self.next, memory));
        self.next = self.next.saturating_add(Window::MOST as u64);
    }
}

#[cfg(test)]
mod tests;
