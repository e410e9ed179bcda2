//! The bytes that a tree is made of: a slice, or a window that slides over a source.

use std::io;

use crate::Source;
use crate::offset::Position;
use crate::tree::Range;

/// Bytes that are read at a time in sequential reading.
const STEP: u64 = 64 << 10;

/// Bytes of the first read at an offset: a header there is mostly short.
const FIRST_STEP: u64 = 4 << 10;

/// Bytes by their position from the start of a struct.
pub(crate) trait Input {
    /// Up to `size` bytes from `at` on, fewer where the input ends.
    fn bytes(&mut self, at: u64, size: u64) -> &[u8];

    /// Where the input ends.
    fn end(&self) -> u64;

    /// The most bytes of a field whose value is kept in its node.
    fn max_value(&self) -> u64;

    /// The source and where in it the input begins, where there is one: its bytes can be read again later.
    fn origin(&self) -> Option<(Source, u64)> {
        None
    }

    /// Bytes of the outermost space, also while packing writes another one.
    fn outermost(&mut self, at: u64, size: u64) -> &[u8] {
        self.bytes(at, size)
    }

    /// The bytes that a search looks through.
    fn searched(&mut self, at: u64, size: u64) -> &[u8] {
        self.bytes(at, size)
    }
}

impl Input for &[u8] {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.get(at..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        rest.get(..size).unwrap_or(rest)
    }

    fn end(&self) -> u64 {
        self.len() as u64
    }

    fn max_value(&self) -> u64 {
        u64::MAX
    }
}

/// Bytes of a source from `start` on, of which a few are in memory.
#[derive(Debug)]
pub(crate) struct Window {
    source: Source,
    start: u64,
    size: u64,
    /// The two pieces that were used last: a directory and the data that its entries point to are read in turn.
    pieces: [Piece; 2],
    /// What went wrong with the source; the tree ends there.
    failed: Option<io::Error>,
}

/// Bytes of a source one after another.
#[derive(Debug)]
struct Piece {
    /// The buffer, of which `filled` bytes are valid; it isn't cleared for the next read.
    room: Vec<u8>,
    filled: usize,
    at: u64,
    /// How many bytes the next read after it asks for.
    step: u64,
}

impl Piece {
    fn new() -> Piece {
        Piece {
            room: Vec::new(),
            filled: 0,
            at: 0,
            step: FIRST_STEP,
        }
    }

    /// Fills it with bytes of a source from there on.
    fn fill(&mut self, source: &Source, at: u64, size: u64) -> io::Result<()> {
        self.at = at;
        self.filled = 0;
        if size > STEP {
            // The buffer is as long as what is there, not as what was asked for.
            self.room = source.read(at, size)?;
            self.filled = self.room.len();
            return Ok(());
        }
        let size = usize::try_from(size).unwrap_or(0);
        if self.room.len() < size {
            self.room.resize(size, 0);
        }
        let room = self.room.get_mut(..size).unwrap_or_default();
        self.filled = source.read_into(at, room)?;
        Ok(())
    }

    /// Where bytes of the source are in it, if it holds all of them.
    #[inline]
    fn place(&self, from: u64, size: u64) -> Option<std::ops::Range<usize>> {
        let first = usize::try_from(from.checked_sub(self.at)?).ok()?;
        let rest = self.filled.checked_sub(first)?;
        let size = usize::try_from(size).ok().filter(|size| *size <= rest)?;
        Some(first..first.past(size))
    }

    /// Whether reading at `at` is sequential: in the piece, or after it by less than the next read. The bytes between,
    /// such as the data of a small member, are read as well, since fewer and larger reads cost less.
    fn leads_to(&self, at: u64) -> bool {
        let size = (self.filled as u64).saturating_add(self.step);
        Range::file(self.at, size).contains(at)
    }
}

impl Window {
    /// Over the whole source.
    pub(crate) fn new(source: &Source) -> io::Result<Window> {
        Ok(Window {
            source: source.clone(),
            start: 0,
            size: source.size()?,
            pieces: [Piece::new(), Piece::new()],
            failed: None,
        })
    }

    /// Positions count from here on.
    pub(in crate::structs) fn start_at(&mut self, start: u64) {
        self.start = start;
    }

    /// Where bytes are in the first piece, if it holds all of them.
    #[inline]
    fn place(&self, at: u64, size: u64) -> Option<std::ops::Range<usize>> {
        let [last, _] = &self.pieces;
        last.place(self.start.checked_add(at)?, size)
    }

