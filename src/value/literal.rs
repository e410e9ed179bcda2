//! Values as people write them: in a format's constants and on the command line.

/// A literal that can't be read: what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LiteralError(String);

impl LiteralError {
    /// An error that says this of the text.
    pub fn new(message: impl Into<String>) -> LiteralError {
        LiteralError(message.into())
    }
}

fn wrong<T>(message: impl Into<String>) -> Result<T, LiteralError> {
    Err(LiteralError(message.into()))
}

/// An integer as text in any base: `640`, `-1`, `0xff`, `0o17`, `0b1010`, with `_` between digits.
pub(crate) fn integer(text: &str) -> Result<Integer, LiteralError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.get(..2).unwrap_or_default().to_ascii_lowercase();
    let (radix, digits) = match lower.as_str() {
        "0x" => (16, digits.get(2..)),
        "0o" => (8, digits.get(2..)),
        "0b" => (2, digits.get(2..)),
        _ => (10, Some(digits)),
    };
    let digits = digits.unwrap_or_default();
    let well_placed = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    let digits = digits.replace('_', "");
    if digits.is_empty() || !well_placed || !digits.chars().all(|c| c.is_digit(radix)) {
        return wrong(format!("{text:?} is not an integer"));
    }
    match u128::from_str_radix(&digits, radix) {
        Ok(magnitude) => Ok(Integer {
            negative,
            magnitude,
        }),
        Err(_) => wrong(format!("{text} has more than 128 bits")),
    }
}

/// A sign and a magnitude: both ends of the 128-bit range fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integer {
    negative: bool,
    magnitude: u128,
}

impl Integer {
    /// As a value, where it fits.
    pub(crate) fn to_value(self) -> Result<super::Value, LiteralError> {
        if !self.negative {
            return Ok(super::Value::from(self.magnitude));
        }
        match 0i128.checked_sub_unsigned(self.magnitude) {
            Some(n) => Ok(super::Value::Int(n)),
            None => wrong(format!("-{} has more than 128 bits", self.magnitude)),
        }
    }
}

/// The integer that a text spells, where it fits 128 bits with a sign.
pub(crate) fn to_int(text: &str) -> Result<i128, LiteralError> {
    let value = integer(text)?.to_value()?;
    let beyond = || LiteralError::new("it has more than 127 bits");
    value.as_int().ok_or_else(beyond)
}

/// A float as text: what Rust and Python both read, `nan` and infinities, `_` between digits,
/// integers in any base, and hexadecimal floats (`0x1.8p3`).
pub(crate) fn float(text: &str) -> Result<f64, LiteralError> {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if magnitude.starts_with(['-', '+']) {
        return wrong(format!("{text:?} is not a number"));
    }
    let lower = magnitude.to_ascii_lowercase();
    let parsed = match lower.as_str() {
        "nan" => Some(f64::NAN),
        "inf" | "infinity" => Some(f64::INFINITY),
        _ if lower.starts_with("0x") => hex_float(lower.get(2..).unwrap_or_default()),
        _ if lower.starts_with("0b") || lower.starts_with("0o") => integer(magnitude)
            .ok()
            .and_then(|n| n.to_value().ok()?.as_f64()),
        _ if lower.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && !lower.contains("__")
            && !lower.ends_with('_') =>
        {
            lower.replace('_', "").parse().ok()
        }
        _ => None,
    };
    match parsed {
        // As in Python, 1e999 is infinity, and integers and hexadecimal floats of that size are refused.
        Some(x)
            if x.is_infinite()
                && !lower.starts_with("inf")
                && (lower.starts_with("0x") || !lower.contains(['.', 'e'])) =>
        {
            wrong(format!("{text} is too large for a float"))
        }
        // Not a product: the sign of a NaN would be lost.
        Some(x) if negative => Ok(-x),
        Some(x) => Ok(x),
        None => wrong(format!("{text:?} is not a number")),
    }
}

/// The part after `0x` of a hexadecimal float, rounded once.
fn hex_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p').unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = whole.chars().chain(fraction.chars()).filter(|c| *c != '_');
    let fraction_digits = fraction.chars().filter(|c| *c != '_').count();

    let mut mantissa: u128 = 0;
    let mut dropped: i64 = 0;
    let mut any = false;
    for digit in digits {
        let digit = u128::from(digit.to_digit(16)?);
        any = true;
        if mantissa >> 120 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // Beyond 120 bits a digit only tells whether a tie is one.
            mantissa |= u128::from(digit != 0);
            dropped = dropped.checked_add(4)?;
        }
    }
    let exponent = exponent
        .checked_add(dropped)?
        .checked_sub(i64::try_from(fraction_digits).ok()?.checked_mul(4)?)?;
    any.then(|| scale(mantissa, exponent))
}

