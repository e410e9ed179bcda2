//! `dump [FILE…] [PATH]`: bytes in hexadecimal, with the names of fields; and back.

use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;

use super::document::FormatArgs;
use super::error::{Context as _, Error, Result, bail};
use super::file_kind::FileKind;
use super::files::{FilePart, Files, FilesArgs};
use super::stream::Stream;
use super::{Context, Exit, Input, Output, html_page, interrupt, number};
use crate::Source;
use crate::inspect::{Document, Found};
use crate::render::escape;
use crate::render::hex::{self, Canonical, MAX_FILL, Plain, Reverse, ReverseError};

#[derive(Debug, clap::Args)]
#[command(override_usage = "bytewright dump [OPTIONS] [FILE]... [PATH]",
          after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"))]
pub(super) struct Args {
    #[command(flatten)]
    files: FilesArgs,

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

    /// Bytes per line
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    columns: Option<u16>,

    /// With --plain: bytes per group, without a space inside; 0 is a whole line
    #[arg(short, long, value_name = "N", requires = "plain")]
    group: Option<u16>,

    /// Where to begin, in the file or in the part; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true,
          default_value = "0", hide_default_value = true)]
    offset: i64,

    /// Dump only this many bytes
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size)]
    length: Option<u64>,

    /// The digits of bytes in upper case
    #[arg(long)]
    upper: bool,

    #[command(flatten)]
    format: FormatArgs,

    /// Bytes alone, without looking for a format
    #[arg(long, conflicts_with = "format")]
    no_fields: bool,

    /// How the lines are written: as JSON each is an object, and none is left out
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          conflicts_with_all = ["plain", "digits", "reverse", "upper", "html"],
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// One page for a browser, with the tree of the fields beside the bytes
    #[arg(long, conflicts_with_all = ["plain", "digits", "reverse", "columns", "upper",
                                      "no_fields"])]
    html: bool,

    /// With --reverse or --html: write to this file, which appears whole or not at all
    #[arg(short, long = "out", value_name = "FILE")]
    out: Option<PathBuf>,

    /// With --reverse: how many bytes that the dump leaves out may be filled in
    #[arg(long, value_name = "N", value_parser = number::size, default_value_t = MAX_FILL,
          hide_default_value = true)]
    max_fill: u64,

    /// Write raw bytes even to a terminal, and with -o replace a file of another kind
    #[arg(long)]
    force: bool,
}

/// Bytes a line of JSON, as most dumps have them.
const COLUMNS: u16 = 16;

const AFTER_HELP: &str = "\
In a file of a known format, bytes have the colors of their fields, and a bar
stands where a field begins. What comes through a pipe is looked at only in a
format that is named. A * stands for lines that repeat the one above.";

