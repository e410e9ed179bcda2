//! Types of C with their sizes on 64-bit Linux (System V ABI for AMD64, section 3.1.2), and where members are.

/// How a type is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A code of the language.
    Code(&'static str),
    /// A `char`, of which an array is text.
    Char,
    /// A struct, by its place in the list of those that are known.
    Struct(usize),
    /// An enum in the same way, and the code of its numbers.
    Enum(usize, &'static str),
    /// No value.
    Void,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) size: u64,
    pub(super) align: u64,
    /// Lengths of arrays of a typedef, the outermost first.
    pub(super) dims: Vec<u64>,
}

impl Type {
    pub(super) fn code(code: &'static str, size: u64) -> Type {
        Type {
            kind: Kind::Code(code),
            size,
            align: size,
            dims: Vec::new(),
        }
    }

    pub(super) fn is_signed(&self) -> bool {
        match self.kind {
            Kind::Code(code) | Kind::Enum(_, code) => {
                code.starts_with(|c: char| c.is_ascii_lowercase())
            }
            Kind::Char => true,
            _ => false,
        }
    }

    /// Whether it may have bit fields.
    pub(super) fn is_integer(&self) -> bool {
        match self.kind {
            Kind::Code(code) => !matches!(code, "f" | "d" | "16s"),
            Kind::Char | Kind::Enum(..) => true,
            _ => false,
        }
    }
}

/// The types of `stdint.h` and others that headers name without defining them.
pub(super) fn named(name: &str) -> Option<Type> {
    let (code, size) = match name {
        "int8_t" | "__s8" | "s8" => ("b", 1),
        "uint8_t" | "u_int8_t" | "__u8" | "u8" | "u_char" => ("B", 1),
        "int16_t" | "__s16" | "s16" => ("h", 2),
        "uint16_t" | "u_int16_t" | "__u16" | "u16" | "__le16" | "u_short" | "char16_t" => ("H", 2),
        "int32_t" | "__s32" | "s32" | "wchar_t" => ("i", 4),
        "uint32_t" | "u_int32_t" | "__u32" | "u32" | "__le32" | "u_int" | "char32_t" => ("I", 4),
        "int64_t" | "__s64" | "s64" | "ssize_t" | "ptrdiff_t" | "intptr_t" | "intmax_t"
        | "off_t" | "time_t" => ("q", 8),
        "uint64_t" | "u_int64_t" | "__u64" | "u64" | "__le64" | "size_t" | "uintptr_t"
        | "uintmax_t" | "u_long" => ("Q", 8),
        "__int128" => ("y", 16),
        "bool" | "_Bool" => ("?", 1),
        _ => return None,
    };
    Some(Type::code(code, size))
}

/// The type of several keywords: `unsigned long int`.
pub(super) fn of_keywords(words: &[&str]) -> Option<Type> {
    let count = |word| words.iter().filter(|found| **found == word).count();
    let unsigned = count("unsigned") > 0;
    let whole = |signed, code, size| Type::code(if unsigned { code } else { signed }, size);
    if count("char") > 0 {
        return Some(match (unsigned, count("signed") > 0) {
            (false, false) => Type {
                kind: Kind::Char,
                ..Type::code("b", 1)
            },
            _ => whole("b", "B", 1),
        });
    }
    if count("float") > 0 {
        return Some(Type::code("f", 4));
    }
    if count("double") > 0 {
        return Some(match count("long") {
            0 => Type::code("d", 8),
            // 80 bits in 16 bytes, which no code reads.
            _ => Type::code("16s", 16),
        });
    }
    if count("void") > 0 {
        return Some(Type {
            kind: Kind::Void,
            ..Type::code("", 0)
        });
    }
    if count("__int128") > 0 {
        return Some(whole("y", "Y", 16));
    }
    match (count("short"), count("long")) {
        (1.., 0) => Some(whole("h", "H", 2)),
        (0, 1..) => Some(whole("q", "Q", 8)),
        (0, 0) => Some(whole("i", "I", 4)),
        _ => None,
    }
}
