//! How a bitmap stores its pixels, and the reader for it.

use crate::formats::bmp::regions::Part;
use std::io;

use super::damage::Damage;
use super::embedded::{self, Embedded};
use super::huffman::Huffman;
use super::input::Input;
use super::palette::Colors;
use super::rle::{Rle, Unit};
use super::rows::{Depth, Depths, Pixel, Rows};
use super::{Alpha, DecodeError, Options};
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::header::{DibHeader, Masks};
use crate::formats::bmp::layout::field;
use crate::formats::bmp::names::{Compression, DibKind};
use crate::source::Source;
use crate::tree::Range;

/// A reader of rows in the order of the file.
#[derive(Clone, Debug)]
pub(super) enum Codec {
    Rows(Rows),
    Rle(Rle),
    Huffman(Huffman),
    Embedded(Embedded),
}

/// The reader for a bitmap's pixels.
pub(super) fn of(
    source: &Source,
    file_size: u64,
    bitmap: &Bitmap,
    dib: &DibHeader,
    rows: u32,
    options: &Options,
    damage: &mut Damage,
) -> Result<Codec, DecodeError> {
    let (compression, bits) = (dib.compression, dib.bit_count);
    let unsupported = DecodeError::Unsupported {
        compression,
        bit_count: bits,
    };
    let is_embedded = matches!(compression, Compression::Jpeg | Compression::Png);
    if !is_embedded && !compression.reads(bits) {
        return Err(unsupported);
    }
    let offset = bitmap.pixels_at;
    if offset >= file_size {
        return Err(DecodeError::NoPixels {
            offset,
            size: file_size,
        });
    }
    let profile = bitmap.profile.map(|profile| profile.offset);
    let limit = profile.filter(|start| *start > offset && !compression.is_rows());
    let limit = limit.map_or(file_size, |start| start.min(file_size));
    let input = Input::new(source, offset, limit);
    let colors = || Colors::new(bitmap, bits, compression, options.survey).map(Box::new);
    let run_lengths = |unit: Unit, input: Input| {
        Codec::Rle(Rle {
            input,
            unit,
            rows,
            x: 0,
            row: 0,
            ended: false,
            stated_end: match dib.image_size {
                0 => 0,
                size => offset.saturating_add(u64::from(size)).min(file_size),
            },
            undefined: 0,
            cut: None,
            lacks_pad: false,
            offset,
            width: usize::try_from(dib.width).unwrap_or(0),
        })
    };
    let pixel = match (compression, bits) {
        (Compression::Rle8 | Compression::CmykRle8, _) => {
            return Ok(run_lengths(Unit::Byte(colors()?), input));
        }
        (Compression::Rle4 | Compression::CmykRle4, _) => {
            return Ok(run_lengths(Unit::Halves(colors()?), input));
        }
        (Compression::Rle24, _) => return Ok(run_lengths(Unit::Bgr, input)),
        (Compression::Huffman1D, _) => {
            return Ok(Codec::Huffman(Huffman::new(input, colors()?, rows)));
        }
        (Compression::Jpeg | Compression::Png, _) => {
            let size = match dib.image_size {
                0 => limit.saturating_sub(offset),
                size => u64::from(size).min(limit.saturating_sub(offset)),
            };
            let range = Range::file(offset, size);
            let png = compression == Compression::Png;
            let decoded = embedded::decode(source, range, png, options.max_pixels, damage)?;
            return decoded.map(Codec::Embedded).ok_or_else(|| {
                let reason = std::mem::take(damage).finish().pop();
                DecodeError::Embedded {
                    reason: reason.map_or_else(String::new, |problem| problem.message),
                }
            });
        }
        (Compression::Cmyk, _) => Pixel::Cmyk,
        (_, 1 | 2 | 4 | 8) => Pixel::Index(u8::try_from(bits).unwrap_or(8), colors()?),
        (_, 16) => Pixel::Two(Depths::new(masks(bitmap, dib, options.alpha))),
        (Compression::Rgb, 24) => Pixel::Bgr,
        (_, 24) => Pixel::Three(Depths::new(masks(bitmap, dib, options.alpha))),
        (_, 32) => Pixel::Four(Depths::new(masks(bitmap, dib, options.alpha))),
        (_, 64) => Pixel::Linear(options.alpha == Alpha::Ignore),
        _ => return Err(unsupported),
    };
    Ok(Codec::Rows(Rows {
        input,
        pixel,
        used: dib.row_bytes().unwrap_or(0),
        lost: u32::try_from(bitmap.lost_rows.unwrap_or(0)).unwrap_or(rows),
        stride: dib.stride().unwrap_or(0),
        dirty: 0,
        first_dirty: None,
    }))
}

