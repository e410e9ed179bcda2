//! Where bytes, texts and regular expressions are in a source of any size.

mod encoding;
mod error;
mod feed;
mod hex;
mod match_end;
mod pattern;

use std::fmt;
use std::io::{self, Read};
use std::iter::FusedIterator;
use std::ops::Range;

pub use encoding::Encoding;
pub use error::PatternError;
pub use pattern::Pattern;

use crate::offset::Position;
use crate::{Source, tree};
use feed::Feed;
use match_end::Ends;

/// How many bytes on either side of a hit can be asked for.
pub const AROUND: usize = 16;

/// A match longer than this is found whole only where its pattern sets a higher limit to its
/// length.
pub const LONGEST: usize = 64 << 10;

/// Where a pattern was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Hit {
    /// In bytes from the start of the source.
    pub offset: u64,
    /// In bytes; never 0.
    pub size: u64,
    /// Which pattern it was, of those that [`Pattern::any`] joined.
    pub pattern: usize,
}

impl Hit {
    /// Its place in a tree of the file.
    pub const fn range(&self) -> tree::Range {
        tree::Range::file(self.offset, self.size)
    }
}

/// The hits of a pattern in a source, in its order, in flat memory.
///
/// As with `grep -o`, the next hit begins after the last one, and what a regular expression
/// matches without taking a byte is no hit.
///
/// ```
/// use bytewright::Source;
/// use bytewright::inspect::find::{Find, Pattern};
///
/// let source = Source::from(&b"BM\x36\0 BM\x7a\0"[..]);
/// let pattern = Pattern::hex("42 4d ?? 00")?;
/// let mut find = Find::new(&source, &pattern);
///
/// let hit = find.next().expect("a hit")?;
/// assert_eq!((hit.offset, hit.size), (0, 4));
/// assert_eq!(find.bytes(), b"BM\x36\0");
/// assert_eq!(find.after(2), b" B");
/// assert_eq!(find.next().expect("another")?.offset, 5);
/// assert!(find.next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Find<'a> {
    pattern: &'a Pattern,
    feed: Feed,
    /// Offset of the first byte of the feed's window.
    base: u64,
    /// Where in the window the search goes on.
    position: usize,
    /// Where in the window the last hit is.
    hit: Range<usize>,
    overlapping: bool,
    /// Whether the bytes after a hit are waited for.
    context: bool,
    ends: Ends,
    done: bool,
}

impl<'a> Find<'a> {
    /// Searches a whole source.
    pub fn new(source: &Source, pattern: &'a Pattern) -> Find<'a> {
        Find::stream(source.reader(0), 0, pattern)
    }

    /// Searches a part of a source, as if there were nothing around it.
    pub fn within(source: &Source, part: Range<u64>, pattern: &'a Pattern) -> Find<'a> {
        let length = part.end.since(part.start);
        Find::stream(source.reader(part.start).take(length), part.start, pattern)
    }

    /// Searches what is read once, from front to back; `offset` is that of its first byte. A long
    /// input is read ahead by a thread of its own.
    pub fn stream(
        reader: impl Read + Send + 'static,
        offset: u64,
        pattern: &'a Pattern,
    ) -> Find<'a> {
        // A window keeps a match that may go on, and the bytes that are shown before it.
        let keep = pattern.longest().saturating_add(2 * AROUND);
        Find {
            pattern,
            feed: Feed::new(Box::new(reader), keep),
            base: offset,
            position: 0,
            hit: 0..0,
            overlapping: false,
            context: true,
            ends: Ends::default(),
            done: false,
        }
    }

    /// The same search with hits that overlap: the next one begins a byte or more after the
    /// start of the last one.
    #[must_use]
    pub fn overlapping(mut self, overlapping: bool) -> Find<'a> {
        self.overlapping = overlapping;
        self
    }

    /// The same search, which doesn't wait for what follows a hit: [`after`](Find::after) may answer
    /// with fewer bytes than there are.
    #[must_use]
    pub fn without_context(mut self) -> Find<'a> {
        self.context = false;
        self
    }

    /// Sets a callback for when more bytes have to be waited for, so that output so far can be
    /// flushed.
    #[must_use]
    pub fn before_waiting(mut self, does: impl FnMut() -> io::Result<()> + 'static) -> Find<'a> {
        self.feed.before_waiting(does);
        self
    }

    /// The bytes of the hit that `next` answered with last.
    pub fn bytes(&self) -> &[u8] {
        self.feed.window().get(self.hit.clone()).unwrap_or_default()
    }

    /// Up to `count` bytes that come before that hit: [`AROUND`] at most, fewer at the start.
    pub fn before(&self, count: usize) -> &[u8] {
        let start = self.hit.start.saturating_sub(count.min(AROUND));
        self.feed
            .window()
            .get(start..self.hit.start)
            .unwrap_or_default()
    }

    /// Up to `count` bytes that come after that hit: [`AROUND`] at most, fewer at the end.
    pub fn after(&self, count: usize) -> &[u8] {
        let rest = self.feed.window().get(self.hit.end..).unwrap_or_default();
        rest.get(..count.min(AROUND)).unwrap_or(rest)
    }

    fn advance(&mut self) -> io::Result<Option<Hit>> {
        loop {
            let window = self.feed.window();
            // With more bytes, a match that begins here or later could be longer, or none.
            let undecided = if self.feed.ended() {
                usize::MAX
            } else {
                // A match that begins here has room for its whole length.
                let ahead = match self.context || self.pattern.looks_around() {
                    true => self.pattern.longest().saturating_add(AROUND),
                    false => self.pattern.longest(),
                };
                window.len().saturating_sub(ahead.saturating_sub(1))
            };
            let live = self.feed.is_short() && !self.feed.ended();
            let found = if self.position < window.len() && (live || self.position < undecided) {
                self.pattern.find_at(window, self.position)
            } else {
                None
            };
            let found = found.filter(|found| {
                let shown = match self.context {
                    true => found.range.end.past(AROUND),
                    false => found.range.end,
                };
                // Bytes that come slowly need not fill the window.
                found.range.start < undecided
                    || live
                        && shown <= window.len()
                        && self.ends.are_certain(self.pattern, window, self.position)
            });
            match found {
                Some(found) => {
                    let (start, end) = (found.range.start, found.range.end);
                    let step = if self.overlapping { start } else { end };
                    self.position = step
                        .max(start.past(usize::from(self.overlapping || found.range.is_empty())));
                    if found.range.is_empty() {
                        continue;
                    }
                    self.hit = found.range;
                    return Ok(Some(Hit {
                        offset: self.base.past(start as u64),
                        size: end.since(start) as u64,
                        pattern: found.pattern,
                    }));
                }
                None if self.feed.ended() => return Ok(None),
                None => self.read_on(undecided)?,
            }
        }
    }

    /// Slides the window so that it begins a little before the undecided bytes.
    fn read_on(&mut self, undecided: usize) -> io::Result<()> {
        self.position = self.position.max(undecided);
        let drop = self.position.saturating_sub(AROUND);
        self.feed.slide(drop)?;
        self.position = self.position.since(drop);
        self.base.advance(drop as u64);
        Ok(())
    }
}

impl Iterator for Find<'_> {
    type Item = io::Result<Hit>;

    fn next(&mut self) -> Option<io::Result<Hit>> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl FusedIterator for Find<'_> {}

impl fmt::Debug for Find<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Find")
            .field("pattern", self.pattern)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
