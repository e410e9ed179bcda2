//! The bytes of a field for a value given as text.

use super::{Change, EditError, Error, MAX_CHANGE, Nested};
use crate::inspect::document::Document;
use crate::inspect::path::Found;
use crate::offset::Position;
use crate::structs::MemberKind;
use crate::tree::Key;
use crate::tree::{BitRange, Node, Role};
use crate::value::{Value, literal};
use crate::{DataError, Struct};

pub(super) fn refuse(path: &str, message: impl Into<String>) -> Error {
    Error::Edit(EditError {
        path: path.to_owned(),
        message: message.into(),
    })
}

/// The change of setting a node to a text's value. `current` are the bytes after an earlier change of the field.
pub(super) fn change(
    document: &Document,
    found: &Found,
    current: Option<Vec<u8>>,
    text: &str,
    nested: Nested<'_>,
) -> Result<Change, Error> {
    let Found { path, node } = found;
    let refuse = |message: String| refuse(&path.to_string(), message);
    if !node.range.space.is_file() {
        let message = "it stands in a compressed stream, where nothing can be set";
        return Err(refuse(message.to_owned()));
    }
    if node.range.size > MAX_CHANGE {
        let message = format!(
            "it has {} bytes, the most to set at once is {MAX_CHANGE}",
            node.range.size
        );
        return Err(refuse(message));
    }
    let old = document.bytes(node.range, MAX_CHANGE)?;
    if (old.len() as u64) < node.range.size {
        return Err(refuse(
            "the file ends in it; has it been shortened?".to_owned(),
        ));
    }
    let base = current.unwrap_or_else(|| old.clone());
    let named = node.names.as_ref().map(|names| names.literal(text));
    let named = named.transpose().map_err(|e| refuse(e.to_string()))?;
    let named = named.flatten();
    // Text that is no name may be a value, which only the field can tell.
    let told = |message: String| match (&named, &node.names) {
        (None, Some(names)) if names.iter().any(|(key, _)| matches!(key, Key::Bytes(_))) => refuse(
            format!("{message}; what has a name here: {}", names.listed()),
        ),
        _ => refuse(message),
    };
    let text = named.as_deref().unwrap_or(text);
    let new = encode(node, &base, text, nested).map_err(told)?;
    let (old_value, new_value) = match (&node.value, node.range.bits) {
        (Some(value), Some(_)) => (value.to_string(), text.to_owned()),
        (Some(value), None) => (value.to_string(), shown(node, &new)),
        (None, _) => (hex(&old), hex(&new)),
    };
    Ok(Change {
        path: path.to_string(),
        places: vec![path.clone()],
        offset: node.range.offset,
        old,
        new,
        old_value,
        new_value,
        follows: false,
    })
}

fn hex(bytes: &[u8]) -> String {
    format!("x'{}'", literal::to_hex(bytes))
}

/// The value that new bytes have.
fn shown(node: &Node, bytes: &[u8]) -> String {
    if let Some(spelling) = node.spelling {
        let value = spelling.read(bytes);
        return value.map_or_else(|| hex(bytes), |value| value.to_string());
    }
    let format = node.whole_format().and_then(|f| Struct::new(&f).ok());
    let record = format.and_then(|format| format.unpack(bytes).ok());
    match record.as_ref().and_then(|record| record.iter().next()) {
        Some(value) => value.to_string(),
        None => hex(bytes),
    }
}

fn encode(node: &Node, old: &[u8], text: &str, nested: Nested<'_>) -> Result<Vec<u8>, String> {
    if node.content.is_some() {
        let message =
            "its bytes are coded, and nothing in them can be set; pack --base writes the file anew";
        return Err(message.to_owned());
    }
    if let Some(spelling) = node.spelling {
        return spelling.write(text, old.len()).map_err(|e| e.to_string());
    }
    if let (Some(bits), Some(format)) = (node.range.bits, &node.format) {
        let number = literal::to_int(text).map_err(|e| e.to_string())?;
        return set_bits(format, bits, old, number);
    }
    match node.whole_format() {
        Some(format) => packed(&format, old.len(), text, nested),
        None if node.is_leaf() && matches!(node.role, Role::View) => {
            Err("it is a view of bytes that another field owns: set that one".to_owned())
        }
        None if node.is_leaf() => {
            let bytes = literal::bytes(text).map_err(|e| e.to_string())?;
            same_length(bytes, old.len())
        }
        None => Err("it is a group: set its fields".to_owned()),
    }
}

fn packed(format: &str, size: usize, text: &str, nested: Nested<'_>) -> Result<Vec<u8>, String> {
    // The only value of the format needs no name.
    let words = |e: DataError| e.without_path().to_string();
    let layout = Struct::new(format).map_err(|e| e.to_string())?;
    let values = layout.values_from_text(&[text], nested).map_err(words)?;
    // Packing would truncate longer bytes, as Python does.
    if let Some(Value::Bytes(bytes)) = values.iter().next() {
        let room = match layout.first_kind() {
            Some(MemberKind::Bytes) => size,
            Some(MemberKind::Pascal) => size.saturating_sub(1),
            _ => usize::MAX,
        };
        if bytes.len() > room {
            return Err(format!("{} bytes don't fit into {room}", bytes.len()));
        }
    }
    let bytes = layout.pack(&values).map_err(words)?;
    same_length(bytes, size)
}

fn same_length(bytes: Vec<u8>, size: usize) -> Result<Vec<u8>, String> {
    if bytes.len() == size {
        return Ok(bytes);
    }
    Err(format!(
        "{} bytes can't stand in the place of {size}: what follows would move",
        bytes.len()
    ))
}

/// Puts a number into some bits of an integer.
fn set_bits(format: &str, bits: BitRange, old: &[u8], number: i128) -> Result<Vec<u8>, String> {
    let layout = Struct::new(format).map_err(|e| e.to_string())?;
    let Some(MemberKind::Scalar(integer)) = layout.first_kind() else {
        return Err("it is no bit field of an integer".to_owned());
    };
    let count = u32::from(bits.count);
    let mask = !u128::MAX.checked_shl(count).unwrap_or(0);
    let (least, most) = if integer.signed {
        let most = i128::try_from(mask >> 1).unwrap_or(i128::MAX);
        (!most, most)
    } else {
        (0, i128::try_from(mask).unwrap_or(i128::MAX))
    };
    if !(least..=most).contains(&number) {
        return Err(format!(
            "{number} is not within {least} to {most}, what {count} bits hold"
        ));
    }
    let mut bytes = old.to_vec();
    if integer.little_endian {
        bytes.reverse();
    }
    let mut raw = bytes
        .iter()
        .fold(0_u128, |raw, byte| (raw << 8) | u128::from(*byte));
    let first = u32::from(bits.first);
    raw &= !mask.checked_shl(first).unwrap_or(0);
    raw |= (number.cast_unsigned() & mask)
        .checked_shl(first)
        .unwrap_or(0);
    let all = raw.to_be_bytes();
    let from = all.len().since(bytes.len());
    bytes.copy_from_slice(all.get(from..).unwrap_or_default());
    if integer.little_endian {
        bytes.reverse();
    }
    Ok(bytes)
}
