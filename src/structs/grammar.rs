//! The grammar: the text of a format becomes the tree of `ast`.
//!
//! Written out for readers in `docs/format-language.md`.

mod bits;
mod choice;
mod expression;
mod field;
mod hint;

use std::borrow::Cow;
use std::cell::Cell;

use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{opt, recognize};
use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Parser};

use super::ast::{Count, Expression, Extensions, Format, Item, ItemKind, Literal, Span};
use super::code::{Code, Order};
use super::error::Fault;

use field::{end_of_text, key};

use crate::offset::Position;

/// How deep groups, and parentheses in an expression, may be nested.
pub(super) const MAX_DEPTH: usize = 64;

/// How many numbers, names and operators the expression of a count may have: a repeated group
/// evaluates it for every item.
const MAX_EXPRESSION: usize = 256;

/// A fault at the front of `at`; its place in the whole text follows from what is left of it.
#[derive(Debug)]
struct GrammarFault<'t> {
    at: &'t str,
    length: usize,
    message: Cow<'static, str>,
    label: Cow<'static, str>,
}

impl<'t> ParseError<&'t str> for GrammarFault<'t> {
    fn from_error_kind(at: &'t str, _: ErrorKind) -> Self {
        GrammarFault {
            at,
            length: 1,
            message: Cow::Borrowed("the format is malformed"),
            label: Cow::Borrowed(""),
        }
    }

    fn append(_: &'t str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'t, T> = IResult<&'t str, T, GrammarFault<'t>>;

fn fail<'t, T>(
    at: &'t str,
    length: usize,
    message: impl Into<Cow<'static, str>>,
    label: impl Into<Cow<'static, str>>,
) -> Parsed<'t, T> {
    Err(nom::Err::Failure(GrammarFault {
        at,
        length,
        message: message.into(),
        label: label.into(),
    }))
}

/// Parses a whole format.
pub(super) fn parse(text: &str) -> Result<Format<'_>, Fault> {
    let parts = Cell::new(0);
    let grammar = Grammar {
        text,
        parts: &parts,
        is_condition: false,
    };
    let outcome = grammar.format(text, 0).and_then(|(rest, format)| {
        let (message, label) = match rest.chars().next() {
            None => return Ok(format),
            Some(')') => ("a parenthesis closes nothing", "no group is open here"),
            Some('}') => ("a brace closes nothing", "no choice is open here"),
            Some(c) => return hint::unknown_code(rest, c).map(|(_, format)| format),
        };
        fail(rest, 1, message, label).map(|(_, format)| format)
    });
    outcome.map_err(|e| fault(text, e, hint::for_type))
}

/// Parses a condition over the fields of a record: an expression, in which `and`, `or` and `not` are words,
/// and numbers may have fractions.
pub(super) fn parse_condition(text: &str) -> Result<Expression, Fault> {
    let parts = Cell::new(0);
    let grammar = Grammar {
        text,
        parts: &parts,
        is_condition: true,
    };
    let outcome = grammar.new_expression(text).and_then(|(rest, condition)| {
        let rest = blank(rest);
        match rest.is_empty() {
            true => Ok(condition),
            false => fail(
                rest,
                first_char_length(rest),
                "the condition goes on after its end",
                "expected an operator: == != < <= > >= and or + - * / %",
            )
            .map(|(_, condition)| condition),
        }
    });
    outcome.map_err(|e| fault(text, e, |_, _| None))
}

/// A fault with its place in the text.
fn fault(
    text: &str,
    error: nom::Err<GrammarFault<'_>>,
    hint: impl Fn(&str, usize) -> Option<String>,
) -> Fault {
    match error {
        nom::Err::Error(fail) | nom::Err::Failure(fail) => {
            let start = text.len().since(fail.at.len());
            let end = start.past(fail.length).min(text.len());
            let label = hint(text, start).map_or(fail.label, Cow::Owned);
            Fault::new(start..end, fail.message, label)
        }
        nom::Err::Incomplete(_) => Fault::new(text.len()..text.len(), "the format ends early", ""),
    }
}

/// The white space that Python's `struct` skips.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// White space and comments, none or many.
fn blank(mut input: &str) -> &str {
    loop {
        input = input.trim_start_matches(is_blank);
        match input.strip_prefix('#') {
            Some(comment) => input = comment.trim_start_matches(|c| c != '\n'),
            None => return input,
        }
    }
}

fn identifier(input: &str) -> Parsed<'_, &str> {
    recognize((
        take_while1(|c: char| c.is_ascii_alphabetic() || c == '_'),
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    ))
    .parse(input)
}

/// What may follow a name, a constant or an alignment.
fn separated(input: &str) -> bool {
    match input.chars().next() {
        None => true,
        Some(c) => is_blank(c) || matches!(c, ')' | '#' | ';' | '}'),
    }
}

fn first_char_length(input: &str) -> usize {
    input.chars().next().map_or(1, char::len_utf8)
}

