//! A stream of xz (The .xz File Format 1.0.4, section 2). Where its blocks are, its index says, which
//! comes after them.

use std::io;
use std::sync::Arc;

use flate2::Crc;

use super::C006;
use super::fields::{check, range};
use crate::Source;
use crate::format::Parts;
use crate::offset::Position;
use crate::schema::{Fact, Field, Header, names};
use crate::tree::{Expand, Node, Range, Role, Space};

/// A record of the index; its size is that of a block without its padding.
macro_rules! record {
    () => {
        "V:unpadded_size V:uncompressed_size"
    };
}
/// The beginning of the index.
macro_rules! indicator_and_count {
    () => {
        "<B:indicator V:count "
    };
}

const STREAM: &str = "<6s:magic B:reserved B{check:4 _:4}:flags I:crc32";
const ENDING: &str = "<I:crc32 I:backward_size B:reserved B{check:4 _:4}:flags 2s:magic";
const BLOCK: &str = "<B:size B{filters:2 _:4 has_compressed:1 has_uncompressed:1}:flags \
    {flags.has_compressed: V:compressed_size} {flags.has_uncompressed: V:uncompressed_size} \
    [flags.filters + 1](V:id V:size [size]s:properties):filters";
const COUNT: &str = indicator_and_count!();
const RECORD: &str = concat!("<", record!());
const RECORDS: &str = concat!(
    indicator_and_count!(),
    "[count](",
    record!(),
    "):records |4 I:crc32"
);
const CRC32: &str = "<I:crc32";
const FORMATS: [&str; 7] = [STREAM, ENDING, BLOCK, COUNT, RECORD, RECORDS, CRC32];

/// A field of a structure by its name; one that none has does not compile.
macro_rules! field {
    ($path:literal) => {
        const { Field::of(&FORMATS, $path) }
    };
}

/// The type of check in the blocks of a stream, which both header and footer state.
const CHECK: Field = Field::of(&[STREAM], "flags.check");

const CHECKS: Fact = names![0 => "none", 1 => "CRC32", 4 => "CRC64", 10 => "SHA-256"];

static HEADER: Header = Header::new(
    "header",
    "The header of a stream (section 2.1.1)",
    STREAM,
    &FORMATS,
    &[&[("flags.check", CHECKS), ("crc32", Fact::Hex)]],
);
static FOOTER: Header = Header::new(
    "footer",
    "What ends a stream (section 2.1.2)",
    ENDING,
    &FORMATS,
    &[&[("flags.check", CHECKS), ("crc32", Fact::Hex)]],
);
static BLOCK_HEADER: Header = Header::new(
    "header",
    "The header of a block (section 3.1)",
    BLOCK,
    &FORMATS,
    &[&[(
        "filters[].id",
        names![
            0x03 => "delta",
            0x04 => "x86",
            0x05 => "PowerPC",
            0x06 => "IA-64",
            0x07 => "ARM",
            0x08 => "ARM Thumb",
            0x09 => "SPARC",
            0x0a => "ARM64",
            0x0b => "RISC-V",
            0x21 => "LZMA2",
        ],
    )]],
);
static INDEX: Header = Header::new(
    "index",
    "The index of a stream (section 4)",
    RECORDS,
    &FORMATS,
    &[&[("crc32", Fact::Hex)]],
);
static INDEX_START: Header =
    Header::new("index", "What an index begins with", COUNT, &FORMATS, &[]);
static INDEX_RECORD: Header = Header::new("record", "A record", RECORD, &FORMATS, &[]);
static CRC: Header = Header::new(
    "crc32",
    "What ends the header of a block",
    CRC32,
    &FORMATS,
    &[&[("crc32", Fact::Hex)]],
);

/// The structures of a stream.
pub(super) static HEADERS: &[&Header] = &[&HEADER, &BLOCK_HEADER, &CRC, &INDEX, &FOOTER];

