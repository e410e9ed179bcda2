//! Rows of pixels that are not compressed.

use std::io;

use super::channels::{Channels, is_deep};
use super::cmyk;
use super::damage::Damage;
use super::input::Input;
use super::palette::Colors;
use crate::formats::bmp::check::B071;
use crate::formats::bmp::header::Masks;
use crate::formats::bmp::sample::Sample;
use crate::offset::{Position, Tally};
use crate::tree::Range;
use crate::value::text::counted;

/// Pixels that are converted at a time: a whole number of bytes at any depth.
const TILE: usize = 8192;

/// How a pixel is stored.
#[derive(Clone, Debug)]
pub(super) enum Pixel {
    /// An index of this many bits into the palette.
    Index(u8, Box<Colors>),
    /// Blue, green, red.
    Bgr,
    /// Three bytes with masks.
    Three(Box<Depths>),
    /// Two bytes with masks.
    Two(Box<Depths>),
    /// Four bytes with masks.
    Four(Box<Depths>),
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// Blue, green, red, alpha in linear light, 2.13 fixed point; whether alpha is ignored.
    Linear(bool),
}

/// The channels for pictures of 8 and of 16 bits.
#[derive(Clone, Debug)]
pub(super) struct Depths {
    eight: Channels<u8>,
    sixteen: Channels<u16>,
    deep: bool,
}

impl Depths {
    pub(super) fn new(masks: Masks) -> Box<Depths> {
        Box::new(Depths {
            eight: Channels::new(masks),
            sixteen: Channels::new(masks),
            deep: is_deep(masks),
        })
    }
}

/// Picks one of two sets of channels by the type of a sample.
pub(super) trait Depth: Sample {
    fn channels(depths: &Depths) -> &Channels<Self>;
}

impl Depth for u8 {
    fn channels(depths: &Depths) -> &Channels<u8> {
        &depths.eight
    }
}

impl Depth for u16 {
    fn channels(depths: &Depths) -> &Channels<u16> {
        &depths.sixteen
    }
}

/// Uncompressed rows, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) input: Input,
    pub(super) pixel: Pixel,
    /// Bytes of a row without its padding.
    pub(super) used: u64,
    /// Bytes of a row.
    pub(super) stride: u64,
    /// How many rows have a pixel that the file doesn't hold.
    pub(super) lost: u32,
    /// Rows whose padding isn't zero, and where the first such padding is.
    pub(super) dirty: u64,
    pub(super) first_dirty: Option<Range>,
}

impl Rows {
    pub(super) fn is_deep(&self) -> bool {
        match &self.pixel {
            Pixel::Two(depths) | Pixel::Three(depths) | Pixel::Four(depths) => depths.deep,
            Pixel::Linear(_) => true,
            _ => false,
        }
    }

    /// How many pixels of the row the file has.
    pub(super) fn row<S: Depth>(&mut self, row: u32, out: &mut [[S; 4]]) -> io::Result<usize> {
        let bits = self.bits();
        let mut indices = [0; TILE];
        let mut done = 0usize;
        for tile in out.chunks_mut(TILE) {
            let wanted = tile.len().saturating_mul(bits).div_ceil(8);
            let bytes = self.input.take(wanted)?;
            let whole = bytes.len() == wanted;
            let there = match whole {
                true => tile.len(),
                false => bytes.len().saturating_mul(8).checked_div(bits).unwrap_or(0),
            };
            let tile = tile.get_mut(..there).unwrap_or_default();
            match &mut self.pixel {
                Pixel::Index(8, colors) => colors.paint(bytes, tile, row, done),
                Pixel::Index(bits, colors) => {
                    let indices = indices.get_mut(..there).unwrap_or_default();
                    expand(bytes, *bits, indices);
                    colors.paint(indices, tile, row, done);
                }
                Pixel::Bgr => S::bgr(bytes, tile),
                Pixel::Two(depths) => S::channels(depths).two(bytes, tile),
                Pixel::Three(depths) => S::channels(depths).three(bytes, tile),
                Pixel::Four(depths) => S::channels(depths).four(bytes, tile),
                Pixel::Cmyk => {
                    let (pixels, _) = bytes.as_chunks::<4>();
                    for (out, pixel) in tile.iter_mut().zip(pixels) {
                        *out = cmyk(*pixel).map(S::widen);
                    }
                }
                Pixel::Linear(opaque) => linear(bytes, tile, *opaque),
            }
            done.tally(there);
            if !whole {
                return Ok(done);
            }
        }
        self.padding()?;
        Ok(done)
    }

