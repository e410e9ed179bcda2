//! Files that appear whole or not at all: written beside their target, then renamed over it.

mod temporaries;

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

pub use temporaries::discard_all;
#[cfg(test)]
pub(crate) use temporaries::listed;
pub(crate) use temporaries::{Listed, making};

#[cfg(windows)]
use crate::offset::Position;

/// The most symbolic links that are followed to the file that is to be replaced.
const MAX_LINKS: usize = 40;

/// A file that takes its name only when [`AtomicFile::commit`] is called.
///
/// Until then the content lives in a temporary file in the same folder, and dropping the value
/// leaves nothing behind. An existing symbolic link is followed, and the file it leads to keeps
/// its mode and, where the system allows it, its owner. A target that is no regular file (a
/// device, a named pipe) can't be replaced and is written to directly.
///
/// ```
/// use std::io::Write;
/// use bytewright::output::AtomicFile;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("header.bin");
/// let mut file = AtomicFile::create(&path)?;
/// file.write_all(b"BM")?;
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(std::fs::read(&path)?, b"BM");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    /// `None` where the target is written to directly.
    temporary: Option<Temporary>,
}

#[derive(Debug)]
struct Temporary {
    path: TempPath,
    target: PathBuf,
    /// The file that is there now.
    existing: Option<Metadata>,
    _listed: Listed,
}

impl AtomicFile {
    /// Begins a file that is to be at `path`.
    ///
    /// # Errors
    ///
    /// When `path` is a directory, its folder isn't there, or no file can be made in it.
    pub fn create(path: impl AsRef<Path>) -> io::Result<AtomicFile> {
        let path = path.as_ref();
        let existing = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => {
                return Ok(AtomicFile {
                    file: File::options().write(true).open(path)?,
                    temporary: None,
                });
            }
            Ok(metadata) => Some(metadata),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(e),
        };
        let target = follow_links(path)?;
        let folder = target.parent().unwrap_or(Path::new(""));
        let making = making();
        let (file, path) = make_temporary(folder)?.into_parts();
        let listed = Listed::new(path.to_path_buf());
        drop(making);
        Ok(AtomicFile {
            file,
            temporary: Some(Temporary {
                path,
                target,
                existing,
                _listed: listed,
            }),
        })
    }

    /// The open file, to write at positions.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The same, to move its position.
    pub fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// Makes sure that the content is on the disk before the file takes its name, so that after
    /// a crash of the system too either the old file is there or the whole new one.
    ///
    /// # Errors
    ///
    /// When the system can't write the content to the disk.
    pub fn sync(&self) -> io::Result<()> {
        match self.file.sync_all() {
            // A pipe or a terminal has no disk to be on.
            Err(e) if e.kind() == io::ErrorKind::InvalidInput && self.temporary.is_none() => Ok(()),
            synced => synced,
        }
    }

    /// Gives the file its name, in the place of the one that has it now.
    ///
    /// # Errors
    ///
    /// When the file can't be renamed; nothing is left behind then.
    pub fn commit(self) -> io::Result<()> {
        self.rename(None)
    }

    /// The same for a file that was made from the one it replaces: `seen` is its metadata from before it was read.
    /// Whatever another program wrote to it since is not lost.
    ///
    /// ```
    /// use std::io::Write;
    /// use bytewright::output::AtomicFile;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("log");
    /// std::fs::write(&path, "one")?;
    /// let seen = std::fs::metadata(&path)?;
    /// let mut file = AtomicFile::create(&path)?;
    /// file.write_all(&std::fs::read(&path)?.to_ascii_uppercase())?;
    /// std::fs::write(&path, "one, two")?;
    /// assert!(file.commit_over(&seen).is_err());
    /// assert_eq!(std::fs::read(&path)?, b"one, two");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When another file is there by now, or that file has another size or was changed since;
    /// it is left as it is. And those of [`AtomicFile::commit`].
    pub fn commit_over(self, seen: &Metadata) -> io::Result<()> {
        self.rename(Some(seen))
    }

    fn rename(self, seen: Option<&Metadata>) -> io::Result<()> {
        let Some(Temporary {
            path,
            target,
            existing,
            _listed,
        }) = self.temporary
        else {
            return Ok(());
        };
        if let Some(existing) = existing {
            keep_owner_and_mode(&self.file, &existing)?;
        }
        if let Some(seen) = seen {
            let now = fs::metadata(&target)?;
            if !is_unchanged(seen, &now)? {
                let message = "another program changed it meanwhile; it is left as it is now";
                return Err(io::Error::other(message));
            }
        }
        // Held while renaming, and released before the file leaves the list.
        let renaming = making();
        let renamed = path.persist(target).map_err(|e| e.error);
        drop(renaming);
        renamed
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.file.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Writes all of `bytes` at a position of a file.
#[cfg(unix)]
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

/// Writes all of `bytes` at a position of a file.
#[cfg(windows)]
pub(crate) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = bytes.get(written..).unwrap_or_default();
        offset.advance(written as u64);
    }
    Ok(())
}

/// Writes all of `bytes` at a position of a file.
#[cfg(not(any(unix, windows)))]
pub(crate) fn write_all_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

/// Where writing to `path` would end up. The last link may lead to a file that isn't there yet.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => {
                path.pop();
                path.push(target);
            }
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn make_temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bytewright-").suffix(".tmp");
    // The errors of other methods contain the temporary name, which the user doesn't know.
    builder.make_in(folder, |path| options.open(path))
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let ours = file.metadata()?;
    if (ours.uid(), ours.gid()) != (existing.uid(), existing.gid()) {
        // Only root may give files away; the new file of another user stays their own.
        let _ = fchown(file, Some(existing.uid()), Some(existing.gid()));
    }
    file.set_permissions(existing.permissions())
}

/// Whether the metadata of a file are unchanged: the same file, size and times. The time of its last change (ctime)
/// can't be set back, as that of its last writing can.
#[cfg(unix)]
pub(crate) fn is_unchanged(before: &Metadata, now: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let told = |file: &Metadata| {
        let written = (file.mtime(), file.mtime_nsec());
        let changed = (file.ctime(), file.ctime_nsec());
        (file.dev(), file.ino(), file.len(), written, changed)
    };
    Ok(told(before) == told(now))
}

#[cfg(not(unix))]
pub(crate) fn is_unchanged(before: &Metadata, now: &Metadata) -> io::Result<bool> {
    Ok(before.len() == now.len() && before.modified()? == now.modified()?)
}

#[cfg(not(unix))]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    file.set_permissions(existing.permissions())
}

#[cfg(test)]
mod tests;
