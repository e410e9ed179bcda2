//! Checksums and digests over the bytes of fields.

mod crc;

#[cfg(feature = "hash")]
use crate::hash::{Algorithm, Hasher};
use crate::offset::Position;
use crate::structs::suggestion::near;
use crate::value::Value;
use crc::Crc;

/// A checksum or a digest that a field can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Crc(&'static Crc),
    Adler32,
    /// The sum of the bytes.
    Sum,
    /// The sum of integers of this number of bytes, in the byte order of the field; it has that number of bytes, too.
    Words(u8),
    /// All bytes combined by exclusive or.
    Xor,
    #[cfg(feature = "hash")]
    Digest(Algorithm),
}

const SUMS: [(&str, Function); 6] = [
    ("adler32", Function::Adler32),
    ("sum", Function::Sum),
    ("sum8", Function::Words(1)),
    ("sum16", Function::Words(2)),
    ("sum32", Function::Words(4)),
    ("xor", Function::Xor),
];

/// Digests, which the feature `hash` brings.
const DIGESTS: [&str; 5] = ["md5", "sha1", "sha256", "sha512", "blake3"];

fn names() -> impl Iterator<Item = &'static str> {
    let crcs = crc::ALL.iter().map(|crc| crc.name);
    crcs.chain(SUMS.iter().map(|(name, _)| *name))
        .chain(DIGESTS)
}

impl Function {
    /// The function of that name, or why there is none, and what to do.
    pub(super) fn named(name: &str) -> Result<Function, (String, String)> {
        if let Some(crc) = crc::ALL.iter().find(|crc| crc.name == name) {
            return Ok(Function::Crc(crc));
        }
        if let Some((_, sum)) = SUMS.iter().find(|(known, _)| *known == name) {
            return Ok(*sum);
        }
        if DIGESTS.contains(&name) {
            return digest(name);
        }
        let hint = match near(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => {
                let names: Vec<&str> = names().collect();
                format!("there are {}", names.join(", "))
            }
        };
        Err((format!("{name} is no check"), hint))
    }

    /// How many bytes a digest has; `None` where it is a number.
    pub(super) fn digest_size(self) -> Option<usize> {
        match self {
            #[cfg(feature = "hash")]
            Function::Digest(algorithm) => Some(algorithm.size()),
            _ => None,
        }
    }

    /// The state before any byte; words are little-endian where `little` says so.
    pub(super) fn begin(self, little: bool) -> Running {
        Running {
            state: match self {
                Function::Crc(crc) => State::Crc(crc, crc.begin()),
                Function::Adler32 => State::Adler32(1, 0),
                Function::Sum => State::Sum(0),
                Function::Words(size) => State::Words(Words {
                    size,
                    little,
                    sum: 0,
                    at: 0,
                }),
                Function::Xor => State::Xor(0),
                #[cfg(feature = "hash")]
                Function::Digest(algorithm) => State::Digest(Hasher::new(&[algorithm])),
            },
        }
    }
}

#[cfg(feature = "hash")]
fn digest(name: &str) -> Result<Function, (String, String)> {
    let missing = || (format!("{name} is no check"), String::new());
    Algorithm::named(name)
        .map(Function::Digest)
        .ok_or_else(missing)
}

#[cfg(not(feature = "hash"))]
fn digest(name: &str) -> Result<Function, (String, String)> {
    Err((
        format!("{name} is not computed by this build"),
        "build with the cargo feature hash".to_owned(),
    ))
}

/// A checksum that is being computed.
#[derive(Debug)]
pub(super) struct Running {
    state: State,
}

#[derive(Debug)]
enum State {
    Crc(&'static Crc, u64),
    Adler32(u64, u64),
    Sum(u64),
    Words(Words),
    Xor(u8),
    #[cfg(feature = "hash")]
    Digest(Hasher),
}

#[derive(Debug)]
struct Words {
    size: u8,
    little: bool,
    sum: u64,
    /// The index of the next byte in its word.
    at: u8,
}

impl Words {
    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let shift = match self.little {
                true => self.at,
                false => self.size.saturating_sub(1).saturating_sub(self.at),
            };
            let part = u64::from(*byte) << (u32::from(shift) * 8);
            self.sum = self.sum.wrapping_add(part);
            self.at = self.at.saturating_add(1);
            if self.at == self.size {
                self.at = 0;
            }
        }
    }
}

