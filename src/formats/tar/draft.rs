//! A header block that is being written, field by field, by the engine.

use super::error::Error;
use super::header::spelled;
use super::layout::{BLOCK, Layout, field};
use super::number;
use crate::schema::Field;

/// A header block without its checksum.
pub(super) struct Draft {
    block: [u8; BLOCK],
    layout: Layout,
}

impl Draft {
    /// A block of NULs but for the magic of its layout.
    pub(super) fn new(layout: Layout) -> Result<Draft, Error> {
        let block = [0; BLOCK];
        let mut draft = Draft { block, layout };
        let (magic, version): (&[u8], &[u8]) = match layout {
            Layout::V7 => return Ok(draft),
            Layout::Gnu | Layout::GnuSparse => (b"ustar ", b" \0"),
            Layout::Ustar | Layout::Star => (b"ustar\0", b"00"),
        };
        draft.put(field!("magic"), magic)?;
        draft.put(field!("version"), version)?;
        Ok(draft)
    }

    /// A block that was written otherwise and lacks its checksum.
    pub(super) fn of(block: [u8; BLOCK], layout: Layout) -> Draft {
        Draft { block, layout }
    }

    /// The block so far.
    pub(super) fn block(&self) -> &[u8; BLOCK] {
        &self.block
    }

    /// Writes a field. One that the layout lacks is left out.
    pub(super) fn put(&mut self, field: Field, value: &[u8]) -> Result<(), Error> {
        Ok(self.layout.put(&mut self.block, field, value)?)
    }

    /// Writes octal digits and a NUL that fill the field; `false` where the number needs more.
    pub(super) fn put_octal(&mut self, field: Field, value: u64) -> Result<bool, Error> {
        let width = self.layout.width(field);
        let Some(digits) = number::octal_digits(value, width) else {
            return Ok(false);
        };
        self.put(field, digits.get(..width).unwrap_or_default())?;
        Ok(true)
    }

    /// Puts the checksum in.
    pub(super) fn seal(mut self) -> Result<[u8; BLOCK], Error> {
        // Its own bytes count as spaces in the sum.
        self.put(field!("chksum"), b"        ")?;
        let sum = self.block.iter().map(|&byte| u32::from(byte)).sum();
        self.put(field!("chksum"), &spelled(sum))?;
        Ok(self.block)
    }
}

#[cfg(test)]
mod tests;
