//! Where the archive's bytes come from: positions where there are any, a stream otherwise, and
//! compression undone on the way. Knows blocks, knows no headers.

use std::io::{self, Read};

use super::error::Error;
use super::layout::BLOCK;
use crate::codecs::{self, Decoder};
use crate::offset::{Position, Tally};
use crate::source::{SourceOf, uninterrupted};

mod window;

use window::Window;

/// The bytes of an archive, read from front to back.
pub(crate) struct Input<'a> {
    bytes: Bytes<'a>,
    /// The compression that the positions are inside of.
    inside: Option<&'static str>,
    /// The offset of the next byte to be read.
    position: u64,
    /// The block that was looked at last.
    block: [u8; BLOCK],
    /// Whether it was not yet taken; it comes before `position` then.
    is_peeked: bool,
    /// How much of that block was read as data since, in bytes.
    peeked_read: usize,
    /// How much of a block the input ended with, in bytes.
    cut: usize,
}

enum Bytes<'a> {
    Positions(Window<'a>),
    Stream(Box<dyn Read + Send + 'a>),
    Compressed(Decoder<'a>),
}

impl<'a> Input<'a> {
    /// Bytes at positions; what isn't wanted is skipped without being read.
    pub(crate) fn positions(source: SourceOf<'a>) -> Result<Self, Error> {
        let start = source.read(0, codecs::LONGEST_START)?;
        Ok(Input::of(match codecs::of_start(&start) {
            Some(codec) => Bytes::Compressed(codec.open(Box::new(source.reader(0)))?),
            None => Bytes::Positions(Window::new(source)),
        }))
    }

    /// Bytes of a stream, each read once.
    pub(crate) fn stream(mut stream: Box<dyn Read + Send + 'a>) -> Result<Self, Error> {
        let mut start = Vec::new();
        stream
            .by_ref()
            .take(codecs::LONGEST_START)
            .read_to_end(&mut start)?;
        let codec = codecs::of_start(&start);
        let whole = Box::new(io::Cursor::new(start).chain(stream));
        Ok(Input::of(match codec {
            Some(codec) => Bytes::Compressed(codec.open(whole)?),
            None => Bytes::Stream(whole),
        }))
    }

    /// What a compressed stream holds, at positions.
    pub(crate) fn inside(source: SourceOf<'a>, compression: &'static str) -> Self {
        Input {
            inside: Some(compression),
            ..Input::plain(source)
        }
    }

    /// Goes to an offset, forwards or back, where there are positions.
    pub(crate) fn go_to(&mut self, offset: u64) {
        self.is_peeked = false;
        self.position = offset;
    }

    /// Bytes at positions that are known to be plain.
    pub(crate) fn plain(source: SourceOf<'a>) -> Self {
        Input::of(Bytes::Positions(Window::new(source)))
    }

    fn of(bytes: Bytes<'a>) -> Self {
        Input {
            bytes,
            inside: None,
            position: 0,
            block: [0; BLOCK],
            is_peeked: false,
            peeked_read: 0,
            cut: 0,
        }
    }

    /// What compression is undone on the way: offsets then count what the stream holds.
    pub(crate) fn compression(&self) -> Option<&'static str> {
        match &self.bytes {
            Bytes::Compressed(decoder) => Some(decoder.name()),
            _ => self.inside,
        }
    }

    /// A stream that refers back further is an error.
    pub(crate) fn max_window(&mut self, bytes: u64) {
        if let Bytes::Compressed(decoder) = &mut self.bytes {
            decoder.max_window(bytes);
        }
    }

    /// Whether something else follows a compressed stream that was read to its end.
    pub(crate) fn garbage(&self) -> bool {
        match &self.bytes {
            Bytes::Compressed(decoder) => decoder.garbage(),
            _ => false,
        }
    }

    /// The offset of the next byte.
    pub(crate) fn position(&self) -> u64 {
        match self.is_peeked {
            true => {
                let unread = BLOCK.since(self.peeked_read);
                self.position.since(unread as u64)
            }
            false => self.position,
        }
    }

    /// A block at `offset` is read soon.
    pub(crate) fn fetch(&self, offset: u64) {
        if let Bytes::Positions(window) = &self.bytes {
            window.fetch(offset);
        }
    }

    /// Reads some bytes; 0 at the end.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        if self.is_peeked {
            let unread = self.block.get(self.peeked_read..).unwrap_or_default();
            let size = unread.len().min(buf.len());
            if let (Some(to), Some(from)) = (buf.get_mut(..size), unread.get(..size)) {
                to.copy_from_slice(from);
            }
            self.peeked_read.tally(size);
            self.is_peeked = self.peeked_read < BLOCK;
            return Ok(size);
        }
        let read = match &mut self.bytes {
            Bytes::Positions(window) => uninterrupted(|| window.read(self.position, buf))?,
            Bytes::Stream(stream) => uninterrupted(|| stream.read(buf))?,
            Bytes::Compressed(decoder) => decoder.decode(buf)?,
        };
        self.position.advance(read as u64);
        Ok(read)
    }

    /// Reads until `buf` is full or the input ends; answers how many bytes.
    pub(crate) fn fill(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        fill(buf, |rest| self.read(rest))
    }

    /// Takes up to `size` bytes, fewer where the input ends: memory grows with what is there.
    pub(crate) fn take(&mut self, size: u64) -> Result<Vec<u8>, Error> {
        const STEP: usize = 1 << 20;
        let mut bytes = Vec::new();
        while let left @ 1.. = size.since(bytes.len() as u64) {
            let have = bytes.len();
            let want = usize::try_from(left).unwrap_or(usize::MAX).min(STEP);
            bytes.resize(have.past(want), 0);
            let read = self.fill(bytes.get_mut(have..).unwrap_or_default())?;
            bytes.truncate(have.past(read));
            if read < want {
                break;
            }
        }
        Ok(bytes)
    }

    /// The next block without taking it; fewer bytes than a block at the input's end.
    pub(crate) fn peek(&mut self) -> Result<Option<&[u8; BLOCK]>, Error> {
        if !self.is_peeked {
            let mut block = [0; BLOCK];
            match self.fill(&mut block)? {
                BLOCK => {
                    self.block = block;
                    self.is_peeked = true;
                    self.peeked_read = 0;
                }
                // What is left of a cut block stays unread only in name: the caller sees the
                // end, and where it is from `position`.
                cut => {
                    (self.block, self.cut) = (block, cut);
                    return Ok(None);
                }
            }
        }
        Ok(Some(&self.block))
    }

    /// Whether the input ended with less than a block, and all of that was zeros.
    pub(crate) fn ends_in_cut_zeros(&self) -> bool {
        !self.cut_block().is_empty() && self.block == [0; BLOCK]
    }

    /// What the input ended with, where that is less than a block.
    pub(crate) fn cut_block(&self) -> &[u8] {
        self.block.get(..self.cut).unwrap_or_default()
    }

    /// Takes the next block; `None` where the input ends before it is whole.
    pub(crate) fn block(&mut self) -> Result<Option<&[u8; BLOCK]>, Error> {
        let is_whole = self.peek()?.is_some();
        self.is_peeked = false;
        Ok(is_whole.then_some(&self.block))
    }

    /// Goes on to `target`, where a whole block is; `false`, and no step taken, where that can't
    /// be told without reading up to there.
    pub(crate) fn jump_to(&mut self, target: u64) -> Result<bool, Error> {
        let Bytes::Positions(_) = &self.bytes else {
            return Ok(false);
        };
        let position = self.position();
        if position != target {
            self.is_peeked = false;
            self.position = target;
        }
        if self.peek()?.is_some() {
            return Ok(true);
        }
        self.position = position;
        Ok(false)
    }

    /// Goes on to `target`. Answers how many bytes are missing, where the input ends before it.
    pub(crate) fn skip_to(&mut self, target: u64) -> Result<u64, Error> {
        if target <= self.position() {
            return Ok(0);
        }
        self.is_peeked = false;
        if let Bytes::Positions(window) = &mut self.bytes {
            // One byte read tells whether the archive goes so far: a stream after the source
            // would have to be read to its end to tell its size.
            let last = target.saturating_sub(1);
            if window.read(last, &mut [0])? == 0 {
                let size = window.size_of_source()?;
                self.position = size;
                return Ok(target.since(size));
            }
            self.position = target;
            return Ok(0);
        }
        // What is skipped most often is padding.
        let (mut few, mut many) = ([0; BLOCK], Vec::new());
        // A block that was looked at may reach beyond the target.
        let left = target.saturating_sub(self.position);
        let buffer = match usize::try_from(left) {
            Ok(..=BLOCK) => &mut few[..],
            _ => {
                many.resize(usize::try_from(left).unwrap_or(usize::MAX).min(64 << 10), 0);
                &mut many[..]
            }
        };
        while let left @ 1.. = target.saturating_sub(self.position) {
            let size = usize::try_from(left).unwrap_or(usize::MAX);
            let size = size.min(buffer.len());
            if self.read(buffer.get_mut(..size).unwrap_or_default())? == 0 {
                return Ok(left);
            }
        }
        Ok(0)
    }
}

/// Reads until `buf` is full or nothing more comes; answers how many bytes.
pub(super) fn fill(
    buf: &mut [u8],
    mut read: impl FnMut(&mut [u8]) -> Result<usize, Error>,
) -> Result<usize, Error> {
    let mut filled = 0usize;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read(rest)? {
            0 => break,
            n => filled.advance(n),
        }
    }
    Ok(filled)
}

impl Input<'static> {
    /// Reads ahead on a thread, where small pieces of a plain archive are passed over.
    pub(crate) fn read_ahead(&mut self) {
        if let Bytes::Positions(window) = &mut self.bytes {
            window.read_ahead();
        }
    }
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
