//! What has to follow a change for the file to stay what it is: checksums and sizes.

use std::io;

use super::{Change, Overlay};
use crate::formats::{bmp, tar};
use crate::inspect::document::{Document, Format};
use crate::inspect::path::Path;
use crate::tree::{Node, Range};
use crate::value::Value;

/// The changes that follow from others. Fields that were set themselves are left as they were
/// set: `touched` are their paths.
pub(super) fn follow(
    document: &Document,
    changes: &[Change],
    touched: &[String],
) -> io::Result<Vec<Change>> {
    let mut follow = match document.format() {
        Format::Tar => checksums(document, changes)?,
        Format::Bmp => sizes(document, changes)?,
        _ => Vec::new(),
    };
    follow.retain(|change| change.old != change.new && !touched.contains(&change.path));
    Ok(follow)
}

/// The checksum of every tar header that a change lies in.
fn checksums(document: &Document, changes: &[Change]) -> io::Result<Vec<Change>> {
    let mut follow: Vec<Change> = Vec::new();
    for change in changes {
        let Some((header, _)) = change.path.rsplit_once("header.") else {
            continue;
        };
        let header = format!("{header}header");
        let path = format!("{header}.chksum");
        if follow.iter().any(|change| change.path == path) {
            continue;
        }
        let (Some(block), Some(field)) = (node(document, &header)?, node(document, &path)?) else {
            continue;
        };
        let edited = Overlay::new(document.file().clone(), changes).into_source();
        let bytes = edited.read(block.range.offset, block.range.size)?;
        let Some(new) = tar::checksum_field(&bytes) else {
            continue;
        };
        follow.push(following(
            document,
            &path,
            &field,
            new.0.to_vec(),
            new.1.to_string(),
        )?);
    }
    Ok(follow)
}

/// The sizes of a file with one bitmap that the changes make others than they were. One that was
/// stated wrong before, and doesn't depend on what is changed, is left alone.
fn sizes(document: &Document, changes: &[Change]) -> io::Result<Vec<Change>> {
    let in_header = |change: &Change| {
        change.path.starts_with("dib_header.") || change.path.starts_with("file_header.")
    };
    if !changes.iter().any(in_header) {
        return Ok(Vec::new());
    }
    let before = bmp::inspect(&document.part(document.file()))?.sizes();
    let edited = Overlay::new(document.file().clone(), changes).into_source();
    let mut follow = Vec::new();
    for (path, size) in bmp::inspect(&document.part(&edited))?.sizes() {
        if before.contains(&(path, size)) {
            continue;
        }
        let Some(field) = node(document, path)? else {
            continue;
        };
        if field.range.size == 4 {
            let new = size.to_le_bytes().to_vec();
            follow.push(following(document, path, &field, new, size.to_string())?);
        }
    }
    Ok(follow)
}

fn node(document: &Document, path: &str) -> io::Result<Option<Node>> {
    let Ok(path) = path.parse::<Path>() else {
        return Ok(None);
    };
    match document.find(&path) {
        Ok(mut found) => Ok(found.pop().map(|found| found.node)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn following(
    document: &Document,
    path: &str,
    field: &Node,
    new: Vec<u8>,
    new_value: String,
) -> io::Result<Change> {
    let range: Range = field.range;
    Ok(Change {
        path: path.to_owned(),
        offset: range.offset,
        old: document.bytes(range, range.size)?,
        new,
        old_value: field
            .value
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default(),
        new_value,
        follows: true,
    })
}
