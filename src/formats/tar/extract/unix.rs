//! Extraction's dealings with a Unix system: everything relative to open directories, and no
//! link followed unless the archive is trusted.

mod attributes;
mod file;
mod folder;

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

#[cfg(target_os = "linux")]
use super::super::member::Kind;
use super::Refusal;
use super::policy::{Attributes, Unset};

pub(super) use file::{NewFile, present};
pub(super) use folder::{Directory, Folder, NEW};

/// To look into a directory, or to set something of it.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// To set something of what must not be opened otherwise, as a device that does something then.
#[cfg(target_os = "linux")]
const PLACE: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Whether the user who runs this may give files away.
pub(super) fn may_give_away() -> bool {
    rustix::process::geteuid().is_root()
}

pub(super) fn symlink(
    parent: &Directory,
    name: &[u8],
    target: &[u8],
    attributes: &Attributes,
) -> Result<Vec<Unset>, Refusal> {
    replacing(parent, name, || fs::symlinkat(target, parent, name))?;
    let unset = set_owner(parent, name, attributes);
    let times = attributes::timestamps(attributes.time);
    // A file system without times for links loses nothing else.
    let _ = fs::utimensat(parent, name, &times, AtFlags::SYMLINK_NOFOLLOW);
    Ok(unset)
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
    if FileType::from_raw_mode(there.st_mode) == FileType::Directory {
        return Err(Refusal::LinkOutside(target.to_vec()));
    }
    // Removing the one to make room for the other would lose both.
    if stat(parent, name).is_ok_and(|s| (s.st_dev, s.st_ino) == (there.st_dev, there.st_ino)) {
        return Ok(());
    }
    replacing(parent, name, || {
        fs::linkat(from, target, parent, name, AtFlags::empty())
    })
}

/// A device or a named pipe.
#[cfg(target_os = "linux")]
pub(super) fn special(
    parent: &Directory,
    name: &[u8],
    kind: Kind,
    device: (u32, u32),
    attributes: &Attributes,
) -> Result<Vec<Unset>, Refusal> {
    use std::os::fd::AsRawFd;
    let file_type = match kind {
        Kind::CharDevice => FileType::CharacterDevice,
        Kind::BlockDevice => FileType::BlockDevice,
        _ => FileType::Fifo,
    };
    let device = fs::makedev(device.0, device.1);
    replacing(parent, name, || {
        fs::mknodat(parent, name, file_type, Mode::from_raw_mode(0o600), device)
    })?;
    let mut unset = set_owner(parent, name, attributes);
    let mode = attributes.mode.unwrap_or(0o600);
    let stat = || fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW);
    let (mode, lost) = attributes::privileges(mode, attributes.owner, stat);
    unset.extend(lost);
    // Opening a device does something, and a mode isn't set by name without following links:
    // hence by way of a descriptor that can do nothing else.
    let mode = Mode::from_raw_mode(mode);
    let set = fs::openat(parent, name, PLACE, Mode::empty())
        .and_then(|file| fs::chmod(format!("/proc/self/fd/{}", file.as_raw_fd()), mode));
    unset.extend(attributes::unset("mode", set));
    let times = attributes::timestamps(attributes.time);
    let set = fs::utimensat(parent, name, &times, AtFlags::SYMLINK_NOFOLLOW);
    unset.extend(attributes::unset("time", set));
    Ok(unset)
}

/// The target of a symbolic link; `None` for anything else.
pub(super) fn read_link(parent: &Directory, name: &[u8]) -> Option<Vec<u8>> {
    fs::readlinkat(parent, name, Vec::new())
        .ok()
        .map(std::ffi::CString::into_bytes)
}

/// Whether something is a regular file or a link, which alone get a second name under the `data`
/// filter.
pub(super) fn is_plain(parent: &Directory, name: &[u8]) -> bool {
    matches!(
        file_type(parent, name),
        None | Some(FileType::RegularFile | FileType::Symlink)
    )
}

/// Removes what isn't a directory.
pub(super) fn unlink(parent: &Directory, name: &[u8]) -> Result<(), Refusal> {
    fs::unlinkat(parent, name, AtFlags::empty()).map_err(|e| io::Error::from(e).into())
}

/// Removes a directory that nothing is in.
pub(super) fn remove_empty(parent: &Directory, name: &[u8]) -> Result<(), Refusal> {
    match fs::unlinkat(parent, name, AtFlags::REMOVEDIR) {
        Ok(()) => Ok(()),
        Err(Errno::NOTEMPTY | Errno::EXIST) => Err(Refusal::DirectoryInTheWay),
        Err(e) => Err(io::Error::from(e).into()),
    }
}

/// Whether nothing is in a directory; `false` where that can't be seen.
pub(super) fn is_empty(parent: &Directory, name: &[u8]) -> bool {
    let flags = READ.union(OFlags::NOFOLLOW);
    let entries = fs::openat(parent, name, flags, Mode::empty()).and_then(fs::Dir::new);
    let Ok(entries) = entries else {
        return false;
    };
    let is_own = |entry: fs::DirEntry| matches!(entry.file_name().to_bytes(), b"." | b"..");
    entries.into_iter().all(|entry| entry.is_ok_and(is_own))
}

/// Gives a directory extended attributes.
pub(super) fn set_xattrs(directory: &Directory, xattrs: &[(Vec<u8>, Vec<u8>)]) -> Vec<Unset> {
    let Some((first, _)) = xattrs.first() else {
        return Vec::new();
    };
    match readable(directory) {
        Ok(directory) => attributes::xattrs(&directory, xattrs).collect(),
        Err(e) => {
            let name = String::from_utf8_lossy(first);
            attributes::unset(&name, Err(e)).into_iter().collect()
        }
    }
}

/// An open directory once more, so that something of it can be set.
fn readable(directory: &Directory) -> rustix::io::Result<OwnedFd> {
    fs::openat(directory, ".", READ, Mode::empty())
}

/// The owner of what isn't opened.
fn set_owner(parent: &Directory, name: &[u8], attributes: &Attributes) -> Vec<Unset> {
    attributes::own(attributes.owner, |user, group| {
        fs::chownat(parent, name, user, group, AtFlags::SYMLINK_NOFOLLOW)
    })
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

#[cfg(test)]
mod tests;
