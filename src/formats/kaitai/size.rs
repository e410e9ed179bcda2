//! Sizes that are known without data: `sizeof`, `bitsizeof`, `_sizeof`.

use super::expression::{Binary, Expression};
use super::spec::{Content, Field, Kind, KindOf, Place, Repeat, Size, Spec, TypeId};
use super::typing::{Location, Typing, ValueType};
use super::values::{Val, binary, unary};
use crate::offset::Position;

/// How deep types may nest to have a size: each level is a call.
const MAX_DEPTH: usize = 64;

impl Spec {
    /// The bits of a type of which all fields have a size. Bits that are skipped where bytes follow
    /// don't count, and fields with an `if` do, as in Kaitai's compiler.
    pub(super) fn bits_of(&self, id: TypeId) -> Option<u64> {
        self.bits_within(id, 0)
    }

    fn bits_within(&self, id: TypeId, depth: usize) -> Option<u64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut sum = 0u64;
        for field in &self.types.get(id)?.seq {
            let times = match &field.repeat {
                Repeat::Once => 1,
                Repeat::Count(count) => constant(count)?,
                Repeat::Until(_) | Repeat::Rest => return None,
            };
            let bits = self.bits_of_field(field, depth)?.checked_mul(times)?;
            sum = sum.checked_add(bits)?;
        }
        Some(sum)
    }

    fn bits_of_field(&self, field: &Field, depth: usize) -> Option<u64> {
        let Content::Read(shape) = &field.content else {
            return None;
        };
        match (&shape.size, &shape.kind) {
            (_, KindOf::Switch(..)) | (Size::Rest, _) => None,
            (Size::Computed(size), _) => constant(size)?.checked_mul(8),
            (Size::None, KindOf::One(kind)) => self.bits_of_kind(kind, depth),
        }
    }

    /// The bits of a field as it is declared, whether it is there or not. A list has no size.
    pub(super) fn declared_bits(&self, field: &Field) -> Option<u64> {
        match field.repeat {
            Repeat::Once => self.bits_of_field(field, 0),
            _ => None,
        }
    }

    /// The bits of an item of a field that is repeated.
    pub(super) fn item_bits(&self, field: &Field) -> Option<u64> {
        match field.repeat {
            Repeat::Once => None,
            _ => self.bits_of_field(field, 0),
        }
    }

    pub(super) fn bits_of_kind(&self, kind: &Kind, depth: usize) -> Option<u64> {
        match kind {
            Kind::Integer { width, .. } | Kind::Float { width, .. } => Some(u64::from(*width) * 8),
            Kind::Bits { count, .. } => Some(u64::from(*count)),
            Kind::Object(id, _) => self.bits_within(*id, depth.past(1)),
            Kind::Bytes | Kind::Text | Kind::Terminated => None,
        }
    }
}

impl Typing<'_> {
    /// Whether the size of a type is known.
    pub(super) fn size_of_type(&self, id: TypeId) -> Result<(), String> {
        match self.spec.bits_of(id) {
            Some(_) => Ok(()),
            None => {
                let of = self.words(&ValueType::Object(id));
                Err(format!("the size of {of} follows from data"))
            }
        }
    }

    /// Whether the size of a value is known: that of a field as it is declared, or that of a type.
    pub(super) fn sized(&self, at: &Location, of: &Expression) -> Result<(), String> {
        let (holder, found) = match of {
            Expression::Name(name) => {
                let holder = (ValueType::Object(at.id), name);
                (Some(holder), self.name(at, name)?)
            }
            Expression::Field(of, name) => {
                let holder = self.of(at, of)?;
                let found = self.member(&holder, name)?;
                (Some((holder, name)), found)
            }
            of => (None, self.of(at, of)?),
        };
        if let Some((ValueType::Object(id), name)) = holder
            && let Some(of) = self.spec.types.get(id)
        {
            let field = match of.names.get(name) {
                Some(Place::Seq(index)) => of.seq.get(*index),
                Some(Place::Instance(index)) => of.instances.get(*index),
                _ => None,
            };
            let field = field.filter(|field| matches!(field.content, Content::Read(_)));
            if let Some(field) = field {
                return match self.spec.declared_bits(field) {
                    Some(_) => Ok(()),
                    None => Err(format!("the size of {name} follows from data")),
                };
            }
        }
        match found {
            ValueType::Object(id) => self.size_of_type(id),
            _ => Ok(()),
        }
    }
}

/// A number that no data are needed for.
fn constant(of: &Expression) -> Option<u64> {
    match computed(of)? {
        Val::Int(n) => u64::try_from(n).ok(),
        _ => None,
    }
}

/// The depth of an expression is bounded by the parser.
fn computed(of: &Expression) -> Option<Val> {
    match of {
        Expression::Int(n) => Some(Val::Int(*n)),
        Expression::Unary(operator, of) => unary(*operator, &computed(of)?).ok(),
        Expression::Binary(Binary::And | Binary::Or, _) => None,
        Expression::Binary(operator, pair) => {
            binary(*operator, &computed(&pair.0)?, &computed(&pair.1)?).ok()
        }
        _ => None,
    }
}
