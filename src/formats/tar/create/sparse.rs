//! The pieces of a sparse file that aren't holes, and how they are written down.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::formats::tar::draft::Draft;
use crate::formats::tar::error::Error;
use crate::formats::tar::layout::{BLOCK, Layout, field};
use crate::formats::tar::number;
use crate::offset::{Position, sum};
use crate::value::{Record, Value};

/// Where a file has data.
#[derive(Clone, Debug)]
pub(super) struct Map {
    /// The size of the file with its holes.
    pub(super) size: u64,
    pub(super) pieces: Vec<Range<u64>>,
}

/// A file in more pieces than these is stored as it is: programs that extract it would refuse the map.
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
const MOST_PIECES: usize = 100_000;

impl Map {
    /// The map of a file that has holes; `None` for one that has none, or where the system
    /// doesn't tell.
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    pub(super) fn of(file: &File, size: u64) -> io::Result<Option<Map>> {
        Map::of_up_to(file, size, MOST_PIECES)
    }

    /// The same of a file in fewer pieces than that.
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    pub(super) fn of_up_to(file: &File, size: u64, most: usize) -> io::Result<Option<Map>> {
        use rustix::fs::{SeekFrom, seek};
        use rustix::io::Errno;

        let mut pieces = Vec::new();
        let mut at = 0;
        while at < size {
            let start = match seek(file, SeekFrom::Data(at)) {
                Ok(start) => start.min(size),
                // Nothing but a hole up to the end.
                Err(Errno::NXIO) => break,
                Err(Errno::INVAL) => return Ok(None),
                Err(e) => return Err(e.into()),
            };
            let end = seek(file, SeekFrom::Hole(start))?.min(size);
            if end <= start || pieces.len() >= most {
                break;
            }
            pieces.push(start..end);
            at = end;
        }
        seek(file, SeekFrom::Start(0))?;
        let whole = pieces.first() == Some(&(0..size));
        let complete = pieces.len() < most;
        Ok((!whole && complete && size > 0).then_some(Map { size, pieces }))
    }

    /// Whether this system tells where holes are isn't known.
    #[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
    pub(super) fn of(_: &File, _: u64) -> io::Result<Option<Map>> {
        Ok(None)
    }

    /// How many bytes aren't holes.
    pub(super) fn stored(&self) -> u64 {
        let sizes = self.pieces.iter().map(size);
        sum(sizes)
    }

    /// What tells the file's size to a reader: a last piece of nothing where a hole ends it.
    fn entries(&self) -> Vec<(u64, u64)> {
        let mut entries: Vec<_> = self.pieces.iter().map(|p| (p.start, size(p))).collect();
        if self.pieces.last().is_none_or(|last| last.end < self.size) {
            entries.push((self.size, 0));
        }
        entries
    }

    /// As version 1.0 of the pax extension has it: a line a number, in whole blocks.
    pub(super) fn text(&self) -> Vec<u8> {
        let entries = self.entries();
        let mut text = format!("{}\n", entries.len());
        for (offset, size) in entries {
            text.push_str(&format!("{offset}\n{size}\n"));
        }
        let mut blocks = text.into_bytes();
        super::headers::pad(&mut blocks);
        blocks
    }

    /// GNU tar's header with the map in it, and the blocks that go on with the map.
    pub(super) fn gnu_blocks(&self, draft: &Draft) -> Result<Vec<u8>, Error> {
        let entries = self.entries();
        let room = |layout: Layout| layout.map_room().unwrap_or_default();
        let (most, width) = room(Layout::Gnu);
        let (first, rest) = entries.split_at(entries.len().min(most));
        let layout = Layout::Gnu.of_struct();
        let header = layout.unpack(draft.block())?;
        let header = Record::from_iter(header.entries().map(|(name, value)| {
            let value = match &*name {
                "sparse" => list(first, most, width),
                "isextended" => flag(!rest.is_empty()),
                "realsize" => {
                    let width = Layout::Gnu.width(field!("realsize"));
                    Value::from(number_field(self.size, width))
                }
                _ => value.clone(),
            };
            (name, value)
        }));
        let mut blocks = layout.pack(&header)?;
        if let Ok(block) = <[u8; BLOCK]>::try_from(&*blocks) {
            blocks = Draft::of(block, Layout::Gnu).seal()?.to_vec();
        }
        let (most, width) = room(Layout::GnuSparse);
        let mut chunks = rest.chunks(most.max(1)).peekable();
        while let Some(chunk) = chunks.next() {
            let record = Record::from_iter([
                ("sparse", list(chunk, most, width)),
                ("isextended", flag(chunks.peek().is_some())),
            ]);
            blocks.extend(Layout::GnuSparse.of_struct().pack(&record)?);
        }
        Ok(blocks)
    }
}

fn size(piece: &Range<u64>) -> u64 {
    piece.end.since(piece.start)
}

fn flag(yes: bool) -> Value {
    Value::from(if yes { &b"1"[..] } else { b"\0" })
}

fn number_field(value: u64, width: usize) -> Vec<u8> {
    number::field(value.into(), width).unwrap_or_default()
}

/// This many entries, the last ones empty.
fn list(entries: &[(u64, u64)], count: usize, width: usize) -> Value {
    let entry = |i: usize| {
        let fields = entries
            .get(i)
            .map(|&(offset, size)| (number_field(offset, width), number_field(size, width)));
        let (offset, size) = fields.unwrap_or_default();
        Value::Record(Record::from_iter([
            ("offset", Value::from(offset)),
            ("numbytes", Value::from(size)),
        ]))
    };
    Value::List((0..count).map(entry).collect())
}
