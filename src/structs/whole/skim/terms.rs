//! From expressions to terms of slots.

use smol_str::SmolStr;

use super::compile::Compiler;
use super::names::{FinishedItem, Inner};
use super::{Select, Slot, Term};
use crate::offset::Position as _;
use crate::structs::ast::{self, Expression, Operator, Position, Unary};
use crate::structs::whole::eval::is_condition;
use crate::value::text::trim_end;

impl Compiler<'_, '_> {
    pub(super) fn term(&mut self, expression: &Expression) -> Option<Term> {
        use ast::Term as T;
        Some(match &expression.term {
            T::Number(n) => Term::Number(i64::try_from(*n).ok()?),
            T::Float(_) => return None,
            T::Bool(b) => Term::Number(i64::from(*b)),
            T::Text(text) => short(text).map_or(Term::LongText, Term::Text),
            T::Name(name) => self.name(name)?,
            T::Position(position) => match position {
                Position::At => Term::At,
                Position::Start => Term::Start,
                Position::End => Term::End,
                Position::Size => Term::Size,
                Position::Index => Term::Index,
                Position::Item => return None,
            },
            T::Unary(operator, of) => {
                let of = Box::new(self.term(of)?);
                match operator {
                    Unary::Minus => Term::Minus(of),
                    Unary::Not => Term::Not(of),
                    Unary::Complement => Term::Complement(of),
                }
            }
            T::Binary(operator, left, right) => {
                let both = Box::new([self.term(left)?, self.term(right)?]);
                match operator {
                    Operator::And => Term::Both(both),
                    Operator::Or => Term::Either(both),
                    operator => Term::binary(*operator, both),
                }
            }
            T::Default(value, other) => {
                Term::Default(Box::new([self.term(value)?, self.term(other)?]))
            }
            T::IfElse(parts) => {
                let [condition, one, other] = &**parts;
                let parts = [self.term(condition)?, self.term(one)?, self.term(other)?];
                Term::IfElse(Box::new(parts))
            }
            T::Member(..) => self.member(expression)?,
            T::Item(..) | T::Call(..) => return None,
        })
    }

    fn name(&mut self, name: &SmolStr) -> Option<Term> {
        let way = self.scopes.find(self.scope, self.before, name)?;
        Some(match (&way.slots[..], way.is_around) {
            ([Slot::Own(slot)], false) => Term::Slot(*slot),
            (_, is_around) => {
                let around = is_around.then(|| self.around(name));
                Term::Name(way.slots.into(), around)
            }
        })
    }

    /// A field of a level, or of an item that is selected: `header.size`, `extra.fields[id == 1].size`.
    fn member(&mut self, expression: &Expression) -> Option<Term> {
        let (root, mut steps) = steps(expression)?;
        // Fields of a finished item are looked up by another path.
        if let Some(before) = self.before {
            let has = |scope| self.scopes.entry(scope, root).is_some();
            if has(before.scope) {
                return None;
            }
        }
        let (scope, mut entry) = self.scopes.level_of(self.scope, root)?;
        let mut at = 0;
        loop {
            let step = *steps.get(at)?;
            at = at.past(1);
            match (entry.inner?, step) {
                (Inner::Level(level) | Inner::Bits(level), Step::Name(name)) => {
                    let Some(found) = self.scopes.member(level, &[name])? else {
                        return Some(Term::Name(Box::new([]), None));
                    };
                    entry = found;
                    if at == steps.len() {
                        let is_value =
                            entry.inner.is_none() || matches!(entry.inner, Some(Inner::Bits(_)));
                        return entry.slot.filter(|_| is_value).map(Term::Slot);
                    }
                }
                (Inner::Array(number), Step::Selected(condition)) => {
                    // The slot belongs to the level of the array, and is emptied with it.
                    if scope != self.scope {
                        return None;
                    }
                    let rest: Option<Vec<&SmolStr>> = steps
                        .split_off(at)
                        .into_iter()
                        .map(|step| match step {
                            Step::Name(name) => Some(name),
                            Step::Selected(_) => None,
                        })
                        .collect();
                    return self.selected(number, condition, &rest?);
                }
                _ => return None,
            }
        }
    }

    /// A field of the first item of an array for which a condition holds.
    fn selected(
        &mut self,
        number: usize,
        condition: &Expression,
        names: &[&SmolStr],
    ) -> Option<Term> {
        let items = self.arrays.get(number).copied().flatten()?;
        let value = match self.scopes.member(items.scope, names)? {
            Some(entry) if entry.inner.is_none() => Some(items.slot(entry.slot?)),
            Some(_) => return None,
            None => None,
        };
        if !self.is_of_item(condition, items) {
            return None;
        }
        let had = self.before.replace(items);
        let condition = self.term(condition);
        self.before = had;
        let into = self.slot();
        self.selects.get_mut(number)?.push(Select {
            condition: condition?,
            value,
            into,
        });
        Some(Term::Slot(into))
    }

    /// Whether all names of a condition are fields of the item.
    fn is_of_item(&self, condition: &Expression, items: FinishedItem) -> bool {
        use ast::Term as T;
        match &condition.term {
            T::Number(_) | T::Float(_) | T::Bool(_) | T::Text(_) => true,
            T::Name(name) => self
                .scopes
                .entry(items.scope, name)
                .is_some_and(|entry| entry.slot.is_some()),
            T::Unary(_, of) => self.is_of_item(of, items),
            T::Binary(_, left, right) => {
                self.is_of_item(left, items) && self.is_of_item(right, items)
            }
            _ => false,
        }
    }
}

impl Term {
    fn binary(operator: Operator, both: Box<[Term; 2]>) -> Term {
        let is_end = matches!(*both, [Term::At, Term::End] | [Term::End, Term::At]);
        match operator {
            Operator::Equal if is_end => Term::Ended,
            Operator::NotEqual if is_end => Term::Not(Box::new(Term::Ended)),
            // `@at` is never beyond `@end`.
            Operator::Less if matches!(*both, [Term::At, Term::End]) => {
                Term::Not(Box::new(Term::Ended))
            }
            Operator::GreaterEqual if matches!(*both, [Term::At, Term::End]) => Term::Ended,
            operator => Term::Binary(operator, both),
        }
    }
}

/// A step of a path in an expression.
#[derive(Clone, Copy)]
enum Step<'e> {
    Name(&'e SmolStr),
    Selected(&'e Expression),
}

/// The name that a path begins with, and its steps.
fn steps(expression: &Expression) -> Option<(&SmolStr, Vec<Step<'_>>)> {
    use ast::Term as T;
    let mut steps = Vec::new();
    let mut at = expression;
    loop {
        match &at.term {
            T::Name(name) => {
                steps.reverse();
                return Some((name, steps));
            }
            T::Member(of, name) => {
                steps.push(Step::Name(name));
                at = of;
            }
            T::Item(of, condition) if is_condition(condition) => {
                steps.push(Step::Selected(condition));
                at = of;
            }
            _ => return None,
        }
    }
}

/// A short text, filled with zeros; `None` of a longer one.
pub(super) fn short(text: &[u8]) -> Option<u64> {
    let text = trim_end(text, 0);
    let mut bytes = [0; 8];
    bytes.get_mut(..text.len())?.copy_from_slice(text);
    Some(u64::from_be_bytes(bytes))
}
