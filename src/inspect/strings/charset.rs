//! How bytes are read as characters, one at a time, from any byte on.

use std::sync::LazyLock;

use encoding_rs::GBK;

use super::script::Script;
use crate::value::text::is_unsafe;

/// A way in which text is written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// ASCII alone.
    Ascii,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the upper byte first.
    Utf16Be,
    /// GBK, in one byte or two.
    Gbk,
    /// ISO 8859-1.
    Latin1,
}

impl Charset {
    /// All of them.
    pub const ALL: [Charset; 6] = [
        Charset::Utf8,
        Charset::Ascii,
        Charset::Utf16Le,
        Charset::Utf16Be,
        Charset::Gbk,
        Charset::Latin1,
    ];

    /// Its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "utf-8",
            Charset::Ascii => "ascii",
            Charset::Utf16Le => "utf-16le",
            Charset::Utf16Be => "utf-16be",
            Charset::Gbk => "gbk",
            Charset::Latin1 => "latin-1",
        }
    }

    /// The one of that name.
    ///
    /// ```
    /// use bytewright::inspect::strings::Charset;
    ///
    /// assert_eq!(Charset::named("utf-16le"), Some(Charset::Utf16Le));
    /// assert_eq!(Charset::named("ebcdic"), None);
    /// ```
    pub fn named(name: &str) -> Option<Charset> {
        Charset::ALL.into_iter().find(|known| known.name() == name)
    }

    /// How many bytes apart characters begin at least: this many ways there are to cut the bytes.
    pub(super) const fn unit(self) -> u64 {
        match self {
            Charset::Utf16Le | Charset::Utf16Be => 2,
            _ => 1,
        }
    }

    /// The character that the bytes begin with.
    pub(super) fn first(self, bytes: &[u8]) -> FirstChar {
        let first = match self {
            Charset::Ascii => single(bytes, |byte| byte.is_ascii()),
            Charset::Latin1 => single(bytes, |_| true),
            Charset::Utf8 => utf8(bytes),
            Charset::Utf16Le => utf16(bytes, u16::from_le_bytes),
            Charset::Utf16Be => utf16(bytes, u16::from_be_bytes),
            Charset::Gbk => gbk(bytes),
        };
        match first {
            FirstChar::Character(c, _) if !is_text(c) || self.script(c).is_none() => {
                FirstChar::None
            }
            first => first,
        }
    }

    /// The script of a character, where the encoding needs such help to be told from noise.
    pub(super) const fn script(self, c: char) -> Option<Script> {
        match self {
            Charset::Utf16Le | Charset::Utf16Be => Script::of(c),
            _ => Some(Script::Common),
        }
    }

    /// Whether a character's two bytes are as likely two of ASCII.
    pub(super) fn is_ascii_pair(self, c: char) -> bool {
        let is_print = |byte: &u8| (b' '..=b'~').contains(byte);
        match (self, u16::try_from(u32::from(c))) {
            (Charset::Utf16Le | Charset::Utf16Be, Ok(unit)) => {
                unit.to_be_bytes().iter().all(is_print)
            }
            _ => false,
        }
    }

    /// The evidence of a character for text in this encoding: an ASCII character in UTF-8 is rarely an accident, while
    /// half of all pairs of bytes are a character in GBK.
    pub(super) const fn weight(self, c: char) -> u64 {
        match (self, c) {
            (_, '\0'..='\x7f') => 2,
            (Charset::Utf8, _) => 4,
            (Charset::Gbk, _) => 3,
            (Charset::Utf16Le | Charset::Utf16Be, ..'\u{100}' | '\u{370}'..'\u{800}') => 2,
            _ => 1,
        }
    }
}

/// The first character of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstChar {
    /// A character of text, and how many bytes it takes.
    Character(char, u8),
    /// No character of text.
    None,
    /// The beginning of what may be a character.
    Cut,
}

/// Whether a character is in text: it prints, or is a tab.
fn is_text(c: char) -> bool {
    match c {
        '\t' | ' '..='~' => true,
        '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'.. => false,
        c => !is_unsafe(c),
    }
}

fn single(bytes: &[u8], is_known: fn(&u8) -> bool) -> FirstChar {
    match bytes.first() {
        None => FirstChar::Cut,
        Some(&byte) if is_known(&byte) => FirstChar::Character(char::from(byte), 1),
        Some(_) => FirstChar::None,
    }
}

