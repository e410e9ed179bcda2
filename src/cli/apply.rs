//! `apply PATCH [FILE]`: a patch that `set` wrote, forwards or backwards.

use std::path::{Component, Path, PathBuf};

use super::error::{Context as _, Result, bail};
use super::{Context, Exit, Input, Output, swapped_arguments, write};
use crate::Source;
use crate::inspect::patch::{ApplyError, MAGIC, MAX_PATCH, Patch};
use crate::render::{escape, patch};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"))]
pub(super) struct Args {
    /// The patch; - is standard input
    #[arg(value_parser = Input::parser())]
    patch: Input,

    /// The file to change; otherwise the one that the patch names
    file: Option<PathBuf>,

    /// Undo the patch: the new bytes become the old ones
    #[arg(short, long)]
    reverse: bool,

    /// Only show what would change
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Write into the file itself, without a copy of it
    #[arg(long)]
    in_place: bool,

    /// How the changes are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Nothing is written where the file has another length than the patch says, or
other bytes where it changes them: the exit status is 1 then.";

const EXAMPLES: &str = "\
Examples:
  bytewright set photo.bmp dib_header.x_ppm=3780 --undo change.txt
  bytewright apply --reverse change.txt
  bytewright apply change.txt copy-of-photo.bmp";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = self.patch.to_string();
        if let (Some(first), Some(second)) = (self.patch.path(), &self.file)
            && first.is_file()
            && !is_patch(first)
            && is_patch(second)
        {
            swapped_arguments::wrong_order("apply", "patch", first, second)?;
        }
        let bytes = self.patch.read(MAX_PATCH, "a patch")?;
        let text = std::str::from_utf8(&bytes)
            .with_context(|| format!("{name}: a patch is UTF-8 text"))?;
        let mut patch: Patch = text.parse().with_context(|| name.clone())?;
        if self.reverse {
            patch = patch.reversed();
        }
        let file = match (&self.file, &patch.file) {
            (Some(file), _) => file.clone(),
            (None, Some(file)) if stays_below(file) => file.clone(),
            (None, Some(file)) => bail!(
                "{name}: the patch names {}, which is not below this folder; if that is meant, \
                 name the file after the patch",
                escape::path(file)
            ),
            (None, None) => bail!("{name}: the patch names no file; name it after the patch"),
        };
        let shown = escape::path(&file).to_string();
        let source = Source::open(&file).with_context(|| shown.clone())?;
        match patch.check(&source) {
            Err(ApplyError::Mismatch(mismatch)) => {
                let is_done = patch.reversed().check(&source).is_ok();
                let (state, back) = match self.reverse {
                    false => ("applied", "apply --reverse undoes it"),
                    true => ("undone", "apply without --reverse applies it"),
                };
                match is_done {
                    true => cx.warn(format!("{shown}: the patch is {state} already; {back}")),
                    false => cx.warn(format!("{shown}: {mismatch}; nothing was changed")),
                }
                return Ok(Exit::No);
            }
            checked => checked.with_context(|| shown.clone())?,
        }
        drop(source);
        match self.output {
            Output::Text => patch::text(&patch.changes, cx.out())?,
            output => {
                let mut list = output.list();
                for change in &patch.changes {
                    list.write(change, cx.out())?;
                }
                list.end(cx.out())?;
            }
        }
        if !self.dry_run {
            write::changes(&patch, &file, self.in_place, cx).with_context(|| shown)?;
        }
        Ok(Exit::Done)
    }
}

/// Whether a file begins as a patch does.
fn is_patch(path: &Path) -> bool {
    let start = Source::open(path).and_then(|source| source.read(0, MAGIC.len() as u64));
    path.is_file() && start.is_ok_and(|start| start == MAGIC.as_bytes())
}

/// Whether a relative path stays inside the folder that it is relative to.
fn stays_below(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
