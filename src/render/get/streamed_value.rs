//! Values that aren't in their nodes, written as their bytes are read: of any size, in flat
//! memory.

use std::io::{self, Read, Write};

use super::is_literal;
use crate::inspect::{Document, items};
use crate::offset::Position;
use crate::render::json::{self, Style};
use crate::render::streamed_bytes::{self, CHUNK};
use crate::scan::Scan;
use crate::tree::{Node, repeated};
use crate::{Source, Struct, Value};

/// As text that `set` takes back.
pub(super) fn text(
    document: &Document,
    node: &Node,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(items) = Items::of(document, node)? {
        return items.write(style, out);
    }
    let bytes = bytes(document, node);
    if streamed_bytes::is_text(&bytes)? && !starts_as_literal(document, node)? {
        return streamed_bytes::chunks(&bytes, |chunk| out.write_all(chunk));
    }
    out.write_all(b"x'")?;
    streamed_bytes::hex(&bytes, out)?;
    out.write_all(b"'")
}

/// As JSON.
pub(super) fn json(
    document: &Document,
    node: &Node,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    match Items::of(document, node)? {
        Some(items) => items.write(style, out),
        None => streamed_bytes::json(&bytes(document, node), out),
    }
}

/// Numbers that are read at a time.
const MANY: u64 = 4096;

/// The items of an array of plain values.
struct Items {
    /// Of one item.
    layout: Struct,
    /// Of [`MANY`], where all items have one size.
    many: Option<Struct>,
    source: Source,
    offset: u64,
    count: u64,
}

impl Items {
    fn of(document: &Document, node: &Node) -> io::Result<Option<Items>> {
        let Some(items) = items::Items::of(node) else {
            return Ok(None);
        };
        let compiled = |format: &str| Struct::new(format).map_err(io::Error::other);
        let layout = compiled(items.element)?;
        let many = match layout.size() {
            Some(1..) => Some(compiled(&repeated(items.element, MANY))?),
            _ => None,
        };
        let source = document.space(node.range.space);
        let source = source.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Some(Items {
            layout,
            many,
            source: source.clone(),
            offset: node.range.offset,
            count: items.count,
        }))
    }

    fn write(&self, style: Style, out: &mut impl Write) -> io::Result<()> {
        let (blocks, rest) = match self.many {
            Some(_) => (self.count / MANY, self.count % MANY),
            None => (0, self.count),
        };
        out.write_all(b"[")?;
        let mut text = Vec::new();
        let mut offset = self.offset;
        for (layout, times) in [(self.many.as_ref(), blocks), (Some(&self.layout), rest)] {
            let Some(layout) = layout else { continue };
            let mut scan = Scan::new(layout, &self.source, offset);
            for _ in 0..times {
                let found = scan.one()?;
                offset = found.offset.past(found.bytes.len() as u64);
                let items = found.record.iter().flat_map(|value| match value {
                    Value::List(items) => items.as_slice(),
                    value => std::slice::from_ref(value),
                });
                for item in items {
                    write_value(item, style, &mut text)?;
                    text.push(b',');
                }
                if text.len() >= CHUNK {
                    // The last comma is written with what follows it.
                    let comma = text.pop();
                    out.write_all(&text)?;
                    text.clear();
                    text.extend(comma);
                }
            }
        }
        text.pop();
        out.write_all(&text)?;
        out.write_all(b"]")
    }
}

/// As JSON; integers of the usual size the short way.
fn write_value(value: &Value, style: Style, text: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Value::Int(n) if style == Style::default() && i64::try_from(*n).is_ok() => {
            let n = i64::try_from(*n).unwrap_or_default();
            Ok(serde_json::to_writer(text, &n)?)
        }
        value => Ok(serde_json::to_writer(text, &json::value(value, style))?),
    }
}

/// The bytes of the value; the NUL that ends a string is none of them.
fn bytes<'a>(
    document: &'a Document,
    node: &Node,
) -> impl Fn() -> io::Result<Box<dyn Read + 'a>> + use<'a> {
    let mut range = node.range;
    if node.format.as_deref() == Some("z") {
        range.size = range.size.saturating_sub(1);
    }
    move || Ok(Box::new(document.reader(range)?))
}

fn starts_as_literal(document: &Document, node: &Node) -> io::Result<bool> {
    let start = document.bytes(node.range, 2)?;
    Ok(is_literal(&start))
}
