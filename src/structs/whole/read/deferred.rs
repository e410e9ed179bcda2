//! Computed values and checks: they are evaluated when their level ends, since they may refer to later fields.

use super::super::compute::equal;
use super::super::eval::{NodePlace, Operand};
use super::super::program::{Check, FieldContent, Item};
use super::Reader;
use super::lazy_content::ExpectedChecksum;
use crate::offset::Position;
use crate::structs::code::Order;
use crate::structs::constant::in_both_bases;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::structs::problems::{S003, S004, S006};
use crate::tree::{Node, Problem, Range};
use crate::value::Value;

/// A field whose value is checked when its level ends.
pub(in crate::structs::whole) struct Deferred<'p> {
    pub(in crate::structs::whole) frame: usize,
    pub(in crate::structs::whole) node: usize,
    pub(in crate::structs::whole) is: &'p FieldContent,
    /// Whether the field, and the words that it sums up, are little-endian.
    pub(in crate::structs::whole) little: bool,
    pub(in crate::structs::whole) cuts_sums: bool,
    /// Whether the field itself was asked for, not only the fields around it.
    pub(in crate::structs::whole) is_asked: bool,
}

impl<'p, I: Input> Reader<'p, I> {
    /// Evaluates the computed values and checks of a level, now that all its fields are read.
    pub(in crate::structs::whole) fn finish_level(&mut self) -> Result<(), DataError> {
        let frame = self.frames.len().since(1);
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

    pub(in crate::structs::whole) fn later(
        &mut self,
        later: &Deferred<'p>,
    ) -> Result<Option<Problem>, DataError> {
        let Some((range, found)) = self.range_and_value(later) else {
            return Ok(None);
        };
        let (Some(expected), Some(found)) = (self.expected(later)?, found) else {
            return Ok(None);
        };
        if equal(&expected, &found) {
            return Ok(None);
        }
        self.wrong.push((range, expected.clone()));
        Ok(Some(match later.is {
            FieldContent::Check(_) => S004.problem(range, is_not_the_sum(&expected, &found)),
            _ => {
                let what = "the value that follows from the other fields";
                S003.problem(range, is_not(&expected, what, &found))
            }
        }))
    }

    /// Notes that the next node has a value that is computed from its level.
    pub(in crate::structs::whole) fn defer(
        &mut self,
        item: &'p Item,
        order: Order,
        is_asked: bool,
    ) {
        self.later.push(Deferred {
            frame: self.frames.len().since(1),
            node: self.frames.last().map_or(0, |frame| frame.nodes.len()),
            is: &item.is,
            little: order.is_little(),
            cuts_sums: item.cuts_sums(),
            is_asked,
        });
    }

    fn range_and_value(&self, later: &Deferred<'p>) -> Option<(Range, Option<Value>)> {
        let node = self.frames.last()?.nodes.get(later.node)?;
        Some((node.range, node.value.clone()))
    }

    /// The value that a field must have, now that its level is read.
    pub(in crate::structs::whole) fn expected(
        &mut self,
        later: &Deferred<'p>,
    ) -> Result<Option<Value>, DataError> {
        let Some((range, found)) = self.range_and_value(later) else {
            return Ok(None);
        };
        Ok(match later.is {
            FieldContent::Computed(expression) => {
                let got = self.eval(expression)?;
                self.value_of(&got)
            }
            FieldContent::Check(check) => {
                if let Some(when) = &check.when
                    && !self.holds(when)?
                {
                    return Ok(None);
                }
                let from = self.found(&check.from)?;
                let to = match &check.to {
                    Some(to) => self.found(to)?,
                    None => from.clone(),
                };
                // The items of arrays are checked when they are made.
                if !later.is_asked && !self.checks_all {
                    return Ok(None);
                }
                if let Operand::Content(place) = &from {
                    let Some((index, found)) = self.index_of(place).zip(found) else {
                        return Ok(None);
                    };
                    let expected = ExpectedChecksum {
                        function: check.function,
                        little: later.little,
                        cuts_sums: later.cuts_sums,
                        range,
                        value: found.clone(),
                    };
                    // Items on demand have no content to read, and an edit asks for all checks.
                    let is_on_demand = self.origin.as_ref().is_some_and(|o| o.within.is_some());
                    if !self.checks_all && !is_on_demand && self.leave_to_content(index, expected) {
                        return Ok(None);
                    }
                    let sum = self.sum_of_content(check, later.little, place)?;
                    return Ok(sum.map(|sum| fitting(sum, range, later.cuts_sums)));
                }
                let (Operand::Node(from), Operand::Node(to)) = (from, to) else {
                    return Ok(None);
                };
                let (Some(first), Some(last)) = (self.node(&from), self.node(&to)) else {
                    return Ok(None);
                };
                let (start, end) = (first.range.offset, last.range.end());
                let space = first.range.space;
                let own = check.own.filter(|_| range.space == space);
                let own = own.map(|byte| (range.offset, range.end(), byte));
                let mut sum = check.function.begin(later.little);
                // The budget is charged before any bytes are read.
                self.scanned(end.since(start))?;
                let mut at = start;
                while at < end {
                    let (to, replaced) = match own {
                        Some((from, _, _)) if at < from => (end.min(from), None),
                        Some((_, to, byte)) if at < to => (end.min(to), Some(byte)),
                        _ => (end, None),
                    };
                    let wanted = to.since(at).min(64 << 10);
                    match replaced {
                        Some(byte) => {
                            let n = usize::try_from(wanted).unwrap_or(0);
                            sum.update(&vec![byte; n]);
                        }
                        None => sum.update(self.bytes_of(space, at, wanted)),
                    }
                    at = at.past(wanted.max(1));
                }
                Some(fitting(sum.finish(), range, later.cuts_sums))
            }
            _ => None,
        })
    }

    /// The checksum of a content; `None` where it can't be computed.
    fn sum_of_content(
        &mut self,
        check: &Check,
        little: bool,
        place: &NodePlace,
    ) -> Result<Option<Value>, DataError> {
        let Some(index) = self.index_of(place) else {
            return Ok(None);
        };
        let mut sum = check.function.begin(little);
        if self.each_part(index, |part| sum.update(part))? {
            return Ok(Some(sum.finish()));
        }
        // The coded bytes have the problem then.
        let mut faulty = Node::new("", Range::file(0, 0));
        self.add_faults(index, &mut faulty);
        if let Some(node) = self.node_mut(place) {
            let had = node.problems.iter().any(|problem| problem.is(&S006));
            let mut problems = faulty.problems;
            problems.retain(|_| !had);
            problems
                .iter_mut()
                .for_each(|problem| problem.range = node.range);
            node.problems.append(&mut problems);
        }
        Ok(None)
    }
}

/// The message of a checksum that differs.
pub(super) fn is_not_the_sum(expected: &Value, found: &Value) -> String {
    is_not(expected, "the checksum of the bytes", found)
}

fn is_not(expected: &Value, what: &str, found: &Value) -> String {
    let (expected, found) = in_both_bases(expected, found);
    format!("expected {expected}, {what}; found {found}")
}

/// A sum is kept in as many bits as its field has, and a digest in as many bytes.
pub(super) fn fitting(sum: Value, range: Range, cuts_sums: bool) -> Value {
    let size = usize::try_from(range.size).unwrap_or(usize::MAX);
    match &sum {
        Value::Bytes(digest) => match digest.get(..size) {
            Some(beginning) => Value::from(beginning),
            None => sum,
        },
        _ if !cuts_sums || size >= 8 => sum,
        _ => {
            // Fewer than 64 bits.
            let bits = u32::try_from(size.saturating_mul(8)).unwrap_or(0);
            let mask = 1i128.wrapping_shl(bits).wrapping_sub(1);
            sum.as_int().map_or(sum, |n| Value::Int(n & mask))
        }
    }
}
