//! Coded bytes: their decoded content is a space of its own.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use smol_str::SmolStr;

use super::super::eval::NodePlace;
use super::super::program::{FieldContent, Item, ItemKind};
use super::lazy_content::{CodedStream, ExpectedChecksum, LazyContent, LazyDecoder};
use super::{Frame, Reader};
use crate::Source;
use crate::coding::{self, Step};
use crate::offset::{Position, Tally};
use crate::structs::code::Order;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::structs::problems::S006;
use crate::tree::{Node, Range, Role, Space};
use crate::value::Value;

/// Decoded bytes of one file that are kept in memory: 256 MiB.
const MAX_DECODED: u64 = 256 << 20;

/// The most bytes of a content that is read without being kept in memory.
pub(super) const MAX_CONTENT: u64 = 4 << 30;

/// The name of the node of a decoded content.
pub(in crate::structs::whole) const CONTENT: &str = "content";

/// Bytes of the file that are coded.
#[derive(Clone, Debug)]
pub(in crate::structs::whole) struct Coded {
    steps: Vec<Step>,
    pub(super) range: Range,
    /// The coded bytes themselves, where they aren't one range of the file.
    joined: Option<Source>,
    /// The decoded bytes, once they were asked for.
    pub(in crate::structs::whole) bytes: Option<Arc<[u8]>>,
    /// Why they aren't complete.
    fault: Option<String>,
    /// The content as a source for those who read the tree.
    source: Option<Source>,
    /// The node of the content, where it is decoded on demand.
    held: Option<Arc<LazyContent>>,
}

/// The bytes that are decoded.
struct CodedInput {
    steps: Vec<Step>,
    range: Range,
    joined: Option<Source>,
}

impl Coded {
    fn input(&self) -> CodedInput {
        CodedInput {
            steps: self.steps.clone(),
            range: self.range,
            joined: self.joined.clone(),
        }
    }

    /// Coded bytes and their content, as packing knows them.
    pub(in crate::structs::whole) fn known(range: Range, bytes: Vec<u8>) -> Coded {
        Coded {
            steps: Vec::new(),
            range,
            joined: None,
            bytes: Some(bytes.into()),
            fault: None,
            source: None,
            held: None,
        }
    }

    /// The content, where it is in memory.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// The content, and why it isn't complete, for a document.
    pub(in crate::structs::whole) fn stream(self) -> Option<(Source, Option<String>)> {
        let source = self.source.or_else(|| Some(Source::from(self.bytes?)));
        source.map(|source| (source, self.fault))
    }
}

/// Where reading goes on after a content.
#[derive(Clone, Copy)]
pub(in crate::structs::whole) struct Resumption {
    at: u64,
    end: u64,
    file: (u64, u64),
    space: Space,
    base: u64,
    reach: u64,
    /// How many contents are around it.
    depth: usize,
}

impl<'p, I: Input> Reader<'p, I> {
    /// Bytes that are coded, with or without something inside.
    pub(in crate::structs::whole) fn coded(
        &mut self,
        item: &'p Item,
        size: u64,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        let steps = self.steps(&item.codecs)?;
        self.skip(size)?;
        let has_fields = matches!(item.is, FieldContent::Inside(_));
        if !has_fields && !self.keeps(item) {
            self.pass();
            return Ok(());
        }
        let index = self.coded.len();
        self.coded.push(Coded {
            steps,
            range: self.range(start),
            joined: None,
            bytes: None,
            fault: None,
            source: None,
            held: None,
        });
        if let FieldContent::Inside(what) = &item.is {
            return self.coded_with_fields(item, what, order, start, index);
        }
        let is_wanted = self.is_wanted(item);
        let mut node = self.coded_node(item, start, index);
        node.name = self.name(item);
        match self.input.origin() {
            Some(_) if !is_wanted => {
                node = match self.lazily(index) {
                    Some(held) => node.with_children_on_demand(held),
                    None => node,
                };
            }
            source => {
                self.decode(index)?;
                self.add_faults(index, &mut node);
                let bytes = self.content(index);
                if source.is_some() {
                    let range = Range::new(self.space_of(index), 0, bytes.len() as u64);
                    node = node.with_children(vec![Node::new(CONTENT, range).role(Role::View)]);
                }
                self.shown(item, &mut node, Value::from(&bytes[..]), order);
            }
        }
        self.push(node)
    }

