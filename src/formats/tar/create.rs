//! Making an archive out of files, under the names they are to have in it.
//!
//! Files are found one by one ([`walk`]), looked at and, where they are small, read on several
//! threads ([`gather`]); in the order of their names they become members ([`headers`]) and are
//! written ([`sink`]), large ones by several threads again where the archive is a file ([`copy`]).
//! Members that are no files ([`members`]) come from the caller.

mod argument;
mod copy;
mod foreign;
mod gather;
mod headers;
mod members;
mod metadata;
mod new_member;
mod notice;
mod owners;
mod pipeline;
mod preallocation;
#[cfg(feature = "tar-rules")]
mod rules;
mod sink;
mod sparse;
#[cfg(test)]
mod tests;
mod walk;
mod xattrs;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use self::headers::Headers;
use super::error::{Error, ErrorKind};
use super::index::IndexWriter;
use super::member::{Format, Kind};
use super::rewrite::GlobalKeywords;
use super::text;
use super::time::Time;
use crate::parallel::{self, Ordered};
use gather::GatherOptions;
use metadata::{Details, Identity};
use owners::Owners;
use pipeline::{Answer, Job, hash, takes};
use sink::Sink;
use walk::Walk;

pub use argument::{Arcname, path_and_arcname};
pub(super) use foreign::global;
pub use new_member::NewMember;
pub use notice::{Notice, NoticeKind};
#[cfg(feature = "tar-rules")]
pub use rules::{RuleError, Rules};

/// Writes an archive.
///
/// Unless another [format](Builder::format) is asked for, that is pax: ustar headers, with
/// records before them only for what they can't hold.
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
/// builder.add(&files, "newfile", &mut |notice| eprintln!("{notice}"))?;
/// let bytes = builder.finish()?;
///
/// let mut archive = Archive::new(bytes.into())?;
/// let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
/// assert_eq!(names, [&b"newfile/"[..], b"newfile/sub/", b"newfile/sub/b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The same files, under the same names and with the same settings, give the same bytes, however
/// many threads there are.
pub struct Builder<'a, W: Write> {
    sink: Sink<W>,
    pool: Option<Pool>,
    threads: NonZeroUsize,
    settings: Settings,
    owners: Owners,
    select: Option<Box<Select<'a>>>,
    #[cfg(feature = "tar-rules")]
    unread: Option<rules::Unread>,
    filter: Option<Box<Filter<'a>>>,
    only: Option<Box<Only<'a>>>,
    each: Option<Box<Each<'a>>>,
    progress: Option<Box<dyn FnMut(u64) + Send + 'a>>,
    /// Files that are left out of the archive, such as the archive itself, each with whether a notice says so.
    own: Vec<(Identity, bool)>,
    /// The first names of files that have more than one.
    names: HashMap<Identity, Vec<u8>>,
    /// The files that have these names, by the names' hashes.
    firsts: HashMap<u64, Identity>,
    /// Hashes of the names that are taken: eight bytes a member, whatever its name.
    taken: HashSet<u64>,
    index: Option<IndexWriter>,
    /// Those of the last member: their memory is used again.
    headers: Headers,
    /// How many bytes of the archive come before what is written here.
    before: u64,
    globals: GlobalKeywords,
    said_slash: bool,
    /// Bytes that have a place in the archive and aren't copied yet.
    uncopied: u64,
}

type Select<'a> = dyn FnMut(&Path, &[u8], bool) -> bool + Send + 'a;
type Each<'a> = dyn FnMut(&NewMember) + Send + 'a;
type Only<'a> = dyn FnMut(&NewMember) -> bool + Send + 'a;
type Filter<'a> = dyn FnMut(&mut NewMember) -> bool + Send + 'a;
type Pool = Ordered<Job, Answer>;

struct Settings {
    options: GatherOptions,
    format: Format,
    recursive: bool,
    hard_links: bool,
    allow_parent: bool,
    numeric_owner: bool,
    one_file_system: bool,
    reproducible: Option<Time>,
}

impl Settings {
    /// The owners' names, where names are asked for.
    fn named<'o>(&self, owners: &'o Owners) -> Option<&'o Owners> {
        (!self.numeric_owner).then_some(owners)
    }
}

impl<W: Write> std::fmt::Debug for Builder<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder<'_, File> {
    /// Writes into a new, empty file: at positions, on several threads.
    pub fn at(file: File) -> io::Result<Self> {
        Ok(Builder::of(Sink::positions(file.try_clone()?, file)))
    }
}

impl<'a, W: Write> Builder<'a, W> {
    /// Writes to `out`, in large pieces and from front to back.
    pub fn new(out: W) -> Self {
        Builder::of(Sink::stream(out))
    }

