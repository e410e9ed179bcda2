//! Lists of digests and names, as coreutils write and check them.

use super::{Algorithm, Digest};
use crate::value::literal;

/// A line of a list: what some file's digest should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// By the line's tag; `None` where it has none.
    pub algorithm: Option<Algorithm>,
    /// The digest.
    pub digest: Vec<u8>,
    /// The file's name.
    pub name: Vec<u8>,
}

impl Entry {
    /// Reads a line without its end: `digest  name`, `digest *name`, or `SHA256 (name) = digest`;
    /// with a backslash in front, escapes in the name. `None` where it is neither.
    ///
    /// ```
    /// use bytewright::hash::{Algorithm, Entry};
    ///
    /// let entry = Entry::parse(b"MD5 (a b) = d41d8cd98f00b204e9800998ecf8427e").unwrap();
    /// assert_eq!((entry.algorithm, &*entry.name), (Some(Algorithm::Md5), &b"a b"[..]));
    /// assert_eq!(Entry::parse(b"cbf43926  a").unwrap().name, b"a");
    /// assert!(Entry::parse(b"# a comment").is_none());
    /// ```
    pub fn parse(line: &[u8]) -> Option<Entry> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (escaped, line) = match line.strip_prefix(b"\\") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (algorithm, digest, name) = tagged(line).or_else(|| plain(line))?;
        let name = if escaped {
            unescaped(name)?
        } else {
            name.to_vec()
        };
        let known = algorithm.is_none_or(|algorithm| algorithm.size() == digest.len());
        (known && !name.is_empty()).then_some(Entry {
            algorithm,
            digest,
            name,
        })
    }

    /// The algorithms that it may be, by the tag or by the length of the digest.
    pub fn candidates(&self) -> impl Iterator<Item = Algorithm> + '_ {
        Algorithm::ALL.into_iter().filter(|algorithm| {
            self.algorithm
                .map_or(algorithm.size() == self.digest.len(), |own| {
                    own == *algorithm
                })
        })
    }
}

fn plain(line: &[u8]) -> Option<(Option<Algorithm>, Vec<u8>, &[u8])> {
    let end = line.iter().position(|&byte| byte == b' ')?;
    let (digits, rest) = line.split_at_checked(end)?;
    let digest = hex(digits)?;
    // A second character says whether the file was read as text or as bytes: here it is the same.
    let name = rest
        .get(2..)
        .filter(|_| matches!(rest.get(1), Some(b' ' | b'*')))?;
    Some((None, digest, name))
}

fn tagged(line: &[u8]) -> Option<(Option<Algorithm>, Vec<u8>, &[u8])> {
    let open = line.windows(2).position(|two| two == b" (")?;
    let close = line.windows(4).rposition(|four| four == b") = ")?;
    let tag = std::str::from_utf8(line.get(..open)?).ok()?;
    let name = line.get(open.checked_add(2)?..close)?;
    let digest = hex(line.get(close.checked_add(4)?..)?)?;
    Some((Some(Algorithm::named(tag)?), digest, name))
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(digits).ok()?;
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = literal::hex(text).ok().filter(|_| all)?;
    Algorithm::ALL
        .iter()
        .any(|algorithm| algorithm.size() == bytes.len())
        .then_some(bytes)
}

/// The line of a digest: `digest  name`.
///
/// ```
/// use bytewright::hash::{Algorithm, Hasher, line};
///
/// let digest = Hasher::new(&[Algorithm::Crc32]).finish().remove(0);
/// assert_eq!(line(&digest, b"a\nb"), b"\\00000000  a\\nb");
/// ```
pub fn line(digest: &Digest, name: &[u8]) -> Vec<u8> {
    let (mark, name) = escaped(name);
    [mark, format!("{digest}  ").as_bytes(), &name].concat()
}

/// The line of a digest with its algorithm: `SHA256 (name) = digest`.
pub fn tagged_line(digest: &Digest, name: &[u8]) -> Vec<u8> {
    let (mark, name) = escaped(name);
    let tag = digest.algorithm.name().to_ascii_uppercase();
    [
        mark,
        format!("{tag} (").as_bytes(),
        &name,
        format!(") = {digest}").as_bytes(),
    ]
    .concat()
}

/// A name that holds a line end or a backslash is escaped, which a backslash in front tells.
fn escaped(name: &[u8]) -> (&'static [u8], Vec<u8>) {
    if !name
        .iter()
        .any(|byte| matches!(byte, b'\\' | b'\n' | b'\r'))
    {
        return (b"", name.to_vec());
    }
    let mut escaped = Vec::with_capacity(name.len().saturating_add(4));
    for byte in name {
        match byte {
            b'\\' => escaped.extend(b"\\\\"),
            b'\n' => escaped.extend(b"\\n"),
            b'\r' => escaped.extend(b"\\r"),
            byte => escaped.push(*byte),
        }
    }
    (b"\\", escaped)
}

fn unescaped(name: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = name.iter();
    let mut plain = Vec::with_capacity(name.len());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}
