//! Conditions of SQL in bytewright's own language, which are asked while records are read: the columns that only they
//! look at go no further, and where no row of a part fulfills them, no other column is read.
//!
//! | column | operators | exact |
//! | --- | --- | --- |
//! | integers of up to 64 bits | `=` `<>` `<` `<=` `>` `>=`, `BETWEEN`, short `IN` lists | yes |
//! | truth values | alone, `NOT`, `=` | yes |
//! | text, bytes | `=`, short `IN` lists | no: NULs at the end make no difference |
//! | times | `=` `<` `<=` `>` `>=`, `BETWEEN` | no: some are beyond the timestamps of Arrow |
//!
//! `AND` and `OR` join them. What is not exact keeps more rows than SQL does, and DataFusion asks again. Floats are
//! left to DataFusion, which has an order of its own for NaN and negative zero.

use bytewright::records::{Epoch, Field, Filter, Meaning, Schema, Type};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::expr::{Between, InList};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;

/// A condition in bytewright's language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// It, in parentheses.
    pub text: String,
    /// Whether it holds for the same rows as that of SQL; otherwise for more.
    pub is_exact: bool,
}

/// Items that a list may have: more are faster as DataFusion looks them up.
const MAX_LIST: usize = 16;

/// The condition that holds for all rows that one of SQL holds for; `None` where there is none.
pub fn pushed(expr: &Expr, schema: &Schema) -> Option<Condition> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::And => match (pushed(left, schema), pushed(right, schema)) {
                (Some(left), Some(right)) => Some(joined("and", [left, right])),
                // One of both holds for more rows than both.
                (Some(one), None) | (None, Some(one)) => Some(Condition {
                    is_exact: false,
                    ..one
                }),
                (None, None) => None,
            },
            Operator::Or => Some(joined(
                "or",
                [pushed(left, schema)?, pushed(right, schema)?],
            )),
            op => match (column(left, schema), right.as_literal()) {
                (Some(field), Some(value)) => compared(field, *op, value, schema),
                _ => compared(
                    column(right, schema)?,
                    op.swap()?,
                    left.as_literal()?,
                    schema,
                ),
            },
        },
        Expr::Between(Between {
            expr,
            negated: false,
            low,
            high,
        }) => {
            let field = column(expr, schema)?;
            let low = compared(field, Operator::GtEq, low.as_literal()?, schema)?;
            let high = compared(field, Operator::LtEq, high.as_literal()?, schema)?;
            Some(joined("and", [low, high]))
        }
        Expr::InList(InList {
            expr,
            list,
            negated: false,
        }) if list.len() <= MAX_LIST => {
            let field = column(expr, schema)?;
            let items = list
                .iter()
                .map(|item| compared(field, Operator::Eq, item.as_literal()?, schema));
            let items: Vec<Condition> = items.collect::<Option<_>>()?;
            (!items.is_empty()).then(|| joined("or", items))
        }
        Expr::Not(inner) => {
            let field = column(inner, schema)?;
            compared(field, Operator::Eq, &ScalarValue::from(false), schema)
        }
        Expr::Column(_) => {
            let field = column(expr, schema)?;
            compared(field, Operator::Eq, &ScalarValue::from(true), schema)
        }
        _ => None,
    }
}

fn joined(word: &str, parts: impl IntoIterator<Item = Condition>) -> Condition {
    let parts: Vec<Condition> = parts.into_iter().collect();
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    Condition {
        text: format!("({})", texts.join(&format!(" {word} "))),
        is_exact: parts.iter().all(|part| part.is_exact),
    }
}

/// The column that an expression is, or is but for a cast that changes no value of it.
fn column<'s>(expr: &Expr, schema: &'s Schema) -> Option<&'s Field> {
    match expr {
        Expr::Column(column) => {
            let mut fields = schema.fields.iter();
            fields.find(|field| field.name() == column.name)
        }
        Expr::Cast(cast) => {
            let field = column(&cast.expr, schema)?;
            let (Type::Int { signed, bits }, Meaning::Plain) = (&field.data, &field.meaning) else {
                return None;
            };
            let (wide, is_signed) = match cast.field.data_type() {
                DataType::Int16 => (16, true),
                DataType::Int32 => (32, true),
                DataType::Int64 => (64, true),
                DataType::UInt16 => (16, false),
                DataType::UInt32 => (32, false),
                DataType::UInt64 => (64, false),
                _ => return None,
            };
            let holds_all = match (signed, is_signed) {
                (true, true) | (false, false) => *bits <= wide,
                (false, true) => *bits < wide,
                (true, false) => false,
            };
            holds_all.then_some(field)
        }
        _ => None,
    }
}

