//! PNG files, as far as pictures go from and to bitmaps: pixels, density, profile.

use std::io::{self, Cursor, Read, Write};

use super::indexed::{self, Indexed};
pub use super::samples::Samples;

/// The first bytes of every PNG file.
pub const SIGNATURE: &[u8; 8] = &super::samples::PNG_SIGNATURE;

/// Why a PNG file can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PngError {
    /// It has more pixels than the limit allows.
    #[error("{width} by {height} pixels exceed the limit of {max_pixels}")]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// The limit, in pixels.
        max_pixels: u64,
    },
    /// It is no PNG file, or a broken one, or takes more memory than it may.
    #[error("the PNG file can't be read: {0}")]
    Broken(png::DecodingError),
}

impl From<png::DecodingError> for PngError {
    fn from(error: png::DecodingError) -> PngError {
        PngError::Broken(error)
    }
}

/// A picture of a PNG file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Png {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The pixels.
    pub samples: Samples,
    /// Pixels a meter, across and down.
    pub pixels_per_meter: Option<[u32; 2]>,
    /// Bits a pixel: 1, 2, 4 or 8 for grays or a palette, 16 for grays, 24, 32, 48 or 64. A file that
    /// is written has so few where that keeps every pixel, and a channel for alpha with 32 and 64.
    pub bits: Option<u16>,
    /// The ICC profile that the file carries; it is not applied.
    pub profile: Option<Vec<u8>>,
}

impl Png {
    /// A picture; `None` where there are not four samples for each pixel.
    pub fn new(width: u32, height: u32, samples: Samples) -> Option<Png> {
        let count = match &samples {
            Samples::Eight(samples) => samples.len(),
            Samples::Sixteen(samples) => samples.len(),
        };
        let pixels = u64::from(width).checked_mul(u64::from(height))?;
        (pixels.checked_mul(4)? == count as u64).then_some(Png {
            width,
            height,
            samples,
            pixels_per_meter: None,
            bits: None,
            profile: None,
        })
    }

