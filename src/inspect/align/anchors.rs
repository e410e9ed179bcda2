//! Stretches that occur once in either source, and in the same order in both.

use std::collections::HashMap;
use std::io;

use super::Span;
use super::pair::{BLOCK, Pair, Region, read};
use crate::Source;
use crate::offset::{Position, Tally};

/// The most samples that are kept in memory, some 40 bytes each.
const MOST: usize = 1 << 18;

/// How many samples of a region are aimed at: half of the most, since the number is up to chance.
const WANTED: u64 = 1 << 17;

/// Bytes that the rolling hash depends on: it shifts by two bits a byte.
const WINDOW: u64 = 32;

/// A random number for each byte.
const GEAR: [u64; 256] = gear();

/// Where a sample is in a source.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Nowhere,
    Once(u64),
    Often,
}

impl Place {
    pub(super) fn and(self, offset: u64) -> Place {
        match self {
            Place::Nowhere => Place::Once(offset),
            _ => Place::Often,
        }
    }
}

/// Offsets in both sources after bytes that are likely to be equal, both ascending.
pub(super) fn find(pair: &Pair, region: Region) -> io::Result<Vec<(u64, u64)>> {
    let mut bits = region
        .size()
        .div_ceil(WANTED)
        .next_power_of_two()
        .trailing_zeros();
    let mut samples: HashMap<u64, (Place, Place)> = HashMap::new();
    sample(&pair.a, region.a, |offset, hash| {
        if !is_sample(hash, bits) {
            return;
        }
        // If there are too many samples, fewer hashes are selected.
        while samples.len() >= MOST && bits < u64::BITS {
            bits.tally(1);
            samples.retain(|&hash, _| is_sample(hash, bits));
        }
        let places = samples
            .entry(hash)
            .or_insert((Place::Nowhere, Place::Nowhere));
        places.0 = places.0.and(offset);
    })?;
    samples.retain(|_, places| matches!(places.0, Place::Once(_)));
    if samples.is_empty() {
        return Ok(Vec::new());
    }
    sample(&pair.b, region.b, |offset, hash| {
        if is_sample(hash, bits)
            && let Some(places) = samples.get_mut(&hash)
        {
            places.1 = places.1.and(offset);
        }
    })?;
    let both = samples.into_values().filter_map(|places| match places {
        (Place::Once(a), Place::Once(b)) => Some((a, b)),
        _ => None,
    });
    let mut both: Vec<(u64, u64)> = both.collect();
    both.sort_unstable();
    Ok(longest_ascending(&both))
}

fn is_sample(hash: u64, bits: u32) -> bool {
    hash.leading_zeros() >= bits
}

/// Calls `tell` with the hash of every window, and the offset after it. Of equal ones in a row, as in a run of zeros,
/// only two are reported: enough to see that the hash isn't unique.
fn sample(source: &Source, span: Span, mut tell: impl FnMut(u64, u64)) -> io::Result<()> {
    let mut buffer = Vec::new();
    let mut hash = 0u64;
    let mut offset = span.start;
    let first = span.start.past(WINDOW);
    let mut last = [None; 2];
    while offset < span.end {
        let size = BLOCK.min(span.end.since(offset));
        for &byte in read(source, offset, size, &mut buffer)? {
            let random = GEAR.get(usize::from(byte)).copied().unwrap_or(0);
            hash = (hash << 2).wrapping_add(random);
            offset.advance(1);
            let [_, previous] = last;
            if offset >= first && last != [Some(hash); 2] {
                tell(offset, hash);
                last = [previous, Some(hash)];
            }
        }
    }
    Ok(())
}

/// The longest selection whose second offsets ascend as well.
pub(super) fn longest_ascending(pairs: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let at = |index: usize| pairs.get(index).copied().unwrap_or_default();
    // The index of the lowest end of a selection of each length, and what comes before each pair.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, &(_, b)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| at(end).1 < b);
        before.push(length.checked_sub(1).and_then(|i| ends.get(i).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut selection = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        selection.push(at(index));
        next = before.get(index).copied().flatten();
    }
    selection.reverse();
    selection
}

/// Numbers of the generator `SplitMix64`.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "computed by the compiler, which would notice"
)]
const fn gear() -> [u64; 256] {
    let mut table = [0; 256];
    let mut state = 0u64;
    let mut i = 0;
    while i < table.len() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut n = state;
        n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        table[i] = n ^ (n >> 31);
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longest_selection_ascends() {
        let pairs = [(0, 9), (1, 2), (2, 3), (3, 1), (4, 5), (5, 4)];
        let selection = longest_ascending(&pairs);
        assert_eq!(selection.len(), 3);
        assert!(
            selection
                .windows(2)
                .all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1)
        );
        assert_eq!(longest_ascending(&[]), []);
    }
}
