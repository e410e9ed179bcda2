//! `tar create ARCHIVE PATH[=ARCNAME]…`: an archive of files, under the names they are to have.

mod rules;
mod sources;

use std::cell::RefCell;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::progress::{self, Progress};
use crate::cli::{Context, Exit};
use crate::formats::tar::{Builder, Compression, Format, IndexWriter, Rules, Time};
use crate::parallel;
use crate::render::{escape, tar};
use rules::RuleArgs;
use sources::SourceArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive to write; - is standard output
    archive: PathBuf,

    #[command(flatten)]
    sources: SourceArgs,

    #[command(flatten)]
    rules: RuleArgs,

    /// Let .. stand in names, which most readers refuse
    #[arg(long, help_heading = "Names")]
    allow_parent: bool,

    /// Put in folders without their content
    #[arg(long, help_heading = "Which files")]
    no_recursion: bool,

    /// Leave folders empty that are on another file system
    #[arg(long, help_heading = "Which files")]
    one_file_system: bool,

    /// Put in what symbolic links lead to, and not the links
    #[arg(long, help_heading = "What of them")]
    dereference: bool,

    /// Put in files anew that are in already by another name
    #[arg(long, help_heading = "What of them")]
    no_hard_links: bool,

    /// Leave holes in files out
    #[arg(long, conflicts_with = "reproducible", help_heading = "What of them")]
    sparse: bool,

    /// Put in extended attributes and access control lists
    #[arg(long, conflicts_with = "reproducible", help_heading = "What of them")]
    xattrs: bool,

    #[arg(
        long,
        help_heading = "What of them",
        help = "The same bytes on any machine: the time of SOURCE_DATE_EPOCH or 1970, no \
                  owners, plain modes"
    )]
    reproducible: bool,

    /// The format of the archive
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: TarFormat,

    /// How the archive is compressed; without it, the suffix of its name says so
    #[arg(long, value_name = "HOW", value_parser = compress())]
    compress: Option<Compression>,

    /// The larger, the smaller the archive: up to 9, with zstd up to 19
    #[arg(long, value_name = "N")]
    level: Option<u32>,

    /// Read and write with so many threads; the archive is the same with any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// List what would be put in, as list -l does, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Name each member on standard error when it is put in
    #[arg(short, long, conflicts_with = "dry_run")]
    verbose: bool,

    /// Write the archive to a terminal as well
    #[arg(long)]
    force: bool,
}

fn compress() -> impl TypedValueParser<Value = Compression> {
    let names = Compression::ALL
        .iter()
        .map(|compression| compression.name());
    PossibleValuesParser::new(names).map(|name| Compression::named(&name).unwrap_or_default())
}

#[derive(Clone, Copy, Debug, Default, PartialEq, ValueEnum)]
enum TarFormat {
    #[default]
    Pax,
    Ustar,
    Gnu,
    V7,
}

const AFTER_HELP: &str = "\
A folder that is put in as NAME gives NAME, NAME/a, NAME/sub/b. An empty name puts in a folder's
content alone. A path that is there and holds a = is taken as it is.";

const EXAMPLES: &str = "\
A folder that is put in as NAME gives NAME, NAME/a, NAME/sub/b. An empty name puts in a folder's
content alone. A path that is there and holds a = is taken as it is.

Patterns match the names that members would have without --transform and --strip-components. One
that ends in / matches folders alone; one that begins with / is matched with the whole path.

