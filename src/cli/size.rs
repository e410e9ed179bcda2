//! `size FORMAT`: how many bytes the format takes.

use std::io::Write;

use anyhow::bail;

use super::{Context, Exit};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,
}

const EXAMPLES: &str = "\
Examples:
  bytewright size '<I'                    4
  bytewright size '<ccIIIIIIHH'           30
  bytewright size @ci                     8: an int is aligned
  bytewright size '=ci'                   5";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let format = cx.compile(&self.format, self.python)?.layout;
        let Some(size) = format.size() else {
            let least = format.layout().min_size;
            bail!("the data decide the size of this format; it is at least {least}");
        };
        writeln!(cx.out(), "{size}")?;
        Ok(Exit::Done)
    }
}