const EXAMPLES: &str = "\
Examples:
  bytewright dump photo.bmp --color always | less -R
  bytewright dump --format '<I:time f:value' --repeat samples.bin
  bytewright dump --html photo.bmp -o photo.html
  bytewright dump backup.tar 'members[\"a.txt\"].data' one part of the file
  bytewright dump --plain photo.bmp                  what xxd prints
  bytewright dump --offset -32 disk.img              the last 32 bytes
  bytewright dump -n 64 photo.bmp -O jsonl           an object a line
  bytewright dump --offset 0x36 --length 1KiB photo.bmp
  bytewright dump --reverse edited.txt -o photo.bmp  what xxd -r does
  bytewright dump photo.bmp | sed s/42/43/ | bytewright dump --reverse >changed.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        if self.out.is_some() && !self.reverse && !self.html {
            bail!("-o goes with --reverse or --html; a dump is printed");
        }
        let Files { files, part } = self.files.clone().resolve()?;
        let [file] = files.as_slice() else {
            if self.reverse || self.html || self.plain || self.digits || self.is_json() {
                bail!("several files are told apart in the dump for people alone: name one");
            }
            let mut exit = Exit::Done;
            for (i, file) in files.iter().enumerate() {
                let (bold, gap) = (Style::new().bold(), if i > 0 { "\n" } else { "" });
                writeln!(cx.out(), "{gap}{bold}{file}:{bold:#}")?;
                if let Err(error) = self.canonical(file, &part, cx) {
                    exit = exit.max(cx.report(error)?);
                }
            }
            return Ok(exit);
        };
        if self.reverse {
            if part.path.is_some() {
                bail!("a dump that is turned back has no parts: name the file alone");
            }
            self.reverse(file, cx)?;
        } else if self.html {
            self.page(file, &part, cx)?;
        } else if self.plain || self.digits || self.is_json() {
            let opened = match part.path {
                Some(_) => Some(self.format.open(file, cx)?),
                None => None,
            };
            let mut list = self.output.list();
            let columns = self.columns.unwrap_or(COLUMNS);
            let mut out = BufWriter::with_capacity(64 << 10, cx.plain());
            for bytes in self.bytes(file, opened.as_ref(), &part)? {
                let start = bytes.start;
                let bytes = bytes.watched(true);
                match self.is_json() {
                    true => hex::json(bytes, start, columns, &mut list, &mut out)?,
                    false => self.plain().write(bytes, start, cx.plain())?,
                }
            }
            if self.is_json() {
                list.end(&mut out)?;
                out.flush()?;
            }
        } else {
            self.canonical(file, &part, cx)?;
        }
        Ok(Exit::Done)
    }

    fn is_json(&self) -> bool {
        self.output != Output::Text
    }

    /// The bytes that are meant: those of the file, or of each part that the path leads to.
    fn bytes(
        &self,
        file: &Input,
        document: Option<&Document>,
        part: &FilePart,
    ) -> Result<Vec<Stream>> {
        let (Some(document), Some(_)) = (document, &part.path) else {
            let bytes = match document {
                Some(document) => Stream::of(document.file(), file, self.offset)?,
                None => Stream::open(file, self.offset)?,
            };
            return Ok(vec![bytes.limit(self.length)]);
        };
        let name = file.to_string();
        let parts = part.find(document, &name)?.into_iter();
        parts
            .map(|found| {
                let range = found.node.range;
                let bytes = Stream::of_part(document, range, name.clone(), self.offset)?;
                Ok(bytes.limit(self.length))
            })
            .collect()
    }

    fn page(&self, file: &Input, part: &FilePart, cx: &mut Context) -> Result<()> {
        let document = self.format.open(file, cx)?;
        let name = file.to_string();
        let found = part.find(&document, &name)?;
        let [one] = found.as_slice() else {
            bail!(
                "a page shows one part of a file, and this path leads to {}",
                found.len()
            );
        };
        // A part is shown whole, a file from the offset on.
        let window = match part.path {
            Some(_) => (None, self.length),
            None => (
                Some(number::start(document.file(), self.offset)?),
                self.length,
            ),
        };
        let out = self.out.as_deref();
        html_page::write(&name, &document, one, window, out, self.force, cx)
    }

    fn canonical(&self, file: &Input, part: &FilePart, cx: &mut Context) -> Result<()> {
        let document = self.document(file, part, cx)?;
        let parts = match (&document, &part.path) {
            (Some(document), Some(_)) => part.find(document, &file.to_string())?,
            _ => Vec::new(),
        };
        let all = self.bytes(file, document.as_ref(), part)?;
        for (i, bytes) in all.into_iter().enumerate() {
            if i > 0 {
                writeln!(cx.out())?;
            }
            self.one(bytes, document.as_ref(), parts.get(i), cx)?;
        }
        Ok(())
    }

    /// The dump of some bytes, with the fields of the part or of the whole document.
    fn one(
        &self,
        bytes: Stream,
        document: Option<&Document>,
        part: Option<&Found>,
        cx: &mut Context,
    ) -> Result<()> {
        let (start, color) = (bytes.start, cx.color());
        let layout = Canonical::new()
            .columns(self.columns)
            .width(cx.width())
            .end(bytes.end)
            .color(color)
            .symbols(cx.is_terminal())
            .upper(self.upper);
        if color && cx.is_terminal() {
            interrupt::guard();
        }
        let bytes = bytes.watched(true);
        // Both writers go to standard output.
        cx.out().flush()?;
        let mut plain;
        let out: &mut dyn Write = match color {
            true => cx.out(),
            false => {
                plain = cx.plain();
                &mut plain
            }
        };
        let root = part.map(|part| &part.node);
        match root.or(document.map(Document::root)) {
            Some(root) if !self.no_fields => {
                let mut dump = layout.marked(bytes, start, out);
                dump.fields(root)?;
                dump.finish()?;
            }
            _ => layout.write(bytes, start, out)?,
        }
        Ok(())
    }

    /// The document with the fields, where they are asked for or the format is known.
    fn document(&self, file: &Input, part: &FilePart, cx: &Context) -> Result<Option<Document>> {
        if part.path.is_some() {
            return Ok(Some(self.format.open(file, cx)?));
        }
        if self.no_fields || !(self.format.is_given() || file.is_regular()) {
            return Ok(None);
        }
        let document = self.format.open(file, cx)?;
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

    fn reverse(&self, file: &Input, cx: &mut Context) -> Result<()> {
        let to_file = self.out.as_deref().filter(|path| *path != Path::new("-"));
        if to_file.is_none() {
            // A terminal is refused before input is waited for.
            drop(cx.raw(self.force)?);
        }
        let dump = Stream::open(file, 0)?.watched(self.out.is_none());
        let dump = BufReader::with_capacity(64 << 10, dump);
        let reverse = match self.digits {
            true => Reverse::digits(),
            false => Reverse::new(),
        }
        .base(self.offset)
        .max_fill(self.max_fill);
        let in_dump = |e: ReverseError| match e.is_data() {
            false => e.into(),
            true => Error::from(e).context(file.to_string()),
        };
        match to_file {
            Some(path) => {
                let mut file = cx.rewrite(path)?;
                reverse.to_file(dump, &mut file).map_err(in_dump)?;
                if !self.force {
                    FileKind::of(&Source::new(file.file().try_clone()?))?.check(path)?;
                }
                file.commit()
                    .with_context(|| escape::path(path).to_string())?;
            }
            None => {
                let out = cx.raw(self.force)?;
                reverse.to_stream(dump, out).map_err(in_dump)?;
            }
        }
        Ok(())
    }
}
