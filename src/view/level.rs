//! One document on the screen: a file, or what is inside of one.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::edits::Edits;
use super::hex::Hex;
use super::locate::Way;
use super::outline::Outline;
use super::problems::Problems;
use crate::Source;
use crate::inspect::Document;
use crate::source::ReadAt;
use crate::tree::{Range, Space};

/// A document, its tree, and where the cursors are.
pub(super) struct Level {
    pub(super) name: String,
    /// The bytes as they are now, with edits.
    pub(super) file: Source,
    pub(super) document: Arc<Document>,
    pub(super) outline: Outline,
    pub(super) hex: Hex,
    /// What was done to the file; `None` of what can't be edited.
    pub(super) edits: Option<Edits>,
    /// The documents that were seen before another format was applied.
    pub(super) before: Vec<Arc<Document>>,
    /// The format string that was applied, to be kept under a name.
    pub(super) applied: Option<String>,
    pub(super) problems: Option<Problems>,
    /// The field that the hex cursor is in.
    pub(super) owner: Way,
}

impl Level {
    pub(super) fn new(name: String, document: Document, deadline: Instant) -> Level {
        let document = Arc::new(document);
        let file = document.file().clone();
        let size = document.root().range.end();
        Level {
            name,
            file,
            outline: Outline::new(Arc::clone(&document), None, deadline),
            hex: Hex::new(Space::FILE, size),
            document,
            edits: None,
            before: Vec::new(),
            applied: None,
            problems: None,
            owner: Way::new(),
        }
    }

    /// Shows another reading of the same bytes.
    pub(super) fn set_document(
        &mut self,
        document: Arc<Document>,
        is_same: bool,
        deadline: Instant,
    ) {
        let shape = is_same.then(|| self.outline.shape());
        self.outline = Outline::new(Arc::clone(&document), shape, deadline);
        self.document = document;
        self.problems = None;
        self.owner.clear();
        let space = match self.source(self.hex.space) {
            Some(_) => self.hex.space,
            None => Space::FILE,
        };
        self.show_space(space);
    }

    /// The bytes of a space, with edits where it is the file.
    pub(super) fn source(&self, space: Space) -> Option<&Source> {
        match space.is_file() {
            true => Some(&self.file),
            false => self.document.space(space),
        }
    }

    /// Has the bytes of a space on the screen.
    pub(super) fn show_space(&mut self, space: Space) {
        let size = match self.source(space) {
            Some(source) => source.known_size().or_else(|| source.size().ok()),
            None => None,
        };
        if self.hex.space != space {
            self.hex = Hex {
                columns: self.hex.columns,
                lines: self.hex.lines,
                ..Hex::new(space, 0)
            };
        }
        self.hex.set_size(size.unwrap_or(0));
    }

    /// The bytes of a range as a file of its own.
    pub(super) fn part(&self, range: Range) -> Option<Source> {
        let source = self.source(range.space)?.clone();
        Some(Source::new(Part {
            source,
            start: range.offset,
            size: range.size,
        }))
    }

    /// The field that is looked at: that of the tree's cursor.
    pub(super) fn field(&self) -> Option<Range> {
        let row = self.outline.selected()?;
        row.is_node().then_some(row.node.range)
    }
}

/// A part of a source.
struct Part {
    source: Source,
    start: u64,
    size: u64,
}

impl ReadAt for Part {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(offset);
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let buf = buf.get_mut(..room).unwrap_or_default();
        match self.start.checked_add(offset) {
            Some(offset) => self.source.read_into(offset, buf),
            None => Ok(0),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}
