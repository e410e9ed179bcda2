//! The format codes: one table of what each is called, how wide it is and what it holds.

use std::ffi::{c_int, c_long, c_longlong, c_short, c_void};
use std::mem::{align_of, size_of};

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The kind of value that a code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pad,
    Char,
    Bool,
    Int {
        signed: bool,
    },
    /// An address: unsigned, but packed from negative numbers too, as Python does.
    Pointer,
    Float,
    Complex,
    /// Bytes of a fixed length.
    Bytes,
    /// A length byte and bytes, in a fixed width.
    Pascal,
    /// Bytes up to a NUL.
    CString,
    /// A number in as many groups of seven bits as it needs.
    Leb128 {
        signed: bool,
    },
}

/// A code of the format language.
#[derive(Debug)]
pub struct Code {
    pub(crate) letters: &'static str,
    pub(crate) kind: Kind,
    /// Size in bytes with `=`, `<`, `>` and `!`; `None` where those don't allow it. For codes of
    /// variable size the smallest.
    pub(crate) standard: Option<u8>,
    /// Size and alignment in native mode.
    pub(crate) native: (u8, u8),
    /// Whether Python has it.
    pub(crate) python: bool,
    pub(crate) about: &'static str,
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "C's types are a few bytes wide"
)]
const fn native<T>() -> (u8, u8) {
    (size_of::<T>() as u8, align_of::<T>() as u8)
}

const fn code(
    letters: &'static str,
    kind: Kind,
    standard: Option<u8>,
    native: (u8, u8),
    about: &'static str,
) -> Code {
    Code {
        letters,
        kind,
        standard,
        native,
        python: true,
        about,
    }
}

const fn beyond(letters: &'static str, kind: Kind, size: u8, about: &'static str) -> Code {
    Code {
        letters,
        kind,
        standard: Some(size),
        native: (size, 1),
        python: false,
        about,
    }
}

const SIGNED: Kind = Kind::Int { signed: true };
pub(crate) const UNSIGNED: Kind = Kind::Int { signed: false };

/// Every code, in the order of the documentation.
pub(crate) static CODES: &[Code] = &[
    code("x", Kind::Pad, Some(1), (1, 1), "pad byte, no value"),
    code("c", Kind::Char, Some(1), (1, 1), "one byte"),
    code("b", SIGNED, Some(1), (1, 1), "signed 8-bit integer"),
    code("B", UNSIGNED, Some(1), (1, 1), "unsigned 8-bit integer"),
    code("?", Kind::Bool, Some(1), (1, 1), "truth value"),
    code(
        "h",
        SIGNED,
        Some(2),
        native::<c_short>(),
        "signed 16-bit integer",
    ),
    code(
        "H",
        UNSIGNED,
        Some(2),
        native::<c_short>(),
        "unsigned 16-bit integer",
    ),
    code(
        "i",
        SIGNED,
        Some(4),
        native::<c_int>(),
        "signed 32-bit integer",
    ),
    code(
        "I",
        UNSIGNED,
        Some(4),
        native::<c_int>(),
        "unsigned 32-bit integer",
    ),
    code(
        "l",
        SIGNED,
        Some(4),
        native::<c_long>(),
        "signed long: 32 bits, natively C's long",
    ),
    code(
        "L",
        UNSIGNED,
        Some(4),
        native::<c_long>(),
        "unsigned long: 32 bits, natively C's long",
    ),
    code(
        "q",
        SIGNED,
        Some(8),
        native::<c_longlong>(),
        "signed 64-bit integer",
    ),
    code(
        "Q",
        UNSIGNED,
        Some(8),
        native::<c_longlong>(),
        "unsigned 64-bit integer",
    ),
    code("n", SIGNED, None, native::<isize>(), "ssize_t, native only"),
    code(
        "N",
        UNSIGNED,
        None,
        native::<usize>(),
        "size_t, native only",
    ),
    code(
        "e",
        Kind::Float,
        Some(2),
        native::<c_short>(),
        "half-precision float",
    ),
    code(
        "f",
        Kind::Float,
        Some(4),
        native::<f32>(),
        "single-precision float",
    ),
    code(
        "d",
        Kind::Float,
        Some(8),
        native::<f64>(),
        "double-precision float",
    ),
    code(
        "F",
        Kind::Complex,
        Some(8),
        (8, 4),
        "complex number of two floats",
    ),
    code(
        "D",
        Kind::Complex,
        Some(16),
        (16, 8),
        "complex number of two doubles",
    ),
    code("Zf", Kind::Complex, Some(8), (8, 4), "the same as F"),
    code("Zd", Kind::Complex, Some(16), (16, 8), "the same as D"),
    code(
        "s",
        Kind::Bytes,
        Some(1),
        (1, 1),
        "bytes; the count is their length",
    ),
    code(
        "p",
        Kind::Pascal,
        Some(1),
        (1, 1),
        "length byte and bytes; the count is the whole width",
    ),
    code(
        "P",
        Kind::Pointer,
        None,
        native::<*const c_void>(),
        "address, native only",
    ),
    beyond("z", Kind::CString, 1, "bytes up to a NUL"),
    beyond(
        "v",
        Kind::Leb128 { signed: true },
        1,
        "signed LEB128, up to 128 bits",
    ),
    beyond(
        "V",
        Kind::Leb128 { signed: false },
        1,
        "unsigned LEB128, up to 128 bits",
    ),
    beyond("j", SIGNED, 3, "signed 24-bit integer"),
    beyond("J", UNSIGNED, 3, "unsigned 24-bit integer"),
    beyond("k", SIGNED, 6, "signed 48-bit integer"),
    beyond("K", UNSIGNED, 6, "unsigned 48-bit integer"),
    beyond("y", SIGNED, 16, "signed 128-bit integer"),
    beyond("Y", UNSIGNED, 16, "unsigned 128-bit integer"),
];

