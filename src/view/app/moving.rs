//! Moving: each half of the screen follows the other, and levels are entered and left.

use std::sync::Arc;

use super::{App, Pane, Panel, Tone};
use crate::format::Unknown;
use crate::inspect::{Document, Path};
use crate::offset::Position;
use crate::tree::{Node, Place, Range, Role};
use crate::view::app::work::{Kind, WorkResult};
use crate::view::children;
use crate::view::level::InnerDocument;
use crate::view::locate::TreePath;
use crate::view::outline::paths;

impl App<'_> {
    /// Shows the bytes of the field under the tree's cursor.
    pub(super) fn follow_tree(&mut self) {
        self.works.stop(Kind::Locate);
        let Some(level) = self.level_mut() else {
            return;
        };
        let Some(range) = level.field() else { return };
        level.hex.selects = false;
        level.show_space(range.space);
        level.hex.go(range.offset);
        level.owner.clear();
    }

    /// Selects the field of the byte under the cursor.
    pub(super) fn follow_hex(&mut self) {
        let Some(level) = self.level() else { return };
        let here = (level.hex.space, level.hex.cursor);
        let is_in = |node: &Node| node.range.space == here.0 && node.range.contains(here.1);
        // Within one field there is nothing to look for.
        let is_known = level
            .owner
            .last()
            .is_some_and(|(_, node)| node.owns_bytes() && is_in(node));
        if !is_known {
            self.locate();
        }
    }

    pub(super) fn is_located(&mut self, way: TreePath) {
        let deadline = App::deadline();
        if let Some(level) = self.level_mut() {
            if !way.is_empty() {
                level.outline.reveal(&way, deadline);
            }
            level.owner = way;
        }
    }

    /// Goes to a field.
    pub(super) fn go_to_field(&mut self, way: &TreePath) {
        if self.pane == Pane::Fields {
            self.pane = Pane::Tree;
        }
        let range = way.last().map(|(_, node)| node.range);
        let deadline = App::deadline();
        if let (Some(level), Some(range)) = (self.level_mut(), range) {
            level.outline.reveal(way, deadline);
            level.hex.selects = false;
            level.show_space(range.space);
            level.hex.go(range.offset);
            level.owner.clear();
        }
    }

    /// Goes to bytes, and selects them.
    pub(super) fn go_to_bytes(&mut self, range: Range) {
        self.leave_fields();
        if let Some(level) = self.level_mut() {
            level.hex.selects = false;
            level.show_space(range.space);
            level.hex.go(range.offset);
            if range.size > 1 {
                level.hex.anchor = range.end().checked_sub(1);
            }
        }
        self.follow_hex();
    }

    /// Moves in the half that has the keys.
    pub(super) fn step(&mut self, rows: isize) {
        let deadline = App::deadline();
        let pane = self.pane;
        let Some(level) = self.level_mut() else {
            return;
        };
        match pane {
            Pane::Tree => {
                level.outline.move_by(rows, deadline);
                self.follow_tree();
            }
            Pane::Hex => {
                level.hex.move_lines(i64::try_from(rows).unwrap_or(0));
                self.follow_hex();
            }
            Pane::Fields => self.step_fields(rows),
        }
    }

    /// Moves left or right: in the tree, out of a group or into it.
    pub(super) fn side(&mut self, right: bool) {
        let deadline = App::deadline();
        let pane = self.pane;
        let Some(level) = self.level_mut() else {
            return;
        };
        match (pane, right) {
            (Pane::Fields, _) => {}
            (Pane::Hex, right) => {
                level.hex.move_by(if right { 1 } else { -1 });
                self.follow_hex();
            }
            (Pane::Tree, true) => {
                if !level.outline.open(deadline) {
                    let row = level.outline.selected();
                    if row.is_some_and(|row| children::has_any(&row.node) && row.is_node()) {
                        level.outline.move_by(1, deadline);
                    }
                }
                self.follow_tree();
            }
            (Pane::Tree, false) => {
                if !level.outline.close() {
                    level.outline.go_to_parent();
                }
                self.follow_tree();
            }
        }
    }

    /// Moves to the first row or byte, or to the last.
    pub(super) fn go_to_border(&mut self, end: bool) {
        let deadline = App::deadline();
        let pane = self.pane;
        let Some(level) = self.level_mut() else {
            return;
        };
        match (pane, end) {
            (Pane::Tree, false) => level.outline.select(0, deadline),
            (Pane::Tree, true) => level.outline.go_to_end(deadline),
            (Pane::Hex, false) => level.hex.go(0),
            (Pane::Hex, true) => level.hex.go(u64::MAX),
            (Pane::Fields, end) => return self.select_field(if end { usize::MAX } else { 0 }),
        }
        self.follow(pane);
    }

    pub(super) fn follow(&mut self, pane: Pane) {
        match pane {
            Pane::Tree => self.follow_tree(),
            Pane::Hex => self.follow_hex(),
            Pane::Fields => self.follow_fields(),
        }
    }

    /// Opens the node under the cursor, enters its content, or edits it.
    pub(super) fn activate(&mut self) {
        let Some(row) = self.level().and_then(|level| level.outline.selected()) else {
            return;
        };
        if !row.is_node() {
            return self.step(0);
        }
        let node = Arc::clone(&row.node);
        if children::has_any(&node) {
            self.toggle();
        } else if holds_a_file(&node) {
            self.enter();
        } else {
            self.edit_value();
        }
    }

    pub(super) fn toggle(&mut self) {
        let deadline = App::deadline();
        if let Some(level) = self.level_mut() {
            level.outline.toggle(deadline);
        }
        self.follow_tree();
    }

    /// Enters the node under the cursor as a file of its own.
    pub(super) fn enter(&mut self) {
        if self.pane == Pane::Fields {
            return self.say(
                Tone::Note,
                "Tab leads to the tree, where o goes into a field",
            );
        }
        let Some(level) = self.level() else { return };
        let Some(row) = level.outline.selected().filter(|row| row.is_node()) else {
            return;
        };
        if row.node.range.size == 0 {
            return self.say(Tone::Warning, "it has no bytes to go into");
        }
        let way = level.outline.way();
        let (place, shown) = paths(&way);
        let key = way.iter().rev().find_map(|(_, node)| node.key.clone());
        let key =
            key.map(|key| std::path::PathBuf::from(String::from_utf8_lossy(&key).into_owned()));
        let Some(part) = level.part(row.node.range) else {
            return self.say(Tone::Error, "its bytes can't be read");
        };
        let inside = InnerDocument {
            name: shown,
            origin: level.origin_of(row.node.range),
            place,
        };
        let format = match self.host.detect(&part, key.as_deref()) {
            Ok(format) => format,
            Err(error) => return self.say(Tone::Error, error.to_string()),
        };
        self.say(Tone::Note, "Backspace leads out again");
        self.work(Kind::Enter, move |watch| {
            WorkResult::Enter(Document::open(watch.source(part), format), inside)
        });
    }

    /// Leaves an entered document, or returns to the previous format.
    pub(super) fn leave(&mut self) {
        if self.levels.len() > 1 {
            self.stop_looking();
            self.levels.pop();
            self.picture = None;
            if self.panel == Panel::Picture {
                self.look_for_picture();
            }
            // The outer document was changed from inside.
            if self.level().is_some_and(|level| level.is_stale) {
                self.read_again();
            }
            return;
        }
        let deadline = App::deadline();
        let Some(level) = self.level_mut() else {
            return;
        };
        let Some(document) = level.before.pop() else {
            return self.say(Tone::Note, "this is the file itself; q quits");
        };
        level.applied = None;
        level.set_document(document, false, deadline);
        // The document may be older than the last edit.
        self.read_again();
    }

    /// Reads the bytes from the cursor, or from the first selected one, on in a format.
    pub(super) fn apply(&mut self, text: &str) -> Result<(), String> {
        let format = self.host.format(text)?;
        let has_name = format.name() != "struct";
        let is_file = self.levels.len() == 1;
        let Some(level) = self.level_mut() else {
            return Ok(());
        };
        let at = level.hex.selection().start;
        let space = level.hex.space;
        if is_file && space.is_file() {
            let document = Arc::clone(&level.document);
            // A document of an applied format isn't kept to return to.
            if level.applied.is_none() {
                level.before.push(document);
            }
            level.applied = Some(text.trim().to_owned());
            self.pane = Pane::Tree;
            self.read_as(format, at);
            let keep = match has_name {
                true => "",
                false => "; F keeps this one under a name",
            };
            let told = format!("Backspace goes back to the format before{keep}");
            self.say(Tone::Note, told);
            return Ok(());
        }
        let Some(source) = level.source(space).cloned() else {
            return Err("its bytes can't be read".to_owned());
        };
        let inside = InnerDocument {
            name: format!("{} at {at:#x}", format.name()),
            origin: level.origin_of(Range::new(space, 0, 0)),
            place: Place::default(),
        };
        self.work(Kind::Enter, move |watch| {
            let document = Document::open_at(watch.source(source), format, at);
            WorkResult::Enter(document, inside)
        });
        Ok(())
    }

    /// Goes to the next problem, or to the one before.
    pub(super) fn go_to_problem(&mut self, forward: bool) {
        let Some(level) = self.level() else { return };
        let Some(problems) = level.problems.as_ref() else {
            return self.look_for_problems(true);
        };
        // Without a request, only the first nodes are searched.
        let is_last = self
            .problem
            .is_none_or(|at| at.past(1) >= problems.list.len());
        let ends = problems.list.is_empty() || is_last && self.problem.is_some() && forward;
        if problems.is_cut && !problems.is_full() && ends {
            return self.look_for_problems(true);
        }
        if problems.list.is_empty() {
            return self.say(Tone::Note, "no problem was found");
        }
        let last = problems.list.len().saturating_sub(1);
        let index = match (self.problem, forward) {
            (None, true) => 0,
            (None, false) => last,
            (Some(at), true) if at >= last => 0,
            (Some(at), true) => at.past(1),
            (Some(0), false) => last,
            (Some(at), false) => at.since(1),
        };
        let Some(found) = problems.list.get(index).cloned() else {
            return;
        };
        self.problem = Some(index);
        let tone = match found.problem.severity {
            crate::tree::Severity::Error => Tone::Error,
            crate::tree::Severity::Warning => Tone::Warning,
            crate::tree::Severity::Note => Tone::Note,
        };
        match found.place.is_root() {
            true => self.go_to_bytes(found.problem.range),
            false => self.find(Path::to(&found.place)),
        }
        let place = format!("{} of {}", index.past(1), last.past(1));
        let told = &found.problem;
        self.say(
            tone,
            format!("{place}: {} {}: {}", told.severity, told.code, told.message),
        );
    }

    /// The field under the cursor, and where it is.
    pub(super) fn place_of_field(&self) -> Option<(Place, Arc<Node>)> {
        let level = self.level()?;
        let row = level.outline.selected().filter(|row| row.is_node())?;
        let (place, _) = paths(&level.outline.way());
        Some((place, Arc::clone(&row.node)))
    }
}

/// Whether a leaf holds bytes that may be a file: a member's data, what a stream holds.
fn holds_a_file(node: &Node) -> bool {
    let is_content = node.role == Role::View && !node.range.space.is_file();
    node.range.size > 0 && (node.role == Role::Data || is_content && node.range.offset == 0)
}

/// Whether a document has no known format.
pub(in crate::view) fn is_unknown(document: &Document) -> bool {
    document.format().name() == Unknown::NAME
}
