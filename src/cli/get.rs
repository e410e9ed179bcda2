//! `get FILE PATH…`: values of a file's fields.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::output::Ints;
use super::{Context, Exit, Input, Output, swapped_arguments};
use crate::inspect::{Document, Found, MatchedNode, Path};
use crate::render::get;
use crate::render::json::{self, List};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"),
          mut_arg("at", |at| at.long("offset").short('s').visible_alias("at")))]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_parser = Input::parser())]
    file: Input,

    /// Which fields, such as 'palette[0].red' or 'members[*].header.size'
    #[arg(required = true)]
    path: Vec<Path>,

    #[command(flatten)]
    format: FormatArgs,

    /// How values are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl, Output::Python,
                                        Output::Raw, Output::Hex, Output::Base64]))]
    output: Output,

    #[command(flatten)]
    ints: Ints,

    /// With -O raw: write bytes to a terminal too
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
One value is printed alone, as set takes it back; of a group, each field as
PATH=VALUE. With raw, hex and base64, the bytes that the field has in the file.

Exit status: 1 where a path leads nowhere.";

const EXAMPLES: &str = "\
Examples:
  bytewright get photo.bmp dib_header.width
  bytewright get photo.bmp dib_header
  bytewright get backup.tar 'members[*].header.name'
  bytewright get backup.tar 'members[\"notes.txt\"].data' -O raw > notes.txt
  bytewright get photo.bmp profile -O base64";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.file.to_string();
        if let [path] = self.path.as_slice() {
            swapped_arguments::check("get", self.file.path(), path.to_string().as_ref())?;
        }
        let document = self.format.open_for(&self.file, &self.path, cx)?;
        // Values have no styles, and may be long.
        let out = match self.output {
            Output::Raw => cx.raw(self.force)?,
            _ => cx.plain(),
        };
        let mut values = Values {
            document: &document,
            output: self.output,
            style: self.ints.style(),
            out: BufWriter::with_capacity(64 << 10, out),
            first: None,
            list: None,
        };
        for path in &self.path {
            let mut failed = None;
            let found = document.each_matched(path, &mut |reached| {
                failed = values.add(reached).err();
                failed.is_none()
            });
            if found.is_err() {
                // Values that were found are written before the error.
                values.out.flush().with_context(|| name.clone())?;
            }
            found.with_context(|| name.clone())?;
            if let Some(error) = failed {
                return Err(error).with_context(|| name);
            }
        }
        values.end().with_context(|| name)?;
        Ok(Exit::Done)
    }
}

/// Values that are written as they are found.
struct Values<'d, W: Write> {
    document: &'d Document,
    output: Output,
    style: json::Style,
    out: W,
    /// The first, until it is known whether there are others.
    first: Option<Found>,
    list: Option<List>,
}

impl<W: Write> Values<'_, W> {
    fn add(&mut self, reached: MatchedNode<'_>) -> Result<()> {
        match self.output {
            Output::Raw | Output::Json | Output::Jsonl => {
                let Some(first) = self.first.take() else {
                    if self.list.is_some() {
                        return self.write(&reached);
                    }
                    self.first = Some(reached.into_found());
                    return Ok(());
                };
                if self.output == Output::Raw {
                    bail!("raw bytes of several fields can't be told apart: name one");
                }
                self.list = Some(self.output.list());
                self.write(&MatchedNode::Owned(first))?;
                self.write(&reached)
            }
            _ => self.write(&reached),
        }
    }

    fn end(&mut self) -> Result<()> {
        if let Some(first) = self.first.take() {
            // One value is a document of its own.
            self.list = Some(List::lines());
            self.write(&MatchedNode::Owned(first))?;
        } else if let Output::Json | Output::Jsonl = self.output {
            self.list.get_or_insert(self.output.list());
        }
        if let Some(list) = self.list.filter(|_| self.output != Output::Raw) {
            list.end(&mut self.out)?;
        }
        self.out.flush()?;
        Ok(())
    }

    fn write(&mut self, reached: &MatchedNode<'_>) -> Result<()> {
        let (document, style, out) = (self.document, self.style, &mut self.out);
        let node = reached.node();
        // A value is written without its path; those of a group, and errors, have it before them.
        let path = match &node.value {
            Some(_) => Cow::Borrowed(""),
            None => Cow::Owned(reached.path().to_string()),
        };
        match self.output {
            Output::Text | Output::Csv => get::text_of(document, &path, node, style, out)?,
            Output::Python => get::python_of(document, &path, node, style, out)?,
            Output::Json | Output::Jsonl => {
                let list = self.list.get_or_insert_with(List::lines);
                list.write_with(out, |out| get::value(document, node, style, out))?;
            }
            Output::Hex | Output::Base64 => {
                let mut bytes = document.reader(node.range)?;
                match self.output {
                    Output::Hex => get::hex(&mut bytes, out)?,
                    _ => get::base64(&mut bytes, out)?,
                }
                writeln!(out)?;
            }
            Output::Raw => {
                io::copy(&mut document.reader(node.range)?, out)?;
            }
        }
        Ok(())
    }
}
