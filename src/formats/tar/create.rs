//! Making an archive out of files, under the names they are to have in it.

mod argument;
mod entry;
mod metadata;
mod notice;
mod owners;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::{Error, ErrorKind};
use super::header::Header;
use super::member::Kind;
use super::text;
use entry::Entry;
use metadata::{Details, Identity};
use owners::Owners;

pub use argument::path_and_arcname;
pub use notice::{Notice, NoticeKind};

/// Writes an archive in pax format: ustar headers, with a record before them only for what they
/// can't hold.
///
/// Names follow Python's `tarfile.add(path, arcname)`:
///
/// ```
/// use bytewright::formats::tar::{Archive, Builder};
/// # let home = tempfile::tempdir()?;
/// # let files = home.path().join("files");
/// # std::fs::create_dir_all(files.join("sub"))?;
/// # std::fs::write(files.join("sub/b"), "content")?;
///
/// let mut builder = Builder::new(Vec::new());
/// builder.add(&files, Some("newfile".as_ref()), &mut |notice| eprintln!("{notice}"))?;
/// let bytes = builder.finish()?;
///
/// let mut archive = Archive::new(bytes.into())?;
/// let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
/// assert_eq!(names, [&b"newfile/"[..], b"newfile/sub/", b"newfile/sub/b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Builder<W: Write> {
    tar: tar::Builder<W>,
    recursive: bool,
    dereference: bool,
    hard_links: bool,
    allow_parent: bool,
    owners: Owners,
    /// Files that are not to be in the archive: the archive itself. Each with whether somebody
    /// is to be told that it is left out.
    own: Vec<(Identity, bool)>,
    /// The first names of files that have more than one.
    names: HashMap<Identity, Vec<u8>>,
    said_slash: bool,
}

impl<W: Write> std::fmt::Debug for Builder<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// A file that still is to be added.
struct Pending {
    path: PathBuf,
    name: Vec<u8>,
    /// How many folders that are being added it lies in.
    depth: usize,
}

impl<W: Write> Builder<W> {
    /// Writes to `out`, which is best buffered.
    pub fn new(out: W) -> Builder<W> {
        Builder {
            tar: tar::Builder::new(out),
            recursive: true,
            dereference: false,
            hard_links: true,
            allow_parent: false,
            owners: Owners::of_this_system(),
            own: Vec::new(),
            names: HashMap::new(),
            said_slash: false,
        }
    }

    /// Whether a folder's content is added with it. It is, unless said otherwise.
    #[must_use]
    pub fn recursive(mut self, yes: bool) -> Self {
        self.recursive = yes;
        self
    }

    /// Whether what a symbolic link leads to is added in its place.
    #[must_use]
    pub fn dereference(mut self, yes: bool) -> Self {
        self.dereference = yes;
        self
    }

    /// Whether a second name of one file is added as a link to the first. It is, unless said
    /// otherwise, or links are [dereferenced](Builder::dereference).
    #[must_use]
    pub fn hard_links(mut self, yes: bool) -> Self {
        self.hard_links = yes;
        self
    }

    /// Whether `..` may stand in names. Such members are refused by most readers.
    #[must_use]
    pub fn allow_parent(mut self, yes: bool) -> Self {
        self.allow_parent = yes;
        self
    }

    /// Leaves a file out wherever it is found: the archive that is being written, and the one it
    /// is going to replace. One that isn't there is no error.
    pub fn leave_out(&mut self, path: &Path) {
        let details = fs::metadata(path).and_then(|metadata| Details::of(path, &metadata));
        self.own
            .extend(details.ok().map(|details| (details.identity, true)));
    }

    /// Leaves an open file out wherever it is found, and says nothing of it, on systems where an
    /// open file tells which it is: all but Windows.
    pub fn leave_out_file(&mut self, file: &File) {
        let details = file
            .metadata()
            .and_then(|metadata| Details::of(Path::new(""), &metadata));
        self.own
            .extend(details.ok().map(|details| (details.identity, false)));
    }