/// For each ASCII letter that is a code by itself, its place in [`CODES`] plus one.
static BY_LETTER: [u8; 128] = index();

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "runs at compile time over the table above"
)]
const fn index() -> [u8; 128] {
    let mut index = [0; 128];
    let mut i = 0;
    while i < CODES.len() {
        let letters = CODES[i].letters.as_bytes();
        if letters.len() == 1 {
            index[letters[0] as usize] = i as u8 + 1;
        }
        i += 1;
    }
    index
}

/// The codes of the format language, in the order of its documentation.
///
/// ```
/// let half = bytewright::structs::codes().iter().find(|code| code.letters() == "e").unwrap();
/// assert_eq!(half.size(), Some(2));
/// assert_eq!(half.about(), "half-precision float");
/// ```
pub fn codes() -> &'static [Code] {
    CODES
}

/// The keys are `code`, `size` and `native_size` in bytes, `python` and `doc`.
///
/// ```
/// let json = serde_json::to_value(&bytewright::structs::codes()[0])?;
/// assert_eq!(json["code"], "x");
/// assert_eq!(json["python"], true);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut code = serializer.serialize_struct("Code", 5)?;
        code.serialize_field("code", self.letters())?;
        code.serialize_field("size", &self.size())?;
        code.serialize_field("native_size", &self.native_size())?;
        code.serialize_field("python", &self.is_python())?;
        code.serialize_field("doc", self.about())?;
        code.end()
    }
}

impl Code {
    /// The letter; two letters for `Zf` and `Zd`.
    pub fn letters(&self) -> &'static str {
        self.letters
    }

    /// The size in bytes with `=`, `<`, `>` and `!`, of `s`, `p` and `x` that of one unit, of `z`,
    /// `v` and `V` the smallest; `None` where the code is native only.
    pub fn size(&self) -> Option<u8> {
        self.standard
    }

    /// The size in bytes in native mode on this machine.
    pub fn native_size(&self) -> u8 {
        self.native.0
    }

    /// Whether Python's `struct` has it.
    pub fn is_python(&self) -> bool {
        self.python
    }

    /// What it holds, in a few words.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// The code at the front of `text`.
    pub(crate) fn at_front_of(text: &str) -> Option<&'static Code> {
        let bytes = text.as_bytes();
        match bytes {
            [b'Z', b'f' | b'd', ..] => CODES.iter().find(|code| text.starts_with(code.letters)),
            [letter, ..] => Code::of_letter(*letter),
            [] => None,
        }
    }

    /// The code that is this letter by itself.
    #[inline]
    pub(crate) fn of_letter(letter: u8) -> Option<&'static Code> {
        let place = *BY_LETTER.get(usize::from(letter))?;
        CODES.get(usize::from(place).checked_sub(1)?)
    }
}

/// The byte order of a format: one that it states, or the native one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    /// `@`: the machine's order, sizes and alignment.
    Native,
    /// `=`: the machine's order with standard sizes and no alignment.
    Machine,
    Little,
    Big,
}

impl Order {
    pub(crate) fn from_char(c: char) -> Option<Order> {
        Some(match c {
            '@' => Order::Native,
            '=' => Order::Machine,
            '<' => Order::Little,
            '>' | '!' => Order::Big,
            _ => return None,
        })
    }

    pub(crate) fn is_little(self) -> bool {
        match self {
            Order::Native | Order::Machine => cfg!(target_endian = "little"),
            Order::Little => true,
            Order::Big => false,
        }
    }

    /// Whether it is the other order than the machine's.
    pub(crate) fn is_swapped(self) -> bool {
        self.is_little() != cfg!(target_endian = "little")
    }

    /// Size and alignment of a code in this order; `None` where the order doesn't allow it.
    pub(crate) fn size_and_alignment(self, code: &Code) -> Option<(u8, u8)> {
        match self {
            Order::Native => Some(code.native),
            _ => code.standard.map(|size| (size, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_letters() {
        for code in CODES {
            let found = Code::at_front_of(code.letters).unwrap();
            assert_eq!(found.letters, code.letters);
        }
        for text in ["", "Z", "Zq", "t", "\u{e9}", "\0"] {
            assert!(Code::at_front_of(text).is_none(), "{text:?}");
        }
    }
}
