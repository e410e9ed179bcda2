//! Which pieces of a sparse file an archive holds, as its map says: in the header and the blocks
//! after it (old GNU), in pax records (versions 0.0 and 0.1), in front of the data (1.0).

use serde::Deserialize;

use super::archive::Archive;
use super::error::{Error, ErrorKind};
use super::input::fill;
use super::layout::{BLOCK, Layout};
use super::member::{Member, decimal};
use super::number;
use crate::offset::{Position, Tally};

/// A map of more entries than this is taken for an attack.
const MOST_PIECES: usize = 1_000_000;

/// A piece of a sparse file that isn't a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// Where it is in the file.
    pub offset: u64,
    /// How many bytes it has.
    pub size: u64,
}

impl Piece {
    pub(super) fn new(offset: u64, size: u64) -> Piece {
        Piece { offset, size }
    }

    /// The offset after it.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.size)
    }
}

/// What is wrong with the map of a sparse file. Entries are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SparseFault {
    /// There is no map of a known sort.
    #[error("the map of the sparse file is wrong: there is none of a known sort")]
    Missing,
    /// The map has more entries than are read, 1,000,000.
    #[error("the map of the sparse file is wrong: it has more than {MOST_PIECES} entries")]
    TooMany,
    /// The map ends before its last entry does.
    #[error("the map of the sparse file is wrong: it ends before its last entry does")]
    Short,
    /// An entry, or the number of entries, is no number.
    #[error("the map of the sparse file is wrong: entry {entry} is no pair of numbers")]
    NoNumber {
        /// Which entry.
        entry: usize,
    },
    /// An entry begins before the one in front of it ends.
    #[error(
        "the map of the sparse file is wrong: entry {entry} begins before the one in front of it ends"
    )]
    Backwards {
        /// Which entry.
        entry: usize,
    },
    /// An entry ends after the end of the file.
    #[error(
        "the map of the sparse file is wrong: entry {entry} ends after the file's {size} bytes"
    )]
    Beyond {
        /// Which entry.
        entry: usize,
        /// The size of the file.
        size: u64,
    },
    /// The pieces have another size than the data.
    #[error("the map of the sparse file is wrong: its pieces have {pieces} bytes, the data {data}")]
    Sum {
        /// The size of the pieces.
        pieces: u64,
        /// The size of the data.
        data: u64,
    },
}

/// The pieces of the member that `archive` gave last, checked; what its data still have to give
/// are these.
pub(super) fn pieces(archive: &mut Archive, member: &Member) -> Result<Vec<Piece>, Error> {
    let wrong = |fault| Error::new(ErrorKind::Sparse(fault)).at(member.header_offset);
    let record = |keyword: &str| member.pax.get(keyword);
    let pieces = if let Some(map) = archive.take_gnu_map() {
        map.0.map_err(wrong)?
    } else if record("GNU.sparse.major") == Some(b"1") {
        before_the_data(archive).map_err(|failure| match failure {
            Failure::Fault(fault) => wrong(fault),
            Failure::Read(error) => error,
        })?
    } else if let Some(map) = record("GNU.sparse.map") {
        pairs(map.split(|&byte| byte == b',')).map_err(wrong)?
    } else {
        // Version 0.0 has a record a number.
        let keywords: [&[u8]; 2] = [b"GNU.sparse.offset", b"GNU.sparse.numbytes"];
        let records = member.pax.iter();
        let numbers = records.filter(|record| keywords.contains(&&*record.keyword));
        pairs(numbers.map(|record| &*record.value)).map_err(wrong)?
    };
    check(&pieces, member.size, archive.data().remaining()).map_err(wrong)?;
    Ok(pieces)
}

fn pairs<'a>(mut numbers: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Piece>, SparseFault> {
    let mut pieces = Vec::new();
    while let Some(offset) = numbers.next() {
        let entry = pieces.len();
        let size = numbers.next().ok_or(SparseFault::Short)?;
        let (Some(offset), Some(size)) = (decimal(offset), decimal(size)) else {
            return Err(SparseFault::NoNumber { entry });
        };
        if entry >= MOST_PIECES {
            return Err(SparseFault::TooMany);
        }
        pieces.push(Piece { offset, size });
    }
    match pieces.is_empty() {
        true => Err(SparseFault::Missing),
        false => Ok(pieces),
    }
}

enum Failure {
    Fault(SparseFault),
    Read(Error),
}

impl From<SparseFault> for Failure {
    fn from(fault: SparseFault) -> Failure {
        Failure::Fault(fault)
    }
}

/// Version 1.0: lines of a number each, the number of entries first, in whole blocks.
fn before_the_data(archive: &mut Archive) -> Result<Vec<Piece>, Failure> {
    let mut lines = Lines {
        archive,
        block: [0; BLOCK],
        at: BLOCK,
    };
    let count = lines.number(0)?;
    if count > MOST_PIECES as u64 {
        return Err(SparseFault::TooMany.into());
    }
    let mut pieces = Vec::new();
    // Grows with what is read, whatever the count says.
    while (pieces.len() as u64) < count {
        let entry = pieces.len();
        let (offset, size) = (lines.number(entry)?, lines.number(entry)?);
        pieces.push(Piece { offset, size });
    }
    Ok(pieces)
}

struct Lines<'r, 'a> {
    archive: &'r mut Archive<'a>,
    block: [u8; BLOCK],
    at: usize,
}

