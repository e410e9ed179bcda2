//! Files that appear whole or not at all: written beside their target, then renamed over it.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tempfile::TempPath;

/// As many symbolic links are followed to the file that is to be replaced.
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
    /// Those of the system.
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

    /// The same for a file that was made from the one it replaces: `seen` is what the system told
    /// of that one before it was read. Whatever another program wrote to it since is not lost.
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

    fn rename(mut self, seen: Option<&Metadata>) -> io::Result<()> {
        self.file.flush()?;
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
        // Held while renaming, and free again before the file leaves the list.
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

/// A path that stands in the list of temporary files.
#[derive(Debug)]
pub(crate) struct Listed(u64);

impl Listed {
    /// Lists a temporary file. Between making it and this, [`making`] is held.
    pub(crate) fn new(path: PathBuf) -> Listed {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        temporaries(number).insert(number, path);
        Listed(number)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        temporaries(self.0).remove(&self.0);
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
        offset = offset.saturating_add(written as u64);
    }
    Ok(())
}

/// Writes all of `bytes` at a position of a file.
#[cfg(not(any(unix, windows)))]
pub(crate) fn write_all_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

/// Removes the temporary files of every [`AtomicFile`] that isn't committed yet, and keeps new
/// ones from being made: for a process that is about to end, from a signal handler's thread.
pub fn discard_all() {
    let making = MAKING.write().unwrap_or_else(PoisonError::into_inner);
    for shard in &TEMPORARIES {
        let mut temporaries = shard.lock().unwrap_or_else(PoisonError::into_inner);
        for path in std::mem::take(&mut *temporaries).into_values() {
            // Nobody is left to hear that it failed.
            let _ = fs::remove_file(path);
        }
        std::mem::forget(temporaries);
    }
    std::mem::forget(making);
}

/// Held for writing once an interruption ends the process.
static MAKING: RwLock<()> = RwLock::new(());

/// Held while a temporary file is made and not yet listed: an interruption waits for it, and
/// whoever wants to make another one waits for the interruption's end.
pub(crate) fn making() -> RwLockReadGuard<'static, ()> {
    MAKING.read().unwrap_or_else(PoisonError::into_inner)
}

type Paths = BTreeMap<u64, PathBuf>;

/// The temporary files that are there now, by their numbers. Several threads make and finish many
/// in a short time, which would wait for each other at a single list.
static TEMPORARIES: [Mutex<Paths>; 16] = [const { Mutex::new(Paths::new()) }; 16];

/// The list that has the file of this number.
fn temporaries(number: u64) -> MutexGuard<'static, Paths> {
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::indexing_slicing,
        reason = "a remainder is below the number of lists, which isn't 0"
    )]
    let shard = &TEMPORARIES[number as usize % TEMPORARIES.len()];
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The temporary files that an interruption would remove now.
#[cfg(test)]
pub(crate) fn listed() -> Vec<PathBuf> {
    let paths = |shard: &Mutex<Paths>| -> Vec<PathBuf> {
        let paths = shard.lock().unwrap_or_else(PoisonError::into_inner);
        paths.values().cloned().collect()
    };
    TEMPORARIES.iter().flat_map(paths).collect()
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
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o666);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bytewright-").suffix(".tmp");
    // Errors of other ways to make one have its name, which says nothing to anybody.
    builder.make_in(folder, |path| options.open(path))
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let ours = file.metadata()?;
    if (ours.uid(), ours.gid()) != (existing.uid(), existing.gid()) {
        // Only root may give files away; for anybody else the new file is their own.
        let _ = fchown(file, Some(existing.uid()), Some(existing.gid()));
    }
    file.set_permissions(existing.permissions())
}

/// Whether the system tells of a file what it told before: the same file, as long, written to at
/// the same time. The time of its last change can't be set back as that of its last writing can.
#[cfg(unix)]
fn is_unchanged(before: &Metadata, now: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let told = |file: &Metadata| {
        let written = (file.mtime(), file.mtime_nsec());
        let changed = (file.ctime(), file.ctime_nsec());
        (file.dev(), file.ino(), file.len(), written, changed)
    };
    Ok(told(before) == told(now))
}

#[cfg(not(unix))]
fn is_unchanged(before: &Metadata, now: &Metadata) -> io::Result<bool> {
    Ok(before.len() == now.len() && before.modified()? == now.modified()?)
}

