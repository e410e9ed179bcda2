//! Comparing regions without anchors: byte by byte in place, with one gap where the sizes differ.

use std::io;

use super::pair::{BLOCK, Pair, Region, Side};
use crate::offset::{Position, Tally};

/// Where the gap of a region is best, and how many bytes differ with it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// From the start of the region.
    pub(super) at: u64,
    pub(super) differing: u64,
}

/// Tries every place for the gap that makes both sides equally long.
pub(super) fn best(pair: &mut Pair, region: Region) -> io::Result<Gap> {
    let size = region.smaller();
    let gap = region.a.size().abs_diff(region.b.size());
    let (a, b) = ((Side::A, region.a.start), (Side::B, region.b.start));
    let (short, long) = match region.a.size() <= region.b.size() {
        true => (a, b),
        false => (b, a),
    };
    // With the gap in front, all bytes are compared across it. When it moves on by one byte, that byte is compared
    // before the gap instead of after it.
    let mut after = 0u64;
    let (mut balance, mut lowest, mut at) = (0i64, 0i64, 0u64);
    let mut done = 0u64;
    while done < size {
        let step = BLOCK.min(size.since(done));
        let before = long.1.past(done);
        let [one, two, three] = pair.read_three(
            (short.0, short.1.past(done)),
            (long.0, before, before.past(gap)),
            step,
        )?;
        for ((one, before), across) in one.iter().zip(two).zip(three) {
            done.tally(1);
            after.tally(u64::from(one != across));
            balance = balance
                .saturating_add(i64::from(one != before))
                .saturating_sub(i64::from(one != across));
            if balance < lowest {
                (lowest, at) = (balance, done);
            }
        }
    }
    Ok(Gap {
        at,
        differing: after.saturating_add_signed(lowest),
    })
}

/// The runs of bytes that differ in place, for pieces that begin at these offsets.
pub(super) fn in_place(a: &[u8], b: &[u8], at_a: u64, at_b: u64) -> Vec<Region> {
    let mut runs = Vec::new();
    let mut start = None;
    let differ = a.iter().zip(b).map(|(a, b)| a != b);
    for (i, differs) in (0u64..).zip(differ.chain([false])) {
        match (start, differs) {
            (None, true) => start = Some(i),
            (Some(from), false) => {
                let range = |at: u64| at.past(from)..at.past(i);
                runs.push(Region::new(range(at_a), range(at_b)));
                start = None;
            }
            _ => {}
        }
    }
    runs
}
