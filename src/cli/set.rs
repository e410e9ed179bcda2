//! `set FILE PATH=VALUE…`: fields changed by their path.

use std::io::Write;
use std::path::PathBuf;

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail};
use super::file_kind::FileKind;
use super::{Context, Exit, Input, Output, write};
use crate::inspect::edit::{self, MAX_PROBLEMS};
use crate::inspect::{Path, patch::Patch};
use crate::render::{escape, json, patch};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES,
          mut_arg("at", |at| at.long("offset").short('s').visible_alias("at")))]
pub(super) struct Args {
    /// The file
    file: PathBuf,

    /// Fields and the values they get, such as 'palette[0].red=255'
    #[arg(value_name = "PATH=VALUE", required = true, value_parser = assignment)]
    set: Vec<(Path, String)>,

    #[command(flatten)]
    format: FormatArgs,

    /// Only show what would change
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Write a patch; apply --reverse takes it to undo the change
    #[arg(long, value_name = "PATCH")]
    undo: Option<PathBuf>,

    /// Change nothing but these fields: no checksum, no size of pixels that depends on them
    #[arg(long)]
    no_repair: bool,

    /// Write into the file itself, without a copy of it
    #[arg(long)]
    in_place: bool,

    /// How the changes are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// Write even where the file has new errors then, or the file of --undo is no patch
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
Values are read as the field asks: integers in any base, floats, text, b'…',
x'…', arrays as JSON, and the names that inspect shows for values. The file
keeps its length: text shorter than a field such as 5s is filled with zeros,
text shorter than [n]s is refused. What depends on a change follows: checksums
of tar headers, PNG chunks and the like, sizes that a header states. A copy with
the changes takes the file's place when it is complete; --in-place writes the
changed bytes only.";

const EXAMPLES: &str = "\
Values are read as the field asks: integers in any base, floats, text, b'…',
x'…', arrays as JSON, and the names that inspect shows for values. The file
keeps its length: text shorter than a field such as 5s is filled with zeros,
text shorter than [n]s is refused. What depends on a change follows: checksums
of tar headers, PNG chunks and the like, sizes that a header states. A copy with
the changes takes the file's place when it is complete, so that another program
sees the old file or the new one; if another program changes the file meanwhile,
it is left as it is. --in-place writes the changed bytes only: for huge files,
and for those that a program keeps open and writes to; a crash may leave some
changes out.

Exit status: 1 where a path leads nowhere, or the file would have new errors and
there is no --force; 4 where a value doesn't fit its field.

Examples:
  bytewright set photo.bmp dib_header.x_ppm=3780 dib_header.y_ppm=3780 --undo undo.txt
  bytewright apply --reverse undo.txt
  bytewright set backup.tar 'members[\"run.sh\"].header.mode=0o755' --dry-run
  bytewright set -f '<4s:magic H:version' data.bin version=2";

/// A path, and the value after the equals sign.
pub(super) fn assignment(text: &str) -> Result<(Path, String), String> {
    // A path may hold an equals sign, in quotes.
    let mut quote = None;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (None, '=') => {
                let (path, value) = text.split_at_checked(i).unwrap_or_default();
                let path = path.parse().map_err(|e| format!("{e}"))?;
                return Ok((path, value.get(1..).unwrap_or_default().to_owned()));
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(_), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(q), c) if c == q && !escaped => quote = None,
            _ => {}
        }
        escaped = false;
    }
    Err("expected PATH=VALUE".to_owned())
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = escape::path(&self.file).to_string();
        let input = Input::from(self.file.clone().into_os_string());
        let metadata = std::fs::metadata(&self.file).with_context(|| name.clone())?;
        if !metadata.is_file() {
            bail!("{name}: it is no regular file, and can't be changed");
        }
        let document = self.format.open(&input, cx)?;
        let nested = |text: &str| json::read(text).ok();
        let edit = edit::plan(&document, &self.set, !self.no_repair, &nested)
            .with_context(|| name.clone())?;
        match self.output {
            Output::Text => patch::text(&edit.changes, cx.out())?,
            output => {
                let mut list = output.list();
                for change in &edit.changes {
                    list.write(change, cx.out())?;
                }
                list.end(cx.out())?;
            }
        }
        let patch = Patch {
            file: Some(self.file.clone()),
            size: document.file().size()?,
            changes: edit.changes,
        };
        for problem in &edit.new_problems {
            cx.warn(format!(
                "{name}: with this change, {} {} at {:#x}: {}",
                problem.severity, problem.code, problem.range.offset, problem.message
            ));
        }
        if edit.new_problems.len() >= MAX_PROBLEMS {
            cx.warn(format!(
                "{name}: these are the first {MAX_PROBLEMS} errors; there may be more"
            ));
        }
        if patch.changes.is_empty() {
            if self.output == Output::Text {
                writeln!(cx.out(), "nothing changes: the fields have these values")?;
            }
            return Ok(Exit::Done);
        }
        if self.dry_run {
            return Ok(Exit::Done);
        }
        if !edit.new_problems.is_empty() && !self.force {
            cx.warn(format!("{name}: not written; --force writes it"));
            return Ok(Exit::No);
        }
        drop(document);
        if let Some(undo) = &self.undo {
            let mut file = cx.create(undo, FileKind::Patch, self.force)?;
            file.write_all(patch.to_string().as_bytes())
                .and_then(|()| file.sync())
                .and_then(|()| file.commit())
                .with_context(|| escape::path(undo).to_string())?;
        }
        write::changes(&patch, &self.file, self.in_place, cx).with_context(|| name)?;
        Ok(Exit::Done)
    }
}
