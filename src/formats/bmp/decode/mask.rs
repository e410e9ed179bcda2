//! The mask of an icon's image: which pixels are transparent.

use std::io;

use super::Alpha;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::header::DibHeader;
use crate::formats::bmp::sample::Sample;
use crate::offset::Position;
use crate::source::Source;

/// Rows of bits, each as long as whole 32-bit words.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    source: Source,
    offset: u64,
    stride: u64,
}

impl Mask {
    /// `None` where pixels have an alpha channel of their own, or it is to be ignored.
    pub(super) fn of(
        source: &Source,
        bitmap: &Bitmap,
        dib: &DibHeader,
        alpha: Alpha,
    ) -> Option<Mask> {
        let range = bitmap.mask?;
        if alpha == Alpha::Ignore || dib.bit_count == 32 {
            return None;
        }
        Some(Mask {
            source: source.clone(),
            offset: range.offset,
            stride: range.size.checked_div(dib.rows())?,
        })
    }

    /// Makes the pixels of a row transparent whose bit is 1.
    pub(super) fn apply<S: Sample>(&self, row: u32, pixels: &mut [[S; 4]]) -> io::Result<()> {
        let start = self.offset.item(row.into(), self.stride);
        let bits = self.source.read(start, self.stride)?;
        for (eight, byte) in pixels.chunks_mut(8).zip(bits) {
            for ([_, _, _, alpha], shift) in eight.iter_mut().zip((0..8u32).rev()) {
                if byte.wrapping_shr(shift) & 1 == 1 {
                    *alpha = S::default();
                }
            }
        }
        Ok(())
    }
}
