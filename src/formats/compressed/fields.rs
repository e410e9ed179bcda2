//! What frames have in common: checksums, and ranges.

use super::C005;
use crate::Value;
use crate::format::Parts;
use crate::offset::Position;
use crate::schema::Field;
use crate::tree::Range;

/// Compares the checksum in the last part with the computed one.
pub(super) fn check(parts: &mut Parts<'_>, field: Field, expected: u32) {
    let Some(node) = parts.last(field.name()) else {
        return;
    };
    let found = node.value.as_ref().and_then(Value::as_int);
    if found != Some(i128::from(expected)) {
        let message = format!("expected {expected:#x}, the checksum of what is before it");
        let problem = C005.problem(node.range, message);
        node.problems.push(problem);
    }
}

/// The bytes of the file from `start` up to `end`.
pub(super) fn range(start: u64, end: u64) -> Range {
    Range::file(start, end.since(start))
}
