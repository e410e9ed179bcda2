//! Kind and size of a single value in one enumeration, so that reading it takes one jump.

use super::code::Kind;

/// How bytes become a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "a hidden constant of a public trait is one")]
pub enum Read {
    Nothing,
    Bytes,
    Pascal,
    Char,
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    /// Rare in formats, and read the general way.
    Other,
}

impl Read {
    pub(super) const fn of(kind: Kind, size: u8) -> Read {
        match (kind, size) {
            (Kind::Pad, _) => Read::Nothing,
            (Kind::Bytes, _) => Read::Bytes,
            (Kind::Pascal, _) => Read::Pascal,
            (Kind::Char, _) => Read::Char,
            (Kind::Bool, _) => Read::Bool,
            (Kind::Int { signed: true }, 1) => Read::I8,
            (Kind::Int { signed: false }, 1) => Read::U8,
            (Kind::Int { signed: true }, 2) => Read::I16,
            (Kind::Int { signed: false }, 2) => Read::U16,
            (Kind::Int { signed: true }, 4) => Read::I32,
            (Kind::Int { signed: false } | Kind::Pointer, 4) => Read::U32,
            (Kind::Int { signed: true }, 8) => Read::I64,
            (Kind::Int { signed: false } | Kind::Pointer, 8) => Read::U64,
            (Kind::Float, 4) => Read::F32,
            (Kind::Float, 8) => Read::F64,
            _ => Read::Other,
        }
    }

    /// The kind of the number, truth value or byte.
    pub(super) const fn kind(self) -> Kind {
        match self {
            Read::I8 | Read::I16 | Read::I32 | Read::I64 => Kind::Int { signed: true },
            Read::U8 | Read::U16 | Read::U32 | Read::U64 => Kind::Int { signed: false },
            Read::F32 | Read::F64 => Kind::Float,
            Read::Bool => Kind::Bool,
            _ => Kind::Char,
        }
    }

    /// The size of one, in bytes; of what has none of its own, 0.
    pub(super) const fn size(self) -> usize {
        match self {
            Read::Char | Read::Bool | Read::I8 | Read::U8 => 1,
            Read::I16 | Read::U16 => 2,
            Read::I32 | Read::U32 | Read::F32 => 4,
            Read::I64 | Read::U64 | Read::F64 => 8,
            Read::Nothing | Read::Bytes | Read::Pascal | Read::Other => 0,
        }
    }

    /// The type of Rust that has these bytes.
    pub(super) const fn type_name(self) -> &'static str {
        match self {
            Read::Char | Read::U8 => "u8",
            Read::Bool => "bool",
            Read::I8 => "i8",
            Read::I16 => "i16",
            Read::U16 => "u16",
            Read::I32 => "i32",
            Read::U32 => "u32",
            Read::I64 => "i64",
            Read::U64 => "u64",
            Read::F32 => "f32",
            Read::F64 => "f64",
            Read::Nothing | Read::Bytes | Read::Pascal | Read::Other => "bytes",
        }
    }
}
