//! A stream of xz (The .xz File Format 1.0.4, section 2). Where its blocks are, its index says, which
//! stands after them.

use std::io;
use std::sync::{Arc, LazyLock};

use flate2::Crc;

use super::C006;
use super::fields::{Names, check, compiled, name, range};
use crate::format::Parts;
use crate::tree::{Expand, Node, Range, Role, Space};
use crate::{Source, Struct};

static HEADER: LazyLock<Struct> =
    LazyLock::new(|| compiled("<6s:magic B:reserved B{check:4 _:4}:flags I:crc32"));
static FOOTER: LazyLock<Struct> =
    LazyLock::new(|| compiled("<I:crc32 I:backward_size B:reserved B{check:4 _:4}:flags 2s:magic"));
/// The size of a record is that of a block without its padding.
static INDEX_LAYOUT: LazyLock<Arc<Struct>> = LazyLock::new(|| {
    Arc::new(compiled(
        "<B:indicator V:count [count](V:unpadded_size V:uncompressed_size):records |4 I:crc32",
    ))
});
static COUNT: LazyLock<Struct> = LazyLock::new(|| compiled("<B:indicator V:count"));
static RECORD: LazyLock<Struct> =
    LazyLock::new(|| compiled("<V:unpadded_size V:uncompressed_size"));

/// The largest index that is taken apart: of 2 million blocks and more.
const MAX_INDEX: u64 = 16 << 20;

const NAMES: &Names = &[
    ("check", 0, "none"),
    ("check", 1, "CRC32"),
    ("check", 4, "CRC64"),
    ("check", 10, "SHA-256"),
    ("id", 0x03, "delta"),
    ("id", 0x04, "x86"),
    ("id", 0x05, "PowerPC"),
    ("id", 0x06, "IA-64"),
    ("id", 0x07, "ARM"),
    ("id", 0x08, "ARM Thumb"),
    ("id", 0x09, "SPARC"),
    ("id", 0x0a, "ARM64"),
    ("id", 0x0b, "RISC-V"),
    ("id", 0x21, "LZMA2"),
];

