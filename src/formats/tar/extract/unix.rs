//! Extraction's dealings with a Unix system: everything relative to open directories, no link
//! ever followed.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Timespec, Timestamps};
use rustix::io::Errno;

use super::super::time::Time;
use super::Refusal;
use crate::output::Listed;

/// An open directory.
pub(super) type Directory = Arc<OwnedFd>;

/// The folder that is extracted into.
#[derive(Debug)]
pub(super) struct Folder {
    root: Directory,
    /// Whether the kernel resolves a whole path without links in one call.
    openat2: bool,
    /// The directory that was opened last: members that follow each other often share theirs.
    last: Option<(Vec<u8>, Directory)>,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Folder> {
        // The folder itself is the caller's choice; a link to it is followed.
        let root = fs::open(
            path,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Folder {
            root: Arc::new(root),
            openat2: cfg!(target_os = "linux"),
            last: None,
        })
    }

    /// Opens a directory of the folder, and makes what is missing of it.
    pub(super) fn parent(&mut self, parts: &[&[u8]]) -> Result<Directory, Refusal> {
        let path = parts.join(&b'/');
        if let Some((_, directory)) = self.last.as_ref().filter(|(last, _)| *last == path) {
            return Ok(Arc::clone(directory));
        }
        let directory = match self.resolve(&path) {
            Some(directory) => directory,
            None => self
                .walk(parts, true)?
                .ok_or(Errno::NOENT)
                .map_err(io::Error::from)?,
        };
        self.last = Some((path, Arc::clone(&directory)));
        Ok(directory)
    }

    /// Opens a directory of the folder; `None` where it isn't there.
    pub(super) fn existing_parent(&self, parts: &[&[u8]]) -> Result<Option<Directory>, Refusal> {
        match self.resolve(&parts.join(&b'/')) {
            Some(directory) => Ok(Some(directory)),
            None => self.walk(parts, false),
        }
    }

    /// Whether these parts lead to a directory, and none of them is a link.
    pub(super) fn is_directory(&self, parts: &[&[u8]]) -> bool {
        matches!(self.existing_parent(parts), Ok(Some(_)))
    }

    pub(super) fn set_directory_time(&self, parts: &[&[u8]], time: Time) -> io::Result<()> {
        let Some((name, parent)) = parts.split_last() else {
            return Ok(fs::futimens(&self.root, &timestamps(time))?);
        };
        // What has become of the directory since is for its new owner to decide.
        let Ok(Some(parent)) = self.existing_parent(parent) else {
            return Ok(());
        };
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(fs::utimensat(parent, *name, &timestamps(time), flags)?)
    }

    /// The whole path in one call of the kernel. `None` where that doesn't work, for whatever
    /// reason: walking finds out which.
    #[cfg(target_os = "linux")]
    fn resolve(&self, path: &[u8]) -> Option<Directory> {
        use rustix::fs::ResolveFlags;
        if path.is_empty() {
            return Some(Arc::clone(&self.root));
        }
        if !self.openat2 {
            return None;
        }
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        fs::openat2(&self.root, path, DIRECTORY, Mode::empty(), resolve)
            .ok()
            .map(Arc::new)
    }

    #[cfg(not(target_os = "linux"))]
    fn resolve(&self, path: &[u8]) -> Option<Directory> {
        (path.is_empty() && !self.openat2).then(|| Arc::clone(&self.root))
    }

    /// Component by component, each opened in the one before, without following it.
    fn walk(&self, parts: &[&[u8]], make: bool) -> Result<Option<Directory>, Refusal> {
        let mut directory = Arc::clone(&self.root);
        for (i, part) in parts.iter().enumerate() {
            let opened = match fs::openat(&directory, *part, DIRECTORY, Mode::empty()) {
                Err(Errno::NOENT) if make => {
                    match fs::mkdirat(&directory, *part, Mode::from_raw_mode(0o777)) {
                        // Somebody was faster.
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(e) => return Err(io::Error::from(e).into()),
                    }
                    fs::openat(&directory, *part, DIRECTORY, Mode::empty())
                }
                opened => opened,
            };
            directory = match opened {
                Ok(next) => Arc::new(next),
                Err(Errno::NOENT) if !make => return Ok(None),
                Err(Errno::NOTDIR | Errno::LOOP) => {
                    let so_far = parts.get(..=i).unwrap_or(parts).join(&b'/');
                    return Err(match file_type(&directory, part) {
                        Some(FileType::Symlink) => Refusal::ThroughLink(so_far),
                        _ => Refusal::NotADirectory(so_far),
                    });
                }
                Err(e) => return Err(io::Error::from(e).into()),
            };
        }
        Ok(Some(directory))
    }

