//! Extraction's dealings with a system that has no directory descriptors: paths, each part of
//! which is looked at before it is used. A link swapped in between is not noticed here.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::text;
use super::super::time::Time;
use super::Refusal;

pub(super) type Directory = PathBuf;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Folder> {
        let root = fs::canonicalize(path)?;
        match fs::metadata(&root)?.is_dir() {
            true => Ok(Folder { root }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn parent(&mut self, parts: &[&[u8]]) -> Result<Directory, Refusal> {
        self.walk(parts, true)?
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
    }

    pub(super) fn existing_parent(&self, parts: &[&[u8]]) -> Result<Option<Directory>, Refusal> {
        self.walk(parts, false)
    }

    pub(super) fn is_directory(&self, parts: &[&[u8]]) -> bool {
        matches!(self.existing_parent(parts), Ok(Some(_)))
    }

    pub(super) fn set_directory_time(&self, _: &[&[u8]], _: Time) -> io::Result<()> {
        Ok(())
    }

    fn walk(&self, parts: &[&[u8]], make: bool) -> Result<Option<Directory>, Refusal> {
        let mut path = self.root.clone();
        for (i, part) in parts.iter().enumerate() {
            path.push(text::os_str(part).ok_or(Refusal::Name)?);
            let metadata = match fs::symlink_metadata(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound && make => {
                    fs::create_dir(&path)?;
                    continue;
                }
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
                metadata => metadata?,
            };
            let so_far = || parts.get(..=i).unwrap_or(parts).join(&b'/');
            if metadata.is_symlink() {
                return Err(Refusal::ThroughLink(so_far()));
            }
            if !metadata.is_dir() {
                return Err(Refusal::NotADirectory(so_far()));
            }
        }
        Ok(Some(path))
    }
}

/// A file that has its name only once it is whole.
#[derive(Debug)]
pub(super) struct NewFile {
    file: tempfile::NamedTempFile,
    target: PathBuf,
}

impl NewFile {
    pub(super) fn create(parent: &Directory, name: &[u8]) -> Result<NewFile, Refusal> {
        let target = parent.join(text::os_str(name).ok_or(Refusal::Name)?);
        if fs::symlink_metadata(&target).is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Refusal::DirectoryInTheWay);
        }
        let file = tempfile::Builder::new()
            .prefix(".bytewright-")
            .tempfile_in(parent)?;
        Ok(NewFile { file, target })
    }

    pub(super) fn finish(self, _mode: u32, time: Time) -> Result<(), Refusal> {
        // A time before 1970 or beyond the system's last is left as it is.
        let since = Duration::new(time.seconds.try_into().unwrap_or(0), time.nanoseconds);
        if let Some(time) = SystemTime::UNIX_EPOCH.checked_add(since) {
            File::set_modified(self.file.as_file(), time)?;
        }
        self.file.persist(&self.target).map_err(|e| e.error)?;
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.file.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Making links asks for a privilege that users don't have.
pub(super) fn symlink(_: &Directory, _: &[u8], _: &[u8], _: Time) -> Result<(), Refusal> {
    Err(io::Error::from(io::ErrorKind::Unsupported).into())
}

pub(super) fn hard_link(
    from: &Directory,
    target: &[u8],
    parent: &Directory,
    name: &[u8],
) -> Result<(), Refusal> {
    let from = from.join(text::os_str(target).ok_or(Refusal::Name)?);
    let to = parent.join(text::os_str(name).ok_or(Refusal::Name)?);
    match fs::symlink_metadata(&from) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(Refusal::LinkOutside(target.to_vec())),
        Err(_) => return Err(Refusal::LinkMissing(target.to_vec())),
    }
    if from == to {
        return Ok(());
    }
    if fs::symlink_metadata(&to).is_ok_and(|metadata| !metadata.is_dir()) {
        fs::remove_file(&to)?;
    }
    Ok(fs::hard_link(from, to)?)
}

pub(super) fn read_link(_: &Directory, _: &[u8]) -> Option<Vec<u8>> {
    None
}
