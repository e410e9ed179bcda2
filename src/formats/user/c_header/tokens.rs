//! The words of a C header.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_until, take_while, take_while1};
use nom::combinator::{opt, recognize, rest};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::offset::{Position, Tally};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word<'t> {
    Name(&'t str),
    Number(i128),
    /// A string, a character or a number that is no integer.
    Other(&'t str),
    Sign(&'t str),
    /// A line of the preprocessor, without its hash.
    Line(&'t str),
}

#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) line: usize,
    pub(super) word: Word<'t>,
}

type Parsed<'t, T> = IResult<&'t str, T>;

/// White space and comments; not the end of a line of the preprocessor.
fn space(text: &str) -> Parsed<'_, &str> {
    let block = recognize((tag("/*"), take_until("*/"), tag("*/")));
    let line = recognize(pair(tag("//"), take_while(|c| c != '\n')));
    let blank = take_while1(|c: char| c.is_whitespace());
    alt((blank, recognize(pair(tag("\\"), tag("\n"))), block, line)).parse(text)
}

fn name(text: &str) -> Parsed<'_, &str> {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let later = |c: char| c.is_ascii_alphanumeric() || c == '_';
    recognize(pair(take_while1(first), take_while(later))).parse(text)
}

/// A number with its suffixes, whatever it is.
fn number(text: &str) -> Parsed<'_, &str> {
    let digits = take_while1(|c: char| c.is_ascii_digit());
    recognize(pair(
        digits,
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '.'),
    ))
    .parse(text)
}

fn quoted(text: &str) -> Parsed<'_, &str> {
    let inside = |end: char| {
        move |text: &'_ str| {
            let mut escaped = false;
            for (at, c) in text.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    c if c == end || c == '\n' => return at,
                    _ => {}
                }
            }
            text.len()
        }
    };
    for (open, end) in [("\"", '"'), ("'", '\'')] {
        if let Some(after) = text.strip_prefix(open) {
            let size = inside(end)(after).saturating_add(2).min(text.len());
            if let Some((found, left)) = text.split_at_checked(size) {
                return Ok((left, found));
            }
        }
    }
    Err(nom::Err::Error(nom::error::Error::new(
        text,
        nom::error::ErrorKind::Char,
    )))
}

/// A line of the preprocessor, with those that a backslash joins to it.
fn line(text: &str) -> Parsed<'_, &str> {
    let (inner, _) = tag("#")(text)?;
    let mut size = 0usize;
    let mut joined = false;
    for c in inner.chars() {
        match c {
            '\n' if !joined => break,
            '\\' => joined = true,
            '\r' => {}
            _ => joined = false,
        }
        size.tally(c.len_utf8());
    }
    let (found, left) = inner.split_at_checked(size).unwrap_or((inner, ""));
    Ok((left, found.trim()))
}

fn sign(text: &str) -> Parsed<'_, &str> {
    let two = alt((tag("<<"), tag(">>"), tag("...")));
    alt((two, recognize(nom::character::complete::anychar))).parse(text)
}

/// The integer that digits are, in C's bases and with its suffixes.
pub(super) fn integer(text: &str) -> Option<i128> {
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = match (lower.strip_prefix("0x"), lower.strip_prefix("0b")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 2),
        _ if lower.len() > 1 && lower.starts_with('0') => (lower.as_str(), 8),
        _ => (lower.as_str(), 10),
    };
    i128::from_str_radix(digits, base).ok()
}

/// All words of a text, the first of which is in a line.
pub(super) fn tokens(text: &str, first: usize) -> Vec<Token<'_>> {
    let mut made = Vec::new();
    let (mut left, mut at) = (text, first);
    let mut begins_line = true;
    while !left.is_empty() {
        let (after, word) = match space(left) {
            Ok((after, blank)) => {
                begins_line |= blank.contains('\n');
                (after, None)
            }
            Err(_) => {
                let read = match begins_line.then(|| line(left)) {
                    Some(Ok((after, found))) => Ok((after, Word::Line(found))),
                    _ => word(left),
                };
                begins_line = false;
                match read {
                    Ok((after, word)) => (after, Some(word)),
                    Err(_) => break,
                }
            }
        };
        if let Some(word) = word {
            made.push(Token { line: at, word });
        }
        let taken = left.len().since(after.len());
        let taken = left.get(..taken).unwrap_or_default();
        at.advance(taken.matches('\n').count());
        left = after;
    }
    made
}

fn word(text: &str) -> Parsed<'_, Word<'_>> {
    let number = number.map(|text| integer(text).map_or(Word::Other(text), Word::Number));
    let other = quoted.map(Word::Other);
    alt((name.map(Word::Name), number, other, sign.map(Word::Sign))).parse(text)
}

/// A line of the preprocessor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive<'t> {
    /// A name and what it stands for; nothing where it takes arguments.
    Define(&'t str, Option<&'t str>),
    /// What is in the parentheses of `pack`.
    Pack(&'t str),
    /// A condition: `if`, `ifdef`, `elif`, `else`, and what follows.
    Condition(&'t str, &'t str),
    End,
    /// A directive without effect on the layout.
    Nothing,
}

pub(super) fn directive(text: &str) -> Directive<'_> {
    let blank =
        |text| take_while::<_, &str, nom::error::Error<&str>>(|c: char| c.is_whitespace())(text);
    let read = |text| -> Parsed<'_, Directive<'_>> {
        let (left, word) = name(text)?;
        let (left, _) = blank(left)?;
        Ok(match word {
            "define" => {
                let (value, name) = name(left)?;
                let value = (!value.starts_with('(')).then(|| value.trim());
                ("", Directive::Define(name, value))
            }
            "pragma" => {
                let inside = delimited(tag("("), take_until(")"), tag(")"));
                let mut pack = preceded((tag("pack"), blank), opt(inside));
                match pack.parse(left) {
                    Ok((left, Some(inside))) => (left, Directive::Pack(inside)),
                    _ => ("", Directive::Nothing),
                }
            }
            "if" | "ifdef" | "ifndef" | "elif" | "else" => {
                let (left, condition) = rest(left)?;
                (left, Directive::Condition(word, condition))
            }
            "endif" => ("", Directive::End),
            _ => ("", Directive::Nothing),
        })
    };
    read(text).map_or(Directive::Nothing, |(_, directive)| directive)
}
