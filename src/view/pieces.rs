//! A file with edits as pieces: parts of the file as it is on the disk, and bytes that were typed.
//!
//! An edit of a file of any size costs as much memory as the bytes that were typed, and a few numbers.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::Source;
use crate::offset::{Position, Tally, sum};
use crate::source::ReadAt;

/// Typed bytes that are side by side become one piece up to this size.
const JOINED: usize = 4096;

/// A stretch of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Of the file.
    Base {
        /// Where it begins there.
        start: u64,
        /// In bytes.
        size: u64,
    },
    /// Typed.
    Own(Arc<[u8]>),
}

impl Piece {
    pub(super) fn own(bytes: &[u8]) -> Piece {
        Piece::Own(Arc::from(bytes))
    }

    fn size(&self) -> u64 {
        match self {
            Piece::Base { size, .. } => *size,
            Piece::Own(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes before an offset of the piece, and those from it on.
    fn split(&self, at: u64) -> (Piece, Piece) {
        match self {
            Piece::Base { start, size } => {
                let at = at.min(*size);
                let front = Piece::Base {
                    start: *start,
                    size: at,
                };
                let back = Piece::Base {
                    start: start.past(at),
                    size: size.since(at),
                };
                (front, back)
            }
            Piece::Own(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                let (front, back) = bytes.split_at(at);
                (Piece::own(front), Piece::own(back))
            }
        }
    }

    /// One piece of two that follow each other, where they are one.
    fn joined(&self, next: &Piece) -> Option<Piece> {
        match (self, next) {
            (
                Piece::Base { start, size },
                Piece::Base {
                    start: from,
                    size: more,
                },
            ) => (start.past(*size) == *from).then(|| Piece::Base {
                start: *start,
                size: size.past(*more),
            }),
            (Piece::Own(a), Piece::Own(b)) if a.len().saturating_add(b.len()) <= JOINED => {
                Some(Piece::Own([&**a, &**b].concat().into()))
            }
            _ => None,
        }
    }
}

/// Bytes of the file that were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    /// The bytes of the file that are gone.
    pub(super) old: Range<u64>,
    /// Where the new ones are.
    pub(super) offset: u64,
    /// The new ones.
    pub(super) new: Vec<u8>,
}

impl Hunk {
    /// Whether nothing after it moves.
    pub(super) fn keeps_size(&self) -> bool {
        self.old.end.since(self.old.start) == self.new.len() as u64
    }
}

/// The pieces of a file, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    list: Vec<Piece>,
    /// The size of the file as it is on the disk.
    base: u64,
}

impl Pieces {
    /// A file of this size in bytes, without edits.
    pub(super) fn whole(size: u64) -> Pieces {
        let mut pieces = Pieces {
            list: vec![Piece::Base { start: 0, size }],
            base: size,
        };
        pieces.tidy();
        pieces
    }

    pub(super) fn size(&self) -> u64 {
        sum(self.list.iter().map(Piece::size))
    }

    /// Puts pieces in the place of bytes, and answers with those that were there.
    pub(super) fn splice(&mut self, at: u64, removed: u64, added: &[Piece]) -> Vec<Piece> {
        let end = at.past(removed);
        let (mut front, mut out, mut back) = (Vec::new(), Vec::new(), Vec::new());
        let mut start = 0u64;
        for piece in self.list.drain(..) {
            let size = piece.size();
            let (before, rest) = piece.split(at.saturating_sub(start));
            let start_of_rest = start.past(before.size());
            let (inside, after) = rest.split(end.saturating_sub(start_of_rest));
            front.push(before);
            out.push(inside);
            back.push(after);
            start.tally(size);
        }
        self.list = front;
        self.list.extend(added.iter().cloned());
        self.list.extend(back);
        self.tidy();
        out.retain(|piece| piece.size() > 0);
        out
    }

    /// Removes empty pieces, and joins adjacent ones.
    fn tidy(&mut self) {
        let mut tidy: Vec<Piece> = Vec::with_capacity(self.list.len());
        for piece in self.list.drain(..).filter(|piece| piece.size() > 0) {
            match tidy.last_mut().and_then(|last| last.joined(&piece)) {
                Some(joined) => {
                    tidy.pop();
                    tidy.push(joined);
                }
                None => tidy.push(piece),
            }
        }
        self.list = tidy;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Piece> {
        self.list.iter()
    }

    /// The changes from the file on the disk to this one.
    pub(super) fn hunks(&self) -> Vec<Hunk> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let (mut base, mut offset) = (0u64, 0u64);
        let mut new = Vec::new();
        let mut close = |old: Range<u64>, end: u64, new: &mut Vec<u8>| {
            if !old.is_empty() || !new.is_empty() {
                hunks.push(Hunk {
                    old,
                    offset: end.since(new.len() as u64),
                    new: std::mem::take(new),
                });
            }
        };
        for piece in &self.list {
            match piece {
                Piece::Own(bytes) => new.extend_from_slice(bytes),
                Piece::Base { start, size } => {
                    close(base..*start, offset, &mut new);
                    base = start.past(*size);
                }
            }
            offset.tally(piece.size());
        }
        close(base..self.base, offset, &mut new);
        hunks
    }

