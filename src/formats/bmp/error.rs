//! Why a file can't be read as a bitmap: which header field, where, and what was found.

use crate::value::Bytes;

/// A header that can't be understood; everything lesser is a [`Problem`](crate::tree::Problem).
///
/// ```
/// use bytewright::{Source, formats::bmp};
///
/// let report = bmp::inspect(&Source::from(&b"GIF89a"[..]))?;
/// assert_eq!(
///     report.error().unwrap().to_string(),
///     "file_header.type at offset 0x0: b'GI' is no signature of a bitmap: \
///      expected BM, BA, CI, CP, IC or PT"
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} at offset {offset:#x}: {}", self.message())]
pub struct Error {
    pub(super) offset: u64,
    pub(super) field: &'static str,
    pub(super) kind: ErrorKind,
}

/// An error of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first two bytes are of no bitmap.
    Signature {
        /// The bytes found.
        found: Bytes,
        /// The signatures that could be there.
        expected: &'static str,
    },
    /// The file ends inside the header.
    Short {
        /// How many bytes the header takes.
        needed: u64,
        /// How many bytes of it are there.
        available: u64,
    },
    /// No DIB header has this size.
    HeaderSize {
        /// The size found in its first field.
        found: u32,
    },
}

impl Error {
    /// Where the field begins, in bytes from the start of the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The header, or the field of it: `dib_header.header_size`.
    pub fn field(&self) -> &str {
        self.field
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> String {
        match &self.kind {
            ErrorKind::Signature { found, expected } => {
                format!("{found} is no signature of a bitmap: expected {expected}")
            }
            ErrorKind::Short { needed, available } => format!(
                "the {} needs {needed} bytes, the file ends after {available} of them",
                in_words(self.field)
            ),
            ErrorKind::HeaderSize { found } => format!(
                "no DIB header has {found} bytes: expected 12, 40, 52, 56, 108, 124, \
                 or for OS/2 the end of a field from 16 to 64"
            ),
        }
    }
}

/// `DIB header` for `dib_header`.
pub(super) fn in_words(name: &str) -> String {
    name.replace("dib", "DIB").replace('_', " ")
}
