//! Saving: what would change is shown, then it is written.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::question::{Question, Review};
use super::work::{Kind, WorkResult, field_at};
use super::{App, Mode, Tone};
use crate::Source;
use crate::inspect::Document;
use crate::inspect::edit::Overlay;
use crate::offset::Position;
use crate::render::escape;
use crate::value::text::counted;
use crate::view::edits::Edits;
use crate::view::hex::pairs;
use crate::view::job::Watch;
use crate::view::pieces::Hunk;
use crate::view::save::{Saved, Target};

/// Changes that are listed one by one.
const LISTED: usize = 200;

/// Bytes of a change that are shown.
const SHOWN: u64 = 16;

impl App<'_> {
    /// Shows what saving would change.
    pub(super) fn review(&mut self) {
        self.mode = Mode::Browse;
        let Some(level) = self.levels.first() else {
            return;
        };
        let (Some(edits), Some(target)) = (&level.edits, &self.target) else {
            return self.say(Tone::Warning, "it was read as a stream, and can't be saved");
        };
        if self.works.has(Kind::Save) {
            return self.say(Tone::Warning, "the file is being saved");
        }
        if !edits.is_unsaved() {
            return self.say(Tone::Note, "there is nothing to save");
        }
        let title = format!("Save {}", escape::path(&target.path));
        let in_place = target.fits_in_place(edits.pieces());
        let (hunks, base) = (edits.hunks(), edits.base().clone());
        let size = edits.size();
        let document = Arc::clone(&level.document);
        self.work(Kind::Review, move |watch| {
            WorkResult::Review(Review {
                title,
                lines: lines(&hunks, &base, size, &document, watch),
                top: 0,
                in_place,
            })
        });
    }

    /// Saves, unless another program has changed the file.
    pub(super) fn save(&mut self, in_place: bool) {
        self.mode = Mode::Browse;
        if self.target.as_ref().is_some_and(Target::is_changed) {
            self.mode = Mode::Ask(Question::overwrite(in_place));
            return;
        }
        let seen = self.target.as_ref().map(|target| target.seen.clone());
        self.save_as_seen(in_place, seen.map(Ok));
    }

    /// Saves over what another program has written.
    pub(super) fn save_over(&mut self, in_place: bool) {
        self.mode = Mode::Browse;
        let seen = self
            .target
            .as_ref()
            .map(|target| fs::metadata(&target.path));
        self.save_as_seen(in_place, seen);
    }

    fn save_as_seen(&mut self, in_place: bool, seen: Option<io::Result<fs::Metadata>>) {
        let edits = self.levels.first().and_then(|level| level.edits.as_ref());
        let (Some(target), Some(edits), Some(seen)) = (&self.target, edits, seen) else {
            return;
        };
        let order = seen.and_then(|seen| target.order(edits.base(), edits.pieces(), seen));
        let order = match order {
            Ok(order) => order,
            Err(error) => return self.say(Tone::Error, format!("not saved: {error}")),
        };
        let state = edits.now();
        self.work(Kind::Save, move |watch| {
            let saved = match in_place {
                true => order.write_in_place(),
                false => order.replace(watch),
            };
            WorkResult::Save(saved, in_place, state)
        });
    }

    /// The save ended: the disk has the state of the edits when it began; there may be later ones.
    pub(super) fn is_saved(&mut self, saved: io::Result<Saved>, in_place: bool, state: u64) {
        let saved = match saved {
            Ok(saved) => saved,
            Err(error) => return self.say(Tone::Error, format!("not saved: {error}")),
        };
        let edits = self
            .levels
            .first_mut()
            .and_then(|level| level.edits.as_mut());
        let (Some(target), Some(edits)) = (&mut self.target, edits) else {
            return;
        };
        target.is_saved(&saved, in_place);
        if in_place {
            // The opened file has the new bytes now; undoing needs the old ones.
            let base = Overlay::new(edits.base().clone(), &[]);
            let base = saved
                .old
                .into_iter()
                .fold(base, |base, (offset, bytes)| base.with(offset, bytes));
            edits.set_base(base.into_source());
        }
        edits.is_saved(state);
        let size = edits.size();
        self.spread();
        self.is_changed = false;
        let name = self
            .name_of_file()
            .map(|path| escape::path(path).to_string());
        self.say(
            Tone::Note,
            format!(
                "saved {}, {}",
                name.unwrap_or_default(),
                counted(size, "byte")
            ),
        );
        if in_place {
            self.read_again();
        }
    }

    /// Reads the file anew, and asks first where that loses edits.
    pub(super) fn reload(&mut self) {
        match self.is_unsaved() {
            true => self.mode = Mode::Ask(Question::reload()),
            false => self.read_anew(),
        }
    }

    pub(super) fn read_anew(&mut self) {
        let Some(path) = self.name_of_file().map(Path::to_path_buf) else {
            return self.say(Tone::Warning, "it was read as a stream, and is gone");
        };
        match opened(&path) {
            Ok((target, source, size)) => {
                self.levels.truncate(1);
                self.target = Some(target);
                self.is_changed = false;
                if let Some(level) = self.levels.first_mut() {
                    let edits = Edits::new(source, size);
                    level.file = edits.source();
                    level.edits = Some(edits);
                }
                self.say(Tone::Note, "read anew");
                self.file_has_changed();
            }
            Err(error) => self.say(Tone::Error, error.to_string()),
        }
    }

    /// Shows the bytes as they are now, and reads the tree of what is on the screen again.
    pub(super) fn file_has_changed(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            if level.hex.space.is_file() {
                let size = level.file.size().unwrap_or(0);
                level.hex.set_size(size);
            }
            level.owner.clear();
        }
        self.read_again();
    }
}

