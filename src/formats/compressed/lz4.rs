//! A frame of lz4 (LZ4 Frame Format 1.6.4).

use std::borrow::Cow;
use std::io;

use super::frames::{Block, blocks};
use super::zstd::skippable;
use crate::codecs::LZ4_LEGACY;
use crate::codecs::layout::{self, LZ4_LEGACY_BLOCK, SKIPPABLE, is_skippable};
use crate::format::Parts;
#[cfg(feature = "lz4")]
use crate::offset::Position;
use crate::schema::{Fact, Field, Header, names};

const FRAME: &str = "<I:magic \
    B{dictionary:1 _:1 content_checksum:1 content_size:1 block_checksum:1 independent:1 \
    version:2}:flags \
    B{_:4 block_size:3 _:1}:block \
    {flags.content_size: Q:content_size} {flags.dictionary: I:dictionary} B:checksum";
/// The older form (section "Legacy frame"), whose blocks have their size alone before them.
const LEGACY: &str = "<I:magic";
const BLOCK: &str = "<I{size:31 uncompressed:1}:header";
const SUM: &str = "<I:checksum";
const ENDING: &str = "<I:end_mark";
const FORMATS: [&str; 5] = [FRAME, LEGACY, BLOCK, SUM, ENDING];

const CONTENT_CHECKSUM: Field = Field::of(&FORMATS, "flags.content_checksum");
const BLOCK_CHECKSUM: Field = Field::of(&FORMATS, "flags.block_checksum");
const SIZE: Field = Field::of(&FORMATS, "header.size");

static HEADER: Header = Header::new(
    "header",
    "The header of a frame",
    FRAME,
    &FORMATS,
    &[&[
        ("magic", Fact::Hex),
        ("checksum", Fact::Hex),
        (
            "block.block_size",
            names![
                4 => "64 KiB at most",
                5 => "256 KiB at most",
                6 => "1 MiB at most",
                7 => "4 MiB at most",
            ],
        ),
    ]],
);
static LEGACY_HEADER: Header = Header::new(
    "header",
    "The header of a legacy frame",
    LEGACY,
    &FORMATS,
    &[&[
        ("magic", Fact::Hex),
        (
            "magic",
            Fact::Note(Cow::Borrowed(
                "the form of the first versions and of Linux kernels",
            )),
        ),
    ]],
);
static BLOCK_HEADER: Header = Header::new("header", "The header of a block", BLOCK, &FORMATS, &[]);
static BLOCK_SUM: Header = Header::new(
    "checksum",
    "The checksum of a block",
    SUM,
    &FORMATS,
    &[&[("checksum", Fact::Hex)]],
);
static CONTENT_SUM: Header = Header::new(
    "checksum",
    "The checksum of a frame",
    SUM,
    &FORMATS,
    &[&[
        ("checksum", Fact::Hex),
        (
            "checksum",
            Fact::Note(Cow::Borrowed("the XXH32 of the content")),
        ),
    ]],
);
static END: Header = Header::new("end", "What ends the blocks", ENDING, &FORMATS, &[]);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[
    &HEADER,
    &BLOCK_HEADER,
    &BLOCK_SUM,
    &END,
    &CONTENT_SUM,
    &LEGACY_HEADER,
    &LZ4_LEGACY_BLOCK,
];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    if is_skippable(&parts.ahead(SKIPPABLE.size())?) {
        return skippable(parts);
    }
    if parts.ahead(LEGACY_HEADER.size())?.starts_with(LZ4_LEGACY) {
        parts.stated_fields(&LEGACY_HEADER)?;
        blocks(parts, parts.end(), legacy_block);
        return Ok(Some("legacy".to_owned()));
    }
    let Some(header) = parts.stated(&HEADER)? else {
        return Ok(None);
    };
    let has = |field: Field| parts.number(field.path()) == Some(1);
    let has_checksum = has(CONTENT_CHECKSUM);
    let block = match has(BLOCK_CHECKSUM) {
        true => block::<true>,
        false => block::<false>,
    };
    check_header(parts, &header);
    let after = match (is_whole, has_checksum) {
        (false, _) => 0,
        (true, false) => END.size(),
        (true, true) => END.size().saturating_add(CONTENT_SUM.size()),
    };
    blocks(parts, parts.end().saturating_sub(after), block);
    if is_whole {
        parts.stated_fields(&END)?;
        if has_checksum {
            parts.stated_fields(&CONTENT_SUM)?;
        }
    }
    Ok(None)
}

/// The checksum of a header is the second byte of the XXH32 of what is between the magic number and it.
#[cfg(feature = "lz4")]
fn check_header(parts: &mut Parts<'_>, header: &[u8]) {
    const FLAGS: Field = Field::of(&FORMATS, "flags");
    const CHECKSUM: Field = Field::of(&FORMATS, "checksum");
    let mut place = |field: Field| Some(parts.last(field.name())?.range.offset);
    let (Some(flags), Some(end)) = (place(FLAGS), place(CHECKSUM)) else {
        return;
    };
    let start = parts.at().since(header.len() as u64);
    let index = |at: u64| usize::try_from(at.since(start)).unwrap_or(usize::MAX);
    let descriptor = header.get(index(flags)..index(end)).unwrap_or_default();
    let sum = twox_hash::XxHash32::oneshot(0, descriptor);
    super::fields::check(parts, CHECKSUM, (sum >> 8) & 0xff);
}

#[cfg(not(feature = "lz4"))]
fn check_header(_: &mut Parts<'_>, _: &[u8]) {}

fn block<const CHECKED: bool>(parts: &mut Parts<'_>) -> io::Result<Block> {
    let mut block = Block {
        meaning: None,
        goes_on: false,
    };
    if parts.stated_fields(&BLOCK_HEADER)?.is_none() {
        return Ok(block);
    }
    let size = parts.number(SIZE.path()).unwrap_or(0);
    if size == 0 {
        block.meaning = Some("end mark".to_owned());
        return Ok(block);
    }
    block.goes_on = parts.data("data", size);
    if CHECKED && block.goes_on {
        block.goes_on = parts.stated_fields(&BLOCK_SUM)?.is_some();
    }
    Ok(block)
}

fn legacy_block(parts: &mut Parts<'_>) -> io::Result<Block> {
    let has_header = parts.stated_fields(&LZ4_LEGACY_BLOCK)?.is_some();
    let size = parts
        .number(layout::field!("compressed_size").path())
        .unwrap_or(0);
    Ok(Block {
        meaning: None,
        goes_on: has_header && parts.data("data", size),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_has_the_size_that_the_specification_gives() {
        for header in HEADERS {
            header.assert_sound();
        }
        for flags in 0..=u8::MAX {
            let expected = 7 + usize::from(flags >> 3 & 1) * 8 + usize::from(flags & 1) * 4;
            let start = [&b"\x04\x22\x4d\x18"[..], &[flags], &[0; 20]].concat();
            let (_, size) = HEADER.layout().unpack_prefix(&start).unwrap();
            assert_eq!(size, expected, "{flags:#x}");
        }
    }
}