/// Positions are places in this text.
#[derive(Clone, Copy)]
struct Grammar<'t, 'c> {
    text: &'t str,
    /// How many parts the expression has so far.
    parts: &'c Cell<usize>,
    /// Whether the text is a condition over records and no format.
    is_condition: bool,
}

impl<'t> Grammar<'t, '_> {
    #[allow(clippy::cast_possible_truncation, reason = "spans only serve messages")]
    fn span(self, from: &'t str, to: &'t str) -> Span {
        let place = |rest: &str| self.text.len().since(rest.len()) as u32;
        (place(from), place(to))
    }

    fn format(self, input: &'t str, depth: usize) -> Parsed<'t, Format<'t>> {
        self.items(input, depth, Vec::new())
    }

    /// A format of which some items have been read.
    fn items(
        self,
        input: &'t str,
        depth: usize,
        mut items: Vec<Item<'t>>,
    ) -> Parsed<'t, Format<'t>> {
        let order = input.chars().next().and_then(Order::from_char);
        let mut input = match order {
            Some(_) => input.get(1..).unwrap_or_default(),
            None => input,
        };
        loop {
            input = blank(input);
            if input.is_empty() || input.starts_with([')', ';', '}']) {
                let format = Format {
                    order,
                    items,
                    is_bits: false,
                };
                return Ok((input, format));
            }
            let (rest, item) = self.item(input, depth)?;
            items.push(item);
            input = rest;
        }
    }

    fn item(self, input: &'t str, depth: usize) -> Parsed<'t, Item<'t>> {
        let start = input;
        if let Some(found) = self.without_bytes(input)? {
            return Ok(found);
        }
        let mut beyond = Extensions::default();
        let (mut input, mut count) = self.count(input)?;
        if let Some((after, place)) = self.place(input)? {
            beyond.place = Some((count.take(), place));
            (input, count) = self.count(after)?;
        }
        let (input, what) = self.what(start, input, count.is_some(), depth)?;
        let (input, end) = end_of_text(&what, input)?;
        beyond.end = end;
        let (input, kinds) = self.kinds(input)?;
        beyond.kinds = kinds;
        let (mut input, name) = name(input)?;
        if name.is_some()
            && let Some((after, key)) = key(input)?
        {
            beyond.key = Some(key);
            input = after.strip_prefix(':').unwrap_or(after);
        }
        let closed = name.is_some() && ends_with_colon(start, input);
        let (input, is) = self.is(input, depth)?;
        let is_inside = is.is_some();
        beyond.is = is;
        let (input, constant) = match is_inside {
            true => (input, None),
            false => self.constant(input)?,
        };

        let wants_end =
            matches!(what, ItemKind::Align(_)) || constant.is_some() || (name.is_some() && !closed);
        if wants_end && !is_inside && !separated(input) {
            let after = match (&constant, &name) {
                (Some(_), _) => "a constant",
                (None, Some(_)) => "a name",
                (None, None) => "an alignment",
            };
            return fail(
                input,
                first_char_length(input),
                format!("{after} is not set off from what follows"),
                hint::to_set_off(input),
            );
        }
        let mut item = Item {
            span: self.span(start, input),
            count,
            what,
            name,
            constant,
            beyond: None,
        };
        if matches!(item.what, ItemKind::Code(_, Some(_)))
            && (name.is_some() || item.count.is_some())
        {
            item = bits::bits_of_their_own(item);
        }
        if !beyond.is_empty() {
            item.beyond = Some(Box::new(beyond));
        }
        Ok((input, item))
    }

    fn count(self, input: &'t str) -> Parsed<'t, Option<Count>> {
        match input.as_bytes().first() {
            Some(b'0'..=b'9') => {
                let (rest, digits) = digit1(input)?;
                match digits.parse().ok().filter(|n| i64::try_from(*n).is_ok()) {
                    Some(number) => Ok((rest, Some(Count::Number(number)))),
                    None => fail(
                        input,
                        digits.len(),
                        "the count is too large",
                        format!("a size has at most 63 bits: {}", i64::MAX),
                    ),
                }
            }
            Some(b'*') => {
                let rest = input.get(1..).unwrap_or_default();
                if !rest.starts_with('[') {
                    return Ok((rest, Some(Count::Rest)));
                }
                let (rest, condition) = self.bracketed(rest, "condition")?;
                Ok((rest, Some(Count::Until(condition))))
            }
            Some(b'[') => {
                let (rest, expression) = self.bracketed(input, "count")?;
                Ok((rest, Some(Count::Expression(expression))))
            }
            _ => Ok((input, None)),
        }
    }

    /// A group: `input` begins at its parenthesis, `rest` after it.
    fn group(self, input: &'t str, rest: &'t str, depth: usize) -> Parsed<'t, ItemKind<'t>> {
        if depth >= MAX_DEPTH {
            return fail(
                input,
                1,
                "groups are nested too deep",
                format!("at most {MAX_DEPTH} levels"),
            );
        }
        let (after, group) = self.format(rest, depth.past(1))?;
        match after.strip_prefix(')') {
            Some(after) => Ok((after, ItemKind::Group(group))),
            None => fail(
                input,
                1,
                "a group is not closed",
                "this parenthesis has no partner",
            ),
        }
    }

    /// What follows a count: a code, a group, a reference, an alignment.
    fn what(
        self,
        start: &'t str,
        input: &'t str,
        counted: bool,
        depth: usize,
    ) -> Parsed<'t, ItemKind<'t>> {
        let count = before(start, input);
        // An expression may be long, of several lines, and hold a comment with anything in it.
        let shown = || match count.len() {
            ..=20 if !count.starts_with('[') => format!("the count {count}"),
            _ => "the count".to_owned(),
        };
        let Some(first) = input.chars().next() else {
            let place = start.get(count.len().saturating_sub(1)..).unwrap_or(start);
            return fail(
                place,
                1,
                "a count is followed by nothing",
                format!("expected a format code after {}", shown()),
            );
        };
        let rest = input.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '(' => self.group(input, rest, depth),
            '%' => match identifier(rest) {
                Ok((after, name)) => {
                    let (after, arguments) = self.arguments(after)?;
                    Ok((after, ItemKind::Reference(name, arguments)))
                }
                Err(_) => fail(
                    rest,
                    first_char_length(rest),
                    "a percent sign is followed by no name",
                    "expected the name of a known format",
                ),
            },
            '{' => self.choice(input, depth),
            'U' | 'u' if counted => {
                let (rest, bits) = self.bits(rest)?;
                let signed = first == 'u';
                Ok((rest, ItemKind::Wide { signed, bits }))
            }
            'M' | 'm' => {
                let signed = first == 'm';
                Ok((rest, ItemKind::Base128 { signed }))
            }
            '|' if counted => fail(
                input,
                1,
                "an alignment takes no count",
                "write the multiple after it: |4",
            ),
            '|' => alignment(rest),
            _ if is_blank(first) && counted => fail(
                input,
                1,
                format!("white space between {} and its code", shown()),
                "the code follows its count at once",
            ),
            _ => {
                let Some(code) = Code::at_front_of(input) else {
                    return hint::unknown_code(input, first);
                };
                let rest = input.get(code.letters.len()..).unwrap_or_default();
                let (rest, bits) = self.bits(rest)?;
                Ok((rest, ItemKind::Code(code, bits)))
            }
        }
    }

    fn constant(self, input: &'t str) -> Parsed<'t, Option<(Span, Literal<'t>)>> {
        let Some(rest) = input.strip_prefix('=') else {
            return Ok((input, None));
        };
        if matches!(
            rest.as_bytes(),
            [b'"' | b'\'', ..] | [b'x' | b'b', b'"' | b'\'', ..]
        ) {
            let (after, bytes) = expression::text(rest)?;
            return Ok((
                after,
                Some((self.span(rest, after), Literal::Quoted(bytes))),
            ));
        }
        let (after, word) =
            take_while(|c: char| !is_blank(c) && !matches!(c, ')' | '#' | ';' | '}'))
                .parse(rest)?;
        if word.is_empty() {
            return fail(
                rest,
                1,
                "an equals sign is followed by no constant",
                "expected text in quotes or a number",
            );
        }
        Ok((after, Some((self.span(rest, after), Literal::Word(word)))))
    }
}