    /// Which bytes from an offset on were typed.
    pub(super) fn typed(&self, offset: u64, size: u64) -> Vec<Range<u64>> {
        let end = offset.saturating_add(size);
        let mut found = Vec::new();
        let mut start = 0u64;
        for piece in &self.list {
            let next = start.past(piece.size());
            if matches!(piece, Piece::Own(_)) && next > offset && start < end {
                found.push(start.max(offset)..next.min(end));
            }
            start = next;
        }
        found
    }

    /// The bytes, where `base` is the file.
    pub(super) fn source(&self, base: &Source) -> Source {
        let mut start = 0u64;
        let mut starts = Vec::with_capacity(self.list.len());
        for piece in &self.list {
            starts.push(start);
            start.tally(piece.size());
        }
        Source::new(Pieced {
            base: base.clone(),
            list: self.list.clone(),
            starts,
            size: start,
        })
    }
}

/// Pieces that are read.
struct Pieced {
    base: Source,
    list: Vec<Piece>,
    starts: Vec<u64>,
    size: u64,
}

impl ReadAt for Pieced {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let after = self.starts.partition_point(|start| *start <= offset);
        let Some(index) = after.checked_sub(1) else {
            return Ok(0);
        };
        let (Some(piece), Some(start)) = (self.list.get(index), self.starts.get(index)) else {
            return Ok(0);
        };
        let within = offset.since(*start);
        let left = piece.size().saturating_sub(within);
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let buf = buf.get_mut(..room).unwrap_or_default();
        match piece {
            Piece::Base { start, .. } => self.base.read_into(start.past(within), buf),
            Piece::Own(bytes) => bytes.read_at(within, buf),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are its own"
)]
mod tests {
    use super::*;

    fn read(pieces: &Pieces, base: &[u8]) -> Vec<u8> {
        let source = pieces.source(&Source::from(base));
        source.read(0, 1000).unwrap()
    }

    #[test]
    fn bytes_are_replaced_inserted_and_deleted_and_come_back() {
        let base = b"0123456789";
        let mut pieces = Pieces::whole(10);
        let whole = pieces.clone();
        let replaced = pieces.splice(2, 2, &[Piece::own(b"AB")]);
        assert_eq!(read(&pieces, base), b"01AB456789");
        let inserted = pieces.splice(10, 0, &[Piece::own(b"!")]);
        assert_eq!(read(&pieces, base), b"01AB456789!");
        let deleted = pieces.splice(0, 3, &[]);
        assert_eq!(read(&pieces, base), b"B456789!");
        assert_eq!(pieces.size(), 8);
        pieces.splice(0, 0, &deleted);
        pieces.splice(10, 1, &inserted);
        pieces.splice(2, 2, &replaced);
        assert_eq!(pieces, whole, "what is undone is as if it had never been");
    }

    #[test]
    fn hunks_say_what_became_of_which_bytes() {
        let mut pieces = Pieces::whole(10);
        assert!(pieces.hunks().is_empty());
        pieces.splice(2, 2, &[Piece::own(b"AB")]);
        pieces.splice(6, 1, &[]);
        pieces.splice(9, 0, &[Piece::own(b"end")]);
        let hunk = |old: Range<u64>, offset, new: &[u8]| Hunk {
            old,
            offset,
            new: new.to_vec(),
        };
        let expected = [
            hunk(2..4, 2, b"AB"),
            hunk(6..7, 6, b""),
            hunk(10..10, 9, b"end"),
        ];
        assert_eq!(pieces.hunks(), expected);
        assert!(expected[0].keeps_size() && !expected[1].keeps_size());
        assert_eq!(pieces.typed(3, 8), [3..4, 9..11]);
    }

    /// Compared with a vector that is changed in the same way.
    #[test]
    fn any_sequence_of_splices_reads_as_one_done_to_a_vector() {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let base: Vec<u8> = (0..100).collect();
        let mut pieces = Pieces::whole(100);
        let mut model = base.clone();
        let mut undo = Vec::new();
        for _ in 0..500 {
            let at = next(model.len() as u64 + 1);
            let removed = next(6).min(model.len() as u64 - at);
            let added: Vec<u8> = (0..next(5)).map(|_| next(256) as u8).collect();
            let old = pieces.splice(at, removed, &[Piece::own(&added)]);
            undo.push((at, added.len() as u64, old));
            let range = at as usize..(at + removed) as usize;
            model.splice(range, added);
            assert_eq!(
                pieces
                    .source(&Source::from(&*base))
                    .read(0, 10_000)
                    .unwrap(),
                model
            );
            let mut made = base.clone();
            for hunk in pieces.hunks().iter().rev() {
                let old = hunk.old.start as usize..hunk.old.end as usize;
                made.splice(old, hunk.new.iter().copied());
            }
            assert_eq!(made, model, "the hunks make the file");
        }
        for (at, added, old) in undo.into_iter().rev() {
            pieces.splice(at, added, &old);
        }
        assert_eq!(pieces, Pieces::whole(100));
    }
}
