//! Bytes by their place: in the space that is read, in the outermost one, or in a content.

use super::{Coded, Reader};
use crate::offset::Position;
use crate::structs::nodes::Input;
use crate::tree::Space;

impl<I: Input> Reader<'_, I> {
    /// The bytes of a node's range.
    pub(in crate::structs::whole) fn bytes_of(
        &mut self,
        space: Space,
        at: u64,
        size: u64,
    ) -> &[u8] {
        if space == self.space {
            return self.look(at.since(self.base), size);
        }
        if space == self.outermost.0 {
            let at = at.since(self.outermost.1);
            return self.input.outermost(at, size);
        }
        let first = self.first_stream;
        let index = space.stream_index().and_then(|i| i.checked_sub(first));
        let coded = index.and_then(|index| self.coded.get(index as usize));
        let bytes = coded.and_then(Coded::bytes);
        part(bytes.unwrap_or_default(), at, size)
    }

    /// Whether the current position is in a content.
    pub(in crate::structs::whole) fn is_inside(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Bytes by their offset in the space that is read.
    #[inline]
    pub(in crate::structs::whole) fn look(&mut self, at: u64, size: u64) -> &[u8] {
        match self.inside.last() {
            Some(bytes) => part(bytes, at, size),
            None => self.input.bytes(at, size),
        }
    }
}

/// As many of the bytes at an offset as there are.
pub(in crate::structs::whole) fn part(bytes: &[u8], at: u64, size: u64) -> &[u8] {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let rest = bytes.get(at..).unwrap_or_default();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    rest.get(..size).unwrap_or(rest)
}