    /// Makes the first piece the one that holds bytes, and answers where in it they are, as far as the source has
    /// them.
    #[cold]
    fn turn_to(&mut self, at: u64, size: u64) -> std::ops::Range<usize> {
        let from = self.start.saturating_add(at).min(self.size);
        let size = size.min(self.size.since(from));
        let [last, other] = &mut self.pieces;
        if other.place(from, size).is_some() || !last.leads_to(from) {
            std::mem::swap(last, other);
        }
        if let Some(place) = last.place(from, size) {
            return place;
        }
        last.step = match last.leads_to(from) {
            true => last.step.saturating_mul(4).min(STEP),
            false => FIRST_STEP,
        };
        if let Err(error) = last.fill(&self.source, from, size.max(last.step)) {
            self.failed.get_or_insert(error);
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        0..size.min(last.filled)
    }

    /// The error of the source that was met, once.
    pub(crate) fn check(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    pub(in crate::structs) fn source(&self) -> &Source {
        &self.source
    }
}

impl Input for Window {
    #[inline]
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        let place = match self.place(at, size) {
            Some(place) => place,
            None => self.turn_to(at, size),
        };
        let [last, _] = &self.pieces;
        last.room.get(place).unwrap_or_default()
    }

    fn end(&self) -> u64 {
        self.size.saturating_sub(self.start)
    }

    fn max_value(&self) -> u64 {
        super::MAX_VALUE
    }

    fn origin(&self) -> Option<(Source, u64)> {
        Some((self.source.clone(), self.start))
    }
}

impl<I: Input> Input for &mut I {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        (**self).bytes(at, size)
    }

    fn end(&self) -> u64 {
        (**self).end()
    }

    fn max_value(&self) -> u64 {
        (**self).max_value()
    }

    fn origin(&self) -> Option<(Source, u64)> {
        (**self).origin()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::source::ReadAt;

    /// Numbers of four bytes, with how often and how much of them was read.
    struct Counted(Vec<u8>, Arc<[AtomicU64; 2]>);

    impl ReadAt for Counted {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let [times, bytes] = &*self.1;
            times.fetch_add(1, Ordering::Relaxed);
            bytes.fetch_add(buf.len() as u64, Ordering::Relaxed);
            self.0.as_slice().read_at(offset, buf)
        }

        fn size(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64)
        }
    }

    #[test]
    fn two_places_are_read_in_large_pieces_where_little_lies_between() {
        let numbers = || (0..1u32 << 19).flat_map(u32::to_le_bytes).collect();
        let read_with = |gap: u64, items: u64| {
            let counts: Arc<[AtomicU64; 2]> = Arc::default();
            let source = Source::new(Counted(numbers(), Arc::clone(&counts)));
            let mut window = Window::new(&source).unwrap();
            window.start_at(8);
            for i in 0..items {
                for at in [(1 << 20) + i * 48, i * gap] {
                    let number = u32::try_from(at.past(8) / 4).unwrap();
                    assert_eq!(window.bytes(at, 4), number.to_le_bytes());
                }
            }
            counts.each_ref().map(|count| count.load(Ordering::Relaxed))
        };
        // A mebibyte in pieces of 64 KiB, and 192 KiB of the other place.
        let [times, bytes] = read_with(256, 4096);
        assert!(times < 28 && bytes < 2 << 20, "{times} {bytes}");
        // What is far from one another is not read for what lies between.
        let [times, bytes] = read_with(64 << 10, 16);
        assert!(times < 24 && bytes < 128 << 10, "{times} {bytes}");
    }

    /// Says that it has more than it has.
    struct Boaster;

    impl ReadAt for Boaster {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            [1, 2, 3].as_slice().read_at(offset, buf)
        }

        fn size(&self) -> io::Result<u64> {
            Ok(1 << 62)
        }
    }

    #[test]
    fn bytes_that_a_source_has_not_take_no_memory() {
        let mut window = Window::new(&Source::new(Boaster)).unwrap();
        assert_eq!(window.bytes(0, 1 << 50), [1, 2, 3]);
        assert_eq!(window.bytes(1, u64::MAX), [2, 3]);
    }

    #[test]
    fn bytes_after_the_end_are_none() {
        let mut window = Window::new(&Source::from(vec![1, 2, 3, 4])).unwrap();
        window.start_at(1);
        assert_eq!(window.end(), 3);
        assert_eq!(window.bytes(1, 9), [3, 4]);
        for at in [3, 4, u64::MAX] {
            assert_eq!(window.bytes(at, 2), [0; 0], "{at}");
        }
        assert_eq!(window.bytes(0, u64::MAX), [2, 3, 4]);
        assert_eq!(window.bytes(2, 0), [0; 0]);
    }
}
