//! The state of the browser: what is on the screen, and what happens to it.

mod comparing;
mod editing;
mod keys;
mod mouse;
mod moving;
mod prompt;
mod question;
mod saving;
mod typing;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::compare::SecondFile;
use super::draw::Layout;
use super::host::Host;
use super::level::{InnerDocument, Level};
use super::line::Line;
use super::save::Target;
use super::{Colors, edits};
use crate::Source;
use crate::format::{Format, Unknown};
use crate::inspect::Document;
use crate::render::picture::Picture;
use crate::tree::Place;

pub(super) use moving::is_unknown;
pub(super) use prompt::PromptKind;
pub(super) use question::{Question, Review};
pub(super) use work::Kind;
use work::Works;

/// How long a key waits for the work that it started; longer work goes on in the background.
const PATIENCE: Duration = Duration::from_millis(25);

/// How often the file is checked for changes by another program.
const LOOK: Duration = Duration::from_secs(2);

/// The arguments that a file is opened with.
#[derive(Debug)]
pub struct Opening {
    /// Its name on the screen.
    pub name: String,
    /// Its bytes.
    pub source: Source,
    /// Where it is saved to; `None` for a stream.
    pub path: Option<PathBuf>,
    /// The format that it is read in, and the offset where that begins; otherwise the content tells.
    pub format: Option<(Arc<dyn Format>, u64)>,
    /// Another file to be compared with it: its name and its bytes.
    pub other: Option<(String, Source)>,
}

/// Which part of the screen has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    Tree,
    Hex,
    /// The fields that differ, of two files.
    Fields,
}

/// The content of the panel below the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    /// The bytes at the cursor as every type.
    Peek,
    Problems,
    Picture,
    Nothing,
}

/// The mode, which decides what keys mean.
pub(super) enum Mode {
    Browse,
    /// Bytes are typed.
    Type {
        /// Characters are typed, not digits.
        text: bool,
        /// Bytes are inserted, not replaced.
        insert: bool,
        /// The first digit of a byte was typed.
        half: bool,
    },
    Prompt(PromptKind, Line),
    Help {
        top: usize,
    },
    Ask(Question),
    Review(Review),
}

/// The weight of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Note,
    Warning,
    Error,
}

/// The browser.
pub struct App<'h> {
    pub(super) host: &'h dyn Host,
    pub(super) levels: Vec<Level>,
    pub(super) target: Option<Target>,
    /// The file that the first is compared with.
    pub(super) other: Option<SecondFile>,
    pub(super) pane: Pane,
    pub(super) panel: Panel,
    pub(super) mode: Mode,
    pub(super) message: Option<(Tone, String)>,
    pub(super) works: Works,
    pub(super) picture: Option<Option<Picture<'static>>>,
    pub(super) colors: Colors,
    pub(super) layout: Layout,
    /// The text that was searched for last.
    pub(super) sought: Option<String>,
    /// The index of the problem that was visited last.
    pub(super) problem: Option<usize>,
    /// Whether another program changed the file.
    pub(super) is_changed: bool,
    looked: Instant,
    is_panel_chosen: bool,
    /// Whether children of the tree are still being made.
    fills: bool,
    is_over: bool,
    /// Whether the program is to be suspended once this key is handled.
    is_to_stop: bool,
}

impl std::fmt::Debug for App<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("levels", &self.levels.len())
            .finish_non_exhaustive()
    }
}

