//! `tar update ARCHIVE PATH[=ARCNAME]…`: files that are newer than their members.

use std::path::PathBuf;

use super::MORE;
use super::add_files::{MakeArgs, Target};
use super::rewrite::{self, OldArchive};
use crate::Source;
use crate::cli::error::{Context as _, Result};
use crate::cli::{Context, Exit};
use crate::formats::tar::{Builder, Update, copy_members};
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
The archive is written anew, and replaced when it is whole. Members whose files
are not newer, or not there any more, stay as they are.";

const EXAMPLES: &str = "\
Examples:
  bytewright tar update backup.tar.gz documents
  bytewright tar update site.tar public=site --exclude '*.map'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        self.making.check(&self.archive)?;
        let name = || escape::path(&self.archive).to_string();
        self.making.check_swapped("tar update", &self.archive)?;
        let old = OldArchive::open(&self.archive)?;
        let mut update = Update::of(&old.content).with_context(name)?;
        if self.making.dry_run {
            let builder = Builder::new(std::io::sink()).dry_run(true);
            return Ok(self.add(builder, &mut update, cx)?.1);
        }
        // The new members are known only once all files were examined.
        let newer = tempfile::tempfile().context("a temporary file")?;
        let (newer, exit) = self.add(Builder::at(newer)?, &mut update, cx)?;
        if update.is_empty() {
            return Ok(exit);
        }
        old.tell_left_out(cx)?;
        let mut builder = rewrite::begin(&self.archive, old.compression, cx)?;
        copy_members(&old.content, &mut builder, &mut |member| {
            update.keeps(member)
        })
        .and_then(|()| copy_members(&Source::new(newer), &mut builder, &mut |_| true))
        .with_context(name)?;
        let made = builder.finish_with_index().with_context(name)?;
        rewrite::end(&self.archive, made, old.seen.as_ref())?;
        Ok(exit)
    }

    fn add<W: std::io::Write>(
        &self,
        builder: Builder<'_, W>,
        update: &mut Update,
        cx: &mut Context,
    ) -> Result<(W, Exit)> {
        let mut builder = builder.only(|member| update.takes(member));
        builder.leave_out(&self.archive);
        let (out, _, exit) = self.making.write(&self.archive, builder, Target::Old, cx)?;
        Ok((out, exit))
    }
}
