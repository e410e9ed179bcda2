//! Bytes as two digits each, looked up.

use crate::offset::Position;

/// The two digits of every byte.
pub(super) type Digits = [[u8; 2]; 256];

pub(super) static LOWER: Digits = table(*b"0123456789abcdef");
pub(super) static UPPER: Digits = table(*b"0123456789ABCDEF");

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the compiler computes it"
)]
const fn table(digits: [u8; 16]) -> Digits {
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
}

/// The digits of a byte.
#[expect(clippy::indexing_slicing, reason = "there are as many as bytes")]
#[inline]
pub(super) fn of(digits: &Digits, byte: u8) -> [u8; 2] {
    digits[usize::from(byte)]
}

/// How many digits an offset has.
pub(super) fn count(offset: u64) -> usize {
    let bits = u64::BITS.since(offset.leading_zeros());
    usize::try_from(bits.div_ceil(4)).unwrap_or(16).max(1)
}

/// The last digits of an offset, as many as there is room for.
#[inline]
pub(super) fn offset(offset: u64, room: &mut [u8]) {
    let pairs = offset.to_be_bytes().map(|byte| of(&LOWER, byte));
    let (odd, places) = room.as_rchunks_mut::<2>();
    let mut pairs = pairs.iter().rev();
    for (place, pair) in places.iter_mut().rev().zip(&mut pairs) {
        *place = *pair;
    }
    if let ([place], Some([_, digit])) = (odd, pairs.next()) {
        *place = *digit;
    }
}

/// A byte as it is in the text column: itself where it is printable ASCII.
#[inline]
pub(super) fn character(byte: u8) -> u8 {
    if matches!(byte, b' '..=b'~') {
        byte
    } else {
        b'.'
    }
}

/// The symbol for a byte that is no printable ASCII.
pub(super) fn symbol(byte: u8) -> Option<&'static str> {
    match byte {
        0 => Some("⋄"),
        b' '..=b'~' => None,
        0x80.. => Some("×"),
        _ => Some("•"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_the_standard_library_prints() {
        for byte in 0..=u8::MAX {
            assert_eq!(of(&LOWER, byte), format!("{byte:02x}").as_bytes());
            assert_eq!(of(&UPPER, byte), format!("{byte:02X}").as_bytes());
        }
        for n in [0, 1, 15, 16, 255, 256, 0xffff_ffff, 0x1_0000_0000, u64::MAX] {
            let text = format!("{n:x}");
            assert_eq!(count(n), text.len());
            let mut room = vec![0; text.len()];
            offset(n, &mut room);
            assert_eq!(room, text.as_bytes());
        }
    }
}
