//! Files that are compressed with bzip2, xz, zstd or lz4: their bytes, and what they hold.
//!
//! | code | severity | what is wrong |
//! | --- | --- | --- |
//! | C001 | error | the stream can't be read to its end: it is cut or broken, or needs more memory than it may |
//! | C002 | warning | something else follows the stream |
//! | C003 | note | there is more content than is looked at |

use std::io::{self, Read};

use crate::Source;
use crate::codecs::{self, CodecError, Decoder};
use crate::format::{Code, Content, Fit, Format, Head, MAX_CONTENT, Stream, until_broken};
use crate::tree::{Node, Range, Role, Severity};

/// The codes of problems.
pub const CODES: [Code; 3] = [
    Code::new(
        "C001",
        Severity::Error,
        "the stream can't be read to its end",
    ),
    Code::new(
        "C002",
        Severity::Warning,
        "something else follows the stream",
    ),
    Code::new(
        "C003",
        Severity::Note,
        "there is more content than is looked at",
    ),
];

/// Files of one compression.
#[derive(Clone, Copy, Debug)]
pub struct Compressed(&'static str);

/// bzip2.
pub const BZIP2: Compressed = Compressed("bzip2");
/// xz, from the .xz file format 1.0.4.
pub const XZ: Compressed = Compressed("xz");
/// zstd (RFC 8878).
pub const ZSTD: Compressed = Compressed("zstd");
/// The frame format of lz4.
pub const LZ4: Compressed = Compressed("lz4");

impl Format for Compressed {
    fn name(&self) -> &'static str {
        self.0
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        let codec = codecs::of_start(head.start());
        Ok(codec
            .filter(|codec| codec.name == self.0)
            .map(|_| Fit::Signature(4)))
    }

    /// `stream`, the compressed bytes, and `content`, a view of what they hold.
    fn tree(&self, source: &Source, content: &mut Content<'_>) -> io::Result<Node> {
        let file = Range::file(0, source.size()?);
        let read = self.read(source)?;
        let mut bytes = Node::new("stream", file).role(Role::Data).meaning(self.0);
        let at = Range::file(file.size, 0);
        if let Some(fault) = &read.fault {
            bytes.problems.push(CODES[0].problem(at, fault.as_str()));
        }
        if read.garbage {
            let message = "what follows the stream is not compressed so, nor zeros";
            bytes.problems.push(CODES[1].problem(at, message));
        }
        let mut stream = Stream::new(self.inflated(source));
        stream.fault = read.fault;
        stream.limit = MAX_CONTENT;
        let mut content = content.stream("content", stream)?;
        if content.range.size >= MAX_CONTENT {
            let message = format!("only the first {MAX_CONTENT} bytes are looked at");
            content
                .problems
                .push(CODES[2].problem(content.range, message));
        }
        Ok(Node::new(self.0, file).with_children(vec![bytes, content]))
    }

    fn content(&self) -> Option<&str> {
        Some("content")
    }

    fn codes(&self) -> &[Code] {
        &CODES
    }
}

/// What reading a stream to its end tells.
struct Outcome {
    fault: Option<String>,
    garbage: bool,
}

impl Compressed {
    fn read(self, source: &Source) -> io::Result<Outcome> {
        let read = self.open(source).and_then(|mut decoder| {
            io::copy(&mut decoder.by_ref().take(MAX_CONTENT), &mut io::sink())?;
            Ok(decoder.garbage())
        });
        match read {
            Ok(garbage) => Ok(Outcome {
                fault: None,
                garbage,
            }),
            Err(error) => Ok(Outcome {
                fault: Some(error.downcast::<CodecError>()?.to_string()),
                garbage: false,
            }),
        }
    }

    /// Undoes the compression. Of what is wrong with the stream the error is a [`CodecError`].
    fn open(self, source: &Source) -> io::Result<Decoder> {
        let start = source.read(0, codecs::LONGEST_START)?;
        match codecs::of_start(&start).filter(|codec| codec.name == self.0) {
            Some(codec) => Ok(codec.open(Box::new(source.reader(0)))?),
            None => {
                let words = "it doesn't begin as one does";
                Err(CodecError::Broken {
                    codec: self.0,
                    source: io::Error::new(io::ErrorKind::InvalidData, words),
                }
                .into())
            }
        }
    }

    /// What a stream holds, up to where it can't be read on.
    fn inflated(self, source: &Source) -> Source {
        match self.open(source) {
            Ok(decoder) => Source::stream(until_broken(decoder, is_broken).take(MAX_CONTENT)),
            Err(_) => Source::from(Vec::new()),
        }
    }
}

fn is_broken(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<CodecError>())
}
