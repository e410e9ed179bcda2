//! Pictures that are in a bitmap as a whole JPEG or PNG file.

use super::damage::Damage;
use crate::formats::bmp::check::B056;
use crate::formats::bmp::sample::Sample;
use crate::formats::samples::Samples;
use crate::source::Source;
use crate::tree::Range;

/// The picture of an embedded file.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) samples: Samples,
}

impl Embedded {
    pub(super) fn is_deep(&self) -> bool {
        matches!(self.samples, Samples::Sixteen(_))
    }

    pub(super) fn row<S: Sample>(&self, y: u32, out: &mut [[S; 4]]) {
        let width = usize::try_from(self.width).unwrap_or(0);
        let start = usize::try_from(y).unwrap_or(0).saturating_mul(width);
        let start = start.saturating_mul(4);
        match &self.samples {
            Samples::Eight(samples) => {
                let (row, _) = samples.get(start..).unwrap_or_default().as_chunks::<4>();
                for (out, pixel) in out.iter_mut().zip(row) {
                    *out = pixel.map(S::widen);
                }
            }
            Samples::Sixteen(samples) => {
                let (row, _) = samples.get(start..).unwrap_or_default().as_chunks::<4>();
                for (out, pixel) in out.iter_mut().zip(row) {
                    *out = pixel.map(|sample| S::scale(u32::from(sample), u16::MAX.into()));
                }
            }
        }
    }
}

/// Decodes the embedded file in `range`; notes in `damage` why it can't.
pub(super) fn decode(
    source: &Source,
    range: Range,
    png: bool,
    max_pixels: u64,
    damage: &mut Damage,
) -> std::io::Result<Option<Embedded>> {
    let bytes = source.read(range.offset, range.size)?;
    let decoded = if png {
        decode_png(&bytes, max_pixels)
    } else {
        decode_jpeg(&bytes, max_pixels)
    };
    Ok(decoded
        .map_err(|message| damage.add(B056, range, || message))
        .ok())
}

#[cfg(feature = "pictures")]
fn too_large(width: u64, height: u64, max_pixels: u64) -> Result<(), String> {
    match width.checked_mul(height) {
        Some(pixels) if pixels <= max_pixels => Ok(()),
        _ => Err(format!(
            "{width} by {height} pixels exceed the limit of {max_pixels}"
        )),
    }
}

#[cfg(feature = "pictures")]
fn decode_png(bytes: &[u8], max_pixels: u64) -> Result<Embedded, String> {
    let png = crate::formats::png::Png::read(bytes, max_pixels).map_err(|e| e.to_string())?;
    Ok(Embedded {
        width: png.width,
        height: png.height,
        samples: png.samples,
    })
}

#[cfg(feature = "pictures")]
fn decode_jpeg(bytes: &[u8], max_pixels: u64) -> Result<Embedded, String> {
    use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

    let failed = |e: zune_jpeg::errors::DecodeErrors| format!("the JPEG file can't be read: {e:?}");
    let options = DecoderOptions::new_safe().jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let (width, height) = decoder.dimensions().unwrap_or((0, 0));
    too_large(width as u64, height as u64, max_pixels)?;
    let samples = decoder.decode().map_err(failed)?;
    Ok(Embedded {
        width: u32::try_from(width).unwrap_or(0),
        height: u32::try_from(height).unwrap_or(0),
        samples: Samples::Eight(samples),
    })
}

#[cfg(not(feature = "pictures"))]
fn decode_png(_: &[u8], _: u64) -> Result<Embedded, String> {
    Err("this program was built without PNG".to_owned())
}

#[cfg(not(feature = "pictures"))]
fn decode_jpeg(_: &[u8], _: u64) -> Result<Embedded, String> {
    Err("this program was built without JPEG".to_owned())
}
