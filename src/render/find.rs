//! Hits of a search, with the bytes around them.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use serde_json::{Map, Value as Json, json};

use super::{escape, json};
use crate::inspect::Owner;
use crate::inspect::find::Find;
use crate::render::text_color;
use crate::tree::Range;

/// How many bytes come before a hit.
const BEFORE: usize = 4;

/// Bytes on a line; more where a hit needs it.
const LINE: usize = 14;

/// How many bytes of a long hit are shown.
const SHOWN: usize = 16;

const MARKED: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi256(text_color::RED)));

const FIELD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi256(text_color::CYAN)));

/// A line for the hit that `find` answered with last: its offset, with a `~` in what a stream holds, its
/// bytes in brackets between those around it, the same as text, and the field that it begins in, where
/// that is known.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(
    find: &Find<'_>,
    hit: Range,
    field: Option<&Owner>,
    out: &mut impl Write,
) -> io::Result<()> {
    let before = find.before(BEFORE);
    let bytes = find.bytes();
    let shown = bytes.get(..SHOWN).unwrap_or(bytes);
    let cut = if shown.len() < bytes.len() {
        " …"
    } else {
        ""
    };
    let room = LINE.saturating_sub(BEFORE).saturating_sub(shown.len());
    let after = find.after(room.max(BEFORE));
    // The start of the source is as far to the left as it would be with bytes before it.
    let indent = BEFORE.saturating_sub(before.len());
    let fill = room.saturating_sub(after.len());
    let offset = match hit.space.is_file() {
        true => format!("{:#x}", hit.offset),
        false => format!("~{:#x}", hit.offset),
    };
    write!(
        out,
        "{offset:>10}  {:indent$}{}{}[{MARKED}{}{MARKED:#}{cut}]{}{}{:fill$}  ",
        "",
        hex(before),
        if before.is_empty() { "" } else { " " },
        hex(shown),
        if after.is_empty() { "" } else { " " },
        hex(after),
        "",
        indent = indent.saturating_mul(3),
        fill = fill.saturating_mul(3),
    )?;
    write!(
        out,
        "{:indent$}{}[{MARKED}{}{MARKED:#}{cut}]{}",
        "",
        ascii(before),
        ascii(shown),
        ascii(after),
        cut = cut.trim_start(),
    )?;
    if let Some(owner) = field {
        let fill = fill.saturating_sub(cut.len() / 2);
        write!(
            out,
            "{:fill$}  {FIELD}{}{FIELD:#}",
            "",
            escape::message(&owner.path)
        )?;
        match hit.offset.saturating_sub(owner.start) {
            0 => {}
            within => write!(out, "+{within:#x}")?,
        }
    }
    writeln!(out)
}

/// A hit as JSON, with all of its bytes.
pub fn json(
    file: &str,
    pattern: Option<&str>,
    find: &Find<'_>,
    hit: Range,
    field: Option<&Owner>,
) -> serde_json::Result<Json> {
    let mut object = Map::new();
    object.insert("file".into(), json!(file));
    if let Some(stream) = hit.space.stream_index() {
        object.insert("stream".into(), json!(stream));
    }
    object.insert("offset".into(), json!(hit.offset));
    object.insert("size".into(), json!(hit.size));
    object.insert(
        "value".into(),
        serde_json::to_value(json::bytes(find.bytes()))?,
    );
    if let Some(owner) = field {
        object.insert("path".into(), json!(owner.path));
    }
    if let Some(pattern) = pattern {
        object.insert("pattern".into(), json!(pattern));
    }
    Ok(Json::Object(object))
}

/// Bytes in hexadecimal, a space between them.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(3));
    for (i, byte) in bytes.iter().enumerate() {
        let space = if i == 0 { "" } else { " " };
        // Writing to a string doesn't fail.
        let _ = write!(text, "{space}{byte:02x}");
    }
    text
}

/// Bytes as ASCII, with a dot for what isn't printable.
fn ascii(bytes: &[u8]) -> String {
    let character = |&b: &u8| match b {
        b' '..=b'~' => char::from(b),
        _ => '.',
    };
    bytes.iter().map(character).collect()
}
