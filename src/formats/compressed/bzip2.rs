//! A stream of bzip2. It has no specification but its program; what is here is as `bzip2` 1.0.8 writes
//! it. Only the first block begins at a byte: where others do is known to a decoder alone.

use std::io;

use super::fields::range;
use crate::codecs::BZIP2_END;
use crate::format::Parts;
use crate::offset::Position;
use crate::schema::{Fact, Field, Header};
use crate::tree::Node;
use crate::value::Value;

const STREAM: &str = "2s:magic s:version s:level";
const ENDING: &str = ">6s:magic I:crc32";
const FORMATS: [&str; 2] = [STREAM, ENDING];

const MAGIC: Field = Field::of(&FORMATS, "magic");
const CRC32: Field = Field::of(&FORMATS, "crc32");

static HEADER: Header = Header::new(
    "header",
    "The header of a stream",
    STREAM,
    &FORMATS,
    &[&[("level", Fact::Shown(block_size))]],
);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[&HEADER];

fn block_size(level: &Value) -> Option<String> {
    match level.as_bytes()? {
        [digit @ b'1'..=b'9'] => {
            let digit = char::from(*digit);
            Some(format!("blocks of up to {digit}00,000 bytes"))
        }
        _ => None,
    }
}

/// The end of a stream: a mark, and a CRC of all blocks. It begins at any bit, and zeros follow it up to the end
/// of the byte.
static TRAILER: Header = Header::new("end", "What ends a stream", ENDING, &FORMATS, &[]);

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if parts.stated(&HEADER)?.is_none() {
        return Ok(None);
    }
    let end = match is_whole {
        true => end(parts)?,
        false => None,
    };
    let size = end.as_ref().map_or(0, |node| node.range.size);
    parts.data("data", parts.left().saturating_sub(size));
    if let Some(end) = end {
        parts.push(end);
    }
    Ok(None)
}

/// The bytes that have bits of the end of a stream. It begins at any bit, so that the first of them may
/// have the last bits of a block too.
fn end(parts: &Parts<'_>) -> io::Result<Option<Node>> {
    let whole = TRAILER.size();
    let size = whole.saturating_add(1).min(parts.left());
    let at = parts.end().since(size);
    let bytes = parts.source().read(at, size)?;
    let bits = bytes
        .iter()
        .fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    for padding in 0..8u32 {
        let aligned = (bits >> padding).to_be_bytes();
        let trailer = usize::try_from(whole)
            .ok()
            .and_then(|whole| aligned.get(aligned.len().checked_sub(whole)?..))
            .unwrap_or_default();
        if TRAILER.bytes(trailer, MAGIC) != Some(BZIP2_END) {
            continue;
        }
        let Some(crc) = TRAILER.get::<u32>(trailer, CRC32) else {
            continue;
        };
        let size = whole.past(u64::from(padding > 0));
        let first = 8u32.since(padding).wrapping_rem(8);
        let mut node = Node::new("end", range(parts.end().since(size), parts.end()));
        node.meaning = Some(match first {
            0 => format!("end of the stream, CRC {crc:#010x}"),
            first => format!("end of the stream after {first} bits of a block, CRC {crc:#010x}"),
        });
        return Ok(Some(node));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_headers_are_sound() {
        super::HEADER.assert_sound();
        super::TRAILER.assert_sound();
        assert_eq!(super::TRAILER.size(), 10);
    }
}
