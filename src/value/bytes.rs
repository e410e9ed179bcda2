//! A byte string that keeps up to sixteen bytes without an allocation: a `c` or a short `s`
//! costs no more than an integer.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use smallvec::SmallVec;

/// Bytes of a field. Dereferences to `[u8]`; prints as a Python bytes literal.
///
/// ```
/// use bytewright::Bytes;
///
/// let magic = Bytes::from(&b"BM\0"[..]);
/// assert_eq!(magic.len(), 3);
/// assert_eq!(magic.to_string(), r"b'BM\x00'");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(SmallVec<[u8; 16]>);

impl Bytes {
    /// How many of `length` bytes aren't in the value itself.
    #[inline]
    pub(crate) fn outside(length: usize) -> u64 {
        match length {
            0..=16 => 0,
            length => length as u64,
        }
    }

    /// A single byte, the most common of all.
    #[inline]
    pub(crate) fn of_one(byte: u8) -> Bytes {
        let mut bytes = [0; 16];
        bytes[0] = byte;
        Bytes(SmallVec::from_buf_and_len(bytes, 1))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Bytes {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Bytes(SmallVec::from_slice(bytes))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(SmallVec::from_vec(bytes))
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0.into_vec()
    }
}

impl PartialEq<[u8]> for Bytes {
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::repr::bytes(self, f)
    }
}