fn opened(path: &Path) -> io::Result<(Target, Source, u64)> {
    let target = Target::open(path)?;
    let target = target.ok_or_else(|| io::Error::other("it is no regular file any more"))?;
    let source = Source::new(target.file.try_clone()?);
    let size = source.size()?;
    Ok((target, source, size))
}

/// The changes of a save, as lines.
fn lines(
    hunks: &[Hunk],
    base: &Source,
    size: u64,
    document: &Document,
    watch: &Watch,
) -> Vec<(char, String)> {
    let mut lines = Vec::new();
    for hunk in hunks.iter().take(LISTED) {
        let gone = hunk.old.end.since(hunk.old.start);
        let come = hunk.new.len() as u64;
        let field = field_at(document, hunk.offset, watch);
        let field = field.map_or(String::new(), |field| {
            format!("  {}", escape::message(&field))
        });
        let what = match (hunk.keeps_size(), gone, come) {
            (true, ..) => counted(gone, "byte"),
            (_, 0, _) => format!("{} inserted", counted(come, "byte")),
            (_, _, 0) => format!("{} deleted", counted(gone, "byte")),
            _ => format!("{} become {come}", counted(gone, "byte")),
        };
        lines.push((' ', format!("{:#x}{field}  {what}", hunk.offset)));
        let old = base
            .read(hunk.old.start, gone.min(SHOWN))
            .unwrap_or_default();
        if gone > 0 {
            lines.push(('-', bytes(&old, gone)));
        }
        if come > 0 {
            lines.push(('+', bytes(&hunk.new, come)));
        }
    }
    let left = hunks.len().saturating_sub(LISTED);
    if left > 0 {
        lines.push((
            ' ',
            format!("… and {}", counted(left as u64, "more change")),
        ));
    }
    if hunks.is_empty() {
        lines.push((' ', "the bytes are those that were opened".to_owned()));
    }
    if hunks.iter().any(|hunk| !hunk.keeps_size()) {
        lines.push((
            ' ',
            format!("The file will have {}.", counted(size, "byte")),
        ));
    }
    lines
}

fn bytes(bytes: &[u8], size: u64) -> String {
    let shown = bytes.get(..bytes.len().min(16)).unwrap_or_default();
    let more = if size > SHOWN { " …" } else { "" };
    format!("{}{more}  {}", pairs(shown), escape::text(shown))
}
