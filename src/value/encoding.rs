//! Text in bytes: the encodings that fields of files are declared in.

#[cfg(feature = "encodings")]
use encoding_rs::Encoding as Standard;

use super::code_page::CodePage;

/// How text is written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    Ascii,
    /// ISO 8859-1, of which every byte is a character.
    Latin1,
    Utf8,
    Utf16 {
        little: bool,
    },
    Utf32 {
        little: bool,
    },
    /// Code page 437 and its like.
    Page(&'static CodePage),
    /// ISO-8859-9 and -11, of which the Encoding Standard has windows' extensions alone: these without the
    /// characters that are control characters here.
    #[cfg(feature = "encodings")]
    Iso(&'static Standard),
    /// Java's UTF-8 (The Java Virtual Machine Specification, section 4.4.7): units of UTF-16 of one to
    /// three bytes each, a NUL of two.
    Mutf8,
    /// One of the WHATWG's Encoding Standard, such as GBK.
    #[cfg(feature = "encodings")]
    Standard(&'static Standard),
}

impl Encoding {
    /// The encoding of that name, as it is registered or commonly called; case, spaces, hyphens and
    /// underscores don't count.
    #[cfg(any(feature = "find", feature = "kaitai"))]
    pub(crate) fn named(name: &str) -> Option<Encoding> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let part = iso_part(&plain).map(|part| format!("iso8859{part}"));
        Some(match part.as_deref().unwrap_or(&plain) {
            "ascii" | "usascii" | "ibm367" | "cp367" | "csascii" | "isoir6" | "646" => {
                Encoding::Ascii
            }
            "utf8" | "cp65001" | "csutf8" | "u8" | "iso10646/utf8" | "unicode20utf8" => {
                Encoding::Utf8
            }
            "mutf8" => Encoding::Mutf8,
            "iso88591" | "latin1" | "latin" | "isoir100" | "ibm819" | "cp819" => Encoding::Latin1,
            "iso88599" | "isoir148" => Encoding::Iso(encoding_rs::WINDOWS_1254),
            "iso885911" | "thai" | "tis620" | "cstis620" => Encoding::Iso(encoding_rs::WINDOWS_874),
            "cspc8codepage437" => Encoding::Page(&crate::value::code_page::CP437),
            "utf16le" | "utf16" | "csutf16le" => Encoding::Utf16 { little: true },
            "utf16be" | "csutf16be" => Encoding::Utf16 { little: false },
            "utf32le" | "utf32" | "csutf32le" => Encoding::Utf32 { little: true },
            "utf32be" | "csutf32be" => Encoding::Utf32 { little: false },
            "ibm866" | "cp866" | "866" | "csibm866" => Encoding::Standard(encoding_rs::IBM866),
            "greek8" => Encoding::Standard(encoding_rs::ISO_8859_7),
            "euckr" | "cseuckr" => Encoding::Standard(encoding_rs::EUC_KR),
            "macroman" => Encoding::Standard(encoding_rs::MACINTOSH),
            "sjis" | "shiftjis" | "csshiftjis" | "pck" | "cp932" | "ms932" | "windows31j"
            | "mskanji" => Encoding::Standard(encoding_rs::SHIFT_JIS),
            plain => {
                if let Some(page) = code_page(plain) {
                    return Some(Encoding::Page(page));
                }
                let windows = plain
                    .strip_prefix("cp125")
                    .or_else(|| plain.strip_prefix("windows125"))
                    .or_else(|| plain.strip_prefix("cswindows125"));
                let label = match windows {
                    Some(digit) => format!("windows-125{digit}"),
                    None => match plain.strip_prefix("iso8859") {
                        Some(part) => format!("iso-8859-{part}"),
                        None => plain.to_owned(),
                    },
                };
                let found = Standard::for_label_no_replacement(label.as_bytes())
                    .or_else(|| Standard::for_label_no_replacement(name.as_bytes()))?;
                // The standard's encoders write UTF-8 in place of UTF-16.
                match found {
                    found if found == encoding_rs::UTF_8 => Encoding::Utf8,
                    found if found == encoding_rs::UTF_16LE => Encoding::Utf16 { little: true },
                    found if found == encoding_rs::UTF_16BE => Encoding::Utf16 { little: false },
                    found => Encoding::Standard(found),
                }
            }
        })
    }

    /// Its registered name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Ascii => "ASCII",
            Encoding::Latin1 => "ISO-8859-1",
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16 { little: true } => "UTF-16LE",
            Encoding::Utf16 { little: false } => "UTF-16BE",
            Encoding::Utf32 { little: true } => "UTF-32LE",
            Encoding::Utf32 { little: false } => "UTF-32BE",
            Encoding::Page(page) => page.name,
            #[cfg(feature = "encodings")]
            Encoding::Iso(standard) if standard == encoding_rs::WINDOWS_1254 => "ISO-8859-9",
            #[cfg(feature = "encodings")]
            Encoding::Iso(_) => "ISO-8859-11",
            Encoding::Mutf8 => "MUTF-8",
            #[cfg(feature = "encodings")]
            Encoding::Standard(standard) => standard.name(),
        }
    }

    /// The bytes of a NUL.
    pub(crate) fn unit(self) -> usize {
        match self {
            Encoding::Utf16 { .. } => 2,
            Encoding::Utf32 { .. } => 4,
            _ => 1,
        }
    }

    /// The text of all the bytes; `None` where they are invalid in the encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Encoding::Ascii if !bytes.is_ascii() => None,
            Encoding::Ascii | Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Encoding::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Encoding::Utf16 { little } => {
                let (pairs, []) = bytes.as_chunks::<2>() else {
                    return None;
                };
                let units = pairs.iter().map(|pair| match little {
                    true => u16::from_le_bytes(*pair),
                    false => u16::from_be_bytes(*pair),
                });
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            Encoding::Utf32 { little } => {
                let (units, []) = bytes.as_chunks::<4>() else {
                    return None;
                };
                let units = units.iter().map(|unit| match little {
                    true => u32::from_le_bytes(*unit),
                    false => u32::from_be_bytes(*unit),
                });
                units.map(char::from_u32).collect()
            }
            Encoding::Page(page) => bytes.iter().map(|byte| page.character(*byte)).collect(),
            Encoding::Mutf8 => decode_mutf8(bytes),
            #[cfg(feature = "encodings")]
            Encoding::Iso(standard) => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0x9f => Some(char::from(*byte)),
                    byte => {
                        let byte = [*byte];
                        let text =
                            standard.decode_without_bom_handling_and_without_replacement(&byte)?;
                        text.chars().next()
                    }
                })
                .collect(),
            #[cfg(feature = "encodings")]
            Encoding::Standard(standard) => standard
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
        }
    }

    /// The bytes of a text; `None` where the encoding lacks a character of it.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Ascii if !text.is_ascii() => None,
            Encoding::Ascii | Encoding::Utf8 => Some(text.as_bytes().to_vec()),
            Encoding::Latin1 => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            Encoding::Utf16 { little } => {
                let bytes = text.encode_utf16().flat_map(|unit| match little {
                    true => unit.to_le_bytes(),
                    false => unit.to_be_bytes(),
                });
                Some(bytes.collect())
            }
            Encoding::Utf32 { little } => {
                let bytes = text.chars().map(u32::from).flat_map(|unit| match little {
                    true => unit.to_le_bytes(),
                    false => unit.to_be_bytes(),
                });
                Some(bytes.collect())
            }
            Encoding::Page(page) => text.chars().map(|c| page.byte(c)).collect(),
            Encoding::Mutf8 => Some(encode_mutf8(text)),
            #[cfg(feature = "encodings")]
            Encoding::Iso(standard) => text
                .chars()
                .map(|c| match c {
                    '\u{80}'..='\u{9f}' => u8::try_from(u32::from(c)).ok(),
                    c => {
                        let mut room = [0; 4];
                        let (bytes, _, lacks) = standard.encode(c.encode_utf8(&mut room));
                        let byte = bytes.first().filter(|_| !lacks && bytes.len() == 1)?;
                        (!(0x80..=0x9f).contains(byte)).then_some(*byte)
                    }
                })
                .collect(),
            #[cfg(feature = "encodings")]
            Encoding::Standard(standard) => {
                let (bytes, _, lacks) = standard.encode(text);
                (!lacks).then(|| bytes.into_owned())
            }
        }
    }
}

