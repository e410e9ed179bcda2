//! The parts of a field that only formats of whole files have.

use super::expression::text;
use super::{Grammar, Parsed, blank, fail, first_char_length, identifier, separated};
use crate::structs::ast::{
    Argument, Check, Definition, Expression, Extensions, Item, ItemKind, Kind,
};
use crate::structs::code;

impl Extensions<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.place.is_none()
            && self.end.is_none()
            && self.kinds.is_empty()
            && self.key.is_none()
            && self.is.is_none()
    }
}

impl<'t> Grammar<'t, '_> {
    /// `.name ~kind =[expression]`
    pub(super) fn without_bytes(
        self,
        input: &'t str,
    ) -> Result<Option<(&'t str, Item<'t>)>, nom::Err<super::GrammarFault<'t>>> {
        let Some(after) = input.strip_prefix('.') else {
            return Ok(None);
        };
        let (rest, name) = identifier(after).map_err(|_| {
            expected(
                after,
                "a dot is followed by no name",
                "a computed value has one: .area=[width * height]",
            )
        })?;
        let (rest, kinds) = self.kinds(rest)?;
        let Some(brackets) = rest.strip_prefix('=').filter(|rest| rest.starts_with('[')) else {
            return fail(
                rest,
                first_char_length(rest),
                "a computed value has no expression",
                "expected an equals sign and brackets: .area=[width * height]",
            )
            .map(|(_, never)| never);
        };
        let (rest, expression) = self.bracketed(brackets, "expression")?;
        let beyond = Extensions {
            kinds,
            ..Extensions::default()
        };
        let item = Item {
            span: self.span(input, rest),
            count: None,
            what: ItemKind::Computed(expression),
            name: Some(name),
            constant: None,
            beyond: Some(Box::new(beyond)),
        };
        Ok(Some((rest, item)))
    }

    /// The words of an error in quotes, at the beginning of a case.
    pub(super) fn message(self, input: &'t str) -> Parsed<'t, Option<Item<'t>>> {
        if !input.starts_with(['"', '\'']) {
            return Ok((input, None));
        }
        let (rest, bytes) = text(input)?;
        let item = Item {
            span: self.span(input, rest),
            count: None,
            what: ItemKind::Fail(String::from_utf8_lossy(&bytes).into_owned()),
            name: None,
            constant: None,
            beyond: None,
        };
        Ok((rest, Some(item)))
    }

    /// `&[expression]`
    pub(super) fn place(
        self,
        input: &'t str,
    ) -> Result<Option<(&'t str, Expression)>, nom::Err<super::GrammarFault<'t>>> {
        let Some(rest) = input.strip_prefix('&') else {
            return Ok(None);
        };
        if !rest.starts_with('[') {
            return fail(
                rest,
                first_char_length(rest),
                "a place has no offset",
                "expected brackets: &[offset]4s:data",
            )
            .map(|(_, never)| never);
        }
        self.bracketed(rest, "offset").map(Some)
    }

    /// `~kind` and `~kind(arguments)`, any number.
    pub(super) fn kinds(self, mut input: &'t str) -> Parsed<'t, Vec<Kind<'t>>> {
        let mut kinds = Vec::new();
        while let Some(rest) = input.strip_prefix('~') {
            let (after, name) = identifier(rest).map_err(|_| {
                expected(rest, "a tilde is followed by no kind", "as in I~unix:mtime")
            })?;
            let span = self.span(input, after);
            let (after, arguments) = match after.strip_prefix('(') {
                Some(inner) => {
                    self.parts.set(0);
                    self.call(inner, 0)?
                }
                None => (after, Vec::new()),
            };
            kinds.push(Kind {
                span,
                name,
                arguments,
            });
            input = after;
        }
        Ok((input, kinds))
    }

    /// `{name: expression, …}` after the name of a format.
    pub(super) fn arguments(self, input: &'t str) -> Parsed<'t, Vec<Argument<'t>>> {
        let mut arguments = Vec::new();
        let Some(mut rest) = input.strip_prefix('{') else {
            return Ok((input, arguments));
        };
        loop {
            rest = blank(rest);
            let name = identifier(rest).ok();
            let Some((after, name)) =
                name.and_then(|(after, name)| Some((blank(after).strip_prefix(':')?, name)))
            else {
                return fail(
                    rest,
                    first_char_length(rest),
                    "that is no parameter",
                    "expected a name, a colon and a value: %values{count: n}",
                );
            };
            let span = self.span(rest, rest.get(name.len()..).unwrap_or_default());
            let (after, value) = self.new_expression(after)?;
            arguments.push(Argument { span, name, value });
            let after = blank(after);
            match after.as_bytes().first() {
                Some(b',') => rest = after.get(1..).unwrap_or_default(),
                Some(b'}') => return Ok((after.get(1..).unwrap_or_default(), arguments)),
                _ => {
                    return fail(
                        after,
                        first_char_length(after),
                        "the parameters are not closed",
                        "expected a comma or }",
                    );
                }
            }
        }
    }

    /// What follows an equals sign, where it is no constant.
    pub(super) fn is(self, input: &'t str, depth: usize) -> Parsed<'t, Option<Definition<'t>>> {
        let Some(rest) = input.strip_prefix('=') else {
            return Ok((input, None));
        };
        let (after, is) = match rest.as_bytes().first() {
            Some(b'[') => {
                let (after, expression) = self.bracketed(rest, "expression")?;
                (after, Definition::Computed(expression))
            }
            Some(b'(' | b'{' | b'%') => {
                let (after, what) = self.what(rest, rest, false, depth)?;
                (after, Definition::Inside(what, false))
            }
            Some(b'?') => {
                let inside = rest.get(1..).unwrap_or_default();
                if !inside.starts_with(['(', '{', '%']) {
                    return fail(
                        inside,
                        first_char_length(inside),
                        "nothing says what the bytes may hold",
                        "expected (, { or %name: [n]s:data=?(H:width H:height)",
                    );
                }
                let (after, what) = self.what(inside, inside, false, depth)?;
                (after, Definition::Inside(what, true))
            }
            _ => match identifier(rest) {
                Ok((after, name)) if after.starts_with('(') => {
                    let (after, check) = self.check(rest, after, name)?;
                    (after, Definition::Check(check))
                }
                _ => return Ok((input, None)),
            },
        };
        if !separated(after) {
            return fail(
                after,
                first_char_length(after),
                "what a field holds is not set off from what follows",
                "put a space here",
            );
        }
        Ok((after, Some(is)))
    }

    /// `crc32(from..to, self=0)`, after the function's name.
    fn check(self, start: &'t str, input: &'t str, function: &'t str) -> Parsed<'t, Check<'t>> {
        let inner = input.get(1..).unwrap_or_default();
        let (rest, from) = self.new_expression(inner)?;
        let mut rest = blank(rest);
        let mut to = None;
        if let Some(after) = rest.strip_prefix("..") {
            let (after, last) = self.new_expression(after)?;
            rest = blank(after);
            to = Some(last);
        }
        let (mut own, mut when) = (None, None);
        while let Some(after) = rest.strip_prefix(',') {
            let after = blank(after);
            let stated = |name: &str| blank(after.strip_prefix(name)?).strip_prefix('=');
            let (slot, value) = match (stated("self"), stated("when")) {
                (Some(value), _) if own.is_none() => (&mut own, value),
                (_, Some(value)) if when.is_none() => (&mut when, value),
                _ => {
                    return fail(
                        after,
                        first_char_length(after),
                        "that is no argument of a check",
                        "expected the byte that the field itself counts as, self=0, or a condition, \
                         when=flags & 1",
                    );
                }
            };
            let (after, value) = self.new_expression(value)?;
            rest = blank(after);
            *slot = Some(value);
        }
        let Some(after) = rest.strip_prefix(')') else {
            return fail(
                rest,
                first_char_length(rest),
                "a check is not closed",
                "expected ): crc32(first..last)",
            );
        };
        let check = Check {
            span: self.span(start, after),
            function,
            from,
            to,
            own,
            when,
        };
        Ok((after, check))
    }
}