    /// Reads a whole file, of at most this many pixels.
    ///
    /// ```
    /// use bytewright::formats::png::{Png, Samples};
    ///
    /// let png = Png::new(1, 2, Samples::Eight(vec![1, 2, 3, 255, 4, 5, 6, 255])).unwrap();
    /// let mut file = Vec::new();
    /// png.write(&mut file)?;
    /// let again = Png::read(&file, 100).unwrap();
    /// assert_eq!((again.height, again.samples), (2, png.samples));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the file is broken, or has more pixels than allowed.
    pub fn read(bytes: &[u8], max_pixels: u64) -> Result<Png, PngError> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info()?;
        let info = reader.info();
        let (width, height) = (info.width, info.height);
        if u64::from(width).saturating_mul(u64::from(height)) > max_pixels {
            return Err(PngError::TooLarge {
                width,
                height,
                max_pixels,
            });
        }
        let pixels_per_meter = info
            .pixel_dims
            .and_then(|dims| (dims.unit == png::Unit::Meter).then_some([dims.xppu, dims.yppu]));
        let profile = info.icc_profile.as_ref().map(|profile| profile.to_vec());
        let channels = u16::try_from(info.color_type.samples()).unwrap_or(1);
        let bits = channels.saturating_mul(info.bit_depth as u16);
        let (color, depth) = reader.output_color_type();
        let size = reader.output_buffer_size();
        let mut buffer = vec![0; size.ok_or(png::DecodingError::LimitsExceeded)?];
        reader.next_frame(&mut buffer)?;
        let is_gray = color == png::ColorType::GrayscaleAlpha;
        let samples = if depth == png::BitDepth::Sixteen {
            let (pairs, _) = buffer.as_chunks::<2>();
            let samples: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            Samples::Sixteen(if is_gray { spread(&samples) } else { samples })
        } else {
            Samples::Eight(if is_gray { spread(&buffer) } else { buffer })
        };
        Ok(Png {
            width,
            height,
            samples,
            pixels_per_meter,
            bits: Some(bits),
            profile,
        })
    }

    /// Writes a file: without an alpha channel where every pixel is opaque, and as grays or with a
    /// palette where [`bits`](Self::bits) says so and no pixel changes by that.
    ///
    /// # Errors
    ///
    /// When writing to `out` fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(shades) = self.shades() {
            return self.write_shades(&shades, out);
        }
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        let wide = |samples: &[u8]| {
            samples
                .iter()
                .map(|v| u16::from_ne_bytes([*v; 2]))
                .collect()
        };
        let samples = match &self.samples {
            Samples::Eight(samples) if matches!(self.bits, Some(48 | 64)) => {
                &Samples::Sixteen(wide(samples))
            }
            samples => samples,
        };
        let (opaque, depth) = match samples {
            Samples::Eight(samples) => (is_opaque(samples, u8::MAX), png::BitDepth::Eight),
            Samples::Sixteen(samples) => (is_opaque(samples, u16::MAX), png::BitDepth::Sixteen),
        };
        let opaque = opaque && !matches!(self.bits, Some(32 | 64));
        encoder.set_depth(depth);
        encoder.set_color(match opaque {
            true => png::ColorType::Rgb,
            false => png::ColorType::Rgba,
        });
        self.set_density(&mut encoder);
        let mut writer = encoder.write_header()?;
        let mut stream = writer.stream_writer()?;
        let kept = if opaque { 3 } else { 4 };
        let mut row = Vec::new();
        let in_a_row = usize::try_from(self.width)
            .unwrap_or(1)
            .max(1)
            .saturating_mul(4);
        match samples {
            Samples::Eight(samples) => {
                for pixels in samples.chunks(in_a_row) {
                    row.clear();
                    let (pixels, _) = pixels.as_chunks::<4>();
                    row.extend(pixels.iter().flat_map(|pixel| pixel.iter().take(kept)));
                    stream.write_all(&row)?;
                }
            }
            Samples::Sixteen(samples) => {
                for pixels in samples.chunks(in_a_row) {
                    row.clear();
                    let (pixels, _) = pixels.as_chunks::<4>();
                    let kept = pixels.iter().flat_map(|pixel| pixel.iter().take(kept));
                    row.extend(kept.flat_map(|sample| sample.to_be_bytes()));
                    stream.write_all(&row)?;
                }
            }
        }
        stream.finish()?;
        Ok(writer.finish()?)
    }

    fn set_density<W: Write>(&self, encoder: &mut png::Encoder<'_, W>) {
        if let Some([xppu, yppu]) = self.pixels_per_meter {
            let unit = png::Unit::Meter;
            encoder.set_pixel_dims(Some(png::PixelDimensions { xppu, yppu, unit }));
        }
    }

    /// The pixels as grays or indices of `bits` bits; `None` where some pixel would change.
    fn shades(&self) -> Option<Shades> {
        let bits = self
            .bits
            .filter(|bits| matches!(bits, 1 | 2 | 4 | 8 | 16))?;
        let is_gray = |[red, green, blue, alpha]: &[u16; 4]| {
            red == green && green == blue && *alpha == u16::MAX
        };
        if let (Samples::Sixteen(samples), 16) = (&self.samples, bits) {
            let (pixels, _) = samples.as_chunks::<4>();
            return pixels.iter().all(is_gray).then(|| Shades {
                bits,
                palette: None,
                rows: pixels
                    .iter()
                    .flat_map(|[gray, ..]| gray.to_be_bytes())
                    .collect(),
            });
        }
        let Samples::Eight(samples) = &self.samples else {
            return None;
        };
        let (pixels, _) = samples.as_chunks::<4>();
        if bits == 16 || !is_opaque(samples, u8::MAX) {
            return None;
        }
        let indexed = Indexed::new(pixels, self.width, bits, false).ok()?;
        let levels = 255u16.checked_div((1u16 << bits).saturating_sub(1))?;
        let level = |[red, green, blue]: &[u8; 3]| {
            let is_level =
                red == green && green == blue && u16::from(*red).checked_rem(levels) == Some(0);
            let level = u16::from(*red).checked_div(levels)?;
            u8::try_from(level).ok().filter(|_| is_level)
        };
        let grays: Option<Vec<u8>> = indexed.colors.iter().map(level).collect();
        let mut rows = Vec::new();
        for row in indexed.rows() {
            match &grays {
                Some(grays) => {
                    let gray = |index: &u8| grays.get(usize::from(*index)).copied().unwrap_or(0);
                    let row: Vec<u8> = row.iter().map(gray).collect();
                    indexed::pack(&row, bits, &mut rows);
                }
                None => indexed::pack(row, bits, &mut rows),
            }
        }
        Some(Shades {
            bits,
            palette: grays.is_none().then(|| indexed.colors.concat()),
            rows,
        })
    }

    fn write_shades(&self, shades: &Shades, out: &mut impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        let depth = u8::try_from(shades.bits)
            .ok()
            .and_then(png::BitDepth::from_u8);
        encoder.set_depth(depth.unwrap_or(png::BitDepth::Eight));
        encoder.set_color(png::ColorType::Grayscale);
        if let Some(palette) = &shades.palette {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.clone());
        }
        self.set_density(&mut encoder);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&shades.rows)?;
        Ok(writer.finish()?)
    }

    /// Whether a file of [`bits`](Self::bits) keeps every pixel.
    pub fn fits(&self) -> bool {
        let (opaque, eight) = match &self.samples {
            Samples::Eight(samples) => (is_opaque(samples, u8::MAX), true),
            Samples::Sixteen(samples) => (is_opaque(samples, u16::MAX), false),
        };
        match self.bits {
            None | Some(64) => true,
            Some(48) => opaque,
            Some(32) => eight,
            Some(24) => eight && opaque,
            Some(_) => self.shades().is_some(),
        }
    }
}

/// Grays, or indices into a palette.
struct Shades {
    bits: u16,
    palette: Option<Vec<u8>>,
    rows: Vec<u8>,
}

/// Whether bytes begin like a PNG file.
pub fn is_png(reader: &mut impl Read) -> io::Result<bool> {
    let mut start = Vec::new();
    reader
        .take(SIGNATURE.len() as u64)
        .read_to_end(&mut start)?;
    Ok(start == SIGNATURE)
}

fn is_opaque<T: Copy + PartialEq>(samples: &[T], full: T) -> bool {
    let (pixels, _) = samples.as_chunks::<4>();
    pixels.iter().all(|[_, _, _, alpha]| *alpha == full)
}

/// Gray and alpha as red, green, blue and alpha.
fn spread<T: Copy>(samples: &[T]) -> Vec<T> {
    let (pairs, _) = samples.as_chunks::<2>();
    let pixel = |[gray, alpha]: &[T; 2]| [*gray, *gray, *gray, *alpha];
    pairs.iter().flat_map(pixel).collect()
}