/// The code page of a PC that a name means: `cp850`, `ibm850`, `850`.
#[cfg(any(feature = "find", feature = "kaitai"))]
fn code_page(plain: &str) -> Option<&'static CodePage> {
    let digits = plain.strip_prefix("ibm").or(plain.strip_prefix("cp"));
    CodePage::numbered(digits.unwrap_or(plain).parse().ok()?)
}

/// Which part of ISO 8859 a name means: `iso88592`, `88592`, `latin2`, `l2`.
#[cfg(any(feature = "find", feature = "kaitai"))]
fn iso_part(plain: &str) -> Option<u8> {
    // Microsoft numbers them from 28591 on.
    if let Some(number) = plain.strip_prefix("windows28") {
        return number
            .parse::<u16>()
            .ok()?
            .checked_sub(590)?
            .try_into()
            .ok();
    }
    let plain = plain.strip_prefix("cs").unwrap_or(plain);
    let plain = plain.strip_prefix("iso").unwrap_or(plain);
    if let Some(part) = plain.strip_prefix("8859") {
        return part.parse().ok();
    }
    let latin = plain.strip_prefix("latin").or(plain.strip_prefix('l'))?;
    Some(match latin.parse().ok()? {
        5 => 9,
        6 => 10,
        7 => 13,
        8 => 14,
        9 => 15,
        10 => 16,
        part @ 1..=4 => part,
        _ => return None,
    })
}

