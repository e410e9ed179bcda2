//! Work that goes on while keys are taken, and what becomes of its answers.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{App, Pane, Review, Tone};
use crate::format::Format;
use crate::inspect::edit::Edit;
use crate::inspect::{Document, Path};
use crate::offset::Position;
use crate::render::picture::Picture;
use crate::tree::{Range, Space};
use crate::view::compare::Differences;
use crate::view::fields::Fields;
use crate::view::job::{Job, Watch};
use crate::view::level::{InnerDocument, Level};
use crate::view::locate::{self, TreePath};
use crate::view::outline::paths;
use crate::view::problems::{self, Problems};
use crate::view::save::Saved;
use crate::view::search;

/// A kind of work; there is one of each at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Kind {
    /// Making the tree of the file as it is now.
    Read,
    /// Opening an inner document.
    Enter,
    /// The field of the byte under the cursor.
    Locate,
    Search,
    /// The field of a path.
    Find,
    /// The changes of setting a field.
    Plan,
    Review,
    Save,
    Problems,
    Picture,
    /// The differences from a second file.
    Compare,
    /// The fields that differ from a second file.
    Fields,
}

/// The result of work.
pub(super) enum WorkResult {
    /// The same file in its format, or in another one.
    Read {
        read: io::Result<Document>,
        is_same: bool,
        /// The index of the document, from the outermost in.
        depth: usize,
    },
    Enter(io::Result<Document>, InnerDocument),
    Locate(io::Result<TreePath>),
    Search(io::Result<search::Answer>, Space),
    Find(Result<Option<TreePath>, String>),
    /// The path, the typed text, and the planned changes.
    Plan(Path, String, Result<Edit, String>),
    Review(Review),
    Save(io::Result<Saved>, bool, u64),
    Problems(io::Result<Problems>, bool),
    Picture(Option<Picture<'static>>),
    Compare(io::Result<Differences>),
    Fields(io::Result<Fields>),
}

/// All work that goes on.
#[derive(Default)]
pub(in crate::view) struct Works(Vec<(Kind, Job<WorkResult>)>);

impl Works {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::view) fn has(&self, kind: Kind) -> bool {
        self.0.iter().any(|(other, _)| *other == kind)
    }

    pub(super) fn stop(&mut self, kind: Kind) {
        self.0.retain(|(other, _)| *other != kind);
    }

    /// The work that a user waits for, and its progress.
    pub(in crate::view) fn shown(&self) -> Option<(Kind, u64)> {
        let is_shown = |kind: Kind| !matches!(kind, Kind::Locate | Kind::Picture);
        let work = self.0.iter().rfind(|(kind, _)| is_shown(*kind))?;
        Some((work.0, work.1.done()))
    }
}