/// `mantissa * 2^exponent`, rounded once to nearest, ties to even.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "shifts and exponents are bounded by the clamps just above them"
)]
fn scale(mantissa: u128, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let exponent = exponent.clamp(-1_000_000, 1_000_000);
    let top = 127 - i64::from(mantissa.leading_zeros()) + exponent;
    // Keep 53 bits, fewer below the smallest normal number, none below the smallest of all.
    let kept = (top + 1075).clamp(0, 53);
    let drop = (top + 1 - kept - exponent).clamp(0, 128);
    let (rounded, exponent) = if drop == 0 {
        (mantissa, exponent)
    } else if drop == 128 {
        (0, 0)
    } else {
        let cut = mantissa & ((1 << drop) - 1);
        let half = 1u128 << (drop - 1);
        let down = mantissa >> drop;
        let up = cut > half || (cut == half && down & 1 == 1);
        (down + u128::from(up), exponent + drop)
    };
    // At most 2^53, so this is exact; the power may need two steps where it is not a float itself.
    // What is too large becomes infinite by them.
    let x = rounded as f64;
    let half = exponent / 2;
    x * 2f64.powi(half as i32) * 2f64.powi((exponent - half) as i32)
}

/// A complex number: `1+2j`, `2j`, `1`, with or without parentheses.
pub(crate) fn complex(text: &str) -> Result<(f64, f64), LiteralError> {
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(text);
    let Some(body) = inner.strip_suffix(['j', 'J']) else {
        return Ok((float(inner)?, 0.0));
    };
    // The sign between the parts is the last one that doesn't belong to an exponent.
    let bytes = body.as_bytes();
    let split = (1..bytes.len()).rev().find(|&i| {
        let before = i.checked_sub(1).and_then(|i| bytes.get(i));
        matches!(bytes.get(i), Some(b'+' | b'-'))
            && !matches!(before, Some(b'e' | b'E' | b'p' | b'P' | b'+' | b'-'))
    });
    let imaginary = |text: &str| match text {
        "" | "+" => Ok(1.0),
        "-" => Ok(-1.0),
        _ => float(text),
    };
    match split.map(|i| body.split_at(i)) {
        Some((re, im)) => Ok((float(re)?, imaginary(im)?)),
        None => Ok((0.0, imaginary(body)?)),
    }
}

/// What may come between bytes in hexadecimal.
fn separates(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '_' | ':' | '-')
}

/// Hexadecimal digits, with white space, `_`, `:` or `-` between bytes.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, LiteralError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high: Option<u32> = None;
    for c in text.chars() {
        match (c.to_digit(16), high.take()) {
            (Some(digit), None) => high = Some(digit),
            (Some(digit), Some(high)) => {
                bytes.push(u8::try_from(high << 4 | digit).unwrap_or_default());
            }
            (None, None) if separates(c) => {}
            (None, Some(_)) if separates(c) => {
                return wrong("a byte has two hexadecimal digits; one stands alone");
            }
            (None, _) => return wrong(format!("{c:?} is not a hexadecimal digit")),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => wrong("a byte has two hexadecimal digits; the last one stands alone"),
    }
}

/// Two digits a byte, without anything between them.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut digits = vec![b'0'; bytes.len().saturating_mul(2)];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        if let Some(two) = PAIRS.get(usize::from(*byte)) {
            *pair = *two;
        }
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// The two digits of every byte: fields of gigabytes are written in them.
const PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        #[allow(clippy::indexing_slicing, reason = "computed when this is compiled")]
        let pair = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        #[allow(clippy::indexing_slicing, reason = "computed when this is compiled")]
        {
            pairs[byte] = pair;
        }
        byte += 1;
    }
    pairs
};

/// Text with escapes as bytes: `\n \r \t \0 \\ \' \"`, `\xNN`, `\u{…}`; other text as UTF-8.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, LiteralError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match chars.next() {
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('a') => bytes.push(7),
            Some('b') => bytes.push(8),
            Some('f') => bytes.push(12),
            Some('v') => bytes.push(11),
            Some('0') => bytes.push(0),
            Some(c @ ('\\' | '\'' | '"')) => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            Some('x') => {
                let mut digit = || chars.next()?.to_digit(16);
                let byte = digit().zip(digit()).map(|(high, low)| high << 4 | low);
                let Some(byte) = byte.and_then(|byte| u8::try_from(byte).ok()) else {
                    return wrong("\\x wants two hexadecimal digits");
                };
                bytes.push(byte);
            }
            Some('u') => {
                let rest = chars.as_str();
                let found = rest
                    .strip_prefix('{')
                    .and_then(|rest| rest.split_once('}'))
                    .filter(|(digits, _)| !digits.starts_with('+'))
                    .and_then(|(digits, rest)| {
                        let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                        Some((c, rest))
                    });
                let Some((c, rest)) = found else {
                    return wrong("\\u wants a code point in braces, as in \\u{e9}");
                };
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                chars = rest.chars();
            }
            // The character is escaped: it may be a line end, or control a terminal.
            Some(c) => {
                let c = c.escape_debug();
                return wrong(format!("\\{c} is not an escape; a backslash is \\\\"));
            }
            None => return wrong("a backslash is followed by nothing; write \\\\"),
        }
    }
    Ok(bytes)
}

