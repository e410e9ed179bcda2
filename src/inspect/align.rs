//! What was inserted, deleted and changed between two sources of any size, by their bytes alone.
//!
//! What is equal at both ends goes first. In the rest, windows of some 28 bytes are sampled by
//! their content, so that the same bytes are sampled wherever they have moved to; those that occur
//! once in either source, and in the same order in both, anchor stretches of equal bytes. Between
//! the anchors the same is done again with more samples, until what is left is small enough for
//! Myers' algorithm, or has nothing to hold on to. That is compared byte by byte, with one
//! gap at the best place where the sizes differ, or is one change where even that fails.
//!
//! Memory is bounded by the number of samples, and time by how often they are taken. The items of
//! two arrays are aligned in the same way, by their hashes.

mod anchors;
mod fine;
mod gap;
mod items;
mod pair;
mod tasks;

use std::fmt;
use std::io;
use std::iter::FusedIterator;

use crate::Source;
use crate::offset::{Position, Tally, sum};
pub(super) use items::items;
use pair::{Pair, Region};
use tasks::Work;

/// Equal bytes between two differences that are no more than chance: up to this many, differences of at least that
/// length are joined.
const COINCIDENCE: u64 = 8;

/// A stretch of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of its first byte.
    pub start: u64,
    /// Offset of the byte after it.
    pub end: u64,
}

impl Span {
    /// In bytes.
    pub fn size(self) -> u64 {
        self.end.since(self.start)
    }
}

/// How a stretch of one source relates to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The bytes are the same.
    Equal,
    /// Other bytes are in their place, as many or not.
    Changed,
    /// Bytes that only the second source has.
    Inserted,
    /// Bytes that only the first source has.
    Deleted,
}

/// A stretch of the first source and what corresponds to it in the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Edit {
    /// How they compare.
    pub kind: Kind,
    /// The stretch of the first source.
    pub a: Span,
    /// The stretch of the second source.
    pub b: Span,
}

impl Edit {
    fn new(equal: bool, region: Region) -> Edit {
        let kind = match (region.a.size(), region.b.size()) {
            _ if equal => Kind::Equal,
            (0, _) => Kind::Inserted,
            (_, 0) => Kind::Deleted,
            _ => Kind::Changed,
        };
        Edit {
            kind,
            a: region.a,
            b: region.b,
        }
    }
}

/// The edits that lead from one source to another, in order. Together they cover both.
///
/// ```
/// use bytewright::Source;
/// use bytewright::inspect::align::{Align, Kind};
///
/// let (a, b) = (Source::from(&b"header body"[..]), Source::from(&b"header, body!"[..]));
/// let edits = Align::new(&a, &b)?.collect::<Result<Vec<_>, _>>()?;
/// let kinds: Vec<_> = edits.iter().map(|edit| (edit.kind, edit.b.size())).collect();
/// assert_eq!(
///     kinds,
///     [(Kind::Equal, 6), (Kind::Inserted, 1), (Kind::Equal, 5), (Kind::Inserted, 1)]
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Align {
    work: Work,
    /// The offsets in both sources up to which edits were reported.
    told: (u64, u64),
    sizes: (u64, u64),
    /// A difference that may grow yet.
    pending: Option<Region>,
    /// The difference after the equal bytes that are reported next.
    next: Option<Region>,
    done: bool,
}

impl Align {
    /// Compares two sources.
    ///
    /// # Errors
    ///
    /// When the length of a source can't be known; streams are read to their end for it.
    pub fn new(a: &Source, b: &Source) -> io::Result<Align> {
        let sizes = (a.size()?, b.size()?);
        let pair = Pair::new(a.clone(), b.clone());
        Ok(Align {
            work: Work::new(pair, Region::new(0..sizes.0, 0..sizes.1)),
            told: (0, 0),
            sizes,
            pending: None,
            next: None,
            done: false,
        })
    }

    /// The next difference, joined with those close to it.
    fn difference(&mut self) -> io::Result<Option<Region>> {
        loop {
            let found = self.work.next()?;
            match (self.pending.take(), found) {
                (pending, None) => return Ok(pending),
                (None, Some(found)) => self.pending = Some(found),
                (Some(pending), Some(found)) => {
                    let between = found.a.start.since(pending.a.end);
                    let sizes = [pending, found].map(Region::size);
                    let limit = sizes.into_iter().fold(COINCIDENCE, u64::min);
                    if between <= limit {
                        self.pending = Some(pending.up_to(found));
                    } else {
                        self.pending = Some(found);
                        return Ok(Some(pending));
                    }
                }
            }
        }
    }

    fn advance(&mut self) -> io::Result<Option<Edit>> {
        if let Some(region) = self.next.take() {
            return Ok(Some(self.tell(false, region)));
        }
        let (a, b) = self.told;
        match self.difference()? {
            Some(region) => {
                let before = Region::new(a..region.a.start, b..region.b.start);
                if before.size() == 0 {
                    return Ok(Some(self.tell(false, region)));
                }
                self.next = Some(region);
                Ok(Some(self.tell(true, before)))
            }
            None => {
                let rest = Region::new(a..self.sizes.0, b..self.sizes.1);
                Ok((rest.size() > 0).then(|| self.tell(true, rest)))
            }
        }
    }

    fn tell(&mut self, equal: bool, region: Region) -> Edit {
        self.told = (region.a.end, region.b.end);
        Edit::new(equal, region)
    }
}

impl Iterator for Align {
    type Item = io::Result<Edit>;

    fn next(&mut self) -> Option<io::Result<Edit>> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl FusedIterator for Align {}

impl fmt::Debug for Align {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Align")
            .field("told", &self.told)
            .field("sizes", &self.sizes)
            .finish_non_exhaustive()
    }
}

/// How many edits there are of each kind, and how many bytes they have in either source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Equal bytes.
    pub equal: u64,
    /// Changes, and their bytes in the first and in the second source.
    pub changed: (u64, u64, u64),
    /// Insertions, and their bytes.
    pub inserted: (u64, u64),
    /// Deletions, and their bytes.
    pub deleted: (u64, u64),
}

impl Summary {
    /// Counts one more.
    pub fn add(&mut self, edit: &Edit) {
        let (a, b) = (edit.a.size(), edit.b.size());
        let count = |to: &mut u64, n: u64| to.tally(n);
        match edit.kind {
            Kind::Equal => count(&mut self.equal, a),
            Kind::Changed => {
                count(&mut self.changed.0, 1);
                count(&mut self.changed.1, a);
                count(&mut self.changed.2, b);
            }
            Kind::Inserted => {
                count(&mut self.inserted.0, 1);
                count(&mut self.inserted.1, b);
            }
            Kind::Deleted => {
                count(&mut self.deleted.0, 1);
                count(&mut self.deleted.1, a);
            }
        }
    }

    /// How many differences there are.
    pub fn differences(&self) -> u64 {
        sum([self.changed.0, self.inserted.0, self.deleted.0])
    }
}

/// Whether two sources hold the same bytes. It reads no further than to the first difference.
///
/// # Errors
///
/// When a source can't be read.
pub fn same(a: &Source, b: &Source) -> io::Result<bool> {
    let (a_size, b_size) = (a.size()?, b.size()?);
    if a_size != b_size {
        return Ok(false);
    }
    let mut pair = Pair::new(a.clone(), b.clone());
    Ok(pair.common_prefix(Region::new(0..a_size, 0..b_size))? == a_size)
}
