//! The forms that rows are written in, by their names and by the suffixes of files.

use std::path::Path;

use crate::cli::error::{Result, bail};
use crate::cli::file_kind::FileKind;
use crate::render::escape;

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
    pub(super) const NAMES: [&str; 7] =
        ["text", "csv", "json", "jsonl", "arrow", "arrows", "parquet"];

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
    pub(super) fn of_file(path: &Path) -> Result<Form> {
        let suffix = path
            .extension()
            .map(|suffix| suffix.to_string_lossy().to_lowercase());
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
    pub(super) fn kind(self) -> FileKind {
        match self {
            Form::Arrow => FileKind::Format("arrow"),
            Form::ArrowStream => FileKind::Data,
            Form::Parquet => FileKind::Format("parquet"),
            _ => FileKind::Text,
        }
    }
}

const NOT_BUILT: &str = "this build has neither Arrow nor Parquet: build it with --features arrow, or write csv or jsonl";
