//! ZIP archives where another tool's word asks for them.

use std::ffi::OsString;

use super::quoted;
use crate::formats::Registry;
use crate::inspect::Document;
use crate::render::escape;
use crate::{Source, Value};

/// Whether a file begins as a ZIP archive with a member does.
pub(super) fn is_one(argument: &OsString) -> bool {
    // A pipe would be waited for.
    if !super::is_file(argument) {
        return false;
    }
    let start = Source::open(argument).and_then(|source| source.read(0, 4));
    start.is_ok_and(|start| start == b"PK\x03\x04")
}

/// What a ZIP archive is looked into with, and how its first member that holds something is taken out.
pub(super) fn said(word: &str, archive: &OsString) -> String {
    let content =
        content_of_member(archive).unwrap_or_else(|| "members[0].local.data.content".to_owned());
    let content = quoted(&content.into());
    let (word, archive) = (escape::message(word), quoted(archive));
    format!(
        "there is no verb {word}; of a ZIP archive, inspect shows the members and extract takes one out:\n\n  \
         bytewright inspect {archive}\n  \
         bytewright extract {archive} {content} -o OUT\n"
    )
}

/// The path to what a member holds: stored as it is, or coded.
fn content_of_member(archive: &OsString) -> Option<String> {
    /// Members that are looked at: folders come first, and hold nothing.
    const LOOKED_AT: usize = 64;
    let registry = Registry::built_in();
    let document = Document::open(Source::open(archive).ok()?, registry.named("zip")?).ok()?;
    (0..LOOKED_AT).find_map(|i| {
        let data = format!("members[{i}].local.data");
        let coded = format!("{data}.content");
        let found = |path: &str| document.find(&path.parse().ok()?).ok();
        let size = found(&data)?.first()?.node.range.size;
        let name = found(&format!("members[{i}].name"))?
            .first()?
            .node
            .value
            .clone();
        let is_plain = |name: &&str| !name.contains(['"', '\\']);
        let member = match name.as_ref().and_then(Value::as_str).filter(is_plain) {
            Some(name) => format!("members[\"{name}\"]"),
            None => format!("members[{i}]"),
        };
        let tail = match found(&coded).is_some_and(|found| !found.is_empty()) {
            true => ".local.data.content",
            false => ".local.data",
        };
        (size > 0).then(|| member + tail)
    })
}
