//! The numbers of a tar header: octal text, or base-256 where the first byte has its top bit.

use crate::tree::Spelling;
use crate::value::{LiteralError, Value, literal};

/// Why a field isn't a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberFault {
    /// A byte that is neither an octal digit nor a space or NUL after the digits.
    #[error("{:?} is not an octal digit", char::from(*.0))]
    NotOctal(u8),
    /// A negative number where only positive ones have a meaning.
    #[error("it is negative")]
    Negative,
    /// A number above what the field can mean.
    #[error("it is too large")]
    TooLarge,
}

/// Reads a number field. A field of spaces and NULs alone is 0, as old writers leave it.
///
/// # Errors
///
/// [`NumberFault::NotOctal`] for text that isn't octal, [`NumberFault::TooLarge`] beyond 127 bits.
///
/// ```
/// use bytewright::formats::tar::number;
///
/// assert_eq!(number::parse(b"0000644\0"), Ok(0o644));
/// assert_eq!(number::parse(b"   644 \0"), Ok(0o644));
/// assert_eq!(number::parse(&[0x80, 0, 0, 0, 0, 0, 1, 0]), Ok(256));
/// assert_eq!(number::parse(&[0xff; 12]), Ok(-1));
/// assert!(number::parse(b"0000648\0").is_err());
/// ```
pub fn parse(field: &[u8]) -> Result<i128, NumberFault> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => base256(field),
        _ => octal(field),
    }
}

/// What nearly all fields have: nothing but digits and one byte after them, or two, as checksums have it. The
/// digits are taken eight at a time.
#[inline]
pub(crate) fn plain(field: &[u8]) -> Option<u64> {
    match *field {
        [a, b, c, d, e, f, 0, b' '] => eight_digits([b'0', b'0', a, b, c, d, e, f]),
        [a, b, c, d, e, f, g, b' ' | 0] => eight_digits([b'0', a, b, c, d, e, f, g]),
        [a, b, c, d, e, f, g, h, i, j, k, b' ' | 0] => {
            let high = eight_digits([a, b, c, d, e, f, g, h])?;
            let low = eight_digits([b'0', b'0', b'0', b'0', b'0', i, j, k])?;
            Some(high << 9 | low)
        }
        _ => None,
    }
}

/// The number of eight octal digits: neighbours become digits of 64, those of 4096, those of 2^24.
#[inline]
fn eight_digits(digits: [u8; 8]) -> Option<u64> {
    let digits = u64::from_be_bytes(digits);
    if digits & 0xf8f8_f8f8_f8f8_f8f8 != 0x3030_3030_3030_3030 {
        return None;
    }
    let ones = digits & 0x0707_0707_0707_0707;
    let twos = (ones | ones >> 5) & 0x003f_003f_003f_003f;
    let fours = (twos | twos >> 10) & 0x0000_0fff_0000_0fff;
    Some((fours | fours >> 20) & 0x00ff_ffff)
}

fn octal(field: &[u8]) -> Result<i128, NumberFault> {
    if let Some(value) = plain(field) {
        return Ok(value.into());
    }
    let mut value: i128 = 0;
    let digits = field.iter().skip_while(|byte| is_white(byte));
    for &byte in digits.take_while(|byte| !is_white(byte) && **byte != 0) {
        let digit = match byte {
            b'0'..=b'7' => i128::from(byte & 7),
            _ => return Err(NumberFault::NotOctal(byte)),
        };
        let next = value.checked_mul(8).and_then(|v| v.checked_add(digit));
        value = next.ok_or(NumberFault::TooLarge)?;
    }
    Ok(value)
}

