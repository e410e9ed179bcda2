//! Modified Huffman: each row is runs of index 0 and 1 in turn (ITU-T T.4, section 4.1).

use crate::formats::bmp::huffman::codes;
use crate::offset::Position;

/// Rows of indices one after the other, without ends of line, the last byte filled with zeros.
pub(super) fn encode<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let tables: [Vec<&str>; 2] =
        [false, true].map(|black| codes(black).map(|(_, code)| code).collect());
    let mut bits = Bits::default();
    for row in rows {
        let mut rest = row;
        let mut color = 0u8;
        while !rest.is_empty() {
            let length = rest.iter().take_while(|index| **index == color).count();
            let [white, black] = &tables;
            bits.run(length, if color == 0 { white } else { black });
            rest = rest.get(length..).unwrap_or_default();
            color ^= 1;
        }
    }
    bits.bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// Bits of the last byte that are taken.
    taken: u32,
}

impl Bits {
    /// A run of any length: as many long ones as it takes, and one that ends it.
    fn run(&mut self, mut length: usize, codes: &[&str]) {
        while length > 63 {
            let multiple = (length / 64).min(40);
            // The 64 codes of the runs that end come first.
            self.code(codes.get(multiple.past(63)));
            length = length.saturating_sub(multiple.saturating_mul(64));
        }
        self.code(codes.get(length));
    }

    fn code(&mut self, code: Option<&&str>) {
        for bit in code.copied().unwrap_or_default().bytes() {
            if self.taken == 0 {
                self.bytes.push(0);
            }
            let place = 7u32.since(self.taken);
            if let Some(last) = self.bytes.last_mut() {
                *last |= (bit & 1).wrapping_shl(place);
            }
            self.taken = self.taken.past(1) % 8;
        }
    }
}
