//! Values that follow from other fields, and checks: they are looked at when their level ends, since they may look forward.

use super::super::compute::equal;
use super::super::eval::Got;
use super::super::program::Is;
use super::Reader;
use crate::structs::constant::in_both_bases;
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::{Problem, Range, Role, Severity};
use crate::value::Value;

/// A field whose value is checked when its level ends.
pub(in crate::structs::whole) struct Later<'p> {
    pub(in crate::structs::whole) frame: usize,
    pub(in crate::structs::whole) node: usize,
    pub(in crate::structs::whole) is: &'p Is,
    /// Whether somebody asked for the field, and not only for those around it.
    pub(in crate::structs::whole) is_asked: bool,
}

impl<'p, I: Input> Reader<'p, I> {
    /// Values that follow from others, and checks: they may look forward in their level.
    pub(in crate::structs::whole) fn finish_level(&mut self) -> Result<(), DataError> {
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

    pub(in crate::structs::whole) fn later(
        &mut self,
        later: &Later<'p>,
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
        let (code, what) = match later.is {
            Is::Check(_) => ("S004", "the checksum of the bytes"),
            _ => ("S003", "the value that follows from the other fields"),
        };
        let (expected, found) = in_both_bases(&expected, &found);
        let message = format!("expected {expected}, {what}; found {found}");
        Ok(Some(Problem::new(code, Severity::Error, range, message)))
    }

    fn range_and_value(&self, later: &Later<'p>) -> Option<(Range, Option<Value>)> {
        let node = self.frames.last()?.nodes.get(later.node)?;
        Some((node.range, node.value.clone()))
    }

    /// The value that a field must have, now that its level is read.
    pub(in crate::structs::whole) fn expected(
        &mut self,
        later: &Later<'p>,
    ) -> Result<Option<Value>, DataError> {
        let Some((range, found)) = self.range_and_value(later) else {
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
                // The items of arrays are checked when they are made.
                if !later.is_asked && !self.checks_all {
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
}
