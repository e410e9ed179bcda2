//! Packing along a program: values to the bytes of a file.
//!
//! What a pass can't know yet (a length that stands before its data, an offset, the size of the file) it
//! learns, and the next pass writes it; packing ends when a pass changes nothing.

mod arrays;
mod leaf;
mod output;
mod region;
mod solve;

use smol_str::SmolStr;

use super::compute::equal;
use super::encode;
use super::eval::Got;
use super::program::{Is, Item, Level, Program, What};
use super::read::{Frame, MAX_DEPTH, Reader};
use crate::structs::ast::Expression;
use crate::structs::code::{self, Order};
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::tree::{Node, Space};
use crate::value::{Record, Value};

use output::{Learned, Output};

/// How often packing may begin again with what it learned.
const MAX_PASSES: usize = 8;

/// The values for a level.
#[derive(Clone, Copy)]
pub(in crate::structs::whole) struct Given<'v> {
    pub(in crate::structs::whole) record: Option<&'v Record>,
}

impl<'v> Given<'v> {
    pub(in crate::structs::whole) fn get(
        self,
        name: Option<&str>,
        index: u64,
    ) -> Option<&'v Value> {
        let record = self.record?;
        match name {
            Some(name) if record.is_named() => record.get(name),
            _ => {
                let index = usize::try_from(index).ok()?;
                let is_free = record.name(index).is_none();
                record.get(&index.to_string()).filter(|_| is_free)
            }
        }
    }
}

/// The bytes of a record. Where `base` holds a file of the format, what is the same there keeps its bytes.
pub(super) fn pack(
    program: &Program,
    record: &Record,
    base: Option<&[u8]>,
) -> Result<Vec<u8>, DataError> {
    let base_nodes = base.map(|bytes| program.read(bytes, Space::FILE, 0).nodes);
    let mut before = Learned::default();
    let mut last: Vec<u8> = Vec::new();
    for pass in 0..MAX_PASSES {
        let output = Output {
            before,
            base: vec![base_nodes.clone()],
            base_bytes: base.map(<[u8]>::to_vec).unwrap_or_default(),
            ..Output::default()
        };
        let output = Output {
            previous: last.clone(),
            ..output
        };
        let mut writer = Reader::new(program, output, Space::FILE, 0);
        writer.file = (0, writer.input.before.size);
        writer.end = match writer.input.before.inline {
            0 => u64::MAX,
            end => end,
        };
        writer.frames.push(Frame::of_file());
        let given = Given {
            record: Some(record),
        };
        writer.write_level(&program.root, Order::Native, given)?;
        writer.finish_write(given, true)?;
        writer.input.now.inline = writer.at;
        writer.input.now.size = writer.input.bytes.len() as u64;
        if let Some(base) = base {
            writer.keep_gaps(base);
        }
        let unknown = writer.unknown();
        let Output {
            bytes,
            now,
            before: had,
            ..
        } = writer.input;
        if pass > 0 && now == had && bytes == last {
            return match unknown {
                Some(error) => Err(error),
                None => Ok(bytes),
            };
        }
        before = now;
        last = bytes;
    }
    Err(DataError::other(format!(
        "the fields that follow from others still change after {MAX_PASSES} passes"
    )))
}

impl<'p> Reader<'p, Output> {
    pub(in crate::structs::whole) fn write_level(
        &mut self,
        level: &'p Level,
        order: Order,
        given: Given<'_>,
    ) -> Result<(), DataError> {
        let order = level.order.unwrap_or(order);
        for item in &level.items {
            self.step()?;
            self.write_item(item, order, given)?;
        }
        Ok(())
    }

    pub(in crate::structs::whole) fn write_item(
        &mut self,
        item: &'p Item,
        order: Order,
        given: Given<'_>,
    ) -> Result<(), DataError> {
        match (&item.each, &item.place) {
            (None, None) => self.write_counted(item, order, given),
            (None, Some(place)) => self.write_elsewhere(place, item, |writer| {
                writer.write_counted(item, order, given)
            }),
            (Some(count), place) => {
                self.write_array(item, count, given, |writer, value| match place {
                    Some(place) => writer.write_elsewhere(place, item, |writer| {
                        writer.write_one(item, order, value)
                    }),
                    None => writer.write_one(item, order, value),
                })
            }
        }
    }

