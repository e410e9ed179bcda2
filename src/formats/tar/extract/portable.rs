//! Extraction's dealings with a system that has no directory descriptors: paths, each part of
//! which is looked at before it is used. A link swapped in between is not noticed here.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::text;
use super::super::time::Time;
use super::Refusal;
use super::policy::{Attributes, Present, Unset};

pub(super) type Directory = PathBuf;

/// The mode of a directory that nobody states one for.
pub(super) const NEW: u32 = 0o777;

/// Whether this user may give files away.
pub(super) fn may_give_away() -> bool {
    false
}

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// What is trusted isn't followed here either.
    pub(super) fn open(path: &Path, _follow: bool) -> io::Result<Folder> {
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

    pub(super) fn make(&mut self, parts: &[&[u8]], _mode: u32) -> Result<Directory, Refusal> {
        self.parent(parts)
    }

    pub(super) fn without_openat2(self) -> Folder {
        self
    }

    /// Nothing says so here.
    pub(super) fn is_own(&self) -> bool {
        false
    }

    pub(super) fn link_changed(&mut self) {}

    pub(super) fn removed(&mut self, _: &[u8]) {}

    pub(super) fn followed(&self, parts: &[&[u8]]) -> Result<Option<Directory>, Refusal> {
        self.existing_parent(parts)
    }

    pub(super) fn existing_parent(&self, parts: &[&[u8]]) -> Result<Option<Directory>, Refusal> {
        self.walk(parts, false)
    }

    pub(super) fn set_directory(&self, _: &[&[u8]], _: &Attributes) -> Vec<Unset> {
        Vec::new()
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
    pub(super) fn create(parent: &Directory, name: &[u8]) -> Result<Option<NewFile>, Refusal> {
        match present(parent, name) {
            None => NewFile::beside(parent, name).map(Some),
            Some(_) => Ok(None),
        }
    }

    pub(super) fn beside(parent: &Directory, name: &[u8]) -> Result<NewFile, Refusal> {
        let target = parent.join(text::os_str(name).ok_or(Refusal::Name)?);
        let file = tempfile::Builder::new()
            .prefix(".bytewright-")
            .tempfile_in(parent)?;
        Ok(NewFile { file, target })
    }

    /// It never is, before it is finished.
    pub(super) fn is_in_place(&self) -> bool {
        false
    }

    pub(super) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    pub(super) fn finish(self, attributes: &Attributes) -> Result<Vec<Unset>, Refusal> {
        let Time {
            seconds,
            nanoseconds,
        } = attributes.time;
        // A time before 1970 or beyond the system's last is left as it is.
        let since = u64::try_from(seconds).map(|seconds| Duration::new(seconds, nanoseconds));
        let time = since
            .ok()
            .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        if let Some(time) = time {
            File::set_modified(self.file.as_file(), time)?;
        }
        self.file.persist(&self.target).map_err(|e| e.error)?;
        Ok(Vec::new())
    }
}

/// What has this name.
pub(super) fn present(parent: &Directory, name: &[u8]) -> Option<Present> {
    let metadata = fs::symlink_metadata(parent.join(text::os_str(name)?)).ok()?;
    let since = metadata
        .modified()
        .ok()?
        .duration_since(SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    Some(Present {
        is_directory: metadata.is_dir(),
        time: Time {
            seconds: since.as_secs().try_into().unwrap_or(i64::MAX),
            nanoseconds: since.subsec_nanos(),
        },
    })
}

/// Removes what isn't a directory.
pub(super) fn unlink(parent: &Directory, name: &[u8]) -> Result<(), Refusal> {
    Ok(fs::remove_file(
        parent.join(text::os_str(name).ok_or(Refusal::Name)?),
    )?)
}

/// Removes a directory that nothing is in.
pub(super) fn remove_empty(parent: &Directory, name: &[u8]) -> Result<(), Refusal> {
    let path = parent.join(text::os_str(name).ok_or(Refusal::Name)?);
    fs::remove_dir(path).map_err(|e| match e.kind() {
        io::ErrorKind::DirectoryNotEmpty => Refusal::DirectoryInTheWay,
        _ => e.into(),
    })
}

/// Whether nothing is in a directory; `false` where that can't be seen.
pub(super) fn is_empty(parent: &Directory, name: &[u8]) -> bool {
    let path = text::os_str(name).map(|name| parent.join(name));
    let entries = path.and_then(|path| fs::read_dir(path).ok());
    entries.is_some_and(|mut entries| entries.next().is_none())
}

/// There are none here.
pub(super) fn set_xattrs(_: &Directory, _: &[(Vec<u8>, Vec<u8>)]) -> Vec<Unset> {
    Vec::new()
}

/// Whether something is a regular file, or nothing.
pub(super) fn is_plain(parent: &Directory, name: &[u8]) -> bool {
    let path = text::os_str(name).map(|name| parent.join(name));
    let metadata = path.and_then(|path| fs::symlink_metadata(path).ok());
    metadata.is_none_or(|metadata| metadata.is_file())
}

/// Making links asks for a privilege that users don't have.
pub(super) fn symlink(
    _: &Directory,
    _: &[u8],
    _: &[u8],
    _: &Attributes,
) -> Result<Vec<Unset>, Refusal> {
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
