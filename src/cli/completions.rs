//! `completions SHELL` and `man`: what packagers install beside the binary.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Context, Exit};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The shell that is to know the verbs and options
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  bytewright completions bash > ~/.local/share/bash-completion/completions/bytewright
  bytewright completions zsh > ~/.zfunc/_bytewright
  bytewright completions fish > ~/.config/fish/completions/bytewright.fish";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        // These ask the program itself what may follow, files, formats, fields and members included.
        let own = match self.shell {
            Shell::Bash => Some(include_str!("completions/bytewright.bash")),
            Shell::Zsh => Some(include_str!("completions/bytewright.zsh")),
            Shell::Fish => Some(include_str!("completions/bytewright.fish")),
            _ => None,
        };
        if let Some(script) = own {
            cx.out().write_all(script.as_bytes())?;
            return Ok(Exit::Done);
        }
        // The generator can't tell its caller that writing failed, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "bytewright", &mut script);
        cx.out().write_all(&script)?;
        Ok(Exit::Done)
    }
}
