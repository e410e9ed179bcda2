//! Checksums over the bytes of fields.

/// A checksum that a field can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Crc32,
    Crc16,
    Adler32,
    Sum,
}

const FUNCTIONS: [(&str, Function); 4] = [
    ("crc32", Function::Crc32),
    ("crc16", Function::Crc16),
    ("adler32", Function::Adler32),
    ("sum", Function::Sum),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<Function> {
        let found = FUNCTIONS.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    }

    pub(super) fn list() -> String {
        let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        format!("there are {}", names.join(", "))
    }

    pub(super) fn begin(self) -> Sum {
        Sum {
            function: self,
            state: match self {
                Function::Crc32 => 0xffff_ffff,
                Function::Adler32 => 1,
                Function::Crc16 | Function::Sum => 0,
            },
        }
    }
}

/// A checksum that is being computed.
#[derive(Debug)]
pub(super) struct Sum {
    function: Function,
    state: u64,
}

impl Sum {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self.function {
            // ISO-HDLC, as in PNG, ZIP and gzip: polynomial 0xEDB88320, reflected.
            Function::Crc32 => {
                self.state = bytes.iter().fold(self.state, |crc, byte| {
                    let index = usize::try_from((crc ^ u64::from(*byte)) & 0xff).unwrap_or(0);
                    let entry = CRC32.get(index).copied().unwrap_or(0);
                    (crc >> 8) ^ u64::from(entry)
                });
            }
            // CRC-16/ARC: polynomial 0xA001, reflected.
            Function::Crc16 => {
                self.state = bytes.iter().fold(self.state, |crc, byte| {
                    (0..8).fold(crc ^ u64::from(*byte), |crc, _| match crc & 1 {
                        1 => (crc >> 1) ^ 0xa001,
                        _ => crc >> 1,
                    })
                });
            }
            // RFC 1950, section 8.2.
            Function::Adler32 => {
                const MODULUS: u64 = 65_521;
                let (mut a, mut b) = (self.state & 0xffff, self.state >> 16);
                for byte in bytes {
                    a = a
                        .saturating_add(u64::from(*byte))
                        .checked_rem(MODULUS)
                        .unwrap_or(0);
                    b = b.saturating_add(a).checked_rem(MODULUS).unwrap_or(0);
                }
                self.state = (b << 16) | a;
            }
            Function::Sum => {
                self.state = bytes
                    .iter()
                    .fold(self.state, |sum, byte| sum.wrapping_add(u64::from(*byte)));
            }
        }
    }

    pub(super) fn finish(self) -> i128 {
        i128::from(match self.function {
            Function::Crc32 => self.state ^ 0xffff_ffff,
            _ => self.state,
        })
    }
}

static CRC32: [u32; 256] = table();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "computed when compiling, where a mistake is an error"
)]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = match crc & 1 {
                1 => (crc >> 1) ^ 0xedb8_8320,
                _ => crc >> 1,
            };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of parametrised CRC algorithms, and of RFC 1950's text.
    #[test]
    fn sums_of_the_nine_digits_are_those_of_their_catalogues() {
        for (function, expected) in [
            (Function::Crc32, 0xcbf4_3926),
            (Function::Crc16, 0xbb3d),
            (Function::Adler32, 0x091e_01de),
            (Function::Sum, 477),
        ] {
            let mut sum = function.begin();
            sum.update(b"1234");
            sum.update(b"56789");
            assert_eq!(sum.finish(), expected, "{function:?}");
        }
    }
}