impl Running {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Crc(crc, state) => *state = crc.update(*state, bytes),
            // RFC 1950, section 8.2.
            State::Adler32(a, b) => {
                const MODULUS: u64 = 65_521;
                for byte in bytes {
                    *a = a
                        .saturating_add(u64::from(*byte))
                        .checked_rem(MODULUS)
                        .unwrap_or(0);
                    *b = b.saturating_add(*a).checked_rem(MODULUS).unwrap_or(0);
                }
            }
            State::Sum(sum) => {
                *sum = bytes
                    .iter()
                    .fold(*sum, |sum, byte| sum.wrapping_add(u64::from(*byte)));
            }
            State::Words(words) => words.update(bytes),
            State::Xor(all) => *all = bytes.iter().fold(*all, |all, byte| all ^ byte),
            #[cfg(feature = "hash")]
            State::Digest(hasher) => hasher.update(bytes),
        }
    }

    /// A number, or the bytes of a digest.
    pub(super) fn finish(self) -> Value {
        Value::from(match self.state {
            State::Crc(crc, state) => crc.finish(state),
            State::Adler32(a, b) => (b << 16) | a,
            State::Sum(sum) => sum,
            State::Words(words) => {
                let bits = u32::from(words.size) * 8;
                words.sum & (u64::MAX >> 64u32.since(bits))
            }
            State::Xor(all) => u64::from(all),
            #[cfg(feature = "hash")]
            State::Digest(hasher) => {
                let digest = hasher.finish().into_iter().next();
                return Value::from(digest.map(|digest| digest.bytes).unwrap_or_default());
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_digits(name: &str, little: bool) -> Value {
        let mut sum = Function::named(name).unwrap().begin(little);
        sum.update(b"1234");
        sum.update(b"56789");
        sum.finish()
    }

    /// The check values of the catalogue of parametrised CRC algorithms, and of RFC 1950's text.
    #[test]
    fn sums_of_the_nine_digits_are_those_of_their_catalogues() {
        for (name, expected) in [
            ("crc32", 0xcbf4_3926u64),
            ("crc32c", 0xe306_9283),
            // Rotated and masked by hand: 0x2507c60d + 0xa282ead8.
            ("crc32cmasked", 0xc78a_b0e5),
            ("crc32bzip2", 0xfc89_1918),
            ("crc64", 0x995d_c9bb_df19_39fa),
            ("crc16", 0xbb3d),
            ("crc16ccitt", 0x29b1),
            ("crc16xmodem", 0x31c3),
            ("crc16kermit", 0x2189),
            ("adler32", 0x091e_01de),
            ("sum", 477),
            ("sum8", 477 & 0xff),
            // 0x3231 + 0x3433 + 0x3635 + 0x3837 + 0x39.
            ("sum16", 0xd509),
            // 0x34333231 + 0x38373635 + 0x39.
            ("sum32", 0x6c6a_689f),
            ("xor", 0x31),
        ] {
            assert_eq!(of_digits(name, true), Value::from(expected), "{name}");
        }
        // 0x3132 + 0x3334 + 0x3536 + 0x3738 + 0x3900.
        assert_eq!(of_digits("sum16", false), Value::from(0x09d4));
    }

    /// RFC 1321's and RFC 6234's programs, and `b3sum`.
    #[cfg(feature = "hash")]
    #[test]
    fn digests_of_the_nine_digits_are_those_of_their_programs() {
        for (name, expected) in [
            ("md5", "25f9e794323b453885f5181f1b624d0b"),
            ("sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (
                "sha256",
                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
            ),
        ] {
            let digest = of_digits(name, true);
            let hex = crate::value::literal::to_hex(digest.as_bytes().unwrap());
            assert_eq!(hex, expected, "{name}");
        }
        assert_eq!(of_digits("sha512", true).as_bytes().unwrap().len(), 64);
    }

    #[test]
    fn what_is_no_check_has_a_hint() {
        let (message, hint) = Function::named("crc23").unwrap_err();
        assert_eq!(message, "crc23 is no check");
        assert!(hint.starts_with("did you mean crc"), "{hint}");
        let (_, hint) = Function::named("parity").unwrap_err();
        assert!(hint.contains("crc32c") && hint.contains("sha256"), "{hint}");
    }
}
