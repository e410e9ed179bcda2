//! Where the items of a long array begin. Nothing else is kept of them until they are asked for.

use std::sync::Arc;

use super::super::owners::Claim;
use super::super::program::{Item, ItemKind};
use super::super::skim::Skim;
use super::arrays::Items;
use super::column::Column;
use super::demand::{Demand, ItemCount, Owner};
use super::outer_contents::OuterLevels;
use super::{Frame, Reader};
use crate::offset::{Position, Tally};
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Node, Range};

/// How many nodes of an array are made before its items are made on demand.
pub(in crate::structs) const MANY_NODES: u64 = 1 << 13;

/// The most offsets that are kept; of longer arrays, those of every second, fourth… item.
const MAX_STARTS: usize = 1 << 14;

/// The most ranges of bytes outside their arrays that are noted for items on demand.
const MAX_CLAIMS: usize = 1 << 21;

/// The state that a reader goes back to when it drops what it read since.
#[derive(Debug)]
pub(in crate::structs::whole) struct Checkpoint {
    pub(in crate::structs::whole) nodes: u64,
    pub(in crate::structs::whole) at: u64,
    empty: u64,
    steps: u64,
    scanned: u64,
    reach: u64,
    later: usize,
    wrong: usize,
    claims: usize,
    pub(in crate::structs::whole) contents: usize,
}

/// The part of a reader's state that passing over an item changes.
#[derive(Debug)]
pub(in crate::structs::whole) struct ReadPosition {
    at: u64,
    end: u64,
    file: (u64, u64),
    is_placed: bool,
    last_place: Option<(u64, u64)>,
    steps: u64,
    scanned: u64,
    reach: u64,
    claims: usize,
}

/// Where items of an array begin, at equal steps.
#[derive(Debug)]
pub(in crate::structs::whole) struct ItemStarts {
    places: Vec<u64>,
    /// How many items lie from one to the next.
    step: u64,
}

impl ItemStarts {
    pub(in crate::structs::whole) fn new() -> ItemStarts {
        ItemStarts {
            places: Vec::new(),
            step: 1,
        }
    }

    /// Notes where an item begins; called for each item in order.
    pub(in crate::structs::whole) fn note(&mut self, index: u64, at: u64) {
        // The steps are powers of two.
        if index & self.step.since(1) != 0 {
            return;
        }
        if self.places.len() >= MAX_STARTS {
            let mut is_even = false;
            self.places.retain(|_| {
                is_even = !is_even;
                is_even
            });
            self.step = self.step.saturating_mul(2);
            return self.note(index, at);
        }
        self.places.push(at);
    }

    /// The last item at or before `index` whose beginning is known, and where it begins.
    pub(in crate::structs::whole) fn before(&self, index: u64) -> Option<(u64, u64)> {
        let last = self.places.len().checked_sub(1)?;
        let of = index.checked_div(self.step).unwrap_or(0);
        let of = usize::try_from(of).unwrap_or(usize::MAX).min(last);
        Some(((of as u64).saturating_mul(self.step), *self.places.get(of)?))
    }
}

impl<'p, I: Input> Reader<'p, I> {
    pub(in crate::structs::whole) fn mark(&self) -> Checkpoint {
        Checkpoint {
            nodes: self.nodes,
            at: self.at,
            empty: self.empty,
            steps: self.steps,
            scanned: self.scanned,
            reach: self.reach,
            later: self.later.len(),
            wrong: self.wrong.len(),
            claims: self.claims.len(),
            contents: self.coded.len(),
        }
    }

    /// Drops what was read since, in the array whose frame is the last.
    pub(in crate::structs::whole) fn back_to(&mut self, mark: &Checkpoint) {
        self.undo(mark);
        if let Some(frame) = self.frames.last_mut() {
            frame.nodes.clear();
        }
    }

