//! Finding the files to add, in the order of their names.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::gather::{Candidate, GatherOptions, GatheredFile};
use super::metadata::{Details, Identity};
use super::{Notice, NoticeKind};
use crate::formats::tar::member::Kind;
use crate::formats::tar::text;

/// Files that are still to be added; the last one comes next.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pending: Vec<Pending>,
    /// The folders that the next file lies in.
    folders: Vec<Identity>,
}

#[derive(Debug)]
struct Pending {
    path: PathBuf,
    name: Vec<u8>,
    depth: usize,
    /// What it is, where its folder says so.
    kind: Option<Kind>,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Step {
    /// A folder; its content follows once it is [entered](Walk::enter).
    Folder(Box<GatheredFile>),
    /// Anything else.
    File(Candidate),
    /// A file that can't be added.
    Not(Notice),
}

impl Walk {
    pub(super) fn of(path: PathBuf, name: Vec<u8>) -> Walk {
        let first = Pending {
            path,
            name,
            depth: 0,
            kind: None,
        };
        Walk {
            pending: vec![first],
            folders: Vec::new(),
        }
    }

    pub(super) fn next(&mut self, options: GatherOptions) -> Option<Step> {
        let Pending {
            path,
            name,
            depth,
            kind,
        } = self.pending.pop()?;
        self.folders.truncate(depth);
        let known = match kind {
            // What a link leads to may be a folder.
            Some(Kind::Symlink) if options.dereference => None,
            kind => kind,
        };
        let is_file = known == Some(Kind::File);
        let candidate = Candidate {
            path,
            name,
            is_file,
        };
        if known.is_some_and(|kind| kind != Kind::Directory) {
            return Some(Step::File(candidate));
        }
        Some(match options.details(&candidate.path) {
            Err(e) => Step::Not(Notice::new(&candidate.path, NoticeKind::Unreadable(e))),
            Ok(details) if details.kind != Some(Kind::Directory) => Step::File(candidate),
            Ok(details) if self.folders.contains(&details.identity) => {
                Step::Not(Notice::new(&candidate.path, NoticeKind::Loop))
            }
            Ok(details) => {
                self.folders.push(details.identity.clone());
                Step::Folder(Box::new(options.folder(candidate, details)))
            }
        })
    }

    /// Goes on with what is in the folder that came last, as far as `takes` wants it.
    pub(super) fn enter(
        &mut self,
        folder: &GatheredFile,
        options: GatherOptions,
        takes: &mut dyn FnMut(&std::path::Path, &[u8], bool) -> bool,
    ) -> io::Result<()> {
        let depth = self.folders.len();
        let slash = match folder.name.last() {
            None | Some(b'/') => &b""[..],
            Some(_) => b"/",
        };
        let mut children = Vec::new();
        for entry in fs::read_dir(&folder.path)? {
            let entry = entry?;
            let own = entry.file_name();
            let own = text::bytes_of(&own).ok_or(io::ErrorKind::InvalidFilename)?;
            let name = [&folder.name, slash, &own].concat();
            let kind = entry.file_type().ok().and_then(|kind| match kind {
                kind if kind.is_file() => Some(Kind::File),
                kind if kind.is_dir() => Some(Kind::Directory),
                kind if kind.is_symlink() => Some(Kind::Symlink),
                _ => None,
            });
            let path = entry.path();
            let is_folder = match kind {
                Some(Kind::Symlink) => options.dereference && path.is_dir(),
                kind => kind == Some(Kind::Directory),
            };
            if takes(&path, &name, is_folder) {
                children.push(Pending {
                    path,
                    name,
                    depth,
                    kind,
                });
            }
        }
        children.sort_unstable_by(|a, b| b.name.cmp(&a.name));
        self.pending.append(&mut children);
        Ok(())
    }

    /// Leaves out what lies on another file system than `device`.
    pub(super) fn is_beyond(details: &Details, device: Option<&Identity>) -> bool {
        device.is_some_and(|device| !details.identity.same_system(device))
    }
}
