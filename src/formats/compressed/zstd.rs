//! A frame of zstd (RFC 8878, section 3.1).

use std::io;
use std::sync::LazyLock;

use super::fields::{Names, compiled, name};
use super::frames::{Block, blocks};
use crate::Struct;
use crate::codecs::{is_skippable, layout};
use crate::format::Parts;

static BLOCK: LazyLock<Struct> = LazyLock::new(|| compiled("<J{last:1 type:2 size:21}:header"));
static CHECKSUM: LazyLock<Struct> = LazyLock::new(|| compiled("<I:checksum"));
static SKIPPABLE: LazyLock<Struct> = LazyLock::new(|| compiled("<I:magic I:size"));

const NAMES: &Names = &[
    ("type", 0, "raw"),
    ("type", 1, "one byte, repeated"),
    ("type", 2, "compressed"),
    ("type", 3, "reserved"),
    ("checksum", 1, "at the end of the frame"),
    ("single_segment", 1, "the window is all of the content"),
];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    let start = parts.ahead(5)?;
    if is_skippable(&start) {
        return skippable(parts);
    }
    let Some(descriptor) = start.get(4) else {
        return Ok(None);
    };
    let Some(header) = parts.header("header", &layout::zstd_header(*descriptor))? else {
        return Ok(None);
    };
    name(parts.nodes_mut(), NAMES);
    let window = layout::zstd_window(&header);
    if let (Some(node), Some(size)) = (parts.last("window"), window) {
        node.meaning = Some(format!("{size} bytes"));
    }
    let size = layout::zstd_content_size(&header);
    // Of two bytes, the value is another.
    if let (Some(node), Some(size)) = (parts.last("content_size"), size)
        && node.range.size == 2
    {
        node.meaning = Some(format!("{size} bytes"));
    }
    let has_checksum = descriptor & 4 != 0 && is_whole;
    let checksum = match has_checksum {
        true => CHECKSUM.size().unwrap_or(0),
        false => 0,
    };
    blocks(parts, parts.end().saturating_sub(checksum), block);
    if has_checksum {
        parts.fields(&CHECKSUM)?;
        if let Some(node) = parts.last("checksum") {
            node.hex = true;
            node.meaning = Some("the lower half of the XXH64 of the content".to_owned());
        }
    }
    Ok(None)
}

/// A frame that holds nothing of the content (section 3.1.2); lz4 has them too.
pub(super) fn skippable(parts: &mut Parts<'_>) -> io::Result<Option<String>> {
    parts.fields(&SKIPPABLE)?;
    name(parts.nodes_mut(), NAMES);
    parts.data("data", parts.left());
    Ok(Some("skippable: no content".to_owned()))
}

fn block(parts: &mut Parts<'_>) -> io::Result<Block> {
    let mut block = Block {
        meaning: None,
        goes_on: false,
    };
    if parts.fields(&BLOCK)?.is_none() {
        return Ok(block);
    }
    name(parts.nodes_mut(), NAMES);
    let size = parts.number("header.size").unwrap_or(0);
    let is_last = parts.number("header.last") != Some(0);
    let stored = match parts.number("header.type") {
        Some(1) => {
            block.meaning = Some(format!("a byte, {size} times"));
            1
        }
        Some(0 | 2) => size,
        _ => return Ok(block),
    };
    block.goes_on = parts.data("data", stored) && !is_last;
    Ok(block)
}