    /// The same where none of its nodes is kept.
    pub(in crate::structs::whole) fn undo(&mut self, mark: &Checkpoint) {
        self.nodes = mark.nodes;
        self.at = mark.at;
        self.empty = mark.empty;
        self.steps = mark.steps;
        self.scanned = mark.scanned;
        self.reach = mark.reach;
        self.later.truncate(mark.later);
        self.wrong.truncate(mark.wrong);
        self.claims.truncate(mark.claims);
        self.forget_contents(mark.contents);
    }

    #[inline]
    pub(in crate::structs::whole) fn place_to_read(&self) -> ReadPosition {
        ReadPosition {
            at: self.at,
            end: self.end,
            file: self.file,
            is_placed: self.is_placed,
            last_place: self.last_place,
            steps: self.steps,
            scanned: self.scanned,
            reach: self.reach,
            claims: self.claims.len(),
        }
    }

    /// Goes back to the beginning of an item that is now to be read.
    pub(in crate::structs::whole) fn read_from(&mut self, place: &ReadPosition) {
        (self.at, self.end, self.file) = (place.at, place.end, place.file);
        (self.is_placed, self.last_place) = (place.is_placed, place.last_place);
        (self.steps, self.scanned, self.reach) = (place.steps, place.scanned, place.reach);
        self.claims.truncate(place.claims);
    }

    /// How many nodes of an array may be made before its items are made on demand.
    pub(in crate::structs::whole) fn most_nodes(&self, item: &Item, order: Order) -> u64 {
        let is_padded = match &item.what {
            ItemKind::Code(code) => self.alignment(code, order) > 1,
            _ => false,
        };
        match &self.origin {
            // Decoded bytes have no place in the source.
            _ if self.is_inside() => u64::MAX,
            Some(origin) if item.is_closed && !self.is_lean && !self.is_claiming && !is_padded => {
                origin.many
            }
            _ => u64::MAX,
        }
    }

    /// Reads all items without keeping any, and answers the node of the array, which makes them on demand.
    pub(in crate::structs::whole) fn borders(
        &mut self,
        item: &'p Item,
        order: Order,
        items: &mut Items<'p>,
        on_demand: &mut Option<(Arc<Demand>, Range)>,
    ) -> Result<(), DataError> {
        let around = self.frames.len().since(1);
        let start = self.at;
        let environment = self.environment(around);
        let is_placed = item.each.is_some();
        let mut starts = ItemStarts::new();
        let mut taken = None;
        let first_claim = self.claims.len();
        let mut compact_at = first_claim.past(1 << 12);
        self.is_lean = true;
        // In items that are made on demand, owners are known already.
        self.is_claiming = self
            .origin
            .as_ref()
            .is_some_and(|origin| origin.within.is_none());
        let asking = match &self.origin {
            Some(origin) if self.is_claiming => Some(origin.asking.clone()),
            _ => None,
        };
        let asked = asking.as_ref().and_then(|asking| asking.of(item));
        let asked = asked.filter(|_| !self.checks_all);
        let names: Vec<&str> = asked
            .iter()
            .flat_map(|asked| asked.names.iter().map(String::as_str))
            .collect();
        let mut column = asking
            .as_ref()
            .zip(asked)
            .map(|(asking, asked)| Column::new(asking, &asked.names));
        // Passing over doesn't compare constants. Where one decides whether bytes hold what is inside, items are read.
        let mut skim = match self.checks_all || self.tries > 0 {
            false => Skim::new(self.program, item, order, &names),
            true => None,
        };
        let mut result = Ok(());
        let mut mark = self.mark();
        while result.is_ok() && !items.is_over(self.remaining()) {
            if self.claims.len() > compact_at {
                self.forget_claims(first_claim, start);
                compact_at = self.claims.len().saturating_mul(2).max(compact_at);
            }
            let before = self.at;
            starts.note(items.index, before);
            // What is passed over makes no nodes and no contents.
            if let Some(skim) = &mut skim
                && self.skim_item(skim, items)
            {
                if let Some(column) = &mut column {
                    self.keep_field(column, skim, before);
                }
                continue;
            }
            if let Some(column) = &mut column {
                column.close();
            }
            mark = self.mark();
            result = self.next_item(item, order, items);
            self.forget_items(mark.contents);
            // Nothing of the item is kept.
            self.nodes = mark.nodes;
            if let (true, Ok(()), Some(item)) = (is_placed, &result, self.last_place.take()) {
                taken = Some(joined(taken, item));
            }
        }
        self.is_lean = false;
        self.is_claiming = false;
        let mut len = items.index;
        if result.is_err()
            && let Some(part) = self.part_of_item(item, order, items, &mark)
        {
            len.tally(1);
            taken = is_placed.then(|| joined(taken, part));
        }
        self.forget_claims(first_claim, start);
        let (from, to) = match is_placed {
            true => taken.unwrap_or((start, start)),
            false => (start, self.at),
        };
        let key = self.key_of_array(around, item);
        let owner = match &self.origin {
            Some(origin) if origin.within.is_some() => Owner::Known(self.is_view),
            _ if is_placed => Owner::Known(false),
            _ => {
                self.claims.push(Claim {
                    from: self.base.past(from),
                    to: self.base.past(to),
                    key,
                    is_placed: self.is_placed,
                });
                Owner::Claimed(key)
            }
        };
        let range = Range::new(self.space, self.base.past(from), to.since(from));
        let len = ItemCount {
            items: len,
            is_cut: result.is_err(),
        };
        let column = column.zip(asking);
        let column = column.map(|(column, asking)| column.finish(&asking));
        let demand = self.demand(item, order, environment, start, starts, len, owner, column);
        *on_demand = demand.map(|demand| (Arc::new(demand), range));
        result
    }

