//! Numbers as text, quickly.

use std::io::Write as _;

use crate::value::Value;

/// The digits of the numbers below 100.
static PAIRS: [[u8; 2]; 100] = pairs();

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "runs at compile time, over a table of 100"
)]
const fn pairs() -> [[u8; 2]; 100] {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
}

/// An integer of up to 64 bits in decimal.
pub(super) fn unsigned(mut n: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        let (rest, pair) = (n / 100, n % 100);
        let pair = usize::try_from(pair).ok().and_then(|pair| PAIRS.get(pair));
        let start = at.saturating_sub(2);
        if let (Some(place), Some(pair)) = (digits.get_mut(start..at), pair) {
            place.copy_from_slice(pair);
        }
        at = start;
        n = rest;
        if n == 0 {
            break;
        }
    }
    // The first pair may begin with a zero.
    let digits = digits.get(at..).unwrap_or_default();
    out.extend_from_slice(match digits {
        [b'0', rest @ ..] if !rest.is_empty() => rest,
        digits => digits,
    });
}

pub(super) fn signed(n: i64, out: &mut Vec<u8>) {
    if n < 0 {
        out.push(b'-');
    }
    unsigned(n.unsigned_abs(), out);
}

/// An integer of any size.
pub(super) fn wide(n: i128, out: &mut Vec<u8>) {
    match i64::try_from(n) {
        Ok(n) => signed(n, out),
        Err(_) => text(format_args!("{n}"), out),
    }
}

/// A float with the fewest digits that tell it from others of 64 bits, as Python writes it.
pub(super) fn double(x: f64, out: &mut Vec<u8>) {
    let start = out.len();
    if is_plain(x) {
        text(format_args!("{x:?}"), out);
        // Of many digits, two may be equally near, and Python takes the even one.
        if out.len().saturating_sub(start) <= 15 {
            return;
        }
        out.truncate(start);
    }
    text(format_args!("{}", Value::Float(x)), out);
}

/// A float with the fewest digits that tell it from others of 32 bits.
pub(super) fn single(x: f32, out: &mut Vec<u8>) {
    let wide = f64::from(x);
    if is_plain(wide) {
        return text(format_args!("{x:?}"), out);
    }
    if !wide.is_finite() {
        return text(format_args!("{}", Value::Float(wide)), out);
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.strip_prefix('-') {
        Some(small) => text(format_args!("{digits}e-{small:0>2}"), out),
        None => text(format_args!("{digits}e+{exponent:0>2}"), out),
    }
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
        left = left.saturating_sub(1);
        let digit = five.checked_shr(left).unwrap_or(0);
        rest = five ^ digit.checked_shl(left).unwrap_or(0);
        out.push(b'0'.saturating_add(u8::try_from(digit).unwrap_or(0)));
    }
    if out.len() == first {
        out.push(b'0');
    }
}

/// What is formatted goes into memory, which takes all.
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
            f64::NAN,
        ] {
            assert_eq!(shown(|out| double(x, out)), Value::Float(x).to_string());
        }
        for (x, text) in [
            (0.1f32, "0.1"),
            (16_777_216.0, "16777216.0"),
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