/// The largest index that is parsed, in bytes: that of over 2 million blocks.
const MAX_INDEX: u64 = 16 << 20;

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    let Some(header) = parts.stated(&HEADER)? else {
        return Ok(None);
    };
    let flags = stream_flags(&HEADER, &header);
    let check_type = parts.number(CHECK.path());
    let check_type = check_type.and_then(|check| usize::try_from(check).ok());
    check(parts, field!("crc32"), crc(flags));
    if is_whole || has_footer(parts)? {
        let check_size = check_type.and_then(|check| CHECK_SIZES.get(check).copied());
        whole(parts, check_size.unwrap_or(0), flags)?;
    } else {
        // The first block, whose header says how it is compressed.
        let all = range(parts.at(), parts.end());
        let mut block = Parts::new(parts.source(), all.offset, all.end());
        take_block(&mut block, 0)?;
        if block.left() < all.size {
            block.rest("unread");
            let block = Node::new("0", all).with_children(block.into_nodes());
            parts.push(Node::new("blocks", all).with_children(vec![block]));
        }
    }
    Ok(None)
}

/// The two bytes that the header and the footer of a stream have in common.
fn stream_flags<'a>(header: &Header, bytes: &'a [u8]) -> &'a [u8] {
    header
        .span(bytes, field!("reserved"), field!("flags"))
        .unwrap_or_default()
}

/// Whether a stream that can't be read to its end still has a footer at the end of the file.
fn has_footer(parts: &Parts<'_>) -> io::Result<bool> {
    let at = parts.end().saturating_sub(FOOTER.size());
    let footer = parts.source().read(at, FOOTER.size())?;
    let sum = FOOTER.get::<u32>(&footer, field!("crc32"));
    Ok(FOOTER.bytes(&footer, field!("magic")) == Some(b"YZ") && sum == footer_crc(&footer))
}

/// The checksum of a footer is that of its size and flags.
fn footer_crc(footer: &[u8]) -> Option<u32> {
    let covered = FOOTER.span(footer, field!("backward_size"), field!("flags"))?;
    Some(crc(covered))
}

/// The size of a check by its number (section 2.1.1.2).
const CHECK_SIZES: [u64; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/// The bytes that the checksum at the end of an index, or of a block's header, covers.
fn without_crc(bytes: &[u8]) -> &[u8] {
    let size = usize::try_from(CRC.size()).unwrap_or(0);
    bytes
        .get(..bytes.len().saturating_sub(size))
        .unwrap_or_default()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The blocks, the index and the footer of a stream, from its end.
fn whole(parts: &mut Parts<'_>, check_size: u64, flags: &[u8]) -> io::Result<()> {
    let footer_at = parts.end().saturating_sub(FOOTER.size());
    let footer = parts.source().read(footer_at, FOOTER.size())?;
    let backward = FOOTER.get::<u64>(&footer, field!("backward_size"));
    let size = backward.unwrap_or(0).saturating_add(1).saturating_mul(4);
    let at = range(
        footer_at.saturating_sub(size).max(parts.at()),
        footer_at.max(parts.at()),
    );
    let index = match size <= MAX_INDEX {
        true => parts.source().read(at.offset, at.size)?,
        false => Vec::new(),
    };
    let blocks = Blocks {
        source: parts.source().clone(),
        start: parts.at(),
        index: index.into(),
        check_size,
    };
    let ends = blocks
        .spans()
        .last()
        .map_or(blocks.start, |block| block.end);
    if blocks.start < at.offset {
        let node = Node::new("blocks", range(blocks.start, at.offset));
        parts.push(match ends == at.offset {
            true => node.with_children_on_demand(Arc::new(blocks.clone())),
            false => node.role(Role::Data),
        });
    }
    parts.push(index_node(parts.source(), at, &blocks, ends)?);
    check(parts, field!("crc32"), crc(without_crc(&blocks.index)));
    parts.stated(&FOOTER)?;
    if let Some(sum) = footer_crc(&footer) {
        check(parts, field!("crc32"), sum);
    }
    if stream_flags(&FOOTER, &footer) != flags
        && let Some(node) = parts.last(field!("flags").name())
    {
        let message = "the flags are not those of the stream's header";
        let problem = C006.problem(node.range, message);
        node.problems.push(problem);
    }
    if let Some(node) = parts.last(field!("backward_size").name()) {
        node.meaning = Some(format!("an index of {size} bytes"));
    }
    Ok(())
}

/// The index, whose blocks end at `ends`.
fn index_node(source: &Source, at: Range, blocks: &Blocks, ends: u64) -> io::Result<Node> {
    let node = Node::new("index", at);
    if blocks.index.is_empty() {
        return Ok(node.role(Role::Data).meaning("too large to take apart"));
    }
    let layout = Arc::new(INDEX.layout().clone());
    let (mut fields, error) = layout.nodes_at(source, Space::FILE, at.offset)?;
    INDEX.meanings().annotate(&mut fields);
    let is_all = fields
        .last()
        .is_some_and(|last| last.range.end() == at.end());
    let mut node = match error {
        None if is_all => node.with_children(fields),
        _ => node.role(Role::Gap),
    };
    if ends != at.offset {
        let message = format!(
            "the blocks of the index end at {ends:#x}, and it begins at {:#x}",
            at.offset
        );
        node.problems.push(C006.problem(at, message));
    }
    Ok(node)
}

/// The blocks of a stream by its index.
#[derive(Clone)]
struct Blocks {
    source: Source,
    start: u64,
    index: Arc<[u8]>,
    /// Bytes of the check of each block.
    check_size: u64,
}

/// A block: where its check ends, and where it does with its padding before that.
struct Block {
    start: u64,
    end: u64,
    /// Bytes of padding between the data and the check.
    padding: u64,
}

impl Blocks {
    fn spans(&self) -> impl Iterator<Item = Block> + '_ {
        let (count, mut taken) = match INDEX_START.layout().unpack_prefix(&self.index) {
            Ok((head, taken)) => {
                let count = head
                    .get(field!("count").name())
                    .and_then(crate::Value::as_int);
                (count.and_then(|count| u64::try_from(count).ok()), taken)
            }
            Err(_) => (None, 0),
        };
        let mut at = self.start;
        (0..count.unwrap_or(0)).map_while(move |_| {
            let rest = self.index.get(taken..)?;
            let (record, size) = INDEX_RECORD.layout().unpack_prefix(rest).ok()?;
            taken.advance(size);
            let size = u64::try_from(record.get(field!("unpadded_size").name())?.as_int()?).ok()?;
            let start = at;
            at = start.checked_add(size.checked_next_multiple_of(4)?)?;
            Some(Block {
                start,
                end: at,
                padding: at.since(start).since(size),
            })
        })
    }
}

impl Expand for Blocks {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        Box::new(self.spans().enumerate().map(|(index, found)| {
            let mut parts = Parts::new(&self.source, found.start, found.end);
            take_block(&mut parts, self.check_size.saturating_add(found.padding))?;
            let padding = range(parts.at(), parts.at().past(found.padding));
            if found.padding > 0 && padding.end() <= found.end {
                parts.push(Node::new("padding", padding).role(Role::Padding));
            }
            if parts.left() > 0 {
                parts.push(Node::new("check", range(parts.at(), found.end)));
            }
            let node = Node::new(index, range(found.start, found.end));
            Ok(node.with_children(parts.into_nodes()))
        }))
    }
}

