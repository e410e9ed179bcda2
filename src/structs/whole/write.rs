//! Packing along a program: values to the bytes of a file.
//!
//! What a pass can't know yet (a length that stands before its data, an offset, the size of the file) it
//! learns, and the next pass writes it; packing ends when a pass changes nothing.

use std::collections::HashMap;
use std::collections::HashSet;

use smol_str::SmolStr;

use super::encode;
use super::eval::{Got, Place, equal};
use super::kinds::Kind;
use super::program::{Bits, Constant, Count, Is, Item, Level, Program, What};
use super::read::{BITS, Frame, Later, MAX_DEPTH, Reader, constant_value, scalar};
use crate::structs::ast::{Expression, Operator, Term, Unary};
use crate::structs::code::{self, Order};
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{BitRange, Node, Range, Role, Space};
use crate::value::{Record, Value};

/// How often packing may begin again with what it learned.
const MAX_PASSES: usize = 8;

/// The largest file that packing makes in memory beyond what the values hold.
const MAX_FILL: u64 = 1 << 30;

/// What a pass knows from those before.
#[derive(Debug, Default, PartialEq)]
struct Learned {
    /// Values of fields that weren't given, in the order in which they are met.
    fields: Vec<Option<i128>>,
    /// The sizes of regions, in this order.
    regions: Vec<u64>,
    /// The sizes of items whose place is assigned.
    placed: Vec<u64>,
    /// Where what stands one after another ends, and where all ends.
    inline: u64,
    size: u64,
}

/// The bytes that are written, and what is learned from them.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    /// Whether a byte was written, or only lies between others.
    written: Vec<bool>,
    before: Learned,
    now: Learned,
    /// Fields that weren't given, by their place: their index among those learned.
    open: HashMap<(u64, Option<u8>), usize>,
    /// Those whose value this pass has found.
    solved: HashSet<usize>,
    /// The fields of the base that stand in the levels that are open.
    base: Vec<Option<Vec<Node>>>,
    base_bytes: Vec<u8>,
    /// What the pass before wrote, for searches.
    previous: Vec<u8>,
    /// How far the region that is being written reaches, with what has places of its own in it.
    reach: u64,
}

impl Input for Output {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.bytes.get(at..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        rest.get(..size).unwrap_or(rest)
    }

    fn end(&self) -> u64 {
        u64::MAX
    }

    fn max_value(&self) -> u64 {
        u64::MAX
    }

    fn searched(&mut self, at: u64, size: u64) -> &[u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.previous.get(at..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        rest.get(..size).unwrap_or(rest)
    }
}

impl Output {
    fn end_of_written(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// The values for a level.
#[derive(Clone, Copy)]
struct Given<'v> {
    record: Option<&'v Record>,
}

impl<'v> Given<'v> {
    fn get(self, name: Option<&str>, index: u64) -> Option<&'v Value> {
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
    let base_nodes = base.map(|bytes| program.nodes(bytes, Space::FILE, 0).0);
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
        let Output { bytes, now, before: had, .. } = writer.input;
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
    /// The error of a field that neither was given nor follows from others.
    fn unknown(&self) -> Option<DataError> {
        let fields = &self.input.now.fields;
        let missing = fields.iter().position(Option::is_none)?;
        let (place, _) = self.input.open.iter().find(|(_, index)| **index == missing)?;
        let message = "a field has no value, and none follows from the others";
        Some(DataError::new(DataErrorKind::Name(message.to_owned())).at(place.0))
    }

    /// Bytes of the base that stand between what was written.
    fn keep_gaps(&mut self, base: &[u8]) {
        let output = &mut self.input;
        if base.len() > output.bytes.len() {
            let tail = base.get(output.bytes.len()..).unwrap_or_default();
            output.bytes.extend_from_slice(tail);
            output.written.resize(output.bytes.len(), true);
        }
        let all = output.bytes.iter_mut().zip(&output.written).zip(base);
        for ((byte, is_written), base) in all {
            if !is_written {
                *byte = *base;
            }
        }
    }

    fn write_level(
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

    fn write_item(
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
            (Some(count), place) => self.write_array(item, count, given, |writer, value| {
                match place {
                    Some(place) => writer.write_elsewhere(place, item, |writer| {
                        writer.write_one(item, order, value)
                    }),
                    None => writer.write_one(item, order, value),
                }
            }),
        }
    }

