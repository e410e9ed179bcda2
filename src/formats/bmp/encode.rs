//! Pictures as bitmaps of any kind: headers, depths, compressions.

mod direct;
mod error;
mod headers;
mod huffman;
mod pixels;
mod rle;
mod settings;

use std::io::Write;

use super::header::Masks;
use super::names::{Compression, DibKind};
use super::sample::Sample;
use crate::formats::indexed::{self, Indexed, TooMany};
#[cfg(feature = "pictures")]
use crate::formats::png::Png;
use crate::formats::samples::{Samples, narrow};
use direct::Direct;
use headers::Headers;
use pixels::{Grid, Rgba};
use rle::Rle;

pub use error::EncodeError;
pub use pixels::Pixels;

/// Writes bitmaps: BITMAPINFOHEADER, 24 bits, not compressed, bottom up, unless it is said
/// otherwise.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::bmp::{self, Compression, Encoder, Options, Picture, Pixels};
///
/// // Two red pixels and a blue one below two green ones and a blue one.
/// let (r, g, b) = ([255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]);
/// let rgba = [g, g, b, r, r, b].concat();
/// let pixels = Pixels::new(3, 2, &rgba).unwrap();
///
/// let mut file = Vec::new();
/// Encoder::new()
///     .bit_count(8)
///     .compression(Compression::Rle8)
///     .encode(&pixels, &mut file)?;
/// // The lower row comes first: two of color 2, one of color 1.
/// assert!(file.ends_with(&[2, 2, 1, 1, 0, 0, 2, 0, 1, 1, 0, 1]));
///
/// let picture = Picture::decode(&Source::from(file), &Options::default())?;
/// assert_eq!(picture.rgba, rgba);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    kind: DibKind,
    bit_count: u16,
    compression: Compression,
    top_down: bool,
    pixels_per_meter: [i32; 2],
    masks: Option<Masks>,
    profile: Option<Vec<u8>>,
    lossy: bool,
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder::new()
    }
}

impl Encoder {
    /// Writes a file.
    ///
    /// # Errors
    ///
    /// Before anything is written: where no such bitmap exists, and, unless it may be
    /// [`lossy`](Self::lossy), where it would not have the same pixels. Then those of `out`.
    pub fn encode(&self, pixels: &Pixels<'_>, out: &mut impl Write) -> Result<(), EncodeError> {
        self.check(pixels)?;
        let Pixels { width, height, .. } = *pixels;
        let narrowed: Vec<[u8; 4]>;
        let rgba = match pixels.rgba {
            Rgba::Eight(rgba) => rgba,
            Rgba::Sixteen(rgba) => {
                let deep = Grid {
                    width,
                    height,
                    rgba,
                };
                let is_exact = |pixel: [u16; 4]| pixel.map(|v| v % 257) == [0; 4];
                let inexact = deep.find(|pixel| !is_exact(pixel));
                match (inexact, self.stored()) {
                    (Some(_), Stored::Embedded) => {
                        return self.embed(
                            &deep,
                            Samples::Sixteen(rgba.as_flattened().to_vec()),
                            out,
                        );
                    }
                    (Some(_), Stored::Pixels(direct)) => {
                        return self.direct(&deep, direct, out);
                    }
                    (Some((x, y)), _) if !self.lossy => {
                        return Err(EncodeError::Rounding { x, y });
                    }
                    _ => {}
                }
                narrowed = rgba.iter().map(|pixel| pixel.map(narrow)).collect();
                &narrowed
            }
        };
        let pixels = &Grid {
            width,
            height,
            rgba,
        };
        match self.stored() {
            Stored::Embedded => {
                self.embed(pixels, Samples::Eight(rgba.as_flattened().to_vec()), out)
            }
            Stored::Indices => {
                self.opaque(pixels)?;
                let indexed = Indexed::new(rgba, width, self.bit_count, self.lossy)?;
                match self.compression {
                    Compression::Rgb => {
                        let row = |y: usize, row: &mut Vec<u8>| {
                            indexed::pack(indexed.row(y), self.bit_count, row);
                        };
                        self.rows(pixels, &indexed.colors, row, out)
                    }
                    Compression::Huffman1D => {
                        let bytes = huffman::encode(indexed.rows().rev());
                        self.file(pixels, &indexed.colors, &bytes, out)
                    }
                    _ => {
                        let rle = match self.bit_count {
                            4 => Rle::Rle4,
                            _ => Rle::Rle8,
                        };
                        let row = |row: &[u8]| row.iter().copied().map(u32::from).collect();
                        let bytes = rle.compress(indexed.rows().rev().map(row));
                        self.file(pixels, &indexed.colors, &bytes, out)
                    }
                }
            }
            Stored::Runs => {
                self.opaque(pixels)?;
                let bgr = |[r, g, b, _]: &[u8; 4]| u32::from_le_bytes([*b, *g, *r, 0]);
                let rows = pixels.rows().rev().map(|row| row.iter().map(bgr).collect());
                let bytes = Rle::Rle24.compress(rows);
                self.file(pixels, &[], &bytes, out)
            }
            Stored::Pixels(direct) => self.direct(pixels, direct, out),
        }
    }

