//! The compressions of files and archives: detected by the first bytes, decompressed while reading, and written.

mod compressed;
mod compression;
mod error;
mod frames;
pub mod gzip;
pub(crate) mod layout;
mod zlib;

#[cfg(feature = "bzip2")]
mod bzip2;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "xz")]
mod xz;
#[cfg(feature = "zstd")]
mod zstd;

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use crate::source::uninterrupted;

pub use compression::{BlockIndex, Compression, Compressor};
pub use error::CodecError;

/// How far back a stream may refer, in bytes, unless said otherwise: what `xz -9` asks for.
pub const DEFAULT_MAX_WINDOW: u64 = 64 << 20;

/// Bytes at the front that tell how a stream is compressed: the skippable frames that lz4 and zstd share may come
/// first.
pub(crate) const LONGEST_START: u64 = 4096;

/// One way to compress.
pub(crate) struct Codec {
    pub(crate) name: &'static str,
    /// The command that decompresses it.
    command: &'static str,
    /// The cargo feature that brings it; empty where none does.
    feature: &'static str,
    /// The suffixes of its files.
    suffixes: &'static [&'static str],
    /// Whether its first bytes are a signature that few other files have.
    pub(crate) has_signature: bool,
    /// Whether a stream begins so.
    begins: fn(&[u8]) -> bool,
    /// `None` where this build can't decompress it.
    open: Option<for<'a> fn(Stream<'a>) -> Box<dyn Decode + 'a>>,
}

/// A stream from its first byte on.
pub(crate) type Stream<'a> = Box<dyn Read + Send + 'a>;

/// Why a decoder can't go on.
pub(super) enum Fault {
    /// The stream needs a larger window than allowed; how many bytes, where its header says it.
    Window { needed: Option<u64> },
    /// The stream is broken, or can't be read.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

impl From<io::ErrorKind> for Fault {
    fn from(kind: io::ErrorKind) -> Fault {
        Fault::Io(kind.into())
    }
}

/// Decompresses a stream.
pub(super) trait Decode: Send {
    /// Reads more of the stream's content into `buf`; 0 where it ends.
    fn decode(&mut self, buf: &mut [u8]) -> Result<usize, Fault>;

    /// Refuses streams that need a larger window, in bytes. Codecs with a small fixed window ignore it.
    fn max_window(&mut self, _bytes: u64) {}

    /// Whether something that isn't of the codec follows the stream. Known once the stream
    /// has been read to its end.
    fn garbage(&self) -> bool;

    /// The frames met so far: [`MAX_FRAMES`] at most.
    fn spans(&self) -> &[Span] {
        &[]
    }
}

/// The most frames of a stream whose places are kept; they take 1 MiB.
pub(crate) const MAX_FRAMES: usize = 1 << 16;

/// Where a frame is in a compressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first byte.
    pub(crate) start: u64,
    /// Where it ends; `None` where it was not read to its end.
    pub(crate) end: Option<u64>,
}

static CODECS: [Codec; 7] = [
    Codec {
        name: "gzip",
        command: "gzip -dc",
        feature: "",
        suffixes: &["gz", "tgz"],
        has_signature: true,
        begins: gzip::is_gzip,
        open: Some(gzip::decode::open),
    },
    Codec {
        name: "bzip2",
        command: "bzip2 -dc",
        feature: "bzip2",
        suffixes: &["bz2"],
        has_signature: true,
        begins: begins_bzip2,
        #[cfg(feature = "bzip2")]
        open: Some(bzip2::open),
        #[cfg(not(feature = "bzip2"))]
        open: None,
    },
    Codec {
        name: "xz",
        command: "xz -dc",
        feature: "xz",
        suffixes: &["xz", "txz"],
        has_signature: true,
        begins: begins_xz,
        #[cfg(feature = "xz")]
        open: Some(xz::open),
        #[cfg(not(feature = "xz"))]
        open: None,
    },
    // Before zstd, which takes the skippable frames that both have.
    Codec {
        name: "lz4",
        command: "lz4 -dc",
        feature: "lz4",
        suffixes: &["lz4"],
        has_signature: true,
        begins: |start| begins_lz4(after_skippable(start)),
        #[cfg(feature = "lz4")]
        open: Some(lz4::open),
        #[cfg(not(feature = "lz4"))]
        open: None,
    },
    Codec {
        name: "zstd",
        command: "zstd -dc",
        feature: "zstd",
        suffixes: &["zst", "zstd", "tzst"],
        has_signature: true,
        begins: |start| begins_zstd(start) || layout::is_skippable(start),
        #[cfg(feature = "zstd")]
        open: Some(zstd::open),
        #[cfg(not(feature = "zstd"))]
        open: None,
    },
    Codec {
        name: "compress",
        command: "gzip -dc",
        feature: "",
        suffixes: &[],
        has_signature: true,
        begins: |start| start.starts_with(b"\x1f\x9d"),
        open: None,
    },
    // After those that have a signature.
    Codec {
        name: "zlib",
        command: "pigz -dc",
        feature: "",
        suffixes: &["zz", "zlib", "z"],
        has_signature: false,
        begins: zlib::begins,
        open: Some(zlib::open),
    },
];

/// The codec of a stream that begins with these bytes.
pub(crate) fn of_start(start: &[u8]) -> Option<&'static Codec> {
    CODECS.iter().find(|codec| (codec.begins)(start))
}

/// Whether a suffix, in lower case, is that of a compressed file.
#[cfg(feature = "cli")]
pub(crate) fn is_suffix(suffix: &str) -> bool {
    CODECS.iter().any(|codec| codec.suffixes.contains(&suffix))
}

