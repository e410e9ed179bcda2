//! The inputs of records: files, parts of them and standard input, plain or compressed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::Args;
use crate::Source;
use crate::cli::document::FormatArgs;
use crate::cli::error::{Context as _, Result, bail};
use crate::cli::stream::Stream;
use crate::cli::{Context, Input, progress};
use crate::codecs::{self, Codec, Decoder};
use crate::inspect::{Document, Found, display_path};
use crate::offset::Position;
use crate::records;
use crate::source::uninterrupted;
use crate::structs::DataError;
use crate::tree::Range;

/// The bytes of a file from the first record on.
pub(super) struct Records {
    pub(super) reader: Box<dyn Read + Send>,
    /// Where the first record begins.
    pub(super) offset: u64,
    /// Whether waiting for more may take long.
    pub(super) is_live: bool,
}

/// A file, or a part of one.
pub(super) struct RecordsPart<'a> {
    input: &'a Input,
    part: Option<Member>,
}

/// A part of a file, such as the data of a member of an archive.
struct Member {
    document: Arc<Document>,
    range: Range,
    path: String,
}

impl fmt::Display for RecordsPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.input.fmt(f)?;
        match &self.part {
            Some(part) => write!(f, ":{}", part.path),
            None => Ok(()),
        }
    }
}

impl Args {
    /// The inputs of a file's records: all of it, or the selected parts.
    pub(super) fn places<'a>(
        &self,
        input: &'a Input,
        cx: &Context,
    ) -> Result<Vec<RecordsPart<'a>>> {
        if self.part.path.is_none() {
            return Ok(vec![RecordsPart { input, part: None }]);
        }
        if self.follow {
            bail!("--follow is for files, and not for a part of one");
        }
        let format = FormatArgs::named(self.format.clone(), self.max_stream);
        let document = Arc::new(format.open(input, cx)?);
        let found = self.part.find(&document, &input.to_string())?;
        let places = found
            .into_iter()
            .map(|Found { path, node, .. }| RecordsPart {
                input,
                part: Some(Member {
                    document: Arc::clone(&document),
                    range: node.range,
                    path: display_path(&path.to_string(), node.key.as_ref()),
                }),
            });
        Ok(places.collect())
    }

    /// Opens a file or a part of one at its first record.
    pub(super) fn open(&self, place: &RecordsPart<'_>, cx: &mut Context) -> Result<Records> {
        if self.follow {
            return self.open_growing(place, cx);
        }
        let stream = match &place.part {
            None => Stream::open(place.input, 0)?,
            Some(Member {
                document, range, ..
            }) => Stream::of_part(document, *range, place.to_string(), 0)?,
        };
        let stream = match self.out {
            None => stream.heeded(),
            Some(_) => stream,
        };
        // Rows are written above the bar.
        let mut reader: Box<dyn Read + Send> = Box::new(stream.watched(false));
        let mut start = Vec::new();
        let is_live = place.part.is_none() && !place.input.is_regular();
        match (self.no_decompress, is_live) {
            (true, _) => {}
            (false, false) => {
                Read::take(&mut reader, codecs::LONGEST_START).read_to_end(&mut start)?;
            }
            (false, true) => begin(&mut reader, &mut start)?,
        }
        let codec = (!self.no_decompress)
            .then(|| codec(place, &start))
            .flatten();
        reader = Box::new(io::Cursor::new(start).chain(reader));
        let mut reader = match codec {
            Some(codec) => {
                let decoder = codec.open(reader).with_context(|| place.to_string())?;
                let decoder: Box<dyn Read + Send> = Box::new(WholeStream(decoder));
                decoder
            }
            None => reader,
        };
        let offset = self.before_records(&mut reader, place, cx)?;
        Ok(Records {
            reader,
            offset,
            is_live,
        })
    }

    /// A file that others write to: it is read as it is.
    fn open_growing(&self, place: &RecordsPart<'_>, cx: &mut Context) -> Result<Records> {
        let file = self.growing(place.input)?;
        let mut reader: Box<dyn Read + Send> = Box::new(GrowingFile { file, position: 0 });
        let offset = self.before_records(&mut reader, place, cx)?;
        Ok(Records {
            reader,
            offset,
            is_live: true,
        })
    }

    /// The one file that others write to.
    pub(super) fn growing(&self, input: &Input) -> Result<File> {
        if self.inputs.len() > 1 {
            bail!("--follow is for one file: it has no end, after which another could begin");
        }
        let Some(path) = input.path() else {
            bail!("--follow is for files: standard input ends when its writer ends");
        };
        File::open(path).with_context(|| input.to_string())
    }

    /// Skips the bytes and the header before the records; answers where they begin.
    fn before_records(
        &self,
        reader: &mut Box<dyn Read + Send>,
        place: &RecordsPart<'_>,
        cx: &mut Context,
    ) -> Result<u64> {
        let offset = self.skip.unwrap_or(0);
        records::skip(reader, offset).with_context(|| place.to_string())?;
        let Some(header) = &self.header else {
            return Ok(offset);
        };
        let format = cx.compile_unless_name(header).context("--header")?.layout;
        let before = std::mem::replace(reader, Box::new(io::empty()));
        let (rest, size) = records::after_header(before, &format, offset)
            .with_context(|| format!("{place}: --header"))?;
        *reader = rest;
        Ok(offset.past(size))
    }

    /// The records of a file to be read at positions.
    pub(super) fn source(
        &self,
        place: &RecordsPart<'_>,
        cx: &mut Context,
    ) -> Result<(Source, u64)> {
        let is_file = place.part.is_none() && place.input.is_regular();
        if is_file && self.header.is_none() {
            let source = place.input.open()?;
            let start = source.read(0, codecs::LONGEST_START)?;
            if self.no_decompress || codec(place, &start).is_none() {
                return Ok((progress::source(source, false), self.skip.unwrap_or(0)));
            }
        }
        let records = self.open(place, cx)?;
        // Offsets in messages count from the first record.
        Ok((Source::stream(records.reader), 0))
    }
}

