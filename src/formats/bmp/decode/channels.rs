//! Pixels whose channels color masks give.

use crate::formats::bmp::header::Masks;
use crate::formats::bmp::sample::Sample;

/// One channel: which bits, and by how many places they are shifted up.
#[derive(Clone, Copy, Debug)]
struct Channel {
    mask: u32,
    shift: u32,
    max: u32,
}

impl Channel {
    fn new(mask: u32) -> Channel {
        let shift = mask.trailing_zeros();
        Channel {
            mask,
            shift,
            max: mask.wrapping_shr(shift),
        }
    }

    fn of(self, pixel: u32) -> u32 {
        (pixel & self.mask).wrapping_shr(self.shift)
    }
}

/// The channels of a pixel, with tables of those that are short enough for one.
#[derive(Clone, Debug)]
pub(super) struct Channels<S> {
    channels: [Channel; 4],
    tables: [Option<Box<[S; 256]>>; 4],
    /// Where each channel's byte is, if all are whole bytes.
    bytes: Option<[usize; 3]>,
    alpha: Alpha,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alpha {
    Opaque,
    /// Some bits, not a whole byte.
    Bits,
    Byte(usize),
}

impl<S: Sample> Channels<S> {
    pub(super) fn new(masks: Masks) -> Channels<S> {
        let channels = [masks.red, masks.green, masks.blue, masks.alpha].map(Channel::new);
        let tables = channels.map(|channel| {
            (channel.max <= 255).then(|| {
                let value = |v: usize| S::scale(u32::try_from(v).unwrap_or(0), channel.max);
                Box::new(std::array::from_fn(value))
            })
        });
        let [red, green, blue, alpha] = channels.map(byte);
        let alpha = match (masks.alpha, alpha) {
            (0, _) => Alpha::Opaque,
            (_, Some(byte)) => Alpha::Byte(byte),
            _ => Alpha::Bits,
        };
        let bytes = red
            .zip(green)
            .zip(blue)
            .map(|((red, green), blue)| [red, green, blue])
            .filter(|_| alpha != Alpha::Bits);
        Channels {
            channels,
            tables,
            bytes,
            alpha,
        }
    }

    /// Rows of pixels of 4 bytes.
    pub(super) fn four(&self, bytes: &[u8], out: &mut [[S; 4]]) {
        let (pixels, _) = bytes.as_chunks::<4>();
        match (self.bytes, self.alpha) {
            (Some([2, 1, 0]), Alpha::Byte(3)) => {
                for (out, [b, g, r, a]) in out.iter_mut().zip(pixels) {
                    *out = [*r, *g, *b, *a].map(S::widen);
                }
            }
            (Some([2, 1, 0]), Alpha::Opaque) => {
                for (out, [b, g, r, _]) in out.iter_mut().zip(pixels) {
                    *out = [*r, *g, *b, 255].map(S::widen);
                }
            }
            (Some(places), _) => {
                for (out, pixel) in out.iter_mut().zip(pixels) {
                    let at = |place: usize| pixel.get(place).copied().unwrap_or(0);
                    let [r, g, b] = places.map(at);
                    let a = match self.alpha {
                        Alpha::Byte(place) => at(place),
                        _ => 255,
                    };
                    *out = [r, g, b, a].map(S::widen);
                }
            }
            _ => {
                for (out, pixel) in out.iter_mut().zip(pixels) {
                    *out = self.pixel(u32::from_le_bytes(*pixel));
                }
            }
        }
    }

    /// Rows of pixels of 3 bytes.
    pub(super) fn three(&self, bytes: &[u8], out: &mut [[S; 4]]) {
        let (pixels, _) = bytes.as_chunks::<3>();
        for (out, [low, middle, high]) in out.iter_mut().zip(pixels) {
            *out = self.pixel(u32::from_le_bytes([*low, *middle, *high, 0]));
        }
    }

    /// Rows of pixels of 2 bytes.
    pub(super) fn two(&self, bytes: &[u8], out: &mut [[S; 4]]) {
        let (pixels, _) = bytes.as_chunks::<2>();
        for (out, pixel) in out.iter_mut().zip(pixels) {
            *out = self.pixel(u32::from(u16::from_le_bytes(*pixel)));
        }
    }

    fn pixel(&self, pixel: u32) -> [S; 4] {
        let sample = |at: usize| -> S {
            let (Some(channel), Some(table)) = (self.channels.get(at), self.tables.get(at)) else {
                return S::default();
            };
            let value = channel.of(pixel);
            let index = usize::try_from(value).unwrap_or(usize::MAX);
            match table {
                Some(table) => table.get(index).copied().unwrap_or_default(),
                None => S::scale(value, channel.max),
            }
        };
        let alpha = match self.alpha {
            Alpha::Opaque => S::widen(255),
            _ => sample(3),
        };
        [sample(0), sample(1), sample(2), alpha]
    }
}

/// Which byte of the pixel a channel is, where it is one.
fn byte(channel: Channel) -> Option<usize> {
    let is_byte = channel.max == 255 && channel.shift.is_multiple_of(8);
    is_byte.then(|| usize::try_from(channel.shift / 8).unwrap_or(0))
}

/// Whether some channel has more than 8 bits.
pub(super) fn is_deep(masks: Masks) -> bool {
    [masks.red, masks.green, masks.blue, masks.alpha]
        .into_iter()
        .any(|mask| Channel::new(mask).max > 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<S: Sample>(masks: [u32; 4], pixel: u32) -> [S; 4] {
        let [red, green, blue, alpha] = masks;
        let channels = Channels::new(Masks {
            red,
            green,
            blue,
            alpha,
        });
        let mut out = [[S::default(); 4]];
        channels.four(&pixel.to_le_bytes(), &mut out);
        out[0]
    }

    #[test]
    fn masks_of_any_width_and_place() {
        assert_eq!(
            decode::<u8>([0xff_0000, 0xff00, 0xff, 0], 0x1234_5678),
            [0x34, 0x56, 0x78, 255]
        );
        assert_eq!(
            decode::<u8>([0xff00_0000, 0xff_0000, 0xff00, 0xff], 0x1234_5678),
            [0x12, 0x34, 0x56, 0x78]
        );
        // 10 bits a channel, 2 of alpha: 1023, 512, 1, 2.
        let pixel = 2 << 30 | 1023 << 20 | 512 << 10 | 1;
        let masks = [0x3ff0_0000, 0xf_fc00, 0x3ff, 0xc000_0000];
        assert_eq!(decode::<u8>(masks, pixel), [255, 128, 0, 170]);
        assert_eq!(decode::<u16>(masks, pixel), [65_535, 32_800, 64, 43_690]);
        assert_eq!(
            decode::<u8>([u32::MAX, 1, 0, 0], 0x8000_0001),
            [128, 255, 0, 255]
        );
    }

    #[test]
    fn short_pixels_by_their_masks() {
        let channels = Channels::<u8>::new(Masks {
            red: 0xf800,
            green: 0x7e0,
            blue: 0x1f,
            alpha: 0,
        });
        let mut out = [[0; 4]; 2];
        channels.two(&[0x00, 0xf8, 0xe1, 0x07], &mut out);
        assert_eq!(out, [[255, 0, 0, 255], [0, 255, 8, 255]]);
    }
}
