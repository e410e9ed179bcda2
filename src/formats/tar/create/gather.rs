//! Gathering what is stored of a file, on many threads at once: its metadata, its attributes, and its content where it
//! is small.

use std::fs::{self, File};
use std::io::{self, Read};
use std::mem;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::metadata::{self, Details};
use super::sparse::Map;
use super::{Notice, NoticeKind, xattrs};
use crate::formats::tar::member::Kind;
use crate::formats::tar::text;
use crate::offset::Position;
use crate::source::uninterrupted;

/// The largest file that is read when it is gathered, and closed again, in bytes.
const SMALL: u64 = 128 << 10;

/// A file that is to be gathered.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) name: Vec<u8>,
    /// Whether it is a regular file by its folder's listing.
    pub(super) is_file: bool,
}

/// The file as it was gathered.
#[derive(Debug)]
pub(super) struct GatheredFile {
    pub(super) path: PathBuf,
    pub(super) name: Vec<u8>,
    pub(super) details: Details,
    /// The target of a symbolic link.
    pub(super) link: Vec<u8>,
    pub(super) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) content: Content,
    /// The notice about the file, if it is added.
    pub(super) notice: Option<NoticeKind>,
}

#[derive(Debug)]
pub(super) enum Content {
    None,
    /// The content, as a range of [`Pages`].
    Bytes(Range<usize>),
    File(Arc<File>, Option<Map>),
}

/// The content of many small files. Its memory goes back to where it is filled: memory that one
/// thread takes and another one frees makes them wait for each other.
#[derive(Debug, Default)]
pub(super) struct Pages {
    bytes: Vec<u8>,
    used: usize,
}

impl Pages {
    /// Some of the content.
    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Clears the content.
    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds exactly this many bytes of a file, whatever it does meanwhile; answers where they are,
    /// and what it did.
    fn add(&mut self, mut file: &File, size: u64) -> (Range<usize>, Option<NoticeKind>) {
        let size = usize::try_from(size).unwrap_or(0);
        let range = self.used..self.used.past(size);
        // One byte more than there should be tells whether the file grew.
        let end = range.end.past(1);
        let room = self.bytes.len().max(end);
        self.bytes.resize(room, 0);
        self.used = range.end;
        let content = self.bytes.get_mut(range.start..end).unwrap_or_default();
        let mut filled = 0usize;
        let mut notice = None;
        while let Some(rest) = content.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match uninterrupted(|| file.read(rest)) {
                Ok(0) => break,
                Ok(n) => filled.advance(n),
                Err(e) => {
                    notice = Some(NoticeKind::Unreadable(e));
                    break;
                }
            }
            // The file ended at its stated size.
            if filled == size {
                break;
            }
        }
        if filled > size {
            notice = Some(NoticeKind::Grown);
        } else if filled < size {
            let missing = size.since(filled) as u64;
            notice = notice.or(Some(NoticeKind::Shrunk { missing }));
            // The buffer may have bytes of other files: the rest is zeroed.
            content.get_mut(filled..).unwrap_or_default().fill(0);
        }
        (range, notice)
    }
}

/// The options of gathering.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GatherOptions {
    pub(super) dereference: bool,
    pub(super) sparse: bool,
    pub(super) xattrs: bool,
    /// Whether nothing is going to be written: content need not be read.
    pub(super) dry_run: bool,
}

impl GatherOptions {
    /// The metadata of a file by its path.
    pub(super) fn details(self, path: &std::path::Path) -> io::Result<Details> {
        let metadata = match self.dereference {
            true => fs::metadata(path)?,
            false => fs::symlink_metadata(path)?,
        };
        Details::of(path, &metadata)
    }

    /// What is there about a file other than a folder.
    pub(super) fn gather(
        self,
        mut candidate: Candidate,
        pages: &mut Pages,
    ) -> Result<GatheredFile, Notice> {
        self.look(&mut candidate, pages)
            .map_err(|kind| Notice::new(&candidate.path, kind))
    }

