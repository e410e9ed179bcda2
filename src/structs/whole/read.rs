//! Reading a file along a program, into nodes.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::eval::{Got, equal, order};
use super::kinds::Kind;
use super::program::{Bits, Case, Constant, Count, Is, Item, Level, Program, What};
use crate::structs::ast::Expression;
use crate::structs::code::{self, Order};
use crate::structs::constant::in_both_bases;
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::structs::nodes::Input;
use crate::structs::plan::Scalar;
use crate::tree::{Node, Problem, Range, Role, Severity, Space};
use crate::value::Value;

/// What bit fields without a name are called together.
pub(super) const BITS: &str = "bits";

/// How deep levels may lie in one another, which data decide where formats contain themselves.
pub(super) const MAX_DEPTH: usize = 192;

/// How many nodes one file may become.
const MAX_NODES: u64 = 1 << 22;

/// How many items and parts of expressions may be looked at in one file, beside 64 for each byte of it.
const MAX_STEPS: u64 = 1 << 24;

/// A level that is being read, or an array.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) nodes: Vec<Node>,
    /// The name of the array.
    pub(super) name: Option<SmolStr>,
    pub(super) is_array: bool,
    /// Whether it is a group, from whose beginning `@start` counts.
    pub(super) is_level: bool,
    /// Whether what is around it can't be seen.
    pub(super) is_boundary: bool,
    pub(super) parameters: Vec<(SmolStr, Got)>,
    pub(super) start: u64,
    /// The item of the array that is being read.
    pub(super) index: u64,
    /// How many values it has so far: one without a name is called by its index.
    pub(super) values: u64,
}

impl Frame {
    pub(super) fn of_parameters(parameters: Vec<(SmolStr, Got)>) -> Frame {
        Frame {
            parameters,
            ..Frame::default()
        }
    }

    /// The level of the whole.
    pub(super) fn of_file() -> Frame {
        Frame::of_level(Vec::new(), true, 0)
    }

    pub(super) fn of_level(parameters: Vec<(SmolStr, Got)>, is_boundary: bool, start: u64) -> Frame {
        Frame {
            is_level: true,
            is_boundary,
            parameters,
            start,
            ..Frame::default()
        }
    }

    pub(super) fn of_array(name: Option<SmolStr>, start: u64) -> Frame {
        Frame {
            name,
            is_array: true,
            start,
            ..Frame::default()
        }
    }

    pub(super) fn is_of_array(&self) -> bool {
        self.is_array
    }
}

pub(super) struct Reader<'p, I> {
    pub(super) program: &'p Program,
    pub(super) input: I,
    space: Space,
    /// Where the first byte of the input is in its space.
    base: u64,
    pub(super) at: u64,
    /// Where the innermost region ends.
    pub(super) end: u64,
    /// From where to where the file goes that positions count in.
    pub(super) file: (u64, u64),
    pub(super) frames: Vec<Frame>,
    /// The items that selectors look at.
    pub(super) selected: Vec<super::eval::Place>,
    /// Formats that are being read, by name and place.
    open: Vec<(SmolStr, u64, Vec<Value>)>,
    /// Values and checks of fields that may look forward, with their frame and node.
    pub(super) later: Vec<Later<'p>>,
    /// The condition that ends the array whose item is read next.
    pub(super) until: Option<&'p Expression>,
    /// Whether that condition held, where the item was a level.
    pub(super) reached: Option<bool>,
    pub(super) depth: usize,
    nodes: u64,
    steps: u64,
    pub(super) scanned: u64,
}

/// A field whose value is checked when its level ends.
pub(super) struct Later<'p> {
    pub(super) frame: usize,
    pub(super) node: usize,
    pub(super) is: &'p Is,
}

