//! Codings of bytes inside a file, both ways: compressions, exclusive or, rotated bits. The fields of whole files that
//! a format declares as coded are decoded here, with a limit for the result. [`codecs`](crate::codecs) detects files by
//! their first bytes and shows their headers; here the format states the coding.

mod compressed;

use std::io::{self, BufRead, BufReader, Cursor, Read};

use crate::offset::Position;
use crate::source::uninterrupted;

pub(crate) use compressed::Compression;

/// One step of a coding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Compression(Compression),
    /// Each byte is combined with one of the key, which repeats.
    Xor(Vec<u8>),
    /// The bits of each byte are rotated to the left by this number when decoding.
    Rotate(u32),
}

/// The most bytes between two compressions that are kept in memory: 64 KiB.
const MAX_BETWEEN: u64 = 64 << 10;

/// Decodes by steps, in order.
pub(crate) fn reader<'a>(
    steps: &[Step],
    coded: Box<dyn BufRead + Send + 'a>,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut stream = coded;
    let mut steps = steps.iter().peekable();
    while let Some(step) = steps.next() {
        let undone: Box<dyn Read + Send + 'a> = match step {
            Step::Compression(compression) => {
                let undone = compression.reader(stream)?;
                match steps.peek() {
                    Some(_) => short(undone),
                    None => undone,
                }
            }
            Step::Xor(key) => Box::new(Xor {
                stream,
                key: key.clone(),
                at: 0,
            }),
            Step::Rotate(by) => Box::new(Rotated { stream, by: *by }),
        };
        stream = Box::new(BufReader::new(undone));
    }
    Ok(Box::new(stream))
}

/// The same stream; a short one is read to its end, so that its decoder is freed before the next one is made. Decoders
/// are large, and two that live at the same time fragment memory: 100,000 fields with two compressions each took 7 GB.
fn short<'a>(mut stream: Box<dyn Read + Send + 'a>) -> Box<dyn Read + Send + 'a> {
    let mut start = Vec::new();
    match (&mut stream).take(MAX_BETWEEN).read_to_end(&mut start) {
        Ok(_) if (start.len() as u64) < MAX_BETWEEN => Box::new(Cursor::new(start)),
        Ok(_) => Box::new(Cursor::new(start).chain(stream)),
        Err(error) => Box::new(Cursor::new(start).chain(Broken(Some(error)))),
    }
}

/// A stream that ends with an error.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Hands decoded bytes to a function, part by part, `limit` bytes at most; answers why they aren't complete, if so. The
/// first bytes of a truncated or broken stream are handed on, too.
pub(crate) fn each(
    steps: &[Step],
    coded: Box<dyn BufRead + Send + '_>,
    limit: u64,
    take: impl FnMut(&[u8]),
) -> io::Result<Option<String>> {
    let is_all = reader(steps, coded).and_then(|stream| hand_over(stream, limit, take));
    // The decoders are freed before the message is made: a message that is allocated while they live lies after them in
    // memory, and keeps theirs from being used again. Messages of many codings may be kept.
    match is_all {
        Ok(true) => Ok(None),
        Ok(false) => Ok(Some(too_much(limit))),
        Err(error) => broken(steps, error).map(Some),
    }
}

/// Hands the bytes of a stream to a function; answers whether they are no more than `limit`.
fn hand_over(
    mut stream: Box<dyn Read + Send + '_>,
    limit: u64,
    mut take: impl FnMut(&[u8]),
) -> io::Result<bool> {
    let mut buffer = [0; 16 << 10];
    let mut left = limit;
    loop {
        let n = uninterrupted(|| stream.read(&mut buffer))?;
        if n == 0 {
            return Ok(true);
        }
        let part = buffer.get(..n).unwrap_or_default();
        let room = usize::try_from(left).unwrap_or(usize::MAX);
        take(part.get(..room).unwrap_or(part));
        if n > room {
            return Ok(false);
        }
        left = left.since(n as u64);
    }
}

/// The message for a content that is larger than the limit.
pub(crate) fn too_much(limit: u64) -> String {
    format!("it yields more than the {limit} bytes that are looked at")
}

/// The message for a broken stream; an error of the source below it is passed on.
pub(crate) fn broken(steps: &[Step], error: io::Error) -> io::Result<String> {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, OutOfMemory, UnexpectedEof};
    if !matches!(
        error.kind(),
        InvalidData | InvalidInput | Other | OutOfMemory | UnexpectedEof
    ) {
        return Err(error);
    }
    let names = steps.iter().filter_map(|step| match step {
        Step::Compression(compression) => Some(compression.name()),
        _ => None,
    });
    let names: Vec<&str> = names.collect();
    let names = names.join(" in ");
    Ok(match error.kind() {
        UnexpectedEof => format!("the {names} stream is cut"),
        _ => format!("the {names} stream is broken: {error}"),
    })
}

/// Encodes by the steps in reverse order, since decoding begins with the first.
pub(crate) fn encode(steps: &[Step], bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut coded = bytes.to_vec();
    for step in steps.iter().rev() {
        coded = match step {
            Step::Compression(compression) => compression.encode(&coded)?,
            Step::Xor(key) => {
                xor(&mut coded, key, 0);
                coded
            }
            Step::Rotate(by) => {
                rotate(&mut coded, 8u32.wrapping_sub(*by) % 8);
                coded
            }
        };
    }
    Ok(coded)
}

fn xor(bytes: &mut [u8], key: &[u8], at: usize) {
    let key = key
        .iter()
        .cycle()
        .skip(at.checked_rem(key.len()).unwrap_or(0));
    for (byte, key) in bytes.iter_mut().zip(key) {
        *byte ^= key;
    }
}

