//! A file with its tree: which format it has, and where the bytes of every node are.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::path::Segment;
use super::walk::{Step, walk};
use super::within;
use crate::formats::{bmp, gzip, tar};
use crate::structs::{DataError, Down, Window};
use crate::tree::{Expand, Node, Problem, Range, Role, Severity, Space};
use crate::{Source, Struct};

/// A format that a file is looked at in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Format {
    /// A BMP file.
    Bmp,
    /// A tar archive.
    Tar,
    /// A gzip file, with whatever it holds.
    Gzip,
    /// A struct, or many of them.
    Struct(Box<Layout>),
    /// No format that is known.
    Unknown,
}

impl Format {
    /// The built-in format of that name, in letters of either case.
    ///
    /// ```
    /// use bytewright::inspect::Format;
    ///
    /// assert!(matches!(Format::named("TAR"), Some(Format::Tar)));
    /// ```
    pub fn named(name: &str) -> Option<Format> {
        Some(match name.to_ascii_lowercase().as_str() {
            "bmp" => Format::Bmp,
            "tar" => Format::Tar,
            "gzip" => Format::Gzip,
            _ => return None,
        })
    }

    /// What it is called: `bmp`, `tar`, `gzip`, the name of a stored format, `struct`; `unknown`
    /// where nothing is known.
    pub fn name(&self) -> &str {
        match self {
            Format::Bmp => "bmp",
            Format::Tar => "tar",
            Format::Gzip => "gzip",
            Format::Struct(layout) => &layout.name,
            Format::Unknown => "unknown",
        }
    }
}

/// Gives the nodes of a struct their meanings.
type Annotate = Arc<dyn Fn(&mut [Node]) + Send + Sync>;

/// A struct as the format of a file.
#[derive(Clone)]
pub struct Layout {
    name: String,
    layout: Arc<Struct>,
    offset: u64,
    repeated: bool,
    annotate: Annotate,
}

impl fmt::Debug for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layout")
            .field("name", &self.name)
            .field("offset", &self.offset)
            .field("repeated", &self.repeated)
            .finish_non_exhaustive()
    }
}

impl From<Layout> for Format {
    fn from(layout: Layout) -> Format {
        Format::Struct(Box::new(layout))
    }
}

impl Layout {
    /// One struct at the beginning of the file.
    ///
    /// ```
    /// use bytewright::{Source, Struct};
    /// use bytewright::inspect::{Document, Layout};
    ///
    /// let point = Layout::new("point", Struct::new("<H:x H:y")?).repeated();
    /// let source = Source::from(&[1, 0, 2, 0, 3, 0, 4, 0][..]);
    /// let document = Document::open(source, point.into())?;
    /// let found = document.find(&"records[1].y".parse()?)?;
    /// assert_eq!(found[0].node.value, Some(4.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: impl Into<String>, layout: Struct) -> Layout {
        Layout {
            name: name.into(),
            layout: Arc::new(layout),
            offset: 0,
            repeated: false,
            annotate: Arc::new(|_| {}),
        }
    }

    /// The first struct begins at `offset`; what stands before it is a gap.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Layout {
        self.offset = offset;
        self
    }

    /// Structs one behind the other up to the end of the file: the items of `records`.
    #[must_use]
    pub fn repeated(mut self) -> Layout {
        self.repeated = true;
        self
    }

    /// What gives the nodes of each struct their meanings.
    #[must_use]
    pub fn annotated(mut self, by: impl Fn(&mut [Node]) + Send + Sync + 'static) -> Layout {
        self.annotate = Arc::new(by);
        self
    }
}

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
    format: Format,
    root: Node,
    source: Source,
    /// Where the format begins in the file.
    at: u64,
    /// What the compressed streams hold.
    streams: Vec<Stream>,
}

/// What a compressed stream holds.
#[derive(Clone, Debug)]
struct Stream {
    content: Source,
    /// Why that isn't all that was compressed, or isn't what was.
    fault: Option<String>,
}

