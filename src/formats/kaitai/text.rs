//! Text in bytes: encodings, and the spelling of fields that `set` writes.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use encoding_rs::Encoding as Standard;

use crate::structs::cp437;
use crate::tree::Spelling;
use crate::value::literal::{self, LiteralError};
use crate::value::{Bytes, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Ascii,
    Utf8,
    Latin1,
    Cp437,
    /// ISO-8859-9 and -11, of which the Encoding Standard has windows' extensions alone: these without the
    /// characters that are control characters here.
    Iso(&'static Standard),
    Utf16 {
        little: bool,
    },
    Utf32 {
        little: bool,
    },
    /// One of the WHATWG's Encoding Standard.
    Standard(&'static Standard),
}

impl Encoding {
    /// The encoding of that name, as it is registered or commonly called; case, hyphens and underscores
    /// don't count.
    pub(super) fn named(name: &str) -> Option<Encoding> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let part = iso_part(&plain).map(|part| format!("iso8859{part}"));
        Some(match part.as_deref().unwrap_or(&plain) {
            "ascii" | "usascii" => Encoding::Ascii,
            "utf8" => Encoding::Utf8,
            "iso88591" | "latin1" => Encoding::Latin1,
            "iso88599" => Encoding::Iso(encoding_rs::WINDOWS_1254),
            "iso885911" => Encoding::Iso(encoding_rs::WINDOWS_874),
            "ibm437" | "cp437" => Encoding::Cp437,
            "utf16le" | "utf16" => Encoding::Utf16 { little: true },
            "utf16be" => Encoding::Utf16 { little: false },
            "utf32le" | "utf32" => Encoding::Utf32 { little: true },
            "utf32be" => Encoding::Utf32 { little: false },
            "ibm866" | "cp866" => Encoding::Standard(encoding_rs::IBM866),
            "euckr" => Encoding::Standard(encoding_rs::EUC_KR),
            "sjis" | "shiftjis" | "cp932" | "windows31j" => {
                Encoding::Standard(encoding_rs::SHIFT_JIS)
            }
            plain => {
                let windows = plain
                    .strip_prefix("cp125")
                    .or_else(|| plain.strip_prefix("windows125"));
                let label = match windows {
                    Some(digit) => format!("windows-125{digit}"),
                    None => match plain.strip_prefix("iso8859") {
                        Some(part) => format!("iso-8859-{part}"),
                        None => plain.to_owned(),
                    },
                };
                let found = Standard::for_label(label.as_bytes())
                    .or_else(|| Standard::for_label(name.as_bytes()))?;
                Encoding::Standard(found)
            }
        })
    }

    /// The bytes of a NUL.
    pub(super) fn unit(self) -> usize {
        match self {
            Encoding::Utf16 { .. } => 2,
            Encoding::Utf32 { .. } => 4,
            _ => 1,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Ascii => "ASCII",
            Encoding::Utf8 => "UTF-8",
            Encoding::Latin1 => "ISO-8859-1",
            Encoding::Cp437 => "IBM437",
            Encoding::Utf16 { little: true } => "UTF-16LE",
            Encoding::Utf16 { little: false } => "UTF-16BE",
            Encoding::Utf32 { little: true } => "UTF-32LE",
            Encoding::Utf32 { little: false } => "UTF-32BE",
            Encoding::Iso(standard) if standard == encoding_rs::WINDOWS_1254 => "ISO-8859-9",
            Encoding::Iso(_) => "ISO-8859-11",
            Encoding::Standard(standard) => standard.name(),
        }
    }

    /// The text that bytes are, all of them; `None` where they are none of the encoding.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Encoding::Ascii if !bytes.is_ascii() => None,
            Encoding::Ascii | Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Encoding::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Encoding::Cp437 => bytes.iter().map(|byte| cp437::character(*byte)).collect(),
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
            Encoding::Standard(standard) => standard
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
        }
    }

    /// The bytes of a text; `None` where the encoding lacks a character of it.
    fn encode(self, text: &str) -> Option<Vec<u8>> {
        let units = |little: bool| {
            let units = text.encode_utf16();
            units.flat_map(move |unit| match little {
                true => unit.to_le_bytes(),
                false => unit.to_be_bytes(),
            })
        };
        match self {
            Encoding::Ascii if !text.is_ascii() => None,
            Encoding::Ascii | Encoding::Utf8 => Some(text.as_bytes().to_vec()),
            Encoding::Latin1 => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect(),
            Encoding::Cp437 => text.chars().map(cp437::byte).collect(),
            Encoding::Utf16 { little } => Some(units(little).collect()),
            Encoding::Utf32 { little } => {
                let units = text.chars().map(u32::from);
                let bytes = units.flat_map(|unit| match little {
                    true => unit.to_le_bytes(),
                    false => unit.to_be_bytes(),
                });
                Some(bytes.collect())
            }
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
            Encoding::Standard(standard) => {
                let (bytes, _, lacks) = standard.encode(text);
                (!lacks).then(|| bytes.into_owned())
            }
        }
    }
}

