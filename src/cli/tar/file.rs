//! The file of an archive: whether there is one, and a new one in its place.

use std::io::{self, Read as _};
use std::path::Path;

use crate::Source;
use crate::cli::Context;
use crate::cli::error::Result;
use crate::cli::file_kind::FileKind;
use crate::codecs;
use crate::format::Format as _;
use crate::formats::tar::{Archive, Tar};
use crate::output::AtomicFile;

/// An archive of nothing but zeros is one without members, unless it is larger than any blocking
/// factor makes it: then it is an image of a disk, or the like.
const MOST_ZEROS: u64 = 1 << 20;

/// Bytes that tell what a file is compressed with.
const START: u64 = 4096;

/// Whether a file is an archive that can be read, compressed or not, if only its first member.
pub(in crate::cli) fn is_archive(source: &Source) -> io::Result<bool> {
    let first = Archive::new(source.clone()).and_then(|mut archive| {
        let member = archive.next_member()?;
        Ok((member.is_some(), archive.compression().is_some()))
    });
    match first {
        Ok((true, _)) => Ok(true),
        Ok((false, is_compressed)) => is_empty(source, is_compressed),
        Err(error) if error.is_data() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a file without members is an archive without any, compressed or not.
fn is_empty(source: &Source, is_compressed: bool) -> io::Result<bool> {
    let mut zeros = Vec::new();
    let most = MOST_ZEROS + 1;
    let plain = Box::new(source.reader(0));
    match codecs::of_start(&source.read(0, START)?).filter(|_| is_compressed) {
        None => plain.take(most).read_to_end(&mut zeros)?,
        Some(codec) => match codec.open(plain) {
            Ok(content) => content.take(most).read_to_end(&mut zeros)?,
            Err(_) => return Ok(false),
        },
    };
    Ok(zeros.len() as u64 <= MOST_ZEROS && zeros.iter().all(|byte| *byte == 0))
}

/// Whether an archive is at a path. One that can't be read is none here.
pub(super) fn is_at(path: &Path) -> bool {
    let read = || is_archive(&Source::open(path)?);
    path.is_file() && read().unwrap_or(false)
}

/// A new archive, which takes the place of another one, compressed or not, and, unless it is forced, of no
/// file of another kind.
pub(super) fn create(path: &Path, force: bool, cx: &Context) -> Result<AtomicFile> {
    cx.create(path, FileKind::Format(Tar.name()), force || is_at(path))
}