Examples:
  bytewright tar create out.tar.gz /home/usr/files --arcname newfile
  bytewright tar create out.tar src=tool-1.0/src README.md=tool-1.0/README
  bytewright tar create out.tar --add a=b --as plain
  bytewright tar create out.tar.gz . --gitignore --exclude .git --transform 's,^,tool-1.0/,'
  bytewright tar create out.tar.gz src --reproducible
  find . -newer last -print0 | bytewright tar create new.tar --files-from - --null --no-recursion
  bytewright tar create - build= | ssh host tar xf -";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        self.check()?;
        let rules = self.rules.rules()?;
        if self.dry_run {
            let mut builder = Builder::new(std::io::sink()).dry_run(true);
            builder.leave_out(&self.archive);
            return Ok(self.write(builder, rules, cx)?.2);
        }
        let compression = self.compression()?;
        if self.archive == Path::new("-") {
            let out = compression.writer_on(cx.raw(self.force)?, self.threads());
            let mut builder = Builder::new(out);
            if let Some(file) = cx.stdout_file() {
                builder.leave_out_file(&file);
            }
            let (out, index, exit) = self.write(builder, rules, cx)?;
            out.finish_with_index(index)
                .and_then(|mut out| out.flush())
                .context("standard output")?;
            return Ok(exit);
        }
        let name = || escape::path(&self.archive).to_string();
        let file = cx.create(&self.archive)?;
        let temporary = file.file().try_clone().with_context(name)?;
        let plain = compression == Compression::None;
        if plain && temporary.metadata().with_context(name)?.is_file() {
            let mut builder = Builder::at(temporary).with_context(name)?;
            builder.leave_out(&self.archive);
            builder.leave_out_file(file.file());
            let (_, _, exit) = self.write(builder, rules, cx)?;
            file.commit().with_context(name)?;
            return Ok(exit);
        }
        let mut builder = Builder::new(compression.writer_on(file, self.threads()));
        builder.leave_out(&self.archive);
        builder.leave_out_file(&temporary);
        let (out, index, exit) = self.write(builder, rules, cx)?;
        out.finish_with_index(index)
            .and_then(|file| file.commit())
            .with_context(name)?;
        Ok(exit)
    }

    fn compression(&self) -> anyhow::Result<Compression> {
        let compression = match self.compress {
            Some(compression) => compression,
            None => Compression::of_name(&self.archive),
        };
        if compression == Compression::None && self.compress.is_none() {
            check_suffix(&self.archive)?;
        }
        let Some(level) = self.level else {
            return Ok(compression);
        };
        match (compression.at_level(level), compression.levels()) {
            (Some(compression), _) => Ok(compression),
            (None, Some(levels)) => bail!(
                "{} has levels {} to {}, and no {level}",
                compression.name(),
                levels.start(),
                levels.end()
            ),
            (None, None) => bail!("--level has no meaning with {}", compression.name()),
        }
    }

    fn write<W: Write>(
        &self,
        builder: Builder<'_, W>,
        rules: Rules,
        cx: &mut Context,
    ) -> anyhow::Result<(W, Option<IndexWriter>, Exit)> {
        // Two closures take turns with what is said, and where.
        let cx = RefCell::new(cx);
        let mut progress = Progress::bytes(None, self.dry_run);
        let listed = RefCell::new(Ok(()));
        let mut builder = self
            .options(builder)?
            .indexed()
            .rules(rules)
            .progress(|bytes| progress.set(bytes))
            .each(|member| {
                if self.verbose {
                    let name = member.as_listed().name;
                    progress::suspended(|| {
                        // Nobody is left to be told when standard error is closed.
                        let _ = writeln!(std::io::stderr(), "{}", escape::text(&name));
                    });
                }
                let mut listed = listed.borrow_mut();
                if self.dry_run && listed.is_ok() {
                    let mut line = String::new();
                    tar::long(&member.as_listed(), &mut line);
                    *listed = writeln!(cx.borrow_mut().out(), "{line}");
                }
            });
        let mut exit = Exit::Done;
        self.sources.each(|(path, arcname)| {
            let added = builder.add(path, &arcname, &mut |notice| {
                cx.borrow_mut().warn(&notice);
                if notice.is_failure() {
                    exit = Exit::No;
                }
            });
            added.with_context(|| escape::path(&self.archive).to_string())
        })?;
        let (out, index) = builder.finish_with_index()?;
        listed.into_inner().context("standard output")?;
        Ok((out, index, exit))
    }

    fn options<'a, W: Write>(&self, builder: Builder<'a, W>) -> anyhow::Result<Builder<'a, W>> {
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
        if self.reproducible {
            let time = self.rules.mtime.map_or_else(source_date, Ok)?;
            builder = builder.reproducible(time);
        }
        Ok(builder.threads(self.threads()))
    }

    fn threads(&self) -> NonZeroUsize {
        let threads = self.threads.map(usize::from).and_then(NonZeroUsize::new);
        threads.unwrap_or_else(parallel::threads)
    }

    /// What can't be meant, before anything is done.
    fn check(&self) -> anyhow::Result<()> {
        self.sources.check()?;
        if self.sparse && !matches!(self.format, TarFormat::Pax | TarFormat::Gnu) {
            bail!("--sparse needs a format that has maps of holes: pax or gnu");
        }
        if self.xattrs && self.format != TarFormat::Pax {
            bail!("--xattrs needs a format that has extended attributes: pax");
        }
        Ok(())
    }
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
fn source_date() -> anyhow::Result<Time> {
    let Some(date) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(Time::at(0));
    };
    let seconds = date.to_str().and_then(|date| date.parse().ok());
    let seconds = seconds
        .with_context(|| format!("SOURCE_DATE_EPOCH is {date:?}, and not seconds since 1970"))?;
    Ok(Time::at(seconds))
}

/// A suffix that promises another compression than the archive would have.
fn check_suffix(archive: &Path) -> anyhow::Result<()> {
    const OTHERS: &[&str] = &[
        "xz", "txz", "bz2", "tbz", "tbz2", "zst", "tzst", "lz4", "lzma", "lz", "br", "z", "zip",
        "7z", "rar",
    ];
    let suffix = archive.extension().and_then(|suffix| suffix.to_str());
    let suffix = suffix.unwrap_or_default().to_ascii_lowercase();
    if OTHERS.contains(&suffix.as_str()) {
        bail!(
            "{}: .{suffix} archives can't be made; .tar.gz, .tar.zst and others can, and \
             --compress none makes a plain archive of any name",
            escape::path(archive)
        );
    }
    Ok(())
}
