//! Operators over values, and when two values are the same.

use std::cmp::Ordering;

use crate::structs::ast::Operator;
use crate::structs::count::floor_division;
use crate::structs::error::DataError;
use crate::value::Value;

pub(crate) fn overflow() -> DataError {
    DataError::other("the expression overflows 128 bits")
}

pub(crate) fn no_integer() -> DataError {
    DataError::other("the expression wants an integer")
}

/// Whether two texts are the same, the shorter filled up with zeros.
pub(crate) fn texts_equal(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    match long.strip_prefix(short) {
        Some(rest) => rest.iter().all(|byte| *byte == 0),
        None => false,
    }
}

/// Whether two values are the same as far as choices and comparisons go.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Bytes(a), Value::Bytes(b)) => texts_equal(a, b),
        (Value::Float(x), other) | (other, Value::Float(x)) => other.as_f64() == Some(*x),
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.as_ref().cmp(b.as_ref())),
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
    }
}

pub(crate) fn binary(operator: Operator, left: &Value, right: &Value) -> Result<Value, DataError> {
    match operator {
        Operator::Equal => return Ok(Value::Bool(equal(left, right))),
        Operator::NotEqual => return Ok(Value::Bool(!equal(left, right))),
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            let Some(order) = order(left, right) else {
                let message = format!("{} can't be compared with {}", left.kind(), right.kind());
                return Err(DataError::other(message));
            };
            return Ok(Value::Bool(match operator {
                Operator::Less => order.is_lt(),
                Operator::LessEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                _ => order.is_ge(),
            }));
        }
        _ => {}
    }
    let (Some(left), Some(right)) = (left.as_int(), right.as_int()) else {
        return Err(no_integer());
    };
    let shift = || u32::try_from(right).ok();
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide | Operator::Remainder if right == 0 => {
            return Err(DataError::other("the expression divides by zero"));
        }
        Operator::Divide => floor_division(left, right),
        Operator::Remainder => floor_division(left, right)
            .and_then(|quotient| quotient.checked_mul(right))
            .and_then(|whole| left.checked_sub(whole)),
        Operator::ShiftLeft => shift().and_then(|by| {
            let shifted = left.checked_shl(by)?;
            (shifted.checked_shr(by)? == left).then_some(shifted)
        }),
        Operator::ShiftRight => shift().and_then(|by| left.checked_shr(by)),
        Operator::BitAnd => Some(left & right),
        Operator::BitXor => Some(left ^ right),
        Operator::BitOr => Some(left | right),
        _ => None,
    };
    result.map(Value::Int).ok_or_else(overflow)
}
