//! `guess FILE`: what a file of an unknown format, or a part of one, may be.

use std::io::{self, Write};
use std::path::Path as FilePath;

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::{Context, Exit, Input, Output, number, swapped_arguments, words};
use crate::Source;
use crate::inspect::guess::{self, Records, Verdict};
use crate::inspect::{Document, Path};
use crate::render::{self, escape};
use crate::{Record, Struct};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; - or none is standard input
    #[arg(value_parser = Input::parser(), default_value = "-")]
    file: Input,

    /// Only this part of the file, such as 'members["a.bin"].data'
    path: Option<Path>,

    /// Only what stands from here on; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true,
          conflicts_with = "path")]
    offset: Option<i64>,

    /// Only this number of bytes
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size, conflicts_with = "path")]
    length: Option<u64>,

    /// Of what comes through a pipe, keep this many bytes [default: 1GiB]
    #[arg(long, value_name = "N", value_parser = number::size)]
    max_stream: Option<u64>,

    /// How the guess is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 1 where nothing can be told.";

const EXAMPLES: &str = "\
Tells text, noise and records of one size from one another, and of records the
size, where they begin, the byte order and the likely types. All of it is a
guess, from at most 256 KiB of the file; the confidences say how sure it is.
What it can't tell: a number from one that has padding after it, a sign where
nothing is negative, a text from the zeros after it.

Exit status: 1 where nothing can be told.

Examples:
  bytewright guess measurements.dat
  bytewright guess --offset 0x200 --length 64KiB firmware.bin
  bytewright guess archive.tar 'members[\"samples.bin\"].data'
  bytewright guess disk.img -O json | jq '.blocks[] | select(.entropy > 7.9)'";

/// How many records are shown.
const SHOWN: u64 = 3;

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.file.to_string();
        if let Some(path) = &self.path {
            swapped_arguments::check("guess", self.file.path(), path.to_string().as_ref())?;
        }
        let document = FormatArgs::detected(self.max_stream).open(&self.file, cx)?;
        let place = self.place(&document).with_context(|| name.clone())?;
        let guess = place.guess().with_context(|| name.clone())?;
        // A format that is known begins at the start.
        let is_whole = self.path.is_none() && self.length.is_none() && place.start == 0;
        let is_known = document.is_known() && is_whole;
        match self.output {
            Output::Text => {
                if is_known {
                    let (format, file) = (document.format().name(), self.quoted());
                    writeln!(cx.out(), "The format is {format}; to see all of it:")?;
                    writeln!(cx.out(), "  bytewright inspect{file}\n")?;
                }
                let (first, command) = match &guess.verdict {
                    Verdict::Records(records) => {
                        let first = first(&place.source, records).with_context(|| name)?;
                        let command = self.command(records, &place);
                        (first, command)
                    }
                    _ => Default::default(),
                };
                let width = cx.width();
                render::guess::text(&guess, &first, &command, width, cx.out())?;
            }
            Output::Json => {
                serde_json::to_writer_pretty(&mut *cx.out(), &guess)?;
                writeln!(cx.out())?;
            }
            _ => {
                serde_json::to_writer(&mut *cx.out(), &guess)?;
                writeln!(cx.out())?;
            }
        }
        Ok(match guess.verdict {
            Verdict::Empty | Verdict::Small | Verdict::Unknown if !is_known => Exit::No,
            _ => Exit::Done,
        })
    }

    /// The range of bytes to be guessed about.
    fn place(&self, document: &Document) -> Result<GuessRange> {
        let Some(path) = &self.path else {
            let source = document.file().clone();
            let start = match self.offset {
                Some(offset) => number::start(&source, offset)?,
                None => 0,
            };
            return Ok(GuessRange {
                source,
                start,
                size: self.length,
            });
        };
        let found = document.find(path)?;
        let [part] = found.as_slice() else {
            bail!("one part is looked at, and {path} leads to {}", found.len());
        };
        let range = part.node.range;
        let source = document.space(range.space);
        Ok(GuessRange {
            source: source
                .with_context(|| format!("{path} can't be read"))?
                .clone(),
            start: range.offset,
            size: Some(range.size),
        })
    }

    /// The command for a shell that reads the records.
    fn command(&self, records: &Records, place: &GuessRange) -> String {
        let format = &records.format;
        let file = self.quoted();
        if let Some(path) = &self.path {
            let path = words::quoted(&path.to_string().into());
            let skip = match records.offset.saturating_sub(place.start) {
                0 => String::new(),
                skip => format!(" --skip {skip}"),
            };
            return format!(
                "bytewright records '{format}'{file} {path}{skip} --allow-partial | head"
            );
        }
        let offset = match records.offset {
            0 => String::new(),
            offset => format!(" --offset {offset}"),
        };
        match self.length {
            Some(_) => {
                let count = records.count;
                format!("bytewright unpack '{format}'{file}{offset} --count {count} | head")
            }
            None => format!("bytewright unpack '{format}'{file}{offset} --all | head"),
        }
    }

    /// The file as an argument.
    fn quoted(&self) -> String {
        match self.file.path() {
            Some(path) => format!(" {}", quoted(path)),
            None => " -".to_owned(),
        }
    }
}

/// A range of bytes that is guessed about by itself.
struct GuessRange {
    source: Source,
    start: u64,
    /// Their number; without one, up to the end.
    size: Option<u64>,
}

impl GuessRange {
    fn guess(&self) -> io::Result<guess::Guess> {
        match self.size {
            Some(size) => guess::guess_part(&self.source, self.start, size),
            None => guess::guess_from(&self.source, self.start),
        }
    }
}

/// The name quoted for a shell; a placeholder for a name that no one should copy.
fn quoted(path: &FilePath) -> String {
    let name = escape::path(path).to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-+".contains(c);
    match path.to_str() {
        Some(_) if name.chars().all(is_plain) => name,
        Some(text) if name == text && !name.contains('\'') => format!("'{name}'"),
        _ => "FILE".to_owned(),
    }
}

fn first(source: &Source, records: &Records) -> Result<Vec<Record>> {
    let size = SHOWN.saturating_mul(records.size as u64);
    let bytes = source.read(records.offset, size)?;
    let layout = Struct::new(&records.format)?;
    let rows = bytes.chunks_exact(records.size);
    Ok(rows
        .map(|row| layout.unpack(row))
        .collect::<Result<_, _>>()?)
}
