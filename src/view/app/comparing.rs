//! Comparing two files: the bytes that are beside each other, and moving from difference to difference.

use std::io;
use std::sync::Arc;

use super::work::{Kind, WorkResult};
use super::{App, Pane, Tone, is_unknown};
use crate::Source;
use crate::offset::Position;
use crate::tree::{Range, Space};
use crate::value::text::counted;
use crate::view::compare::{self, Differences};
use crate::view::fields::{self, Fields, Row};

/// The view of the second file beside the first.
pub(in crate::view) struct SecondBytes<'a> {
    pub(in crate::view) source: &'a Source,
    differences: Option<&'a Differences>,
    /// A pair of offsets that are beside each other; without one, the differences decide.
    anchor: Option<(u64, u64)>,
    /// The selected field in the second file.
    pub(in crate::view) field: Option<Range>,
}

impl SecondBytes<'_> {
    /// The offset beside one of the first file; negative where nothing is beside it.
    pub(in crate::view) fn offset(&self, first: u64) -> i128 {
        match (self.anchor, self.differences) {
            (Some((a, b)), _) => {
                let shift = i128::from(b).saturating_sub(i128::from(a));
                i128::from(first).saturating_add(shift)
            }
            (None, Some(differences)) => differences.counterpart(first).into(),
            (None, None) => first.into(),
        }
    }
}

