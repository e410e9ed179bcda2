//! Where the members of a gzipped archive are, written into the gzip stream where other tools read
//! over it: see [`note`].

use std::fmt;
use std::io::{self, Read, Write};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::codecs::BlockIndex;
use crate::codecs::gzip::{Blocks, Seekable, note};
use crate::offset::{Position, Tally};
use crate::schema::{Field, Header};
use crate::source::SourceOf;
use crate::structs::DataErrorKind;
use crate::{Record, Struct, Value};

const START: &str = "V:version=1 V:block V:size V:blocks V:members V:members_size";
const ENTRY: &str = "V:gap V:shared V:length [length]s:rest";
const SIZE: &str = "V:size";
const FORMATS: [&str; 3] = [START, ENTRY, SIZE];

/// A field of the index by its name; one that it has not does not compile.
macro_rules! field {
    ($name:literal) => {
        const { Field::of(&FORMATS, $name) }
    };
}

/// The beginning of the index. Two deflate streams follow: `members_size` bytes with the members
/// ([`MEMBER`]), then the compressed sizes of the gzip members ([`BLOCK`]).
static HEAD: Header = Header::new("index", "Where members are", START, &FORMATS, &[]);

/// A member: how far after the one before it begins, and its name, of which the first `shared`
/// bytes are those of the name before.
static MEMBER: Header = Header::new("member", "A member", ENTRY, &FORMATS, &[]);

/// A gzip member.
static BLOCK: Header = Header::new("block", "A gzip member", SIZE, &FORMATS, &[]);

/// An index that is being written, in the order of the members. It keeps a few bytes a member.
#[derive(Debug)]
pub struct IndexWriter {
    members: DeflateEncoder<Vec<u8>>,
    count: u64,
    last: Entry,
    /// Whether there is something that an index doesn't hold.
    is_void: bool,
}

/// No name in an index is longer: what Linux takes for a path.
const LONGEST: usize = 4096;

/// The least that a member takes of an archive, in bytes.
const LEAST: u64 = 512;

/// A member as an index has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name.
    pub name: Vec<u8>,
    /// Where its first header is in what is compressed.
    pub offset: u64,
}

impl Default for IndexWriter {
    fn default() -> IndexWriter {
        let level = flate2::Compression::default();
        IndexWriter {
            members: DeflateEncoder::new(Vec::new(), level),
            count: 0,
            last: Entry::default(),
            is_void: false,
        }
    }
}

impl BlockIndex for IndexWriter {
    fn write(self, out: &mut impl Write, blocks: &Blocks) -> io::Result<()> {
        if self.is_void {
            return Ok(());
        }
        let members = self.members.finish()?;
        let head = HEAD.layout().pack(&Record::from_iter([
            ("block", Value::from(blocks.block())),
            ("size", Value::from(blocks.size())),
            ("blocks", Value::from(blocks.sizes().len() as u64)),
            ("members", Value::from(self.count)),
            ("members_size", Value::from(members.len() as u64)),
        ]));
        let mut sizes = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        for size in blocks.sizes() {
            let packed = BLOCK.layout().pack(&[Value::from(size)]);
            sizes.write_all(&packed.map_err(io::Error::other)?)?;
        }
        let parts = [head.map_err(io::Error::other)?, members, sizes.finish()?];
        note::write(out, blocks.end(), &parts.concat())
    }
}

impl IndexWriter {
    /// There will be no index: the archive says something of its members that lies elsewhere,
    /// such as in a global header.
    pub(super) fn void(&mut self) {
        self.is_void = true;
    }

    /// A member that begins at `offset`, after the one before it.
    pub(super) fn add(&mut self, name: &[u8], offset: u64) -> io::Result<()> {
        if name.len() > LONGEST {
            self.void();
        }
        if self.is_void {
            return Ok(());
        }
        let pairs = self.last.name.iter().zip(name);
        let shared = pairs.take_while(|(a, b)| a == b).count();
        let rest = name.get(shared..).unwrap_or_default();
        let packed = MEMBER.layout().pack(&[
            Value::from(offset.since(self.last.offset)),
            Value::from(shared as u64),
            Value::from(rest.len() as u64),
            Value::from(rest),
        ]);
        self.members.write_all(&packed.map_err(io::Error::other)?)?;
        self.count.tally(1);
        self.last = Entry {
            name: name.to_vec(),
            offset,
        };
        Ok(())
    }
}

/// An index that was found at the end of a gzipped archive.
///
/// It is only a hint: who uses it compares what it says with the headers it leads to.
///
/// ```
/// use std::io::Write;
/// use bytewright::Source;
/// use bytewright::formats::tar::{Builder, Compression, Index};
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("a"), "content")?;
///
/// let out = Compression::Gzip(6).writer(Vec::new());
/// let mut builder = Builder::new(out).indexed(true);
/// builder.add(folder.path(), "files", &mut |_| {})?;
/// let (out, index) = builder.finish_with_index()?;
/// let file = Source::from(out.finish_with_index(index)?);
///
/// let index = Index::find(&file)?.expect("it was written");
/// let names: Vec<_> = index.members().map(|entry| entry.unwrap().name).collect();
/// assert_eq!(names, [&b"files/"[..], b"files/a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Index {
    blocks: Blocks,
    members: Vec<u8>,
    count: u64,
}

