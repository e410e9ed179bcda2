//! Some records in a row, as columns.

use super::column::Column;
use super::schema::Schema;
use crate::offset::sum;
use crate::value::Record;

/// Columns of as many rows each; the fields of a [`Schema`] say what they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// The columns, in the order of the schema.
    pub columns: Vec<Column>,
    /// How many rows each has.
    pub rows: usize,
    /// Where the first record begins in its file.
    pub offset: u64,
}

impl Batch {
    /// A row as a record: what is absent is left out, parts of names are groups.
    ///
    /// ```
    /// use bytewright::Struct;
    /// use bytewright::records::{Batch, Columns};
    ///
    /// let format = Struct::new("<H:id (b:x b:y):at")?;
    /// let columns = Columns::new(&format.clone().into()).unwrap();
    /// let mut batch = Batch::default();
    /// columns.decode(b"\x01\0\x02\xff", 0, &mut batch)?;
    /// assert_eq!(batch.record(0, columns.schema()), format.unpack(b"\x01\0\x02\xff")?);
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    pub fn record(&self, row: usize, schema: &Schema) -> Record {
        let leaves = self.columns.iter().zip(&schema.fields);
        super::nest::nested(
            leaves.filter_map(|(column, field)| Some((&field.path[..], column.value(row, field)?))),
        )
    }

    /// How many values are absent, those of arrays included.
    pub fn absent(&self) -> usize {
        sum(self.columns.iter().map(Column::absent))
    }

    /// Keeps the rows for which `keep` is set.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        for column in &mut self.columns {
            column.retain(keep);
        }
        self.rows = keep.iter().filter(|keep| **keep).count();
    }

    /// Keeps at most `most` rows, from the row `from` on.
    pub(crate) fn slice(&mut self, from: usize, most: usize) {
        if from == 0 && most >= self.rows {
            return;
        }
        let end = from.saturating_add(most);
        let keep: Vec<bool> = (0..self.rows)
            .map(|row| (from..end).contains(&row))
            .collect();
        self.retain(&keep);
    }
}
