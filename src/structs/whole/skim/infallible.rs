//! Expressions that can't fail, whatever the fields hold: the comparison of a check with one can be left until the item
//! is read.

use super::compile::Compiler;
use crate::structs::ast::{Expression, Operator, Position, Term, Unary};
use crate::structs::whole::read::CONTENT;

impl Compiler<'_, '_> {
    /// Whether evaluating it never ends the reading.
    pub(super) fn never_fails(&self, expression: &Expression) -> bool {
        match &expression.term {
            Term::Name(_)
            | Term::Number(_)
            | Term::Text(_)
            | Term::Bool(_)
            | Term::Member(..)
            | Term::Position(_) => true,
            Term::Unary(Unary::Not, of) => self.never_fails(of),
            Term::Binary(
                Operator::And | Operator::Or | Operator::Equal | Operator::NotEqual,
                left,
                right,
            )
            | Term::Default(left, right) => self.never_fails(left) && self.never_fails(right),
            Term::IfElse(parts) => parts.iter().all(|part| self.never_fails(part)),
            _ => self.is_integer(expression),
        }
    }

    /// Whether its value is the integer of a field, or computed from such without overflow, or missing.
    fn is_integer(&self, expression: &Expression) -> bool {
        match &expression.term {
            Term::Number(_) | Term::Bool(_) => true,
            Term::Name(name) => self.program.is_integer(name),
            Term::Member(_, name) => name != CONTENT && self.program.is_integer(name),
            Term::Position(position) => *position != Position::Item,
            Term::Unary(Unary::Complement, of) => self.is_integer(of),
            Term::Unary(Unary::Not, _) => self.never_fails(expression),
            Term::Binary(operator, left, right) => match operator {
                Operator::And | Operator::Or | Operator::Equal | Operator::NotEqual => {
                    self.never_fails(expression)
                }
                Operator::Less
                | Operator::LessEqual
                | Operator::Greater
                | Operator::GreaterEqual
                | Operator::BitAnd
                | Operator::BitOr
                | Operator::BitXor => self.is_integer(left) && self.is_integer(right),
                Operator::ShiftRight => {
                    matches!(right.term, Term::Number(0..128)) && self.is_integer(left)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