/// `[name]` after the name of an array.
pub(super) fn key(input: &str) -> Result<Option<(&str, &str)>, nom::Err<super::GrammarFault<'_>>> {
    let Some(rest) = input.strip_prefix('[') else {
        return Ok(None);
    };
    match identifier(rest) {
        Ok((after, name)) if after.starts_with(']') => {
            Ok(Some((after.get(1..).unwrap_or_default(), name)))
        }
        _ => Err(expected(
            rest,
            "that is no key",
            "expected the name of a field of the items: chunks[type]",
        )),
    }
}

/// The bytes that end a `z`: `z"\r\n"`.
pub(super) fn end_of_text<'t>(what: &ItemKind<'_>, input: &'t str) -> Parsed<'t, Option<Vec<u8>>> {
    let is_text = matches!(what, ItemKind::Code(code, _) if code.kind == code::Kind::CString);
    let quoted =
        input.starts_with(['"', '\'']) || input.starts_with("x\"") || input.starts_with("x'");
    if !is_text || !quoted {
        return Ok((input, None));
    }
    let (rest, end) = text(input)?;
    if end.is_empty() {
        return fail(input, 2, "the text has no end", "at least one byte ends it");
    }
    Ok((rest, Some(end)))
}

fn expected<'t>(
    at: &'t str,
    message: &'static str,
    label: &'static str,
) -> nom::Err<super::GrammarFault<'t>> {
    nom::Err::Failure(super::GrammarFault {
        at,
        length: first_char_length(at),
        message: message.into(),
        label: label.into(),
    })
}
