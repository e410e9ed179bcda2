//! Expressions: what they consist of.

use std::sync::Arc;

use smol_str::SmolStr;

use super::spec::{EnumId, TypeId};

/// A part of an expression. Its depth is bounded by the parser, so walking it is, too.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Int(i128),
    Float(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    Bool(bool),
    List(Vec<Expression>),
    /// The pieces of an f-string, put together.
    Joined(Vec<Expression>),
    Name(SmolStr),
    /// `enum::member`, as it is written and as it is found.
    Member(Vec<SmolStr>, Option<(EnumId, i128)>),
    SizeOf(SizeOf),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<(Expression, Expression)>),
    Choice(Box<(Expression, Expression, Expression)>),
    Field(Box<Expression>, SmolStr),
    Call(Box<Expression>, SmolStr, Vec<Expression>),
    Index(Box<(Expression, Expression)>),
    Cast(Box<Expression>, CastTo),
}

/// `sizeof<type>` and `bitsizeof<type>`.
#[derive(Clone, Debug)]
pub(super) struct SizeOf {
    pub(super) name: String,
    pub(super) bits: bool,
    /// The user type, where it is none that is built in.
    pub(super) found: Option<TypeId>,
}

/// The type that a cast names.
#[derive(Clone, Debug)]
pub(super) struct CastTo {
    pub(super) name: SmolStr,
    pub(super) how: Cast,
}

/// What a cast changes: bytes and lists of integers are written alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    Bytes,
    List,
    Same,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Expression {
    /// Does something to each part, whichever comes first.
    pub(super) fn each<E>(
        &mut self,
        change: &mut dyn FnMut(&mut Expression) -> Result<(), E>,
    ) -> Result<(), E> {
        change(self)?;
        match self {
            Expression::List(parts) | Expression::Joined(parts) => {
                parts.iter_mut().try_for_each(|part| part.each(change))
            }
            Expression::Unary(_, of) | Expression::Field(of, _) | Expression::Cast(of, _) => {
                of.each(change)
            }
            Expression::Binary(_, pair) | Expression::Index(pair) => {
                pair.0.each(change)?;
                pair.1.each(change)
            }
            Expression::Choice(parts) => {
                parts.0.each(change)?;
                parts.1.each(change)?;
                parts.2.each(change)
            }
            Expression::Call(of, _, arguments) => {
                of.each(change)?;
                arguments.iter_mut().try_for_each(|part| part.each(change))
            }
            _ => Ok(()),
        }
    }
}

/// The methods of values that are no objects.
pub(super) const METHODS: [&str; 15] = [
    "to_s",
    "to_i",
    "length",
    "reverse",
    "substring",
    "size",
    "first",
    "last",
    "min",
    "max",
    "pos",
    "eof",
    "_sizeof",
    "_io",
    "_parent",
];
