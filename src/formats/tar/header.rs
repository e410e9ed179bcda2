//! One header block: its flavour, its checksum, its fields; read and packed by the engine.

mod json;

use super::draft::Draft;
use super::error::{Error, ErrorKind};
use super::layout::{BLOCK, Layout, MAGIC, field};
use super::number;
use crate::schema::Field;

/// A header block whose checksum is right.
#[derive(Clone, Debug)]
pub struct Header {
    block: [u8; BLOCK],
    layout: Layout,
}

impl Header {
    /// Takes a block for a header.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Checksum`] where the sum in the header is that of its bytes neither as
    /// unsigned (POSIX) nor as signed (some old writers).
    pub fn parse(block: &[u8; BLOCK]) -> Result<Header, Error> {
        let layout = layout_of(block);
        let field = layout.read(block, field!("chksum"));
        let unsigned = sum(block, field);
        let stored = number::parse(field).ok();
        if stored != Some(i128::from(unsigned)) && stored != Some(signed_sum(block, field)) {
            return Err(Error::new(ErrorKind::Checksum {
                stored,
                computed: unsigned,
            }));
        }
        Ok(Header {
            block: *block,
            layout,
        })
    }

    /// Where the fields are.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The block itself.
    pub fn as_bytes(&self) -> &[u8; BLOCK] {
        &self.block
    }

    /// The bytes of a field, by the name it has in the [layout](Header::layout).
    ///
    /// # Errors
    ///
    /// When the layout has no such field.
    pub fn field(&self, name: &str) -> Result<&[u8], Error> {
        Ok(self.layout.of_struct().view(&self.block)?.get(name)?)
    }

    /// The bytes of a field; none where the layout has no such field.
    pub(crate) fn get(&self, field: Field) -> &[u8] {
        self.layout.read(&self.block, field)
    }

    /// A text field up to its first NUL; empty where the layout has no such field.
    pub(crate) fn text(&self, field: Field) -> &[u8] {
        let field = self.get(field);
        let end = memchr::memchr(0, field).unwrap_or(field.len());
        field.get(..end).unwrap_or_default()
    }

    /// A number field; 0 where the layout has no such field.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Number`] when the field is no number.
    pub(crate) fn number(&self, field: Field) -> Result<i128, Error> {
        let found = self.get(field);
        number::parse(found).map_err(|fault| {
            Error::new(ErrorKind::Number {
                field: field.path(),
                found: found.to_vec(),
                fault,
            })
        })
    }

    /// What sort of member the header says it begins.
    pub fn typeflag(&self) -> u8 {
        self.get(field!("typeflag")).first().copied().unwrap_or(0)
    }

    /// The member's name, put together from prefix and name where the flavour has a prefix.
    pub fn name(&self) -> Vec<u8> {
        let name = self.text(field!("name"));
        let prefix = match self.layout {
            Layout::Ustar | Layout::Star => self.text(field!("prefix")),
            _ => b"",
        };
        match prefix {
            b"" => name.to_vec(),
            prefix => [prefix, b"/", name].concat(),
        }
    }
}

/// Told by the magic; the version doesn't matter, as writers disagree about it.
fn layout_of(block: &[u8; BLOCK]) -> Layout {
    let star = |field| Layout::Star.read(block, field);
    let magic = star(field!("magic"));
    if magic == b"ustar " {
        return Layout::Gnu;
    }
    if !magic.starts_with(MAGIC) {
        return Layout::V7;
    }
    // Star's own mark, or the test that GNU tar makes where the mark is missing.
    let time =
        |field: &[u8]| field.first().is_some_and(u8::is_ascii_digit) && field.last() == Some(&b' ');
    let marked = star(field!("trailer")) == b"tar\0";
    let shaped = || {
        let ends = star(field!("prefix")).last() == Some(&0);
        ends && time(star(field!("atime"))) && time(star(field!("ctime")))
    };
    if marked || shaped() {
        Layout::Star
    } else {
        Layout::Ustar
    }
}

/// The checksum that a header block should have: its field, and the number in it. `None` for what
/// is no block.
pub(super) fn checksum_field(block: &[u8]) -> Option<([u8; 8], u32)> {
    let block: &[u8; BLOCK] = block.try_into().ok()?;
    let sum = sum(block, Layout::Ustar.read(block, field!("chksum")));
    Some((spelled(sum), sum))
}

/// The same block with the checksum that it should have.
pub(crate) fn with_checksum(block: &[u8; BLOCK]) -> Option<[u8; BLOCK]> {
    Draft::of(*block, Layout::Ustar).seal().ok()
}

/// Six digits, NUL, space: as every writer since version 7 has it.
pub(super) fn spelled(sum: u32) -> [u8; 8] {
    // The sum of a block has less than six digits.
    let [a, b, c, d, e, f, end, ..] = number::octal_digits(sum.into(), 7).unwrap_or_default();
    [a, b, c, d, e, f, end, b' ']
}

/// The sum of the bytes, with the checksum's own as spaces.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "at most 512 bytes of at most 255 each"
)]
fn sum(block: &[u8; BLOCK], checksum: &[u8]) -> u32 {
    // Sixteen sums beside each other, each of 32 bytes: 16 bits hold them.
    let mut sums = [0u16; 16];
    for bytes in block.as_chunks::<16>().0 {
        for (sum, byte) in sums.iter_mut().zip(bytes) {
            // Without a check, which would keep the sixteen from being made at once.
            *sum = sum.wrapping_add(u16::from(*byte));
        }
    }
    let whole: u32 = sums.into_iter().map(u32::from).sum();
    let own: u32 = checksum.iter().map(|&byte| u32::from(byte)).sum();
    whole - own + u32::from(b' ') * 8
}

/// The same, of bytes with a sign.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "at most 512 bytes of at most 128 each"
)]
fn signed_sum(block: &[u8; BLOCK], checksum: &[u8]) -> i128 {
    let signed = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|&b| i32::from(b.cast_signed()))
            .sum::<i32>()
    };
    i128::from(signed(block) - signed(checksum) + i32::from(b' ') * 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_version_7_is_told_by_its_lack_of_magic() {
        let mut block = [0; BLOCK];
        let parts: [(usize, &[u8]); 7] = [
            (0, b"x"),
            (100, b"0000644\0"),
            (108, b"0000000\0"),
            (116, b"0000000\0"),
            (124, b"00000000000\0"),
            (136, b"00000000000\0"),
            (156, b"0"),
        ];
        for (at, bytes) in parts {
            block[at..at + bytes.len()].copy_from_slice(bytes);
        }
        let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
        block[148..156].copy_from_slice(format!("{:06o}\0 ", sum + 256).as_bytes());
        let header = Header::parse(&block).unwrap();
        assert_eq!(header.layout(), Layout::V7);
        assert_eq!(header.number(field!("mode")).unwrap(), 0o644);
    }
}
