//! Ranges of bytes and bits, and the spaces that they lie in.

use crate::offset::Position;

/// Where bytes live: the file itself, or what a compressed stream in it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Space(u32);

impl Space {
    /// The file.
    pub const FILE: Space = Space(0);

    /// The content of the `n`-th compressed stream of the file, counted from 0.
    pub const fn stream(n: u32) -> Space {
        Space(n.saturating_add(1))
    }

    /// Which compressed stream's content it is; `None` for the file itself.
    pub const fn stream_index(self) -> Option<u32> {
        self.0.checked_sub(1)
    }

    /// Whether this is the file itself.
    pub const fn is_file(self) -> bool {
        self.0 == 0
    }
}

/// Bits inside the bytes of a range: `count` bits from bit `first`, where bit 0 is the least
/// significant of the integer that the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct BitRange {
    /// The lowest bit, counted from the least significant.
    #[serde(rename = "first_bit")]
    pub first: u8,
    /// How many bits.
    #[serde(rename = "bits")]
    pub count: u8,
}

/// A range of bytes in a space, and possibly some bits of them.
///
/// ```
/// use bytewright::tree::Range;
///
/// let range = Range::file(14, 40);
/// assert_eq!((range.offset, range.end()), (14, 54));
/// assert!(range.contains(53) && !range.contains(54));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// Which bytes the offset counts in.
    pub space: Space,
    /// First byte.
    pub offset: u64,
    /// Length in bytes.
    pub size: u64,
    /// The bits, where the node is less than its bytes.
    pub bits: Option<BitRange>,
}

impl Range {
    /// `size` bytes of the file from `offset`.
    pub const fn file(offset: u64, size: u64) -> Range {
        Range::new(Space::FILE, offset, size)
    }

    /// `size` bytes of `space` from `offset`.
    pub const fn new(space: Space, offset: u64, size: u64) -> Range {
        Range {
            space,
            offset,
            size,
            bits: None,
        }
    }

    /// The bytes of the file from one offset up to another; `None` where that lies before the first.
    ///
    /// ```
    /// use bytewright::tree::Range;
    ///
    /// assert_eq!(Range::between(14, 54), Some(Range::file(14, 40)));
    /// assert_eq!(Range::between(54, 14), None);
    /// ```
    pub const fn between(start: u64, end: u64) -> Option<Range> {
        match end.checked_sub(start) {
            Some(size) => Some(Range::file(start, size)),
            None => None,
        }
    }

    /// What both ranges hold; `None` where they share no byte.
    ///
    /// ```
    /// use bytewright::tree::Range;
    ///
    /// let file = Range::file(0, 54);
    /// assert_eq!(file.intersect(Range::file(40, 100)), Some(Range::file(40, 14)));
    /// assert_eq!(file.intersect(Range::file(54, 1)), None);
    /// ```
    pub fn intersect(self, other: Range) -> Option<Range> {
        let (start, end) = (self.offset.max(other.offset), self.end().min(other.end()));
        let size = end.checked_sub(start).filter(|size| *size > 0)?;
        (self.space == other.space).then_some(Range::new(self.space, start, size))
    }

    /// The smallest range that holds all of these, which lie in the space of the first; `None` where there
    /// are none.
    ///
    /// ```
    /// use bytewright::tree::Range;
    ///
    /// let parts = [Range::file(20, 4), Range::file(14, 3)];
    /// assert_eq!(Range::hull(parts), Some(Range::file(14, 10)));
    /// assert_eq!(Range::hull([]), None);
    /// ```
    pub fn hull(ranges: impl IntoIterator<Item = Range>) -> Option<Range> {
        let mut ranges = ranges.into_iter();
        let first = ranges.next()?;
        let bounds = (first.offset, first.end());
        let (start, end) = ranges.fold(bounds, |(start, end), range| {
            (start.min(range.offset), end.max(range.end()))
        });
        Some(Range::new(first.space, start, end.since(start)))
    }

    /// The offset after the last byte.
    pub const fn end(&self) -> u64 {
        self.offset.saturating_add(self.size)
    }

    /// Whether the byte at `offset` of the same space lies in the range.
    pub const fn contains(&self, offset: u64) -> bool {
        self.offset <= offset && offset < self.end()
    }
}
