//! Reading an archive from front to back, member by member.

mod data;
mod ending;
mod examine;
mod extended;
mod indexed;
mod options;
mod readers;
mod special;

use super::codes::{T001, T003};
use std::io::{Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::byte_counter;
use super::error::{Error, ErrorKind};
use super::header::Header;
use super::input::Input;
use super::layout::{BLOCK, Layout};
use super::member::{Extended, Kind, Member, assemble};
use super::signature;
use super::sparse::GnuMap;
use super::text::shown;
use crate::offset::Position;
use crate::source::SourceOf;
use crate::tree::{Problem, Range, Space};

pub use data::Data;
use examine::RejectedHeader;
pub(crate) use examine::{can_resume, garbage};
pub use readers::{MemberReader, MemberReaders};

/// The most bytes of the extended headers of one member, headers included.
pub const DEFAULT_LIMIT: u64 = 1 << 20;

/// An archive that is being read: a file, a stream, or bytes that live as long as `'a`.
///
/// Gzip is detected by the first bytes and decompressed; so are bzip2, xz, zstd and lz4, each with the cargo feature of
/// its name. A plain archive with positions is read from header to header; data are read only through
/// [`Archive::data`].
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar::Archive;
///
/// # let bytes = vec![0u8; 1024];
/// let mut archive = Archive::new(Source::from(bytes))?;
/// while let Some(member) = archive.next_member()? {
///     println!("{} {}", member.size, String::from_utf8_lossy(&member.name));
/// }
/// # Ok::<(), bytewright::formats::tar::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive<'a> {
    input: Input<'a>,
    limit: u64,
    #[cfg(feature = "encodings")]
    encoding: Option<super::encoding::Encoding>,
    globals: super::pax::Globals,
    /// Where the current member's data end.
    data_end: Option<u64>,
    /// The name of the current member, for errors; its memory is used again.
    current: Vec<u8>,
    /// Where the next header is expected.
    next: u64,
    state: State,
    problems: Vec<Problem>,
    ignore_zeros: bool,
    /// Whether padding and bytes after the end are examined.
    examine: bool,
    /// The header that ended the reading; once it was repaired, the next one.
    rejected: Option<Box<RejectedHeader>>,
    /// The offsets of repaired headers.
    mended: Vec<u64>,
    /// How far the bytes of the archive were read, before they are decompressed.
    read: Arc<AtomicU64>,
    /// The map of the member that came last, where it is in and after an old GNU header.
    gnu_map: Option<GnuMap>,
    /// The wanted members by the archive's index.
    plan: Option<indexed::Plan<'a>>,
    /// Where it has positions: the archive as it is stored.
    file: Option<SourceOf<'a>>,
    /// Members that were delivered by an index before it was found to be wrong.
    given: indexed::DeliveredMembers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No header has been read.
    Start,
    Members,
    /// The end, or an error, was reached.
    Over,
}

impl Archive<'static> {
    /// Reads a plain archive ahead on a thread of its own while headers are close together: for callers that look at
    /// members and not at their data, at the price of up to a mebibyte read in vain where a large member follows small
    /// ones.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::formats::tar::Archive;
    ///
    /// # let bytes = vec![0u8; 1024];
    /// let mut archive = Archive::new(Source::from(bytes))?.read_ahead();
    /// while let Some(member) = archive.next_member()? {
    ///     println!("{}", member.size);
    /// }
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    #[must_use]
    pub fn read_ahead(mut self) -> Self {
        self.input.read_ahead();
        self
    }
}

impl<'a> Archive<'a> {
    /// An archive at positions: a file, or bytes in memory, owned or borrowed.
    ///
    /// ```
    /// use bytewright::SourceOf;
    /// use bytewright::formats::tar::Archive;
    ///
    /// # let bytes = vec![0u8; 1024];
    /// let borrowed: &[u8] = &bytes;
    /// let mut archive = Archive::new(SourceOf::memory(borrowed))?;
    /// assert!(archive.next_member()?.is_none());
    /// # Ok::<(), bytewright::formats::tar::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the source can't be read, or is compressed in a way that isn't read here.
    pub fn new(source: SourceOf<'a>) -> Result<Self, Error> {
        let (counted, read) = byte_counter::source(source.clone());
        let archive = Archive::of(Input::positions(counted)?, read);
        Ok(Archive {
            file: Some(source),
            ..archive
        })
    }

