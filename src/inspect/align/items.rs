//! Insertions, deletions and changes between two sequences of items, which are compared by their hashes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::anchors::{Place, longest_ascending};
use super::fine;
use super::pair::Region;

use crate::offset::Position;

/// Pieces with this many items are compared for the least number of edits, up to `FINE_EDITS` of
/// them; the cost grows with the square of the edits.
const FINE: u64 = 1 << 12;

const FINE_EDITS: usize = 1 << 9;

/// The most edits of a larger piece in which nothing anchors.
const FEW_EDITS: usize = 1 << 7;

/// The levels of anchors between anchors.
const DEPTH: u32 = 8;

/// This many items in a row are one sample: items that occur often may occur once together.
const WINDOWS: [usize; 3] = [1, 4, 16];

/// The differences of two sequences, in order: between one and the next, items are equal.
///
/// Every pass is linear in the number of items, and there are at most as many of them as there are
/// levels and windows.
pub(in crate::inspect) fn items(old: &[u64], new: &[u64]) -> Vec<Region> {
    let keys = RandomState::new();
    let mut found = Vec::new();
    // A stack: the next one is last.
    let mut todo = vec![(Region::new(0..old.len() as u64, 0..new.len() as u64), 0)];
    while let Some((region, depth)) = todo.pop() {
        let region = without_ends(old, new, region);
        if region.size() == 0 {
            continue;
        }
        let (a, b) = pieces(old, new, region);
        if a.is_empty() || b.is_empty() {
            found.push(region);
            continue;
        }
        if region.size() <= FINE
            && let Some(differences) = fine::differences(a, b, region, FINE_EDITS)
        {
            found.extend(differences);
            continue;
        }
        let between = if depth < DEPTH {
            between_anchors(old, new, region, &keys)
        } else {
            Vec::new()
        };
        if !between.is_empty() {
            let depth = depth.past(1);
            todo.extend(between.into_iter().rev().map(|region| (region, depth)));
        } else if let Some(differences) = fine::differences(a, b, region, FEW_EDITS) {
            found.extend(differences);
        } else {
            found.extend(with_a_gap(a, b, region));
        }
    }
    found
}

fn pieces<'a>(old: &'a [u64], new: &'a [u64], region: Region) -> (&'a [u64], &'a [u64]) {
    let piece = |items: &'a [u64], start: u64, end: u64| {
        let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
        items.get(start..end)
    };
    (
        piece(old, region.a.start, region.a.end).unwrap_or_default(),
        piece(new, region.b.start, region.b.end).unwrap_or_default(),
    )
}

/// The region without the equal items at both ends.
fn without_ends(old: &[u64], new: &[u64], region: Region) -> Region {
    let (a, b) = pieces(old, new, region);
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let region = region.from(prefix as u64);
    let (a, b) = pieces(old, new, region);
    let backwards = a.iter().rev().zip(b.iter().rev());
    region.without_last(backwards.take_while(|(a, b)| a == b).count() as u64)
}

/// The regions before, between and after samples that occur once in either sequence; none where
/// there is no such sample.
fn between_anchors(old: &[u64], new: &[u64], region: Region, keys: &RandomState) -> Vec<Region> {
    let (a, b) = pieces(old, new, region);
    for window in WINDOWS {
        let mut samples: HashMap<u64, (Place, Place)> = HashMap::new();
        for (at, sample) in (0u64..).zip(a.windows(window)) {
            let places = samples
                .entry(keys.hash_one(sample))
                .or_insert((Place::Nowhere, Place::Nowhere));
            places.0 = places.0.and(at);
        }
        for (at, sample) in (0u64..).zip(b.windows(window)) {
            if let Some(places) = samples.get_mut(&keys.hash_one(sample)) {
                places.1 = places.1.and(at);
            }
        }
        let both = samples.into_values().filter_map(|places| match places {
            (Place::Once(a), Place::Once(b)) => Some((a, b)),
            _ => None,
        });
        let mut both: Vec<(u64, u64)> = both.collect();
        both.sort_unstable();
        let mut between = Vec::new();
        let mut rest = region;
        for (at_a, at_b) in longest_ascending(&both) {
            let (at_a, at_b) = (region.a.start.past(at_a), region.b.start.past(at_b));
            // Samples may overlap, and equal items around one may include the next.
            if at_a < rest.a.start || at_b < rest.b.start {
                continue;
            }
            between.push(Region::new(rest.a.start..at_a, rest.b.start..at_b));
            let ahead = Region::new(at_a..region.a.end, at_b..region.b.end);
            let (a, b) = pieces(old, new, ahead);
            let equal = a.iter().zip(b).take_while(|(a, b)| a == b).count();
            rest = ahead.from(equal as u64);
        }
        if !between.is_empty() {
            between.push(rest);
            return between;
        }
    }
    Vec::new()
}

