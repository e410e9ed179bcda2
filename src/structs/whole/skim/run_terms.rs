//! Values of terms while an item is passed over.

use super::run::{Fallback, Skimmed, Skimmer};
use super::{Slot, SlotValue, Term};
use crate::offset::Position;
use crate::structs::ast::Operator;
use crate::structs::nodes::Input;
use crate::structs::whole::compute;
use crate::value::Value;

/// The value of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermValue {
    Int(i64),
    /// Filled with zeros.
    Text(u64),
    /// A longer text.
    LongText,
}

impl TermValue {
    /// Whether two values are equal. Longer texts are left to the reader.
    #[inline]
    fn is(self, other: TermValue) -> Skimmed<bool> {
        match (self, other) {
            (TermValue::LongText, TermValue::LongText) => Err(Fallback),
            _ => Ok(self == other),
        }
    }
}

impl From<TermValue> for SlotValue {
    fn from(found: TermValue) -> SlotValue {
        match found {
            TermValue::Int(n) => SlotValue::Int(n),
            TermValue::Text(text) => SlotValue::Text(text),
            TermValue::LongText => SlotValue::LongText,
        }
    }
}

impl SlotValue {
    /// The value, if any; a hidden one is left to the reader.
    #[inline]
    fn value(self) -> Skimmed<Option<TermValue>> {
        match self {
            SlotValue::Absent | SlotValue::Missing => Ok(None),
            SlotValue::Int(n) => Ok(Some(TermValue::Int(n))),
            SlotValue::Text(text) => Ok(Some(TermValue::Text(text))),
            SlotValue::LongText => Ok(Some(TermValue::LongText)),
            SlotValue::Hidden => Err(Fallback),
        }
    }
}

impl<I: Input> Skimmer<'_, '_, I> {
    #[inline(always)]
    pub(super) fn number(&mut self, term: &Term) -> Skimmed<u64> {
        let simple = match term {
            Term::Binary(operator, both) => self.simple_binary(*operator, both).transpose()?,
            term => self.simple(term),
        };
        match simple {
            Some(n) => u64::try_from(n).map_err(|_| Fallback),
            None => self.rare_number(term),
        }
    }

    #[inline(never)]
    fn rare_number(&mut self, term: &Term) -> Skimmed<u64> {
        match self.term(term)? {
            Some(TermValue::Int(n)) => u64::try_from(n).map_err(|_| Fallback),
            _ => Err(Fallback),
        }
    }

    /// The integer of a simple term: a number, a field with one, a position. Most terms are made of these.
    #[inline(always)]
    pub(super) fn simple(&self, term: &Term) -> Option<i64> {
        let at = match term {
            Term::Number(n) => return Some(*n),
            Term::Slot(slot) => {
                return match self.state.slots.get(self.base.past(*slot)) {
                    Some(SlotValue::Int(n)) => Some(*n),
                    _ => None,
                };
            }
            // The first field that was met has the value.
            Term::Name(slots, _) => {
                return match self.known(*slots.first()?) {
                    SlotValue::Int(n) => Some(n),
                    _ => None,
                };
            }
            Term::At => self.reader.at,
            Term::End => self.reader.end,
            _ => return None,
        };
        i64::try_from(at.since(self.reader.file.0)).ok()
    }

    /// The result of an operator on two simple terms.
    #[inline(always)]
    fn simple_binary(&self, operator: Operator, both: &[Term; 2]) -> Option<Skimmed<i64>> {
        let [left, right] = both;
        let (left, right) = (self.simple(left)?, self.simple(right)?);
        Some(integers(operator, left, right))
    }

    /// Whether a simple condition holds: the end of the region, or a comparison of two simple terms. Most conditions
    /// are made of these.
    #[inline(always)]
    fn simply_holds(&self, term: &Term) -> Option<Skimmed<bool>> {
        let is_at_end = self.reader.at == self.reader.end;
        match term {
            Term::Ended => Some(Ok(is_at_end)),
            Term::Not(of) => matches!(**of, Term::Ended).then_some(Ok(!is_at_end)),
            Term::Binary(operator, both) => {
                let value = self.simple_binary(*operator, both)?;
                Some(value.map(|value| value != 0))
            }
            _ => None,
        }
    }

    #[inline]
    pub(super) fn holds(&mut self, term: &Term) -> Skimmed<bool> {
        match self.simply_holds(term) {
            Some(holds) => holds,
            None => self.combined(term),
        }
    }

    /// Whether a condition of several, or a value, holds.
    fn combined(&mut self, mut term: &Term) -> Skimmed<bool> {
        loop {
            // The first of two decides, or the second alone does.
            let (both, decides) = match term {
                Term::Both(both) => (both, false),
                Term::Either(both) => (both, true),
                Term::Not(of) => return Ok(!self.holds(of)?),
                _ => break,
            };
            let [first, second] = &**both;
            if self.holds(first)? == decides {
                return Ok(decides);
            }
            if let Some(holds) = self.simply_holds(second) {
                return holds;
            }
            term = second;
        }
        match self.term(term)? {
            None => Ok(false),
            Some(TermValue::Int(n)) => Ok(n != 0),
            // As conditions, a text of zeros is true and an empty one false; in a slot they are the same.
            Some(_) => Err(Fallback),
        }
    }

    fn integer(&mut self, term: &Term) -> Skimmed<Option<i64>> {
        match self.term(term)? {
            None => Ok(None),
            Some(TermValue::Int(n)) => Ok(Some(n)),
            Some(_) => Err(Fallback),
        }
    }

