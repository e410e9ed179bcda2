//! Which bytes of an output were written.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;

/// Runs of bytes, none of which touches the next: where each begins, and where it ends. Memory depends on the number of
/// runs, not on their lengths.
#[derive(Debug, Default)]
pub(in crate::structs::whole) struct Runs(BTreeMap<usize, usize>);

impl Runs {
    /// Adds the bytes of a range.
    pub(in crate::structs::whole) fn add(&mut self, range: Range<usize>) {
        let Range { mut start, mut end } = range;
        if start >= end {
            return;
        }
        // Most bytes are written one after the other.
        if let Some(mut last) = self.0.last_entry()
            && (*last.key()..=*last.get()).contains(&start)
        {
            let reach = end.max(*last.get());
            last.insert(reach);
            return;
        }
        while let Some((&from, &to)) = self.0.range(..=end).next_back() {
            if to < start {
                break;
            }
            (start, end) = (start.min(from), end.max(to));
            self.0.remove(&from);
        }
        self.0.insert(start, end);
    }

    /// The parts of a range in order, and whether each was written.
    pub(in crate::structs::whole) fn parts(
        &self,
        range: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, bool)> {
        let Range { start: mut at, end } = range;
        let first = self
            .0
            .range(..=at)
            .next_back()
            .map_or(at, |(from, _)| *from);
        let mut runs = self.0.range(first..end.max(first)).peekable();
        iter::from_fn(move || {
            if at >= end {
                return None;
            }
            while runs.next_if(|(_, to)| **to <= at).is_some() {}
            let (to, is_written) = match runs.peek() {
                Some((from, to)) if **from <= at => (**to, true),
                Some((from, _)) => (**from, false),
                None => (end, false),
            };
            let part = at..to.min(end);
            at = part.end;
            Some((part, is_written))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_what_bytes_marked_one_by_one_are(
            ranges in proptest::collection::vec(
                (0usize..64).prop_flat_map(|from| (from..80).prop_map(move |to| from..to)),
                0..24,
            ),
            wanted in (0usize..64).prop_flat_map(|from| (from..100).prop_map(move |to| from..to)),
        ) {
            let mut runs = Runs::default();
            let mut marked = [false; 100];
            for range in ranges {
                runs.add(range.clone());
                marked[range].fill(true);
                let mut before = None;
                for (from, to) in &runs.0 {
                    prop_assert!(from < to && before < Some(*from), "{runs:?}");
                    before = Some(*to);
                }
            }
            let mut at = wanted.start;
            for (part, is_written) in runs.parts(wanted.clone()) {
                prop_assert!(part.start == at && part.start < part.end);
                prop_assert!(marked[part.clone()].iter().all(|mark| *mark == is_written));
                at = part.end;
            }
            prop_assert_eq!(at, wanted.end);
        }
    }
}
