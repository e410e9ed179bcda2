//! Compressions, by the crates that do them.

#[cfg(feature = "deflate")]
use std::io::Write;
use std::io::{self, BufRead, Read};

/// The output of an encoder for all the bytes.
#[cfg(feature = "deflate")]
macro_rules! written {
    ($encoder:expr, $bytes:expr) => {{
        let mut encoder = $encoder;
        encoder.write_all($bytes)?;
        encoder.finish()
    }};
}

/// How far back a stream may refer, in bytes: what `xz -9` asks for.
#[cfg(feature = "xz")]
const MAX_WINDOW: u64 = 64 << 20;

/// The same as a power of two.
#[cfg(feature = "zstd")]
const MAX_WINDOW_LOG: u32 = 26;

/// A compression of bytes inside a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// RFC 1950.
    Zlib,
    /// RFC 1951, without a header.
    Deflate,
    /// RFC 1952.
    Gzip,
    Bzip2,
    Xz,
    /// LZMA with the header of 13 bytes that `xz --format=lzma` writes.
    Lzma,
    /// RFC 8878.
    Zstd,
    /// LZ4's frames.
    Lz4,
}

impl Compression {
    pub(crate) const ALL: [Compression; 8] = [
        Compression::Zlib,
        Compression::Deflate,
        Compression::Gzip,
        Compression::Bzip2,
        Compression::Xz,
        Compression::Lzma,
        Compression::Zstd,
        Compression::Lz4,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Compression::Zlib => "zlib",
            Compression::Deflate => "deflate",
            Compression::Gzip => "gzip",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
            Compression::Lzma => "lzma",
            Compression::Zstd => "zstd",
            Compression::Lz4 => "lz4",
        }
    }

    /// The cargo feature that brings it.
    pub(crate) fn feature(self) -> &'static str {
        match self {
            Compression::Zlib | Compression::Deflate | Compression::Gzip => "deflate",
            Compression::Bzip2 => "bzip2",
            Compression::Xz | Compression::Lzma => "xz",
            Compression::Zstd => "zstd",
            Compression::Lz4 => "lz4",
        }
    }

    /// Whether this build has it.
    pub(crate) fn is_built(self) -> bool {
        match self.feature() {
            "deflate" => cfg!(feature = "deflate"),
            "bzip2" => cfg!(feature = "bzip2"),
            "xz" => cfg!(feature = "xz"),
            "zstd" => cfg!(feature = "zstd"),
            _ => cfg!(feature = "lz4"),
        }
    }

    #[cfg(not(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd")))]
    fn missing(self) -> io::Error {
        let (name, feature) = (self.name(), self.feature());
        let message = format!("build with the cargo feature {feature} to undo {name}");
        io::Error::new(io::ErrorKind::Unsupported, message)
    }

    /// A decoder for a stream.
    pub(super) fn reader<'a>(
        self,
        coded: Box<dyn BufRead + Send + 'a>,
    ) -> io::Result<Box<dyn Read + Send + 'a>> {
        match self {
            #[cfg(feature = "deflate")]
            Compression::Zlib => Ok(Box::new(flate2::bufread::ZlibDecoder::new(coded))),
            #[cfg(feature = "deflate")]
            Compression::Deflate => Ok(Box::new(flate2::bufread::DeflateDecoder::new(coded))),
            #[cfg(feature = "deflate")]
            Compression::Gzip => Ok(Box::new(flate2::bufread::MultiGzDecoder::new(coded))),
            #[cfg(feature = "bzip2")]
            Compression::Bzip2 => Ok(Box::new(bzip2::bufread::MultiBzDecoder::new(coded))),
            #[cfg(feature = "xz")]
            Compression::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(
                    MAX_WINDOW,
                    liblzma::stream::CONCATENATED,
                )?;
                Ok(Box::new(liblzma::bufread::XzDecoder::new_stream(
                    coded, stream,
                )))
            }
            #[cfg(feature = "xz")]
            Compression::Lzma => {
                let stream = liblzma::stream::Stream::new_lzma_decoder(MAX_WINDOW)?;
                Ok(Box::new(liblzma::bufread::XzDecoder::new_stream(
                    coded, stream,
                )))
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(coded)?;
                decoder.window_log_max(MAX_WINDOW_LOG)?;
                Ok(Box::new(decoder))
            }
            #[cfg(feature = "lz4")]
            Compression::Lz4 => Ok(Box::new(lz4_flex::frame::FrameDecoder::new(coded))),
            #[cfg(not(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd")))]
            other => {
                drop(coded);
                Err(other.missing())
            }
        }
    }

    /// At the default level of its command.
    pub(super) fn encode(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            #[cfg(feature = "deflate")]
            Compression::Zlib => {
                let level = flate2::Compression::default();
                written!(flate2::write::ZlibEncoder::new(Vec::new(), level), bytes)
            }
            #[cfg(feature = "deflate")]
            Compression::Deflate => {
                let level = flate2::Compression::default();
                written!(flate2::write::DeflateEncoder::new(Vec::new(), level), bytes)
            }
            #[cfg(feature = "deflate")]
            Compression::Gzip => {
                let level = flate2::Compression::default();
                written!(flate2::write::GzEncoder::new(Vec::new(), level), bytes)
            }
            #[cfg(feature = "bzip2")]
            Compression::Bzip2 => {
                let level = bzip2::Compression::best();
                written!(bzip2::write::BzEncoder::new(Vec::new(), level), bytes)
            }
            #[cfg(feature = "xz")]
            Compression::Xz => {
                written!(liblzma::write::XzEncoder::new(Vec::new(), 6), bytes)
            }
            #[cfg(feature = "xz")]
            Compression::Lzma => {
                let options = liblzma::stream::LzmaOptions::new_preset(6)?;
                let stream = liblzma::stream::Stream::new_lzma_encoder(&options)?;
                written!(
                    liblzma::write::XzEncoder::new_stream(Vec::new(), stream),
                    bytes
                )
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => zstd::stream::encode_all(bytes, 0),
            #[cfg(feature = "lz4")]
            Compression::Lz4 => written!(lz4_flex::frame::FrameEncoder::new(Vec::new()), bytes)
                .map_err(io::Error::other),
            #[cfg(not(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd")))]
            other => {
                let _ = bytes;
                Err(other.missing())
            }
        }
    }
}