fn rotate(bytes: &mut [u8], by: u32) {
    for byte in bytes {
        *byte = byte.rotate_left(by);
    }
}

struct Xor<R> {
    stream: R,
    key: Vec<u8>,
    /// The index of the next byte of the key.
    at: usize,
}

impl<R: Read> Read for Xor<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(buf)?;
        xor(buf.get_mut(..n).unwrap_or_default(), &self.key, self.at);
        self.at = self.at.past(n).checked_rem(self.key.len()).unwrap_or(0);
        Ok(n)
    }
}

struct Rotated<R> {
    stream: R,
    by: u32,
}

impl<R: Read> Read for Rotated<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(buf)?;
        rotate(buf.get_mut(..n).unwrap_or_default(), self.by);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Decoded {
        bytes: Vec<u8>,
        fault: Option<String>,
    }

    fn decode(
        steps: &[Step],
        coded: Box<dyn BufRead + Send + '_>,
        limit: u64,
    ) -> io::Result<Decoded> {
        let mut bytes = Vec::new();
        let fault = each(steps, coded, limit, |part| bytes.extend_from_slice(part))?;
        Ok(Decoded { bytes, fault })
    }

    #[test]
    fn every_coding_goes_both_ways() {
        let content = b"the quick brown fox jumps over the lazy dog ".repeat(9);
        let mut chains = vec![
            vec![Step::Xor(vec![0x5a])],
            vec![Step::Xor(b"key".to_vec()), Step::Rotate(3)],
            vec![Step::Rotate(7)],
        ];
        for compression in Compression::ALL.into_iter().filter(|c| c.is_built()) {
            chains.push(vec![Step::Compression(compression)]);
            chains.push(vec![Step::Xor(vec![1, 2]), Step::Compression(compression)]);
        }
        for steps in chains {
            let coded = encode(&steps, &content).unwrap();
            assert_ne!(coded, content, "{steps:?}");
            let decoded = decode(&steps, Box::new(&coded[..]), 1 << 20).unwrap();
            assert_eq!(
                (decoded.bytes, decoded.fault),
                (content.clone(), None),
                "{steps:?}"
            );
        }
    }

    #[test]
    fn a_key_repeats_and_bits_rotate_to_the_left() {
        let undone =
            |steps: &[Step], coded: &[u8]| decode(steps, Box::new(coded), 100).unwrap().bytes;
        assert_eq!(
            undone(&[Step::Xor(vec![0x0f, 0xf0])], &[1, 2, 3]),
            [0x0e, 0xf2, 0x0c]
        );
        assert_eq!(undone(&[Step::Rotate(1)], &[0x81]), [0x03]);
        assert_eq!(encode(&[Step::Rotate(1)], &[0x03]).unwrap(), [0x81]);
        assert_eq!(encode(&[Step::Rotate(0)], &[0x03]).unwrap(), [0x03]);
    }

    #[test]
    fn a_limit_ends_what_is_yielded() {
        let steps = [Step::Rotate(0)];
        let decoded = decode(&steps, Box::new(&[7; 10][..]), 4).unwrap();
        assert_eq!(decoded.bytes, [7; 4]);
        assert!(decoded.fault.unwrap().contains("more than the 4 bytes"));
        let decoded = decode(&steps, Box::new(&[7; 4][..]), 4).unwrap();
        assert_eq!((decoded.bytes, decoded.fault), (vec![7; 4], None));
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn what_one_compression_yields_to_the_next_is_all_there_at_every_size() {
        // A stream that is compressed again hardly changes its size: numbers without a pattern.
        let mut state = 1u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        let noise: Vec<u8> = noise.take(70_000).collect();
        let steps = [Compression::Deflate, Compression::Zlib].map(Step::Compression);
        let mut between = Vec::new();
        for size in (65_500..65_560).chain([0, 1, 70_000]) {
            let content = &noise[..size];
            let coded = encode(&steps, content).unwrap();
            between.push(encode(&steps[1..], content).unwrap().len());
            let decoded = decode(&steps, Box::new(&coded[..]), 1 << 20).unwrap();
            assert_eq!(
                (&decoded.bytes[..], decoded.fault),
                (content, None),
                "{size}"
            );
            // Cut, it yields what the first stream still gives the second.
            let cut = &coded[..coded.len() - coded.len() / 4];
            let decoded = decode(&steps, Box::new(cut), 1 << 20).unwrap();
            assert!(content.starts_with(&decoded.bytes), "{size}");
            assert!(decoded.bytes.len() >= size / 2 || size < 2, "{size}");
            assert_eq!(decoded.fault.unwrap(), "the deflate in zlib stream is cut");
        }
        let kept = usize::try_from(MAX_BETWEEN).unwrap();
        assert!(between.contains(&(kept - 1)) && between.contains(&kept));
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn a_cut_stream_yields_what_it_has_and_what_follows_one_is_left() {
        let steps = [Step::Compression(Compression::Zlib)];
        let content = (0..200u8).collect::<Vec<_>>();
        let coded = encode(&steps, &content).unwrap();
        let decoded = decode(&steps, Box::new(&coded[..coded.len() - 9]), 1000).unwrap();
        assert!(content.starts_with(&decoded.bytes) && decoded.bytes.len() > 50);
        assert_eq!(decoded.fault.as_deref(), Some("the zlib stream is cut"));
        let more = [&coded[..], b"more"].concat();
        let mut rest = &more[..];
        let decoded = decode(&steps, Box::new(&mut rest), 1000).unwrap();
        assert_eq!((decoded.bytes, decoded.fault), (content, None));
        assert_eq!(rest, b"more");
        let decoded = decode(&steps, Box::new(&b"no zlib"[..]), 1000).unwrap();
        assert!(decoded.fault.unwrap().contains("the zlib stream is broken"));
    }
}
