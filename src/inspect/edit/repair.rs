//! Changes that are required for the file to stay valid: checksums and sizes.

use std::io;

use super::{Change, Overlay};
use crate::format::{Edited, Follow};
use crate::inspect::document::Document;
use crate::inspect::path::{FindError, Path};
use crate::tree::{Node, Place};
use crate::value::Value;

/// The changes that follow from others. Fields that were set themselves are left as they were
/// set: `touched` are their places.
pub(super) fn follow(
    document: &Document,
    changes: &[Change],
    touched: &[Place],
) -> io::Result<Vec<Change>> {
    let after = Overlay::new(document.file().clone(), changes).into_source();
    let edited = Edited {
        before: document.part(document.file()),
        after: document.part(&after),
        at: document.start(),
        places: changes
            .iter()
            .flat_map(|change| change.places.clone())
            .collect(),
        find: &|place| node(document, place),
    };
    let mut changes = Vec::new();
    for follow in document.format().follow(&edited)? {
        if touched.contains(&follow.place) {
            continue;
        }
        if let Some(field) = node(document, &follow.place)? {
            let change = following(document, follow, &field)?;
            changes.extend(Some(change).filter(|change| change.old != change.new));
        }
    }
    Ok(changes)
}

fn node(document: &Document, place: &Place) -> io::Result<Option<Node>> {
    match document.find(&Path::to(place)) {
        Ok(mut found) => Ok(found.pop().map(|found| found.node)),
        Err(FindError::Path(_)) => Ok(None),
        Err(FindError::Io(e)) => Err(e),
        Err(e) => Err(io::Error::other(e)),
    }
}

fn following(document: &Document, follow: Follow, field: &Node) -> io::Result<Change> {
    let old_value = field.value.as_ref().map(Value::to_string);
    Ok(Change {
        path: follow.place.to_string(),
        places: vec![follow.place],
        offset: field.range.offset,
        old: document.bytes(field.range, field.range.size)?,
        new: follow.bytes,
        old_value: old_value.unwrap_or_default(),
        new_value: follow.value,
        follows: true,
    })
}
