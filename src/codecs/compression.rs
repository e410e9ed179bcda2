//! The writers of files and archives: plain, or compressing.

use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use super::gzip::{self, Blocks};
use crate::parallel;

/// How an archive is compressed; all but gzip with the cargo feature of its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// Gzip, at a level from 0 (stored) to 12 (smallest): 1 to 9 are about as small as those of
    /// gzip.
    Gzip(u32),
    /// zlib, at a level from 0 (stored) to 9 (smallest).
    Zlib(u32),
    /// bzip2, at a level from 1 to 9 (smallest).
    #[cfg(feature = "bzip2")]
    Bzip2(u32),
    /// xz, at a level from 0 to 9 (smallest).
    #[cfg(feature = "xz")]
    Xz(u32),
    /// zstd, at a level from 1 to 19 (smallest).
    #[cfg(feature = "zstd")]
    Zstd(u32),
    /// lz4, which has one level here.
    #[cfg(feature = "lz4")]
    Lz4,
}

impl Compression {
    /// The default level of gzip, a balance of size and time for most data.
    pub const DEFAULT_LEVEL: u32 = 6;

    /// Every compression, at its default level.
    pub const ALL: &'static [Compression] = &[
        Compression::None,
        Compression::Gzip(Compression::DEFAULT_LEVEL),
        Compression::Zlib(Compression::DEFAULT_LEVEL),
        #[cfg(feature = "bzip2")]
        Compression::Bzip2(9),
        #[cfg(feature = "xz")]
        Compression::Xz(6),
        #[cfg(feature = "zstd")]
        Compression::Zstd(3),
        #[cfg(feature = "lz4")]
        Compression::Lz4,
    ];

    /// The compression that the suffix of an archive's name asks for.
    ///
    /// ```
    /// use bytewright::codecs::Compression;
    ///
    /// assert_eq!(Compression::of_name("a.tar".as_ref()), Compression::None);
    /// assert_eq!(Compression::of_name("a.TGZ".as_ref()), Compression::Gzip(6));
    /// ```
    pub fn of_name(path: &std::path::Path) -> Compression {
        let suffix = path.extension().unwrap_or_default();
        let has = |compression: &&Compression| {
            let mut suffixes = compression.suffixes().iter();
            suffixes.any(|own| suffix.eq_ignore_ascii_case(own))
        };
        Compression::ALL
            .iter()
            .find(has)
            .copied()
            .unwrap_or_default()
    }

    /// The name of an archive's file without `.tar` and the suffix of its compression; `None` where nothing of it would
    /// be left, or it has no such suffix.
    ///
    /// ```
    /// use bytewright::codecs::Compression;
    /// use std::path::Path;
    ///
    /// for archive in ["in/tool-1.0.tar.gz", "tool-1.0.tgz", "tool-1.0.tar"] {
    ///     assert_eq!(Compression::stem(archive.as_ref()).unwrap(), Path::new("tool-1.0"));
    /// }
    /// assert_eq!(Compression::stem("tool".as_ref()), None);
    /// ```
    pub fn stem(path: &std::path::Path) -> Option<std::path::PathBuf> {
        let mut stem = std::path::PathBuf::from(path.file_name()?);
        if Compression::of_name(&stem) != Compression::None {
            stem = stem.with_extension("");
        }
        let is_tar = stem
            .extension()
            .is_some_and(|suffix| suffix.eq_ignore_ascii_case("tar"));
        if is_tar {
            stem = stem.with_extension("");
        }
        (Some(stem.as_os_str()) != path.file_name()).then_some(stem)
    }

    /// The compression of this [name](Compression::name), at its usual level.
    ///
    /// ```
    /// use bytewright::codecs::Compression;
    ///
    /// assert_eq!(Compression::named("gzip"), Some(Compression::Gzip(6)));
    /// assert_eq!(Compression::named("rar"), None);
    /// ```
    pub fn named(name: &str) -> Option<Compression> {
        Compression::ALL.iter().find(|c| c.name() == name).copied()
    }

    /// `none`, `gzip`, `zlib`, `bzip2`, `xz`, `zstd` or `lz4`.
    pub const fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip(_) => "gzip",
            Compression::Zlib(_) => "zlib",
            #[cfg(feature = "bzip2")]
            Compression::Bzip2(_) => "bzip2",
            #[cfg(feature = "xz")]
            Compression::Xz(_) => "xz",
            #[cfg(feature = "zstd")]
            Compression::Zstd(_) => "zstd",
            #[cfg(feature = "lz4")]
            Compression::Lz4 => "lz4",
        }
    }

    /// The suffixes of such archives.
    pub const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Compression::None => &["tar"],
            Compression::Gzip(_) => &["gz", "tgz"],
            Compression::Zlib(_) => &["zz", "zlib"],
            #[cfg(feature = "bzip2")]
            Compression::Bzip2(_) => &["bz2", "tbz", "tbz2"],
            #[cfg(feature = "xz")]
            Compression::Xz(_) => &["xz", "txz"],
            #[cfg(feature = "zstd")]
            Compression::Zstd(_) => &["zst", "tzst"],
            #[cfg(feature = "lz4")]
            Compression::Lz4 => &["lz4"],
        }
    }

    /// Whether it has a place for an [index](BlockIndex).
    pub const fn holds_index(self) -> bool {
        matches!(self, Compression::Gzip(_))
    }

    /// The range of levels; `None` where there are none.
    pub const fn levels(self) -> Option<RangeInclusive<u32>> {
        match self {
            Compression::None => None,
            Compression::Gzip(_) => Some(0..=12),
            Compression::Zlib(_) => Some(0..=9),
            #[cfg(feature = "bzip2")]
            Compression::Bzip2(_) => Some(1..=9),
            #[cfg(feature = "xz")]
            Compression::Xz(_) => Some(0..=9),
            #[cfg(feature = "zstd")]
            Compression::Zstd(_) => Some(1..=19),
            #[cfg(feature = "lz4")]
            Compression::Lz4 => None,
        }
    }

    /// The same at another level; `None` where there is no such level.
    ///
    /// ```
    /// use bytewright::codecs::Compression;
    ///
    /// assert_eq!(Compression::Gzip(6).at_level(9), Some(Compression::Gzip(9)));
    /// assert_eq!(Compression::Gzip(6).at_level(13), None);
    /// ```
    #[must_use]
    pub fn at_level(self, level: u32) -> Option<Compression> {
        if !self.levels()?.contains(&level) {
            return None;
        }
        Some(match self {
            Compression::Gzip(_) => Compression::Gzip(level),
            Compression::Zlib(_) => Compression::Zlib(level),
            #[cfg(feature = "bzip2")]
            Compression::Bzip2(_) => Compression::Bzip2(level),
            #[cfg(feature = "xz")]
            Compression::Xz(_) => Compression::Xz(level),
            #[cfg(feature = "zstd")]
            Compression::Zstd(_) => Compression::Zstd(level),
            other => other,
        })
    }

    /// A writer that compresses so into `out`, on as many threads as there are: the same content
    /// gives the same bytes.
    pub fn writer<W: Write>(self, out: W) -> Compressor<W> {
        self.writer_on(out, parallel::threads())
    }

    /// As [`Compression::writer`], on up to this many threads where gzip, xz or zstd can use them;
    /// the bytes are the same with any number.
    pub fn writer_on<W: Write>(self, out: W, threads: NonZeroUsize) -> Compressor<W> {
        let out = BufWriter::with_capacity(256 << 10, out);
        #[cfg(any(feature = "xz", feature = "zstd"))]
        let count = u32::try_from(threads.get()).unwrap_or(u32::MAX);
        Compressor(match self {
            Compression::None => Inner::Plain(out),
            Compression::Gzip(level) => {
                Inner::Gzip(Box::new(gzip::Writer::with_threads(out, level, threads)))
            }
            Compression::Zlib(level) => {
                let level = flate2::Compression::new(level.min(9));
                Inner::Zlib(Box::new(flate2::write::ZlibEncoder::new(out, level)))
            }
            #[cfg(feature = "bzip2")]
            Compression::Bzip2(level) => Inner::Bzip2(Box::new(super::bzip2::encoder(out, level))),
            #[cfg(feature = "xz")]
            Compression::Xz(level) => super::xz::encoder(out, level, count)
                .map_or_else(Inner::Failed, |encoder| Inner::Xz(Box::new(encoder))),
            #[cfg(feature = "zstd")]
            Compression::Zstd(level) => super::zstd::encoder(out, level, count)
                .map_or_else(Inner::Failed, |encoder| Inner::Zstd(Box::new(encoder))),
            #[cfg(feature = "lz4")]
            Compression::Lz4 => Inner::Lz4(Box::new(super::lz4::encoder(out))),
        })
    }
}

