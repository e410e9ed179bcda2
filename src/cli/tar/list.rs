//! `tar list ARCHIVE [NAME…]`: what an archive holds.

use anyhow::Context as _;

use super::{SelectArgs, lines, reading::ReadArgs, tell, tell_missing};
use crate::cli::{Context, Exit, Input, Output};
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
Examples:
  bytewright tar list backup.tar.gz
  bytewright tar list -l backup.tar etc/hosts
  bytewright tar list backup.tar 'home/*.txt' --exclude cache
  curl -s https://example.org/a.tar.gz | bytewright tar list - -O jsonl";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let input = self.archive.clone().unwrap_or_default();
        let mut selection = self.select.selection()?;
        let mut archive = self.reading.open_for(&input, &mut selection)?;
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
                exit = exit.max(tell(cx, &input, Some(&member), &member.problems));
            }
        };
        // What was found before an error is a document nevertheless.
        list.end(cx.out()).context("standard output")?;
        if archive.is_indexed() {
            cx.note(format_args!("{input}: listed by its index"));
        }
        exit = exit.max(tell(cx, &input, None, archive.problems()));
        if let Some(error) = failed {
            let error = anyhow::Error::from(error).context(input.to_string());
            return Ok(exit.max(cx.report(error)?));
        }
        Ok(exit.max(tell_missing(cx, &input, &selection)))
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
