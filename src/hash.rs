//! Digests and HMACs of bytes of any number, several of them in one pass.

mod list;

use crate::offset::Tally;
use crate::source::uninterrupted;
use std::fmt;
use std::io::{self, Read};

use digest::{Digest as _, KeyInit, Mac};
use hmac::Hmac;
use serde::ser::{Serialize, Serializer};

pub use list::{Entry, line, tagged_line};

/// How much is read at a time.
pub(crate) const BUFFER: usize = 256 << 10;

/// A checksum or a cryptographic hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// CRC-32 as gzip, PNG and zip have it (ISO 3309).
    Crc32,
    /// RFC 1321; broken.
    Md5,
    /// FIPS 180-4; broken.
    Sha1,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha512,
    /// 256 bits.
    Blake3,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Algorithm; 6] = [
        Algorithm::Crc32,
        Algorithm::Md5,
        Algorithm::Sha1,
        Algorithm::Sha256,
        Algorithm::Sha512,
        Algorithm::Blake3,
    ];

    /// The name in lower case: `sha256`.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "crc32",
            Algorithm::Md5 => "md5",
            Algorithm::Sha1 => "sha1",
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
            Algorithm::Blake3 => "blake3",
        }
    }

    /// The algorithm of that name, in either case, also with a hyphen.
    ///
    /// ```
    /// use bytewright::hash::Algorithm;
    ///
    /// assert_eq!(Algorithm::named("SHA-256"), Some(Algorithm::Sha256));
    /// ```
    pub fn named(name: &str) -> Option<Algorithm> {
        let name = name.to_ascii_lowercase().replace('-', "");
        Algorithm::ALL.into_iter().find(|a| a.name() == name)
    }

    /// The length of a digest in bytes.
    pub const fn size(self) -> usize {
        match self {
            Algorithm::Crc32 => 4,
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 | Algorithm::Blake3 => 32,
            Algorithm::Sha512 => 64,
        }
    }

    /// Whether an HMAC (RFC 2104) is defined with it.
    pub const fn has_hmac(self) -> bool {
        !matches!(self, Algorithm::Crc32 | Algorithm::Blake3)
    }

    fn start(self) -> Box<dyn Running> {
        match self {
            Algorithm::Crc32 => Box::new(crc32fast::Hasher::new()),
            Algorithm::Md5 => Box::new(Plain(md5::Md5::new())),
            Algorithm::Sha1 => Box::new(Plain(sha1::Sha1::new())),
            Algorithm::Sha256 => Box::new(Plain(sha2::Sha256::new())),
            Algorithm::Sha512 => Box::new(Plain(sha2::Sha512::new())),
            Algorithm::Blake3 => Box::new(blake3::Hasher::new()),
        }
    }

    fn start_hmac(self, key: &[u8]) -> Option<Box<dyn Running>> {
        // A key may have any length.
        Some(match self {
            Algorithm::Md5 => Box::new(Keyed(Hmac::<md5::Md5>::new_from_slice(key).ok()?)),
            Algorithm::Sha1 => Box::new(Keyed(Hmac::<sha1::Sha1>::new_from_slice(key).ok()?)),
            Algorithm::Sha256 => Box::new(Keyed(Hmac::<sha2::Sha256>::new_from_slice(key).ok()?)),
            Algorithm::Sha512 => Box::new(Keyed(Hmac::<sha2::Sha512>::new_from_slice(key).ok()?)),
            Algorithm::Crc32 | Algorithm::Blake3 => return None,
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The digest of some bytes; prints as lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digest {
    /// How it was made.
    pub algorithm: Algorithm,
    /// Its bytes; of a CRC-32, the most significant first.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// As it is displayed: hexadecimal digits.
///
/// ```
/// use bytewright::hash::{Algorithm, Hasher};
///
/// let mut hasher = Hasher::new(&[Algorithm::Crc32]);
/// hasher.update(b"123456789");
/// assert_eq!(serde_json::to_string(&hasher.finish())?, r#"["cbf43926"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Several digests of the same bytes.
///
/// ```
/// use bytewright::hash::{Algorithm, Hasher};
///
/// let mut hasher = Hasher::new(&[Algorithm::Crc32, Algorithm::Md5]);
/// hasher.update(b"1234");
/// hasher.update(b"56789");
/// let digests = hasher.finish();
/// assert_eq!(digests[0].to_string(), "cbf43926");
/// assert_eq!(digests[1].to_string(), "25f9e794323b453885f5181f1b624d0b");
/// ```
pub struct Hasher {
    running: Vec<(Algorithm, Box<dyn Running>)>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.running.iter().map(|(algorithm, _)| algorithm))
            .finish()
    }
}

impl Hasher {
    /// Digests by these algorithms.
    pub fn new(algorithms: &[Algorithm]) -> Hasher {
        let running = algorithms.iter().map(|a| (*a, a.start())).collect();
        Hasher { running }
    }

    /// HMACs (RFC 2104) with a key. `None` where one of the algorithms has none.
    ///
    /// ```
    /// use bytewright::hash::{Algorithm, Hasher};
    ///
    /// // RFC 2202, section 2, test case 2.
    /// let mut hasher = Hasher::hmac(&[Algorithm::Md5], b"Jefe").unwrap();
    /// hasher.update(b"what do ya want for nothing?");
    /// assert_eq!(hasher.finish()[0].to_string(), "750c783e6ab0b503eaa86e310a5db738");
    /// assert!(Hasher::hmac(&[Algorithm::Crc32], b"key").is_none());
    /// ```
    pub fn hmac(algorithms: &[Algorithm], key: &[u8]) -> Option<Hasher> {
        let start = |a: &Algorithm| Some((*a, a.start_hmac(key)?));
        let running: Option<Vec<_>> = algorithms.iter().map(start).collect();
        Some(Hasher { running: running? })
    }

    /// More bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for (_, running) in &mut self.running {
            running.update(bytes);
        }
    }

    /// Everything that a reader holds; answers how many bytes.
    ///
    /// # Errors
    ///
    /// When the reader fails.
    pub fn update_from(&mut self, reader: &mut impl Read) -> io::Result<u64> {
        let mut buffer = vec![0; BUFFER];
        let mut total = 0_u64;
        loop {
            match uninterrupted(|| reader.read(&mut buffer))? {
                0 => return Ok(total),
                read => {
                    self.update(buffer.get(..read).unwrap_or_default());
                    total.tally(read as u64);
                }
            }
        }
    }

    /// The digests, in the order of the algorithms.
    pub fn finish(self) -> Vec<Digest> {
        let finish = |(algorithm, running): (Algorithm, Box<dyn Running>)| Digest {
            algorithm,
            bytes: running.finish(),
        };
        self.running.into_iter().map(finish).collect()
    }
}

/// A digest that is being made.
trait Running: Send {
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> Vec<u8>;
}

struct Plain<D>(D);

impl<D: digest::Digest + Send> Running for Plain<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

struct Keyed<M>(M);

impl<M: Mac + Send> Running for Keyed<M> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
}

impl Running for crc32fast::Hasher {
    fn update(&mut self, bytes: &[u8]) {
        crc32fast::Hasher::update(self, bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.finalize().to_be_bytes().to_vec()
    }
}

impl Running for blake3::Hasher {
    fn update(&mut self, bytes: &[u8]) {
        blake3::Hasher::update(self, bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.finalize().as_bytes().to_vec()
    }
}
