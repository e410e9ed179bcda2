//! A file with its tree: which format it has, and where the bytes of every node are.

use std::io;
use std::path::Path as FilePath;
use std::sync::Arc;

use serde::ser::{Error as _, Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::inner_file;
use super::path::{FindError, MatchedNode, Path, Segment};
use super::walk::{Step, walk};
use crate::Source;
use crate::format::{Content, Format, Picture, Stream, Unknown};
use crate::formats::Registry;
use crate::source::part;
use crate::structs::DataError;
use crate::tree::serial::with_path;
use crate::tree::{Node, Problem, Range, Role, Severity, Space};
use crate::value::plain::Ints;

/// A file, its format and its tree.
///
/// ```
/// use bytewright::inspect::Document;
/// use bytewright::Source;
///
/// let document = Document::detect(Source::from(&b"\x1f\x8b\x08\0"[..]), None)?;
/// assert_eq!(document.format().name(), "gzip");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    format: Arc<dyn Format>,
    root: Node,
    source: Source,
    /// Where the format begins in the file.
    at: u64,
    /// The contents of compressed streams.
    streams: Vec<Stream>,
}

impl Document {
    /// The file in the format of its content; `name` decides where the content doesn't, as in an empty archive.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn detect(source: Source, name: Option<&FilePath>) -> io::Result<Document> {
        match Registry::built_in().detect(&source, name)? {
            Some(format) => Document::open(source, format),
            None => Document::open(source, Unknown),
        }
    }

    /// The file in a format. What doesn't fit is a problem of the tree.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn open(source: Source, format: impl Format + 'static) -> io::Result<Document> {
        Document::open_at(source, format, 0)
    }

    /// The same for what begins at `at` of the file: a bitmap in a program, an archive in a disk
    /// image. Offsets are those of the whole file, and what comes before it is a gap.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::formats::bmp::Bmp;
    /// use bytewright::inspect::Document;
    ///
    /// let source = Source::from(&b"....BM\x36\0\0\0"[..]);
    /// let document = Document::open_at(source, Bmp, 4)?;
    /// let found = document.find(&"file_header.size".parse()?)?;
    /// assert_eq!((found[0].node.range.offset, &found[0].node.value), (6, &Some(54.into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn open_at(source: Source, format: impl Format + 'static, at: u64) -> io::Result<Document> {
        Document::new(source, Arc::new(format), at, &[])
    }

    /// The same for a caller that is going to ask for these paths: fields of the items of long arrays that they lead to
    /// may be kept while the file is read.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    #[cfg(feature = "cli")]
    pub(crate) fn open_for(
        source: Source,
        format: Arc<dyn Format>,
        at: u64,
        paths: &[Path],
    ) -> io::Result<Document> {
        Document::new(source, format, at, paths)
    }

    fn new(
        source: Source,
        format: Arc<dyn Format>,
        at: u64,
        paths: &[Path],
    ) -> io::Result<Document> {
        let detect = |content: &Source| Registry::built_in().detect(content, None);
        let mut content = Content::new(&detect);
        content.ask(paths.iter().filter_map(Path::asked).collect());
        let root = format.tree(&part::from(&source, at), &mut content)?;
        Ok(Document {
            root: inner_file::tree(root, at),
            format,
            source,
            at,
            streams: content.into_streams(),
        })
    }

    /// Another file in the same format at the same place: this one with changes.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub(crate) fn again(&self, source: Source) -> io::Result<Document> {
        Document::new(source, Arc::clone(&self.format), self.at, &[])
    }

    /// The bytes of a file from where the format begins.
    pub(super) fn part(&self, source: &Source) -> Source {
        part::from(source, self.at)
    }

    /// Where the format begins in the file.
    pub(super) fn start(&self) -> u64 {
        self.at
    }

    /// Which format it has.
    pub fn format(&self) -> &dyn Format {
        &*self.format
    }

    /// Whether the format is known.
    pub fn is_known(&self) -> bool {
        self.format.name() != Unknown::NAME
    }

    /// The content of a file whose format only wraps it, as a document of its own: that of a compressed archive. `None`
    /// for other formats.
    ///
    /// # Errors
    ///
    /// When the source can't be read; a [`DataError`] where the wrapping is truncated or broken.
    pub fn content(&self) -> io::Result<Option<Document>> {
        let node = self.format.content().and_then(|name| self.root.child(name));
        let Some(node) = node else { return Ok(None) };
        if let Some(error) = self.ending(node.range)? {
            return Err(error);
        }
        let content = self.space(node.range.space).cloned();
        content
            .map(|content| Document::detect(content, None))
            .transpose()
    }

    /// A command that repairs the file, or saves its whole parts: see [`Format::remedy`].
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn remedy(&self) -> io::Result<Option<String>> {
        let node = self.format.content().and_then(|name| self.root.child(name));
        let Some(content) = node.and_then(|node| self.space(node.range.space)) else {
            return Ok(self.format.remedy(false).map(str::to_owned));
        };
        let held = Registry::built_in().detect(content, None)?;
        Ok(held.and_then(|held| held.remedy(true).map(str::to_owned)))
    }

    /// The picture that the file is, unless it has more pixels than `max_pixels`: see [`Format::picture`].
    pub fn picture(&self, max_pixels: u64) -> Option<Picture<'static>> {
        self.picture_of(&self.source, max_pixels)
    }

    /// The same of another source with the same file.
    pub(crate) fn picture_of(&self, source: &Source, max_pixels: u64) -> Option<Picture<'static>> {
        self.format.picture(&self.part(source), max_pixels)
    }

    /// The tree; its range is the whole file.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The file.
    pub fn file(&self) -> &Source {
        &self.source
    }

    /// The bytes that ranges of a space lie in.
    pub fn space(&self, space: Space) -> Option<&Source> {
        match space.stream_index() {
            None => Some(&self.source),
            Some(index) => Some(&self.stream(index)?.content),
        }
    }

    fn stream(&self, index: u32) -> Option<&Stream> {
        self.streams.get(usize::try_from(index).ok()?)
    }

    /// The first `limit` bytes of a range; fewer where it is shorter, or the file has shrunk.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn bytes(&self, range: Range, limit: u64) -> io::Result<Vec<u8>> {
        match self.space(range.space) {
            Some(source) => source.read(range.offset, range.size.min(limit)),
            None => Ok(Vec::new()),
        }
    }

    /// The bytes of a range, from front to back.
    ///
    /// # Errors
    ///
    /// Where the range is in a stream that the file hasn't. Reading ends in an error where the range goes up to the end
    /// of a stream that exceeds the limit, and in a [`DataError`] where a stream is truncated or broken there.
    pub fn reader(&self, range: Range) -> io::Result<impl io::Read + Send + use<>> {
        let source = self.space(range.space);
        let source = source.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let bytes = io::Read::take(source.reader(range.offset), range.size);
        Ok(io::Read::chain(bytes, Ending(self.ending(range)?)))
    }

    /// The error that the bytes of a range end with.
    fn ending(&self, range: Range) -> io::Result<Option<io::Error>> {
        let stream = range.space.stream_index().and_then(|i| self.stream(i));
        let Some(stream) = stream else {
            return Ok(None);
        };
        if range.end() >= stream.limit {
            return Ok(Some(io::Error::other(format!(
                "the stream holds more than {} bytes, and no more of it is looked at; unpack it \
                 first",
                stream.limit
            ))));
        }
        let Some(fault) = &stream.fault else {
            // A stream that is decoded while it is read reports only then that it ends early.
            return Ok(match stream.content.known_size() {
                Some(_) => None,
                None => stream.content.read_some(range.end(), 1).err(),
            });
        };
        Ok((range.end() >= stream.content.size()?).then(|| DataError::other(fault.clone()).into()))
    }

    /// The nodes that a path leads to; see [`Path::find`](Path::find).
    ///
    /// # Errors
    ///
    /// As there; [`FindError::Data`] where the format has such a field and the data end, or go
    /// wrong, before it.
    pub fn find(&self, path: &Path) -> Result<Vec<super::Found>, FindError> {
        let mut found = Vec::new();
        self.each(path, &mut |one| {
            found.push(one);
            true
        })?;
        Ok(found)
    }

    /// Calls `visit` with each node that a path leads to, as long as it wants more: a [pattern](Path::is_pattern) may
    /// lead to any number.
    ///
    /// ```
    /// use bytewright::inspect::Document;
    /// use bytewright::{Source, Struct};
    /// use bytewright::format::StructFormat;
    ///
    /// let format = StructFormat::new("numbers", Struct::new("<H:n")?).repeated();
    /// let document = Document::open(Source::from(&[1, 0, 2, 0, 3, 0][..]), format)?;
    /// let mut sum = 0;
    /// document.each(&"records[*].n".parse()?, &mut |found| {
    ///     sum += found.node.value.and_then(|value| value.as_int()).unwrap_or(0);
    ///     sum < 3
    /// })?;
    /// assert_eq!(sum, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Document::find`], after the nodes before it.
    pub fn each(
        &self,
        path: &Path,
        visit: &mut dyn FnMut(super::Found) -> bool,
    ) -> Result<(), FindError> {
        self.each_matched(path, &mut |reached| visit(reached.into_found()))
    }

    /// The same for a caller that needs each node only until the next.
    pub(crate) fn each_matched(
        &self,
        path: &Path,
        visit: &mut dyn FnMut(MatchedNode<'_>) -> bool,
    ) -> Result<(), FindError> {
        match path.each_in(&self.root, &|space| self.space(space).cloned(), visit) {
            Err(FindError::Path(e)) => Err(match self.unreached(path)? {
                Some(why) => why.into(),
                None => e.into(),
            }),
            result => result,
        }
    }

    /// Why the data don't reach a field that the format has.
    fn unreached(&self, path: &Path) -> io::Result<Option<DataError>> {
        let segments = path.segments();
        let known = self.format.has(&steps(segments));
        if known == Some(false) {
            return Ok(None);
        }
        let inner = match (1..segments.len()).rev().find_map(|n| {
            let (before, after) = segments.split_at_checked(n)?;
            let before = Path::of(before);
            let found = before
                .find_in(&self.root, &|space| self.space(space).cloned())
                .ok()?;
            Some((found, after.first()?))
        }) {
            Some((found, next)) => {
                let is_item = matches!(next, Segment::Index(_) | Segment::All | Segment::Slice(..));
                // An index after the last item of an array is no missing data.
                if known.is_some() && is_item && found.iter().any(|f| f.node.is_on_demand()) {
                    return Ok(None);
                }
                found
            }
            None => Vec::new(),
        };
        for found in &inner {
            if let Some(problem) = self.end_of(&found.node, Step::Over)? {
                return Ok(Some(DataError::other(problem.message)));
            }
        }
        // Where the format doesn't tell which fields there are, any error at the end of the file is the reason.
        let deeper = known.map_or(Step::Into, |_| Step::Over);
        let problem = self.end_of(&self.root, deeper)?;
        Ok(problem.map(|problem| DataError::other(problem.message)))
    }

    /// The error that ends what is below a node: among its children, or deeper.
    fn end_of(&self, node: &Node, deeper: Step) -> io::Result<Option<Problem>> {
        let size = self.root.range.end();
        let ends =
            |problem: &&Problem| problem.severity == Severity::Error && problem.range.end() >= size;
        if let Some(problem) = node.problems.iter().find(ends) {
            return Ok(Some(problem.clone()));
        }
        let mut found = None;
        walk(node, &mut |_, _, child| {
            let ended = child.name == "unread" && child.role == Role::Gap;
            let mut errors = child
                .problems
                .iter()
                .filter(|problem| problem.severity == Severity::Error);
            let error = match ended {
                true => errors.next(),
                false => errors.find(ends),
            };
            if let Some(error) = error {
                found = Some(error.clone());
            }
            Ok(deeper)
        })?;
        Ok(found)
    }
}

