//! `tar manifest ARCHIVE`: the digests of the files in an archive.

use std::io::Write;

use super::open::ContentArgs;
use crate::cli::error::Result;
use crate::cli::output::Output;
use crate::cli::{Context, Exit, Input, hash};
use crate::formats::tar::compare::Manifest;
use crate::hash::{Algorithm, line};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive, plain or compressed; - or none is standard input
    #[arg(value_parser = Input::parser())]
    archive: Option<Input>,

    /// crc32, md5, sha1, sha256, sha512 or blake3
    #[arg(short, long, value_name = "NAME", default_value = "sha256",
          value_parser = hash::algorithm)]
    algorithm: Algorithm,

    #[command(flatten)]
    reading: ContentArgs,

    /// How the digests are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Lines are those of sha256sum and its kin, for files and hard links; JSON has
every member.";

const EXAMPLES: &str = "\
Lines are those of sha256sum and its kin, for files and hard links; JSON has
every member. A / in front of a name is left out, as extracting does. Of several
members of one name, the last counts.

Examples:
  bytewright tar manifest release.tar.gz > SHA256SUMS
  bytewright tar extract release.tar.gz -C there && cd there && sha256sum -c ../SHA256SUMS
  bytewright tar verify release.tar.gz SHA256SUMS
  bytewright tar manifest release.tar.gz -O jsonl | jq 'select(.type == \"symlink\")'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let input = self.archive.clone().unwrap_or_default();
        let (manifest, exit) = self.reading.read(cx, &input, |archive, max_holes, tell| {
            Manifest::of_archive(archive, &[self.algorithm], max_holes, tell)
        })?;
        let mut values = self.output.list();
        // A list is for programs; on a terminal a name must not act.
        let terminal = cx.is_terminal();
        for member in manifest.lines() {
            if self.output != Output::Text {
                values.write(&member, cx.out())?;
                continue;
            }
            for digest in &member.digests {
                let text = match terminal {
                    true => format!("{digest}  {}", escape::text(member.name)).into(),
                    false => line(digest, member.name),
                };
                cx.out().verbatim(&text)?;
                cx.out().write_all(b"\n")?;
            }
        }
        values.end(cx.out())?;
        Ok(exit)
    }
}
