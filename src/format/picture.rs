//! The picture that a file of a format is.

use std::borrow::Cow;

/// Pixels: red, green, blue and alpha of 8 bits each, alpha not multiplied into the colors, from
/// the left to the right and from the top down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Cow<'a, [u8]>,
}

impl<'a> Picture<'a> {
    /// A picture of `width` times `height` pixels, four bytes each.
    ///
    /// # Errors
    ///
    /// There are fewer or more bytes than that.
    ///
    /// ```
    /// use bytewright::format::Picture;
    ///
    /// assert!(Picture::new(1, 2, [255, 0, 0, 255, 0, 0, 255, 255].as_slice()).is_ok());
    /// let error = Picture::new(2, 2, [0; 15].as_slice()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "a picture of 2×2 pixels takes 16 bytes of RGBA, but there are 15",
    /// );
    /// ```
    pub fn new(
        width: u32,
        height: u32,
        rgba: impl Into<Cow<'a, [u8]>>,
    ) -> Result<Picture<'a>, SizeError> {
        let rgba = rgba.into();
        let expected = u128::from(width)
            .saturating_mul(height.into())
            .saturating_mul(4);
        if u128::try_from(rgba.len()) == Ok(expected) {
            Ok(Picture {
                width,
                height,
                rgba,
            })
        } else {
            Err(SizeError {
                width,
                height,
                expected,
                found: rgba.len(),
            })
        }
    }

    /// Pixels side by side.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels one below the other.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes, four a pixel.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }
}

/// Bytes that aren't a picture of the size they are said to have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a picture of {width}×{height} pixels takes {expected} bytes of RGBA, but there are {found}"
)]
#[non_exhaustive]
pub struct SizeError {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The bytes that this many pixels take.
    pub expected: u128,
    /// The bytes that there are.
    pub found: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_size_is_refused() {
        let error = Picture::new(u32::MAX, u32::MAX, Vec::new()).unwrap_err();
        assert_eq!(error.expected, 0x3_ffff_fff8_0000_0004);
        assert_eq!(error.found, 0);
    }
}
