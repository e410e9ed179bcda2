//! What expressions are, as far as a description tells it.

use smol_str::SmolStr;

use super::super::expression::{Binary, Expression, Unary};
use super::super::spec::{Content, Field, Kind, KindOf, Place, Repeat, TypeId};
use super::Level;
use crate::offset::Position;

/// How far fields are followed from one to another.
const MAX_STEPS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Float,
    Text,
    Bytes,
    /// Bytes that are coded in the file.
    Coded,
    Object(TypeId),
    /// A list, and whether its items are groups around what they hold.
    List(Box<Sort>, bool),
    Unknown,
}

impl Level<'_, '_> {
    pub(super) fn sort(&self, expression: &Expression) -> Sort {
        self.sort_in(self.id, expression, 0)
    }

    fn sort_in(&self, id: TypeId, expression: &Expression, steps: usize) -> Sort {
        if steps > MAX_STEPS {
            return Sort::Unknown;
        }
        let steps = steps.past(1);
        match expression {
            Expression::Int(_)
            | Expression::Bool(_)
            | Expression::Member(..)
            | Expression::SizeOf(_) => Sort::Number,
            Expression::Float(_) => Sort::Float,
            Expression::Text(_) | Expression::Joined(_) => Sort::Text,
            Expression::Bytes(_) => Sort::Bytes,
            Expression::List(_) => Sort::List(Box::new(Sort::Unknown), false),
            Expression::Name(name) => match (name.as_str(), &self.item) {
                ("_index", _) => Sort::Number,
                ("_", Some(super::Item::Fields(of))) if id == self.id => Sort::Object(*of),
                ("_", Some(super::Item::Value(_, sort))) if id == self.id => sort.clone(),
                _ => self.sort_of(id, name, steps),
            },
            Expression::Unary(Unary::Not | Unary::Invert, _) => Sort::Number,
            Expression::Unary(_, of) | Expression::Cast(of, _) => self.sort_in(id, of, steps),
            Expression::Binary(operator, pair) => match operator {
                Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide => {
                    let (left, right) = (
                        self.sort_in(id, &pair.0, steps),
                        self.sort_in(id, &pair.1, steps),
                    );
                    match left == Sort::Unknown || right == Sort::Float {
                        true => right,
                        false => left,
                    }
                }
                _ => Sort::Number,
            },
            Expression::Choice(parts) => match self.sort_in(id, &parts.1, steps) {
                Sort::Unknown => self.sort_in(id, &parts.2, steps),
                sort => sort,
            },
            Expression::Field(of, name) => match self.sort_in(id, of, steps) {
                Sort::Object(of) => self.sort_of(of, name, steps),
                Sort::List(item, _) if matches!(name.as_str(), "first" | "last") => *item,
                _ => match name.as_str() {
                    "size" | "length" | "to_i" | "pos" | "eof" => Sort::Number,
                    "to_s" => Sort::Text,
                    _ => Sort::Unknown,
                },
            },
            Expression::Call(_, name, _) => match name.as_str() {
                "to_s" | "substring" => Sort::Text,
                "to_i" | "size" | "length" => Sort::Number,
                _ => Sort::Unknown,
            },
            Expression::Index(pair) => match self.sort_in(id, &pair.0, steps) {
                Sort::List(item, _) => *item,
                Sort::Bytes | Sort::Coded => Sort::Number,
                _ => Sort::Unknown,
            },
        }
    }

    /// What a field of a type is.
    pub(super) fn sort_of(&self, id: TypeId, name: &str, steps: usize) -> Sort {
        let Some(of) = self.converter.spec.types.get(id) else {
            return Sort::Unknown;
        };
        let field = match of.names.get(name) {
            Some(Place::Seq(index)) => of.seq.get(*index),
            Some(Place::Instance(index)) => of.instances.get(*index),
            _ => None,
        };
        let Some(field) = field else {
            return Sort::Unknown;
        };
        let one = match &field.content {
            Content::Computed(expression) => {
                let key = (id, SmolStr::from(name));
                if let Some(known) = self.converter.sorts.borrow().get(&key) {
                    return known.clone();
                }
                // One that needs itself has none.
                let sorts = &self.converter.sorts;
                sorts.borrow_mut().insert(key.clone(), Sort::Unknown);
                let sort = self.sort_in(id, expression, steps);
                sorts.borrow_mut().insert(key, sort.clone());
                return sort;
            }
            Content::Read(shape) => match (&shape.kind, &shape.process) {
                (KindOf::One(Kind::Bytes), Some(_)) => Sort::Coded,
                (KindOf::One(kind), _) => sort_of_kind(kind),
                (KindOf::Switch(..), _) => Sort::Unknown,
            },
        };
        match field.repeat {
            Repeat::Once => one,
            _ => Sort::List(Box::new(one), is_wrapped(field)),
        }
    }
}

fn sort_of_kind(kind: &Kind) -> Sort {
    match kind {
        Kind::Integer { .. } | Kind::Bits { .. } => Sort::Number,
        Kind::Float { .. } => Sort::Float,
        Kind::Bytes => Sort::Bytes,
        Kind::Text | Kind::Terminated => Sort::Text,
        Kind::Object(of, _) => Sort::Object(*of),
    }
}

/// Whether items of a field are groups around a field `value`: no count can stand before what they are.
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
