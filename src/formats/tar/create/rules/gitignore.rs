//! What the `.gitignore` files of folders leave out.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The files of the folders that the last file asked for lies in.
///
/// Files are asked for folder by folder and depth first, so that no more than these are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Gitignores {
    /// What is being added; folders above it don't count.
    root: PathBuf,
    /// From the outermost folder to the innermost.
    folders: Vec<(PathBuf, Gitignore)>,
}

/// A larger file isn't one that somebody wrote.
const MOST: u64 = 1 << 20;

impl Gitignores {
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
            self.folders.push((folder.to_owned(), read(folder)));
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
fn read(folder: &Path) -> Gitignore {
    let path = folder.join(".gitignore");
    // Anything else might be endless, or keep whoever opens it waiting.
    let is_file = path.symlink_metadata();
    if !is_file.is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST) {
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new(folder);
    builder.add(path);
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
