//! `diff A B`: what was inserted, deleted and changed from one file to another.

use std::io::{self, Write};

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::{Context, Exit, Input, Output, progress};
use crate::Source;
use crate::inspect::align::{Align, Edit, Kind, Summary, same};
use crate::inspect::{Document, diff};
use crate::render;
use crate::render::align::{heading, json, summary, summary_json, text};
use crate::render::json::List;

/// How many bytes of each side of an edit are shown.
const SHOWN: u64 = 16;

/// The same in JSON, which programs read.
const SHOWN_IN_JSON: u64 = 256;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES,
          mut_arg("at", |at| at.long("offset").short('s').visible_alias("at")))]
pub(super) struct Args {
    /// The file as it was; - is standard input
    #[arg(value_name = "A", value_parser = Input::parser())]
    a: Input,

    /// The file as it is
    #[arg(value_name = "B", value_parser = Input::parser())]
    b: Input,

    #[command(flatten)]
    format: FormatArgs,

    /// Compare the bytes, also where the format of both files is known
    #[arg(long, conflicts_with = "format")]
    bytes: bool,

    /// Show all bytes of every edit, however many
    #[arg(long)]
    all: bool,

    /// Compare the bytes, and print only how many are equal, changed, inserted and deleted
    #[arg(long, conflicts_with = "all")]
    summary: bool,

    /// Print nothing: the exit status tells
    #[arg(short, long, conflicts_with_all = ["all", "summary", "output"])]
    quiet: bool,

    /// How the edits are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 0 where the files are the same; 1 where they differ.";

const EXAMPLES: &str = "\
Two files of one known format are compared field by field: members of archives
by name, items of arrays by content. Others are aligned by their bytes, so that
what was inserted or deleted doesn't change what follows it. A stretch that
moved is deleted in one place and inserted in another.

Exit status: 0 where the files are the same; 1 where they differ.

Examples:
  bytewright diff old.bin new.bin
  bytewright diff old.tar new.tar
  bytewright diff -f '<4s:magic *(I:time f:value):rows' monday.bin tuesday.bin
  bytewright diff old.bin new.bin --summary
  bytewright diff old.bin new.bin -O jsonl | jq 'select(.kind == \"inserted\")'
  ssh host cat /etc/firmware.bin | bytewright diff -q firmware.bin -";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        if matches!((&self.a, &self.b), (Input::Stdin, Input::Stdin)) {
            bail!("standard input can be only one of the two files");
        }
        if !self.bytes && !self.summary && !self.quiet {
            let (a, b) = (
                self.format.open(&self.a, cx)?,
                self.format.open(&self.b, cx)?,
            );
            if is_same_format(&a, &b) {
                return self.fields(&a, &b, cx);
            }
            // Files that are compressed in different ways, or only one of them, are compared by their contents.
            let inner = |document: &Document, input: &Input| {
                unwrapped(document).with_context(|| input.to_string())
            };
            let (within_a, within_b) = (inner(&a, &self.a)?, inner(&b, &self.b)?);
            let (held_a, held_b) = (
                within_a.as_ref().unwrap_or(&a),
                within_b.as_ref().unwrap_or(&b),
            );
            if is_same_format(held_a, held_b) {
                return self.fields(held_a, held_b, cx);
            }
            return self.edits(a.file(), b.file(), cx);
        }
        let (a, b) = (self.a.open()?, self.b.open()?);
        self.edits(&a, &b, cx)
    }

    /// Two files of one format, field by field.
    fn fields(&self, a: &Document, b: &Document, cx: &mut Context) -> Result<Exit> {
        let mut values = self.output.list();
        let out = cx.out();
        // The content of a stream is decoded already; the tree is made of it.
        let watched = match a.format().content() {
            None => Some(a.again(progress::source(a.file().clone(), false))?),
            Some(_) => None,
        };
        let a = watched.as_ref().unwrap_or(a);
        let same = diff::diff(a, b, &mut |difference| match self.output {
            Output::Text => render::diff::text(&difference, out),
            _ => values.write(&render::diff::json(&difference), out),
        })
        .with_context(|| format!("{} or {}", self.a, self.b))?;
        values.end(out)?;
        Ok(if same { Exit::Done } else { Exit::No })
    }

    /// Any two files, aligned by their bytes.
    fn edits(&self, a: &Source, b: &Source, cx: &mut Context) -> Result<Exit> {
        // Errors of reading don't tell which of the two files they are about.
        let name = || format!("{} or {}", self.a, self.b);
        // The progress of the comparison is that of reading the first file.
        let a = &progress::source(a.clone(), false);
        if self.quiet {
            let same = same(a, b).with_context(name)?;
            return Ok(if same { Exit::Done } else { Exit::No });
        }
        let mut total = Summary::default();
        let mut values = self.output.list();
        for edit in Align::new(a, b).with_context(name)? {
            let edit = edit.with_context(name)?;
            let first = total.differences() == 0;
            total.add(&edit);
            if edit.kind != Kind::Equal && !self.summary {
                if first && self.output == Output::Text {
                    heading(cx.out())?;
                }
                self.print(&edit, a, b, &mut values, cx.out())?;
            }
        }
        match self.output {
            Output::Text if self.summary => summary(&total, cx.out())?,
            _ if self.summary => {
                serde_json::to_writer(cx.out(), &summary_json(&total))?;
                writeln!(cx.out())?;
            }
            _ => values.end(cx.out())?,
        }
        Ok(match total.differences() {
            0 => Exit::Done,
            _ => Exit::No,
        })
    }

    fn print(
        &self,
        edit: &Edit,
        a: &Source,
        b: &Source,
        values: &mut List,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let limit = |shown| (!self.all).then_some(shown);
        match self.output {
            Output::Text => {
                let (a, b) = (a.reader(edit.a.start), b.reader(edit.b.start));
                text(edit, a, b, limit(SHOWN), out)
            }
            _ => values.write_with(out, |out| json(edit, a, b, limit(SHOWN_IN_JSON), out)),
        }
    }
}

fn is_same_format(a: &Document, b: &Document) -> bool {
    a.is_known() && a.format().name() == b.format().name()
}

/// The content of a compressed file, however often it is compressed; `None` for other files.
fn unwrapped(document: &Document) -> io::Result<Option<Document>> {
    let mut inner = document.content()?;
    while let Some(deeper) = inner.as_ref().map(Document::content).transpose()?.flatten() {
        inner = Some(deeper);
    }
    Ok(inner)
}
