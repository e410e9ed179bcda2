//! A gzip stream read to its very end: all of its members, each with its checksum verified, and
//! what follows them.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::mem;

use flate2::bufread::GzDecoder;

use super::{MAGIC, blocks, is_gzip};
use crate::offset::Position;
use crate::parallel::{self, Ordered};
use crate::source::uninterrupted;

/// Decompresses all members of a gzip stream, one after the other.
///
/// ```
/// use std::io::Read;
/// use bytewright::codecs::gzip::Reader;
///
/// // An empty member, as `gzip -n` makes it of nothing.
/// let empty = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
/// let mut text = String::new();
/// Reader::new(Box::new(&empty[..])).read_to_string(&mut text)?;
/// assert_eq!(text, "");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Reader<'a> {
    state: State<'a>,
    /// The threads, once there was work for them.
    pool: Option<Pool>,
    /// Whether a block's content contradicted its header or trailer: from there on the stream is read like any other.
    damaged: bool,
    /// Whether bytes other than padding follow the last member.
    garbage: bool,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

enum State<'a> {
    /// A member begins here.
    Start(Compressed<'a>),
    Member(Box<GzDecoder<Compressed<'a>>>),
    Blocks(Box<Ahead<'a>>),
    End,
}

impl<'a> Reader<'a> {
    /// Decompresses what this reader reads. Members that a [`Writer`](super::Writer) made are
    /// decompressed on several threads.
    pub fn new(compressed: Box<dyn Read + Send + 'a>) -> Self {
        Reader {
            state: State::Start(Compressed::new(compressed)),
            pool: None,
            damaged: false,
            garbage: false,
        }
    }

    /// Whether bytes that are neither gzip nor zeros follow the stream. Known once the
    /// stream has been read to its end.
    pub fn garbage(&self) -> bool {
        self.garbage
    }

    /// Looks at what follows a member: another one, padding, or something else.
    fn after(&mut self, mut compressed: Compressed<'a>) -> io::Result<State<'a>> {
        let mut is_padded = false;
        loop {
            let bytes = compressed.fill_buf()?;
            let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
            if zeros == 0 {
                break;
            }
            is_padded = true;
            compressed.consume(zeros);
        }
        Ok(match compressed.start(MAGIC.len())? {
            [] => State::End,
            // A tape or a block device fills its last block with zeros: after them, gzip reads no
            // member either. The decoder reports one that is truncated.
            start if !is_padded && (is_gzip(start) || MAGIC.starts_with(start)) => {
                State::Start(compressed)
            }
            _ => {
                self.garbage = true;
                State::End
            }
        })
    }

    /// Begins a member: on several threads if it is a block, and no block was damaged so far.
    fn begin(&mut self, mut compressed: Compressed<'a>) -> io::Result<State<'a>> {
        let is_block = blocks::size_of(compressed.start(blocks::header_size())?).is_some();
        if self.damaged || !is_block {
            return Ok(State::Member(Box::new(GzDecoder::new(compressed))));
        }
        let pool = self.pool.take().unwrap_or_else(pool);
        Ok(State::Blocks(Box::new(Ahead::new(compressed, pool))))
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            let read = match &mut self.state {
                State::Start(_) => 0,
                State::Member(decoder) => decoder.read(buf)?,
                State::Blocks(ahead) => ahead.read(buf)?,
                State::End => return Ok(0),
            };
            if read > 0 {
                return Ok(read);
            }
            self.state = match mem::replace(&mut self.state, State::End) {
                State::Start(compressed) => self.begin(compressed)?,
                State::Member(decoder) => self.after(decoder.into_inner())?,
                State::Blocks(ahead) => {
                    let (compressed, pool, damaged) = ahead.end();
                    self.pool = Some(pool);
                    self.damaged = damaged;
                    match damaged {
                        true => State::Start(compressed),
                        false => self.after(compressed)?,
                    }
                }
                State::End => State::End,
            };
        }
    }
}

/// Compressed bytes, some of which can be given back.
struct Compressed<'a> {
    inner: Box<dyn Read + Send + 'a>,
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Compressed<'a> {
    fn new(inner: Box<dyn Read + Send + 'a>) -> Self {
        Compressed {
            inner,
            buffer: Vec::new(),
            at: 0,
        }
    }

    /// The next bytes: at least this many, or all that there are.
    fn start(&mut self, size: usize) -> io::Result<&[u8]> {
        while self.buffer.len().since(self.at) < size {
            let mut next = [0; 512];
            let read = self.fill(&mut next)?;
            let Some(next) = next.get(..read).filter(|next| !next.is_empty()) else {
                break;
            };
            self.buffer.extend_from_slice(next);
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    fn fill(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| self.inner.read(buf))
    }

    /// Gives back what was read last.
    fn unread(&mut self, bytes: &[u8]) {
        let place = self.at.checked_sub(bytes.len());
        match place.and_then(|start| self.buffer.get_mut(start..self.at)) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.at = self.at.since(bytes.len());
            }
            None => {
                let rest = self.buffer.get(self.at..).unwrap_or_default();
                self.buffer = [bytes, rest].concat();
                self.at = 0;
            }
        }
    }
}

impl BufRead for Compressed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            self.at = 0;
            let mut buffer = mem::take(&mut self.buffer);
            buffer.resize(64 << 10, 0);
            let read = self.fill(&mut buffer);
            buffer.truncate(*read.as_ref().unwrap_or(&0));
            self.buffer = buffer;
            read?;
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = self.at.saturating_add(amount).min(self.buffer.len());
    }
}