    fn bits(&self) -> usize {
        match &self.pixel {
            Pixel::Index(bits, _) => usize::from(*bits),
            Pixel::Two(_) => 16,
            Pixel::Bgr | Pixel::Three(_) => 24,
            Pixel::Four(_) | Pixel::Cmyk => 32,
            Pixel::Linear(_) => 64,
        }
    }

    /// At most three bytes up to the end of the row, which should be zeros.
    fn padding(&mut self) -> io::Result<()> {
        let size = self.stride.since(self.used);
        let offset = self.input.position();
        let bytes = self.input.take(usize::try_from(size).unwrap_or(0))?;
        if bytes.iter().any(|byte| *byte != 0) {
            self.dirty.tally(1);
            self.first_dirty.get_or_insert(Range::file(offset, size));
        }
        Ok(())
    }

    pub(super) fn finish(&self, damage: &mut Damage, y: impl Fn(u32) -> u32) {
        if let Some(range) = self.first_dirty {
            damage.add(B071, range, || {
                let dirty = counted(self.dirty, "row");
                format!(
                    "the padding of {dirty} is not zero; something may be hidden there, or the rows \
                     have no padding"
                )
            });
        }
        if let Pixel::Index(_, colors) = &self.pixel {
            colors.finish(damage, y);
        }
    }
}

/// Indices of less than a byte, the first in the highest bits.
pub(super) fn expand(bytes: &[u8], bits: u8, out: &mut [u8]) {
    match bits {
        4 => {
            for (pair, byte) in out.chunks_mut(2).zip(bytes) {
                for (out, index) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                    *out = index;
                }
            }
        }
        2 => {
            for (four, byte) in out.chunks_mut(4).zip(bytes) {
                let indices = [byte >> 6, byte >> 4 & 3, byte >> 2 & 3, byte & 3];
                for (out, index) in four.iter_mut().zip(indices) {
                    *out = index;
                }
            }
        }
        _ => {
            for (eight, byte) in out.chunks_mut(8).zip(bytes) {
                for (out, shift) in eight.iter_mut().zip((0..8u32).rev()) {
                    *out = byte.wrapping_shr(shift) & 1;
                }
            }
        }
    }
}

fn linear<S: Sample>(bytes: &[u8], out: &mut [[S; 4]], opaque: bool) {
    let (pixels, _) = bytes.as_chunks::<8>();
    for (out, [b0, b1, g0, g1, r0, r1, a0, a1]) in out.iter_mut().zip(pixels) {
        let fixed = |low: &u8, high: &u8| f32::from(i16::from_le_bytes([*low, *high])) / 8192.0;
        *out = [
            S::encode(fixed(r0, r1)),
            S::encode(fixed(g0, g1)),
            S::encode(fixed(b0, b1)),
            match opaque {
                true => S::widen(255),
                // Alpha is no light.
                false => S::unit(fixed(a0, a1)),
            },
        ];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_come_highest_bits_first() {
        let mut out = [9; 5];
        expand(&[0b1010_0111, 0xff], 1, &mut out);
        assert_eq!(out, [1, 0, 1, 0, 0]);
        expand(&[0b1101_1000, 0b0100_0000], 2, &mut out);
        assert_eq!(out, [3, 1, 2, 0, 1]);
        expand(&[0x12, 0x3f, 0x80], 4, &mut out);
        assert_eq!(out, [1, 2, 3, 15, 8]);
    }

    #[test]
    fn sixty_four_bits_are_linear_light() {
        let mut out = [[0_u8; 4]];
        // 0.0, 0.5, 1.0 and alpha 0.5 in 2.13 fixed point.
        linear(&[0, 0, 0, 0x10, 0, 0x20, 0, 0x10], &mut out, false);
        assert_eq!(out, [[255, 188, 0, 128]]);
    }
}
