//! `formats convert FILE`: other descriptions of formats in the language.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::error::{Result, bail};
use crate::cli::{Context, Exit};
use crate::formats::kaitai::Kaitai;
use crate::formats::user;
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// A description of Kaitai Struct (.ksy), or a header of C (.h)
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

const EXAMPLES: &str = "\
What the language can't say is left out; each line of it is told on standard
error, and the exit status is 1.

Examples:
  bytewright formats convert tlv.ksy > tlv.toml
  bytewright inspect -f %tlv data.bin --formats tlv.toml
  bytewright formats convert packet.h > packet.toml
  bytewright unpack %packet log.bin --all --formats packet.toml";

impl Args {
    pub(in crate::cli) fn run(self, cx: &mut Context) -> Result<Exit> {
        let end = self.file.extension().unwrap_or_default();
        let converted = if end == "ksy" {
            let known = cx.descriptions()?;
            Kaitai::open(&self.file, known.folders())?.convert()
        } else if end == "h" {
            user::read_c(&self.file)?
        } else {
            let file = escape::path(&self.file);
            bail!(
                "{file}: descriptions in files that end in .ksy, and headers of C in .h, are converted"
            );
        };
        cx.out().write_all(converted.text.as_bytes())?;
        for left in &converted.left_out {
            cx.warn(format_args!("left out: {left}"));
        }
        Ok(match converted.left_out.is_empty() {
            true => Exit::Done,
            false => Exit::No,
        })
    }
}