/// A column compared with a value.
fn compared(
    field: &Field,
    operator: Operator,
    value: &ScalarValue,
    schema: &Schema,
) -> Option<Condition> {
    let sign = match operator {
        Operator::Eq => "==",
        Operator::NotEq => "!=",
        Operator::Lt => "<",
        Operator::LtEq => "<=",
        Operator::Gt => ">",
        Operator::GtEq => ">=",
        _ => return None,
    };
    let name = field.name();
    let (right, is_exact) = match (&field.data, &field.meaning) {
        (Type::Int { bits: ..=64, .. }, Meaning::Plain) => {
            (format!("{sign} {}", integer(value)?), true)
        }
        (Type::Int { .. }, Meaning::Time(epoch)) => (time(*epoch, operator, value)?, false),
        (Type::Bool, Meaning::Plain) => match (value, operator) {
            (ScalarValue::Boolean(Some(b)), Operator::Eq | Operator::NotEq) => {
                (format!("{sign} {b}"), true)
            }
            _ => return None,
        },
        (Type::Text | Type::Bytes { .. }, Meaning::Plain) if operator == Operator::Eq => {
            (format!("== x\"{}\"", hex(value)?), false)
        }
        _ => return None,
    };
    let text = format!("({name} {right})");
    // A name that is a word of the language, or no name at all, would mean something else.
    let filter = Filter::new(&text, schema).ok()?;
    let index = schema.index(&name).ok()?;
    (filter.columns() == [index]).then_some(Condition { text, is_exact })
}

fn integer(value: &ScalarValue) -> Option<i128> {
    Some(match value {
        ScalarValue::Int8(Some(n)) => (*n).into(),
        ScalarValue::Int16(Some(n)) => (*n).into(),
        ScalarValue::Int32(Some(n)) => (*n).into(),
        ScalarValue::Int64(Some(n)) => (*n).into(),
        ScalarValue::UInt8(Some(n)) => (*n).into(),
        ScalarValue::UInt16(Some(n)) => (*n).into(),
        ScalarValue::UInt32(Some(n)) => (*n).into(),
        ScalarValue::UInt64(Some(n)) => (*n).into(),
        ScalarValue::Decimal128(Some(n), _, 0) => *n,
        _ => return None,
    })
}

