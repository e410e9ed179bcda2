//! Sizes that are known without data: `sizeof`, `bitsizeof`, `_sizeof`.

use super::expression::Expression;
use super::spec::{Content, Field, Kind, KindOf, Repeat, Size, Spec, TypeId};

/// How deep types may nest to have a size: each level is a call.
const MAX_DEPTH: usize = 64;

impl Spec {
    /// The bits of a type of which all fields have a size. Bits that are skipped where bytes follow
    /// don't count, as in Kaitai's compiler.
    pub(super) fn bits_of(&self, id: TypeId) -> Option<u64> {
        self.bits_within(id, 0)
    }

    fn bits_within(&self, id: TypeId, depth: usize) -> Option<u64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut sum = 0u64;
        for field in &self.types.get(id)?.seq {
            sum = sum.checked_add(self.bits_of_field(field, depth)?)?;
        }
        Some(sum)
    }

    fn bits_of_field(&self, field: &Field, depth: usize) -> Option<u64> {
        let Content::Read(shape) = &field.content else {
            return None;
        };
        if field.condition.is_some() || !matches!(field.repeat, Repeat::Once) {
            return None;
        }
        let sized = match &shape.size {
            Size::Computed(Expression::Int(n)) => Some(u64::try_from(*n).ok()?.checked_mul(8)?),
            Size::Computed(_) | Size::Rest => return None,
            Size::None => None,
        };
        match &shape.kind {
            KindOf::One(kind) => match sized {
                Some(bits) => Some(bits),
                None => self.bits_of_kind(kind, depth),
            },
            KindOf::Switch(..) => sized,
        }
    }

    /// The bits of a field as it is declared.
    pub(super) fn declared_bits(&self, field: &Field) -> Option<u64> {
        self.bits_of_field(field, 0)
    }

    pub(super) fn bits_of_kind(&self, kind: &Kind, depth: usize) -> Option<u64> {
        match kind {
            Kind::Integer { width, .. } | Kind::Float { width, .. } => {
                Some(u64::from(*width).saturating_mul(8))
            }
            Kind::Bits { count, .. } => Some(u64::from(*count)),
            Kind::Object(id, _) => self.bits_within(*id, depth.saturating_add(1)),
            Kind::Bytes | Kind::Text | Kind::Terminated => None,
        }
    }
}
