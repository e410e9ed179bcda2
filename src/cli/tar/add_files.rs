//! Putting files into an archive: what the verbs that do it share.

mod rules;
mod sources;

use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use clap::ValueEnum;

use super::{file, lines};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::progress::{self, Progress};
use crate::cli::{Context, Exit, Output, swapped_arguments};
use crate::formats::tar::{Builder, Format, IndexWriter, NewMember, Time};
use crate::offset::Tally;
use crate::parallel;
use crate::render::escape;
use rules::RuleArgs;
use sources::SourceArgs;

/// Which files, under which names, and what of them.
#[derive(Debug, clap::Args)]
pub(super) struct MakeArgs {
    #[command(flatten)]
    sources: SourceArgs,

    #[command(flatten)]
    rules: RuleArgs,

    /// Let .. stand in names, which most readers refuse
    #[arg(hide_short_help = true, long, help_heading = "Names")]
    allow_parent: bool,

    /// Put in folders without their content
    #[arg(hide_short_help = true, long, help_heading = "Which files")]
    no_recursion: bool,

    /// Leave folders empty that are on another file system
    #[arg(hide_short_help = true, long, help_heading = "Which files")]
    one_file_system: bool,

    /// Put in what symbolic links lead to, and not the links
    #[arg(hide_short_help = true, long, help_heading = "What of them")]
    dereference: bool,

    /// Put in files anew that are in already by another name
    #[arg(hide_short_help = true, long, help_heading = "What of them")]
    no_hard_links: bool,

    /// Leave holes in files out
    #[arg(hide_short_help = true, long, help_heading = "What of them")]
    sparse: bool,

    /// Put in extended attributes and access control lists
    #[arg(hide_short_help = true, long, help_heading = "What of them")]
    xattrs: bool,

    /// The format of the archive
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: TarFormat,

    /// Read and write with this many threads; the archive is the same with any number
    #[arg(hide_short_help = true, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// List what would be put in, as list -l does, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// json and jsonl tell each member that is put in
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text", hide_short_help = true,
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,

    /// Name each member on standard error when it is put in
    #[arg(short, long, conflicts_with = "dry_run")]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, ValueEnum)]
enum TarFormat {
    #[default]
    Pax,
    Ustar,
    Gnu,
    V7,
}

/// The archive that the members are added to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    /// A new archive, which is to have members; `reproducible` gives the same bytes on any machine.
    New { reproducible: bool },
    /// One that has members, or to which there may be nothing to add.
    Old,
}

/// The writer of a built archive, its index, and the exit status.
pub(super) type BuiltArchive<W> = (W, Option<IndexWriter>, Exit);

impl MakeArgs {
    /// Adds everything that was asked for to `archive`, and ends it.
    pub(super) fn write<W: Write>(
        &self,
        archive: &Path,
        builder: Builder<'_, W>,
        target: Target,
        cx: &mut Context,
    ) -> Result<BuiltArchive<W>> {
        let rules = self.rules.rules()?;
        let mut progress = Progress::bytes(None, self.dry_run);
        // A builder is sent between threads with its callbacks, which the context can't be.
        let mut list = BufWriter::new(io::stdout());
        let mut listed = Ok(());
        let mut values = self.output.list();
        let mut members: u64 = 0;
        let mut builder = self
            .options(builder, target == Target::New { reproducible: true })?
            .rules(rules)
            .progress(|bytes| progress.set(bytes))
            .each(|member| {
                members.tally(1);
                if self.verbose {
                    let name = member.as_listed().name;
                    progress::suspended(|| {
                        // If standard error is closed, no one can read the message.
                        let _ = writeln!(io::stderr(), "{}", escape::text(&name));
                    });
                }
                if listed.is_ok() {
                    listed = match self.output {
                        Output::Text if self.dry_run => {
                            let mut line = Vec::new();
                            lines::long(&member.as_listed(), None, &mut line);
                            line.push(b'\n');
                            list.write_all(&line)
                        }
                        Output::Text => Ok(()),
                        _ => json(member).and_then(|member| values.write(&member, &mut list)),
                    };
                }
            });
        let mut exit = Exit::Done;
        self.sources.each(|(path, arcname)| {
            let added = builder.add(path, &arcname, &mut |notice| {
                cx.warn(&notice);
                if notice.is_failure() {
                    exit = Exit::No;
                }
            });
            added.with_context(|| escape::path(archive).to_string())
        })?;
        let finished = builder.finish_with_index();
        let (out, index) = finished.with_context(|| escape::path(archive).to_string())?;
        if self.output != Output::Text {
            listed = listed.and_then(|()| values.end(&mut list));
        }
        listed
            .and_then(|()| list.flush())
            .context("standard output")?;
        if members == 0 && target != Target::Old {
            let archive = escape::path(archive);
            cx.warn(format_args!(
                "{archive}: no member is put in: nothing that was named is left"
            ));
            exit = Exit::No;
        }
        Ok((out, index, exit))
    }

