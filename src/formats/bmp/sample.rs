//! Samples of 8 and 16 bits, and how channels of other depths become them.

/// One channel of a pixel: `u8` or `u16`.
pub(super) trait Sample: Copy + Default + PartialEq + Send + 'static {
    /// A sample of this depth from one of 8 bits.
    fn widen(value: u8) -> Self;

    /// `round(value · MAX / max)`.
    fn scale(value: u32, max: u32) -> Self;

    /// From linear light, 0 to 1, to sRGB (IEC 61966-2-1).
    fn encode(linear: f32) -> Self;

    /// From 0 to 1, as it is.
    fn unit(value: f32) -> Self;

    /// What is opaque, or as bright as can be.
    const FULL: Self;

    /// `round(self · max / FULL)`: the inverse of [`scale`](Self::scale).
    fn stored(self, max: u32) -> u32;

    /// From 0 to 1: the inverse of [`unit`](Self::unit).
    fn share(self) -> f32;

    /// Linear light from sRGB: the inverse of [`encode`](Self::encode).
    fn light(self) -> f32 {
        let value = self.share();
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    }

    /// Pixels of blue, green and red.
    fn bgr(bytes: &[u8], out: &mut [[Self; 4]]) {
        let (pixels, _) = bytes.as_chunks::<3>();
        for (out, [blue, green, red]) in out.iter_mut().zip(pixels) {
            *out = [*red, *green, *blue, 255].map(Self::widen);
        }
    }
}

impl Sample for u8 {
    const FULL: u8 = u8::MAX;

    fn stored(self, max: u32) -> u32 {
        u32::try_from(scaled(self.into(), 255, max)).unwrap_or(u32::MAX)
    }

    fn share(self) -> f32 {
        f32::from(self) / 255.0
    }

    fn widen(value: u8) -> u8 {
        value
    }

    fn scale(value: u32, max: u32) -> u8 {
        u8::try_from(scaled(value, max, 255)).unwrap_or(u8::MAX)
    }

    fn encode(linear: f32) -> u8 {
        Self::unit(srgb(linear))
    }

    /// Four pixels of three bytes are three words.
    fn bgr(bytes: &[u8], out: &mut [[u8; 4]]) {
        let (fours, rest) = bytes.as_chunks::<12>();
        let (out, last) = out.split_at_mut(out.len().min(fours.len().saturating_mul(4)));
        let (out, _) = out.as_chunks_mut::<4>();
        for (out, four) in out.iter_mut().zip(fours) {
            let (words, _) = four.as_chunks::<4>();
            let [a, b, c] = [0, 1, 2].map(|at| words.get(at).map_or(0, |w| u32::from_le_bytes(*w)));
            let pixels = [a, a >> 24 | b << 8, b >> 16 | c << 16, c >> 8];
            // Backwards, whatever is in the fourth byte falls off.
            *out = pixels.map(|pixel| (pixel.swap_bytes() >> 8 | 0xff00_0000).to_le_bytes());
        }
        let (pixels, _) = rest.as_chunks::<3>();
        for (out, [blue, green, red]) in last.iter_mut().zip(pixels) {
            *out = [*red, *green, *blue, 255];
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded from 0 to 255"
    )]
    fn unit(value: f32) -> u8 {
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    }
}

impl Sample for u16 {
    const FULL: u16 = u16::MAX;

    fn stored(self, max: u32) -> u32 {
        u32::try_from(scaled(self.into(), 65_535, max)).unwrap_or(u32::MAX)
    }

    fn share(self) -> f32 {
        f32::from(self) / 65_535.0
    }

    fn widen(value: u8) -> u16 {
        u16::from_be_bytes([value, value])
    }

    fn scale(value: u32, max: u32) -> u16 {
        u16::try_from(scaled(value, max, 65_535)).unwrap_or(u16::MAX)
    }

    fn encode(linear: f32) -> u16 {
        Self::unit(srgb(linear))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded from 0 to 65,535"
    )]
    fn unit(value: f32) -> u16 {
        (value.clamp(0.0, 1.0) * 65_535.0).round() as u16
    }
}

/// A channel without bits is full nowhere: 0.
fn scaled(value: u32, max: u32, full: u32) -> u64 {
    let doubled = u64::from(value)
        .saturating_mul(u64::from(full))
        .saturating_mul(2)
        .saturating_add(u64::from(max));
    doubled
        .checked_div(u64::from(max).saturating_mul(2))
        .unwrap_or(0)
}

fn srgb(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_rounds_and_does_not_shift() {
        let five: Vec<u8> = [0, 1, 3, 15, 16, 30, 31].map(|v| u8::scale(v, 31)).to_vec();
        assert_eq!(five, [0, 8, 25, 123, 132, 247, 255]);
        assert_eq!(u8::scale(1, 1), 255);
        assert_eq!(u8::scale(u32::MAX, u32::MAX), 255);
        assert_eq!(u16::scale(1, 3), 21_845);
        assert_eq!(u8::scale(0, 0), 0);
        for v in 0..=255 {
            assert_eq!(u16::widen(v), u16::scale(u32::from(v), 255));
        }
    }

    #[test]
    fn blue_green_and_red_at_any_number_of_pixels() {
        let bytes: Vec<u8> = (0..99).collect();
        for count in 0..=33 {
            let mut eight = vec![[0; 4]; count];
            u8::bgr(&bytes[..count * 3], &mut eight);
            let mut sixteen = vec![[0; 4]; count];
            u16::bgr(&bytes[..count * 3], &mut sixteen);
            for (at, pixel) in (0_u8..).zip(&eight) {
                assert_eq!(*pixel, [at * 3 + 2, at * 3 + 1, at * 3, 255], "{count}");
            }
            let widened: Vec<_> = eight.iter().map(|pixel| pixel.map(u16::widen)).collect();
            assert_eq!(sixteen, widened);
        }
    }

    #[test]
    fn what_a_channel_of_16_bits_or_less_holds_comes_back() {
        for bits in 1..=16 {
            let max = (1u32 << bits) - 1;
            for value in (0..=max).step_by(1 + max as usize / 999).chain([max]) {
                assert_eq!(u16::scale(value, max).stored(max), value, "{bits}");
                assert!(bits > 8 || u8::scale(value, max).stored(max) == value);
            }
        }
    }

    #[test]
    fn every_step_of_linear_light_comes_back_from_16_bits() {
        for value in 0..=8192_u16 {
            let linear = f32::from(value) / 8192.0;
            let back = (u16::encode(linear).light() * 8192.0).round();
            assert_eq!(back, f32::from(value));
        }
    }

    #[test]
    fn linear_light_is_brighter_in_srgb() {
        // IEC 61966-2-1: half the light is 188 of 255.
        assert_eq!(
            [0.0, 0.5, 1.0, 2.0, -1.0].map(u8::encode),
            [0, 188, 255, 255, 0]
        );
    }
}
