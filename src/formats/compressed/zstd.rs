//! A frame of zstd (RFC 8878, section 3.1).

use std::io;
use std::sync::LazyLock;

use super::parts::{Names, Parts, compiled, name};
use crate::Struct;
use crate::codecs::{is_skippable, layout};

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

pub(super) fn parts(parts: &mut Parts<'_>) -> io::Result<()> {
    let start = parts.ahead(5)?;
    if is_skippable(&start) {
        return skippable(parts);
    }
    let Some(descriptor) = start.get(4) else {
        return Ok(());
    };
    let Some(header) = parts.header("header", &layout::zstd_header(*descriptor))? else {
        return Ok(());
    };
    name(&mut parts.nodes, NAMES);
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
    let has_checksum = descriptor & 4 != 0 && parts.is_whole;
    let checksum = match has_checksum {
        true => CHECKSUM.size().unwrap_or(0),
        false => 0,
    };
    parts.blocks(parts.end.saturating_sub(checksum), block);
    if has_checksum {
        parts.fields(&CHECKSUM)?;
        if let Some(node) = parts.last("checksum") {
            node.hex = true;
            node.meaning = Some("the lower half of the XXH64 of the content".to_owned());
        }
    }
    Ok(())
}

/// A frame that holds nothing of the content (section 3.1.2); lz4 has them too.
pub(super) fn skippable(parts: &mut Parts<'_>) -> io::Result<()> {
    parts.meaning = Some("skippable: no content".to_owned());
    parts.fields(&SKIPPABLE)?;
    name(&mut parts.nodes, NAMES);
    parts.data(parts.left());
    Ok(())
}

fn block(parts: &mut Parts<'_>) -> io::Result<bool> {
    let Some(header) = parts.fields(&BLOCK)? else {
        return Ok(false);
    };
    name(&mut parts.nodes, NAMES);
    let view = BLOCK.view(&header).map_err(io::Error::other)?;
    let bits = |name| view.get::<u32>(name).map_err(io::Error::other);
    let (kind, size) = (bits("header.type")?, bits("header.size")?);
    let stored = match kind {
        1 => 1,
        3 => return Ok(false),
        _ => size,
    };
    parts.meaning = match kind {
        1 => Some(format!("a byte, {size} times")),
        _ => None,
    };
    let is_whole = parts.data(stored.into());
    Ok(is_whole && bits("header.last")? == 0)
}
