//! Floats of ten bytes: a sign, 15 bits of exponent, and 64 bits of which the first is the one before the point
//! (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, section 4.2.2).

/// The bias of the exponent.
const BIAS: i32 = 16_383;

/// The float of ten bytes, where a float of eight bytes is the same number and is written as the same bytes.
pub(super) fn read(bytes: &[u8], little: bool) -> Option<f64> {
    let mut all = <[u8; 10]>::try_from(bytes).ok()?;
    if little {
        all.reverse();
    }
    let [a, b, mantissa @ ..] = all;
    let head = u16::from_be_bytes([a, b]);
    let mantissa = u64::from_be_bytes(mantissa);
    let exponent = i32::from(head & 0x7fff);
    let size = match (exponent, mantissa) {
        (0, 0) => 0.0,
        // Infinity alone: NaNs may have different bits.
        (0x7fff, 0x8000_0000_0000_0000) => f64::INFINITY,
        (0x7fff, _) => return None,
        _ => {
            // Halves of the mantissa are exact, and so are powers of two.
            let [high, low] = [mantissa >> 32, mantissa & 0xffff_ffff];
            let [high, low] = [high, low].map(|half| u32::try_from(half).unwrap_or(0));
            let scale = exponent.checked_sub(BIAS)?.checked_sub(63)?;
            let half = scale / 2;
            let sum = f64::from(high) * 4_294_967_296.0 + f64::from(low);
            sum * 2f64.powi(half) * 2f64.powi(scale.checked_sub(half)?)
        }
    };
    let x = if head & 0x8000 == 0 { size } else { -size };
    (write(x, false) == all).then_some(x)
}

/// The ten bytes of a float.
pub(super) fn write(x: f64, little: bool) -> [u8; 10] {
    let bits = x.to_bits();
    let sign = u16::from(bits >> 63 == 1) << 15;
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    let (exponent, mantissa) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0x7ff, fraction) => (0x7fff, 1 << 63 | fraction << 11),
        (0, fraction) => {
            // A small number, whose first bit is anywhere.
            let shift = fraction.leading_zeros();
            let first = 11i32.saturating_sub(i32::try_from(shift).unwrap_or(0));
            let exponent = first.saturating_sub(1022).saturating_add(BIAS);
            (exponent, fraction << shift)
        }
        (exponent, fraction) => (
            exponent.saturating_sub(1023).saturating_add(BIAS),
            1 << 63 | fraction << 11,
        ),
    };
    let head = sign | u16::try_from(exponent).unwrap_or(0);
    let mut all = [0; 10];
    let (first, rest) = all.split_at_mut(2);
    first.copy_from_slice(&head.to_be_bytes());
    rest.copy_from_slice(&mantissa.to_be_bytes());
    if little {
        all.reverse();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sampling rates of AIFF files, and the bounds of floats of eight bytes.
    #[test]
    fn floats_are_what_they_are_in_files() {
        for (hex, x) in [
            ("400eac44000000000000", 44_100.0),
            ("400ebb80000000000000", 48_000.0),
            ("400bfa00000000000000", 8_000.0),
            ("3fff8000000000000000", 1.0),
            ("bffec000000000000000", -0.75),
            ("00000000000000000000", 0.0),
            ("80000000000000000000", -0.0),
            ("7fff8000000000000000", f64::INFINITY),
            ("43fefffffffffffff800", f64::MAX),
            ("3c018000000000000000", f64::MIN_POSITIVE),
            ("3bcd8000000000000000", 5e-324),
        ] {
            let bytes = crate::value::literal::hex(hex).unwrap();
            assert_eq!(
                read(&bytes, false).map(f64::to_bits),
                Some(x.to_bits()),
                "{hex}"
            );
            assert_eq!(write(x, false)[..], bytes, "{hex}");
            let back: Vec<u8> = bytes.iter().rev().copied().collect();
            assert_eq!(read(&back, true), Some(x));
        }
        // The first bit of a fraction, which makes it quiet, comes after the one before the point.
        let quiet = f64::from_bits(0x7ff8_0000_0000_0000);
        let expected = crate::value::literal::hex("7fffc000000000000000").unwrap();
        assert_eq!(write(quiet, false)[..], expected);
    }

    #[test]
    fn what_has_more_bits_is_none() {
        for hex in [
            "3fff8000000000000001",
            "43ff8000000000000000",
            "3fff0000000000000001",
            "7fffc000000000000000",
            "00000000000000000001",
        ] {
            let bytes = crate::value::literal::hex(hex).unwrap();
            assert_eq!(read(&bytes, false), None, "{hex}");
        }
        assert_eq!(read(&[0; 9], false), None);
    }
}
