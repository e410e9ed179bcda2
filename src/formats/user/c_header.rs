//! Structs of C headers as formats: the mirror of a layout that is written as C.
//!
//! Sizes and alignments are those of 64-bit Linux, numbers are little-endian. Unsupported declarations are left out and
//! reported with their lines.

mod layout;
mod number;
mod parse;
mod tokens;
mod types;

use std::fmt::Write as _;
use std::path::Path;

use super::Error;
use super::converted::{Converted, LeftOut, toml_text};
use super::file::text_of;

/// The largest header that is read, in bytes.
const MAX_HEADER: u64 = 4 << 20;

/// The structs of the header in a file.
///
/// # Errors
///
/// When the file can't be read, is no text, or has more than 4 MiB.
pub fn read_c(path: impl AsRef<Path>) -> Result<Converted, Error> {
    let path = path.as_ref();
    let text = text_of(path, MAX_HEADER).map_err(|error| Error::io(path, error))?;
    let text = text.ok_or_else(|| {
        let message = format!("a header has at most {MAX_HEADER} bytes");
        Error::entry(path, None, message)
    })?;
    Ok(from_c(path, &text))
}

/// The structs of a header as a file of formats; `path` is the file's name in messages.
///
/// ```
/// let text = "struct point { char tag; unsigned int x:4, y:4; int z; };";
/// let converted = bytewright::formats::user::from_c("point.h", text);
/// assert!(converted.text.contains("[formats.point]"));
/// assert!(converted.text.contains("b:tag\nB{x:4 y:4}\n2x\ni:z\n"), "{}", converted.text);
/// ```
pub fn from_c(path: impl AsRef<Path>, text: &str) -> Converted {
    let path = path.as_ref();
    let mut left_out = Vec::new();
    let mut tell = |line: usize, message: String| {
        left_out.push(LeftOut {
            path: path.to_owned(),
            line,
            message,
        });
    };
    let found = parse::header(text, &mut tell);
    let mut text = String::new();
    for of in &found.structs {
        let Some(name) = &of.name else { continue };
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "[formats.{name}]\nformat = '''\n<");
        for item in &of.items {
            let _ = writeln!(text, "{item}");
        }
        let _ = writeln!(text, "'''");
        for (field, index) in &of.enums {
            let members = found
                .enums
                .get(*index)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let mut seen = Vec::new();
            let mut names = Vec::new();
            // Of two names of one number the first counts.
            for (name, value) in members {
                if !seen.contains(value) {
                    seen.push(*value);
                    names.push(format!("\"{value}\" = {}", toml_text(name)));
                }
            }
            if !names.is_empty() {
                let _ = writeln!(
                    text,
                    "enums.{} = {{ {} }}",
                    toml_text(field),
                    names.join(", ")
                );
            }
        }
    }
    left_out.sort();
    Converted { text, left_out }
}
