//! Expressions: numbers, texts, fields and what is computed from them.
//!
//! Operators bind as in Python and Rust: `& ^ |` tighter than comparisons.

use nom::Parser;
use nom::bytes::complete::take_while1;

use super::{
    Grammar, MAX_DEPTH, MAX_EXPRESSION, Parsed, before, blank, closing_quote, fail,
    first_char_length, identifier,
};
use crate::offset::Position as _;
use crate::structs::ast::{Expression, Function, Operator, Position, Span, Term, Unary};
use crate::value::literal;

/// The operators between two operands, longer ones before those that they begin with, with how
/// tightly they bind.
const OPERATORS: [(&str, Operator, u8); 18] = [
    ("||", Operator::Or, 1),
    ("&&", Operator::And, 2),
    ("==", Operator::Equal, 3),
    ("!=", Operator::NotEqual, 3),
    ("<<", Operator::ShiftLeft, 7),
    (">>", Operator::ShiftRight, 7),
    ("<=", Operator::LessEqual, 3),
    (">=", Operator::GreaterEqual, 3),
    ("<", Operator::Less, 3),
    (">", Operator::Greater, 3),
    ("|", Operator::BitOr, 4),
    ("^", Operator::BitXor, 5),
    ("&", Operator::BitAnd, 6),
    ("+", Operator::Add, 8),
    ("-", Operator::Subtract, 8),
    ("*", Operator::Multiply, 9),
    ("/", Operator::Divide, 9),
    ("%", Operator::Remainder, 9),
];

/// How tightly comparisons bind.
const COMPARISON: u8 = 3;

/// Operators of conditions over records.
const WORDS: [(&str, Operator, u8); 2] = [("and", Operator::And, 2), ("or", Operator::Or, 1)];

const POSITIONS: [(&str, Position); 6] = [
    ("at", Position::At),
    ("start", Position::Start),
    ("end", Position::End),
    ("size", Position::Size),
    ("index", Position::Index),
    ("item", Position::Item),
];

const FUNCTIONS: [(&str, Function); 5] = [
    ("len", Function::Len),
    ("sum", Function::Sum),
    ("find", Function::Find),
    ("rfind", Function::FindLast),
    ("join", Function::Join),
];

