//! Decoding pixels of any bitmap, row by row or as a picture, as far as they are there.

mod channels;
mod codec;
mod damage;
mod embedded;
mod error;
mod huffman;
mod input;
mod mask;
mod palette;
mod picture;
mod profile;
mod rle;
mod rows;

use crate::formats::bmp::regions::Part;
use crate::offset::{Position, Tally};
use std::io;

use crate::source::Source;
use crate::tree::{Problem, Range};

use super::bitmap::Bitmap;
use super::check::B044;
use super::header::DibHeader;
use super::layout::field;
use super::names::ColorSpace;
use super::report::{Report, inspect};
use codec::Codec;
use damage::Damage;
use mask::Mask;
use profile::{Apply, Profile};
use rows::Depth;

pub use error::DecodeError;
pub use picture::Picture;
pub(super) use rle::Ending;

/// Pixels of a row, at most: 16 MiB of them.
pub const MAX_WIDTH: u32 = 1 << 22;

/// A picture in memory that is larger than [`Options::max_missing`] must have one of this many pixels.
const UNBACKED: u64 = 16;

/// Choices that the format leaves open, and limits.
///
/// ```
/// use bytewright::formats::bmp::{Alpha, Options};
///
/// let mut options = Options::default();
/// options.alpha = Alpha::Ignore;
/// assert!(options.profile);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Which bitmap of the file; `None` is the first, and of the two in a color icon or pointer the
    /// one with the colors.
    pub bitmap: Option<usize>,
    /// The most pixels of a picture; 2^28 by default.
    pub max_pixels: u64,
    /// Pixels of a picture in memory, at most, where the file holds data for fewer than one in
    /// 16: 2^20 unless it is said otherwise.
    pub max_missing: u64,
    /// Which pixels have an alpha channel.
    pub alpha: Alpha,
    /// The pixels that run lengths leave out.
    pub undefined: Undefined,
    /// Whether an embedded ICC profile is applied, so that the colors are those of sRGB.
    pub profile: bool,
    /// Whether to report which colors of the palette are used.
    pub(crate) survey: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            bitmap: None,
            max_pixels: 1 << 28,
            max_missing: 1 << 20,
            alpha: Alpha::Header,
            undefined: Undefined::Transparent,
            profile: true,
            survey: false,
        }
    }
}

/// Which pixels have an alpha channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alpha {
    /// Those for which a header has an alpha mask, also with `BI_RGB`, and those of 64 bits.
    #[default]
    Header,
    /// None: every pixel is opaque.
    Ignore,
    /// Also those of 32 bits without any mask, in their fourth byte, and of 16 bits in the highest.
    Keep,
}

/// The value of pixels that run lengths leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undefined {
    /// Transparent black.
    #[default]
    Transparent,
    /// The first color of the palette; opaque black without a palette.
    First,
}

/// Reads the pixels of a bitmap, a row at a time, in the order of the file: from the bottom to the
/// top, unless the height is negative.
///
/// ```
/// use bytewright::{Source, formats::bmp::{Decoder, Options}};
///
/// // A red pixel on top of a blue one.
/// let file = b"BM\x3e\0\0\0\0\0\0\0\x36\0\0\0\
///     \x28\0\0\0\x01\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\0\0\0\0\
///     \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
///     \xff\0\0\0\0\0\xff\0";
/// let mut decoder = Decoder::new(&Source::from(&file[..]), &Options::default())?;
/// assert_eq!((decoder.width(), decoder.height()), (1, 2));
///
/// let mut row = [0; 4];
/// assert_eq!(decoder.read_row(&mut row)?, Some(1));
/// assert_eq!(row, [0, 0, 255, 255]);
/// assert_eq!(decoder.read_row(&mut row)?, Some(0));
/// assert_eq!(row, [255, 0, 0, 255]);
/// assert_eq!(decoder.read_row(&mut row)?, None);
/// assert!(decoder.finish()?.is_empty());
/// # Ok::<(), bytewright::formats::bmp::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    bitmap: usize,
    width: u32,
    height: u32,
    top_down: bool,
    codec: Codec,
    profile: Option<Profile>,
    damage: Damage,
    mask: Option<Mask>,
    undefined: [u8; 4],
    max_missing: u64,
    /// How many pixels the bytes defined so far.
    defined: u64,
    /// The next row in the order of the file.
    row: u32,
    alpha: AlphaSeen,
    spare: SpareRows,
}

/// Rows of either depth before a profile was applied.
#[derive(Clone, Debug, Default)]
struct SpareRows {
    eight: Vec<u8>,
    sixteen: Vec<u16>,
}

/// Whether a picture with an alpha channel shows anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AlphaSeen {
    /// There is no channel of its own.
    None,
    /// All of it was 0 so far; the mask, or the field that says so.
    Zero(Range),
    Some,
}

