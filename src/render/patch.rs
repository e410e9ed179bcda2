//! Changes for people: the field, its place, the old and the new value and bytes.

use std::io::{self, Write};

use anstyle::{Ansi256Color, Style};

use super::escape;
use crate::inspect::edit::Change;
use crate::render::text_color;
use crate::value::text::counted;

/// Bytes of each side that are shown.
const SHOWN: usize = 16;

/// Characters of a value that are shown.
const LONGEST: usize = 60;

/// Writes changes, four lines each.
///
/// # Errors
///
/// When writing to `out` fails.
pub fn text(changes: &[Change], out: &mut impl Write) -> io::Result<()> {
    let bold = Style::new().bold();
    for change in changes {
        let follows = if change.follows {
            ", which follows"
        } else {
            ""
        };
        let (offset, size) = (change.offset, counted(change.old.len() as u64, "byte"));
        writeln!(
            out,
            "{bold}{}{bold:#} at {offset:#x}, {size}{follows}",
            escape::message(&change.path)
        )?;
        side('-', text_color::RED, &change.old_value, &change.old, out)?;
        side('+', text_color::GREEN, &change.new_value, &change.new, out)?;
    }
    Ok(())
}

fn side(
    sign: char,
    color: Ansi256Color,
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
    writeln!(out, "{style:#}  {}", escape::value(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_python_writes_them_and_control_no_terminal() {
        let change = Change {
            path: "name".to_owned(),
            places: Vec::new(),
            offset: 4,
            old: vec![0x61, 0x5c, 0x00, 0x1b],
            new: vec![0x62; 4],
            old_value: r"b'a\\\x00\x1b'".to_owned(),
            new_value: "\u{1b}[2J".to_owned(),
            follows: false,
        };
        let mut out = Vec::new();
        text(&[change], &mut out).unwrap();
        assert_eq!(
            anstream::adapter::strip_bytes(&out).into_vec(),
            b"name at 0x4, 4 bytes\n\
              \x20 - 61 5c 00 1b  b'a\\\\\\x00\\x1b'\n\
              \x20 + 62 62 62 62  \\x1b[2J\n"
        );
    }
}