/// The bytes of text or bytes. What stands for bytes that are no UTF-8 is none that a file has.
fn hex(value: &ScalarValue) -> Option<String> {
    let bytes = match value {
        ScalarValue::Utf8(Some(text))
        | ScalarValue::LargeUtf8(Some(text))
        | ScalarValue::Utf8View(Some(text)) => {
            if text.contains(char::REPLACEMENT_CHARACTER) {
                return None;
            }
            text.as_bytes()
        }
        ScalarValue::Binary(Some(bytes))
        | ScalarValue::LargeBinary(Some(bytes))
        | ScalarValue::BinaryView(Some(bytes))
        | ScalarValue::FixedSizeBinary(_, Some(bytes)) => bytes,
        _ => return None,
    };
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A time compared, in what is stored.
fn time(epoch: Epoch, operator: Operator, value: &ScalarValue) -> Option<String> {
    // MS-DOS's fields are no count of anything.
    if epoch == Epoch::Dos {
        return None;
    }
    let (count, unit) = match value {
        ScalarValue::TimestampSecond(Some(n), _) => (*n, TimeUnit::Second),
        ScalarValue::TimestampMillisecond(Some(n), _) => (*n, TimeUnit::Millisecond),
        ScalarValue::TimestampMicrosecond(Some(n), _) => (*n, TimeUnit::Microsecond),
        ScalarValue::TimestampNanosecond(Some(n), _) => (*n, TimeUnit::Nanosecond),
        _ => return None,
    };
    let nanos = match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1,
    };
    let nanos = i128::from(count).checked_mul(nanos)?;
    let start = epoch.nanos(0)?;
    let tick = epoch.nanos(1)?.checked_sub(start)?;
    let since = nanos.checked_sub(start)?;
    let before = since.checked_div_euclid(tick)?;
    let is_whole = since.checked_rem_euclid(tick)? == 0;
    let from = if is_whole {
        before
    } else {
        before.checked_add(1)?
    };
    Some(match operator {
        Operator::Gt => format!("> {before}"),
        Operator::LtEq => format!("<= {before}"),
        Operator::GtEq => format!(">= {from}"),
        Operator::Lt => format!("< {from}"),
        Operator::Eq if is_whole => format!("== {before}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytewright::Struct;
    use bytewright::records::Columns;
    use datafusion::prelude::{ident as col, lit};

    fn said(format: &str, expr: &Expr) -> Option<(String, bool)> {
        let columns = Columns::new(&Struct::new(format).unwrap().into()).unwrap();
        let condition = pushed(expr, columns.schema())?;
        Some((condition.text, condition.is_exact))
    }

    fn exact(text: &str) -> Option<(String, bool)> {
        Some((text.to_owned(), true))
    }

    fn wider(text: &str) -> Option<(String, bool)> {
        Some((text.to_owned(), false))
    }

    #[test]
    fn integers_are_compared_exactly() {
        let format = "<I:qty b:side ?:flag";
        let qty = || col("qty");
        assert_eq!(said(format, &qty().gt(lit(5u32))), exact("(qty > 5)"));
        assert_eq!(said(format, &lit(5i64).gt(qty())), exact("(qty < 5)"));
        assert_eq!(
            said(format, &qty().between(lit(1u32), lit(2u32))),
            exact("((qty >= 1) and (qty <= 2))")
        );
        assert_eq!(
            said(format, &qty().in_list(vec![lit(1u32), lit(2u32)], false)),
            exact("((qty == 1) or (qty == 2))")
        );
        assert_eq!(
            said(format, &col("side").lt(lit(-1i8))),
            exact("(side < -1)")
        );
        assert_eq!(said(format, &col("flag")), exact("(flag == true)"));
        assert_eq!(said(format, &!col("flag")), exact("(flag == false)"));
    }

    #[test]
    fn one_side_of_and_is_wider_and_of_or_is_nothing() {
        let (one, other) = (col("a").eq(lit(1u8)), col("x").gt(lit(0.5f32)));
        let format = "<B:a f:x";
        assert_eq!(
            said(format, &one.clone().and(other.clone())),
            wider("(a == 1)")
        );
        assert_eq!(said(format, &one.clone().or(other.clone())), None);
        assert_eq!(said(format, &other), None);
        assert_eq!(
            said(format, &one.clone().or(one)),
            exact("((a == 1) or (a == 1))")
        );
    }

    #[test]
    fn text_is_compared_for_equality_alone() {
        let format = "4s:a 4s~ascii:b";
        assert_eq!(
            said(
                format,
                &col("a").eq(lit(ScalarValue::Binary(Some(b"ab".to_vec()))))
            ),
            wider("(a == x\"6162\")")
        );
        assert_eq!(
            said(format, &col("b").eq(lit("\""))),
            wider("(b == x\"22\")")
        );
        assert_eq!(said(format, &col("b").not_eq(lit("x"))), None);
        assert_eq!(said(format, &col("b").lt(lit("x"))), None);
    }

    #[test]
    fn times_between_ticks_are_before_and_after_them() {
        let value = |ms| {
            lit(ScalarValue::TimestampMillisecond(
                Some(ms),
                Some("UTC".into()),
            ))
        };
        let format = "<i~unix:t";
        let t = || col("t");
        for (expr, text) in [
            (t().gt(value(1500)), "(t > 1)"),
            (t().gt_eq(value(1500)), "(t >= 2)"),
            (t().lt(value(1500)), "(t < 2)"),
            (t().lt_eq(value(1500)), "(t <= 1)"),
            (t().gt_eq(value(2000)), "(t >= 2)"),
            (t().lt(value(2000)), "(t < 2)"),
            (t().eq(value(2000)), "(t == 2)"),
            (t().gt(value(-1500)), "(t > -2)"),
        ] {
            assert_eq!(said(format, &expr), wider(text));
        }
        assert_eq!(said(format, &t().eq(value(1500))), None);
        assert_eq!(
            said("<Q~filetime:t", &t().eq(value(0))),
            wider("(t == 116444736000000000)")
        );
        assert_eq!(said("<I~dos:t", &t().gt(value(0))), None);
    }

    #[test]
    fn names_are_columns_or_are_left_to_sql() {
        assert_eq!(said("<H H:and", &col("0").gt(lit(1u16))), None);
        assert_eq!(
            said("<H H:and", &col("and").gt(lit(1u16))),
            exact("(and > 1)")
        );
        assert_eq!(
            said("<(H:x):at", &col("at.x").gt(lit(1u16))),
            exact("(at.x > 1)")
        );
    }

    #[test]
    fn a_cast_that_may_lose_values_stays() {
        let cast = |to| datafusion::logical_expr::cast(col("n"), to);
        assert_eq!(
            said("<I:n", &cast(DataType::Int64).gt(lit(-1i64))),
            exact("(n > -1)")
        );
        assert_eq!(said("<I:n", &cast(DataType::Int32).gt(lit(-1i32))), None);
        assert_eq!(said("<i:n", &cast(DataType::UInt64).gt(lit(1u64))), None);
    }
}
