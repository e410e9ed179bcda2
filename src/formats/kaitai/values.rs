//! Values of expressions: numbers, text, objects, streams.

use std::cmp::Ordering;
use std::rc::Rc;

use super::expression::{Binary, Unary};
use super::spec::EnumId;

/// A value. Long bytes stay in their stream until they are needed.
#[derive(Clone, Debug)]
pub(super) enum Val {
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    /// Bytes with a place in a stream.
    Span(Span),
    Enum(EnumId, i128),
    List(Rc<Vec<Val>>),
    Object(usize),
    Stream(usize),
    /// The result of a custom program of that name, which isn't run.
    Unmade(Rc<str>),
}

/// Bytes of a file, or of the processed bytes of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) space: usize,
    pub(super) start: u64,
    pub(super) size: u64,
}

impl Val {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Val::Bool(_) => "a truth value",
            Val::Int(_) => "an integer",
            Val::Float(_) => "a float",
            Val::Text(_) => "text",
            Val::Bytes(_) | Val::Span(_) => "bytes",
            Val::Enum(..) => "a member of an enum",
            Val::List(_) => "a list",
            Val::Object(_) => "an object",
            Val::Stream(_) => "a stream",
            Val::Unmade(_) => "what a process of one's own makes",
        }
    }

    /// The value for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Val::Bool(b) => b.to_string(),
            Val::Int(n) | Val::Enum(_, n) => n.to_string(),
            Val::Float(x) => crate::Value::Float(*x).to_string(),
            Val::Text(text) => format!("{:?}", shortened(text)),
            Val::Bytes(bytes) => {
                let short = bytes.get(..64).unwrap_or(bytes);
                crate::Value::from(short).to_string()
            }
            other => other.kind().to_owned(),
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[expect(clippy::cast_precision_loss, reason = "one rounding, as in Python")]
fn float(value: &Val) -> Option<f64> {
    match value {
        Val::Int(n) => Some(*n as f64),
        Val::Float(x) => Some(*x),
        _ => None,
    }
}

/// Whether two values are the same: those of different kinds never are, but for numbers, and members of
/// enums that are compared with numbers.
pub(super) fn equal(a: &Val, b: &Val) -> bool {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::Bytes(a), Val::Bytes(b)) => a == b,
        (Val::Enum(a, m), Val::Enum(b, n)) => a == b && m == n,
        (Val::Int(m) | Val::Enum(_, m), Val::Int(n) | Val::Enum(_, n)) => m == n,
        (Val::List(a), Val::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Val::Object(a), Val::Object(b)) | (Val::Stream(a), Val::Stream(b)) => a == b,
        _ => match (float(a), float(b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
    }
}

/// Which of two values is the greater; `None` where one is no number (NaN), which compares with nothing.
pub(super) fn order(a: &Val, b: &Val) -> Result<Option<Ordering>, String> {
    Ok(match (a, b) {
        (Val::Int(m) | Val::Enum(_, m), Val::Int(n) | Val::Enum(_, n)) => Some(m.cmp(n)),
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        (Val::Bytes(a), Val::Bytes(b)) => Some(a.cmp(b)),
        _ => match float(a).zip(float(b)) {
            Some((a, b)) => a.partial_cmp(&b),
            None => {
                return Err(format!("{} can't be compared with {}", a.kind(), b.kind()));
            }
        },
    })
}

pub(super) fn unary(operator: Unary, of: &Val) -> Result<Val, String> {
    Ok(match (operator, of) {
        (Unary::Not, Val::Bool(b)) => Val::Bool(!b),
        (Unary::Minus, Val::Int(n)) => Val::Int(n.checked_neg().ok_or_else(overflow)?),
        (Unary::Minus, Val::Float(x)) => Val::Float(-x),
        (Unary::Plus, Val::Int(_) | Val::Float(_)) => of.clone(),
        (Unary::Invert, Val::Int(n)) => Val::Int(!n),
        (Unary::Not, _) => return Err(format!("not wants a truth value, found {}", of.kind())),
        _ => return Err(format!("the sign of {} can't be changed", of.kind())),
    })
}

