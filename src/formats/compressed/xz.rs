//! A stream of xz (The .xz File Format 1.0.4, section 2). Where its blocks are, its index says, which
//! stands after them.

use std::io;
use std::sync::{Arc, LazyLock};

use flate2::Crc;

use super::INDEX;
use super::frames::range;
use super::parts::{Names, Parts, compiled, name};
use crate::tree::{Expand, Node, Role};
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

pub(super) fn parts(parts: &mut Parts<'_>) -> io::Result<()> {
    let Some(header) = parts.header("header", &HEADER)? else {
        return Ok(());
    };
    name(&mut parts.nodes, NAMES);
    let flags = header.get(6..8).unwrap_or_default();
    parts.check("crc32", crc(flags));
    let check = CHECK_SIZES.get(usize::from(flags.last().copied().unwrap_or(0) & 0xf));
    let check = check.copied().unwrap_or(0);
    match parts.is_whole || has_footer(parts)? {
        true => whole(parts, check, flags),
        false => {
            // The first block, whose header says how it is compressed.
            let start = parts.at;
            let mut block = Parts::new(parts.source, start, parts.end, false);
            self::block(&mut block, 0)?;
            if block.left() < parts.left() {
                block.rest();
                let node = Node::new("0", range(start, parts.end)).with_children(block.nodes);
                let blocks = Node::new("blocks", node.range).with_children(vec![node]);
                parts.push(blocks);
            }
            Ok(())
        }
    }
}

/// Whether a stream that can't be read to its end has a footer all the same, at the end of the file.
fn has_footer(parts: &Parts<'_>) -> io::Result<bool> {
    let size = FOOTER.size().unwrap_or(0);
    let footer = parts.source.read(parts.end.saturating_sub(size), size)?;
    let view = FOOTER.view(&footer);
    let sum = view.and_then(|footer| footer.get::<u32>("crc32").map_err(Into::into));
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
fn whole(parts: &mut Parts<'_>, check: u64, flags: &[u8]) -> io::Result<()> {
    let footer_at = parts.end.saturating_sub(FOOTER.size().unwrap_or(0));
    let footer = parts.source.read(footer_at, FOOTER.size().unwrap_or(0))?;
    let backward = FOOTER
        .view(&footer)
        .and_then(|footer| footer.get::<u64>("backward_size").map_err(Into::into));
    let size = backward.unwrap_or(0).saturating_add(1).saturating_mul(4);
    let index_at = footer_at.saturating_sub(size).max(parts.at);
    let index = match size <= MAX_INDEX {
        true => parts
            .source
            .read(index_at, footer_at.saturating_sub(index_at))?,
        false => Vec::new(),
    };
    let blocks = Blocks {
        source: parts.source.clone(),
        start: parts.at,
        index: index.into(),
        check,
    };
    let ends = blocks.spans().last().map_or(parts.at, |block| block.end);
    let is_told = ends == index_at;
    if parts.at < index_at {
        let node = Node::new("blocks", range(parts.at, index_at));
        parts.push(match is_told {
            true => node.with_children_on_demand(Arc::new(blocks.clone())),
            false => node.role(Role::Data),
        });
    }
    if blocks.index.is_empty() {
        let node = Node::new("index", range(index_at, footer_at)).role(Role::Data);
        parts.push(node.meaning("too large to take apart"));
    } else {
        let (fields, error) =
            INDEX_LAYOUT.nodes_at(parts.source, crate::tree::Space::FILE, index_at)?;
        let ends = fields.last().map_or(0, |field| field.range.end());
        let mut node = Node::new("index", range(index_at, footer_at));
        if error.is_none() && ends == footer_at {
            node = node.with_children(fields);
        } else {
            node.role = Role::Gap;
        }
        if !is_told {
            let message = format!(
                "the index ends its blocks at {ends:#x}, and begins itself at {index_at:#x}"
            );
            node.problems.push(INDEX.problem(node.range, message));
        }
        parts.push(node);
        let covered = blocks.index.len().saturating_sub(4);
        let sum = crc(blocks.index.get(..covered).unwrap_or_default());
        parts.check("crc32", sum);
    }
    parts.header("footer", &FOOTER)?;
    if let Some(footer) = parts.nodes.last_mut() {
        name(std::slice::from_mut(footer), NAMES);
    }
    parts.check("crc32", crc(footer.get(4..10).unwrap_or_default()));
    if footer.get(8..10) != Some(flags)
        && let Some(node) = parts.last("flags")
    {
        let message = "the flags are not those of the stream's header";
        let problem = INDEX.problem(node.range, message);
        node.problems.push(problem);
    }
    if let Some(node) = parts.last("backward_size") {
        node.meaning = Some(format!("an index of {size} bytes"));
    }
    Ok(())
}

/// The blocks of a stream by its index.
#[derive(Clone)]
struct Blocks {
    source: Source,
    start: u64,
    index: Arc<[u8]>,
    check: u64,
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
            let mut parts = Parts::new(&self.source, found.start, found.end, true);
            block(&mut parts, self.check.saturating_add(found.padding))?;
            if found.padding > 0 {
                let end = parts.at.saturating_add(found.padding);
                parts.push(Node::new("padding", range(parts.at, end)).role(Role::Padding));
            }
            if self.check > 0 {
                parts.push(Node::new("check", range(parts.at, found.end)));
            }
            let node = Node::new(index.to_string(), range(found.start, found.end));
            Ok(node.with_children(parts.nodes))
        }))
    }
}

/// The header of a block, and its data up to so many bytes before its end.
fn block(parts: &mut Parts<'_>, after: u64) -> io::Result<()> {
    let start = parts.ahead(2)?;
    let [size, flags] = start[..] else {
        return Ok(());
    };
    // An index begins with 0, where a block has its size.
    if size == 0 {
        return Ok(());
    }
    let stated = u64::from(size).saturating_add(1).saturating_mul(4);
    let header_at = parts.at;
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
    let mut header = Parts::new(
        parts.source,
        parts.at,
        parts.at.saturating_add(stated).min(parts.end),
        true,
    );
    if header.fields(&layout)?.is_some() {
        let padding = header.left().saturating_sub(4);
        if padding > 0 {
            let end = header.at.saturating_add(padding);
            header.push(Node::new("padding", range(header.at, end)).role(Role::Padding));
        }
        header.fields(&CRC)?;
        let covered = bytes.len().saturating_sub(4);
        header.check("crc32", crc(bytes.get(..covered).unwrap_or_default()));
    }
    name(&mut header.nodes, NAMES);
    if let Some(size) = header.nodes.first_mut() {
        size.meaning = Some(format!("a header of {stated} bytes"));
    }
    let node = Node::new("header", range(header_at, header.end));
    parts.push(node.with_children(header.nodes));
    parts.data(parts.left().saturating_sub(after));
    Ok(())
}

static CRC: LazyLock<Struct> = LazyLock::new(|| compiled("<I:crc32"));
