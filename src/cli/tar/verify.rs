//! `tar verify ARCHIVE MANIFEST`: whether the files in an archive are those of a list.

use std::io::{self, Write};

use serde_json::json;

use super::file;
use super::open::ContentArgs;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::output::Output;
use crate::cli::{Context, Exit, Input, hash};
use crate::formats::tar::compare::{Manifest, Verdict};
use crate::hash::{Algorithm, Entry};
use crate::offset::Tally;
use crate::render::{escape, json};
use crate::value::text::counted;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive, or a folder that one was extracted into; - is standard input
    #[arg(value_parser = Input::parser())]
    archive: Input,

    /// The list, as manifest or sha256sum write it
    #[arg(value_parser = Input::parser())]
    manifest: Input,

    /// Files that the list hasn't are fine
    #[arg(long)]
    allow_extra: bool,

    #[command(flatten)]
    reading: ContentArgs,

    /// Which algorithm made the digests, where their length fits several
    #[arg(short, long, value_name = "NAME", value_parser = hash::algorithm)]
    algorithm: Option<Algorithm>,

    /// How files that don't fit the list are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 1 where a file is missing, differs, or isn't in the list.";

const EXAMPLES: &str = "\
Says which files differ, which are missing, and which are there and not in the
list; nothing, where all is well. 64 digits are sha256 unless -a blake3 says
otherwise.

Exit status: 1 where a file is missing, differs, or isn't in the list.

Examples:
  bytewright tar verify release.tar.gz SHA256SUMS
  bytewright tar verify release.tar.gz SHA256SUMS --allow-extra
  bytewright tar manifest a.tar | bytewright tar verify b.tar.gz -
  bytewright tar verify extracted/ SHA256SUMS";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        if matches!(
            (&self.archive, &self.manifest),
            (Input::Stdin, Input::Stdin)
        ) {
            bail!("standard input can be only one of archive and list");
        }
        let list = self.list()?;
        let mut algorithms: Vec<Algorithm> = Vec::new();
        for (_, algorithm) in &list {
            if !algorithms.contains(algorithm) {
                algorithms.push(*algorithm);
            }
        }
        let (found, mut exit) = match self.archive.path().filter(|path| path.is_dir()) {
            Some(folder) => {
                let found = Manifest::of_folder(folder, &algorithms, &list)?;
                (found, Exit::Done)
            }
            None => self
                .reading
                .read(cx, &self.archive, |archive, max_holes, tell| {
                    Manifest::of_archive(archive, &algorithms, max_holes, tell)
                })?,
        };
        let mut values = self.output.list();
        let out = cx.out();
        found
            .verify(&list, &mut |name, verdict| -> io::Result<()> {
                match verdict {
                    Verdict::Same => return Ok(()),
                    Verdict::Extra if self.allow_extra => return Ok(()),
                    _ => exit = exit.max(Exit::No),
                }
                match self.output {
                    Output::Text => writeln!(out, "{}: {verdict}", escape::text(name)),
                    _ => {
                        let name = serde_json::to_value(json::bytes(name))?;
                        values.write(&json!({ "name": name, "verdict": verdict }), out)
                    }
                }
            })
            .context("standard output")?;
        values.end(cx.out())?;
        Ok(exit)
    }

    fn list(&self) -> Result<Vec<(Entry, Algorithm)>> {
        let name = self.manifest.to_string();
        let mut list = Vec::new();
        let mut malformed = 0_u64;
        for line in hash::lines(&self.manifest)?.split(|&byte| byte == b'\n') {
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let asked = |algorithm: &Algorithm| self.algorithm.is_none_or(|own| own == *algorithm);
            let read = Entry::parse(line).and_then(|entry| {
                let algorithm = entry.candidates().find(asked)?;
                Some((entry, algorithm))
            });
            match read {
                Some(read) => list.push(read),
                None => malformed.tally(1),
            }
        }
        let is_archive = |path| file::is_at(path);
        if malformed > 0 && list.is_empty() && self.manifest.path().is_some_and(is_archive) {
            bail!(
                "{name} is an archive, and no list of digests: the archive comes first, then the list; \
                 tar diff compares two archives"
            );
        }
        if malformed > 0 {
            let lines = counted(malformed, "line");
            bail!("{name}: {lines} of it can't be read; what they list isn't verified");
        }
        Ok(list)
    }
}
