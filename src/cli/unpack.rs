//! `unpack FORMAT [FILE]`: the values of one struct, or of many.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{BufWriter, Write as _};

use super::error::{Context as _, Error, Result, bail, error};
use super::output::Ints;
use super::{Context, Exit, Input, Output, number, progress, words};
use crate::offset::Tally;
use crate::render::fields;
use crate::render::records::{Form, Printer};
use crate::scan::{Found, MAX_STRUCT, Scan};
use crate::schema::{Compiled, Meanings};
use crate::structs::problems::{S003, S004};
use crate::structs::{DataError, DataErrorKind};
use crate::tree::{Node, Space};
use crate::value::literal;
use crate::{Record, Source, Struct};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"))]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// The file; - or none is standard input
    #[arg(value_parser = Input::parser(), conflicts_with = "hex")]
    file: Option<Input>,

    /// Where the first struct begins; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset,
          allow_hyphen_values = true)]
    offset: Option<i64>,

    /// Number of structs, one after the other
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size,
          allow_hyphen_values = true, conflicts_with = "all")]
    count: Option<u64>,

    /// Structs up to the end of the file, which must not be left with a part of one
    #[arg(long)]
    all: bool,

    /// The bytes themselves, in hexadecimal; they must fit the format exactly
    #[arg(long, value_name = "HEX")]
    hex: Option<String>,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,

    /// Checksums and values of a whole file that aren't what they should be are errors, and no warnings
    #[arg(long)]
    strict: bool,

    /// Memory for the bytes of one struct, and as much again for its values [default: 1GiB]
    #[arg(long, value_name = "N", value_parser = number::size)]
    max_memory: Option<u64>,

    /// How the values are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl, Output::Csv,
                                        Output::Python]))]
    output: Output,

    #[command(flatten)]
    ints: Ints,
}

const AFTER_HELP: &str = "\
One struct is read, and what follows it in the file is left alone, unless
--count or --all asks for more. A format with names gives a table, one without
names Python's tuple.";

const EXAMPLES: &str = "\
Examples:
  bytewright unpack '<ccIIIIIIHH' photo.bmp
  bytewright unpack '<2s:magic I:size 2H I:pixels' photo.bmp -O json
  bytewright unpack '>I' --hex '00 9c 40 63'
  bytewright unpack '<I:time f:value' --all samples.bin -O csv
  tail -c 22 archive.zip | bytewright unpack '<4s:magic 4H 2I:directory H:comment'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let Compiled {
            layout: format,
            meanings,
            ..
        } = cx
            .compile(&self.format, self.python)
            .map_err(|error| self.swapped().unwrap_or(error))?;
        let format = match self.strict {
            true => format,
            false => format.lenient(),
        };
        let file = self.file.clone().unwrap_or_default();
        let (source, name) = match &self.hex {
            Some(hex) => (Source::from(bytes(hex)?), "--hex".to_owned()),
            None => (file.open()?, file.to_string()),
        };
        let offset = match self.offset {
            None => 0,
            Some(offset) => number::start(&source, offset).with_context(|| name.clone())?,
        };
        let is_many = self.all || self.count.is_some();
        let source = match is_many && self.hex.is_none() {
            true => progress::source(source, true),
            false => source,
        };
        let mut scan = Scan::new(&format, &source, offset).max_memory(self.max_memory());
        if is_many {
            let live = self.hex.is_none() && !file.is_regular();
            self.many(&name, &format, scan, live, cx)
        } else {
            self.one(&format, &meanings, &mut scan, cx).context(name)
        }
    }

    /// The advice where the file is in the place of the format.
    fn swapped(&self) -> Option<Error> {
        let file = std::path::Path::new(&self.format);
        let other = self.file.as_ref().and_then(Input::path);
        if !file.is_file() || other.is_some_and(std::path::Path::exists) {
            return None;
        }
        let format = other.map_or("'<2s:magic I:size'".to_owned(), |other| {
            words::quoted(&other.into())
        });
        let file = words::quoted(&self.format.clone().into());
        Some(error!(
            "{file} is a file; the format comes before it:\n\n  bytewright unpack {format} {file}\n"
        ))
    }

    fn one(
        &self,
        format: &Struct,
        meanings: &Meanings,
        scan: &mut Scan<'_>,
        cx: &mut Context,
    ) -> Result<Exit> {
        let source = scan.source();
        let found = scan.one()?;
        self.check_exact(source, found.bytes.len() as u64)?;
        warn(format, &found, cx);
        let Found { offset, record, .. } = found;
        let form = match self.output {
            Output::Text if record.is_named() => {
                self.check_rows(record)?;
                let bytes = looked_at(format, &found);
                let mut nodes = format.nodes_beside_values(bytes, Space::FILE, offset)?;
                meanings.annotate(&mut nodes);
                fields::table(&nodes, record, self.ints.hex_ints, cx.width())?.write(cx.out())?;
                return Ok(Exit::Done);
            }
            Output::Python => Form::Python,
            Output::Json => Form::Json,
            Output::Jsonl => Form::JsonLines,
            Output::Csv => Form::Csv,
            _ => Form::Text,
        };
        let mut printer = Printer::new(form, self.ints.style());
        // These forms have no styles, and the values may be many.
        let mut out = BufWriter::with_capacity(64 << 10, cx.plain());
        printer.record(offset, &self.written(format, record), &mut out)?;
        printer.end(&mut out)?;
        out.flush()?;
        Ok(Exit::Done)
    }

    fn many(
        &self,
        name: &str,
        format: &Struct,
        scan: Scan<'_>,
        live: bool,
        cx: &mut Context,
    ) -> Result<Exit> {
        let form = match self.output {
            Output::Python => Form::Python,
            Output::Json => Form::JsonList,
            Output::Jsonl => Form::JsonLines,
            Output::Csv => Form::Csv,
            _ => Form::Text,
        };
        let printer = RefCell::new(Printer::new(form, self.ints.style()));
        let mut out = cx.out().shared();
        // The rows of a file are lined up in parts of one length, those of a pipe as they come.
        let mut scan = scan.before_reading(|| {
            if live {
                printer.borrow_mut().pause(&mut out)?;
            }
            out.flush()
        });
        let mut index = 0u64;
        let problem = loop {
            let found = match self.count {
                Some(count) if index >= count => break None,
                Some(_) => scan.one().map(Some),
                None => scan.next(),
            };
            match found {
                Ok(None) => break None,
                Ok(Some(found)) => {
                    warn(format, &found, cx);
                    let record = self.written(format, found.record);
                    let mut printer = printer.borrow_mut();
                    printer.record(found.offset, &record, cx.out())?;
                }
                Err(error) => break Some(error),
            }
            index.tally(1);
        };
        // Records before the error are written as a complete document.
        printer.borrow_mut().end(cx.out())?;
        match problem {
            None => Ok(Exit::Done),
            Some(error) => Err(error).with_context(|| format!("{name}: struct {index}")),
        }
    }

    fn max_memory(&self) -> u64 {
        self.max_memory.unwrap_or(MAX_STRUCT as u64)
    }

    /// A table is lined up in memory.
    fn check_rows(&self, record: &Record) -> Result<()> {
        let (rows, most) = (fields::rows(record), self.max_memory());
        let taken = rows.saturating_mul(fields::ROW);
        if taken > most {
            return Err(DataError::other(format!(
                "a table of {rows} rows takes {taken} bytes of memory, more than {most} (--max-memory); \
                 -O json, jsonl and python write the values alone"
            )).into());
        }
        Ok(())
    }

    /// The values as they are written: in JSON, text has no NULs that packing fills in again.
    fn written<'r>(&self, format: &Struct, record: &'r Record) -> Cow<'r, Record> {
        let is_json = matches!(self.output, Output::Json | Output::Jsonl | Output::Csv);
        let shorter = is_json.then(|| format.without_padding(record)).flatten();
        shorter.map_or(Cow::Borrowed(record), Cow::Owned)
    }

    /// Bytes on the command line are one struct, as Python's `unpack` wants them.
    fn check_exact(&self, source: &Source, size: u64) -> Result<()> {
        if self.hex.is_none() || self.offset.is_some() {
            return Ok(());
        }
        let available = source.size()?;
        if available <= size {
            return Ok(());
        }
        let trailing = DataErrorKind::Trailing { size, available };
        Err(DataError::new(trailing).at(size).into())
    }
}

