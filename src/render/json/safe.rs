//! JSON that is safe to show: control and invisible characters are escaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::value::text::is_unsafe;

/// Writes a value on one line; its texts may come from anywhere.
///
/// ```
/// use bytewright::render::json;
///
/// let mut out = Vec::new();
/// json::write(&mut out, &"gpj.\u{202e}exe \u{9b}")?;
/// assert_eq!(out, br#""gpj.\u202eexe \u009b""#);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the writer fails.
pub fn write(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Safe);
    Ok(value.serialize(&mut serializer)?)
}

struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
            let (plain, special) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = special.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}