/// Which part of ISO 8859 a name means: `iso88592`, `88592`, `latin2`, `l2`.
fn iso_part(plain: &str) -> Option<u8> {
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

/// How text, or bytes, stand in a field: what ends and what fills them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ending {
    /// `None` for bytes.
    pub(super) encoding: Option<Encoding>,
    pub(super) terminator: Option<Terminator>,
    pub(super) include: bool,
    pub(super) pad: Option<u8>,
    /// The terminator stands in the field, which is as long as it is because of it.
    pub(super) ended: bool,
}

/// A byte, or as many NULs as the encoding has for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Terminator {
    pub(super) byte: u8,
    pub(super) unit: usize,
}

impl Terminator {
    pub(super) fn bytes(self) -> Vec<u8> {
        vec![self.byte; self.unit]
    }
}

/// One of each that was asked for: fields name a spelling for as long as the program runs, and there
/// are no more kinds of them than a description has lines.
static SPELLINGS: LazyLock<Mutex<HashMap<Ending, &'static Ending>>> = LazyLock::new(Mutex::default);

impl Ending {
    pub(super) fn spelling(self) -> Option<&'static dyn Spelling> {
        let mut known = SPELLINGS.lock().ok()?;
        let found = known
            .entry(self)
            .or_insert_with(|| Box::leak(Box::new(self)));
        Some(*found)
    }

    /// The part of a field's bytes that counts: padding at the right doesn't, nor what follows the
    /// terminator.
    pub(super) fn kept(&self, bytes: &[u8]) -> usize {
        let mut end = bytes.len();
        if let Some(pad) = self
            .pad
            .filter(|pad| self.terminator.is_none_or(|end| end.byte != *pad))
        {
            let other = bytes.iter().rposition(|byte| *byte != pad);
            end = other.map_or(0, |last| last.saturating_add(1));
        }
        let Some(terminator) = self.terminator else {
            return end;
        };
        let (unit, terminator) = (terminator.unit, terminator.bytes());
        let kept = bytes.get(..end).unwrap_or_default();
        let found = kept
            .chunks(unit)
            .position(|chunk| chunk == terminator.as_slice());
        match found {
            Some(index) => {
                let before = index.saturating_mul(unit);
                before.saturating_add(if self.include { unit } else { 0 })
            }
            None => end,
        }
    }

    pub(super) fn value(&self, kept: &[u8]) -> Option<Value> {
        match self.encoding {
            Some(encoding) => encoding.decode(kept).map(|text| Value::from(text.as_str())),
            None => Some(Value::Bytes(Bytes::from(kept))),
        }
    }
}

impl Spelling for Ending {
    fn is_text(&self) -> bool {
        self.encoding.is_some()
    }

    fn read(&self, bytes: &[u8]) -> Option<Value> {
        self.value(bytes.get(..self.kept(bytes))?)
    }

    fn write(&self, text: &str, width: usize) -> Result<Vec<u8>, LiteralError> {
        let mut bytes = match self.encoding {
            Some(encoding) => encoding.encode(text).ok_or_else(|| {
                let name = encoding.name();
                LiteralError::new(format!("{text:?} can't be written in {name}"))
            })?,
            None => literal::bytes(text)?,
        };
        let needs = bytes.len();
        let terminator = self.terminator.filter(|_| !self.include);
        if let Some(terminator) = terminator.filter(|_| self.ended || needs < width) {
            bytes.extend(terminator.bytes());
        }
        if bytes.len() > width {
            let needs = bytes.len();
            let message = format!("{text:?} needs {needs} bytes, the field has {width}");
            return Err(LiteralError::new(message));
        }
        let fill = self.pad.or(self.terminator.map(|_| 0));
        if bytes.len() < width {
            let Some(fill) = fill.filter(|_| !self.ended) else {
                let message =
                    format!("{text:?} has {needs} bytes, and stands in the place of {width}");
                return Err(LiteralError::new(message));
            };
            bytes.resize(width, fill);
        }
        if self.kept(&bytes) != needs {
            let message = format!("{text:?} holds what ends or fills the field");
            return Err(LiteralError::new(message));
        }
        Ok(bytes)
    }
}
