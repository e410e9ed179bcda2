//! Extracting members into a folder, and refusing whatever would leave it.
//!
//! What is allowed is what Python's filter of the same name allows, and less: parents are opened
//! by descriptor and, unless the archive is trusted, never through a symbolic link, so that a
//! link swapped in meanwhile isn't followed either.

#[cfg(not(unix))]
mod portable;
#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

mod collisions;
mod destination;
mod limits;
mod linking;
pub(crate) mod links;
mod owners;
mod policy;
mod preview;
mod refusal;
mod warning;
mod writer;

use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::archive::Archive;
use super::content::Content;
use super::error::{Error, ErrorKind};
use super::input::fill;
use super::member::{Kind, Member};
use super::member_path::split;
use super::sparse::Piece;
use crate::offset::Tally;
use collisions::Collisions;
use destination::Destination;
use links::Tree as _;
use owners::Owners;
use policy::Attributes;
use refusal::Failure;
use writer::{Job, SMALL, Target, Writer};

pub use limits::Limits;
pub use policy::{Existing, Filter, Policy};
pub use preview::Preview;
pub use refusal::Refusal;
pub use warning::Warning;

/// What became of a member.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is there.
    Extracted,
    /// It has no more parts than were to be stripped.
    Stripped,
    /// What was there before was to be kept.
    Kept,
    /// It is nothing that becomes a file: the label of a volume, the rest of a file that began in
    /// another volume, a list of long names.
    PassedOver,
    /// It isn't there, and why.
    Refused(Refusal),
}

impl Outcome {
    /// Whether the member isn't there because it was refused.
    pub fn is_refused(&self) -> bool {
        matches!(self, Outcome::Refused(_))
    }
}

/// Extracts an archive into an existing folder, and reports on each member; answers how many were
/// refused.
///
/// ```
/// use bytewright::formats::tar::{self, Archive, Outcome, Policy};
///
/// # let bytes = vec![0u8; 1024];
/// # let folder = tempfile::tempdir()?;
/// let mut archive = Archive::new(bytes.into())?;
/// let refused = tar::extract(&mut archive, folder.path(), &Policy::default(), &mut |m, outcome| {
///     if let Outcome::Refused(why) = outcome {
///         eprintln!("{}: {why}", String::from_utf8_lossy(&m.name));
///     }
/// })?;
/// assert_eq!(refused, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the archive can't be read on, the disk can't be written to, or a limit is reached. What
/// was extracted until then stays, each file of it whole.
pub fn extract(
    archive: &mut Archive,
    folder: impl AsRef<Path>,
    policy: &Policy,
    report: &mut dyn FnMut(&Member, &Outcome),
) -> Result<u64, Error> {
    let mut extractor = Extractor::with_policy(folder.as_ref(), policy.clone())?;
    let mut refused: u64 = 0;
    let mut all = || -> Result<(), Error> {
        while let Some(member) = archive.next_member()? {
            let outcome = extractor.extract(archive, &member)?;
            report(&member, &outcome);
            if outcome.is_refused() {
                refused.tally(1);
                if policy.stop_on_refused {
                    break;
                }
            }
        }
        Ok(())
    };
    let extracted = all();
    let finished = extractor.finish();
    extracted.and(finished).map(|_| refused)
}

/// Extracts members into a folder, as a [`Policy`] says; by default:
///
/// - `..` in a name is refused; a `/` in front of it is taken off.
/// - No link is followed: neither one that the archive made nor one that was there before.
/// - Links that lead outside, devices and named pipes are refused.
/// - A file gets its permissions without setuid, setgid, sticky and without writing for group
///   and others; its owner may read and write it. A directory gets those of a new one.
/// - A sparse file gets its holes back.
/// - An existing file is replaced, never written through; what is left of a file that can't be
///   written whole is removed.
///
/// Small files are written while the archive is read on: that they are all there is said by
/// [`finish`](Extractor::finish).
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
    policy: Policy,
    /// Where owners are kept: who is who here.
    owners: Option<Owners>,
    /// Directories, which get their attributes after the last member inside them.
    directories: BTreeMap<Vec<u8>, Attributes>,
    collisions: Collisions,
    limits: Limits,
    writer: Writer,
    warnings: Vec<Warning>,
    buffer: Vec<u8>,
}

