//! What `_parent` is in the objects of each type.

use super::spec::{Content, Kind, KindOf, Parent, Spec};
use super::typing::ValueType;

/// The one type that each type stands in the fields of, where it is one.
pub(super) fn parents(spec: &Spec) -> Vec<ValueType> {
    let mut found: Vec<Option<ValueType>> = vec![None; spec.types.len()];
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
                Parent::None | Parent::Computed(_) => ValueType::Any,
            };
            for kind in kinds {
                let Kind::Object(inner, _) = kind else {
                    continue;
                };
                if let Some(place) = found.get_mut(*inner) {
                    let is_same = place.as_ref().is_none_or(|place| *place == parent);
                    *place = Some(if is_same {
                        parent.clone()
                    } else {
                        ValueType::Any
                    });
                }
            }
        }
    }
    let tops = spec.types.iter().enumerate().map(|(id, of)| of.top == id);
    let all = found.into_iter().zip(tops);
    // A whole file may be imported by others, or stand alone.
    all.map(|(found, is_top)| found.filter(|_| !is_top).unwrap_or(ValueType::Any))
        .collect()
}
