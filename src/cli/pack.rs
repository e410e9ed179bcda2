//! `pack FORMAT [VALUE…]`: values become bytes.

mod arguments;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::{Context as _, Error, Result, bail, error};
use super::file_kind::FileKind;
use super::{Context, Exit, Input, Output, negative_numbers, number, words};
use crate::render::{escape, get, json};
use crate::schema::Compiled;
use crate::structs::{DataError, FormatError, Struct};
use crate::value::literal;
use crate::{Record, Source, Value};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// A value for each field, as its code asks: 640, 0xff, -1.5, nan, true, text, b'\x00',
    /// x'7f45', 1+2j; groups and arrays as JSON; or each by its path, size=54 rgb[0:3]=0xff
    #[arg(value_parser = negative_numbers::parser(), conflicts_with = "json")]
    values: Vec<String>,

    /// Take the values from a JSON file: an object by name, or a list in order; or several of them, a
    /// line each, for structs one after another; - is standard input
    #[arg(long, value_name = "FILE", value_parser = Input::parser())]
    json: Option<Input>,

    /// With a format of a whole file: a file of it, which keeps its bytes wherever it has the same values
    #[arg(long, value_name = "FILE", value_parser = Input::parser())]
    base: Option<Input>,

    /// Print hexadecimal digits: the same as -O hex
    #[arg(long, conflicts_with = "output")]
    hex: bool,

    /// How the bytes are written; json is an object with their number and their digits
    #[arg(short = 'O', long, value_name = "FORM", default_value = "raw",
          value_parser = Output::only(&[Output::Raw, Output::Hex, Output::Base64, Output::Json]))]
    output: Output,

    /// Write to this file, which appears whole or not at all
    #[arg(short, long = "out", value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write over the bytes from here on in the file of -o, in place; a negative offset counts
    /// from the end
    #[arg(short = 's', long = "offset", visible_alias = "at", value_name = "N",
          value_parser = number::offset, allow_hyphen_values = true,
          requires = "out", conflicts_with_all = ["hex", "output"])]
    at: Option<i64>,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,

    /// Write raw bytes even to a terminal, and with -o replace a file of another kind
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  bytewright pack '>I' 10240099 --hex                          009c4063
  bytewright pack '<2s:magic=\"BM\" I:size' 54 -o header.bin
  bytewright pack '<h 3s' -1 abc | xxd
  bytewright pack '<3H:rgb' '[255, 128, 0]' --hex
  bytewright pack '<2s:magic=\"BM\" (H:x H:y):at 3B:rgb' at.x=1 at.y=2 'rgb[0:3]=0xff' --hex
  echo '{\"size\": 54}' | bytewright pack '<2s:magic=\"BM\" I:size' --json -
  bytewright pack '<I:time f:value' --json samples.jsonl -o samples.bin
  bytewright pack '<I' 691256 --offset 2 -o photo.bmp          changes 4 bytes of the file";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let compiled = cx
            .compile(&self.format, self.python)
            .map_err(|error| self.swapped().map_or(error, Into::into))?;
        let base = match &self.base {
            Some(input) => {
                let bytes = input
                    .open()
                    .and_then(|source| Ok(source.read(0, u64::MAX)?));
                Some(bytes.with_context(|| input.to_string())?)
            }
            None => None,
        };
        let values = match &self.json {
            None => arguments::read(&compiled, &self.values).map(|values| vec![values]),
            Some(input) => from_json(input)
                .with_context(|| input.to_string())
                .map_err(|error| inline(input).unwrap_or(error)),
        }?;
        let format = compiled.layout;
        let bytes = match (base, values.as_slice()) {
            (Some(base), [values]) => pack_onto(&format, &base, values),
            (Some(_), _) => bail!("--base takes the values of one struct"),
            (None, [values]) => pack(&format, values),
            (None, many) => pack_all(&format, many),
        };
        let bytes = match &self.json {
            Some(input) => bytes.with_context(|| input.to_string())?,
            None => bytes?,
        };
        match (&self.out, self.at) {
            (Some(path), Some(offset)) => {
                write_at(path, offset, &bytes).with_context(|| escape::path(path).to_string())?;
            }
            (Some(path), None) if path.as_os_str() != "-" => {
                let bytes = self.shown(bytes)?;
                let kind = FileKind::of(&Source::from(bytes.as_slice()))?;
                let mut file = cx.create(path, kind, self.force)?;
                file.write_all(&bytes)
                    .and_then(|()| file.commit())
                    .with_context(|| escape::path(path).to_string())?;
            }
            _ if self.form() != Output::Raw => cx.out().write_all(&self.shown(bytes)?)?,
            _ if cx.is_terminal() && !self.force => bail!(
                "raw bytes are not written to a terminal: --hex prints their digits, -o FILE writes them to a file, \
                 and --force writes them here"
            ),
            _ => {
                let mut out = cx.raw(self.force)?;
                out.write_all(&bytes).and_then(|()| out.flush())?;
            }
        }
        Ok(Exit::Done)
    }

    /// Where the last value is a format, and what is in the place of the format is none.
    fn swapped(&self) -> Option<FormatError> {
        let (format, values) = self.values.split_last()?;
        // Text with the beginning of a format, or with names of fields, is a format with an error.
        if self.format.starts_with(['<', '>', '=', '!', '@', '%']) || self.format.contains(':') {
            return None;
        }
        if Struct::new(format).ok()?.size() == Some(0) {
            return None;
        }
        let mut line = words::quoted(&format.into());
        for value in std::iter::once(&self.format).chain(values) {
            line.push(' ');
            line.push_str(&words::quoted(&value.into()));
        }
        let shown = escape::message(format);
        let message = format!("this is no format, and the last argument, {shown}, is one");
        let hint = format!("the format comes first: bytewright pack {line}");
        Some(FormatError::of_all(&self.format, message, hint))
    }

    fn form(&self) -> Output {
        match self.hex {
            true => Output::Hex,
            false => self.output,
        }
    }

    fn shown(&self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let mut line = match self.form() {
            Output::Hex => literal::to_hex(&bytes).into_bytes(),
            Output::Base64 => {
                let mut digits = Vec::new();
                get::base64(&mut bytes.as_slice(), &mut digits)?;
                digits
            }
            Output::Json => {
                let hex = literal::to_hex(&bytes);
                serde_json::to_vec(&serde_json::json!({ "size": bytes.len(), "hex": hex }))?
            }
            _ => return Ok(bytes),
        };
        line.push(b'\n');
        Ok(line)
    }
}

