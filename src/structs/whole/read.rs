//! Reading a file along a program, into nodes.

mod arrays;
mod borders;
mod bytes;
mod choice;
mod coded;
mod column;
mod deferred;
mod demand;
mod frame;
mod lazy_content;
mod leaf;
mod levels;
mod outer_contents;
mod place;
mod region;
mod selected_field;

use std::sync::Arc;

use smol_str::SmolStr;

use super::owners::{Claim, LostClaims};
use super::program::{Count, FieldContent, Item, ItemKind, Level, Program};
use super::uses::Need;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::error::{DataError, DataErrorKind};
use crate::structs::nodes::Input;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Value;

pub(in crate::structs::whole) use borders::MANY_NODES;
pub(in crate::structs::whole) use bytes::part;
pub(in crate::structs::whole) use coded::{CONTENT, Coded};
pub(crate) use column::RequestedField;
pub(in crate::structs::whole) use column::RequestedFields;
pub(in crate::structs::whole) use deferred::Deferred;
pub(in crate::structs::whole) use demand::Origin;
pub(in crate::structs::whole) use frame::Frame;
pub(in crate::structs::whole) use leaf::{constant_value, scalar};

/// The name of the node of unnamed bit fields.
pub(in crate::structs::whole) const BITS: &str = "bits";

/// The most levels inside one another; data decide how many there are where formats contain themselves.
pub(in crate::structs::whole) const MAX_DEPTH: usize = 192;

/// The nodes that any file may become, and the most nodes at all; between the two, each byte of the file and of its
/// decoded contents adds a few.
const MIN_NODES: u64 = 1 << 17;
const NODES_PER_BYTE: u64 = 4;
/// The most decoded bytes that add to the limit of nodes, for each byte of the file: a format may decode the same bytes
/// again and again.
const DECODED_PER_BYTE: u64 = 64;
const MAX_NODES: u64 = 1 << 21;

/// The most items without bytes in the arrays of one file: no data back them.
const MAX_EMPTY: u64 = 1 << 16;

/// The most items and parts of expressions that are evaluated in one file, beside 64 for each byte of it.
const MAX_STEPS: u64 = 1 << 24;

/// The most of them, however large the file is: a sparse file of terabytes takes no space on the disk. They take about
/// a quarter of an hour.
pub(in crate::structs::whole) const MAX_ALL_STEPS: u64 = 1 << 34;

/// The nodes of a file, and what was found on the way.
#[derive(Debug)]
pub(in crate::structs) struct FileNodes {
    pub(in crate::structs) nodes: Vec<Node>,
    /// The error that ended it early.
    pub(in crate::structs) error: Option<DataError>,
    /// Where the bytes that were read end.
    pub(in crate::structs) end: u64,
    /// Fields whose values contradict others, with the values that they should have.
    pub(in crate::structs) wrong: Vec<(Range, Value)>,
    /// The decoded contents, by their spaces, each with the reason why it isn't complete.
    pub(in crate::structs) streams: Vec<(Source, Option<String>)>,
    /// The contents that are in memory, as far as they were asked for.
    pub(in crate::structs) contents: Vec<Arc<[u8]>>,
    /// The bytes of items that are made on demand.
    pub(in crate::structs) claims: Vec<Claim>,
    /// Which of the claims others own.
    pub(in crate::structs) lost: Option<Arc<LostClaims>>,
}

