//! Constants in a format: a literal becomes the bytes that the field must have.

use super::ast::Literal;
use super::code::Kind;
use super::error::{DataError, DataErrorKind};
use super::leb128;
use super::plan::{Constant, Element, Field, Repeat, Scalar};
use crate::offset::Position;
use crate::value::Value;
use crate::value::literal::{self, LiteralError};

/// What is wrong with a constant: a message, and what to write instead.
type Wrong = (String, String);

pub(super) fn compile(field: &Field, literal: &Literal<'_>) -> Result<Constant, Wrong> {
    if !matches!(field.repeat, Repeat::One) {
        return Err(nowhere("an array has no constant"));
    }
    match &field.element {
        Element::Scalar(scalar) => scalar_constant(*scalar, literal),
        Element::Bits(bits) => {
            let integer = Scalar { ..bits.integer };
            let mut constant = scalar_constant(integer, literal)?;
            let all = integer.read_bits(&constant.bytes);
            constant.value = Value::from(all);
            Ok(constant)
        }
        Element::Leb128 { signed } => {
            let value = number(literal)?;
            let mut bytes = Vec::new();
            leb128::write(&value, *signed, &mut bytes)
                .map_err(|e| (e.to_string(), String::new()))?;
            Ok(Constant { value, bytes })
        }
        Element::CString => {
            let mut bytes = text(literal, "z")?;
            if bytes.contains(&0) {
                return Err((
                    "a z ends at the first NUL and can't hold one".into(),
                    String::new(),
                ));
            }
            let value = Value::from(bytes.as_slice());
            bytes.push(0);
            Ok(Constant { value, bytes })
        }
        Element::Bytes(length) => {
            let width = length
                .fixed()
                .ok_or_else(|| nowhere("a computed length has no constant"))?;
            let mut bytes = text(literal, "s")?;
            fits(bytes.len(), width)?;
            // The literal is at most this long; no one writes wider constants.
            bytes.resize(small(width)?, 0);
            Ok(Constant {
                value: Value::from(bytes.as_slice()),
                bytes,
            })
        }
        Element::Pascal(length) => {
            let width = length
                .fixed()
                .ok_or_else(|| nowhere("a computed length has no constant"))?;
            let content = text(literal, "p")?;
            fits(content.len().past(1), width)?;
            let Ok(length) = u8::try_from(content.len()) else {
                return Err(("a p holds at most 255 bytes".into(), String::new()));
            };
            let mut bytes = vec![length];
            bytes.extend_from_slice(&content);
            bytes.resize(small(width)?, 0);
            Ok(Constant {
                value: Value::from(content),
                bytes,
            })
        }
        Element::Pad(_) | Element::Align => Err(nowhere("padding has no constant")),
        Element::Group(_) => Err(nowhere("a group has no constant")),
    }
}

/// Constants are kept with the format, so their width is bounded.
const MAX_WIDTH: u64 = 1 << 20;

fn small(width: u64) -> Result<usize, Wrong> {
    match usize::try_from(width) {
        Ok(size) if width <= MAX_WIDTH => Ok(size),
        _ => Err((
            format!("a constant has at most {MAX_WIDTH} bytes"),
            String::new(),
        )),
    }
}

fn nowhere(message: &str) -> Wrong {
    (message.into(), "constants stand on single fields".into())
}

fn fits(length: usize, width: u64) -> Result<(), Wrong> {
    if length as u64 <= width {
        return Ok(());
    }
    Err((
        format!("the constant needs {length} bytes, the field has {width}"),
        format!("write {length} before the code"),
    ))
}

fn text(literal: &Literal<'_>, code: &str) -> Result<Vec<u8>, Wrong> {
    match literal {
        Literal::Quoted(bytes) => Ok(bytes.clone()),
        Literal::Word(word) => Err((
            format!("{word} is no text"),
            format!("{code} wants \"text\" or x\"hex\""),
        )),
    }
}

fn number(literal: &Literal<'_>) -> Result<Value, Wrong> {
    match literal {
        Literal::Word(word) => literal::integer(word)
            .and_then(literal::Integer::to_value)
            .map_err(|e| plain(&e)),
        Literal::Quoted(_) => Err((
            "text in quotes is no integer".into(),
            "write a number".into(),
        )),
    }
}

fn plain(e: &LiteralError) -> Wrong {
    (e.to_string(), String::new())
}

fn scalar_constant(scalar: Scalar, literal: &Literal<'_>) -> Result<Constant, Wrong> {
    let value = match (scalar.kind, literal) {
        (Kind::Char, literal) => Value::from(text(literal, "c")?),
        (Kind::Int { .. } | Kind::Pointer, literal) => number(literal)?,
        (_, Literal::Quoted(_)) => {
            return Err((
                format!("text in quotes is no value for {}", scalar.letters),
                String::new(),
            ));
        }
        (Kind::Bool, Literal::Word(word)) => {
            Value::Bool(literal::truth(word).map_err(|e| plain(&e))?)
        }
        (Kind::Complex, Literal::Word(word)) => {
            let (re, im) = literal::complex(word).map_err(|e| plain(&e))?;
            Value::Complex(re, im)
        }
        (_, Literal::Word(word)) => Value::Float(literal::float(word).map_err(|e| plain(&e))?),
    };
    let mut bytes = Vec::new();
    scalar
        .write(&value, &mut bytes)
        .map_err(|e| (e.to_string(), String::new()))?;
    // A float constant is rounded to the field's width, so that what was packed compares equal when it is unpacked.
    Ok(Constant {
        value: scalar.read(&bytes),
        bytes,
    })
}

pub(super) fn check_constant(expected: &Value, found: &Value, at: usize) -> Result<(), DataError> {
    if same(expected, found) {
        return Ok(());
    }
    let (expected, found) = in_both_bases(expected, found);
    Err(DataError::new(DataErrorKind::Constant { expected, found }).at(at as u64))
}

/// Two values for a message, integers in decimal and in hexadecimal, unless both have the same digits in either base.
pub(super) fn in_both_bases(a: &Value, b: &Value) -> (String, String) {
    let is_digit = |value: &Value| value.as_int().is_some_and(|n| (0..10).contains(&n));
    let shown = |value: &Value| match value {
        Value::Int(_) | Value::Uint(_) => format!("{value} ({value:#})"),
        value => value.to_string(),
    };
    match is_digit(a) && is_digit(b) {
        true => (a.to_string(), b.to_string()),
        false => (shown(a), shown(b)),
    }
}

/// Whether two values are the same down to the bits of floats, so that a NaN equals itself.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Complex(a, c), Value::Complex(b, d)) => {
            (a.to_bits(), c.to_bits()) == (b.to_bits(), d.to_bits())
        }
        _ => a == b,
    }
}
