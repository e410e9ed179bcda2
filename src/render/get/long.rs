//! Values that don't stand in their nodes, written as their bytes are read: of any size, in flat
//! memory.

use std::io::{self, Read, Write};

use super::{CHUNK, is_literal};
use crate::inspect::Document;
use crate::render::json::{self, Style};
use crate::scan::{Scan, ScanError};
use crate::structs::MAX_VALUES;
use crate::tree::Node;
use crate::value::literal;
use crate::value::text::is_printable;
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
    if is_text(document, node)? && !starts_as_literal(document, node)? {
        return chunks(document, node, |chunk| out.write_all(chunk));
    }
    out.write_all(b"x'")?;
    chunks(document, node, |chunk| {
        out.write_all(literal::to_hex(chunk).as_bytes())
    })?;
    out.write_all(b"'")
}

/// As JSON.
pub(super) fn json(
    document: &Document,
    node: &Node,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(items) = Items::of(document, node)? {
        return items.write(style, out);
    }
    if !is_text(document, node)? {
        out.write_all(b"{\"hex\":\"")?;
        chunks(document, node, |chunk| {
            out.write_all(literal::to_hex(chunk).as_bytes())
        })?;
        return out.write_all(b"\"}");
    }
    out.write_all(b"\"")?;
    let mut tail = Vec::new();
    chunks(document, node, |chunk| {
        tail.extend_from_slice(chunk);
        let text = whole(&tail).unwrap_or_default();
        let length = text.len();
        let string = serde_json::to_string(text)?;
        let inside = string.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
        out.write_all(inside.unwrap_or_default().as_bytes())?;
        tail.drain(..length);
        Ok(())
    })?;
    out.write_all(b"\"")
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

/// The bytes of the value, a chunk at a time; the NUL that ends a string is none of them.
fn chunks(
    document: &Document,
    node: &Node,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut range = node.range;
    if node.format.as_deref() == Some("z") {
        range.size = range.size.saturating_sub(1);
    }
    let mut bytes = document.reader(range)?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match bytes.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => each(chunk.get(..read).unwrap_or_default())?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Whether all of it is printable UTF-8.
fn is_text(document: &Document, node: &Node) -> io::Result<bool> {
    let mut text = true;
    let mut tail = Vec::new();
    chunks(document, node, |chunk| {
        if text {
            tail.extend_from_slice(chunk);
            let length = whole(&tail).filter(|text| is_printable(text)).map(str::len);
            text = length.is_some();
            tail.drain(..length.unwrap_or(tail.len()));
        }
        Ok(())
    })?;
    Ok(text && tail.is_empty())
}

/// The text in front of a character that the end cuts; `None` where it is no text.
fn whole(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..e.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

fn starts_as_literal(document: &Document, node: &Node) -> io::Result<bool> {
    let start = document.bytes(node.range, 2)?;
    Ok(std::str::from_utf8(&start).is_ok_and(is_literal))
}