    /// The content of a computed value, whose coded bytes aren't one range of the file.
    #[inline(never)]
    pub(in crate::structs::whole) fn computed_content(
        &mut self,
        item: &'p Item,
        value: Value,
        order: Order,
    ) -> Result<(), DataError> {
        let Value::Bytes(bytes) = value else {
            return Err(DataError::other("only bytes are coded").at(self.at));
        };
        let steps = self.steps(&item.codecs)?;
        if !self.keeps(item) {
            self.pass();
            return Ok(());
        }
        let index = self.coded.len();
        let mut node = self.coded_node(item, self.at, index).role(Role::View);
        node.name = self.name(item);
        let coded = Source::from(bytes.to_vec());
        let coding = CodedStream {
            steps: steps.clone(),
            coded: coded.clone(),
            at: 0,
            size: bytes.len() as u64,
        };
        let mut known = Coded {
            steps,
            range: node.range,
            joined: Some(coded),
            bytes: None,
            fault: None,
            source: Some(lazy_source(coding.clone())),
            held: None,
        };
        if self.input.origin().is_some() && !self.is_wanted(item) {
            let held = LazyContent::new(coding, self.space_of(index));
            known.held = Some(Arc::clone(&held));
            self.coded.push(known);
            return self.push(node.with_children_on_demand(held));
        }
        let limit = MAX_DECODED.saturating_sub(self.decoded);
        let mut content = Vec::new();
        let read = coding::each(&known.steps, Box::new(&bytes[..]), limit, |part| {
            content.extend_from_slice(part);
        });
        known.fault = read.map_err(|e| DataError::other(e.to_string()))?;
        self.decoded.tally(content.len() as u64);
        known.bytes = Some(content.into());
        self.coded.push(known);
        self.add_faults(index, &mut node);
        let content = Value::from(&self.content(index)[..]);
        self.shown(item, &mut node, content, order);
        self.push(node)
    }

    /// Whether a content is needed as soon as it is met.
    fn is_wanted(&self, item: &Item) -> bool {
        let is_mentioned = |name: &SmolStr| self.program.uses.has_value(name);
        !item.kinds.is_empty()
            || self.input.max_value() == u64::MAX
            || item.name.as_ref().is_some_and(is_mentioned)
    }

    fn coded_node(&self, item: &Item, start: u64, index: usize) -> Node {
        let mut node = Node::new("", self.range(start)).role(Role::Data);
        node.content = u32::try_from(index).ok();
        let names: Vec<&str> = item.codecs.iter().map(|codec| codec.name()).collect();
        node.meaning = Some(names.join(" "));
        node
    }

