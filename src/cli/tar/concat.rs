//! `tar concat OUT ARCHIVE…`: the members of several archives in one.

use std::path::PathBuf;

use anyhow::Context as _;

use super::compression::CompressArgs;
use super::rewriting::{self, Old};
use crate::cli::{Context, Exit};
use crate::formats::tar::copy_members;
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive to write; it may be one of the others
    out: PathBuf,

    /// Archives, plain or compressed, whose members are put one behind the other
    #[arg(value_name = "ARCHIVE", required = true)]
    archives: Vec<PathBuf>,

    #[command(flatten)]
    compression: CompressArgs,
}

const EXAMPLES: &str = "\
Members stay byte for byte what they are. Of several with one name, extracting leaves the last.

Examples:
  bytewright tar concat all.tar.gz monday.tar tuesday.tar.xz
  bytewright tar concat all.tar all.tar more.tar";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let compression = self.compression.of(&self.out)?;
        let mut builder = rewriting::begin(&self.out, compression, cx)?;
        for archive in &self.archives {
            let old = Old::open(archive)?;
            copy_members(&old.content, &mut builder, &mut |_| true)
                .with_context(|| escape::path(archive).to_string())?;
        }
        rewriting::end(&self.out, builder.finish_with_index()?)?;
        Ok(Exit::Done)
    }
}
