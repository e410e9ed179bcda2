//! Where rows go, and how they are written.

use std::fs;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use bytewright::output::AtomicFile;
use clap::ValueEnum;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::ipc::writer::{
    DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter,
};
use datafusion::arrow::json;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::readable;
use super::text::{Table, of_arrow};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Lined up, for people
    Text,
    /// Comma-separated values (RFC 4180)
    Csv,
    /// A list with one JSON object a row
    Json,
    /// One JSON object a line
    Jsonl,
    /// A file of Arrow's interprocess communication, which is Feather 2
    Arrow,
    /// The stream of it
    Arrows,
    /// Parquet
    Parquet,
}

impl Form {
    /// The form that the suffix of a file tells.
    pub(crate) fn of_file(path: &Path) -> anyhow::Result<Form> {
        let suffix = path.extension().map(|suffix| suffix.to_ascii_lowercase());
        Ok(match suffix.as_deref().and_then(|suffix| suffix.to_str()) {
            Some("txt") => Form::Text,
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            Some("jsonl" | "ndjson") => Form::Jsonl,
            Some("arrow" | "feather" | "ipc") => Form::Arrow,
            Some("arrows") => Form::Arrows,
            Some("parquet" | "pq") => Form::Parquet,
            _ => bail!(
                "{}: its suffix tells no form; -O names one: text, csv, json, jsonl, arrow, arrows, parquet",
                path.display()
            ),
        })
    }

    fn is_binary(self) -> bool {
        matches!(self, Form::Arrow | Form::Arrows | Form::Parquet)
    }
}

/// A file that appears whole or not at all, or standard output.
enum Target {
    Out(io::Stdout),
    File(Box<AtomicFile>),
}

impl Target {
    fn open(path: Option<&Path>, form: Form, force: bool) -> anyhow::Result<Target> {
        let Some(path) = path else {
            let out = io::stdout();
            if form.is_binary() && out.is_terminal() && !force {
                bail!(
                    "bytes would be written to a terminal: -o names a file, --force writes them all the same"
                );
            }
            return Ok(Target::Out(out));
        };
        // A typing error should not cost a file of another kind.
        let same = || Form::of_file(path).is_ok_and(|told| told == form);
        if !force && fs::metadata(path).is_ok_and(|old| old.len() > 0) && !same() {
            bail!(
                "{}: there is a file already, and its suffix tells another form; --force replaces it",
                path.display()
            );
        }
        let file = AtomicFile::create(path).with_context(|| path.display().to_string())?;
        Ok(Target::File(Box::new(file)))
    }

    fn end(self) -> io::Result<()> {
        match self {
            Target::Out(mut out) => watched(out.flush()),
            Target::File(file) => file.commit(),
        }
    }
}

/// Whether the reader of standard output has gone. Writers of rows hand on the text of an error, and not itself.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the reader of standard output has gone, which has read enough.
pub(crate) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

fn watched<T>(result: io::Result<T>) -> io::Result<T> {
    if let Err(error) = &result
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        CLOSED.store(true, Ordering::Relaxed);
    }
    result
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Out(out) => watched(out.write(bytes)),
            Target::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Out(out) => watched(out.flush()),
            Target::File(file) => file.flush(),
        }
    }
}

type Buffered = BufWriter<Target>;

enum Inner {
    Text(Table, Buffered),
    /// The steps of a plan: each a text of several lines.
    Plan(Buffered),
    Csv(Box<csv::Writer<Buffered>>),
    Json(Box<json::ArrayWriter<Buffered>>),
    Jsonl(Box<json::LineDelimitedWriter<Buffered>>),
    Arrow(Box<FileWriter<Buffered>>),
    Arrows(Box<StreamWriter<Buffered>>),
    Parquet(Box<ArrowWriter<Buffered>>),
}

/// Writes rows in a form.
pub(crate) struct Sink {
    inner: Inner,
    form: Form,
}

