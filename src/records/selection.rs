//! The selected rows and columns.

use super::batch::Batch;
use super::column::{Column, Strings, Values};
use super::error::Error;
use super::filter::Filter;
use super::schema::{Field, Schema, Type};
use crate::offset::Position;
use crate::structs::FormatError;

/// Reduces batches to the selected rows and columns.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// The columns that are read: the selected ones, then those that only the condition uses.
    needed: Vec<usize>,
    /// The number of wanted columns.
    wanted: usize,
    /// Over the columns that are needed.
    filter: Option<(Filter, Schema)>,
    every: u64,
    /// A column before the others that says which file a row is from.
    file_column: Option<String>,
}

impl Selection {
    /// These columns of a schema, all rows of them.
    pub(crate) fn new(wanted: Vec<usize>) -> Selection {
        Selection {
            wanted: wanted.len(),
            needed: wanted,
            filter: None,
            every: 1,
            file_column: None,
        }
    }

    /// The rows for which a condition over the schema holds.
    ///
    /// # Errors
    ///
    /// As [`Filter::new`].
    pub(crate) fn condition(
        mut self,
        text: &str,
        schema: &Schema,
    ) -> Result<Selection, FormatError> {
        let all = Filter::new(text, schema)?;
        let looked_at = all.columns().iter();
        let more = looked_at.filter(|column| !self.needed.contains(column));
        let more: Vec<usize> = more.copied().collect();
        self.needed.extend(more);
        let own = schema.narrowed(&self.needed);
        self.filter = Some((Filter::new(text, &own)?, own));
        Ok(self)
    }

    /// Each N-th record of a file, before the condition is asked.
    pub(crate) fn every(mut self, every: u64) -> Selection {
        self.every = every;
        self
    }

    /// A column of this name before the others that says which file a row is from.
    pub(crate) fn file_column(mut self, name: Option<String>) -> Selection {
        self.file_column = name;
        self
    }

    /// The columns that rows are read with.
    pub(crate) fn needed(&self) -> &[usize] {
        &self.needed
    }

    /// The columns of the rows that come out.
    pub(crate) fn schema(&self, schema: &Schema) -> Schema {
        let wanted = self.needed.get(..self.wanted).unwrap_or_default();
        let mut schema = schema.narrowed(wanted);
        if let Some(name) = &self.file_column {
            let column = Field::new(vec![name.clone()], Type::Text);
            schema.fields.insert(0, column);
        }
        schema
    }

    /// Reduces a batch with the needed columns to the selected rows and columns; `index` is that of its first row in
    /// its file. Answers the columns that only the condition uses.
    ///
    /// # Errors
    ///
    /// When values of a row can't be compared.
    pub(crate) fn apply(
        &self,
        batch: &mut Batch,
        index: u64,
        file: &str,
    ) -> Result<Vec<Column>, Error> {
        if self.every > 1 {
            let rows = (index..).take(batch.rows);
            let keep: Vec<bool> = rows
                .map(|row| row.checked_rem(self.every) == Some(0))
                .collect();
            batch.retain(&keep);
        }
        if let Some((filter, schema)) = &self.filter {
            filter.apply(batch, schema)?;
        }
        let wanted = self.wanted.min(batch.columns.len());
        let others = batch.columns.split_off(wanted);
        if self.file_column.is_some() {
            let mut names = Strings::default();
            (0..batch.rows).for_each(|_| names.push(file.as_bytes()));
            let column = Column {
                values: Values::Text(names),
                valid: None,
            };
            batch.columns.insert(0, column);
        }
        Ok(others)
    }

    /// Makes a batch that [`Selection::apply`] left have the needed columns again, whose room is used for the next
    /// rows; one that was taken out stays empty.
    pub(crate) fn restore(&self, batch: &mut Batch, others: &mut Vec<Column>) {
        let before = usize::from(self.file_column.is_some());
        let is_whole = batch.columns.len() == self.wanted.past(before);
        match is_whole {
            true => {
                batch.columns.drain(..before);
                batch.columns.append(others);
            }
            false => {
                batch.columns.clear();
                others.clear();
            }
        }
    }

    /// The same for a batch with all columns of the schema, which is left as it is.
    ///
    /// # Errors
    ///
    /// As [`Selection::apply`].
    pub(crate) fn taken(&self, batch: &Batch, index: u64, file: &str) -> Result<Batch, Error> {
        let columns = self.needed.iter();
        let columns = columns.filter_map(|column| batch.columns.get(*column).cloned());
        let mut own = Batch {
            columns: columns.collect(),
            rows: batch.rows,
            offset: batch.offset,
        };
        self.apply(&mut own, index, file)?;
        Ok(own)
    }
}
