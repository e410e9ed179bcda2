//! Names and other short texts of many members, in one piece of memory.

use crate::formats::tar::{Error, ErrorKind};
use crate::offset::Position;

/// The most bytes of texts that are kept. A megabyte of gzip can hold a gigabyte of names.
const MOST: usize = 256 << 20;

/// Where a text is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    start: u32,
    size: u32,
}

#[derive(Debug)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    most: usize,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts {
            bytes: Vec::new(),
            most: MOST,
        }
    }
}

impl Texts {
    /// Keeps a text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Names`] when the names exceed 256 MiB together.
    pub(super) fn add(&mut self, text: &[u8]) -> Result<Text, Error> {
        let beyond = || {
            Error::new(ErrorKind::Names {
                limit: self.most as u64,
            })
        };
        let start = self.bytes.len();
        let end = start.past(text.len());
        if end > self.most {
            return Err(beyond());
        }
        let start = u32::try_from(start).map_err(|_| beyond())?;
        let size = u32::try_from(text.len()).map_err(|_| beyond())?;
        self.bytes.extend_from_slice(text);
        Ok(Text { start, size })
    }

    /// Keeps a text that often is the one before: an owner's name, for example.
    pub(super) fn add_after(&mut self, before: Text, text: &[u8]) -> Result<Text, Error> {
        match self.get(before) == text {
            true => Ok(before),
            false => self.add(text),
        }
    }

    pub(super) fn get(&self, text: Text) -> &[u8] {
        let start = usize::try_from(text.start).unwrap_or(usize::MAX);
        let size = usize::try_from(text.size).unwrap_or(usize::MAX);
        let after = self.bytes.get(start..).unwrap_or_default();
        after.get(..size).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_up_to_a_limit_that_is_told() {
        let mut texts = Texts {
            most: 10,
            ..Texts::default()
        };
        let a = texts.add(b"12345").unwrap();
        let b = texts.add(b"678").unwrap();
        assert_eq!((texts.get(a), texts.get(b)), (&b"12345"[..], &b"678"[..]));
        assert_eq!(texts.get(Text::default()), b"");
        texts.add_after(b, b"678").unwrap();
        texts.add(b"90").unwrap();
        let error = texts.add(b"1").unwrap_err();
        assert!(error.to_string().contains("limit"), "{error}");
        assert!(error.is_data());
    }
}
