//! Expressions from text.

use smol_str::SmolStr;

use super::expression::{Binary, Cast, CastTo, Expression, SizeOf, Unary};
use crate::offset::{Position, Tally};

/// How deep parentheses, signs and the like may lie in one another: a pair of parentheses counts twice,
/// and takes a dozen calls.
const MAX_DEPTH: usize = 100;

/// The longest chain of operators, or of names: parsed, it is a tree as deep as the chain is long.
const MAX_CHAIN: usize = 200;

/// The longest expression, in bytes.
const MAX_TEXT: usize = 1 << 16;

pub(super) type Parsed = Result<Expression, String>;

/// An expression that a text is, all of it.
pub(super) fn expression(text: &str) -> Parsed {
    if text.len() > MAX_TEXT {
        return Err(format!("an expression of more than {MAX_TEXT} bytes"));
    }
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    let whole = parser.choice().and_then(|whole| {
        parser.space();
        match parser.rest() {
            "" => Ok(whole),
            _ => Err("expected an operator or the end".to_owned()),
        }
    });
    whole.map_err(|why| parser.told(&why))
}

/// What comes before parentheses, and the expressions in them: `name(1, 2)`, or `name` alone.
pub(super) fn call(text: &str) -> Result<(String, Vec<Expression>), String> {
    let Some((name, _)) = text.split_once('(') else {
        return Ok((text.trim().to_owned(), Vec::new()));
    };
    let mut parser = Parser {
        text,
        at: name.len(),
        depth: 0,
    };
    let arguments = parser.arguments().and_then(|arguments| {
        parser.space();
        match parser.rest() {
            "" => Ok(arguments),
            _ => Err("expected nothing after the parenthesis".to_owned()),
        }
    });
    let arguments = arguments.map_err(|why| parser.told(&why))?;
    Ok((name.trim().to_owned(), arguments))
}

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

const OR: [(&str, Binary); 1] = [("or", Binary::Or)];
const AND: [(&str, Binary); 1] = [("and", Binary::And)];
/// The longer operators first.
const COMPARISONS: [(&str, Binary); 6] = [
    ("==", Binary::Equal),
    ("!=", Binary::NotEqual),
    ("<=", Binary::LessEqual),
    (">=", Binary::GreaterEqual),
    ("<", Binary::Less),
    (">", Binary::Greater),
];
/// Those that bind the least first.
const LEVELS: [&[(&str, Binary)]; 6] = [
    &[("|", Binary::BitOr)],
    &[("^", Binary::BitXor)],
    &[("&", Binary::BitAnd)],
    &[("<<", Binary::ShiftLeft), (">>", Binary::ShiftRight)],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[
        ("*", Binary::Multiply),
        ("/", Binary::Divide),
        ("%", Binary::Remainder),
    ],
];

impl<'t> Parser<'t> {
    fn told(&self, why: &str) -> String {
        let column = self
            .text
            .get(..self.at)
            .unwrap_or(self.text)
            .chars()
            .count();
        let rest = self.rest().trim();
        let found: String = rest.chars().take(20).collect();
        let found = match found.as_str() {
            "" => "the end".to_owned(),
            found => format!("{found:?}"),
        };
        format!(
            "in the expression {:?}, after {column} characters: {why}, found {found}",
            self.text
        )
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    pub(super) fn space(&mut self) {
        let rest = self.rest();
        self.skip(rest.len().since(rest.trim_start().len()));
    }

    /// Consumes a token, if it is next; a word has to end with it.
    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let Some(after) = self.rest().strip_prefix(token) else {
            return false;
        };
        if is_word(token) && after.starts_with(continues) {
            return false;
        }
        self.skip(token.len());
        true
    }

    pub(super) fn wants(&mut self, token: &str) -> Result<(), String> {
        match self.takes(token) {
            true => Ok(()),
            false => Err(format!("expected {token}")),
        }
    }

