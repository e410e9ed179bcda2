//! Streams that can be restarted. Their buffers are dropped where many are read: a document may hold more streams than
//! memory and temporary files have room for.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::ReadAt;
use super::spool::Spool;
use crate::offset::Position;

/// Starts a stream from its beginning.
type Begin = Box<dyn Fn() -> Box<dyn Read + Send> + Send + Sync>;

/// The most bytes of one stream in memory; the rest is in a temporary file.
const IN_MEMORY: usize = 4 << 20;

/// The most bytes in memory of all streams together; those that were read last are kept.
const ALL_IN_MEMORY: u64 = 32 << 20;

/// The most streams that are buffered, in memory or in a temporary file.
const MOST: usize = 64;

/// The buffered streams, the one that was read last at the end.
static KEPT: Mutex<Vec<Weak<Stream>>> = Mutex::new(Vec::new());

/// A stream that is read from its beginning again where its buffer was dropped.
pub(super) struct Restartable(Arc<Stream>);

struct Stream {
    begin: Begin,
    kept: Mutex<Option<Arc<Spool>>>,
    /// How many bytes of it are in memory.
    in_memory: AtomicU64,
    /// Its length, once it was read to its end.
    size: OnceLock<u64>,
}

impl Restartable {
    pub(super) fn new(begin: Begin) -> Restartable {
        Restartable(Arc::new(Stream {
            begin,
            kept: Mutex::new(None),
            in_memory: AtomicU64::new(0),
            size: OnceLock::new(),
        }))
    }

    /// Runs `read` on the buffer of the stream, which is restarted where it was dropped.
    fn with<T>(&self, read: impl FnOnce(&Spool) -> io::Result<T>) -> io::Result<T> {
        let stream = &self.0;
        let spool = {
            let mut kept = stream.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let begin = || Arc::new(Spool::with_memory((stream.begin)(), u64::MAX, IN_MEMORY));
            Arc::clone(kept.get_or_insert_with(begin))
        };
        let result = read(&spool);
        if let Some(size) = spool.known_size() {
            let _ = stream.size.set(size);
        }
        let now = spool.in_memory();
        let before = stream.in_memory.swap(now, Ordering::Relaxed);
        keep(stream, now > before);
        result
    }
}

/// Notes that a stream was read, and drops the buffers of others where it has grown.
fn keep(stream: &Arc<Stream>, has_grown: bool) {
    let this = Arc::downgrade(stream);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.iter().position(|known| known.ptr_eq(&this)) {
        Some(at) if at.past(1) == kept.len() => {
            if !has_grown {
                return;
            }
        }
        Some(at) => {
            kept.remove(at);
            kept.push(this);
        }
        None => {
            kept.retain(|known| known.strong_count() > 0);
            kept.push(this);
        }
    }
    let mut room = ALL_IN_MEMORY;
    let mut first = kept.len();
    for (i, known) in kept.iter().enumerate().rev() {
        let size = known
            .upgrade()
            .map_or(0, |stream| stream.in_memory.load(Ordering::Relaxed));
        let is_last = i.past(1) == kept.len();
        if !is_last && (size > room || kept.len().since(i) > MOST) {
            break;
        }
        room = room.saturating_sub(size);
        first = i;
    }
    let gone: Vec<Weak<Stream>> = kept.drain(..first).collect();
    drop(kept);
    for stream in gone.iter().filter_map(Weak::upgrade) {
        let mut kept = stream.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = None;
    }
}

impl ReadAt for Restartable {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.0.size.get().is_some_and(|size| offset >= *size) {
            return Ok(0);
        }
        self.with(|spool| spool.read_at(offset, buf))
    }

    fn size(&self) -> io::Result<u64> {
        match self.0.size.get() {
            Some(size) => Ok(*size),
            None => self.with(ReadAt::size),
        }
    }

    fn known_size(&self) -> Option<u64> {
        self.0.size.get().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::Source;

    /// More than is kept of all streams together, read in turn: each is what it was, and most were begun again.
    #[test]
    fn streams_are_begun_again_when_others_were_read() {
        let size = (IN_MEMORY / 2) as u64;
        let begun = Arc::new(AtomicUsize::new(0));
        let sources: Vec<Source> = (0..40u8)
            .map(|byte| {
                let begun = Arc::clone(&begun);
                Source::again(move || {
                    begun.fetch_add(1, Ordering::Relaxed);
                    Box::new(io::repeat(byte).take(size))
                })
            })
            .collect();
        for _ in 0..2 {
            for (i, source) in sources.iter().enumerate() {
                assert_eq!(source.size().unwrap(), size);
                let last = source.read(size - 2, 9).unwrap();
                assert_eq!(last, [u8::try_from(i).unwrap(); 2]);
            }
        }
        let streams = KEPT.lock().unwrap();
        let all: u64 = streams
            .iter()
            .filter_map(Weak::upgrade)
            .map(|stream| stream.in_memory.load(Ordering::Relaxed))
            .sum();
        assert!(all <= ALL_IN_MEMORY, "{all}");
        assert!(begun.load(Ordering::Relaxed) >= 60);
    }

    #[test]
    fn the_length_stays_known() {
        let source = Source::again(|| Box::new(&b"abc"[..]));
        assert_eq!(source.known_size(), None);
        assert_eq!(source.size().unwrap(), 3);
        assert_eq!(source.known_size(), Some(3));
        assert!(source.read(3, 1).unwrap().is_empty());
        assert_eq!(source.read(1, 9).unwrap(), b"bc");
    }

    #[test]
    fn an_error_of_a_stream_comes_again() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(io::Error::from(io::ErrorKind::InvalidData));
                }
                buf[0] = 7;
                Ok(1)
            }
        }
        let source = Source::again(|| Box::new(Broken(false)));
        assert_eq!(source.read(0, 1).unwrap(), [7]);
        for _ in 0..2 {
            let error = source.read(1, 1).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