pub(in crate::structs::whole) struct Reader<'p, I> {
    pub(in crate::structs::whole) program: &'p Program,
    pub(in crate::structs::whole) input: I,
    pub(in crate::structs::whole) space: Space,
    /// The offset of the first byte that is read, in its space.
    base: u64,
    /// The space of the input, and where its first byte is there.
    outermost: (Space, u64),
    /// The decoded contents around the current position, the innermost last.
    inside: Vec<Arc<[u8]>>,
    /// Coded bytes, in the order in which they are met.
    pub(in crate::structs::whole) coded: Vec<Coded>,
    /// The number of this file's first stream; lower ones belong to files around it.
    first_stream: u32,
    /// Decoded bytes that are kept in memory.
    decoded: u64,
    pub(in crate::structs::whole) at: u64,
    /// Where the innermost region ends.
    pub(in crate::structs::whole) end: u64,
    /// The first byte and the end of the file that offsets count in.
    pub(in crate::structs::whole) file: (u64, u64),
    pub(in crate::structs::whole) frames: Vec<Frame>,
    /// The items whose fields a selector's condition sees, the innermost last.
    pub(in crate::structs::whole) selected: Vec<super::eval::NodePlace>,
    /// Formats that are being read, by name and place.
    open: Vec<(SmolStr, Space, u64, Vec<Value>)>,
    /// Computed values and checks, which may depend on later fields, with their frame and node.
    pub(in crate::structs::whole) later: Vec<Deferred<'p>>,
    /// The condition that ends the array whose item is read next.
    pub(in crate::structs::whole) until: Option<&'p Expression>,
    /// The result of that condition, where a level has evaluated it already.
    pub(in crate::structs::whole) reached: Option<bool>,
    pub(in crate::structs::whole) depth: usize,
    /// Fields whose values contradict others, with the values that they should have.
    wrong: Vec<(Range, Value)>,
    nodes: u64,
    empty: u64,
    /// The end of the bytes that were read, wherever they are.
    pub(in crate::structs::whole) reach: u64,
    pub(in crate::structs::whole) steps: u64,
    /// The number of steps up to which the limit isn't recomputed.
    free_steps: u64,
    /// The most steps, whatever the size of the file.
    pub(in crate::structs::whole) most_steps: u64,
    pub(in crate::structs::whole) scanned: u64,
    /// What items on demand are made from; without it all nodes are made at once.
    pub(in crate::structs::whole) origin: Option<Origin<'p>>,
    /// Whether only those nodes are made at which expressions may look.
    is_lean: bool,
    /// Which nodes the caller asked for besides, by the numbers of their items.
    wanted: Vec<Need>,
    /// Whether checks are computed in items on demand, too.
    pub(in crate::structs::whole) checks_all: bool,
    /// The bytes of items that are made on demand, noted while their borders are looked for.
    claims: Vec<Claim>,
    is_claiming: bool,
    /// Whether what is read is at an offset that the format computes.
    pub(in crate::structs::whole) is_placed: bool,
    /// Whether other nodes own the bytes that are read.
    is_view: bool,
    /// How many of the regions around stay bytes where reading inside fails.
    tries: usize,
    /// The first constant that differs in the innermost of them.
    differs: Option<DataError>,
    /// The first byte and the end of the last item at an offset of its own.
    pub(in crate::structs::whole) last_place: Option<(u64, u64)>,
}

