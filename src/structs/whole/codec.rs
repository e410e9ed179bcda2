//! Codings that a format says bytes have: `~zlib`, `~xor(x"5a")`, `~rotate(3)`.

use super::program::Codec;
use super::read::Reader;
use crate::coding::{Compression, Step};
use crate::offset::Position;
use crate::structs::ast::{self, Expression, Term, Unary};
use crate::structs::error::{DataError, Fault};
use crate::structs::nodes::Input;
use crate::value::Value;

/// The longest key, which is kept for each field that has one.
const MAX_KEY: usize = 1 << 16;

impl Codec {
    /// The coding that a kind is; `None` where it is another kind.
    pub(super) fn compile(kind: &ast::Kind<'_>) -> Result<Option<Codec>, Fault> {
        let span = kind.span.0 as usize..kind.span.1 as usize;
        let wrong = |message: String, label: String| Err(Fault::new(span.clone(), message, label));
        let compression = Compression::ALL
            .into_iter()
            .find(|compression| compression.name() == kind.name);
        if let Some(compression) = compression {
            if !kind.arguments.is_empty() {
                return wrong(format!("~{} takes no arguments", kind.name), String::new());
            }
            if !compression.is_built() {
                let feature = compression.feature();
                return wrong(
                    format!("~{} is not undone by this build", kind.name),
                    format!("build with the cargo feature {feature}"),
                );
            }
            return Ok(Some(Codec::Compression(compression)));
        }
        match (kind.name, &kind.arguments[..]) {
            ("xor", [key]) => {
                let is_empty = matches!(&key.term, Term::Text(key) if key.is_empty());
                match is_empty {
                    true => wrong(
                        "the key is empty".to_owned(),
                        "at least one byte".to_owned(),
                    ),
                    false => Ok(Some(Codec::Xor(key.clone()))),
                }
            }
            ("xor", _) => wrong(
                "~xor has a key".to_owned(),
                "a byte, bytes that repeat, or a field that holds them: ~xor(x\"5a\"), ~xor(key)"
                    .to_owned(),
            ),
            ("rotate", [by]) => match rotation(by) {
                Some(by) => Ok(Some(Codec::Rotate(by))),
                None => wrong(
                    "that is no number of bits".to_owned(),
                    "from 1 to 7, or -1 to -7 for bits that were rotated to the left".to_owned(),
                ),
            },
            ("rotate", _) => wrong(
                "~rotate has a number of bits".to_owned(),
                "as in ~rotate(3)".to_owned(),
            ),
            _ => Ok(None),
        }
    }

    /// The names of all of them.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let compressions = Compression::ALL.into_iter().map(Compression::name);
        compressions.chain(["xor", "rotate"])
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Codec::Compression(compression) => compression.name(),
            Codec::Xor(_) => "xor",
            Codec::Rotate(_) => "rotate",
        }
    }
}

/// Bits to the left, where it is a number of them.
fn rotation(by: &Expression) -> Option<u32> {
    let (n, is_negative) = match &by.term {
        Term::Number(n) => (*n, false),
        Term::Unary(Unary::Minus, of) => match of.term {
            Term::Number(n) => (n, true),
            _ => return None,
        },
        _ => return None,
    };
    let n = u32::try_from(n).ok().filter(|n| (1..=7).contains(n))?;
    Some(match is_negative {
        true => 8u32.since(n),
        false => n,
    })
}

impl<I: Input> Reader<'_, I> {
    /// The steps that decode, with their keys evaluated.
    pub(super) fn steps(&mut self, codecs: &[Codec]) -> Result<Vec<Step>, DataError> {
        let mut steps = Vec::with_capacity(codecs.len());
        for codec in codecs {
            steps.push(match codec {
                Codec::Compression(compression) => Step::Compression(*compression),
                Codec::Rotate(by) => Step::Rotate(*by),
                Codec::Xor(key) => {
                    let got = self.eval(key)?;
                    let key = match self.value_of(&got) {
                        Some(Value::Bytes(key)) if key.len() <= MAX_KEY => key.to_vec(),
                        Some(value) => {
                            let byte = value.as_int().and_then(|n| u8::try_from(n).ok());
                            let byte = byte.ok_or_else(|| {
                                DataError::other(
                                    "the key of ~xor is neither a byte nor up to 65536 of them",
                                )
                            });
                            vec![byte?]
                        }
                        None => return Err(DataError::other("the key of ~xor has no value")),
                    };
                    if key.is_empty() {
                        return Err(DataError::other("the key of ~xor is empty"));
                    }
                    Step::Xor(key)
                }
            });
        }
        Ok(steps)
    }
}
