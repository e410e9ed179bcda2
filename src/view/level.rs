//! One document on the screen: a file, or a part of one that was entered.

use std::sync::Arc;
use std::time::Instant;

use super::edits::Edits;
use super::hex::Hex;
use super::locate::TreePath;
use super::outline::Outline;
use super::problems::Problems;
use crate::Source;
use crate::inspect::Document;
use crate::source::part;
use crate::tree::{Place, Range, Space};

/// A document, its tree, and where the cursors are.
pub(super) struct Level {
    pub(super) name: String,
    /// Where it begins in the file that is edited; `None` of what is in a stream.
    pub(super) origin: Option<u64>,
    /// Where its field is in the document around it.
    pub(super) place: Place,
    /// The bytes as they are now, with edits.
    pub(super) file: Source,
    pub(super) document: Arc<Document>,
    /// Whether bytes have changed since the document was read.
    pub(super) is_stale: bool,
    pub(super) outline: Outline,
    pub(super) hex: Hex,
    /// The edits of the file; `None` where it can't be edited.
    pub(super) edits: Option<Edits>,
    /// The documents that were seen before another format was applied.
    pub(super) before: Vec<Arc<Document>>,
    /// The format string that was applied, to be kept under a name.
    pub(super) applied: Option<String>,
    pub(super) problems: Option<Problems>,
    /// The field that the hex cursor is in.
    pub(super) owner: TreePath,
}

/// A part of a document that is entered: its name on the screen, and where it is.
#[derive(Debug)]
pub(super) struct InnerDocument {
    pub(super) name: String,
    pub(super) origin: Option<u64>,
    pub(super) place: Place,
}

impl Level {
    pub(super) fn new(inside: InnerDocument, document: Document, deadline: Instant) -> Level {
        let document = Arc::new(document);
        let file = document.file().clone();
        let size = document.root().range.end();
        Level {
            name: inside.name,
            origin: inside.origin,
            place: inside.place,
            file,
            is_stale: false,
            outline: Outline::new(Arc::clone(&document), None, deadline),
            hex: Hex::new(Space::FILE, size),
            document,
            edits: None,
            before: Vec::new(),
            applied: None,
            problems: None,
            owner: TreePath::new(),
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
        self.is_stale = false;
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

    /// Shows the bytes of a space.
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
        let source = self.source(range.space)?;
        Some(part::of(source, range.offset, range.size))
    }

    /// Where a range begins in the file that is edited; `None` of what is in a stream.
    pub(super) fn origin_of(&self, range: Range) -> Option<u64> {
        let origin = self.origin.filter(|_| range.space.is_file())?;
        origin.checked_add(range.offset)
    }

    /// The current field: that of the tree's cursor.
    pub(super) fn field(&self) -> Option<Range> {
        let row = self.outline.selected()?;
        row.is_node().then_some(row.node.range)
    }
}
