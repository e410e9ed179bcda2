//! Changing the file, also from inside a part of it that was entered, which keeps its size.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::work::{Kind, WorkResult};
use super::{App, Mode, PromptKind, Tone};
use crate::Source;
use crate::inspect::edit::{self, Change, Edit};
use crate::inspect::{Document, Path};
use crate::offset::Position;
use crate::source::part;
use crate::tree::Place;
use crate::view::edits::{Edits, Replacement};
use crate::view::job::Watch;
use crate::view::level::Level;
use crate::view::line::Line;

/// Why a part of the file can't have another size.
const KEEPS_SIZE: &str =
    "what is inside of a file keeps its size: type over it, or leave (Backspace)";

/// A document around the one that is edited.
struct OuterDocument {
    document: Arc<Document>,
    /// Its bytes as they are now.
    file: Source,
    /// Whether the document was read before these bytes changed.
    is_stale: bool,
    /// Where in it the edited field is, and where that field begins.
    place: Place,
    start: u64,
}

impl App<'_> {
    pub(super) fn edits(&self) -> Option<&Edits> {
        self.levels.first()?.edits.as_ref()
    }

    pub(super) fn edits_mut(&mut self) -> Option<&mut Edits> {
        self.levels.first_mut()?.edits.as_mut()
    }

    /// The bytes of a range on the screen that were typed.
    pub(in crate::view) fn typed(&self, offset: u64, size: u64) -> Vec<Range<u64>> {
        let origin = self.level().and_then(|level| level.origin);
        let (Some(edits), Some(origin)) = (self.edits(), origin) else {
            return Vec::new();
        };
        let typed = edits.typed(offset.past(origin), size);
        let here = |at: u64| at.saturating_sub(origin);
        typed
            .into_iter()
            .map(|range| here(range.start)..here(range.end))
            .collect()
    }

    /// Whether the bytes on the screen can be changed; says why not.
    pub(super) fn can_edit(&mut self) -> bool {
        let Some(level) = self.level() else {
            return false;
        };
        let is_inside = level.origin.is_none() && self.levels.len() > 1;
        let why = match (self.edits(), level.hex.space.is_file() && !is_inside) {
            (None, _) => "it was read as a stream, and can't be changed; keep it in a file",
            (Some(_), false) => "a stream holds it compressed: take it out to change it (extract)",
            (Some(_), true) if self.levels.len() == 1 => return true,
            // The document may be about to be read again, or one around it.
            (Some(_), true) if self.works.has(Kind::Read) => {
                "the file is still being read; once more in a moment"
            }
            (Some(_), true) => return true,
        };
        self.say(Tone::Warning, why);
        false
    }

    /// Whether bytes can be inserted and deleted; says why not.
    pub(super) fn can_resize(&mut self) -> bool {
        let can = self.levels.len() == 1;
        if !can {
            self.say(Tone::Warning, KEEPS_SIZE);
        }
        can
    }

    /// Changes the bytes on the screen, and shows them.
    pub(super) fn put(&mut self, what: &str, puts: &[Replacement]) {
        let puts = puts.iter().filter_map(|put| self.in_file(put));
        let puts: Vec<Replacement> = puts.collect();
        if let Some(edits) = self.edits_mut() {
            edits.put(what, &puts);
            self.refresh();
        }
    }

    /// Makes a change as a part of the last one.
    pub(super) fn put_more(&mut self, put: &Replacement) {
        let put = self.in_file(put);
        if let (Some(edits), Some(put)) = (self.edits_mut(), put) {
            edits.put_more(&put);
        }
        self.refresh();
    }

    /// A replacement in the bytes on the screen as one in the file.
    fn in_file(&self, put: &Replacement) -> Option<Replacement> {
        let origin = self.level()?.origin?;
        Some(Replacement {
            offset: put.offset.past(origin),
            ..put.clone()
        })
    }

    pub(super) fn refresh(&mut self) {
        self.spread();
        for level in &mut self.levels {
            level.is_stale = true;
        }
        self.file_has_changed();
    }

    /// Updates the bytes of all documents that are parts of the file.
    pub(super) fn spread(&mut self) {
        let Some(file) = self.edits().map(Edits::source) else {
            return;
        };
        for (depth, level) in self.levels.iter_mut().enumerate() {
            let size = level.hex_size();
            match level.origin {
                Some(_) if depth == 0 => level.file = file.clone(),
                Some(origin) => level.file = part::of(&file, origin, size),
                None => {}
            }
        }
    }

    pub(super) fn undo(&mut self) {
        self.turn(false);
    }

    pub(super) fn redo(&mut self) {
        self.turn(true);
    }

    fn turn(&mut self, forward: bool) {
        let Some(level) = self.level() else { return };
        let (is_file, origin) = (self.levels.len() == 1, level.origin);
        let size = level.hex_size();
        let moves = self.edits().is_some_and(|edits| edits.moves(forward));
        if !is_file && (moves || origin.is_none()) {
            let word = if forward { "redone" } else { "undone" };
            let told = format!("that is {word} in the file itself: Backspace leads to it");
            return self.say(Tone::Warning, told);
        }
        let turned = self.edits_mut().and_then(|edits| match forward {
            true => edits.redo(),
            false => edits.undo(),
        });
        let Some((what, offset)) = turned else {
            let word = if forward { "do again" } else { "undo" };
            return self.say(Tone::Note, format!("there is nothing to {word}"));
        };
        self.spread();
        let place = origin.and_then(|origin| offset.checked_sub(origin));
        let place = place.filter(|place| is_file || *place < size);
        if let (Some(level), Some(place)) = (self.level_mut(), place) {
            level.hex.selects = false;
            level.show_space(crate::tree::Space::FILE);
            level.hex.go(place);
        }
        self.refresh();
        self.follow_hex();
        let word = if forward { "done again" } else { "undone" };
        let outside = match place {
            Some(_) => "",
            None => ", outside of what is shown",
        };
        self.say(Tone::Note, format!("{what} {word}{outside}"));
    }

    /// Computes the changes of setting a field, here and in the documents around.
    pub(super) fn plan(&mut self, path: &Path, text: String) {
        let Some(level) = self.level() else { return };
        let document = Arc::clone(&level.document);
        let path = path.clone();
        let around = self.around();
        self.work(Kind::Plan, move |watch| {
            let planned = planned(&document, &path, &text, &around, watch);
            WorkResult::Plan(path, text, planned)
        });
    }

    /// The documents around the current one, the innermost first.
    fn around(&self) -> Vec<OuterDocument> {
        let pairs = self.levels.windows(2).rev();
        let around = pairs.filter_map(|pair| match pair {
            [outer, inner] => Some(OuterDocument {
                document: Arc::clone(&outer.document),
                file: outer.file.clone(),
                is_stale: outer.is_stale,
                place: inner.place.clone(),
                start: inner.origin?.checked_sub(outer.origin?)?,
            }),
            _ => None,
        });
        around.collect()
    }

    /// The value is refused: the line comes back to be corrected.
    pub(super) fn is_refused(&mut self, path: Path, text: &str, why: String) {
        if matches!(self.mode, Mode::Browse) {
            self.mode = Mode::Prompt(PromptKind::Value(path), Line::new(text));
        }
        self.say(Tone::Error, why);
    }

    /// Applies the planned changes to the file.
    pub(super) fn is_planned(&mut self, path: &Path, edit: &Edit) {
        if edit.changes.is_empty() {
            return self.say(Tone::Note, "nothing changes: the field has this value");
        }
        let puts: Vec<Replacement> = edit
            .changes
            .iter()
            .map(|change| Replacement {
                offset: change.offset,
                removed: change.old.len() as u64,
                bytes: change.new.clone(),
            })
            .collect();
        let told = describe(edit);
        if let Some(edits) = self.edits_mut() {
            edits.put(&format!("set {path}"), &puts);
        }
        self.refresh();
        match edit.new_problems.first() {
            Some(problem) => self.say(
                Tone::Warning,
                format!("{told}; this breaks {}: {}", problem.code, problem.message),
            ),
            None => self.say(Tone::Note, told),
        }
    }
}

