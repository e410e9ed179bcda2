//! The bytes of a text in an encoding.

use encoding_rs::Encoding as Legacy;

use super::PatternError;

/// How text is written in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoding(Kind);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    Legacy(&'static Legacy),
}

impl Encoding {
    /// UTF-8.
    pub const UTF_8: Encoding = Encoding(Kind::Utf8);

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
        let unknown = || PatternError::Encoding(name.to_owned());
        let label = name.trim().to_ascii_lowercase();
        Ok(Encoding(match label.as_str() {
            "utf-16le" | "utf16le" => Kind::Utf16Le,
            "utf-16be" | "utf16be" => Kind::Utf16Be,
            "utf-32le" | "utf32le" => Kind::Utf32Le,
            "utf-32be" | "utf32be" => Kind::Utf32Be,
            // Without a byte order there are two ways to write it.
            "utf-16" | "utf16" => return Err(unknown()),
            "latin-1" => Kind::Legacy(encoding_rs::WINDOWS_1252),
            label => match Legacy::for_label(label.as_bytes()).ok_or_else(unknown)? {
                known if known == encoding_rs::UTF_8 => Kind::Utf8,
                // The rest of these can only be read, not written.
                known if known.output_encoding() != known => return Err(unknown()),
                known => Kind::Legacy(known),
            },
        }))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Utf8 => "UTF-8",
            Kind::Utf16Le => "UTF-16LE",
            Kind::Utf16Be => "UTF-16BE",
            Kind::Utf32Le => "UTF-32LE",
            Kind::Utf32Be => "UTF-32BE",
            Kind::Legacy(legacy) => legacy.name(),
        }
    }

    /// The bytes of a text.
    ///
    /// # Errors
    ///
    /// When the encoding lacks a character of it.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, PatternError> {
        Ok(match self.0 {
            Kind::Utf8 => text.as_bytes().to_vec(),
            Kind::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Kind::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Kind::Utf32Le => utf32(text, u32::to_le_bytes),
            Kind::Utf32Be => utf32(text, u32::to_be_bytes),
            Kind::Legacy(legacy) => {
                let (bytes, _, lossy) = legacy.encode(text);
                if lossy {
                    return Err(self.unencodable(text));
                }
                bytes.into_owned()
            }
        })
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

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(u32::from(c))).collect()
}
