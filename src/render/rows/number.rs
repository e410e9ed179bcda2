//! Numbers as text, quickly.

use std::io::Write as _;

use crate::offset::Position;
use crate::value::Value;

/// An integer of up to 64 bits in decimal.
pub(super) fn unsigned(n: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

pub(super) fn signed(n: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

/// An integer of any size.
pub(super) fn wide(n: i128, out: &mut Vec<u8>) {
    match i64::try_from(n) {
        Ok(n) => signed(n, out),
        Err(_) => out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes()),
    }
}

/// A float with the fewest digits that identify it among floats of 64 bits, as Python writes it.
pub(super) fn double(x: f64, out: &mut Vec<u8>) {
    match x.is_finite() {
        true => shortest(zmij::Buffer::new().format_finite(x), x, out),
        false => text(format_args!("{}", Value::Float(x)), out),
    }
}

/// A float with the fewest digits that identify it among floats of 32 bits.
pub(super) fn single(x: f32, out: &mut Vec<u8>) {
    let wide = f64::from(x);
    if !x.is_finite() {
        return text(format_args!("{}", Value::Float(wide)), out);
    }
    // Of 32 bits, zmij takes the exponent earlier than Python does of 64.
    if is_plain(wide) && wide.abs() >= 1e12 {
        return text(format_args!("{x:?}"), out);
    }
    shortest(zmij::Buffer::new().format_finite(x), wide, out);
}

/// The fewest digits, and the exponent as Python writes it: two digits at least, below 1e-4 and from 1e16 on.
fn shortest(digits: &str, x: f64, out: &mut Vec<u8>) {
    if is_plain(x) {
        return out.extend_from_slice(digits.as_bytes());
    }
    if let Some((digits, exponent)) = digits.split_once('e') {
        let (sign, exponent) = exponent.split_at_checked(1).unwrap_or_default();
        return text(format_args!("{digits}e{sign}{exponent:0>2}"), out);
    }
    // Such as -0.000012, whose first digit is the fifth after the point.
    let (sign, all) = match digits.strip_prefix('-') {
        Some(all) => ("-", all),
        None => ("", digits),
    };
    let digits = all.trim_start_matches(['0', '.']);
    // The point is none of them.
    let exponent = all.len().since(digits.len()).saturating_sub(1);
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    text(
        format_args!("{sign}{first}{point}{rest}e-{exponent:02}"),
        out,
    );
}

/// Whether it is written without an exponent.
fn is_plain(x: f64) -> bool {
    let magnitude = x.abs();
    magnitude == 0.0 || (1e-4..1e16).contains(&magnitude)
}

/// `n` divided by 2 to the power of `bits`, with all its digits.
pub(super) fn fraction(n: i128, bits: u32, out: &mut Vec<u8>) {
    if n < 0 {
        out.push(b'-');
    }
    let magnitude = n.unsigned_abs();
    let whole = magnitude.checked_shr(bits).unwrap_or(0);
    text(format_args!("{whole}."), out);
    let mut rest = magnitude ^ whole.checked_shl(bits).unwrap_or(0);
    // A digit more of the fraction takes a bit less below the point.
    let mut left = bits;
    let first = out.len();
    while rest != 0 && left > 0 {
        // 10 is 5 twice: half of it moves the point, so that no number gets larger than it was.
        let Some(five) = rest.checked_mul(5) else {
            break;
        };
        left = left.since(1);
        let digit = five.checked_shr(left).unwrap_or(0);
        rest = five ^ digit.checked_shl(left).unwrap_or(0);
        out.push(b'0'.saturating_add(u8::try_from(digit).unwrap_or(0)));
    }
    if out.len() == first {
        out.push(b'0');
    }
}

/// Formatting into memory can't fail.
pub(super) fn text(arguments: std::fmt::Arguments<'_>, out: &mut Vec<u8>) {
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers_have_all_their_digits() {
        for n in [0, 1, 9, 10, 99, 100, 101, 12_345, 1_000_000, u64::MAX] {
            assert_eq!(shown(|out| unsigned(n, out)), n.to_string());
        }
        for n in [0, -1, i64::MIN, i64::MAX] {
            assert_eq!(shown(|out| signed(n, out)), n.to_string());
        }
        assert_eq!(shown(|out| wide(i128::MIN, out)), i128::MIN.to_string());
    }

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for x in [
            0.0,
            -0.0,
            1.0,
            0.1,
            1e16,
            1e-5,
            123_456.789,
            9_999_999_999_999_998.0,
            0.000_1,
            0.000_099,
            -0.000_012_5,
            5e-324,
            f64::MIN_POSITIVE,
            f64::MAX,
            1.5e-300,
            2.5e22,
            // Two decimals of 17 digits are equally near.
            9_007_199_254_740_993.5,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ] {
            for x in [x, -x] {
                assert_eq!(shown(|out| double(x, out)), Value::Float(x).to_string());
            }
        }
        // Bits of every exponent; Value's own way is held against Python elsewhere.
        let mut bits = 1u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let x = f64::from_bits(bits ^ bits >> 31);
            assert_eq!(shown(|out| double(x, out)), Value::Float(x).to_string());
        }
        for (x, text) in [
            (0.1f32, "0.1"),
            (16_777_216.0, "16777216.0"),
            (1e12, "1000000000000.0"),
            (-1e15, "-1000000000000000.0"),
            (1e16, "1e+16"),
            // Of 32 bits, it is a little less than 1e-4, and NumPy writes it so, too.
            (0.000_1, "1e-04"),
            (0.000_12, "0.00012"),
            (0.000_012, "1.2e-05"),
            (1e-6, "1e-06"),
            (1e-45, "1e-45"),
            (1e20, "1e+20"),
            (1e-7, "1e-07"),
            (f32::INFINITY, "inf"),
        ] {
            assert_eq!(shown(|out| single(x, out)), text);
        }
    }

    #[test]
    fn fractions_are_exact() {
        for (n, bits, text) in [
            (0x18000, 16, "1.5"),
            (-0x18000, 16, "-1.5"),
            (1, 16, "0.0000152587890625"),
            (0, 16, "0.0"),
            (7, 0, "7.0"),
            (
                i128::from(u64::MAX),
                32,
                "4294967295.99999999976716935634613037109375",
            ),
        ] {
            assert_eq!(shown(|out| fraction(n, bits, out)), text);
        }
    }
}
