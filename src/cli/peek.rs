//! `peek FILE OFFSET|PATH`: what the bytes at a place would be as every type.

use std::io::Write;

use anstyle::Style;

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::{Context, Exit, Input, Output, number, swapped_arguments};
use crate::inspect::Path;
use crate::inspect::peek::{MAX_BYTES, MAX_INPUT, readings};
use crate::render::peek;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_parser = Input::parser())]
    file: Input,

    /// Where the bytes begin: an offset, of which a negative one counts from the end, or a path
    /// such as palette[3]
    #[arg(value_name = "OFFSET|PATH", value_parser = place, allow_hyphen_values = true,
          conflicts_with_all = ["offset", "path"])]
    place: Option<PeekPlace>,

    /// Where the bytes begin, in the file or in the part
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset,
          allow_hyphen_values = true)]
    offset: Option<i64>,

    /// The part of the file that the bytes are in
    #[arg(long, visible_alias = "field", value_name = "PATH")]
    path: Option<Path>,

    #[command(flatten)]
    format: FormatArgs,

    /// Also dates before 1980 and after 2099, tiny and huge floats, single letters
    #[arg(long)]
    all: bool,

    /// How the readings are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

/// Where the bytes begin.
#[derive(Clone, Debug)]
enum PeekPlace {
    Offset(i64),
    Path(Path),
}

fn place(text: &str) -> Result<PeekPlace, String> {
    let looks_like_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    match (number::offset(text), text.parse()) {
        (Ok(offset), _) => Ok(PeekPlace::Offset(offset)),
        (Err(_), Ok(path)) if !looks_like_number => Ok(PeekPlace::Path(path)),
        (Err(error), _) => Err(format!("{error}, or a path such as palette[3]")),
    }
}

const AFTER_HELP: &str = "\
What is not plausible is left out: dates of other centuries, tiny and huge
floats. --all shows it, and JSON always has it.";

const EXAMPLES: &str = "\
What is not plausible is left out: dates of other centuries, tiny and huge
floats. --all shows it, and JSON always has it. Times are UTC; text goes as far
as it is printable, through 64 bytes at most.

Examples:
  bytewright peek photo.bmp 0x12
  bytewright peek photo.bmp dib_header.width
  bytewright peek archive.zip -22
  bytewright peek firmware.bin 0x1f0 -O json | jq '.readings[] | select(.type == \"unix\")'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.file.to_string();
        if let Some(PeekPlace::Path(path)) = &self.place {
            swapped_arguments::check("peek", self.file.path(), path.to_string().as_ref())?;
        }
        let (offset, path) = match &self.place {
            Some(PeekPlace::Offset(offset)) => (*offset, None),
            Some(PeekPlace::Path(path)) => (0, Some(path)),
            None => (self.offset.unwrap_or(0), self.path.as_ref()),
        };
        let (offset, bytes) = match path {
            None => self.of_file(offset).with_context(|| name.clone())?,
            Some(path) => self
                .of_part(path, offset, cx)
                .with_context(|| name.clone())?,
        };
        let readings = readings(&bytes);
        let bytes = bytes.get(..MAX_BYTES).unwrap_or(&bytes);
        if self.output == Output::Text {
            let bold = Style::new().bold();
            writeln!(cx.out(), "{bold}{name}{bold:#} at {offset:#x}:")?;
            let width = cx.width();
            peek::text(bytes, &readings, self.all, width, cx.out())?;
            return Ok(Exit::Done);
        }
        let document = peek::json(offset, bytes, &readings);
        match self.output {
            Output::Json => serde_json::to_writer_pretty(cx.out(), &document)?,
            _ => serde_json::to_writer(cx.out(), &document)?,
        }
        writeln!(cx.out())?;
        Ok(Exit::Done)
    }

    fn of_file(&self, offset: i64) -> Result<(u64, Vec<u8>)> {
        let source = self.file.open()?;
        let offset = number::start(&source, offset)?;
        let bytes = source.read(offset, MAX_INPUT as u64)?;
        if bytes.is_empty() {
            let size = source.size()?;
            bail!("nothing is at offset {offset:#x}: the file has {size} bytes");
        }
        Ok((offset, bytes))
    }

    /// The bytes from a part on, also beyond its end where it is short.
    fn of_part(&self, path: &Path, offset: i64, cx: &Context) -> Result<(u64, Vec<u8>)> {
        let document = self.format.open(&self.file, cx)?;
        let found = document.find(path)?;
        let [part] = found.as_slice() else {
            bail!(
                "one place is looked at, and {path} leads to {}",
                found.len()
            );
        };
        let range = part.node.range;
        let start = match offset {
            0.. => range.offset.checked_add_signed(offset),
            _ => range.end().checked_add_signed(offset),
        };
        let source = document.space(range.space);
        let (Some(start), Some(source)) = (start, source) else {
            bail!("{path} has no offset {offset}");
        };
        let bytes = source.read(start, MAX_INPUT as u64)?;
        if bytes.is_empty() {
            bail!("nothing is at offset {start:#x}, where {path} would be");
        }
        Ok((start, bytes))
    }
}
