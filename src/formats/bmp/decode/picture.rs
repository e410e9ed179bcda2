//! A whole picture in memory.

use super::{DecodeError, Decoder, Options};
use crate::source::Source;
use crate::tree::Problem;

/// All pixels of a bitmap, from the top, as far as they are there; the others are transparent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, alpha of each pixel.
    pub rgba: Vec<u8>,
    /// How many rows the file has something of.
    pub rows: u32,
    /// What is wrong with the pixels, beyond what a look at the headers tells.
    pub problems: Vec<Problem>,
}

impl Picture {
    /// Decodes a bitmap.
    ///
    /// ```
    /// use bytewright::{Source, formats::bmp::{Options, Picture}};
    ///
    /// // Two pixels of 4 bits; the palette is yellow and blue.
    /// let file = b"BM\x42\0\0\0\0\0\0\0\x3e\0\0\0\
    ///     \x28\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x04\0\0\0\0\0\0\0\0\0\
    ///     \0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\
    ///     \0\xff\xff\0\xff\0\0\0\
    ///     \x01\0\0\0";
    /// let picture = Picture::decode(&Source::from(&file[..]), &Options::default())?;
    /// assert_eq!(picture.rgba, [255, 255, 0, 255, 0, 0, 255, 255]);
    /// assert!(picture.problems.is_empty());
    /// # Ok::<(), bytewright::formats::bmp::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Decoder::new`], and those of the source.
    pub fn decode(source: &Source, options: &Options) -> Result<Picture, DecodeError> {
        let mut decoder = Decoder::new(source, options)?;
        let (width, height) = (decoder.width(), decoder.height());
        let stride = usize::try_from(width)
            .unwrap_or(usize::MAX)
            .saturating_mul(4);
        let rows = usize::try_from(height).unwrap_or(usize::MAX);
        // Memory of zeros takes no room until a row is written.
        let mut rgba = vec![0; stride.saturating_mul(rows)];
        let top_down = decoder.top_down;
        let mut rows = 0u32;
        loop {
            let y = match top_down {
                true => rows,
                false => height.saturating_sub(rows).saturating_sub(1),
            };
            let start = usize::try_from(y)
                .unwrap_or(usize::MAX)
                .saturating_mul(stride);
            let row = rgba
                .get_mut(start..)
                .and_then(|rest| rest.get_mut(..stride));
            match row {
                Some(row) if rows < height => {
                    if decoder.read_row(row)?.is_none() {
                        break;
                    }
                }
                _ => break,
            }
            rows = rows.saturating_add(1);
        }
        Ok(Picture {
            width,
            height,
            rgba,
            rows,
            problems: decoder.finish()?,
        })
    }
}
