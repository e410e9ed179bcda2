//! The values of one level as packing takes them: in order, or by name.

use std::sync::Arc;

use crate::offset::Position;
use crate::structs::error::{DataError, DataErrorKind, counted};
use crate::structs::plan::Body;
use crate::structs::suggestion::near;
use crate::value::{Names, Value};

/// Values of one level, in order or by name.
#[derive(Clone, Copy, Default)]
pub(in crate::structs) struct Row<'v> {
    pub(in crate::structs) values: &'v [Value],
    pub(in crate::structs) names: Option<&'v Names>,
}

impl<'v> Row<'v> {
    pub(in crate::structs) fn of(value: &'v Value) -> Option<Row<'v>> {
        match value {
            Value::Record(record) => Some(Row {
                values: record,
                names: record.names(),
            }),
            Value::List(values) => Some(Row {
                values,
                names: None,
            }),
            _ => None,
        }
    }
}

/// Hands out the values of a row to the fields that want them.
pub(super) struct Args<'v> {
    pub(super) row: Row<'v>,
    /// In order: the next value.
    pub(super) next: usize,
    /// In order: whether optional values are missing.
    pub(super) reduced: bool,
    /// By name: how many were found.
    pub(super) used: usize,
}

impl<'v> Args<'v> {
    pub(super) fn new(mut row: Row<'v>, body: &Body) -> Result<Args<'v>, DataError> {
        let Body {
            arity, optional, ..
        } = *body;
        let own = body.names.as_ref().map(Arc::as_ptr);
        if row
            .names
            .is_some_and(|names| own == Some(std::ptr::from_ref(names)))
        {
            // The names are those of the level in its own order, as unpacking gives them: no lookup is needed.
            row.names = None;
        }
        let given = row.values.len() as u64;
        let least = body.least();
        if row.names.is_none() && given != arity && given != least {
            let without = match optional {
                0 => String::new(),
                _ => format!(" (or {least}, without the constants and the counts)"),
            };
            return Err(DataError::new(DataErrorKind::Count {
                expected: format!("{}{without}", counted(arity, "value")),
                found: given,
            }));
        }
        Ok(Args {
            row,
            next: 0,
            reduced: given != arity,
            used: 0,
        })
    }

    /// The value at `index` of the level, called `name`.
    pub(super) fn value(
        &mut self,
        name: Option<&str>,
        index: u64,
        optional: bool,
    ) -> Option<&'v Value> {
        let Some(names) = self.row.names else {
            if optional && self.reduced {
                return None;
            }
            let value = self.row.values.get(self.next);
            self.next.advance(1);
            return value;
        };
        let found = match name {
            Some(name) => names.position(name),
            None => {
                let index = usize::try_from(index).ok()?;
                let unnamed = index < self.row.values.len() && names.get(index).is_none();
                let called = || names.position(&index.to_string());
                if unnamed { Some(index) } else { called() }
            }
        };
        let value = found.and_then(|i| self.row.values.get(i))?;
        self.used.advance(1);
        Some(value)
    }

    /// By name: an error for a value that no field took.
    pub(super) fn finish(self, known: Option<&Names>) -> Result<(), DataError> {
        if self.row.names.is_none() || self.used == self.row.values.len() {
            return Ok(());
        }
        Err(match self.unknown(known) {
            Some(name) => no_field(name, known),
            None => DataError::new(DataErrorKind::Name(
                "a value is given that no field takes".into(),
            )),
        })
    }

    /// A name that no field has.
    fn unknown(&self, known: Option<&Names>) -> Option<&'v str> {
        let names = self.row.names?;
        let is_known = |name: &str| known.is_some_and(|known| known.position(name).is_some());
        (0..self.row.values.len())
            .filter_map(|i| names.get(i))
            .find(|name| !is_known(name) && name.parse::<u64>().is_err())
    }

    /// The error of a field without a value, with a misspelled name that may have been meant for it.
    pub(super) fn explain(&self, error: DataError, known: Option<&Names>) -> DataError {
        match (error.kind(), error.depth(), self.unknown(known)) {
            (DataErrorKind::Name(why), 1, Some(name)) => {
                let why = format!("{why}; {}", no_such(name, known));
                error.of_kind(DataErrorKind::Name(why))
            }
            _ => error,
        }
    }
}

/// A name is given that no field has.
pub(in crate::structs) fn no_field(name: &str, known: Option<&Names>) -> DataError {
    DataError::new(DataErrorKind::Name(no_such(name, known)))
}

fn no_such(name: &str, known: Option<&Names>) -> String {
    match near(name, known.into_iter().flat_map(Names::iter)) {
        Some(near) => format!("there is no field {name}, did you mean {near}?"),
        None => format!("there is no field {name}; the fields are {}", listed(known)),
    }
}

/// The first names, separated by commas.
fn listed(names: Option<&Names>) -> String {
    const SHOWN: usize = 20;
    let mut names = names.into_iter().flat_map(Names::iter);
    let shown: Vec<&str> = names.by_ref().take(SHOWN).collect();
    let more = if names.next().is_some() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
