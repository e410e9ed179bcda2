//! What archives differ in, and what they hold, as lines for people and as JSON.

use std::io::{self, Write};

use anstyle::Style;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::Value;
use crate::formats::tar::Kind;
use crate::formats::tar::compare::{Change, Difference, Field, Line};
use crate::render::ink;
use crate::render::{escape, json};

/// Writes a difference on a line: `+ name`, `- name`, or `~ name` with the fields that changed.
///
/// # Errors
///
/// Those of `out`.
pub(super) fn difference(difference: &Difference<'_>, out: &mut impl Write) -> io::Result<()> {
    let (sign, color, name, changes): (_, _, _, &[Change]) = match difference {
        Difference::Added(name) => ('+', ink::GREEN, name, &[]),
        Difference::Removed(name) => ('-', ink::RED, name, &[]),
        Difference::Changed(name, changes) => ('~', ink::YELLOW, name, changes),
    };
    let style = Style::new().fg_color(Some(color.into()));
    write!(out, "{style}{sign}{style:#} {}", escape::text(name))?;
    for (i, change) in changes.iter().enumerate() {
        let field = change.field;
        write!(out, "{} {}", if i == 0 { ":" } else { "," }, field.name())?;
        if let Some((a, b)) = &change.values {
            write!(out, " {} -> {}", shown(field, a), shown(field, b))?;
        }
    }
    out.write_all(b"\n")
}

fn shown(field: Field, value: &Value) -> String {
    match (field, value) {
        (Field::Mode, Value::Int(mode)) => format!("{mode:04o}"),
        (_, Value::Bytes(text)) if text.is_empty() => "''".to_owned(),
        (_, Value::Bytes(text)) => escape::text(text).to_string(),
        (_, value) => value.to_string(),
    }
}

/// A difference as a JSON object: `kind` (`added`, `removed`, `changed`), `name`, and for what
/// changed `fields`, a list of objects with `field` and, where they can be told, `a` and `b`.
pub(super) fn difference_json<'a>(difference: &'a Difference<'a>) -> impl Serialize + use<'a> {
    let (kind, name, changes): (_, &[u8], &[Change]) = match difference {
        Difference::Added(name) => ("added", name, &[]),
        Difference::Removed(name) => ("removed", name, &[]),
        Difference::Changed(name, changes) => ("changed", name, changes),
    };
    DifferenceJson {
        kind,
        name,
        changes,
    }
}

struct DifferenceJson<'a> {
    kind: &'static str,
    name: &'a [u8],
    changes: &'a [Change],
}

impl Serialize for DifferenceJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind)?;
        map.serialize_entry("name", &json::bytes(self.name))?;
        if !self.changes.is_empty() {
            let changes: Vec<_> = self.changes.iter().map(ChangeJson).collect();
            map.serialize_entry("fields", &changes)?;
        }
        map.end()
    }
}

struct ChangeJson<'a>(&'a Change);

impl Serialize for ChangeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Change { field, values, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("field", field.name())?;
        for (side, value) in values.iter().flat_map(|(a, b)| [("a", a), ("b", b)]) {
            match (field, value) {
                (Field::Mode, mode) => map.serialize_entry(side, &shown(*field, mode))?,
                _ => map.serialize_entry(side, &json::value(value, json::Style::default()))?,
            }
        }
        map.end()
    }
}

/// A line of a manifest as a JSON object: `name`, `type`, `size` (of files), `mode`, `link` (of
/// links), and each digest in hexadecimal under the name of its algorithm.
pub(super) fn line_json<'a>(line: &'a Line<'a>) -> impl Serialize + use<'a> {
    LineJson(line)
}

struct LineJson<'a>(&'a Line<'a>);

impl Serialize for LineJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &json::bytes(line.name))?;
        map.serialize_entry("type", line.kind.name())?;
        if line.kind == Kind::File {
            map.serialize_entry("size", &line.size)?;
        }
        map.serialize_entry("mode", &format!("{:04o}", line.mode))?;
        if matches!(line.kind, Kind::Symlink | Kind::Hardlink) {
            map.serialize_entry("link", &json::bytes(line.link))?;
        }
        for digest in &line.digests {
            map.serialize_entry(digest.algorithm.name(), &digest.to_string())?;
        }
        map.end()
    }
}
