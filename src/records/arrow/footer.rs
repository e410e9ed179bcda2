//! The schema in the footer of a Parquet file, validated before the crate that decodes it: that one recurses as deep as
//! the schema nests, and allocates memory for the number of children that an element states.
//!
//! The footer is a structure in Thrift's compact protocol. Its field 2 lists the elements of the schema, each before its
//! children; field 5 of an element says how many these are.

use super::DEPTH;
use super::thrift::{Compact, kind};
use crate::offset::Position;

/// The list of elements, in the footer.
const SCHEMA: i64 = 2;

/// How many children it has, in an element.
const CHILDREN: i64 = 5;

/// Whether the schema in a footer is a tree of columns that is no deeper than columns nest.
pub(super) fn check(footer: &[u8]) -> Result<(), String> {
    let mut bytes = Compact::new(footer);
    let mut wrong = None;
    let mut has_schema = false;
    // The decoder identifies fields by their numbers alone, so a field of another type must not be skipped.
    let walked = bytes.fields(&mut |bytes, id, kind| {
        if id != SCHEMA {
            return bytes.skip(kind, DEPTH);
        }
        if kind != kind::LIST {
            return None;
        }
        has_schema = true;
        let (size, kind) = bytes.list()?;
        let mut counts = Vec::new();
        for _ in 0..size {
            let mut count = 0;
            if kind != kind::STRUCT {
                return None;
            }
            bytes.fields(&mut |bytes, id, kind| match (id, kind) {
                (CHILDREN, kind::I32) => {
                    count = bytes.integer()?;
                    Some(())
                }
                (CHILDREN, _) => None,
                _ => bytes.skip(kind, DEPTH),
            })?;
            counts.push(count);
        }
        if let Err(text) = tree(&counts) {
            wrong.get_or_insert(text);
        }
        Some(())
    });
    match (walked, wrong) {
        (None, _) => {
            let at = footer.len().since(bytes.left());
            Err(format!("the footer is broken at its byte {at}"))
        }
        (_, Some(text)) => Err(text),
        (Some(()), None) if !has_schema => Err("it has no schema".to_owned()),
        (Some(()), None) => Ok(()),
    }
}

/// Whether elements with these numbers of children, in order, are one tree.
fn tree(counts: &[i64]) -> Result<(), String> {
    // How many children are still to come, for each element around the next one.
    let mut left: Vec<usize> = Vec::new();
    for (index, count) in counts.iter().enumerate() {
        while left.last() == Some(&0) {
            left.pop();
        }
        match left.last_mut() {
            Some(left) => *left = left.since(1),
            None if index > 0 => return Err("the schema has elements that are in none".to_owned()),
            None => {}
        }
        let count = usize::try_from(*count)
            .ok()
            .filter(|count| *count <= counts.len());
        let Some(count) = count else {
            return Err(format!(
                "element {index} of the schema has more children than there are elements"
            ));
        };
        if count > 0 {
            left.push(count);
        }
        if left.len() > DEPTH {
            return Err(format!("columns nest deeper than {DEPTH} levels"));
        }
    }
    match left.iter().all(|left| *left == 0) && !counts.is_empty() {
        true => Ok(()),
        false => Err("the schema ends before the last child of an element".to_owned()),
    }
}