    /// Writes at an offset, which is assigned where nothing states it.
    fn write_elsewhere(
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
                let before = self.input.before.placed.iter().take(self.input.now.placed.len());
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
                        let offset = self.number(place, "offset").map_err(|e| e.within(segment))?;
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

    fn write_counted(
        &mut self,
        item: &'p Item,
        order: Order,
        given: Given<'_>,
    ) -> Result<(), DataError> {
        let is_length = match &item.what {
            What::Code(code) => matches!(
                code.kind,
                code::Kind::Bytes | code::Kind::Pascal | code::Kind::Pad
            ),
            What::Wide { .. } => true,
            _ => false,
        };
        let is_level = matches!(item.what, What::Group(_) | What::Format(..) | What::Choice(..));
        match &item.count {
            None => self.write_single(item, order, given),
            Some(_) if is_length => self.write_single(item, order, given),
            Some(Count::Number(n)) if item.name.is_none() && !is_level => {
                for _ in 0..*n {
                    self.write_single(item, order, given)?;
                }
                Ok(())
            }
            Some(count) => self.write_array(item, count, given, |writer, value| {
                writer.write_one(item, order, value)
            }),
        }
    }

    /// An item that is no array, with its value looked up.
    fn write_single(
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

    fn write_array(
        &mut self,
        item: &'p Item,
        count: &'p Count,
        given: Given<'_>,
        mut write: impl FnMut(&mut Self, Option<&Value>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let index = self.frames.last().map_or(0, |frame| frame.values);
        let list: &[Value] = match given.get(item.name.as_deref(), index) {
            Some(Value::List(items)) => items,
            None => &[],
            Some(other) => {
                let kind = DataErrorKind::Type {
                    expected: "an array".to_owned(),
                    found: other.kind(),
                };
                return Err(DataError::new(kind).within(segment));
            }
        };
        let n = list.len() as u64;
        match count {
            Count::Number(wanted) if *wanted != n => {
                let kind = DataErrorKind::Count {
                    expected: format!("{wanted} items"),
                    found: n,
                };
                return Err(DataError::new(kind).within(segment));
            }
            Count::Computed(expression) => {
                self.settle(expression, n, "count").map_err(|e| e.within(segment.clone()))?;
            }
            _ => {}
        }
        let name = self.name(item);
        let start = self.at;
        let base = self.base_of(&name).map(|node| node.made().to_vec());
        self.input.base.push(base);
        self.frames.push(Frame::of_array(item.name.clone(), start));
        let mut result = Ok(());
        for (index, value) in list.iter().enumerate() {
            if let Some(frame) = self.frames.last_mut() {
                frame.index = index as u64;
            }
            self.until = match count {
                Count::Until(condition) => Some(condition),
                _ => None,
            };
            self.reached = None;
            result = write(self, Some(value));
            if let (Ok(()), Count::Until(condition)) = (&result, count) {
                let reached = match self.reached.take() {
                    Some(reached) => Ok(reached),
                    None => self.holds(condition),
                };
                let is_last = index.saturating_add(1) == list.len();
                // What the condition looks at may be learned only in this pass.
                result = match reached {
                    Ok(reached) if reached == is_last || self.is_first() => Ok(()),
                    Ok(true) => Err(DataError::other("the condition that ends the array holds before its last item")),
                    Ok(false) => Err(DataError::other("the condition that ends the array doesn't hold for its last item")),
                    Err(e) => Err(e),
                };
            }
            if result.is_err() {
                result = result.map_err(|e| e.within(Segment::Item(index as u64)));
                break;
            }
            self.set_key(item);
        }
        let nodes = self.frames.pop().map(|frame| frame.nodes).unwrap_or_default();
        self.input.base.pop();
        let range = self.range(start);
        self.push(Node::new(name, range).with_items(nodes))?;
        result.map_err(|e| e.within(segment))
    }

    fn write_choice(
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
    fn write_one(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        match &item.what {
            What::Group(level) => self.write_nested(item, value, Vec::new(), false, |writer, given| {
                writer.write_level(level, order, given)
            }),
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
                self.write_leaf(item, order, value).map_err(|e| match is_item || e.depth() > 0 {
                    true => e,
                    false => e.within(segment),
                })
            }
        }
    }

    fn write_nested(
        &mut self,
        item: &'p Item,
        value: Option<&Value>,
        parameters: Vec<(SmolStr, Got)>,
        is_boundary: bool,
        write: impl FnOnce(&mut Self, Given<'_>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let is_item = self.frames.last().is_some_and(Frame::is_of_array);
        let record = match value {
            Some(Value::Record(record)) => Some(record),
            None => None,
            Some(other) => {
                let kind = DataErrorKind::Type {
                    expected: "a group".to_owned(),
                    found: other.kind(),
                };
                return Err(DataError::new(kind).within(segment));
            }
        };
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
        self.frames.push(Frame::of_level(parameters, is_boundary, start));
        let given = Given { record };
        let mut result = write(self, given);
        result = result.and_then(|()| self.finish_write(given, true));
        if let (Ok(()), Some(condition)) = (&result, until) {
            match self.holds_after(condition) {
                Ok(holds) => self.reached = Some(holds),
                Err(e) => result = Err(e),
            }
        }
        self.depth = self.depth.saturating_sub(1);
        let nodes = self.frames.pop().map(|frame| frame.nodes).unwrap_or_default();
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
    fn finish_write(&mut self, given: Given<'_>, is_whole: bool) -> Result<(), DataError> {
        let frame = self.frames.len().saturating_sub(1);
        while let Some(later) = self.later.pop_if(|later| later.frame >= frame) {
            let Some(expected) = self.expected(&later)? else {
                continue;
            };
            let node = self.frames.last().and_then(|frame| frame.nodes.get(later.node));
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
                    || (node.name == BITS && node.made().iter().any(|bit| bit.name == key))
            });
            if !is_known && !self.is_computed(&key) {
                let message = format!("there is no field {key}, or not for these values");
                return Err(DataError::new(DataErrorKind::Name(message)));
            }
        }
        Ok(())
    }

    /// Whether a key may be that of a computed value, which may have none this time.
    fn is_computed(&self, key: &str) -> bool {
        self.program.has_computed(key)
    }

    fn set_key(&mut self, item: &Item) {
        self.add_key(item);
    }

    /// A field of the base in the level that is open.
    fn base_of(&self, name: &str) -> Option<&Node> {
        let nodes = self.input.base.last()?.as_ref()?;
        nodes.iter().find(|node| node.name == name)
    }

    fn write_padding(&mut self, name: &str, size: u64) -> Result<(), DataError> {
        if size == 0 {
            return Ok(());
        }
        if size > MAX_FILL {
            return Err(DataError::other(format!("padding of {size} bytes is too much")));
        }
        let start = self.at;
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        // Padding has no value: the base tells what it holds, in the order in which it stands there.
        if let Some(nodes) = self.input.base.last().and_then(Option::as_ref) {
            let done = self.frames.last().map_or(0, |frame| {
                frame.nodes.iter().filter(|node| node.role == Role::Padding).count()
            });
            let node = nodes.iter().filter(|node| node.role == Role::Padding).nth(done);
            if let Some(node) = node.filter(|node| node.range.size == size) {
                let from = usize::try_from(node.range.offset).unwrap_or(usize::MAX);
                let kept = self.input.base_bytes.get(from..).and_then(|rest| rest.get(..bytes.len()));
                if let Some(kept) = kept {
                    bytes.copy_from_slice(kept);
                }
            }
        }
        self.lay(&bytes)?;
        let node = Node::new(name.to_owned(), self.range(start)).role(Role::Padding);
        self.push(node)
    }

    /// Goes on behind bytes of padding, which stand only where nothing else does.
    fn lay(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        self.reserve(at, bytes.len())?;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(bytes.len());
        let output = &mut self.input;
        if let (Some(place), Some(written)) =
            (output.bytes.get_mut(from..to), output.written.get(from..to))
        {
            for ((byte, is_written), new) in place.iter_mut().zip(written).zip(bytes) {
                if !is_written {
                    *byte = *new;
                }
            }
        }
        self.at = at.saturating_add(bytes.len() as u64);
        self.input.reach = self.input.reach.max(self.at);
        Ok(())
    }

    /// Makes room for bytes at an offset.
    fn reserve(&mut self, at: u64, size: usize) -> Result<(), DataError> {
        let end = at.saturating_add(size as u64);
        let output = &mut self.input;
        let length = output.bytes.len() as u64;
        if end > length {
            if end.saturating_sub(length) > MAX_FILL.saturating_add(size as u64) {
                let message = format!("stands at offset {at:#x}, far beyond all that is written");
                return Err(DataError::other(message));
            }
            let end = usize::try_from(end).unwrap_or(0);
            output.bytes.resize(end, 0);
            output.written.resize(end, false);
        }
        Ok(())
    }

    /// Writes bytes here, and goes on behind them.
    fn put(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        let at = self.at;
        let end = at.saturating_add(bytes.len() as u64);
        self.reserve(at, bytes.len())?;
        let is_first = self.is_first();
        let output = &mut self.input;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(bytes.len());
        if let (Some(place), Some(written)) =
            (output.bytes.get_mut(from..to), output.written.get_mut(from..to))
        {
            for ((byte, is_written), new) in place.iter_mut().zip(written).zip(bytes) {
                if *is_written && *byte != *new && !is_first {
                    let message = format!("overlaps with other bytes at offset {at:#x}");
                    return Err(DataError::other(message));
                }
                *byte = *new;
                *is_written = true;
            }
        }
        self.at = end;
        self.input.reach = self.input.reach.max(end);
        Ok(())
    }

    /// A field that isn't given: its value is learned.
    fn open(&mut self, key: (u64, Option<u8>)) -> Option<i128> {
        let index = self.input.now.fields.len();
        self.input.now.fields.push(None);
        self.input.open.insert(key, index);
        let known = self.input.before.fields.get(index).copied().flatten();
        // What nothing in this pass tells again stays unknown.
        known
    }

    fn learn(&mut self, index: usize, value: Option<i128>) {
        self.input.solved.insert(index);
        if let Some(field) = self.input.now.fields.get_mut(index) {
            *field = value;
        }
    }

    /// The field that an expression is nothing but, where it isn't given and not found yet.
    fn open_field(&mut self, expression: &Expression) -> Result<Option<(usize, Place)>, DataError> {
        if expression.path().is_none() {
            return Ok(None);
        }
        let Got::Node(place) = self.eval(expression)? else {
            return Ok(None);
        };
        let Some(node) = self.node(&place) else {
            return Ok(None);
        };
        let key = (node.range.offset, node.range.bits.map(|bits| bits.first));
        let index = self.input.open.get(&key).copied();
        let index = index.filter(|index| !self.input.solved.contains(index));
        Ok(index.map(|index| (index, place)))
    }

    /// Whether nothing was learned yet.
    fn is_first(&self) -> bool {
        self.input.before == Learned::default()
    }

    /// Makes an expression be a number: by the one field in it that isn't known, or by what is known.
    fn settle(&mut self, expression: &Expression, n: u64, what: &str) -> Result<(), DataError> {
        let target = i128::from(n);
        if self.solve(expression, target)? {
            return Ok(());
        }
        let got = self.eval(expression)?;
        match self.value_of(&got).and_then(|value| value.as_int()) {
            Some(known) if known == target => Ok(()),
            Some(known) => {
                let message = format!("the {what} is {known} by the other fields, and the data have {n}");
                Err(DataError::other(message))
            }
            // Learned in this pass, known in the next.
            None if self.is_first() => Ok(()),
            None => Err(DataError::other(format!(
                "the {what} follows from fields that have no value"
            ))),
        }
    }

    /// Whether a field that isn't known was found to make the expression be that number.
    fn solve(&mut self, expression: &Expression, target: i128) -> Result<bool, DataError> {
        if let Some((index, place)) = self.open_field(expression)? {
            self.learn(index, Some(target));
            if let Some(node) = self.node_mut(&place) {
                node.value = Some(Value::Int(target));
            }
            return Ok(true);
        }
        let (operator, left, right) = match &expression.term {
            Term::Binary(operator, left, right) => (*operator, &**left, &**right),
            Term::Unary(Unary::Minus, of) => {
                return match target.checked_neg() {
                    Some(target) => self.solve(of, target),
                    None => Ok(false),
                };
            }
            _ => return Ok(false),
        };
        let left_open = self.has_open(left)?;
        let right_open = self.has_open(right)?;
        let (open, known, is_left) = match (left_open, right_open) {
            (true, false) => (left, right, true),
            (false, true) => (right, left, false),
            _ => return Ok(false),
        };
        let got = self.eval(known)?;
        let Some(known) = self.value_of(&got).and_then(|value| value.as_int()) else {
            return Ok(false);
        };
        let whole = |n: i128, by: i128| {
            n.checked_rem(by).filter(|rest| *rest == 0).and_then(|_| n.checked_div(by))
        };
        let target = match (operator, is_left) {
            (Operator::Add, _) => target.checked_sub(known),
            (Operator::Subtract, true) => target.checked_add(known),
            (Operator::Subtract, false) => known.checked_sub(target),
            (Operator::Multiply, _) => whole(target, known),
            (Operator::ShiftLeft, true) => u32::try_from(known)
                .ok()
                .and_then(|by| 1i128.checked_shl(by))
                .and_then(|by| whole(target, by)),
            _ => return Ok(false),
        };
        match target {
            Some(target) => self.solve(open, target),
            None => Err(DataError::other(
                "no value of the field that it is computed from gives this size",
            )),
        }
    }

    /// Whether a field in an expression is neither given nor found yet.
    fn has_open(&mut self, expression: &Expression) -> Result<bool, DataError> {
        if self.open_field(expression)?.is_some() {
            return Ok(true);
        }
        Ok(match &expression.term {
            Term::Binary(_, left, right) | Term::Default(left, right) => {
                self.has_open(left)? || self.has_open(right)?
            }
            Term::Unary(_, of) => self.has_open(of)?,
            _ => false,
        })
    }

    fn node_mut(&mut self, place: &Place) -> Option<&mut Node> {
        let (first, rest) = place.path.split_first()?;
        let mut node = self.frames.get_mut(place.frame)?.nodes.get_mut(*first as usize)?;
        for index in rest {
            node = node.children_mut().get_mut(*index as usize)?;
        }
        Some(node)
    }

    /// A field with a value, or a region.
    fn write_leaf(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        let little = order.is_little();
        match &item.what {
            What::Bits(..) | What::Wide { bits: Some(_), .. } => {
                let record = match value {
                    Some(Value::Record(record)) => Some(record),
                    _ => None,
                };
                return self.write_bits(item, order, record);
            }
            What::Code(code) => {
                let align = order.size_and_alignment(code).map_or(1, |(_, align)| u64::from(align));
                let from = self.at.saturating_sub(self.file.0);
                let to = from.checked_next_multiple_of(align).unwrap_or(from);
                self.write_padding("padding", to.saturating_sub(from))?;
                if code.kind == code::Kind::Pad {
                    let size = match &item.count {
                        None => 1,
                        Some(Count::Number(n)) => *n,
                        Some(Count::Computed(expression)) => self.number(expression, "length")?,
                        // The base alone could say how much there is.
                        Some(_) => 0,
                    };
                    let name = item.name.as_deref().unwrap_or("padding").to_owned();
                    return self.write_padding(&name, size);
                }
                if let Is::Inside(what) = &item.is {
                    let record = match value {
                        Some(Value::Record(record)) => Some(record),
                        _ => None,
                    };
                    return self.write_region(item, what, order, Given { record }, true);
                }
            }
            _ => {}
        }
        let start = self.at;
        let width = match &item.count {
            Some(Count::Number(n)) => Some(*n),
            None => match &item.what {
                What::Code(code) if code.kind == code::Kind::Bytes => Some(1),
                _ => None,
            },
            _ => None,
        };
        let stated = match &item.is {
            Is::Constant(constant) => Some(constant_value(constant)),
            _ => None,
        };
        let value = value.map(encode::plain);
        if let (Some(stated), Some(value)) = (&stated, &value)
            && !equal(stated, value)
        {
            let kind = DataErrorKind::Constant {
                expected: stated.to_string(),
                found: value.to_string(),
            };
            return Err(DataError::new(kind));
        }
        let is_given = value.is_some();
        let value = match (value, &stated) {
            (Some(value), _) => Some(value),
            (None, Some(stated)) => Some(stated.clone()),
            (None, None) => match item.is_integer() {
                true => self.open((start, None)).map(Value::Int),
                false => return Err(DataError::new(DataErrorKind::Name("a value is missing".to_owned()))),
            },
        };
        let name = self.name(item);
        // What the base has is kept where it means the same.
        let kept = self.kept(&name, value.as_ref());
        let bytes = match kept {
            Some(bytes) => bytes,
            None => {
                let raw = value.clone().unwrap_or(Value::Int(0));
                let mut raw = raw;
                let is_constant = matches!(item.is, Is::Constant(Constant::Text(_)));
                for kind in item.kinds.iter().rev().filter(|_| !is_constant) {
                    raw = kind.give(raw, width, little)?;
                }
                self.encoded(item, order, &raw, width)?
            }
        };
        self.put(&bytes)?;
        let mut node = Node::new(name, self.range(start));
        node.value = value;
        if item.kinds.iter().any(|kind| matches!(kind, Kind::Codec(_))) {
            node.role = Role::Data;
        }
        if let Is::Computed(_) | Is::Check(_) = &item.is {
            let frame = self.frames.len().saturating_sub(1);
            let index = self.frames.last().map_or(0, |frame| frame.nodes.len());
            if !is_given && node.value.is_none() {
                node.value = Some(Value::Int(0));
            }
            self.later.push(Later {
                frame,
                node: index,
                is: &item.is,
            });
        }
        self.push(node)
    }

    /// The bytes of the base's field of that name, where it has the same value.
    fn kept(&self, name: &str, value: Option<&Value>) -> Option<Vec<u8>> {
        let node = self.base_of(name)?;
        let same = node.value.as_ref()? == value?;
        let from = usize::try_from(node.range.offset).ok()?;
        let size = usize::try_from(node.range.size).ok()?;
        let bytes = self.input.base_bytes.get(from..)?.get(..size)?;
        same.then(|| bytes.to_vec())
    }

    fn encoded(
        &mut self,
        item: &'p Item,
        order: Order,
        raw: &Value,
        width: Option<u64>,
    ) -> Result<Vec<u8>, DataError> {
        let with_count = |writer: &mut Self, length: usize| match &item.count {
            Some(Count::Computed(expression)) => writer.settle(expression, length as u64, "length"),
            _ => Ok(()),
        };
        Ok(match &item.what {
            What::Code(code) if code.kind == code::Kind::Bytes => {
                let mut bytes = encode::bytes(raw)?.to_vec();
                match width {
                    Some(width) if bytes.len() as u64 > width => {
                        let kind = DataErrorKind::Count {
                            expected: format!("at most {width} bytes"),
                            found: bytes.len() as u64,
                        };
                        return Err(DataError::new(kind));
                    }
                    Some(width) if width > MAX_FILL => {
                        return Err(DataError::other(format!("{width} bytes are too many to fill")));
                    }
                    Some(width) => bytes.resize(usize::try_from(width).unwrap_or(0), 0),
                    None => {
                        // Text is read without the NULs that fill it up.
                        let is_text = item.kinds.iter().any(|kind| matches!(kind, Kind::Text(_)));
                        if let Some(Count::Computed(expression)) = item.count.as_ref().filter(|_| is_text)
                            && !self.has_open(expression)?
                        {
                            let got = self.eval(expression)?;
                            let stated = self.value_of(&got).and_then(|value| value.as_u64());
                            let room = stated.filter(|n| *n > bytes.len() as u64 && *n <= MAX_FILL);
                            if let Some(room) = room {
                                bytes.resize(usize::try_from(room).unwrap_or(0), 0);
                            }
                        }
                        with_count(self, bytes.len())?;
                    }
                }
                bytes
            }
            What::Code(code) if code.kind == code::Kind::Pascal => {
                let content = encode::bytes(raw)?;
                let mut bytes = vec![u8::try_from(content.len()).map_err(|_| {
                    DataError::other("a p holds at most 255 bytes")
                })?];
                bytes.extend_from_slice(content);
                if let Some(width) = width {
                    if bytes.len() as u64 > width || width > MAX_FILL {
                        let kind = DataErrorKind::Count {
                            expected: format!("at most {} bytes", width.saturating_sub(1)),
                            found: content.len() as u64,
                        };
                        return Err(DataError::new(kind));
                    }
                    bytes.resize(usize::try_from(width).unwrap_or(0), 0);
                }
                bytes
            }
            What::Code(code) if code.kind == code::Kind::CString => {
                let unit = match item.kinds.first() {
                    Some(Kind::Text(encoding)) => encoding.unit(),
                    _ => 1,
                };
                let mut bytes = encode::bytes(raw)?.to_vec();
                if bytes.chunks(unit).any(|unit| unit.iter().all(|b| *b == 0)) {
                    return Err(DataError::other("a z ends at the first NUL and can't hold one"));
                }
                bytes.extend(std::iter::repeat_n(0, unit));
                bytes
            }
            What::Until(end) => {
                let mut bytes = encode::bytes(raw)?.to_vec();
                if memchr::memmem::find(&bytes, end).is_some() {
                    return Err(DataError::other("the text holds the bytes that end it"));
                }
                bytes.extend_from_slice(end);
                bytes
            }
            What::Base128 { signed } => {
                encode::base128(raw, *signed, item.kinds.contains(&Kind::Sqlite))?
            }
            What::Wide { signed, .. } => {
                let scalar = self.wide(item, *signed, order.is_little())?;
                let mut bytes = Vec::new();
                scalar.write(raw, &mut bytes)?;
                bytes
            }
            What::Code(code) => encode::code(code, scalar(code, order), raw)?,
            _ => Vec::new(),
        })
    }

    fn wide(&mut self, item: &'p Item, signed: bool, little: bool) -> Result<Scalar, DataError> {
        let size = match &item.count {
            Some(count) => self.times(count, "size")?.unwrap_or(0),
            None => 0,
        };
        match u8::try_from(size) {
            Ok(size @ 1..=16) => Ok(Scalar {
                letters: if signed { "u" } else { "U" },
                kind: code::Kind::Int { signed },
                size,
                little,
                native: false,
            }),
            _ => Err(DataError::other(format!("an integer has 1 to 16 bytes, not {size}"))),
        }
    }

    fn write_bits(
        &mut self,
        item: &'p Item,
        order: Order,
        record: Option<&Record>,
    ) -> Result<(), DataError> {
        let little = order.is_little();
        let (scalar, bits): (Scalar, &'p Bits) = match &item.what {
            What::Bits(code, bits) => match scalar(code, order) {
                Some(scalar) => (scalar, bits),
                None => return Ok(()),
            },
            What::Wide {
                signed,
                bits: Some(bits),
            } => (self.wide(item, *signed, little)?, bits),
            _ => return Ok(()),
        };
        let start = self.at;
        let given = Given { record };
        let mut raw = 0u128;
        let mut nodes = Vec::new();
        let is_signed = matches!(scalar.kind, code::Kind::Int { signed: true });
        let base = match item.name.as_deref() {
            Some(name) => self.base_of(name),
            None => self.base_of(BITS),
        };
        let base_raw = base.and_then(|node| match &node.value {
            Some(Value::Uint(n)) => Some(*n),
            value => value.as_ref()?.as_int().map(i128::cast_unsigned),
        });
        for (name, first, count) in bits.places(scalar.size, little) {
            let mask = u128::MAX.checked_shr(128u32.saturating_sub(u32::from(count))).unwrap_or(0);
            let range = Range {
                bits: Some(BitRange {
                    first: u8::try_from(first).unwrap_or(u8::MAX),
                    count,
                }),
                ..Range::new(Space::FILE, start, u64::from(scalar.size))
            };
            if name == "_" {
                let kept = base_raw.and_then(|raw| raw.checked_shr(first)).unwrap_or(0) & mask;
                raw |= kept.checked_shl(first).unwrap_or(0);
                continue;
            }
            let index = self.frames.last().map_or(0, |frame| frame.values);
            let value = given.get(Some(name), index).map(encode::plain);
            let value = match value {
                Some(value) => Some(value),
                None => self.open((start, u8::try_from(first).ok())).map(Value::Int),
            };
            if let Some(value) = &value {
                let part = scalar
                    .integer(value, is_signed, u32::from(count))
                    .map_err(|e| e.within(Segment::Name(name.into())))?;
                raw |= (part & mask).checked_shl(first).unwrap_or(0);
            }
            let mut node = Node::new(name.to_owned(), range).role(Role::View);
            node.value = value;
            nodes.push(node);
        }
        let mut bytes = Vec::new();
        scalar.write_bits(raw, &mut bytes);
        self.put(&bytes)?;
        let is_array = self.frames.last().is_some_and(Frame::is_of_array);
        let name = match item.name.is_some() || is_array {
            true => self.name(item),
            false => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.values = frame.values.saturating_add(nodes.len() as u64);
                }
                BITS.into()
            }
        };
        let node = Node::new(name, self.range(start)).value(raw).with_children(nodes);
        self.push(node)
    }

    fn write_region(
        &mut self,
        item: &'p Item,
        what: &'p What,
        order: Order,
        given: Given<'_>,
        is_named: bool,
    ) -> Result<(), DataError> {
        let start = self.at;
        let slot = self.input.now.regions.len();
        self.input.now.regions.push(0);
        let known = self.input.before.regions.get(slot).copied();
        let (end, file) = (self.end, self.file);
        let reach = std::mem::replace(&mut self.input.reach, start);
        self.end = known.map_or(u64::MAX, |size| start.saturating_add(size));
        let name = item.name.clone();
        let record = given.record.cloned();
        let value = record.map(Value::Record);
        let write = |writer: &mut Self, given: Given<'_>| {
            writer.write_inside(what, order, given, (start, writer.end))
        };
        let result = match is_named {
            true => self.write_nested(item, value.as_ref(), Vec::new(), false, write),
            false => write(self, given),
        };
        self.end = end;
        self.file = file;
        result?;
        // A file in the file reaches as far as what has a place in it.
        if matches!(what, What::Format(..)) {
            self.at = self.at.max(self.input.reach);
        }
        self.input.reach = reach.max(self.at);
        let mut size = self.at.saturating_sub(start);
        match &item.count {
            Some(Count::Number(n)) => {
                if size > *n {
                    let message = format!("the region has {n} bytes, what is in it {size}");
                    return Err(DataError::other(message));
                }
                let fill = n.saturating_sub(size);
                if fill > MAX_FILL {
                    return Err(DataError::other(format!("{fill} bytes are too many to fill")));
                }
                self.fill_region(name.as_deref(), fill)?;
                size = *n;
            }
            Some(Count::Computed(expression)) => {
                let segment = self.segment(item);
                let stop = self.at;
                // Its length is computed where it begins.
                self.at = start;
                // A length that is given may leave room.
                let is_open = self.has_open(expression)?;
                let got = self.eval(expression)?;
                let stated = self.value_of(&got).and_then(|value| value.as_u64());
                let room = stated.filter(|stated| {
                    !is_open && *stated > size && self.base_has_rest(name.as_deref())
                });
                if room.is_none() {
                    self.settle(expression, size, "length").map_err(|e| e.within(segment))?;
                }
                self.at = stop;
                if let Some(stated) = room {
                    self.fill_region(name.as_deref(), stated.saturating_sub(size))?;
                    size = stated;
                }
            }
            _ => {}
        }
        if let Some(region) = self.input.now.regions.get_mut(slot) {
            *region = size;
        }
        Ok(())
    }

