//! Numbers that a type hands over before their turn, kept so that it needn't be asked again.

use serde::Serialize;

use super::{Level, number};
use crate::structs::error::DataError;
use crate::structs::serialize::capture::Capture;
use crate::value::Value;

/// How many numbers are kept at a time.
const MAX: usize = 64;

/// Numbers by their indices among the values of the level, in no order.
#[derive(Default)]
pub(super) struct Early(Vec<(u64, Value)>);

impl Early {
    /// Whether the value at `index` is worth keeping: of too many, those that come next are.
    fn wants(&self, index: u64) -> bool {
        let mut indices = self.0.iter().map(|(index, _)| *index);
        let new = !indices.clone().any(|other| other == index);
        new && (self.0.len() < MAX || indices.any(|other| other > index))
    }

    fn keep(&mut self, index: u64, value: Value) {
        if self.0.len() >= MAX
            && let Some(last) = self.0.iter().map(|(index, _)| *index).max()
        {
            self.take(last);
        }
        self.0.push((index, value));
    }

    fn take(&mut self, index: u64) -> Option<Value> {
        let at = self.0.iter().position(|(other, _)| *other == index)?;
        Some(self.0.swap_remove(at).1)
    }
}

impl Level<'_, '_> {
    /// Keeps the value called `key`, where it is a number and its turn is still to come.
    pub(super) fn keep<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), DataError> {
        let body = self.body;
        let index = body.position(key).filter(|index| {
            let next = body.fields.get(self.progress.field);
            let next = next.map(|field| field.first.saturating_add(self.progress.value));
            next.is_some_and(|next| *index > next) && self.progress.early.wants(*index)
        });
        let field = index.and_then(|index| Some((index, body.at(index)?)));
        let Some((index, field)) = field else {
            return Ok(());
        };
        let Some(kind) = number(field) else {
            return Ok(());
        };
        let nth = index.saturating_sub(field.first);
        let value = value.serialize(Capture { kind });
        if let Some(value) = value.map_err(|e| e.within(self.segment(field, nth)))? {
            self.progress.early.keep(index, value);
        }
        Ok(())
    }

    /// Writes those that were kept and whose turn it is.
    pub(in crate::structs::serialize) fn put_kept(&mut self) -> Result<(), DataError> {
        while !self.progress.early.0.is_empty()
            && let Some(field) = self.current()?
        {
            let next = field.first.saturating_add(self.progress.value);
            let Some(value) = self.progress.early.take(next) else {
                break;
            };
            self.put_number(field, Some(&value))?;
        }
        Ok(())
    }
}