impl App<'_> {
    /// Begins work, and waits a little for it.
    pub(super) fn work(
        &mut self,
        kind: Kind,
        work: impl FnOnce(&Watch) -> WorkResult + Send + 'static,
    ) {
        self.works.stop(kind);
        self.works.0.push((kind, Job::start(work)));
        let deadline = App::deadline();
        while self.works.has(kind) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.take(kind, left) {
                break;
            }
        }
    }

    /// Whether work goes on.
    pub fn is_busy(&self) -> bool {
        !self.works.is_empty() || self.fills
    }

    /// Takes the results that come within `time`; answers whether one came.
    pub(super) fn take_work(&mut self, time: Duration) -> bool {
        let kinds: Vec<Kind> = self.works.0.iter().map(|(kind, _)| *kind).collect();
        let mut any = false;
        for kind in kinds {
            any |= self.take(kind, time);
        }
        any
    }

    fn take(&mut self, kind: Kind, time: Duration) -> bool {
        let Some(index) = self.works.0.iter().position(|(other, _)| *other == kind) else {
            return false;
        };
        let answer = self
            .works
            .0
            .get_mut(index)
            .and_then(|(_, job)| job.wait(time));
        let Some(answer) = answer else { return false };
        self.works.0.remove(index);
        match answer {
            Some(done) => self.done(done),
            None => self.say(Tone::Error, "the work ended without an answer"),
        }
        true
    }

    /// Stops the work that a user waits for; answers whether there was any.
    pub(super) fn stop_work(&mut self) -> bool {
        let before = self.works.0.len();
        // A save isn't stopped: it would leave nothing, but a user may think that it was done.
        self.works.0.retain(|(kind, _)| *kind == Kind::Save);
        before > self.works.0.len()
    }

    /// Stops searches in a document that is about to be left.
    pub(super) fn stop_looking(&mut self) {
        let is_kept =
            |kind: Kind| matches!(kind, Kind::Save | Kind::Read | Kind::Compare | Kind::Fields);
        self.works.0.retain(|(kind, _)| is_kept(*kind));
    }

    fn done(&mut self, done: WorkResult) {
        match done {
            WorkResult::Read {
                read,
                is_same,
                depth,
            } => self.is_read(read, is_same, depth),
            WorkResult::Enter(read, inside) => self.is_entered(read, inside),
            WorkResult::Locate(Ok(way)) => self.is_located(way),
            WorkResult::Locate(Err(error)) => self.say(Tone::Warning, error.to_string()),
            WorkResult::Search(Ok(answer), space) => self.is_found(answer, space),
            WorkResult::Search(Err(error), _) => self.say(Tone::Error, error.to_string()),
            WorkResult::Find(Ok(Some(way))) => self.go_to_field(&way),
            WorkResult::Find(Ok(None)) => self.say(Tone::Error, "there is no such field"),
            WorkResult::Find(Err(error)) => self.say(Tone::Error, error),
            WorkResult::Plan(path, text, Err(error)) => self.is_refused(path, &text, error),
            WorkResult::Plan(path, _, Ok(edit)) => self.is_planned(&path, &edit),
            WorkResult::Review(review) => self.mode = super::Mode::Review(review),
            WorkResult::Save(saved, in_place, state) => self.is_saved(saved, in_place, state),
            WorkResult::Problems(Ok(problems), asked) => self.are_gathered(problems, asked),
            WorkResult::Problems(Err(error), true) => self.say(Tone::Error, error.to_string()),
            WorkResult::Problems(Err(_), false) => {}
            WorkResult::Picture(picture) => self.picture = Some(picture),
            WorkResult::Compare(compared) => self.are_compared(compared),
            WorkResult::Fields(compared) => self.fields_are_compared(compared),
        }
    }

    /// Reads the file in a format.
    pub(super) fn read_as(&mut self, format: Arc<dyn Format>, at: u64) {
        let Some(file) = self.level().map(|level| level.file.clone()) else {
            return;
        };
        self.work(Kind::Read, move |watch| WorkResult::Read {
            read: Document::open_at(watch.source(file), format, at),
            is_same: false,
            depth: 0,
        });
    }

    /// Reads what is on the screen again after its bytes have changed.
    pub(super) fn read_again(&mut self) {
        let depth = self.levels.len().saturating_sub(1);
        let Some(level) = self.levels.last() else {
            return;
        };
        let (document, file) = (Arc::clone(&level.document), level.file.clone());
        self.picture = None;
        self.stop_looking();
        self.work(Kind::Read, move |watch| WorkResult::Read {
            read: document.again(watch.source(file)),
            is_same: true,
            depth,
        });
        if self.panel == super::Panel::Picture {
            self.look_for_picture();
        }
        self.compare();
    }

    fn is_read(&mut self, read: io::Result<Document>, is_same: bool, depth: usize) {
        let document = match read {
            Ok(document) => Arc::new(document),
            Err(error) => {
                self.leave_fields();
                return self.say(Tone::Error, error.to_string());
            }
        };
        let is_shown = depth.past(1) == self.levels.len();
        if is_shown {
            self.stop_looking();
        }
        let deadline = App::deadline();
        let Some(level) = self.levels.get_mut(depth) else {
            return;
        };
        level.set_document(document, is_same, deadline);
        let cursor = level.hex.cursor;
        if !is_shown {
            return;
        }
        match self.pane {
            // The comparison chooses the bytes.
            Pane::Fields => {}
            _ if !is_same && cursor == 0 => self.follow_tree(),
            _ => self.follow_hex(),
        }
        self.look_for_problems(false);
        if depth == 0 {
            self.compare_fields();
        }
    }

    fn is_entered(&mut self, read: io::Result<Document>, inside: InnerDocument) {
        match read {
            Ok(document) => {
                self.stop_looking();
                let level = Level::new(inside, document, App::deadline());
                self.levels.push(level);
                self.picture = None;
                self.pane = Pane::Tree;
                self.follow_tree();
                self.look_for_problems(false);
                if self.panel == super::Panel::Picture {
                    self.look_for_picture();
                }
            }
            Err(error) => self.say(Tone::Error, error.to_string()),
        }
    }

    /// Finds the field of the byte under the cursor.
    pub(super) fn locate(&mut self) {
        let Some(level) = self.level() else { return };
        let place = (level.hex.space, level.hex.cursor);
        // Inside a stream, the search begins at the node of its content.
        let mut from = level.outline.way();
        match place.0.is_file() {
            true => from.clear(),
            false => {
                let inside =
                    |(_, node): &(u64, Arc<crate::tree::Node>)| node.range.space == place.0;
                let end = from.iter().position(inside);
                from.truncate(end.map_or(0, |end| end.past(1)));
            }
        }
        let document = Arc::clone(&level.document);
        self.work(Kind::Locate, move |watch| {
            let root = Arc::new(document.root().clone());
            WorkResult::Locate(locate::leaf(&document, &from, &root, place, watch))
        });
    }

    /// Searches the bytes.
    pub(super) fn search(&mut self, text: &str, back: bool) {
        let pattern = match search::pattern(text) {
            Ok(pattern) => pattern,
            Err(error) => return self.say(Tone::Error, error),
        };
        let Some(level) = self.level() else { return };
        let (space, cursor) = (level.hex.space, level.hex.cursor);
        let Some(source) = level.source(space).cloned() else {
            return;
        };
        self.work(Kind::Search, move |watch| {
            let found = match back {
                true => search::previous(&source, cursor, &pattern, watch),
                false => search::next(&source, cursor.past(1), &pattern, watch),
            };
            WorkResult::Search(found, space)
        });
    }

    fn is_found(&mut self, answer: search::Answer, space: Space) {
        let Some((hit, around)) = answer else {
            return self.say(Tone::Warning, "it is not in these bytes");
        };
        let range = Range::new(space, hit.offset, hit.size);
        self.go_to_bytes(range);
        let place = format!("found at {:#x}", hit.offset);
        match around {
            true => self.say(Tone::Warning, format!("{place}, around the end")),
            false => self.say(Tone::Note, place),
        }
    }

    /// Finds the field of a path, and goes there.
    pub(super) fn find(&mut self, path: Path) {
        let Some(level) = self.level() else { return };
        let document = Arc::clone(&level.document);
        self.work(Kind::Find, move |watch| {
            WorkResult::Find(found(&document, &path, watch))
        });
    }

    /// Gathers problems; unasked, only those of the first nodes.
    pub(super) fn look_for_problems(&mut self, asked: bool) {
        let Some(level) = self.level() else { return };
        let document = Arc::clone(&level.document);
        self.work(Kind::Problems, move |watch| {
            let most = if asked { u64::MAX } else { problems::UNASKED };
            WorkResult::Problems(problems::of(document.root(), most, watch), asked)
        });
    }

    fn are_gathered(&mut self, problems: Problems, asked: bool) {
        if let Some(level) = self.level_mut() {
            level.problems = Some(problems);
        }
        if asked {
            self.go_to_problem(true);
        }
    }

    /// Decodes the picture of the file.
    pub(super) fn look_for_picture(&mut self) {
        let Some(level) = self.level() else {
            self.picture = Some(None);
            return;
        };
        let (file, document) = (level.file.clone(), Arc::clone(&level.document));
        self.work(Kind::Picture, move |watch| {
            WorkResult::Picture(document.picture_of(&watch.source(file), MAX_PIXELS))
        });
    }
}

/// The most pixels of a picture that is shown.
const MAX_PIXELS: u64 = 1 << 24;

fn found(document: &Document, path: &Path, watch: &Watch) -> Result<Option<TreePath>, String> {
    let mut first = None;
    let found = document.each(path, &mut |found| {
        first = Some(found.path);
        false
    });
    let root = Arc::new(document.root().clone());
    let Some(first) = first else {
        return found.map(|()| None).map_err(|error| error.to_string());
    };
    locate::place(document, &root, &first, watch).map_err(|error| error.to_string())
}

/// The name of a hunk: the field that its first byte is in.
pub(super) fn field_at(document: &Document, offset: u64, watch: &Watch) -> Option<String> {
    let root = Arc::new(document.root().clone());
    let way = locate::leaf(
        document,
        &TreePath::new(),
        &root,
        (Space::FILE, offset),
        watch,
    )
    .ok()?;
    let (_, shown) = paths(&way);
    (!shown.is_empty()).then_some(shown)
}
