//! The bytes of a text in an encoding.

use super::PatternError;
use crate::value::encoding::Encoding as Known;

/// How text is written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(Known);

impl Default for Encoding {
    fn default() -> Self {
        Encoding::UTF_8
    }
}

impl Encoding {
    /// UTF-8.
    pub const UTF_8: Encoding = Encoding(Known::Utf8);

    /// The encoding of that name: UTF-8, -16 or -32, or what the WHATWG's Encoding Standard calls
    /// so: `gbk`, `shift_jis`, `latin1` (which is windows-1252 there).
    ///
    /// ```
    /// use bytewright::inspect::find::Encoding;
    ///
    /// let encoding = Encoding::named("UTF-16LE")?;
    /// assert_eq!(encoding.encode("a€")?, b"a\0\xac\x20");
    /// assert_eq!(Encoding::named("latin-1")?.encode("é")?, b"\xe9");
    /// assert!(Encoding::named("latin1")?.encode("漢").is_err());
    /// # Ok::<(), bytewright::inspect::find::PatternError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there is none of that name.
    pub fn named(name: &str) -> Result<Encoding, PatternError> {
        let found = match name.trim().to_ascii_lowercase().as_str() {
            // Without a byte order there are two ways to write it.
            "utf-16" | "utf16" | "utf-32" | "utf32" => None,
            "latin-1" | "latin1" => Some(Known::Standard(encoding_rs::WINDOWS_1252)),
            label => Known::named(label),
        };
        found
            .map(Encoding)
            .ok_or_else(|| PatternError::Encoding(name.to_owned()))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The bytes of a text.
    ///
    /// # Errors
    ///
    /// When the encoding lacks a character of it.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, PatternError> {
        self.0.encode(text).ok_or_else(|| self.unencodable(text))
    }

    fn unencodable(self, text: &str) -> PatternError {
        let lacks = |c: &char| self.encode(c.encode_utf8(&mut [0; 4])).is_err();
        // A single character ends the search here: it is the one.
        let character = match text.chars().count() {
            0 | 1 => text.chars().next(),
            _ => text.chars().find(lacks),
        };
        PatternError::Unencodable {
            character: character.unwrap_or(char::REPLACEMENT_CHARACTER),
            encoding: self.name(),
        }
    }
}