impl<'t> Grammar<'t, '_> {
    /// `[` expression `]`.
    pub(super) fn bracketed(self, input: &'t str, what: &str) -> Parsed<'t, Expression> {
        self.parts.set(0);
        let inner = input.get(1..).unwrap_or_default();
        let (rest, expression) = self.expression(inner, 0)?;
        let rest = blank(rest);
        match rest.strip_prefix(']') {
            Some(rest) => Ok((rest, expression)),
            None => fail(
                rest,
                first_char_length(rest),
                format!("the {what} is not closed"),
                "expected an operator or ]",
            ),
        }
    }

    /// A whole expression, of which parts have not been counted yet.
    pub(super) fn new_expression(self, input: &'t str) -> Parsed<'t, Expression> {
        self.parts.set(0);
        self.expression(input, 0)
    }

    /// `default [? expression : expression]`
    fn expression(self, input: &'t str, depth: usize) -> Parsed<'t, Expression> {
        let (rest, condition) = self.default(input, depth)?;
        let Some(after) = blank(rest).strip_prefix('?') else {
            return Ok((rest, condition));
        };
        let depth = self.deeper(rest, depth)?;
        let (rest, first) = self.expression(after, depth)?;
        let rest = blank(rest);
        let Some(after) = rest.strip_prefix(':') else {
            return fail(
                rest,
                first_char_length(rest),
                "a condition has no second value",
                "expected a colon: condition ? one : other",
            );
        };
        let (rest, second) = self.expression(after, depth)?;
        let term = Term::IfElse(Box::new([condition, first, second]));
        Ok((rest, self.part(input, rest, term)?))
    }

    /// `binary [?? default]`
    fn default(self, input: &'t str, depth: usize) -> Parsed<'t, Expression> {
        let (rest, value) = self.binary(input, 1, depth)?;
        let Some(after) = blank(rest).strip_prefix("??") else {
            return Ok((rest, value));
        };
        let (rest, other) = self.default(after, self.deeper(rest, depth)?)?;
        let term = Term::Default(Box::new(value), Box::new(other));
        Ok((rest, self.part(input, rest, term)?))
    }

    /// What follows a word of conditions at the front.
    fn word(self, input: &'t str, word: &str) -> Option<&'t str> {
        let (after, found) = identifier(blank(input))
            .ok()
            .filter(|_| self.is_condition)?;
        (found == word).then_some(after)
    }

    /// A number with a fraction or an exponent, of which the first digits are read.
    fn fraction(self, input: &'t str, after: &'t str) -> Option<(&'t str, f64)> {
        if !self.is_condition {
            return None;
        }
        let digits = |text: &'t str| text.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let mut end = match after.strip_prefix('.') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => digits(rest),
            _ => after,
        };
        // An exponent with a sign.
        if before(input, end).ends_with(['e', 'E'])
            && let Some(rest) = end.strip_prefix(['+', '-'])
        {
            end = digits(rest);
        }
        let text = before(input, end);
        if text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() && !matches!(byte, b'e' | b'E'))
        {
            return None;
        }
        // What begins with 0x is none.
        Some((end, text.parse().ok()?))
    }

    /// Operands and the operators between them that bind at least that tightly.
    fn binary(self, input: &'t str, least: u8, depth: usize) -> Parsed<'t, Expression> {
        let (mut rest, mut left) = match self.word(input, "not").filter(|_| least <= COMPARISON) {
            // Of a whole comparison, as in Python.
            Some(after) => {
                let (rest, value) = self.binary(after, COMPARISON, self.deeper(input, depth)?)?;
                let term = Term::Unary(Unary::Not, Box::new(value));
                (rest, self.part(input, rest, term)?)
            }
            None => self.operand(input, depth)?,
        };
        loop {
            let at = blank(rest);
            let word = WORDS
                .iter()
                .find(|(text, ..)| self.word(at, text).is_some());
            let found = word
                .or_else(|| OPERATORS.iter().find(|(text, ..)| at.starts_with(text)))
                .filter(|(_, _, binds)| *binds >= least);
            let Some((text, operator, binds)) = found else {
                return Ok((rest, left));
            };
            let after = at.get(text.len()..).unwrap_or_default();
            let (next, right) = self.binary(after, binds.saturating_add(1), depth)?;
            let term = Term::Binary(*operator, Box::new(left), Box::new(right));
            left = self.part(at, after, term)?;
            rest = next;
        }
    }

    /// A value with a sign, or with members and items.
    fn operand(self, input: &'t str, depth: usize) -> Parsed<'t, Expression> {
        let input = blank(input);
        let sign = match input.as_bytes().first() {
            Some(b'-') => Some(Unary::Minus),
            Some(b'!') => Some(Unary::Not),
            Some(b'~') => Some(Unary::Complement),
            _ => None,
        };
        if let Some(sign) = sign {
            let after = input.get(1..).unwrap_or_default();
            let (rest, value) = self.operand(after, self.deeper(input, depth)?)?;
            let term = Term::Unary(sign, Box::new(value));
            return Ok((rest, self.part(input, rest, term)?));
        }
        let (mut rest, mut value) = self.value(input, depth)?;
        loop {
            let member = rest
                .strip_prefix('.')
                .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
            let term = if let Some(name) = member {
                let (after, name) = identifier(name)?;
                rest = after;
                Term::Member(Box::new(value), name.into())
            } else if let Some(inner) = rest.strip_prefix('[') {
                let (after, index) = self.expression(inner, self.deeper(rest, depth)?)?;
                let after = blank(after);
                let Some(closed) = after.strip_prefix(']') else {
                    return fail(
                        after,
                        first_char_length(after),
                        "a bracket is not closed",
                        "expected ]",
                    );
                };
                rest = closed;
                Term::Item(Box::new(value), Box::new(index))
            } else {
                return Ok((rest, value));
            };
            value = self.part(input, rest, term)?;
        }
    }

    fn value(self, input: &'t str, depth: usize) -> Parsed<'t, Expression> {
        let rest = input.get(1..).unwrap_or_default();
        match input.as_bytes() {
            [b'(', ..] => {
                let (after, inner) = self.expression(rest, self.deeper(input, depth)?)?;
                match blank(after).strip_prefix(')') {
                    Some(after) => Ok((after, inner)),
                    None => fail(
                        input,
                        1,
                        "a parenthesis is not closed",
                        "this one has no partner",
                    ),
                }
            }
            [b'@', ..] => {
                let found = identifier(rest).ok().and_then(|(after, name)| {
                    let found = POSITIONS.iter().find(|(known, _)| *known == name)?;
                    Some((after, found.1))
                });
                match found {
                    Some((after, position)) => {
                        Ok((after, self.part(input, after, Term::Position(position))?))
                    }
                    None => fail(
                        input,
                        1,
                        "that is no position",
                        "there are @at, @start, @end, @size, @index and @item",
                    ),
                }
            }
            [b'"' | b'\'', ..] | [b'x' | b'b', b'"' | b'\'', ..] => {
                let (after, bytes) = text(input)?;
                Ok((after, self.part(input, after, Term::Text(bytes))?))
            }
            [b'0'..=b'9', ..] => {
                let digit = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let (after, word) = take_while1(digit).parse(input)?;
                if let Some((after, x)) = self.fraction(input, after) {
                    return Ok((after, self.part(input, after, Term::Float(x))?));
                }
                let number = literal::integer(word).and_then(literal::Integer::to_value);
                match number.ok().and_then(|n| n.as_int()) {
                    Some(n) => Ok((after, self.part(input, after, Term::Number(n))?)),
                    None => fail(
                        input,
                        word.len(),
                        "that is no number that fits 128 bits",
                        "",
                    ),
                }
            }
            _ => self.name_or_call(input, depth),
        }
    }

    fn name_or_call(self, input: &'t str, depth: usize) -> Parsed<'t, Expression> {
        let Ok((after, name)) = identifier(input) else {
            return fail(
                input,
                first_char_length(input),
                "the expression is malformed",
                "expected a number, a field read before, or a parenthesis",
            );
        };
        let term = match (name, after.strip_prefix('(')) {
            ("true", None) => Term::Bool(true),
            ("false", None) => Term::Bool(false),
            (name, None) => Term::Name(name.into()),
            (name, Some(inner)) => {
                let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
                    return fail(
                        input,
                        name.len(),
                        format!("{name} is no function"),
                        "there are len, sum, find, rfind and join",
                    );
                };
                let (rest, arguments) = self.call(inner, depth)?;
                let term = Term::Call(*function, arguments);
                return Ok((rest, self.part(input, rest, term)?));
            }
        };
        Ok((after, self.part(input, after, term)?))
    }

    /// Arguments up to the closing parenthesis.
    pub(super) fn call(self, input: &'t str, depth: usize) -> Parsed<'t, Vec<Expression>> {
        let mut arguments = Vec::new();
        let mut rest = blank(input);
        if let Some(after) = rest.strip_prefix(')') {
            return Ok((after, arguments));
        }
        let depth = self.deeper(input, depth)?;
        loop {
            let (after, argument) = self.expression(rest, depth)?;
            arguments.push(argument);
            let after = blank(after);
            match after.as_bytes().first() {
                Some(b',') => rest = after.get(1..).unwrap_or_default(),
                Some(b')') => return Ok((after.get(1..).unwrap_or_default(), arguments)),
                _ => {
                    return fail(
                        after,
                        first_char_length(after),
                        "the arguments are not closed",
                        "expected a comma or )",
                    );
                }
            }
        }
    }

    /// A part of an expression, of which there is a limit.
    fn part(
        self,
        from: &'t str,
        to: &'t str,
        term: Term,
    ) -> Result<Expression, nom::Err<super::GrammarFault<'t>>> {
        let span: Span = self.span(from, to);
        self.parts.set(self.parts.get().past(1));
        if self.parts.get() > MAX_EXPRESSION {
            let label = format!("at most {MAX_EXPRESSION} numbers, names and operators");
            return fail(from, 1, "the expression is too long", label).map(|(_, never)| never);
        }
        Ok(Expression { span, term })
    }

    fn deeper(self, at: &'t str, depth: usize) -> Result<usize, nom::Err<super::GrammarFault<'t>>> {
        if depth >= MAX_DEPTH {
            let label = format!("at most {MAX_DEPTH} levels");
            return fail(at, 1, "parentheses are nested too deep", label).map(|(_, never)| never);
        }
        Ok(depth.past(1))
    }
}

/// Text in quotes, or bytes in hexadecimal: `"a"`, `b"a"`, `x"61"`.
pub(super) fn text(input: &str) -> Parsed<'_, Vec<u8>> {
    let (prefix, quoted) = match input.as_bytes() {
        [p @ (b'x' | b'b'), ..] => (Some(*p), input.get(1..).unwrap_or_default()),
        _ => (None, input),
    };
    let quote = quoted.chars().next().unwrap_or('"');
    let inner = quoted.get(1..).unwrap_or_default();
    let Some(length) = closing_quote(inner, quote) else {
        return fail(
            quoted,
            1,
            "the text is not closed",
            "this quote has no partner",
        );
    };
    let (content, closed) = inner.split_at_checked(length).unwrap_or_default();
    let after = closed.get(1..).unwrap_or_default();
    let bytes = match prefix {
        Some(b'x') => literal::hex(content),
        _ => literal::unescape(content),
    };
    match bytes {
        Ok(bytes) => Ok((after, bytes)),
        Err(e) => fail(quoted, before(quoted, after).len(), e.to_string(), ""),
    }
}
