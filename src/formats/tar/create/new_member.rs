//! A member that is about to be added.

use std::path::PathBuf;

use crate::formats::tar::layout::BLOCK;
use crate::formats::tar::member::{Format, Kind, Member};
use crate::formats::tar::pax::PaxRecords;
use crate::formats::tar::time::Time;

/// A member that is about to be added, as a [filter](super::Builder::filter) sees it and may
/// change it. Its fields are those of the file, unless changed.
///
/// As with the `TarInfo` of Python's `tarfile`, changing the name of a folder doesn't change the
/// names of what is in it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NewMember {
    /// Where the file is; empty for what is no file.
    pub path: PathBuf,
    /// The name in the archive. A folder's gets its `/` when it is written.
    pub name: Vec<u8>,
    /// What it is. A filter's change has no effect.
    pub kind: Kind,
    /// The size of the content in bytes; 0 where there is none. A filter's change has no effect.
    pub size: u64,
    /// Permissions, with setuid, setgid and sticky.
    pub mode: u32,
    /// When the content was last changed.
    pub mtime: Time,
    /// The owner's number.
    pub uid: u64,
    /// The group's number.
    pub gid: u64,
    /// The owner's name; empty where the system has none for the number.
    pub uname: Vec<u8>,
    /// The group's name; empty where the system has none for the number.
    pub gname: Vec<u8>,
    /// The target of a symbolic link; the name of the first member of a hard link.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// Extended attributes, by name: as far as they were [asked for](super::Builder::xattrs).
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Further records, which only the pax format holds: none that say what the other fields say.
    pub pax: PaxRecords,
}

/// Members that are [no files](super::Builder::add_member): of 1970-01-01, with the owner 0 and the mode
/// that is usual for their kind. What else they are to have goes into their fields.
impl NewMember {
    fn new(kind: Kind, name: impl Into<Vec<u8>>, mode: u32) -> NewMember {
        NewMember {
            kind,
            name: name.into(),
            mode,
            ..NewMember::default()
        }
    }

    /// A file; mode 0644.
    pub fn file(name: impl Into<Vec<u8>>) -> NewMember {
        NewMember::new(Kind::File, name, 0o644)
    }

    /// A folder; mode 0755.
    pub fn folder(name: impl Into<Vec<u8>>) -> NewMember {
        NewMember::new(Kind::Directory, name, 0o755)
    }

    /// A symbolic link; mode 0777.
    pub fn symlink(name: impl Into<Vec<u8>>, target: impl Into<Vec<u8>>) -> NewMember {
        NewMember {
            link: target.into(),
            ..NewMember::new(Kind::Symlink, name, 0o777)
        }
    }

    /// Another name of a member that the archive has already, by the name it has there; mode 0644.
    pub fn hard_link(name: impl Into<Vec<u8>>, member: impl Into<Vec<u8>>) -> NewMember {
        NewMember {
            link: member.into(),
            ..NewMember::new(Kind::Hardlink, name, 0o644)
        }
    }

    /// A character device of this major and minor number; mode 0644.
    pub fn char_device(name: impl Into<Vec<u8>>, device: (u32, u32)) -> NewMember {
        NewMember {
            device,
            ..NewMember::new(Kind::CharDevice, name, 0o644)
        }
    }

    /// A block device of this major and minor number; mode 0644.
    pub fn block_device(name: impl Into<Vec<u8>>, device: (u32, u32)) -> NewMember {
        NewMember {
            device,
            ..NewMember::new(Kind::BlockDevice, name, 0o644)
        }
    }

    /// A named pipe; mode 0644.
    pub fn fifo(name: impl Into<Vec<u8>>) -> NewMember {
        NewMember::new(Kind::Fifo, name, 0o644)
    }

    /// The name as it is written: a folder's with its `/`.
    pub(super) fn stored_name(&self) -> Vec<u8> {
        let mut name = self.name.clone();
        if self.kind == Kind::Directory && !name.ends_with(b"/") {
            name.push(b'/');
        }
        name
    }

    /// The member as a reader of the archive will see it, without offsets.
    pub fn as_listed(&self) -> Member {
        Member {
            name: self.stored_name(),
            kind: self.kind,
            size: self.size,
            stored_size: self.size,
            mode: self.mode,
            mtime: self.mtime,
            uid: self.uid,
            gid: self.gid,
            uname: self.uname.clone(),
            gname: self.gname.clone(),
            link: self.link.clone(),
            device: self.device,
            format: Format::Pax,
            typeflag: b'0',
            sparse: false,
            pax: self.pax.clone(),
            offset: 0,
            header_offset: 0,
            data_offset: BLOCK as u64,
            problems: Vec::new(),
            raw: None,
            unread: Vec::new(),
        }
    }
}
