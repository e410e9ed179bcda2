//! Expressions over one row.

use crate::records::batch::Batch;
use crate::records::schema::Schema;
use crate::structs::{DataError, Expression, Function, Operator, Term, Unary, binary};
use crate::value::{Record, Value};

/// The column of a path, and the rest of the path: names inside a value of the column. A group has no column of its
/// own, only its fields do.
pub(super) fn column<'p>(path: &'p str, schema: &Schema) -> Option<(usize, Vec<&'p str>)> {
    let parts: Vec<&str> = path.split('.').collect();
    let mut fields = schema.fields.iter().enumerate();
    let found = fields.find(|(_, field)| {
        let known = field.path.iter().map(String::as_str);
        let taken = parts.iter().copied().take(field.path.len());
        known.eq(taken)
    });
    let (index, field) = found?;
    let rest = parts.get(field.path.len()..)?.to_vec();
    Some((index, rest))
}

/// Whether a function has a meaning for rows.
pub(super) fn knows(function: Function) -> bool {
    matches!(function, Function::Len | Function::Sum)
}

/// Whether a condition holds; one without a value doesn't.
pub(super) fn holds(
    expression: &Expression,
    batch: &Batch,
    row: usize,
    schema: &Schema,
) -> Result<bool, DataError> {
    let value = eval(expression, &Row { batch, row, schema })?;
    Ok(value.is_some_and(|value| value.truth()))
}

struct Row<'a> {
    batch: &'a Batch,
    row: usize,
    schema: &'a Schema,
}

impl Row<'_> {
    fn value(&self, path: &str) -> Option<Value> {
        let (index, rest) = column(path, self.schema)?;
        let field = self.schema.fields.get(index)?;
        let value = self.batch.columns.get(index)?.value(self.row, field)?;
        rest.iter().try_fold(value, |value, name| {
            value
                .as_record()
                .and_then(|record: &Record| record.get(name))
                .cloned()
        })
    }
}

/// As deep as the grammar lets expressions be.
fn eval(expression: &Expression, row: &Row<'_>) -> Result<Option<Value>, DataError> {
    if let Some(path) = expression.path() {
        return Ok(row.value(&path));
    }
    Ok(match &expression.term {
        Term::Number(n) => Some(Value::Int(*n)),
        Term::Float(x) => Some(Value::Float(*x)),
        Term::Text(bytes) => Some(Value::from(bytes.as_slice())),
        Term::Bool(b) => Some(Value::Bool(*b)),
        Term::Name(_) | Term::Position(_) => None,
        Term::Member(of, name) => {
            let of = eval(of, row)?;
            of.and_then(|of| of.as_record().and_then(|record| record.get(name)).cloned())
        }
        Term::Item(of, index) => {
            let (of, index) = (eval(of, row)?, eval(index, row)?);
            let index = index.and_then(|index| usize::try_from(index.as_u64()?).ok());
            match (of, index) {
                (Some(Value::List(items)), Some(index)) => items.get(index).cloned(),
                (Some(Value::Bytes(bytes)), Some(index)) => {
                    bytes.get(index).map(|byte| Value::Int(i128::from(*byte)))
                }
                _ => None,
            }
        }
        Term::Unary(operator, of) => {
            let value = eval(of, row)?;
            match (operator, value) {
                (Unary::Not, value) => Some(Value::Bool(!value.is_some_and(|value| value.truth()))),
                (_, None) => None,
                (Unary::Minus, Some(Value::Float(x))) => Some(Value::Float(-x)),
                (Unary::Minus, Some(value)) => {
                    let n = value.as_int().and_then(i128::checked_neg);
                    Some(Value::Int(n.ok_or_else(no_number)?))
                }
                (Unary::Complement, Some(value)) => {
                    Some(Value::Int(!value.as_int().ok_or_else(no_number)?))
                }
            }
        }
        Term::Binary(Operator::And, left, right) => {
            let truth = |value: Option<Value>| value.is_some_and(|value| value.truth());
            let both = truth(eval(left, row)?) && truth(eval(right, row)?);
            Some(Value::Bool(both))
        }
        Term::Binary(Operator::Or, left, right) => {
            let truth = |value: Option<Value>| value.is_some_and(|value| value.truth());
            let any = truth(eval(left, row)?) || truth(eval(right, row)?);
            Some(Value::Bool(any))
        }
        Term::Binary(operator, left, right) => match (eval(left, row)?, eval(right, row)?) {
            (Some(left), Some(right)) => Some(compute(*operator, &left, &right)?),
            _ => None,
        },
        Term::Default(value, other) => match eval(value, row)? {
            Some(value) => Some(value),
            None => eval(other, row)?,
        },
        Term::IfElse(parts) => {
            let [condition, one, other] = &**parts;
            let holds = eval(condition, row)?.is_some_and(|value| value.truth());
            eval(if holds { one } else { other }, row)?
        }
        Term::Call(function, arguments) => {
            let Some(first) = arguments.first() else {
                return Err(DataError::other("a function has no arguments"));
            };
            match eval(first, row)? {
                Some(value) => Some(call(*function, &value)?),
                None => None,
            }
        }
    })
}

fn no_number() -> DataError {
    DataError::other("the condition wants a number")
}

/// Floats count as Python counts them; everything else as in formats.
fn compute(operator: Operator, left: &Value, right: &Value) -> Result<Value, DataError> {
    let is_float = matches!(left, Value::Float(_)) || matches!(right, Value::Float(_));
    if let (true, Some(a), Some(b)) = (is_float, left.as_f64(), right.as_f64()) {
        let x = match operator {
            Operator::Add => a + b,
            Operator::Subtract => a - b,
            Operator::Multiply => a * b,
            Operator::Divide => a / b,
            Operator::Remainder => a.rem_euclid(b),
            // No number is in an order with NaN, and none is equal to it.
            Operator::Equal => return Ok(Value::Bool(a == b)),
            Operator::NotEqual => return Ok(Value::Bool(a != b)),
            Operator::Less => return Ok(Value::Bool(a < b)),
            Operator::LessEqual => return Ok(Value::Bool(a <= b)),
            Operator::Greater => return Ok(Value::Bool(a > b)),
            Operator::GreaterEqual => return Ok(Value::Bool(a >= b)),
            _ => return Err(DataError::other("bits of floats can't be computed with")),
        };
        return Ok(Value::Float(x));
    }
    binary(operator, left, right)
}

fn call(function: Function, value: &Value) -> Result<Value, DataError> {
    let number = match (function, value) {
        (Function::Len, Value::List(items)) => items.len() as i128,
        (Function::Len, Value::Bytes(bytes)) => bytes.len() as i128,
        (Function::Sum, Value::Bytes(bytes)) => bytes.iter().map(|byte| i128::from(*byte)).sum(),
        (Function::Sum, Value::List(items)) => {
            if items.iter().any(|item| matches!(item, Value::Float(_))) {
                return Ok(Value::Float(items.iter().filter_map(Value::as_f64).sum()));
            }
            let mut numbers = items.iter().filter_map(Value::as_int);
            let sum = numbers.try_fold(0i128, |sum, n| sum.checked_add(n));
            sum.ok_or_else(|| DataError::other("the sum overflows 128 bits"))?
        }
        _ => return Err(DataError::other("a number has no length and no sum")),
    };
    Ok(Value::Int(number))
}