/// `format`, `size` in bytes, and `fields`: every node with its path, parents before their children, as
/// `docs/json.md` documents them. Nodes are made one by one, as they are written.
impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Document", 3)?;
        document.serialize_field("format", self.format.name())?;
        document.serialize_field("size", &self.root.range.size)?;
        document.serialize_field("fields", &Fields(&self.root))?;
        document.end()
    }
}

/// The nodes below a root; the root itself where nothing is below it, or where it has problems of its own.
struct Fields<'a>(&'a Node);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut one =
            |path: &str, node: &Node| list.serialize_element(&with_path(path, node, Ints::Numbers));
        if self.0.is_leaf() || !self.0.problems.is_empty() {
            one("", self.0)?;
        }
        let mut failed = None;
        let walked = walk(self.0, &mut |path, _, node| {
            failed = one(path, node).err();
            Ok(if failed.is_some() {
                Step::Stop
            } else {
                Step::Into
            })
        });
        walked.map_err(S::Error::custom)?;
        match failed {
            Some(error) => Err(error),
            None => list.end(),
        }
    }
}

/// A path as formats take it.
fn steps(segments: &[Segment]) -> Vec<Option<&str>> {
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Name(name) => Some(&**name),
            Segment::Key(key) => Some(std::str::from_utf8(key).unwrap_or_default()),
            Segment::Index(_) | Segment::All | Segment::Slice(..) => None,
        })
        .collect()
}

/// Ends with an error, once.
struct Ending(Option<io::Error>);

impl io::Read for Ending {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
