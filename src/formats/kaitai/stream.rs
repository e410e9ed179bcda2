//! Streams: bytes with a read position, in bytes and bits.

use std::io;

use super::fault::Fault;
use super::values::Span;
use crate::Source;
use crate::offset::Position;
use crate::structs::{Input, Window};
use crate::tree::Space;

/// Bytes that streams lie in: the file, or what was made of a part of it.
#[derive(Debug)]
pub(super) struct Bytes {
    window: Window,
    pub(super) space: Space,
}

impl Bytes {
    pub(super) fn new(source: &Source, space: Space) -> io::Result<Bytes> {
        let window = Window::new(source)?;
        Ok(Bytes { window, space })
    }

    pub(super) fn read(&mut self, at: u64, size: u64) -> &[u8] {
        self.window.bytes(at, size)
    }

    /// The error of the source that was met, once.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.window.check()
    }
}

/// A part of some bytes that is read as if it were a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    pub(super) all: Span,
    /// From the start of the stream; it may be moved beyond the end.
    pub(super) at: u64,
    /// Bits of the byte before, that were not read yet.
    bits: u8,
    left: u8,
}

/// How many bytes, and where they begin in their space.
pub(super) type Taken = Span;

impl Stream {
    pub(super) fn new(all: Span) -> Stream {
        Stream {
            all,
            at: 0,
            bits: 0,
            left: 0,
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.left == 0 && self.at >= self.all.size
    }

    pub(super) fn seek(&mut self, to: u64) {
        self.align();
        self.at = to;
    }

    /// Bits of a byte that is begun are left out.
    pub(super) fn align(&mut self) {
        (self.bits, self.left) = (0, 0);
    }

    /// Where it is, in its space.
    pub(super) fn place(&self) -> u64 {
        self.all.start.saturating_add(self.at)
    }

    pub(super) fn left(&self) -> u64 {
        self.all.size.saturating_sub(self.at)
    }

    /// The next bytes, which have to be there.
    pub(super) fn take(&mut self, size: u64) -> Result<Taken, Fault> {
        self.align();
        self.take_unaligned(size)
    }

    fn take_unaligned(&mut self, size: u64) -> Result<Taken, Fault> {
        let left = self.left();
        if size > left {
            let place = self
                .place()
                .min(self.all.start.saturating_add(self.all.size));
            let rest = Span {
                start: place,
                size: left,
                ..self.all
            };
            return Err(Fault::end(size, left, rest));
        }
        let taken = Span {
            start: self.place(),
            size,
            ..self.all
        };
        self.at.advance(size);
        Ok(taken)
    }
}

/// An integer of some bits, the bytes that it is in, and its lowest bit in the integer that these
/// are.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) value: u64,
    pub(super) bytes: Span,
    pub(super) first: u8,
}

impl Stream {
    /// The next 1 to 64 bits. Those left of a byte come first: the high ones of it where the order is
    /// big-endian, the low ones where it is little-endian.
    pub(super) fn bits(
        &mut self,
        count: u8,
        little: bool,
        from: &mut Bytes,
    ) -> Result<Bits, Fault> {
        let (had, left) = (u128::from(self.bits), self.left);
        let needed = count.saturating_sub(left);
        let more = needed.div_ceil(8);
        let new = self.take_unaligned(u64::from(more))?;
        let mut raw = 0u128;
        let read = from.read(new.start, new.size);
        for (i, byte) in read.iter().enumerate() {
            raw = match little {
                true => {
                    let by = u32::try_from(i.saturating_mul(8)).unwrap_or(0);
                    raw | u128::from(*byte).checked_shl(by).unwrap_or(0)
                }
                false => raw << 8 | u128::from(*byte),
            };
        }
        let read_bits = u32::from(more) * 8;
        let mask = |bits: u32| {
            1u128
                .checked_shl(bits)
                .map_or(u128::MAX, |n| n.saturating_sub(1))
        };
        // All bits that are at hand, as one integer.
        let all_bits = u32::from(left).saturating_add(read_bits);
        let rest = all_bits.saturating_sub(u32::from(count));
        let (value, kept) = match little {
            true => {
                let all = raw.checked_shl(u32::from(left)).unwrap_or(0) | had;
                (
                    all & mask(u32::from(count)),
                    all.checked_shr(u32::from(count)).unwrap_or(0),
                )
            }
            false => {
                let all = had.checked_shl(read_bits).unwrap_or(0) | raw;
                (all.checked_shr(rest).unwrap_or(0), all & mask(rest))
            }
        };
        let shared = u64::from(left > 0);
        let size = new.size.saturating_add(shared);
        let size_bits = size.saturating_mul(8);
        let first = match little {
            true if left > 0 => 8u64.saturating_sub(u64::from(left)),
            true => 0,
            false => u64::from(rest),
        };
        self.bits = u8::try_from(kept & 0xff).unwrap_or(0);
        self.left = u8::try_from(rest).unwrap_or(0);
        Ok(Bits {
            value: u64::try_from(value & mask(64)).unwrap_or(0),
            bytes: Span {
                start: new.start.saturating_sub(shared),
                size,
                ..self.all
            },
            first: u8::try_from(first.min(size_bits)).unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], widths: &[u8], little: bool) -> Vec<(u64, u64, u64, u8)> {
        let source = Source::from(bytes);
        let mut from = Bytes::new(&source, Space::FILE).unwrap();
        let size = bytes.len() as u64;
        let mut stream = Stream::new(Span {
            space: 0,
            start: 0,
            size,
        });
        let all = widths.iter().map(|width| {
            let bits = stream.bits(*width, little, &mut from).unwrap();
            (bits.value, bits.bytes.start, bits.bytes.size, bits.first)
        });
        all.collect()
    }

    #[test]
    fn bits_come_from_the_top_where_big_endian() {
        let found = read(&[0b1010_0101, 0b1100_0011], &[3, 9, 4], false);
        assert_eq!(
            found,
            [
                (0b101, 0, 1, 5),
                (0b0_0101_1100, 0, 2, 4),
                (0b0011, 1, 1, 0)
            ]
        );
    }

    #[test]
    fn bits_come_from_the_bottom_where_little_endian() {
        let found = read(&[0b1010_0101, 0b1100_0011], &[3, 9, 4], true);
        assert_eq!(
            found,
            [
                (0b101, 0, 1, 0),
                (0b0_0111_0100, 0, 2, 3),
                (0b1100, 1, 1, 4)
            ]
        );
    }

    #[test]
    fn sixty_four_bits_may_begin_inside_a_byte() {
        let bytes = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xf0];
        let found = read(&bytes, &[4, 64, 4], false);
        assert_eq!(found[1], (0x1234_5678_9abc_deff, 0, 9, 4));
        assert_eq!(found[2].0, 0);
    }
}
