//! Result types of operators, and common types.

use super::expression::{Binary, Unary};
use super::spec::TypeId;
use super::typing::{Typed, Typing, ValueType};

use ValueType::{Any, Bool, Bytes, Enum, Float, Int, List, Mixed, Object, Stream, Struct, Text};

impl Typing<'_> {
    /// The common type of two; `None` where there is none.
    pub(super) fn joined(&self, a: &ValueType, b: &ValueType) -> Option<ValueType> {
        Some(match (a, b) {
            (a, b) if a == b => a.clone(),
            (Any, _) | (_, Any) => Any,
            (Mixed, _) | (_, Mixed) => Mixed,
            (Int | Float, Int | Float) => Float,
            (Object(_) | Struct, Object(_) | Struct) => Struct,
            (List(a), List(b)) => List(Box::new(self.joined(a, b)?)),
            _ => return None,
        })
    }

    pub(super) fn unary(&self, operator: Unary, of: ValueType) -> Typed {
        match (operator, &of) {
            (_, Any)
            | (Unary::Not, Bool)
            | (Unary::Invert, Int)
            | (Unary::Minus | Unary::Plus, Int | Float) => Ok(of),
            (Unary::Not, _) => Err(format!(
                "not wants a truth value, found {}",
                self.words(&of)
            )),
            (Unary::Invert, _) => Err(format!("~ wants an integer, found {}", self.words(&of))),
            _ => Err(format!("the sign of {} can't be changed", self.words(&of))),
        }
    }

    pub(super) fn binary(&self, operator: Binary, a: &ValueType, b: &ValueType) -> Typed {
        match operator {
            Binary::And | Binary::Or => match [a, b].into_iter().find(|side| !side.is(&Bool)) {
                None => Ok(Bool),
                Some(side) => Err(format!(
                    "and and or want truth values, found {}",
                    self.words(side)
                )),
            },
            Binary::Equal | Binary::NotEqual => self.comparable(a, b).map(|()| Bool),
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                self.comparable(a, b)?;
                match [a, b]
                    .into_iter()
                    .find(|side| matches!(side, Bool | Enum(_)))
                {
                    None => Ok(Bool),
                    Some(side) => Err(format!("{} has no order", self.words(side))),
                }
            }
            Binary::Add if a.is(&Text) && b.is(&Text) => Ok(match (a, b) {
                (Any, Any) => Any,
                _ => Text,
            }),
            _ if a.is_number() && b.is_number() => Ok(match (a, b) {
                (Int, Int) => Int,
                (Any, _) | (_, Any) => Any,
                _ => Float,
            }),
            _ => Err(format!(
                "{} and {} can't be computed with one another",
                self.words(a),
                self.words(b)
            )),
        }
    }

    /// Whether two values may be asked whether they are equal.
    pub(super) fn comparable(&self, a: &ValueType, b: &ValueType) -> Result<(), String> {
        let fits = match (a, b) {
            (Any, _) | (_, Any) => true,
            (List(_) | Object(_) | Struct | Stream | Mixed, _) => false,
            (a, b) => a == b || (a.is_number() && b.is_number()),
        };
        match fits {
            true => Ok(()),
            false => Err(format!(
                "{} can't be compared with {}",
                self.words(a),
                self.words(b)
            )),
        }
    }

    /// The type in words, for messages.
    pub(super) fn words(&self, of: &ValueType) -> String {
        let type_name = |id: &TypeId| self.spec.types.get(*id).map(|of| of.name.clone());
        match of {
            Any => "any value".to_owned(),
            Int => "an integer".to_owned(),
            Float => "a float".to_owned(),
            Bool => "a truth value".to_owned(),
            Text => "text".to_owned(),
            Bytes => "bytes".to_owned(),
            Enum(id) => {
                let name = self.spec.enums.get(*id).map(|of| of.name.clone());
                format!("a member of the enum {}", name.unwrap_or_default())
            }
            Object(id) => format!(
                "an object of the type {}",
                type_name(id).unwrap_or_default()
            ),
            Struct => "an object".to_owned(),
            Stream => "a stream".to_owned(),
            List(_) => "a list".to_owned(),
            Mixed => "a value of more than one type".to_owned(),
        }
    }
}