impl<'p, I: Input> Reader<'p, I> {
    pub(super) fn new(program: &'p Program, input: I, space: Space, base: u64) -> Reader<'p, I> {
        let end = input.end();
        Reader {
            program,
            input,
            space,
            base,
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
            nodes: 0,
            steps: 0,
            scanned: 0,
        }
    }

    /// The nodes of the whole, what ended it, and where it ended.
    pub(super) fn all(mut self) -> (Vec<Node>, Option<DataError>, u64) {
        let program = self.program;
        self.frames.push(Frame::of_file());
        let result = self.level(&program.root, Order::Native);
        let result = result.and(self.finish_level());
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        let end = self.base.saturating_add(self.at);
        (nodes, result.err().map(|e| e.moved(self.base)), end)
    }

    pub(super) fn step(&mut self) -> Result<(), DataError> {
        self.steps = self.steps.saturating_add(1);
        let most = self
            .input
            .end()
            .saturating_mul(64)
            .saturating_add(MAX_STEPS);
        if self.steps > most {
            return Err(DataError::other(
                "the format asks for more work than the file's size bears",
            )
            .at(self.at));
        }
        Ok(())
    }

    fn level(&mut self, level: &'p Level, order: Order) -> Result<(), DataError> {
        let order = level.order.unwrap_or(order);
        for item in &level.items {
            self.step()?;
            self.item(item, order)?;
        }
        Ok(())
    }

    fn item(&mut self, item: &'p Item, order: Order) -> Result<(), DataError> {
        match (&item.each, &item.place) {
            (None, None) => self.counted(item, order),
            (None, Some(place)) => {
                let segment = self.segment(item);
                let offset = self
                    .number(place, "offset")
                    .map_err(|e| e.within(segment))?;
                self.elsewhere(offset, item, |reader| reader.counted(item, order))
            }
            (Some(count), place) => self.array(item, count, order, |reader| match place {
                Some(place) => {
                    let offset = reader.number(place, "offset")?;
                    reader.elsewhere(offset, item, |reader| reader.one(item, order))
                }
                None => reader.one(item, order),
            }),
        }
    }

    /// Reads at an offset of the file, and comes back.
    fn elsewhere(
        &mut self,
        offset: u64,
        item: &'p Item,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let (at, end) = (self.at, self.end);
        let place = self.file.0.saturating_add(offset);
        if place > self.file.1 {
            let message = format!(
                "stands at offset {place:#x}, the file ends at {:#x}",
                self.file.1
            );
            return Err(DataError::other(message).at(at).within(self.segment(item)));
        }
        self.at = place;
        self.end = self.file.1;
        let before = self.frames.last().map_or(0, |frame| frame.nodes.len());
        let result = read(self);
        self.at = at;
        self.end = end;
        let made = self
            .frames
            .last_mut()
            .map(|frame| frame.nodes.iter_mut().skip(before));
        made.into_iter()
            .flatten()
            .for_each(|node| node.is_placed = true);
        result
    }

    pub(super) fn segment(&self, item: &Item) -> Segment {
        match (&item.name, self.frames.last()) {
            (Some(name), _) => Segment::Name(name.as_str().into()),
            (None, Some(frame)) if frame.is_array => Segment::Item(frame.index),
            (None, frame) => Segment::Unnamed(frame.map_or(0, |frame| frame.values)),
        }
    }

    /// The name of a node that is made now.
    pub(super) fn name(&mut self, item: &Item) -> Cow<'static, str> {
        let Some(frame) = self.frames.last_mut() else {
            return Cow::Borrowed("");
        };
        if frame.is_array {
            return Cow::Owned(frame.index.to_string());
        }
        let index = frame.values;
        frame.values = index.saturating_add(1);
        match &item.name {
            Some(name) => Cow::Owned(name.to_string()),
            None => Cow::Owned(index.to_string()),
        }
    }