    /// The bytes of an item that failed, where its first fields become a node. The state stays as it is.
    fn part_of_item(
        &mut self,
        item: &'p Item,
        order: Order,
        items: &Items<'p>,
        mark: &Checkpoint,
    ) -> Option<(u64, u64)> {
        let (at, reach) = (self.at, self.reach);
        let claims = self.claims.split_off(mark.claims);
        let wrong = self.wrong.split_off(mark.wrong);
        self.back_to(mark);
        let mut last = items.again();
        let _ = self.next_item(item, order, &mut last);
        let made = self.frames.last().and_then(|frame| frame.nodes.last());
        let part = made.map(|node| {
            let (from, to) = (node.range.offset, node.range.end());
            (from.since(self.base), to.since(self.base))
        });
        self.back_to(mark);
        self.claims.extend(claims);
        self.wrong.extend(wrong);
        self.at = at;
        self.reach = reach;
        part
    }

    /// The levels around an array as its items see them: the fields that expressions name, at their places.
    fn environment(&mut self, around: usize) -> OuterLevels {
        let uses = &self.program.uses;
        let mut kept = 0u64;
        let mut environment = OuterLevels::default();
        for frame in self.frames.iter().take(around) {
            let is_used = |node: &Node| match frame.is_array {
                true => uses.items || frame.name.as_ref().is_some_and(|name| uses.has(name)),
                false => uses.has(&node.name) || node.is_joined,
            };
            let len = frame.nodes.iter().rposition(is_used);
            let len = len.map_or(0, |last| last.past(1));
            let nodes = frame
                .nodes
                .iter()
                .take(len)
                .map(|node| match is_used(node) {
                    true => {
                        let mut node = node.clone();
                        self.keep_contents(&mut node, &mut environment);
                        node
                    }
                    false => Node::new("", node.range),
                })
                .collect();
            kept.tally(len as u64);
            environment.frames.push(frame.with_nodes(nodes));
        }
        self.nodes.tally(kept);
        environment
    }

