//! Values of fields alone: as text that `set` takes back, as JSON, as bytes in other spellings.

use std::io::{self, Read, Write};

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use serde_json::{Map, Value as Json};

use super::json;
use crate::inspect::{Document, Found, Step, walk};
use crate::tree::{Node, Role};
use crate::value::text::is_printable;
use crate::value::{Value, literal};

/// Data without a value are shown up to so many bytes.
const MAX_DATA: u64 = 1 << 20;

/// Bytes that are spelled at a time.
const CHUNK: usize = 48 << 10;

/// Each value on a line; of a group, each field with its path, as `set` takes it.
///
/// # Errors
///
/// Those of `out` and of the file.
pub fn text(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { path, node, .. } in found {
        if is_value(node) {
            writeln!(out, "{}", of_node(document, node, style)?)?;
            continue;
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
                writeln!(
                    out,
                    "{path}{dot}{inner}={}",
                    of_node(document, node, style)?
                )?;
            }
            Ok(Step::Over)
        })?;
    }
    Ok(())
}

fn is_value(node: &Node) -> bool {
    node.is_leaf() || node.value.is_some()
}

/// The value as `set` reads it: numbers as they are, bytes as text where they are printable.
fn of_node(document: &Document, node: &Node, style: json::Style) -> io::Result<String> {
    let bytes = match &node.value {
        Some(Value::Bytes(bytes)) => bytes.to_vec(),
        Some(Value::List(_) | Value::Record(_)) => {
            return Ok(serde_json::to_string(&json::value(
                node.value.as_ref().unwrap_or(&Value::Bool(false)),
                style,
            ))?);
        }
        Some(value) if style.hex_ints => return Ok(format!("{value:#}")),
        Some(value) => return Ok(value.to_string()),
        None => document.bytes(node.range, MAX_DATA)?,
    };
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let body = bytes
        .get(..bytes.len().saturating_sub(zeros))
        .unwrap_or_default();
    // A field of bytes is filled with zeros again when it is set.
    let fills = node
        .format
        .as_deref()
        .is_some_and(|format| format.ends_with('s'));
    let bytes = if fills { body } else { bytes.as_slice() };
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) if is_printable(text) && !is_literal(text) => text.to_owned(),
        _ => format!("x'{}'", literal::to_hex(bytes)),
    })
}

/// Whether text would be read as another spelling of bytes.
fn is_literal(text: &str) -> bool {
    ["b'", "b\"", "x'", "x\""]
        .iter()
        .any(|start| text.starts_with(start))
}

/// Each value as Python prints it, one a line: a group is a tuple, an array a list.
///
/// # Errors
///
/// Those of `out` and of the file, and data too large for a line.
pub fn python(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { node, .. } in found {
        let value = whole(document, node)?;
        match style.hex_ints {
            true => writeln!(out, "{value:#}")?,
            false => writeln!(out, "{value}")?,
        }
    }
    Ok(())
}

/// The value of a node, with all that is below it: as deep as formats nest groups.
fn whole(document: &Document, node: &Node) -> io::Result<Value> {
    if let Some(value) = &node.value {
        return Ok(value.clone());
    }
    if node.is_leaf() {
        if node.range.size > MAX_DATA {
            let message = "data of more than 1 MiB are not written on a line; -O raw writes them";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        return Ok(Value::from(document.bytes(node.range, MAX_DATA)?));
    }
    let mut is_array = true;
    let mut values = Vec::new();
    for child in node.children() {
        let child = child?;
        if !matches!(child.role, Role::Padding | Role::Gap) {
            is_array &= is_item(&child) && !is_value(&child);
            values.push(whole(document, &child)?);
        }
    }
    Ok(match is_array {
        true => Value::List(values),
        false => Value::Record(values.into()),
    })
}

fn is_item(node: &Node) -> bool {
    node.name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Each value as JSON, one a line.
///
/// # Errors
///
/// Those of `out` and of the file.
pub fn json(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for one in found {
        json_value(document, std::slice::from_ref(one), style, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// The same without an end of line.
///
/// # Errors
///
/// Those of `out` and of the file.
pub fn json_value(
    document: &Document,
    found: &[Found],
    style: json::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for Found { node, .. } in found {
        serde_json::to_writer(&mut *out, &nested(document, node, style)?)?;
    }
    Ok(())
}

/// A group is an object of its fields, an array a list of its items.
fn nested(document: &Document, node: &Node, style: json::Style) -> io::Result<Json> {
    if let Some(value) = &node.value {
        return Ok(serde_json::to_value(json::of_node(node, value, style))?);
    }
    if node.is_leaf() {
        let bytes = document.bytes(node.range, MAX_DATA)?;
        return Ok(serde_json::to_value(json::bytes(&bytes))?);
    }
    let mut names = Map::new();
    let mut items = Vec::new();
    for child in node.children() {
        let child = child?;
        if matches!(child.role, Role::Padding | Role::Gap) {
            continue;
        }
        let value = nested(document, &child, style)?;
        if is_item(&child) {
            items.push(value);
        } else {
            names.insert(child.name.to_string(), value);
        }
    }
    Ok(if names.is_empty() {
        Json::Array(items)
    } else {
        for (i, item) in items.into_iter().enumerate() {
            names.insert(i.to_string(), item);
        }
        Json::Object(names)
    })
}

/// Bytes as hexadecimal digits.
///
/// # Errors
///
/// Those of reading and of `out`.
pub fn hex(bytes: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match bytes.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let digits = literal::to_hex(chunk.get(..read).unwrap_or_default());
        out.write_all(digits.as_bytes())?;
    }
}

/// Bytes as base64, with padding, without line ends.
///
/// # Errors
///
/// Those of reading and of `out`.
pub fn base64(bytes: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut encoder = EncoderWriter::new(out, &STANDARD);
    io::copy(bytes, &mut encoder)?;
    encoder.finish().map(|_| ())
}
