//! `dump [FILE]`: bytes in hexadecimal, with the names of fields; and back.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::document::FormatArgs;
use super::kind::Kind;
use super::stream::Stream;
use super::{Context, Exit, Input, number, page};
use crate::Source;
use crate::inspect::{self, Document};
use crate::render::escape;
use crate::render::hex::{Canonical, MAX_FILL, Plain, Reverse, ReverseError};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; - or none is standard input
    #[arg(value_parser = Input::parser(), default_value = "-", hide_default_value = true)]
    file: Input,

    /// What xxd prints, byte for byte
    #[arg(short, long)]
    plain: bool,

    /// Nothing but digits, as xxd -p prints them
    #[arg(short, long, conflicts_with = "plain")]
    digits: bool,

    /// Turn a dump back into bytes: one of this tool, xxd with any options, hexdump -C, od -t x1 or
    /// hexyl, or digits without offsets; --offset is added to its offsets
    #[arg(short, long, conflicts_with_all = ["columns", "group", "length", "upper"])]
    reverse: bool,

    /// So many bytes a line
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    columns: Option<u16>,

    /// With --plain: so many bytes without a space between them; 0 is a whole line of them
    #[arg(short, long, value_name = "N", requires = "plain")]
    group: Option<u16>,

    /// Where to begin; a negative offset counts from the end
    #[arg(long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true,
          default_value = "0", hide_default_value = true)]
    offset: i64,

    /// So many bytes
    #[arg(long, value_name = "N", value_parser = number::size)]
    length: Option<u64>,

    /// The digits of bytes in upper case
    #[arg(long)]
    upper: bool,

    #[command(flatten)]
    format: FormatArgs,

    /// Bytes alone, without looking for a format
    #[arg(long, conflicts_with = "format")]
    no_fields: bool,

    /// One page for a browser, with the tree of the fields beside the bytes
    #[arg(long, conflicts_with_all = ["plain", "digits", "reverse", "columns", "upper",
                                      "no_fields"])]
    html: bool,

    /// With --reverse or --html: write to this file, which appears whole or not at all
    #[arg(short, long = "out", value_name = "FILE")]
    out: Option<PathBuf>,

    /// With --reverse: so many bytes that a dump leaves out may be filled in
    #[arg(long, value_name = "N", value_parser = number::size, default_value_t = MAX_FILL,
          hide_default_value = true)]
    max_fill: u64,

    /// Write raw bytes even to a terminal, and with -o replace a file of another kind
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
In a file of a known format, bytes have the colors of their fields, and a bar
stands where a field begins. What comes through a pipe is looked at only in a
format that is named. A * stands for lines that repeat the one above.";

const EXAMPLES: &str = "\
In a file of a known format, bytes have the colors of their fields, and a bar
stands where a field begins. What comes through a pipe is looked at only in a
format that is named. A * stands for lines that repeat the one above.

Examples:
  bytewright dump photo.bmp | less -R
  bytewright dump --format '<I:time f:value' --repeat samples.bin
  bytewright dump --html photo.bmp -o photo.html
  bytewright dump --plain photo.bmp                  what xxd prints
  bytewright dump --offset -32 disk.img              the last 32 bytes
  bytewright dump --offset 0x36 --length 1KiB photo.bmp
  bytewright dump --reverse edited.txt -o photo.bmp  what xxd -r does
  bytewright dump photo.bmp | sed s/42/43/ | bytewright dump --reverse >changed.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        if self.out.is_some() && !self.reverse && !self.html {
            bail!("-o goes with --reverse or --html; a dump is printed");
        }
        if self.reverse {
            self.reverse(cx)?;
        } else if self.html {
            self.page(cx)?;
        } else if self.plain || self.digits {
            let bytes = Stream::open(&self.file, self.offset)?.limit(self.length);
            let start = bytes.start;
            self.plain().write(bytes, start, cx.plain())?;
        } else {
            self.canonical(cx)?;
        }
        Ok(Exit::Done)
    }

    fn page(&self, cx: &mut Context) -> anyhow::Result<()> {
        let document = self.format.open(&self.file, cx)?;
        let start = number::start(document.file(), self.offset)?;
        let root = document.find(&inspect::Path::default())?;
        let Some(root) = root.first() else {
            return Ok(());
        };
        let window = (Some(start), self.length);
        let name = self.file.to_string();
        let out = self.out.as_deref();
        page::write(&name, &document, root, window, out, self.force, cx)
    }

    fn canonical(&self, cx: &mut Context) -> anyhow::Result<()> {
        let document = self.document(cx)?;
        let bytes = match &document {
            Some(document) => Stream::of(document.file(), &self.file, self.offset)?,
            None => Stream::open(&self.file, self.offset)?,
        };
        let bytes = bytes.limit(self.length);
        let (start, color) = (bytes.start, cx.color());
        let layout = Canonical::new()
            .columns(self.columns)
            .width(cx.width())
            .end(bytes.end)
            .color(color)
            .upper(self.upper);
        let mut plain;
        let out: &mut dyn Write = match color {
            true => cx.out(),
            false => {
                plain = cx.plain();
                &mut plain
            }
        };
        match document {
            None => layout.write(bytes, start, out)?,
            Some(document) => {
                let mut dump = layout.marked(bytes, start, out);
                dump.fields(document.root())?;
                dump.finish()?;
            }
        }
        Ok(())
    }

    /// The fields, where they are asked for or can be told.
    fn document(&self, cx: &Context) -> anyhow::Result<Option<Document>> {
        if self.no_fields || !(self.format.is_given() || self.file.is_regular()) {
            return Ok(None);
        }
        let document = self.format.open(&self.file, cx)?;
        Ok(Some(document).filter(|document| document.is_known()))
    }

    fn plain(&self) -> Plain {
        let mut layout = match self.digits {
            true => Plain::digits(),
            false => Plain::new(),
        };
        if let Some(columns) = self.columns {
            layout = layout.columns(columns);
        }
        if let Some(group) = self.group {
            layout = layout.group(group);
        }
        layout.upper(self.upper)
    }

    fn reverse(&self, cx: &mut Context) -> anyhow::Result<()> {
        let dump = Stream::open(&self.file, 0)?;
        let dump = BufReader::with_capacity(64 << 10, dump);
        let reverse = match self.digits {
            true => Reverse::digits(),
            false => Reverse::new(),
        }
        .base(self.offset)
        .max_fill(self.max_fill);
        let in_dump = |e: ReverseError| match e.is_data() {
            false => e.into(),
            true => anyhow::Error::from(e).context(self.file.to_string()),
        };
        match &self.out {
            Some(path) if path != Path::new("-") => {
                let mut file = cx.rewrite(path)?;
                reverse.to_file(dump, &mut file).map_err(in_dump)?;
                if !self.force {
                    Kind::of(&Source::new(file.file().try_clone()?))?.check(path)?;
                }
                file.commit()
                    .with_context(|| escape::path(path).to_string())?;
            }
            _ => {
                let out = cx.raw(self.force)?;
                reverse.to_stream(dump, out).map_err(in_dump)?;
            }
        }
        Ok(())
    }
}
