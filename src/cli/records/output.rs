//! The output of rows.

use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex};

use super::Args;
#[cfg(feature = "arrow")]
use super::encoder::group_size;
use super::encoder::{Encoded, Encoder, Lines, free};
use super::form::Form;
use crate::cli::Context;
use crate::cli::error::{Context as _, Error, Result};
use crate::cli::file_kind::FileKind;
use crate::cli::standard_output::StandardOutput;
use crate::output::AtomicFile;
#[cfg(feature = "arrow")]
use crate::records::arrow::{Container, Sink as ArrowSink};
use crate::records::{Batch, Schema};
use crate::render::escape;
use crate::render::rows::Table;

/// A file that appears whole or not at all, or standard output.
pub(super) enum Bytes {
    Out(BufWriter<io::Stdout>),
    File(Box<BufWriter<AtomicFile>>),
}

/// Bytes that are written at once.
const BUFFER: usize = 256 << 10;

impl Bytes {
    /// The file of `-o`, or standard output; bytes that are no text aren't written to a terminal.
    pub(super) fn open(args: &Args, kind: FileKind, cx: &mut Context) -> Result<Bytes> {
        Ok(match args.file() {
            Some(path) => {
                let file = cx.create(path, kind, args.force)?;
                Bytes::File(Box::new(BufWriter::with_capacity(BUFFER, file)))
            }
            None => {
                drop(cx.raw(args.force)?);
                Bytes::Out(BufWriter::with_capacity(BUFFER, io::stdout()))
            }
        })
    }

    /// Everything is written; the file gets its name.
    pub(super) fn end(self, args: &Args) -> Result<()> {
        let file = match self {
            Bytes::Out(mut out) => return Ok(out.flush()?),
            Bytes::File(file) => file,
        };
        let name = || {
            args.file()
                .map_or_else(String::new, |path| escape::path(path).to_string())
        };
        let file = file
            .into_inner()
            .map_err(|e| Error::from(e.into_error()))
            .with_context(name)?;
        file.commit().with_context(name)
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Bytes::Out(out) => out.write(bytes),
            Bytes::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Bytes::Out(out) => out.flush(),
            Bytes::File(file) => file.flush(),
        }
    }
}

/// The output of rows.
enum Target {
    /// Standard output for text.
    Text(StandardOutput),
    Bytes(Box<Bytes>),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Text(out) => out.write(bytes),
            Target::Bytes(bytes_out) => bytes_out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Text(out) => out.flush(),
            Target::Bytes(bytes_out) => bytes_out.flush(),
        }
    }
}