/// The multiple of an alignment; `rest` is the text after the bar.
fn alignment<'t>(rest: &'t str) -> Parsed<'t, ItemKind<'t>> {
    let (after, digits) = opt(digit1).parse(rest)?;
    match digits.map(str::parse::<u64>) {
        Some(Ok(n)) if n > 0 && i64::try_from(n).is_ok() => Ok((after, ItemKind::Align(n))),
        _ => fail(
            rest,
            digits.map_or(first_char_length(rest), str::len),
            "an alignment wants a multiple above 0",
            "as in |4",
        ),
    }
}

/// `:name`, with or without PEP 3118's closing colon.
fn name(input: &str) -> Parsed<'_, Option<&str>> {
    let Some(rest) = input.strip_prefix(':') else {
        return Ok((input, None));
    };
    match identifier(rest) {
        Ok((after, name)) => Ok((after.strip_prefix(':').unwrap_or(after), Some(name))),
        Err(_) => fail(
            rest,
            first_char_length(rest),
            "a colon is followed by no name",
            match rest.chars().next() {
                Some(c) if !c.is_ascii() => hint::NAMES,
                _ => "a name begins with a letter or an underscore",
            },
        ),
    }
}

fn ends_with_colon(start: &str, rest: &str) -> bool {
    before(start, rest).ends_with(':')
}

/// What was read of a text, of which the rest is left.
fn before<'t>(text: &'t str, rest: &str) -> &'t str {
    text.get(..text.len().since(rest.len())).unwrap_or_default()
}

/// The distance to the quote that closes a text, in bytes; escaped quotes don't count.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(i, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(i)
    })
}

#[cfg(test)]
mod tests;