/// The masks that the pixels go by.
fn masks(bitmap: &Bitmap, dib: &DibHeader, alpha: Alpha) -> Masks {
    let stated = dib.masks.filter(|masks| !masks.are_default(dib.bit_count));
    let stated = stated.map(|masks| [masks.red, masks.green, masks.blue]);
    let [red, green, blue] = stated.unwrap_or(match dib.bit_count {
        16 => [0x7c00, 0x3e0, 0x1f],
        _ => [0xff_0000, 0xff00, 0xff],
    });
    Masks {
        red,
        green,
        blue,
        alpha: alpha_mask(bitmap, dib, alpha),
    }
}

/// The bits of a pixel's alpha channel; 0 where it has none.
pub(super) fn alpha_mask(bitmap: &Bitmap, dib: &DibHeader, alpha: Alpha) -> u32 {
    let in_header = match (dib.masks, bitmap.header(Part::DibHeader)) {
        (Some(masks), _) => masks.alpha,
        (None, Some(raw))
            if !bitmap.is_icon()
                && dib.compression == Compression::Rgb
                && dib.bit_count == 32
                && dib.kind >= DibKind::V3 =>
        {
            raw.uint(field!("alpha_mask"))
        }
        _ if bitmap.is_icon() && dib.bit_count == 32 => 0xff00_0000,
        _ => 0,
    };
    match (alpha, dib.bit_count) {
        (Alpha::Ignore, _) => 0,
        (Alpha::Keep, 32) if in_header == 0 && dib.masks.is_none() => 0xff00_0000,
        (Alpha::Keep, 16) if in_header == 0 && dib.masks.is_none() => 0x8000,
        _ => in_header,
    }
}

impl Codec {
    pub(super) fn is_deep(&self) -> bool {
        match self {
            Codec::Rows(rows) => rows.is_deep(),
            Codec::Embedded(picture) => picture.is_deep(),
            _ => false,
        }
    }

    /// The color of index 0; black without a palette.
    pub(super) fn first_color(&self) -> [u8; 4] {
        let colors = match self {
            Codec::Rle(rle) => rle.colors(),
            Codec::Huffman(huffman) => Some(&*huffman.colors),
            Codec::Rows(_) | Codec::Embedded(_) => None,
        };
        colors.map_or([0, 0, 0, 255], |colors| colors.color(0))
    }

    /// How many bytes there are for the pixels, at most; `None` where they were read already.
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            Codec::Rows(rows) => Some(rows.input.left()),
            Codec::Rle(rle) => Some(rle.input.left()),
            Codec::Huffman(huffman) => Some(huffman.input.left()),
            Codec::Embedded(_) => None,
        }
    }

    /// How many of `rows` have a pixel that the file doesn't have, as far as they were read.
    pub(super) fn lost_rows(&self) -> u32 {
        match self {
            Codec::Rows(rows) => rows.lost,
            Codec::Rle(rle) => rle.lost_rows(),
            Codec::Huffman(huffman) => huffman.lost_rows(),
            Codec::Embedded(_) => 0,
        }
    }

    /// Reads a row, with `undefined` where the file says nothing, and answers how many pixels it
    /// does define; `None` where it says nothing of this row nor of any later one.
    pub(super) fn row<S: Depth>(
        &mut self,
        row: u32,
        out: &mut [[S; 4]],
        undefined: [S; 4],
        damage: &mut Damage,
        y: &dyn Fn(u32) -> u32,
    ) -> io::Result<Option<usize>> {
        match self {
            Codec::Rows(rows) => {
                let there = rows.row(row, out)?;
                out.get_mut(there..)
                    .unwrap_or_default()
                    .fill([S::default(); 4]);
                Ok(Some(there).filter(|there| *there > 0))
            }
            Codec::Rle(rle) => rle.row(row, out, undefined, damage, y),
            Codec::Huffman(huffman) => {
                out.fill(undefined);
                huffman.row(row, out, damage, y)
            }
            Codec::Embedded(picture) => {
                picture.row(row, out);
                Ok(Some(out.len()))
            }
        }
    }

    /// Notes the problems at the end: the last row was read, or none of the `left` others can be.
    pub(super) fn finish(
        &mut self,
        left: u32,
        width: u32,
        damage: &mut Damage,
        y: impl Fn(u32) -> u32,
    ) -> io::Result<()> {
        match self {
            Codec::Rows(rows) => rows.finish(damage, y),
            Codec::Rle(rle) => {
                let pixels = u64::from(left).saturating_mul(u64::from(width));
                rle.finish(pixels, damage, y)?;
            }
            Codec::Huffman(huffman) => {
                let pixels = u64::from(left).saturating_mul(u64::from(width));
                huffman.finish(pixels, damage, y);
            }
            Codec::Embedded(_) => {}
        }
        Ok(())
    }
}