/// An index of the blocks' contents, which follows the last block of a gzip file.
pub trait BlockIndex {
    /// Writes it so that gzip ignores it.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    fn write(self, out: &mut impl Write, blocks: &Blocks) -> io::Result<()>;
}

/// No index at all.
enum NoIndex {}

impl BlockIndex for NoIndex {
    fn write(self, _: &mut impl Write, _: &Blocks) -> io::Result<()> {
        match self {}
    }
}

/// See [`Compression::writer`].
pub struct Compressor<W: Write>(Inner<W>);

enum Inner<W: Write> {
    Plain(BufWriter<W>),
    Gzip(Box<gzip::Writer<BufWriter<W>>>),
    Zlib(Box<flate2::write::ZlibEncoder<BufWriter<W>>>),
    #[cfg(feature = "bzip2")]
    Bzip2(Box<::bzip2::write::BzEncoder<BufWriter<W>>>),
    #[cfg(feature = "xz")]
    Xz(Box<::liblzma::write::XzEncoder<BufWriter<W>>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<::zstd::Encoder<'static, BufWriter<W>>>),
    #[cfg(feature = "lz4")]
    Lz4(Box<::lz4_flex::frame::FrameEncoder<BufWriter<W>>>),
    /// There was no memory for the compressor; the first write returns the error.
    #[cfg(any(feature = "xz", feature = "zstd"))]
    Failed(io::Error),
}

impl<W: Write> Compressor<W> {
    /// Writes the rest, and returns the writer below.
    ///
    /// # Errors
    ///
    /// When the writer below fails.
    pub fn finish(self) -> io::Result<W> {
        self.finish_with_index(None::<NoIndex>)
    }

