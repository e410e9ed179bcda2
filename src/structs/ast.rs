//! A format as it is written: what the grammar makes and the compiler reads.

use smol_str::SmolStr;

use super::code::{Code, Order};

/// A range of bytes of the format's text: the first, and the end.
pub(crate) type Span = (u32, u32);

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
    pub(super) count: Option<Count>,
    pub(super) what: ItemKind<'t>,
    pub(super) name: Option<&'t str>,
    pub(super) constant: Option<(Span, Literal<'t>)>,
    /// The parts that only formats of whole files have.
    pub(super) beyond: Option<Box<Extensions<'t>>>,
}

/// The parts of an item that only the interpreter of whole files reads.
#[derive(Debug, Default)]
pub(super) struct Extensions<'t> {
    /// Where the item is, and the count of items that have places of their own.
    pub(super) place: Option<(Option<Count>, Expression)>,
    /// The bytes that end a `z`.
    pub(super) end: Option<Vec<u8>>,
    pub(super) kinds: Vec<Kind<'t>>,
    /// The field that items of the array are called by.
    pub(super) key: Option<&'t str>,
    pub(super) is: Option<Definition<'t>>,
}

/// `~kind(arguments)`: how bytes become the value, and how it is shown.
#[derive(Debug)]
pub(super) struct Kind<'t> {
    pub(super) span: Span,
    pub(super) name: &'t str,
    pub(super) arguments: Vec<Expression>,
}

/// What comes after the equals sign of a field, where it is no constant.
#[derive(Debug)]
pub(super) enum Definition<'t> {
    /// `[…]`
    Computed(Expression),
    /// `crc32(from..to, self=0)`
    Check(Check<'t>),
    /// What the bytes hold: `(…)`, `{…}` or `%name`.
    /// The flag says that the field keeps its bytes as its value where they don't hold it.
    Inside(ItemKind<'t>, bool),
}

/// A function of the bytes of other fields.
#[derive(Debug)]
pub(super) struct Check<'t> {
    pub(super) span: Span,
    pub(super) function: &'t str,
    pub(super) from: Expression,
    /// The last field, where the bytes are those of more than one.
    pub(super) to: Option<Expression>,
    /// The byte that stands for each byte of the field itself in the checksum (`self=0`).
    pub(super) own: Option<Expression>,
    /// The condition for the field to be a checksum at all.
    pub(super) when: Option<Expression>,
}

#[derive(Debug)]
pub(super) struct Case<'t> {
    pub(super) labels: Labels,
    pub(super) format: Format<'t>,
}

#[derive(Debug)]
pub(super) enum Labels {
    Else,
    /// Values, or ranges with both ends included.
    Of(Vec<(Expression, Option<Expression>)>),
}

#[derive(Debug)]
pub(super) enum ItemKind<'t> {
    Code(&'static Code, Option<Bits<'t>>),
    Group(Format<'t>),
    /// A format defined elsewhere, with its parameters.
    Reference(&'t str, Vec<Argument<'t>>),
    /// One of several formats: by a value, or the first whose condition holds.
    Choice(Option<Expression>, Vec<Case<'t>>),
    /// An integer (`U`, `u`) whose width in bytes is the count.
    Wide {
        signed: bool,
        bits: Option<Bits<'t>>,
    },
    /// An integer in groups of seven bits, the highest first.
    Base128 {
        signed: bool,
    },
    /// A value without bytes.
    Computed(Expression),
    /// An error of the data, with this message, where it is reached.
    Fail(String),
    /// Padding to a multiple.
    Align(u64),
}

/// A value for a parameter of a stored format.
#[derive(Debug)]
pub(super) struct Argument<'t> {
    pub(super) span: Span,
    pub(super) name: &'t str,
    pub(super) value: Expression,
}

#[derive(Debug)]
pub(super) enum Count {
    Number(u64),
    Expression(Expression),
    /// As many as fit in the rest of the input.
    Rest,
    /// Items up to the one after which the condition holds.
    Until(Expression),
}

/// An expression; the grammar bounds how many parts it has, and with that how deep it is.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) span: Span,
    pub(crate) term: Term,
}

#[derive(Clone, Debug)]
pub(crate) enum Term {
    Number(i128),
    /// Only conditions over records have them.
    Float(f64),
    Text(Vec<u8>),
    Bool(bool),
    /// A field read before, or a parameter.
    Name(SmolStr),
    Position(Position),
    Member(Box<Expression>, SmolStr),
    /// An item of an array or a byte of a text; a condition selects the first item for which it holds.
    Item(Box<Expression>, Box<Expression>),
    Unary(Unary, Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `a ?? b`: the second where the first has no value.
    Default(Box<Expression>, Box<Expression>),
    IfElse(Box<[Expression; 3]>),
    Call(Function, Vec<Expression>),
}

/// A position: `@at`, `@start`, `@end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    At,
    Start,
    End,
    Size,
    Index,
    Item,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Minus,
    Not,
    Complement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Len,
    Sum,
    Find,
    FindLast,
    /// The texts of several items, one after another.
    Join,
}

/// A part of an expression of counts, in postfix order.
#[derive(Debug)]
pub(super) enum Token {
    Number(i128),
    /// A dotted path to a field read before.
    Path(String),
    Operator(Operator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitXor,
    BitOr,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

impl Format<'_> {
    /// Whether one of its own items needs the interpreter of whole files. Formats that it refers to don't count.
    pub(super) fn is_beyond(&self) -> bool {
        self.items.iter().any(|item| {
            item.beyond.is_some()
                || match &item.count {
                    Some(Count::Expression(expression)) => expression.tokens().is_none(),
                    Some(Count::Until(_)) => true,
                    _ => false,
                }
                || match &item.what {
                    ItemKind::Code(..) | ItemKind::Align(_) => false,
                    ItemKind::Group(format) => format.is_beyond(),
                    ItemKind::Reference(_, arguments) => !arguments.is_empty(),
                    _ => true,
                }
        })
    }
}

impl Expression {
    /// Its tokens in postfix order, where it has only numbers, paths and the four operators of plain counts.
    pub(super) fn tokens(&self) -> Option<Vec<(Span, Token)>> {
        let mut tokens = Vec::new();
        self.push_tokens(&mut tokens).then_some(tokens)
    }

    fn push_tokens(&self, tokens: &mut Vec<(Span, Token)>) -> bool {
        let token = match &self.term {
            Term::Number(n) => Token::Number(*n),
            Term::Name(_) | Term::Member(..) => match self.path() {
                Some(path) => Token::Path(path),
                None => return false,
            },
            Term::Binary(operator, left, right) => {
                use Operator::{Add, Divide, Multiply, Subtract};
                if !matches!(operator, Add | Subtract | Multiply | Divide)
                    || !left.push_tokens(tokens)
                    || !right.push_tokens(tokens)
                {
                    return false;
                }
                Token::Operator(*operator)
            }
            _ => return false,
        };
        tokens.push((self.span, token));
        true
    }

    /// The dotted path, where it is one.
    pub(crate) fn path(&self) -> Option<String> {
        match &self.term {
            Term::Name(name) => Some(name.to_string()),
            Term::Member(of, name) => Some(format!("{}.{name}", of.path()?)),
            _ => None,
        }
    }
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
