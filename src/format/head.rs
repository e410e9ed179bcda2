//! The bytes by which a format is detected: the first of a file, its last ones, and the rest on request.

use std::cell::OnceCell;
use std::io;

use crate::Source;

/// How well a file fits a format. Of several formats that fit, the one with the greatest value wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fit {
    /// Nothing contradicts the format: text, numbers in their bounds.
    Possible,
    /// A signature, by its length in bytes.
    Signature(usize),
    /// A proof that can't be chance, such as a right checksum.
    Checked,
}

/// A file whose format is to be detected.
#[derive(Debug)]
pub struct Head<'a> {
    source: &'a Source,
    start: Vec<u8>,
    end: OnceCell<Vec<u8>>,
}

impl<'a> Head<'a> {
    /// The bytes at the front that are read once for all formats: a block of tar, the headers of most
    /// formats.
    pub const START: usize = 4096;

    /// The bytes at the end that are read for those formats that ask: the end record of a ZIP file with
    /// a short comment.
    pub const END: usize = 1024;

    /// # Errors
    ///
    /// When the source can't be read.
    pub fn new(source: &'a Source) -> io::Result<Head<'a>> {
        let start = source.read(0, Head::START as u64)?;
        Ok(Head {
            source,
            start,
            end: OnceCell::new(),
        })
    }

    /// The first [`START`](Head::START) bytes, or the whole file where it is shorter.
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    /// Whether the file begins with some bytes.
    pub fn starts_with(&self, bytes: &[u8]) -> bool {
        self.start.starts_with(bytes)
    }

    /// The last [`END`](Head::END) bytes, or the whole file where it is shorter. Of a stream, this reads all of it.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn end(&self) -> io::Result<&[u8]> {
        if let Some(end) = self.end.get() {
            return Ok(end);
        }
        let from = self.source.size()?.saturating_sub(Head::END as u64);
        let end = self.source.read(from, Head::END as u64)?;
        Ok(self.end.get_or_init(|| end))
    }

    /// The whole file.
    pub fn source(&self) -> &Source {
        self.source
    }
}
