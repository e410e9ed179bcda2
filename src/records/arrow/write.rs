//! Files of record batches.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::file::writer::SerializedFileWriter;

use super::array::Converter;
use super::group::{self, GroupWriter, RowGroup};
use super::{Container, of_arrow, of_parquet};
use crate::offset::Tally;
use crate::records::{Batch, Schema};

/// Rows of a row group that is made of batches, at most.
const GROUP_ROWS: usize = 1 << 20;

/// Bytes in memory of the batches of a row group, about.
const GROUP_BYTES: usize = 16 << 20;

/// Writes batches into a file.
pub struct Sink<W: Write + Send> {
    converter: Arc<Converter>,
    inner: Inner<W>,
}

enum Inner<W: Write + Send> {
    File(Box<FileWriter<W>>),
    Stream(Box<StreamWriter<W>>),
    Parquet(Box<Parquet<W>>),
}

/// A Parquet file, and the batches of its next row group.
struct Parquet<W: Write + Send> {
    file: SerializedFileWriter<W>,
    waiting: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl<W: Write + Send> std::fmt::Debug for Sink<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}

impl<W: Write + Send> Sink<W> {
    /// Begins a file of these columns.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails; [`io::ErrorKind::InvalidData`] where the file can't have such columns.
    pub fn new(container: Container, out: W, schema: &Schema) -> io::Result<Sink<W>> {
        let converter = Arc::new(Converter::new(schema));
        let arrow = converter.schema();
        // Each batch has dictionaries of its own, which replace the previous ones for the stream's reader.
        let options =
            IpcWriteOptions::default().with_dictionary_handling(DictionaryHandling::Resend);
        let inner = match container {
            Container::File => {
                let writer =
                    FileWriter::try_new_with_options(out, arrow, options).map_err(of_arrow)?;
                Inner::File(Box::new(writer))
            }
            Container::Stream => {
                let writer =
                    StreamWriter::try_new_with_options(out, arrow, options).map_err(of_arrow)?;
                Inner::Stream(Box::new(writer))
            }
            Container::Parquet => {
                let properties = group::properties()?.build();
                let writer = ArrowWriter::try_new(out, Arc::clone(arrow), Some(properties));
                let (file, _) = writer
                    .and_then(ArrowWriter::into_serialized_writer)
                    .map_err(of_parquet)?;
                Inner::Parquet(Box::new(Parquet {
                    file,
                    waiting: Vec::new(),
                    rows: 0,
                    bytes: 0,
                }))
            }
        };
        Ok(Sink { converter, inner })
    }

    /// The converter of batches to record batches, which other threads can use, too.
    pub fn converter(&self) -> &Arc<Converter> {
        &self.converter
    }

    /// Writes a batch.
    ///
    /// # Errors
    ///
    /// When writing the output fails, and those of [`Converter::convert`].
    pub fn write(&mut self, batch: Batch) -> io::Result<()> {
        let batch = self.converter.convert(batch)?;
        self.write_batch(batch)
    }

    /// Writes a record batch that the converter has made. Those of Parquet wait until there are enough for a row
    /// group.
    ///
    /// # Errors
    ///
    /// When writing to the output fails.
    pub fn write_batch(&mut self, batch: RecordBatch) -> io::Result<()> {
        match &mut self.inner {
            Inner::File(writer) => writer.write(&batch).map_err(of_arrow),
            Inner::Stream(writer) => writer.write(&batch).map_err(of_arrow),
            Inner::Parquet(parquet) => parquet.add(batch),
        }
    }

    /// Writes a row group that a thread has made, after all rows before it.
    ///
    /// # Errors
    ///
    /// When writing the output fails; [`io::ErrorKind::InvalidInput`] where the file is no Parquet.
    pub fn append(&mut self, group: RowGroup) -> io::Result<()> {
        match &mut self.inner {
            Inner::Parquet(parquet) => {
                parquet.flush()?;
                parquet.append(group)
            }
            _ => {
                let message = "row groups are for Parquet";
                Err(io::Error::new(io::ErrorKind::InvalidInput, message))
            }
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// When writing to the output fails.
    pub fn finish(self) -> io::Result<W> {
        match self.inner {
            Inner::File(writer) => writer.into_inner().map_err(of_arrow),
            Inner::Stream(writer) => writer.into_inner().map_err(of_arrow),
            Inner::Parquet(mut parquet) => {
                parquet.flush()?;
                parquet.file.into_inner().map_err(of_parquet)
            }
        }
    }
}

impl<W: Write + Send> Parquet<W> {
    fn add(&mut self, batch: RecordBatch) -> io::Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.rows.tally(batch.num_rows());
        self.bytes.tally(batch.get_array_memory_size());
        self.waiting.push(batch);
        match self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Makes a row group of the batches that wait.
    fn flush(&mut self) -> io::Result<()> {
        (self.rows, self.bytes) = (0, 0);
        let waiting = std::mem::take(&mut self.waiting);
        let Some(first) = waiting.first() else {
            return Ok(());
        };
        let mut group = GroupWriter::new(first)?;
        for batch in &waiting {
            group.write(batch)?;
        }
        drop(waiting);
        let group = group.finish()?;
        self.append(group)
    }

    fn append(&mut self, group: RowGroup) -> io::Result<()> {
        if group.rows == 0 {
            return Ok(());
        }
        let written = self.file.next_row_group().and_then(|mut writer| {
            for chunk in group.chunks {
                chunk.append_to_row_group(&mut writer)?;
            }
            writer.close().map(drop)
        });
        written.map_err(of_parquet)
    }
}
