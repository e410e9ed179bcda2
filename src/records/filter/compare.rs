//! Comparisons of a column with a value, over a whole column at a time.

use std::cmp::Ordering;

use super::Test;
use super::eval;
use crate::records::batch::Batch;
use crate::records::column::Values;
use crate::records::schema::{Field, Meaning, Schema, Type};
use crate::structs::{Expression, FormatError, Operator, Term, Unary, condition_error};
use crate::tree::Key;
use crate::value::text::trim_end;

/// A column compared with a value.
#[derive(Clone, Debug)]
pub(super) struct Compare {
    column: usize,
    operator: Operator,
    value: Fixed,
}

/// A value that is the same for all rows.
#[derive(Clone, Debug)]
enum Fixed {
    Int(i128),
    Float(f64),
    Bool(bool),
    Bytes(Vec<u8>),
}

/// The test of a comparison, where one side is a column and the other a value; `None` where it is something else.
pub(super) fn of(
    text: &str,
    operator: Operator,
    (left, right): (&Expression, &Expression),
    schema: &Schema,
) -> Result<Option<Test>, FormatError> {
    use Operator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    if !matches!(
        operator,
        Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual
    ) {
        return Ok(None);
    }
    let (column, value, written, operator) = match (side(left, schema), literal(right)) {
        (Some(column), Some(value)) => (column, value, right, operator),
        _ => match (side(right, schema), literal(left)) {
            (Some(column), Some(value)) => {
                let turned = match operator {
                    Less => Greater,
                    LessEqual => GreaterEqual,
                    Greater => Less,
                    GreaterEqual => LessEqual,
                    same => same,
                };
                (column, value, left, turned)
            }
            _ => return Ok(None),
        },
    };
    let Some(field) = schema.fields.get(column) else {
        return Ok(None);
    };
    let one = |value| {
        Test::Compare(Compare {
            column,
            operator,
            value,
        })
    };
    let values = meant(text, field, value, written)?;
    // Several values may have one name: it is any of them.
    let mut tests = values.into_iter().map(one);
    let Some(first) = tests.next() else {
        return Ok(None);
    };
    Ok(Some(tests.fold(first, |all, test| match operator {
        NotEqual => Test::Both(Box::new(all), Box::new(test)),
        _ => Test::Either(Box::new(all), Box::new(test)),
    })))
}

/// The column that an expression is.
fn side(expression: &Expression, schema: &Schema) -> Option<usize> {
    let path = expression.path()?;
    let (column, rest) = eval::column(&path, schema)?;
    rest.is_empty().then_some(column)
}

fn literal(expression: &Expression) -> Option<Fixed> {
    Some(match &expression.term {
        Term::Number(n) => Fixed::Int(*n),
        Term::Float(x) => Fixed::Float(*x),
        Term::Bool(b) => Fixed::Bool(*b),
        Term::Text(bytes) => Fixed::Bytes(bytes.clone()),
        Term::Unary(Unary::Minus, of) => match literal(of)? {
            Fixed::Int(n) => Fixed::Int(n.checked_neg()?),
            Fixed::Float(x) => Fixed::Float(-x),
            _ => return None,
        },
        _ => return None,
    })
}

/// A value as the column stores it: that of a name, a time or a UUID.
fn meant(
    text: &str,
    field: &Field,
    value: Fixed,
    written: &Expression,
) -> Result<Vec<Fixed>, FormatError> {
    let name = field.name();
    let refuse = |message: String, label: &str| Err(condition_error(text, written, message, label));
    let said = match &value {
        Fixed::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    match (&field.meaning, said) {
        (Meaning::Names(names), Some(said)) => {
            let keys = names
                .iter()
                .filter(|(_, name)| *name == said)
                .map(|(key, _)| match key {
                    Key::Number(n) => Fixed::Int(*n),
                    Key::Bytes(bytes) => Fixed::Bytes(bytes.to_vec()),
                });
            let keys: Vec<Fixed> = keys.collect();
            let is_bytes = matches!(field.data, Type::Bytes { .. } | Type::Text);
            return match keys.is_empty() {
                false => Ok(keys),
                true if is_bytes => Ok(vec![value]),
                true => {
                    let known: Vec<&str> = names.iter().take(20).map(|(_, name)| name).collect();
                    let label = format!("there are {}", known.join(", "));
                    refuse(format!("no value of {name} is called {said:?}"), &label)
                }
            };
        }
        (Meaning::Time(epoch), Some(said)) => {
            return match epoch.read(said) {
                Some(count) => Ok(vec![Fixed::Int(count)]),
                None => refuse(
                    format!("{said:?} is no time that {name} can hold"),
                    "as in '2024-02-29' or '2024-02-29T12:00:00Z'",
                ),
            };
        }
        (Meaning::Uuid, Some(said)) => {
            let digits: String = said.chars().filter(|c| *c != '-').collect();
            return match crate::value::literal::hex(&digits) {
                Ok(bytes) if bytes.len() == 16 => Ok(vec![Fixed::Bytes(bytes)]),
                _ => refuse(
                    format!("{said:?} is no UUID"),
                    "as in '00112233-4455-6677-8899-aabbccddeeff'",
                ),
            };
        }
        (Meaning::Fixed(bits), None) => {
            let scale = 2f64.powi(i32::try_from(*bits).unwrap_or(0));
            #[expect(
                clippy::cast_precision_loss,
                reason = "one rounding, as of any number compared with a float"
            )]
            let scaled = match value {
                Fixed::Int(n) => Some(n as f64 * scale),
                Fixed::Float(x) => Some(x * scale),
                _ => None,
            };
            if let Some(x) = scaled {
                return Ok(vec![Fixed::Float(x)]);
            }
        }
        _ => {}
    }
    let fits = match (&field.data, &value) {
        (Type::Int { .. } | Type::Float { .. } | Type::Bool, Fixed::Bytes(_)) => false,
        (Type::Bytes { .. } | Type::Text, value) => matches!(value, Fixed::Bytes(_)),
        _ => true,
    };
    match (fits, &value) {
        (true, _) => Ok(vec![value]),
        (false, Fixed::Bytes(_)) => refuse(format!("{name} holds numbers"), "a number"),
        (false, _) => refuse(
            format!("{name} holds bytes"),
            "text in quotes, or bytes: x'00ff'",
        ),
    }
}