    /// Adds a file or a folder, by the name `arcname`, or by its path. What is below a folder
    /// gets the folder's name before its own; children are added in the order of their names.
    ///
    /// In a name, `/` stands between parts, and none in front. An empty name adds a folder's
    /// children without the folder.
    ///
    /// `notice` learns what is left out or changed while it was read; the archive is valid
    /// nevertheless.
    ///
    /// # Errors
    ///
    /// When `path` isn't there, its name has `..` in it, or the archive can't be written.
    pub fn add(
        &mut self,
        path: impl AsRef<Path>,
        arcname: Option<&Path>,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        let path = path.as_ref();
        let (mut name, stripped) = member_name(arcname.unwrap_or(path))?;
        if stripped && !std::mem::replace(&mut self.said_slash, true) {
            notice(Notice::new(
                arcname.unwrap_or(path),
                NoticeKind::LeadingSlash,
            ));
        }
        if !self.allow_parent && name.split(|&b| b == b'/').any(|part| part == b"..") {
            let reason = "a name with .. in it is refused by most readers; give it another one \
                          (arcname), or allow it (allow-parent)";
            return Err(Error::new(ErrorKind::Name { name, reason }));
        }
        let found = self.look(path).map_err(|e| Error::path(path, "read", e))?;
        if name.is_empty() && found.kind != Some(Kind::Directory) {
            let reason = "only a folder can have an empty name, for its content";
            return Err(Error::new(ErrorKind::Name { name, reason }));
        }
        // Behind the name of anything but a folder, a / would make a folder of it for others.
        while found.kind != Some(Kind::Directory) && name.ends_with(b"/") {
            name.pop();
        }
        let mut folders: Vec<Identity> = Vec::new();
        let mut pending = vec![Pending {
            path: path.to_owned(),
            name,
            depth: 0,
        }];
        while let Some(next) = pending.pop() {
            folders.truncate(next.depth);
            let details = match self.look(&next.path) {
                Ok(details) => details,
                Err(e) => {
                    notice(Notice::new(&next.path, NoticeKind::Unreadable(e)));
                    continue;
                }
            };
            if details.kind != Some(Kind::Directory) {
                self.add_one(&next, &details, notice)?;
                continue;
            }
            if folders.contains(&details.identity) {
                notice(Notice::new(&next.path, NoticeKind::Loop));
                continue;
            }
            self.add_folder(&next, &details)?;
            if self.recursive {
                folders.push(details.identity);
                match children(&next) {
                    Ok(children) => pending.extend(children.into_iter().rev()),
                    Err(e) => notice(Notice::new(&next.path, NoticeKind::Unreadable(e))),
                }
            }
        }
        Ok(())
    }

    /// Writes the end of the archive, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn finish(self) -> Result<W, Error> {
        Ok(self.tar.into_inner()?)
    }

    fn look(&self, path: &Path) -> io::Result<Details> {
        let metadata = match self.dereference {
            true => fs::metadata(path)?,
            false => fs::symlink_metadata(path)?,
        };
        Details::of(path, &metadata)
    }

    fn add_folder(&mut self, next: &Pending, details: &Details) -> Result<(), Error> {
        if next.name.is_empty() {
            return Ok(());
        }
        let mut entry = self.entry(next, details, b'5');
        if !entry.name.ends_with(b"/") {
            entry.name.push(b'/');
        }
        self.write(&entry, io::empty())
    }

    /// Anything but a folder.
    fn add_one(
        &mut self,
        next: &Pending,
        details: &Details,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        let mut own = self.own.iter_mut();
        if let Some((_, tell)) = own.find(|(own, _)| *own == details.identity) {
            if std::mem::take(tell) {
                notice(Notice::new(&next.path, NoticeKind::OwnArchive));
            }
            return Ok(());
        }
        let linked = self.hard_links && !self.dereference && details.names > 1;
        if linked && let Some(first) = self.names.get(&details.identity) {
            let link = first.clone();
            let entry = Entry {
                link,
                size: 0,
                ..self.entry(next, details, b'1')
            };
            return self.write(&entry, io::empty());
        }
        match details.kind {
            Some(Kind::File) => {
                if !self.add_file(next, notice)? {
                    return Ok(());
                }
            }
            Some(Kind::Symlink) => {
                let target = match fs::read_link(&next.path) {
                    Ok(target) => target,
                    Err(e) => {
                        notice(Notice::new(&next.path, NoticeKind::Unreadable(e)));
                        return Ok(());
                    }
                };
                let Some(link) = text::bytes_of(target.as_os_str()) else {
                    notice(Notice::new(&next.path, NoticeKind::NoName));
                    return Ok(());
                };
                let entry = Entry {
                    link: link.into_owned(),
                    ..self.entry(next, details, b'2')
                };
                self.write(&entry, io::empty())?;
            }
            Some(Kind::CharDevice) => self.write(&self.entry(next, details, b'3'), io::empty())?,
            Some(Kind::BlockDevice) => self.write(&self.entry(next, details, b'4'), io::empty())?,
            Some(Kind::Fifo) => self.write(&self.entry(next, details, b'6'), io::empty())?,
            _ => {
                notice(Notice::new(&next.path, NoticeKind::Socket));
                return Ok(());
            }
        }
        if linked {
            let first = details.identity.to_owned();
            self.names.insert(first, next.name.clone());
        }
        Ok(())
    }

    /// `false` where the file isn't added.
    fn add_file(&mut self, next: &Pending, notice: &mut dyn FnMut(Notice)) -> Result<bool, Error> {
        // The header is written before the data: it says what the open file says.
        let opened = metadata::open(&next.path, self.dereference).and_then(|file| {
            let details = Details::of(&next.path, &file.metadata()?)?;
            match details.kind {
                Some(Kind::File) => Ok((file, details)),
                _ => Err(io::Error::other("it was replaced while it was looked at")),
            }
        });
        let (file, details) = match opened {
            Ok(opened) => opened,
            Err(e) => {
                notice(Notice::new(&next.path, NoticeKind::Unreadable(e)));
                return Ok(false);
            }
        };
        let entry = Entry {
            size: details.size,
            ..self.entry(next, &details, b'0')
        };
        let mut content = Content {
            file,
            left: details.size,
            missing: 0,
            error: None,
        };
        self.write(&entry, &mut content)?;
        if let Some(e) = content.error.take() {
            notice(Notice::new(&next.path, NoticeKind::Unreadable(e)));
        } else if content.missing > 0 {
            let missing = content.missing;
            notice(Notice::new(&next.path, NoticeKind::Shrunk { missing }));
        } else if content.file.read(&mut [0]).is_ok_and(|more| more > 0) {
            notice(Notice::new(&next.path, NoticeKind::Grown));
        }
        Ok(true)
    }

    fn entry(&self, next: &Pending, details: &Details, typeflag: u8) -> Entry {
        Entry {
            name: next.name.clone(),
            typeflag,
            size: 0,
            mode: details.mode,
            mtime: details.mtime,
            uid: details.uid,
            gid: details.gid,
            uname: self.owners.user(details.uid),
            gname: self.owners.group(details.gid),
            link: Vec::new(),
            device: details.device,
        }
    }

    fn write(&mut self, entry: &Entry, content: impl Read) -> Result<(), Error> {
        let (pax, header) = entry.headers()?;
        if !pax.is_empty() {
            let records = pax.to_bytes();
            let before = entry::pax_header(records.len() as u64)?;
            self.append(&before, &*records)?;
        }
        self.append(&header, content)
    }

    fn append(&mut self, header: &Header, content: impl Read) -> Result<(), Error> {
        Ok(self
            .tar
            .append(tar::Header::from_byte_slice(header.as_bytes()), content)?)
    }
}