    fn options<'a, W: Write>(
        &self,
        builder: Builder<'a, W>,
        reproducible: bool,
    ) -> Result<Builder<'a, W>> {
        let mut builder = builder
            .format(self.format.into())
            .recursive(!self.no_recursion)
            .dereference(self.dereference)
            .hard_links(!self.no_hard_links)
            .allow_parent(self.allow_parent)
            .sparse(self.sparse)
            .xattrs(self.xattrs)
            .numeric_owner(self.rules.numeric_owner)
            .one_file_system(self.one_file_system);
        if reproducible {
            let time = self.rules.mtime.map_or_else(source_date, Ok)?;
            builder = builder.reproducible(time);
        }
        Ok(builder.threads(self.threads()))
    }

    /// How many threads there are to be.
    pub(super) fn threads(&self) -> NonZeroUsize {
        let threads = self.threads.map(usize::from).and_then(NonZeroUsize::new);
        threads.unwrap_or_else(parallel::threads)
    }

    /// An error where what is to be changed is no archive, and one is named after it.
    pub(super) fn check_swapped(&self, verb: &str, archive: &Path) -> Result<()> {
        let found = match archive.is_file() || archive == Path::new("-") {
            true => None,
            false => self.sources.paths().find(|path| file::is_at(path)),
        };
        match found {
            Some(found) => swapped_arguments::wrong_order(verb, "archive", archive, &found),
            None => Ok(()),
        }
    }

    /// Refuses arguments that make no sense, before anything is done.
    pub(super) fn check(&self, archive: &Path) -> Result<()> {
        self.sources.check()?;
        if archive == Path::new("-") && self.output != Output::Text && !self.dry_run {
            bail!(
                "the archive goes to standard output, where the list of its members can't be too"
            );
        }
        if self.sparse && !matches!(self.format, TarFormat::Pax | TarFormat::Gnu) {
            bail!("--sparse needs a format that has maps of holes: pax or gnu");
        }
        if self.xattrs && self.format != TarFormat::Pax {
            bail!("--xattrs needs a format that has extended attributes: pax");
        }
        Ok(())
    }
}

/// A member as `tar list` has it, without what only an archive tells.
fn json(member: &NewMember) -> io::Result<serde_json::Value> {
    let mut value = serde_json::to_value(member.as_listed())?;
    if let Some(keys) = value.as_object_mut() {
        for key in ["format", "header_offset", "data_offset"] {
            keys.shift_remove(key);
        }
    }
    Ok(value)
}

impl From<TarFormat> for Format {
    fn from(format: TarFormat) -> Format {
        match format {
            TarFormat::Pax => Format::Pax,
            TarFormat::Ustar => Format::Ustar,
            TarFormat::Gnu => Format::Gnu,
            TarFormat::V7 => Format::V7,
        }
    }
}

/// The time that reproducible builds agree upon, or the first second of 1970.
fn source_date() -> Result<Time> {
    let Some(date) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(Time::at(0));
    };
    let seconds = date.to_str().and_then(|date| date.parse().ok());
    let seconds = seconds
        .with_context(|| format!("SOURCE_DATE_EPOCH is {date:?}, and not seconds since 1970"))?;
    Ok(Time::at(seconds))
}
