//! `layout FORMAT`: what stands where, before any data.

use std::io::Write;

use serde::Serialize;

use super::{Context, Exit, Output};
use crate::render;
use crate::structs::{Entry, EntryKind};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,

    /// How the layout is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

const EXAMPLES: &str = "\
A picture of the bytes, sixteen in a row, and a line for each field. Padding is drawn in dots.

Examples:
  bytewright layout '<2s:magic I:size 2H:reserved I:pixels'
  bytewright layout 'c:tag I:length'       native alignment leaves a gap of 3 bytes
  bytewright layout '<H:n [n](I:id f:x):items' -O json";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let layout = super::compile(&self.format, self.python)?.layout();
        match self.output {
            Output::Json => {
                let document = Document {
                    size: layout.size,
                    min_size: layout.min_size,
                    fields: layout.entries.iter().map(Line::from).collect(),
                };
                serde_json::to_writer(&mut *cx.out(), &document).map_err(std::io::Error::from)?;
                writeln!(cx.out())?;
            }
            _ => render::layout::write(&layout, cx.width(), cx.out())?,
        }
        Ok(Exit::Done)
    }
}

/// What only data can tell is `null`.
#[derive(Serialize)]
struct Document<'a> {
    size: Option<u64>,
    min_size: u64,
    fields: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    offset: Option<u64>,
    size: Option<u64>,
    code: &'a str,
    kind: &'static str,
    alignment: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_bit: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<u8>,
}

impl<'a> From<&'a Entry> for Line<'a> {
    fn from(entry: &'a Entry) -> Line<'a> {
        Line {
            path: &entry.path,
            offset: entry.offset,
            size: entry.size,
            code: &entry.code,
            kind: match entry.kind {
                EntryKind::Field => "field",
                EntryKind::Group => "group",
                EntryKind::Bits => "bits",
                EntryKind::Padding => "padding",
            },
            alignment: entry.alignment,
            first_bit: entry.bits.map(|(first, _)| first),
            bits: entry.bits.map(|(_, count)| count),
        }
    }
}