    /// A file of pixels that carry their colors.
    fn direct<S: Sample>(
        &self,
        pixels: &Grid<'_, S>,
        direct: Direct,
        out: &mut impl Write,
    ) -> Result<(), EncodeError> {
        if !direct.has_alpha() {
            self.opaque(pixels)?;
        }
        if !self.lossy
            && let Some((x, y)) = pixels.find(|pixel| !direct.keeps(pixel))
        {
            return Err(EncodeError::Rounding { x, y });
        }
        let width = usize::try_from(pixels.width).unwrap_or(usize::MAX);
        let row = |y: usize, out: &mut Vec<u8>| {
            let start = y.saturating_mul(width);
            let pixels = pixels.rgba.get(start..).unwrap_or_default();
            direct.write(pixels.get(..width).unwrap_or_default(), out);
        };
        self.rows(pixels, &[], row, out)
    }

    /// A file around a PNG file.
    #[cfg(feature = "pictures")]
    fn embed<S: Sample>(
        &self,
        pixels: &Grid<'_, S>,
        samples: Samples,
        out: &mut impl Write,
    ) -> Result<(), EncodeError> {
        let mut bytes = Vec::new();
        if let Some(png) = Png::new(pixels.width, pixels.height, samples) {
            png.write(&mut bytes)?;
        }
        self.file(pixels, &[], &bytes, out)
    }

    #[cfg(not(feature = "pictures"))]
    fn embed<S: Sample>(
        &self,
        _: &Grid<'_, S>,
        _: Samples,
        _: &mut impl Write,
    ) -> Result<(), EncodeError> {
        let reason = format!("{} is not written", self.compression);
        Err(EncodeError::NoSuchBitmap { reason })
    }

    /// Whether a bitmap with these settings has an alpha channel.
    pub fn has_alpha(&self) -> bool {
        match self.stored() {
            Stored::Embedded => true,
            Stored::Pixels(direct) => direct.has_alpha(),
            Stored::Indices | Stored::Runs => false,
        }
    }

    fn stored(&self) -> Stored {
        match (self.compression, self.bit_count) {
            (Compression::Png, _) => Stored::Embedded,
            (Compression::Rle24, _) => Stored::Runs,
            (_, ..=8) => Stored::Indices,
            (Compression::Cmyk, _) => Stored::Pixels(Direct::Cmyk),
            (_, 24) => Stored::Pixels(Direct::Bgr),
            (_, 64) => Stored::Pixels(Direct::Linear),
            (_, bits) => Stored::Pixels(Direct::masked(bits, self.chosen_masks())),
        }
    }

    /// The masks that the pixels go by, whether the file states them or not.
    fn chosen_masks(&self) -> Masks {
        let mask = |red, green, blue, alpha| Masks {
            red,
            green,
            blue,
            alpha,
        };
        let has_alpha = self.compression == Compression::AlphaBitFields
            || (self.compression == Compression::BitFields && self.kind >= DibKind::V3);
        match (self.masks, self.compression, self.bit_count) {
            (Some(masks), Compression::BitFields | Compression::AlphaBitFields, _) => masks,
            (_, Compression::AlphaBitFields, 16) => mask(0xf00, 0xf0, 0xf, 0xf000),
            (_, Compression::BitFields, 16) => mask(0xf800, 0x7e0, 0x1f, 0),
            (_, _, 16) => mask(0x7c00, 0x3e0, 0x1f, 0),
            _ if has_alpha => mask(0xff_0000, 0xff00, 0xff, 0xff00_0000),
            _ => mask(0xff_0000, 0xff00, 0xff, 0),
        }
    }

    fn opaque<S: Sample>(&self, pixels: &Grid<'_, S>) -> Result<(), EncodeError> {
        match pixels.find(|[_, _, _, alpha]| alpha != S::FULL) {
            Some((x, y)) if !self.lossy => Err(EncodeError::Alpha { x, y }),
            _ => Ok(()),
        }
    }

