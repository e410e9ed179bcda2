//! Files that are compressed with zlib, bzip2, xz, zstd or lz4: their frames, field by field, and what
//! they hold.

mod bzip2;
mod fields;
mod frames;
mod lz4;
mod xz;
mod zlib;
mod zstd;

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Source;
use crate::codecs::{self, CodecError, Decoder, MAX_FRAMES, Span};
use crate::format::{Code, Content, Fit, Format, Head, MAX_CONTENT, Stream};
use crate::offset::Position;
use crate::schema::{Header, Schema};
use crate::source::is_data;
use crate::tree::{Node, Range, Role, codes};
use frames::{Frames, TakeApart};

codes! {
    /// The codes of problems.
    pub table CODES;
    rows;
    C001 Error   "the zlib, bzip2, xz, zstd or lz4 stream can't be read to its end";
    C002 Warning "something other than zeros follows the stream";
    C003 Note    "there is more content than is looked at";
    C005 Error   "the checksum of a header of xz or lz4, or of the index of xz, is another";
    C006 Error   "the index or the footer of an xz stream is not that of its blocks and its header";
    C007 Note    "there are more frames than are looked at one by one";
}

/// Files of one compression.
#[derive(Clone, Copy, Debug)]
pub struct Compressed {
    name: &'static str,
    title: &'static str,
    headers: &'static [&'static Header],
    suffixes: &'static [&'static str],
    fit: Fit,
    signatures: &'static [(i64, &'static [u8])],
    /// The specification's name for the parts that can be read independently.
    frames: &'static str,
    /// Parses a frame.
    parts: TakeApart,
}

/// zlib (RFC 1950). Its header of two bytes tells little, so every other format that fits a file wins over it.
pub const ZLIB: Compressed = Compressed {
    name: "zlib",
    title: "A stream of zlib",
    headers: zlib::HEADERS,
    suffixes: &["zz", "zlib"],
    fit: Fit::Possible,
    signatures: &[],
    frames: "streams",
    parts: zlib::parts,
};
/// bzip2.
pub const BZIP2: Compressed = Compressed {
    name: "bzip2",
    title: "A stream of bzip2",
    headers: bzip2::HEADERS,
    suffixes: &[],
    fit: Fit::Signature(10),
    signatures: &[(0, codecs::BZIP2)],
    frames: "streams",
    parts: bzip2::parts,
};
/// xz, from the .xz file format 1.0.4.
pub const XZ: Compressed = Compressed {
    name: "xz",
    title: "A stream of xz",
    headers: xz::HEADERS,
    suffixes: &[],
    fit: Fit::Signature(6),
    signatures: &[(0, codecs::XZ)],
    frames: "streams",
    parts: xz::parts,
};
/// zstd (RFC 8878).
pub const ZSTD: Compressed = Compressed {
    name: "zstd",
    title: "Frames of Zstandard",
    headers: zstd::HEADERS,
    suffixes: &[],
    fit: Fit::Signature(4),
    signatures: &[(0, codecs::ZSTD)],
    frames: "frames",
    parts: zstd::parts,
};
/// The frame format of lz4, 1.6.
pub const LZ4: Compressed = Compressed {
    name: "lz4",
    title: "Frames of lz4",
    headers: lz4::HEADERS,
    suffixes: &[],
    fit: Fit::Signature(4),
    signatures: &[(0, codecs::LZ4), (0, codecs::LZ4_LEGACY)],
    frames: "frames",
    parts: lz4::parts,
};