impl Index {
    /// The index of a file; `None` where it has none, or one that can't be understood.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn find(file: &SourceOf<'_>) -> io::Result<Option<Index>> {
        let note = note::find(file)?;
        Ok(note.and_then(|note| Index::parse(note.start, &note.data)))
    }

    fn parse(stream: u64, data: &[u8]) -> Option<Index> {
        let (head, read) = HEAD.layout().unpack_prefix(data).ok()?;
        let number = |field: Field| head.get(field.name()).and_then(Value::as_u64);
        let rest = data.get(read..)?;
        let members = usize::try_from(number(field!("members_size"))?).ok()?;
        let (members, sizes) = rest.split_at_checked(members)?;
        let mut sizes = Records::new(sizes, BLOCK.layout());
        let mut offsets = Vec::new();
        // Each takes up some of the file.
        for _ in 0..number(field!("blocks"))?.min(stream) {
            offsets.push(sizes.next().ok()?.get(field!("size").name())?.as_u64()?);
        }
        let blocks = Blocks::new(offsets, number(field!("block"))?, number(field!("size"))?)?;
        // However alike members are, each takes a few bytes.
        let count = number(field!("members")).filter(|count| *count <= stream / 2)?;
        (blocks.end() == stream).then_some(Index {
            blocks,
            members: members.to_vec(),
            count,
        })
    }

    /// What `file`, where the index was found, holds, at positions; `None` where its members
    /// lie elsewhere.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn content<'a>(&self, file: &SourceOf<'a>) -> io::Result<Option<SourceOf<'a>>> {
        let content = Seekable::new(file.clone(), self.blocks.clone())?;
        Ok(content.map(SourceOf::new))
    }

    /// How many gzip members the archive has, and how many bytes each but the last holds.
    pub(super) fn blocks(&self) -> (u64, u64) {
        (self.blocks.sizes().len() as u64, self.blocks.block())
    }

    /// The members in order. A broken entry, or one that is missing, is an error and the last.
    pub fn members(&self) -> impl Iterator<Item = io::Result<Entry>> + '_ {
        let mut records = Records::new(&self.members, MEMBER.layout());
        let mut last = Some(Entry::default());
        let size = self.blocks.size();
        (0..self.count).map_while(move |number| {
            let before = last.take()?;
            let next = records.next().and_then(|record| {
                let next = entry(&before, &record).ok_or_else(broken)?;
                let apart = match number {
                    0 => next.offset == 0,
                    _ => next.offset.since(before.offset) >= LEAST,
                };
                let room = next.offset.saturating_add(LEAST) <= size;
                if !apart || !room || next.name.len() > LONGEST {
                    return Err(broken());
                }
                Ok(next)
            });
            last = next.as_ref().ok().cloned();
            Some(next)
        })
    }
}

fn entry(last: &Entry, record: &Record) -> Option<Entry> {
    let number = |field: Field| record.get(field.name()).and_then(Value::as_u64);
    let shared = usize::try_from(number(field!("shared"))?).ok()?;
    let rest = record.get(field!("rest").name())?.as_bytes()?;
    Some(Entry {
        name: [last.name.get(..shared)?, rest].concat(),
        offset: last.offset.checked_add(number(field!("gap"))?)?,
    })
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the index is broken")
}

/// Records of a deflate stream, one after the other.
struct Records<'a> {
    stream: DeflateDecoder<&'a [u8]>,
    layout: &'static Struct,
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Records<'a> {
    /// Every record is shorter than that.
    const LONGEST: usize = 16 << 10;

    /// Bytes that are decompressed at a time.
    const STEP: u64 = 64 << 10;

    fn new(stream: &'a [u8], layout: &'static Struct) -> Records<'a> {
        Records {
            stream: DeflateDecoder::new(stream),
            layout,
            buffer: Vec::new(),
            at: 0,
        }
    }

    /// The next record; where none is left, that is an error.
    fn next(&mut self) -> io::Result<Record> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let is_short = match self.layout.unpack_prefix(rest) {
                Ok((record, read)) => {
                    self.at.advance(read);
                    return Ok(record);
                }
                Err(e) => matches!(e.kind(), DataErrorKind::Short { .. }),
            };
            if !is_short || rest.get(Records::LONGEST..).is_some() {
                return Err(broken());
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            let mut part = self.stream.by_ref().take(Records::STEP);
            if part.read_to_end(&mut self.buffer)? == 0 {
                return Err(broken());
            }
        }
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.count;
        f.debug_struct("Index")
            .field("members", &members)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deflated(parts: &[&[u8]]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        for part in parts {
            encoder.write_all(part).unwrap();
        }
        encoder.finish().unwrap()
    }

    #[test]
    fn every_structure_is_sound() {
        for header in [&HEAD, &MEMBER, &BLOCK] {
            header.assert_sound();
        }
    }

    /// A gap, a shared length, and a rest of 2^40 bytes: the stream holds 32 MiB of them.
    #[test]
    fn an_entry_that_claims_to_be_long_is_not_read_to_its_end() {
        let head = [0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        let zeros = vec![0; 1 << 20];
        let parts: Vec<&[u8]> = [&head[..]].into_iter().chain([&*zeros; 32]).collect();
        let stream = deflated(&parts);
        let mut records = Records::new(&stream, MEMBER.layout());
        assert!(records.next().is_err());
        assert!(records.buffer.capacity() < 1 << 20);
    }

    #[test]
    fn records_come_one_by_one_and_behind_the_last_there_is_none() {
        let stream = deflated(&[&[1, 0x80, 1, 3]]);
        let mut records = Records::new(&stream, BLOCK.layout());
        for expected in [1, 128, 3] {
            let record = records.next().unwrap();
            assert_eq!(record.get("size").and_then(Value::as_u64), Some(expected));
        }
        assert!(records.next().is_err());
        // A number that goes on where the stream doesn't, and one that never ends.
        for cut in [&[0x80][..], &[0x80; 100]] {
            let stream = deflated(&[cut]);
            assert!(Records::new(&stream, BLOCK.layout()).next().is_err());
        }
    }
}
