//! A member of an archive.

mod assemble;
mod json;

use super::layout::{BLOCK, RECORD};
use super::pax::PaxRecords;
use super::time::Time;
use crate::offset::Position;
use crate::schema::Field;
use crate::tree::Problem;

pub(crate) use assemble::{Extended, assemble, decimal};

/// What a member is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A regular file.
    #[default]
    File,
    /// A directory.
    Directory,
    /// A symbolic link; [`Member::link`] is its target.
    Symlink,
    /// Another name of the member that [`Member::link`] names.
    Hardlink,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// Something that isn't to be extracted: a volume's label, the rest of a file from another
    /// volume.
    Other,
}

impl Kind {
    /// The word that listings use: `file`, `dir`, `symlink`, `hardlink`, `char`, `block`,
    /// `fifo`, `other`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Directory => "dir",
            Kind::Symlink => "symlink",
            Kind::Hardlink => "hardlink",
            Kind::CharDevice => "char",
            Kind::BlockDevice => "block",
            Kind::Fifo => "fifo",
            Kind::Other => "other",
        }
    }
}

/// The format that a member is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Unix version 7.
    V7,
    /// POSIX.1-1988.
    Ustar,
    /// Ustar with an extended header of records before it.
    Pax,
    /// GNU tar's own.
    Gnu,
    /// Jörg Schilling's star.
    Star,
}

impl Format {
    /// The word that listings use: `v7`, `ustar`, `pax`, `gnu`, `star`.
    pub const fn name(self) -> &'static str {
        match self {
            Format::V7 => "v7",
            Format::Ustar => "ustar",
            Format::Pax => "pax",
            Format::Gnu => "gnu",
            Format::Star => "star",
        }
    }
}

/// One member of an archive.
///
/// Names are bytes: an archive doesn't say what encoding they are in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Member {
    /// The name as the archive has it, a trailing `/` included.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The size of its content in bytes; of a sparse file, with its holes.
    pub size: u64,
    /// How many bytes of data follow the header. Less than `size` for a sparse file.
    pub stored_size: u64,
    /// Permissions, with setuid, setgid and sticky: the low twelve bits.
    pub mode: u32,
    /// When the content was last changed.
    pub mtime: Time,
    /// The owner's number.
    pub uid: u64,
    /// The group's number.
    pub gid: u64,
    /// The owner's name; empty where the archive has none.
    pub uname: Vec<u8>,
    /// The group's name; empty where the archive has none.
    pub gname: Vec<u8>,
    /// The target of a link, empty for everything else.
    pub link: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// The format that the member is written in.
    pub format: Format,
    /// The letter in the header that says what the member is.
    pub typeflag: u8,
    /// Whether the data are the pieces of a sparse file rather than its content.
    pub sparse: bool,
    /// The records of the extended headers before it, global ones left out.
    pub pax: PaxRecords,
    /// Where the first block that belongs to it is: an extended header, or the header.
    pub offset: u64,
    /// Where its header is.
    pub header_offset: u64,
    /// Where its data begin.
    pub data_offset: u64,
    /// What is odd or wrong about it.
    pub problems: Vec<Problem>,
    /// Names as the archive has them, where they were converted.
    pub(super) raw: Option<Box<RawNames>>,
    /// The fields, or their records, that are no numbers, and count as something else.
    pub(super) unread: Vec<Field>,
}

/// Names before they were converted.
#[derive(Clone, Debug)]
pub(super) struct RawNames {
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) uname: Vec<u8>,
    pub(super) gname: Vec<u8>,
}

impl Member {
    /// Takes a folder off the front of the name, and of the target of a hard link, where that is
    /// the first part of it: for what is extracted into a folder of that name. The folder itself
    /// becomes `./`.
    ///
    /// ```
    /// use bytewright::formats::tar::{Archive, Builder, NewMember};
    ///
    /// let mut builder = Builder::new(Vec::new());
    /// builder.add_bytes(NewMember::file("top/a"), b"content")?;
    /// let mut archive = Archive::new(builder.finish()?.into())?;
    /// let mut member = archive.next_member()?.unwrap();
    /// member.leave_top(b"to");
    /// assert_eq!(member.name, b"top/a");
    /// member.leave_top(b"top");
    /// assert_eq!(member.name, b"./a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn leave_top(&mut self, folder: &[u8]) {
        let names = match self.kind {
            Kind::Hardlink => [Some(&mut self.name), Some(&mut self.link)],
            _ => [Some(&mut self.name), None],
        };
        for name in names.into_iter().flatten() {
            let inside = name.strip_prefix(b"./").unwrap_or(name);
            let rest = match inside.strip_prefix(folder) {
                Some([]) if self.kind == Kind::Directory => &[],
                Some([b'/', rest @ ..]) => rest,
                _ => continue,
            };
            *name = [&b"./"[..], rest].concat();
        }
    }

    /// The bytes of [`Member::name`] in the archive, which only `Archive::encoding` makes others.
    pub fn raw_name(&self) -> &[u8] {
        self.raw.as_ref().map_or(&self.name, |raw| &raw.name)
    }

    /// The bytes of [`Member::link`] in the archive.
    pub fn raw_link(&self) -> &[u8] {
        self.raw.as_ref().map_or(&self.link, |raw| &raw.link)
    }

    /// The bytes of [`Member::uname`] in the archive.
    pub fn raw_uname(&self) -> &[u8] {
        self.raw.as_ref().map_or(&self.uname, |raw| &raw.uname)
    }

    /// The bytes of [`Member::gname`] in the archive.
    pub fn raw_gname(&self) -> &[u8] {
        self.raw.as_ref().map_or(&self.gname, |raw| &raw.gname)
    }

    /// The offset after the data, without padding.
    pub fn data_end(&self) -> u64 {
        self.data_offset.past(self.stored_size)
    }

    /// The offset of what follows: the data's end, padded to whole blocks.
    pub fn end(&self) -> u64 {
        padded(self.data_end())
    }
}

/// Up to the next whole block.
pub(crate) fn padded(offset: u64) -> u64 {
    offset
        .checked_next_multiple_of(BLOCK as u64)
        .unwrap_or(u64::MAX)
}

/// What ends an archive of this many bytes: two blocks of zeros, and zeros up to a whole record. Readers
/// of tapes take whole records, and GNU tar's `--delete` loses members of an archive without.
pub(crate) fn end_of_archive(size: u64) -> Vec<u8> {
    const END: u64 = 2 * BLOCK as u64;
    let end = size.saturating_add(END);
    let whole = end.checked_next_multiple_of(RECORD).unwrap_or(end);
    vec![0; usize::try_from(whole.since(size)).unwrap_or(0)]
}
