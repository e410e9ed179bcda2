//! The edits of a file, with undo.

use std::ops::Range;

use super::pieces::{Hunk, Piece, Pieces};
use crate::Source;
use crate::offset::Tally;

/// Bytes in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Splice {
    offset: u64,
    removed: Vec<Piece>,
    added: Vec<Piece>,
}

/// Changes that are undone together.
#[derive(Clone, Debug)]
struct Step {
    id: u64,
    /// A description: `set dib_header.width`.
    what: String,
    splices: Vec<Splice>,
}

/// A file with the steps that were done and those that were undone.
#[derive(Debug)]
pub(super) struct Edits {
    base: Source,
    pieces: Pieces,
    done: Vec<Step>,
    undone: Vec<Step>,
    /// The last step that is on the disk.
    saved: u64,
    ids: u64,
}

/// Bytes that take the place of `removed` others.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    pub(super) offset: u64,
    pub(super) removed: u64,
    pub(super) bytes: Vec<u8>,
}

fn size_of(pieces: &[Piece]) -> u64 {
    let mut whole = Pieces::whole(0);
    whole.splice(0, 0, pieces);
    whole.size()
}

impl Edits {
    pub(super) fn new(base: Source, size: u64) -> Edits {
        Edits {
            base,
            pieces: Pieces::whole(size),
            done: Vec::new(),
            undone: Vec::new(),
            saved: 0,
            ids: 0,
        }
    }

    /// The bytes as they are now.
    pub(super) fn source(&self) -> Source {
        self.pieces.source(&self.base)
    }

    /// The bytes as they were opened.
    pub(super) fn base(&self) -> &Source {
        &self.base
    }

    pub(super) fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    pub(super) fn size(&self) -> u64 {
        self.pieces.size()
    }

    /// The state that the file is in: the number of the last step.
    pub(super) fn now(&self) -> u64 {
        self.done.last().map_or(0, |step| step.id)
    }

    /// Whether there is something to save.
    pub(super) fn is_unsaved(&self) -> bool {
        self.now() != self.saved
    }

    /// A state, numbered as [`now`](Edits::now) does, is on the disk.
    pub(super) fn is_saved(&mut self, state: u64) {
        self.saved = state;
    }

    /// The file on the disk was changed in place: `base` has its bytes as they were.
    pub(super) fn set_base(&mut self, base: Source) {
        self.base = base;
    }

    pub(super) fn hunks(&self) -> Vec<Hunk> {
        self.pieces.hunks()
    }

    pub(super) fn typed(&self, offset: u64, size: u64) -> Vec<Range<u64>> {
        self.pieces.typed(offset, size)
    }

    /// Does something, as one step. Each part of it sees the file as the part before left it.
    pub(super) fn put(&mut self, what: &str, puts: &[Replacement]) {
        self.undone.clear();
        self.ids.tally(1);
        let splices = puts.iter().map(|put| {
            let added = vec![Piece::own(&put.bytes)];
            let removed = self.pieces.splice(put.offset, put.removed, &added);
            Splice {
                offset: put.offset,
                removed,
                added,
            }
        });
        let splices = splices.collect();
        self.done.push(Step {
            id: self.ids,
            what: what.to_owned(),
            splices,
        });
    }

    /// Does more as a part of the last step: the second digit of a byte.
    pub(super) fn put_more(&mut self, put: &Replacement) {
        let Some(mut step) = self.done.pop() else {
            return self.put("type", std::slice::from_ref(put));
        };
        let added = vec![Piece::own(&put.bytes)];
        let removed = self.pieces.splice(put.offset, put.removed, &added);
        step.splices.push(Splice {
            offset: put.offset,
            removed,
            added,
        });
        // The saved state is no longer the current one.
        self.ids.tally(1);
        step.id = self.ids;
        self.done.push(step);
    }

    /// Whether bytes are inserted or deleted where the last step is undone, or done again.
    pub(super) fn moves(&self, forward: bool) -> bool {
        let step = match forward {
            true => self.undone.last(),
            false => self.done.last(),
        };
        let moves = |splice: &Splice| size_of(&splice.added) != size_of(&splice.removed);
        step.is_some_and(|step| step.splices.iter().any(moves))
    }

    /// Undoes the last step; answers its description and offset.
    pub(super) fn undo(&mut self) -> Option<(String, u64)> {
        let step = self.done.pop()?;
        for splice in step.splices.iter().rev() {
            let added = size_of(&splice.added);
            self.pieces.splice(splice.offset, added, &splice.removed);
        }
        let place = step.splices.first().map_or(0, |splice| splice.offset);
        let what = step.what.clone();
        self.undone.push(step);
        Some((what, place))
    }

    /// Redoes the step that was undone last.
    pub(super) fn redo(&mut self) -> Option<(String, u64)> {
        let step = self.undone.pop()?;
        for splice in &step.splices {
            let removed = size_of(&splice.removed);
            self.pieces.splice(splice.offset, removed, &splice.added);
        }
        let place = step.splices.first().map_or(0, |splice| splice.offset);
        let what = step.what.clone();
        self.done.push(step);
        Some((what, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(offset: u64, removed: u64, bytes: &[u8]) -> Replacement {
        Replacement {
            offset,
            removed,
            bytes: bytes.to_vec(),
        }
    }

    fn read(edits: &Edits) -> Vec<u8> {
        edits.source().read(0, 100).unwrap()
    }

    #[test]
    fn steps_are_undone_and_done_again() {
        let mut edits = Edits::new(Source::from(&b"abcdef"[..]), 6);
        edits.put("set x", &[put(0, 1, b"X"), put(5, 1, b"Y")]);
        edits.put("delete", &[put(1, 2, b"")]);
        assert_eq!(read(&edits), b"XdeY");
        assert_eq!(edits.undo(), Some(("delete".to_owned(), 1)));
        assert_eq!(read(&edits), b"XbcdeY");
        assert_eq!(edits.undo(), Some(("set x".to_owned(), 0)));
        assert_eq!(read(&edits), b"abcdef");
        assert_eq!(edits.undo(), None);
        edits.redo();
        edits.redo();
        assert_eq!(read(&edits), b"XdeY");
        assert_eq!(edits.redo(), None);
    }

    #[test]
    fn what_is_saved_is_known_through_undo_and_redo() {
        let mut edits = Edits::new(Source::from(&b"ab"[..]), 2);
        assert!(!edits.is_unsaved());
        edits.put("type", &[put(0, 1, b"X")]);
        edits.is_saved(edits.now());
        assert!(!edits.is_unsaved());
        edits.undo();
        assert!(edits.is_unsaved(), "the disk has the change");
        edits.redo();
        assert!(!edits.is_unsaved());
        edits.put_more(&put(0, 1, b"Y"));
        assert!(edits.is_unsaved());
        edits.undo();
        edits.put("type", &[put(0, 1, b"Z")]);
        assert!(edits.is_unsaved(), "another step than the saved one");
        assert_eq!(read(&edits), b"Zb");
        // A save takes its time, and keys are taken meanwhile.
        let state = edits.now();
        edits.put("type", &[put(1, 1, b"!")]);
        edits.is_saved(state);
        assert!(
            edits.is_unsaved(),
            "what came after the save began isn't saved"
        );
        edits.undo();
        assert!(!edits.is_unsaved());
    }
}