/// All operators but `and` and `or`, which may leave their right side alone.
pub(super) fn binary(operator: Binary, a: &Val, b: &Val) -> Result<Val, String> {
    match operator {
        Binary::Equal => return Ok(Val::Bool(equal(a, b))),
        Binary::NotEqual => return Ok(Val::Bool(!equal(a, b))),
        Binary::Less => return Ok(Val::Bool(order(a, b)?.is_some_and(Ordering::is_lt))),
        Binary::LessEqual => return Ok(Val::Bool(order(a, b)?.is_some_and(Ordering::is_le))),
        Binary::Greater => return Ok(Val::Bool(order(a, b)?.is_some_and(Ordering::is_gt))),
        Binary::GreaterEqual => return Ok(Val::Bool(order(a, b)?.is_some_and(Ordering::is_ge))),
        _ => {}
    }
    if let (Binary::Add, Val::Text(a), Val::Text(b)) = (operator, a, b) {
        return Ok(Val::Text(format!("{a}{b}").into()));
    }
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => integers(operator, *a, *b).map(Val::Int),
        _ => match float(a).zip(float(b)) {
            Some((x, y)) => floats(operator, x, y).map(Val::Float),
            None => Err(format!(
                "{} and {} can't be computed with one another",
                a.kind(),
                b.kind()
            )),
        },
    }
}

fn overflow() -> String {
    "the result has more than 128 bits".to_owned()
}

fn integers(operator: Binary, a: i128, b: i128) -> Result<i128, String> {
    // Beyond 128, all shifts have the same result.
    let shift = || match u32::try_from(b) {
        Ok(by) => Ok(by),
        Err(_) if b > 0 => Ok(u32::MAX),
        Err(_) => Err(format!("bits can't be shifted by {b}")),
    };
    let result = match operator {
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::Divide | Binary::Remainder if b == 0 => {
            return Err(format!("{a} is divided by zero"));
        }
        Binary::Divide => floor_division(a, b),
        Binary::Remainder => {
            a.checked_rem(b)
                .map(|rest| match rest != 0 && (rest < 0) != (b < 0) {
                    true => rest.saturating_add(b),
                    false => rest,
                })
        }
        Binary::ShiftLeft if a == 0 => shift().map(|_| Some(0))?,
        Binary::ShiftLeft => {
            let by = shift()?;
            a.checked_shl(by)
                .filter(|shifted| shifted.checked_shr(by) == Some(a))
        }
        Binary::ShiftRight => Some(a >> shift()?.min(127)),
        Binary::BitAnd => Some(a & b),
        Binary::BitOr => Some(a | b),
        Binary::BitXor => Some(a ^ b),
        _ => None,
    };
    result.ok_or_else(overflow)
}

/// Towards minus infinity.
fn floor_division(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let rest = a.checked_rem(b)?;
    match rest != 0 && (rest < 0) != (b < 0) {
        true => quotient.checked_sub(1),
        false => Some(quotient),
    }
}

fn floats(operator: Binary, a: f64, b: f64) -> Result<f64, String> {
    Ok(match operator {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide | Binary::Remainder if b == 0.0 => {
            return Err("a float is divided by zero".to_owned());
        }
        Binary::Divide => a / b,
        Binary::Remainder => {
            let rest = a % b;
            if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
                rest + b
            } else {
                rest
            }
        }
        _ => return Err("bits are those of integers, not of floats".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_goes_down() {
        for (a, b, quotient, rest) in [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
        ] {
            assert_eq!(integers(Binary::Divide, a, b), Ok(quotient));
            assert_eq!(integers(Binary::Remainder, a, b), Ok(rest));
        }
        assert!(integers(Binary::Divide, 1, 0).is_err());
        assert!(integers(Binary::ShiftLeft, 1, 127).is_err());
        assert_eq!(integers(Binary::ShiftLeft, 1, 126), Ok(1 << 126));
        assert_eq!(integers(Binary::ShiftRight, -5, 1), Ok(-3));
        assert_eq!(integers(Binary::ShiftRight, -5, 1 << 40), Ok(-1));
        assert_eq!(integers(Binary::ShiftRight, 5, 1 << 40), Ok(0));
        assert_eq!(integers(Binary::ShiftLeft, 0, 1 << 40), Ok(0));
        assert!(integers(Binary::ShiftLeft, 1, 1 << 40).is_err());
        assert!(integers(Binary::ShiftRight, 1, -1).is_err());
    }
}
