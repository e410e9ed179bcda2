//! Extracting members into a folder, and refusing whatever would leave it.
//!
//! What is allowed is what Python's `data` filter allows, and less: parents are opened by
//! descriptor and never through a symbolic link, so that a link swapped in meanwhile isn't
//! followed either.

#[cfg(not(unix))]
mod portable;
#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

mod refusal;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::error::Error;
use super::member::{Kind, Member};
use super::place::{parts_of, stays_inside};
use super::time::Time;

pub use refusal::Refusal;

/// What became of a member.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is there.
    Extracted,
    /// It has no more parts than were to be stripped.
    Stripped,
    /// It isn't there, and why.
    Refused(Refusal),
}

impl Outcome {
    /// Whether the member isn't there because it was refused.
    pub fn is_refused(&self) -> bool {
        matches!(self, Outcome::Refused(_))
    }
}

/// Extracts members into a folder.
///
/// - `..` in a name is refused; a `/` in front of it is taken off.
/// - No link is followed: neither one that the archive made nor one that was there before.
/// - Links that lead outside, devices and named pipes are refused.
/// - A file gets its permissions without setuid, setgid, sticky and without writing for group
///   and others; its owner may read and write it. A directory gets those of a new one.
/// - An existing file is replaced, never written through; a file has its name only once it is
///   whole.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar::{Archive, Extractor, Outcome};
///
/// # let bytes = vec![0u8; 1024];
/// # let folder = tempfile::tempdir()?;
/// let mut archive = Archive::new(Source::from(bytes))?;
/// let mut extractor = Extractor::new(folder.path())?;
/// while let Some(member) = archive.next_member()? {
///     if let Outcome::Refused(why) = extractor.extract(&mut archive, &member)? {
///         eprintln!("{}: {why}", String::from_utf8_lossy(&member.name));
///     }
/// }
/// extractor.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Extractor {
    path: PathBuf,
    folder: system::Folder,
    strip: usize,
    /// Directories whose times are set when nothing is put into them any more.
    times: BTreeMap<Vec<u8>, Time>,
    buffer: Vec<u8>,
}

