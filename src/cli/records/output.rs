//! Where rows go.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};

use super::Args;
use crate::cli::Context;
use crate::cli::kind::Kind;
use crate::cli::out::Out;
use crate::output::AtomicFile;
use crate::records::{Batch, Schema};
use crate::render::escape;
use crate::render::rows::{Csv, Json, Style, Table};

/// How rows are written, or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Csv,
    Json,
    Jsonl,
    Arrow,
    ArrowStream,
    Parquet,
}

impl Form {
    pub(super) const NAMES: [&str; 7] = ["text", "csv", "json", "jsonl", "arrow", "arrows", "parquet"];

    pub(super) fn named(name: &str) -> Result<Form, String> {
        let form = match name {
            "text" => Form::Text,
            "csv" => Form::Csv,
            "json" => Form::Json,
            "jsonl" => Form::Jsonl,
            "arrow" => Form::Arrow,
            "arrows" => Form::ArrowStream,
            "parquet" => Form::Parquet,
            _ => return Err("there is no such form".to_owned()),
        };
        match form.is_built() {
            true => Ok(form),
            false => Err(NOT_BUILT.to_owned()),
        }
    }

    /// The form that the suffix of a file tells.
    pub(super) fn of_file(path: &Path) -> anyhow::Result<Form> {
        let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
        let form = match suffix.as_deref() {
            Some("txt") => Form::Text,
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            Some("jsonl" | "ndjson") => Form::Jsonl,
            Some("arrow" | "feather" | "ipc") => Form::Arrow,
            Some("arrows") => Form::ArrowStream,
            Some("parquet" | "pq") => Form::Parquet,
            _ => bail!(
                "{}: its suffix tells no form; -O names one: {}",
                escape::path(path),
                Form::NAMES.join(", ")
            ),
        };
        match form.is_built() {
            true => Ok(form),
            false => bail!("{}: {NOT_BUILT}", escape::path(path)),
        }
    }

    /// Whether this build knows it.
    fn is_built(self) -> bool {
        cfg!(feature = "arrow") || !matches!(self, Form::Arrow | Form::ArrowStream | Form::Parquet)
    }

    /// What kind of file it makes.
    fn kind(self) -> Kind {
        match self {
            Form::Arrow | Form::ArrowStream => Kind::Data,
            Form::Parquet => Kind::Known("a Parquet file"),
            _ => Kind::Text,
        }
    }
}

const NOT_BUILT: &str =
    "this build has neither Arrow nor Parquet: build it with --features arrow, or write csv or jsonl";

/// The bytes of rows of some forms, which threads make independently of each other.
#[derive(Debug)]
pub(super) enum Lines {
    Csv(Csv),
    Json(Json),
}

impl Lines {
    /// `None` where rows are written one after the other.
    pub(super) fn new(form: Form, schema: &Schema, style: Style) -> Option<Lines> {
        match form {
            Form::Csv => Some(Lines::Csv(Csv::new(schema, style))),
            Form::Jsonl => Some(Lines::Json(Json::new(schema, style))),
            Form::Json => Some(Lines::Json(Json::new(schema, style).in_list())),
            _ => None,
        }
    }

    pub(super) fn write(&self, batch: &Batch, out: &mut Vec<u8>) {
        match self {
            Lines::Csv(csv) => csv.write(batch, out),
            Lines::Json(json) => json.write(batch, out),
        }
    }
}

/// Where bytes go.
enum Target {
    /// Standard output, whose text has no styles but those of tables.
    Out(Out),
    Plain(BufWriter<io::Stdout>),
    File(BufWriter<AtomicFile>),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Out(out) => out.write(bytes),
            Target::Plain(out) => out.write(bytes),
            Target::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Out(out) => out.flush(),
            Target::Plain(out) => out.flush(),
            Target::File(file) => file.flush(),
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
    arrow: Option<crate::records::arrow::Sink<Target>>,
    /// Rows of a list of JSON were written.
    has_rows: bool,
    text: Vec<u8>,
}

impl Sink {
    /// Begins the output: what stands before the first row.
    pub(super) fn open(args: &Args, schema: &Schema, cx: &mut Context) -> anyhow::Result<Sink> {
        let form = args.form()?;
        let is_binary = matches!(form, Form::Arrow | Form::ArrowStream | Form::Parquet);
        let mut target = match args.out.as_deref().filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let file = cx.create(path, form.kind(), args.force)?;
                Target::File(BufWriter::with_capacity(256 << 10, file))
            }
            None if is_binary => {
                // Asks whether it may.
                drop(cx.raw(args.force)?);
                Target::Plain(BufWriter::with_capacity(256 << 10, io::stdout()))
            }
            None => Target::Out(cx.out().shared()),
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
        #[cfg(feature = "arrow")]
        if is_binary {
            use crate::records::arrow::{Container, Sink as ArrowSink};
            let container = match form {
                Form::Arrow => Container::File,
                Form::ArrowStream => Container::Stream,
                _ => Container::Parquet,
            };
            let arrow = ArrowSink::new(container, target, schema)?;
            return Ok(Sink {
                form,
                target: None,
                table: None,
                lines: None,
                arrow: Some(arrow),
                has_rows: false,
                text,
            });
        }
        Ok(Sink {
            form,
            target: Some(target),
            table: (form == Form::Text).then(|| Table::new(schema, style)),
            lines,
            #[cfg(feature = "arrow")]
            arrow: None,
            has_rows: false,
            text,
        })
    }

    /// Writes rows.
    pub(super) fn batch(&mut self, batch: &Batch) -> anyhow::Result<()> {
        if let (Some(table), Some(target)) = (&mut self.table, &mut self.target) {
            return Ok(table.write(batch, target)?);
        }
        if let Some(lines) = &self.lines {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            lines.write(batch, &mut text);
            self.lines(&text)?;
            self.text = text;
        }
        #[cfg(feature = "arrow")]
        if let Some(arrow) = &mut self.arrow {
            arrow.write(batch)?;
        }
        Ok(())
    }

    /// Writes rows that [`Lines`] has made text of.
    pub(super) fn lines(&mut self, text: &[u8]) -> anyhow::Result<()> {
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

    /// Writes what waits, since more may be long in coming.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        if let (Some(table), Some(target)) = (&mut self.table, &mut self.target) {
            table.flush(target)?;
        }
        match &mut self.target {
            Some(target) => Ok(target.flush()?),
            None => Ok(()),
        }
    }

    /// Writes what stands after the last row; a file gets its name.
    pub(super) fn end(mut self, args: &Args) -> anyhow::Result<()> {
        self.flush()?;
        if let (Form::Json, Some(target)) = (self.form, &mut self.target) {
            target.write_all(if self.has_rows { b"\n]\n" } else { b"]\n" })?;
        }
        #[cfg(feature = "arrow")]
        if let Some(arrow) = self.arrow.take() {
            self.target = Some(arrow.finish()?);
        }
        match self.target {
            Some(Target::File(file)) => {
                let name = || args.out.as_deref().map_or_else(String::new, |path| escape::path(path).to_string());
                let file = file.into_inner().map_err(|e| anyhow!(e.into_error())).with_context(name)?;
                file.commit().with_context(name)
            }
            Some(mut target) => Ok(target.flush()?),
            None => Ok(()),
        }
    }

    /// What was written before an error goes to standard output; a file is not made.
    pub(super) fn give_up(mut self) -> anyhow::Result<()> {
        match self.target {
            Some(Target::Out(_)) => {
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

    /// Whether threads make the text of rows.
    pub(super) fn takes_lines(&self) -> bool {
        self.lines.is_some()
    }
}
