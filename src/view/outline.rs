//! The tree as rows: which nodes are open, which of their children are at hand, and where the cursor is.
//!
//! An open node keeps a window of its children. The children before and after the window are one row each; moving onto
//! such a row moves the window.

mod branch;

use std::sync::Arc;
use std::time::Instant;

use branch::{Branch, Open};

use super::children;
use super::locate::TreePath;
use crate::inspect::{Document, display_path, push};
use crate::offset::Position;
use crate::tree::{Node, Place};

/// Children that are asked for at a time.
const STEP: usize = 256;

/// Children of one node that are kept.
const WINDOW: usize = 1024;

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Node {
        /// Whether it can be opened, and is.
        open: Option<bool>,
    },
    /// The number of children before the window.
    Before(u64),
    /// More children after the window; how many, where that is known.
    After(Option<u64>),
    /// Children that are not there yet.
    Waiting,
    /// Making the children failed.
    Failed(String),
}

/// A line of the tree.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The places among the children, from the root down; of a row that is no node, those of its parent.
    pub(super) address: Vec<u64>,
    pub(super) kind: Kind,
    /// The node, or the parent of what is no node.
    pub(super) node: Arc<Node>,
    pub(super) depth: usize,
}

impl Row {
    pub(super) fn is_node(&self) -> bool {
        matches!(self.kind, Kind::Node { .. })
    }
}

/// The open nodes of a tree and its cursor, to be restored in the tree of the file after an edit.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    open: Option<Open>,
    cursor: Vec<u64>,
    row: usize,
    top: usize,
}

/// A node that the cursor moves to once it is made, and how many rows further.
struct Pending {
    address: Vec<u64>,
    rows: isize,
}

/// The tree of a document as rows.
pub(super) struct Outline {
    document: Arc<Document>,
    root: Branch,
    rows: Vec<Row>,
    cursor: usize,
    /// The first row on the screen.
    pub(super) top: usize,
    /// A path to a node, not all nodes of which are made yet.
    pending: Option<Pending>,
    /// Whether the first group is still to be opened, once the file's parts are there.
    is_fresh: bool,
}

impl Outline {
    /// A new document, opened as another was, if it has the same parts.
    pub(super) fn new(document: Arc<Document>, shape: Option<Shape>, deadline: Instant) -> Outline {
        let root = Arc::new(document.root().clone());
        let mut root = Branch::new(0, root);
        let is_new = shape.is_none();
        let shape = shape.unwrap_or_default();
        root.open(&document, shape.open, false);
        let mut outline = Outline {
            document,
            root,
            rows: Vec::new(),
            cursor: 0,
            top: shape.top,
            pending: None,
            is_fresh: is_new,
        };
        outline.fill(deadline);
        if !is_new {
            outline.cursor = outline.place_of(&shape.cursor).unwrap_or(shape.row);
            outline.clamp();
        }
        outline
    }

    /// Opens the content of a wrapping format, or else the first group, which is mostly a header.
    fn open_first(&mut self, deadline: Instant) {
        let content = self.document.format().content();
        let inside = |row: &Row| content.is_some_and(|name| row.node.name == name);
        let group = |row: &Row| row.kind == (Kind::Node { open: Some(false) });
        let Some(place) = self.rows.iter().position(inside) else {
            let first = |row: &Row| group(row) && !row.node.is_leaf();
            if let Some(place) = self.rows.iter().position(first) {
                self.cursor = place;
                self.open(deadline);
                self.cursor = 0;
            }
            return;
        };
        self.cursor = place;
        self.open(deadline);
        // The one node that holds the content, such as the members of an archive, is opened, too.
        let next = place.past(1);
        let holds_all = |row: &Row| group(row) && row.node.is_on_demand();
        if self.rows.get(next).is_some_and(holds_all) {
            self.cursor = next;
            self.open(deadline);
            self.cursor = place;
        }
    }

