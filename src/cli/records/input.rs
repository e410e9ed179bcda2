//! Where records come from: files and standard input, as they are or compressed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use anyhow::Context as _;

use super::Args;
use crate::Source;
use crate::cli::stream::Stream;
use crate::cli::{Context, Input, progress};
use crate::codecs::{self, Codec, Decoder};
use crate::scan::Scan;
use crate::structs::{DataError, DataErrorKind};

/// The bytes of a file from the first record on.
pub(super) struct Records {
    pub(super) reader: Box<dyn Read + Send>,
    /// Where the first record begins.
    pub(super) offset: u64,
    /// Whether waiting for more may take long.
    pub(super) is_live: bool,
}

/// Suffixes that say that a file is compressed; what they have none of has to begin as codecs with a
/// signature do.
const SUFFIXES: [&str; 12] = [
    "gz", "tgz", "zst", "zstd", "xz", "bz2", "lz4", "zz", "zlib", "tzst", "txz", "z",
];

impl Args {
    /// Opens a file at its first record.
    pub(super) fn open(&self, input: &Input, cx: &mut Context) -> anyhow::Result<Records> {
        if self.follow {
            return self.open_growing(input, cx);
        }
        let stream = Stream::open(input, 0)?.watched(self.out.is_none());
        let mut reader: Box<dyn Read + Send> = Box::new(stream);
        let mut start = Vec::new();
        let is_live = !input.is_regular();
        match (self.no_decompress, is_live) {
            (true, _) => {}
            (false, false) => {
                Read::take(&mut reader, codecs::LONGEST_START).read_to_end(&mut start)?;
            }
            (false, true) => begin(&mut reader, &mut start)?,
        }
        let codec = (!self.no_decompress)
            .then(|| codec(input, &start))
            .flatten();
        reader = Box::new(io::Cursor::new(start).chain(reader));
        let mut reader = match codec {
            Some(codec) => {
                let decoder = codec.open(reader).with_context(|| input.to_string())?;
                let decoder: Box<dyn Read + Send> = Box::new(Whole(decoder));
                decoder
            }
            None => reader,
        };
        let offset = self.before_records(&mut reader, input, cx)?;
        Ok(Records {
            reader,
            offset,
            is_live,
        })
    }

    /// A file that others write to: it is read as it is.
    fn open_growing(&self, input: &Input, cx: &mut Context) -> anyhow::Result<Records> {
        let Some(path) = input.path() else {
            anyhow::bail!("--follow is for files: standard input ends when its writer ends");
        };
        let file = File::open(path).with_context(|| input.to_string())?;
        let mut reader: Box<dyn Read + Send> = Box::new(Growing { file, position: 0 });
        let offset = self.before_records(&mut reader, input, cx)?;
        Ok(Records {
            reader,
            offset,
            is_live: true,
        })
    }

    /// Goes past what stands before the records; answers where they begin.
    fn before_records(
        &self,
        reader: &mut Box<dyn Read + Send>,
        input: &Input,
        cx: &mut Context,
    ) -> anyhow::Result<u64> {
        let wanted = self.skip.unwrap_or(0);
        let skipped = io::copy(&mut Read::take(&mut *reader, wanted), &mut io::sink())
            .with_context(|| input.to_string())?;
        if skipped < wanted {
            let offset = i64::try_from(wanted).unwrap_or(i64::MAX);
            let available = skipped;
            let error = DataError::new(DataErrorKind::Offset { offset, available });
            return Err(error).with_context(|| input.to_string());
        }
        let Some(header) = &self.header else {
            return Ok(wanted);
        };
        let format = cx.compile_unless_name(header).context("--header")?.layout;
        // What is read for a header of unknown size, and is none of it, comes back.
        let mut head = Vec::new();
        let mut want = format.size().unwrap_or(64);
        let size = loop {
            let missing = want.saturating_sub(head.len() as u64);
            let read = Read::take(&mut *reader, missing).read_to_end(&mut head);
            let read = read.with_context(|| input.to_string())? as u64;
            let source = Source::from(head.as_slice());
            match Scan::new(&format, &source, 0).one() {
                Ok(found) => break found.bytes.len(),
                Err(error) if read < missing || want > MAX_HEADER => {
                    return Err(error).with_context(|| format!("{input}: --header"));
                }
                Err(_) => want = want.saturating_mul(2),
            }
        };
        let rest = head.get(size..).unwrap_or_default().to_vec();
        let after = std::mem::replace(reader, Box::new(io::empty()));
        *reader = Box::new(io::Cursor::new(rest).chain(after));
        Ok(wanted.saturating_add(size as u64))
    }

    /// The records of a file to be read at positions.
    pub(super) fn source(&self, input: &Input, cx: &mut Context) -> anyhow::Result<(Source, u64)> {
        let is_plain = self.header.is_none() && input.is_regular();
        if is_plain {
            let source = input.open()?;
            let start = source.read(0, codecs::LONGEST_START)?;
            if self.no_decompress || codec(input, &start).is_none() {
                let prints = self.out.is_none();
                return Ok((progress::source(source, prints), self.skip.unwrap_or(0)));
            }
        }
        let records = self.open(input, cx)?;
        // Offsets in messages count from the first record.
        Ok((Source::stream(records.reader), 0))
    }
}

/// Bytes that tell all codecs with a signature, but for those behind frames that are passed over.
const SIGNATURE: usize = 8;

/// Reads the first bytes of what has to be waited for, and no longer than it takes to tell a codec.
fn begin(reader: &mut impl Read, start: &mut Vec<u8>) -> io::Result<()> {
    let mut room = vec![0; 4096];
    while start.len() < SIGNATURE && start.first().is_none_or(begins_signature) {
        match reader.read(&mut room) {
            Ok(0) => break,
            Ok(read) => start.extend_from_slice(room.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether a byte is the first of a codec's signature.
fn begins_signature(byte: &u8) -> bool {
    matches!(byte, 0x1f | b'B' | 0xfd | 0x04 | 0x28 | 0x50..=0x5f)
}

/// Bytes that a header of unknown size may have.
const MAX_HEADER: u64 = 16 << 20;

/// What a file is compressed with. Records are any bytes: those that happen to look like zlib's two are
/// taken for it only where the file's name says so.
fn codec(input: &Input, start: &[u8]) -> Option<&'static Codec> {
    let codec = codecs::of_start(start)?;
    let suffix = input.path().and_then(|path| path.extension());
    let suffix = suffix.map(|suffix| suffix.to_string_lossy().to_lowercase());
    let is_told = suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix.as_str()));
    (is_told || codec.name != "zlib").then_some(codec)
}

/// What a compressed stream holds; what follows it and is none of it is an error.
struct Whole(Decoder<'static>);

impl Read for Whole {
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
struct Growing {
    file: File,
    position: u64,
}

impl Read for Growing {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buf)?;
        self.position = self.position.saturating_add(read as u64);
        if read == 0 && self.file.metadata()?.len() < self.position {
            // Who cuts a log begins it again.
            self.file.seek(SeekFrom::Start(self.position))?;
            return Err(io::Error::other(
                "the file has become shorter than what was read of it",
            ));
        }
        Ok(read)
    }
}
