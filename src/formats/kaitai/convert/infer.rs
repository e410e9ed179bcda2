//! Types of expressions, as far as a description tells them.

use smol_str::SmolStr;

use super::super::expression::{Binary, Expression, Unary};
use super::super::spec::{Content, Field, Kind, KindOf, Place, Repeat, TypeId};
use super::Level;
use crate::offset::Position;

/// How far fields are followed from one to another.
const MAX_STEPS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExpressionType {
    Number,
    Float,
    Text,
    Bytes,
    /// Bytes that are coded in the file.
    Coded,
    Object(TypeId),
    /// A list, and whether its items are wrapped in groups.
    List(Box<ExpressionType>, bool),
    Unknown,
}

impl Level<'_, '_> {
    pub(super) fn sort(&self, expression: &Expression) -> ExpressionType {
        self.sort_in(self.id, expression, 0)
    }

    fn sort_in(&self, id: TypeId, expression: &Expression, steps: usize) -> ExpressionType {
        if steps > MAX_STEPS {
            return ExpressionType::Unknown;
        }
        let steps = steps.past(1);
        match expression {
            Expression::Int(_)
            | Expression::Bool(_)
            | Expression::Member(..)
            | Expression::SizeOf(_) => ExpressionType::Number,
            Expression::Float(_) => ExpressionType::Float,
            Expression::Text(_) | Expression::Joined(_) => ExpressionType::Text,
            Expression::Bytes(_) => ExpressionType::Bytes,
            Expression::List(_) => ExpressionType::List(Box::new(ExpressionType::Unknown), false),
            Expression::Name(name) => match (name.as_str(), &self.item) {
                ("_index", _) => ExpressionType::Number,
                ("_", Some(super::Item::Fields(of))) if id == self.id => {
                    ExpressionType::Object(*of)
                }
                ("_", Some(super::Item::Value(_, sort))) if id == self.id => sort.clone(),
                _ => self.sort_of(id, name, steps),
            },
            Expression::Unary(Unary::Not | Unary::Invert, _) => ExpressionType::Number,
            Expression::Unary(_, of) | Expression::Cast(of, _) => self.sort_in(id, of, steps),
            Expression::Binary(operator, pair) => match operator {
                Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide => {
                    let (left, right) = (
                        self.sort_in(id, &pair.0, steps),
                        self.sort_in(id, &pair.1, steps),
                    );
                    match left == ExpressionType::Unknown || right == ExpressionType::Float {
                        true => right,
                        false => left,
                    }
                }
                _ => ExpressionType::Number,
            },
            Expression::Choice(parts) => match self.sort_in(id, &parts.1, steps) {
                ExpressionType::Unknown => self.sort_in(id, &parts.2, steps),
                sort => sort,
            },
            Expression::Field(of, name) => match self.sort_in(id, of, steps) {
                ExpressionType::Object(of) => self.sort_of(of, name, steps),
                ExpressionType::List(item, _) if matches!(name.as_str(), "first" | "last") => *item,
                _ => match name.as_str() {
                    "size" | "length" | "to_i" | "pos" | "eof" => ExpressionType::Number,
                    "to_s" => ExpressionType::Text,
                    _ => ExpressionType::Unknown,
                },
            },
            Expression::Call(_, name, _) => match name.as_str() {
                "to_s" | "substring" => ExpressionType::Text,
                "to_i" | "size" | "length" => ExpressionType::Number,
                _ => ExpressionType::Unknown,
            },
            Expression::Index(pair) => match self.sort_in(id, &pair.0, steps) {
                ExpressionType::List(item, _) => *item,
                ExpressionType::Bytes | ExpressionType::Coded => ExpressionType::Number,
                _ => ExpressionType::Unknown,
            },
        }
    }

    /// The type of a field.
    pub(super) fn sort_of(&self, id: TypeId, name: &str, steps: usize) -> ExpressionType {
        let Some(of) = self.converter.spec.types.get(id) else {
            return ExpressionType::Unknown;
        };
        let field = match of.names.get(name) {
            Some(Place::Seq(index)) => of.seq.get(*index),
            Some(Place::Instance(index)) => of.instances.get(*index),
            _ => None,
        };
        let Some(field) = field else {
            return ExpressionType::Unknown;
        };
        let one = match &field.content {
            Content::Computed(expression) => {
                let key = (id, SmolStr::from(name));
                if let Some(known) = self.converter.sorts.borrow().get(&key) {
                    return known.clone();
                }
                // A value that depends on itself has no type.
                let sorts = &self.converter.sorts;
                sorts
                    .borrow_mut()
                    .insert(key.clone(), ExpressionType::Unknown);
                let sort = self.sort_in(id, expression, steps);
                sorts.borrow_mut().insert(key, sort.clone());
                return sort;
            }
            Content::Read(shape) => match (&shape.kind, &shape.process) {
                (KindOf::One(Kind::Bytes), Some(_)) => ExpressionType::Coded,
                (KindOf::One(kind), _) => sort_of_kind(kind),
                (KindOf::Switch(..), _) => ExpressionType::Unknown,
            },
        };
        match field.repeat {
            Repeat::Once => one,
            _ => ExpressionType::List(Box::new(one), is_wrapped(field)),
        }
    }
}

fn sort_of_kind(kind: &Kind) -> ExpressionType {
    match kind {
        Kind::Integer { .. } | Kind::Bits { .. } => ExpressionType::Number,
        Kind::Float { .. } => ExpressionType::Float,
        Kind::Bytes => ExpressionType::Bytes,
        Kind::Text | Kind::Terminated => ExpressionType::Text,
        Kind::Object(of, _) => ExpressionType::Object(*of),
    }
}

/// Whether items of a field are groups around a field `value`: no count can come before what they are.
pub(super) fn is_wrapped(field: &Field) -> bool {
    let Content::Read(shape) = &field.content else {
        return false;
    };
    match &shape.kind {
        KindOf::One(Kind::Integer { .. } | Kind::Float { .. }) => field.valid.is_some(),
        KindOf::One(Kind::Object(..)) => shape.process.is_some(),
        _ => true,
    }
}