impl<'h> App<'h> {
    /// Opens a file. Its bytes are shown at once, its tree as soon as it is made.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn open(opening: Opening, host: &'h dyn Host, colors: Colors) -> std::io::Result<App<'h>> {
        let is_given = opening.format.is_some();
        let (format, at) = match opening.format {
            Some(given) => given,
            None => (host.detect(&opening.source, opening.path.as_deref())?, 0),
        };
        let target = match &opening.path {
            Some(path) => Target::open(path)?,
            None => None,
        };
        // Saving copies the file that was opened, even if another one has taken its name meanwhile.
        let source = match &target {
            Some(target) => Source::new(target.file.try_clone()?),
            None => opening.source,
        };
        let unread = Document::open(source.clone(), Unknown)?;
        let file = InnerDocument {
            name: opening.name,
            origin: target.as_ref().map(|_| 0),
            place: Place::default(),
        };
        let mut level = Level::new(file, unread, Instant::now());
        if target.is_some() {
            let size = source.size()?;
            let edits = edits::Edits::new(source, size);
            level.file = edits.source();
            level.edits = Some(edits);
        }
        let other = match opening.other {
            Some((name, file)) => {
                let other = match is_given {
                    true => Arc::clone(&format),
                    false => host.detect(&file, Some(Path::new(&name)))?,
                };
                Some(SecondFile {
                    name,
                    file,
                    format: other.name().to_owned(),
                    fields: None,
                    differences: None,
                    gone_to: None,
                })
            }
            None => None,
        };
        let mut app = App {
            host,
            levels: vec![level],
            target,
            other,
            pane: Pane::Tree,
            panel: Panel::Nothing,
            mode: Mode::Browse,
            message: None,
            works: Works::default(),
            picture: None,
            colors,
            layout: Layout::default(),
            sought: None,
            problem: None,
            is_changed: false,
            looked: Instant::now(),
            is_panel_chosen: false,
            fills: true,
            is_over: false,
            is_to_stop: false,
        };
        app.begin_to_compare(&*format);
        if format.name() == Unknown::NAME {
            app.look_for_problems(false);
        } else {
            app.read_as(format, at);
        }
        Ok(app)
    }

    /// Compares with the other file, where there is one: by fields where both have one format.
    fn begin_to_compare(&mut self, format: &dyn Format) {
        let Some(other) = &self.other else { return };
        let is_known = format.name() != Unknown::NAME;
        let is_one = other.format == format.name();
        if is_known && !is_one {
            let told = format!(
                "{} is read as {}, this file as {}: their bytes are compared",
                other.name,
                other.format,
                format.name()
            );
            self.say(Tone::Note, told);
        }
        self.pane = match is_known && is_one {
            true => Pane::Fields,
            false => Pane::Hex,
        };
        self.compare();
    }

    /// Whether the browser is to be closed.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the program is to be suspended, as other programs are by Ctrl-Z; resets the request.
    pub(super) fn take_stop(&mut self) -> bool {
        std::mem::take(&mut self.is_to_stop)
    }

    /// Whether there are edits that are not saved.
    pub fn is_unsaved(&self) -> bool {
        let edits = self.levels.first().and_then(|level| level.edits.as_ref());
        edits.is_some_and(edits::Edits::is_unsaved)
    }

    /// The bytes of the file as they are on the screen, with edits.
    pub fn file(&self) -> Option<&Source> {
        self.levels.first().map(|level| &level.file)
    }

    /// The path of the field under the cursor, by indexes.
    pub fn path(&self) -> String {
        let level = self.levels.last();
        level.map_or(String::new(), |level| {
            super::outline::paths(&level.outline.way()).0.to_string()
        })
    }

    /// Where the cursor is in the bytes.
    pub fn offset(&self) -> u64 {
        self.levels.last().map_or(0, |level| level.hex.cursor)
    }

    pub(super) fn level(&self) -> Option<&Level> {
        self.levels.last()
    }

    pub(super) fn level_mut(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    pub(super) fn deadline() -> Instant {
        let now = Instant::now();
        now.checked_add(PATIENCE).unwrap_or(now)
    }

    pub(super) fn say(&mut self, tone: Tone, message: impl Into<String>) {
        self.message = Some((tone, message.into()));
    }

    /// Takes the results of work; answers whether the screen has to be drawn anew.
    pub fn tick(&mut self) -> bool {
        let mut is_new = self.take_work(Duration::ZERO) || self.is_busy();
        if let Some(level) = self.levels.last_mut() {
            let filled = self.fills;
            self.fills = level.outline.fill(Instant::now());
            is_new |= filled;
        }
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            let is_changed = self.target.as_ref().is_some_and(Target::is_changed);
            is_new |= is_changed != self.is_changed;
            self.is_changed = is_changed;
        }
        is_new
    }

    /// Waits for all work that was begun: for tests, whose screens must not depend on time.
    pub fn settle(&mut self) {
        const LONG: Duration = Duration::from_secs(60);
        loop {
            let is_working = self.take_work(LONG);
            let later = Instant::now().checked_add(LONG);
            let level = self.levels.last_mut();
            let fill = level
                .zip(later)
                .map(|(level, later)| level.outline.fill(later));
            self.fills = fill.unwrap_or(false);
            if !is_working && !self.is_busy() {
                return;
            }
        }
    }

    /// Sets how large the screen is.
    pub(super) fn lay_out(&mut self, area: Rect) {
        if !self.is_panel_chosen {
            self.panel = match area.height >= super::draw::TALL {
                true => Panel::Peek,
                false => Panel::Nothing,
            };
        }
        let Some(level) = self.levels.last() else {
            return;
        };
        let size = level.hex.size;
        let beside = self.beside();
        let size = beside.map_or(size, |beside| {
            size.max(beside.source.known_size().unwrap_or(0))
        });
        let rows = self.fields().map(|fields| fields.rows.len());
        let rows = rows.or_else(|| self.has_fields().then_some(1));
        let compares = self.compares();
        let layout = match compares {
            true => Layout::of_two(area, size, rows),
            false => Layout::new(area, size, self.panel != Panel::Nothing),
        };
        if let Some(level) = self.levels.last_mut() {
            level
                .hex
                .lay_out(layout.columns, u64::from(layout.hex.height));
            if !compares {
                level.outline.show_cursor(usize::from(layout.tree.height));
            }
        }
        let fields = self.other.as_mut().and_then(|other| other.fields.as_mut());
        if let Some(fields) = fields.filter(|_| compares) {
            fields.show_cursor(usize::from(layout.fields.height));
        }
        self.layout = layout;
    }

    pub(super) fn choose_panel(&mut self, panel: Panel) {
        self.panel = panel;
        self.is_panel_chosen = true;
        if panel == Panel::Picture {
            self.look_for_picture();
        }
    }

    pub(super) fn close(&mut self) {
        self.is_over = true;
    }

    pub(super) fn name_of_file(&self) -> Option<&Path> {
        self.target.as_ref().map(|target| target.path.as_path())
    }
}
