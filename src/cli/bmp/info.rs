//! `bmp info FILE…`: every header field of BMP files, their parts, and what is wrong with them.

use std::io::Write;

use serde_json::Value as Json;

use super::files;
use super::report::{Options, json, text};
use crate::cli::error::{Context as _, Error, Result};
use crate::cli::output::Output;
use crate::cli::{Context, Exit, Input};
use crate::formats::bmp;
use crate::render::json::List;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"))]
pub(super) struct Args {
    /// The files, and folders of bitmaps; - or none is standard input
    #[arg(value_name = "FILE", value_parser = Input::parser())]
    files: Vec<Input>,

    /// Show the whole palette, not only its first 16 entries
    #[arg(long)]
    all: bool,

    /// How the answer is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 4 where the headers of a file can't be read; problems alone don't
change it.";

const EXAMPLES: &str = "\
With -O json, several files are a list; with -O jsonl, each is one line.

Examples:
  bytewright bmp info photo.bmp
  bytewright bmp info --all icons/*.bmp
  bytewright bmp info photo.bmp -O json | jq '.problems'
  xclip -selection clipboard -target image/bmp -out | bytewright bmp info";

/// The result for one file: its output, and why it can't be read.
struct Answer {
    printed: Vec<u8>,
    json: Option<Json>,
    error: Option<Error>,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let mut first = true;
        let options = Options {
            all_colors: self.all,
            swatches: cx.color(),
            width: cx.width(),
        };
        let (files, mut exit) = files::find(&self.files, cx)?;
        let alone = self.output == Output::Json && files.len() == 1;
        let mut list = match alone {
            true => List::lines(),
            false => self.output.list(),
        };
        let output = self.output;
        let one = move |file: Input| look_at(&file, output, options);
        files::in_order(files, one, |answer| {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    exit = exit.max(cx.report(error)?);
                    return Ok(());
                }
            };
            if self.output == Output::Text && !first {
                writeln!(cx.out())?;
            }
            first = false;
            cx.out().write_all(&answer.printed)?;
            if let Some(json) = answer.json {
                list.write_with(cx.out(), |out| {
                    let written = match alone {
                        true => serde_json::to_writer_pretty(out, &json),
                        false => serde_json::to_writer(out, &json),
                    };
                    Ok(written?)
                })?;
            }
            if let Some(error) = answer.error {
                exit = exit.max(cx.report(error)?);
            }
            Ok(())
        })?;
        list.end(cx.out())?;
        Ok(exit)
    }
}

fn look_at(file: &Input, output: Output, options: Options) -> Result<Answer> {
    let name = file.to_string();
    let report = bmp::inspect(&file.open()?).with_context(|| name.clone())?;
    let tree = report.tree().with_context(|| name.clone())?;
    let mut answer = Answer {
        printed: Vec::new(),
        json: None,
        error: None,
    };
    match output {
        Output::Text => text(&name, &report, &tree, options, &mut answer.printed)?,
        _ => answer.json = Some(json(&name, &report, &tree)?),
    }
    answer.error = report.error().map(|e| Error::from(e.clone()).context(name));
    Ok(answer)
}
