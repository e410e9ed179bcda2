//! A part of a source, as a source of its own.

use std::io;

use super::{ReadAt, Source};

/// The bytes from `start` on.
pub(crate) fn from(source: &Source, start: u64) -> Source {
    match start {
        0 => source.clone(),
        start => Source::new(Part {
            source: source.clone(),
            start,
            size: None,
        }),
    }
}

/// `size` bytes from `start` on, which the caller knows to be there: asking the source for its size would read a stream
/// to its end.
pub(crate) fn of(source: &Source, start: u64, size: u64) -> Source {
    Source::new(Part {
        source: source.clone(),
        start,
        size: Some(size),
    })
}

struct Part {
    source: Source,
    start: u64,
    /// How many bytes; `None` for all that follow.
    size: Option<u64>,
}

impl ReadAt for Part {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self
            .size
            .map_or(u64::MAX, |size| size.saturating_sub(offset));
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        match (self.start.checked_add(offset), buf.get_mut(..most)) {
            (Some(offset), Some(buf)) => self.source.read_into(offset, buf),
            _ => Ok(0),
        }
    }

    fn size(&self) -> io::Result<u64> {
        match self.size {
            Some(size) => Ok(size),
            None => Ok(self.source.size()?.saturating_sub(self.start)),
        }
    }

    fn known_size(&self) -> Option<u64> {
        let rest = || Some(self.source.known_size()?.saturating_sub(self.start));
        self.size.or_else(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_bytes_from_its_start_on() {
        let source = Source::from(&b"0123456789"[..]);
        for (part, expected) in [
            (from(&source, 0), &b"0123456789"[..]),
            (from(&source, 4), b"456789"),
            (from(&source, 10), b""),
            (from(&source, u64::MAX), b""),
            (of(&source, 0, 3), b"012"),
            (of(&source, 7, 3), b"789"),
            (of(&source, 10, 0), b""),
        ] {
            assert_eq!(part.read(0, 20).unwrap(), expected);
            assert_eq!(part.size().unwrap(), expected.len() as u64);
            assert_eq!(part.known_size(), Some(expected.len() as u64));
            assert_eq!(part.read(expected.len() as u64, 20).unwrap(), b"");
            assert_eq!(part.read(u64::MAX, 20).unwrap(), b"");
        }
    }

    #[test]
    fn a_part_of_a_stream_leaves_the_rest_of_it_unread() {
        let stream = Source::stream(&b"0123456789"[..]);
        let part = of(&stream, 2, 3);
        assert_eq!((part.size().unwrap(), part.known_size()), (3, Some(3)));
        assert_eq!(part.read(0, 20).unwrap(), b"234");
        assert_eq!(stream.known_size(), None);
    }
}