impl<'p, I: Input> Reader<'p, I> {
    pub(in crate::structs::whole) fn new(
        program: &'p Program,
        input: I,
        space: Space,
        base: u64,
    ) -> Reader<'p, I> {
        let end = input.end();
        Reader {
            program,
            input,
            space,
            base,
            outermost: (space, base),
            inside: Vec::new(),
            coded: Vec::new(),
            first_stream: 0,
            decoded: 0,
            at: 0,
            end,
            file: (0, end),
            frames: Vec::new(),
            selected: Vec::new(),
            open: Vec::new(),
            later: Vec::new(),
            until: None,
            reached: None,
            depth: 0,
            wrong: Vec::new(),
            nodes: 0,
            empty: 0,
            reach: 0,
            steps: 0,
            free_steps: 0,
            most_steps: MAX_ALL_STEPS,
            scanned: 0,
            origin: None,
            is_lean: false,
            wanted: Vec::new(),
            checks_all: false,
            claims: Vec::new(),
            is_claiming: false,
            is_placed: false,
            is_view: false,
            tries: 0,
            differs: None,
            last_place: None,
        }
    }

    /// Sets the number of the first space of a content.
    pub(in crate::structs::whole) fn with_streams_from(mut self, first: u32) -> Self {
        self.first_stream = first;
        self
    }

    /// Reads the whole.
    pub(in crate::structs::whole) fn all(mut self) -> FileNodes {
        let program = self.program;
        self.frames.push(Frame::of_file());
        let result = self.level(&program.root, Order::Native);
        let result = result.and(self.finish_level());
        let frame = self.frames.pop();
        let contents = (0..self.coded.len())
            .map(|index| self.content(index))
            .collect();
        // Contents are kept for a source alone, which can be read again.
        let coded = match self.input.origin() {
            Some(_) => self.coded,
            None => Vec::new(),
        };
        let streams = coded.into_iter().map(|coded| {
            let empty = || (Source::from(Vec::new()), None);
            coded.stream().unwrap_or_else(empty)
        });
        FileNodes {
            streams: streams.collect(),
            contents,
            nodes: frame.map(|frame| frame.nodes).unwrap_or_default(),
            error: result.err().map(|e| e.moved(self.base)),
            end: self.base.past(self.at.max(self.reach)),
            wrong: self.wrong,
            claims: self.claims,
            lost: self.origin.map(|origin| origin.lost),
        }
    }

    /// Whether the node of an item is made: an expression may refer to it, or the caller asked for it.
    pub(in crate::structs::whole) fn keeps(&self, item: &Item) -> bool {
        !self.is_lean
            || item.is_used
            || self.wanted(item) != Need::No
            || matches!(item.is, FieldContent::Computed(_) | FieldContent::Check(_))
            || (self.tries > 0 && matches!(item.is, FieldContent::Constant(_)))
            || (self.program.uses.items && self.frames.last().is_some_and(|frame| frame.is_array))
    }

    fn wanted(&self, item: &Item) -> Need {
        let index = usize::try_from(item.number).unwrap_or(usize::MAX);
        self.wanted.get(index).copied().unwrap_or_default()
    }

    /// The same for a node by its name, where it has no item.
    pub(in crate::structs::whole) fn keeps_name(&self, name: &str) -> bool {
        !self.is_lean || self.program.uses.has(name)
    }

    /// Counts a value without a node.
    pub(in crate::structs::whole) fn pass(&mut self) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| !frame.is_array) {
            frame.values.tally(1);
        }
    }

    #[inline]
    pub(in crate::structs::whole) fn step(&mut self) -> Result<(), DataError> {
        self.steps.tally(1);
        match self.steps <= self.free_steps {
            true => Ok(()),
            false => self.look_at_steps(),
        }
    }

    #[cold]
    fn look_at_steps(&mut self) -> Result<(), DataError> {
        /// Nodes that may be made before the limit is computed again.
        const FREE: u64 = 1 << 10;
        let most = self
            .input
            .end()
            .saturating_add(self.decoded)
            .saturating_mul(64)
            .saturating_add(MAX_STEPS);
        if self.steps > most.min(self.most_steps) {
            let message = match most > self.most_steps {
                true => format!(
                    "the format asks for more than {} items and values of expressions",
                    self.most_steps
                ),
                false => "the format asks for more work than the file's size bears".to_owned(),
            };
            return Err(DataError::other(message).at(self.at));
        }
        let free = self.steps.saturating_add(FREE);
        self.free_steps = free.min(most).min(self.most_steps);
        Ok(())
    }

    pub(in crate::structs::whole) fn level(
        &mut self,
        level: &'p Level,
        order: Order,
    ) -> Result<(), DataError> {
        let order = level.order.unwrap_or(order);
        for item in &level.items {
            self.step()?;
            self.item(item, order)?;
        }
        Ok(())
    }

    pub(in crate::structs::whole) fn item(
        &mut self,
        item: &'p Item,
        order: Order,
    ) -> Result<(), DataError> {
        match (&item.each, &item.place) {
            (None, None) => self.counted(item, order),
            (None, Some(place)) => {
                let segment = self.segment(item);
                let offset = self
                    .number(place, "offset")
                    .map_err(|e| e.within(segment))?;
                self.elsewhere(offset, item, |reader| reader.counted(item, order))
            }
            (Some(count), _) => self.array(item, count, order),
        }
    }

    pub(in crate::structs::whole) fn push(&mut self, mut node: Node) -> Result<(), DataError> {
        self.nodes.tally(1);
        let size = self.input.end();
        let decoded = self.decoded.min(size.saturating_mul(DECODED_PER_BYTE));
        let backed = size.saturating_add(decoded).saturating_mul(NODES_PER_BYTE);
        let most = backed.saturating_add(MIN_NODES).min(MAX_NODES);
        if self.nodes > most {
            let message = format!("the format makes more than {most} fields of the file");
            return Err(DataError::other(message).at(self.at));
        }
        let is_view = self.is_view && node.owns_bytes() && node.range.size > 0;
        if is_view || node.has_views_only() {
            node.role = Role::View;
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.nodes.push(node);
        }
        Ok(())
    }

    #[inline]
    pub(in crate::structs::whole) fn remaining(&self) -> u64 {
        self.end.since(self.at)
    }

    pub(in crate::structs::whole) fn times(
        &mut self,
        count: &'p Count,
        what: &str,
    ) -> Result<Option<u64>, DataError> {
        Ok(match count {
            Count::Number(n) => Some(*n),
            Count::Computed(expression) => {
                let at = self.at;
                Some(self.number(expression, what).map_err(|e| e.at(at))?)
            }
            Count::Rest | Count::Until(_) => None,
        })
    }

    /// One element; a count is only used where it is a length.
    ///
    /// Data decide how many calls of this lie in one another, up to [`MAX_DEPTH`], and a thread has 2 MiB of stack. What is
    /// called here is never inlined, so that a call has no room for the values of other kinds of items.
    pub(in crate::structs::whole) fn one(
        &mut self,
        item: &'p Item,
        order: Order,
    ) -> Result<(), DataError> {
        match &item.what {
            ItemKind::Group(level) => self.group(item, level, order, Vec::new(), None),
            ItemKind::Format(name, arguments) => {
                let level = match self.program.formats.get(name) {
                    Some(level) => &**level,
                    None => return Err(DataError::other(format!("%{name} is not known"))),
                };
                let parameters = self.parameters(arguments)?;
                self.group(item, level, order, parameters, Some(name))
            }
            ItemKind::Choice(on, cases) => {
                if self.frames.last().is_some_and(|frame| frame.is_array) || item.name.is_some() {
                    return self.grouped(item, |reader| reader.choice(on.as_ref(), cases, order));
                }
                self.choice(on.as_ref(), cases, order)
            }
            ItemKind::Align(n) => self.align(n.of(order)),
            ItemKind::Computed(expression) => self.computed(item, expression, order),
            ItemKind::Fail(message) => Err(DataError::other(message.clone()).at(self.at)),
            _ => self.named_leaf(item, order),
        }
    }

    #[inline(never)]
    fn computed(
        &mut self,
        item: &'p Item,
        expression: &'p Expression,
        order: Order,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let got = self
            .eval(expression)
            .map_err(|e| e.at(self.at).within(segment))?;
        let Some(value) = self.value_of(&got) else {
            return Ok(());
        };
        if !item.codecs.is_empty() {
            return self.computed_content(item, value, order);
        }
        if !self.keeps(item) {
            self.pass();
            return Ok(());
        }
        let mut node = Node::new(self.name(item), self.range(self.at));
        self.shown(item, &mut node, value, order);
        self.push(node)
    }

    pub(in crate::structs::whole) fn skip(&mut self, n: u64) -> Result<(), DataError> {
        if n > self.remaining() {
            let kind = DataErrorKind::Short {
                needed: n,
                end: self.end,
            };
            return Err(DataError::new(kind).at(self.at));
        }
        self.at.advance(n);
        self.reach = self.reach.max(self.at);
        Ok(())
    }

    /// Skips bytes, where they are there.
    #[inline]
    pub(in crate::structs::whole) fn skip_over(&mut self, n: u64) -> Option<()> {
        if n > self.remaining() {
            return None;
        }
        self.at.advance(n);
        self.reach = self.reach.max(self.at);
        Some(())
    }

    /// Whether one more level, with this number inside it, would be too deep.
    #[inline]
    pub(in crate::structs::whole) fn is_too_deep(&self, more: usize) -> bool {
        self.depth.past(more) >= MAX_DEPTH
    }

    pub(in crate::structs::whole) fn take(&mut self, n: u64) -> Result<&[u8], DataError> {
        let at = self.at;
        self.skip(n)?;
        Ok(self.look(at, n))
    }

    pub(in crate::structs::whole) fn range(&self, start: u64) -> Range {
        let size = self.at.since(start);
        Range::new(self.space, self.base.past(start), size)
    }
}

#[cfg(test)]
mod tests;