    /// Reads the fields of a content.
    fn coded_with_fields(
        &mut self,
        item: &'p Item,
        what: &'p ItemKind,
        order: Order,
        start: u64,
        index: usize,
    ) -> Result<(), DataError> {
        self.decode(index)?;
        let bytes = self.content(index);
        let stop = self.at;
        let is_joined =
            item.name.is_none() && !self.frames.last().is_some_and(|frame| frame.is_array);
        let values = self.frames.last().map_or(0, |frame| frame.values);
        let first = if is_joined { values } else { 0 };
        let mut last = first;
        self.at = start;
        let result = self.nested(item, false, Vec::new(), |reader| {
            let outside = reader.enter(bytes, reader.space_of(index));
            let mut frame = Frame::of_level(Vec::new(), false, 0);
            frame.values = first;
            reader.frames.push(frame);
            let result = reader.inside(what, order, (0, reader.end));
            let result = reader.left_over(reader.end, result);
            let result = result.and(reader.finish_level());
            let frame = reader.frames.pop().unwrap_or_default();
            last = frame.values;
            let range = reader.range(0);
            reader.leave(outside);
            reader.at = stop;
            let mut content = Node::new(CONTENT, range).role(Role::View);
            content = content.with_children(frame.nodes);
            content.is_joined = true;
            let made = reader.push(content);
            result.map_err(|e| e.in_content(start)).and(made)
        });
        self.at = stop;
        let mut node = self.coded_node(item, start, index);
        self.add_faults(index, &mut node);
        let frame = self.frames.last_mut();
        if let Some(frame) = frame {
            if is_joined {
                frame.values = last;
            }
            if let Some(made) = frame
                .nodes
                .last_mut()
                .filter(|made| made.range == node.range)
            {
                made.role = node.role;
                made.content = node.content;
                made.meaning = node.meaning;
                made.problems.append(&mut node.problems);
                made.is_joined = is_joined;
                if is_joined {
                    made.name = "coded".into();
                }
            }
        }
        if let ItemKind::Format(name, _) = what
            && !is_joined
        {
            let before = self.frames.last().map_or(0, |frame| frame.nodes.len());
            self.refer(before.saturating_sub(1), name);
        }
        result
    }

    /// The space of a content.
    pub(in crate::structs::whole) fn space_of(&self, index: usize) -> Space {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        Space::stream(self.first_stream.past(index))
    }

    /// The decoded bytes of a content.
    pub(in crate::structs::whole) fn content(&self, index: usize) -> Arc<[u8]> {
        let coded = self.coded.get(index);
        coded
            .and_then(|coded| coded.bytes.clone())
            .unwrap_or_else(|| Arc::from([]))
    }

    /// Begins to read in a content.
    pub(in crate::structs::whole) fn enter(
        &mut self,
        bytes: Arc<[u8]>,
        space: Space,
    ) -> Resumption {
        let size = bytes.len() as u64;
        let outside = Resumption {
            at: self.at,
            end: self.end,
            file: self.file,
            space: self.space,
            base: self.base,
            reach: self.reach,
            depth: self.inside.len(),
        };
        self.inside.push(bytes);
        (self.at, self.end, self.file) = (0, size, (0, size));
        (self.space, self.base, self.reach) = (space, 0, 0);
        outside
    }

    /// Begins to write a content.
    pub(in crate::structs::whole) fn begin_content(&mut self, index: usize) -> Resumption {
        let space = self.space_of(index);
        let outside = self.enter(Arc::from([]), space);
        // Packing reads from the output instead.
        self.inside.pop();
        outside
    }

    /// Goes on after a content.
    pub(in crate::structs::whole) fn leave(&mut self, outside: Resumption) {
        self.inside.truncate(outside.depth);
        (self.at, self.end, self.file) = (outside.at, outside.end, outside.file);
        (self.space, self.base, self.reach) = (outside.space, outside.base, outside.reach);
    }

    /// Decodes a content into memory, once.
    pub(in crate::structs::whole) fn decode(&mut self, index: usize) -> Result<(), DataError> {
        let Some(coded) = self.coded.get(index).filter(|coded| coded.bytes.is_none()) else {
            return Ok(());
        };
        let limit = MAX_DECODED.saturating_sub(self.decoded);
        let coded = coded.input();
        let mut bytes = Vec::new();
        let fault = self.undo_coding(&coded, limit, |part| bytes.extend_from_slice(part))?;
        let size = bytes.len() as u64;
        self.decoded.tally(size);
        self.scanned(size)?;
        if let Some(coded) = self.coded.get_mut(index) {
            coded.bytes = Some(bytes.into());
            coded.fault = fault;
        }
        Ok(())
    }

