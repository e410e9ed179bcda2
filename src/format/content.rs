//! Contents of compressed and embedded streams, each in a space of its own.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::Format;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::structs::RequestedField;
use crate::tree::{Node, Range, Role, Space, codes};

codes! {
    /// The code of a note that the streams of any format may have.
    pub table CODES;
    rows;
    C004 Note "a stream in a stream is not looked into";
}

/// The most streams inside one another that are read: a gzip file in a gzip file, and so on.
const MAX_DEPTH: usize = 8;

/// The most bytes of one stream's content that are read: 4 GiB. Once the contents of a file's streams exceed this
/// together, no further stream is read, so that streams in streams don't fill a disk.
pub const MAX_CONTENT: u64 = 4 << 30;

/// The content of a stream of a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stream {
    /// The bytes.
    pub content: Source,
    /// Why the content is incomplete or wrong: the stream is truncated, or a checksum differs. Reading up to the end of
    /// the content ends in this error.
    pub fault: Option<String>,
    /// The most bytes of the content that are read.
    pub limit: u64,
}

impl Stream {
    /// A stream that is whole.
    pub fn new(content: Source) -> Stream {
        Stream {
            content,
            fault: None,
            limit: u64::MAX,
        }
    }
}

/// Detects the format of a stream's content.
pub(crate) type Detect<'a> = &'a dyn Fn(&Source) -> io::Result<Option<Arc<dyn Format>>>;

/// Makes trees of the contents of a file's streams, while the tree of the file is made.
pub struct Content<'a> {
    detect: Detect<'a>,
    streams: Vec<Stream>,
    depth: usize,
    /// The contents of the streams so far, in bytes.
    size: u64,
    asked: Arc<[RequestedField]>,
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}

impl<'a> Content<'a> {
    pub(crate) fn new(detect: Detect<'a>) -> Content<'a> {
        Content {
            detect,
            streams: Vec::new(),
            depth: 0,
            size: 0,
            asked: Arc::default(),
        }
    }

    /// Sets the fields of the items of long arrays that the caller is going to ask for.
    #[cfg(feature = "inspect")]
    pub(crate) fn ask(&mut self, asked: Arc<[RequestedField]>) {
        self.asked = asked;
    }

    /// The fields of items that the caller is going to ask for, in the file itself.
    pub(crate) fn asked(&self) -> Arc<[RequestedField]> {
        match self.depth {
            0 => Arc::clone(&self.asked),
            _ => Arc::default(),
        }
    }

    /// The streams, in the order of their spaces.
    pub(crate) fn into_streams(self) -> Vec<Stream> {
        self.streams
    }

    /// The number of the space that the next stream gets.
    pub(crate) fn next_space(&self) -> u32 {
        u32::try_from(self.streams.len()).unwrap_or(u32::MAX)
    }

    /// A stream of which the nodes are made already, in the next space.
    pub(crate) fn add(&mut self, content: Source) {
        self.streams.push(Stream::new(content));
    }

    /// A node of that name for the content of a stream: the tree of its format, where that is known, or data. It is a
    /// view, since the bytes of the file are those of the stream. It has the note C004 where the content has a known
    /// format and isn't read, for being eight streams deep or beyond [`MAX_CONTENT`] in all.
    ///
    /// # Errors
    ///
    /// When the stream's source can't be read.
    pub fn stream(&mut self, name: &'static str, stream: Stream) -> io::Result<Node> {
        let space = Space::stream(self.count());
        let content = stream.content.clone();
        self.streams.push(stream);
        let all = Range::new(space, 0, content.size()?);
        self.size.tally(all.size);
        let mut node = match (self.detect)(&content)? {
            Some(format) if self.depth < MAX_DEPTH && self.size <= MAX_CONTENT => {
                self.inside(&*format, &content, space)?
            }
            Some(format) => {
                let message = format!("a {} file that is not looked into", format.name());
                let mut node = Node::new(name, all);
                node.problems.push(C004.problem(all, message));
                node
            }
            None => Node::new(name, all),
        };
        node.name = name.into();
        node.role = Role::View;
        Ok(node)
    }

    /// The number of streams, and of the next one.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.streams.len()).unwrap_or(u32::MAX)
    }

    /// Takes a stream whose nodes are made already.
    pub(crate) fn push(&mut self, stream: Stream) {
        self.streams.push(stream);
    }

    fn inside(&mut self, format: &dyn Format, content: &Source, space: Space) -> io::Result<Node> {
        self.depth.tally(1);
        let tree = format.tree(content, self);
        self.depth = self.depth.since(1);
        let mut tree = tree?;
        tree.map_ranges(move |range| {
            if range.space.is_file() {
                range.space = space;
            }
        });
        tree.meaning = Some(format.name().to_owned());
        Ok(tree)
    }
}
