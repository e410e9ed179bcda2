//! `formats [NAME]` and `formats convert`: the codes of the language, and the formats known by name.

mod convert;
mod list;
mod one_format;

use std::io::Write;

use serde::Serialize;

use super::error::Result;
use super::lazy_args::LazyArgs;
use super::{Context, Exit, Output};

#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// All about this format; with or without its percent sign, or a .ksy file
    name: Option<String>,

    /// Only formats with this word in their name, in what they are, in their suffixes or their group
    #[arg(long, value_name = "WORD", conflicts_with = "name")]
    search: Option<String>,

    /// How the answer is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Other descriptions of formats, written in the language
    Convert(LazyArgs<convert::Args>),
}

const EXAMPLES: &str = "\
Formats are looked for in the files and folders given by --formats, in the first
bytewright.toml here or above, in the *.toml and *.ksy files of the folder
bytewright in the user's configuration folder, and among those that come with
the program.

Exit status: 1 where --search finds nothing.

Examples:
  bytewright formats
  bytewright formats --search audio
  bytewright formats png
  bytewright formats bmp
  bytewright formats convert tlv.ksy > tlv.toml
  bytewright unpack %elf /bin/ls -O json";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        match (self.verb, &self.name) {
            (Some(Verb::Convert(LazyArgs(args))), _) => args.run(cx),
            (None, Some(name)) => one_format::run(name, self.output, cx),
            (None, None) => list::run(self.search.as_deref(), self.output, cx),
        }
    }
}

fn document(cx: &mut Context, document: &(impl Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(&mut *cx.out(), document).map_err(std::io::Error::from)?;
    writeln!(cx.out())?;
    Ok(())
}
