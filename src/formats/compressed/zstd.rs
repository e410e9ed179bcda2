//! A frame of zstd (RFC 8878, section 3.1).

use std::io;

use super::frames::{Block, blocks};
use crate::codecs::layout::{
    SKIPPABLE, ZSTD_FRAME, content_size, field, is_skippable, window_size,
};
use crate::format::Parts;
use crate::schema::{Fact, Field, Header, names};

const BLOCK: &str = "<J{last:1 type:2 size:21}:header";
const ENDING: &str = "<I:checksum";
const FORMATS: [&str; 2] = [BLOCK, ENDING];

const LAST: Field = Field::of(&FORMATS, "header.last");
const TYPE: Field = Field::of(&FORMATS, "header.type");
const SIZE: Field = Field::of(&FORMATS, "header.size");

static BLOCK_HEADER: Header = Header::new(
    "header",
    "The header of a block (section 3.1.1.2)",
    BLOCK,
    &FORMATS,
    &[&[(
        "header.type",
        names![
            0 => "raw",
            1 => "one byte, repeated",
            2 => "compressed",
            3 => "reserved",
        ],
    )]],
);
static CHECKSUM: Header = Header::new(
    "checksum",
    "The checksum of a frame",
    ENDING,
    &FORMATS,
    &[&[
        ("checksum", Fact::Hex),
        (
            "checksum",
            Fact::Note(std::borrow::Cow::Borrowed(
                "the lower half of the XXH64 of the content",
            )),
        ),
    ]],
);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[&ZSTD_FRAME, &BLOCK_HEADER, &CHECKSUM, &SKIPPABLE];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if is_skippable(&parts.ahead(SKIPPABLE.size())?) {
        return skippable(parts);
    }
    if parts.stated(&ZSTD_FRAME)?.is_none() {
        return Ok(None);
    }
    let number = |field: Field| parts.number(field.path());
    let (window, size) = (window_size(number), content_size(number));
    let has_checksum = number(field!("descriptor.checksum")) == Some(1) && is_whole;
    if let (Some(node), Some(size)) = (parts.last(field!("window").name()), window) {
        node.meaning = Some(format!("{size} bytes"));
    }
    // A field of two bytes states its value minus 256.
    if let (Some(node), Some(size)) = (parts.last(field!("content_size").name()), size)
        && node.range.size == 2
    {
        node.meaning = Some(format!("{size} bytes"));
    }
    let checksum = match has_checksum {
        true => CHECKSUM.size(),
        false => 0,
    };
    blocks(parts, parts.end().saturating_sub(checksum), block);
    if has_checksum {
        parts.stated_fields(&CHECKSUM)?;
    }
    Ok(None)
}

/// A frame that holds nothing of the content; lz4 has them too.
pub(super) fn skippable(parts: &mut Parts<'_>) -> io::Result<Option<String>> {
    parts.stated_fields(&SKIPPABLE)?;
    parts.data("data", parts.left());
    Ok(Some("skippable: no content".to_owned()))
}

fn block(parts: &mut Parts<'_>) -> io::Result<Block> {
    let mut block = Block {
        meaning: None,
        goes_on: false,
    };
    if parts.stated_fields(&BLOCK_HEADER)?.is_none() {
        return Ok(block);
    }
    let number = |field: Field| parts.number(field.path());
    let size = number(SIZE).unwrap_or(0);
    let is_last = number(LAST) != Some(0);
    let stored = match number(TYPE) {
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_headers_are_sound() {
        super::BLOCK_HEADER.assert_sound();
        super::CHECKSUM.assert_sound();
    }
}
