//! Bit fields: `{a:5 b:6 _:5}`.

use nom::Parser;
use nom::character::complete::{char, digit1};

use super::{
    Grammar, GrammarFault, Parsed, blank, fail, first_char_length, hint, identifier, separated,
};
use crate::structs::ast::{Bits, Format, Item, ItemKind};

impl<'t> Grammar<'t, '_> {
    /// Bit fields: `{a:5 b:6 _:5}`.
    pub(super) fn bits(self, input: &'t str) -> Parsed<'t, Option<Bits<'t>>> {
        let Some(mut rest) = input.strip_prefix('{') else {
            return Ok((input, None));
        };
        let least_first = match rest.as_bytes().first() {
            Some(b'<') => Some(true),
            Some(b'>') => Some(false),
            _ => None,
        };
        if least_first.is_some() {
            rest = rest.get(1..).unwrap_or_default();
        }
        let mut fields = Vec::new();
        loop {
            rest = blank(rest);
            if let Some(after) = rest.strip_prefix('}') {
                return Ok((
                    after,
                    Some(Bits {
                        least_first,
                        fields,
                    }),
                ));
            }
            if rest.is_empty() {
                return fail(
                    input,
                    1,
                    "bit fields are not closed",
                    "this brace has no partner",
                );
            }
            let start = rest;
            let (after, (name, _, width)) = (identifier, char(':'), digit1).parse(rest).or_else(
                |_: nom::Err<GrammarFault<'_>>| {
                    let length = first_char_length(start);
                    let label = match !start
                        .trim_start_matches(hint::is_word)
                        .starts_with(|c: char| c.is_ascii())
                    {
                        true => hint::NAMES,
                        false => "expected name:width, as in version:4",
                    };
                    fail(start, length, "that is no bit field", label)
                },
            )?;
            if !(separated(after) || after.starts_with('}')) || after.starts_with(')') {
                return fail(
                    after,
                    first_char_length(after),
                    "a bit field is not set off from what follows",
                    hint::to_set_off(after),
                );
            }
            fields.push((
                self.span(start, after),
                name,
                width.parse().unwrap_or(u64::MAX),
            ));
            rest = after;
        }
    }
}

/// Bit fields are among the fields of their level, except with a name or a count: then they become a group of nothing
/// else.
pub(super) fn bits_of_their_own(item: Item<'_>) -> Item<'_> {
    let Item {
        span,
        count,
        what,
        name,
        constant,
        beyond: _,
    } = item;
    let bits = Item {
        span,
        count: None,
        what,
        name: None,
        constant,
        beyond: None,
    };
    let group = Format {
        order: None,
        items: vec![bits],
        is_bits: true,
    };
    Item {
        span,
        count,
        what: ItemKind::Group(group),
        name,
        constant: None,
        beyond: None,
    }
}
