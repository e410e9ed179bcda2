//! Record batches of Arrow, one after the other.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use super::Converter;
use crate::records::Reader;

/// The batches of a [`Reader`] as record batches, for everything that takes a
/// [`RecordBatchReader`].
///
/// ```
/// use arrow_array::RecordBatchReader;
/// use bytewright::Struct;
/// use bytewright::records::{Reader, arrow::RecordBatches};
///
/// let reader = Reader::new(Struct::new("<H:id f:level")?, &b"\x01\0\0\0\x80\x3f"[..])?;
/// let batches = RecordBatches::new(reader);
/// assert_eq!(batches.schema().field(1).name(), "level");
/// let rows = batches.map(|batch| batch.map(|batch| batch.num_rows()));
/// assert_eq!(rows.collect::<Result<Vec<_>, _>>()?, [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordBatches {
    reader: Reader,
    converter: Converter,
}

impl RecordBatches {
    /// The batches of a reader.
    pub fn new(reader: Reader) -> RecordBatches {
        RecordBatches {
            converter: Converter::new(reader.schema()),
            reader,
        }
    }

    /// The converter of batches, which counts values that Arrow's types can't hold.
    pub fn converter(&self) -> &Converter {
        &self.converter
    }
}

impl Iterator for RecordBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        let batch = match self.reader.next()? {
            Ok(batch) => self.converter.convert(batch).map_err(ArrowError::from),
            Err(error) => Err(ArrowError::ExternalError(Box::new(error))),
        };
        Some(batch)
    }
}

impl RecordBatchReader for RecordBatches {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.converter.schema())
    }
}
