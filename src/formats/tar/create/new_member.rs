//! A member that is about to be added.

use std::path::PathBuf;

use crate::formats::tar::layout::BLOCK;
use crate::formats::tar::member::{Format, Kind, Member};
use crate::formats::tar::pax::PaxRecords;
use crate::formats::tar::time::Time;

/// A member that is about to be added, as a [filter](super::Builder::filter) sees it and may
/// change it. What isn't said otherwise is what the file says.
///
/// As with the `TarInfo` of Python's `tarfile`, changing the name of a folder doesn't change the
/// names of what is in it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NewMember {
    /// Where the file is.
    pub path: PathBuf,
    /// The name in the archive. A folder's gets its `/` when it is written.
    pub name: Vec<u8>,
    /// What it is. Changing it has no effect.
    pub kind: Kind,
    /// The size of the content in bytes; 0 where there is none. Changing it has no effect.
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
}

impl NewMember {
    /// As a reader of the archive is going to see it, but for where it stands.
    pub fn as_listed(&self) -> Member {
        let mut name = self.name.clone();
        if self.kind == Kind::Directory && !name.ends_with(b"/") {
            name.push(b'/');
        }
        Member {
            name,
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
            pax: PaxRecords::default(),
            offset: 0,
            header_offset: 0,
            data_offset: BLOCK as u64,
            problems: Vec::new(),
            raw: None,
            unread: Vec::new(),
        }
    }
}
