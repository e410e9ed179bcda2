//! `tar list ARCHIVE [NAME…]`: what an archive holds.

use std::ffi::OsString;
use std::io::Write;

use anstyle::Style;

use super::{SelectArgs, file, lines, open::ReadArgs, tell, tell_broken, tell_missing};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, Input, Output, each_file};
use crate::formats::tar::{Member, Zone};
use crate::render::json::{self, List};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive, plain or compressed; - or none is standard input
    #[arg(value_parser = Input::parser())]
    archive: Option<Input>,

    #[command(flatten)]
    select: SelectArgs,

    /// After --: members of these names, even where files that are archives are called so
    #[arg(last = true, value_name = "NAME")]
    members: Vec<OsString>,

    #[command(flatten)]
    reading: ReadArgs,

    /// Permissions, owner, size and time (in UTC) as well
    #[arg(short, long)]
    long: bool,

    /// With --long: times where the system, or the variable TZ, says that this is
    #[arg(long, requires = "long")]
    local_time: bool,

    /// How the members are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const EXAMPLES: &str = "\
Of the arguments after the first, those that are there as files and open as
archives are listed as well; the others are names of members, and so is
everything after --.

Examples:
  bytewright tar list backup.tar.gz
  bytewright tar list *.tar.gz
  bytewright tar list -l backup.tar etc/hosts
  bytewright tar list backup.tar 'home/*.txt' --exclude cache
  curl -s https://example.org/a.tar.gz | bytewright tar list - -O jsonl";

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        let (archives, names): (Vec<OsString>, Vec<OsString>) =
            std::mem::take(&mut self.select.names)
                .into_iter()
                .partition(|name| file::is_at(name.as_ref()));
        self.select.names = names;
        self.select.names.append(&mut self.members);
        let first = self.archive.clone().unwrap_or_default();
        if archives.is_empty() {
            return self.one(&first, cx);
        }
        let is_json = self.output == Output::Json;
        if self.output == Output::Jsonl {
            bail!(
                "lines of JSON don't tell which archive they are of: name one, or say --json; what \
                 is after -- is the name of a member"
            );
        }
        let archives: Vec<Input> = std::iter::once(first)
            .chain(archives.into_iter().map(Input::from))
            .collect();
        let heading = |i, input: &Input, cx: &mut Context| {
            let (bold, separator) = (Style::new().bold(), if i == 0 { "" } else { "\n" });
            Ok(writeln!(cx.out(), "{separator}{bold}{input}{bold:#}:")?)
        };
        let keys = is_json.then_some(("archive", "members"));
        each_file::each(&archives, keys, cx, heading, |input, cx| {
            self.one(input, cx)
        })
    }

    fn one(&self, input: &Input, cx: &mut Context) -> Result<Exit> {
        let mut selection = self.select.selection()?;
        let mut archive = self.reading.open_for(input, &mut selection)?.read_ahead();
        let mut exit = Exit::Done;
        let mut list = self.output.list();
        let mut line = Vec::new();
        let zone = self.local_time.then(Zone::here);
        let failed = loop {
            let member = match archive.next_member() {
                Ok(Some(member)) => member,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            if selection.takes(&member.name) {
                self.print(cx, &member, zone.as_ref(), &mut list, &mut line)
                    .context("standard output")?;
                exit = exit.max(tell(cx, input, Some(&member), &member.problems));
            }
        };
        // The output before an error is still a complete document.
        list.end(cx.out()).context("standard output")?;
        if archive.is_indexed() {
            cx.note(format_args!("{input}: listed by its index"));
        }
        exit = exit.max(tell(cx, input, None, archive.problems()));
        if let Some(error) = failed {
            return Ok(exit.max(tell_broken(input, error.into(), cx)?));
        }
        Ok(exit.max(tell_missing(cx, input, &selection)))
    }

    fn print(
        &self,
        cx: &mut Context,
        member: &Member,
        zone: Option<&Zone>,
        list: &mut List,
        line: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        let out = cx.out();
        match self.output {
            Output::Json | Output::Jsonl => {
                list.write_with(out, |out| json::write(out, member))?;
            }
            _ => {
                line.clear();
                match self.long {
                    true => lines::long(member, zone, line),
                    false => lines::name_of(&member.name, line),
                }
                line.push(b'\n');
                // Names are escaped: there is nothing in the line that colors it.
                out.verbatim(line)?;
            }
        }
        Ok(())
    }
}
