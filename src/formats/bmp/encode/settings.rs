//! The settings of an encoder.

use super::Encoder;
use crate::formats::bmp::bitmap::Bitmap;
use crate::formats::bmp::header::Masks;
use crate::formats::bmp::names::{Compression, DibKind};

impl Encoder {
    /// With the settings that every program reads.
    pub fn new() -> Encoder {
        Encoder {
            kind: DibKind::Info,
            bit_count: 24,
            compression: Compression::Rgb,
            top_down: false,
            pixels_per_meter: [0, 0],
            masks: None,
            profile: None,
            lossy: false,
        }
    }

    /// With the settings of a bitmap, as far as they can be written: header, bits, compression,
    /// direction, density, masks. An embedded file becomes 24 bits.
    #[must_use]
    pub fn like(bitmap: &Bitmap) -> Encoder {
        let mut encoder = Encoder::new();
        let Some(dib) = &bitmap.dib else {
            return encoder;
        };
        encoder.kind = dib.kind;
        encoder.pixels_per_meter = dib.pixels_per_meter.map(|n| i32::try_from(n).unwrap_or(0));
        encoder.top_down = dib.is_top_down() && dib.compression.is_rows();
        if !matches!(
            dib.compression,
            Compression::Jpeg | Compression::Png | Compression::Unknown(_)
        ) {
            encoder.bit_count = dib.bit_count;
            // Masks with 24 bits are read, and not written.
            if dib.compression.bit_counts().contains(&dib.bit_count) {
                encoder.compression = dib.compression;
            }
            let bits = dib.bit_count;
            encoder.masks = dib.masks.filter(|masks| !masks.are_default(bits));
        }
        encoder
    }

    /// Which DIB header it has.
    #[must_use]
    pub fn kind(mut self, kind: DibKind) -> Encoder {
        self.kind = kind;
        self
    }

    /// Bits a pixel.
    #[must_use]
    pub fn bit_count(mut self, bits: u16) -> Encoder {
        self.bit_count = bits;
        self
    }

    /// How the pixels are stored.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Encoder {
        self.compression = compression;
        self
    }

    /// Whether the rows run from the top to the bottom.
    #[must_use]
    pub fn top_down(mut self, top_down: bool) -> Encoder {
        self.top_down = top_down;
        self
    }

    /// The density, across and down; 0 where it is not known.
    #[must_use]
    pub fn pixels_per_meter(mut self, pixels: [i32; 2]) -> Encoder {
        self.pixels_per_meter = pixels;
        self
    }

    /// The bits of each channel, for compressions that go by masks. Without them, 5, 6 and 5 bits in
    /// 16, and bytes in 32; with an alpha mask 4 bits each, and bytes.
    #[must_use]
    pub fn masks(mut self, masks: Option<Masks>) -> Encoder {
        self.masks = masks;
        self
    }

    /// An ICC profile that the file carries; takes BITMAPV5HEADER. The pixels are written as they
    /// are.
    #[must_use]
    pub fn profile(mut self, profile: Option<Vec<u8>>) -> Encoder {
        self.profile = profile;
        self
    }

    /// Whether colors may change: to those of a smaller palette, to channels of fewer bits, to
    /// opaque ones.
    #[must_use]
    pub fn lossy(mut self, lossy: bool) -> Encoder {
        self.lossy = lossy;
        self
    }
}
