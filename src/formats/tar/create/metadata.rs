//! The metadata of a file that goes into an archive.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use crate::formats::tar::member::Kind;
use crate::formats::tar::time::Time;

/// The identity of a file, equal for two names of one file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    /// The file system that it lies on; 0 where that isn't known.
    system: u64,
    #[cfg(unix)]
    inode: u64,
    #[cfg(not(unix))]
    path: std::path::PathBuf,
}

impl Identity {
    /// Whether both lie on one file system.
    pub(super) fn same_system(&self, other: &Identity) -> bool {
        self.system == other.system
    }
}

/// The metadata that a member's header keeps.
#[derive(Debug)]
pub(super) struct Details {
    /// `None` for what has no place in an archive, such as a socket.
    pub(super) kind: Option<Kind>,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) mtime: Time,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) device: (u32, u32),
    pub(super) identity: Identity,
    /// How many names the file has.
    pub(super) names: u64,
}

impl Details {
    #[cfg(unix)]
    pub(super) fn of(_path: &Path, metadata: &Metadata) -> io::Result<Details> {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};

        let file_type = metadata.file_type();
        let kind = match file_type {
            t if t.is_file() => Some(Kind::File),
            t if t.is_dir() => Some(Kind::Directory),
            t if t.is_symlink() => Some(Kind::Symlink),
            t if t.is_char_device() => Some(Kind::CharDevice),
            t if t.is_block_device() => Some(Kind::BlockDevice),
            t if t.is_fifo() => Some(Kind::Fifo),
            _ => None,
        };
        let device = match kind {
            Some(Kind::CharDevice | Kind::BlockDevice) => device(metadata.rdev()),
            _ => (0, 0),
        };
        Ok(Details {
            kind,
            size: metadata.len(),
            mode: metadata.mode() & 0o7777,
            mtime: Time {
                seconds: metadata.mtime(),
                nanoseconds: u32::try_from(metadata.mtime_nsec()).unwrap_or(0),
            },
            uid: metadata.uid().into(),
            gid: metadata.gid().into(),
            device,
            identity: Identity {
                system: metadata.dev(),
                inode: metadata.ino(),
            },
            names: metadata.nlink(),
        })
    }

    /// Whether the content of an open file was changed since; not where that can't be seen.
    pub(super) fn has_changed(path: &Path, file: &File, since: Time) -> bool {
        Details::of_file(path, file).is_ok_and(|now| now.mtime != since)
    }

    /// The metadata of an open file.
    #[cfg(unix)]
    pub(super) fn of_file(path: &Path, file: &File) -> io::Result<Details> {
        use rustix::fs::FileType;

        // A third of the time that the standard library's statx takes.
        let stat = rustix::fs::fstat(file)?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        if !is_file {
            return Details::of(path, &file.metadata()?);
        }
        Ok(Details {
            kind: Some(Kind::File),
            size: u64::try_from(stat.st_size).unwrap_or(0),
            mode: u32::try_from(widened(stat.st_mode) & 0o7777).unwrap_or(0),
            mtime: Time {
                seconds: stat.st_mtime,
                nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
            },
            uid: stat.st_uid.into(),
            gid: stat.st_gid.into(),
            device: (0, 0),
            identity: Identity {
                system: widened(stat.st_dev),
                inode: stat.st_ino,
            },
            names: widened(stat.st_nlink),
        })
    }

    /// The metadata of an open file.
    #[cfg(not(unix))]
    pub(super) fn of_file(path: &Path, file: &File) -> io::Result<Details> {
        Details::of(path, &file.metadata()?)
    }

    #[cfg(not(unix))]
    pub(super) fn of(path: &Path, metadata: &Metadata) -> io::Result<Details> {
        let file_type = metadata.file_type();
        let kind = match file_type {
            t if t.is_file() => Some(Kind::File),
            t if t.is_dir() => Some(Kind::Directory),
            t if t.is_symlink() => Some(Kind::Symlink),
            _ => None,
        };
        let since = metadata
            .modified()?
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Ok(Details {
            kind,
            size: metadata.len(),
            mode: match kind {
                Some(Kind::File) if metadata.permissions().readonly() => 0o444,
                Some(Kind::File) => 0o644,
                _ => 0o755,
            },
            mtime: Time {
                seconds: i64::try_from(since.as_secs()).unwrap_or(0),
                nanoseconds: since.subsec_nanos(),
            },
            uid: 0,
            gid: 0,
            device: (0, 0),
            identity: Identity {
                system: 0,
                path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            },
            names: 1,
        })
    }
}

/// The major and the minor number of a device, whose type is another on each system.
#[cfg(unix)]
fn device<T: TryInto<rustix::fs::Dev>>(device: T) -> (u32, u32) {
    let device = device.try_into().unwrap_or_default();
    (rustix::fs::major(device), rustix::fs::minor(device))
}

/// A number of `stat`, whose type is another on each system: a mode has 16 bits on macOS and 32 on
/// Linux, a device is signed on macOS. A negative one becomes 0.
#[cfg(unix)]
fn widened(number: impl TryInto<u64>) -> u64 {
    number.try_into().unwrap_or(0)
}

/// Opens a regular file. If it has become a link or a pipe since it was examined, it isn't followed or waited for.
#[cfg(unix)]
pub(super) fn open(path: &Path, follow: bool) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};

    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    if !follow {
        flags |= OFlags::NOFOLLOW;
    }
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// Opens a regular file.
#[cfg(not(unix))]
pub(super) fn open(path: &Path, _follow: bool) -> io::Result<File> {
    File::open(path)
}
