//! What the fields of frames have in common: names of their values, and checksums.

use super::C005;
use crate::format::Parts;
use crate::tree::{Node, Range};
use crate::{Struct, Value};

/// Names of values: of a field, of a number, its name.
pub(super) type Names = [(&'static str, i128, &'static str)];

/// Gives fields the names of their values.
pub(super) fn name(nodes: &mut [Node], names: &Names) {
    for node in nodes {
        if let Some(value) = node.value.as_ref().and_then(Value::as_int) {
            let mut named = names.iter();
            let found = named.find(|(field, number, _)| node.name == *field && value == *number);
            node.meaning = found.map(|(.., meaning)| (*meaning).to_owned());
        }
        node.hex |= node.range.bits.is_none()
            && matches!(&*node.name, "magic" | "checksum" | "crc32" | "adler32");
        name(node.children_mut(), names);
    }
}

/// Compares the checksum in the last part with what it should be.
pub(super) fn check(parts: &mut Parts<'_>, field: &str, expected: u32) {
    let Some(node) = parts.last(field) else {
        return;
    };
    let found = node.value.as_ref().and_then(Value::as_int);
    node.hex = true;
    if found != Some(i128::from(expected)) {
        let message = format!("expected {expected:#x}, the checksum of what is before it");
        let problem = C005.problem(node.range, message);
        node.problems.push(problem);
    }
}

/// The bytes of the file from `start` up to `end`.
pub(super) fn range(start: u64, end: u64) -> Range {
    Range::file(start, end.saturating_sub(start))
}

#[expect(
    clippy::expect_used,
    reason = "built of constants; tests compile every one"
)]
pub(super) fn compiled(format: &str) -> Struct {
    Struct::new(format).expect("a header is a valid format")
}
