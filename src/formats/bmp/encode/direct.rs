//! Pixels that carry their colors.

use crate::formats::bmp::header::Masks;
use crate::formats::bmp::sample::Sample;
use crate::offset::Position;

/// How a pixel becomes bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direct {
    /// Blue, green, red.
    Bgr,
    /// This many bytes, with channels where the masks say.
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
    pub(super) fn keeps<S: Sample>(&self, pixel: [S; 4]) -> bool {
        let [red, green, blue, alpha] = pixel;
        match self {
            Direct::Masked(_, masks) => {
                let keeps =
                    |mask: u32, value: S| S::scale(value.stored(max(mask)), max(mask)) == value;
                keeps(masks.red, red)
                    && keeps(masks.green, green)
                    && keeps(masks.blue, blue)
                    && (masks.alpha == 0 || keeps(masks.alpha, alpha))
            }
            Direct::Linear => {
                let back = |value: i16| f32::from(value) / 8192.0;
                let keeps = |value: S| S::encode(back(fixed(value.light()))) == value;
                let keeps_alpha = S::unit(back(fixed(alpha.share()))) == alpha;
                keeps(red) && keeps(green) && keeps(blue) && keeps_alpha
            }
            Direct::Bgr | Direct::Cmyk => {
                [red, green, blue].map(|v| v == S::widen(narrow(v))) == [true; 3]
            }
        }
    }

    pub(super) fn write<S: Sample>(&self, pixels: &[[S; 4]], out: &mut Vec<u8>) {
        match self {
            Direct::Bgr => {
                for [red, green, blue, _] in pixels {
                    out.extend([*blue, *green, *red].map(narrow));
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
                        pixel | value.stored(max(*mask)).checked_shl(shift).unwrap_or(0)
                    });
                    out.extend(pixel.to_le_bytes().iter().take(*bytes));
                }
            }
            Direct::Linear => {
                for [red, green, blue, alpha] in pixels {
                    for channel in [blue.light(), green.light(), red.light(), alpha.share()] {
                        out.extend(fixed(channel).to_le_bytes());
                    }
                }
            }
            Direct::Cmyk => {
                for [red, green, blue, _] in pixels {
                    let [red, green, blue] = [*red, *green, *blue].map(narrow);
                    out.extend([0, !blue, !green, !red]);
                }
            }
        }
    }
}

/// The largest value of a channel.
fn max(mask: u32) -> u32 {
    mask.checked_shr(mask.trailing_zeros()).unwrap_or(0)
}

/// A sample of 8 bits.
fn narrow<S: Sample>(sample: S) -> u8 {
    u8::try_from(sample.stored(u8::MAX.into())).unwrap_or(u8::MAX)
}

/// Whether pixels of this many bits can have these masks, and every color be written by them.
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
    let fits = |mask: &u32| u32::BITS.since(mask.leading_zeros()) <= u32::from(bits);
    let bits: u32 = all.iter().map(|mask| mask.count_ones()).sum();
    let apart = bits == (red | green | blue | alpha).count_ones();
    apart && all.iter().all(|mask| is_run(mask) && fits(mask))
}

#[allow(clippy::cast_possible_truncation, reason = "rounded from 0 to 8,192")]
fn fixed(value: f32) -> i16 {
    (value * 8192.0).round() as i16
}