impl Format for Compressed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn schemas(&self) -> Vec<&Schema> {
        self.headers.iter().map(|header| header.schema()).collect()
    }

    fn suffixes(&self) -> &[&str] {
        self.suffixes
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        let codec = codecs::of_start(head.start());
        let own = codec.filter(|codec| codec.name == self.name);
        Ok(own.map(|_| self.fit))
    }

    fn signatures(&self) -> &[(i64, &[u8])] {
        self.signatures
    }

    /// `frames` or `streams`, then `content`, a view of what they hold, and what follows them.
    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        let size = source.size()?;
        let (held, read) = self.read(source)?;
        let mut stream = Stream::new(held);
        stream.fault.clone_from(&read.fault);
        stream.limit = MAX_CONTENT;
        let mut content = content.stream("content", stream)?;
        if content.range.size >= MAX_CONTENT {
            let message = format!("only the first {MAX_CONTENT} bytes are looked at");
            content.problems.push(C003.problem(content.range, message));
        }
        let frames = Frames::new(source, size, &read.spans, self.parts);
        let end = frames.end();
        let mut children = Vec::new();
        if end > 0 {
            let meaning = match (read.spans.len(), self.frames.trim_end_matches('s')) {
                (1, one) => format!("1 {one}"),
                (n, one) => format!("{n} {one}s"),
            };
            let node = Node::new(self.frames, Range::file(0, end)).meaning(meaning);
            children.push(node.with_children_on_demand(Arc::new(frames)));
        }
        children.push(content);
        if end < size {
            children.push(rest(Range::file(end, size.since(end)), &read));
        }
        let mut root = Node::new(self.name, Range::file(0, size));
        if let Some(fault) = read.fault {
            let problem = C001.problem(Range::file(size, 0), fault);
            match children
                .first_mut()
                .filter(|first| first.name == self.frames)
            {
                Some(frames) => frames.problems.push(problem),
                None => root.problems.push(problem),
            }
        }
        Ok(root.with_children(children))
    }

    fn content(&self) -> Option<&str> {
        Some("content")
    }

    fn codes(&self) -> &[Code] {
        CODES
    }
}

/// The result of reading a stream to its end.
#[derive(Clone, Default)]
struct StreamEnd {
    fault: Option<String>,
    garbage: bool,
    spans: Vec<Span>,
}

impl Compressed {
    /// The content of a file, up to the first error, and how the stream ended.
    fn read(self, source: &Source) -> io::Result<(Source, StreamEnd)> {
        let outcome = Arc::new(Mutex::new(StreamEnd::default()));
        let content = match self.open(source)? {
            Ok(decoder) => Source::stream(RecordedDecoder {
                decoder,
                left: MAX_CONTENT,
                outcome: Arc::clone(&outcome),
            }),
            Err(error) => {
                let fault = Some(error.to_string());
                let outcome = StreamEnd {
                    fault,
                    ..StreamEnd::default()
                };
                return Ok((Source::from(Vec::new()), outcome));
            }
        };
        content.size()?;
        let outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((content, outcome.clone()))
    }

    fn open(self, source: &Source) -> io::Result<Result<Decoder<'static>, CodecError>> {
        let start = source.read(0, codecs::LONGEST_START)?;
        let codec = codecs::of_start(&start).filter(|codec| codec.name == self.name);
        Ok(match codec {
            Some(codec) => codec.open(Box::new(source.reader(0))),
            None => {
                let words = "it doesn't begin as one does";
                Err(CodecError::Broken {
                    codec: self.name,
                    error: io::Error::new(io::ErrorKind::InvalidData, words),
                })
            }
        })
    }
}

/// A decoder that ends where its stream is broken, and records the error.
struct RecordedDecoder {
    decoder: Decoder<'static>,
    /// How many more bytes are read.
    left: u64,
    outcome: Arc<Mutex<StreamEnd>>,
}

impl RecordedDecoder {
    fn end(&self, fault: Option<String>) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        *outcome = StreamEnd {
            fault,
            garbage: self.decoder.garbage(),
            spans: self.decoder.spans().to_vec(),
        };
    }
}

impl Read for RecordedDecoder {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let buf = match buf.len() > most {
            true => buf.get_mut(..most).unwrap_or_default(),
            false => buf,
        };
        match self.decoder.read(buf) {
            Ok(0) => {
                self.end(None);
                Ok(0)
            }
            Ok(read) => {
                self.left = self.left.since(read as u64);
                Ok(read)
            }
            Err(error) if is_data(&error) => {
                self.end(Some(error.to_string()));
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

/// What follows the last frame. Zeros are padding, as tapes and block devices add it.
fn rest(range: Range, read: &StreamEnd) -> Node {
    let gap = |name: &'static str| Node::new(name, range).role(Role::Gap);
    if read.spans.len() >= MAX_FRAMES {
        let mut node = gap("unread");
        let message = format!("more than {MAX_FRAMES} frames: the rest is not taken apart");
        node.problems.push(C007.problem(range, message));
        return node;
    }
    if read.garbage {
        let mut node = gap("trailing");
        let message = "what follows the stream is not compressed so, nor zeros";
        node.problems.push(C002.problem(range, message));
        return node;
    }
    match read.fault {
        Some(_) => gap("unread"),
        None => Node::new("zeros", range).role(Role::Padding),
    }
}