    /// The same folder for a kernel that lacks `openat2`.
    #[cfg(test)]
    fn without_openat2(mut self) -> Folder {
        self.openat2 = false;
        self
    }
}

#[cfg(target_os = "linux")]
const DIRECTORY: OFlags = OFlags::PATH
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A file that has its name only once it is whole.
#[derive(Debug)]
pub(super) struct NewFile {
    file: File,
    temporary: String,
    name: Vec<u8>,
    /// So that an interruption removes it; listed as long as `parent` is open.
    _listed: Option<Listed>,
    parent: Directory,
}

impl NewFile {
    pub(super) fn create(parent: &Directory, name: &[u8]) -> Result<NewFile, Refusal> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let temporary = format!(".bytewright-{}-{n}.tmp", *PROCESS);
            match fs::openat(parent, &temporary, flags, Mode::from_raw_mode(0o600)) {
                Ok(file) => {
                    return Ok(NewFile {
                        file: File::from(file),
                        _listed: listed(parent, &temporary),
                        parent: Arc::clone(parent),
                        temporary,
                        name: name.to_vec(),
                    });
                }
                // Left over from another process of that number; the next name is free.
                Err(Errno::EXIST) => {}
                Err(e) => return Err(io::Error::from(e).into()),
            }
        }
    }

    pub(super) fn finish(mut self, mode: u32, time: Time) -> Result<(), Refusal> {
        let finished = (|| {
            fs::fchmod(&self.file, Mode::from_raw_mode(mode as fs::RawMode))?;
            fs::futimens(&self.file, &timestamps(time))?;
            fs::renameat(&self.parent, &self.temporary, &self.parent, &self.name)
        })();
        match finished {
            Ok(()) => {
                self.temporary.clear();
                Ok(())
            }
            Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => Err(Refusal::DirectoryInTheWay),
            Err(e) => Err(io::Error::from(e).into()),
        }
    }
}

/// A path that leads through the open directory, wherever that is by now.
#[cfg(target_os = "linux")]
fn listed(parent: &Directory, name: &str) -> Option<Listed> {
    use std::os::fd::AsRawFd;
    let parent = parent.as_raw_fd();
    Some(Listed::new(format!("/proc/self/fd/{parent}/{name}").into()))
}

/// Other systems have no such path.
#[cfg(not(target_os = "linux"))]
fn listed(_: &Directory, _: &str) -> Option<Listed> {
    None
}

impl Write for NewFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.file.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.temporary.is_empty() {
            // The error that brought it here is the one to be told.
            let _ = fs::unlinkat(&self.parent, &self.temporary, AtFlags::empty());
        }
    }
}

pub(super) fn symlink(
    parent: &Directory,
    name: &[u8],
    target: &[u8],
    time: Time,
) -> Result<(), Refusal> {
    replacing(parent, name, || fs::symlinkat(target, parent, name))?;
    // A file system without times for links loses nothing else.
    let _ = fs::utimensat(parent, name, &timestamps(time), AtFlags::SYMLINK_NOFOLLOW);
    Ok(())
}

pub(super) fn hard_link(
    from: &Directory,
    target: &[u8],
    parent: &Directory,
    name: &[u8],
) -> Result<(), Refusal> {
    let stat = |directory, name: &[u8]| fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
    let there = match stat(from, target) {
        Ok(there) => there,
        Err(Errno::NOENT) => return Err(Refusal::LinkMissing(target.to_vec())),
        Err(e) => return Err(io::Error::from(e).into()),
    };
    match FileType::from_raw_mode(there.st_mode) {
        FileType::RegularFile | FileType::Symlink => {}
        _ => return Err(Refusal::LinkOutside(target.to_vec())),
    }
    // Removing the one to make room for the other would lose both.
    if stat(parent, name).is_ok_and(|s| (s.st_dev, s.st_ino) == (there.st_dev, there.st_ino)) {
        return Ok(());
    }
    replacing(parent, name, || {
        fs::linkat(from, target, parent, name, AtFlags::empty())
    })
}

