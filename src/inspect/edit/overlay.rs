//! A file as it would be with changes, without writing them.

use std::io;

use super::Change;
use crate::Source;
use crate::source::ReadAt;

/// A source with some of its bytes replaced.
///
/// ```
/// use bytewright::Source;
/// use bytewright::inspect::edit::Overlay;
///
/// let edited = Overlay::new(Source::from(&b"abcdef"[..]), &[]).with(2, b"XY".to_vec());
/// assert_eq!(edited.into_source().read(0, 9)?, b"abXYef");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlay {
    below: Source,
    /// Offsets and bytes, in order.
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Overlay {
    /// A source with these changes.
    pub fn new(below: Source, changes: &[Change]) -> Overlay {
        let pieces = changes
            .iter()
            .map(|change| (change.offset, change.new.clone()))
            .collect();
        Overlay { below, pieces }
    }

    /// The same with other bytes at an offset.
    #[must_use]
    pub fn with(mut self, offset: u64, bytes: Vec<u8>) -> Overlay {
        self.pieces.push((offset, bytes));
        self
    }

    /// The source.
    pub fn into_source(self) -> Source {
        Source::new(self)
    }
}

impl ReadAt for Overlay {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.below.read_into(offset, buf)?;
        for (start, bytes) in &self.pieces {
            for (i, byte) in bytes.iter().enumerate() {
                let at = start.checked_add(i as u64);
                let at = at.and_then(|at| at.checked_sub(offset));
                let at = at.and_then(|at| usize::try_from(at).ok());
                if let Some(slot) = at.filter(|at| *at < read).and_then(|at| buf.get_mut(at)) {
                    *slot = *byte;
                }
            }
        }
        Ok(read)
    }

    fn size(&self) -> io::Result<u64> {
        self.below.size()
    }

    fn known_size(&self) -> Option<u64> {
        self.below.known_size()
    }
}
