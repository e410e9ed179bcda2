//! Choices: `{value ; 1, 3..5: … ; else: …}` and `{condition: … ; else: …}`.

use super::{Grammar, MAX_DEPTH, Parsed, blank, fail, first_char_length, is_blank};
use crate::offset::Position;
use crate::structs::ast::{Case, Expression, ItemKind, Labels};

impl<'t> Grammar<'t, '_> {
    pub(super) fn choice(self, input: &'t str, depth: usize) -> Parsed<'t, ItemKind<'t>> {
        if depth >= MAX_DEPTH {
            let label = format!("at most {MAX_DEPTH} levels");
            return fail(input, 1, "groups are nested too deep", label);
        }
        let inner = blank(input.get(1..).unwrap_or_default());
        let (mut rest, mut first) = (inner, None);
        let mut on = None;
        if else_label(inner).is_none() {
            let (after, expression) = self.new_expression(inner)?;
            let after = blank(after);
            match after.strip_prefix(';') {
                Some(cases) => {
                    on = Some(expression);
                    rest = cases;
                }
                None => {
                    first = Some(expression);
                    rest = after;
                }
            }
        }
        let mut cases = Vec::new();
        loop {
            let (after, labels) = self.labels(blank(rest), first.take())?;
            let (after, message) = self.message(blank(after))?;
            let read = message.into_iter().collect();
            let (after, format) = self.items(after, depth.past(1), read)?;
            cases.push(Case { labels, format });
            match after.as_bytes().first() {
                Some(b';') => rest = after.get(1..).unwrap_or_default(),
                Some(b'}') => {
                    let after = after.get(1..).unwrap_or_default();
                    return Ok((after, ItemKind::Choice(on, cases)));
                }
                _ => {
                    return fail(
                        input,
                        1,
                        "a choice is not closed",
                        "this brace has no partner",
                    );
                }
            }
        }
    }

    /// The labels of a case, up to its colon; `first` was parsed before it was known to be a label.
    fn labels(self, input: &'t str, first: Option<Expression>) -> Parsed<'t, Labels> {
        if first.is_none()
            && let Some(after) = else_label(input)
        {
            return Ok((after, Labels::Else));
        }
        let mut labels = Vec::new();
        let (mut rest, mut first) = (input, first);
        loop {
            let (after, from) = match first.take() {
                Some(first) => (rest, first),
                None => self.new_expression(rest)?,
            };
            let after = blank(after);
            let (after, to) = match after.strip_prefix("..") {
                Some(after) => {
                    let (after, to) = self.new_expression(after)?;
                    (blank(after), Some(to))
                }
                None => (after, None),
            };
            labels.push((from, to));
            if let Some(after) = after.strip_prefix(',') {
                rest = after;
                continue;
            }
            let Some(items) = after.strip_prefix(':') else {
                return fail(
                    after,
                    first_char_length(after),
                    "a case has no colon",
                    "expected a colon and the case's items: {n ; 1: H:a ; else: I:a}",
                );
            };
            return match items.chars().next() {
                Some(c) if !is_blank(c) && !matches!(c, ';' | '}' | '#') => fail(
                    items,
                    first_char_length(items),
                    "a case's colon is not set off from its items",
                    "put a space here; bit fields follow an integer code at once: B{a:4 b:4}",
                ),
                _ => Ok((items, Labels::Of(labels))),
            };
        }
    }
}

/// What follows `else:`.
fn else_label(input: &str) -> Option<&str> {
    blank(input.strip_prefix("else")?).strip_prefix(':')
}