    pub(super) fn push(&mut self, node: Node) -> Result<(), DataError> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} fields");
            return Err(DataError::other(message).at(self.at));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.nodes.push(node);
        }
        Ok(())
    }

    /// An item with its count.
    fn counted(&mut self, item: &'p Item, order: Order) -> Result<(), DataError> {
        let is_length = match &item.what {
            What::Code(code) => matches!(
                code.kind,
                code::Kind::Bytes | code::Kind::Pascal | code::Kind::Pad
            ),
            What::Wide { .. } => true,
            _ => false,
        };
        match &item.count {
            None => self.one(item, order),
            Some(_) if is_length => self.one(item, order),
            Some(Count::Number(n)) if item.name.is_none() && self.is_code(item) => {
                for _ in 0..*n {
                    self.step()?;
                    self.one(item, order)?;
                }
                Ok(())
            }
            Some(count) => {
                if let (What::Code(code), false) = (&item.what, matches!(count, Count::Until(_)))
                    && item.kinds.iter().all(|kind| matches!(kind, Kind::Hex))
                    && let Some(scalar) = scalar(code, order)
                {
                    return self.numbers(item, scalar, count);
                }
                self.array(item, count, order, |reader| reader.one(item, order))
            }
        }
    }

    fn is_code(&self, item: &Item) -> bool {
        !matches!(
            item.what,
            What::Group(_) | What::Format(..) | What::Choice(..)
        )
    }

    fn remaining(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    pub(super) fn times(&mut self, count: &'p Count, what: &str) -> Result<Option<u64>, DataError> {
        Ok(match count {
            Count::Number(n) => Some(*n),
            Count::Computed(expression) => {
                let at = self.at;
                Some(self.number(expression, what).map_err(|e| e.at(at))?)
            }
            Count::Rest | Count::Until(_) => None,
        })
    }

    /// Numbers of one size: one leaf.
    fn numbers(
        &mut self,
        item: &'p Item,
        scalar: Scalar,
        count: &'p Count,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let size = u64::from(scalar.size);
        let n = match self
            .times(count, "count")
            .map_err(|e| e.within(segment.clone()))?
        {
            Some(n) => n,
            None if self.remaining().checked_rem(size) == Some(0) => {
                self.remaining().checked_div(size).unwrap_or(0)
            }
            None => {
                let left = self.remaining().checked_rem(size).unwrap_or(0);
                let message = format!("{left} bytes are left over that are no whole item");
                return Err(DataError::other(message).at(self.at).within(segment));
            }
        };
        let start = self.at;
        let total = n.checked_mul(size).unwrap_or(u64::MAX);
        self.skip(total).map_err(|e| e.within(segment))?;
        let range = self.range(start);
        let mut node = Node::new(self.name(item), range);
        if total <= self.input.max_value().min(crate::structs::nodes::MAX_VALUE) {
            let bytes = self.input.bytes(start, total);
            let items = bytes.chunks_exact(usize::from(scalar.size).max(1));
            node.value = Some(Value::List(items.map(|bytes| scalar.read(bytes)).collect()));
        }
        node.format = Some(array_format(&scalar.format(), n).into());
        node.hex = item.hex;
        self.push(node)
    }

    /// Items that become a node each.
    fn array(
        &mut self,
        item: &'p Item,
        count: &'p Count,
        _: Order,
        mut read: impl FnMut(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let times = self
            .times(count, "count")
            .map_err(|e| e.within(segment.clone()))?;
        let name = self.name(item);
        let start = self.at;
        self.frames.push(Frame::of_array(item.name.clone(), start));
        let mut result = Ok(());
        let mut index = 0u64;
        let mut is_done = false;
        loop {
            if is_done || times.is_some_and(|n| index >= n) {
                break;
            }
            if matches!(count, Count::Rest) && self.remaining() == 0 {
                break;
            }
            let before = self.at;
            if let Some(frame) = self.frames.last_mut() {
                frame.index = index;
            }
            self.until = match count {
                Count::Until(condition) => Some(condition),
                _ => None,
            };
            self.reached = None;
            result = self.step().and_then(|()| read(self));
            if result.is_ok()
                && let Count::Until(condition) = count
            {
                // A group has answered already, with its fields in sight.
                match self.reached.take() {
                    Some(reached) => is_done = reached,
                    None => match self.holds(condition) {
                        Ok(holds) => is_done = holds,
                        Err(e) => result = Err(e),
                    },
                }
            }
            if result.is_err() {
                result = result.map_err(|e| e.within(Segment::Item(index)));
                break;
            }
            self.add_key(item);
            if matches!(count, Count::Rest) && self.at == before {
                let message = "an item takes no bytes, so the rest of the input is never filled";
                result = Err(DataError::other(message).at(self.at));
                break;
            }
            index = index.saturating_add(1);
        }
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        let placed = item.place.is_some() && item.each.is_some();
        let range = match (placed, nodes.first()) {
            (true, Some(first)) => covering(first.range, &nodes),
            _ => self.range(start),
        };
        if result.is_ok() || !nodes.is_empty() {
            let made = self.push(Node::new(name, range).with_items(nodes));
            result = result.and(made);
        }
        result.map_err(|e| e.within(segment))
    }

    pub(super) fn add_key(&mut self, item: &Item) {
        let Some(key) = &item.key else { return };
        let Some(node) = self
            .frames
            .last_mut()
            .and_then(|frame| frame.nodes.last_mut())
        else {
            return;
        };
        let found = node.made().iter().find(|child| child.name == key.as_str());
        node.key = match found.and_then(|child| child.value.as_ref()) {
            Some(Value::Bytes(bytes)) => Some(trimmed(bytes)),
            Some(value) => Some(value.to_string().as_bytes().into()),
            None => None,
        };
    }

    /// One element, without its count but for lengths.
    fn one(&mut self, item: &'p Item, order: Order) -> Result<(), DataError> {
        match &item.what {
            What::Group(level) => self.group(item, level, order, Vec::new(), None),
            What::Format(name, arguments) => {
                let level = match self.program.formats.get(name) {
                    Some(level) => &**level,
                    None => return Err(DataError::other(format!("%{name} is not known"))),
                };
                let parameters = self.parameters(arguments)?;
                self.group(item, level, order, parameters, Some(name))
            }
            What::Choice(on, cases) => {
                if self.frames.last().is_some_and(|frame| frame.is_array) || item.name.is_some() {
                    return self.grouped(item, |reader| reader.choice(on.as_ref(), cases, order));
                }
                self.choice(on.as_ref(), cases, order)
            }
            What::Align(n) => {
                let origin = self.file.0;
                let from = self.at.saturating_sub(origin);
                let to = from.checked_next_multiple_of(*n).unwrap_or(u64::MAX);
                let start = self.at;
                self.skip(to.saturating_sub(from))?;
                if self.at > start {
                    let padding = Node::new("padding", self.range(start)).role(Role::Padding);
                    self.push(padding)?;
                }
                Ok(())
            }
            What::Computed(expression) => {
                let segment = self.segment(item);
                let got = self
                    .eval(expression)
                    .map_err(|e| e.at(self.at).within(segment))?;
                let Some(value) = self.value_of(&got) else {
                    return Ok(());
                };
                let mut node = Node::new(self.name(item), self.range(self.at));
                self.shown(item, &mut node, value, order);
                self.push(node)
            }
            What::Fail(message) => Err(DataError::other(message.clone()).at(self.at)),
            _ => {
                let segment = self.segment(item);
                self.leaf(item, order).map_err(|e| match e.depth() {
                    0 => e.within(segment),
                    _ => e,
                })
            }
        }
    }

    fn choice(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [Case],
        order: Order,
    ) -> Result<(), DataError> {
        match self.case(on, cases)? {
            Some(case) => self.level(&case.level, order),
            None => Ok(()),
        }
    }

    /// The case that a choice takes, if any.
    pub(super) fn case(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [Case],
    ) -> Result<Option<&'p Case>, DataError> {
        let on = match on {
            Some(on) => {
                let got = self.eval(on)?;
                Some(self.value_of(&got))
            }
            None => None,
        };
        for case in cases {
            let Some(labels) = &case.labels else {
                return Ok(Some(case));
            };
            for (from, to) in labels {
                let is_taken = match &on {
                    None => self.holds(from)?,
                    // What has no value is no case but else.
                    Some(None) => false,
                    Some(Some(value)) => self.is_label(value, from, to.as_ref())?,
                };
                if is_taken {
                    return Ok(Some(case));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn is_label(
        &mut self,
        value: &Value,
        from: &Expression,
        to: Option<&Expression>,
    ) -> Result<bool, DataError> {
        let got = self.eval(from)?;
        let Some(first) = self.value_of(&got) else {
            return Ok(false);
        };
        let Some(to) = to else {
            return Ok(equal(value, &first));
        };
        let got = self.eval(to)?;
        let last = self.value_of(&got);
        let above = order(value, &first).is_some_and(std::cmp::Ordering::is_ge);
        let below = last.and_then(|last| order(value, &last));
        Ok(above && below.is_some_and(std::cmp::Ordering::is_le))
    }

    /// A level of its own.
    fn group(
        &mut self,
        item: &'p Item,
        level: &'p Level,
        order: Order,
        parameters: Vec<(SmolStr, Got)>,
        format: Option<&'p SmolStr>,
    ) -> Result<(), DataError> {
        let opened = match format {
            Some(name) => {
                let values = parameters
                    .iter()
                    .filter_map(|(_, got)| self.value_of(got))
                    .collect();
                let this = (name.clone(), self.at, values);
                if self.open.contains(&this) {
                    let message = format!("%{name} at {:#x} contains itself", self.at);
                    return Err(DataError::other(message).at(self.at));
                }
                self.open.push(this);
                true
            }
            None => false,
        };
        let is_boundary = format.is_some();
        let result = self.nested(item, is_boundary, parameters, |reader| {
            reader.level(level, order)
        });
        if opened {
            self.open.pop();
        }
        result
    }

    /// Items that become the children of a node.
    fn grouped(
        &mut self,
        item: &'p Item,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        self.nested(item, false, Vec::new(), read)
    }

    fn nested(
        &mut self,
        item: &'p Item,
        is_boundary: bool,
        parameters: Vec<(SmolStr, Got)>,
        read: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let is_item = self.frames.last().is_some_and(|frame| frame.is_array);
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels lie in one another");
            return Err(DataError::other(message).at(self.at));
        }
        let until = self.until.take();
        let name = self.name(item);
        let start = self.at;
        self.depth = self.depth.saturating_add(1);
        self.frames.push(Frame::of_level(parameters, is_boundary, start));
        let mut result = read(self);
        result = result.and(self.finish_level());
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
        if result.is_ok() || !nodes.is_empty() {
            let made = self.push(Node::new(name, self.range(start)).with_children(nodes));
            result = result.and(made);
        }
        match is_item {
            // The array names the item.
            true => result,
            false => result.map_err(|e| e.within(segment)),
        }
    }

    /// Whether the condition that ends an array holds, with the fields of the item first in sight, then those
    /// around the array.
    pub(super) fn holds_after(&mut self, condition: &Expression) -> Result<bool, DataError> {
        if let Some(frame) = self.frames.last_mut() {
            frame.is_boundary = false;
        }
        self.holds(condition)
    }

    /// Values that follow from others, and checks: they may look forward in their level.
    pub(super) fn finish_level(&mut self) -> Result<(), DataError> {
        let frame = self.frames.len().saturating_sub(1);
        while let Some(later) = self.later.pop_if(|later| later.frame >= frame) {
            let problem = self.later(&later)?;
            if let (Some(problem), Some(frame)) = (problem, self.frames.last_mut())
                && let Some(node) = frame.nodes.get_mut(later.node)
            {
                node.problems.push(problem);
            }
        }
        Ok(())
    }

    fn later(&mut self, later: &Later<'p>) -> Result<Option<Problem>, DataError> {
        let node = self.frames.last().and_then(|frame| frame.nodes.get(later.node));
        let Some((range, found)) = node.map(|node| (node.range, node.value.clone())) else {
            return Ok(None);
        };
        let (Some(expected), Some(found)) = (self.expected(later)?, found) else {
            return Ok(None);
        };
        if equal(&expected, &found) {
            return Ok(None);
        }
        let (code, what) = match later.is {
            Is::Check(_) => ("S004", "the checksum of the bytes"),
            _ => ("S003", "the value that follows from the other fields"),
        };
        let (expected, found) = in_both_bases(&expected, &found);
        let message = format!("expected {expected}, {what}; found {found}");
        Ok(Some(Problem::new(code, Severity::Error, range, message)))
    }

    /// The value that a field must have, now that its level is read.
    pub(super) fn expected(&mut self, later: &Later<'p>) -> Result<Option<Value>, DataError> {
        let node = self.frames.last().and_then(|frame| frame.nodes.get(later.node));
        let Some((range, found)) = node.map(|node| (node.range, node.value.clone())) else {
            return Ok(None);
        };
        Ok(match later.is {
            Is::Computed(expression) => {
                let got = self.eval(expression)?;
                self.value_of(&got)
            }
            Is::Check(check) => {
                let from = self.eval(&check.from)?;
                let to = match &check.to {
                    Some(to) => self.eval(to)?,
                    None => from.clone(),
                };
                let (Got::Node(from), Got::Node(to)) = (from, to) else {
                    return Ok(None);
                };
                let (Some(first), Some(last)) = (self.node(&from), self.node(&to)) else {
                    return Ok(None);
                };
                // The checksum is that of what the codec yields, which is not read here.
                if first.role == Role::Data {
                    return Ok(None);
                }
                let (start, end) = (first.range.offset, last.range.end());
                let start = start.saturating_sub(self.base);
                let end = end.saturating_sub(self.base);
                let own = check.own.map(|byte| {
                    let at = range.offset.saturating_sub(self.base);
                    (at, at.saturating_add(range.size), byte)
                });
                let mut sum = check.function.begin();
                let mut at = start;
                while at < end {
                    let (to, replaced) = match own {
                        Some((from, _, _)) if at < from => (end.min(from), None),
                        Some((_, to, byte)) if at < to => (end.min(to), Some(byte)),
                        _ => (end, None),
                    };
                    let wanted = to.saturating_sub(at).min(64 << 10);
                    self.scanned(wanted)?;
                    match replaced {
                        Some(byte) => {
                            let n = usize::try_from(wanted).unwrap_or(0);
                            sum.update(&vec![byte; n]);
                        }
                        None => sum.update(self.input.bytes(at, wanted)),
                    }
                    at = at.saturating_add(wanted.max(1));
                }
                let mut expected = sum.finish();
                // A sum is kept in as many bits as its field has.
                if found.as_ref().is_some_and(|v| v.as_bytes().is_none())
                    && let Some(mask) = 1i128
                        .checked_shl(u32::try_from(range.size.saturating_mul(8)).unwrap_or(127))
                        .filter(|_| range.size < 16)
                {
                    expected &= mask.wrapping_sub(1);
                }
                Some(Value::Int(expected))
            }
            _ => None,
        })
    }

    fn skip(&mut self, n: u64) -> Result<(), DataError> {
        if n > self.remaining() {
            let kind = DataErrorKind::Short {
                needed: n,
                end: self.end,
            };
            return Err(DataError::new(kind).at(self.at));
        }
        self.at = self.at.saturating_add(n);
        Ok(())
    }

    fn take(&mut self, n: u64) -> Result<&[u8], DataError> {
        let at = self.at;
        self.skip(n)?;
        Ok(self.input.bytes(at, n))
    }

    pub(super) fn range(&self, start: u64) -> Range {
        let size = self.at.saturating_sub(start);
        Range::new(self.space, self.base.saturating_add(start), size)
    }

    /// A field with a value, or a region.
    fn leaf(&mut self, item: &'p Item, order: Order) -> Result<(), DataError> {
        let start = self.at;
        let little = order.is_little();
        let value = match &item.what {
            What::Code(code) => {
                let align = self.alignment(code, order);
                if align > 1 {
                    let from = self.at.saturating_sub(self.file.0);
                    let to = from.checked_next_multiple_of(align).unwrap_or(u64::MAX);
                    self.skip(to.saturating_sub(from))?;
                    if self.at > start {
                        let padding = Node::new("padding", self.range(start)).role(Role::Padding);
                        self.push(padding)?;
                    }
                }
                return self.code(item, code, order);
            }
            What::Bits(code, bits) => {
                let Some(scalar) = scalar(code, order) else {
                    return Err(DataError::other("that code has no bits"));
                };
                return self.bits(item, scalar, bits);
            }
            What::Wide { signed, bits } => {
                let size = match &item.count {
                    Some(count) => self.times(count, "size")?.unwrap_or(0),
                    None => 0,
                };
                if !(1..=16).contains(&size) {
                    let message = format!("an integer has 1 to 16 bytes, not {size}");
                    return Err(DataError::other(message).at(start));
                }
                let scalar = Scalar {
                    letters: if *signed { "u" } else { "U" },
                    kind: code::Kind::Int { signed: *signed },
                    size: u8::try_from(size).unwrap_or(16),
                    little,
                    native: false,
                };
                if let Some(bits) = bits {
                    return self.bits(item, scalar, bits);
                }
                let bytes = self.take(size)?;
                scalar.read(bytes)
            }
            What::Base128 { signed } => {
                self.base128(*signed, item.kinds.contains(&Kind::Sqlite))?
            }
            What::Until(end) => {
                let (from, size) = (self.at, end.len() as u64);
                let length = self.before(end)?;
                let keep = length.min(self.input.max_value());
                let value = Value::from(self.input.bytes(from, keep));
                self.skip(length.saturating_add(size))?;
                value
            }
            _ => return Ok(()),
        };
        self.finish_leaf(item, start, value, None, order)
    }

    fn alignment(&self, code: &code::Code, order: Order) -> u64 {
        order
            .size_and_alignment(code)
            .map_or(1, |(_, align)| u64::from(align))
    }

    fn code(
        &mut self,
        item: &'p Item,
        code: &'static code::Code,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        let length = |reader: &mut Self| match &item.count {
            None => Ok(1),
            Some(count) => Ok(reader.times(count, "length")?.unwrap_or(reader.remaining())),
        };
        let format;
        let value = match code.kind {
            code::Kind::Pad => {
                let n = length(self)?;
                self.skip(n)?;
                let name = match &item.name {
                    Some(name) => Cow::Owned(name.to_string()),
                    None => Cow::Borrowed("padding"),
                };
                let node = Node::new(name, self.range(start)).role(Role::Padding);
                return self.push(node);
            }
            code::Kind::Bytes => {
                let n = length(self)?;
                if let Is::Inside(what) = &item.is {
                    return self.region(item, what, n, order);
                }
                format = Some(match &item.count {
                    None | Some(Count::Number(_)) => format!("{n}s"),
                    _ => format!("[{n}]s"),
                });
                if n > self.input.max_value() {
                    self.skip(n)?;
                    let mut node = Node::new(self.name(item), self.range(start));
                    node.format = format.map(Cow::Owned);
                    return self.push(node);
                }
                Value::from(self.take(n)?)
            }
            code::Kind::Pascal => {
                let n = length(self)?;
                format = Some(format!("{n}p"));
                let bytes = self.take(n)?;
                Value::from(crate::structs::unpack::pascal(
                    bytes.get(..256).unwrap_or(bytes),
                ))
            }
            code::Kind::CString => {
                let unit = match item.kinds.first() {
                    Some(Kind::Text(encoding)) => encoding.unit(),
                    _ => 1,
                };
                format = (unit == 1).then(|| "z".to_owned());
                let (from, nul) = (self.at, vec![0; unit]);
                let length = self.before(&nul)?;
                let keep = length.min(self.input.max_value());
                let value = Value::from(self.input.bytes(from, keep));
                self.skip(length.saturating_add(unit as u64))?;
                value
            }
            code::Kind::Leb128 { signed } => {
                let most = self
                    .remaining()
                    .min(crate::structs::leb128::MAX_GROUPS as u64);
                let bytes = self.input.bytes(self.at, most);
                match crate::structs::leb128::read(bytes, signed) {
                    Ok((value, taken)) => {
                        self.skip(taken as u64)?;
                        format = Some(code.letters.to_owned());
                        value
                    }
                    Err(crate::structs::leb128::Bad::Short) => {
                        let needed = self.remaining().saturating_add(1);
                        return Err(self
                            .skip(needed)
                            .err()
                            .unwrap_or_else(crate::structs::unpack::wide_leb128));
                    }
                    Err(crate::structs::leb128::Bad::Wide) => {
                        return Err(crate::structs::unpack::wide_leb128().at(self.at));
                    }
                }
            }
            _ => {
                let Some(scalar) = scalar(code, order) else {
                    return Err(DataError::other(format!(
                        "{} has no standard size",
                        code.letters
                    )));
                };
                format = Some(scalar.format());
                scalar.read(self.take(u64::from(scalar.size))?)
            }
        };
        self.finish_leaf(item, start, value, format, order)
    }

    /// How many bytes stand before some others, in steps of their number.
    fn before(&mut self, end: &[u8]) -> Result<u64, DataError> {
        const STEP: u64 = 64 << 10;
        let size = end.len() as u64;
        // A NUL of two bytes stands at an even place.
        let is_wide = end.len() == 2 && end == [0, 0];
        let mut at = self.at;
        while at < self.end {
            let wanted = STEP.saturating_add(size).min(self.end.saturating_sub(at));
            self.scanned(wanted)?;
            let bytes = self.input.bytes(at, wanted);
            let hit = match is_wide {
                true => bytes
                    .chunks_exact(2)
                    .position(|pair| pair == end)
                    .map(|i| i.saturating_mul(2)),
                false => memchr::memmem::find(bytes, end),
            };
            if let Some(hit) = hit {
                return Ok(at.saturating_add(hit as u64).saturating_sub(self.at));
            }
            if bytes.is_empty() {
                break;
            }
            at = at.saturating_add(STEP);
        }
        match end == [0] {
            true => Err(crate::structs::unpack::no_nul().at(self.at)),
            false => Err(DataError::other("nothing ends the text that begins here").at(self.at)),
        }
    }

    fn base128(&mut self, signed: bool, is_sqlite: bool) -> Result<Value, DataError> {
        let start = self.at;
        let mut number = 0u128;
        for i in 0..19u32 {
            let byte = self.take(1)?.first().copied().unwrap_or(0);
            if is_sqlite && i == 8 {
                number = (number << 8) | u128::from(byte);
                let signed = i64::from_ne_bytes(u64::try_from(number).unwrap_or(0).to_ne_bytes());
                return Ok(Value::Int(i128::from(signed)));
            }
            if number >> 121 != 0 {
                break;
            }
            number = (number << 7) | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                let bits = i.saturating_add(1).saturating_mul(7);
                let negative = signed && bits < 128 && number >> bits.saturating_sub(1) & 1 == 1;
                return Ok(match negative {
                    true => Value::Int(number.cast_signed().wrapping_sub(1i128.wrapping_shl(bits))),
                    false => Value::from(number),
                });
            }
        }
        Err(DataError::other("the number has more than 128 bits").at(start))
    }

    fn bits(&mut self, item: &'p Item, scalar: Scalar, bits: &'p Bits) -> Result<(), DataError> {
        let start = self.at;
        let raw = scalar.read_bits(self.take(u64::from(scalar.size))?);
        let range = self.range(start);
        let width = u64::from(scalar.size).saturating_mul(8);
        let is_signed = matches!(scalar.kind, code::Kind::Int { signed: true });
        let mut nodes = Vec::with_capacity(bits.fields.len());
        let mut used = 0u64;
        for (name, count) in &bits.fields {
            let least_first = bits.least_first.unwrap_or(scalar.little);
            let first = match least_first {
                true => used,
                false => width.saturating_sub(used).saturating_sub(u64::from(*count)),
            };
            used = used.saturating_add(u64::from(*count));
            let place = crate::tree::BitRange {
                first: u8::try_from(first).unwrap_or(u8::MAX),
                count: *count,
            };
            let label = match name == "_" {
                true => Cow::Borrowed("reserved"),
                false => Cow::Owned(name.to_string()),
            };
            let value = crate::structs::bits::extract(raw, place, is_signed);
            let range = Range {
                bits: Some(place),
                ..range
            };
            let node = Node::new(label, range).role(Role::View);
            let mut node = node.value(Value::from(value));
            node.format = Some(scalar.format().into());
            nodes.push(node);
        }
        let is_array = self.frames.last().is_some_and(|frame| frame.is_array);
        let name = match item.name.is_some() || is_array {
            true => self.name(item),
            false => {
                let named = bits.fields.iter().filter(|(name, _)| name != "_").count();
                if let Some(frame) = self.frames.last_mut() {
                    frame.values = frame.values.saturating_add(named as u64);
                }
                Cow::Borrowed(BITS)
            }
        };
        self.nodes = self.nodes.saturating_add(nodes.len() as u64);
        let mut node = Node::new(name, range).value(raw).with_children(nodes);
        node.format = Some(scalar.format().into());
        node.hex = item.hex;
        self.push(node)
    }

    /// Bytes that are read on inside.
    fn region(
        &mut self,
        item: &'p Item,
        what: &'p What,
        size: u64,
        order: Order,
    ) -> Result<(), DataError> {
        let start = self.at;
        if size > self.remaining() {
            return self.skip(size);
        }
        let stop = start.saturating_add(size);
        let (end, file) = (self.end, self.file);
        self.end = stop;
        let is_item = self.frames.last().is_some_and(|frame| frame.is_array);
        let result = match item.name.is_some() || is_item {
            true => self.nested(item, false, Vec::new(), |reader| {
                let result = reader.inside(what, order, (start, stop));
                reader.left_over(stop, result)
            }),
            false => {
                let result = self.inside(what, order, (start, stop));
                self.left_over(stop, result)
            }
        };
        self.end = end;
        self.file = file;
        self.at = stop;
        result
    }

    fn inside(&mut self, what: &'p What, order: Order, file: (u64, u64)) -> Result<(), DataError> {
        match what {
            What::Group(level) => self.level(level, order),
            What::Choice(on, cases) => self.choice(on.as_ref(), cases, order),
            What::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.file = file;
                self.with_boundary(parameters, |reader| reader.level(level, order))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn parameters(
        &mut self,
        arguments: &[(SmolStr, Expression)],
    ) -> Result<Vec<(SmolStr, Got)>, DataError> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (name, value) in arguments {
            parameters.push((name.clone(), self.eval(value)?));
        }
        Ok(parameters)
    }

    /// A format that fills a region: its fields are those of the region, and what is around can't be seen.
    pub(super) fn with_boundary(
        &mut self,
        parameters: Vec<(SmolStr, Got)>,
        then: impl FnOnce(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels lie in one another");
            return Err(DataError::other(message).at(self.at));
        }
        self.depth = self.depth.saturating_add(1);
        let around = self.frames.last_mut().map(|frame| {
            let had = std::mem::replace(&mut frame.parameters, parameters);
            (std::mem::replace(&mut frame.is_boundary, true), had)
        });
        let result = then(self);
        if let (Some(frame), Some((is_boundary, had))) = (self.frames.last_mut(), around) {
            frame.is_boundary = is_boundary;
            frame.parameters = had;
        }
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// What the format doesn't reach of a region is a gap, with a note where nothing went wrong.
    fn left_over(&mut self, stop: u64, result: Result<(), DataError>) -> Result<(), DataError> {
        let start = self.at;
        if start < stop {
            self.at = stop;
            let range = self.range(start);
            let mut gap = Node::new("rest", range).role(Role::Gap);
            if result.is_ok() {
                let message = "the format says nothing of these bytes of the region";
                gap.problems
                    .push(Problem::new("S005", Severity::Note, range, message));
            }
            self.push(gap)?;
        }
        result
    }

    /// A leaf with its value, its kinds and what it must be.
    fn finish_leaf(
        &mut self,
        item: &'p Item,
        start: u64,
        value: Value,
        format: Option<String>,
        order: Order,
    ) -> Result<(), DataError> {
        let mut node = Node::new(self.name(item), self.range(start));
        node.format = format.map(Cow::Owned);
        if let Is::Constant(constant) = &item.is
            && !is_constant(constant, &value)
        {
            let (expected, found) = in_both_bases(&constant_value(constant), &value);
            let message = format!("expected {expected}, found {found}");
            let problem = Problem::new("S001", Severity::Error, node.range, message);
            node.problems.push(problem);
        }
        self.shown(item, &mut node, value, order);
        if let Is::Computed(_) | Is::Check(_) = &item.is {
            let frame = self.frames.len().saturating_sub(1);
            let index = self.frames.last().map_or(0, |frame| frame.nodes.len());
            self.later.push(Later {
                frame,
                node: index,
                is: &item.is,
            });
        }
        self.push(node)
    }

    /// Puts a value into its node as its kinds take it.
    pub(super) fn shown(&self, item: &Item, node: &mut Node, value: Value, order: Order) {
        let mut value = value;
        node.hex = item.hex;
        for kind in &item.kinds {
            let (taken, meaning) = kind.take(&value, order.is_little());
            if let Some(taken) = taken {
                value = taken;
                // The bytes are no longer what the format makes of the value.
                node.format = None;
            }
            if meaning.is_some() {
                node.meaning = meaning;
            }
            if let Kind::Codec(name) = kind {
                node.role = Role::Data;
                node.meaning = Some((*name).to_owned());
                break;
            }
        }
        node.value = Some(value);
    }
}

pub(super) fn scalar(code: &'static code::Code, order: Order) -> Option<Scalar> {
    use code::Kind as K;
    if !matches!(
        code.kind,
        K::Char | K::Bool | K::Int { .. } | K::Pointer | K::Float | K::Complex
    ) {
        return None;
    }
    let (size, _) = order.size_and_alignment(code)?;
    Some(Scalar {
        letters: code.letters,
        kind: code.kind,
        size,
        little: order.is_little(),
        native: order == Order::Native,
    })
}

fn array_format(format: &str, n: u64) -> String {
    let (order, letters) = match format.strip_prefix(['@', '<', '>']) {
        Some(letters) => (format.get(..1).unwrap_or_default(), letters),
        None => ("", format),
    };
    format!("{order}{n}{letters}")
}

pub(super) fn constant_value(constant: &Constant) -> Value {
    match constant {
        Constant::Text(bytes) => Value::from(bytes.as_slice()),
        Constant::Int(n) => Value::Int(*n),
        Constant::Float(x) => Value::Float(*x),
        Constant::Bool(b) => Value::Bool(*b),
    }
}

fn is_constant(constant: &Constant, value: &Value) -> bool {
    equal(&constant_value(constant), value)
}

/// From the first to the last byte of some nodes in one space.
fn covering(first: Range, nodes: &[Node]) -> Range {
    let start = nodes
        .iter()
        .map(|node| node.range.offset)
        .min()
        .unwrap_or(first.offset);
    let end = nodes
        .iter()
        .map(|node| node.range.end())
        .max()
        .unwrap_or(first.offset);
    Range::new(first.space, start, end.saturating_sub(start))
}

fn trimmed(bytes: &[u8]) -> crate::value::Bytes {
    let end = bytes
        .iter()
        .rposition(|b| *b != 0)
        .map_or(0, |i| i.saturating_add(1));
    bytes.get(..end).unwrap_or(bytes).into()
}