impl Decoder {
    /// Reads the headers.
    ///
    /// # Errors
    ///
    /// When there are no pixels that could be read, not even a part of them, or more of them than
    /// the options allow.
    pub fn new(source: &Source, options: &Options) -> Result<Decoder, DecodeError> {
        let report = inspect(source)?;
        Decoder::of(source, &report, options)
    }

    /// The same for a file that was looked at.
    ///
    /// # Errors
    ///
    /// As for [`Decoder::new`].
    pub fn of(source: &Source, report: &Report, options: &Options) -> Result<Decoder, DecodeError> {
        let bitmaps = report.bitmaps();
        let first = match bitmaps {
            // The mask comes first.
            [first, _, ..] if first.is_of_pair() => 1,
            _ => 0,
        };
        let index = options.bitmap.unwrap_or(first);
        let count = bitmaps.len();
        let Some(bitmap) = bitmaps.get(index) else {
            return Err(DecodeError::Bitmap { index, count });
        };
        let Some(dib) = &bitmap.dib else {
            let error = report.error().cloned();
            return Err(error.map_or(DecodeError::Bitmap { index, count }, DecodeError::Header));
        };
        let (mut width, mut height) = dimensions(dib, options.max_pixels)?;
        let mut damage = Damage::default();
        let codec = codec::of(
            source,
            report.size(),
            bitmap,
            dib,
            height,
            options,
            &mut damage,
        )?;
        if let Codec::Embedded(picture) = &codec {
            (width, height) = (picture.width, picture.height);
        }
        let profile = match (dib.color_space, bitmap.profile) {
            (Some(ColorSpace::Embedded), Some(range)) if options.profile => {
                profile::read(source, range, &mut damage)?
            }
            _ => None,
        };
        let alpha = match codec::alpha_mask(bitmap, dib, options.alpha) {
            0 => AlphaSeen::None,
            _ => AlphaSeen::Zero(bitmap.field(Part::DibHeader, field!("alpha_mask"))),
        };
        let undefined = match options.undefined {
            Undefined::Transparent => [0; 4],
            Undefined::First => codec.first_color(),
        };
        Ok(Decoder {
            bitmap: index,
            width,
            height,
            top_down: dib.is_top_down() || matches!(codec, Codec::Embedded(_)),
            codec,
            profile,
            damage,
            mask: Mask::of(source, bitmap, dib, options.alpha),
            undefined,
            max_missing: options.max_missing,
            defined: 0,
            row: 0,
            alpha,
            spare: SpareRows::default(),
        })
    }

    /// Which bitmap of the file it reads, counted from 0.
    pub fn bitmap(&self) -> usize {
        self.bitmap
    }

    /// In pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether some channel has more than 8 bits, so that [`read_row_16`](Self::read_row_16) tells
    /// more than [`read_row`](Self::read_row).
    pub fn is_deep(&self) -> bool {
        self.codec.is_deep()
    }

    /// Reads a row as red, green, blue, alpha of 8 bits, and answers which row of the picture it is,
    /// counted from the top. `None` where no row is left, or no byte that would say anything of
    /// the rows that are: those are transparent.
    ///
    /// `out` takes 4 bytes a pixel.
    ///
    /// # Errors
    ///
    /// When the source can't be read, or `out` has another length than a row.
    pub fn read_row(&mut self, out: &mut [u8]) -> io::Result<Option<u32>> {
        let mut spare = std::mem::take(&mut self.spare.eight);
        let answer = self.read(out, &mut spare);
        self.spare.eight = spare;
        answer
    }

    /// The same in 16 bits a channel.
    ///
    /// # Errors
    ///
    /// As for [`read_row`](Self::read_row).
    pub fn read_row_16(&mut self, out: &mut [u16]) -> io::Result<Option<u32>> {
        let mut spare = std::mem::take(&mut self.spare.sixteen);
        let answer = self.read(out, &mut spare);
        self.spare.sixteen = spare;
        answer
    }

