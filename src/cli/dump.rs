//! `dump [FILE]`: bytes in hexadecimal.

use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::stream::Stream;
use super::{Context, Exit, Input, number};
use crate::render::escape;
use crate::render::hex::{Canonical, MAX_FILL, Plain, Reverse, ReverseError};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
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

    /// So many bytes a line
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    columns: Option<u16>,

    /// With --plain: so many bytes without a space between them; 0 is a whole line of them
    #[arg(short, long, value_name = "N", requires = "plain")]
    group: Option<u16>,

    /// Where to begin; a negative offset counts from the end
    #[arg(long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true)]
    offset: Option<i64>,

    /// So many bytes
    #[arg(long, value_name = "N", value_parser = number::size)]
    length: Option<u64>,

    /// The digits of bytes in upper case
    #[arg(long)]
    upper: bool,

    /// Turn a dump back into bytes: one of this tool, xxd or hexdump -C; --offset is added to its
    /// offsets
    #[arg(short, long, conflicts_with_all = ["columns", "group", "length", "upper"])]
    reverse: bool,

    /// Write the bytes to this file, which appears whole or not at all
    #[arg(short, long = "out", value_name = "FILE", requires = "reverse")]
    out: Option<PathBuf>,

    /// With --reverse: so many bytes that a dump leaves out may be filled in
    #[arg(long, value_name = "N", value_parser = number::size, default_value_t = MAX_FILL,
          hide_default_value = true)]
    max_fill: u64,

    /// Write raw bytes even to a terminal
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  bytewright dump photo.bmp
  bytewright dump --plain photo.bmp                  what xxd prints
  bytewright dump --offset -32 disk.img              the last 32 bytes
  bytewright dump --offset 0x36 --length 1KiB photo.bmp
  bytewright dump --reverse edited.txt -o photo.bmp  what xxd -r does
  bytewright dump photo.bmp | sed s/42/43/ | bytewright dump --reverse >changed.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        if self.reverse {
            self.reverse(cx)?;
            return Ok(Exit::Done);
        }
        let (start, stream) = Stream::open(&self.file, self.offset.unwrap_or(0))?;
        let bytes = stream.take(self.length.unwrap_or(u64::MAX));
        if self.plain || self.digits {
            let mut out = cx.plain();
            self.plain().write(bytes, start, &mut out)?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        let color = cx.color();
        let layout = Canonical::new()
            .columns(self.columns)
            .width(cx.width())
            .color(color)
            .upper(self.upper);
        match color {
            true => layout.write(bytes, start, cx.out())?,
            false => layout.write(bytes, start, cx.plain())?,
        }
        Ok(Exit::Done)
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
        let (_, dump) = Stream::open(&self.file, 0)?;
        let dump = BufReader::with_capacity(64 << 10, dump);
        let reverse = match self.digits {
            true => Reverse::digits(),
            false => Reverse::new(),
        }
        .base(self.offset.unwrap_or(0))
        .max_fill(self.max_fill);
        let in_dump = |e: ReverseError| match e {
            ReverseError::Io(e) => e.into(),
            e => anyhow::Error::from(e).context(self.file.to_string()),
        };
        match &self.out {
            Some(path) if path != Path::new("-") => {
                let mut file = cx.create(path)?;
                reverse.to_file(dump, &mut file).map_err(in_dump)?;
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