#[cfg(not(unix))]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    file.set_permissions(existing.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn dropping_leaves_nothing_behind_and_keeps_the_old_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(names(folder.path()).len(), 2);
        drop(file);
        assert_eq!(names(folder.path()), ["a"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn a_directory_is_no_target() {
        let folder = tempfile::tempdir().unwrap();
        let error = AtomicFile::create(folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }

    #[test]
    fn a_position_is_answered_and_written_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"0123").unwrap();
        assert_eq!(file.seek(SeekFrom::End(-2)).unwrap(), 2);
        file.write_all(b"x").unwrap();
        assert_eq!(file.stream_position().unwrap(), 3);
        write_all_at(file.file(), b"y", 0).unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"y1x3");
    }

    /// A list that keeps what is gone would grow, and an interruption would remove what has a
    /// name again by then.
    #[test]
    fn what_is_finished_or_dropped_is_listed_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let listed = || {
            let is_here = |path: &&PathBuf| path.starts_with(folder.path());
            listed().iter().filter(is_here).count()
        };
        let mut files: Vec<_> = (0..300)
            .map(|i| AtomicFile::create(folder.path().join(i.to_string())).unwrap())
            .collect();
        assert_eq!(listed(), 300);
        files.pop().unwrap().commit().unwrap();
        assert_eq!(listed(), 299);
        drop(files);
        assert_eq!(listed(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_to_what_is_not_there_yet_and_never_in_circles() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("d")).unwrap();
        symlink("d/second", path("first")).unwrap();
        symlink("../new", path("d/second")).unwrap();
        let mut file = AtomicFile::create(path("first")).unwrap();
        file.write_all(b"there").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(path("new")).unwrap(), b"there");
        assert!(fs::symlink_metadata(path("d/second")).unwrap().is_symlink());
        symlink("circle", path("circle")).unwrap();
        let error = AtomicFile::create(path("circle")).unwrap_err();
        let told = fs::metadata(path("circle")).unwrap_err();
        assert_eq!(error.raw_os_error(), told.raw_os_error());
        assert!(follow_links(&path("circle")).is_err());
        assert_eq!(names(folder.path()), ["circle", "d", "first", "new"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_followed_and_the_mode_is_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        symlink("a", &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!(names(folder.path()), ["a", "link"]);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o604);
    }

    /// A file that the same process makes as any program does is the measure.
    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_mode_that_the_umask_leaves() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let metadata = fs::metadata(folder.path().join(name)).unwrap();
            metadata.permissions().mode() & 0o7777
        };
        File::create(folder.path().join("measure")).unwrap();
        let file = AtomicFile::create(folder.path().join("new")).unwrap();
        file.commit().unwrap();
        assert_eq!(mode("new"), mode("measure"));
    }

    /// Only root can make files that belong to others.
    #[cfg(unix)]
    #[test]
    fn a_foreign_file_that_is_replaced_keeps_its_owner_and_its_setuid_bit() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        if chown(&path, Some(12_345), Some(23_456)).is_err() {
            println!("skipped: only root can give files away");
            return;
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o4750)).unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.gid()), (12_345, 23_456));
        assert_eq!(found.mode() & 0o7777, 0o4750);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_was_changed_since_it_was_seen_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let replace = |change: &dyn Fn()| {
            fs::write(&path, "old").unwrap();
            let seen = fs::metadata(&path).unwrap();
            let mut file = AtomicFile::create(&path).unwrap();
            file.write_all(b"new").unwrap();
            change();
            let done = file.commit_over(&seen);
            (done.is_ok(), fs::read(&path).ok(), names(folder.path()))
        };
        let only = vec!["a".to_owned()];
        assert_eq!(replace(&|| {}), (true, Some(b"new".to_vec()), only.clone()));
        let append = || {
            let mut file = File::options().append(true).open(&path).unwrap();
            file.write_all(b"+").unwrap();
        };
        assert_eq!(
            replace(&append),
            (false, Some(b"old+".to_vec()), only.clone())
        );
        // As long as before, with the time of writing set back.
        let overwrite = || {
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            fs::write(&path, "OLD").unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            file.set_modified(time + std::time::Duration::from_secs(1))
                .unwrap();
        };
        assert_eq!(replace(&overwrite), (false, Some(b"OLD".to_vec()), only));
        assert_eq!(
            replace(&|| fs::remove_file(&path).unwrap()),
            (false, None, vec![])
        );
    }

    /// A pipe of the test's own: code that replaces what it may not would replace a device of the
    /// machine, where root runs it.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_regular_file_is_written_to_and_not_replaced() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        use std::io::Read;
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
        // Open for both, so that neither end waits for the other.
        let mut pipe = File::options().read(true).write(true).open(&path).unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        assert_eq!(names(folder.path()), ["pipe"]);
        file.write_all(b"there").unwrap();
        file.sync().unwrap();
        file.commit().unwrap();
        let kind = fs::metadata(&path).unwrap().file_type();
        assert!(kind.is_fifo());
        let mut found = [0; 5];
        pipe.read_exact(&mut found).unwrap();
        assert_eq!(&found, b"there");
    }
}