    /// An archive that comes as a stream, read once and kept nowhere.
    ///
    /// ```
    /// use std::io::Read;
    /// use bytewright::formats::tar::Archive;
    ///
    /// # let bytes = vec![0u8; 1024];
    /// # let stream = std::io::Cursor::new(bytes);
    /// let mut archive = Archive::stream(stream)?;
    /// while let Some(member) = archive.next_member()? {
    ///     let mut content = String::new();
    ///     archive.data().read_to_string(&mut content)?;
    ///     println!("{} bytes: {content}", member.size);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Archive::new`].
    pub fn stream(stream: impl Read + Send + 'a) -> Result<Self, Error> {
        let (stream, read) = byte_counter::stream(stream);
        Ok(Archive::of(Input::stream(Box::new(stream))?, read))
    }

    /// An archive in something that seeks; members that nobody reads are not read.
    ///
    /// ```
    /// use std::fs::File;
    /// use bytewright::formats::tar::Archive;
    ///
    /// # let file = tempfile::NamedTempFile::new()?;
    /// # std::fs::write(file.path(), [0; 1024])?;
    /// # let path = file.path();
    /// let mut archive = Archive::seekable(File::open(path)?)?;
    /// while let Some(member) = archive.next_member()? {
    ///     println!("{}", String::from_utf8_lossy(&member.name));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Archive::new`].
    pub fn seekable(reader: impl Read + Seek + Send + 'a) -> Result<Self, Error> {
        Archive::new(SourceOf::seekable(reader))
    }

    /// A decompressed archive: detecting gzip again could find it in a member's name.
    pub(crate) fn plain(source: SourceOf<'a>) -> Self {
        Archive::of(Input::plain(source), Arc::default())
    }

    fn of(input: Input<'a>, read: Arc<AtomicU64>) -> Self {
        Archive {
            input,
            read,
            gnu_map: None,
            plan: None,
            file: None,
            given: indexed::DeliveredMembers::default(),
            limit: DEFAULT_LIMIT,
            #[cfg(feature = "encodings")]
            encoding: None,
            globals: super::pax::Globals::default(),
            data_end: None,
            current: Vec::new(),
            next: 0,
            state: State::Start,
            problems: Vec::new(),
            ignore_zeros: false,
            examine: false,
            rejected: None,
            mended: Vec::new(),
        }
    }