    /// Writes at an offset, which is assigned where nothing states it.
    pub(in crate::structs::whole) fn write_elsewhere(
        &mut self,
        place: &Expression,
        item: &'p Item,
        write: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let (at, end) = (self.at, self.end);
        let assigned = self.open_field(place)?;
        self.at = match assigned {
            Some(_) => {
                let before = self
                    .input
                    .before
                    .placed
                    .iter()
                    .take(self.input.now.placed.len());
                let sizes = before.fold(0u64, |sum, size| sum.saturating_add(*size));
                let offset = self.input.before.inline.saturating_add(sizes);
                self.solve(place, i128::from(offset))?;
                self.file.0.saturating_add(offset)
            }
            None => {
                let got = self.eval(place)?;
                match (self.value_of(&got), self.is_first()) {
                    // What it follows from is learned in this pass.
                    (None, true) => self.input.end_of_written(),
                    _ => {
                        let offset = self
                            .number(place, "offset")
                            .map_err(|e| e.within(segment))?;
                        self.file.0.saturating_add(offset)
                    }
                }
            }
        };
        self.end = u64::MAX;
        let slot = self.input.now.placed.len();
        if assigned.is_some() {
            self.input.now.placed.push(0);
        }
        let start = self.at;
        let result = write(self);
        if assigned.is_some()
            && let Some(size) = self.input.now.placed.get_mut(slot)
        {
            *size = self.at.saturating_sub(start);
        }
        self.at = at;
        self.end = end;
        result
    }

    /// An item that is no array, with its value looked up.
    pub(in crate::structs::whole) fn write_single(
        &mut self,
        item: &'p Item,
        order: Order,
        given: Given<'_>,
    ) -> Result<(), DataError> {
        match &item.what {
            What::Choice(on, cases) if item.name.is_none() => {
                return self.write_choice(on.as_ref(), cases, order, given);
            }
            What::Bits(..) | What::Wide { bits: Some(_), .. } if item.name.is_none() => {
                return self.write_bits(item, order, given.record);
            }
            What::Code(code)
                if code.kind == code::Kind::Bytes
                    && item.name.is_none()
                    && matches!(item.is, Is::Inside(_)) =>
            {
                if let Is::Inside(what) = &item.is {
                    return self.write_region(item, what, order, given, false);
                }
                return Ok(());
            }
            _ => {}
        }
        let index = self.frames.last().map_or(0, |frame| frame.values);
        let value = given.get(item.name.as_deref(), index);
        self.write_one(item, order, value)
    }

    pub(in crate::structs::whole) fn write_choice(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [super::program::Case],
        order: Order,
        given: Given<'_>,
    ) -> Result<(), DataError> {
        match self.case(on, cases)? {
            Some(case) => self.write_level(&case.level, order, given),
            None => Ok(()),
        }
    }