impl App<'_> {
    /// Whether two files are beside each other, in the place of the tree.
    pub(in crate::view) fn compares(&self) -> bool {
        let [level] = self.levels.as_slice() else {
            return false;
        };
        self.other.is_some()
            && match self.pane {
                Pane::Tree => false,
                Pane::Fields => true,
                Pane::Hex => level.hex.space.is_file() || self.beside().is_some(),
            }
    }

    /// The fields that differ, where two files are compared by them.
    pub(in crate::view) fn fields(&self) -> Option<&Fields> {
        self.other.as_ref()?.fields.as_ref()
    }

    fn fields_mut(&mut self) -> Option<&mut Fields> {
        self.other.as_mut()?.fields.as_mut()
    }

    /// Whether the two files have fields to be compared, now or in a moment.
    pub(in crate::view) fn has_fields(&self) -> bool {
        self.fields().is_some() || self.works.has(Kind::Fields) || self.pane == Pane::Fields
    }

    /// The difference that the bytes of both files are shown for.
    fn shown_row(&self) -> Option<&Row> {
        let space = self.level()?.hex.space;
        let row = self.fields()?.selected();
        row.filter(|_| self.pane == Pane::Fields || !space.is_file())
    }

    /// What of the second file is beside the bytes of the first; `None` where it has nothing there.
    pub(in crate::view) fn beside(&self) -> Option<SecondBytes<'_>> {
        let other = self.other.as_ref()?;
        let space = self.level()?.hex.space;
        let differences = other.differences.as_ref();
        let of_file = |anchor, field| {
            let beside = SecondBytes {
                source: &other.file,
                differences,
                anchor,
                field,
            };
            space.is_file().then_some(beside)
        };
        let Some(row) = self.shown_row() else {
            return of_file(None, None);
        };
        let field = row.second().map(|node| node.range);
        match (row.place(), row.other_place()) {
            (Some(first), Some(second)) if first.space == space => Some(SecondBytes {
                source: self.fields()?.second.space(second.space)?,
                differences,
                anchor: Some((first.offset, second.offset)),
                field,
            }),
            (None, Some(second)) if second.space.is_file() => {
                let first = self.place_in_first(second.offset);
                of_file(Some((first, second.offset)), field)
            }
            (None, Some(_)) => None,
            _ => of_file(None, None),
        }
    }

    /// Where the bytes of the first file are that correspond to an offset of the second.
    fn place_in_first(&self, second: u64) -> u64 {
        let other = self.other.as_ref();
        let differences = other.and_then(|other| other.differences.as_ref());
        differences.map_or(second, |differences| {
            differences.counterpart_of_second(second)
        })
    }

    /// Whether the selected difference has no bytes in the first file.
    pub(in crate::view) fn is_only_in_second(&self) -> bool {
        let row = self.fields().and_then(Fields::selected);
        let row = row.filter(|_| self.pane == Pane::Fields);
        row.is_some_and(|row| {
            let is_inside = |place: Range| !place.space.is_file();
            row.first().is_none() && row.other_place().is_some_and(is_inside)
        })
    }

    /// The selected field in the first file.
    pub(in crate::view) fn field(&self) -> Option<Range> {
        match self.pane {
            Pane::Fields => self.shown_row()?.first().map(|node| node.range),
            _ => self.level()?.field(),
        }
    }

    /// For bytes of a stream on the screen: which ones differ in the second file. For the files themselves, the
    /// differences tell.
    pub(in crate::view) fn others_in_stream(&self, top: u64, count: u64) -> Vec<bool> {
        let Some((level, beside)) = self.level().zip(self.beside()) else {
            return Vec::new();
        };
        let (Some(field), false) = (self.field(), level.hex.space.is_file()) else {
            return Vec::new();
        };
        let Some(source) = level.source(level.hex.space) else {
            return Vec::new();
        };
        let first = source.read(top, count).unwrap_or_default();
        let start = beside.offset(top);
        // Bytes of the first file that have none beside them.
        let alone = usize::try_from(start.saturating_neg()).unwrap_or(0);
        let from = u64::try_from(start).unwrap_or(0);
        let second = beside.source.read(from, count).unwrap_or_default();
        let second = std::iter::repeat_n(None, alone).chain(second.into_iter().map(Some));
        let mut second = second.chain(std::iter::repeat(None));
        let is_other = |(byte, offset): (u8, u64)| {
            let other = second.next().flatten();
            field.contains(offset) && other != Some(byte)
        };
        first.into_iter().zip(top..).map(is_other).collect()
    }

    /// Compares the file with the other one, where there is one.
    pub(super) fn compare(&mut self) {
        let (Some(other), Some(level)) = (&self.other, self.levels.first()) else {
            return;
        };
        let (a, b) = (level.file.clone(), other.file.clone());
        self.work(Kind::Compare, move |watch| {
            WorkResult::Compare(compare::compare(&a, &b, watch))
        });
    }

    pub(super) fn are_compared(&mut self, compared: io::Result<Differences>) {
        match (compared, &mut self.other) {
            (Ok(differences), Some(other)) => other.differences = Some(differences),
            (Err(error), _) => self.say(Tone::Error, error.to_string()),
            (Ok(_), None) => {}
        }
    }

    /// Compares the fields of both files, where they have one format.
    pub(super) fn compare_fields(&mut self) {
        let (Some(other), Some(level)) = (&mut self.other, self.levels.first()) else {
            return;
        };
        // An applied format is that of both files.
        let is_one = level.applied.is_some() || other.format == level.document.format().name();
        if !is_one || is_unknown(&level.document) {
            other.fields = None;
            return self.leave_fields();
        }
        let (first, second) = (Arc::clone(&level.document), other.file.clone());
        self.work(Kind::Fields, move |watch| {
            WorkResult::Fields(fields::compare(&first, &second, watch))
        });
    }

    pub(super) fn fields_are_compared(&mut self, compared: io::Result<Fields>) {
        let Some(other) = &mut self.other else { return };
        let old = other.fields.take();
        match compared {
            Ok(mut fields) => {
                if let Some(old) = old {
                    fields.keep_place(&old);
                }
                let is_empty = fields.rows.is_empty();
                other.fields = Some(fields);
                match is_empty {
                    true => self.leave_fields(),
                    false if self.pane == Pane::Fields => self.follow_fields(),
                    false => {}
                }
            }
            Err(error) => {
                self.say(Tone::Error, error.to_string());
                self.leave_fields();
            }
        }
    }

    /// Moves to the bytes where the list of fields is gone.
    pub(super) fn leave_fields(&mut self) {
        if self.pane == Pane::Fields {
            self.pane = Pane::Hex;
        }
    }

    /// Shows the bytes of both sides of the chosen difference.
    pub(super) fn follow_fields(&mut self) {
        self.works.stop(Kind::Locate);
        let row = self.fields().and_then(Fields::selected);
        let Some(row) = row else { return };
        let place = match (row.place(), row.other_place()) {
            (Some(place), _) => place,
            (None, Some(second)) if second.space.is_file() => {
                Range::file(self.place_in_first(second.offset), 1)
            }
            _ => return,
        };
        if let Some(level) = self.level_mut() {
            level.hex.selects = false;
            level.show_space(place.space);
            level.hex.go(place.offset);
            level.owner.clear();
        }
    }

    /// Moves in the list of fields that differ.
    pub(super) fn step_fields(&mut self, rows: isize) {
        if let Some(fields) = self.fields_mut() {
            fields.move_by(rows);
        }
        self.follow_fields();
    }

    pub(super) fn select_field(&mut self, row: usize) {
        if let Some(fields) = self.fields_mut() {
            fields.select(row);
        }
        self.follow_fields();
    }

    /// Goes to the next difference from the other file, or to the one before.
    pub(super) fn go_to_difference(&mut self, back: bool) {
        if self.other.is_none() {
            return self.say(Tone::Note, "one file is shown; view A B compares two");
        }
        if self.levels.len() > 1 {
            return self.say(Tone::Note, "Backspace leads to the file that is compared");
        }
        match self.pane {
            Pane::Fields => self.go_to_other_field(back),
            _ => self.go_to_other_bytes(back),
        }
    }

    fn go_to_other_field(&mut self, back: bool) {
        let Some(fields) = self.fields_mut().filter(|fields| !fields.rows.is_empty()) else {
            return self.say(Tone::Note, "the fields are being compared");
        };
        fields.go_on(back);
        let (number, count) = (fields.cursor.past(1), fields.rows.len());
        let word = fields.selected().map_or("", Row::word);
        let more = if fields.is_cut { "+" } else { "" };
        self.follow_fields();
        self.say(
            Tone::Note,
            format!("field {number} of {count}{more} that differ: {word}"),
        );
    }

    fn go_to_other_bytes(&mut self, back: bool) {
        let Some(other) = &self.other else { return };
        let Some(differences) = &other.differences else {
            return self.say(Tone::Note, "the files are being compared");
        };
        let level = self.level();
        let is_file = level.is_some_and(|level| level.hex.space.is_file());
        let offset = level
            .filter(|_| is_file)
            .map_or(0, |level| level.hex.cursor);
        let last = other
            .gone_to
            .filter(|(cursor, _)| is_file && *cursor == offset);
        let index = match (last, back) {
            (Some((_, index)), false) => differences.around(index.past(1)),
            (Some((_, index)), true) => differences.before(index),
            (None, back) => differences.beside(offset, back),
        };
        let Some(edit) = differences.get(index).copied() else {
            return self.say(Tone::Note, "the files have the same bytes");
        };
        let more = if differences.is_cut { "+" } else { "" };
        let (number, count) = (index.past(1), differences.len());
        let (gone, come) = (edit.a.size(), edit.b.size());
        let what = match (gone, come) {
            (0, _) => format!("{} inserted", counted(come, "byte")),
            (_, 0) => format!("{} deleted", counted(gone, "byte")),
            _ if gone == come => format!("{} changed", counted(gone, "byte")),
            _ => format!("{} became {come}", counted(gone, "byte")),
        };
        self.pane = Pane::Hex;
        self.go_to_bytes(Range::new(Space::FILE, edit.a.start, gone.max(1)));
        let cursor = self.level().map_or(0, |level| level.hex.cursor);
        if let Some(other) = &mut self.other {
            other.gone_to = Some((cursor, index));
        }
        self.say(
            Tone::Note,
            format!("difference {number} of {count}{more}: {what}"),
        );
    }
}
