//! Packing along a program: values to the bytes of a file.
//!
//! What a pass can't know yet (a length that comes before its data, an offset, the size of the file) it
//! learns, and the next pass writes it; packing ends when a pass changes nothing.

mod arrays;
mod bits;
mod coded;
mod leaf;
mod output;
mod place;
mod region;
mod runs;
mod solve;

use std::sync::Arc;

use smol_str::SmolStr;

use super::compute::equal;
use super::encode;
use super::eval::Operand;
use super::program::{FieldContent, Item, ItemKind, Level, Program};
use super::read::{Frame, MAX_DEPTH, Reader};
use crate::offset::{Position, Tally};
use crate::structs::ast::Expression;
use crate::structs::code::{self, Order};
use crate::structs::error::{DataError, DataErrorKind, Segment, counted};
use crate::tree::{Node, Space};
use crate::value::{Record, Value};

use output::{Estimates, Output};

/// The most passes of packing.
const MAX_PASSES: usize = 8;

/// The values for a level.
#[derive(Clone, Copy)]
pub(in crate::structs::whole) struct LevelValues<'v> {
    pub(in crate::structs::whole) record: Option<&'v Record>,
}

impl<'v> LevelValues<'v> {
    pub(in crate::structs::whole) fn get(
        self,
        name: Option<&str>,
        index: u64,
    ) -> Option<&'v Value> {
        let record = self.record?;
        match name {
            Some(name) if record.is_named() => record.get(name),
            _ => record.get(&index.to_string()),
        }
    }
}

/// The bytes of a record. Where `base` holds a file of the format, what is the same there keeps its bytes.
pub(super) fn pack(
    program: &Program,
    record: &Record,
    base: Option<&[u8]>,
) -> Result<Vec<u8>, DataError> {
    let all = pack_all(program, record, base, false);
    // Values in order may omit those that follow from others. Only trying finds out how many values a format with
    // choices has.
    match all {
        Err(error) if !record.is_named() && !record.is_empty() => {
            pack_all(program, record, base, true).map_err(|_| error)
        }
        all => all,
    }
}