/// The target of a symbolic link; `None` for anything else.
pub(super) fn read_link(parent: &Directory, name: &[u8]) -> Option<Vec<u8>> {
    fs::readlinkat(parent, name, Vec::new())
        .ok()
        .map(std::ffi::CString::into_bytes)
}

/// Makes something whose name may be taken by a file or a link, which then goes.
fn replacing(
    parent: &Directory,
    name: &[u8],
    make: impl Fn() -> rustix::io::Result<()>,
) -> Result<(), Refusal> {
    let made = match make() {
        Err(Errno::EXIST) => {
            if file_type(parent, name) == Some(FileType::Directory) {
                return Err(Refusal::DirectoryInTheWay);
            }
            fs::unlinkat(parent, name, AtFlags::empty()).and_then(|()| make())
        }
        made => made,
    };
    made.map_err(|e| io::Error::from(e).into())
}

fn file_type(parent: &Directory, name: &[u8]) -> Option<FileType> {
    let stat = fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some(FileType::from_raw_mode(stat.st_mode))
}

fn timestamps(time: Time) -> Timestamps {
    Timestamps {
        last_access: Timespec {
            tv_sec: 0,
            tv_nsec: fs::UTIME_OMIT,
        },
        last_modification: Timespec {
            tv_sec: time.seconds,
            tv_nsec: time.nanoseconds.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink as make_symlink;

    /// Both ways of opening a directory must keep the same promises.
    fn both_ways(test: impl Fn(&Path, Folder)) {
        for openat2 in [true, false] {
            let outer = tempfile::tempdir().unwrap();
            let root = outer.path().join("root");
            std::fs::create_dir(&root).unwrap();
            std::fs::create_dir(outer.path().join("outside")).unwrap();
            let folder = Folder::open(&root).unwrap();
            let folder = if openat2 {
                folder
            } else {
                folder.without_openat2()
            };
            test(&root, folder);
            let outside = std::fs::read_dir(outer.path().join("outside")).unwrap();
            assert_eq!(outside.count(), 0, "something was written outside");
        }
    }

    #[test]
    fn missing_directories_are_made() {
        both_ways(|root, mut folder| {
            folder.parent(&[b"a", b"b", b"c"]).unwrap();
            assert!(root.join("a/b/c").is_dir());
            assert!(folder.is_directory(&[b"a", b"b"]));
            assert!(!folder.is_directory(&[b"a", b"x"]));
        });
    }

    #[test]
    fn a_link_among_the_parts_is_refused_wherever_it_leads() {
        both_ways(|root, mut folder| {
            std::fs::create_dir(root.join("real")).unwrap();
            make_symlink("../outside", root.join("out")).unwrap();
            make_symlink("real", root.join("in")).unwrap();
            make_symlink("../../outside", root.join("real/out")).unwrap();
            for parts in [
                &[&b"out"[..]][..],
                &[b"in"],
                &[b"real", b"out"],
                &[b"out", b"new"],
            ] {
                let refusal = folder.parent(parts).unwrap_err();
                assert!(matches!(refusal, Refusal::ThroughLink(_)), "{refusal}");
            }
        });
    }

    #[test]
    fn a_file_among_the_parts_is_refused() {
        both_ways(|root, mut folder| {
            std::fs::write(root.join("file"), "").unwrap();
            let refusal = folder.parent(&[b"file", b"x"]).unwrap_err();
            assert!(matches!(refusal, Refusal::NotADirectory(part) if part == b"file"));
        });
    }

    /// The directory is open; what its name leads to meanwhile doesn't matter.
    #[test]
    fn a_link_swapped_in_is_not_followed() {
        both_ways(|root, mut folder| {
            let parent = folder.parent(&[b"a"]).unwrap();
            std::fs::rename(root.join("a"), root.join("moved")).unwrap();
            make_symlink("../outside", root.join("a")).unwrap();
            let file = NewFile::create(&parent, b"x").unwrap();
            file.finish(0o600, Time::at(0)).unwrap();
            assert!(root.join("moved/x").is_file());
        });
    }

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        both_ways(|root, mut folder| {
            let parent = folder.parent(&[]).unwrap();
            drop(NewFile::create(&parent, b"x").unwrap());
            assert_eq!(std::fs::read_dir(root).unwrap().count(), 0);
        });
    }
}
