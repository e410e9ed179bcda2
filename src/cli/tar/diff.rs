//! `tar diff A B`: which members were added, removed and changed, from an archive to another or to a folder.

use std::io;

use super::differences;
use super::open::ContentArgs;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::output::Output;
use crate::cli::{Context, Exit, Input};
use crate::formats::tar::compare::{Difference, Field, Listing, diff};
use crate::offset::Position;
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive as it was, plain or compressed; - is standard input
    #[arg(value_name = "A", value_parser = Input::parser())]
    a: Input,

    /// The archive as it is; or, as the first one, a folder that it may have been extracted into
    #[arg(value_name = "B", value_parser = Input::parser())]
    b: Input,

    /// Fields that may differ: type, mode, uid, gid, uname, gname, mtime, size, link, device,
    /// content, xattrs, pax
    #[arg(long, value_name = "FIELD", value_delimiter = ',', value_parser = field)]
    ignore: Vec<Field>,

    #[command(flatten)]
    reading: ContentArgs,

    /// Members in another order are a difference too
    #[arg(long)]
    order: bool,

    /// How the differences are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Exit status: 0 where the archives hold the same; 1 where they differ.";

const EXAMPLES: &str = "\
Members are compared by the name that extracting would give them: ./a/ is a.
Formats, compression and the order of members make no difference. Of several
members of one name, the last counts.

Of a folder, all that is in it is compared, by type, mode, time, size, link and
content: owners are those of who extracted it.

Exit status: 0 where the archives hold the same; 1 where they differ.

Examples:
  bytewright tar diff old.tar.gz new.tar.gz
  bytewright tar diff old.tar new.tar --ignore mtime,uid,gid,uname,gname
  bytewright tar diff backup.tar.gz restored/
  bytewright tar diff old.tar new.tar -O jsonl | jq 'select(.kind == \"added\") | .name'";

fn field(name: &str) -> Result<Field, String> {
    let field = Field::named(name.trim()).filter(|field| *field != Field::Order);
    field.ok_or_else(|| "there is no such field; --help has them all".to_owned())
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        if matches!((&self.a, &self.b), (Input::Stdin, Input::Stdin)) {
            bail!("standard input can be only one of the two archives");
        }
        let (a, odd_a) = read(&self.a, self.reading, cx)?;
        let (b, odd_b) = read(&self.b, self.reading, cx)?;
        let is_folder = |input: &Input| input.path().is_some_and(std::path::Path::is_dir);
        let has_owners = !is_folder(&self.a) && !is_folder(&self.b);
        let asked = |field: &Field| match field {
            Field::Uid | Field::Gid | Field::Uname | Field::Gname | Field::Xattrs | Field::Pax
                if !has_owners =>
            {
                false
            }
            Field::Order => self.order,
            field => !self.ignore.contains(field),
        };
        let fields: Vec<Field> = Field::ALL.into_iter().filter(asked).collect();
        let mut values = self.output.list();
        let out = cx.out();
        let mut tell = |difference: Difference<'_>| -> io::Result<()> {
            match self.output {
                Output::Text => differences::difference(&difference, out),
                _ => values.write(&difference, out),
            }
        };
        let same = diff(&a, &b, &fields, &mut tell).context("standard output")?;
        values.end(cx.out()).context("standard output")?;
        let exit = if same { Exit::Done } else { Exit::No };
        Ok(exit.max(odd_a).max(odd_b))
    }
}

fn read(input: &Input, reading: ContentArgs, cx: &mut Context) -> Result<(Listing, Exit)> {
    if let Some(folder) = input.path().filter(|path| path.is_dir()) {
        let mut exit = Exit::Done;
        let mut said = Vec::new();
        let listing =
            Listing::of_folder(folder, reading.max_holes(), &mut |notice| said.push(notice));
        for notice in said {
            cx.warn(&notice);
            if notice.is_failure() {
                exit = Exit::No;
            }
        }
        return Ok((listing.with_context(|| input.to_string())?, exit));
    }
    let (listing, exit) = reading.read(cx, input, Listing::read)?;
    if let Some((count, name)) = listing.repeated() {
        let name = escape::text(name);
        let more = match count {
            1 => String::new(),
            n => format!(" and {} more", n.since(1)),
        };
        cx.warn(format_args!(
            "{input}: members of one name, of which the last counts: {name}{more}"
        ));
    }
    Ok((listing, exit))
}
