//! `peek FILE OFFSET`: what the bytes at a place would be as every type.

use std::io::Write;

use anstyle::Style;
use anyhow::{Context as _, bail};

use super::{Context, Exit, Input, Output, number};
use crate::inspect::peek::{MAX_BYTES, MAX_INPUT, readings};
use crate::render::peek;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_parser = Input::parser())]
    file: Input,

    /// Where the bytes begin; a negative offset counts from the end
    #[arg(value_parser = number::offset, default_value = "0", allow_hyphen_values = true)]
    offset: i64,

    /// Also dates before 1980 and after 2099, tiny and huge floats, single letters
    #[arg(long)]
    all: bool,

    /// How the readings are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
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
  bytewright peek archive.zip -22
  bytewright peek firmware.bin 0x1f0 -O json | jq '.readings[] | select(.type == \"unix\")'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let name = self.file.to_string();
        let source = self.file.open()?;
        let offset = number::start(&source, self.offset).with_context(|| name.clone())?;
        let bytes = source
            .read(offset, MAX_INPUT as u64)
            .with_context(|| name.clone())?;
        if bytes.is_empty() {
            let size = source.size().with_context(|| name.clone())?;
            bail!("{name}: nothing is at offset {offset:#x}: the file has {size} bytes");
        }
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
}