impl Lines<'_, '_> {
    /// The next line, which belongs to this entry.
    fn number(&mut self, entry: usize) -> Result<u64, Failure> {
        let fault = SparseFault::NoNumber { entry };
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return Ok(decimal(&line).ok_or(fault)?),
                // A number of 64 bits has at most 20 digits.
                _ if line.len() == 20 => return Err(fault.into()),
                byte => line.push(byte),
            }
        }
    }

    fn byte(&mut self) -> Result<u8, Failure> {
        if self.at == BLOCK {
            if self.archive.data().remaining() < BLOCK as u64 {
                return Err(SparseFault::Short.into());
            }
            let read = fill(&mut self.block, |rest| self.archive.read_data(rest));
            read.map_err(Failure::Read)?;
            self.at = 0;
        }
        let byte = self.block.get(self.at).copied().unwrap_or_default();
        self.at.advance(1);
        Ok(byte)
    }
}

/// Checks that the pieces follow each other inside the file, and are what the data hold.
fn check(pieces: &[Piece], size: u64, data: u64) -> Result<(), SparseFault> {
    let (mut end, mut sum) = (0, 0u64);
    // No file is larger than a signed number of 64 bits says.
    let largest = size.min(i64::MAX.unsigned_abs());
    for (entry, piece) in pieces.iter().enumerate() {
        if piece.offset < end {
            return Err(SparseFault::Backwards { entry });
        }
        let after = piece.offset.checked_add(piece.size);
        end = after
            .filter(|&end| end <= largest)
            .ok_or(SparseFault::Beyond { entry, size })?;
        // No overflow: the pieces don't overlap.
        sum.tally(piece.size);
    }
    if size > largest {
        let entry = pieces.len();
        return Err(SparseFault::Beyond { entry, size });
    }
    match sum == data {
        true => Ok(()),
        false => Err(SparseFault::Sum { pieces: sum, data }),
    }
}

/// The map in the header of an old GNU member and in the blocks after it.
#[derive(Debug)]
pub(super) struct GnuMap(Result<Vec<Piece>, SparseFault>);

/// What the two sorts of blocks have in common.
#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    sparse: Vec<(&'a [u8], &'a [u8])>,
    isextended: &'a [u8],
}

impl GnuMap {
    pub(super) fn new() -> GnuMap {
        GnuMap(Ok(Vec::new()))
    }

    /// Takes the entries of a block, and says whether another one follows it.
    pub(super) fn add(&mut self, layout: Layout, block: &[u8]) -> Result<bool, Error> {
        let block: Block<'_> = layout.of_struct().deserialize(block)?;
        for (offset, size) in block.sparse {
            // Writers leave what they don't need as zeros.
            if size.first() == Some(&0) {
                break;
            }
            let Ok(pieces) = &mut self.0 else { break };
            let entry = pieces.len();
            let number = |field| u64::try_from(number::parse(field).ok()?).ok();
            match (number(offset), number(size)) {
                _ if entry >= MOST_PIECES => self.0 = Err(SparseFault::TooMany),
                (Some(offset), Some(size)) => pieces.push(Piece { offset, size }),
                _ => self.0 = Err(SparseFault::NoNumber { entry }),
            }
        }
        // Any other byte, a digit 0 too, as every reader has it.
        Ok(block.isextended != b"\0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_each_other_inside_the_file() {
        let check = |pieces: &[(u64, u64)], size, data| {
            let pieces = pieces.iter().map(|&(offset, size)| Piece { offset, size });
            check(&pieces.collect::<Vec<_>>(), size, data)
        };
        assert_eq!(check(&[], 0, 0), Ok(()));
        assert_eq!(check(&[(0, 5), (5, 1), (100, 0)], 100, 6), Ok(()));
        let backwards = Err(SparseFault::Backwards { entry: 1 });
        assert_eq!(check(&[(10, 5), (0, 5)], 100, 10), backwards);
        assert_eq!(check(&[(0, 5), (4, 5)], 100, 10), backwards);
        let beyond = |size| Err(SparseFault::Beyond { entry: 0, size });
        assert_eq!(check(&[(99, 2)], 100, 2), beyond(100));
        assert_eq!(check(&[(u64::MAX, 2)], u64::MAX, 2), beyond(u64::MAX));
        assert_eq!(check(&[(1 << 63, 1)], u64::MAX, 1), beyond(u64::MAX));
        let sum = Err(SparseFault::Sum { pieces: 5, data: 6 });
        assert_eq!(check(&[(0, 5)], 100, 6), sum);
    }

    #[test]
    fn an_empty_number_is_none() {
        let numbers: [&[u8]; 2] = [b"0", b""];
        let fault = pairs(numbers.into_iter()).unwrap_err();
        assert_eq!(fault, SparseFault::NoNumber { entry: 0 });
    }

    #[test]
    fn an_old_map_has_at_most_a_million_entries() {
        let mut block = [0; BLOCK];
        block[..24].copy_from_slice(b"00000000000\x0000000000000\0");
        for (before, expected) in [
            (MOST_PIECES - 1, Ok(MOST_PIECES)),
            (MOST_PIECES, Err(SparseFault::TooMany)),
        ] {
            let mut map = GnuMap(Ok(vec![Piece::new(0, 0); before]));
            assert!(!map.add(Layout::GnuSparse, &block).unwrap());
            assert_eq!(map.0.map(|pieces| pieces.len()), expected);
        }
    }
}