    /// What is there about a folder.
    pub(super) fn folder(self, candidate: Candidate, details: Details) -> GatheredFile {
        let xattrs = match self.xattrs {
            true => xattrs::of_path(&candidate.path, self.dereference),
            false => Ok(Vec::new()),
        };
        GatheredFile {
            path: candidate.path,
            name: candidate.name,
            details,
            link: Vec::new(),
            content: Content::None,
            notice: xattrs
                .as_ref()
                .err()
                .map(|e| NoticeKind::Unreadable(again(e))),
            xattrs: xattrs.unwrap_or_default(),
        }
    }

    /// Takes the names out of the candidate once nothing that follows can fail.
    fn look(
        self,
        candidate: &mut Candidate,
        pages: &mut Pages,
    ) -> Result<GatheredFile, NoticeKind> {
        if candidate.is_file {
            return self.file(candidate, pages);
        }
        let details = self.details(&candidate.path).map_err(unreadable)?;
        match details.kind {
            Some(Kind::File) => self.file(candidate, pages),
            Some(Kind::Symlink) => {
                let target = fs::read_link(&candidate.path).map_err(unreadable)?;
                let link = text::bytes_of(target.as_os_str()).ok_or(NoticeKind::NoName)?;
                let link = link.into_owned();
                let found = self.folder(mem::take(candidate), details);
                Ok(GatheredFile { link, ..found })
            }
            Some(Kind::Directory) => Err(replaced()),
            Some(_) => Ok(self.folder(mem::take(candidate), details)),
            None => Err(NoticeKind::Socket),
        }
    }

    fn file(
        self,
        candidate: &mut Candidate,
        pages: &mut Pages,
    ) -> Result<GatheredFile, NoticeKind> {
        let path = &candidate.path;
        let file = metadata::open(path, self.dereference).map_err(unreadable)?;
        // The header comes before the data, so it has the metadata of the open file.
        let details = Details::of_file(path, &file).map_err(unreadable)?;
        if details.kind != Some(Kind::File) {
            return Err(replaced());
        }
        let mut notice = None;
        let xattrs = match self.xattrs {
            true => xattrs::of_file(&file).unwrap_or_else(|e| {
                notice = Some(NoticeKind::Unreadable(e));
                Vec::new()
            }),
            false => Vec::new(),
        };
        let map = match self.sparse {
            true => Map::of(&file, details.size).map_err(unreadable)?,
            false => None,
        };
        let content = match map {
            _ if self.dry_run => Content::None,
            None if details.size <= SMALL => {
                let (range, odd) = pages.add(&file, details.size);
                let has_changed = || Details::has_changed(path, &file, details.mtime);
                notice = odd
                    .or_else(|| has_changed().then_some(NoticeKind::Changed))
                    .or(notice);
                Content::Bytes(range)
            }
            map => Content::File(Arc::new(file), map),
        };
        Ok(GatheredFile {
            path: mem::take(&mut candidate.path),
            name: mem::take(&mut candidate.name),
            details,
            link: Vec::new(),
            xattrs,
            content,
            notice,
        })
    }
}

fn unreadable(error: io::Error) -> NoticeKind {
    NoticeKind::Unreadable(error)
}

fn replaced() -> NoticeKind {
    unreadable(io::Error::other("it was replaced while it was looked at"))
}

fn again(error: &io::Error) -> io::Error {
    error.kind().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    #[test]
    fn what_a_file_lacks_is_zeros_and_what_it_has_too_much_is_cut() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        let mut pages = Pages {
            bytes: vec![0xff; 64],
            used: 0,
        };
        for (size, expected) in [(5, &b"abc\0\0"[..]), (3, b"abc"), (2, b"ab"), (0, b"")] {
            file.rewind().unwrap();
            let (range, notice) = pages.add(&file, size);
            assert_eq!(pages.get(range), expected);
            match size {
                5 => assert!(matches!(notice, Some(NoticeKind::Shrunk { missing: 2 }))),
                3 => assert!(notice.is_none()),
                _ => assert!(matches!(notice, Some(NoticeKind::Grown))),
            }
        }
        assert_eq!(pages.used, 10);
    }
}
