//! The pixels that a bitmap is made of.

use crate::formats::bmp::sample::Sample;

/// A picture in memory: red, green, blue and alpha of 8 or 16 bits for each pixel, from the top.
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Rgba<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Rgba<'a> {
    Eight(&'a [[u8; 4]]),
    Sixteen(&'a [[u16; 4]]),
}

impl<'a> Pixels<'a> {
    /// `None` where there are not 4 bytes for each pixel, or no pixels.
    ///
    /// ```
    /// use bytewright::formats::bmp::Pixels;
    ///
    /// assert!(Pixels::new(2, 1, &[0, 0, 0, 255, 255, 255, 255, 255]).is_some());
    /// assert!(Pixels::new(2, 1, &[0; 4]).is_none());
    /// ```
    pub fn new(width: u32, height: u32, rgba: &'a [u8]) -> Option<Pixels<'a>> {
        let rgba = whole(width, height, rgba)?;
        Some(Pixels {
            width,
            height,
            rgba: Rgba::Eight(rgba),
        })
    }

    /// The same of 16 bits a sample, which bitmaps of 64 bits and masks of more than 8 bits keep.
    pub fn new_16(width: u32, height: u32, rgba: &'a [u16]) -> Option<Pixels<'a>> {
        let rgba = whole(width, height, rgba)?;
        Some(Pixels {
            width,
            height,
            rgba: Rgba::Sixteen(rgba),
        })
    }
}

/// Four samples for each pixel.
fn whole<S>(width: u32, height: u32, rgba: &[S]) -> Option<&[[S; 4]]> {
    let (rgba, rest) = rgba.as_chunks::<4>();
    let count = u64::from(width).checked_mul(u64::from(height))?;
    let fits = count == rgba.len() as u64 && count > 0 && rest.is_empty();
    fits.then_some(rgba)
}

/// Pixels of one depth.
#[derive(Clone, Copy)]
pub(super) struct Grid<'a, S> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: &'a [[S; 4]],
}

impl<'a, S: Sample> Grid<'a, S> {
    /// The rows from the top.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &'a [[S; 4]]> + use<'a, S> {
        let width = usize::try_from(self.width).unwrap_or(usize::MAX);
        self.rgba.chunks_exact(width)
    }

    /// Where the first pixel is that `is`.
    pub(super) fn find(&self, is: impl Fn([S; 4]) -> bool) -> Option<(u32, u32)> {
        let at = self.rgba.iter().position(|pixel| is(*pixel))?;
        let at = u32::try_from(at).ok()?;
        Some((at.checked_rem(self.width)?, at.checked_div(self.width)?))
    }
}
