//! How far an archive's bytes were read, before they are decompressed: what a limit on the ratio
//! counts from.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Source;
use crate::source::ReadAt;

/// The same source, and the end of what was read of it.
pub(super) fn source(source: Source) -> (Source, Arc<AtomicU64>) {
    let end = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        source,
        end: Arc::clone(&end),
    };
    (Source::new(counted), end)
}

/// The same stream, and how many bytes were read of it.
pub(super) fn stream(stream: impl Read + Send) -> (impl Read + Send, Arc<AtomicU64>) {
    let end = Arc::new(AtomicU64::new(0));
    let counted = Stream {
        stream,
        end: Arc::clone(&end),
    };
    (counted, end)
}

struct Counted {
    source: Source,
    end: Arc<AtomicU64>,
}

impl ReadAt for Counted {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_into(offset, buf)?;
        let end = offset.saturating_add(read as u64);
        self.end.fetch_max(end, Ordering::Relaxed);
        Ok(read)
    }

    fn size(&self) -> io::Result<u64> {
        self.source.size()
    }

    fn known_size(&self) -> Option<u64> {
        self.source.known_size()
    }
}

struct Stream<R> {
    stream: R,
    end: Arc<AtomicU64>,
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buf)?;
        self.end.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