    /// Claims the bytes of an item at an offset of its own while borders are looked for.
    pub(in crate::structs::whole) fn claim(
        &mut self,
        place: u64,
        key: Option<u64>,
    ) -> Result<(), DataError> {
        self.last_place = Some((place, self.at));
        let Some(key) = key.filter(|_| self.is_claiming && self.at > place) else {
            return Ok(());
        };
        if self.claims.len() >= MAX_CLAIMS {
            let message = format!("more than {MAX_CLAIMS} items stand elsewhere");
            return Err(DataError::other(message).at(self.at));
        }
        self.claims.push(Claim {
            from: self.base.past(place),
            to: self.base.past(self.at),
            key,
            is_placed: true,
        });
        Ok(())
    }

    /// Drops claims of bytes inside the array itself: those are views.
    fn forget_claims(&mut self, first: usize, start: u64) {
        let own = self.base.past(start)..self.base.past(self.at);
        let mut index = 0usize;
        self.claims.retain(|claim| {
            index.tally(1);
            index <= first || !own.contains(&claim.from)
        });
    }

    /// A hash that identifies an item at an offset of its own, the same each time it is read.
    pub(in crate::structs::whole) fn key(&self, item: &Item) -> Option<u64> {
        self.origin.as_ref()?;
        Some(key(
            indexes(&self.frames),
            self.frames.len(),
            item.number,
            self.at,
            false,
        ))
    }

    /// The same for an item in levels and arrays without frames, inside an item of the array whose frame is the last.
    /// `outer`, the hash of the arrays around that one, is the same for all its items.
    pub(in crate::structs::whole) fn key_within(
        &self,
        outer: &mut Option<u64>,
        more: &[u64],
        levels: usize,
        item: &Item,
    ) -> Option<u64> {
        self.origin.as_ref()?;
        let (last, around) = self.frames.split_last()?;
        let outer_hash = outer.get_or_insert_with(|| indexes(around).fold(0, mixed));
        let hash = mixed(*outer_hash, last.index);
        let hash = more.iter().copied().fold(hash, mixed);
        let depth = self.frames.len().past(levels);
        Some(placed_key(hash, depth, item.number, self.at, false))
    }

    fn key_of_array(&self, around: usize, item: &Item) -> u64 {
        let frames = self.frames.get(..around).unwrap_or_default();
        let start = self.frames.last().map_or(0, |frame| frame.start);
        key(indexes(frames), around, item.number, start, true)
    }

    /// Whether other nodes own the bytes of an item on demand at `place`.
    pub(in crate::structs::whole) fn others_own(&self, place: u64, key: Option<u64>) -> bool {
        let Some(origin) = &self.origin else {
            return false;
        };
        let (Some(within), Some(key)) = (&origin.within, key) else {
            return false;
        };
        within.contains(&place) || origin.lost.has(key)
    }
}

/// From the first to the last byte of some items and one more.
fn joined(items: Option<(u64, u64)>, (from, to): (u64, u64)) -> (u64, u64) {
    let (first, last) = items.unwrap_or((from, to));
    (first.min(from), last.max(to))
}

fn indexes(frames: &[Frame]) -> impl Iterator<Item = u64> {
    let arrays = frames.iter().filter(|frame| frame.is_array);
    arrays.map(|frame| frame.index)
}

/// A hash with one more number: the halves of a product, folded together.
fn mixed(hash: u64, number: u64) -> u64 {
    /// The golden ratio's bits, and a prime.
    const FACTORS: (u64, u64) = (0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93);
    let left = u128::from(hash.wrapping_add(FACTORS.0));
    let right = u128::from(number ^ FACTORS.1);
    let product = left.wrapping_mul(right).wrapping_add(u128::from(number));
    let half = |half: u128| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0);
    let (low, high) = (half(product), half(product >> 64));
    low ^ high.rotate_left(29)
}

fn key(
    indexes: impl Iterator<Item = u64>,
    depth: usize,
    number: u32,
    at: u64,
    is_array: bool,
) -> u64 {
    placed_key(indexes.fold(0, mixed), depth, number, at, is_array)
}

fn placed_key(hash: u64, depth: usize, number: u32, at: u64, is_array: bool) -> u64 {
    let own = (u64::from(number) << 32 | depth as u64) << 1 | u64::from(is_array);
    mixed(mixed(hash, own), at)
}