/// Whether an ordering satisfies an operator; without an ordering, only inequality holds.
fn is(operator: Operator, order: Option<Ordering>) -> bool {
    match (operator, order) {
        (Operator::NotEqual, order) => order != Some(Ordering::Equal),
        (_, None) => false,
        (Operator::Equal, Some(order)) => order.is_eq(),
        (Operator::Less, Some(order)) => order.is_lt(),
        (Operator::LessEqual, Some(order)) => order.is_le(),
        (Operator::Greater, Some(order)) => order.is_gt(),
        (_, Some(order)) => order.is_ge(),
    }
}

fn each<T: Copy + PartialOrd>(values: &[T], with: T, operator: Operator) -> Vec<bool> {
    let all = |test: &dyn Fn(&T) -> bool| values.iter().map(test).collect();
    match operator {
        Operator::Equal => values.iter().map(|value| *value == with).collect(),
        Operator::NotEqual => values.iter().map(|value| *value != with).collect(),
        Operator::Less => values.iter().map(|value| *value < with).collect(),
        Operator::LessEqual => values.iter().map(|value| *value <= with).collect(),
        Operator::Greater => values.iter().map(|value| *value > with).collect(),
        _ => all(&|value| *value >= with),
    }
}

fn integers<T: Copy + PartialOrd + TryFrom<i128>>(
    values: &[T],
    with: i128,
    operator: Operator,
) -> Vec<bool> {
    match T::try_from(with) {
        Ok(with) => each(values, with, operator),
        // It is beyond all values of the column, above or below by its sign.
        Err(_) => {
            let order = if with < 0 {
                Ordering::Greater
            } else {
                Ordering::Less
            };
            vec![is(operator, Some(order)); values.len()]
        }
    }
}

impl Compare {
    pub(super) fn holds(&self, batch: &Batch) -> Vec<bool> {
        let Some(column) = batch.columns.get(self.column) else {
            return vec![false; batch.rows];
        };
        let mut holds = self.all(&column.values, batch.rows);
        if let Some(valid) = &column.valid {
            holds
                .iter_mut()
                .zip(valid)
                .for_each(|(holds, valid)| *holds &= valid);
        }
        holds
    }

    fn all(&self, values: &Values, rows: usize) -> Vec<bool> {
        macro_rules! numbers {
            ($($variant:ident)*) => {
                match (values, &self.value) {
                    $((Values::$variant(values), Fixed::Int(n)) => {
                        return integers(values, *n, self.operator);
                    })*
                    _ => {}
                }
            };
        }
        numbers!(I8 I16 I32 I64 I128 U8 U16 U32 U64 U128);
        match (values, &self.value) {
            #[expect(clippy::cast_precision_loss, reason = "one rounding, as in Python")]
            (Values::F64(values), Fixed::Int(n)) => each(values, *n as f64, self.operator),
            (Values::F64(values), Fixed::Float(x)) => each(values, *x, self.operator),
            (Values::Bool(values), Fixed::Bool(b)) => each(values, *b, self.operator),
            (Values::Fixed { .. } | Values::Bytes(_) | Values::Text(_), Fixed::Bytes(with)) => {
                let rows = 0..rows;
                rows.map(|row| {
                    let bytes = values.bytes(row).unwrap_or_default();
                    is(self.operator, Some(texts(bytes, with)))
                })
                .collect()
            }
            _ => (0..rows)
                .map(|row| is(self.operator, self.order(values, row)))
                .collect(),
        }
    }

    /// How the value of a row compares, where types differ.
    fn order(&self, values: &Values, row: usize) -> Option<Ordering> {
        let field = Field::new(Vec::new(), Type::Any);
        let value = values.value(row, &field)?;
        match &self.value {
            Fixed::Int(n) => match value.as_int() {
                Some(m) => Some(m.cmp(n)),
                #[expect(clippy::cast_precision_loss, reason = "one rounding, as in Python")]
                None => value.as_f64()?.partial_cmp(&(*n as f64)),
            },
            Fixed::Float(x) => value.as_f64()?.partial_cmp(x),
            Fixed::Bool(b) => value.as_int()?.partial_cmp(&i128::from(*b)),
            Fixed::Bytes(with) => Some(texts(value.as_bytes()?, with)),
        }
    }
}

/// Texts in order; the NULs that fill up a field make no difference.
fn texts(a: &[u8], b: &[u8]) -> Ordering {
    trim_end(a, 0).cmp(trim_end(b, 0))
}
