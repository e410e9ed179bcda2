//! Numbers and texts in expressions.

use super::expression::Expression;
use super::parse::{Parsed, Parser};
use crate::offset::Position;

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Parsed {
        let rest = self.rest();
        for (prefix, radix) in [
            ("0x", 16),
            ("0X", 16),
            ("0b", 2),
            ("0B", 2),
            ("0o", 8),
            ("0O", 8),
        ] {
            if let Some(digits) = rest.strip_prefix(prefix) {
                let end = digits
                    .find(|c: char| !c.is_digit(radix) && c != '_')
                    .unwrap_or(digits.len());
                self.skip(end.past(2));
                let digits: String = digits.get(..end).unwrap_or_default().replace('_', "");
                return i128::from_str_radix(&digits, radix)
                    .map(Expression::Int)
                    .map_err(|_| "expected digits that 128 bits hold".to_owned());
            }
        }
        let digits = |text: &str| {
            text.find(|c: char| !c.is_ascii_digit() && c != '_')
                .unwrap_or(text.len())
        };
        let mut end = digits(rest);
        let after = |end: usize| rest.get(end..).unwrap_or_default();
        let mut is_float = false;
        // A point that no name follows, which a method would be.
        if let Some(fraction) = after(end).strip_prefix('.')
            && !fraction.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '.'))
        {
            is_float = true;
            end = end.past(1).past(digits(fraction));
        }
        if let Some(exponent) = after(end).strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
                is_float = true;
                let sign = exponent.len().since(unsigned.len());
                end = end.past(1).past(sign).past(digits(unsigned));
            }
        }
        let text = rest.get(..end).unwrap_or_default().replace('_', "");
        self.skip(end);
        match is_float {
            true => text.parse().map(Expression::Float).ok(),
            false => text.parse().map(Expression::Int).ok(),
        }
        .ok_or_else(|| "a number beyond 128 bits".to_owned())
    }

    /// Adjacent strings are one.
    pub(super) fn strings(&mut self) -> Parsed {
        let mut text = String::new();
        loop {
            self.space();
            match self.next() {
                Some('"') => {
                    self.skip(1);
                    while let Some(c) = self.character('"')? {
                        text.push(c);
                    }
                }
                Some('\'') => {
                    self.skip(1);
                    let rest = self.rest();
                    let end = rest.find('\'').ok_or("expected a closing quote")?;
                    text.push_str(rest.get(..end).unwrap_or_default());
                    self.skip(end.past(1));
                }
                _ => return Ok(Expression::Text(text.into())),
            }
        }
    }

    /// A character of a text in double quotes; `None` at the closing one.
    fn character(&mut self, quote: char) -> Result<Option<char>, String> {
        let c = self.next().ok_or("expected a closing quote")?;
        self.skip(c.len_utf8());
        if c == quote {
            return Ok(None);
        }
        if c != '\\' {
            return Ok(Some(c));
        }
        let escape = self.next().ok_or("expected a closing quote")?;
        if escape.is_digit(8) {
            let digits: String = self
                .rest()
                .chars()
                .take(3)
                .take_while(|c| c.is_digit(8))
                .collect();
            self.skip(digits.len());
            let code = u32::from_str_radix(&digits, 8).unwrap_or(0);
            return Ok(char::from_u32(code));
        }
        self.skip(escape.len_utf8());
        Ok(Some(match escape {
            'a' => '\x07',
            'b' => '\x08',
            't' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            '\'' | '"' | '\\' => escape,
            'u' => {
                let digits = self.rest().get(..4).ok_or("expected four hex digits")?;
                let code =
                    u32::from_str_radix(digits, 16).map_err(|_| "expected four hex digits")?;
                self.skip(4);
                char::from_u32(code).ok_or("half of a pair of surrogates is no character")?
            }
            _ => return Err(format!("\\{escape} is no escape")),
        }))
    }

    /// The rest of `f"…{expression}…"`.
    pub(super) fn joined(&mut self) -> Parsed {
        let mut pieces = Vec::new();
        let mut text = String::new();
        loop {
            if self.rest().starts_with('{') {
                self.skip(1);
                if !text.is_empty() {
                    pieces.push(Expression::Text(std::mem::take(&mut text).into()));
                }
                pieces.push(self.choice()?);
                self.wants("}")?;
                continue;
            }
            match self.character('"')? {
                Some(c) => text.push(c),
                None => break,
            }
        }
        if !text.is_empty() {
            pieces.push(Expression::Text(text.into()));
        }
        Ok(Expression::Joined(pieces))
    }
}
