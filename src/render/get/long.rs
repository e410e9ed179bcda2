//! Values that don't stand in their nodes, written as their bytes are read: of any size, in flat
//! memory.

use std::io::{self, Read, Write};

use super::is_literal;
use crate::inspect::Document;
use crate::render::json::{self, Style};
use crate::render::long;
use crate::scan::{Scan, ScanError};
use crate::structs::MAX_VALUES;
use crate::tree::Node;
use crate::{Source, Struct};

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
    if long::is_text(&bytes)? && !starts_as_literal(document, node)? {
        return long::chunks(&bytes, |chunk| out.write_all(chunk));
    }
    out.write_all(b"x'")?;
    long::hex(&bytes, out)?;
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
        None => long::json(&bytes(document, node), out),
    }
}

/// The items of an array of numbers or texts of one size.
struct Items {
    layout: Struct,
    source: Source,
    offset: u64,
    count: u64,
}

impl Items {
    fn of(document: &Document, node: &Node) -> io::Result<Option<Items>> {
        let Some(format) = node.format.as_deref() else {
            return match node.is_unread() {
                true => Err(io::Error::other(format!(
                    "{}: an array of items that differ in size has {} bytes, and more than \
                     {MAX_VALUES} are not put together; -O raw, hex and base64 write any",
                    node.name, node.range.size
                ))),
                false => Ok(None),
            };
        };
        let Some((order, rest)) = format.split_once('[') else {
            return Ok(None);
        };
        let Some((count, element)) = rest.split_once(']') else {
            return Ok(None);
        };
        // Bytes whose length is computed are one value.
        if matches!(element, "s" | "p") {
            return Ok(None);
        }
        let element = element
            .strip_prefix('(')
            .and_then(|element| element.strip_suffix(')'))
            .unwrap_or(element);
        let layout = Struct::new(&format!("{order}{element}")).map_err(io::Error::other)?;
        let source = document.space(node.range.space);
        let source = source.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Some(Items {
            layout,
            source: source.clone(),
            offset: node.range.offset,
            count: count.parse().map_err(io::Error::other)?,
        }))
    }

    fn write(&self, style: Style, out: &mut impl Write) -> io::Result<()> {
        let mut scan = Scan::new(&self.layout, &self.source, self.offset);
        out.write_all(b"[")?;
        for index in 0..self.count {
            if index > 0 {
                out.write_all(b",")?;
            }
            let found = scan.one().map_err(|e| match e {
                ScanError::Io(e) => e,
                ScanError::Data(e) => io::Error::other(e),
            })?;
            if let Some(value) = found.record.iter().next() {
                serde_json::to_writer(&mut *out, &json::value(value, style))?;
            }
        }
        out.write_all(b"]")
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
    Ok(std::str::from_utf8(&start).is_ok_and(is_literal))
}
