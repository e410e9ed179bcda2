//! Pixels that carry their colors.

use crate::formats::bmp::header::Masks;

/// How a pixel becomes bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direct {
    /// Blue, green, red.
    Bgr,
    /// So many bytes, with channels where the masks say.
    Masked(usize, Masks),
    /// Blue, green, red, alpha in linear light, 2.13 fixed point.
    Linear,
    /// Black, yellow, magenta, cyan: the bytes that wingdi.h's macro `CMYK` makes.
    Cmyk,
}

impl Direct {
    pub(super) fn masked(bits: u16, masks: Masks) -> Direct {
        Direct::Masked(usize::from(bits / 8), masks)
    }

    pub(super) fn has_alpha(&self) -> bool {
        match self {
            Direct::Masked(_, masks) => masks.alpha != 0,
            Direct::Linear => true,
            Direct::Bgr | Direct::Cmyk => false,
        }
    }

    /// Whether reading gives the same color again; alpha counts only where there is a channel.
    pub(super) fn keeps(&self, [red, green, blue, alpha]: [u8; 4]) -> bool {
        let Direct::Masked(_, masks) = self else {
            return true;
        };
        let keeps = |mask: u32, value: u8| {
            let max = u64::from(mask.checked_shr(mask.trailing_zeros()).unwrap_or(0));
            let stored = u64::from(store(mask, value));
            let doubled = stored.saturating_mul(510).saturating_add(max);
            doubled.checked_div(max.saturating_mul(2)) == Some(u64::from(value))
        };
        keeps(masks.red, red)
            && keeps(masks.green, green)
            && keeps(masks.blue, blue)
            && (masks.alpha == 0 || keeps(masks.alpha, alpha))
    }

    pub(super) fn write(&self, pixels: &[[u8; 4]], out: &mut Vec<u8>) {
        match self {
            Direct::Bgr => {
                for [red, green, blue, _] in pixels {
                    out.extend([*blue, *green, *red]);
                }
            }
            Direct::Masked(bytes, masks) => {
                for [red, green, blue, alpha] in pixels {
                    let channels = [
                        (masks.red, red),
                        (masks.green, green),
                        (masks.blue, blue),
                        (masks.alpha, alpha),
                    ];
                    let pixel = channels.iter().fold(0, |pixel, (mask, value)| {
                        let shift = mask.trailing_zeros();
                        pixel | store(*mask, **value).checked_shl(shift).unwrap_or(0)
                    });
                    out.extend(pixel.to_le_bytes().iter().take(*bytes));
                }
            }
            Direct::Linear => {
                for [red, green, blue, alpha] in pixels {
                    for channel in [linear(*blue), linear(*green), linear(*red)] {
                        out.extend(fixed(channel).to_le_bytes());
                    }
                    out.extend(fixed(f32::from(*alpha) / 255.0).to_le_bytes());
                }
            }
            Direct::Cmyk => {
                for [red, green, blue, _] in pixels {
                    out.extend([0, !blue, !green, !red]);
                }
            }
        }
    }
}

/// Whether pixels of so many bits can have these masks, and every color be written by them.
pub(super) fn are_masks(masks: Masks, bits: u16) -> bool {
    let Masks {
        red,
        green,
        blue,
        alpha,
    } = masks;
    let all = [red, green, blue, alpha];
    let is_run = |mask: &u32| {
        let ones = mask.checked_shr(mask.trailing_zeros()).unwrap_or(0);
        ones & ones.wrapping_add(1) == 0
    };
    let fits = |mask: &u32| u32::BITS.saturating_sub(mask.leading_zeros()) <= u32::from(bits);
    let bits: u32 = all.iter().map(|mask| mask.count_ones()).sum();
    let apart = bits == (red | green | blue | alpha).count_ones();
    apart && all.iter().all(|mask| is_run(mask) && fits(mask))
}

/// `round(value · max / 255)` for a channel of that many bits.
fn store(mask: u32, value: u8) -> u32 {
    let max = u64::from(mask.checked_shr(mask.trailing_zeros()).unwrap_or(0));
    let rounded = u64::from(value).saturating_mul(max).saturating_add(127) / 255;
    u32::try_from(rounded).unwrap_or(0)
}

/// From sRGB to linear light (IEC 61966-2-1).
fn linear(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "rounded from 0 to 8,192")]
fn fixed(value: f32) -> i16 {
    (value * 8192.0).round() as i16
}
