//! Two sequences of hashes aligned: what stays, what is paired, what comes and goes.

use std::hash::{DefaultHasher, Hasher};

/// Items of each sequence between what both begin and end with, at most, for a table of them all.
const TABLE: usize = 2048;

/// What happens to the next items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many are the same in both.
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

/// How the first sequence becomes the second: as much as possible stays, and what goes and comes
/// at one place is paired. Sequences that differ too much for that are paired as they stand.
pub(super) fn steps(old: &[u64], new: &[u64]) -> Vec<Step> {
    let prefix = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (
        old.get(prefix..).unwrap_or_default(),
        new.get(prefix..).unwrap_or_default(),
    );
    let suffix = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old, new) = (
        old.get(..old.len().saturating_sub(suffix))
            .unwrap_or_default(),
        new.get(..new.len().saturating_sub(suffix))
            .unwrap_or_default(),
    );
    let mut steps = Vec::new();
    if prefix > 0 {
        steps.push(Step::Same(prefix));
    }
    if old.len() <= TABLE && new.len() <= TABLE {
        middle(old, new, &mut steps);
    } else {
        replaced(old.len(), new.len(), &mut steps);
    }
    if suffix > 0 {
        steps.push(Step::Same(suffix));
    }
    steps
}

/// By the longest common subsequence.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a table of (n + 1) × (m + 1) cells, at most 2049 each way, walked within its bounds"
)]
fn middle(old: &[u64], new: &[u64], steps: &mut Vec<Step>) {
    let (n, m) = (old.len(), new.len());
    let width = m + 1;
    // The length of what stays behind each place.
    let mut stays = vec![0_u16; (n + 1) * width];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            stays[i * width + j] = if old[i] == new[j] {
                stays[(i + 1) * width + j + 1] + 1
            } else {
                stays[(i + 1) * width + j].max(stays[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut gone, mut come) = (0, 0);
    while i < n && j < m {
        if old[i] == new[j] {
            replaced(gone, come, steps);
            (gone, come) = (0, 0);
            steps.push(Step::Same(1));
            (i, j) = (i + 1, j + 1);
        } else if stays[(i + 1) * width + j] >= stays[i * width + j + 1] {
            gone += 1;
            i += 1;
        } else {
            come += 1;
            j += 1;
        }
    }
    replaced(gone + n - i, come + m - j, steps);
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

    #[test]
    fn long_sequences_are_paired() {
        let old: Vec<u64> = (0..5000).collect();
        let new: Vec<u64> = (10_000..15_001).collect();
        assert_eq!(steps(&old, &new).len(), 5001);
    }
}