pub(super) fn parts(parts: &mut Parts<'_>, is_whole: bool) -> io::Result<Option<String>> {
    let Some(header) = parts.header("header", &HEADER)? else {
        return Ok(None);
    };
    name(parts.nodes_mut(), NAMES);
    let flags = header.get(6..8).unwrap_or_default();
    check(parts, "crc32", crc(flags));
    if is_whole || has_footer(parts)? {
        let number = usize::from(flags.last().copied().unwrap_or(0) & 0xf);
        let check_size = CHECK_SIZES.get(number).copied().unwrap_or(0);
        whole(parts, check_size, flags)?;
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

/// Whether a stream that can't be read to its end has a footer all the same, at the end of the file.
fn has_footer(parts: &Parts<'_>) -> io::Result<bool> {
    let size = FOOTER.size().unwrap_or(0);
    let footer = parts
        .source()
        .read(parts.end().saturating_sub(size), size)?;
    let view = FOOTER.view(&footer);
    let sum = view.and_then(|footer| footer.get::<u32>("crc32"));
    Ok(footer.ends_with(b"YZ") && sum.ok() == footer.get(4..10).map(crc))
}

/// The size of a check by its number (section 2.1.1.2).
const CHECK_SIZES: [u64; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The blocks, the index and the footer of a stream, from its end.
fn whole(parts: &mut Parts<'_>, check_size: u64, flags: &[u8]) -> io::Result<()> {
    let footer_at = parts.end().saturating_sub(FOOTER.size().unwrap_or(0));
    let footer = parts.source().read(footer_at, FOOTER.size().unwrap_or(0))?;
    let backward = FOOTER
        .view(&footer)
        .and_then(|footer| footer.get::<u64>("backward_size"));
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
    let covered = blocks.index.len().saturating_sub(4);
    let sum = crc(blocks.index.get(..covered).unwrap_or_default());
    check(parts, "crc32", sum);
    parts.header("footer", &FOOTER)?;
    if let Some(footer) = parts.nodes_mut().last_mut() {
        name(std::slice::from_mut(footer), NAMES);
    }
    check(parts, "crc32", crc(footer.get(4..10).unwrap_or_default()));
    if footer.get(8..10) != Some(flags)
        && let Some(node) = parts.last("flags")
    {
        let message = "the flags are not those of the stream's header";
        let problem = C006.problem(node.range, message);
        node.problems.push(problem);
    }
    if let Some(node) = parts.last("backward_size") {
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
    let (fields, error) = INDEX_LAYOUT.nodes_at(source, Space::FILE, at.offset)?;
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
        let (count, mut taken) = match COUNT.unpack_prefix(&self.index) {
            Ok((head, taken)) => {
                let count = head.get("count").and_then(crate::Value::as_int);
                (count.and_then(|count| u64::try_from(count).ok()), taken)
            }
            Err(_) => (None, 0),
        };
        let mut at = self.start;
        (0..count.unwrap_or(0)).map_while(move |_| {
            let rest = self.index.get(taken..)?;
            let (record, size) = RECORD.unpack_prefix(rest).ok()?;
            taken = taken.saturating_add(size);
            let size = u64::try_from(record.get("unpadded_size")?.as_int()?).ok()?;
            let start = at;
            at = start.saturating_add(size.checked_next_multiple_of(4)?);
            Some(Block {
                start,
                end: at,
                padding: at.saturating_sub(start).saturating_sub(size),
            })
        })
    }
}

impl Expand for Blocks {
    fn children(&self) -> Box<dyn Iterator<Item = io::Result<Node>> + '_> {
        Box::new(self.spans().enumerate().map(|(index, found)| {
            let mut parts = Parts::new(&self.source, found.start, found.end);
            take_block(&mut parts, self.check_size.saturating_add(found.padding))?;
            let padding = range(parts.at(), parts.at().saturating_add(found.padding));
            if found.padding > 0 && padding.end() <= found.end {
                parts.push(Node::new("padding", padding).role(Role::Padding));
            }
            if parts.left() > 0 {
                parts.push(Node::new("check", range(parts.at(), found.end)));
            }
            let node = Node::new(index.to_string(), range(found.start, found.end));
            Ok(node.with_children(parts.into_nodes()))
        }))
    }
}

/// The header of a block, and its data up to a number of bytes before its end.
fn take_block(parts: &mut Parts<'_>, after: u64) -> io::Result<()> {
    let start = parts.ahead(2)?;
    let [size, flags] = start[..] else {
        return Ok(());
    };
    // An index begins with 0, where a block has its size.
    if size == 0 {
        return Ok(());
    }
    let stated = u64::from(size).saturating_add(1).saturating_mul(4);
    let header_at = parts.at();
    let bytes = parts.ahead(stated)?;
    let has = |flag: u8, format| match flags & flag {
        0 => "",
        _ => format,
    };
    let layout = compiled(&format!(
        "<B:size B{{filters:2 _:4 has_compressed:1 has_uncompressed:1}}:flags{}{} \
         [flags.filters + 1](V:id V:size [size]s:properties):filters",
        has(0x40, " V:compressed_size"),
        has(0x80, " V:uncompressed_size"),
    ));
    let end = header_at.saturating_add(stated).min(parts.end());
    let mut header = Parts::new(parts.source(), header_at, end);
    if header.fields(&layout)?.is_some() {
        let padding = range(header.at(), end.saturating_sub(4));
        if padding.size > 0 {
            header.push(Node::new("padding", padding).role(Role::Padding));
        }
        header.fields(&CRC)?;
        let covered = bytes.len().saturating_sub(4);
        let sum = crc(bytes.get(..covered).unwrap_or_default());
        check(&mut header, "crc32", sum);
    }
    name(header.nodes_mut(), NAMES);
    if let Some(size) = header.nodes_mut().first_mut() {
        size.meaning = Some(format!("a header of {stated} bytes"));
    }
    let node = Node::new("header", range(header_at, end));
    parts.push(node.with_children(header.into_nodes()));
    parts.data("data", parts.left().saturating_sub(after));
    Ok(())
}

static CRC: LazyLock<Struct> = LazyLock::new(|| compiled("<I:crc32"));
