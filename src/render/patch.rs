//! Changes for people: the field, its place, the old and the new value and bytes.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::escape;
use crate::inspect::edit::Change;

/// Bytes of each side that are shown.
const SHOWN: usize = 16;

/// Characters of a value that are shown.
const LONGEST: usize = 60;

/// Writes changes, four lines each.
///
/// # Errors
///
/// Those of `out`.
pub fn text(changes: &[Change], out: &mut impl Write) -> io::Result<()> {
    let bold = Style::new().bold();
    for change in changes {
        let follows = if change.follows {
            ", which follows"
        } else {
            ""
        };
        let (offset, size) = (change.offset, change.old.len());
        let s = if size == 1 { "" } else { "s" };
        writeln!(
            out,
            "{bold}{}{bold:#} at {offset:#x}, {size} byte{s}{follows}",
            escape::message(&change.path)
        )?;
        side('-', AnsiColor::Red, &change.old_value, &change.old, out)?;
        side('+', AnsiColor::Green, &change.new_value, &change.new, out)?;
    }
    Ok(())
}

fn side(
    sign: char,
    color: AnsiColor,
    value: &str,
    bytes: &[u8],
    out: &mut impl Write,
) -> io::Result<()> {
    let style = Style::new().fg_color(Some(color.into()));
    write!(out, "  {style}{sign}")?;
    for byte in bytes.iter().take(SHOWN) {
        write!(out, " {byte:02x}")?;
    }
    if bytes.len() > SHOWN {
        write!(out, " …")?;
    }
    let mut value: String = value.to_owned();
    if value.chars().count() > LONGEST {
        value = value.chars().take(LONGEST).collect();
        value.push('…');
    }
    writeln!(out, "{style:#}  {}", escape::text(&value))
}
