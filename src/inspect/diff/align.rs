//! Aligning two sequences of hashes: equal items, pairs, removed and added ones.

use std::hash::{DefaultHasher, Hasher};

use crate::inspect::align;
use crate::offset::Position;

/// What happens to the next items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// This many are the same in both.
    Same(usize),
    /// One of each takes the other's place.
    Pair,
    /// One is only in the first.
    Removed,
    /// One is only in the second.
    Added,
}

/// A hash of bytes.
#[derive(Default)]
pub(super) struct Hash(DefaultHasher);

impl Hash {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(super) fn finish(&self) -> u64 {
        self.0.finish()
    }
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = Hash::default();
    hash.update(bytes);
    hash.finish()
}

/// The steps from the first sequence to the second; items that are removed and added at one place are paired.
pub(super) fn steps(old: &[u64], new: &[u64]) -> Vec<Step> {
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let same = |from: u64, to: u64| {
        let size = count(to.since(from));
        (size > 0).then_some(Step::Same(size))
    };
    let mut steps = Vec::new();
    let mut told = 0;
    for region in align::items(old, new) {
        steps.extend(same(told, region.a.start));
        replaced(count(region.a.size()), count(region.b.size()), &mut steps);
        told = region.a.end;
    }
    steps.extend(same(told, old.len() as u64));
    steps
}

fn replaced(gone: usize, come: usize, steps: &mut Vec<Step>) {
    let pairs = gone.min(come);
    let over = if gone > come {
        Step::Removed
    } else {
        Step::Added
    };
    steps.extend(std::iter::repeat_n(Step::Pair, pairs));
    steps.extend(std::iter::repeat_n(over, gone.abs_diff(come)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[u64], new: &[u64]) -> String {
        let step = |step: &Step| match step {
            Step::Same(n) => "=".repeat(*n),
            Step::Pair => "~".to_owned(),
            Step::Removed => "-".to_owned(),
            Step::Added => "+".to_owned(),
        };
        steps(old, new).iter().map(step).collect()
    }

    #[test]
    fn what_both_have_stays() {
        assert_eq!(shown(&[1, 2, 3], &[1, 2, 3]), "===");
        assert_eq!(shown(&[1, 2, 3], &[1, 9, 2, 3]), "=+==");
        assert_eq!(shown(&[1, 2, 3], &[2, 3]), "-==");
        assert_eq!(shown(&[1, 2, 3], &[1, 9, 3]), "=~=");
        assert_eq!(shown(&[1, 2, 3, 4], &[9, 2, 8, 8, 4]), "~=~+=");
        assert_eq!(shown(&[], &[1]), "+");
        assert_eq!(shown(&[], &[]), "");
    }
}
