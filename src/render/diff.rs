//! Differences between two files of one format, field by field.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value as Json};

use super::{escape, json, tree};
use crate::inspect::diff::{Difference, Side};

/// Characters of a value that are shown.
const LONGEST: usize = 40;

/// A line for a difference: what happened, where, and from what to what.
///
/// # Errors
///
/// Those of `out`.
pub fn text(difference: &Difference, out: &mut impl Write) -> io::Result<()> {
    let (word, color) = match difference {
        Difference::Changed { .. } => ("changed", AnsiColor::Yellow),
        Difference::Removed(_) => ("removed", AnsiColor::Red),
        Difference::Added(_) => ("added  ", AnsiColor::Green),
    };
    let style = Style::new().fg_color(Some(color.into()));
    write!(out, "{style}{word}{style:#} ")?;
    match difference {
        Difference::Changed { old, new, at } => {
            let mut line = String::new();
            let _ = write!(
                line,
                "{} at {:#x}",
                escape::message(&old.path),
                old.node.range.offset
            );
            if old.node.range.offset != new.node.range.offset {
                let _ = write!(line, " ({:#x})", new.node.range.offset);
            }
            writeln!(out, "{line}: {}", change(old, new, *at))
        }
        Difference::Removed(side) | Difference::Added(side) => {
            let range = side.node.range;
            let s = if range.size == 1 { "" } else { "s" };
            let path = escape::message(&side.path);
            let what = match &side.node.value {
                Some(value) => format!(": {}", tree::cut(value, LONGEST, side.node.hex)),
                None => String::new(),
            };
            writeln!(
                out,
                "{path} at {:#x}, {} byte{s}{what}",
                range.offset, range.size
            )
        }
    }
}

fn change(old: &Side, new: &Side, at: u64) -> String {
    if let (Some(before), Some(after)) = (&old.node.value, &new.node.value) {
        let before = tree::cut(before, LONGEST, old.node.hex);
        let after = tree::cut(after, LONGEST, new.node.hex);
        if before != after {
            let meanings = match (&old.node.meaning, &new.node.meaning) {
                (Some(before), Some(after)) if before != after => {
                    format!(" ({} → {})", escape::text(before), escape::text(after))
                }
                _ => String::new(),
            };
            return format!("{before} → {after}{meanings}");
        }
    }
    let (before, after) = (old.node.range.size, new.node.range.size);
    let sizes = if before == after {
        format!("{before} bytes")
    } else {
        format!("{before} → {after} bytes")
    };
    format!("{sizes}, the first difference {at:#x} behind the start")
}

/// A difference as JSON.
///
/// # Errors
///
/// None of those that can happen in memory.
pub fn json(difference: &Difference) -> io::Result<Json> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    match difference {
        Difference::Changed { old, new, at } => {
            put("kind", "changed".into());
            put("path", old.path.as_str().into());
            put("a", side(old)?);
            put("b", side(new)?);
            put("first_difference", (*at).into());
        }
        Difference::Removed(a) => {
            put("kind", "removed".into());
            put("path", a.path.as_str().into());
            put("a", side(a)?);
        }
        Difference::Added(b) => {
            put("kind", "added".into());
            put("path", b.path.as_str().into());
            put("b", side(b)?);
        }
    }
    Ok(Json::Object(object))
}

fn side(side: &Side) -> io::Result<Json> {
    let mut object = Map::new();
    object.insert("offset".to_owned(), side.node.range.offset.into());
    object.insert("size".to_owned(), side.node.range.size.into());
    if let Some(value) = &side.node.value {
        let value = serde_json::to_value(json::of_node(&side.node, value, json::Style::default()))?;
        object.insert("value".to_owned(), value);
    }
    Ok(Json::Object(object))
}
