//! Conditions over rows: the expressions of the format language, with `and`, `or` and `not`.

mod compare;
mod eval;

use super::batch::Batch;
use super::schema::Schema;
use crate::structs::{
    DataError, Expression, FormatError, Operator, Term, Unary, condition, condition_error,
};

use compare::Compare;

/// Keeps rows for which a condition holds. A comparison with an absent value doesn't hold.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Batch, Columns, Filter};
///
/// let columns = Columns::new(&Struct::new("<s:side H:count")?.into()).unwrap();
/// let filter = Filter::new("count > 10 and side == 'B'", columns.schema())?;
/// let mut batch = Batch::default();
/// columns.decode(b"B\x0b\0S\x0b\0B\x0a\0", 0, &mut batch)?;
/// filter.apply(&mut batch, columns.schema())?;
/// assert_eq!(batch.rows, 1);
///
/// assert!(Filter::new("side > 1", columns.schema()).is_err());
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    test: Test,
    columns: Vec<usize>,
}

/// A condition, of which the common parts go over whole columns.
#[derive(Clone, Debug)]
enum Test {
    Both(Box<Test>, Box<Test>),
    Either(Box<Test>, Box<Test>),
    Not(Box<Test>),
    Compare(Compare),
    /// Anything else, row by row.
    Rows(Expression),
}

impl Filter {
    /// Compiles a condition over columns.
    ///
    /// # Errors
    ///
    /// When it is malformed, names no column, or compares what can't be compared; the error points into it.
    pub fn new(text: &str, schema: &Schema) -> Result<Filter, FormatError> {
        let expression = condition(text)?;
        let mut columns = Vec::new();
        names(text, &expression, schema, &mut columns)?;
        columns.sort_unstable();
        columns.dedup();
        Ok(Filter {
            test: compile(text, &expression, schema)?,
            columns,
        })
    }

    /// The columns that it looks at, by their indexes.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Which rows it holds for.
    ///
    /// # Errors
    ///
    /// When values of a row can't be computed with, or compared.
    pub fn holds(&self, batch: &Batch, schema: &Schema) -> Result<Vec<bool>, DataError> {
        holds(&self.test, batch, schema)
    }

    /// Leaves out the rows for which it doesn't hold.
    ///
    /// # Errors
    ///
    /// As [`Filter::holds`].
    pub fn apply(&self, batch: &mut Batch, schema: &Schema) -> Result<(), DataError> {
        let keep = self.holds(batch, schema)?;
        if keep.contains(&false) {
            batch.retain(&keep);
        }
        Ok(())
    }
}

/// As deep as the grammar lets expressions be.
fn holds(test: &Test, batch: &Batch, schema: &Schema) -> Result<Vec<bool>, DataError> {
    Ok(match test {
        Test::Both(left, right) => {
            let mut both = holds(left, batch, schema)?;
            // The second is only evaluated for rows that the first keeps.
            if both.contains(&true) {
                let right = holds_where(right, batch, schema, &both)?;
                both.iter_mut()
                    .zip(right)
                    .for_each(|(both, right)| *both &= right);
            }
            both
        }
        Test::Either(left, right) => {
            let mut any = holds(left, batch, schema)?;
            let open: Vec<bool> = any.iter().map(|holds| !holds).collect();
            let right = holds_where(right, batch, schema, &open)?;
            any.iter_mut()
                .zip(right)
                .for_each(|(any, right)| *any |= right);
            any
        }
        Test::Not(inner) => holds(inner, batch, schema)?
            .iter()
            .map(|holds| !holds)
            .collect(),
        Test::Compare(compare) => compare.holds(batch),
        Test::Rows(expression) => {
            let rows = 0..batch.rows;
            let holds = rows.map(|row| eval::holds(expression, batch, row, schema));
            holds.collect::<Result<_, _>>()?
        }
    })
}

/// The same, where it is asked for some rows alone.
fn holds_where(
    test: &Test,
    batch: &Batch,
    schema: &Schema,
    wanted: &[bool],
) -> Result<Vec<bool>, DataError> {
    match test {
        Test::Rows(expression) => {
            let rows = (0..batch.rows).zip(wanted);
            let holds = rows.map(|(row, wanted)| match wanted {
                true => eval::holds(expression, batch, row, schema),
                false => Ok(false),
            });
            holds.collect()
        }
        test => holds(test, batch, schema),
    }
}

fn compile(text: &str, expression: &Expression, schema: &Schema) -> Result<Test, FormatError> {
    let part = |part| compile(text, part, schema).map(Box::new);
    Ok(match &expression.term {
        Term::Binary(Operator::And, left, right) => Test::Both(part(left)?, part(right)?),
        Term::Binary(Operator::Or, left, right) => Test::Either(part(left)?, part(right)?),
        Term::Unary(Unary::Not, inner) => Test::Not(part(inner)?),
        Term::Binary(operator, left, right) => {
            match compare::of(text, *operator, (left, right), schema)? {
                Some(test) => test,
                None => Test::Rows(expression.clone()),
            }
        }
        _ => Test::Rows(expression.clone()),
    })
}

/// Finds the columns that an expression names.
fn names(
    text: &str,
    expression: &Expression,
    schema: &Schema,
    found: &mut Vec<usize>,
) -> Result<(), FormatError> {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        if let Some(path) = next.path() {
            match eval::column(&path, schema) {
                Some((column, _)) => found.push(column),
                None => {
                    let error = match schema.index(&path) {
                        Err(error) => error.to_string(),
                        Ok(_) => continue,
                    };
                    let error = error.split_once("; ").map_or("", |(_, hint)| hint);
                    let message = format!("there is no column {path:?}");
                    return Err(condition_error(text, next, message, error));
                }
            }
            continue;
        }
        match &next.term {
            Term::Number(_) | Term::Float(_) | Term::Text(_) | Term::Bool(_) | Term::Name(_) => {}
            Term::Position(_) => {
                let message = "rows have no positions";
                return Err(condition_error(text, next, message, "columns and values"));
            }
            Term::Unary(_, of) | Term::Member(of, _) => open.push(of),
            Term::Item(left, right) | Term::Binary(_, left, right) | Term::Default(left, right) => {
                open.extend([&**left, &**right]);
            }
            Term::IfElse(parts) => open.extend(parts.iter()),
            Term::Call(function, arguments) => {
                if !eval::knows(*function) {
                    let message = "rows can't be searched";
                    return Err(condition_error(
                        text,
                        next,
                        message,
                        "there are len and sum",
                    ));
                }
                open.extend(arguments);
            }
        }
    }
    Ok(())
}
