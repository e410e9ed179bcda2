//! Kinds: how the bytes or the number of a field become its value, and how that is shown.

#[cfg(feature = "encodings")]
use std::sync::LazyLock;

use super::float80;
use super::program::Codec;
use crate::calendar;
use crate::structs::ast;
use crate::structs::error::Fault;
use crate::structs::suggestion::near;
use crate::tree::Spelling;
use crate::value::code_page::CP437;
use crate::value::encoding::Encoding;
use crate::value::literal::{self, LiteralError};
use crate::value::text::trim_end;
use crate::value::{Value, uuid};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Text, which becomes UTF-8.
    Text(Encoding),
    /// Shown in hexadecimal.
    Hex,
    Octal,
    Decimal,
    /// Hexadecimal digits.
    HexDigits,
    Bcd,
    /// Seven bits of each byte of the number, as in ID3's tags.
    Synchsafe,
    /// A float of ten bytes, as the 8087 has them, the sign first.
    Float80,
    Time(Epoch),
    /// A fraction of that many bits.
    Fixed(u32),
    /// The position in a range from the first number to the second, in percent.
    Percent(i128, i128),
    Zigzag,
    /// `SQLite`'s form of base-128: the ninth byte has eight bits.
    Sqlite,
    Guid,
    Uuid,
    Ipv4,
    Ipv6,
    Mac,
    /// Compressed by a method, of this name, that isn't decoded.
    Compressed(&'static str),
}

/// The epoch that times count from, and their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// Units of 100 ns since 1601.
    Filetime,
    /// Seconds since 1904.
    Hfs,
    /// MS-DOS's time in the low half and its date in the high half.
    Dos,
}

static KINDS: [(&str, Kind); 32] = [
    ("ascii", Kind::Text(Encoding::Ascii)),
    ("latin1", Kind::Text(Encoding::Latin1)),
    ("utf8", Kind::Text(Encoding::Utf8)),
    ("utf16le", Kind::Text(Encoding::Utf16 { little: true })),
    ("utf16be", Kind::Text(Encoding::Utf16 { little: false })),
    ("utf32le", Kind::Text(Encoding::Utf32 { little: true })),
    ("utf32be", Kind::Text(Encoding::Utf32 { little: false })),
    ("cp437", Kind::Text(Encoding::Page(&CP437))),
    ("mutf8", Kind::Text(Encoding::Mutf8)),
    ("hex", Kind::Hex),
    ("octal", Kind::Octal),
    ("decimal", Kind::Decimal),
    ("hexdigits", Kind::HexDigits),
    ("bcd", Kind::Bcd),
    ("synchsafe", Kind::Synchsafe),
    ("float80", Kind::Float80),
    ("unix", Kind::Time(Epoch::Unix)),
    ("unixms", Kind::Time(Epoch::UnixMillis)),
    ("filetime", Kind::Time(Epoch::Filetime)),
    ("hfs", Kind::Time(Epoch::Hfs)),
    ("dos", Kind::Time(Epoch::Dos)),
    ("fixed", Kind::Fixed(16)),
    ("percent", Kind::Percent(0, 100)),
    ("zigzag", Kind::Zigzag),
    ("sqlite", Kind::Sqlite),
    ("guid", Kind::Guid),
    ("uuid", Kind::Uuid),
    ("ipv4", Kind::Ipv4),
    ("ipv6", Kind::Ipv6),
    ("mac", Kind::Mac),
    ("lzo", Kind::Compressed("lzo")),
    ("lzw", Kind::Compressed("lzw")),
];

