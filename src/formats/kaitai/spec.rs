//! A parsed description: types with their fields, enums.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use smol_str::SmolStr;

use super::expression::Expression;
use crate::value::encoding::Encoding;

/// Which type of a description, by its place in [`Spec::types`].
pub(super) type TypeId = usize;
/// Which enum, by its place in [`Spec::enums`].
pub(super) type EnumId = usize;

/// All types and enums of a file and of those that it imports.
#[derive(Debug, Default)]
pub(super) struct Spec {
    pub(super) types: Vec<Type>,
    pub(super) enums: Vec<Enum>,
}

#[derive(Debug)]
pub(super) struct Type {
    pub(super) name: SmolStr,
    /// The file that it is in.
    pub(super) path: Arc<Path>,
    /// The type that it is in.
    pub(super) around: Option<TypeId>,
    /// The type of the whole file.
    pub(super) top: TypeId,
    pub(super) types: HashMap<SmolStr, TypeId>,
    pub(super) enums: HashMap<SmolStr, EnumId>,
    pub(super) endian: Option<Endian>,
    pub(super) bits_little: bool,
    /// Its documentation.
    pub(super) doc: SmolStr,
    pub(super) params: Vec<SmolStr>,
    pub(super) seq: Vec<Field>,
    pub(super) instances: Vec<Field>,
    /// Where a name is found.
    pub(super) names: HashMap<SmolStr, Place>,
    /// What an object of the type is in a line.
    pub(super) to_string: Option<Expression>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Param(usize),
    Seq(usize),
    Instance(usize),
}

/// The byte order of a type and of those in it.
#[derive(Debug)]
pub(super) enum Endian {
    Little,
    Big,
    Choice(Expression, Vec<(Option<Expression>, bool)>),
    /// That of the object that the type is a part of.
    Inherited,
}

#[derive(Debug)]
pub(super) struct Enum {
    pub(super) name: SmolStr,
    pub(super) members: HashMap<i128, SmolStr>,
    pub(super) values: HashMap<SmolStr, i128>,
}

/// A field of `seq`, or an instance.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: SmolStr,
    pub(super) line: usize,
    /// Its documentation.
    pub(super) doc: SmolStr,
    pub(super) condition: Option<Expression>,
    pub(super) repeat: Repeat,
    pub(super) content: Content,
    pub(super) io: Option<Expression>,
    pub(super) pos: Option<Expression>,
    pub(super) enumeration: Option<EnumId>,
    pub(super) valid: Option<Valid>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A value without bytes.
    Computed(Expression),
    Read(Box<Shape>),
}

/// How bytes become a value.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) kind: KindOf,
    pub(super) size: Size,
    pub(super) terminator: Option<u8>,
    pub(super) include: bool,
    pub(super) consume: bool,
    pub(super) eos_error: bool,
    pub(super) pad_right: Option<u8>,
    pub(super) encoding: Option<Coding>,
    pub(super) process: Option<Process>,
    pub(super) parent: Parent,
}

/// The encoding of text.
#[derive(Clone, Debug)]
pub(super) enum Coding {
    Known(Encoding),
    /// An unknown encoding of this name; it is only an error when text in it is read.
    Unknown(SmolStr),
}

impl Coding {
    pub(super) fn named(name: &str) -> Coding {
        match Encoding::named(name) {
            Some(known) => Coding::Known(known),
            None => Coding::Unknown(name.into()),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Coding::Known(known) => known.name(),
            Coding::Unknown(name) => name,
        }
    }

    /// The bytes of a NUL.
    pub(super) fn unit(&self) -> usize {
        self.known().map_or(1, Encoding::unit)
    }

    pub(super) fn known(&self) -> Option<Encoding> {
        match self {
            Coding::Known(known) => Some(*known),
            Coding::Unknown(_) => None,
        }
    }
}

#[derive(Debug)]
pub(super) enum KindOf {
    One(Kind),
    Switch(Expression, Vec<Case>),
}

#[derive(Debug)]
pub(super) struct Case {
    /// `None` for what no other case has: `_`.
    pub(super) key: Option<Expression>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Bytes,
    Integer {
        signed: bool,
        width: u8,
        little: Option<bool>,
    },
    Float {
        width: u8,
        little: Option<bool>,
    },
    Bits {
        count: u8,
        little: Option<bool>,
    },
    Text,
    /// Text up to a terminator.
    Terminated,
    Object(TypeId, Vec<Expression>),
}

#[derive(Debug)]
pub(super) enum Size {
    /// The size follows from the type or a terminator.
    None,
    Computed(Expression),
    /// All that is left of the stream.
    Rest,
}

#[derive(Debug)]
pub(super) enum Process {
    Zlib,
    Xor(Expression),
    /// By this number of bits to the left.
    RotateLeft(Expression),
    RotateRight(Expression),
    /// A custom program, by its name, which isn't run.
    Program(Arc<str>, Vec<Expression>),
}

#[derive(Debug)]
pub(super) enum Repeat {
    Once,
    Count(Expression),
    Until(Expression),
    Rest,
}

/// Which object `_parent` is.
#[derive(Debug)]
pub(super) enum Parent {
    Around,
    None,
    Computed(Expression),
}

#[derive(Debug)]
pub(super) enum Valid {
    Equal(Expression),
    Between(Option<Expression>, Option<Expression>),
    AnyOf(Vec<Expression>),
    Holds(Expression),
    InEnum,
}

impl Spec {
    /// The type of that name, `a::b` included, as one sees it from inside a type: its own, those around
    /// it, the file's own name, what is imported.
    pub(super) fn find_type(&self, from: TypeId, name: &str, tops: &Tops) -> Option<TypeId> {
        let mut parts = name.split("::");
        let mut found = self.first_type(from, parts.next()?, tops)?;
        for part in parts {
            found = *self.types.get(found)?.types.get(part)?;
        }
        Some(found)
    }

    fn first_type(&self, from: TypeId, name: &str, tops: &Tops) -> Option<TypeId> {
        let mut at = Some(from);
        while let Some(id) = at {
            let around = self.types.get(id)?;
            if let Some(found) = around.types.get(name) {
                return Some(*found);
            }
            if around.name == name {
                return Some(id);
            }
            at = around.around;
        }
        tops.get(name).copied()
    }

    /// The enum of that path, found as types are.
    pub(super) fn find_enum(&self, from: TypeId, path: &[SmolStr], tops: &Tops) -> Option<EnumId> {
        let (name, types) = path.split_last()?;
        let Some((first, inner)) = types.split_first() else {
            let mut at = Some(from);
            while let Some(id) = at {
                let around = self.types.get(id)?;
                if let Some(found) = around.enums.get(name) {
                    return Some(*found);
                }
                at = around.around;
            }
            return None;
        };
        let mut found = self.first_type(from, first, tops)?;
        for part in inner {
            found = *self.types.get(found)?.types.get(part)?;
        }
        self.types.get(found)?.enums.get(name).copied()
    }
}

/// The types of whole files that a file can name.
pub(super) type Tops = HashMap<SmolStr, TypeId>;
