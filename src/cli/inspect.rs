//! `inspect FILE… [PATH]`: the trees of files' fields.

use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::Style;

use super::document::FormatArgs;
use super::error::{Result, bail};
use super::files::{FilePart, Files, FilesArgs};
use super::output::Ints;
use super::{Context, Exit, Input, Output, each_file, html_page};
use crate::Source;
use crate::inspect::guess::{Verdict, guess};
use crate::inspect::{Document, Found, display_path};
use crate::render::tree::{self, Form, Options};
use crate::value::text::counted;

#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE, after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"),
          mut_arg("at", |at| at.long("offset").short('s').visible_alias("at")))]
pub(super) struct Args {
    #[command(flatten)]
    files: FilesArgs,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    view: View,

    /// One page for a browser, with the bytes beside the tree
    #[arg(long, conflicts_with_all = ["output", "depth", "all"])]
    html: bool,

    /// With --html: write the page to this file
    #[arg(short, long = "out", value_name = "FILE", requires = "html")]
    out: Option<PathBuf>,

    /// With --html: replace a file that is no page of HTML
    #[arg(long, requires = "out")]
    force: bool,
}

/// How much of a tree is shown, and how.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct View {
    /// Levels of the tree to show
    #[arg(long, value_name = "LEVELS", value_parser = clap::value_parser!(u16).range(1..))]
    depth: Option<u16>,

    /// Every item of arrays, every field of members, values in their whole length
    #[arg(long)]
    all: bool,

    /// How the tree is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    #[command(flatten)]
    ints: Ints,
}

const USAGE: &str = "bytewright [inspect] [OPTIONS] FILE... [PATH]";

const AFTER_HELP: &str = "\
A path goes down from the root: names with dots between them, items by index
[3], from the end [-1], by name [\"a.txt\"], or all of them [*].

Exit status: 1 where the format is not known; 4 where an error is among the
problems that are shown.";

const EXAMPLES: &str = "\
Examples:
  bytewright inspect photo.bmp
  bytewright photo.bmp 'palette[3]'                  the verb may be left out
  bytewright inspect *.bmp dib_header.width
  bytewright inspect backup.tar.gz 'members[\"notes.txt\"].header'
  bytewright inspect --format '<4s:magic H:version [version]I:table' unknown.bin
  bytewright inspect --format '<I:time f:value' --repeat samples.bin -O jsonl
  bytewright inspect --html photo.bmp -o photo.html
  bytewright inspect photo.png 'chunks[0].data'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let Files { files, part } = self.files.clone().resolve()?;
        if let [file] = files.as_slice() {
            return self.one(file, &part, cx);
        }
        if self.html {
            bail!("a page shows one file, not {}", files.len());
        }
        if self.view.output == Output::Jsonl {
            bail!("lines of JSON don't tell which file they are of: name one file, or say --json");
        }
        self.view.many(&files, cx, |view, file, cx| {
            let name = file.to_string();
            let document = self.format.open(file, cx)?;
            let parts = part.find(&document, &name)?;
            view.whole(&name, &document, &parts, cx)
        })
    }

    fn one(&self, file: &Input, part: &FilePart, cx: &mut Context) -> Result<Exit> {
        let name = file.to_string();
        let document = self.format.open(file, cx)?;
        let parts = part.find(&document, &name)?;
        if self.html {
            let [part] = parts.as_slice() else {
                bail!(
                    "a page shows one part of a file, and this path leads to {}",
                    parts.len()
                );
            };
            html_page::write(
                &name,
                &document,
                part,
                (None, None),
                self.out.as_deref(),
                self.force,
                cx,
            )?;
            return Ok(Exit::Done);
        }
        self.view.whole(&name, &document, &parts, cx)
    }
}

/// Whether a file of an unknown format begins as text.
fn is_text(document: &Document) -> io::Result<bool> {
    const LOOKED_AT: u64 = 4096;
    let start = Source::from(document.file().read(0, LOOKED_AT)?);
    Ok(matches!(guess(&start)?.verdict, Verdict::Text))
}

impl View {
    /// Several files, one after another; in JSON, a list of objects with `file` and `tree`.
    fn many(
        self,
        files: &[Input],
        cx: &mut Context,
        mut one: impl FnMut(View, &Input, &mut Context) -> Result<Exit>,
    ) -> Result<Exit> {
        let keys = (self.output == Output::Json).then_some(("file", "tree"));
        let heading = |i, _: &Input, cx: &mut Context| match i {
            0 => Ok(()),
            _ => Ok(writeln!(cx.out())?),
        };
        each_file::each(files, keys, cx, heading, |file, cx| one(self, file, cx))
    }

    /// The selected parts of a file, under its name.
    fn whole(
        self,
        name: &str,
        document: &Document,
        parts: &[Found],
        cx: &mut Context,
    ) -> Result<Exit> {
        let mut exit = Exit::Done;
        self.heading(name, document, cx)?;
        for part in parts {
            exit = exit.max(self.part(document, part, parts.len() == 1, cx)?);
        }
        if document.root().range.size == 0 {
            cx.warn(format!("{name}: it is empty"));
            return Ok(Exit::No);
        }
        if !document.is_known() {
            cx.warn(match is_text(document)? {
                true => format!(
                    "{name}: it is text, in no format that is known; name one with --format, or have find \
                     look for words in it"
                ),
                false => format!(
                    "{name}: no format that is known; name one with --format, look at the bytes with \
                     dump, or have guess say what it may be"
                ),
            });
            return Ok(Exit::No);
        }
        if exit == Exit::Data && self.output == Output::Text {
            cx.tell_remedy(document.remedy()?.as_deref(), name);
        }
        Ok(exit)
    }

    /// The heading above the tree of a file.
    pub(super) fn heading(
        self,
        name: &str,
        document: &Document,
        cx: &mut Context,
    ) -> io::Result<()> {
        if self.output != Output::Text {
            return Ok(());
        }
        let bold = Style::new().bold();
        let (format, size) = (document.format().name(), document.root().range.size);
        let size = counted(size, "byte");
        writeln!(cx.out(), "{bold}{name}{bold:#}: {format}, {size}")
    }

    /// One part of the tree; `only` where no other is shown.
    pub(super) fn part(
        self,
        document: &Document,
        part: &Found,
        only: bool,
        cx: &mut Context,
    ) -> io::Result<Exit> {
        let levels = self.depth.map(usize::from);
        let errors = match self.output {
            Output::Text => {
                if !part.path.is_root() {
                    let bold = Style::new().bold();
                    let path = display_path(&part.path.to_string(), part.node.key.as_ref());
                    writeln!(cx.out(), "\n{bold}{path}{bold:#}")?;
                }
                let options = Options {
                    all: self.all,
                    depth: levels,
                    hex_ints: self.ints.hex_ints,
                    width: cx.width(),
                };
                let preview = |range, limit| document.bytes(range, limit);
                tree::text(&part.node, options, &preview, cx.out())?
            }
            output => {
                let form = match output {
                    Output::Json if only => Form::Document,
                    _ => Form::Lines,
                };
                let path = part.path.to_string();
                let root = (path.as_str(), &part.node);
                let style = self.ints.style();
                tree::write(document, root, form, levels, style, cx.out())?
            }
        };
        Ok(if errors { Exit::Data } else { Exit::Done })
    }
}
