//! A whole picture in memory.

use std::io;

use super::{DecodeError, Decoder, Options};
use crate::offset::Tally;
use crate::source::Source;
use crate::tree::Problem;

/// All pixels of a bitmap, from the top, as far as they are there; the others are transparent.
/// Samples have 8 bits, or 16 as `Picture<u16>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Picture<S = u8> {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, alpha of each pixel.
    pub rgba: Vec<S>,
    /// How many rows have a pixel that the file doesn't have. Pixels that run lengths leave
    /// undefined are not lost.
    pub lost_rows: u32,
    /// The problems of the pixels, beyond those that the headers tell.
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
        Picture::read(Decoder::new(source, options)?)
    }

    /// The picture of a decoder that no row was read of.
    ///
    /// # Errors
    ///
    /// Where the picture is large and the file defines next to nothing of it, and those of the source.
    pub fn read(decoder: Decoder) -> Result<Picture, DecodeError> {
        rows(decoder, Decoder::read_row)
    }
}

impl Picture<u16> {
    /// The picture of a decoder that no row was read of, in 16 bits a channel.
    ///
    /// # Errors
    ///
    /// As for [`Picture::read`].
    pub fn read_16(decoder: Decoder) -> Result<Picture<u16>, DecodeError> {
        rows(decoder, Decoder::read_row_16)
    }
}

fn rows<S: Copy + Default>(
    mut decoder: Decoder,
    read: impl Fn(&mut Decoder, &mut [S]) -> io::Result<Option<u32>>,
) -> Result<Picture<S>, DecodeError> {
    decoder.backed()?;
    let (width, height) = (decoder.width(), decoder.height());
    let samples = usize::try_from(width)
        .unwrap_or(usize::MAX)
        .saturating_mul(4);
    let flip = decoder.flip();
    // Memory of zeros takes no room until a row is written.
    let all = usize::try_from(height)
        .unwrap_or(usize::MAX)
        .saturating_mul(samples);
    let mut rgba = vec![S::default(); all];
    let mut rows = 0u32;
    while rows < height {
        let start = usize::try_from(flip(rows))
            .unwrap_or(usize::MAX)
            .saturating_mul(samples);
        let row = rgba
            .get_mut(start..)
            .and_then(|rest| rest.get_mut(..samples));
        if read(&mut decoder, row.unwrap_or_default())?.is_none() {
            break;
        }
        rows.tally(1);
    }
    Ok(Picture {
        width,
        height,
        rgba,
        lost_rows: decoder.lost_rows(),
        problems: decoder.finish()?,
    })
}