/// The header of a block, and its data up to a number of bytes before its end.
fn take_block(parts: &mut Parts<'_>, after: u64) -> io::Result<()> {
    let size = parts.ahead(1)?.first().copied();
    // An index begins with 0, where a block has its size.
    let Some(size) = size.filter(|size| *size != 0) else {
        return Ok(());
    };
    let stated = (u64::from(size) * 4).past(4);
    let header_at = parts.at();
    let bytes = parts.ahead(stated)?;
    let end = header_at.saturating_add(stated).min(parts.end());
    let mut header = Parts::new(parts.source(), header_at, end);
    if header.stated_fields(&BLOCK_HEADER)?.is_some() {
        // The filters may take the room of the checksum.
        let padding = Range::between(header.at(), end.saturating_sub(CRC.size()));
        if let Some(padding) = padding.filter(|padding| padding.size > 0) {
            header.push(Node::new("padding", padding).role(Role::Padding));
        }
        header.stated_fields(&CRC)?;
        check(&mut header, field!("crc32"), crc(without_crc(&bytes)));
    }
    if let Some(size) = header.nodes_mut().first_mut() {
        size.meaning = Some(format!("a header of {stated} bytes"));
    }
    let node = Node::new("header", range(header_at, end));
    parts.push(node.with_children(header.into_nodes()));
    parts.data("data", parts.left().saturating_sub(after));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_sound() {
        let headers = [
            &HEADER,
            &FOOTER,
            &BLOCK_HEADER,
            &INDEX,
            &INDEX_START,
            &INDEX_RECORD,
            &CRC,
        ];
        for header in headers {
            header.assert_sound();
        }
        assert_eq!((HEADER.size(), FOOTER.size()), (12, 12));
    }
}
