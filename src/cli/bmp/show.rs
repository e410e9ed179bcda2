//! `bmp show FILE…`: pictures in the terminal.

use std::io::Write;

use anstyle::Style;
use clap::ValueEnum;
use serde_json::json;

use super::{Pixels, of_file, open, undecoded, warn};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, Input, Output};
use crate::formats::bmp::{Decoder, Picture, inspect};
use crate::render::json::List;
use crate::render::picture::{self, Cells, Colors, Options, Protocol};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The files; - or none is standard input
    #[arg(value_name = "FILE", value_parser = Input::parser())]
    files: Vec<Input>,

    /// How the picture gets into the terminal; otherwise the environment tells
    #[arg(long, value_name = "HOW")]
    protocol: Option<ProtocolName>,

    /// Columns to fill, at most; otherwise the terminal's
    #[arg(long, value_name = "N")]
    columns: Option<u16>,

    /// Lines to fill, at most; otherwise the terminal's, but for some
    #[arg(long, value_name = "N")]
    rows: Option<u16>,

    #[command(flatten)]
    pixels: Pixels,

    /// json and jsonl tell of each picture what it is and the room that it would take; nothing is drawn
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProtocolName {
    Blocks,
    Kitty,
    Iterm2,
    Sixel,
}

const AFTER_HELP: &str = "\
What is missing in a damaged file is left transparent, and said.";

const EXAMPLES: &str = "\
What is missing in a damaged file is left transparent, and said. Which protocol
a terminal has is told by its environment; half blocks are shown everywhere,
inside of tmux and screen too.

Examples:
  bytewright bmp show photo.bmp
  bytewright bmp show --columns 40 icons/*.bmp
  bytewright bmp show --protocol sixel photo.bmp";

/// The size that is assumed where that of the terminal isn't known.
const USUAL: Cells = Cells {
    columns: 80,
    rows: 24,
};

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        if self.files.is_empty() {
            self.files.push(Input::Stdin);
        }
        let mut exit = Exit::Done;
        let mut values = self.output.list();
        for file in &self.files {
            if let Err(error) = self.one(file, &mut values, cx) {
                exit = exit.max(cx.report(error)?);
            }
        }
        if self.output != Output::Text {
            values.end(cx.out())?;
        }
        Ok(exit)
    }

    fn one(&self, file: &Input, values: &mut List, cx: &mut Context) -> Result<()> {
        let name = file.to_string();
        let source = open(file)?;
        let report = inspect(&source).with_context(|| name.clone())?;
        let decoder = Decoder::of(&source, &report, &self.pixels.options());
        let decoder = decoder.map_err(|error| of_file(error, &source, &name))?;
        let bitmap = report.bitmaps().get(decoder.bitmap());
        let dib = bitmap.and_then(|bitmap| bitmap.dib.as_ref());
        let decoded = Picture::read(decoder)
            .map_err(undecoded)
            .with_context(|| name.clone())?;
        let Picture { width, height, .. } = decoded;
        if self.output != Output::Text {
            let cells = picture::fit(width, height, self.cells());
            let value = json!({
                "file": &name,
                "width": width,
                "height": height,
                "bit_count": dib.map(|dib| dib.bit_count),
                "compression": dib.map(|dib| dib.compression.to_string()),
                "columns": cells.columns,
                "rows": cells.rows,
                "problems": &decoded.problems,
            });
            values.write(&value, cx.out())?;
            return Ok(());
        }
        let bold = Style::new().bold();
        let stored = dib.map(|dib| format!("{} bits, {}", dib.bit_count, dib.compression));
        let stored = stored.unwrap_or_default();
        writeln!(
            cx.out(),
            "{bold}{name}{bold:#}: {width} × {height} pixels, {stored}"
        )?;
        let picture = picture::Picture::new(width, height, &decoded.rgba[..])?;
        let options = self.options(cx)?;
        if matches!(options.protocol, Protocol::HalfBlocks) {
            picture::show(&picture, &options, cx.out())?;
        } else {
            // Escape sequences of pictures bypass the output that escapes text.
            cx.out().flush()?;
            picture::show(&picture, &options, &mut cx.plain())?;
        }
        warn(cx, &name, report.problems());
        warn(cx, &name, &decoded.problems);
        Ok(())
    }

    fn options(&self, cx: &Context) -> Result<Options> {
        let env = |name: &str| std::env::var(name).ok();
        let protocol = match self.protocol {
            Some(ProtocolName::Blocks) => Protocol::HalfBlocks,
            Some(ProtocolName::Kitty) => Protocol::Kitty,
            Some(ProtocolName::Iterm2) => Protocol::Iterm2,
            Some(ProtocolName::Sixel) => Protocol::Sixel,
            None if cx.is_terminal() => picture::detect(env),
            None => Protocol::HalfBlocks,
        };
        if matches!(protocol, Protocol::HalfBlocks) && !cx.color() {
            bail!("half blocks are nothing without colors: --color always prints them");
        }
        Ok(Options {
            protocol,
            colors: Colors::detect(env),
            cells: self.cells(),
        })
    }

    /// The cells that a picture may take.
    fn cells(&self) -> Cells {
        let usual = terminal_size::terminal_size().map_or(USUAL, |(width, height)| Cells {
            columns: width.0,
            rows: height.0,
        });
        Cells {
            columns: self.columns.unwrap_or(usual.columns),
            // The prompt and the line above the picture stay in sight.
            rows: self.rows.unwrap_or(usual.rows.saturating_sub(3)),
        }
    }
}