    /// Decodes a content piece by piece for a function, without keeping it; answers whether it is complete.
    pub(in crate::structs::whole) fn each_part(
        &mut self,
        index: usize,
        mut take: impl FnMut(&[u8]),
    ) -> Result<bool, DataError> {
        let Some(coded) = self.coded.get(index) else {
            return Ok(false);
        };
        if let Some(bytes) = &coded.bytes {
            take(bytes);
            return Ok(coded.fault.is_none());
        }
        let coded = coded.input();
        let mut size = 0u64;
        let fault = self.undo_coding(&coded, MAX_CONTENT, |part| {
            size.tally(part.len() as u64);
            take(part);
        })?;
        self.scanned(size)?;
        let is_whole = fault.is_none();
        if let Some(coded) = self.coded.get_mut(index) {
            coded.fault = fault;
        }
        Ok(is_whole)
    }

    fn undo_coding(
        &mut self,
        input: &CodedInput,
        limit: u64,
        take: impl FnMut(&[u8]),
    ) -> Result<Option<String>, DataError> {
        let failed = |e: io::Error| DataError::other(e.to_string());
        let (steps, range) = (&input.steps, input.range);
        if let Some(joined) = &input.joined {
            let coded = BufReader::new(joined.reader(0));
            return coding::each(steps, Box::new(coded), limit, take).map_err(failed);
        }
        let is_outermost = range.space == self.outermost.0;
        if let Some((source, start)) = self.input.origin().filter(|_| is_outermost) {
            let from = range.offset.since(self.outermost.1);
            let coded = source.reader(start.past(from)).take(range.size);
            return coding::each(steps, Box::new(BufReader::new(coded)), limit, take)
                .map_err(failed);
        }
        let bytes = self.bytes_of(range.space, range.offset, range.size);
        coding::each(steps, Box::new(bytes), limit, take).map_err(failed)
    }

    /// The content of a node's bytes, decoded on demand.
    fn lazily(&mut self, index: usize) -> Option<Arc<LazyContent>> {
        let space = self.space_of(index);
        let (all, start) = self.input.origin()?;
        let outermost = self.outermost;
        let within = self.inside.last().cloned();
        let coded = self.coded.get_mut(index)?;
        let (all, at) = match within {
            // Coded bytes inside a content are in memory.
            Some(bytes) => (Source::from(bytes), coded.range.offset),
            None => {
                let from = coded.range.offset.since(outermost.1);
                (all, start.past(from))
            }
        };
        let coding = CodedStream {
            steps: coded.steps.clone(),
            coded: all,
            at,
            size: coded.range.size,
        };
        coded.source = Some(lazy_source(coding.clone()));
        let held = LazyContent::new(coding, space);
        coded.held = Some(Arc::clone(&held));
        Some(held)
    }

    /// Leaves a checksum to a content that is decoded on demand; answers whether the content is such a one.
    pub(super) fn leave_to_content(&self, index: usize, sum: ExpectedChecksum) -> bool {
        let coded = self.coded.get(index).filter(|coded| coded.bytes.is_none());
        let held = coded.and_then(|coded| coded.held.as_ref());
        held.map(|held| held.expect(sum)).is_some()
    }

    /// Adds the problems of coded bytes that were decoded.
    pub(in crate::structs::whole) fn add_faults(&self, index: usize, node: &mut Node) {
        let fault = self.coded.get(index).and_then(|coded| coded.fault.clone());
        if let Some(fault) = fault.filter(|_| node.problems.is_empty()) {
            node.problems.push(S006.problem(node.range, fault));
        }
    }

    /// The index of the coded bytes whose content is at a place.
    pub(in crate::structs::whole) fn index_of(&self, place: &NodePlace) -> Option<usize> {
        self.node(place)?.content.map(|index| index as usize)
    }
}

/// A content that is decoded as it is read.
fn lazy_source(coding: CodedStream) -> Source {
    Source::again(move || Box::new(LazyDecoder::new(coding.clone())))
}
