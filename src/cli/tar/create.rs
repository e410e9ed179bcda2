//! `tar create ARCHIVE PATH[=ARCNAME]…`: an archive of files, under the names they are to have.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::{Context, Exit};
use crate::formats::tar::{Builder, Compression, IndexWriter, path_and_arcname};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive to write; - is standard output
    archive: PathBuf,

    /// Files and folders, each with the name it is to have behind a =
    #[arg(value_name = "PATH[=ARCNAME]", required_unless_present = "add")]
    paths: Vec<OsString>,

    /// The name of the only path in the archive
    #[arg(long, value_name = "NAME", conflicts_with_all = ["add", "names"])]
    arcname: Option<OsString>,

    /// A path that may hold a =; its name follows with --as
    #[arg(long, value_name = "PATH", requires = "names")]
    add: Vec<PathBuf>,

    /// The name of the path of the --add before
    #[arg(long = "as", id = "names", value_name = "NAME", requires = "add")]
    names: Vec<OsString>,

    /// Take paths as seen from this folder
    #[arg(short = 'C', long, value_name = "FOLDER")]
    directory: Option<PathBuf>,

    /// Let .. stand in names, which most readers refuse
    #[arg(long)]
    allow_parent: bool,

    /// How the archive is compressed; without it, the suffix of its name says so
    #[arg(long, value_name = "HOW", value_parser = compress())]
    compress: Option<Compression>,

    /// The larger, the smaller the archive: up to 9, with zstd up to 19
    #[arg(long, value_name = "N")]
    level: Option<u32>,

    /// Put in what symbolic links lead to, and not the links
    #[arg(long)]
    dereference: bool,

    /// Put in folders without their content
    #[arg(long)]
    no_recursion: bool,

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

const AFTER_HELP: &str = "\
A folder that is put in as NAME gives NAME, NAME/a, NAME/sub/b. An empty name puts in a folder's
content alone. A path that is there and holds a = is taken as it is.";

const EXAMPLES: &str = "\
A folder that is put in as NAME gives NAME, NAME/a, NAME/sub/b. An empty name puts in a folder's
content alone. A path that is there and holds a = is taken as it is.

Examples:
  bytewright tar create out.tar.gz /home/usr/files --arcname newfile
  bytewright tar create out.tar src=tool-1.0/src README.md=tool-1.0/README
  bytewright tar create out.tar --add a=b --as plain
  bytewright tar create - build= | ssh host tar xf -";

/// A path where it is found, and the name it has in the archive.
type Source = (PathBuf, PathBuf);

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> anyhow::Result<Exit> {
        let sources = self.sources()?;
        let compression = self.compression()?;
        if self.archive == Path::new("-") {
            let out = compression.writer(cx.raw(self.force)?);
            let mut builder = Builder::new(out);
            if let Some(file) = cx.stdout_file() {
                builder.leave_out_file(&file);
            }
            let (out, index, exit) = self.write(builder, &sources, cx)?;
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
            let (_, _, exit) = self.write(builder, &sources, cx)?;
            file.commit().with_context(name)?;
            return Ok(exit);
        }
        let mut builder = Builder::new(compression.writer(file));
        builder.leave_out(&self.archive);
        builder.leave_out_file(&temporary);
        let (out, index, exit) = self.write(builder, &sources, cx)?;
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
        sources: &[Source],
        cx: &mut Context,
    ) -> anyhow::Result<(W, Option<IndexWriter>, Exit)> {
        let mut builder = builder
            .indexed()
            .recursive(!self.no_recursion)
            .dereference(self.dereference)
            .allow_parent(self.allow_parent);
        let mut exit = Exit::Done;
        for (path, arcname) in sources {
            let added = builder.add(path, arcname, &mut |notice| {
                cx.warn(&notice);
                if notice.is_failure() {
                    exit = Exit::No;
                }
            });
            added.with_context(|| escape::path(&self.archive).to_string())?;
        }
        let (out, index) = builder.finish_with_index()?;
        Ok((out, index, exit))
    }

    fn sources(&self) -> anyhow::Result<Vec<Source>> {
        if self.add.len() != self.names.len() {
            bail!(
                "each --add needs an --as: there are {} of the one and {} of the other",
                self.add.len(),
                self.names.len()
            );
        }
        let place = |path: &Path| match &self.directory {
            Some(folder) => folder.join(path),
            None => path.to_owned(),
        };
        let exists = |path: &Path| place(path).symlink_metadata().is_ok();
        let mut sources = Vec::new();
        for argument in &self.paths {
            let (path, arcname) = match &self.arcname {
                Some(name) => (PathBuf::from(argument), Some(PathBuf::from(name))),
                None => path_and_arcname(argument, exists),
            };
            sources.push((place(&path), arcname.unwrap_or(path)));
        }
        if self.arcname.is_some() && sources.len() > 1 {
            bail!(
                "--arcname names a single path, not {}; write PATH=ARCNAME",
                sources.len()
            );
        }
        let added = self.add.iter().zip(&self.names);
        sources.extend(added.map(|(path, name)| (place(path), PathBuf::from(name))));
        Ok(sources)
    }
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