    /// Whether one of some conditions holds.
    pub(super) fn any_holds(&mut self, labels: &[(Term, Option<Term>)]) -> Skimmed<bool> {
        for (condition, _) in labels {
            if self.holds(condition)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a value is one of some labels: a value, or a range with both ends.
    pub(super) fn is_one(
        &mut self,
        on: Option<TermValue>,
        labels: &[(Term, Option<Term>)],
    ) -> Skimmed<bool> {
        for (from, to) in labels {
            let is_it = match (on, to) {
                (None, _) => false,
                (Some(value), None) => match self.term(from)? {
                    Some(label) => value.is(label)?,
                    None => false,
                },
                (Some(TermValue::Int(value)), Some(to)) => match self.integer(from)? {
                    Some(first) => {
                        let last = self.integer(to)?;
                        first <= value && last.is_some_and(|last| value <= last)
                    }
                    None => false,
                },
                (Some(_), Some(_)) => return Err(Fallback),
            };
            if is_it {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first field of several that was met, or what is around the array.
    fn name(&mut self, slots: &[Slot], around: Option<usize>) -> Skimmed<Option<TermValue>> {
        for slot in slots {
            match self.known(*slot) {
                SlotValue::Absent => {}
                known => return known.value(),
            }
        }
        let Some(number) = around else {
            return Ok(None);
        };
        if let Some(Some(known)) = self.state.outer.get(number) {
            return known.value();
        }
        let name = self.code.names.get(number).ok_or(Fallback)?;
        let got = self.reader.lookup(name);
        let known = match self.reader.value_of(&got) {
            None if got.is_missing() => SlotValue::Missing,
            // A group or an array that is there.
            None => SlotValue::Hidden,
            Some(value) => SlotValue::of(&value),
        };
        if let Some(slot) = self.state.outer.get_mut(number) {
            *slot = Some(known);
        }
        known.value()
    }

    pub(super) fn term(&mut self, term: &Term) -> Skimmed<Option<TermValue>> {
        Ok(Some(match term {
            Term::Number(n) => TermValue::Int(*n),
            Term::Text(text) => TermValue::Text(*text),
            Term::LongText => TermValue::LongText,
            Term::Slot(slot) => return self.known(Slot::Own(*slot)).value(),
            Term::Name(slots, around) => return self.name(slots, *around),
            Term::At => self.position(self.reader.at)?,
            Term::Start => self.position(self.start)?,
            Term::End => self.position(self.reader.end)?,
            Term::Size => self.position(self.reader.file.1)?,
            Term::Index => match self.index {
                Some(index) => TermValue::Int(i64::try_from(index).map_err(|_| Fallback)?),
                None => return Ok(None),
            },
            Term::Ended | Term::Not(_) | Term::Both(_) | Term::Either(_) => {
                TermValue::Int(i64::from(self.holds(term)?))
            }
            Term::Minus(of) => match self.integer(of)? {
                Some(value) => TermValue::Int(value.checked_neg().ok_or(Fallback)?),
                None => return Ok(None),
            },
            Term::Complement(of) => match self.integer(of)? {
                Some(value) => TermValue::Int(!value),
                None => return Ok(None),
            },
            Term::Default(both) => {
                let [value, other] = &**both;
                match self.term(value)? {
                    None => return self.term(other),
                    Some(value) => value,
                }
            }
            Term::IfElse(parts) => {
                let [condition, one, other] = &**parts;
                return match self.holds(condition)? {
                    true => self.term(one),
                    false => self.term(other),
                };
            }
            Term::Binary(operator, both) => {
                if let Some(value) = self.simple_binary(*operator, both) {
                    return value.map(|value| Some(TermValue::Int(value)));
                }
                let [left, right] = &**both;
                match (self.term(left)?, self.term(right)?) {
                    (Some(left), Some(right)) => TermValue::Int(binary(*operator, left, right)?),
                    _ => return Ok(None),
                }
            }
        }))
    }

    fn position(&self, at: u64) -> Skimmed<TermValue> {
        let at = at.since(self.reader.file.0);
        i64::try_from(at).map(TermValue::Int).map_err(|_| Fallback)
    }
}

#[inline]
fn binary(operator: Operator, left: TermValue, right: TermValue) -> Skimmed<i64> {
    let (left, right) = match (operator, left, right) {
        (Operator::Equal, left, right) => return left.is(right).map(i64::from),
        (Operator::NotEqual, left, right) => return left.is(right).map(|is| i64::from(!is)),
        (_, TermValue::Int(left), TermValue::Int(right)) => (left, right),
        _ => return Err(Fallback),
    };
    integers(operator, left, right)
}

/// The result of an operator on two integers.
#[inline(always)]
fn integers(operator: Operator, left: i64, right: i64) -> Skimmed<i64> {
    let value = match operator {
        Operator::Equal => Some(i64::from(left == right)),
        Operator::NotEqual => Some(i64::from(left != right)),
        Operator::Less => Some(i64::from(left < right)),
        Operator::LessEqual => Some(i64::from(left <= right)),
        Operator::Greater => Some(i64::from(left > right)),
        Operator::GreaterEqual => Some(i64::from(left >= right)),
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::BitAnd => Some(left & right),
        Operator::BitOr => Some(left | right),
        _ => rare(operator, left, right),
    };
    value.ok_or(Fallback)
}

/// The same for operators that are rare in formats.
#[inline(never)]
fn rare(operator: Operator, left: i64, right: i64) -> Option<i64> {
    let [left, right] = [left, right].map(|n| Value::Int(n.into()));
    let value = compute::binary(operator, &left, &right).ok()?;
    value.as_i64()
}
