//! `tar delete ARCHIVE NAME…`: an archive without some of its members.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::rewrite::{self, OldArchive};
use super::{file, selection, tell_missing};
use crate::cli::error::{Context as _, Result};
use crate::cli::{Context, Exit, Input, Output, swapped_arguments};
use crate::formats::tar::{Archive, Kind, copy_members};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}"))]
pub(super) struct Args {
    /// The archive
    pub(super) archive: PathBuf,

    /// Members of these names, and what is below them; * ? and [ make a glob of a name that no
    /// member has
    #[arg(value_name = "NAME", required = true)]
    names: Vec<OsString>,

    /// Names are names, whatever is in them
    #[arg(long)]
    no_wildcards: bool,

    /// json and jsonl tell each member that is taken out
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
The archive is written anew, and replaced when it is whole. The other members
stay byte for byte what they are.";

const EXAMPLES: &str = "\
Examples:
  bytewright tar delete release.tar.gz tool-1.0/.git
  bytewright tar delete backup.tar '*.o'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let name = || escape::path(&self.archive).to_string();
        let archive = self
            .names
            .iter()
            .map(Path::new)
            .find(|name| file::is_at(name));
        if let Some(archive) = archive.filter(|_| !self.archive.is_file()) {
            swapped_arguments::wrong_order("tar delete", "archive", &self.archive, archive)?;
        }
        let old = OldArchive::open(&self.archive)?;
        let mut selection = selection(&self.names);
        if !self.no_wildcards {
            selection = selection.globs();
        }
        if selection.has_globs() {
            let mut archive = Archive::new(old.content.clone()).with_context(name)?;
            while let Ok(Some(member)) = archive.next_member() {
                selection.is_name(&member.name);
            }
        }
        old.tell_left_out(cx)?;
        let mut builder = rewrite::begin(&self.archive, old.compression, cx)?;
        let mut gone: HashSet<Vec<u8>> = HashSet::new();
        let mut orphans = Vec::new();
        // Reported once the archive is replaced.
        let mut told = Vec::new();
        let mut values = self.output.list();
        let mut listed = Ok(());
        let copied = copy_members(&old.content, &mut builder, &mut |member| {
            if selection.takes(&member.name) {
                if self.output != Output::Text && listed.is_ok() {
                    listed = values.write(member, &mut told);
                }
                gone.insert(member.name.clone());
                return false;
            }
            gone.remove(&member.name);
            if member.kind == Kind::Hardlink && gone.contains(&member.link) {
                orphans.push((member.name.clone(), member.link.clone()));
            }
            true
        });
        copied.with_context(name)?;
        listed?;
        let exit = tell_missing(cx, &Input::File(self.archive.clone()), &selection);
        if self.output != Output::Text {
            values.end(&mut told)?;
        }
        if gone.is_empty() {
            cx.out().write_all(&told)?;
            return Ok(exit);
        }
        for (link, target) in &orphans {
            let (link, target) = (escape::text(link), escape::text(target));
            cx.warn(format_args!(
                "{}: {link} is a hard link to {target}, whose content it would lose; delete both, \
                 or neither",
                name()
            ));
        }
        if !orphans.is_empty() {
            return Ok(Exit::No);
        }
        let made = builder.finish_with_index().with_context(name)?;
        rewrite::end(&self.archive, made, old.seen.as_ref())?;
        cx.out().write_all(&told)?;
        Ok(exit)
    }
}
