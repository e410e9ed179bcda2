//! A second file beside the first, and where they differ.

use std::io;

use super::fields::Fields;
use super::job::Watch;
use crate::Source;
use crate::inspect::align::{Align, Edit, Kind, Span};
use crate::offset::Position;

/// Differences that are kept, at most.
const MOST: usize = 100_000;

/// Another file.
#[derive(Debug)]
pub(super) struct SecondFile {
    pub(super) name: String,
    pub(super) file: Source,
    /// The name of the format that its content tells, or of the one that was given for both.
    pub(super) format: String,
    /// The fields that differ; `None` until they are found, and where the two files have different formats.
    pub(super) fields: Option<Fields>,
    /// `None` until they are found.
    pub(super) differences: Option<Differences>,
    /// The difference that was visited last, and where the cursor was then.
    pub(super) gone_to: Option<(u64, usize)>,
}

/// The differences between two files, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Differences {
    list: Vec<Edit>,
    /// Whether more follow that are not kept.
    pub(super) is_cut: bool,
}

/// Compares two files.
pub(super) fn compare(a: &Source, b: &Source, watch: &Watch) -> io::Result<Differences> {
    let (a, b) = (watch.source(a.clone()), watch.source(b.clone()));
    let mut differences = Differences::default();
    for edit in Align::new(&a, &b)? {
        let edit = edit?;
        if edit.kind == Kind::Equal {
            continue;
        }
        if differences.list.len() >= MOST {
            differences.is_cut = true;
            break;
        }
        differences.list.push(edit);
    }
    Ok(differences)
}

impl Differences {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The offset of the second file that corresponds to one of the first.
    pub(super) fn counterpart(&self, offset: u64) -> u64 {
        self.beyond(offset, |edit| (edit.a, edit.b))
    }

    /// The offset of the first file that corresponds to one of the second.
    pub(super) fn counterpart_of_second(&self, offset: u64) -> u64 {
        self.beyond(offset, |edit| (edit.b, edit.a))
    }

    /// The offset on the other side; `sides` has the side of the offset first.
    fn beyond(&self, offset: u64, sides: fn(&Edit) -> (Span, Span)) -> u64 {
        let after = self
            .list
            .partition_point(|edit| sides(edit).0.start <= offset);
        let edit = after.checked_sub(1).and_then(|at| self.list.get(at));
        let Some((here, there)) = edit.map(sides) else {
            return offset;
        };
        match offset < here.end {
            true => {
                let within = offset.since(here.start);
                there.start.past(within.min(there.size()))
            }
            false => there.end.past(offset.since(here.end)),
        }
    }

    /// Whether a byte of the first file is in a difference, or one of the second.
    pub(super) fn has(&self, offset: u64, second: bool) -> bool {
        let span = |edit: &Edit| if second { edit.b } else { edit.a };
        let after = self.list.partition_point(|edit| span(edit).start <= offset);
        // Differences without bytes on this side may come between.
        let before = self.list.get(..after).unwrap_or_default();
        let last = before.iter().rev().find(|edit| span(edit).size() > 0);
        last.is_some_and(|edit| offset < span(edit).end)
    }

    /// The number of the next difference that begins after an offset, or of the last one before it, around
    /// the ends.
    pub(super) fn beside(&self, offset: u64, back: bool) -> usize {
        match back {
            false => {
                let next = self.list.partition_point(|edit| edit.a.start <= offset);
                self.around(next)
            }
            true => {
                let next = self.list.partition_point(|edit| edit.a.start < offset);
                self.before(next)
            }
        }
    }

    /// The number itself, or the first after the last.
    pub(super) fn around(&self, number: usize) -> usize {
        if number < self.list.len() { number } else { 0 }
    }

    /// The number before another, or the last before the first.
    pub(super) fn before(&self, number: usize) -> usize {
        let last = self.list.len().saturating_sub(1);
        number.checked_sub(1).unwrap_or(last)
    }

    pub(super) fn get(&self, number: usize) -> Option<&Edit> {
        self.list.get(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_have_counterparts_and_differences_are_gone_to() {
        let (a, b) = (
            Source::from(&b"header body tail"[..]),
            Source::from(&b"header, body TAIL and more"[..]),
        );
        let found = compare(&a, &b, &Watch::default()).unwrap();
        // ", " after the header, and another end.
        assert_eq!(found.counterpart(0), 0);
        assert_eq!(found.counterpart(7), 8, "what follows the comma");
        assert_eq!(found.counterpart_of_second(8), 7);
        assert!(found.has(6, true) && !found.has(6, false) && !found.has(7, true));
        let first = found.get(found.beside(0, false)).unwrap();
        assert_eq!((first.a.start, first.b.size()), (6, 1));
        let last = found.beside(0, true);
        assert_eq!(
            (last, found.get(last).unwrap().a.start),
            (found.len() - 1, 12)
        );
        assert_eq!(found.beside(15, false), 0, "around the end");
    }

    #[test]
    fn files_that_are_equal_have_none() {
        let a = Source::from(&b"same"[..]);
        let found = compare(&a, &a, &Watch::default()).unwrap();
        assert_eq!((found.len(), found.get(found.beside(0, false))), (0, None));
        assert_eq!(found.counterpart(3), 3);
    }
}
