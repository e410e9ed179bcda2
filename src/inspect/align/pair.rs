//! Two sources, read and compared piece by piece.

use std::io;
use std::ops::Range;

use super::Span;
use crate::Source;
use crate::offset::{Position, Tally};

/// How much is read at a time.
pub(super) const BLOCK: u64 = 64 << 10;

/// A stretch of either source.
#[derive(Clone, Copy, Debug)]
pub(in crate::inspect) struct Region {
    pub(in crate::inspect) a: Span,
    pub(in crate::inspect) b: Span,
}

impl Region {
    pub(super) fn new(a: Range<u64>, b: Range<u64>) -> Region {
        let span = |range: Range<u64>| Span {
            start: range.start,
            end: range.end,
        };
        Region {
            a: span(a),
            b: span(b),
        }
    }

    /// That of the larger stretch, in bytes.
    pub(super) fn size(self) -> u64 {
        self.a.size().max(self.b.size())
    }

    pub(super) fn smaller(self) -> u64 {
        self.a.size().min(self.b.size())
    }

    /// From here to the end of a later one.
    pub(super) fn up_to(self, later: Region) -> Region {
        Region::new(self.a.start..later.a.end, self.b.start..later.b.end)
    }

    /// What is left without this many bytes at the front.
    pub(super) fn from(self, skip: u64) -> Region {
        Region::new(
            self.a.start.past(skip)..self.a.end,
            self.b.start.past(skip)..self.b.end,
        )
    }

    /// What is left without this many bytes at the end.
    pub(super) fn without_last(self, size: u64) -> Region {
        Region::new(
            self.a.start..self.a.end.since(size),
            self.b.start..self.b.end.since(size),
        )
    }
}

/// Two sources and a piece of each.
pub(super) struct Pair {
    pub(super) a: Source,
    pub(super) b: Source,
    buffers: [Vec<u8>; 3],
}

impl Pair {
    pub(super) fn new(a: Source, b: Source) -> Pair {
        Pair {
            a,
            b,
            buffers: Default::default(),
        }
    }

    /// This many bytes of either source.
    pub(super) fn read(&mut self, a: u64, b: u64, size: u64) -> io::Result<(&[u8], &[u8])> {
        let [in_a, in_b, _] = &mut self.buffers;
        Ok((read(&self.a, a, size, in_a)?, read(&self.b, b, size, in_b)?))
    }

    /// This many bytes at one place of a source and at two places of the other.
    pub(super) fn read_three(
        &mut self,
        one: (Side, u64),
        two: (Side, u64, u64),
        size: u64,
    ) -> io::Result<[&[u8]; 3]> {
        let [first, second, third] = &mut self.buffers;
        let source = |side| match side {
            Side::A => &self.a,
            Side::B => &self.b,
        };
        Ok([
            read(source(one.0), one.1, size, first)?,
            read(source(two.0), two.1, size, second)?,
            read(source(two.0), two.2, size, third)?,
        ])
    }

    /// The bytes of a small region.
    pub(super) fn read_region(&mut self, region: Region) -> io::Result<(&[u8], &[u8])> {
        let [in_a, in_b, _] = &mut self.buffers;
        Ok((
            read(&self.a, region.a.start, region.a.size(), in_a)?,
            read(&self.b, region.b.start, region.b.size(), in_b)?,
        ))
    }

    /// How many bytes are equal from the front of a region on.
    pub(super) fn common_prefix(&mut self, region: Region) -> io::Result<u64> {
        let most = region.smaller();
        // Most regions differ soon; those that don't are read in large pieces.
        let mut step = 256;
        let mut equal = 0u64;
        while equal < most {
            let size = step.min(most.since(equal));
            let (a, b) = self.read(region.a.start.past(equal), region.b.start.past(equal), size)?;
            if a != b {
                let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
                return Ok(equal.past(same as u64));
            }
            equal.tally(size);
            step = step.saturating_mul(4).min(BLOCK);
        }
        Ok(equal)
    }

    /// How many bytes are equal from the end of a region backwards.
    pub(super) fn common_suffix(&mut self, region: Region) -> io::Result<u64> {
        let most = region.smaller();
        let mut step = 256;
        let mut equal = 0u64;
        while equal < most {
            let size = step.min(most.since(equal));
            let after = equal.past(size);
            let (a, b) = self.read(region.a.end.since(after), region.b.end.since(after), size)?;
            if a != b {
                let backwards = a.iter().rev().zip(b.iter().rev());
                let same = backwards.take_while(|(a, b)| a == b).count();
                return Ok(equal.past(same as u64));
            }
            equal = after;
            step = step.saturating_mul(4).min(BLOCK);
        }
        Ok(equal)
    }
}

/// One of the two sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    A,
    B,
}

/// Reads all of it: the sizes were known before.
pub(super) fn read<'a>(
    source: &Source,
    offset: u64,
    size: u64,
    buffer: &'a mut Vec<u8>,
) -> io::Result<&'a [u8]> {
    buffer.resize(usize::try_from(size).map_err(io::Error::other)?, 0);
    if source.read_into(offset, buffer)? < buffer.len() {
        let message = "it became shorter while it was compared";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
    }
    Ok(buffer)
}
