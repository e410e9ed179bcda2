//! Text from files, made safe for a terminal.
//!
//! Control characters can move the cursor, change the title or answer questions in the user's
//! name; bidirectional and invisible characters make a name look like another. They are shown as
//! escapes; everything else that is printable in Unicode stays as it is.

use std::fmt::{self, Write};
use std::path::Path;

use crate::value::text::is_unsafe;

/// Bytes that should be text, such as a member's name: escapes for what isn't, and a doubled
/// backslash, so that two different names never look the same.
///
/// ```
/// use bytewright::render::escape::text;
///
/// assert_eq!(text("naïve 画像.bmp").to_string(), "naïve 画像.bmp");
/// assert_eq!(text(b"\x1b[2J\xff\n").to_string(), r"\x1b[2J\xff\n");
/// assert_eq!(text("gpj.\u{202e}exe").to_string(), r"gpj.\u{202e}exe");
/// assert_eq!(text(r"C:\new").to_string(), r"C:\\new");
/// ```
pub fn text(bytes: &(impl AsRef<[u8]> + ?Sized)) -> impl fmt::Display {
    Escaped {
        bytes: bytes.as_ref(),
        double_backslash: true,
        keep_newlines: false,
    }
}

/// A name as it is in messages: [`text`], cut at the length of the longest message.
///
/// ```
/// use bytewright::render::escape::name;
///
/// assert_eq!(name("a\tb").to_string(), r"a\tb");
/// let long = name(&[b'a'; 900_000]).to_string();
/// assert!(long.len() < 250 && long.ends_with("… (900000 bytes)"), "{long}");
/// ```
pub fn name(bytes: &(impl AsRef<[u8]> + ?Sized)) -> impl fmt::Display {
    const LONGEST: usize = 200;
    let bytes = bytes.as_ref();
    let (start, after) = bytes.split_at(bytes.len().min(LONGEST));
    let cut = match after {
        [] => String::new(),
        _ => format!("… ({} bytes)", bytes.len()),
    };
    format!("{}{cut}", text(start))
}

/// A path as it is in messages: [`text`], without doubling a backslash, which separates the
/// parts of a path on some systems.
pub fn path(path: &Path) -> impl fmt::Display {
    Escaped {
        bytes: path.as_os_str().as_encoded_bytes(),
        double_backslash: false,
        keep_newlines: false,
    }
}

/// A value as it is written, such as `b'\\x00'`: [`text`], without doubling the backslashes of the
/// escapes that it has already.
///
/// ```
/// use bytewright::render::escape::value;
///
/// assert_eq!(value(r"b'a\x00'").to_string(), r"b'a\x00'");
/// assert_eq!(value("1\n\x07").to_string(), r"1\n\x07");
/// ```
pub fn value(text: &str) -> impl fmt::Display {
    Escaped {
        bytes: text.as_bytes(),
        double_backslash: false,
        keep_newlines: false,
    }
}

/// A finished message that may hold text from elsewhere: its own line ends stay.
///
/// ```
/// use bytewright::render::escape::message;
///
/// assert_eq!(message("a:\n  \x07").to_string(), "a:\n  \\x07");
/// ```
pub fn message(text: &str) -> impl fmt::Display {
    Escaped {
        bytes: text.as_bytes(),
        double_backslash: false,
        keep_newlines: true,
    }
}

struct Escaped<'a> {
    bytes: &'a [u8],
    double_backslash: bool,
    keep_newlines: bool,
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.bytes.utf8_chunks() {
            let mut rest = chunk.valid();
            // Most text needs nothing: whole runs are written at once.
            while let Some((at, c)) = rest.char_indices().find(|&(_, c)| self.must_escape(c)) {
                let (plain, special) = rest.split_at(at);
                f.write_str(plain)?;
                escape(c, f)?;
                rest = special.get(c.len_utf8()..).unwrap_or_default();
            }
            f.write_str(rest)?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl Escaped<'_> {
    fn must_escape(&self, c: char) -> bool {
        match c {
            '\\' => self.double_backslash,
            '\n' => !self.keep_newlines,
            c => is_unsafe(c),
        }
    }
}

fn escape(c: char, f: &mut impl Write) -> fmt::Result {
    match c {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\\' => f.write_str("\\\\"),
        '\0'..='\x7f' => write!(f, "\\x{:02x}", u32::from(c)),
        _ => write!(f, "\\u{{{:x}}}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_controls_a_terminal_passes() {
        for c in ('\0'..' ').chain('\x7f'..='\u{9f}') {
            let shown = text(&c.to_string()).to_string();
            assert!(shown.starts_with('\\'), "{c:?}");
            assert!(shown.chars().all(|c| !c.is_control()), "{c:?}");
        }
    }

    #[test]
    fn different_names_look_different() {
        assert_ne!(text("\x1b").to_string(), text("\\x1b").to_string());
        assert_ne!(text("\u{85}").to_string(), text(b"\x85").to_string());
    }

    #[test]
    fn cut_and_overlong_sequences_are_shown_byte_by_byte() {
        assert_eq!(text(b"a\xe7\x94b").to_string(), r"a\xe7\x94b");
        assert_eq!(text(b"\xc0\xaf").to_string(), r"\xc0\xaf");
    }
}
