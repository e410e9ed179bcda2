//! The types of `_parent` in the objects of each type.

use super::spec::{Content, Kind, KindOf, Parent, Spec};
use super::typing::ValueType;

/// The one type that each type is in the fields of; [`ValueType::Struct`] where there are several, or
/// where it is that of a file, which may be alone; `None` where no field is of the type.
pub(super) fn parents(spec: &Spec) -> Vec<Option<ValueType>> {
    let tops = spec.types.iter().enumerate().map(|(id, of)| of.top == id);
    let mut found: Vec<Option<ValueType>> = tops
        .map(|is_top| is_top.then_some(ValueType::Struct))
        .collect();
    for (id, of) in spec.types.iter().enumerate() {
        for field in of.seq.iter().chain(&of.instances) {
            let Content::Read(shape) = &field.content else {
                continue;
            };
            let kinds: Vec<&Kind> = match &shape.kind {
                KindOf::One(kind) => vec![kind],
                KindOf::Switch(_, cases) => cases.iter().map(|case| &case.kind).collect(),
            };
            let parent = match shape.parent {
                Parent::Around => ValueType::Object(id),
                Parent::None => continue,
                Parent::Computed(_) => ValueType::Any,
            };
            for kind in kinds {
                let Kind::Object(inner, _) = kind else {
                    continue;
                };
                let Some(place) = found.get_mut(*inner) else {
                    continue;
                };
                *place = Some(match &*place {
                    None => parent.clone(),
                    Some(place) if *place == parent => parent.clone(),
                    Some(ValueType::Any) => ValueType::Any,
                    Some(_) if parent == ValueType::Any => ValueType::Any,
                    Some(_) => ValueType::Struct,
                });
            }
        }
    }
    found
}
