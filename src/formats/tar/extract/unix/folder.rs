//! The folder that is extracted into: its directories, opened without following links.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::super::Refusal;
use super::super::policy::{Attributes, Unset};
use super::attributes::{self, raw_mode};
use super::{READ, file_type, readable};
use crate::offset::Position;

/// An open directory.
pub(in super::super) type Directory = Arc<OwnedFd>;

/// Directories that are kept open, at most.
const OPEN: usize = 64;

/// The mode of a directory that nobody states one for; the umask is taken off.
pub(in super::super) const NEW: u32 = 0o777;

/// The folder that is extracted into.
#[derive(Debug)]
pub(in super::super) struct Folder {
    root: Directory,
    way: OpenMode,
    /// The directories that were used last, the very last one first: members that are near
    /// each other often share theirs.
    open: Vec<OpenDirectory>,
}

#[derive(Debug)]
struct OpenDirectory {
    path: Vec<u8>,
    directory: Directory,
    /// Whether it was not there before.
    is_made: bool,
}

/// How a path is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenMode {
    /// The kernel refuses links, for the whole path in one call.
    AtOnce,
    /// Part by part, none of which is a link.
    PartByPart,
    /// Links, `..` and `/` are followed.
    Follow,
}

impl Folder {
    /// Links on the way to the folder are the caller's choice, and followed in any case; those in
    /// it only under `follow`.
    pub(in super::super) fn open(path: &Path, follow: bool) -> io::Result<Folder> {
        let root = fs::open(path, READ, Mode::empty())?;
        Ok(Folder {
            root: Arc::new(root),
            way: match follow {
                true => OpenMode::Follow,
                false if cfg!(target_os = "linux") => OpenMode::AtOnce,
                false => OpenMode::PartByPart,
            },
            open: Vec::new(),
        })
    }

    /// The same folder for a kernel that lacks `openat2`.
    pub(in super::super) fn without_openat2(mut self) -> Folder {
        if self.way == OpenMode::AtOnce {
            self.way = OpenMode::PartByPart;
        }
        self
    }

    /// Opens a directory of the folder, and makes what is missing of it.
    pub(in super::super) fn parent(&mut self, parts: &[&[u8]]) -> Result<Directory, Refusal> {
        self.make(parts, NEW)
    }

    /// The same, with a mode for the last part where that is missing.
    pub(in super::super) fn make(
        &mut self,
        parts: &[&[u8]],
        mode: u32,
    ) -> Result<Directory, Refusal> {
        let path = parts.join(&b'/');
        if let Some(at) = self.open.iter().position(|open| open.path == path) {
            if let Some(front) = self.open.get_mut(..=at) {
                front.rotate_right(1);
            }
            if let Some(open) = self.open.first() {
                return Ok(Arc::clone(&open.directory));
            }
        }
        let (directory, is_made) = match self.resolve(&path, self.way) {
            Some(directory) => (directory, false),
            None => self
                .walk(parts, self.way, Some(mode))?
                .ok_or(Errno::NOENT)
                .map_err(io::Error::from)?,
        };
        self.open.truncate(OPEN - 1);
        let open = OpenDirectory {
            path,
            directory: Arc::clone(&directory),
            is_made,
        };
        self.open.insert(0, open);
        Ok(directory)
    }

    /// Whether nothing is in the directory that was opened last but what was extracted into it. Where links are
    /// followed, other paths may lead there too, so that it isn't known.
    pub(in super::super) fn is_own(&self) -> bool {
        let is_made = self.open.first().is_some_and(|open| open.is_made);
        is_made && self.way != OpenMode::Follow
    }

    /// Opens a directory of the folder; `None` where it isn't there.
    pub(in super::super) fn existing_parent(
        &self,
        parts: &[&[u8]],
    ) -> Result<Option<Directory>, Refusal> {
        self.existing(parts, self.way)
    }

    /// The same, following whatever leads there, `..` and links.
    pub(in super::super) fn followed(&self, parts: &[&[u8]]) -> Result<Option<Directory>, Refusal> {
        self.existing(parts, OpenMode::Follow)
    }

    fn existing(&self, parts: &[&[u8]], way: OpenMode) -> Result<Option<Directory>, Refusal> {
        match self.resolve(&parts.join(&b'/'), way) {
            Some(directory) => Ok(Some(directory)),
            None => {
                let found = self.walk(parts, way, None)?;
                Ok(found.map(|(directory, _)| directory))
            }
        }
    }

