//! Processing the requested members, one after the other.

use std::io::Write;

use super::destinations::Destinations;
use crate::cli::error::{Context as _, Result};
use crate::cli::tar::tell;
use crate::cli::{Context, Exit, Input};
use crate::formats::tar::{
    Archive, Kind, Limits, Member, Outcome, Refusal, Rules, Selection, Warning,
};
use crate::offset::Tally;
use crate::render::escape;
use crate::render::json::List;

/// The results of the members so far.
pub(super) struct Run<'a> {
    pub(super) input: &'a Input,
    pub(super) selection: Selection,
    /// The destinations, and the place of the last member's folder.
    pub(super) places: &'a Destinations,
    pub(super) place: usize,
    /// The rules that change names.
    pub(super) names: Rules,
    /// The folder that everything goes into, for members that are in it already.
    pub(super) top: Option<Vec<u8>>,
    pub(super) exit: Exit,
    pub(super) verbose: bool,
    /// The outcomes of members, as JSON.
    pub(super) values: Option<List>,
    pub(super) stop: bool,
    /// Whether members were left out because nothing of their names was left, and whether others
    /// weren't.
    pub(super) stripped: bool,
    pub(super) other: bool,
    /// How many of those that were left out are no folders.
    pub(super) lost: u64,
    /// Whether the `/` in front of a name stays, or it was said already that it doesn't.
    pub(super) keeps_root: bool,
}

impl Run<'_> {
    /// Runs `extract` for each requested member, with the place of its folder, and reports the outcome; `false` where a
    /// refused one ended the run.
    pub(super) fn each(
        &mut self,
        cx: &mut Context,
        archive: &mut Archive,
        mut work: impl FnMut(usize, &mut Archive, &Member) -> Result<(Outcome, Vec<Warning>)>,
    ) -> Result<bool> {
        while let Some(member) = self.next(cx, archive)? {
            let (outcome, warnings) = work(self.place, archive, &member)?;
            self.warn(cx, &warnings);
            if let Some(values) = &mut self.values {
                let value = json(&member, &outcome)?;
                let written = values.write(&value, cx.out());
                written.context("standard output")?;
            }
            match outcome {
                Outcome::Stripped => {
                    self.stripped = true;
                    // The content of a stripped folder goes to its parent: nothing is missing.
                    let is_lost = member.kind != Kind::Directory;
                    self.lost.tally(is_lost.into());
                }
                Outcome::PassedOver => {}
                _ => self.other = true,
            }
            match outcome {
                Outcome::Refused(why) => {
                    let (name, offset) = (escape::name(&member.name), member.header_offset);
                    let input = self.input;
                    cx.warn(format_args!(
                        "{input}: refused {name}: {why} (at offset {offset:#x})"
                    ));
                    let exit = match why {
                        // Nothing is wrong with the member.
                        Refusal::System(_) => Exit::Failed,
                        _ => Exit::No,
                    };
                    self.exit = self.exit.max(exit);
                    if self.stop {
                        return Ok(false);
                    }
                }
                Outcome::PassedOver => {
                    let what = match member.typeflag {
                        b'V' => "the label of the archive",
                        b'M' => "the rest of a file that began in another volume",
                        b'N' => "a list of long names of old GNU tar",
                        _ => "of a type that has no files",
                    };
                    let (input, name) = (self.input, escape::name(&member.name));
                    cx.note(format_args!("{input}: {name} is {what}, and passed over"));
                }
                Outcome::Extracted if self.verbose && self.values.is_none() => {
                    let written = writeln!(cx.out(), "{}", escape::text(&member.name));
                    written.context("standard output")?;
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// The content of files, one after the other.
    pub(super) fn print(
        &mut self,
        cx: &mut Context,
        archive: &mut Archive,
        mut out: impl Write,
        mut limits: Limits,
    ) -> Result<bool> {
        let mut buffer = vec![0; 128 << 10];
        while let Some(member) = self.next(cx, archive)? {
            limits.member(&member)?;
            if member.kind != Kind::File {
                continue;
            }
            limits.file(member.size)?;
            let mut content = archive.content(&member)?;
            loop {
                // What can't be read is the archive's fault, and not that of standard output.
                let read = content.read_some(&mut buffer)?;
                if read == 0 {
                    break;
                }
                limits.written(read as u64, content.compressed_position())?;
                let bytes = buffer.get(..read).unwrap_or_default();
                out.write_all(bytes).context("standard output")?;
            }
        }
        out.flush().context("standard output")?;
        Ok(true)
    }

    /// The next requested member, once its problems were reported.
    fn next(&mut self, cx: &mut Context, archive: &mut Archive) -> Result<Option<Member>> {
        while let Some(mut member) = archive.next_member()? {
            if self.selection.takes(&member.name) {
                self.place = self.places.of(&member.name, &self.selection);
                let told = tell(cx, self.input, Some(&member), &member.problems);
                self.exit = self.exit.max(told);
                if member.name.starts_with(b"/") && !self.keeps_root {
                    self.keeps_root = true;
                    cx.warn(format_args!(
                        "{}: the / in front of names is left out",
                        self.input
                    ));
                }
                self.names.rename(&mut member);
                if let Some(top) = &self.top {
                    member.leave_top(top);
                }
                return Ok(Some(member));
            }
        }
        Ok(None)
    }

    pub(super) fn warn(&self, cx: &mut Context, warnings: &[Warning]) {
        for warning in warnings {
            let (input, name) = (self.input, escape::name(warning.name()));
            cx.warn(format_args!("{input}: {name}: {warning}"));
        }
    }
}

/// A member as `tar list` shows it, with its outcome.
fn json(member: &Member, outcome: &Outcome) -> Result<serde_json::Value> {
    let mut value = serde_json::to_value(member)?;
    if let Some(keys) = value.as_object_mut() {
        let (word, why) = match outcome {
            Outcome::Extracted => ("extracted", None),
            Outcome::Stripped => ("stripped", None),
            Outcome::Kept => ("kept", None),
            Outcome::PassedOver => ("passed over", None),
            Outcome::Refused(why) => ("refused", Some(why.to_string())),
        };
        keys.insert("outcome".to_owned(), word.into());
        if let Some(why) = why {
            keys.insert("why".to_owned(), why.into());
        }
    }
    Ok(value)
}
