//! Counts that are computed: an expression over the integers that come before.

use smallvec::SmallVec;

use super::ast::Operator;
use super::error::DataError;
use super::plan::{Expression, Step};

/// Evaluates the expression of a count to a number.
pub(super) fn evaluate(
    expression: &Expression,
    slot: impl Fn(u32) -> Option<i128>,
) -> Result<u64, DataError> {
    let mut stack: SmallVec<[i128; 8]> = SmallVec::new();
    for step in &expression.0 {
        let value = match step {
            Step::Number(n) => Some(*n),
            Step::Slot(i) => slot(*i),
            Step::Operator(operator) => {
                let right = stack.pop().unwrap_or_default();
                let left = stack.pop().unwrap_or_default();
                match operator {
                    Operator::Add => left.checked_add(right),
                    Operator::Subtract => left.checked_sub(right),
                    Operator::Multiply => left.checked_mul(right),
                    Operator::Divide if right == 0 => {
                        return Err(DataError::other("the count divides by zero"));
                    }
                    Operator::Divide => floor_division(left, right),
                    // The compiler lets no other operator through.
                    _ => None,
                }
            }
        };
        stack.push(value.ok_or_else(|| DataError::other("the count overflows 128 bits"))?);
    }
    let n = stack.pop().unwrap_or_default();
    u64::try_from(n).map_err(|_| {
        DataError::other(if n < 0 {
            format!("the count is negative: {n}")
        } else {
            format!("the count is too large: {n}")
        })
    })
}

/// Rounds down, as Python's `//` does.
pub(super) fn floor_division(left: i128, right: i128) -> Option<i128> {
    let quotient = left.checked_div(right)?;
    let exact = left.checked_rem(right)? == 0;
    if exact || (left < 0) == (right < 0) {
        Some(quotient)
    } else {
        quotient.checked_sub(1)
    }
}
