//! `tar append ARCHIVE PATH[=ARCNAME]…`: more members at the end of an archive.

use std::fs::File;
use std::path::PathBuf;

use super::MORE;
use super::add_files::{MakeArgs, Target};
use super::rewrite::{self, OldArchive};
use crate::cli::error::{Context as _, Result};
use crate::cli::{Context, Exit};
use crate::formats::tar::{Appender, Builder, Compression, copy_members};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(
    after_help = format!("{RULES}\n\n{MORE}"),
    after_long_help = format!("{RULES}\n\n{EXAMPLES}")
)]
pub(super) struct Args {
    /// The archive, which must be there
    pub(super) archive: PathBuf,

    #[command(flatten)]
    making: MakeArgs,
}

const RULES: &str = "\
A plain archive is written to in place: what is new is written after its end,
and its end is overwritten last, so that it reads as before until then. A
compressed one is written anew.";

const EXAMPLES: &str = "\
A member that has the name of another one stands after it: extracting leaves
the later one.

Examples:
  bytewright tar append backup.tar notes.txt
  bytewright tar append release.tar.gz LICENSE=tool-1.0/LICENSE";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        self.making.check(&self.archive)?;
        let name = || escape::path(&self.archive).to_string();
        self.making.check_swapped("tar append", &self.archive)?;
        let old = OldArchive::open(&self.archive)?;
        if self.making.dry_run {
            let mut builder = Builder::new(std::io::sink()).dry_run(true);
            builder.leave_out(&self.archive);
            return Ok(self
                .making
                .write(&self.archive, builder, Target::Old, cx)?
                .2);
        }
        if old.compression == Compression::None {
            let file = File::options().read(true).write(true).open(&self.archive);
            let appender = Appender::new(file.with_context(name)?).with_context(name)?;
            let start = appender.start();
            let mut builder = Builder::new(appender).begins_at(start);
            builder.leave_out(&self.archive);
            let (appender, _, exit) = self.making.write(&self.archive, builder, Target::Old, cx)?;
            appender.commit().with_context(name)?;
            return Ok(exit);
        }
        old.tell_left_out(cx)?;
        let mut builder = rewrite::begin(&self.archive, old.compression, cx)?;
        copy_members(&old.content, &mut builder, &mut |_| true).with_context(name)?;
        let (out, index, exit) = self.making.write(&self.archive, builder, Target::Old, cx)?;
        rewrite::end(&self.archive, (out, index), old.seen.as_ref())?;
        Ok(exit)
    }
}
