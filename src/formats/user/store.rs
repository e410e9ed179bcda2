//! Keeping a format: a file of formats of its own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::converted::toml_text;
use super::{Error, Known};
use crate::output::AtomicFile;

/// Keeps a format under a name, as a file of its own in a folder, which is made where it is missing; answers
/// which file.
///
/// ```
/// use bytewright::formats::user::{Known, store};
///
/// let folder = tempfile::tempdir()?;
/// let path = store(folder.path(), "point", "<H:x H:y")?;
/// assert!(Known::load(&[path])?.get("point").is_some());
/// assert!(store(folder.path(), "point", "<I:x I:y").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where a file of that name is there, the name or the format is wrong, and those of writing the file.
pub fn store(folder: &Path, name: &str, format: &str) -> Result<PathBuf, Error> {
    let path = folder.join(format!("{name}.toml"));
    if path.exists() {
        let message = "it is there already; take another name";
        return Err(Error::entry(&path, None, message));
    }
    let (name, format) = (toml_text(name), toml_text(format));
    let text = format!("[formats.{name}]\nformat = {format}\n");
    // The text is read once, so that no broken file is stored.
    Known::from_text(&path, &text)?;
    fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
    let written = AtomicFile::create(&path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync()?;
        file.commit()
    });
    match written {
        Ok(()) => Ok(path),
        Err(error) => Err(Error::io(&path, error)),
    }
}
