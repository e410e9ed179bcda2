//! Which descriptions there are in files and folders that are named.

use std::io;
use std::path::{Path, PathBuf};

use super::{Error, Kaitai};
use crate::offset::Position;

/// The most descriptions that are looked at in folders, and how deep these are looked into: the public
/// collection has some hundred, two folders deep.
const MAX_FILES: usize = 4096;
const MAX_DEPTH: usize = 8;

/// The descriptions in files and in folders, and the folders themselves, where imports are found.
///
/// ```
/// use bytewright::formats::kaitai::Descriptions;
///
/// let none = Descriptions::find(&["formats.toml".into()])?;
/// assert!(none.files().is_empty() && none.named("png").is_none());
/// # Ok::<(), bytewright::formats::kaitai::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Descriptions {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Descriptions {
    /// Those that are named by paths of files that end in `.ksy`, or are in folders; other files are
    /// left alone.
    ///
    /// # Errors
    ///
    /// When a folder can't be read, or more than 4,096 descriptions are found.
    pub fn find(given: &[PathBuf]) -> Result<Descriptions, Error> {
        let mut found = Descriptions::default();
        for path in given {
            if is_description(path) {
                found.files.push(path.clone());
                found.folders.extend(path.parent().map(Path::to_owned));
            } else if path.is_dir() {
                found.folders.push(path.clone());
                found.gather(path)?;
            }
        }
        Ok(found)
    }

    fn gather(&mut self, folder: &Path) -> Result<(), Error> {
        let mut waiting = vec![(folder.to_owned(), 0usize)];
        while let Some((folder, depth)) = waiting.pop() {
            let entries = entries(&folder).map_err(|error| Error::io(&folder, error))?;
            for (path, is_folder) in entries {
                if is_folder && depth < MAX_DEPTH {
                    waiting.push((path, depth.past(1)));
                } else if is_description(&path) {
                    self.files.push(path);
                }
                if self.files.len() > MAX_FILES {
                    let message = format!("more than {MAX_FILES} descriptions");
                    return Err(Error::new(&folder, None, message));
                }
            }
        }
        Ok(())
    }

    /// The files, in the order of their names in each folder.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Where imports are found.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The file of that name, without `.ksy`: what it describes is called as the file is.
    pub fn named(&self, name: &str) -> Option<&Path> {
        let is_named = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
        self.files.iter().find(is_named).map(PathBuf::as_path)
    }

    /// All valid descriptions; a broken one is only an error for callers that ask for it.
    pub fn usable(&self) -> impl Iterator<Item = Kaitai> + '_ {
        let opened = self.files.iter();
        opened.filter_map(|path| Kaitai::open(path, &self.folders).ok())
    }
}

/// Whether a path is that of a description: it ends in `.ksy`.
pub fn is_description(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ksy")
}

/// By name, with whether it is a folder. Links to folders aren't followed.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?.is_dir()));
    }
    entries.sort();
    Ok(entries)
}
