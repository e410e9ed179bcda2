//! Row groups of Parquet, which threads make independently of each other.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema as ArrowSchema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::of_parquet;

use crate::offset::{Position, Tally};

/// Values of a column that are sampled to choose its encoding.
const SAMPLE: usize = 1024;

/// Values among them that occurred before, from which on a dictionary pays: of about 20,000 different values
/// that occur equally often.
const REPEATED: usize = 24;

/// A row group that is being made.
pub struct GroupWriter {
    schema: Arc<ArrowSchema>,
    writers: Vec<ArrowColumnWriter>,
    rows: usize,
}

/// A row group that is whole, for [`Sink::append`](super::Sink::append).
pub struct RowGroup {
    pub(super) chunks: Vec<ArrowColumnChunk>,
    pub(super) rows: usize,
}

impl std::fmt::Debug for GroupWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupWriter")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for RowGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowGroup")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// The properties of the whole file.
pub(super) fn properties() -> io::Result<WriterPropertiesBuilder> {
    let level = ZstdLevel::try_new(1).map_err(of_parquet)?;
    Ok(WriterProperties::builder().set_compression(Compression::ZSTD(level)))
}

impl GroupWriter {
    /// Begins a row group, whose first rows choose how each column is encoded; they are not written yet.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] where the file can't have such columns.
    pub fn new(first: &RecordBatch) -> io::Result<GroupWriter> {
        let schema = first.schema();
        let mut properties = properties()?;
        for (field, column) in schema.fields().iter().zip(first.columns()) {
            let path = ColumnPath::new(vec![field.name().clone()]);
            match choose(column) {
                Some(Choice::Plain) => {
                    properties = properties.set_column_dictionary_enabled(path, false);
                }
                Some(Choice::Deltas) => {
                    properties = properties
                        .set_column_dictionary_enabled(path.clone(), false)
                        .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
                }
                None => {}
            }
        }
        // A writer of a file that is dropped; only its column writers are used.
        let file = ArrowWriter::try_new(io::sink(), Arc::clone(&schema), Some(properties.build()));
        let (_, factory) = file
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(of_parquet)?;
        Ok(GroupWriter {
            writers: factory.create_column_writers(0).map_err(of_parquet)?,
            schema,
            rows: 0,
        })
    }

    /// The number of rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] where a column is not what the first rows had.
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let mut writers = self.writers.iter_mut();
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column).map_err(of_parquet)? {
                if let Some(writer) = writers.next() {
                    writer.write(&leaf).map_err(of_parquet)?;
                }
            }
        }
        self.rows.tally(batch.num_rows());
        Ok(())
    }

    /// Ends the row group.
    ///
    /// # Errors
    ///
    /// As [`GroupWriter::write`].
    pub fn finish(self) -> io::Result<RowGroup> {
        let chunks = self.writers.into_iter().map(ArrowColumnWriter::close);
        Ok(RowGroup {
            chunks: chunks.collect::<Result<_, _>>().map_err(of_parquet)?,
            rows: self.rows,
        })
    }
}

/// How a column is encoded, other than with a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Plain,
    Deltas,
}

/// `None` for a dictionary, and for what Parquet encodes its own way.
fn choose(column: &ArrayRef) -> Option<Choice> {
    if column.len() < SAMPLE || column.null_count() > 0 {
        return None;
    }
    let data = column.to_data();
    let bytes = data.buffers().first()?.as_slice();
    let width = match column.data_type() {
        DataType::FixedSizeBinary(width) => usize::try_from(*width).ok()?,
        other => other.primitive_width()?,
    };
    let start = data.offset().checked_mul(width)?;
    let bytes = bytes.get(start..)?;
    // Those of all rows, since equal values often are together.
    let step = column.len().checked_div(SAMPLE)?.max(1);
    let sample = bytes.chunks_exact(width).step_by(step).take(SAMPLE);
    let mut seen = HashSet::with_capacity(SAMPLE);
    let repeated = sample.filter(|value| !seen.insert(*value)).count();
    if repeated >= REPEATED {
        return None;
    }
    let is_integer =
        column.data_type().is_integer() || matches!(column.data_type(), DataType::Timestamp(..));
    let first = bytes.chunks_exact(width).take(SAMPLE);
    let few = match (is_integer, width) {
        (true, 4) => few_bits(first.map(number::<4>), 16),
        (true, 8) => few_bits(first.map(number::<8>), 32),
        _ => false,
    };
    Some(if few { Choice::Deltas } else { Choice::Plain })
}

/// An integer with a sign, as it is in memory.
fn number<const N: usize>(bytes: &[u8]) -> i64 {
    let mut whole = [0; 8];
    let value: [u8; N] = bytes.first_chunk().copied().unwrap_or([0; N]);
    for (place, byte) in whole.iter_mut().zip(value) {
        *place = byte;
    }
    let spare = u32::try_from(N).map_or(0, |n| 64u32.saturating_sub(n.saturating_mul(8)));
    // Arrow's arrays have the byte order of the machine.
    match cfg!(target_endian = "little") {
        true => (i64::from_le_bytes(whole) << spare) >> spare,
        false => i64::from_be_bytes(whole) >> spare,
    }
}

/// Whether the differences of neighbours have no more than this many bits.
fn few_bits(values: impl Iterator<Item = i64>, most: u32) -> bool {
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    let mut last: Option<i64> = None;
    for value in values {
        if let Some(last) = last {
            let difference = value.wrapping_sub(last);
            low = low.min(difference);
            high = high.max(difference);
        }
        last = Some(value);
    }
    let range = high.wrapping_sub(low).cast_unsigned();
    low <= high && 64u32.since(range.leading_zeros()) <= most
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, Int32Array, UInt64Array};

    #[test]
    fn a_column_is_encoded_as_its_values_want_it() {
        let chosen = |column: ArrayRef| choose(&column);
        let noise = |n: u64| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
                .wrapping_mul(n | 1)
        };
        let ids = UInt64Array::from_iter_values(7_000_000_000..7_000_010_000);
        assert_eq!(chosen(Arc::new(ids)), Some(Choice::Deltas));
        let random = UInt64Array::from_iter_values((0..10_000).map(noise));
        assert_eq!(chosen(Arc::new(random)), Some(Choice::Plain));
        let few = Int32Array::from_iter_values((0..10_000).map(|n| (noise(n) >> 54) as i32));
        assert_eq!(chosen(Arc::new(few)), None);
        let levels = (0..10_000u32).map(|n| f64::from(n) / 3.0);
        assert_eq!(
            chosen(Arc::new(Float64Array::from_iter_values(levels))),
            Some(Choice::Plain)
        );
        let negative = Int32Array::from_iter_values((0..10_000).map(|n| -1_000_000 + n * 3));
        assert_eq!(chosen(Arc::new(negative)), Some(Choice::Deltas));
        // Too few to tell.
        let short = UInt64Array::from_iter_values((0..1000).map(noise));
        assert_eq!(chosen(Arc::new(short)), None);
    }
}
