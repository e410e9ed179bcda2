//! What an archive is written through: nothing, or gzip.

use std::io::{self, BufWriter, Write};

use super::index::IndexWriter;
use crate::formats::gzip;

/// How an archive is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// Gzip, at a level from 0 (stored) to 12 (smallest): 1 to 9 are about as small as those of
    /// gzip.
    Gzip(u32),
}

impl Compression {
    /// The level that is a fair trade for most data.
    pub const DEFAULT_LEVEL: u32 = 6;

    /// What the suffix of an archive's name asks for.
    ///
    /// ```
    /// use bytewright::formats::tar::Compression;
    ///
    /// assert_eq!(Compression::of_name("a.tar".as_ref()), Compression::None);
    /// assert_eq!(Compression::of_name("a.TGZ".as_ref()), Compression::Gzip(6));
    /// ```
    pub fn of_name(path: &std::path::Path) -> Compression {
        let suffix = path.extension().unwrap_or_default();
        match suffix.eq_ignore_ascii_case("gz") || suffix.eq_ignore_ascii_case("tgz") {
            true => Compression::Gzip(Compression::DEFAULT_LEVEL),
            false => Compression::None,
        }
    }

    /// A writer that compresses so into `out`.
    pub fn writer<W: Write>(self, out: W) -> Compressor<W> {
        let out = BufWriter::with_capacity(256 << 10, out);
        Compressor(match self {
            Compression::None => Inner::Plain(out),
            Compression::Gzip(level) => Inner::Gzip(Box::new(gzip::Writer::new(out, level))),
        })
    }
}

/// See [`Compression::writer`].
#[derive(Debug)]
pub struct Compressor<W: Write>(Inner<W>);

#[derive(Debug)]
enum Inner<W: Write> {
    Plain(BufWriter<W>),
    Gzip(Box<gzip::Writer<BufWriter<W>>>),
}

impl<W: Write> Compressor<W> {
    /// Writes what is left, and gives back what is written to.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    pub fn finish(self) -> io::Result<W> {
        self.finish_with_index(None)
    }

    /// The same, with an index behind it where the compression has a place for one: gzip.
    ///
    /// # Errors
    ///
    /// Those of the writer below.
    pub fn finish_with_index(self, index: Option<IndexWriter>) -> io::Result<W> {
        let out = match self.0 {
            Inner::Plain(out) => out,
            Inner::Gzip(encoder) => {
                let (mut out, blocks) = encoder.finish()?;
                if let Some(index) = index {
                    index.write(&mut out, &blocks)?;
                }
                out
            }
        };
        out.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Plain(out) => out.write(buf),
            Inner::Gzip(encoder) => encoder.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Inner::Plain(out) => out.flush(),
            Inner::Gzip(encoder) => encoder.flush(),
        }
    }
}
