//! Everything in front of the pixels, packed by the layouts of the format.

use super::EncodeError;
use crate::formats::bmp::header::Masks;
use crate::formats::bmp::layout::{COLOR_QUAD, COLOR_TRIPLE, FILE_HEADER, MASKS, field};
use crate::formats::bmp::names::{Compression, DibKind};
use crate::offset::Position;
use crate::schema::{Field, Header};
use crate::value::Value;

/// The values of the headers.
pub(super) struct Headers<'a> {
    pub(super) kind: DibKind,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) top_down: bool,
    pub(super) bit_count: u16,
    pub(super) compression: Compression,
    pub(super) pixels_per_meter: [i32; 2],
    pub(super) masks: Option<Masks>,
    pub(super) colors: &'a [[u8; 3]],
    /// The size of the pixels in bytes.
    pub(super) image_size: u64,
    /// The size of the profile after them; 0 without one.
    pub(super) profile_size: u64,
}

impl Headers<'_> {
    pub(super) fn write(&self) -> Result<Vec<u8>, EncodeError> {
        let (header, size) = self.kind.header();
        let (masks, mask_fields) = self.masks();
        let entry = match self.kind {
            DibKind::Core => &COLOR_TRIPLE,
            _ => &COLOR_QUAD,
        };
        // A header of 12 bytes can't say that its palette is shorter.
        let entries = match self.kind {
            DibKind::Core if !self.colors.is_empty() => {
                1usize.checked_shl(u32::from(self.bit_count)).unwrap_or(0)
            }
            _ => self.colors.len(),
        };
        let palette = (entries as u64).saturating_mul(entry.size());
        let before = FILE_HEADER.size().past(size);
        let pixel_offset = before.past(masks.len() as u64).past(palette);
        let pixels_end = pixel_offset.past(self.image_size);
        let total = pixels_end.past(self.profile_size);
        if u32::try_from(total).is_err() {
            return Err(EncodeError::TooLarge { size: total });
        }
        let mut bytes = pack(
            &FILE_HEADER,
            FILE_HEADER.size(),
            &[
                (field!("type"), Value::from(&b"BM"[..])),
                (field!("size"), total.into()),
                (field!("pixel_offset"), pixel_offset.into()),
            ],
        )?;
        let fields = self.fields(size, mask_fields, pixels_end);
        bytes.extend(pack(header, size, &fields)?);
        bytes.extend(masks);
        let black = [0; 3];
        for [red, green, blue] in self
            .colors
            .iter()
            .chain(std::iter::repeat(&black))
            .take(entries)
        {
            let fields = self.color([*red, *green, *blue]);
            bytes.extend(pack(entry, entry.size(), &fields)?);
        }
        Ok(bytes)
    }

    /// The fields of the DIB header, which has `size` bytes.
    fn fields(
        &self,
        size: u64,
        masks: Vec<(Field, Value)>,
        pixels_end: u64,
    ) -> Vec<(Field, Value)> {
        let height = i64::from(self.height);
        let [x_ppm, y_ppm] = self.pixels_per_meter;
        let mut fields: Vec<(Field, Value)> = vec![
            (field!("header_size"), size.into()),
            (field!("width"), self.width.into()),
            (
                field!("height"),
                if self.top_down {
                    height.saturating_neg()
                } else {
                    height
                }
                .into(),
            ),
            (field!("planes"), 1.into()),
            (field!("bit_count"), self.bit_count.into()),
            (field!("compression"), self.compression.value().into()),
            (field!("image_size"), self.image_size.into()),
            (field!("x_ppm"), x_ppm.into()),
            (field!("y_ppm"), y_ppm.into()),
            (field!("colors_used"), (self.colors.len() as u64).into()),
        ];
        fields.extend(masks);
        if self.kind >= DibKind::V4 {
            let space = if self.profile_size > 0 {
                b"MBED"
            } else {
                b"sRGB"
            };
            fields.push((field!("cs_type"), u32::from_be_bytes(*space).into()));
        }
        if self.kind == DibKind::V5 {
            // Perceptual: pictures.
            fields.push((field!("intent"), 4.into()));
            if self.profile_size > 0 {
                let offset = pixels_end.since(FILE_HEADER.size());
                fields.push((field!("profile_offset"), offset.into()));
                fields.push((field!("profile_size"), self.profile_size.into()));
            }
        }
        fields
    }

    /// A palette entry. Of CMYK pixels it has the bytes that wingdi.h's macro `CMYK` makes, black
    /// first.
    fn color(&self, [red, green, blue]: [u8; 3]) -> Vec<(Field, Value)> {
        let [first, second, third, fourth] = match self.compression {
            Compression::CmykRle4 | Compression::CmykRle8 => [0, !blue, !green, !red],
            _ => [blue, green, red, 0],
        };
        let bytes = [
            (field!("blue"), first),
            (field!("green"), second),
            (field!("red"), third),
            (field!("reserved"), fourth),
        ];
        bytes.map(|(name, byte)| (name, Value::from(byte))).to_vec()
    }

    /// The masks after a header of 40 bytes, or the fields in a longer one.
    fn masks(&self) -> (Vec<u8>, Vec<(Field, Value)>) {
        let Some(masks) = self.masks else {
            return Default::default();
        };
        let fields = vec![
            (field!("red_mask"), Value::from(masks.red)),
            (field!("green_mask"), masks.green.into()),
            (field!("blue_mask"), masks.blue.into()),
            (field!("alpha_mask"), masks.alpha.into()),
        ];
        if self.kind != DibKind::Info {
            return (Vec::new(), fields);
        }
        let size = Masks::size(self.compression == Compression::AlphaBitFields);
        (pack(&MASKS, size, &fields).unwrap_or_default(), Vec::new())
    }
}

/// A structure of which some fields are given, and the others are 0.
fn pack(header: &Header, size: u64, given: &[(Field, Value)]) -> Result<Vec<u8>, EncodeError> {
    let packed = header.pack(size, given);
    packed.map_err(|e| EncodeError::NoSuchBitmap {
        reason: format!("{}: {e}", header.name()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_less_than_four_gigabytes() {
        let headers = |image_size, profile_size| Headers {
            kind: DibKind::V5,
            width: 1,
            height: 1,
            top_down: false,
            bit_count: 24,
            compression: Compression::Rgb,
            pixels_per_meter: [0, 0],
            masks: None,
            colors: &[],
            image_size,
            profile_size,
        };
        let most = u64::from(u32::MAX) - 138;
        assert_eq!(headers(most, 0).write().unwrap()[2..6], [255; 4]);
        assert!(headers(most - 9, 9).write().is_ok());
        for (image_size, profile_size) in [(most + 1, 0), (most - 9, 10)] {
            let error = headers(image_size, profile_size).write().unwrap_err();
            assert_eq!(
                error.to_string(),
                "the file would have 4294967296 bytes, which its 32-bit sizes can't say"
            );
            assert!(!error.is_loss());
        }
    }
}