fn utf8(bytes: &[u8]) -> FirstChar {
    let size = match bytes.first() {
        None => return FirstChar::Cut,
        Some(byte @ ..0x80) => return FirstChar::Character(char::from(*byte), 1),
        Some(0xc2..0xe0) => 2,
        Some(0xe0..0xf0) => 3,
        Some(0xf0..0xf5) => 4,
        Some(_) => return FirstChar::None,
    };
    let sequence = bytes.get(..usize::from(size)).unwrap_or(bytes);
    match str::from_utf8(sequence) {
        Ok(text) => character(text.chars().next(), size),
        Err(error) if error.error_len().is_none() => FirstChar::Cut,
        Err(_) => FirstChar::None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> FirstChar {
    let [a, b, rest @ ..] = bytes else {
        return FirstChar::Cut;
    };
    let high = unit([*a, *b]);
    match (high, rest) {
        (0xd800..0xdc00, []) => FirstChar::Cut,
        (0xd800..0xdc00, [_]) => FirstChar::Cut,
        (0xd800..0xdc00, [c, d, ..]) => {
            let mut characters = char::decode_utf16([high, unit([*c, *d])]);
            character(characters.next().and_then(Result::ok), 4)
        }
        _ => character(char::from_u32(u32::from(high)), 2),
    }
}

fn gbk(bytes: &[u8]) -> FirstChar {
    match *bytes {
        [] => FirstChar::Cut,
        [byte @ ..0x80, ..] => FirstChar::Character(char::from(byte), 1),
        [0x80 | 0xff, ..] => FirstChar::None,
        [_] => FirstChar::Cut,
        [lead, trail, ..] => {
            let at = usize::from(u16::from_be_bytes([lead & 0x7f, trail]));
            character(GBK_PAIRS.get(at).copied().flatten(), 2)
        }
    }
}

/// The characters of two bytes, by the bytes without the uppermost bit.
static GBK_PAIRS: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
    let pair = |bits: u16| {
        let bytes = (bits | 0x8000).to_be_bytes();
        let text = GBK.decode_without_bom_handling_and_without_replacement(&bytes)?;
        let mut characters = text.chars();
        // A byte that is none of GBK's can come before one of ASCII.
        characters.next().filter(|_| characters.next().is_none())
    };
    (0..0x8000).map(pair).collect()
});

fn character(c: Option<char>, size: u8) -> FirstChar {
    c.map_or(FirstChar::None, |c| FirstChar::Character(c, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(charset: Charset, bytes: &[u8]) -> Option<(char, u8)> {
        match charset.first(bytes) {
            FirstChar::Character(c, size) => Some((c, size)),
            FirstChar::None => None,
            FirstChar::Cut => panic!("{charset:?} wants more than {bytes:x?}"),
        }
    }

    #[test]
    fn characters_are_read_as_each_encoding_has_them() {
        assert_eq!(read(Charset::Ascii, b"a"), Some(('a', 1)));
        assert_eq!(read(Charset::Ascii, b"\xe9"), None);
        assert_eq!(read(Charset::Latin1, b"\xe9"), Some(('é', 1)));
        assert_eq!(read(Charset::Latin1, b"\x9b"), None, "a control character");
        assert_eq!(read(Charset::Utf8, "é".as_bytes()), Some(('é', 2)));
        assert_eq!(read(Charset::Utf8, "漢字".as_bytes()), Some(('漢', 3)));
        assert_eq!(read(Charset::Utf8, "🦀".as_bytes()), Some(('🦀', 4)));
        assert_eq!(read(Charset::Utf8, b"\xed\xa0\x80"), None, "a surrogate");
        assert_eq!(read(Charset::Utf16Le, b"\x2d\x4e"), Some(('中', 2)));
        assert_eq!(read(Charset::Utf16Be, b"\x4e\x2d"), Some(('中', 2)));
        assert_eq!(read(Charset::Utf16Be, b"\xd8\x3e\xdd\x80"), Some(('🦀', 4)));
        assert_eq!(read(Charset::Utf16Be, b"\xdd\x80\0a"), None);
        assert_eq!(read(Charset::Gbk, b"\xd6\xd0"), Some(('中', 2)));
        assert_eq!(read(Charset::Gbk, b"\xd6\x20"), None);
    }

    #[test]
    fn a_cut_character_asks_for_more() {
        for (charset, bytes) in [
            (Charset::Utf8, &b"\xe6\xbc"[..]),
            (Charset::Utf16Le, b"a"),
            (Charset::Utf16Be, b"\xd8\x3e\xdd"),
            (Charset::Gbk, b"\xd6"),
        ] {
            assert_eq!(charset.first(bytes), FirstChar::Cut, "{charset:?}");
        }
    }
}
