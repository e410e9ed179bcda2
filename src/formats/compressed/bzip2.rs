//! A stream of bzip2. It has no specification but its program; what is here is as `bzip2` 1.0.8 writes
//! it. Only the first block begins at a byte: where others do is known to a decoder alone.

use std::io;

use super::fields::range;
use crate::format::Parts;
use crate::schema::{Fact, Header};
use crate::tree::Node;
use crate::value::Value;

const STREAM: &str = "2s:magic s:version s:level";

static HEADER: Header = Header::new(
    "header",
    "The header of a stream",
    STREAM,
    &[STREAM],
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

/// What ends a stream: the digits of the square root of π, a CRC of all blocks, and zeros up to the end
/// of the byte.
const END_MAGIC: u64 = 0x1772_4538_5090;
const END_BITS: u32 = 80;

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

/// The bytes that the end of a stream has bits in. It begins at any bit, so that the first of them may
/// have the last bits of a block too.
fn end(parts: &Parts<'_>) -> io::Result<Option<Node>> {
    let size = u64::from(END_BITS.div_ceil(8)).saturating_add(1);
    let size = size.min(parts.left());
    let at = parts.end().saturating_sub(size);
    let bytes = parts.source().read(at, size)?;
    let bits = bytes
        .iter()
        .fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    for padding in 0..8u32 {
        let end = bits >> padding;
        if (end >> 32) & 0xffff_ffff_ffff != u128::from(END_MAGIC) {
            continue;
        }
        let size = u64::from(END_BITS.saturating_add(padding).div_ceil(8));
        let crc = end & 0xffff_ffff;
        let first = 8u32.saturating_sub(padding).wrapping_rem(8);
        let mut node = Node::new("end", range(parts.end().saturating_sub(size), parts.end()));
        node.meaning = Some(match first {
            0 => format!("end of the stream, CRC {crc:#010x}"),
            first => format!("end of the stream after {first} bits of a block, CRC {crc:#010x}"),
        });
        return Ok(Some(node));
    }
    Ok(None)
}
