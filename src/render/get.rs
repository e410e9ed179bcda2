//! Values of fields alone: as text that `set` takes back, as JSON, as bytes in other spellings.

mod streamed_value;

use std::borrow::Cow;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json;
use super::streamed_bytes::{CHUNK, each_chunk};
use crate::inspect::{Document, Found, Step, walk};
use crate::structs::MAX_VALUE;
use crate::tree::{Node, Role};
use crate::value::text::{is_printable, trim_end};
use crate::value::{Value, decimal, literal};

/// The most bytes of data that are read at once.
const SMALL: u64 = 64 << 10;

/// Items of an array that `-O python` puts together for one line.
const MAX_ITEMS: usize = 1 << 20;

/// Each value on a line; of a group, each field with its path, as `set` takes it.
///
/// # Errors
///
/// When the file can't be read, or writing to `out` fails.
pub fn text(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { path, node, .. } in found {
        text_of(document, &path.to_string(), node, style, out)?;
    }
    Ok(())
}

/// One of them.
pub(crate) fn text_of(
    document: &Document,
    path: &str,
    node: &Node,
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    if is_value(node) {
        // Millions of values are mostly integers: a short way for them.
        if let (Some(Value::Int(n)), false) = (&node.value, style.hex_ints)
            && let Ok(n) = u64::try_from(*n)
        {
            return out.write_all(decimal::line(n, &mut [0; 21]));
        }
        of_node(document, node, style, out)?;
        return out.write_all(b"\n");
    }
    walk(node, &mut |inner, _, node| {
        if !is_value(node) {
            return Ok(Step::Into);
        }
        if !matches!(node.role, Role::Padding | Role::Gap) {
            let dot = if path.is_empty() || inner.starts_with('[') {
                ""
            } else {
                "."
            };
            write!(out, "{path}{dot}{inner}=")?;
            of_node(document, node, style, out)?;
            writeln!(out)?;
        }
        Ok(Step::Over)
    })
}

fn is_value(node: &Node) -> bool {
    node.is_leaf() || node.value.is_some()
}

/// The value as `set` reads it: numbers as they are, bytes as text where they are printable.
fn of_node(
    document: &Document,
    node: &Node,
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let bytes = match &node.value {
        Some(Value::Bytes(bytes)) => Cow::Borrowed(&**bytes),
        Some(value @ (Value::List(_) | Value::Record(_))) => {
            return Ok(serde_json::to_writer(out, &json::value(value, style))?);
        }
        Some(value) if style.hex_ints => return write!(out, "{value:#}"),
        Some(value) => return write!(out, "{value}"),
        None if node.is_unread() || node.range.size > SMALL => {
            return streamed_value::text(document, node, style, out);
        }
        None => Cow::Owned(bytes(document, node)?),
    };
    // Zeros at the end are filled in again when the field is set.
    let bytes = match node.fills_with_zeros() {
        true => trim_end(&bytes, 0),
        false => &*bytes,
    };
    // A single pass is enough for most text.
    let is_text = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        || std::str::from_utf8(bytes).is_ok_and(is_printable);
    match is_text && !is_literal(bytes) {
        true => out.write_all(bytes),
        false => write!(out, "x'{}'", literal::to_hex(bytes)),
    }
}

/// All bytes of a leaf; an error where a compressed stream ends before its data do.
fn bytes(document: &Document, leaf: &Node) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    document.reader(leaf.range)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether text would be read as another spelling of bytes.
fn is_literal(text: &[u8]) -> bool {
    ["b'", "b\"", "x'", "x\""]
        .iter()
        .any(|start| text.starts_with(start.as_bytes()))
}

/// Each value as Python prints it, one a line: a group is a tuple, an array a list.
///
/// # Errors
///
/// When the file can't be read, writing to `out` fails, or a value is too large for a line.
pub fn python(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { path, node, .. } in found {
        python_of(document, &path.to_string(), node, style, out)?;
    }
    Ok(())
}

