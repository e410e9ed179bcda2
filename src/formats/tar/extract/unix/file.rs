//! Files that are written: none of them is ever there by halves once the work is over.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::super::super::time::Time;
use super::super::Refusal;
use super::super::policy::{Attributes, Present, Unset};
use super::attributes;
use super::file_type;
use super::folder::Directory;
#[cfg(target_os = "linux")]
use crate::offset::Position as _;
use crate::output::{Listed, making};

/// A file that goes again unless it is finished.
#[derive(Debug)]
pub(in super::super) struct NewFile {
    file: File,
    /// The name that it has until it is finished.
    present: Vec<u8>,
    /// The name that it gets then, where that is another one.
    wanted: Option<Vec<u8>>,
    finished: bool,
    /// So that an interruption removes it; listed as long as `parent` is open.
    _listed: Option<Listed>,
    parent: Directory,
}

const NEW: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::EXCL)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

impl NewFile {
    /// A file straight under its name, where nothing has that; `None` otherwise.
    pub(in super::super) fn create(
        parent: &Directory,
        name: &[u8],
    ) -> Result<Option<NewFile>, Refusal> {
        // Elsewhere an interruption couldn't remove it again.
        if !cfg!(target_os = "linux") {
            return match file_type(parent, name) {
                None => NewFile::beside(parent, name).map(Some),
                Some(_) => Ok(None),
            };
        }
        match NewFile::open(parent, name.to_vec()) {
            Ok(file) => Ok(Some(file)),
            Err(Errno::EXIST | Errno::ISDIR) => Ok(None),
            Err(e) => Err(io::Error::from(e).into()),
        }
    }

    /// A file under another name until it is finished, and then in the place of what has its
    /// name now.
    pub(in super::super) fn beside(parent: &Directory, name: &[u8]) -> Result<NewFile, Refusal> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);
        loop {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let temporary = format!(".bytewright-{}-{n}.tmp", *PROCESS);
            match NewFile::open(parent, temporary.into_bytes()) {
                Ok(mut file) => {
                    file.wanted = Some(name.to_vec());
                    return Ok(file);
                }
                // Left over from another process of that number; the next name is free.
                Err(Errno::EXIST) => {}
                Err(e) => return Err(io::Error::from(e).into()),
            }
        }
    }

    /// Whether it has its name already.
    pub(in super::super) fn is_in_place(&self) -> bool {
        self.wanted.is_none()
    }

    /// The open file.
    pub(in super::super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it its attributes and its name; answers which attributes it couldn't be given.
    pub(in super::super) fn finish(
        mut self,
        attributes: &Attributes,
    ) -> Result<Vec<Unset>, Refusal> {
        let unset = attributes::set(&self.file, attributes);
        if let Some(wanted) = &self.wanted {
            match fs::renameat(&self.parent, &self.present, &self.parent, wanted) {
                Ok(()) => {}
                Err(Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) => {
                    return Err(Refusal::DirectoryInTheWay);
                }
                Err(e) => return Err(io::Error::from(e).into()),
            }
        }
        self.finished = true;
        Ok(unset)
    }

    fn open(parent: &Directory, name: Vec<u8>) -> rustix::io::Result<NewFile> {
        let making = making();
        let file = fs::openat(parent, &name, NEW, Mode::from_raw_mode(0o600))?;
        let listed = listed(parent, &name);
        drop(making);
        Ok(NewFile {
            file: File::from(file),
            present: name,
            wanted: None,
            finished: false,
            _listed: listed,
            parent: Arc::clone(parent),
        })
    }

    /// Whether the name still is this file's: another member may have taken it.
    fn has_its_name(&self) -> bool {
        let there = fs::statat(&self.parent, &self.present, AtFlags::SYMLINK_NOFOLLOW);
        match (there, fs::fstat(&self.file)) {
            (Ok(there), Ok(ours)) => (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino),
            _ => false,
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.finished && self.has_its_name() {
            // The error that brought it here is the one to be reported.
            let _ = fs::unlinkat(&self.parent, &self.present, AtFlags::empty());
        }
    }
}

/// A path that leads through the open directory, wherever that is by now.
#[cfg(target_os = "linux")]
fn listed(parent: &Directory, name: &[u8]) -> Option<Listed> {
    use std::ffi::OsString;
    use std::io::Write as _;
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStringExt;
    // Each small file of an archive has such a path: it is allocated once.
    const LONGEST_FOLDER: &str = "/proc/self/fd/2147483647/";
    let mut path = Vec::with_capacity(LONGEST_FOLDER.len().past(name.len()));
    // A vector takes everything.
    let _ = write!(path, "/proc/self/fd/{}/", parent.as_raw_fd());
    path.extend_from_slice(name);
    Some(Listed::new(OsString::from_vec(path).into()))
}

/// Other systems have no such path.
#[cfg(not(target_os = "linux"))]
fn listed(_: &Directory, _: &[u8]) -> Option<Listed> {
    None
}

/// What has this name; links are not followed.
pub(in super::super) fn present(parent: &Directory, name: &[u8]) -> Option<Present> {
    let stat = fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some(Present {
        is_directory: FileType::from_raw_mode(stat.st_mode) == FileType::Directory,
        time: Time {
            #[allow(
                clippy::unnecessary_cast,
                clippy::useless_conversion,
                reason = "the type differs between systems"
            )]
            seconds: i64::from(stat.st_mtime),
            nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
        },
    })
}

#[cfg(test)]
mod tests;
