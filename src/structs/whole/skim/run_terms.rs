//! Values of terms while an item is passed over.

use std::cmp::Ordering;

use super::run::{Done, GivenUp, Pass};
use super::{Known, Slot, Term};
use crate::structs::ast::Operator;
use crate::structs::nodes::Input;
use crate::structs::whole::compute;
use crate::value::Value;

/// The value of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Int(i128),
    /// Filled with zeros.
    Text(u128),
}

impl From<Found> for Known {
    fn from(found: Found) -> Known {
        match found {
            Found::Int(n) => Known::Int(n),
            Found::Text(text) => Known::Text(text),
        }
    }
}

impl Known {
    /// The value; `Err` of the field itself where it was not met.
    fn value(self) -> Done<Option<Found>> {
        match self {
            Known::Absent | Known::Missing => Ok(None),
            Known::Int(n) => Ok(Some(Found::Int(n))),
            Known::Text(text) => Ok(Some(Found::Text(text))),
            Known::Hidden => Err(GivenUp),
        }
    }
}

impl<I: Input> Pass<'_, '_, I> {
    pub(super) fn number(&mut self, term: &Term) -> Done<u64> {
        match self.term(term)? {
            Some(Found::Int(n)) => u64::try_from(n).map_err(|_| GivenUp),
            _ => Err(GivenUp),
        }
    }

    pub(super) fn holds(&mut self, term: &Term) -> Done<bool> {
        match self.term(term)? {
            None => Ok(false),
            Some(Found::Int(n)) => Ok(n != 0),
            // A text of zeros holds, an empty one doesn't.
            Some(Found::Text(_)) => Err(GivenUp),
        }
    }

    fn integer(&mut self, term: &Term) -> Done<Option<i128>> {
        match self.term(term)? {
            None => Ok(None),
            Some(Found::Int(n)) => Ok(Some(n)),
            Some(Found::Text(_)) => Err(GivenUp),
        }
    }

    /// Whether a value is one of a label: a value, or a range with both ends. Without a value, whether it holds.
    pub(super) fn is_taken(
        &mut self,
        on: Option<Option<Found>>,
        from: &Term,
        to: Option<&Term>,
    ) -> Done<bool> {
        let value = match on {
            None => return self.holds(from),
            Some(None) => return Ok(false),
            Some(Some(value)) => value,
        };
        let Some(to) = to else {
            return Ok(self.term(from)? == Some(value));
        };
        let Found::Int(value) = value else {
            return Err(GivenUp);
        };
        let Some(first) = self.integer(from)? else {
            return Ok(false);
        };
        let last = self.integer(to)?;
        Ok(first <= value && last.is_some_and(|last| value <= last))
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
        if let Some(Some(known)) = self.skim.around.get(number) {
            return known.value();
        }
        let name = self.skim.names.get(number).ok_or(GivenUp)?;
        let got = self.reader.lookup(name);
        let known = match self.reader.value_of(&got) {
            None if got.is_missing() => Known::Missing,
            // A group or an array that is there.
            None => Known::Hidden,
            Some(Value::Bytes(text)) => {
                super::terms::padded(&text).map_or(Known::Hidden, Known::Text)
            }
            Some(value) => value.as_int().map_or(Known::Hidden, Known::Int),
        };
        self.met.push((number, known));
        known.value()
    }

    pub(super) fn term(&mut self, term: &Term) -> Done<Option<Found>> {
        Ok(Some(match term {
            Term::Number(n) => Found::Int(*n),
            Term::Text(text) => Found::Text(*text),
            Term::Slot(slot) => return self.known(Slot::Own(*slot)).value(),
            Term::Name(slots, around) => return self.name(slots, *around),
            Term::At => self.position(self.reader.at),
            Term::Start => self.position(self.start),
            Term::End => self.position(self.reader.end),
            Term::Size => self.position(self.reader.file.1),
            Term::Index => match self.index {
                Some(index) => Found::Int(i128::from(index)),
                None => return Ok(None),
            },
            Term::Not(of) => Found::Int(i128::from(!self.holds(of)?)),
            Term::Minus(of) => match self.integer(of)? {
                Some(value) => Found::Int(value.checked_neg().ok_or(GivenUp)?),
                None => return Ok(None),
            },
            Term::Complement(of) => match self.integer(of)? {
                Some(value) => Found::Int(!value),
                None => return Ok(None),
            },
            Term::Both(both) => {
                let [left, right] = &**both;
                Found::Int(i128::from(self.holds(left)? && self.holds(right)?))
            }
            Term::Either(both) => {
                let [left, right] = &**both;
                Found::Int(i128::from(self.holds(left)? || self.holds(right)?))
            }
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
                let [left, right] = &**both;
                match (self.term(left)?, self.term(right)?) {
                    (Some(left), Some(right)) => Found::Int(binary(*operator, left, right)?),
                    _ => return Ok(None),
                }
            }
        }))
    }

    fn position(&self, at: u64) -> Found {
        Found::Int(i128::from(at.saturating_sub(self.reader.file.0)))
    }
}

fn binary(operator: Operator, left: Found, right: Found) -> Done<i128> {
    let (left, right) = match (operator, left, right) {
        (Operator::Equal, left, right) => return Ok(i128::from(left == right)),
        (Operator::NotEqual, left, right) => return Ok(i128::from(left != right)),
        (_, Found::Int(left), Found::Int(right)) => (left, right),
        _ => return Err(GivenUp),
    };
    let compared = |is: fn(Ordering) -> bool| Some(i128::from(is(left.cmp(&right))));
    let value = match operator {
        Operator::Less => compared(Ordering::is_lt),
        Operator::LessEqual => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::GreaterEqual => compared(Ordering::is_ge),
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::BitAnd => Some(left & right),
        _ => compute::binary(operator, &Value::Int(left), &Value::Int(right))
            .ok()
            .and_then(|value| value.as_int()),
    };
    value.ok_or(GivenUp)
}
