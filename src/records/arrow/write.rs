//! Files of record batches.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::array::Converter;
use super::{Container, of_arrow, of_parquet};
use crate::records::{Batch, Schema};

/// Writes batches into a file.
pub struct Sink<W: Write + Send> {
    converter: Arc<Converter>,
    inner: Inner<W>,
}

enum Inner<W: Write + Send> {
    File(Box<FileWriter<W>>),
    Stream(Box<StreamWriter<W>>),
    Parquet(Box<ArrowWriter<W>>),
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
    /// Those of `out`; [`io::ErrorKind::InvalidData`] where the file can't have such columns.
    pub fn new(container: Container, out: W, schema: &Schema) -> io::Result<Sink<W>> {
        let converter = Arc::new(Converter::new(schema));
        let arrow = converter.schema();
        // Each batch brings the names of its own values, which the stream's reader takes in place of those before.
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
                let level = ZstdLevel::try_new(1).map_err(of_parquet)?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .build();
                let writer = ArrowWriter::try_new(out, Arc::clone(arrow), Some(properties));
                Inner::Parquet(Box::new(writer.map_err(of_parquet)?))
            }
        };
        Ok(Sink { converter, inner })
    }

    /// What makes record batches of batches: on other threads, too.
    pub fn converter(&self) -> &Arc<Converter> {
        &self.converter
    }

    /// Writes a batch.
    ///
    /// # Errors
    ///
    /// Those of the output, and of [`Converter::convert`].
    pub fn write(&mut self, batch: Batch) -> io::Result<()> {
        let batch = self.converter.convert(batch)?;
        self.write_batch(&batch)
    }

    /// Writes a record batch that the converter has made.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write_batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match &mut self.inner {
            Inner::File(writer) => writer.write(batch).map_err(of_arrow),
            Inner::Stream(writer) => writer.write(batch).map_err(of_arrow),
            Inner::Parquet(writer) => writer.write(batch).map_err(of_parquet),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn finish(self) -> io::Result<W> {
        match self.inner {
            Inner::File(writer) => writer.into_inner().map_err(of_arrow),
            Inner::Stream(writer) => writer.into_inner().map_err(of_arrow),
            Inner::Parquet(writer) => writer.into_inner().map_err(of_parquet),
        }
    }
}
