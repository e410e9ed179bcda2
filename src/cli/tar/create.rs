//! `tar create ARCHIVE PATH[=ARCNAME]…`: an archive of files, under the names they are to have.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::add_files::{BuiltArchive, MakeArgs, Target};
use super::compression::CompressArgs;
use super::{MORE, file};
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Exit, words};
use crate::formats::tar::{Builder, Compression};
use crate::render::escape;

#[derive(Debug, clap::Args)]
#[command(
    after_help = format!("{RULES}\n\n{MORE}"),
    after_long_help = format!("{RULES}\n\n{EXAMPLES}")
)]
pub(super) struct Args {
    /// The archive to write, in the place of one that is there; - is standard output
    archive: PathBuf,

    #[command(flatten)]
    making: MakeArgs,

    #[arg(
        long,
        conflicts_with_all = ["sparse", "xattrs", "newer_than", "clamp_mtime"],
        help_heading = "What of them",
        help = "The same bytes on any machine: the time of SOURCE_DATE_EPOCH or 1970, no \
                  owners, plain modes"
    )]
    reproducible: bool,

    #[command(flatten)]
    compression: CompressArgs,

    /// Replace a file that is no archive; write the archive to a terminal
    #[arg(hide_short_help = true, long)]
    force: bool,
}

const RULES: &str = "\
A folder that is put in as NAME gives NAME, NAME/a, NAME/sub/b. An empty name
puts in a folder's content alone. A path that is there and holds a = is taken as
it is.";

const EXAMPLES: &str = "\
An archive of that name is replaced; any other file is not, unless --force is
said.

Patterns match the names that members would have without --transform and
--strip-components. One that ends in / matches folders alone; one that begins
with / is matched with the whole path.

Examples:
  bytewright tar create out.tar.gz /home/usr/files --arcname newfile
  bytewright tar create out.tar src=tool-1.0/src README.md=tool-1.0/README
  bytewright tar create out.tar --add a=b --as plain
  bytewright tar create out.tar.gz . --gitignore --exclude .git --transform 's,^,tool-1.0/,'
  bytewright tar create out.tar.gz src --reproducible
  find . -newer last -print0 | bytewright tar create new.tar --files-from - --null --no-recursion
  bytewright tar create - build= | ssh host tar xf -";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        if self.archive.is_dir() {
            let folder = words::quoted(&self.archive.clone().into());
            let name = words::archive_of(&self.archive);
            bail!(
                "{folder} is a folder; the archive to write comes first:\n\n  \
                 bytewright tar create {name} {folder}\n"
            );
        }
        self.making.check(&self.archive)?;
        if self.making.dry_run {
            let mut builder = Builder::new(std::io::sink()).dry_run(true);
            builder.leave_out(&self.archive);
            return Ok(self.write(builder, cx)?.2);
        }
        let compression = self.compression.of(&self.archive)?;
        if self.archive == Path::new("-") {
            let out = compression.writer_on(cx.raw(self.force)?, self.making.threads());
            let mut builder = Builder::new(out).indexed(compression.holds_index());
            if let Some(file) = cx.stdout_file() {
                builder.leave_out_file(&file);
            }
            let (out, index, exit) = self.write(builder, cx)?;
            out.finish_with_index(index)
                .and_then(|mut out| out.flush())
                .context("standard output")?;
            return Ok(exit);
        }
        let name = || escape::path(&self.archive).to_string();
        let file = file::create(&self.archive, self.force, cx)?;
        let temporary = file.file().try_clone().with_context(name)?;
        let plain = compression == Compression::None;
        if plain && temporary.metadata().with_context(name)?.is_file() {
            let mut builder = Builder::at(temporary).with_context(name)?;
            builder.leave_out(&self.archive);
            builder.leave_out_file(file.file());
            let (_, _, exit) = self.write(builder, cx)?;
            file.commit().with_context(name)?;
            return Ok(exit);
        }
        let out = compression.writer_on(file, self.making.threads());
        let mut builder = Builder::new(out).indexed(compression.holds_index());
        builder.leave_out(&self.archive);
        builder.leave_out_file(&temporary);
        let (out, index, exit) = self.write(builder, cx)?;
        out.finish_with_index(index)
            .and_then(|file| file.commit())
            .with_context(name)?;
        Ok(exit)
    }

    fn write<W: Write>(
        &self,
        builder: Builder<'_, W>,
        cx: &mut Context,
    ) -> Result<BuiltArchive<W>> {
        let reproducible = self.reproducible;
        let target = Target::New { reproducible };
        self.making.write(&self.archive, builder, target, cx)
    }
}
