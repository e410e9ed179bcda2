//! A frame of lz4 (LZ4 Frame Format 1.6.4).

use std::io;
use std::sync::LazyLock;

use super::fields::{Names, compiled, name};
use super::frames::{Block, blocks};
use super::zstd::skippable;
use crate::Struct;
use crate::codecs::is_skippable;
use crate::format::Parts;

static BLOCK: LazyLock<Struct> = LazyLock::new(|| compiled("<I{size:31 uncompressed:1}:header"));
static CHECKSUM: LazyLock<Struct> = LazyLock::new(|| compiled("<I:checksum"));
static END: LazyLock<Struct> = LazyLock::new(|| compiled("<I:end_mark"));

const NAMES: &Names = &[
    ("block_size", 4, "64 KiB at most"),
    ("block_size", 5, "256 KiB at most"),
    ("block_size", 6, "1 MiB at most"),
    ("block_size", 7, "4 MiB at most"),
];

/// Bits of the flags.
const DICTIONARY: u8 = 1;
const CONTENT_CHECKSUM: u8 = 1 << 2;
const CONTENT_SIZE: u8 = 1 << 3;
const BLOCK_CHECKSUM: u8 = 1 << 4;

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    let start = parts.ahead(5)?;
    if is_skippable(&start) {
        return skippable(parts);
    }
    let Some(flags) = start.get(4).copied() else {
        return Ok(None);
    };
    let has = |flag: u8| flags & flag != 0;
    let Some(header) = parts.header("header", &header(flags))? else {
        return Ok(None);
    };
    name(parts.nodes_mut(), NAMES);
    check_header(parts, &header);
    let mut after = 0;
    if is_whole {
        after = END.size().unwrap_or(0);
        if has(CONTENT_CHECKSUM) {
            after = CHECKSUM.size().unwrap_or(0).saturating_add(after);
        }
    }
    let block = match has(BLOCK_CHECKSUM) {
        true => block::<true>,
        false => block::<false>,
    };
    blocks(parts, parts.end().saturating_sub(after), block);
    if is_whole {
        parts.fields(&END)?;
        if has(CONTENT_CHECKSUM) {
            parts.fields(&CHECKSUM)?;
            if let Some(node) = parts.last("checksum") {
                node.hex = true;
                node.meaning = Some("the XXH32 of the content".to_owned());
            }
        }
    }
    Ok(None)
}

fn header(flags: u8) -> Struct {
    let part = |flag: u8, format| match flags & flag {
        0 => "",
        _ => format,
    };
    let content_size = part(CONTENT_SIZE, " Q:content_size");
    let dictionary = part(DICTIONARY, " I:dictionary");
    compiled(&format!(
        "<I:magic B{{dictionary:1 _:1 content_checksum:1 content_size:1 block_checksum:1 \
         independent:1 version:2}}:flags B{{_:4 block_size:3 _:1}}:block{content_size}{dictionary} \
         B:checksum"
    ))
}

/// The checksum of a header is the second byte of the XXH32 of what is between the magic number and it.
#[cfg(feature = "lz4")]
fn check_header(parts: &mut Parts<'_>, header: &[u8]) {
    let end = header.len().saturating_sub(1);
    let descriptor = header.get(4..end).unwrap_or_default();
    let sum = twox_hash::XxHash32::oneshot(0, descriptor);
    super::fields::check(parts, "checksum", (sum >> 8) & 0xff);
}

#[cfg(not(feature = "lz4"))]
fn check_header(_: &mut Parts<'_>, _: &[u8]) {}

fn block<const CHECKED: bool>(parts: &mut Parts<'_>) -> io::Result<Block> {
    let mut block = Block {
        meaning: None,
        goes_on: false,
    };
    if parts.fields(&BLOCK)?.is_none() {
        return Ok(block);
    }
    let size = parts.number("header.size").unwrap_or(0);
    if size == 0 {
        block.meaning = Some("end mark".to_owned());
        return Ok(block);
    }
    block.goes_on = parts.data("data", size);
    if CHECKED && block.goes_on {
        block.goes_on = parts.fields(&CHECKSUM)?.is_some();
        name(parts.nodes_mut(), NAMES);
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_header_has_the_size_that_the_specification_gives() {
        for flags in 0..=u8::MAX {
            let expected = 7 + u64::from(flags >> 3 & 1) * 8 + u64::from(flags & 1) * 4;
            assert_eq!(super::header(flags).size(), Some(expected));
        }
    }
}