/// A path or an arcname as a member's name, and whether a `/` was taken off its front.
fn member_name(name: &Path) -> Result<(Vec<u8>, bool), Error> {
    let without_drive = match name.components().next() {
        Some(std::path::Component::Prefix(prefix)) => {
            let drive = prefix.as_os_str().len();
            let bytes = text::bytes_of(name.as_os_str());
            bytes.map(|bytes| bytes.get(drive..).unwrap_or_default().to_vec())
        }
        _ => text::bytes_of(name.as_os_str()).map(std::borrow::Cow::into_owned),
    };
    let Some(name) = without_drive else {
        let reason = "the name isn't Unicode";
        let name = name.to_string_lossy().into_owned().into_bytes();
        return Err(Error::new(ErrorKind::Name { name, reason }));
    };
    let start = name.iter().take_while(|&&byte| byte == b'/').count();
    Ok((name.get(start..).unwrap_or_default().to_vec(), start > 0))
}

/// What a folder holds, by name.
fn children(folder: &Pending) -> io::Result<Vec<Pending>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(&folder.path)? {
        let entry = entry?;
        let own = entry.file_name();
        let own = text::bytes_of(&own).ok_or(io::ErrorKind::InvalidFilename)?;
        let slash = match folder.name.last() {
            None | Some(b'/') => &b""[..],
            Some(_) => b"/",
        };
        children.push(Pending {
            path: entry.path(),
            name: [&folder.name, slash, &own].concat(),
            depth: folder.depth.saturating_add(1),
        });
    }
    children.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(children)
}

/// Exactly as many bytes as the header says, whatever the file does meanwhile.
struct Content {
    file: File,
    left: u64,
    /// How many of them were made up.
    missing: u64,
    error: Option<io::Error>,
}

impl Read for Content {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let size = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buf.len());
        let Some(buf) = buf.get_mut(..size).filter(|buf| !buf.is_empty()) else {
            return Ok(0);
        };
        let read = match self.missing {
            0 => match self.file.read(buf) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => return Err(e),
                Err(e) => {
                    self.error = Some(e);
                    0
                }
                Ok(read) => read,
            },
            _ => 0,
        };
        let given = if read == 0 {
            self.missing = self.missing.saturating_add(buf.len() as u64);
            buf.fill(0);
            buf.len()
        } else {
            read
        };
        self.left = self.left.saturating_sub(given as u64);
        Ok(given)
    }
}
