//! Differences of archives as lines for people.

use std::io::{self, Write};

use anstyle::Style;

use crate::Value;
use crate::formats::tar::compare::{Change, Difference, Field};
use crate::render::{escape, text_color};

/// Writes a difference on a line: `+ name`, `- name`, or `~ name` with the fields that changed.
///
/// # Errors
///
/// When writing to `out` fails.
pub(super) fn difference(difference: &Difference<'_>, out: &mut impl Write) -> io::Result<()> {
    let (sign, color, name, changes): (_, _, _, &[Change]) = match difference {
        Difference::Added(name) => ('+', text_color::GREEN, name, &[]),
        Difference::Removed(name) => ('-', text_color::RED, name, &[]),
        Difference::Changed(name, changes) => ('~', text_color::YELLOW, name, changes),
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