    /// One element with its value.
    pub(in crate::structs::whole) fn write_one(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        match &item.what {
            What::Group(level) => {
                self.write_nested(item, value, Vec::new(), false, |writer, given| {
                    writer.write_level(level, order, given)
                })
            }
            What::Choice(on, cases) => {
                self.write_nested(item, value, Vec::new(), false, |writer, given| {
                    writer.write_choice(on.as_ref(), cases, order, given)
                })
            }
            What::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.write_nested(item, value, parameters, true, |writer, given| {
                    writer.write_level(level, order, given)
                })
            }
            What::Align(n) => {
                let from = self.at.saturating_sub(self.file.0);
                let to = from.checked_next_multiple_of(*n).unwrap_or(u64::MAX);
                self.write_padding("padding", to.saturating_sub(from))
            }
            What::Computed(expression) => {
                let segment = self.segment(item);
                let got = self.eval(expression).map_err(|e| e.within(segment))?;
                // One that isn't known yet may be given.
                let found = self.value_of(&got).or_else(|| value.cloned());
                let Some(value) = found else {
                    return Ok(());
                };
                let mut node = Node::new(self.name(item), self.range(self.at));
                node.value = Some(value);
                self.push(node)
            }
            What::Fail(message) => Err(DataError::other(message.clone())),
            _ => {
                let segment = self.segment(item);
                let is_item = self.frames.last().is_some_and(Frame::is_of_array);
                self.write_leaf(item, order, value)
                    .map_err(|e| match is_item || e.depth() > 0 {
                        true => e,
                        false => e.within(segment),
                    })
            }
        }
    }

    pub(in crate::structs::whole) fn write_nested(
        &mut self,
        item: &'p Item,
        value: Option<&Value>,
        parameters: Vec<(SmolStr, Got)>,
        is_boundary: bool,
        write: impl FnOnce(&mut Self, Given<'_>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let is_item = self.frames.last().is_some_and(Frame::is_of_array);
        let record = encode::group(value).map_err(|e| e.within(segment))?;
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels lie in one another");
            return Err(DataError::other(message));
        }
        let until = self.until.take();
        let name = self.name(item);
        let start = self.at;
        let base = self.base_of(&name).map(|node| node.made().to_vec());
        self.input.base.push(base);
        self.depth = self.depth.saturating_add(1);
        self.frames
            .push(Frame::of_level(parameters, is_boundary, start));
        let given = Given {
            record: record.as_deref(),
        };
        let mut result = write(self, given);
        result = result.and_then(|()| self.finish_write(given, true));
        if let (Ok(()), Some(condition)) = (&result, until) {
            match self.holds_after(condition) {
                Ok(holds) => self.reached = Some(holds),
                Err(e) => result = Err(e),
            }
        }
        self.depth = self.depth.saturating_sub(1);
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        self.input.base.pop();
        let range = self.range(start);
        self.push(Node::new(name, range).with_children(nodes))?;
        match is_item {
            true => result,
            false => result.map_err(|e| e.within(segment)),
        }
    }

    /// The end of a level: values that follow from others are computed, and each that was given must have
    /// had a field.
    pub(in crate::structs::whole) fn finish_write(
        &mut self,
        given: Given<'_>,
        is_whole: bool,
    ) -> Result<(), DataError> {
        let frame = self.frames.len().saturating_sub(1);
        while let Some(later) = self.later.pop_if(|later| later.frame >= frame) {
            let Some(expected) = self.expected(&later)? else {
                continue;
            };
            let node = self
                .frames
                .last()
                .and_then(|frame| frame.nodes.get(later.node));
            let Some((name, range, found)) =
                node.map(|node| (node.name.to_string(), node.range, node.value.clone()))
            else {
                continue;
            };
            let key = (range.offset, None);
            match self.input.open.get(&key).copied() {
                Some(index) => self.learn(index, expected.as_int()),
                None if found.as_ref().is_some_and(|found| equal(found, &expected)) => {}
                None if self.is_first() => {}
                None => {
                    let found = found.map(|value| value.to_string()).unwrap_or_default();
                    let kind = DataErrorKind::Constant {
                        expected: expected.to_string(),
                        found,
                    };
                    return Err(DataError::new(kind).within(Segment::Name(name.into())));
                }
            }
        }
        let Some(record) = given.record.filter(|record| is_whole && record.is_named()) else {
            return Ok(());
        };
        let nodes = self.frames.last().map_or(&[][..], |frame| &frame.nodes);
        for (key, _) in record.entries() {
            let is_known = nodes.iter().any(|node| {
                node.name == key
                    || (node.is_joined && node.made().iter().any(|bit| bit.name == key))
            });
            if !is_known && !self.is_computed(&key) {
                let message = format!("there is no field {key}, or not for these values");
                return Err(DataError::new(DataErrorKind::Name(message)));
            }
        }
        Ok(())
    }

    /// Whether a key may be that of a computed value, which may have none this time.
    pub(in crate::structs::whole) fn is_computed(&self, key: &str) -> bool {
        self.program.has_computed(key)
    }

    /// A field of the base in the level that is open.
    pub(in crate::structs::whole) fn base_of(&self, name: &str) -> Option<&Node> {
        let nodes = self.input.base.last()?.as_ref()?;
        // An item of an array stands at its index.
        let frame = self.frames.last().filter(|frame| frame.is_of_array());
        let index = frame.and_then(|frame| usize::try_from(frame.index).ok());
        match index {
            Some(index) => nodes.get(index),
            None => nodes.iter().find(|node| node.name == name),
        }
    }
}