/// The bytes that the values of a struct were read from.
fn looked_at<'f>(format: &Struct, found: &Found<'f>) -> &'f [u8] {
    match format.is_whole() {
        true => found.seen,
        false => found.bytes,
    }
}

/// Warns about checksums and values of a whole file that aren't what they should be.
fn warn(format: &Struct, found: &Found<'_>, cx: &mut Context) {
    if !format.is_whole() {
        return;
    }
    let (nodes, _) = format.nodes_so_far(found.seen, Space::FILE, found.offset);
    let mut open: Vec<(&Node, String)> = nodes
        .iter()
        .rev()
        .map(|node| (node, String::new()))
        .collect();
    while let Some((node, before)) = open.pop() {
        let path = match (before.as_str(), node.is_item()) {
            ("", _) => node.name.to_string(),
            (before, true) => format!("{before}[{}]", node.name),
            (before, false) => format!("{before}.{}", node.name),
        };
        for problem in &node.problems {
            if [S003.code, S004.code].contains(&problem.code) {
                cx.warn(format!("{path}: {}", problem.message));
            }
        }
        let children = node.children().filter_map(|child| match child {
            Ok(Cow::Borrowed(child)) => Some((child, path.clone())),
            _ => None,
        });
        let mut children: Vec<_> = children.collect();
        children.reverse();
        open.append(&mut children);
    }
}

/// An error that says itself whether reading or the data went wrong.
/// Hexadecimal bytes as dumps, debuggers and programs write them: white space, `:`, `,`, `-` or
/// `_` between them, `0x` before them.
fn bytes(hex: &str) -> Result<Vec<u8>> {
    let mut digits = String::with_capacity(hex.len());
    for word in hex.split(|c: char| c.is_ascii_whitespace() || c == ',') {
        let bare = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        digits.push_str(bare.unwrap_or(word));
        digits.push(' ');
    }
    match literal::hex(&digits) {
        Ok(bytes) => Ok(bytes),
        Err(e) => bail!("--hex: {e}"),
    }
}
