//! Differences between two files of one format, field by field.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use super::{escape, json, tree};
use crate::inspect::diff::{Difference, Side};
use crate::render::text_color;
use crate::value::text::counted;

/// Characters of a value that are shown.
const LONGEST: usize = 40;

/// A line for a difference: what happened, where, and from what to what.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(difference: &Difference, out: &mut impl Write) -> io::Result<()> {
    let (word, color) = match difference {
        Difference::Changed { .. } => ("changed", text_color::YELLOW),
        Difference::Removed(_) => ("removed", text_color::RED),
        Difference::Added(_) => ("added  ", text_color::GREEN),
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
            let path = escape::message(&side.path);
            let what = match &side.node.value {
                Some(value) => format!(": {}", tree::of_node(&side.node, value, LONGEST, false)),
                None => String::new(),
            };
            writeln!(
                out,
                "{path} at {:#x}, {}{what}",
                range.offset,
                counted(range.size, "byte")
            )
        }
    }
}

fn change(old: &Side, new: &Side, at: u64) -> String {
    if let (Some(before), Some(after)) = (&old.node.value, &new.node.value) {
        let before = tree::of_node(&old.node, before, LONGEST, false);
        let after = tree::of_node(&new.node, after, LONGEST, false);
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
    format!("{sizes}, the first difference {at:#x} after the start")
}

/// A difference as JSON.
pub fn json(difference: &Difference) -> impl Serialize + '_ {
    let (kind, a, b, at) = match difference {
        Difference::Changed { old, new, at } => ("changed", Some(old), Some(new), Some(*at)),
        Difference::Removed(a) => ("removed", Some(a), None, None),
        Difference::Added(b) => ("added", None, Some(b), None),
    };
    DifferenceJson {
        kind,
        path: a.or(b).map_or("", |side| side.path.as_str()),
        a: a.map(|a| side(a)),
        b: b.map(|b| side(b)),
        first_difference: at,
    }
}

#[derive(Serialize)]
struct DifferenceJson<'a, S> {
    kind: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_difference: Option<u64>,
}

#[derive(Serialize)]
struct SideJson<V> {
    offset: u64,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<V>,
}

fn side(side: &Side) -> impl Serialize + '_ {
    let node = &side.node;
    let value = node.value.as_ref();
    SideJson {
        offset: node.range.offset,
        size: node.range.size,
        value: value.map(|value| json::of_node(node, value, json::Style::default())),
    }
}