/// Item by item in place, with one gap where it leaves the fewest different if one sequence is
/// longer.
fn with_a_gap(a: &[u64], b: &[u64], region: Region) -> Vec<Region> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let over = long.len().since(short.len());
    let (mut balance, mut lowest, mut at) = (0i64, 0i64, 0usize);
    let across = long.iter().skip(over);
    for (i, ((one, before), other)) in (1usize..).zip(short.iter().zip(long).zip(across)) {
        balance = balance
            .saturating_add(i64::from(one != before))
            .saturating_sub(i64::from(one != other));
        if balance < lowest {
            (lowest, at) = (balance, i);
        }
    }
    let at = at as u64;
    let left = region.smaller().since(at);
    let before = Region::new(
        region.a.start..region.a.start.past(at),
        region.b.start..region.b.start.past(at),
    );
    let after = Region::new(
        region.a.end.since(left)..region.a.end,
        region.b.end.since(left)..region.b.end,
    );
    let gap = Region::new(before.a.end..after.a.start, before.b.end..after.b.start);
    [before, gap, after]
        .into_iter()
        .filter(|region| region.size() > 0)
        .collect()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail")]
mod tests {
    use super::*;

    /// Inserted and deleted items, after a look at whether the differences are true.
    fn edits(old: &[u64], new: &[u64]) -> u64 {
        let mut at = (0, 0);
        let mut count = 0;
        let end = Region::new(
            old.len() as u64..old.len() as u64,
            new.len() as u64..new.len() as u64,
        );
        for region in items(old, new).into_iter().chain([end]) {
            let equal = Region::new(at.0..region.a.start, at.1..region.b.start);
            let (a, b) = pieces(old, new, equal);
            assert_eq!(a, b);
            at = (region.a.end, region.b.end);
            count += region.a.size() + region.b.size();
        }
        count
    }

    /// Numbers below `n` at random, the same in every run.
    fn random(seed: u64, n: u64, count: usize) -> Vec<u64> {
        let mut state = seed;
        let next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(seed | 1);
            (state >> 33) % n
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn few_edits_of_long_sequences_are_found_whatever_the_items() {
        for (kind, old) in [
            ("all different", (0..60_000).collect::<Vec<u64>>()),
            ("ten kinds", random(1, 10, 60_000)),
            ("two kinds", random(2, 2, 60_000)),
            (
                "nearly all the same",
                random(3, 500, 60_000)
                    .into_iter()
                    .map(|n| n / 499)
                    .collect(),
            ),
        ] {
            let mut new = old.clone();
            new[100] = 7_000_000;
            new.insert(30_000, 8_000_000);
            new.remove(50_000);
            // One changed, one new, one gone.
            assert_eq!(edits(&old, &new), 4, "{kind}");
            assert_eq!(edits(&new, &old), 4, "{kind}");
        }
    }

    #[test]
    fn many_edits_all_over_are_as_few_as_were_made() {
        let old: Vec<u64> = (0..100_000).collect();
        let mut new = Vec::new();
        let mut made = 0;
        for &item in &old {
            match item % 50 {
                0 => made += 1,
                1 => {
                    new.push(item + 1_000_000);
                    made += 2;
                }
                2 => {
                    new.extend([item, item + 2_000_000]);
                    made += 1;
                }
                _ => new.push(item),
            }
        }
        assert_eq!(edits(&old, &new), made);
    }

    /// Sequences that quadratic algorithms take minutes for.
    #[test]
    fn what_has_little_in_common_ends() {
        let count = 60_000;
        let ascending: Vec<u64> = (0..count).collect();
        let descending: Vec<u64> = (0..count).rev().collect();
        let periodic = |step: u64| (0..count).map(|i| i * step % 3).collect::<Vec<_>>();
        edits(&ascending, &descending);
        edits(&periodic(1), &periodic(2));
        for kinds in [1, 2, 16, 256, 100_000] {
            let (old, new) = (random(5, kinds, 60_000), random(6, kinds, 60_007));
            edits(&old, &new);
        }
    }

    #[test]
    fn a_sequence_without_anchors_is_compared_in_place_around_one_gap() {
        // Every second item is another one, and five items are new in the middle.
        let old: Vec<u64> = (0..20_000)
            .map(|i| if i % 2 == 0 { 1 } else { i })
            .collect();
        let mut new: Vec<u64> = old
            .iter()
            .map(|&i| if i == 1 { 1 } else { i + 100_000 })
            .collect();
        let inserted: Vec<u64> = vec![9; 5];
        new.splice(10_000..10_000, inserted);
        let found = with_a_gap(
            &old,
            &new,
            Region::new(0..old.len() as u64, 0..new.len() as u64),
        );
        assert_eq!(found.len(), 3);
        assert_eq!((found[1].a.size(), found[1].b.size()), (0, 5));
        // Before it is an item that differs on either side of the gap.
        assert!((9_999..=10_000).contains(&found[1].b.start));
    }
}
