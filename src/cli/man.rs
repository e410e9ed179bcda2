//! `man [VERB…]`: the manual page of the tool, of a verb, of the language; or all of them into a folder.

mod page;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use serde_json::json;

use super::error::{Context as _, Result, bail, error};
use super::{Cli, Context, Exit, Output, words};
use crate::render::{escape, roff};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The verb that the page is about, or language; without one, the whole tool
    verb: Vec<String>,

    /// Write the pages of the tool, of every verb and of the language into this folder
    #[arg(short, long = "out", value_name = "FOLDER", conflicts_with = "verb")]
    out: Option<PathBuf>,

    /// json and jsonl tell the name and the section of each page, and its file or else its text
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  bytewright man | man -l -
  bytewright man language | man -l -
  bytewright man unpack > bytewright-unpack.1
  bytewright man --out /usr/local/share/man";

/// The page about the language of formats, and its section.
const LANGUAGE: (&str, &str) = ("bytewright-language", "7");

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let mut root = Cli::command();
        root.build();
        let mut values = self.output.list();
        if let Some(folder) = &self.out {
            let written = write_all(&root, folder)?;
            if self.output == Output::Text {
                let pages = written.len();
                writeln!(cx.out(), "{pages} pages in {}", escape::path(folder))?;
                return Ok(Exit::Done);
            }
            for (page, file) in written {
                let Page { name, section, .. } = page;
                let file = file.to_string_lossy();
                let value = json!({ "name": name, "section": section, "file": file });
                values.write(&value, cx.out())?;
            }
            values.end(cx.out())?;
            return Ok(Exit::Done);
        }
        let Page {
            name,
            section,
            text,
        } = match *self.verb == ["language"] {
            true => Page::of_language()?,
            false => {
                let mut command = &root;
                for verb in &self.verb {
                    command = command
                        .find_subcommand(verb)
                        .ok_or_else(|| error!("there is no verb {verb}"))?;
                }
                Page::of(command, &root)?
            }
        };
        if self.output == Output::Text {
            cx.out().write_all(&text)?;
            return Ok(Exit::Done);
        }
        let text = String::from_utf8(text)?;
        let value = json!({ "name": name, "section": section, "text": text });
        values.write(&value, cx.out())?;
        values.end(cx.out())?;
        Ok(Exit::Done)
    }
}

/// A page in roff.
struct Page {
    name: String,
    /// The section of manuals that it belongs to.
    section: &'static str,
    text: Vec<u8>,
}

impl Page {
    fn of(command: &Command, root: &Command) -> Result<Page> {
        Ok(Page {
            name: page::name(command),
            section: "1",
            text: page::of(command, root)?,
        })
    }

    fn of_language() -> Result<Page> {
        let (name, section) = LANGUAGE;
        let source = include_str!("../../docs/format-language.md");
        let mut text = Vec::new();
        writeln!(
            text,
            ".TH {name} {section} \"\" \"bytewright {}\"",
            env!("CARGO_PKG_VERSION")
        )?;
        writeln!(text, ".SH NAME\n{name} \\- the language of formats")?;
        roff::from_markdown(source, &mut text)?;
        Ok(Page {
            name: name.to_owned(),
            section,
            text,
        })
    }
}

/// Writes every page into the folders `man1` and `man7` of a folder, as packages have them; answers the pages and
/// their files.
fn write_all(root: &Command, folder: &Path) -> Result<Vec<(Page, PathBuf)>> {
    if !folder.is_dir() {
        let folder = words::quoted(&folder.into());
        bail!("{folder}: there is no such folder; mkdir {folder} makes it");
    }
    let mut pages = Vec::new();
    let mut commands = vec![root];
    while let Some(command) = commands.pop() {
        pages.push(Page::of(command, root)?);
        let below = command.get_subcommands();
        commands.extend(below.filter(|verb| !verb.is_hide_set() && verb.get_name() != "help"));
    }
    pages.push(Page::of_language()?);
    let mut written = Vec::new();
    for page in pages {
        let place = folder.join(format!("man{}", page.section));
        let file = place.join(format!("{}.{}", page.name, page.section));
        let shown = || escape::path(&file).to_string();
        fs::create_dir_all(&place).with_context(shown)?;
        fs::write(&file, &page.text).with_context(shown)?;
        written.push((page, file));
    }
    Ok(written)
}
