//! The tasks that are left of a comparison.

use std::collections::VecDeque;
use std::io;

use super::pair::{BLOCK, Pair, Region};
use super::{anchors, fine, gap};

use crate::offset::Position;

/// Regions up to this size are compared for the least number of edits.
const FINE: u64 = 1 << 10;

/// The most bytes inserted and deleted in such a region; the cost grows with their square.
const FINE_EDITS: u64 = 128;

/// Fewer equal bytes than these anchor nothing.
const SHORTEST: u64 = 16;

/// The levels of anchors between anchors.
const DEPTH: u32 = 8;

/// Finds differences from front to back.
pub(super) struct Work {
    pair: Pair,
    /// A stack: the next one is last.
    todo: Vec<Task>,
    ready: VecDeque<Region>,
}

enum Task {
    /// To be compared, at this level of anchors.
    Compare(Region, u32),
    /// To be compared byte by byte; both sides have one size.
    InPlace(Region),
    /// A difference.
    Differ(Region),
}

impl Work {
    pub(super) fn new(pair: Pair, region: Region) -> Work {
        Work {
            pair,
            todo: vec![Task::Compare(region, 0)],
            ready: VecDeque::new(),
        }
    }

    /// The next difference; between one and the next, bytes are equal, or there are none.
    pub(super) fn next(&mut self) -> io::Result<Option<Region>> {
        loop {
            if let Some(region) = self.ready.pop_front() {
                return Ok(Some(region));
            }
            match self.todo.pop() {
                None => return Ok(None),
                Some(Task::Differ(region)) => return Ok(Some(region)),
                Some(Task::InPlace(region)) => self.in_place(region)?,
                Some(Task::Compare(region, depth)) => self.compare(region, depth)?,
            }
        }
    }

    fn compare(&mut self, region: Region, depth: u32) -> io::Result<()> {
        let region = region.from(self.pair.common_prefix(region)?);
        let region = region.without_last(self.pair.common_suffix(region)?);
        if region.smaller() == 0 {
            if region.size() > 0 {
                self.todo.push(Task::Differ(region));
            }
            return Ok(());
        }
        if region.size() <= FINE {
            if let Some(found) = self.fine(region)? {
                self.ready.extend(found);
                return Ok(());
            }
        } else if depth < DEPTH {
            let between = self.between_anchors(region)?;
            if !between.is_empty() {
                let depth = depth.past(1);
                let tasks = between.into_iter().rev();
                self.todo
                    .extend(tasks.map(|region| Task::Compare(region, depth)));
                return Ok(());
            }
        }
        self.with_a_gap(region)
    }

    /// The least edits of a small region, unless they are too many, or changes in place are fewer.
    fn fine(&mut self, region: Region) -> io::Result<Option<Vec<Region>>> {
        let (a, b) = self.pair.read_region(region)?;
        let mut limit = FINE_EDITS.min(region.a.size().saturating_add(region.b.size()));
        if a.len() == b.len() {
            let in_place = a.iter().zip(b).filter(|(a, b)| a != b).count() as u64;
            limit = limit.min(in_place.saturating_sub(1));
        }
        let limit = usize::try_from(limit).unwrap_or(0);
        Ok(fine::differences(a, b, region, limit))
    }

    /// The regions before, between and after stretches that are equal for certain; none where
    /// there is no such stretch.
    fn between_anchors(&mut self, region: Region) -> io::Result<Vec<Region>> {
        let mut between = Vec::new();
        // After the last equal stretch.
        let mut rest = region;
        for (a, b) in anchors::find(&self.pair, region)? {
            if a < rest.a.start || b < rest.b.start {
                continue;
            }
            let ahead = Region::new(a..region.a.end, b..region.b.end);
            let after = Region::new(rest.a.start..a, rest.b.start..b);
            let before = self.pair.common_suffix(after)?;
            if before < SHORTEST {
                continue;
            }
            between.push(after.without_last(before));
            rest = ahead.from(self.pair.common_prefix(ahead)?);
        }
        if !between.is_empty() {
            between.push(rest);
        }
        Ok(between)
    }

    fn with_a_gap(&mut self, region: Region) -> io::Result<()> {
        let gap = gap::best(&mut self.pair, region)?;
        if gap.differing > region.smaller() / 2 {
            self.todo.push(Task::Differ(region));
            return Ok(());
        }
        let (a, b) = (region.a.start.past(gap.at), region.b.start.past(gap.at));
        let size = region.smaller().since(gap.at);
        let (a_behind, b_behind) = (region.a.end.since(size), region.b.end.since(size));
        let before = Region::new(region.a.start..a, region.b.start..b);
        let after = Region::new(a_behind..region.a.end, b_behind..region.b.end);
        self.todo.push(Task::InPlace(after));
        if region.a.size() != region.b.size() {
            let gap = Region::new(a..a_behind, b..b_behind);
            self.todo.push(Task::Differ(gap));
        }
        self.todo.push(Task::InPlace(before));
        Ok(())
    }

    fn in_place(&mut self, region: Region) -> io::Result<()> {
        let size = BLOCK.min(region.size());
        if size == 0 {
            return Ok(());
        }
        let (a, b) = self.pair.read(region.a.start, region.b.start, size)?;
        self.ready
            .extend(gap::in_place(a, b, region.a.start, region.b.start));
        self.todo.push(Task::InPlace(region.from(size)));
        Ok(())
    }
}
