//! Where two files of one format differ, field by field, as a list.

use std::io;
use std::sync::Arc;

use super::job::Watch;
use crate::inspect::Document;
use crate::inspect::diff::{Difference, Side, diff};
use crate::offset::Position;
use crate::tree::{Node, Place, Range};

/// Differences that are kept, at most.
const MOST: usize = 10_000;

/// The bytes of a difference in each of the files.
#[derive(Clone, Debug)]
pub(super) enum Sides {
    Both {
        first: Box<Node>,
        second: Box<Node>,
        /// Where the first byte that differs is, from the start of both.
        at: u64,
    },
    First(Box<Node>),
    Second(Box<Node>),
}

/// A field that differs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Where the field is in the first file, or else in the second.
    pub(super) place: Place,
    /// Its path as people read it.
    pub(super) path: String,
    pub(super) sides: Sides,
}

impl Row {
    fn new(difference: Difference) -> Row {
        let one = |side: Box<Side>, sides: fn(Box<Node>) -> Sides| Row {
            place: side.place,
            path: side.path,
            sides: sides(Box::new(side.node)),
        };
        match difference {
            Difference::Changed { old, new, at } => Row {
                place: old.place,
                path: old.path,
                sides: Sides::Both {
                    first: Box::new(old.node),
                    second: Box::new(new.node),
                    at,
                },
            },
            Difference::Removed(side) => one(side, Sides::First),
            Difference::Added(side) => one(side, Sides::Second),
        }
    }

    pub(super) fn first(&self) -> Option<&Node> {
        match &self.sides {
            Sides::Both { first, .. } | Sides::First(first) => Some(first),
            Sides::Second(_) => None,
        }
    }

    pub(super) fn second(&self) -> Option<&Node> {
        match &self.sides {
            Sides::Both { second, .. } | Sides::Second(second) => Some(second),
            Sides::First(_) => None,
        }
    }

    /// Where the first byte that differs is, from the start of the field.
    pub(super) fn at(&self) -> u64 {
        match &self.sides {
            Sides::Both { at, .. } => *at,
            _ => 0,
        }
    }

    /// The bytes of the first file, from the first that differs on.
    pub(super) fn place(&self) -> Option<Range> {
        self.first().map(|node| from(node.range, self.at()))
    }

    /// The same of the second file.
    pub(super) fn other_place(&self) -> Option<Range> {
        self.second().map(|node| from(node.range, self.at()))
    }

    /// The kind of difference in a word.
    pub(super) fn word(&self) -> &'static str {
        match self.sides {
            Sides::Both { .. } => "changed",
            Sides::First(_) => "only in the first",
            Sides::Second(_) => "only in the second",
        }
    }
}

fn from(range: Range, at: u64) -> Range {
    Range::new(range.space, range.offset.past(at), range.size.since(at))
}

/// The fields that differ, in the order of the first file.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) rows: Vec<Row>,
    /// Whether more follow that are not kept.
    pub(super) is_cut: bool,
    /// The second file with its tree.
    pub(super) second: Arc<Document>,
    pub(super) cursor: usize,
    /// The first row on the screen.
    pub(super) top: usize,
}

/// Compares two files of one format; the first in its tree, the second by its bytes.
pub(super) fn compare(
    first: &Document,
    second: &crate::Source,
    watch: &Watch,
) -> io::Result<Fields> {
    // Both are read in step, so that the work ends where reading one of them ends.
    let second = first.again(watch.source(second.clone()))?;
    let (mut rows, mut is_cut) = (Vec::new(), false);
    let compared = diff(first, &second, &mut |difference| {
        watch.check()?;
        if rows.len() >= MOST {
            is_cut = true;
            return Err(io::Error::other("no more differences are kept"));
        }
        rows.push(Row::new(difference));
        Ok(())
    });
    if let Err(error) = compared
        && !is_cut
    {
        return Err(error);
    }
    Ok(Fields {
        rows,
        is_cut,
        second: Arc::new(second),
        cursor: 0,
        top: 0,
    })
}

impl Fields {
    pub(super) fn selected(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    /// Keeps the cursor of an older comparison: at the same path, or at the same row of the screen.
    pub(super) fn keep_place(&mut self, old: &Fields) {
        let path = old.selected().map(|row| row.path.as_str());
        let same = |row: &Row| Some(row.path.as_str()) == path;
        let place = self.rows.iter().position(same);
        self.top = old.top;
        self.select(place.unwrap_or(old.cursor));
    }

    pub(super) fn select(&mut self, row: usize) {
        self.cursor = row.min(self.rows.len().saturating_sub(1));
        self.top = self.top.min(self.cursor);
    }

    pub(super) fn move_by(&mut self, rows: isize) {
        self.select(self.cursor.saturating_add_signed(rows));
    }

    /// The next difference or the one before, around the ends.
    pub(super) fn go_on(&mut self, back: bool) {
        let last = self.rows.len().saturating_sub(1);
        self.select(match back {
            false if self.cursor >= last => 0,
            false => self.cursor.past(1),
            true => self.cursor.checked_sub(1).unwrap_or(last),
        });
    }

    /// Scrolls so that the cursor is on a screen of `height` rows.
    pub(super) fn show_cursor(&mut self, height: usize) {
        let lowest = self.cursor.past(1).saturating_sub(height.max(1));
        let highest = self.rows.len().saturating_sub(height);
        self.top = self.top.min(highest).max(lowest).min(self.cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::StructFormat;
    use crate::{Source, Struct};

    fn compared(format: &str, a: &[u8], b: &[u8]) -> Fields {
        let layout = StructFormat::new("s", Struct::new(format).unwrap());
        let a = Document::open(Source::from(a), layout).unwrap();
        compare(&a, &Source::from(b), &Watch::default()).unwrap()
    }

    #[test]
    fn fields_that_differ_are_told_with_both_their_places() {
        let fields = compared(
            "<H:id 4s:name *(B:x B:y):points",
            b"\x01\0namepq",
            b"\x01\0nAmepqrs",
        );
        let told: Vec<_> = fields
            .rows
            .iter()
            .map(|row| (row.path.as_str(), row.word(), row.at()))
            .collect();
        assert_eq!(
            told,
            [
                ("name", "changed", 1),
                ("points[1]", "only in the second", 0)
            ]
        );
        assert_eq!(fields.rows[0].place(), Some(Range::file(3, 3)));
        assert_eq!(fields.rows[1].place(), None);
        assert_eq!(fields.rows[1].other_place(), Some(Range::file(8, 2)));
        assert!(compared("<H:id", &[1, 0], &[1, 0]).rows.is_empty());
    }

    #[test]
    fn no_more_than_so_many_are_kept_and_that_is_known() {
        let (a, b) = (vec![0; 2 * MOST + 2], vec![1; 2 * MOST + 2]);
        let fields = compared("*(B:x B:y):points", &a, &b);
        assert_eq!((fields.rows.len(), fields.is_cut), (MOST, true));
    }

    #[test]
    fn the_cursor_goes_around_the_ends_and_stays_at_its_field() {
        let mut old = compared("<B:a B:b B:c", &[1, 2, 3], &[4, 5, 6]);
        old.go_on(true);
        assert_eq!(old.selected().unwrap().path, "c");
        old.go_on(false);
        assert_eq!(old.selected().unwrap().path, "a");
        old.move_by(1);
        let mut new = compared("<B:a B:b B:c", &[4, 2, 3], &[4, 5, 6]);
        new.keep_place(&old);
        assert_eq!(
            (new.cursor, new.selected().unwrap().path.as_str()),
            (0, "b")
        );
    }
}
