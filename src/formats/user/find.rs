//! Which files of formats there are.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::Error;

/// The file that describes the formats of a folder and of those below it.
const NAME: &str = "bytewright.toml";

/// The most files that are read from the configuration folder.
pub const FOLDER_FILES: usize = 256;

/// The files of formats for work in `folder`, the nearest first: those that were `given`, the
/// first `bytewright.toml` in `folder` or above it, and every `*.toml` of the folder
/// `configuration`, by name. Nothing but folders is read.
///
/// # Errors
///
/// When the configuration folder is there and can't be read, or holds more than
/// [`FOLDER_FILES`] files.
pub fn discover(
    given: &[PathBuf],
    folder: Option<&Path>,
    configuration: Option<&Path>,
) -> Result<Vec<PathBuf>, Error> {
    let mut files = given.to_vec();
    let above = folder.into_iter().flat_map(Path::ancestors);
    files.extend(above.map(|f| f.join(NAME)).find(|file| file.is_file()));
    if let Some(configuration) = configuration {
        files.extend(tomls(configuration)?);
    }
    Ok(files)
}

/// The folder of the user's own formats: `bytewright` in `$XDG_CONFIG_HOME`, or else in
/// `~/.config`, on Windows in `%APPDATA%`. It need not exist.
pub fn configuration_folder() -> Option<PathBuf> {
    let absolute = |name| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let base = absolute("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) {
            absolute("APPDATA")
        } else {
            Some(std::env::home_dir()?.join(".config"))
        }
    });
    Some(base?.join("bytewright"))
}

/// The files of formats in a folder, by name.
///
/// # Errors
///
/// When it can't be read, or holds more than [`FOLDER_FILES`] files.
pub fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    tomls(folder)
}

fn tomls(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let names = match names(folder) {
        Ok(names) => names,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(Error::io(folder, e)),
    };
    if names.len() > FOLDER_FILES {
        let message = format!("more than {FOLDER_FILES} files of formats");
        return Err(Error::entry(folder, None, message));
    }
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// By name, and one more than the limit at most.
fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let path = Path::new(&name);
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            names.push(name);
        }
        if names.len() > FOLDER_FILES {
            break;
        }
    }
    names.sort();
    Ok(names)
}