impl Sink {
    pub(crate) fn open(
        path: Option<&Path>,
        form: Form,
        force: bool,
        schema: &SchemaRef,
    ) -> anyhow::Result<Sink> {
        let out = BufWriter::with_capacity(256 << 10, Target::open(path, form, force)?);
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let is_plan = names.eq(["plan_type", "plan"]);
        let inner = match form {
            Form::Text if is_plan => Inner::Plan(out),
            Form::Text => Inner::Text(Table::new(schema), out),
            Form::Csv => {
                // The writer names columns with the first rows, of which there may be none.
                let mut writer = csv::Writer::new(out);
                writer.write(&RecordBatch::new_empty(readable::schema(schema, true)))?;
                Inner::Csv(Box::new(writer))
            }
            Form::Json => {
                let builder = json::WriterBuilder::new().with_explicit_nulls(true);
                Inner::Json(Box::new(builder.build(out)))
            }
            Form::Jsonl => {
                let builder = json::WriterBuilder::new().with_explicit_nulls(true);
                Inner::Jsonl(Box::new(builder.build(out)))
            }
            Form::Arrow => {
                let writer = FileWriter::try_new_with_options(out, schema, ipc())?;
                Inner::Arrow(Box::new(writer))
            }
            Form::Arrows => {
                let writer = StreamWriter::try_new_with_options(out, schema, ipc())?;
                Inner::Arrows(Box::new(writer))
            }
            Form::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
                    .build();
                let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
                Inner::Parquet(Box::new(writer))
            }
        };
        Ok(Sink { inner, form })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let made = match self.form {
            Form::Arrow | Form::Arrows | Form::Parquet => None,
            // JSON has lists and objects itself.
            Form::Json | Form::Jsonl => Some(readable::batch(batch, false)?),
            Form::Text | Form::Csv => Some(readable::batch(batch, true)?),
        };
        let batch = made.as_ref().unwrap_or(batch);
        match &mut self.inner {
            Inner::Text(table, out) => table.write(batch, out)?,
            Inner::Plan(out) => plan(batch, out)?,
            Inner::Csv(writer) => writer.write(batch).map_err(of_arrow)?,
            Inner::Json(writer) => writer.write(batch).map_err(of_arrow)?,
            Inner::Jsonl(writer) => writer.write(batch).map_err(of_arrow)?,
            Inner::Arrow(writer) => writer.write(batch).map_err(of_arrow)?,
            Inner::Arrows(writer) => writer.write(batch).map_err(of_arrow)?,
            Inner::Parquet(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    /// Writes what stands after the last row; a file gets its name.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        let mut out = match self.inner {
            Inner::Text(mut table, mut out) => {
                table.flush(&mut out)?;
                out
            }
            Inner::Plan(out) => out,
            Inner::Csv(writer) => writer.into_inner(),
            Inner::Json(mut writer) => {
                writer.finish().map_err(of_arrow)?;
                let mut out = writer.into_inner();
                out.write_all(b"\n")?;
                out
            }
            Inner::Jsonl(mut writer) => {
                writer.finish().map_err(of_arrow)?;
                writer.into_inner()
            }
            Inner::Arrow(writer) => writer.into_inner().map_err(of_arrow)?,
            Inner::Arrows(writer) => writer.into_inner().map_err(of_arrow)?,
            Inner::Parquet(writer) => writer.into_inner()?,
        };
        out.flush()?;
        let target = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(target.end()?)
    }
}

/// Each batch brings the names of its own values, which a reader takes in the place of those before.
fn ipc() -> IpcWriteOptions {
    IpcWriteOptions::default().with_dictionary_handling(DictionaryHandling::Resend)
}

/// Writes the steps of plans, each line as it is.
fn plan(batch: &RecordBatch, out: &mut impl Write) -> io::Result<()> {
    let is_text = |index: usize| batch.column(index).data_type() == &DataType::Utf8;
    if batch.num_columns() < 2 || !is_text(0) || !is_text(1) {
        return Ok(());
    }
    let (kinds, plans) = (
        batch.column(0).as_string::<i32>(),
        batch.column(1).as_string::<i32>(),
    );
    for (kind, plan) in kinds.iter().zip(plans) {
        writeln!(out, "{}:", kind.unwrap_or_default())?;
        for line in plan.unwrap_or_default().lines() {
            writeln!(out, "  {}", super::text::shown(line))?;
        }
    }
    Ok(())
}