/// Encodings of the WHATWG's Encoding Standard by the names of their kinds.
#[cfg(feature = "encodings")]
static STANDARD: LazyLock<Vec<(&str, Kind)>> = LazyLock::new(|| {
    [
        ("gbk", encoding_rs::GBK),
        ("gb18030", encoding_rs::GB18030),
        ("big5", encoding_rs::BIG5),
        ("shiftjis", encoding_rs::SHIFT_JIS),
        ("eucjp", encoding_rs::EUC_JP),
        ("euckr", encoding_rs::EUC_KR),
        ("koi8r", encoding_rs::KOI8_R),
        ("koi8u", encoding_rs::KOI8_U),
        ("iso88592", encoding_rs::ISO_8859_2),
        ("iso88595", encoding_rs::ISO_8859_5),
        ("iso88597", encoding_rs::ISO_8859_7),
        ("iso885915", encoding_rs::ISO_8859_15),
        ("cp866", encoding_rs::IBM866),
        ("cp1250", encoding_rs::WINDOWS_1250),
        ("cp1251", encoding_rs::WINDOWS_1251),
        ("cp1252", encoding_rs::WINDOWS_1252),
        ("macroman", encoding_rs::MACINTOSH),
    ]
    .map(|(name, encoding)| (name, Kind::Text(Encoding::Standard(encoding))))
    .to_vec()
});

/// All kinds by their names.
fn known() -> impl Iterator<Item = &'static (&'static str, Kind)> {
    #[cfg(feature = "encodings")]
    let standard = STANDARD.iter();
    #[cfg(not(feature = "encodings"))]
    let standard = [].iter();
    KINDS.iter().chain(standard)
}

impl Kind {
    pub(super) fn compile(kind: &ast::Kind<'_>) -> Result<Kind, Fault> {
        let span = kind.span.0 as usize..kind.span.1 as usize;
        let Some((_, found)) = known().find(|(name, _)| *name == kind.name) else {
            let names = known().map(|(name, _)| *name).chain(Codec::names());
            let label = match near(kind.name, names) {
                Some(near) => format!("did you mean ~{near}?"),
                None => "as in I~unix:mtime, 4s~ascii:type, I~hex:crc".to_owned(),
            };
            return Err(Fault::new(
                span,
                format!("~{} is no kind", kind.name),
                label,
            ));
        };
        match (found, &kind.arguments[..]) {
            (found, []) => Ok(*found),
            (Kind::Fixed(_), [bits]) => match bits.term {
                ast::Term::Number(n @ 1..=127) => Ok(Kind::Fixed(u32::try_from(n).unwrap_or(16))),
                _ => Err(Fault::new(
                    span,
                    "a fixed point has a number of bits",
                    "~fixed(16)",
                )),
            },
            (Kind::Percent(..), ends) => {
                let ends: Vec<Option<i128>> = ends.iter().map(whole).collect();
                match ends[..] {
                    [Some(to @ 1..)] => Ok(Kind::Percent(0, to)),
                    [Some(from), Some(to)] if from < to => Ok(Kind::Percent(from, to)),
                    _ => Err(Fault::new(
                        span,
                        "a percentage has a range",
                        "its end, or its beginning and its end: B~percent(255), B~percent(16, 235)",
                    )),
                }
            }
            _ => Err(Fault::new(
                span,
                format!("~{} takes no arguments", kind.name),
                "",
            )),
        }
    }

