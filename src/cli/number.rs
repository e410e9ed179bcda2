//! Numbers on the command line: `640`, `0x36`, `1_000`, `64KiB`, `-4`.
//!
//! Decimal, or `0x`, `0o`, `0b`; `_` between digits; and after a decimal number a unit:
//! `K`, `KiB`, `M`, `MiB`, `G`, `GiB`, `T`, `TiB` count in 1024, `k`, `kB`, `MB`, `GB`, `TB` in
//! 1000, `B` is a byte.

use super::error::Result;
use crate::Source;
use crate::offset::Position;
use crate::structs::{DataError, DataErrorKind};
use crate::value::literal;

/// An offset or a length, in bytes: not negative.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let n = integer(text)?;
    u64::try_from(n).map_err(|_| match n {
        ..0 => "it can't be negative".to_owned(),
        _ => "it is beyond 2^64 - 1".to_owned(),
    })
}

/// An offset; a negative one counts from the end.
pub(super) fn offset(text: &str) -> Result<i64, String> {
    i64::try_from(integer(text)?).map_err(|_| "it is beyond 2^63 - 1".to_owned())
}

fn integer(text: &str) -> Result<i128, String> {
    let unsigned = text.trim_start_matches(['-', '+']);
    let end = match unsigned.as_bytes() {
        [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..] => unsigned.len(),
        _ => unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(unsigned.len()),
    };
    let sign = text.len().since(unsigned.len());
    let (number, suffix) = text.split_at(sign.past(end));
    let unit = unit(suffix.trim_start())?;
    let number = literal::integer(number).and_then(literal::Integer::to_value);
    match number.map(|number| number.as_int()) {
        Ok(number) => number
            .and_then(|number| number.checked_mul(unit))
            .ok_or_else(|| "it is too large".to_owned()),
        Err(_) => Err(EXPECTED.to_owned()),
    }
}

const EXPECTED: &str = "expected a number such as 640, 0x36, 0o17, 0b101, 1_000 or 64KiB";

fn unit(suffix: &str) -> Result<i128, String> {
    Ok(match suffix {
        "" | "B" => 1,
        "k" | "kB" => 1000,
        "MB" => 1000_i128.pow(2),
        "GB" => 1000_i128.pow(3),
        "TB" => 1000_i128.pow(4),
        "K" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        "T" | "TiB" => 1 << 40,
        _ => return Err(EXPECTED.to_owned()),
    })
}

/// The offset from the start of the source.
pub(super) fn start(source: &Source, offset: i64) -> Result<u64> {
    if let Ok(offset) = u64::try_from(offset) {
        return Ok(offset);
    }
    let available = source.size()?;
    match available.checked_add_signed(offset) {
        Some(start) => Ok(start),
        None => Err(DataError::new(DataErrorKind::Offset { offset, available }).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_read() {
        for (text, n) in [
            ("0", 0),
            ("640", 640),
            ("007", 7),
            ("0x36", 0x36),
            ("0XfF", 255),
            ("0b101", 5),
            ("0B101", 5),
            ("0o17", 0o17),
            ("1_000", 1000),
            ("0xdead_beef", 0xdead_beef),
            ("1k", 1000),
            ("1kB", 1000),
            ("1K", 1024),
            ("64KiB", 65536),
            ("64 KiB", 65536),
            ("2M", 2 << 20),
            ("2MB", 2_000_000),
            ("1GiB", 1 << 30),
            ("1T", 1 << 40),
            ("12B", 12),
            ("+5", 5),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(size(text), Ok(n), "{text}");
        }
        assert_eq!(offset("-4"), Ok(-4));
        assert_eq!(offset("-0x10"), Ok(-16));
        assert_eq!(offset("-1KiB"), Ok(-1024));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "x",
            "0x",
            "0b2",
            "0xg",
            "1__0",
            "_1",
            "1_",
            "1.5",
            "1e3",
            "5Q",
            "1kb",
            "0x1k",
            "--5",
            "18446744073709551616",
            "-1",
            "99999999999999999T",
            "999999999999999999999999999999999999999999",
        ] {
            assert!(size(text).is_err(), "{text}");
        }
        assert!(offset("9223372036854775808").is_err());
        assert!(offset("0x").is_err());
    }
}
