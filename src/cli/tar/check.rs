//! `tar check ARCHIVE`: the problems of an archive; with `--repair`, its whole parts are saved.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::extract::FilterName;
use super::open::ReadArgs;
use super::{file, if_other, tell_repair};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::output::{Output, severity};
use crate::cli::progress::{self, Progress};
use crate::cli::{Context, Exit, Input};
use crate::formats::tar::{self, Compression, Finding, Summary};
use crate::offset::Position;
use crate::render::json::List;
use crate::render::{escape, problem};
use crate::tree::Severity;
use crate::value::text::counted;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archives, plain or compressed; - or none is standard input
    #[arg(value_name = "ARCHIVE", value_parser = Input::parser())]
    archives: Vec<Input>,

    /// Write what can be saved to a new archive; .gz compresses it
    #[arg(long, value_name = "OUT")]
    repair: Option<PathBuf>,

    /// With --repair: replace a file that is no archive
    #[arg(long, requires = "repair")]
    force: bool,

    #[command(flatten)]
    reading: ReadArgs,

    /// Tell members that extract --filter would refuse as well
    #[arg(long, value_name = "FILTER", value_enum, conflicts_with = "repair")]
    filter: Option<FilterName>,

    /// Leave out what weighs less; warning, or with --filter note, unless it is said
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    min: Option<Severity>,

    /// How the problems are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 1 where something is told; 4 where nothing of an archive is there.";

const EXAMPLES: &str = "\
Reads every byte once: headers, data, padding, and what follows the end. Behind
an error it looks for the next header and goes on. The codes are stable, and
docs/tar.md has them all.

A repaired archive holds the members that are whole, byte for byte as they were.
A member that is cut short or whose header has errors is left out and told; a
checksum is put right where everything else about its header is. The new archive
appears whole or not at all.

Links that lead outside, devices and the like are right in a backup. --filter
asks what of an archive extracting would refuse.

Exit status: 1 where something is told; 4 where nothing of an archive is there.

Examples:
  bytewright tar check backup.tar.gz
  bytewright tar check *.tar.zst
  bytewright tar check broken.tar --repair saved.tar
  curl -s https://example.org/a.tar.gz | bytewright tar check - --min note
  bytewright tar check --filter data a.tar -O jsonl | jq 'select(.code == \"T034\") | .member'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let mut values = self.output.list();
        let archives = match self.archives.as_slice() {
            [] => &[Input::Stdin],
            [_, _, ..] if self.repair.is_some() => {
                bail!("--repair saves what is whole of one archive, not of several")
            }
            archives => archives,
        };
        let mut exit = Exit::Done;
        let mut progress = Progress::files(archives.len());
        for (i, input) in archives.iter().enumerate() {
            progress.set(i as u64);
            let checked = self.one(input, &mut values, cx);
            exit = exit.max(match checked {
                Ok(answer) => answer,
                Err(error) => {
                    // The document is whole where the run ends in an error.
                    if archives.len() == 1 {
                        values.end(cx.out())?;
                        return Err(error);
                    }
                    cx.report(error)?
                }
            });
        }
        values.end(cx.out())?;
        Ok(exit)
    }

    fn one(&self, input: &Input, values: &mut List, cx: &mut Context) -> Result<Exit> {
        let name = input.to_string();
        let min = self.min.unwrap_or(match self.filter {
            Some(_) => Severity::Note,
            None => Severity::Warning,
        });
        let width = cx.width();
        let mut exit = Exit::Done;
        let mut errors = false;
        let mut tell = |found: &Finding, out: &mut dyn Write| -> io::Result<()> {
            let Finding {
                member, problem, ..
            } = found;
            if problem.severity < min {
                return Ok(());
            }
            exit = Exit::No;
            errors |= problem.severity == Severity::Error;
            let mut out = out;
            match self.output {
                Output::Text => problem::fitted(&name, member.as_deref(), problem, width, &mut out),
                _ => values.write(&problem::json(&name, member.as_deref(), problem), &mut out),
            }
        };
        let checked = match &self.repair {
            None => {
                let mut archive = self.reading.open(input, false)?;
                let out = cx.out();
                let mut tell = |found: &Finding| tell(found, out);
                let checked = match self.filter {
                    None => tar::check(&mut archive, &mut tell),
                    Some(filter) => tar::check_for(&mut archive, filter.into(), &mut tell),
                };
                checked.context(name.clone())
            }
            Some(path) => self.repair(input, path, &mut tell, cx),
        };
        let summary = checked?;
        match &self.repair {
            Some(path) => cx.note(saved(path, summary)),
            None if errors
                && summary.members > summary.broken
                && self.output == Output::Text
                && input.path().is_some() =>
            {
                tell_repair(&name, cx);
            }
            None if errors && summary.members == 0 && self.output == Output::Text => {
                if let Some(lines) = if_other(input) {
                    cx.note(format!("it is of another format. {lines}"));
                }
            }
            None => {}
        }
        Ok(exit)
    }

    fn repair(
        &self,
        input: &Input,
        path: &Path,
        tell: &mut dyn FnMut(&Finding, &mut dyn Write) -> io::Result<()>,
        cx: &mut Context,
    ) -> Result<Summary> {
        let name = || escape::path(path).to_string();
        let source = progress::source(input.open()?, false);
        if is_same_file(input, path) {
            bail!(
                "{}: this is the archive itself; the repaired one needs another name",
                escape::path(path)
            );
        }
        let file = file::create(path, self.force, cx)?;
        let mut packed = Compression::of_name(path).writer(file);
        let out = cx.out();
        let mut tell = |found: &Finding| tell(found, out);
        let repaired = tar::repair(&source, self.reading.ignore_zeros, &mut tell, &mut packed);
        // Either can be what fails.
        let summary = repaired.with_context(|| format!("{input}, into {}", name()))?;
        packed
            .finish()
            .and_then(|file| file.commit())
            .with_context(name)?;
        Ok(summary)
    }
}

/// Whether two paths lead to one file.
fn is_same_file(input: &Input, path: &Path) -> bool {
    let of_path = same_file::Handle::from_path(path).ok();
    let of_input = match input {
        Input::Stdin => same_file::Handle::stdin().ok(),
        Input::File(file) => same_file::Handle::from_path(file).ok(),
    };
    of_path.is_some() && of_path == of_input
}

fn saved(path: &Path, summary: Summary) -> String {
    let whole = summary.members.since(summary.broken);
    let mut text = format!("{}: {} saved", escape::path(path), counted(whole, "member"));
    if summary.broken > 0 {
        text += &format!(", {} left out", counted(summary.broken, "member"));
    }
    if summary.lost > 0 {
        text += &format!(", {} bytes skipped", summary.lost);
    }
    text
}