    /// How `set` reads and writes a field of bytes of this kind.
    pub(super) fn spelling(self) -> Option<&'static dyn Spelling> {
        let (_, kind) = known().find(|(_, kind)| *kind == self)?;
        Some(kind)
    }

    /// The text of bytes in UTF-8 or one of its subsets.
    pub(super) fn utf8(self, bytes: &[u8]) -> Option<&str> {
        match self {
            Kind::Text(encoding @ (Encoding::Ascii | Encoding::Utf8)) => {
                filled_utf8(encoding, bytes)
            }
            _ => None,
        }
    }

    /// The value of this kind for a value of the file, and its meaning.
    pub(crate) fn take(self, value: &Value, little: bool) -> (Option<Value>, Option<String>) {
        let bytes = value.as_bytes();
        let number = value.as_int();
        match self {
            Kind::Hex | Kind::Compressed(_) | Kind::Sqlite => (None, None),
            Kind::Text(Encoding::Ascii | Encoding::Utf8) => {
                let text = bytes.and_then(|bytes| self.utf8(bytes));
                (text.map(Value::from), None)
            }
            Kind::Text(encoding) => {
                let text = bytes.and_then(|bytes| filled(encoding, bytes));
                (text.map(|text| Value::from(&*text)), None)
            }
            Kind::Octal => (bytes.and_then(|bytes| digits(bytes, 8)), None),
            Kind::Decimal => (bytes.and_then(|bytes| digits(bytes, 10)), None),
            Kind::HexDigits => (bytes.and_then(|bytes| digits(bytes, 16)), None),
            Kind::Bcd => (bytes.and_then(bcd), None),
            Kind::Synchsafe => (number.and_then(synchsafe).map(Value::Int), None),
            Kind::Float80 => (
                bytes
                    .and_then(|b| float80::read(b, little))
                    .map(Value::Float),
                None,
            ),
            Kind::Time(epoch) => (None, number.and_then(|n| epoch.shown(n))),
            Kind::Fixed(bits) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "it is shown, and the number stays"
                )]
                let shown = number.map(|n| n as f64 / 2f64.powi(i32::try_from(bits).unwrap_or(0)));
                (None, shown.map(|x| x.to_string()))
            }
            Kind::Percent(from, to) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "it is shown, and the number stays"
                )]
                let shown = number.and_then(|n| {
                    let (part, all) = (n.checked_sub(from)?, to.checked_sub(from)?);
                    Some(format!("{:.1} %", part as f64 / all as f64 * 100.0))
                });
                (None, shown)
            }
            Kind::Zigzag => {
                let back = number.map(|n| (n >> 1) ^ (n & 1).wrapping_neg());
                (back.map(Value::from), None)
            }
            Kind::Guid => (bytes.and_then(|bytes| identifier(bytes, true)), None),
            Kind::Uuid => (bytes.and_then(|bytes| identifier(bytes, false)), None),
            Kind::Ipv4 => {
                let address = bytes.and_then(|b| <[u8; 4]>::try_from(b).ok()).or_else(|| {
                    let n = u32::try_from(number?).ok()?;
                    Some(if little {
                        n.to_le_bytes()
                    } else {
                        n.to_be_bytes()
                    })
                });
                let text = address.map(|a| std::net::Ipv4Addr::from(a).to_string());
                (text.map(|text| Value::from(&*text)), None)
            }
            Kind::Ipv6 => {
                let address = bytes.and_then(|b| <[u8; 16]>::try_from(b).ok());
                let text = address.map(|a| std::net::Ipv6Addr::from(a).to_string());
                (text.map(|text| Value::from(&*text)), None)
            }
            Kind::Mac => {
                let text = bytes.map(|bytes| {
                    let parts: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
                    parts.join(":")
                });
                (text.map(|text| Value::from(&*text)), None)
            }
        }
    }
}

/// An integer literal, with or without a sign.
fn whole(expression: &ast::Expression) -> Option<i128> {
    match &expression.term {
        ast::Term::Number(n) => Some(*n),
        ast::Term::Unary(ast::Unary::Minus, of) => whole(of)?.checked_neg(),
        _ => None,
    }
}

/// The text without the NULs that fill it up; `None` where bytes are none of the encoding.
fn filled(encoding: Encoding, bytes: &[u8]) -> Option<String> {
    let unit = encoding.unit();
    let nuls = bytes
        .rchunks(unit)
        .take_while(|nul| nul.len() == unit && nul.iter().all(|byte| *byte == 0));
    let end = bytes.len().checked_sub(nuls.count().checked_mul(unit)?)?;
    let bytes = bytes.get(..end)?;
    let text = encoding.decode(bytes)?;
    // Bytes that would be encoded differently stay bytes.
    #[cfg(feature = "encodings")]
    if matches!(encoding, Encoding::Standard(_))
        && encoding.encode(&text).is_none_or(|back| back != bytes)
    {
        return None;
    }
    Some(text)
}