    /// The open nodes, and the cursor.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            open: self.root.shape(),
            cursor: self
                .selected()
                .map(|row| row.address.clone())
                .unwrap_or_default(),
            row: self.cursor,
            top: self.top,
        }
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(super) fn selected(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    /// Takes the children that were made; answers whether more are expected.
    pub(super) fn fill(&mut self, deadline: Instant) -> bool {
        let waits = self.root.fill(&self.document, deadline);
        self.rebuild();
        if self.is_fresh && !waits {
            self.is_fresh = false;
            if self.cursor == 0 {
                self.open_first(deadline);
            }
        }
        if let Some(Pending { address, rows }) = self.pending.take() {
            self.go_to(address, deadline);
            match &mut self.pending {
                Some(pending) => pending.rows = rows,
                None => self.move_by(rows, deadline),
            }
        }
        waits || self.pending.is_some()
    }

    /// Makes the rows anew, and keeps the cursor on its node.
    fn rebuild(&mut self) {
        let old = self.rows.get(self.cursor).cloned();
        let mut rows = Vec::new();
        self.root.rows(&mut Vec::new(), &mut rows);
        self.rows = rows;
        if let Some(old) = old {
            let same = |row: &Row| {
                row.address == old.address
                    && std::mem::discriminant(&row.kind) == std::mem::discriminant(&old.kind)
            };
            let place = self.rows.iter().position(same);
            let mut address = old.address;
            let place = place.or_else(|| {
                loop {
                    let here = |row: &Row| row.is_node() && row.address == address;
                    if let Some(place) = self.rows.iter().position(here) {
                        return Some(place);
                    }
                    address.pop()?;
                }
            });
            self.cursor = place.unwrap_or(self.cursor);
        }
        self.clamp();
    }

    fn clamp(&mut self) {
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        self.top = self.top.min(self.cursor);
    }

    /// Scrolls so that the cursor is on a screen of `height` rows, and none of them is empty that need not be.
    pub(super) fn show_cursor(&mut self, height: usize) {
        let lowest = self.cursor.past(1).saturating_sub(height.max(1));
        let waits = |row: &Row| row.kind == Kind::Waiting;
        if !self.is_fresh && self.pending.is_none() && !self.rows.last().is_some_and(waits) {
            self.top = self.top.min(self.rows.len().saturating_sub(height));
        }
        self.top = self.top.max(lowest).min(self.cursor);
    }

    fn branch_mut(&mut self, address: &[u64]) -> Option<&mut Branch> {
        let mut branch = &mut self.root;
        for ordinal in address {
            branch = branch.kid_mut(*ordinal)?;
        }
        Some(branch)
    }

    /// Moves to a row; for a row that stands for children outside the window, loads them.
    pub(super) fn select(&mut self, row: usize, deadline: Instant) {
        self.pending = None;
        self.cursor = row;
        self.clamp();
        let Some(row) = self.selected().cloned() else {
            return;
        };
        let document = Arc::clone(&self.document);
        let towards = match row.kind {
            Kind::Before(_) => Branch::slide_back,
            Kind::After(_) => Branch::slide_on,
            _ => return,
        };
        let Some(branch) = self.branch_mut(&row.address) else {
            return;
        };
        let Some(beside) = branch.beside(matches!(row.kind, Kind::Before(_))) else {
            return;
        };
        towards(branch, &document);
        self.fill(deadline);
        // The node next to the window's old border.
        let mut address = row.address;
        address.push(beside);
        match self.place_of(&address) {
            Some(place) => self.cursor = place,
            None => self.pending = Some(Pending { address, rows: 0 }),
        }
    }

    fn place_of(&self, address: &[u64]) -> Option<usize> {
        let mut rows = self.rows.iter();
        rows.position(|row| row.is_node() && row.address == address)
    }

    /// Moves by rows, also across the border of a window.
    pub(super) fn move_by(&mut self, rows: isize, deadline: Instant) {
        const MOST_WINDOWS: usize = 64;
        let mut left = rows.unsigned_abs();
        for _ in 0..MOST_WINDOWS {
            let is_border = |at: usize| {
                self.rows
                    .get(at)
                    .is_some_and(|row| matches!(row.kind, Kind::Before(_) | Kind::After(_)))
            };
            let steps = (1..=left).take_while(|step| match rows < 0 {
                true => *step <= self.cursor,
                false => self.cursor.past(*step) < self.rows.len(),
            });
            let at = |step: usize| match rows < 0 {
                true => self.cursor.since(step),
                false => self.cursor.past(step),
            };
            let (mut target, mut border) = (0, None);
            for step in steps {
                target = step;
                if is_border(at(step)) {
                    border = Some(step);
                    break;
                }
            }
            self.select(at(target), deadline);
            let Some(step) = border else { return };
            left = left.since(step);
            if let Some(pending) = &mut self.pending {
                let left = isize::try_from(left).unwrap_or(0);
                pending.rows = left.saturating_mul(rows.signum());
                return;
            }
            if left == 0 {
                return;
            }
        }
    }

    /// Opens the row under the cursor, or closes it; answers whether there was something to do.
    pub(super) fn toggle(&mut self, deadline: Instant) -> bool {
        match self.selected().map(|row| row.kind.clone()) {
            Some(Kind::Node { open: Some(true) }) => self.close(),
            Some(Kind::Node { open: Some(false) }) => self.open(deadline),
            _ => false,
        }
    }

    pub(super) fn open(&mut self, deadline: Instant) -> bool {
        let Some(row) = self.selected().cloned() else {
            return false;
        };
        if row.kind != (Kind::Node { open: Some(false) }) {
            return false;
        }
        let document = Arc::clone(&self.document);
        if let Some(branch) = self.branch_mut(&row.address) {
            branch.open(&document, None, false);
        }
        self.fill(deadline);
        true
    }

    pub(super) fn close(&mut self) -> bool {
        let Some(row) = self.selected().cloned() else {
            return false;
        };
        if row.kind != (Kind::Node { open: Some(true) }) {
            return false;
        }
        if let Some(branch) = self.branch_mut(&row.address) {
            branch.close();
        }
        self.rebuild();
        true
    }

    /// Moves to the parent.
    pub(super) fn go_to_parent(&mut self) {
        let Some(row) = self.selected() else { return };
        let address = match row.is_node() {
            true => row.address.split_last().map_or(&[][..], |(_, up)| up),
            false => &row.address,
        };
        if let Some(place) = self.place_of(address) {
            self.cursor = place;
        }
    }

    /// Opens the nodes on the way to a node, and moves to it. Nodes that an earlier call opened on the way to another
    /// one are closed.
    pub(super) fn reveal(&mut self, way: &TreePath, deadline: Instant) {
        let address = way.iter().map(|(ordinal, _)| *ordinal).collect();
        self.go_to(address, deadline);
    }

    fn go_to(&mut self, address: Vec<u64>, deadline: Instant) {
        self.pending = None;
        self.root.close_what_led_elsewhere(&address);
        let document = Arc::clone(&self.document);
        let mut branch = &mut self.root;
        let mut has_failed = false;
        for ordinal in &address {
            if !branch.is_open() {
                branch.open(&document, None, true);
            }
            branch.want(&document, *ordinal, deadline);
            has_failed = branch.kid(*ordinal).is_none() && branch.has_ended();
            match branch.kid_mut(*ordinal) {
                Some(kid) => branch = kid,
                None => break,
            }
        }
        let mut rows = Vec::new();
        self.root.rows(&mut Vec::new(), &mut rows);
        self.rows = rows;
        match self.place_of(&address) {
            Some(place) => self.cursor = place,
            None if !has_failed => self.pending = Some(Pending { address, rows: 0 }),
            None => {}
        }
        self.clamp();
    }

    /// The nodes that an address leads through, as far as they are at hand.
    fn nodes_on_the_way(&self, address: &[u64]) -> TreePath {
        let mut way = TreePath::new();
        let mut branch = &self.root;
        for ordinal in address {
            let Some(kid) = branch.kid(*ordinal) else {
                break;
            };
            way.push((*ordinal, Arc::clone(kid.node())));
            branch = kid;
        }
        way
    }

    /// The way to the row under the cursor.
    pub(super) fn way(&self) -> TreePath {
        let address = self.selected().map(|row| row.address.as_slice());
        self.nodes_on_the_way(address.unwrap_or_default())
    }

    /// The last row; of a node with more children than are at hand whose number is known, the last child.
    pub(super) fn go_to_end(&mut self, deadline: Instant) {
        let last = self.rows.len().saturating_sub(1);
        let row = self.rows.get(last).cloned();
        let Some((row, Kind::After(Some(_)))) = row.as_ref().map(|row| (row, row.kind.clone()))
        else {
            return self.select(last, deadline);
        };
        let Some(end) = children::count(&row.node).and_then(|count| count.checked_sub(1)) else {
            return;
        };
        let document = Arc::clone(&self.document);
        if let Some(branch) = self.branch_mut(&row.address) {
            branch.want(&document, end, deadline);
        }
        self.fill(deadline);
        let mut address = row.address.clone();
        address.push(end);
        match self.place_of(&address) {
            Some(place) => self.cursor = place,
            None => self.pending = Some(Pending { address, rows: 0 }),
        }
    }
}

/// Where a way leads to, and the path that people read, by keys.
pub(super) fn paths(way: &TreePath) -> (Place, String) {
    let mut shown = String::new();
    for (_, node) in way {
        push(&mut shown, node);
        if node.key.is_some() {
            shown = display_path(&shown, node.key.as_ref());
        }
    }
    let names = way.iter().map(|(_, node)| node.name.clone());
    (names.collect(), shown)
}