    fn of(sink: Sink<W>) -> Self {
        Builder {
            sink,
            pool: None,
            threads: parallel::threads(),
            settings: Settings {
                options: GatherOptions::default(),
                format: Format::Pax,
                recursive: true,
                hard_links: true,
                allow_parent: false,
                numeric_owner: false,
                one_file_system: false,
                reproducible: None,
            },
            owners: Owners::of_this_system(),
            select: None,
            #[cfg(feature = "tar-rules")]
            unread: None,
            filter: None,
            only: None,
            each: None,
            progress: None,
            own: Vec::new(),
            names: HashMap::new(),
            firsts: HashMap::new(),
            taken: HashSet::new(),
            index: None,
            headers: Headers::default(),
            before: 0,
            globals: GlobalKeywords::default(),
            said_slash: false,
            uncopied: 0,
        }
    }

    /// The format of the members: [`Format::Pax`] unless said otherwise. What
    /// [`Format::Ustar`] or [`Format::V7`] can't hold is an error; [`Format::Star`] is written
    /// as pax, which it became.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = format;
        self
    }

    /// How many bytes of the archive come before what is written here: of a [`Appender`](super::Appender),
    /// its [start](super::Appender::start). The whole archive becomes a multiple of 10,240 bytes.
    #[must_use]
    pub fn begins_at(mut self, offset: u64) -> Self {
        self.before = offset;
        self
    }

    /// Whether a folder's content is added with it. It is, unless said otherwise.
    #[must_use]
    pub fn recursive(mut self, yes: bool) -> Self {
        self.settings.recursive = yes;
        self
    }

    /// Whether what a symbolic link leads to is added in its place.
    #[must_use]
    pub fn dereference(mut self, yes: bool) -> Self {
        self.settings.options.dereference = yes;
        self
    }

    /// Whether a second name of one file is added as a link to the first. It is, unless said
    /// otherwise, or links are [dereferenced](Builder::dereference).
    #[must_use]
    pub fn hard_links(mut self, yes: bool) -> Self {
        self.settings.hard_links = yes;
        self
    }

    /// Whether `..` may be in names. Such members are refused by most readers.
    #[must_use]
    pub fn allow_parent(mut self, yes: bool) -> Self {
        self.settings.allow_parent = yes;
        self
    }

    /// Whether the holes of files are left out, where the system tells them and the format (pax
    /// or GNU) has a map for them.
    #[must_use]
    pub fn sparse(mut self, yes: bool) -> Self {
        self.settings.options.sparse = yes;
        self
    }

    /// Whether extended attributes are added, access control lists among them. Only the pax
    /// format holds them.
    #[must_use]
    pub fn xattrs(mut self, yes: bool) -> Self {
        self.settings.options.xattrs = yes;
        self
    }

    /// Whether owners go by their numbers alone.
    #[must_use]
    pub fn numeric_owner(mut self, yes: bool) -> Self {
        self.settings.numeric_owner = yes;
        self
    }

    /// Whether folders on another file system than the one they were found from stay empty.
    #[must_use]
    pub fn one_file_system(mut self, yes: bool) -> Self {
        self.settings.one_file_system = yes;
        self
    }

    /// The same tree gives the same bytes on any machine: every member has this time, the owner
    /// 0 without a name, and the mode 0644, or 0755 where its owner may execute it and for
    /// folders. No hard links, sparse maps, or extended attributes.
    #[must_use]
    pub fn reproducible(mut self, time: Time) -> Self {
        self.settings.reproducible = Some(time);
        self.settings.hard_links = false;
        self.settings.options.sparse = false;
        self.settings.options.xattrs = false;
        self
    }

    /// How many threads there are to look at files, and to copy them.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Decides before a file is looked at whether it is added: by its path, its name in the
    /// archive, and whether it is known to be a folder. What is in a folder that isn't taken is
    /// left out too.
    #[must_use]
    pub fn select(mut self, select: impl FnMut(&Path, &[u8], bool) -> bool + Send + 'a) -> Self {
        self.select = Some(Box::new(select));
        self
    }

    /// Changes members before they are added, or leaves them out, as the `filter` of Python's
    /// `tarfile.add` does. What is in a folder that is left out is left out too; a member whose
    /// name is made empty is left out alone. A name that got a `..` is an error, unless that is
    /// [allowed](Builder::allow_parent).
    ///
    /// ```
    /// use bytewright::formats::tar::{Archive, Builder};
    /// # let home = tempfile::tempdir()?;
    /// # for name in ["a.c", "a.o"] { std::fs::write(home.path().join(name), "")?; }
    ///
    /// let mut builder = Builder::new(Vec::new()).filter(|member| {
    ///     member.uid = 0;
    ///     !member.name.ends_with(b".o")
    /// });
    /// builder.add(home.path(), "src", &mut |_| {})?;
    /// let mut archive = Archive::new(builder.finish()?.into())?;
    /// let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
    /// assert_eq!(names, [&b"src/"[..], b"src/a.c"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: impl FnMut(&mut NewMember) -> bool + Send + 'a) -> Self {
        self.filter = Some(Box::new(filter));
        self
    }

    /// Decides, after everything else, which members are added. It is called for the content of folders that aren't
    /// added, too.
    #[must_use]
    pub fn only(mut self, only: impl FnMut(&NewMember) -> bool + Send + 'a) -> Self {
        self.only = Some(Box::new(only));
        self
    }

    /// Sets a callback for each member that is added.
    #[must_use]
    pub fn each(mut self, each: impl FnMut(&NewMember) + Send + 'a) -> Self {
        self.each = Some(Box::new(each));
        self
    }

    /// Finds out what would be added, for [`Builder::each`], and adds nothing: neither is the
    /// content of files read, nor anything written.
    ///
    /// ```
    /// use bytewright::formats::tar::Builder;
    /// # let home = tempfile::tempdir()?;
    /// # std::fs::write(home.path().join("a"), "content")?;
    ///
    /// let mut found = Vec::new();
    /// let mut builder = Builder::new(std::io::sink())
    ///     .dry_run(true)
    ///     .each(|member| found.push((member.name.clone(), member.size)));
    /// builder.add(home.path(), "new", &mut |_| {})?;
    /// drop(builder);
    /// assert_eq!(found, [(b"new".to_vec(), 0), (b"new/a".to_vec(), 7)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.settings.options.dry_run = yes;
        self
    }

    /// Sets a callback for the size of the archive so far, called now and then, also while large files are copied.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Whether an [index](super::Index) of the members is kept, for the end of a gzip stream.
    #[must_use]
    pub fn indexed(mut self, yes: bool) -> Self {
        self.index = yes.then(IndexWriter::default);
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
    /// In a name, `/` lies between parts, and none in front. An empty name adds a folder's
    /// children without the folder.
    ///
    /// `notice` learns what is left out or changed while it was read; the archive is valid
    /// nevertheless.
    ///
    /// # Errors
    ///
    /// When `path` isn't there, its name has `..` in it or doesn't fit into the
    /// [format](Builder::format), or the archive can't be written.
    pub fn add(
        &mut self,
        path: impl AsRef<Path>,
        arcname: impl Into<Arcname>,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        self.separate()?;
        let path = path.as_ref();
        let arcname = arcname.into();
        let arcname = arcname.name().unwrap_or(path);
        let (mut name, stripped) = member_name(arcname)?;
        if stripped && !std::mem::replace(&mut self.said_slash, true) {
            notice(Notice::new(arcname, NoticeKind::LeadingSlash));
        }
        self.check_parents(&name)?;
        let found = self.settings.options.details(path);
        let found = found.map_err(|e| Error::path(path, "read", e))?;
        let is_folder = found.kind == Some(Kind::Directory);
        if name.is_empty() && !is_folder {
            let reason = "only a folder can have an empty name, for its content";
            return Err(Error::path(path, "add", io::Error::other(reason)));
        }
        // After the name of anything but a folder, a / would make a folder of it for others.
        while !is_folder && name.ends_with(b"/") {
            name.pop();
        }
        if !takes(&mut self.select, path, &name, is_folder) {
            return Ok(());
        }
        let device = self.settings.one_file_system.then_some(found.identity);
        self.walk(Walk::of(path.to_owned(), name), device.as_ref(), notice)
    }

    fn check_parents(&self, name: &[u8]) -> Result<(), Error> {
        if self.settings.allow_parent || !name.split(|&b| b == b'/').any(|part| part == b"..") {
            return Ok(());
        }
        let name = name.to_vec();
        let reason = "a name with .. in it is refused by most readers; give it another one, or \
                      allow .. in names";
        Err(Error::new(ErrorKind::Name { name, reason }))
    }

    /// Writes the end of the archive, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn finish(self) -> Result<W, Error> {
        self.sink.finish(self.before)
    }

    /// The same, with the index that was [asked for](Builder::indexed).
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn finish_with_index(self) -> Result<(W, Option<IndexWriter>), Error> {
        Ok((self.sink.finish(self.before)?, self.index))
    }

    /// Notes the next member; answers whether its name is new.
    fn enter(&mut self, name: &[u8]) -> Result<bool, Error> {
        if let Some(index) = &mut self.index {
            index.add(name, self.sink.position())?;
        }
        Ok(self.taken.insert(hash(name)))
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
