//! The record batches of Parquet files.

use std::any::Any;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use arrow_schema::{DataType, Field, Schema};

use super::read::Rows;
use super::{footer, of_arrow, of_parquet, pages, wrong};

/// Bytes at the end of a file: the length of the footer, and `PAR1`.
const TAIL: usize = 8;

thread_local! {
    static IS_DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in the decoder of Parquet, a crate that panics at some broken files. Such a panic becomes an
/// error of [`rows`](super::rows), so that the panic hook of a program may pass over it.
pub fn is_decoding() -> bool {
    IS_DECODING.get()
}

/// The record batches of a file.
pub(super) struct Batches {
    reader: ParquetRecordBatchReader,
    is_done: bool,
}

impl Batches {
    pub(super) fn new(mut file: File) -> io::Result<Batches> {
        let length = look_at_footer(&mut file)?;
        let reader = guarded(|| {
            // The Arrow schema that a file may contain is ignored: packing doesn't need it, and it may be wrong.
            let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let metadata = ArrowReaderMetadata::load(&file, options()).map_err(of_parquet)?;
            let own = Arc::clone(metadata.metadata());
            if own.file_metadata().schema_descr().num_columns() == 0 {
                return Err(wrong("the file has no columns"));
            }
            let rows = pages::check(&mut file, &own, length)?;
            let fields = metadata.schema().fields().iter().map(|field| viewed(field));
            let schema = Arc::new(Schema::new(fields.collect::<io::Result<Vec<Field>>>()?));
            let metadata = ArrowReaderMetadata::try_new(own, options().with_schema(schema));
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                file,
                metadata.map_err(of_parquet)?,
            );
            builder.with_batch_size(rows).build().map_err(of_parquet)
        });
        Ok(Batches {
            reader: reader?,
            is_done: false,
        })
    }
}

impl Iterator for Batches {
    type Item = io::Result<Rows>;

    fn next(&mut self) -> Option<io::Result<Rows>> {
        if self.is_done {
            return None;
        }
        let batch = guarded(|| self.reader.next().transpose().map_err(of_arrow)).transpose();
        // After a panic the reader is in no state to go on with.
        self.is_done = !matches!(batch, Some(Ok(_)));
        let batch = batch?;
        Some(batch.map(|batch| Rows {
            schema: batch.schema(),
            batch,
            dictionaries: Vec::new(),
        }))
    }
}

/// Checks the schema, whose depth would be that of the decoder's stack; the length of the file.
fn look_at_footer(file: &mut File) -> io::Result<u64> {
    let no_file = || wrong("a Parquet file ends with PAR1, and this doesn't");
    let length = file.seek(SeekFrom::End(0))?;
    let tail_at = length.checked_sub(TAIL as u64).ok_or_else(no_file)?;
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::Start(tail_at))?;
    file.read_exact(&mut tail)?;
    let Some((size, b"PAR1")) = tail.split_first_chunk() else {
        return Err(no_file());
    };
    let size = u32::from_le_bytes(*size);
    let Some(at) = tail_at.checked_sub(size.into()) else {
        return Err(wrong(format!(
            "the footer has {size} bytes, and {tail_at} are before its end"
        )));
    };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.by_ref().take(size.into()).read_to_end(&mut bytes)?;
    footer::check(&bytes).map_err(|text| wrong(format!("the footer at {at:#x}: {text}")))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(length)
}

/// The same type with texts and bytes as views of a page: a value of a dictionary may be in many rows, and would be
/// copied for each. As deep as columns may nest.
fn viewed(field: &Field) -> io::Result<Field> {
    let item = |item: &Arc<Field>| viewed(item).map(Arc::new);
    let kind = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        DataType::List(own) => DataType::List(item(own)?),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(item).collect::<io::Result<_>>()?)
        }
        DataType::Map(..) => {
            let name = field.name();
            return Err(wrong(format!(
                "column {name:?}: no field of a format is a map"
            )));
        }
        other => other.clone(),
    };
    Ok(field.clone().with_data_type(kind))
}

/// Calls the decoder. With broken pages it may panic, for errors that only decoding finds: keys without a value, levels
/// without a column. It is safe code, and its state is dropped after a panic.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    IS_DECODING.set(true);
    let answer = catch_unwind(AssertUnwindSafe(work));
    IS_DECODING.set(false);
    answer.unwrap_or_else(|panicked| {
        let said = panic_message(&*panicked);
        Err(wrong(format!(
            "the file is broken: its decoder stopped at {said:?}"
        )))
    })
}

/// The message of a panic.
fn panic_message(panicked: &(dyn Any + Send)) -> &str {
    let owned = panicked.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panicked.downcast_ref::<&str>().copied())
        .unwrap_or("something unexpected")
}
