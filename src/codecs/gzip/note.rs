//! A note at the end of a gzip stream, which every other tool ignores: empty members, whose extra fields hold it (RFC
//! 1952, section 2.3.1.1).
//!
//! Its last member is of a fixed size, and says where the note begins, how long it is, and how long
//! the file is: a file to which something was added later has none.

use std::io::{self, Write};

use flate2::Crc;

use super::layout::{NOTE_END, NOTE_PIECE, field};
use crate::offset::Position;
use crate::source::SourceOf;
use crate::{Record, Value};

/// The longest note that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// The bytes that fit into one extra field beside its own header.
const MOST: usize = 0xffff - 4;

/// Writes a note after a stream of `start` bytes.
///
/// ```
/// use std::io::Write;
/// use bytewright::Source;
/// use bytewright::codecs::gzip::{Writer, note};
///
/// let mut writer = Writer::new(Vec::new(), 6);
/// writer.write_all(b"some content")?;
/// let (mut file, blocks) = writer.finish()?;
/// note::write(&mut file, blocks.end(), b"some note")?;
/// let note = note::find(&Source::from(file))?.expect("there is one");
/// assert_eq!((note.start, &*note.data), (blocks.end(), &b"some note"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the writer fails.
pub fn write(out: &mut impl Write, start: u64, note: &[u8]) -> io::Result<()> {
    let mut end = start;
    for piece in note.chunks(MOST) {
        let extra_size = piece.len().past(4) as u64;
        let member = NOTE_PIECE.layout().pack(&Record::from_iter([
            ("extra_size", Value::from(extra_size)),
            ("data", Value::from(piece)),
        ]));
        let member = member.map_err(io::Error::other)?;
        end.advance(member.len() as u64);
        out.write_all(&member)?;
    }
    end.advance(NOTE_END.size());
    let member = NOTE_END.layout().pack(&[
        Value::from(start),
        Value::from(note.len() as u64),
        Value::from(end),
        Value::from(checksum(note)),
    ]);
    out.write_all(&member.map_err(io::Error::other)?)
}

/// A note that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Where it begins, and the compressed content ends.
    pub start: u64,
    /// Its content.
    pub data: Vec<u8>,
}

/// The note at the end of a file; `None` where there is none, or a damaged one.
///
/// # Errors
///
/// When the file can't be read.
pub fn find(file: &SourceOf<'_>) -> io::Result<Option<Note>> {
    find_up_to(file, LONGEST)
}

/// The same of a note that is no longer than that.
pub(super) fn find_up_to(file: &SourceOf<'_>, longest: u64) -> io::Result<Option<Note>> {
    let Some(size) = file.known_size() else {
        return Ok(None);
    };
    let last = NOTE_END.size();
    let Some(at) = size.checked_sub(last) else {
        return Ok(None);
    };
    let member = file.read(at, last)?;
    // Unpacking checks the constants.
    if NOTE_END.layout().unpack(&member).is_err() {
        return Ok(None);
    }
    let number = |field| NOTE_END.get::<u64>(&member, field);
    let numbers = [
        field!("start"),
        field!("size"),
        field!("file_size"),
        field!("checksum"),
    ]
    .map(number);
    let [Some(start), Some(length), Some(file_size), Some(stored)] = numbers else {
        return Ok(None);
    };
    let available = at.checked_sub(start).unwrap_or(u64::MAX);
    // The members take little more than the note that they hold.
    let fits = (length..=length.saturating_mul(2).saturating_add(64)).contains(&available);
    if file_size != size || length > longest || !fits {
        return Ok(None);
    }
    let members = file.read(start, available)?;
    let mut rest = &*members;
    let mut data = Vec::new();
    while !rest.is_empty() {
        let Ok((piece, read)) = NOTE_PIECE.layout().unpack_prefix(rest) else {
            return Ok(None);
        };
        let part = piece
            .get(field!("data").path())
            .and_then(Value::as_bytes)
            .unwrap_or_default();
        let whole = part.len().past(4) as u64;
        if piece
            .get(field!("extra_size").path())
            .and_then(Value::as_u64)
            != Some(whole)
        {
            return Ok(None);
        }
        data.extend_from_slice(part);
        rest = rest.get(read..).unwrap_or_default();
    }
    let whole = data.len() as u64 == length && checksum(&data) == stored;
    Ok(whole.then_some(Note { start, data }))
}

fn checksum(note: &[u8]) -> u64 {
    let mut crc = Crc::new();
    crc.update(note);
    crc.sum().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn with_note(note: &[u8]) -> (Vec<u8>, u64) {
        let mut writer = super::super::Writer::new(Vec::new(), 6);
        writer.write_all(b"content").unwrap();
        let (mut file, blocks) = writer.finish().unwrap();
        write(&mut file, blocks.end(), note).unwrap();
        (file, blocks.end())
    }

    #[test]
    fn a_note_of_any_size_is_found_and_read_over() {
        for size in [0, 1, MOST, MOST + 1, 200_000] {
            let note: Vec<u8> = (0u8..=252).cycle().take(size).collect();
            let (file, start) = with_note(&note);
            let found = find(&file.clone().into()).unwrap().unwrap();
            assert!(found == Note { start, data: note }, "{size}");
            let mut text = String::new();
            let mut others = flate2::read::MultiGzDecoder::new(&*file);
            others.read_to_string(&mut text).unwrap();
            assert_eq!(text, "content");
        }
    }

    #[test]
    fn a_damaged_note_is_none() {
        let (file, start) = with_note(&[5; 100]);
        assert_eq!(find(&file[..file.len() - 1].to_vec().into()).unwrap(), None);
        assert_eq!(find(&[&file[..], b"\0"].concat().into()).unwrap(), None);
        for at in usize::try_from(start).unwrap()..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert_eq!(find(&damaged.into()).unwrap(), None, "at {at}");
        }
    }
}
