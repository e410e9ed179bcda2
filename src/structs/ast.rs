//! A format as it is written: what the grammar makes and the compiler reads.

use super::code::{Code, Order};

/// Bytes of the format's text, from and to.
pub(super) type Span = (u32, u32);

#[derive(Debug)]
pub(super) struct Format<'t> {
    pub(super) order: Option<Order>,
    pub(super) items: Vec<Item<'t>>,
    /// Whether it was written as bit fields: a group of nothing but those of one integer.
    pub(super) is_bits: bool,
}

#[derive(Debug)]
pub(super) struct Item<'t> {
    pub(super) span: Span,
    pub(super) count: Option<Count<'t>>,
    pub(super) what: What<'t>,
    pub(super) name: Option<&'t str>,
    pub(super) constant: Option<(Span, Literal<'t>)>,
}

#[derive(Debug)]
pub(super) enum What<'t> {
    Code(&'static Code, Option<Bits<'t>>),
    Group(Format<'t>),
    /// A format defined elsewhere.
    Reference(&'t str),
    /// Padding to a multiple.
    Align(u64),
}

#[derive(Debug)]
pub(super) enum Count<'t> {
    Number(u64),
    Expression(Expression<'t>),
    /// As many as the rest of the input holds.
    Rest,
}

/// An expression in postfix order, so that neither evaluating nor dropping it recurses.
pub(super) type Expression<'t> = Vec<(Span, Token<'t>)>;

#[derive(Debug)]
pub(super) enum Token<'t> {
    Number(i128),
    /// A dotted path to a field read before.
    Path(&'t str),
    Operator(Operator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug)]
pub(super) struct Bits<'t> {
    /// `Some(true)` where `{<` asks for the least significant bits first.
    pub(super) least_first: Option<bool>,
    pub(super) fields: Vec<(Span, &'t str, u64)>,
}

#[derive(Debug)]
pub(super) enum Literal<'t> {
    Quoted(Vec<u8>),
    Word(&'t str),
}

impl Literal<'_> {
    /// Whether it is a number in hexadecimal.
    pub(super) fn is_hex(&self) -> bool {
        match self {
            Literal::Word(word) => {
                let digits = word.trim_start_matches(['-', '+']);
                digits.starts_with("0x") || digits.starts_with("0X")
            }
            Literal::Quoted(_) => false,
        }
    }
}
