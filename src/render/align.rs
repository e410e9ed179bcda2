//! Edits from one file to another, a line each.

use std::io::{self, Read, Write};

use anstyle::Style;
use serde_json::{Value as Json, json};

use super::find::hex;
use super::streamed_bytes;
use crate::Source;
use crate::inspect::align::{Edit, Kind, Span, Summary};
use crate::render::text_color;
use crate::value::text::counted;

/// The heading above the lines of [`text`].
///
/// # Errors
///
/// When writing to `out` fails.
pub fn heading(out: &mut impl Write) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(
        out,
        "{bold}{:>10}  {:>10}  difference{bold:#}",
        "offset", "in the 2nd"
    )
}

/// A line for an edit: where it is in either file, what happened, and up to `limit` bytes of each
/// side, which `a` and `b` read from the first one on.
///
/// # Errors
///
/// When `a` or `b` can't be read, or writing to `out` fails.
pub fn text(
    edit: &Edit,
    a: impl Read,
    b: impl Read,
    limit: Option<u64>,
    out: &mut impl Write,
) -> io::Result<()> {
    let (color, size) = match edit.kind {
        Kind::Equal | Kind::Changed => (text_color::YELLOW, edit.a.size()),
        Kind::Inserted => (text_color::GREEN, edit.b.size()),
        Kind::Deleted => (text_color::RED, edit.a.size()),
    };
    let style = Style::new().fg_color(Some(color.into()));
    write!(
        out,
        "{:>#10x}  {:>#10x}  {style}{}{style:#} {}",
        edit.a.start,
        edit.b.start,
        word(edit.kind),
        counted(size, "byte"),
    )?;
    if edit.kind == Kind::Changed && edit.a.size() != edit.b.size() {
        write!(out, " to {}", edit.b.size())?;
    }
    out.write_all(b": ")?;
    if edit.kind != Kind::Inserted {
        bytes(a, edit.a.size(), limit, out)?;
    }
    if edit.kind == Kind::Changed {
        out.write_all(" → ".as_bytes())?;
    }
    if edit.kind != Kind::Deleted {
        bytes(b, edit.b.size(), limit, out)?;
    }
    writeln!(out)
}

/// Bytes in hexadecimal, as many as there are in little memory.
fn bytes(from: impl Read, size: u64, limit: Option<u64>, out: &mut impl Write) -> io::Result<()> {
    let shown = limit.map_or(size, |limit| limit.min(size));
    let mut from = from.take(shown);
    let mut buffer = [0; 4096];
    let mut space = "";
    loop {
        let read = from.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(bytes) if read > 0 => write!(out, "{space}{}", hex(bytes))?,
            _ => break,
        }
        space = " ";
    }
    if shown < size {
        out.write_all(" …".as_bytes())?;
    }
    Ok(())
}

/// An edit as JSON, with up to `limit` bytes of each side.
///
/// # Errors
///
/// When `a` or `b` can't be read, or writing to `out` fails.
pub fn json(
    edit: &Edit,
    a: &Source,
    b: &Source,
    limit: Option<u64>,
    out: &mut impl Write,
) -> io::Result<()> {
    write!(out, "{{\"kind\":\"{}\",\"a\":", word(edit.kind))?;
    side(edit.a, a, limit, out)?;
    out.write_all(b",\"b\":")?;
    side(edit.b, b, limit, out)?;
    out.write_all(b"}")
}

fn side(span: Span, source: &Source, limit: Option<u64>, out: &mut impl Write) -> io::Result<()> {
    let (start, size) = (span.start, span.size());
    let shown = limit.map_or(size, |limit| limit.min(size));
    write!(out, "{{\"offset\":{start},\"size\":{size},\"value\":")?;
    streamed_bytes::json(&|| Ok(Box::new(source.reader(start).take(shown))), out)?;
    if shown < size {
        out.write_all(b",\"cut\":true")?;
    }
    out.write_all(b"}")
}

/// How many edits there are, in words.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn summary(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let bytes = |n| counted(n, "byte");
    let Summary {
        equal,
        changed,
        inserted,
        deleted,
        ..
    } = *summary;
    let to = match changed {
        (_, a, b) if a != b => format!(", now {b}"),
        _ => String::new(),
    };
    writeln!(out, "equal     {}", bytes(equal))?;
    writeln!(
        out,
        "changed   {}{to} in {}",
        bytes(changed.1),
        counted(changed.0, "place")
    )?;
    writeln!(
        out,
        "inserted  {} in {}",
        bytes(inserted.1),
        counted(inserted.0, "place")
    )?;
    writeln!(
        out,
        "deleted   {} in {}",
        bytes(deleted.1),
        counted(deleted.0, "place")
    )
}

/// A summary as JSON.
pub fn summary_json(summary: &Summary) -> Json {
    let Summary {
        equal,
        changed,
        inserted,
        deleted,
        ..
    } = *summary;
    json!({
        "equal": equal,
        "changed": {"count": changed.0, "a": changed.1, "b": changed.2},
        "inserted": {"count": inserted.0, "b": inserted.1},
        "deleted": {"count": deleted.0, "a": deleted.1},
    })
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Equal => "equal",
        Kind::Changed => "changed",
        Kind::Inserted => "inserted",
        Kind::Deleted => "deleted",
    }
}