    /// Whether there are such bitmaps.
    fn check(&self, pixels: &Pixels<'_>) -> Result<(), EncodeError> {
        let (kind, compression, bits) = (self.kind, self.compression, self.bit_count);
        let refuse = |reason: String| Err(EncodeError::NoSuchBitmap { reason });
        if matches!(compression, Compression::Jpeg | Compression::Unknown(_))
            || compression == Compression::Png && cfg!(not(feature = "pictures"))
        {
            return refuse(format!("{compression} is not written"));
        }
        if !compression.bit_counts().contains(&bits) {
            return refuse(format!(
                "{compression} does not go with {bits} bits a pixel"
            ));
        }
        let of_os2 = matches!(compression, Compression::Rle24 | Compression::Huffman1D);
        let known = match kind {
            DibKind::Core => compression == Compression::Rgb && matches!(bits, 1 | 4 | 8 | 24),
            DibKind::Os2 => {
                of_os2
                    || matches!(compression, Compression::Rle4 | Compression::Rle8)
                    || compression == Compression::Rgb && matches!(bits, 1 | 4 | 8 | 24)
            }
            _ => !of_os2,
        };
        if !known {
            let kind = kind.name();
            return refuse(format!(
                "{kind} does not go with {compression} of {bits} bits"
            ));
        }
        if compression == Compression::AlphaBitFields && kind != DibKind::Info {
            return refuse(format!(
                "{compression} goes with a header of 40 bytes; later ones have an alpha mask"
            ));
        }
        if self.top_down && (kind <= DibKind::Core || kind == DibKind::Os2) {
            return refuse("rows run top down only with the headers of Windows".to_owned());
        }
        if self.top_down && !compression.is_rows() {
            return refuse(format!("{compression} can't run top down"));
        }
        if self.profile.is_some() && kind != DibKind::V5 {
            return refuse("only BITMAPV5HEADER carries a profile".to_owned());
        }
        if let Some(masks) = self.masks.filter(|_| compression.has_masks())
            && !direct::are_masks(masks, bits)
        {
            return refuse(format!(
                "masks are runs of bits side by side, each bit in one mask and all in {bits} bits"
            ));
        }
        let largest = match kind {
            DibKind::Core => u32::from(u16::MAX),
            _ => i32::MAX.unsigned_abs(),
        };
        if pixels.width.max(pixels.height) > largest {
            return refuse(format!("a side has at most {largest} pixels"));
        }
        Ok(())
    }

    /// A file of rows that are not compressed; `row` appends the bytes of the row at `y`.
    fn rows<S: Sample>(
        &self,
        pixels: &Grid<'_, S>,
        colors: &[[u8; 3]],
        row: impl Fn(usize, &mut Vec<u8>),
        out: &mut impl Write,
    ) -> Result<(), EncodeError> {
        let bits = u64::from(pixels.width).saturating_mul(u64::from(self.bit_count));
        let stride = bits.div_ceil(32).saturating_mul(4);
        let size = stride.saturating_mul(u64::from(pixels.height));
        out.write_all(&self.headers(pixels, colors, size)?)?;
        let mut bytes = Vec::new();
        let mut write = |y: u32| {
            bytes.clear();
            row(usize::try_from(y).unwrap_or(usize::MAX), &mut bytes);
            bytes.resize(usize::try_from(stride).unwrap_or(usize::MAX), 0);
            out.write_all(&bytes)
        };
        if self.top_down {
            (0..pixels.height).try_for_each(&mut write)?;
        } else {
            (0..pixels.height).rev().try_for_each(&mut write)?;
        }
        self.write_profile(out)
    }

    /// A file whose pixels are `bytes`.
    fn file<S: Sample>(
        &self,
        pixels: &Grid<'_, S>,
        colors: &[[u8; 3]],
        bytes: &[u8],
        out: &mut impl Write,
    ) -> Result<(), EncodeError> {
        out.write_all(&self.headers(pixels, colors, bytes.len() as u64)?)?;
        out.write_all(bytes)?;
        self.write_profile(out)
    }

    fn write_profile(&self, out: &mut impl Write) -> Result<(), EncodeError> {
        if let Some(profile) = &self.profile {
            out.write_all(profile)?;
        }
        Ok(())
    }

    fn headers<S: Sample>(
        &self,
        pixels: &Grid<'_, S>,
        colors: &[[u8; 3]],
        image_size: u64,
    ) -> Result<Vec<u8>, EncodeError> {
        let with_masks = self.compression.has_masks();
        Headers {
            kind: self.kind,
            width: pixels.width,
            height: pixels.height,
            top_down: self.top_down,
            bit_count: self.bit_count,
            compression: self.compression,
            pixels_per_meter: self.pixels_per_meter,
            masks: with_masks.then(|| self.chosen_masks()),
            colors,
            image_size,
            profile_size: self
                .profile
                .as_ref()
                .map_or(0, |profile| profile.len() as u64),
        }
        .write()
    }
}

impl From<TooMany> for EncodeError {
    fn from(TooMany { found, limit }: TooMany) -> EncodeError {
        EncodeError::Colors { found, limit }
    }
}

/// How the pixels are stored.
enum Stored {
    /// A whole PNG file.
    Embedded,
    Indices,
    /// Run lengths of 24 bits.
    Runs,
    Pixels(Direct),
}