impl Read for Compressed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

/// Threads that take members and return their contents, if they are whole.
type Pool = Ordered<Vec<u8>, (Vec<u8>, Option<Vec<u8>>)>;

fn pool() -> Pool {
    Ordered::new(parallel::threads(), |member: Vec<u8>| {
        let block = blocks::decompress(&member);
        (member, block)
    })
}

/// Blocks that are decompressed ahead of reading.
struct Ahead<'a> {
    compressed: Compressed<'a>,
    pool: Pool,
    /// The most blocks that are decompressed ahead.
    most: usize,
    current: io::Cursor<Vec<u8>>,
    /// Bytes that were taken from the stream and aren't a whole block; no more are taken then.
    taken: Option<Vec<u8>>,
    /// A damaged member; no more are read then.
    damaged: Option<Vec<u8>>,
}

impl<'a> Ahead<'a> {
    fn new(compressed: Compressed<'a>, pool: Pool) -> Self {
        Ahead {
            compressed,
            pool,
            most: parallel::threads().get().saturating_mul(2),
            current: io::Cursor::default(),
            taken: None,
            damaged: None,
        }
    }

    /// Takes a member from the stream.
    fn take(&mut self) -> io::Result<()> {
        let mut member = Vec::new();
        let head = blocks::header_size() as u64;
        self.compressed
            .by_ref()
            .take(head)
            .read_to_end(&mut member)?;
        let Some(size) = blocks::size_of(&member) else {
            self.taken = Some(member);
            return Ok(());
        };
        let rest = size.saturating_sub(member.len()) as u64;
        self.compressed
            .by_ref()
            .take(rest)
            .read_to_end(&mut member)?;
        match member.len() == size {
            true => self.pool.push(member),
            false => self.taken = Some(member),
        }
        Ok(())
    }

    /// Ends reading blocks: returns the rest of the stream, and whether a damaged member is next. The ordinary decoder
    /// then finds out what is wrong with it.
    fn end(mut self) -> (Compressed<'a>, Pool, bool) {
        let taken = self.taken.unwrap_or_default();
        let damaged = self.damaged.is_some() || blocks::size_of(&taken).is_some();
        let mut rest = self.damaged.unwrap_or_default();
        while let Some((member, _)) = self.pool.pop() {
            rest.extend(member);
        }
        rest.extend(taken);
        self.compressed.unread(&rest);
        (self.compressed, self.pool, damaged)
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.current.read(buf)? {
                0 if self.damaged.is_none() => {}
                n => return Ok(n),
            }
            while self.taken.is_none() && self.pool.pending() < self.most {
                self.take()?;
            }
            match self.pool.pop() {
                None => return Ok(0),
                Some((_, Some(block))) => self.current = io::Cursor::new(block),
                Some((member, None)) => self.damaged = Some(member),
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

    /// Blocks, three of them.
    fn in_blocks() -> (Vec<u8>, Vec<u8>) {
        let data: Vec<u8> = (0..2_300_000u32).map(|n| (n / 7 % 253) as u8).collect();
        let mut writer = super::super::Writer::new(Vec::new(), 3);
        writer.write_all(&data).unwrap();
        (writer.finish().unwrap().0, data)
    }

    #[test]
    fn blocks_and_other_members_may_follow_each_other() {
        let (blocks, data) = in_blocks();
        let other = gzip(b"other");
        for members in [
            vec![&blocks],
            vec![&blocks, &other],
            vec![&other, &blocks, &blocks, &other],
        ] {
            let expected: Vec<u8> = members
                .iter()
                .flat_map(|&member| if *member == other { b"other" } else { &*data })
                .copied()
                .collect();
            let stream: Vec<u8> = members.into_iter().flatten().copied().collect();
            let (found, garbage) = read([stream, b"junk".to_vec()].concat());
            assert!(found.unwrap() == expected && garbage);
        }
    }

    /// What is damaged is read as far, and refused for the same reason, as by any other gzip.
    #[test]
    fn damaged_blocks_are_read_as_others_read_them() {
        let (blocks, _) = in_blocks();
        let serially = |bytes: &[u8]| {
            let mut data = Vec::new();
            let result = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut data);
            (data, result.map_err(|e| e.kind()))
        };
        let ours = |bytes: &[u8]| {
            let mut data = Vec::new();
            let mut reader = Reader::new(Box::new(io::Cursor::new(bytes.to_vec())));
            let result = reader.read_to_end(&mut data);
            (data, result.map_err(|e| e.kind()))
        };
        for at in (0..blocks.len()).step_by(blocks.len() / 40).chain(0..24) {
            let mut damaged = blocks.clone();
            damaged[at] ^= 0x40;
            let (found, result) = ours(&damaged);
            let (expected, other) = serially(&damaged);
            assert_eq!(result.is_ok(), other.is_ok(), "at {at}");
            assert!(found == expected, "at {at}");
            let cut = &blocks[..at];
            if at > 0 {
                assert!(ours(cut) == serially(cut), "cut at {at}");
            }
        }
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