/// The changes in words.
fn describe(edit: &Edit) -> String {
    let own = edit.changes.iter().find(|change| !change.follows);
    let told = own.map_or(String::new(), |change| {
        format!(
            "{}: {} → {}",
            change.path, change.old_value, change.new_value
        )
    });
    let others: Vec<&str> = edit
        .changes
        .iter()
        .filter(|change| change.follows)
        .map(|change| change.path.as_str())
        .collect();
    match others.is_empty() {
        true => told,
        false => format!("{told}; {} follows", others.join(", ")),
    }
}

fn planned(
    document: &Document,
    path: &Path,
    text: &str,
    around: &[OuterDocument],
    watch: &Watch,
) -> Result<Edit, String> {
    let nested = |text: &str| crate::render::json::read(text).ok();
    let mut edit = edit::plan(document, &[(path.clone(), text.to_owned())], true, &nested)
        .map_err(|error| error.to_string())?;
    for outer in around {
        outer
            .widen(&mut edit, watch)
            .map_err(|error| error.to_string())?;
    }
    Ok(edit)
}

impl OuterDocument {
    /// An edit of an inner document as one of this document, with the changes that follow here.
    fn widen(&self, edit: &mut Edit, watch: &Watch) -> io::Result<()> {
        let file = watch.source(self.file.clone());
        let document = match self.is_stale {
            true => &self.document.again(file)?,
            false => &*self.document,
        };
        for change in &mut edit.changes {
            change.offset = change.offset.past(self.start);
        }
        let inside: Vec<Change> = edit
            .changes
            .iter()
            .map(|change| Change {
                path: self.place.to_string(),
                places: vec![self.place.clone()],
                ..change.clone()
            })
            .collect();
        let outer = edit::around(document, &inside)?;
        edit.changes.extend(outer.changes);
        edit.changes.sort_by_key(|change| change.offset);
        edit.new_problems.extend(outer.new_problems);
        Ok(())
    }
}

impl Level {
    /// The size of a part of the file, which stays.
    fn hex_size(&self) -> u64 {
        self.document.root().range.end()
    }
}