impl Document {
    /// The file as its content says; `name` helps where content says nothing, as in an empty
    /// archive.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn detect(source: Source, name: Option<&Path>) -> io::Result<Document> {
        let format = detect(&source, name)?.unwrap_or(Format::Unknown);
        Document::open(source, format)
    }

    /// The file in a format. What doesn't fit is a problem of the tree.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn open(source: Source, format: Format) -> io::Result<Document> {
        Document::open_at(source, format, 0)
    }

    /// The same for what begins at `at` of the file: a bitmap in a program, an archive in a disk
    /// image. Offsets are those of the whole file, and what stands before it is a gap.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::inspect::{Document, Format};
    ///
    /// let source = Source::from(&b"....BM\x36\0\0\0"[..]);
    /// let document = Document::open_at(source, Format::Bmp, 4)?;
    /// let found = document.find(&"file_header.size".parse()?)?;
    /// assert_eq!((found[0].node.range.offset, &found[0].node.value), (6, &Some(54.into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn open_at(source: Source, format: Format, at: u64) -> io::Result<Document> {
        let mut streams = Vec::new();
        let part = within::from(&source, at);
        let root = match &format {
            Format::Bmp => bmp::inspect(&part)?.tree()?,
            Format::Tar => tar::tree(&part, Space::FILE)?,
            Format::Gzip => {
                let stream = gzip::Stream::read(&part)?;
                let content = stream.content();
                let fault = stream.fault();
                streams.push(Stream {
                    content: content.clone(),
                    fault,
                });
                stream.tree(content_tree(&content, Space::stream(0))?)?
            }
            Format::Struct(layout) => layout.tree(&part)?,
            Format::Unknown => {
                let all = Range::file(0, part.size()?);
                let mut root = Node::new("file", all);
                if all.size > 0 {
                    root = root.with_children(vec![Node::new("data", all).role(Role::Gap)]);
                }
                root
            }
        };
        Ok(Document {
            root: within::tree(root, at),
            format,
            source,
            at,
            streams,
        })
    }

    /// Another file in the same format at the same place: this one with changes.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub(super) fn again(&self, source: Source) -> io::Result<Document> {
        Document::open_at(source, self.format.clone(), self.at)
    }

    /// The bytes of a file from where the format begins.
    pub(super) fn part(&self, source: &Source) -> Source {
        within::from(source, self.at)
    }

    /// Which format it has.
    pub fn format(&self) -> &Format {
        &self.format
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
    /// Those of the source.
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
    /// Where the range is in a stream that the file hasn't. Reading ends in an error where the
    /// range goes up to the end of a stream that was cut at [`MAX_CONTENT`](gzip::MAX_CONTENT), and
    /// in a [`DataError`] where a compressed stream is cut or broken there.
    pub fn reader(&self, range: Range) -> io::Result<impl io::Read> {
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
        if range.end() >= gzip::MAX_CONTENT {
            return Ok(Some(io::Error::other(format!(
                "the stream holds more than {} bytes, and no more of it is looked at; unpack it \
                 with gzip first",
                gzip::MAX_CONTENT
            ))));
        }
        let Some(fault) = &stream.fault else {
            return Ok(None);
        };
        Ok((range.end() >= stream.content.size()?).then(|| {
            let why = DataError::other(fault.clone());
            io::Error::new(io::ErrorKind::InvalidData, why)
        }))
    }

    /// The nodes that a path leads to; see [`Path::find`](super::Path::find).
    ///
    /// # Errors
    ///
    /// As there; a [`DataError`] of the kind `InvalidData` where the format has such a field and
    /// the data end, or go wrong, before it.
    pub fn find(&self, path: &super::Path) -> io::Result<Vec<super::Found>> {
        match path.find_in(&self.root, &|space| self.space(space).cloned()) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(match self.unreached(path)? {
                Some(why) => io::Error::new(io::ErrorKind::InvalidData, why),
                None => e,
            }),
            found => found,
        }
    }

    /// Why the data don't reach a field that the format has.
    fn unreached(&self, path: &super::Path) -> io::Result<Option<DataError>> {
        let segments = path.segments();
        let (level, known) = match &self.format {
            Format::Struct(layout) if layout.repeated => {
                let [Segment::Name(records), index, rest @ ..] = segments else {
                    return Ok(None);
                };
                let record = super::Path::of(&[Segment::Name(records.clone()), index.clone()]);
                let Ok(found) = record.find(&self.root) else {
                    return Ok(None);
                };
                let known = layout.layout.has(&steps(rest));
                (found.into_iter().map(|found| found.node).collect(), known)
            }
            Format::Struct(layout) => {
                (vec![self.root.clone()], layout.layout.has(&steps(segments)))
            }
            Format::Unknown => (Vec::new(), false),
            // What they have is not written down in one place: a name that a broken file doesn't
            // have may be one that a whole file has.
            Format::Bmp | Format::Tar | Format::Gzip => (vec![self.root.clone()], true),
        };
        if !known {
            return Ok(None);
        }
        for node in &level {
            if let Some(problem) = self.end_of(node)? {
                return Ok(Some(DataError::other(problem.message)));
            }
        }
        Ok(None)
    }

    /// The error that ends what is below a node.
    fn end_of(&self, node: &Node) -> io::Result<Option<Problem>> {
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
            // The fields of a struct are beside the node that says where they end.
            Ok(match &self.format {
                Format::Struct(_) => Step::Over,
                _ => Step::Into,
            })
        })?;
        Ok(found)
    }
}

/// A path as the engine takes it.
fn steps(segments: &[Segment]) -> Vec<Down<'_>> {
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Name(name) => Down::Name(name),
            Segment::Key(key) => Down::Name(std::str::from_utf8(key).unwrap_or_default()),
            Segment::Index(_) | Segment::All => Down::Item,
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

