//! `PATH=ARCNAME`: a path and the name it is to have, in one argument.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::formats::tar::text;
use crate::offset::Position;

/// The name that a file or folder is to have in an archive.
///
/// ```
/// use bytewright::formats::tar::Arcname;
///
/// assert_eq!(Arcname::from("newfile").name(), Some("newfile".as_ref()));
/// assert_eq!(Arcname::of_path().name(), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arcname(Option<PathBuf>);

impl Arcname {
    /// That of its path, without drive and without `/` in front.
    pub fn of_path() -> Arcname {
        Arcname(None)
    }

    /// The name that was asked for; `None` for that of the path.
    pub fn name(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Arcname {
    fn from(name: &P) -> Arcname {
        Arcname(Some(name.as_ref().to_owned()))
    }
}

impl From<Option<&Path>> for Arcname {
    fn from(name: Option<&Path>) -> Arcname {
        Arcname(name.map(Path::to_owned))
    }
}

/// Takes an argument apart into a path and an arcname.
///
/// A path that is there, as `exists` tells, is one, whatever it holds. Otherwise the argument is
/// cut at the first `=` that has an existing path before it; and where there is none such, at
/// the first `=` at all.
///
/// ```
/// use std::path::Path;
/// use bytewright::formats::tar::path_and_arcname;
///
/// let exists = |path: &Path| path == Path::new("a=b") || path == Path::new("src");
/// let (path, arcname) = path_and_arcname("src=newfile".as_ref(), exists);
/// assert_eq!((path, arcname), ("src".into(), Some("newfile".into())));
/// let (path, arcname) = path_and_arcname("a=b".as_ref(), exists);
/// assert_eq!((path, arcname), ("a=b".into(), None));
/// let (path, arcname) = path_and_arcname("a=b=c".as_ref(), exists);
/// assert_eq!((path, arcname), ("a=b".into(), Some("c".into())));
/// ```
pub fn path_and_arcname(
    argument: &OsStr,
    exists: impl Fn(&Path) -> bool,
) -> (PathBuf, Option<PathBuf>) {
    let whole = (PathBuf::from(argument), None);
    if exists(&whole.0) {
        return whole;
    }
    let Some(bytes) = text::bytes_of(argument) else {
        return whole;
    };
    let owned =
        |bytes: &[u8]| text::os_str(bytes).map(|name| PathBuf::from(OsString::from(&*name)));
    let cut_at = |at: usize| {
        let path = owned(bytes.get(..at)?)?;
        let arcname = owned(bytes.get(at.past(1)..)?)?;
        Some((path, Some(arcname)))
    };
    let signs = || bytes.iter().enumerate().filter(|(_, byte)| **byte == b'=');
    let mut cuts = signs().filter_map(|(at, _)| cut_at(at));
    let found = cuts.find(|(path, _)| exists(path));
    let first = || signs().find_map(|(at, _)| cut_at(at));
    found.or_else(first).unwrap_or(whole)
}