/// Whether a short start may become that of a codec with a signature once more bytes have come. Eight bytes tell all
/// signatures, except those after skippable frames.
#[cfg(feature = "cli")]
pub(crate) fn may_begin(start: &[u8]) -> bool {
    let begins = |byte: &u8| matches!(byte, 0x1f | b'B' | 0xfd | 0x04 | 0x28 | 0x50..=0x5f);
    start.len() < 8 && start.first().is_none_or(begins)
}

impl Codec {
    /// A decoder for a stream.
    pub(crate) fn open<'a>(&'static self, stream: Stream<'a>) -> Result<Decoder<'a>, CodecError> {
        let Some(open) = self.open else {
            let Codec {
                name,
                command,
                feature,
                ..
            } = *self;
            return Err(CodecError::Unsupported {
                name,
                command,
                feature,
            });
        };
        let failure = Failure::default();
        Ok(Decoder {
            codec: self,
            inner: open(Box::new(Watched {
                stream,
                failure: Arc::clone(&failure),
            })),
            failure,
            max_window: DEFAULT_MAX_WINDOW,
        })
    }
}

/// The content of a compressed stream.
pub(crate) struct Decoder<'a> {
    codec: &'static Codec,
    inner: Box<dyn Decode + 'a>,
    failure: Failure,
    max_window: u64,
}

impl Decoder<'_> {
    /// The name of the compression.
    pub(crate) fn name(&self) -> &'static str {
        self.codec.name
    }

    /// A stream that refers back further is an error where it says so.
    pub(crate) fn max_window(&mut self, bytes: u64) {
        self.max_window = bytes;
        self.inner.max_window(bytes);
    }

    /// See [`Decode::garbage`].
    pub(crate) fn garbage(&self) -> bool {
        self.inner.garbage()
    }

    /// See [`Decode::spans`].
    pub(crate) fn spans(&self) -> &[Span] {
        self.inner.spans()
    }

    /// Reads more of the stream's content into `buf`; 0 where it ends.
    pub(crate) fn decode(&mut self, buf: &mut [u8]) -> Result<usize, DecodeError> {
        let fault = match self.inner.decode(buf) {
            Ok(read) => return Ok(read),
            Err(fault) => fault,
        };
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failure.take() {
            return Err(DecodeError::Stream(error));
        }
        let codec = self.codec.name;
        Err(DecodeError::Codec(match fault {
            Fault::Window { needed } => CodecError::Window {
                codec,
                needed,
                limit: self.max_window,
            },
            Fault::Io(error) => CodecError::Broken { codec, error },
        }))
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.decode(buf).map_err(|error| match error {
            DecodeError::Stream(error) => error,
            DecodeError::Codec(error) => error.into(),
        })
    }
}

/// Why the content of a compressed stream can't be read on.
pub(crate) enum DecodeError {
    /// The stream itself can't be read.
    Stream(io::Error),
    /// It can't be decompressed.
    Codec(CodecError),
}

/// The error of a stream that a decoder reads. The decoder gets its kind alone; the error that it makes of that doesn't
/// count as a broken stream.
type Failure = Arc<Mutex<Option<io::Error>>>;

/// Keeps the error of a stream that is read.
struct Watched<'a> {
    stream: Stream<'a>,
    failure: Failure,
}

impl Read for Watched<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| self.stream.read(buf)).map_err(|error| {
            let kind = error.kind();
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            *failure = Some(error);
            kind.into()
        })
    }
}

/// The signature of a stream of bzip2; its level follows.
pub(crate) const BZIP2: &[u8] = b"BZh";
/// The signature of a block of bzip2: the digits of π.
const BZIP2_BLOCK: &[u8] = b"1AY&SY";
/// The signature of the end of a stream of bzip2: the digits of the square root of π.
pub(crate) const BZIP2_END: &[u8] = b"\x17\x72\x45\x38\x50\x90";
/// The signature of a stream of xz (The .xz File Format 1.0.4, section 2.1.1.1).
pub(crate) const XZ: &[u8] = b"\xfd7zXZ\0";
/// The signature of frames of zstd (RFC 8878, section 3.1.1).
pub(crate) const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
/// The signature of frames of lz4.
pub(crate) const LZ4: &[u8] = b"\x04\x22\x4d\x18";
/// The same of its first versions and of Linux kernels.
pub(crate) const LZ4_LEGACY: &[u8] = b"\x02\x21\x4c\x18";

fn begins_lz4(start: &[u8]) -> bool {
    start.starts_with(LZ4) || start.starts_with(LZ4_LEGACY)
}

fn begins_zstd(start: &[u8]) -> bool {
    start.starts_with(ZSTD)
}

fn begins_xz(start: &[u8]) -> bool {
    start.starts_with(XZ)
}

/// Another file may begin with `BZh…`, as a tar archive whose first member has that name; the signature of a block, or
/// of the end, after the level tells.
fn begins_bzip2(start: &[u8]) -> bool {
    match start.strip_prefix(BZIP2) {
        Some([b'1'..=b'9', after @ ..]) => {
            after.starts_with(BZIP2_BLOCK) || after.starts_with(BZIP2_END)
        }
        _ => false,
    }
}

/// The bytes after skippable frames; `pzstd` writes one at the front.
fn after_skippable(mut start: &[u8]) -> &[u8] {
    while let Some(size) = layout::skippable_size(start) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        start = start.get(size..).unwrap_or_default();
    }
    start
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("codec", &self.codec.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