    /// The problems of the pixels that were read, beyond those that the headers tell.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn finish(mut self) -> io::Result<Vec<Problem>> {
        let flip = self.flip();
        let left = self.height.since(self.row);
        self.codec
            .finish(left, self.width, &mut self.damage, flip)?;
        if let (AlphaSeen::Zero(range), true) = (self.alpha, self.row > 0) {
            self.damage.add(B044, range, || {
                "every pixel that is there is transparent: the alpha channel may not be meant"
                    .to_owned()
            });
        }
        Ok(self.damage.finish())
    }

    /// How many rows have a pixel that the file doesn't have, as far as they were read. Pixels that
    /// run lengths leave undefined are not lost.
    pub fn lost_rows(&self) -> u32 {
        self.codec.lost_rows()
    }

    /// Reads the rows that are left, for what is wrong with them.
    pub(super) fn skip_rows(&mut self) -> io::Result<()> {
        let width = usize::try_from(self.width).unwrap_or(0);
        let mut row = vec![0; width.saturating_mul(4)];
        while self.read_row(&mut row)?.is_some() {}
        Ok(())
    }

    /// Refuses a picture of many pixels of which the file defines next to none.
    fn backed(&self) -> Result<(), DecodeError> {
        let pixels = u64::from(self.width).saturating_mul(u64::from(self.height));
        let enough = pixels / UNBACKED;
        let bytes = self.codec.bytes();
        if pixels <= self.max_missing || bytes.is_none_or(|bytes| bytes >= enough) {
            return Ok(());
        }
        let mut survey = self.clone();
        let width = usize::try_from(self.width).unwrap_or(0);
        let mut row = vec![0; width.saturating_mul(4)];
        while survey.defined < enough {
            if survey.read_row(&mut row)?.is_none() {
                return Err(DecodeError::Missing {
                    pixels,
                    defined: survey.defined,
                    limit: self.max_missing,
                });
            }
        }
        Ok(())
    }

    /// How run lengths end, when all rows were read; `None` for other pixels.
    pub(super) fn ending(&mut self) -> io::Result<Option<Ending>> {
        match &mut self.codec {
            Codec::Rle(rle) => rle.ending().map(Some),
            _ => Ok(None),
        }
    }

    /// Makes a row in the order of the file one of the picture.
    fn flip(&self) -> impl Fn(u32) -> u32 + use<> {
        let (top_down, last) = (self.top_down, self.height.saturating_sub(1));
        move |row| {
            if top_down { row } else { last.since(row) }
        }
    }

    fn read<S: Depth + Apply + PartialEq>(
        &mut self,
        out: &mut [S],
        spare: &mut Vec<S>,
    ) -> io::Result<Option<u32>> {
        let (pixels, rest) = out.as_chunks_mut::<4>();
        if pixels.len() as u64 != u64::from(self.width) || !rest.is_empty() {
            let message = format!("a row takes 4 × {} samples", self.width);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        if self.row >= self.height {
            return Ok(None);
        }
        let flip = self.flip();
        let undefined = self.undefined.map(S::widen);
        let damage = &mut self.damage;
        let Some(defined) = self.codec.row(self.row, pixels, undefined, damage, &flip)? else {
            return Ok(None);
        };
        self.defined.tally(defined as u64);
        if let Some(mask) = &self.mask {
            mask.apply(self.row, pixels)?;
        }
        if matches!(self.alpha, AlphaSeen::Zero(_))
            && pixels.iter().any(|[_, _, _, alpha]| *alpha != S::default())
        {
            self.alpha = AlphaSeen::Some;
        }
        if let Some(profile) = &self.profile {
            S::apply(profile, out, spare);
        }
        let y = flip(self.row);
        self.row.tally(1);
        Ok(Some(y))
    }
}

/// Width and height, which are those of a picture that is decoded.
fn dimensions(dib: &DibHeader, max_pixels: u64) -> Result<(u32, u32), DecodeError> {
    let (width, height) = match (u32::try_from(dib.width), u32::try_from(dib.rows())) {
        (Ok(width @ 1..), Ok(height @ 1..)) if dib.height != i64::from(i32::MIN) => (width, height),
        _ => {
            return Err(DecodeError::Dimensions {
                width: dib.width,
                height: dib.height,
            });
        }
    };
    if u64::from(width).saturating_mul(u64::from(height)) > max_pixels {
        return Err(DecodeError::TooLarge {
            width: width.into(),
            height: height.into(),
            max_pixels,
        });
    }
    if width > MAX_WIDTH {
        return Err(DecodeError::TooWide { width });
    }
    Ok((width, height))
}

impl Bitmap {
    /// Whether it is one of the two bitmaps of a color icon or pointer.
    fn is_of_pair(&self) -> bool {
        let file = self.file.as_ref();
        file.is_some_and(|file| file.file_type.is_pair())
    }
}

/// Red, green, blue and alpha of a CMYK pixel, by the bytes of a COLORREF that wingdi.h's macro
/// `CMYK` makes: black first, cyan last. No profile lies between them: a channel is what ink and
/// black leave of the light.
fn cmyk([black, yellow, magenta, cyan]: [u8; 4]) -> [u8; 4] {
    let light = |ink: u8| {
        let left = u16::from(!ink).saturating_mul(u16::from(!black));
        u8::try_from(left.saturating_add(127) / 255).unwrap_or(u8::MAX)
    };
    [light(cyan), light(magenta), light(yellow), 255]
}
