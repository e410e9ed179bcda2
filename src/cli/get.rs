//! `get FILE PATH…`: values of a file's fields.

use std::io::{self, BufWriter, Write};

use anyhow::{Context as _, bail};

use super::document::FormatArgs;
use super::output::Ints;
use super::{Context, Exit, Input, Output};
use crate::inspect::{Document, Found, Path};
use crate::render::get;
use crate::render::json::List;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES,
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
One value is printed alone, as set takes it back; of a group, each field as
PATH=VALUE. With raw, hex and base64, the bytes that the field has in the file.

Exit status: 1 where a path leads nowhere.

Examples:
  bytewright get photo.bmp dib_header.width
  bytewright get photo.bmp dib_header
  bytewright get backup.tar 'members[*].header.name'
  bytewright get backup.tar 'members[\"notes.txt\"].data' -O raw > notes.txt
  bytewright get photo.bmp profile -O base64";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let name = self.file.to_string();
        let document = self.format.open(&self.file, cx)?;
        let mut found = Vec::new();
        for path in &self.path {
            found.extend(document.find(path).with_context(|| name.clone())?);
        }
        self.write(&document, &found, cx).with_context(|| name)?;
        Ok(Exit::Done)
    }

    fn write(&self, document: &Document, found: &[Found], cx: &mut Context) -> anyhow::Result<()> {
        let style = self.ints.style();
        // Values have no styles, and may be long.
        let mut plain = BufWriter::with_capacity(64 << 10, cx.plain());
        let out = &mut plain;
        match self.output {
            Output::Text | Output::Csv => get::text(document, found, style, out)?,
            Output::Python => get::python(document, found, style, out)?,
            Output::Json | Output::Jsonl => {
                // One value is a document of its own.
                let list = match found {
                    [_] => List::lines(),
                    _ => self.output.list(),
                };
                get::json(document, found, style, list, out)?;
            }
            Output::Hex | Output::Base64 => {
                for one in found {
                    let mut bytes = document.reader(one.node.range)?;
                    match self.output {
                        Output::Hex => get::hex(&mut bytes, out)?,
                        _ => get::base64(&mut bytes, out)?,
                    }
                    writeln!(out)?;
                }
            }
            Output::Raw => {
                if found.len() > 1 {
                    bail!("raw bytes of several fields can't be told apart: name one");
                }
                let mut out = cx.raw(self.force)?;
                for one in found {
                    io::copy(&mut document.reader(one.node.range)?, &mut out)?;
                }
                out.flush()?;
            }
        }
        plain.flush()?;
        Ok(())
    }
}
