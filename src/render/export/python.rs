//! Python: a format string for its `struct`, and the names of the values.

use crate::offset::{Position, Tally};
use crate::structs::{DataError, Family, Member, MemberKind, Shape};

/// The most items of repeated groups, which are written out in Python's format.
const MAX_ITEMS: usize = 10_000;

/// A format string for Python's `struct` that takes the same bytes, with the names of its values
/// in a comment. Groups are flattened: Python has none.
///
/// ```
/// let shape = bytewright::Struct::new("c:tag I:length 2(h:x h:y):points")?.shape()?;
/// let text = bytewright::render::export::python(&shape)?;
/// assert!(text.starts_with("FORMAT = '<c3xIhhhh'"));
/// # Ok::<(), bytewright::Error>(())
/// ```
///
/// # Errors
///
/// When two fields differ in byte order, of which a Python format has one, or when repeated
/// groups make it longer than ten thousand items.
pub fn python(shape: &Shape) -> Result<String, DataError> {
    let mut writer = Writer {
        codes: String::new(),
        names: Vec::new(),
        notes: Vec::new(),
        order: None,
        items: 0,
        end: 0,
    };
    writer.shape(shape, "", 0)?;
    writer.gap(shape.size);
    let order = if writer.order == Some(false) {
        '>'
    } else {
        '<'
    };
    let mut text = format!(
        "FORMAT = '{order}{}'  # {} bytes\n",
        writer.codes, shape.size
    );
    text += &format!("NAMES = [{}]\n", writer.names.join(", "));
    for note in writer.notes {
        text += &format!("# {note}\n");
    }
    Ok(text)
}

struct Writer {
    codes: String,
    names: Vec<String>,
    notes: Vec<String>,
    /// Whether the format is little-endian, once a field has said it.
    order: Option<bool>,
    items: usize,
    end: u64,
}

impl Writer {
    fn shape(&mut self, shape: &Shape, prefix: &str, base: u64) -> Result<(), DataError> {
        for (i, member) in shape.members.iter().enumerate() {
            let name = member.name.clone().unwrap_or_else(|| i.to_string());
            let path = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}.{name}")
            };
            self.member(member, &path, base.past(member.offset))?;
        }
        Ok(())
    }

    fn member(&mut self, member: &Member, path: &str, at: u64) -> Result<(), DataError> {
        self.items.tally(1);
        if self.items > MAX_ITEMS {
            let message = format!("{path}: more than {MAX_ITEMS} items in a Python format");
            return Err(DataError::other(message));
        }
        self.gap(at);
        let count = member.count.unwrap_or(1);
        if let MemberKind::Group(group) = &member.kind {
            for i in 0..count {
                let path = match member.count {
                    Some(_) => format!("{path}[{i}]"),
                    None => path.to_owned(),
                };
                let at = at.item(i, member.size);
                self.shape(group, &path, at)?;
                self.gap(at.past(member.size));
                self.items.tally(1);
                if self.items > MAX_ITEMS {
                    let message = format!("{path}: more than {MAX_ITEMS} items in a Python format");
                    return Err(DataError::other(message));
                }
            }
            return Ok(());
        }
        let code = self.code(member, path)?;
        match code {
            Code::Sized(letter) => self.codes += &format!("{}{letter}", member.size),
            Code::Each(letter) if member.count.is_some() => {
                self.codes += &format!("{count}{letter}");
            }
            Code::Each(letter) => self.codes += letter,
            // An array of items that are bytes in Python is one run of bytes.
            Code::Bytes => self.codes += &format!("{}s", member.total()),
        }
        let several = matches!(code, Code::Each(_))
            .then_some(member.count)
            .flatten();
        self.names.push(match several {
            Some(n) => format!("*['{path}'] * {n}"),
            None => format!("'{path}'"),
        });
        self.end = at.past(member.total());
        Ok(())
    }

    fn code(&mut self, member: &Member, path: &str) -> Result<Code, DataError> {
        let (scalar, bits) = match &member.kind {
            MemberKind::Bytes => return Ok(Code::Sized("s")),
            MemberKind::Pascal => return Ok(Code::Sized("p")),
            MemberKind::Scalar(scalar) => (scalar, None),
            MemberKind::Bits(scalar, parts) => (scalar, Some(parts)),
            MemberKind::Group(_) => return Ok(Code::Bytes),
        };
        if let Some(parts) = bits {
            let parts = parts.iter().map(|(name, first, count)| {
                let name = name.as_deref().unwrap_or("reserved");
                format!("{name} = {count} from bit {first}")
            });
            let parts: Vec<String> = parts.collect();
            self.notes
                .push(format!("{path} has bit fields: {}", parts.join(", ")));
        }
        let signed = scalar.signed && bits.is_none();
        let code = match (scalar.family, member.size) {
            (Family::Char, _) => Code::Each("c"),
            (Family::Bool, _) => Code::Each("?"),
            (Family::Float, 2) => Code::Each("e"),
            (Family::Float, 4) => Code::Each("f"),
            (Family::Float, _) => Code::Each("d"),
            (Family::Complex, size) => {
                self.notes
                    .push(format!("{path}: complex numbers want Python 3.14"));
                Code::Each(if size == 8 { "F" } else { "D" })
            }
            (Family::Integer, 1) => Code::Each(if signed { "b" } else { "B" }),
            (Family::Integer, 2) => Code::Each(if signed { "h" } else { "H" }),
            (Family::Integer, 4) => Code::Each(if signed { "i" } else { "I" }),
            (Family::Integer, 8) => Code::Each(if signed { "q" } else { "Q" }),
            (Family::Integer, size) => {
                let order = if scalar.little_endian {
                    "little"
                } else {
                    "big"
                };
                self.notes.push(format!(
                    "{path}: integers of {size} bytes; int.from_bytes(…, '{order}', signed={})",
                    if signed { "True" } else { "False" }
                ));
                return Ok(Code::Bytes);
            }
        };
        if member.size > 1 {
            match self.order {
                Some(order) if order != scalar.little_endian => {
                    return Err(DataError::other(format!(
                        "{path}: a Python format has one byte order, and this field differs from \
                         those before it"
                    )));
                }
                _ => self.order = Some(scalar.little_endian),
            }
        }
        Ok(code)
    }

    fn gap(&mut self, to: u64) {
        match to.saturating_sub(self.end) {
            0 => {}
            1 => self.codes.push('x'),
            n => self.codes += &format!("{n}x"),
        }
        self.end = self.end.max(to);
    }
}

/// How a member is in a Python format.
#[derive(Clone, Copy)]
enum Code {
    /// Its size is the count.
    Sized(&'static str),
    /// One code an item.
    Each(&'static str),
    /// Bytes that Python has no code for.
    Bytes,
}
