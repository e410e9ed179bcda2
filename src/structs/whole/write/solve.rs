//! Fields that are not given: their values follow from the sizes and places of others.

use super::super::eval::{NodePlace, Operand};
use super::super::read::Reader;
use super::output::{Estimates, Output};
use crate::structs::ast::{Expression, Operator, Term, Unary};
use crate::structs::error::{DataError, DataErrorKind};
use crate::value::Value;

impl<'p> Reader<'p, Output> {
    /// The error of a field that was neither given nor follows from others.
    pub(in crate::structs::whole) fn unknown(&self) -> Option<DataError> {
        let fields = &self.input.now.fields;
        let missing = fields.iter().position(Option::is_none)?;
        let (place, _) = self
            .input
            .open
            .iter()
            .find(|(_, index)| **index == missing)?;
        let message = "a field has no value, and none follows from the others";
        Some(DataError::new(DataErrorKind::Name(message.to_owned())).at(place.1))
    }

    /// Opens a field that isn't given; answers its estimated value.
    pub(in crate::structs::whole) fn open(&mut self, at: u64, bit: Option<u8>) -> Option<Value> {
        let key = (self.space, at, bit);
        let index = self.input.now.fields.len();
        self.input.now.fields.push(None);
        self.input.open.insert(key, index);
        // The estimate of the pass before; a field that this pass doesn't find again stays unknown.
        self.input.before.fields.get(index).cloned().flatten()
    }

    pub(in crate::structs::whole) fn learn(&mut self, index: usize, value: Option<Value>) {
        self.input.solved.insert(index);
        if let Some(field) = self.input.now.fields.get_mut(index) {
            *field = value;
        }
    }

    /// The field, where the expression is only a reference to one that is neither given nor found yet.
    pub(in crate::structs::whole) fn open_field(
        &mut self,
        expression: &Expression,
    ) -> Result<Option<(usize, NodePlace)>, DataError> {
        if expression.path().is_none() {
            return Ok(None);
        }
        let Operand::Node(place) = self.eval(expression)? else {
            return Ok(None);
        };
        let Some(node) = self.node(&place) else {
            return Ok(None);
        };
        let bit = node.range.bits.map(|bits| bits.first);
        let key = (node.range.space, node.range.offset, bit);
        let index = self.input.open.get(&key).copied();
        let index = index.filter(|index| !self.input.solved.contains(index));
        Ok(index.map(|index| (index, place)))
    }

    /// Whether this is the first pass, without estimates.
    pub(in crate::structs::whole) fn is_first(&self) -> bool {
        self.input.before == Estimates::default()
    }

    /// Makes an expression equal a number: solves for the one unknown field in it, or checks the known ones.
    pub(in crate::structs::whole) fn settle(
        &mut self,
        expression: &Expression,
        n: u64,
        what: &str,
    ) -> Result<(), DataError> {
        let target = i128::from(n);
        if self.solve(expression, target)? {
            return Ok(());
        }
        let got = self.eval(expression)?;
        match self.value_of(&got).and_then(|value| value.as_int()) {
            Some(known) if known == target => Ok(()),
            // Unknown values, such as the size of the file, are known in the next pass.
            _ if self.is_first() => Ok(()),
            Some(known) => {
                let message = format!(
                    "the {what} is {known} by the other fields, and the data have {n}; what is left out follows"
                );
                Err(DataError::other(message))
            }
            None => Err(DataError::other(format!(
                "the {what} follows from fields that have no value"
            ))),
        }
    }

    /// Solves an expression for its unknown field; answers whether it could.
    pub(in crate::structs::whole) fn solve(
        &mut self,
        expression: &Expression,
        target: i128,
    ) -> Result<bool, DataError> {
        if let Some((index, place)) = self.open_field(expression)? {
            self.learn(index, Some(Value::Int(target)));
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
            n.checked_rem(by)
                .filter(|rest| *rest == 0)
                .and_then(|_| n.checked_div(by))
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
    pub(in crate::structs::whole) fn has_open(
        &mut self,
        expression: &Expression,
    ) -> Result<bool, DataError> {
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
}