    /// Closes the directories that are kept open: what was a link may lead elsewhere now.
    pub(in super::super) fn link_changed(&mut self) {
        if self.way == OpenMode::Follow {
            self.open.clear();
        }
    }

    /// Forgets a directory that isn't there any more.
    pub(in super::super) fn removed(&mut self, path: &[u8]) {
        self.open.retain(|open| open.path != path);
        self.link_changed();
    }

    /// Gives a directory its attributes. What has become of it since is for its new owner to
    /// decide.
    pub(in super::super) fn set_directory(
        &self,
        parts: &[&[u8]],
        attributes: &Attributes,
    ) -> Vec<Unset> {
        if attributes.is_time_alone()
            && let Some((name, parent)) = parts.split_last()
        {
            // No descriptor is needed, which an unreadable directory wouldn't give.
            let Ok(Some(parent)) = self.existing_parent(parent) else {
                return Vec::new();
            };
            let times = attributes::timestamps(attributes.time);
            let set = fs::utimensat(parent, *name, &times, AtFlags::SYMLINK_NOFOLLOW);
            return attributes::unset("time", set).into_iter().collect();
        }
        let Ok(Some(directory)) = self.existing_parent(parts) else {
            return Vec::new();
        };
        match readable(&directory) {
            Ok(directory) => attributes::set(&directory, attributes),
            Err(e) => attributes::unset("mode", Err(e)).into_iter().collect(),
        }
    }

    /// The whole path in one call of the kernel. `None` where that doesn't work, for whatever
    /// reason: walking finds out which.
    fn resolve(&self, path: &[u8], way: OpenMode) -> Option<Directory> {
        if path.is_empty() {
            return Some(Arc::clone(&self.root));
        }
        match way {
            OpenMode::AtOnce => open_beneath(&self.root, path),
            OpenMode::PartByPart => None,
            OpenMode::Follow => {
                let flags = DIRECTORY.difference(OFlags::NOFOLLOW);
                let opened = fs::openat(&self.root, path, flags, Mode::empty());
                opened.ok().map(Arc::new)
            }
        }
    }

    /// Part by part, each opened in the one before. Missing ones are made where there is a mode
    /// for the last one; answers whether that one was made.
    fn walk(
        &self,
        parts: &[&[u8]],
        way: OpenMode,
        make: Option<u32>,
    ) -> Result<Option<(Directory, bool)>, Refusal> {
        let flags = match way {
            OpenMode::Follow => DIRECTORY.difference(OFlags::NOFOLLOW),
            _ => DIRECTORY,
        };
        let open = |directory: &Directory, part| fs::openat(directory, part, flags, Mode::empty());
        let mut directory = Arc::clone(&self.root);
        let mut is_made = false;
        for (i, part) in parts.iter().copied().enumerate() {
            is_made = false;
            let opened = match (open(&directory, part), make) {
                (Err(Errno::NOENT), Some(mode)) => {
                    let is_last = i.past(1) == parts.len();
                    let mode = if is_last { mode } else { NEW };
                    let mode = Mode::from_raw_mode(raw_mode(mode));
                    match fs::mkdirat(&directory, part, mode) {
                        Ok(()) => is_made = true,
                        // Another process was faster.
                        Err(Errno::EXIST) => {}
                        Err(e) => return Err(io::Error::from(e).into()),
                    }
                    open(&directory, part)
                }
                (opened, _) => opened,
            };
            directory = match opened {
                Ok(next) => Arc::new(next),
                Err(Errno::NOENT) => return Ok(None),
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
        Ok(Some((directory, is_made)))
    }
}

#[cfg(target_os = "linux")]
const BENEATH: fs::ResolveFlags = fs::ResolveFlags::BENEATH
    .union(fs::ResolveFlags::NO_SYMLINKS)
    .union(fs::ResolveFlags::NO_MAGICLINKS);

#[cfg(target_os = "linux")]
fn open_beneath(root: &Directory, path: &[u8]) -> Option<Directory> {
    let opened = fs::openat2(root, path, DIRECTORY, Mode::empty(), BENEATH);
    opened.ok().map(Arc::new)
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(_: &Directory, _: &[u8]) -> Option<Directory> {
    None
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

#[cfg(test)]
mod tests;
