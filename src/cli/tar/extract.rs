//! `tar extract ARCHIVE [NAME…]`: members of an archive as files of a folder.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{open, selection, tell, tell_missing};
use crate::cli::{Context, Exit, Input, interrupt};
use crate::formats::tar::{Archive, Error, Extractor, Outcome, Policy, Selection};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive, plain or gzipped; - or none is standard input
    #[arg(value_parser = Input::parser())]
    archive: Option<Input>,

    /// Only members of these names, and what is below them
    #[arg(value_name = "NAME")]
    names: Vec<OsString>,

    /// The folder to extract into, which must be there
    #[arg(short = 'C', long, value_name = "FOLDER", default_value = ".")]
    directory: PathBuf,

    /// Take so many parts off the front of each name
    #[arg(long, value_name = "N", default_value_t = 0)]
    strip_components: usize,
}

const AFTER_HELP: &str = "\
Members that would leave the folder, links that lead outside, devices and named pipes are refused;
the others are extracted, and the exit status is 1. Files are replaced, never written through, and
belong to whoever extracts them. They keep their modes, but for setuid, setgid, sticky and writing
by group and others; their owner may always read and write them. Folders get the modes of new ones.";

const EXAMPLES: &str = "\
Members that would leave the folder, links that lead outside, devices and named pipes are refused;
the others are extracted, and the exit status is 1. Files are replaced, never written through, and
belong to whoever extracts them. They keep their modes, but for setuid, setgid, sticky and writing
by group and others; their owner may always read and write them. Folders get the modes of new ones.

Examples:
  bytewright tar extract backup.tar.gz -C restored
  bytewright tar extract release.tar.gz --strip-components 1 -C /opt/tool
  curl -s https://example.org/a.tar.gz | bytewright tar extract - docs";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        interrupt::guard();
        let input = self.archive.clone().unwrap_or_default();
        let mut archive = open(&input)?;
        let mut policy = Policy::default();
        policy.strip_components = self.strip_components;
        let mut extractor = Extractor::with_policy(&self.directory, policy)?;
        let mut selection = selection(&self.names);
        let mut exit = Exit::Done;
        let extracted = extract(
            cx,
            &input,
            &mut archive,
            &mut extractor,
            &mut selection,
            &mut exit,
        );
        exit = exit.max(tell(cx, &input, None, archive.problems()));
        if let Err(error) = extractor.finish() {
            exit = exit.max(cx.report(error.into())?);
        }
        if let Err(error) = extracted {
            let error = anyhow::Error::from(error).context(input.to_string());
            return Ok(exit.max(cx.report(error)?));
        }
        Ok(exit.max(tell_missing(cx, &input, &selection)))
    }
}

fn extract(
    cx: &mut Context,
    input: &Input,
    archive: &mut Archive,
    extractor: &mut Extractor,
    selection: &mut Selection,
    exit: &mut Exit,
) -> Result<(), Error> {
    while let Some(member) = archive.next_member()? {
        if !selection.takes(&member.name) {
            continue;
        }
        *exit = (*exit).max(tell(cx, input, Some(&member), &member.problems));
        if let Outcome::Refused(why) = extractor.extract(archive, &member)? {
            let (name, offset) = (escape::text(&member.name), member.header_offset);
            cx.warn(format_args!(
                "{input}: refused {name}: {why} (at offset {offset:#x})"
            ));
            *exit = (*exit).max(Exit::No);
        }
    }
    Ok(())
}