/// What GNU tar (`isspace`) and Python (`int`) pass over on both sides of the digits.
fn is_white(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether readers disagree about a field of text: its digits follow a NUL, where some see
/// none, or something follows its end, which some refuse, or white space other than ' ' is
/// beside them, which bsdtar doesn't pass over.
pub(crate) fn is_ambiguous(field: &[u8]) -> bool {
    if plain(field).is_some() || field.first().is_some_and(|first| first & 0x80 != 0) {
        return false;
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | 0);
    let spaces = field.iter().take_while(|&&byte| byte == b' ').count();
    let after = field.get(spaces..).unwrap_or_default();
    let digits = after
        .iter()
        .take_while(|byte| !is_blank(byte) && !is_white(byte))
        .count();
    !after.get(digits..).unwrap_or_default().iter().all(is_blank)
}

/// Two's complement, the most significant byte first; the top bit only says that it is so.
fn base256(field: &[u8]) -> Result<i128, NumberFault> {
    let (Some(first), Some(rest)) = (field.first(), field.get(1..)) else {
        return Ok(0);
    };
    // Bit 6 is the sign; it fills the bit above it.
    let top = if first & 0x40 != 0 {
        first | 0x80
    } else {
        first & 0x7f
    };
    let mut value = i128::from(top.cast_signed());
    for &byte in rest {
        let next = value
            .checked_mul(256)
            .and_then(|v| v.checked_add(i128::from(byte)));
        value = next.ok_or(NumberFault::TooLarge)?;
    }
    Ok(value)
}

/// Octal digits that fill `width` bytes up to a closing NUL; `None` where the number needs more.
///
/// ```
/// use bytewright::formats::tar::number;
///
/// assert_eq!(number::octal_field(0o644, 8).unwrap(), b"0000644\0");
/// assert_eq!(number::octal_field(8u64.pow(11), 12), None);
/// ```
pub fn octal_field(value: u64, width: usize) -> Option<Vec<u8>> {
    let digits = octal_digits(value, width)?;
    digits.get(..width).map(<[u8]>::to_vec)
}

/// The widest field of a header, in bytes.
const WIDEST: usize = 12;

/// The same without an allocation: the first `width` bytes count.
pub(super) fn octal_digits(value: u64, width: usize) -> Option<[u8; WIDEST]> {
    let mut field = [0; WIDEST];
    let mut rest = value;
    for digit in field.get_mut(..width.checked_sub(1)?)?.iter_mut().rev() {
        // Three bits are at most seven.
        *digit = b'0'.wrapping_add((rest & 7) as u8);
        rest >>= 3;
    }
    (rest == 0).then_some(field)
}

/// A number as a field of `width` bytes: octal where it fits, otherwise base 256, as GNU tar and
/// star write what is negative or large. `None` where neither holds it.
///
/// ```
/// use bytewright::formats::tar::number;
///
/// assert_eq!(number::field(0o644, 8).unwrap(), b"0000644\0");
/// assert_eq!(number::field(-2, 8).unwrap(), b"\xff\xff\xff\xff\xff\xff\xff\xfe");
/// assert_eq!(number::parse(&number::field(1 << 40, 12).unwrap()), Ok(1 << 40));
/// ```
pub fn field(value: i128, width: usize) -> Option<Vec<u8>> {
    if let Some(octal) = u64::try_from(value)
        .ok()
        .and_then(|value| octal_field(value, width))
    {
        return Some(octal);
    }
    let all = value.to_be_bytes();
    let mut bytes = vec![if value < 0 { 0xff } else { 0 }; width];
    let kept = width.min(all.len());
    let (from, to) = (
        all.get(all.len().checked_sub(kept)?..)?,
        width.checked_sub(kept)?,
    );
    bytes.get_mut(to..)?.copy_from_slice(from);
    *bytes.first_mut()? |= 0x80;
    (parse(&bytes) == Ok(value)).then_some(bytes)
}

/// A number in octal digits, or in base 256 where these don't hold it.
#[derive(Debug)]
pub(super) struct Number;

impl Spelling for Number {
    fn read(&self, bytes: &[u8]) -> Option<Value> {
        parse(bytes).ok().map(Value::Int)
    }

    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError> {
        if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) {
            let digits = text.trim_start_matches('0');
            let advice =
                format!("is {text} octal? Write 0o{digits} if it is, {digits} if it isn't");
            return Err(LiteralError::new(advice));
        }
        let value = literal::to_int(text)?;
        let too_wide = || LiteralError::new(format!("{text} does not fit into {width} bytes"));
        field(value, width).ok_or_else(too_wide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_ends_at_a_space_or_nul() {
        assert_eq!(parse(b"644\0junk"), Ok(0o644));
        assert_eq!(parse(b"0000644 "), Ok(0o644));
        assert_eq!(parse(b"00000644"), Ok(0o644));
        assert_eq!(parse(b"\0\0\0\0\0\0\0\0"), Ok(0));
        assert_eq!(parse(b"        "), Ok(0));
        assert_eq!(parse(b""), Ok(0));
    }

    #[test]
    fn digits_taken_eight_at_a_time_are_those_taken_one_by_one() {
        for digits in [
            "0000000",
            "7777777",
            "1234567",
            "76543210000",
            "01234567012",
        ] {
            let value = i128::from_str_radix(digits, 8).unwrap();
            for end in [b" ", b"\0"] {
                let field = [digits.as_bytes(), end].concat();
                assert_eq!(parse(&field), Ok(value), "{field:?}");
                for at in 0..digits.len() {
                    // None is an octal digit; some differ from one in one bit.
                    for wrong in *b"89?@pw/(\xb0" {
                        let mut field = field.clone();
                        field[at] = wrong;
                        let expected = match (wrong, at) {
                            (0x80.., 0) => continue,
                            _ => Err(NumberFault::NotOctal(wrong)),
                        };
                        assert_eq!(parse(&field), expected, "{field:?}");
                    }
                }
            }
        }
    }

    /// What GNU tar 1.34 and Python's tarfile read.
    #[test]
    fn white_space_of_every_kind_is_passed_over() {
        for white in b"\t\n\x0b\x0c\r " {
            assert_eq!(parse(&[&[*white, b' '], &b"00644"[..]].concat()), Ok(0o644));
            assert_eq!(parse(&[&b"00644"[..], &[*white, b'x']].concat()), Ok(0o644));
        }
        for other in *b"\x08\x0e!8" {
            let first = [&[other], &b"0000644"[..]].concat();
            let last = [&b"0000644"[..], &[other]].concat();
            assert_eq!(parse(&first), Err(NumberFault::NotOctal(other)));
            assert_eq!(parse(&last), Err(NumberFault::NotOctal(other)));
        }
    }

    #[test]
    fn a_number_that_readers_disagree_about_is_told_from_one_that_they_agree_about() {
        for field in [
            &b"0000644\0"[..],
            b"00000644",
            b"   644 \0",
            b"644\0\0\0\0\0",
            b"644     ",
            b"        ",
            b"\0\0\0\0\0\0\0\0",
            b"",
            b"\x80\0\0\0\0\0\x01\0",
            b"\xff\xff",
        ] {
            assert!(!is_ambiguous(field), "{field:?}");
        }
        for field in [
            &b"\x000000644"[..],
            b" \x00000644",
            b"\x00\x0000644\0",
            b"644 junk",
            b"644\0junk",
            b"644 7\0\0\0",
            b"644\0\x007\0\0",
            b"\t000644\0",
            b"000644\t\0",
            b"0000644\n",
            b"      \x0b\0",
        ] {
            assert!(is_ambiguous(field), "{field:?}");
        }
    }

    #[test]
    fn what_is_not_octal_is_named() {
        assert_eq!(parse(b"-1\0"), Err(NumberFault::NotOctal(b'-')));
        assert_eq!(parse(b"0x1f\0"), Err(NumberFault::NotOctal(b'x')));
        assert_eq!(
            parse(b"12 34\0"),
            Ok(0o12),
            "what follows the end is not read"
        );
    }

    /// 2^80, as hostile archives write sizes.
    #[test]
    fn base_256_holds_what_octal_cannot() {
        let mut field = [0u8; 12];
        field[0] = 0x80;
        field[1] = 1;
        assert_eq!(parse(&field), Ok(1 << 80));
        assert_eq!(parse(&[0xff, 0xff, 0xfe]), Ok(-2));
        assert_eq!(parse(&[0xbf, 0xff]), Ok(0x3fff));
    }

    #[test]
    fn a_field_too_wide_for_128_bits_is_an_error_not_a_wrap() {
        assert_eq!(parse(&[0x81; 20]), Err(NumberFault::TooLarge));
        assert_eq!(parse(&[b'7'; 50]), Err(NumberFault::TooLarge));
    }

    #[test]
    fn octal_fields_are_exact() {
        assert_eq!(octal_field(0, 8).unwrap(), b"0000000\0");
        assert_eq!(octal_field(8u64.pow(7) - 1, 8).unwrap(), b"7777777\0");
        assert_eq!(octal_field(8u64.pow(7), 8), None);
        assert_eq!(octal_field(1, 0), None);
    }
}
