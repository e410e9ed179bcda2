//! `bmp check FILE…`: what is wrong with bitmaps, a line a problem.

use std::io::Write;

use super::{files, open};
use crate::cli::error::{Context as _, Result};
use crate::cli::output::{Output, severity};
use crate::cli::{Context, Exit, Input};
use crate::formats::bmp;
use crate::offset::Tally;
use crate::render::json::List;
use crate::render::problem::{fitted, json};
use crate::tree::{Problem, Severity};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The files, and folders of bitmaps; - or none is standard input
    #[arg(value_name = "FILE", value_parser = Input::parser())]
    files: Vec<Input>,

    /// Leave out what weighs less
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = severity())]
    min: Severity,

    /// Also name the files with nothing to tell
    #[arg(short, long)]
    verbose: bool,

    /// How the problems are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 1 where a file has errors.";

const EXAMPLES: &str = "\
Looks at headers, palettes, and every pixel. The codes are stable, and
docs/bmp.md has them all.

Exit status: 1 where a file has errors.

Examples:
  bytewright bmp check photo.bmp
  bytewright bmp check --min note pictures/
  bytewright bmp check pictures/ -O jsonl | jq 'select(.code == \"B020\") | .file'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let mut counts = [0u64; 3];
        let mut list = self.output.list();
        let (files, mut exit) = files::find(&self.files, cx)?;
        let count = files.len();
        // Of several files, the bar counts those that are done.
        let is_one = count == 1;
        let one = move |file: Input| {
            let name = file.to_string();
            let source = match is_one {
                true => open(&file),
                false => file.open(),
            };
            let report = source.and_then(|source| Ok(bmp::check(&source)?));
            let report = report.with_context(|| name.clone());
            report.map(|report| (name, report.problems().to_vec()))
        };
        files::in_order(files, one, |answer| {
            let (name, problems) = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    exit = exit.max(cx.report(error)?);
                    return Ok(());
                }
            };
            for problem in &problems {
                let [notes, warnings, errors] = &mut counts;
                let count = match problem.severity {
                    Severity::Note => notes,
                    Severity::Warning => warnings,
                    Severity::Error => errors,
                };
                count.tally(1);
            }
            let told = problems.iter().filter(|p| p.severity >= self.min);
            self.print(&name, told, &mut list, cx)
        })?;
        list.end(cx.out())?;
        let [notes, warnings, errors] = counts;
        if count > 1 {
            cx.out().flush()?;
            cx.note(format_args!(
                "{count} files: {errors} errors, {warnings} warnings, {notes} notes"
            ));
        }
        Ok(if errors > 0 { exit.max(Exit::No) } else { exit })
    }

    fn print<'a>(
        &self,
        name: &str,
        problems: impl Iterator<Item = &'a Problem>,
        list: &mut List,
        cx: &mut Context,
    ) -> Result<()> {
        let mut any = false;
        for problem in problems {
            any = true;
            match self.output {
                Output::Text => fitted(name, None, problem, cx.width(), cx.out())?,
                _ => list.write(&json(name, None, problem), cx.out())?,
            }
        }
        if !any && self.verbose && self.output == Output::Text {
            writeln!(cx.out(), "{name}: ok")?;
        }
        Ok(())
    }
}
