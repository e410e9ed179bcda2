//! `completions SHELL`: completion scripts, which packagers install beside the binary.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::{Generator as _, Shell};
use serde_json::json;

use super::error::Result;
use super::{Cli, Context, Exit, Output};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The shell that is to know the verbs and options
    shell: Shell,

    /// json tells the script with the name that the shell looks for
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

/// The program that is completed.
const NAME: &str = "bytewright";

const EXAMPLES: &str = "\
Examples:
  bytewright completions bash > ~/.local/share/bash-completion/completions/bytewright
  bytewright completions zsh > ~/.zfunc/_bytewright
  bytewright completions fish > ~/.config/fish/completions/bytewright.fish";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        // These scripts ask the program for completions, files, formats, fields and members
        // included.
        let own = match self.shell {
            Shell::Bash => Some(include_str!("completions/bytewright.bash")),
            Shell::Zsh => Some(include_str!("completions/bytewright.zsh")),
            Shell::Fish => Some(include_str!("completions/bytewright.fish")),
            _ => None,
        };
        let script = match own {
            Some(script) => script.to_owned(),
            None => {
                // The generator can't tell its caller that writing failed, so it writes to memory.
                let mut script = Vec::new();
                clap_complete::generate(self.shell, &mut Cli::command(), NAME, &mut script);
                String::from_utf8(script)?
            }
        };
        if self.output == Output::Json {
            let file = match self.shell {
                Shell::Bash => NAME.to_owned(),
                shell => shell.file_name(NAME),
            };
            let value = json!({ "shell": self.shell.to_string(), "file": file, "script": script });
            writeln!(cx.out(), "{value}")?;
            return Ok(Exit::Done);
        }
        cx.out().write_all(script.as_bytes())?;
        Ok(Exit::Done)
    }
}