    /// The same, with an index after it where the compression has a place for one: gzip.
    ///
    /// # Errors
    ///
    /// When the writer below fails.
    pub fn finish_with_index(self, index: Option<impl BlockIndex>) -> io::Result<W> {
        let out = match self.0 {
            Inner::Plain(out) => out,
            Inner::Gzip(encoder) => {
                let (mut out, blocks) = encoder.finish()?;
                if let Some(index) = index {
                    index.write(&mut out, &blocks)?;
                }
                out
            }
            Inner::Zlib(encoder) => encoder.finish()?,
            #[cfg(feature = "bzip2")]
            Inner::Bzip2(encoder) => encoder.finish()?,
            #[cfg(feature = "xz")]
            Inner::Xz(encoder) => encoder.finish()?,
            #[cfg(feature = "zstd")]
            Inner::Zstd(encoder) => encoder.finish()?,
            #[cfg(feature = "lz4")]
            Inner::Lz4(encoder) => encoder.finish()?,
            #[cfg(any(feature = "xz", feature = "zstd"))]
            Inner::Failed(error) => return Err(error),
        };
        out.into_inner().map_err(io::IntoInnerError::into_error)
    }

    fn inner(&mut self) -> io::Result<&mut dyn Write> {
        Ok(match &mut self.0 {
            Inner::Plain(out) => out,
            Inner::Gzip(encoder) => encoder,
            Inner::Zlib(encoder) => encoder,
            #[cfg(feature = "bzip2")]
            Inner::Bzip2(encoder) => encoder,
            #[cfg(feature = "xz")]
            Inner::Xz(encoder) => encoder,
            #[cfg(feature = "zstd")]
            Inner::Zstd(encoder) => encoder,
            #[cfg(feature = "lz4")]
            Inner::Lz4(encoder) => encoder,
            #[cfg(any(feature = "xz", feature = "zstd"))]
            Inner::Failed(error) => return Err(io::Error::new(error.kind(), error.to_string())),
        })
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner()?.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner()?.flush()
    }
}

impl<W: Write> std::fmt::Debug for Compressor<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
