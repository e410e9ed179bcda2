//! The expressions of counts.

use nom::Parser;
use nom::bytes::complete::take_while;

use super::{Grammar, MAX_DEPTH, Parsed, blank, fail, first_char_length};
use crate::structs::ast::{Expression, Operator, Token};
use crate::value::literal;

impl<'t> Grammar<'t> {
    /// `product { (+|-) product }`, into postfix order.
    pub(super) fn sum(
        self,
        input: &'t str,
        depth: usize,
        out: &mut Expression<'t>,
    ) -> Parsed<'t, ()> {
        let (mut rest, ()) = self.product(input, depth, out)?;
        loop {
            rest = blank(rest);
            let operator = match rest.as_bytes().first() {
                Some(b'+') => Operator::Add,
                Some(b'-') => Operator::Subtract,
                _ => return Ok((rest, ())),
            };
            rest = self.operand(rest, operator, Self::product, depth, out)?.0;
        }
    }

    /// `factor { (*|/) factor }`, into postfix order.
    fn product(self, input: &'t str, depth: usize, out: &mut Expression<'t>) -> Parsed<'t, ()> {
        let (mut rest, ()) = self.factor(input, depth, out)?;
        loop {
            rest = blank(rest);
            let operator = match rest.as_bytes().first() {
                Some(b'*') => Operator::Multiply,
                Some(b'/') => Operator::Divide,
                _ => return Ok((rest, ())),
            };
            rest = self.operand(rest, operator, Self::factor, depth, out)?.0;
        }
    }

    /// An operator and what stands behind it.
    fn operand(
        self,
        input: &'t str,
        operator: Operator,
        right: fn(Self, &'t str, usize, &mut Expression<'t>) -> Parsed<'t, ()>,
        depth: usize,
        out: &mut Expression<'t>,
    ) -> Parsed<'t, ()> {
        let rest = input.get(1..).unwrap_or_default();
        let (after, ()) = right(self, rest, depth, out)?;
        out.push((self.span(input, rest), Token::Operator(operator)));
        Ok((after, ()))
    }

    /// A number, a path, or a sum in parentheses.
    fn factor(self, input: &'t str, depth: usize, out: &mut Expression<'t>) -> Parsed<'t, ()> {
        let input = blank(input);
        if let Some(inner) = input.strip_prefix('(') {
            if depth >= MAX_DEPTH {
                let label = format!("at most {MAX_DEPTH} levels");
                return fail(input, 1, "parentheses are nested too deep", label);
            }
            let rest = blank(self.sum(inner, depth.saturating_add(1), out)?.0);
            return match rest.strip_prefix(')') {
                Some(rest) => Ok((rest, ())),
                None => fail(
                    input,
                    1,
                    "a parenthesis is not closed",
                    "this one has no partner",
                ),
            };
        }
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let (rest, word) = take_while(part).parse(input)?;
        let span = self.span(input, rest);
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            let number = literal::integer(word).and_then(literal::Integer::to_value);
            return match number.ok().and_then(|n| n.as_int()) {
                Some(number) => {
                    out.push((span, Token::Number(number)));
                    Ok((rest, ()))
                }
                None => fail(
                    input,
                    word.len(),
                    "that is no number that fits 128 bits",
                    "",
                ),
            };
        }
        let segments_are_names = word
            .split('.')
            .all(|part| !part.is_empty() && !part.starts_with(|c: char| c.is_ascii_digit()));
        if !segments_are_names {
            return fail(
                input,
                if word.is_empty() {
                    first_char_length(input)
                } else {
                    word.len()
                },
                "the count's expression is malformed",
                "expected a number, a field read before, or a parenthesis",
            );
        }
        out.push((span, Token::Path(word)));
        Ok((rest, ()))
    }
}
