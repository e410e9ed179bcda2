//! The node of a single field: its format, its bits, and the problem of a constant that differs.

use std::borrow::Cow;

use crate::structs::constant::{in_both_bases, same};
use crate::structs::plan::{BitField, Bits, Count, Element};
use crate::structs::problems::S001;
use crate::tree::{Name, Node, Problem, Range, Role};
use crate::value::Value;

/// What is wrong with a field that should be constant.
pub(super) fn wrong_constant(expected: &Value, found: &Value, range: Range) -> Option<Problem> {
    (!same(expected, found)).then(|| {
        let (expected, found) = in_both_bases(expected, found);
        let message = format!("expected {expected}, found {found}");
        S001.problem(range, message)
    })
}

/// The format of a single element of `size` bytes; `None` for one with fields of its own. A length that was computed is
/// in brackets: text of another length contradicts the field that it was computed from.
pub(super) fn format_of(element: &Element, size: u64) -> Option<Cow<'static, str>> {
    Some(Cow::Owned(match element {
        Element::Scalar(scalar) => return Some(scalar.format()),
        Element::Bytes(Count::Fixed(_)) => format!("{size}s"),
        Element::Bytes(_) => format!("[{size}]s"),
        Element::Pascal(Count::Fixed(_)) => format!("{size}p"),
        Element::Pascal(_) => format!("[{size}]p"),
        Element::CString => return Some(Cow::Borrowed("z")),
        Element::Leb128 { signed: true } => return Some(Cow::Borrowed("v")),
        Element::Leb128 { signed: false } => return Some(Cow::Borrowed("V")),
        _ => return None,
    }))
}

pub(super) fn bit_nodes(bits: &Bits, raw: u128, range: Range) -> Vec<Node> {
    let format = bits.integer.format();
    let node = |bit: &BitField| {
        let name = bit
            .name
            .clone()
            .map_or_else(|| "reserved".into(), Name::from);
        let range = Range {
            bits: Some(bit.range()),
            ..range
        };
        let mut node = Node::new(name, range)
            .role(Role::View)
            .value(bit.extract(raw, bits.signed()));
        node.format = Some(format.clone());
        node
    };
    bits.fields.iter().map(node).collect()
}
