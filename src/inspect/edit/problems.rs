//! The errors that an edit causes: those that a file has with it and not without it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;

use super::{Change, MAX_PROBLEMS, Overlay};
use crate::inspect::document::Document;
use crate::inspect::walk::{Step, walk};
use crate::offset::{Position, Tally};
use crate::tree::{Node, Problem, Severity};

/// The most errors of the file before the edit that are remembered, at 16 bytes each. If it has more, later errors
/// count as old.
const MAX_KNOWN: usize = 1 << 20;

/// The errors that a file has with the changes and not without them.
///
/// An error is old if the same place had the same code before; its message may contain numbers that the changes
/// altered.
pub(super) fn new(document: &Document, changes: &[Change]) -> io::Result<Vec<Problem>> {
    new_among(document, changes, MAX_KNOWN)
}

/// The same where this many errors of the file before the edit are remembered.
pub(super) fn new_among(
    document: &Document,
    changes: &[Change],
    most: usize,
) -> io::Result<Vec<Problem>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let keys = RandomState::new();
    let key = |problem: &Problem| {
        let range = problem.range;
        keys.hash_one((problem.code, range.space, range.offset, range.bits))
    };
    let mut known: HashMap<u64, u32> = HashMap::new();
    errors(document, &mut |problem| {
        let count = known.entry(key(problem)).or_default();
        count.tally(1);
        known.len() < most
    })?;
    let all_known = known.len() < most;
    let edited = Overlay::new(document.file().clone(), changes).into_source();
    let mut new = Vec::new();
    let mut seen = 0_usize;
    errors(&document.again(edited)?, &mut |problem| {
        seen.tally(1);
        match known.get_mut(&key(problem)) {
            Some(count @ 1..) => *count = count.since(1),
            _ => new.push(problem.clone()),
        }
        new.len() < MAX_PROBLEMS && (all_known || seen < most)
    })?;
    Ok(new)
}

/// Calls `tell` for every error of a file until it says no.
fn errors(document: &Document, tell: &mut dyn FnMut(&Problem) -> bool) -> io::Result<()> {
    let mut all = |node: &Node| {
        node.problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .all(&mut *tell)
    };
    if !all(document.root()) {
        return Ok(());
    }
    walk(document.root(), &mut |_, _, node| {
        Ok(if all(node) { Step::Into } else { Step::Stop })
    })
}
