//! Constant expressions of C: lengths of arrays, values of enums, widths of bit fields.

use std::collections::HashMap;

use super::tokens::{Token, Word};

use crate::offset::Position;

/// How deep parentheses may be nested.
const MAX_DEPTH: usize = 64;

pub(super) type Constants = HashMap<String, i128>;

/// The value of an expression, and how many words it has.
pub(super) fn constant(words: &[Token<'_>], known: &Constants) -> Result<(i128, usize), String> {
    let mut reader = Reader {
        words,
        known,
        at: 0,
    };
    let value = reader.binary(0, 0)?;
    Ok((value, reader.at))
}

struct Reader<'w, 't> {
    words: &'w [Token<'t>],
    known: &'w Constants,
    at: usize,
}

impl<'t> Reader<'_, 't> {
    fn next(&mut self) -> Option<&Word<'t>> {
        let word = self.words.get(self.at).map(|token| &token.word);
        self.at.advance(1);
        word
    }

    /// Operators that bind at least as tightly as a level.
    fn binary(&mut self, level: u8, depth: usize) -> Result<i128, String> {
        let mut left = self.unary(depth)?;
        while let Some(Token {
            word: Word::Sign(sign),
            ..
        }) = self.words.get(self.at)
        {
            let binds = match *sign {
                "|" => 1,
                "^" => 2,
                "&" => 3,
                "<<" | ">>" => 4,
                "+" | "-" => 5,
                "*" | "/" | "%" => 6,
                _ => 0,
            };
            if binds == 0 || binds <= level {
                break;
            }
            let sign = *sign;
            self.at.advance(1);
            let right = self.binary(binds, depth.past(1))?;
            let shift = u32::try_from(right).ok();
            left = match sign {
                "|" => Some(left | right),
                "^" => Some(left ^ right),
                "&" => Some(left & right),
                "<<" => shift
                    .filter(|n| *n < 64)
                    .and_then(|n| left.checked_mul(1i128.checked_shl(n)?)),
                ">>" => shift.and_then(|n| left.checked_shr(n)),
                "+" => left.checked_add(right),
                "-" => left.checked_sub(right),
                "*" => left.checked_mul(right),
                "/" => left.checked_div(right),
                _ => left.checked_rem(right),
            }
            .ok_or_else(|| format!("{left} {sign} {right} has no value"))?;
        }
        Ok(left)
    }

    fn unary(&mut self, depth: usize) -> Result<i128, String> {
        if depth > MAX_DEPTH {
            return Err(format!("an expression has more than {MAX_DEPTH} levels"));
        }
        let below = depth.past(1);
        match self.next().cloned() {
            Some(Word::Number(n)) => Ok(n),
            Some(Word::Name(name)) => {
                let known = self.known.get(name).copied();
                known.ok_or_else(|| format!("{name} is no number that is known"))
            }
            Some(Word::Sign("-")) => self
                .unary(below)?
                .checked_neg()
                .ok_or_else(|| "the number is too large".to_owned()),
            Some(Word::Sign("+")) => self.unary(below),
            Some(Word::Sign("~")) => Ok(!self.unary(below)?),
            Some(Word::Sign("(")) => {
                let value = self.binary(0, below)?;
                match self.next() {
                    Some(Word::Sign(")")) => Ok(value),
                    _ => Err("a parenthesis is not closed".to_owned()),
                }
            }
            _ => Err("a number is expected".to_owned()),
        }
    }
}