fn decode_mutf8(bytes: &[u8]) -> Option<String> {
    let mut units = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let low = |i: usize| {
            rest.get(i)
                .filter(|byte| *byte & 0xc0 == 0x80)
                .map(|byte| u16::from(byte & 0x3f))
        };
        let (unit, size) = match first {
            0x01..=0x7f => (u16::from(*first), 1),
            0xc0..=0xdf => ((u16::from(first & 0x1f) << 6) | low(1)?, 2),
            0xe0..=0xef => (
                (u16::from(first & 0x0f) << 12) | (low(1)? << 6) | low(2)?,
                3,
            ),
            _ => return None,
        };
        units.push(unit);
        rest = rest.get(size..)?;
    }
    String::from_utf16(&units).ok()
}

fn encode_mutf8(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in text.encode_utf16() {
        let [high, low] = unit.to_be_bytes();
        let last = 0x80 | low & 0x3f;
        let middle = (high & 0x0f) << 2 | low >> 6;
        match unit {
            0x01..=0x7f => bytes.push(low),
            0 | 0x80..=0x7ff => bytes.extend([0xc0 | middle, last]),
            _ => bytes.extend([0xe0 | high >> 4, 0x80 | middle, last]),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_the_bytes_of_its_encoding_and_text_again() {
        let (le, be) = (true, false);
        for (encoding, text, bytes) in [
            (Encoding::Ascii, "a~", &b"a~"[..]),
            (Encoding::Latin1, "é\u{80}", b"\xe9\x80"),
            (Encoding::Utf8, "é", b"\xc3\xa9"),
            (
                Encoding::Utf16 { little: le },
                "é𝄞",
                b"\xe9\0\x34\xd8\x1e\xdd",
            ),
            (
                Encoding::Utf16 { little: be },
                "é𝄞",
                b"\0\xe9\xd8\x34\xdd\x1e",
            ),
            (Encoding::Utf32 { little: le }, "𝄞", b"\x1e\xd1\x01\0"),
            (Encoding::Utf32 { little: be }, "𝄞", b"\0\x01\xd1\x1e"),
            (
                Encoding::Page(&crate::value::code_page::CP437),
                "ü\u{a0}",
                b"\x81\xff",
            ),
            // U+0000, U+00E9, U+0800 and a pair of surrogates, D834 DD1E.
            (
                Encoding::Mutf8,
                "a\0é\u{800}𝄞",
                b"a\xc0\x80\xc3\xa9\xe0\xa0\x80\xed\xa0\xb4\xed\xb4\x9e",
            ),
        ] {
            assert_eq!(
                encoding.encode(text).as_deref(),
                Some(bytes),
                "{encoding:?}"
            );
            assert_eq!(
                encoding.decode(bytes).as_deref(),
                Some(text),
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn what_an_encoding_lacks_is_neither_read_nor_written() {
        let (le, be) = (true, false);
        for (encoding, bytes) in [
            (Encoding::Ascii, &b"\x80"[..]),
            (Encoding::Utf8, b"\xc3"),
            (Encoding::Utf16 { little: le }, b"a"),
            (Encoding::Utf16 { little: be }, b"\xd8\x34"),
            (Encoding::Utf32 { little: le }, b"a\0\0"),
            (Encoding::Utf32 { little: be }, b"\0\x11\0\0"),
            (Encoding::Mutf8, b"\0"),
            (Encoding::Mutf8, b"\xc3"),
            (Encoding::Mutf8, b"\xe0\xa0a"),
            (Encoding::Mutf8, b"\xf0\x90\x80\x80"),
        ] {
            assert_eq!(encoding.decode(bytes), None, "{encoding:?}");
        }
        for (encoding, text) in [
            (Encoding::Ascii, "é"),
            (Encoding::Latin1, "Ā"),
            (Encoding::Page(&crate::value::code_page::CP437), "€"),
        ] {
            assert_eq!(encoding.encode(text), None, "{encoding:?}");
        }
    }

    #[cfg(any(feature = "find", feature = "kaitai"))]
    #[test]
    fn a_name_is_known_in_each_of_its_spellings() {
        for (names, known) in [
            (&["ASCII", "us-ascii"][..], "ASCII"),
            (&["ISO-8859-1", "latin-1", "iso8859_1"], "ISO-8859-1"),
            (&["UTF-8", "utf8", "unicode-1-1-utf-8"], "UTF-8"),
            (&["utf-16le", "UTF-16", "ucs-2", "csunicode"], "UTF-16LE"),
            (&["UTF-16BE", "unicodefffe"], "UTF-16BE"),
            (&["UTF-32LE", "utf_32"], "UTF-32LE"),
            (&["IBM437", "cp437", "437", "csPC8CodePage437"], "IBM437"),
            (&["IBM850", "cp850", "850"], "IBM850"),
            (&["cp858", "IBM00858"], "IBM00858"),
            (&["IBM866", "cp866", "866", "csIBM866"], "IBM866"),
            (
                &["SJIS", "Shift_JIS", "S-JIS", "PCK", "cp932", "windows-31j"],
                "Shift_JIS",
            ),
            (
                &["latin-1", "IBM819", "cp819", "iso-ir-100", "windows-28591"],
                "ISO-8859-1",
            ),
            (&["windows-28592", "csISOLatin2"], "ISO-8859-2"),
            (&["windows-28603", "latin7"], "ISO-8859-13"),
            (&["greek", "greek8", "ECMA-118", "ELOT_928"], "ISO-8859-7"),
            (&["arabic", "ECMA-114", "ASMO-708"], "ISO-8859-6"),
            (&["TIS-620", "thai", "ISO-8859-11"], "ISO-8859-11"),
            (&["EUC_KR", "csEUCKR", "korean", "iso-ir-149"], "EUC-KR"),
            (&["cp65001", "UTF_8", "ISO-10646/UTF8"], "UTF-8"),
            (&["us_ascii", "IBM367", "iso-ir-6"], "ASCII"),
            (&["UTF_16_LE", "csUTF16LE"], "UTF-16LE"),
            (&["windows-1252", "cp1252"], "windows-1252"),
            (
                &["ISO-8859-15", "iso8859-15", "latin9", "l9"],
                "ISO-8859-15",
            ),
            (&["ISO-8859-9", "latin5", "csISOLatin5"], "ISO-8859-9"),
            (&["ISO-8859-11"], "ISO-8859-11"),
            (&["macroman", "macintosh", "x-mac-roman"], "macintosh"),
            (&["EUC-JP"], "EUC-JP"),
        ] {
            for name in names {
                let found = Encoding::named(name).map(Encoding::name);
                assert_eq!(found, Some(known), "{name}");
            }
        }
        for name in ["ebcdic", "", "replacement", "iso-2022-kr"] {
            assert_eq!(Encoding::named(name), None, "{name}");
        }
    }

    /// Each byte, read, is a character of its own in the encodings of one byte; Python's codecs of these names
    /// gave the characters.
    #[cfg(any(feature = "find", feature = "kaitai"))]
    #[test]
    fn characters_of_systems_before_unicode() {
        for (name, bytes, text) in [
            ("macroman", &b"\x8e\xca\xd5\xdb\xff"[..], "é\u{a0}’€ˇ"),
            ("gbk", b"\xd6\xd0\xce\xc4", "中文"),
            ("shift_jis", b"\x93\xfa\x96{", "日本"),
            ("koi8-r", b"\xed\xc9\xd2", "Мир"),
            ("iso-8859-2", b"\xb1\xe6", "ąć"),
            ("cp850", b"\xd5\x9b", "ıø"),
            ("cp852", b"\x9f\xa5", "čą"),
            ("cp858", b"\xd5", "€"),
            ("cp855", b"\xa1", "А"),
            ("cp737", b"\x80\x98", "Αα"),
            ("cp862", b"\x80", "א"),
            ("iso-8859-9", b"\xf0\x80", "ğ\u{80}"),
            ("iso-8859-11", b"\xa1\x80", "ก\u{80}"),
        ] {
            let encoding = Encoding::named(name).unwrap();
            assert_eq!(encoding.decode(bytes).as_deref(), Some(text), "{name}");
            assert_eq!(encoding.encode(text).as_deref(), Some(bytes), "{name}");
        }
    }
}
