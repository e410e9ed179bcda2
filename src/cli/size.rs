//! `size FORMAT`: how many bytes the format takes.

use std::io::Write;

use serde_json::json;

use super::error::{Result, bail};
use super::{Context, Exit, Output};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,

    /// How the answer is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  bytewright size '<I'                    4
  bytewright size '<ccIIIIIIHH'           30
  bytewright size @ci                     8: an int is aligned
  bytewright size '=ci'                   5";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let format = cx.compile(&self.format, self.python)?.layout;
        if self.output == Output::Json {
            let layout = format.layout();
            let answer = json!({ "size": format.size(), "min_size": layout.min_size });
            writeln!(cx.out(), "{answer}")?;
            return Ok(Exit::Done);
        }
        let Some(size) = format.size() else {
            let least = format.layout().min_size;
            bail!("the data decide the size of this format; it is at least {least}");
        };
        writeln!(cx.out(), "{size}")?;
        Ok(Exit::Done)
    }
}
