//! The codes of ITU-T T.4, section 4.1: run lengths of white and black in turn.

use std::sync::LazyLock;

use crate::offset::Position;

/// Bits of the longest code.
pub(super) const LONGEST: u32 = 13;

/// Bits that are zero in an end of line, and in no run.
pub(super) const EOL_ZEROS: u32 = 11;

/// A code for each run of 0 to 63 white pixels, then for 64, 128, … 1728 (tables 2 and 3a).
const WHITE: [&str; 91] = [
    "00110101",
    "000111",
    "0111",
    "1000",
    "1011",
    "1100",
    "1110",
    "1111",
    "10011",
    "10100",
    "00111",
    "01000",
    "001000",
    "000011",
    "110100",
    "110101",
    "101010",
    "101011",
    "0100111",
    "0001100",
    "0001000",
    "0010111",
    "0000011",
    "0000100",
    "0101000",
    "0101011",
    "0010011",
    "0100100",
    "0011000",
    "00000010",
    "00000011",
    "00011010",
    "00011011",
    "00010010",
    "00010011",
    "00010100",
    "00010101",
    "00010110",
    "00010111",
    "00101000",
    "00101001",
    "00101010",
    "00101011",
    "00101100",
    "00101101",
    "00000100",
    "00000101",
    "00001010",
    "00001011",
    "01010010",
    "01010011",
    "01010100",
    "01010101",
    "00100100",
    "00100101",
    "01011000",
    "01011001",
    "01011010",
    "01011011",
    "01001010",
    "01001011",
    "00110010",
    "00110011",
    "00110100",
    "11011",
    "10010",
    "010111",
    "0110111",
    "00110110",
    "00110111",
    "01100100",
    "01100101",
    "01101000",
    "01100111",
    "011001100",
    "011001101",
    "011010010",
    "011010011",
    "011010100",
    "011010101",
    "011010110",
    "011010111",
    "011011000",
    "011011001",
    "011011010",
    "011011011",
    "010011000",
    "010011001",
    "010011010",
    "011000",
    "010011011",
];

/// The same for black.
const BLACK: [&str; 91] = [
    "0000110111",
    "010",
    "11",
    "10",
    "011",
    "0011",
    "0010",
    "00011",
    "000101",
    "000100",
    "0000100",
    "0000101",
    "0000111",
    "00000100",
    "00000111",
    "000011000",
    "0000010111",
    "0000011000",
    "0000001000",
    "00001100111",
    "00001101000",
    "00001101100",
    "00000110111",
    "00000101000",
    "00000010111",
    "00000011000",
    "000011001010",
    "000011001011",
    "000011001100",
    "000011001101",
    "000001101000",
    "000001101001",
    "000001101010",
    "000001101011",
    "000011010010",
    "000011010011",
    "000011010100",
    "000011010101",
    "000011010110",
    "000011010111",
    "000001101100",
    "000001101101",
    "000011011010",
    "000011011011",
    "000001010100",
    "000001010101",
    "000001010110",
    "000001010111",
    "000001100100",
    "000001100101",
    "000001010010",
    "000001010011",
    "000000100100",
    "000000110111",
    "000000111000",
    "000000100111",
    "000000101000",
    "000001011000",
    "000001011001",
    "000000101011",
    "000000101100",
    "000001011010",
    "000001100110",
    "000001100111",
    "0000001111",
    "000011001000",
    "000011001001",
    "000001011011",
    "000000110011",
    "000000110100",
    "000000110101",
    "0000001101100",
    "0000001101101",
    "0000001001010",
    "0000001001011",
    "0000001001100",
    "0000001001101",
    "0000001110010",
    "0000001110011",
    "0000001110100",
    "0000001110101",
    "0000001110110",
    "0000001110111",
    "0000001010010",
    "0000001010011",
    "0000001010100",
    "0000001010101",
    "0000001011010",
    "0000001011011",
    "0000001100100",
    "0000001100101",
];

/// Runs of 1792, 1856, … 2560 of either color (table 3b).
const LONG: [&str; 13] = [
    "00000001000",
    "00000001100",
    "00000001101",
    "000000010010",
    "000000010011",
    "000000010100",
    "000000010101",
    "000000010110",
    "000000010111",
    "000000011100",
    "000000011101",
    "000000011110",
    "000000011111",
];

/// The codes of one color with their runs: those below 64 end a run, the others go before one.
pub(super) fn codes(black: bool) -> impl Iterator<Item = (u16, &'static str)> {
    let codes = if black { &BLACK } else { &WHITE };
    let runs = (0..64u16).chain((64..=40 * 64).step_by(64));
    runs.zip(codes.iter().chain(&LONG).copied())
}

/// The meaning of a code, by the next [`LONGEST`] bits: the run, and the bits of the code; no
/// bits where it is none.
pub(super) fn run(black: bool, bits: u16) -> (u16, u8) {
    static TABLES: LazyLock<[Vec<(u16, u8)>; 2]> = LazyLock::new(|| [table(false), table(true)]);
    let [white, dark] = &*TABLES;
    let table = if black { dark } else { white };
    table.get(usize::from(bits)).copied().unwrap_or((0, 0))
}

fn table(black: bool) -> Vec<(u16, u8)> {
    let mut table = vec![(0, 0); 1 << LONGEST];
    for (run, code) in codes(black) {
        let length = u32::try_from(code.len()).unwrap_or(0);
        let open = LONGEST.since(length);
        let first = u16::from_str_radix(code, 2).unwrap_or(0).wrapping_shl(open);
        let slots = table.iter_mut().skip(usize::from(first));
        for slot in slots.take(1usize.wrapping_shl(open)) {
            *slot = (run, u8::try_from(length).unwrap_or(0));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_whatever_follows_it() {
        for black in [false, true] {
            let mut seen = 0;
            for (expected, code) in codes(black) {
                for rest in ["0000000000000", "1111111111111"] {
                    let bits = format!("{code}{rest}");
                    let bits = u16::from_str_radix(&bits[..13], 2).unwrap();
                    let (length, size) = run(black, bits);
                    assert_eq!(
                        (length, usize::from(size)),
                        (expected, code.len()),
                        "{code}"
                    );
                }
                seen += 1;
            }
            assert_eq!(seen, 104);
            assert_eq!(codes(black).last(), Some((2560, "000000011111")));
            // No code is part of an end of line.
            assert_eq!(run(black, 0), (0, 0));
            assert_eq!(run(black, 0b11), (0, 0));
        }
    }
}