/// Writes rows in a form.
pub(super) struct Sink {
    form: Form,
    target: Option<Target>,
    table: Option<Table>,
    lines: Option<Lines>,
    #[cfg(feature = "arrow")]
    arrow: Option<ArrowSink<Bytes>>,
    /// Rows of a list of JSON were written.
    has_rows: bool,
    text: Vec<u8>,
    /// Buffers of written texts, for threads to use again.
    texts: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Sink {
    /// Begins the output: what comes before the first row.
    pub(super) fn open(args: &Args, schema: &Schema, cx: &mut Context) -> Result<Sink> {
        let form = args.form()?;
        #[cfg(feature = "arrow")]
        let is_binary = matches!(form, Form::Arrow | Form::ArrowStream | Form::Parquet);
        #[cfg(feature = "arrow")]
        if is_binary {
            let container = match form {
                Form::Arrow => Container::File,
                Form::ArrowStream => Container::Stream,
                _ => Container::Parquet,
            };
            let out = Bytes::open(args, form.kind(), cx)?;
            let arrow = ArrowSink::new(container, out, schema)?;
            return Ok(Sink {
                form,
                target: None,
                table: None,
                lines: None,
                arrow: Some(arrow),
                has_rows: false,
                text: Vec::new(),
                texts: Arc::default(),
            });
        }
        let mut target = match args.file() {
            Some(_) => Target::Bytes(Box::new(Bytes::open(args, form.kind(), cx)?)),
            None => Target::Text(cx.out().shared()),
        };
        let style = args.style();
        let lines = Lines::new(form, schema, style);
        let mut text = Vec::new();
        match &lines {
            Some(Lines::Csv(csv)) => csv.header(&mut text),
            Some(Lines::Json(_)) if form == Form::Json => text.push(b'['),
            _ => {}
        }
        target.write_all(&text)?;
        Ok(Sink {
            form,
            target: Some(target),
            table: (form == Form::Text).then(|| Table::new(schema, style)),
            lines,
            #[cfg(feature = "arrow")]
            arrow: None,
            has_rows: false,
            text,
            texts: Arc::default(),
        })
    }

    /// Writes rows.
    #[cfg_attr(
        not(feature = "arrow"),
        expect(
            clippy::needless_pass_by_value,
            reason = "the writer of Arrow keeps it"
        )
    )]
    pub(super) fn batch(&mut self, batch: Batch) -> Result<()> {
        if let (Some(table), Some(target)) = (&mut self.table, &mut self.target) {
            return Ok(table.write(&batch, target)?);
        }
        if let Some(lines) = &self.lines {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            lines.write(&batch, &mut text);
            self.lines(&text)?;
            self.text = text;
            return Ok(());
        }
        #[cfg(feature = "arrow")]
        if let Some(arrow) = &mut self.arrow {
            arrow.write(batch)?;
        }
        Ok(())
    }

    /// The encoder for threads, for records of this size.
    #[cfg_attr(
        not(feature = "arrow"),
        expect(unused_variables, reason = "only row groups have sizes")
    )]
    pub(super) fn maker(&self, args: &Args, schema: &Schema, record: usize) -> Encoder {
        if let Some(lines) = Lines::new(self.form, schema, args.style()) {
            return Encoder::Lines(lines, Arc::clone(&self.texts));
        }
        #[cfg(feature = "arrow")]
        if let Some(arrow) = &self.arrow {
            let converter = Arc::clone(arrow.converter());
            return match self.form {
                Form::Parquet => {
                    let records = group_size(record).checked_div(record).unwrap_or(1);
                    Encoder::Groups(converter, records / 4)
                }
                _ => Encoder::Batches(converter),
            };
        }
        Encoder::Rows
    }

    /// Writes an encoded block.
    pub(super) fn made(&mut self, made: Encoded) -> Result<()> {
        match made {
            Encoded::Rows(batch) => self.batch(batch),
            Encoded::Lines(mut text) => {
                self.lines(&text)?;
                text.clear();
                free(&self.texts).push(text);
                Ok(())
            }
            #[cfg(feature = "arrow")]
            Encoded::Batches(batches) => {
                for batch in batches {
                    if let Some(arrow) = &mut self.arrow {
                        arrow.write_batch(batch)?;
                    }
                }
                Ok(())
            }
            #[cfg(feature = "arrow")]
            Encoded::Group(group) => match &mut self.arrow {
                Some(arrow) => Ok(arrow.append(group)?),
                None => Ok(()),
            },
        }
    }

    /// Writes rows that [`Lines`] has made text of.
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        let Some(target) = &mut self.target else {
            return Ok(());
        };
        // The first row of a list has no comma before it.
        let is_first = self.form == Form::Json && !self.has_rows;
        let text = match is_first {
            true => text.strip_prefix(b",").unwrap_or(text),
            false => text,
        };
        self.has_rows |= !text.is_empty();
        Ok(target.write_all(text)?)
    }

    /// Writes buffered rows, since the next ones may take long to come.
    pub(super) fn flush(&mut self) -> Result<()> {
        if let (Some(table), Some(target)) = (&mut self.table, &mut self.target) {
            table.flush(target)?;
        }
        match &mut self.target {
            Some(target) => Ok(target.flush()?),
            None => Ok(()),
        }
    }

    /// Writes what comes after the last row; a file gets its name.
    #[cfg_attr(
        not(feature = "arrow"),
        expect(unused_variables, reason = "text holds every value")
    )]
    pub(super) fn end(mut self, args: &Args, cx: &mut Context) -> Result<()> {
        self.flush()?;
        if let (Form::Json, Some(target)) = (self.form, &mut self.target) {
            target.write_all(if self.has_rows { b"\n]\n" } else { b"]\n" })?;
        }
        #[cfg(feature = "arrow")]
        if let Some(arrow) = self.arrow.take() {
            let lost = arrow.converter().lost();
            if lost > 0 {
                cx.warn(format!(
                    "{lost} values are none that their column can hold: times beyond all timestamps are absent, \
                     and bytes that are no UTF-8 are another character"
                ));
            }
            return arrow.finish()?.end(args);
        }
        match self.target {
            Some(Target::Bytes(bytes)) => bytes.end(args),
            Some(Target::Text(mut out)) => Ok(out.flush()?),
            None => Ok(()),
        }
    }

    /// After an error, buffered rows go to standard output; a file is not made.
    pub(super) fn give_up(mut self) -> Result<()> {
        match self.target {
            Some(Target::Text(_)) => {
                self.flush()?;
                if let (Form::Json, Some(target)) = (self.form, &mut self.target) {
                    target.write_all(if self.has_rows { b"\n]\n" } else { b"]\n" })?;
                    target.flush()?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
