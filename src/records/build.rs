//! Building columns from records one by one.

use std::collections::HashMap;

use super::batch::Batch;
use super::column::Column;
use super::infer::Leaf;
use super::schema::Schema;
use crate::offset::Tally;
use crate::structs::DataError;
use crate::value::Value;

/// Rows of a batch that is made row by row.
pub(crate) const ROWS: usize = 4096;

/// Makes batches of records.
#[derive(Debug)]
pub(crate) struct Builder<'s> {
    schema: &'s Schema,
    places: HashMap<&'s [String], usize>,
    batch: Batch,
    row: Vec<Option<Value>>,
    /// Bytes of values that the batch has, about.
    bytes: usize,
}

/// Bytes of a batch that is made row by row, about.
const BYTES: usize = 8 << 20;

impl<'s> Builder<'s> {
    /// For records of these columns.
    pub(crate) fn new(schema: &'s Schema) -> Builder<'s> {
        let places = schema.fields.iter().enumerate();
        let places = places.map(|(i, field)| (&field.path[..], i)).collect();
        let columns = schema.fields.iter().map(|field| Column::of(&field.data));
        Builder {
            schema,
            places,
            batch: Batch {
                columns: columns.collect(),
                ..Batch::default()
            },
            row: vec![None; schema.fields.len()],
            bytes: 0,
        }
    }

    /// Adds a record that begins at an offset.
    ///
    /// # Errors
    ///
    /// When the record has a field without a column: the source has changed since the columns were inferred.
    pub(crate) fn add(&mut self, offset: u64, leaves: Vec<Leaf>) -> Result<(), DataError> {
        for leaf in leaves {
            let place = self.places.get(&leaf.path[..]);
            let Some(slot) = place.and_then(|place| self.row.get_mut(*place)) else {
                self.row.fill(None);
                let message = format!(
                    "the record has a field {:?}, which those that the columns were made of had not",
                    leaf.path.join(".")
                );
                return Err(DataError::other(message).at(offset));
            };
            let taken = leaf.value.as_bytes().map_or(16, <[u8]>::len);
            self.bytes.tally(taken);
            *slot = Some(leaf.value);
        }
        if self.batch.rows == 0 {
            self.batch.offset = offset;
        }
        let columns = self.batch.columns.iter_mut().zip(&self.schema.fields);
        for ((column, field), slot) in columns.zip(&mut self.row) {
            column.push(slot.take().as_ref(), field);
        }
        self.batch.rows.tally(1);
        Ok(())
    }

    /// Whether the batch should be handed over.
    pub(crate) fn is_full(&self) -> bool {
        self.batch.rows >= ROWS || self.bytes >= BYTES
    }

    /// The batch, with its rows.
    pub(crate) fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Begins the next batch in the memory of this one.
    pub(crate) fn clear(&mut self) {
        let columns = self.schema.fields.iter();
        self.batch.columns = columns.map(|field| Column::of(&field.data)).collect();
        self.batch.rows = 0;
        self.bytes = 0;
    }
}