    /// The name of the compression that is undone on the way, where there is one.
    pub fn compression(&self) -> Option<&'static str> {
        self.input.compression()
    }

    /// The space that offsets count in: the file, or what the compressed stream holds.
    pub fn space(&self) -> Space {
        match self.input.compression() {
            Some(_) => Space::stream(0),
            None => Space::FILE,
        }
    }

    /// Problems of the archive as a whole; complete once the last member was read. Those of a member are in
    /// [`Member::problems`].
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The records of global headers so far, by keyword.
    pub(super) fn global_keywords(&self) -> impl Iterator<Item = &[u8]> {
        self.globals.keywords()
    }

    /// The offset after what was read so far: after the last member, the archive's end.
    pub fn position(&self) -> u64 {
        self.input.position()
    }

    /// How many bytes of the compressed stream were read so far; `None` for a plain archive.
    pub fn compressed_position(&self) -> Option<u64> {
        let read = self.read.load(Ordering::Relaxed);
        self.input.compression().map(|_| read)
    }

    /// The next member; `None` at the end. After an error there is no next member.
    ///
    /// # Errors
    ///
    /// When reading fails, and when the bytes don't tell where the next member is: a wrong
    /// checksum, a size that is no number, extended headers beyond the limit, an end within a
    /// member, a broken compressed stream.
    pub fn next_member(&mut self) -> Result<Option<Member>, Error> {
        if self.state == State::Over {
            return Ok(None);
        }
        let result = match self.plan {
            Some(_) => self.next_planned(),
            None => self.next_new(),
        };
        if !matches!(result, Ok(Some(_))) {
            self.state = State::Over;
            self.data_end = None;
        }
        result
    }

    /// The members that are still to come, without their content: `for member in &mut archive` gives
    /// [members that can be read](MemberReader).
    pub fn members(&mut self) -> impl Iterator<Item = Result<Member, Error>> {
        std::iter::from_fn(|| self.next_member().transpose())
    }

    /// The data of the member that came last: of a sparse file, map and pieces as they are
    /// stored; [`Archive::content`] puts the file together. Reading fails where the archive ends
    /// before the data do.
    pub fn data(&mut self) -> Data<'_, 'a> {
        Data { archive: self }
    }

    /// The next member that wasn't delivered already.
    fn next_new(&mut self) -> Result<Option<Member>, Error> {
        loop {
            match self.advance()? {
                Some(member) if self.given.leaves_out(&member) => {}
                next => return Ok(next),
            }
        }
    }

    fn advance(&mut self) -> Result<Option<Member>, Error> {
        if !self.finish_member()? {
            return Ok(None);
        }
        let mut extended = Extended::default();
        loop {
            let (offset, block) = match self.rejected.take() {
                Some(mended) => {
                    let mended = *mended;
                    extended = mended.extended;
                    (mended.offset, mended.block)
                }
                None => {
                    let offset = self.input.position();
                    let Some(block) = self.input.block()? else {
                        return self.end_of_input(offset, &extended);
                    };
                    (offset, *block)
                }
            };
            if block == [0; BLOCK] {
                match self.input.peek()?.copied() {
                    Some(next) if next == [0; BLOCK] => {
                        self.input.block()?;
                        self.note_stray(&extended, offset);
                        if !self.ignore_zeros || !self.another()? {
                            return self.end_of_archive();
                        }
                        extended = Extended::default();
                        continue;
                    }
                    Some(next) if self.state != State::Start && Header::parse(&next).is_err() => {
                        self.end_after_one(offset, false);
                        self.note_stray(&extended, offset);
                        return self.end_of_archive();
                    }
                    Some(_) => {
                        let message = "one block of zeros between members; reading goes on";
                        let range = Range::new(self.space(), offset, BLOCK as u64);
                        let problem = T001.problem(range, message);
                        // One problem is enough for thousands in a row.
                        if extended.problems.is_empty() {
                            extended.problems.push(problem);
                        }
                        continue;
                    }
                    None => {
                        let after = offset.past(BLOCK as u64);
                        self.end_after_one(offset, self.input.position() > after);
                        self.note_stray(&extended, offset);
                        return self.end_of_archive();
                    }
                }
            }
            let header = match Header::parse(&block) {
                Ok(header) => header,
                Err(error) => {
                    self.rejected = Some(Box::new(RejectedHeader {
                        offset,
                        block,
                        extended,
                    }));
                    return Err(match self.state {
                        State::Start => Error::new(not_tar(&block)).at(offset),
                        _ => error.at(offset),
                    });
                }
            };
            self.state = State::Members;
            match header.typeflag() {
                b'x' | b'X' | b'g' | b'L' | b'K' => self.extend(&header, offset, &mut extended)?,
                _ => return self.member(&header, offset, extended).map(Some),
            }
        }
    }

    /// Goes to the header after the current member. `false` where the archive ends with its
    /// data, unpadded.
    fn finish_member(&mut self) -> Result<bool, Error> {
        let Some(data_end) = self.data_end.take() else {
            return Ok(true);
        };
        if !self.examine && self.input.jump_to(self.next)? {
            return Ok(true);
        }
        let missing = self.input.skip_to(data_end)?;
        if missing > 0 {
            return Err(
                truncated(format!("the data of {}", shown(&self.current)), missing)
                    .at(self.input.position()),
            );
        }
        let current = std::mem::take(&mut self.current);
        let after = || format!("the data of {}", shown(&current));
        if self.skip_padding(self.next, after)? > 0 {
            let end = self.input.position();
            self.problem(&T003, end, "the last member isn't padded to a whole block");
            self.end_of_archive()?;
            return Ok(false);
        }
        Ok(true)
    }

    fn member(
        &mut self,
        header: &Header,
        offset: u64,
        extended: Extended,
    ) -> Result<Member, Error> {
        let mut member = assemble(header, offset, self.space(), extended, &self.globals)?;
        let mut gnu_map = None;
        if header.layout() == Layout::Gnu && member.typeflag == b'S' {
            gnu_map = Some(self.read_gnu_map(header)?);
            member.data_offset = self.input.position();
        }
        let is_directory_by_name = member.kind == Kind::Directory && member.typeflag != b'D';
        if (member.kind == Kind::Hardlink || is_directory_by_name) && member.stored_size > 0 {
            self.settle_data(&mut member)?;
        }
        #[cfg(feature = "encodings")]
        if let Some(encoding) = self.encoding {
            let charset = member.pax.get("hdrcharset");
            let charset = charset.or_else(|| self.globals.get("hdrcharset"));
            let binary = charset == Some(b"BINARY");
            encoding.convert(&mut member, binary);
        }
        self.next = member.end();
        self.input.fetch(self.next);
        self.data_end = Some(member.data_end());
        self.current.clone_from(&member.name);
        self.gnu_map = gnu_map;
        Ok(member)
    }
}

fn truncated(what: String, missing: u64) -> Error {
    Error::new(ErrorKind::Truncated { what, missing })
}

/// The error for a file whose first block is no header.
fn not_tar(first: &[u8]) -> ErrorKind {
    match signature::of(first) {
        Some((what, program)) => ErrorKind::Foreign { what, program },
        None => ErrorKind::NotTar,
    }
}