/// Which built-in format a file has, by its content, or else by its name.
///
/// # Errors
///
/// Those of the source.
pub fn detect(source: &Source, name: Option<&Path>) -> io::Result<Option<Format>> {
    let start = source.read(0, tar::BLOCK as u64)?;
    Ok(if gzip::is_gzip(&start) {
        Some(Format::Gzip)
    } else if bmp::is_bmp(&start) {
        Some(Format::Bmp)
    } else if tar::is_archive(&start) {
        Some(Format::Tar)
    } else {
        let extension = name
            .and_then(Path::extension)
            .map(|e| e.to_ascii_lowercase());
        match extension.as_deref().and_then(|e| e.to_str()) {
            Some("tar") => Some(Format::Tar),
            Some("bmp" | "dib") => Some(Format::Bmp),
            _ => None,
        }
    })
}

/// What a compressed stream holds: an archive is spread out, anything else is data.
fn content_tree(content: &Source, space: Space) -> io::Result<Node> {
    if tar::is_archive(&content.read(0, tar::BLOCK as u64)?) {
        let mut tree = tar::tree(content, space)?;
        tree.meaning = Some("tar archive".to_owned());
        return Ok(tree);
    }
    Ok(Node::new("content", Range::new(space, 0, content.size()?)).role(Role::Data))
}

impl Layout {
    fn tree(&self, source: &Source) -> io::Result<Node> {
        let size = source.size()?;
        let mut children = Vec::new();
        let start = self.offset.min(size);
        if start > 0 {
            children.push(Node::new("before", Range::file(0, start)).role(Role::Gap));
        }
        if self.repeated {
            let records = Records {
                layout: self.clone(),
                source: source.clone(),
                size,
            };
            let all = Range::file(start, size.saturating_sub(start));
            children.push(Node::new("records", all).with_children_on_demand(Arc::new(records)));
        } else {
            let (nodes, end) = self.one(&mut Window::new(source)?, size, start)?;
            children.extend(nodes);
            if end < size {
                let rest = Range::file(end, size.saturating_sub(end));
                children.push(Node::new("rest", rest).role(Role::Gap));
            }
        }
        Ok(Node::new(self.name.clone(), Range::file(0, size)).with_children(children))
    }

    /// The fields of the struct at `start`, and where it ends. What doesn't fit the format is a
    /// problem of a node behind those that do.
    fn one(&self, window: &mut Window, size: u64, start: u64) -> io::Result<(Vec<Node>, u64)> {
        let (mut nodes, error, _) = self.layout.nodes_in(window, Space::FILE, start)?;
        (self.annotate)(&mut nodes);
        let mut end = nodes.last().map_or(start, |node| node.range.end());
        if let Some(error) = error {
            let at = error.offset().unwrap_or(end);
            let cut = Range::file(end, size.saturating_sub(end));
            let mut node = Node::new("unread", cut).role(Role::Gap);
            let problem = Range::file(at.min(size), 0);
            let message = error.to_string();
            node.problems
                .push(Problem::new("S002", Severity::Error, problem, message));
            nodes.push(node);
            end = size;
        }
        Ok((nodes, end))
    }
}

/// Structs up to the end of the file, made one by one.
struct Records {
    layout: Layout,
    source: Source,
    size: u64,
}

impl Records {
    /// The size of every record, where the format tells it.
    fn stride(&self) -> Option<u64> {
        self.layout.layout.size().filter(|size| *size > 0)
    }
}

impl Expand for Records {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        self.children_from(0)
    }

    fn count(&self) -> Option<u64> {
        let all = self.size.saturating_sub(self.layout.offset);
        Some(all.div_ceil(self.stride()?))
    }

    fn children_from(&self, index: u64) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        let mut window = match Window::new(&self.source) {
            Ok(window) => window,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        let (first, skip) = match self.stride() {
            Some(_) => (index, 0),
            None => (0, usize::try_from(index).unwrap_or(usize::MAX)),
        };
        let before = self.stride().unwrap_or(0).saturating_mul(first);
        let mut at = self.layout.offset.saturating_add(before);
        let nodes = (first..).map_while(move |index| {
            if at >= self.size {
                return None;
            }
            let start = at;
            let made = self.layout.one(&mut window, self.size, start);
            let node = made.map(|(mut nodes, end)| {
                if end == start {
                    let rest = Range::file(start, self.size.saturating_sub(start));
                    let mut node = Node::new("unread", rest).role(Role::Gap);
                    let message = "the struct takes no bytes, so there is no end to them";
                    let problem = Problem::new("S002", Severity::Error, rest, message);
                    node.problems.push(problem);
                    nodes = vec![node];
                }
                at = if end == start { self.size } else { end };
                let range = Range::file(start, at.saturating_sub(start));
                Node::new(index.to_string(), range).with_children(nodes)
            });
            if node.is_err() {
                at = u64::MAX;
            }
            Some(node)
        });
        Box::new(nodes.skip(skip))
    }
}
