//! Which fields a format has, whatever the data.

use super::super::Struct;
use super::super::plan::{Body, Element, Field, Repeat};

/// A step down.
pub(crate) enum Down<'a> {
    /// To a field.
    Name(&'a str),
    /// To an item of an array.
    Item,
}

impl Struct {
    /// Whether data could have a node there.
    pub(crate) fn has(&self, steps: &[Down<'_>]) -> bool {
        in_body(&self.plan.body, steps)
    }
}

fn in_body(body: &Body, steps: &[Down<'_>]) -> bool {
    match steps.split_first() {
        None => true,
        Some((Down::Name(name), rest)) => {
            let field = body.position(name).and_then(|index| body.at(index));
            field.is_some_and(|field| in_field(field, rest))
        }
        Some((Down::Item, _)) => false,
    }
}

fn in_field(field: &Field, steps: &[Down<'_>]) -> bool {
    let steps = match (&field.repeat, steps.split_first()) {
        (_, None) => return true,
        (Repeat::Array(_), Some((Down::Item, rest))) => rest,
        (Repeat::Array(_), Some(_)) => return false,
        (_, Some(_)) => steps,
    };
    match &field.element {
        Element::Group(body) => in_body(body, steps),
        _ => steps.is_empty(),
    }
}
