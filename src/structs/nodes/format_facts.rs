//! What is known from a format alone, without data.

use super::super::Struct;
use super::super::plan::{Body, Count, Element, Field, Repeat};

/// A step of a path down the tree.
pub(crate) enum DescentStep<'a> {
    /// To a field.
    Name(&'a str),
    /// To an item of an array.
    Item,
}

impl Struct {
    /// Whether a tree of this format can have a node at that path; `None` where it depends on the
    /// data.
    pub(crate) fn has(&self, steps: &[DescentStep<'_>]) -> Option<bool> {
        match self.whole {
            Some(_) => None,
            None => Some(in_body(&self.plan.body, steps)),
        }
    }
}

impl Struct {
    /// Whether it takes all remaining bytes, so that more bytes would change its values.
    pub(crate) fn takes_rest(&self) -> bool {
        // In formats of whole files, offsets may count from the end, and searches go up to it.
        self.is_whole() || ends_in_rest(&self.plan.body)
    }
}

fn ends_in_rest(body: &Body) -> bool {
    let Some(last) = body.fields.last() else {
        return false;
    };
    let rest = |count: &Count| matches!(count, Count::Rest);
    matches!(&last.repeat, Repeat::Array(count) if rest(count))
        || match &last.element {
            Element::Group(body) => ends_in_rest(body),
            element => element.length().is_some_and(rest),
        }
}

fn in_body(body: &Body, steps: &[DescentStep<'_>]) -> bool {
    match steps.split_first() {
        None => true,
        Some((DescentStep::Name(name), rest)) => {
            let field = body.position(name).and_then(|index| body.at(index));
            field.is_some_and(|field| in_field(field, rest))
        }
        Some((DescentStep::Item, _)) => false,
    }
}

fn in_field(field: &Field, steps: &[DescentStep<'_>]) -> bool {
    let steps = match (&field.repeat, steps.split_first()) {
        (_, None) => return true,
        (Repeat::Array(_), Some((DescentStep::Item, rest))) => rest,
        (Repeat::Array(_), Some(_)) => return false,
        (_, Some(_)) => steps,
    };
    match &field.element {
        Element::Group(body) => in_body(body, steps),
        _ => steps.is_empty(),
    }
}