fn pack_all(
    program: &Program,
    record: &Record,
    base: Option<&[u8]>,
    is_reduced: bool,
) -> Result<Vec<u8>, DataError> {
    let (base_nodes, base_contents, base_end) = match base {
        Some(bytes) => {
            let made = program.read(bytes, Space::FILE, 0);
            // Nobody knows where a broken file ends.
            let end = usize::try_from(made.end).ok();
            let end = end.filter(|_| made.error.is_none());
            (Some(made.nodes), made.contents, end)
        }
        None => (None, Vec::new(), None),
    };
    let mut before = Estimates::default();
    // The first pass takes the size of the base for that of the file, and searches its bytes.
    let mut last: Vec<Vec<u8>> = base.map(<[u8]>::to_vec).into_iter().collect();
    let base_bytes: Arc<[u8]> = base.unwrap_or_default().into();
    for pass in 0..MAX_PASSES {
        let output = Output {
            before,
            previous: last,
            base: vec![base_nodes.clone()],
            is_reduced,
            pass,
            base_bytes: base_bytes.clone(),
            base_contents: base_contents.clone(),
            ..Output::default()
        };
        let mut writer = Reader::new(program, output, Space::FILE, 0);
        let known = writer.input.known();
        let size = match (pass, base) {
            (0, Some(base)) => base.len() as u64,
            _ => known.size,
        };
        writer.file = (0, size);
        writer.end = match known.inline {
            0 => u64::MAX,
            end => end,
        };
        writer.frames.push(Frame::of_file());
        let given = LevelValues {
            record: Some(record),
        };
        writer.write_level(&program.root, Order::Native, given)?;
        writer.finish_write(given, true)?;
        let at = writer.at;
        if let Some(base) = base {
            let end = base_end.unwrap_or(writer.input.bytes.len()).min(base.len());
            let (read, after) = base.split_at(end);
            writer.keep_gaps(read);
            writer.input.append(after);
        }
        let size = writer.input.end_of_written();
        writer
            .input
            .learn_sizes(|sizes| (sizes.inline, sizes.size) = (at, size));
        let unknown = writer.unknown();
        let contents: Vec<_> = (0..writer.coded.len())
            .map(|index| writer.content(index))
            .collect();
        let Output {
            bytes,
            now,
            before: had,
            previous,
            ..
        } = writer.input;
        if now == had && previous.first() == Some(&bytes) {
            return match unknown {
                Some(error) => Err(error),
                None => Ok(bytes),
            };
        }
        before = now;
        last = std::iter::once(bytes)
            .chain(contents.iter().map(|content| content.to_vec()))
            .collect();
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
        given: LevelValues<'_>,
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
        given: LevelValues<'_>,
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

    /// Writes an item that is no array, with its value.
    pub(in crate::structs::whole) fn write_single(
        &mut self,
        item: &'p Item,
        order: Order,
        given: LevelValues<'_>,
    ) -> Result<(), DataError> {
        match &item.what {
            ItemKind::Choice(on, cases) if item.name.is_none() => {
                return self.write_choice(on.as_ref(), cases, order, given);
            }
            ItemKind::Bits(..) | ItemKind::Wide { bits: Some(_), .. } if item.name.is_none() => {
                return self.write_bits(item, order, given.record);
            }
            ItemKind::Code(code)
                if code.kind == code::Kind::Bytes
                    && item.name.is_none()
                    && matches!(item.is, FieldContent::Inside(_)) =>
            {
                return match &item.is {
                    FieldContent::Inside(what) if !item.codecs.is_empty() => {
                        let value = given.record.cloned().map(Value::Record);
                        self.write_coded(item, what, order, value.as_ref())
                    }
                    FieldContent::Inside(what) => {
                        self.write_region(item, what, order, given, false)
                    }
                    _ => Ok(()),
                };
            }
            _ => {}
        }
        let value = self.given(item, given);
        self.write_one(item, order, value)
    }

    /// Whether the values of the level come in order, without those that may be left out.
    pub(in crate::structs::whole) fn is_reduced(&self) -> bool {
        self.input.is_reduced && self.frames.len() == 1
    }

    /// The value that is given for an item; `None` where values in order omit it.
    pub(in crate::structs::whole) fn given<'v>(
        &mut self,
        item: &Item,
        given: LevelValues<'v>,
    ) -> Option<&'v Value> {
        let is_left_out = self.is_reduced() && item.is_optional(self.program);
        let frame = self.frames.last_mut()?;
        if is_left_out {
            frame.left_out.tally(1);
            return None;
        }
        // A computed value that is left out doesn't count as one of the values.
        let index = frame.values.since(frame.left_out);
        given.get(item.name.as_deref(), index)
    }

    pub(in crate::structs::whole) fn write_choice(
        &mut self,
        on: Option<&Expression>,
        cases: &'p [super::program::Case],
        order: Order,
        given: LevelValues<'_>,
    ) -> Result<(), DataError> {
        match self.case(on, cases)? {
            Some(case) => self.write_level(&case.level, order, given),
            None => Ok(()),
        }
    }

    /// One element with its value. As in [`Reader::one`], nothing that is called here is inlined.
    pub(in crate::structs::whole) fn write_one(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        match &item.what {
            ItemKind::Group(level) => {
                self.write_nested(item, value, Vec::new(), false, |writer, given| {
                    writer.write_level(level, order, given)
                })
            }
            ItemKind::Choice(on, cases) => {
                self.write_nested(item, value, Vec::new(), false, |writer, given| {
                    writer.write_choice(on.as_ref(), cases, order, given)
                })
            }
            ItemKind::Format(name, arguments) => {
                let Some(level) = self.program.formats.get(name) else {
                    return Err(DataError::other(format!("%{name} is not known")));
                };
                let parameters = self.parameters(arguments)?;
                self.write_nested(item, value, parameters, true, |writer, given| {
                    writer.write_level(level, order, given)
                })
            }
            ItemKind::Align(n) => {
                let from = self.at.since(self.file.0);
                let to = from
                    .checked_next_multiple_of(n.of(order))
                    .unwrap_or(u64::MAX);
                self.write_padding("padding", to.since(from))
            }
            ItemKind::Computed(expression) => self.write_computed(item, expression, order, value),
            ItemKind::Fail(message) => Err(DataError::other(message.clone())),
            _ => self.write_named_leaf(item, order, value),
        }
    }

    #[inline(never)]
    fn write_computed(
        &mut self,
        item: &'p Item,
        expression: &'p Expression,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let got = self.eval(expression).map_err(|e| e.within(segment))?;
        // A value that can't be computed yet may be given.
        let found = match self.value_of(&got) {
            None => value.map(|value| encode::plain(value, item)).transpose()?,
            found => found,
        };
        let Some(value) = found else {
            return Ok(());
        };
        if !item.codecs.is_empty() {
            return self.computed_content(item, value, order);
        }
        let mut node = Node::new(self.name(item), self.range(self.at));
        node.value = Some(value);
        self.push(node)
    }

    /// A leaf, whose errors have its name.
    #[inline(never)]
    fn write_named_leaf(
        &mut self,
        item: &'p Item,
        order: Order,
        value: Option<&Value>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let is_item = self.frames.last().is_some_and(Frame::is_of_array);
        self.write_leaf(item, order, value)
            .map_err(|e| match is_item || e.depth() > 0 {
                true => e,
                false => e.within(segment),
            })
    }

    #[inline(never)]
    pub(in crate::structs::whole) fn write_nested(
        &mut self,
        item: &'p Item,
        value: Option<&Value>,
        parameters: Vec<(SmolStr, Operand)>,
        is_boundary: bool,
        write: impl FnOnce(&mut Self, LevelValues<'_>) -> Result<(), DataError>,
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
        self.depth.tally(1);
        self.frames
            .push(Frame::of_level(parameters, is_boundary, start));
        let given = LevelValues {
            record: record.as_deref(),
        };
        let result = write(self, given);
        // Fields in unnamed coded bytes are among those around.
        let is_whole = item.name.is_some() || is_item || item.codecs.is_empty();
        let result = result.and_then(|()| self.finish_write(given, is_whole));
        let (result, nodes) = self.end_level(result, until);
        self.input.base.pop();
        let range = self.range(start);
        self.push(Node::new(name, range).with_children(nodes))?;
        match is_item {
            true => result,
            false => result.map_err(|e| e.within(segment)),
        }
    }

    /// Ends a level: computes the values that follow from others, and refuses given ones without a field.
    pub(in crate::structs::whole) fn finish_write(
        &mut self,
        given: LevelValues<'_>,
        is_whole: bool,
    ) -> Result<(), DataError> {
        let frame = self.frames.len().since(1);
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
            let key = (range.space, range.offset, None);
            match self.input.open.get(&key).copied() {
                Some(index) => {
                    // The size of a region that isn't known yet counts as the largest number.
                    let is_known = self.file.1 != u64::MAX
                        || expected.as_int().is_none_or(|n| n <= i128::from(i64::MAX));
                    self.learn(index, Some(expected).filter(|_| is_known));
                }
                None if found.as_ref().is_some_and(|found| equal(found, &expected)) => {}
                None if self.is_first() || self.is_wrong_in_base(&name, found.as_ref()) => {}
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
        let Some(record) = given.record.filter(|_| is_whole) else {
            return Ok(());
        };
        if !record.is_named() {
            let frame = self.frames.last();
            let taken = frame.map_or(0, |frame| frame.values.since(frame.left_out));
            let found = record.len() as u64;
            // The case that is taken may change after the first pass.
            return match found > taken && self.input.pass > 0 {
                true => Err(DataError::new(DataErrorKind::Count {
                    expected: counted(taken, "value"),
                    found,
                })),
                false => Ok(()),
            };
        }
        let nodes = self.frames.last().map_or(&[][..], |frame| &frame.nodes);
        for (key, _) in record.entries() {
            if !has_field(nodes, &key) && !self.is_computed(&key) {
                let message = format!("there is no field {key}, or not for these values");
                return Err(DataError::new(DataErrorKind::Name(message)));
            }
        }
        Ok(())
    }

    /// Whether the base has this value in a check that fails: damage is kept unless it is edited.
    fn is_wrong_in_base(&self, name: &str, value: Option<&Value>) -> bool {
        let node = self.base_of(name);
        node.is_some_and(|node| !node.problems.is_empty() && node.value.as_ref() == value)
    }

    /// Whether a key may be that of a computed value, which may be missing now.
    pub(in crate::structs::whole) fn is_computed(&self, key: &str) -> bool {
        self.program.has_computed(key)
    }

    /// A field of the base in the level that is open.
    pub(in crate::structs::whole) fn base_of(&self, name: &str) -> Option<&Node> {
        let nodes = self.input.base.last()?.as_ref()?;
        // An item of an array is at its index.
        let frame = self.frames.last().filter(|frame| frame.is_of_array());
        let index = frame.and_then(|frame| usize::try_from(frame.index).ok());
        match index {
            Some(index) => nodes.get(index),
            None => nodes.iter().find(|node| node.name == name),
        }
    }
}

/// Whether a field of that name is among some nodes.
fn has_field(nodes: &[Node], name: &str) -> bool {
    nodes
        .iter()
        .any(|node| node.name == name || (node.is_joined && has_field(node.made(), name)))
}
