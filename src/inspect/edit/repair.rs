//! What has to follow a change for the file to stay what it is: checksums and sizes.

use std::io;

use super::{Change, Overlay};
use crate::format::{Edited, Follow};
use crate::inspect::document::Document;
use crate::inspect::path::{FindError, Path};
use crate::tree::Node;
use crate::value::Value;

/// The changes that follow from others. Fields that were set themselves are left as they were
/// set: `touched` are their paths.
pub(super) fn follow(
    document: &Document,
    changes: &[Change],
    touched: &[String],
) -> io::Result<Vec<Change>> {
    let after = Overlay::new(document.file().clone(), changes).into_source();
    let edited = Edited {
        before: document.part(document.file()),
        after: document.part(&after),
        at: document.start(),
        paths: changes.iter().map(|change| &*change.path).collect(),
        find: &|path| node(document, path),
    };
    let mut changes = Vec::new();
    for follow in document.format().follow(&edited)? {
        if touched.contains(&follow.path) {
            continue;
        }
        if let Some(field) = node(document, &follow.path)? {
            let change = following(document, follow, &field)?;
            changes.extend(Some(change).filter(|change| change.old != change.new));
        }
    }
    Ok(changes)
}

fn node(document: &Document, path: &str) -> io::Result<Option<Node>> {
    let Ok(path) = path.parse::<Path>() else {
        return Ok(None);
    };
    match document.find(&path) {
        Ok(mut found) => Ok(found.pop().map(|found| found.node)),
        Err(FindError::Path(_)) => Ok(None),
        Err(FindError::Io(e)) => Err(e),
        Err(e) => Err(io::Error::other(e)),
    }
}

fn following(document: &Document, follow: Follow, field: &Node) -> io::Result<Change> {
    let old_value = field.value.as_ref().map(Value::to_string);
    Ok(Change {
        path: follow.path,
        offset: field.range.offset,
        old: document.bytes(field.range, field.range.size)?,
        new: follow.bytes,
        old_value: old_value.unwrap_or_default(),
        new_value: follow.value,
        follows: true,
    })
}