impl Extractor {
    /// Extracts into an existing folder what may come from strangers.
    ///
    /// # Errors
    ///
    /// When the folder can't be opened.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Extractor, Error> {
        Extractor::with_policy(folder, Policy::default())
    }

    /// Extracts into an existing folder.
    ///
    /// # Errors
    ///
    /// When the folder can't be opened.
    pub fn with_policy(folder: impl Into<PathBuf>, policy: Policy) -> Result<Extractor, Error> {
        let path = folder.into();
        let folder = system::Folder::open(&path, policy.filter == Filter::Trusted)
            .map_err(|e| Error::path(&path, "open", e))?;
        Ok(Extractor {
            writer: Writer::new(path.clone()),
            path,
            folder,
            owners: (policy.keeps_owners())
                .then(|| Owners::of_this_system(system::may_give_away())),
            limits: Limits::new(&policy),
            policy,
            directories: BTreeMap::new(),
            collisions: Collisions::default(),
            warnings: Vec::new(),
            buffer: vec![0; 128 << 10],
        })
    }

    /// Does without the call of Linux that resolves a path beneath a folder, as on kernels that
    /// lack it: for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn without_openat2(mut self) -> Extractor {
        self.folder = self.folder.without_openat2();
        self
    }

    /// What was extracted so far, and what may be. Another extractor that takes these goes on counting: so several that
    /// share the members of an archive keep to one limit.
    pub fn limits(&mut self) -> &mut Limits {
        &mut self.limits
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
    /// When the archive can't be read on, the disk can't be written to, or a limit is reached.
    pub fn extract(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Error> {
        match self.place(archive, member) {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Refused(why)) => Ok(Outcome::Refused(why)),
            Err(Failure::Fatal(error)) => Err(error),
        }
    }

    /// What is worth knowing about members that were extracted since this was asked last.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.writer.take_warnings());
        warnings
    }

    /// Waits for what is still being written, and gives directories the attributes that
    /// extracting into them would have changed, or forbidden. Answers the last warnings.
    ///
    /// # Errors
    ///
    /// When a file can't be written.
    pub fn finish(mut self) -> Result<Vec<Warning>, Error> {
        let written = self.drain();
        // Children before parents.
        for (name, attributes) in std::mem::take(&mut self.directories).into_iter().rev() {
            let parts = split(&name);
            let unset = self.folder.set_directory(&parts, &attributes);
            Warning::unset(&name, unset, &mut self.warnings);
        }
        written.map(|()| self.take_warnings())
    }

    fn place(&mut self, archive: &mut Archive, member: &Member) -> Result<Outcome, Failure> {
        let parts = match Destination::of(member, &self.policy, &mut self.limits)? {
            Destination::PassedOver => return Ok(Outcome::PassedOver),
            Destination::Stripped => return Ok(Outcome::Stripped),
            Destination::Root => Vec::new(),
            Destination::At(parts) => parts,
        };
        let Some((name, parent)) = parts.split_last() else {
            let root = self.folder.parent(&[])?;
            self.keep_attributes(&[], &root, member);
            return Ok(Outcome::Extracted);
        };
        let known = self.collisions.look(&parts);
        // A link may be one to any file.
        if known.waits || !matches!(member.kind, Kind::Directory | Kind::File) {
            self.drain()?;
        }
        let outcome = match member.kind {
            Kind::Directory => self.directory(member, &parts),
            Kind::File => self.file(archive, member, parent, name, known.is_new),
            Kind::Hardlink => self.hard_link(member, parent, name),
            _ => self.other(member, parent, name),
        };
        if outcome.is_err() {
            // They may have been made for it.
            self.collisions.take_directories();
        }
        let outcome = outcome?;
        if self.collisions.add() {
            let name = member.name.clone();
            Warning::append(&mut self.warnings, [Warning::Collides { name }]);
        }
        Ok(outcome)
    }

    fn directory(&mut self, member: &Member, parts: &[&[u8]]) -> Result<Outcome, Failure> {
        let keeps = !matches!(self.policy.existing, Existing::Replace);
        if keeps && self.folder.is_directory(parts) {
            return Ok(Outcome::Kept);
        }
        // Nobody else sees into one before it has the mode that it is to have.
        let mode = match self.policy.filter {
            Filter::Data => system::NEW,
            _ => 0o700,
        };
        let made = match self.folder.make(parts, mode) {
            Err(why @ (Refusal::NotADirectory(_) | Refusal::ThroughLink(_))) => {
                // A parent that is none is refused as it would be for a file.
                let Some((name, above)) = parts.split_last() else {
                    return Err(why.into());
                };
                let parent = self.folder.parent(above)?;
                // Its time may not be set yet.
                self.drain()?;
                if !self.makes_room(&parent, above, name, member)? {
                    return Ok(Outcome::Kept);
                }
                // The link itself goes, and what it leads to stays as it is.
                system::unlink(&parent, name)?;
                self.folder.link_changed();
                self.folder.make(parts, mode)?
            }
            made => made?,
        };
        self.keep_attributes(parts, &made, member);
        Ok(Outcome::Extracted)
    }

    /// The attributes of users are set at once: kept until the end, they could take any amount of
    /// memory. Others decide what the system gives to the files in a directory, and wait.
    fn keep_attributes(&mut self, parts: &[&[u8]], directory: &system::Directory, member: &Member) {
        let mut attributes = self.attributes(member);
        let xattrs = std::mem::take(&mut attributes.xattrs).into_vec();
        let (now, later): (Vec<_>, Vec<_>) = xattrs
            .into_iter()
            .partition(|(name, _)| name.starts_with(b"user."));
        attributes.xattrs = later.into();
        let unset = system::set_xattrs(directory, &now);
        Warning::unset(&member.name, unset, &mut self.warnings);
        self.directories.insert(parts.join(&b'/'), attributes);
    }

    /// Waits for what is being written.
    fn drain(&mut self) -> Result<(), Error> {
        self.collisions.all_made();
        self.writer.drain()
    }

    fn file(
        &mut self,
        archive: &mut Archive,
        member: &Member,
        above: &[&[u8]],
        name: &[u8],
        is_new: bool,
    ) -> Result<Outcome, Failure> {
        self.limits.file(member.size)?;
        let mut content = match archive.content(member) {
            Ok(content) => content,
            Err(e) => match e.kind() {
                ErrorKind::Sparse(fault) => return Err(Refusal::Sparse(*fault).into()),
                _ => return Err(e.into()),
            },
        };
        let parent = self.folder.parent(above)?;
        let attributes = self.attributes(member);
        // Read before the file is made: an archive that ends here leaves nothing to be removed.
        let small = match !member.sparse && content.size() <= SMALL {
            true => Some(self.read(&mut content)?),
            false => None,
        };
        if is_new
            && self.folder.is_own()
            && collisions::is_simple(name)
            && let Some(data) = small
        {
            self.collisions.leave();
            let file = Target::Free(parent, name.to_vec());
            return self.hand_over(member, file, data, attributes);
        }
        let mut file = match system::NewFile::create(&parent, name)? {
            Some(file) => file,
            None => {
                // Its time may not be set yet.
                self.drain()?;
                if !self.makes_room(&parent, above, name, member)? {
                    return Ok(Outcome::Kept);
                }
                self.folder.link_changed();
                system::NewFile::beside(&parent, name)?
            }
        };
        let written = match small {
            Some(data) if file.is_in_place() => {
                return self.hand_over(member, Target::Made(file), data, attributes);
            }
            Some(data) => (file.file().write_all(data.bytes()))
                .map_err(|e| writer::unwritable(&self.path, &member.name, e)),
            None => self.copy(&mut content, &member.name, &mut file),
        };
        written?;
        let unset = file.finish(&attributes)?;
        Warning::unset(&member.name, unset, &mut self.warnings);
        Ok(Outcome::Extracted)
    }

    fn hand_over(
        &mut self,
        member: &Member,
        file: Target,
        data: writer::Content,
        attributes: Attributes,
    ) -> Result<Outcome, Failure> {
        let name = member.name.clone();
        self.writer.add(Job {
            file,
            name,
            data,
            attributes,
        })?;
        Ok(Outcome::Extracted)
    }

    fn attributes(&mut self, member: &Member) -> Attributes {
        let (attributes, unset) = self.policy.attributes(member, self.owners.as_ref());
        Warning::unset(&member.name, unset, &mut self.warnings);
        attributes
    }

    fn read(&mut self, content: &mut Content<'_, '_>) -> Result<writer::Content, Error> {
        let size = usize::try_from(content.size()).unwrap_or(0);
        let mut data = writer::Content {
            room: self.writer.room(size),
            size,
        };
        let room = data.room.get_mut(..size).unwrap_or_default();
        // Where the archive ends before, that is an error of reading.
        data.size = fill(room, |rest| content.read_some(rest))?;
        let compressed = content.compressed_position();
        self.limits.written(size as u64, compressed)?;
        Ok(data)
    }

    /// Piece by piece, with holes where the member has them.
    fn copy(
        &mut self,
        content: &mut Content<'_, '_>,
        name: &[u8],
        file: &mut system::NewFile,
    ) -> Result<(), Error> {
        let path = self.path.clone();
        let unwritable = |e| writer::unwritable(&path, name, e);
        if *content.pieces() != [Piece::new(0, content.size())] {
            // Sizes that the file system can't hold are refused before anything is written.
            let sized = file.file().set_len(content.size());
            sized.map_err(unwritable)?;
        }
        loop {
            if content.skip_hole() > 0 {
                let to = SeekFrom::Start(content.position());
                file.file().seek(to).map_err(unwritable)?;
            }
            let read = content.read_some(&mut self.buffer)?;
            let Some(bytes) = self.buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            let compressed = content.compressed_position();
            self.limits.written(read as u64, compressed)?;
            file.file().write_all(bytes).map_err(unwritable)?;
        }
    }

    /// Whether what has a member's name is to go; `false` where it is to stay. An empty directory
    /// goes at once, as nothing else can take its place.
    fn makes_room(
        &mut self,
        parent: &system::Directory,
        above: &[&[u8]],
        name: &[u8],
        member: &Member,
    ) -> Result<bool, Refusal> {
        let present = system::present(parent, name);
        let goes = self.policy.makes_room(present.as_ref(), member)?;
        if goes && present.is_some_and(|present| present.is_directory) {
            system::remove_empty(parent, name)?;
            let path = [above, &[name]].concat().join(&b'/');
            self.folder.removed(&path);
            self.directories.remove(&path);
        }
        Ok(goes)
    }
}