    /// Reads something a level deeper.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth >= MAX_DEPTH {
            return Err(format!(
                "more than {MAX_DEPTH} parts lie in one another here"
            ));
        }
        self.depth.tally(1);
        let read = read(self);
        self.depth = self.depth.since(1);
        read
    }

    pub(super) fn choice(&mut self) -> Parsed {
        self.deeper(|parser| {
            let condition = parser.or()?;
            if !parser.takes("?") {
                return Ok(condition);
            }
            let then = parser.choice()?;
            parser.wants(":")?;
            let otherwise = parser.choice()?;
            Ok(Expression::Choice(Box::new((condition, then, otherwise))))
        })
    }

    fn or(&mut self) -> Parsed {
        self.chain(&OR, |parser| parser.chain(&AND, Parser::not))
    }

    fn not(&mut self) -> Parsed {
        if self.takes("not") {
            let of = self.deeper(Parser::not)?;
            return Ok(Expression::Unary(Unary::Not, Box::new(of)));
        }
        let left = self.level(0)?;
        for (token, operator) in COMPARISONS {
            if self.takes(token) {
                let right = self.level(0)?;
                return Ok(Expression::Binary(operator, Box::new((left, right))));
            }
        }
        Ok(left)
    }

    fn level(&mut self, index: usize) -> Parsed {
        match LEVELS.get(index) {
            Some(operators) => self.chain(operators, |parser| parser.level(index.past(1))),
            None => self.unary(),
        }
    }

    /// Operands with operators of one level between them, from left to right.
    fn chain(
        &mut self,
        operators: &[(&str, Binary)],
        operand: impl Fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let mut left = operand(self)?;
        let mut length = 0usize;
        'more: loop {
            for (token, operator) in operators {
                if self.takes(token) {
                    length.advance(1);
                    if length > MAX_CHAIN {
                        return Err(format!("a chain of more than {MAX_CHAIN} operators"));
                    }
                    let right = operand(self)?;
                    left = Expression::Binary(*operator, Box::new((left, right)));
                    continue 'more;
                }
            }
            return Ok(left);
        }
    }

    fn unary(&mut self) -> Parsed {
        for (token, operator) in [
            ("-", Unary::Minus),
            ("+", Unary::Plus),
            ("~", Unary::Invert),
        ] {
            if self.takes(token) {
                let of = self.deeper(Parser::unary)?;
                return Ok(match (operator, of) {
                    (Unary::Minus, Expression::Int(n)) => Expression::Int(n.saturating_neg()),
                    (_, of) => Expression::Unary(operator, Box::new(of)),
                });
            }
        }
        self.deeper(Parser::trailed)
    }

    /// An atom with what follows it: fields, calls, indexes, casts.
    fn trailed(&mut self) -> Parsed {
        let mut of = self.atom()?;
        let mut length = 0usize;
        loop {
            if self.takes("[") {
                let index = self.choice()?;
                self.wants("]")?;
                of = Expression::Index(Box::new((of, index)));
            } else if self.is_field() {
                self.skip(1);
                self.space();
                let name = self.name().ok_or("expected a name after the dot")?;
                if name == "as" && self.takes("<") {
                    let to = self.type_name()?;
                    of = Expression::Cast(Box::new(of), cast(&to));
                } else if self.rest().trim_start().starts_with('(') {
                    let arguments = self.arguments()?;
                    of = Expression::Call(Box::new(of), name.into(), arguments);
                } else {
                    of = Expression::Field(Box::new(of), name.into());
                }
            } else {
                return Ok(of);
            }
            length.advance(1);
            if length > MAX_CHAIN {
                return Err(format!("a chain of more than {MAX_CHAIN} names"));
            }
        }
    }

    fn is_field(&mut self) -> bool {
        self.space();
        self.rest().starts_with('.')
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, String> {
        self.wants("(")?;
        self.list(")")
    }

    /// Expressions between commas, and what closes them; a comma may come before that.
    fn list(&mut self, close: &str) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        while !self.takes(close) {
            items.push(self.choice()?);
            if !self.takes(",") {
                self.wants(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn atom(&mut self) -> Parsed {
        self.space();
        match self.next() {
            Some('(') => {
                self.skip(1);
                let inside = self.choice()?;
                self.wants(")")?;
                Ok(inside)
            }
            Some('[') => {
                self.skip(1);
                let items = self.list("]")?;
                Ok(list(items))
            }
            Some('"' | '\'') => self.strings(),
            Some(c) if c.is_ascii_digit() => self.number(),
            Some('.')
                if self
                    .rest()
                    .as_bytes()
                    .get(1)
                    .is_some_and(u8::is_ascii_digit) =>
            {
                self.number()
            }
            Some('f') if self.rest().starts_with("f\"") => {
                self.skip(2);
                self.joined()
            }
            _ => self.word(),
        }
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        let end = rest.find(|c| !continues(c)).unwrap_or(rest.len());
        self.skip(end);
        rest.get(..end)
    }

    fn word(&mut self) -> Parsed {
        let start = self.at;
        let Some(name) = self.name() else {
            if self.takes("::") {
                return self.member(Vec::new());
            }
            return Err("expected a value".to_owned());
        };
        match name {
            "true" => return Ok(Expression::Bool(true)),
            "false" => return Ok(Expression::Bool(false)),
            "sizeof" | "bitsizeof" if self.takes("<") => {
                let found = None;
                let bits = name == "bitsizeof";
                let name = self.type_name()?;
                return Ok(Expression::SizeOf(SizeOf { name, bits, found }));
            }
            "and" | "or" | "not" => {
                self.at = start;
                return Err("expected a value".to_owned());
            }
            _ => {}
        }
        match self.takes("::") {
            true => self.member(vec![name.into()]),
            false => Ok(Expression::Name(name.into())),
        }
    }

    /// The rest of `a::b::c`.
    fn member(&mut self, mut path: Vec<SmolStr>) -> Parsed {
        loop {
            self.space();
            let name = self.name().ok_or("expected a name after ::")?;
            path.push(name.into());
            if !self.takes("::") {
                return Ok(Expression::Member(path, None));
            }
        }
    }

    /// The text up to the closing angle bracket.
    fn type_name(&mut self) -> Result<String, String> {
        let rest = self.rest();
        let end = rest.find('>').ok_or("expected > after the type")?;
        let name = rest.get(..end).unwrap_or_default().trim().to_owned();
        self.skip(end.past(1));
        match name.is_empty() {
            true => Err("expected a type".to_owned()),
            false => Ok(name),
        }
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn continues(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A list in which all items are literals of one byte is bytes.
fn list(items: Vec<Expression>) -> Expression {
    let byte = |item: &Expression| match item {
        Expression::Int(n) => u8::try_from(*n).ok(),
        _ => None,
    };
    match items.iter().map(byte).collect::<Option<Vec<u8>>>() {
        Some(bytes) if !bytes.is_empty() => Expression::Bytes(bytes.into()),
        _ => Expression::List(items),
    }
}

fn cast(to: &str) -> CastTo {
    let how = match to {
        "bytes" => Cast::Bytes,
        to if to.ends_with("[]") => Cast::List,
        _ => Cast::Same,
    };
    let name = to.into();
    CastTo { name, how }
}