/// Bytes as text: `b'…'` with escapes, `x'…'` in hexadecimal, anything else as it is.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>, LiteralError> {
    let quoted = |prefix: char| {
        let rest = text.strip_prefix(prefix)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        rest.strip_prefix(quote)?.strip_suffix(quote)
    };
    if let Some(inner) = quoted('b') {
        return unescape(inner);
    }
    match quoted('x') {
        Some(inner) => hex(inner),
        None => Ok(text.as_bytes().to_vec()),
    }
}

/// `true`, `false`, or a number, which is true where it isn't zero.
pub(crate) fn truth(text: &str) -> Result<bool, LiteralError> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => match float(text) {
            Ok(x) => Ok(x != 0.0),
            Err(_) => wrong(format!("{text:?} is neither true nor false")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn integers_in_any_base() {
        let value = |text: &str| integer(text).and_then(Integer::to_value);
        assert_eq!(value("10_240_099"), Ok(Value::from(10_240_099)));
        assert_eq!(value("-0x80"), Ok(Value::from(-128)));
        assert_eq!(value("0b101"), Ok(Value::from(5)));
        assert_eq!(value("0O17"), Ok(Value::from(15)));
        assert_eq!(
            value("340282366920938463463374607431768211455"),
            Ok(Value::from(u128::MAX))
        );
        assert_eq!(
            value("-170141183460469231731687303715884105728"),
            Ok(Value::from(i128::MIN))
        );
        for text in ["", "-", "0x", "_1", "1_", "1__0", "--1", "1.5", "٣", "1e3"] {
            assert!(value(text).is_err(), "{text:?}");
        }
        assert!(value("340282366920938463463374607431768211456").is_err());
        assert!(value("-170141183460469231731687303715884105729").is_err());
    }

    #[test]
    fn floats_of_every_kind() {
        for (text, x) in [
            ("1.5", 1.5),
            ("-2e3", -2000.0),
            (".5", 0.5),
            ("0x1.8p3", 12.0),
            ("0xff", 255.0),
            ("-0x.8p1", -1.0),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.fffffffffffff7p1023", f64::MAX),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000081p0", 1.000_000_000_000_000_2),
            ("1_000.5", 1000.5),
            ("1e999", f64::INFINITY),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(float(text), Ok(x), "{text}");
        }
        for (text, negative) in [
            ("nan", false),
            ("-nan", true),
            ("+NaN", false),
            ("-NAN", true),
        ] {
            let x = float(text).unwrap();
            assert!(x.is_nan() && x.is_sign_negative() == negative, "{text}");
        }
        for text in ["", "x", "1.2.3", "0x", "--1", "0x1p", "e5", "1_"] {
            assert!(float(text).is_err(), "{text:?}");
        }
    }

    /// As Python's `float(int)` and `float.fromhex` do: from 2^1024 - 2^970 on, rounding would
    /// reach 2^1024.
    #[test]
    fn integers_and_hexadecimal_floats_too_large_for_a_float_are_refused() {
        let border = "179769313486231580793728971405303415079934132710037826936173778980444968292764\
                      750946649017977587207096330286416692887910946555547851940402630657488671505820\
                      681908902000708383676273854845817711531764475730270069855571366959622842914819\
                      860834936475292719074168444365510704342711559699508093042880177904174497792";
        let below = format!("{}1", border.strip_suffix('2').unwrap());
        assert_eq!(float(&below), Ok(f64::MAX));
        let negative = format!("-{below}");
        assert_eq!(float(&negative), Ok(-f64::MAX));
        for text in [border, "0x1.fffffffffffff8p1023", "0x1p99999", "-0x1p1024"] {
            let error = float(text).unwrap_err().to_string();
            assert_eq!(error, format!("{text} is too large for a float"));
        }
        assert!(complex(&format!("1+{border}j")).is_err());
    }

    #[test]
    fn complex_numbers() {
        for (text, number) in [
            ("1+2j", (1.0, 2.0)),
            ("(1-2j)", (1.0, -2.0)),
            ("j", (0.0, 1.0)),
            ("-j", (0.0, -1.0)),
            ("1e-3-2e+4j", (0.001, -20000.0)),
            ("3", (3.0, 0.0)),
            ("nan+infj", (f64::NAN, f64::INFINITY)),
        ] {
            let (re, im) = complex(text).unwrap();
            assert!(re == number.0 || re.is_nan() && number.0.is_nan(), "{text}");
            assert_eq!(im, number.1, "{text}");
        }
        assert!(complex("1+2k").is_err());
        let (re, im) = complex("-nan-nanj").unwrap();
        assert!(re.is_sign_negative() && im.is_sign_negative());
    }

    #[test]
    fn bytes_in_their_three_forms() {
        assert_eq!(bytes("BM").unwrap(), b"BM");
        assert_eq!(bytes(r"b'\x00\n\'\u{e9}'").unwrap(), b"\0\n'\xc3\xa9");
        assert_eq!(bytes("x'7f 45:4c'").unwrap(), b"\x7fEL");
        assert_eq!(bytes(r"a\n").unwrap(), br"a\n");
        assert!(bytes("x'7'").is_err());
        assert!(bytes(r"b'\q'").is_err());
    }
}