/// One of them.
pub(crate) fn python_of(
    document: &Document,
    path: &str,
    node: &Node,
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let value = whole(document, path, node)?;
    match style.hex_ints {
        true => writeln!(out, "{value:#}"),
        false => writeln!(out, "{value}"),
    }
}

/// The value of a node, with all that is below it: as deep as formats nest groups.
fn whole(document: &Document, path: &str, node: &Node) -> io::Result<Value> {
    if let Some(value) = &node.value {
        return Ok(value.clone());
    }
    if node.is_unread() || (node.is_leaf() && node.range.size > MAX_VALUE) {
        return Err(io::Error::other(format!(
            "{path}: the value has {} bytes, and -O python prints those of up to {MAX_VALUE}; \
             -O raw, hex, base64 and json write any",
            node.range.size
        )));
    }
    if node.is_leaf() {
        return Ok(Value::from(bytes(document, node)?));
    }
    let mut is_array = true;
    let mut values = Vec::new();
    for child in node.children() {
        let child = child?;
        if values.len() >= MAX_ITEMS {
            return Err(io::Error::other(format!(
                "{path}: -O python prints up to {MAX_ITEMS} items of an array; -O json prints any \
                 number"
            )));
        }
        if !matches!(child.role, Role::Padding | Role::Gap) {
            is_array &= child.is_item() && !is_value(&child);
            values.push(whole(document, path, &child)?);
        }
    }
    Ok(match is_array {
        true => Value::List(values),
        false => Value::Record(values.into()),
    })
}

/// Each value as JSON, in a list or one a line.
///
/// # Errors
///
/// When the file can't be read, or writing to `out` fails.
pub fn json(
    document: &Document,
    found: &[Found],
    style: json::Style,
    mut list: json::List,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { node, .. } in found {
        list.write_with(out, |out| value(document, node, style, out))?;
    }
    list.end(out)
}

/// One value as JSON: a group is an object of its fields, an array a list of its items, written as they
/// are made.
///
/// # Errors
///
/// When the file can't be read, or writing to `out` fails.
pub fn value(
    document: &Document,
    node: &Node,
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(value) = &node.value {
        return Ok(serde_json::to_writer(
            out,
            &json::of_node(node, value, style),
        )?);
    }
    if node.is_leaf() {
        return streamed_value::json(document, node, style, out);
    }
    let shown = |child: &Node| !matches!(child.role, Role::Padding | Role::Gap);
    let mut names = false;
    for child in node.children() {
        let child = child?;
        names |= shown(&child) && !child.is_item();
        // Items on demand are all named, or all unnamed.
        if names || node.is_on_demand() {
            break;
        }
    }
    out.write_all(if names { b"{" } else { b"[" })?;
    let mut first = true;
    // Those without a name come last.
    let passes: &[bool] = if names { &[false, true] } else { &[true] };
    for indexes in passes {
        for child in node.children() {
            let child = child?;
            if !shown(&child) || child.is_item() != *indexes {
                continue;
            }
            if !first {
                out.write_all(b",")?;
            }
            first = false;
            if names {
                serde_json::to_writer(&mut *out, &*child.name)?;
                out.write_all(b":")?;
            }
            value(document, &child, style, out)?;
        }
    }
    out.write_all(if names { b"}" } else { b"]" })
}

/// Bytes as hexadecimal digits.
///
/// # Errors
///
/// When the bytes can't be read, or writing to `out` fails.
pub fn hex(bytes: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    each_chunk(bytes, |chunk| {
        out.write_all(literal::to_hex(chunk).as_bytes())
    })
}

/// Bytes as base64, with padding, without line ends.
///
/// # Errors
///
/// When the bytes can't be read, or writing to `out` fails.
pub fn base64(bytes: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut digits = String::new();
    loop {
        // Only the last chunk may have a number of bytes that is no multiple of three.
        bytes.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Ok(());
        }
        STANDARD.encode_string(&chunk, &mut digits);
        out.write_all(digits.as_bytes())?;
        chunk.clear();
        digits.clear();
    }
}