impl Extractor {
    /// Extracts into an existing folder.
    ///
    /// # Errors
    ///
    /// When the folder can't be opened.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Extractor, Error> {
        let path = folder.into();
        let folder = system::Folder::open(&path).map_err(|e| Error::path(&path, "open", e))?;
        Ok(Extractor {
            path,
            folder,
            strip: 0,
            times: BTreeMap::new(),
            buffer: vec![0; 128 << 10],
        })
    }

    /// Takes this many parts off the front of each name, and of the targets of hard links.
    #[must_use]
    pub fn strip_components(mut self, parts: usize) -> Extractor {
        self.strip = parts;
        self
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// Extracts the member that `archive` gave last. One that is refused leaves nothing behind,
    /// but for folders made for it on the way.
    ///
    /// # Errors
    ///
    /// When the archive can't be read on, or the disk can't be written to.
    pub fn extract(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Error> {
        match self.place(archive, member) {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Refused(why)) => Ok(Outcome::Refused(why)),
            Err(Failure::Fatal(error)) => Err(error),
        }
    }

    /// Sets the times of the directories, which extracting into them has changed.
    ///
    /// # Errors
    ///
    /// The first time that can't be set; the others are set nevertheless.
    pub fn finish(mut self) -> Result<(), Error> {
        let mut result = Ok(());
        // Children before parents.
        for (name, time) in std::mem::take(&mut self.times).into_iter().rev() {
            let parts: Vec<&[u8]> = name
                .split(|&b| b == b'/')
                .filter(|p| !p.is_empty())
                .collect();
            if let Err(e) = self.folder.set_directory_time(&parts, time) {
                let path = self
                    .path
                    .join(super::text::os_str(&name).unwrap_or_default());
                result = result.and(Err(Error::path(&path, "set the time of", e)));
            }
        }
        result
    }

    fn place(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Failure> {
        let parts = parts_of(&member.name)?;
        let Some(parts) = parts
            .get(self.strip..)
            .filter(|p| self.strip == 0 || !p.is_empty())
        else {
            return Ok(Outcome::Stripped);
        };
        let Some((name, parent)) = parts.split_last() else {
            // `./`, the folder itself.
            if member.kind != Kind::Directory {
                return Err(Refusal::Empty.into());
            }
            self.times.insert(Vec::new(), member.mtime);
            return Ok(Outcome::Extracted);
        };
        match member.kind {
            Kind::CharDevice | Kind::BlockDevice | Kind::Fifo => {
                return Err(Refusal::Special(member.kind).into());
            }
            Kind::Other => return Err(Refusal::Unsupported(member.typeflag).into()),
            Kind::File if member.sparse => return Err(Refusal::Sparse.into()),
            Kind::Symlink => self.link_stays_inside(parent, &member.link)?,
            _ => {}
        }
        match member.kind {
            Kind::Directory => {
                self.folder.parent(parts)?;
                self.times.insert(parts.join(&b'/'), member.mtime);
            }
            Kind::Symlink => {
                let parent = self.folder.parent(parent)?;
                system::symlink(&parent, name, &member.link, member.mtime)?;
            }
            Kind::Hardlink => self.hard_link(parent, name, &member.link)?,
            _ => self.file(archive, member, parent, name)?,
        }
        Ok(Outcome::Extracted)
    }

    fn file(
        &mut self,
        archive: &mut Archive,
        member: &Member,
        parent: &[&[u8]],
        name: &[u8],
    ) -> Result<(), Failure> {
        let parent = self.folder.parent(parent)?;
        let mut file = system::NewFile::create(&parent, name)?;
        let mut data = archive.data();
        loop {
            let read = match data.read(&mut self.buffer) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.map_err(Error::from)?,
            };
            let Some(bytes) = self.buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            file.write_all(bytes)
                .map_err(|e| Error::path(&self.path, "write into", e))?;
        }
        Ok(file.finish(permissions(member.mode), member.mtime)?)
    }

    fn hard_link(&mut self, parent: &[&[u8]], name: &[u8], link: &[u8]) -> Result<(), Failure> {
        let target = parts_of(link).map_err(|_| Refusal::LinkOutside(link.to_vec()))?;
        let target = target.get(self.strip..).unwrap_or_default();
        let Some((target_name, target_parent)) = target.split_last() else {
            return Err(Refusal::LinkMissing(link.to_vec()).into());
        };
        let from = self.folder.existing_parent(target_parent)?;
        let Some(from) = from else {
            return Err(Refusal::LinkMissing(link.to_vec()).into());
        };
        // A symbolic link with a second name means something else there: it counts as one that
        // is made there.
        if let Some(symlink) = system::read_link(&from, target_name) {
            self.link_stays_inside(parent, &symlink)?;
        }
        let parent = self.folder.parent(parent)?;
        system::hard_link(&from, target_name, &parent, name).map_err(|why| match why {
            Refusal::LinkMissing(_) => Refusal::LinkMissing(link.to_vec()).into(),
            why => why.into(),
        })
    }

    /// Whether a symbolic link in the folder `parent` can only ever lead into the folder.
    fn link_stays_inside(&self, parent: &[&[u8]], target: &[u8]) -> Result<(), Refusal> {
        stays_inside(parent, target, |at| self.folder.is_directory(at))
    }
}

/// Why a member isn't extracted: it is to blame alone, or nothing else can be extracted either.
enum Failure {
    Refused(Refusal),
    Fatal(Error),
}

impl From<Refusal> for Failure {
    fn from(why: Refusal) -> Failure {
        Failure::Refused(why)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Fatal(error)
    }
}

/// The permissions of an extracted file: as Python's `data` filter has them.
fn permissions(mode: u32) -> u32 {
    let mode = mode & 0o755;
    let executable = mode & 0o100 != 0;
    (if executable { mode } else { mode & !0o111 }) | 0o600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_those_of_the_data_filter() {
        for (mode, expected) in [
            (0o644, 0o644),
            (0o4755, 0o755),
            (0o777, 0o755),
            (0o000, 0o600),
            (0o111, 0o711),
            (0o011, 0o600),
            (0o2664, 0o644),
            (0o400, 0o600),
        ] {
            assert_eq!(permissions(mode), expected, "{mode:o}");
        }
    }
}
