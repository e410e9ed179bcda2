//! Conversions between the three widths of IEEE 754 floats: one rounding, to nearest and ties to
//! even, and NaNs that keep sign, payload and signalling bit as far as the narrower one has room.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "exponents and shifts are bounded by the widths of the formats"
)]

/// The bits of a half-precision float nearest to `x`; `None` where a finite `x` overflows.
pub(super) fn to_half(x: f64) -> Option<u16> {
    let bits = x.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let exponent = (bits >> 52) as i32 & 0x7ff;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0x7ff {
        let payload = narrow_payload(fraction, 42) as u16;
        return Some(sign | 0x7c00 | payload);
    }
    // The 53-bit significand, and how many of its bits a half keeps: 11, fewer below 2^-14.
    let exponent = exponent - 1023;
    if exponent > 15 {
        return None;
    }
    let drop = 42 + (-14 - exponent).max(0);
    if drop > 53 {
        return Some(sign);
    }
    let significand = fraction | 1 << 52;
    let half = 1u64 << (drop - 1);
    let cut = significand & ((1 << drop) - 1);
    let kept = significand >> drop;
    let rounded = kept + u64::from(cut > half || (cut == half && kept & 1 == 1));
    // Added, not or-ed: rounding up may carry into the exponent.
    let biased = u64::from((exponent + 14).max(0).cast_unsigned()) << 10;
    let magnitude = if exponent >= -14 {
        biased + rounded
    } else {
        rounded
    };
    (magnitude < 0x7c00).then_some(sign | magnitude as u16)
}

pub(crate) fn from_half(bits: u16) -> f64 {
    let sign = u64::from(bits & 0x8000) << 48;
    let exponent = u64::from(bits >> 10 & 0x1f);
    let fraction = u64::from(bits & 0x3ff);
    match exponent {
        0 => f64::from_bits(sign | (fraction as f64 * 2f64.powi(-24)).to_bits()),
        0x1f => f64::from_bits(sign | 0x7ff << 52 | fraction << 42),
        _ => f64::from_bits(sign | (exponent + 1008) << 52 | fraction << 42),
    }
}

/// The bits of a single-precision float nearest to `x`; `None` where a finite `x` overflows.
#[inline]
pub(super) fn to_single(x: f64) -> Option<u32> {
    let single = x as f32;
    if single.is_finite() {
        return Some(single.to_bits());
    }
    to_special_single(x)
}

#[cold]
fn to_special_single(x: f64) -> Option<u32> {
    if x.is_nan() {
        let bits = x.to_bits();
        let sign = (bits >> 32) as u32 & 0x8000_0000;
        return Some(sign | 0x7f80_0000 | narrow_payload(bits & ((1 << 52) - 1), 29) as u32);
    }
    x.is_infinite().then_some((x as f32).to_bits())
}

pub(super) fn from_single(bits: u32) -> f64 {
    let single = f32::from_bits(bits);
    if single.is_nan() {
        let sign = u64::from(bits & 0x8000_0000) << 32;
        return f64::from_bits(sign | 0x7ff << 52 | u64::from(bits & 0x7f_ffff) << 29);
    }
    f64::from(single)
}

/// A NaN whose payload lies only in the dropped bits becomes a quiet NaN; with no bit set it would be an infinity.
fn narrow_payload(fraction: u64, drop: u32) -> u64 {
    match fraction >> drop {
        0 if fraction != 0 => 1 << (51 - drop),
        payload => payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_once() {
        for (x, bits) in [
            (1.0 + 2f64.powi(-11) + 2f64.powi(-40), 0x3c01),
            (1.0 + 2f64.powi(-11), 0x3c00),
            (65504.0, 0x7bff),
            (65_519.999_999_999_99, 0x7bff),
            (-65504.0, 0xfbff),
            (0.0, 0),
            (-0.0, 0x8000),
            (2f64.powi(-24), 1),
            (2f64.powi(-25), 0),
            (2f64.powi(-25) * 1.000_001, 1),
            (3.0 * 2f64.powi(-25), 2),
            (2f64.powi(-14), 0x0400),
            (2f64.powi(-14) - 2f64.powi(-26), 0x0400),
            (5e-324, 0),
            (f64::INFINITY, 0x7c00),
            (1.999_9, 0x4000),
        ] {
            assert_eq!(to_half(x), Some(bits), "{x:e}");
        }
        assert_eq!(to_half(65520.0), None);
        assert_eq!(to_half(f64::MAX), None);
    }

    #[test]
    fn every_half_survives_the_way_there_and_back() {
        for bits in 0..=u16::MAX {
            assert_eq!(to_half(from_half(bits)), Some(bits), "{bits:#06x}");
        }
    }

    #[test]
    fn nans_of_singles_keep_their_bits() {
        for bits in [0x7fc0_0000, 0xffc0_0001, 0x7f80_0001, 0xff81_2345] {
            assert_eq!(to_single(from_single(bits)), Some(bits), "{bits:#x}");
        }
        let payload_below = f64::from_bits(0x7ff0_0000_0000_0001);
        assert_eq!(to_single(payload_below), Some(0x7fc0_0000));
        assert_eq!(to_half(payload_below), Some(0x7e00));
    }

    #[test]
    fn finite_singles_overflow() {
        assert_eq!(to_single(3.402_823_5e38), Some(f32::MAX.to_bits()));
        assert_eq!(to_single(3.402_823_567_797_336_6e38), None);
        assert_eq!(
            to_single(f64::NEG_INFINITY),
            Some(f32::NEG_INFINITY.to_bits())
        );
    }
}
