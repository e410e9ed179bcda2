//! `man [VERB…]`: the manual page of the tool, of a verb, of the language; or all of them into a folder.

mod page;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Command, CommandFactory};

use super::{Cli, Context, Exit, words};
use crate::offset::Tally;
use crate::render::{escape, roff};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The verb that the page is about, or language; without one, the whole tool
    verb: Vec<String>,

    /// Write the pages of the tool, of every verb and of the language into this folder
    #[arg(short, long = "out", value_name = "FOLDER", conflicts_with = "verb")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  bytewright man | man -l -
  bytewright man language | man -l -
  bytewright man unpack > bytewright-unpack.1
  bytewright man --out /usr/local/share/man";

/// The page about the language of formats, and the section of manuals that it belongs to.
const LANGUAGE: (&str, &str) = ("bytewright-language", "7");

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let mut root = Cli::command();
        root.build();
        if let Some(folder) = &self.out {
            let written = write_all(&root, folder)?;
            writeln!(cx.out(), "{written} pages in {}", escape::path(folder))?;
            return Ok(Exit::Done);
        }
        if self.verb == ["language"] {
            cx.out().write_all(&language()?)?;
            return Ok(Exit::Done);
        }
        let mut command = &root;
        for verb in &self.verb {
            command = command
                .find_subcommand(verb)
                .ok_or_else(|| anyhow!("there is no verb {verb}"))?;
        }
        cx.out().write_all(&page::of(command, &root)?)?;
        Ok(Exit::Done)
    }
}

/// Writes every page into the folders `man1` and `man7` of a folder, as packages have them.
fn write_all(root: &Command, folder: &Path) -> anyhow::Result<usize> {
    if !folder.is_dir() {
        let folder = words::quoted(&folder.into());
        bail!("{folder}: there is no such folder; mkdir {folder} makes it");
    }
    let mut written = 0usize;
    let mut put = |section: &str, name: &str, page: &[u8]| -> anyhow::Result<()> {
        let place = folder.join(format!("man{section}"));
        let file = place.join(format!("{name}.{section}"));
        let shown = || escape::path(&file).to_string();
        fs::create_dir_all(&place).with_context(shown)?;
        fs::write(&file, page).with_context(shown)?;
        written.tally(1);
        Ok(())
    };
    let mut commands = vec![root];
    while let Some(command) = commands.pop() {
        put("1", &page::name(command), &page::of(command, root)?)?;
        let below = command.get_subcommands();
        commands.extend(below.filter(|verb| !verb.is_hide_set() && verb.get_name() != "help"));
    }
    put(LANGUAGE.1, LANGUAGE.0, &language()?)?;
    Ok(written)
}

fn language() -> anyhow::Result<Vec<u8>> {
    let (name, section) = LANGUAGE;
    let text = include_str!("../../docs/format-language.md");
    let mut page = Vec::new();
    writeln!(
        page,
        ".TH {name} {section} \"\" \"bytewright {}\"",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(page, ".SH NAME\n{name} \\- the language of formats")?;
    roff::from_markdown(text, &mut page)?;
    Ok(page)
}
