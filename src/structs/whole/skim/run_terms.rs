//! Values of terms while an item is passed over.

use super::run::{Done, GivenUp, Pass};
use super::{Known, Slot, Term};
use crate::offset::Position;
use crate::structs::ast::Operator;
use crate::structs::nodes::Input;
use crate::structs::whole::compute;
use crate::value::Value;

/// The value of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Int(i64),
    /// Filled with zeros.
    Text(u64),
    /// A longer text.
    LongText,
}

impl Found {
    /// Whether two values are the same. Of longer texts only the reader knows.
    #[inline]
    fn is(self, other: Found) -> Done<bool> {
        match (self, other) {
            (Found::LongText, Found::LongText) => Err(GivenUp),
            _ => Ok(self == other),
        }
    }
}

impl From<Found> for Known {
    fn from(found: Found) -> Known {
        match found {
            Found::Int(n) => Known::Int(n),
            Found::Text(text) => Known::Text(text),
            Found::LongText => Known::LongText,
        }
    }
}

impl Known {
    /// The value; `Err` of the field itself where it was not met.
    #[inline]
    fn value(self) -> Done<Option<Found>> {
        match self {
            Known::Absent | Known::Missing => Ok(None),
            Known::Int(n) => Ok(Some(Found::Int(n))),
            Known::Text(text) => Ok(Some(Found::Text(text))),
            Known::LongText => Ok(Some(Found::LongText)),
            Known::Hidden => Err(GivenUp),
        }
    }
}

impl<I: Input> Pass<'_, '_, I> {
    #[inline(always)]
    pub(super) fn number(&mut self, term: &Term) -> Done<u64> {
        let simple = match term {
            Term::Binary(operator, both) => self.simple_binary(*operator, both).transpose()?,
            term => self.simple(term),
        };
        match simple {
            Some(n) => u64::try_from(n).map_err(|_| GivenUp),
            None => self.rare_number(term),
        }
    }

    #[inline(never)]
    fn rare_number(&mut self, term: &Term) -> Done<u64> {
        match self.term(term)? {
            Some(Found::Int(n)) => u64::try_from(n).map_err(|_| GivenUp),
            _ => Err(GivenUp),
        }
    }

    /// The integer of the simplest terms, which most are made of: a number, a field that is one, a position.
    #[inline(always)]
    pub(super) fn simple(&self, term: &Term) -> Option<i64> {
        let at = match term {
            Term::Number(n) => return Some(*n),
            Term::Slot(slot) => {
                return match self.state.slots.get(self.base.past(*slot)) {
                    Some(Known::Int(n)) => Some(*n),
                    _ => None,
                };
            }
            // The first that was met is the value.
            Term::Name(slots, _) => {
                return match self.known(*slots.first()?) {
                    Known::Int(n) => Some(n),
                    _ => None,
                };
            }
            Term::At => self.reader.at,
            Term::End => self.reader.end,
            _ => return None,
        };
        i64::try_from(at.since(self.reader.file.0)).ok()
    }

    /// What an operator makes of two of the simplest terms.
    #[inline(always)]
    fn simple_binary(&self, operator: Operator, both: &[Term; 2]) -> Option<Done<i64>> {
        let [left, right] = both;
        let (left, right) = (self.simple(left)?, self.simple(right)?);
        Some(integers(operator, left, right))
    }

    /// Whether one of the simplest conditions holds, which most are made of: the end of the region, a comparison of
    /// two of the simplest terms.
    #[inline(always)]
    fn simply_holds(&self, term: &Term) -> Option<Done<bool>> {
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
    pub(super) fn holds(&mut self, term: &Term) -> Done<bool> {
        match self.simply_holds(term) {
            Some(holds) => holds,
            None => self.combined(term),
        }
    }

    /// Whether a condition holds that is made of others, or is a value.
    fn combined(&mut self, mut term: &Term) -> Done<bool> {
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
            Some(Found::Int(n)) => Ok(n != 0),
            // A text of zeros holds, an empty one doesn't.
            Some(_) => Err(GivenUp),
        }
    }

    fn integer(&mut self, term: &Term) -> Done<Option<i64>> {
        match self.term(term)? {
            None => Ok(None),
            Some(Found::Int(n)) => Ok(Some(n)),
            Some(_) => Err(GivenUp),
        }
    }

