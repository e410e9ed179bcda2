//! `man [VERB…]`: the manual page of the tool or of a verb.

use std::io::Write;

use anyhow::anyhow;
use clap::CommandFactory;

use super::{Cli, Context, Exit};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The verb that the page is about; without one, the whole tool
    verb: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  bytewright man | man -l -
  bytewright man unpack > bytewright-unpack.1";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let mut command = Cli::command();
        command.build();
        for verb in &self.verb {
            command = command
                .find_subcommand(verb)
                .cloned()
                .ok_or_else(|| anyhow!("there is no verb {verb}"))?;
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        cx.out().write_all(&page)?;
        Ok(Exit::Done)
    }
}