/// The same of UTF-8 or one of its subsets, without a copy.
fn filled_utf8(encoding: Encoding, bytes: &[u8]) -> Option<&str> {
    let text = trim_end(bytes, 0);
    match encoding {
        Encoding::Ascii if !text.is_ascii() => None,
        _ => std::str::from_utf8(text).ok(),
    }
}

impl Spelling for Kind {
    fn is_text(&self) -> bool {
        matches!(self, Kind::Text(_))
    }

    fn read(&self, bytes: &[u8]) -> Option<Value> {
        self.take(&Value::from(bytes), true).0
    }

    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError> {
        let value = match self {
            kind if kind.is_digits() => {
                literal::integer(text).and_then(literal::Integer::to_value)?
            }
            Kind::Float80 => Value::Float(literal::float(text)?),
            _ => Value::from(text),
        };
        let raw = self
            .give(value, Some(width as u64), true)
            .map_err(|e| LiteralError::new(e.to_string()))?;
        let mut bytes = raw.as_bytes().unwrap_or_default().to_vec();
        if bytes.len() > width {
            let needs = bytes.len();
            let message = format!("{text:?} needs {needs} bytes, the field has {width}");
            return Err(LiteralError::new(message));
        }
        bytes.resize(width, 0);
        Ok(bytes)
    }
}

/// The number in digits, which spaces and NULs may surround.
fn digits(bytes: &[u8], base: u32) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_matches([' ', '\0', '\t', '\n', '\r']);
    if text.starts_with(['+', '-']) {
        return None;
    }
    if text.is_empty() {
        return Some(Value::Int(0));
    }
    i128::from_str_radix(text, base).ok().map(Value::Int)
}

/// Seven bits of each byte (ID3 tag version 2.4.0, section 6.2).
fn synchsafe(n: i128) -> Option<i128> {
    let bytes = n.checked_abs().filter(|abs| *abs == n)?.to_be_bytes();
    Some(bytes.iter().fold(0i128, |all, byte| {
        all.wrapping_shl(7) | i128::from(byte & 0x7f)
    }))
}

/// Two decimal digits a byte, the higher first.
fn bcd(bytes: &[u8]) -> Option<Value> {
    let mut number = 0i128;
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            if digit > 9 {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(i128::from(digit))?;
        }
    }
    Some(Value::Int(number))
}

fn identifier(bytes: &[u8], is_guid: bool) -> Option<Value> {
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    let bytes = match is_guid {
        true => uuid::swapped(bytes),
        false => bytes,
    };
    Some(Value::from(&*uuid::text(&bytes)))
}

impl Epoch {
    /// In UTC.
    fn shown(self, n: i128) -> Option<String> {
        let seconds = match self {
            Epoch::Unix => n,
            Epoch::UnixMillis => n.div_euclid(1000),
            Epoch::Filetime => n.div_euclid(10_000_000).checked_sub(11_644_473_600)?,
            Epoch::Hfs => n.checked_sub(2_082_844_800)?,
            Epoch::Dos => return dos(n),
        };
        let seconds = i64::try_from(seconds)
            .ok()
            .filter(|s| s.unsigned_abs() < 1 << 40)?;
        Some(format!("{} UTC", calendar::utc(seconds)))
    }
}

/// FAT's date and time, which are local.
fn dos(n: i128) -> Option<String> {
    let n = u32::try_from(n).ok()?;
    let bits = |from: u32, count: u32| (n >> from) & ((1u32 << count).wrapping_sub(1));
    Some(format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        bits(25, 7).wrapping_add(1980),
        bits(21, 4),
        bits(16, 5),
        bits(11, 5),
        bits(5, 6),
        bits(0, 5).wrapping_mul(2)
    ))
}
