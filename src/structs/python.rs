//! What Python's `struct` refuses.

use super::ast::{Count, Format, ItemKind};
use super::error::{Fault, FormatErrorKind};
use crate::offset::Position;

/// Finds the first thing in a format that Python doesn't know.
pub(super) fn check(text: &str, format: &Format<'_>) -> Result<(), Fault> {
    let beyond = |span: std::ops::Range<usize>, what: &str| {
        Err(Fault::new(
            span,
            format!("{what}: Python's struct has none"),
            "this goes beyond Python",
        )
        .of(FormatErrorKind::NotPython))
    };
    // The tree has no comments; nothing else that Python accepts has a `#`.
    if let Some(at) = text.find('#') {
        return beyond(at..at.past(1), "a comment");
    }
    for item in &format.items {
        let what = match (&item.what, &item.count) {
            (ItemKind::Computed(_), _) => "a computed value",
            (_, Some(Count::Expression(_))) => "a computed count",
            (_, Some(Count::Rest | Count::Until(_))) => "a count to the end",
            _ if item.name.is_some() => "a name",
            _ if item.constant.is_some() => "a constant",
            (ItemKind::Group(_), _) => "a group",
            (ItemKind::Reference(..), _) => "a reference",
            // A message stands in a choice alone.
            (ItemKind::Choice(..) | ItemKind::Fail(_), _) => "a choice",
            (ItemKind::Wide { .. } | ItemKind::Base128 { .. }, _) => "such a code",
            (ItemKind::Align(_), _) => "an alignment",
            (ItemKind::Code(_, Some(_)), _) => "bit fields",
            (ItemKind::Code(code, None), _) if !code.python => "such a code",
            _ if item.beyond.is_some() => "such an item",
            (ItemKind::Code(..), _) => continue,
        };
        return beyond(item.span.0 as usize..item.span.1 as usize, what);
    }
    Ok(())
}
