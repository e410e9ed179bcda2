//! `dump [FILE]`: bytes in hexadecimal.

use std::io::{Read, Write};

use super::stream::Stream;
use super::{Context, Exit, Input, number};
use crate::render::hex::Plain;

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
}

const EXAMPLES: &str = "\
Examples:
  bytewright dump photo.bmp
  bytewright dump --plain photo.bmp                  what xxd prints
  bytewright dump --offset -32 disk.img              the last 32 bytes
  bytewright dump --offset 0x36 --length 1KiB photo.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let (start, stream) = Stream::open(&self.file, self.offset.unwrap_or(0))?;
        let bytes = stream.take(self.length.unwrap_or(u64::MAX));
        let mut layout = if self.digits { Plain::digits() } else { Plain::new() }.upper(self.upper);
        if let Some(columns) = self.columns {
            layout = layout.columns(columns);
        }
        if let Some(group) = self.group {
            layout = layout.group(group);
        }
        let mut out = cx.plain();
        layout.write(bytes, start, &mut out)?;
        out.flush()?;
        Ok(Exit::Done)
    }
}