/// Reads the first bytes of a pipe, no more than a codec's detection needs.
fn begin(reader: &mut impl Read, start: &mut Vec<u8>) -> io::Result<()> {
    let mut room = vec![0; 4096];
    while codecs::may_begin(start) {
        match uninterrupted(|| reader.read(&mut room))? {
            0 => break,
            read => start.extend_from_slice(room.get(..read).unwrap_or_default()),
        }
    }
    Ok(())
}

/// The codec of a file. Records may be any bytes: a stream of a codec without a signature is only assumed where the
/// file's name says so.
fn codec(place: &RecordsPart<'_>, start: &[u8]) -> Option<&'static Codec> {
    let codec = codecs::of_start(start)?;
    let path = place.input.path().filter(|_| place.part.is_none());
    let suffix = path.and_then(|path| path.extension());
    let suffix = suffix.map(|suffix| suffix.to_string_lossy().to_lowercase());
    let is_told = suffix.is_some_and(|suffix| codecs::is_suffix(&suffix));
    (is_told || codec.has_signature).then_some(codec)
}

/// The content of a compressed stream; other bytes after the stream are an error.
struct WholeStream(Decoder<'static>);

impl Read for WholeStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buf)?;
        if read == 0 && !buf.is_empty() && self.0.garbage() {
            let name = self.0.name();
            let message = format!("bytes that are no {name} follow the compressed stream");
            return Err(DataError::other(message).into());
        }
        Ok(read)
    }
}

/// A file that grows: its end is not the end.
struct GrowingFile {
    file: File,
    position: u64,
}

impl Read for GrowingFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buf)?;
        self.position.advance(read as u64);
        if read == 0 && self.file.metadata()?.len() < self.position {
            // A log that was truncated is read from its beginning.
            self.file.seek(SeekFrom::Start(self.position))?;
            return Err(io::Error::other(
                "the file has become shorter than what was read of it",
            ));
        }
        Ok(read)
    }
}
