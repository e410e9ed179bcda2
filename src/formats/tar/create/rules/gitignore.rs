//! What the `.gitignore` files of folders leave out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::formats::tar::create::{Notice, NoticeKind};

/// The files of the folders that the last file asked for lies in.
///
/// Files are asked for folder by folder and depth first, so that no more than these are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Gitignores {
    /// What is being added; folders above it don't count.
    root: PathBuf,
    /// From the outermost folder to the innermost.
    folders: Vec<(PathBuf, Gitignore)>,
    unread: Unread,
}

/// The `.gitignore` files that could not be followed, reported to the builder while the rules are in use.
#[derive(Clone, Debug, Default)]
pub(in crate::formats::tar::create) struct Unread(Arc<Mutex<Vec<Notice>>>);

impl Unread {
    fn push(&self, path: &Path, why: &'static str) {
        let notice = Notice::new(path, NoticeKind::Gitignore(why));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(notice);
    }

    /// What was found since the last call.
    pub(in crate::formats::tar::create) fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bytes of a file that are compiled into patterns.
const MOST: u64 = 1 << 20;

impl Gitignores {
    pub(super) fn unread(&self) -> Unread {
        self.unread.clone()
    }

    /// Whether a file is left out.
    pub(super) fn ignore(&mut self, path: &Path, is_folder: bool) -> bool {
        if !path.starts_with(&self.root) || self.root.as_os_str().is_empty() || path == self.root {
            path.clone_into(&mut self.root);
            self.folders.clear();
            return false;
        }
        let Some(folder) = path.parent() else {
            return false;
        };
        while self
            .folders
            .last()
            .is_some_and(|(last, _)| !folder.starts_with(last))
        {
            self.folders.pop();
        }
        if self.folders.last().is_none_or(|(last, _)| last != folder) {
            let gitignore = match read(folder) {
                Ok(gitignore) => gitignore,
                Err(why) => {
                    self.unread.push(&folder.join(".gitignore"), why);
                    Gitignore::empty()
                }
            };
            self.folders.push((folder.to_owned(), gitignore));
        }
        // The innermost one that says something counts.
        let mut found = self.folders.iter().rev();
        let decided = found.find_map(|(_, gitignore)| match gitignore.matched(path, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        });
        decided.unwrap_or(false)
    }
}

/// The file of a folder, if it has one. As git does, lines that mean nothing are read over.
fn read(folder: &Path) -> Result<Gitignore, &'static str> {
    let path = folder.join(".gitignore");
    let Ok(metadata) = path.symlink_metadata() else {
        return Ok(Gitignore::empty());
    };
    if metadata.is_symlink() {
        return Err("it is a link, and git follows none");
    }
    // Anything else might be endless, or keep its reader waiting.
    if !metadata.is_file() {
        return Err("it is no file");
    }
    if metadata.len() > MOST {
        return Err("it has over 1 MiB");
    }
    let mut builder = GitignoreBuilder::new(folder);
    if builder
        .add(path)
        .is_some_and(|error| error.io_error().is_some())
    {
        return Err("it can't be read");
    }
    Ok(builder.build().unwrap_or_else(|_| Gitignore::empty()))
}
