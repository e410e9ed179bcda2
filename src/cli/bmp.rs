//! `bmp info FILE…`: every header field of BMP files, their parts, and what is wrong with them.

use std::io::Write;

use anyhow::{Context as _, Error};
use clap::Subcommand;
use serde_json::Value as Json;

use super::output::Output;
use super::{Context, Exit, Input};
use crate::formats::bmp;
use crate::render::bmp::{Options, json, text};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Every header field, the palette, the parts of the file, and what is wrong with it
    Info(Info),
}

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
struct Info {
    /// The files; - or none is standard input
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
Exit status: 4 where the headers of a file can't be read; problems alone don't change it.";

const EXAMPLES: &str = "\
Exit status: 4 where the headers of a file can't be read; problems alone don't change it.

With -O json, several files are a list; with -O jsonl, each is one line.

Examples:
  bytewright bmp info photo.bmp
  bytewright bmp info --all icons/*.bmp
  bytewright bmp info photo.bmp -O json | jq '.problems'
  xclip -selection clipboard -target image/bmp -out | bytewright bmp info";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        match self.verb {
            Verb::Info(info) => info.run(cx),
        }
    }
}

impl Info {
    fn run(mut self, cx: &mut Context) -> anyhow::Result<Exit> {
        if self.files.is_empty() {
            self.files.push(Input::Stdin);
        }
        let mut exit = Exit::Done;
        let mut documents = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            let answer = self.one(index, file, &mut documents, cx);
            if let Err(error) = answer {
                exit = exit.max(cx.report(error)?);
            }
        }
        if self.output == Output::Json {
            let document = match self.files.len() {
                1 => documents.pop(),
                _ => Some(Json::Array(documents)),
            };
            if let Some(document) = document {
                serde_json::to_writer_pretty(cx.out(), &document)?;
                writeln!(cx.out())?;
            }
        }
        Ok(exit)
    }

    fn one(
        &self,
        index: usize,
        file: &Input,
        documents: &mut Vec<Json>,
        cx: &mut Context,
    ) -> anyhow::Result<()> {
        let name = file.to_string();
        let report = bmp::inspect(&file.open()?).with_context(|| name.clone())?;
        let tree = report.tree().with_context(|| name.clone())?;
        match self.output {
            Output::Json => documents.push(json(&name, &report, &tree)?),
            Output::Jsonl => {
                serde_json::to_writer(cx.out(), &json(&name, &report, &tree)?)?;
                writeln!(cx.out())?;
            }
            _ => {
                if index > 0 {
                    writeln!(cx.out())?;
                }
                let options = Options {
                    all_colors: self.all,
                    swatches: cx.color(),
                    width: cx.width(),
                };
                text(&name, &report, &tree, options, cx.out())?;
            }
        }
        match report.error() {
            Some(error) => Err(Error::new(error.clone()).context(name)),
            None => Ok(()),
        }
    }
}