/// The bytes of values as they are on the command line.
pub(super) fn from_text(compiled: &Compiled, values: &[String]) -> Result<Vec<u8>> {
    pack(&compiled.layout, &arguments::read(compiled, values)?)
}

/// JSON is accepted for groups and arrays, even where other values are plain text.
fn pack(format: &Struct, values: &Record) -> Result<Vec<u8>> {
    Ok(format.pack(&format.values_from_plain(values)?)?)
}

fn pack_onto(format: &Struct, base: &[u8], values: &Record) -> Result<Vec<u8>> {
    Ok(format.pack_onto(base, &format.values_from_plain(values)?)?)
}

/// Writes over bytes that are there: the file keeps its length.
fn write_at(path: &Path, offset: i64, bytes: &[u8]) -> Result<()> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    let start = match u64::try_from(offset) {
        Ok(start) => Some(start),
        Err(_) => length.checked_add_signed(offset),
    };
    let size = bytes.len() as u64;
    let fits = |start: &u64| start.checked_add(size).is_some_and(|end| end <= length);
    let Some(start) = start.filter(fits) else {
        let message = format!("{size} bytes at offset {offset} don't fit into {length}");
        return Err(DataError::other(message).into());
    };
    file.seek(SeekFrom::Start(start))?;
    file.write_all(bytes)?;
    Ok(())
}

/// Structs one after another; an error tells which one it is in, as its line is called.
fn pack_all(format: &Struct, all: &[Record]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (line, values) in (1u64..).zip(all) {
        bytes.extend(pack(format, values).with_context(|| format!("value {line}"))?);
    }
    Ok(bytes)
}

/// The advice for JSON in the place of its file.
fn inline(input: &Input) -> Option<Error> {
    let text = input.path().filter(|path| !path.exists())?.to_str()?;
    serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .filter(|value| value.is_object() || value.is_array())?;
    let quoted = words::quoted(&text.into());
    Some(error!(
        "--json takes a file, and - for standard input:\n\n  printf %s {quoted} | bytewright pack FORMAT --json -\n"
    ))
}

/// The values of a JSON document, an object or a list; or of several, a line each.
fn from_json(input: &Input) -> Result<Vec<Record>> {
    let bytes = input.open()?.read(0, u64::MAX)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| DataError::other(format!("wrong JSON: {error}")))?;
    let whole = json::read(text);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    match whole {
        Ok(value) => Ok(vec![record(value)?]),
        // Of a document over several lines, none is one.
        Err(_) if lines.clone().count() > 1 && lines.clone().all(is_begun_and_ended) => (1u64..)
            .zip(lines)
            .map(|(line, text)| {
                json::read(text)
                    .map_err(|error| DataError::other(format!("wrong JSON: {error}")).into())
                    .and_then(record)
                    .with_context(|| format!("value {line}"))
            })
            .collect(),
        Err(error) => Err(DataError::other(format!("wrong JSON: {error}")).into()),
    }
}

/// Whether a line has the brackets of an object or of a list around it.
fn is_begun_and_ended(line: &str) -> bool {
    let line = line.trim();
    (line.starts_with('{') && line.ends_with('}')) || (line.starts_with('[') && line.ends_with(']'))
}

fn record(value: Value) -> Result<Record> {
    match value {
        Value::Record(record) => Ok(record),
        Value::List(values) => Ok(Record::new(values)),
        _ => Err(DataError::other("expected a JSON object or a list").into()),
    }
}
