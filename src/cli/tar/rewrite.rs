//! Writing an archive anew, from the members of others: the old one stays until the new one is
//! whole and on the disk.

use std::fs::{self, Metadata};
use std::io::BufWriter;
use std::path::Path;

use super::of_input;
use crate::Source;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::{Context, Input, progress};
use crate::formats::tar::{self, Archive, Builder, Compression, Compressor};
use crate::output::AtomicFile;
use crate::render::escape;

/// An archive that is going to be replaced, or read for another one.
pub(super) struct OldArchive {
    /// What it holds, at positions.
    pub(super) content: Source,
    /// How it is compressed.
    pub(super) compression: Compression,
    /// The metadata of the file before it was read; `None` of a stream.
    pub(super) seen: Option<Metadata>,
    /// As it is stored, and what it is called in messages.
    stored: Source,
    name: String,
}

impl OldArchive {
    pub(super) fn open(path: &Path) -> Result<OldArchive> {
        if path == Path::new("-") {
            bail!(
                "standard input can't be changed where it is; archives from streams are joined by\n\n  \
                 bytewright tar concat - NEW.tar -o OUT.tar\n"
            );
        }
        let mut old = OldArchive::read(&Input::File(path.to_owned()))?;
        if old.content.read(0, 1)?.is_empty() {
            old.compression = Compression::of_name(path);
        }
        Ok(old)
    }

    /// The same, of standard input too.
    pub(super) fn read(input: &Input) -> Result<OldArchive> {
        let name = || input.to_string();
        let seen = input.path().and_then(|path| fs::metadata(path).ok());
        let source = progress::source(input.open()?, false);
        let named = |error| of_input(error, input);
        let mut archive = Archive::new(source.clone()).map_err(named)?;
        let compression = archive.compression().and_then(Compression::named);
        // A file that is no archive is refused before anything else is done.
        archive.next_member().map_err(named)?;
        Ok(OldArchive {
            content: tar::plain(&source).with_context(name)?,
            compression: compression.unwrap_or_default(),
            seen,
            stored: source,
            name: name(),
        })
    }

    /// Warns of what follows the end of the archive, as members alone come into another one.
    pub(super) fn tell_left_out(&self, cx: &mut Context) -> Result<()> {
        let mut archive = Archive::new(self.stored.clone())?;
        for problem in archive.after_end().with_context(|| self.name.clone())? {
            cx.warn(format_args!(
                "{}: {}; it is left out of the new archive",
                self.name, problem.message
            ));
        }
        Ok(())
    }
}

/// The writer of a new archive, before it takes the old one's place.
pub(super) type ArchiveWriter = Compressor<BufWriter<AtomicFile>>;

/// A builder of the archive that takes the place of the one at `path`.
pub(super) fn begin<'a>(
    path: &Path,
    compression: Compression,
    cx: &Context,
) -> Result<Builder<'a, ArchiveWriter>> {
    begin_in(cx.rewrite(path)?, path, compression)
}

/// A builder of an archive in a file that will be at `path`.
pub(super) fn begin_in<'a>(
    file: AtomicFile,
    path: &Path,
    compression: Compression,
) -> Result<Builder<'a, ArchiveWriter>> {
    let temporary = file.file().try_clone()?;
    let out = compression.writer(BufWriter::new(file));
    let mut builder = Builder::new(out).indexed(compression.holds_index());
    builder.leave_out(path);
    builder.leave_out_file(&temporary);
    Ok(builder)
}

/// Gives the archive its name, once all of it is on the disk. One that was made from the archive in
/// its place takes it only if that one is still what was `seen`.
pub(super) fn end(
    path: &Path,
    (out, index): (ArchiveWriter, Option<tar::IndexWriter>),
    seen: Option<&Metadata>,
) -> Result<()> {
    let ended = out.finish_with_index(index).and_then(|out| {
        let file = out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.sync()?;
        match seen {
            Some(seen) => file.commit_over(seen),
            None => file.commit(),
        }
    });
    ended.with_context(|| escape::path(path).to_string())
}
