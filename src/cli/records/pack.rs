//! `records --pack`: rows of other programs to the bytes of records.

use std::io::{self, BufRead, BufReader, Write};

use super::Args;
use super::form::Form;
use super::output::Bytes;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::file_kind::FileKind;
use crate::cli::stream::Stream;
use crate::cli::{Context, Exit, Input};
use crate::records::{Cell, CsvReader, Packer};
use crate::render::json;
use crate::schema::Compiled;
use crate::structs::DataError;

/// Bytes of a line of JSON, at most.
const MAX_LINE: u64 = 64 << 20;

impl Args {
    pub(super) fn pack(&self, format: &Compiled, cx: &mut Context) -> Result<Exit> {
        let packer = Packer::new(format, self.raw, |text| json::read(text).ok());
        let mut out = Bytes::open(self, FileKind::Data, cx)?;
        for input in &self.inputs {
            let form = self.form_of(input)?;
            let packed = match form {
                Form::Csv => csv(&packer, input, &mut out),
                Form::Jsonl | Form::Json => lines(&packer, input, &mut out),
                Form::Arrow | Form::ArrowStream | Form::Parquet => {
                    arrow(&packer, form, input, &mut out)
                }
                Form::Text => bail!(
                    "{input}: rows of a table for people can't be read: -O names another form"
                ),
            };
            packed.with_context(|| input.to_string())?;
        }
        out.end(self)?;
        Ok(Exit::Done)
    }

    /// The form of the rows of a file.
    fn form_of(&self, input: &Input) -> Result<Form> {
        match (self.output, input.path()) {
            (Some(form), _) => Ok(form),
            (None, Some(path)) => Form::of_file(path),
            (None, None) => {
                bail!("-O says what standard input holds: csv, jsonl, arrow, arrows or parquet")
            }
        }
    }
}

fn csv(packer: &Packer<'_>, input: &Input, out: &mut impl Write) -> Result<()> {
    let stream = Stream::open(input, 0)?.watched(false);
    let mut reader = CsvReader::new(BufReader::with_capacity(256 << 10, stream));
    let Some(names) = reader.next()? else {
        return Err(DataError::other("there is no line of names").into());
    };
    let places = packer.places(&names)?;
    while let Some(row) = reader.next()? {
        let line = reader.line();
        // Some programs leave an empty line at the end.
        if row.len() == 1 && names.len() != 1 && row.iter().all(String::is_empty) {
            continue;
        }
        if row.len() != names.len() {
            let (found, wanted) = (row.len(), names.len());
            return Err(DataError::other(format!(
                "line {line}: it has {found} fields, and there are {wanted} columns"
            ))
            .into());
        }
        let cells: Vec<Cell> = row.into_iter().map(Cell::Text).collect();
        let bytes = packer
            .pack(&places, &cells)
            .with_context(|| format!("line {line}"))?;
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// Lines of JSON; or one list over several lines, whose items end with a comma.
fn lines(packer: &Packer<'_>, input: &Input, out: &mut impl Write) -> Result<()> {
    let stream = Stream::open(input, 0)?.watched(false);
    let mut reader = BufReader::with_capacity(256 << 10, stream);
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let most = MAX_LINE + 1;
        let read = io::Read::take(&mut reader, most).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if line.len() as u64 > MAX_LINE {
            return Err(
                DataError::other(format!("line {number} has more than {MAX_LINE} bytes")).into(),
            );
        }
        let text = std::str::from_utf8(&line)
            .map_err(|_| DataError::other(format!("line {number} is no UTF-8")))?
            .trim();
        let text = text.strip_suffix(',').unwrap_or(text);
        if matches!(text, "" | "[" | "]" | "[]") {
            continue;
        }
        let row = json::read(text)
            .map_err(|error| DataError::other(format!("wrong JSON: {error}")))
            .with_context(|| format!("line {number}"))?;
        let bytes = packer
            .pack_plain(row)
            .with_context(|| format!("line {number}"))?;
        out.write_all(&bytes)?;
    }
    Ok(())
}

#[cfg(not(feature = "arrow"))]
fn arrow(_: &Packer<'_>, _: Form, _: &Input, _: &mut impl Write) -> Result<()> {
    bail!("this build has neither Arrow nor Parquet: build it with --features arrow")
}

#[cfg(feature = "arrow")]
fn arrow(packer: &Packer<'_>, form: Form, input: &Input, out: &mut impl Write) -> Result<()> {
    use crate::offset::Tally;
    use crate::records::arrow::{Container, Input as Rows, is_decoding, rows};
    use std::panic;
    // A panic of the decoder becomes an error, which says all that there is to say.
    static HOOKED: std::sync::Once = std::sync::Once::new();
    HOOKED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !is_decoding() {
                before(info);
            }
        }));
    });
    let container = match form {
        Form::Arrow => Container::File,
        Form::ArrowStream => Container::Stream,
        _ => Container::Parquet,
    };
    let mut places = None;
    let mut index = 0u64;
    let from = match input.path() {
        Some(path) => Rows::File(std::fs::File::open(path)?),
        None => Rows::Stream(Box::new(Stream::open(input, 0)?)),
    };
    rows(container, from, &mut |names, cells| -> Result<()> {
        let places = match &places {
            Some(places) => places,
            None => places.insert(packer.places(names)?),
        };
        let bytes = packer.pack(places, cells);
        let bytes = bytes.with_context(|| format!("row {index}"))?;
        index.tally(1);
        out.write_all(&bytes)?;
        Ok(())
    })
}
