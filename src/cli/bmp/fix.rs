//! `bmp fix FILE…`: what can be put right without guessing.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;
use serde_json::json;

use super::{BMP, open};
use crate::Source;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::file_kind::FileKind;
use crate::cli::{Context, Exit, Input, Output};
use crate::formats::bmp::{Repair, check, repairs};
use crate::inspect::patch::Patch;
use crate::output::AtomicFile;
use crate::render::escape;
use crate::render::json::List;
use crate::tree::Severity;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The files to put right
    #[arg(value_name = "FILE", value_parser = Input::parser(), required = true)]
    files: Vec<Input>,

    /// Write the mended file here, and leave the other as it is
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Put the mended file in the place of the other, in one step
    #[arg(short, long, conflicts_with = "out")]
    in_place: bool,

    /// With --in-place: write a patch, which apply --reverse takes to undo it all
    #[arg(long, value_name = "PATCH", requires = "in_place")]
    undo: Option<PathBuf>,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// How what was done is told
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// Replace a file of -o that is no bitmap, or of --undo that is no patch
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
Exit status: 1 where errors are left that need a decision.";

const EXAMPLES: &str = "\
Mends wrong sizes, a pixel offset that leads nowhere though all rows fit after
the palette, a missing end of bitmap, a palette shorter than the header says,
planes that are not 1, and padding that is not zero. Everything it does is said;
nothing else is touched. Nothing is written unless -o or --in-place says where.

Exit status: 1 where errors are left that need a decision.

Examples:
  bytewright bmp fix --dry-run *.bmp
  bytewright bmp fix broken.bmp --in-place --undo undo.txt
  bytewright bmp fix broken.bmp -o mended.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        for (option, given) in [("-o", &self.out), ("--undo", &self.undo)] {
            if given.is_some() && self.files.len() > 1 {
                bail!("{option} takes one file, not {}", self.files.len());
            }
        }
        if self.output != Output::Text && self.out.as_deref() == Some(Path::new("-")) {
            bail!("the bitmap goes to standard output, where what was done can't be told too");
        }
        let mut exit = Exit::Done;
        let mut values = self.output.list();
        for file in &self.files {
            let answer = match self.one(file, &mut values, cx) {
                Ok(answer) => answer,
                Err(error) => cx.report(error)?,
            };
            exit = exit.max(answer);
        }
        if self.output != Output::Text {
            values.end(cx.out())?;
        }
        Ok(exit)
    }

    fn one(&self, file: &Input, values: &mut List, cx: &mut Context) -> Result<Exit> {
        let name = file.to_string();
        let seen = file.path().and_then(|path| fs::metadata(path).ok());
        let source = open(file)?;
        let repairs = repairs(&source).with_context(|| name.clone())?;
        if self.output == Output::Text {
            let bold = Style::new().bold();
            if repairs.is_empty() {
                writeln!(cx.out(), "{bold}{name}{bold:#}: nothing to mend")?;
            }
            for Repair { code, message, .. } in &repairs {
                writeln!(cx.out(), "{bold}{name}{bold:#}: {code}: {message}")?;
            }
        }
        let mended = mended(&source, &repairs).with_context(|| name.clone())?;
        let report = check(&Source::new(mended.try_clone()?))?;
        let left = report
            .problems()
            .iter()
            .filter(|p| p.severity == Severity::Error);
        if self.output != Output::Text {
            let left: Vec<_> = left.clone().collect();
            let value = json!({ "file": &name, "repairs": &repairs, "left": left });
            values.write(&value, cx.out())?;
        }
        let mut exit = Exit::Done;
        for problem in left {
            cx.warn(format_args!(
                "{name}: left: {}: {}",
                problem.code, problem.message
            ));
            exit = Exit::No;
        }
        let (target, new, seen) = match (&self.out, file.path()) {
            _ if self.dry_run => return Ok(exit),
            (Some(out), _) => (out.as_path(), cx.create(out, BMP, self.force)?, None),
            (None, _) if repairs.is_empty() => return Ok(exit),
            (None, Some(_)) if !self.in_place => bail!(
                "{name}: nothing is written: -o FILE writes the mended file, --in-place puts it in \
                 the place of this one"
            ),
            (None, Some(path)) => (path, cx.rewrite(path)?, seen),
            (None, None) => bail!("standard input can't be put right where it is: -o FILE"),
        };
        if let Some(undo) = &self.undo {
            let patch = patch(target, &source, &Source::new(mended.try_clone()?))?;
            let mut file = cx.create(undo, FileKind::Patch, self.force)?;
            file.write_all(patch.to_string().as_bytes())
                .and_then(|()| file.sync())
                .and_then(|()| file.commit())
                .with_context(|| escape::path(undo).to_string())?;
        }
        write(mended, new, seen.as_ref()).with_context(|| escape::path(target).to_string())?;
        Ok(exit)
    }
}

/// The patch that undoes the repair.
fn patch(path: &Path, old: &Source, mended: &Source) -> Result<Patch> {
    let (size, new) = (old.size()?, mended.size()?);
    if size != new {
        bail!(
            "{}: the mended file has {new} bytes instead of {size}, which no patch takes back: keep \
             the old one, with -o",
            escape::path(path)
        );
    }
    Ok(Patch::between(path, old, mended)?)
}

/// A copy with the repairs.
fn mended(source: &Source, repairs: &[Repair]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut source.reader(0), &mut file)?;
    for (offset, bytes) in repairs.iter().flat_map(|repair| &repair.writes) {
        file.seek(SeekFrom::Start(*offset))?;
        file.write_all(bytes)?;
    }
    Ok(file)
}

/// Writes the mended file: anywhere, or in the place of the one that was `seen`.
fn write(mut mended: File, mut new: AtomicFile, seen: Option<&Metadata>) -> io::Result<()> {
    mended.rewind()?;
    io::copy(&mut mended, &mut new)?;
    new.sync()?;
    match seen {
        Some(seen) => new.commit_over(seen),
        None => new.commit(),
    }
}
