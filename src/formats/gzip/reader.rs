//! A gzip stream read to its very end: all of its members, each with its checksum verified, and
//! what stands behind them.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

type Compressed = BufReader<Box<dyn Read + Send>>;

/// Decompresses all members of a gzip stream, one behind the other.
///
/// ```
/// use std::io::Read;
/// use bytewright::formats::gzip::Reader;
///
/// // An empty member, as `gzip -n` makes it of nothing.
/// let empty = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
/// let mut text = String::new();
/// Reader::new(Box::new(&empty[..])).read_to_string(&mut text)?;
/// assert_eq!(text, "");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Reader {
    state: State,
    /// How many bytes behind the last member aren't padding, as far as they were looked at.
    garbage: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

enum State {
    Member(Box<GzDecoder<Compressed>>),
    End,
}

impl Reader {
    /// Decompresses what this reader reads.
    pub fn new(compressed: Box<dyn Read + Send>) -> Reader {
        let compressed = BufReader::with_capacity(64 << 10, compressed);
        Reader {
            state: State::Member(Box::new(GzDecoder::new(compressed))),
            garbage: false,
        }
    }

    /// Whether bytes that are neither gzip nor zeros stand behind the stream. Known once the
    /// stream has been read to its end.
    pub fn garbage(&self) -> bool {
        self.garbage
    }

    /// Looks at what stands behind a member: another one, padding, or something else.
    fn behind(&mut self, mut compressed: Compressed) -> io::Result<State> {
        loop {
            let bytes = compressed.fill_buf()?;
            match bytes.iter().position(|&byte| byte != 0) {
                // A tape or a block device fills its last block with zeros.
                None if !bytes.is_empty() => {
                    let padding = bytes.len();
                    compressed.consume(padding);
                }
                None => return Ok(State::End),
                Some(0) if bytes.first() == Some(&0x1f) => {
                    return Ok(State::Member(Box::new(GzDecoder::new(compressed))));
                }
                Some(_) => {
                    self.garbage = true;
                    return Ok(State::End);
                }
            }
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            let State::Member(decoder) = &mut self.state else {
                return Ok(0);
            };
            match decoder.read(buf)? {
                0 => {}
                n => return Ok(n),
            }
            if let State::Member(decoder) = std::mem::replace(&mut self.state, State::End) {
                self.state = self.behind(decoder.into_inner())?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(compressed: Vec<u8>) -> (io::Result<Vec<u8>>, bool) {
        let mut reader = Reader::new(Box::new(io::Cursor::new(compressed)));
        let mut data = Vec::new();
        let result = reader.read_to_end(&mut data).map(|_| data);
        (result, reader.garbage())
    }

    #[test]
    fn all_members_are_read() {
        let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        let (data, garbage) = read(members);
        assert_eq!((data.unwrap(), garbage), (b"one two".to_vec(), false));
    }

    #[test]
    fn zeros_behind_are_padding_and_anything_else_is_noticed() {
        let (data, garbage) = read([gzip(b"one"), vec![0; 100_000]].concat());
        assert_eq!((data.unwrap(), garbage), (b"one".to_vec(), false));
        let (data, garbage) = read([gzip(b"one"), b"junk".to_vec()].concat());
        assert_eq!((data.unwrap(), garbage), (b"one".to_vec(), true));
    }

    #[test]
    fn a_cut_stream_and_a_wrong_checksum_are_errors() {
        let whole = gzip(b"some content");
        for end in 0..whole.len() {
            assert!(read(whole[..end].to_vec()).0.is_err(), "cut at {end}");
        }
        let mut wrong = whole;
        let crc = wrong.len() - 8;
        wrong[crc] ^= 1;
        assert!(read(wrong).0.is_err());
    }
}