    /// Whether one of some conditions holds.
    pub(super) fn any_holds(&mut self, labels: &[(Term, Option<Term>)]) -> Done<bool> {
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
        on: Option<Found>,
        labels: &[(Term, Option<Term>)],
    ) -> Done<bool> {
        for (from, to) in labels {
            let is_it = match (on, to) {
                (None, _) => false,
                (Some(value), None) => match self.term(from)? {
                    Some(label) => value.is(label)?,
                    None => false,
                },
                (Some(Found::Int(value)), Some(to)) => match self.integer(from)? {
                    Some(first) => {
                        let last = self.integer(to)?;
                        first <= value && last.is_some_and(|last| value <= last)
                    }
                    None => false,
                },
                (Some(_), Some(_)) => return Err(GivenUp),
            };
            if is_it {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first field of several that was met, or what is around the array.
    fn name(&mut self, slots: &[Slot], around: Option<usize>) -> Done<Option<Found>> {
        for slot in slots {
            match self.known(*slot) {
                Known::Absent => {}
                known => return known.value(),
            }
        }
        let Some(number) = around else {
            return Ok(None);
        };
        if let Some(Some(known)) = self.state.outer.get(number) {
            return known.value();
        }
        let name = self.code.names.get(number).ok_or(GivenUp)?;
        let got = self.reader.lookup(name);
        let known = match self.reader.value_of(&got) {
            None if got.is_missing() => Known::Missing,
            // A group or an array that is there.
            None => Known::Hidden,
            Some(value) => Known::of(&value),
        };
        if let Some(slot) = self.state.outer.get_mut(number) {
            *slot = Some(known);
        }
        known.value()
    }

    pub(super) fn term(&mut self, term: &Term) -> Done<Option<Found>> {
        Ok(Some(match term {
            Term::Number(n) => Found::Int(*n),
            Term::Text(text) => Found::Text(*text),
            Term::LongText => Found::LongText,
            Term::Slot(slot) => return self.known(Slot::Own(*slot)).value(),
            Term::Name(slots, around) => return self.name(slots, *around),
            Term::At => self.position(self.reader.at)?,
            Term::Start => self.position(self.start)?,
            Term::End => self.position(self.reader.end)?,
            Term::Size => self.position(self.reader.file.1)?,
            Term::Index => match self.index {
                Some(index) => Found::Int(i64::try_from(index).map_err(|_| GivenUp)?),
                None => return Ok(None),
            },
            Term::Ended | Term::Not(_) | Term::Both(_) | Term::Either(_) => {
                Found::Int(i64::from(self.holds(term)?))
            }
            Term::Minus(of) => match self.integer(of)? {
                Some(value) => Found::Int(value.checked_neg().ok_or(GivenUp)?),
                None => return Ok(None),
            },
            Term::Complement(of) => match self.integer(of)? {
                Some(value) => Found::Int(!value),
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
                    return value.map(|value| Some(Found::Int(value)));
                }
                let [left, right] = &**both;
                match (self.term(left)?, self.term(right)?) {
                    (Some(left), Some(right)) => Found::Int(binary(*operator, left, right)?),
                    _ => return Ok(None),
                }
            }
        }))
    }

    fn position(&self, at: u64) -> Done<Found> {
        let at = at.since(self.reader.file.0);
        i64::try_from(at).map(Found::Int).map_err(|_| GivenUp)
    }
}

#[inline]
fn binary(operator: Operator, left: Found, right: Found) -> Done<i64> {
    let (left, right) = match (operator, left, right) {
        (Operator::Equal, left, right) => return left.is(right).map(i64::from),
        (Operator::NotEqual, left, right) => return left.is(right).map(|is| i64::from(!is)),
        (_, Found::Int(left), Found::Int(right)) => (left, right),
        _ => return Err(GivenUp),
    };
    integers(operator, left, right)
}

/// What an operator makes of two integers.
#[inline(always)]
fn integers(operator: Operator, left: i64, right: i64) -> Done<i64> {
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
    value.ok_or(GivenUp)
}

/// The same of an operator that formats have rarely.
#[inline(never)]
fn rare(operator: Operator, left: i64, right: i64) -> Option<i64> {
    let [left, right] = [left, right].map(|n| Value::Int(n.into()));
    let value = compute::binary(operator, &left, &right).ok()?;
    value.as_i64()
}
