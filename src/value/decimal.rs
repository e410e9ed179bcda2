//! Decimal digits without `std::fmt`, for output of millions of numbers.

use crate::offset::Position;

/// Room for the digits of any number.
pub(crate) type Digits = [u8; 20];

/// The decimal digits of a number.
pub(crate) fn digits(n: u64, room: &mut Digits) -> &str {
    std::str::from_utf8(bytes(n, room)).unwrap_or_default()
}

/// The same as bytes of ASCII, for what writes bytes.
pub(crate) fn bytes(mut n: u64, room: &mut Digits) -> &[u8] {
    let mut first = room.len();
    for (i, digit) in room.iter_mut().enumerate().rev() {
        first = i;
        *digit = b'0'.wrapping_add(u8::try_from(n % 10).unwrap_or(0));
        n /= 10;
        if n == 0 {
            break;
        }
    }
    room.get(first..).unwrap_or_default()
}

/// The digits and a line feed.
pub(crate) fn line(n: u64, room: &mut [u8; 21]) -> &[u8] {
    let [digits @ .., end] = room;
    *end = b'\n';
    let first = digits.len().since(bytes(n, digits).len());
    room.get(first..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{digits, line};

    #[test]
    fn digits_are_those_of_formatting() {
        for n in [0, 7, 10, 99, 100, 1_000_000, 12_345_678_901, u64::MAX] {
            assert_eq!(digits(n, &mut [0; 20]), n.to_string());
            assert_eq!(line(n, &mut [0; 21]), format!("{n}\n").as_bytes());
        }
    }
}
