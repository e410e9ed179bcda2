//! Sources and streams that report how far they are read.

use std::io::{self, Read};

use super::{ReadAt, SourceOf};
use crate::offset::{Position, Tally};

/// The same source; `tell` learns the end of whatever is read of it.
pub(crate) fn source<'a>(
    source: SourceOf<'a>,
    tell: impl Fn(u64) + Send + Sync + 'a,
) -> SourceOf<'a> {
    SourceOf::new(Watched { source, tell })
}

/// The same stream; `tell` learns how much was read of it so far.
pub(crate) fn stream(stream: impl Read, tell: impl FnMut(u64)) -> impl Read {
    Stream {
        stream,
        read: 0,
        tell,
    }
}

struct Watched<'a, F> {
    source: SourceOf<'a>,
    tell: F,
}

impl<F: Fn(u64) + Send + Sync> ReadAt for Watched<'_, F> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_into(offset, buf)?;
        (self.tell)(offset.past(read as u64));
        Ok(read)
    }

    fn size(&self) -> io::Result<u64> {
        self.source.size()
    }

    fn known_size(&self) -> Option<u64> {
        self.source.known_size()
    }
}

struct Stream<R, F> {
    stream: R,
    read: u64,
    tell: F,
}

impl<R: Read, F: FnMut(u64)> Read for Stream<R, F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buf)?;
        self.read.tally(read as u64);
        (self.tell)(self.read);
        Ok(read)
    }
}
