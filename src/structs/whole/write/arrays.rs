//! Counts, and arrays with a value for each item.

use super::super::program::{Count, Item};
use super::super::read::{Frame, Reader};
use super::LevelValues;
use super::output::Output;
use crate::offset::Position;
use crate::structs::ast::Expression;
use crate::structs::code::Order;
use crate::structs::error::{DataError, DataErrorKind, Segment};
use crate::tree::Node;
use crate::value::Value;
use crate::value::plain::as_written;

impl<'p> Reader<'p, Output> {
    pub(in crate::structs::whole) fn write_counted(
        &mut self,
        item: &'p Item,
        order: Order,
        given: LevelValues<'_>,
    ) -> Result<(), DataError> {
        match &item.count {
            None => self.write_single(item, order, given),
            Some(_) if item.has_length() => self.write_single(item, order, given),
            Some(Count::Number(n)) if item.name.is_none() && !item.is_level() => {
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

    pub(in crate::structs::whole) fn write_array(
        &mut self,
        item: &'p Item,
        count: &'p Count,
        given: LevelValues<'_>,
        mut write: impl FnMut(&mut Self, Option<&Value>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let segment = self.segment(item);
        let list = items_of(self.given(item, given)).map_err(|e| e.within(segment))?;
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
                self.settle(expression, n, "count")
                    .map_err(|e| e.within(segment))?;
            }
            _ => {}
        }
        let name = self.name(item);
        let start = self.at;
        let base = self.base_of(&name).map(|node| node.made().to_vec());
        self.input.base.push(base);
        self.frames.push(Frame::of_array(item.name.clone()));
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
                let is_last = index.past(1) == list.len();
                result = self.ends_there(condition, is_last);
            }
            if result.is_err() {
                result = result.map_err(|e| e.within(Segment::Item(index as u64)));
                break;
            }
            self.add_key(item);
        }
        self.until = None;
        let nodes = self
            .frames
            .pop()
            .map(|frame| frame.nodes)
            .unwrap_or_default();
        self.input.base.pop();
        let range = self.range(start);
        self.push(Node::new(name, range).with_items(nodes))?;
        result.map_err(|e| e.within(segment))
    }

    /// Whether the condition that ends an array holds after its last item, and after no other.
    fn ends_there(&mut self, condition: &'p Expression, is_last: bool) -> Result<(), DataError> {
        let reached = match self.reached.take() {
            Some(reached) => reached,
            None => self.holds(condition)?,
        };
        // In the first pass, the condition may depend on fields that are not known yet.
        if reached == is_last || self.is_first() {
            return Ok(());
        }
        Err(DataError::other(match reached {
            true => "the condition that ends the array holds before its last item",
            false => "the condition that ends the array doesn't hold for its last item",
        }))
    }
}

/// The items of the value of an array; none where it is left out.
fn items_of(value: Option<&Value>) -> Result<&[Value], DataError> {
    let value = match value.and_then(as_written) {
        Some((_, Some(nested))) => Some(nested),
        Some((text, None)) => return Err(DataError::other(format!("{text:?} is no array"))),
        None => value,
    };
    match value {
        Some(Value::List(items)) => Ok(items),
        None => Ok(&[]),
        Some(other) => Err(DataError::new(DataErrorKind::Type {
            expected: "an array".to_owned(),
            found: other.kind(),
        })),
    }
}
