//! Problems of pixels: the first few places of each, and how many more there are.

use std::collections::BTreeMap;

use crate::offset::Tally;
use crate::tree::{Code, Problem, Range};

/// The most places of one problem that are listed.
const TOLD: u64 = 8;

/// Problems in the order they were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Damage {
    problems: Vec<Problem>,
    counts: BTreeMap<&'static str, u64>,
}

impl Damage {
    pub(super) fn add(&mut self, code: Code, range: Range, message: impl FnOnce() -> String) {
        let count = self.counts.entry(code.code).or_default();
        count.tally(1);
        if *count <= TOLD {
            let problem = code.problem(range, message());
            self.problems.push(problem);
        }
    }

    /// All of them; the last reported one of a kind says how many are left out.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        for (code, count) in self.counts {
            let more = count.saturating_sub(TOLD);
            let last = self.problems.iter_mut().rev().find(|p| p.code == code);
            if let Some(last) = last.filter(|_| more > 0) {
                last.message = format!("{}; and {more} more such places", last.message);
            }
        }
        self.problems
    }
}