    /// Whether the base's region has bytes that the format says nothing of.
    fn base_has_rest(&self, name: Option<&str>) -> bool {
        let node = match name {
            Some(name) => self.base_of(name),
            None => return self.base_of("rest").is_some(),
        };
        node.is_some_and(|node| node.made().iter().any(|child| child.name == "rest"))
    }

    fn fill_region(&mut self, name: Option<&str>, size: u64) -> Result<(), DataError> {
        let rest = match name {
            Some(name) => self.base_of(name).and_then(|node| node.child("rest")),
            None => self.base_of("rest"),
        };
        let rest = rest.filter(|rest| rest.range.size == size).map(|rest| rest.range);
        let bytes = rest.and_then(|range| {
            let from = usize::try_from(range.offset).ok()?;
            let size = usize::try_from(range.size).ok()?;
            Some(self.input.base_bytes.get(from..)?.get(..size)?.to_vec())
        });
        let zeros = || vec![0; usize::try_from(size).unwrap_or(0)];
        self.put(&bytes.unwrap_or_else(zeros))
    }

    fn write_inside(
        &mut self,
        what: &'p What,
        order: Order,
        given: Given<'_>,
        file: (u64, u64),
    ) -> Result<(), DataError> {
        match what {
            What::Group(level) => self.write_level(level, order, given),
            What::Choice(on, cases) => self.write_choice(on.as_ref(), cases, order, given),
            What::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.file = file;
                self.with_boundary(parameters, |writer| writer.write_level(level, order, given))
            }
            _ => Ok(()),
        }
    }
}
