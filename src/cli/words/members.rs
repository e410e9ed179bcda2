//! Advice for archives of other formats than tar, where a verb of tar or the word of another tool asks for one: the
//! commands that show them and extract a file.

use std::ffi::OsString;
use std::path::Path as FilePath;

use super::{names_archive, quoted};
use crate::format::Format as _;
use crate::formats::Registry;
use crate::inspect::{Document, Found, Path};
use crate::render::escape;
use crate::{Source, Value};

/// The path to the content of a member that is separate from the member's entry.
pub(in crate::cli) fn separate_content(
    document: &Document,
    one: &Found,
    path: &Path,
) -> Option<Path> {
    let held = CONTENTS.into_iter().find_map(|content| {
        let path: Path = format!("{path}.{content}").parse().ok()?;
        let found = document.find(&path).ok()?;
        Some((found.first()?.node.range, path))
    });
    let (range, path) = held?;
    let own = one.node.range;
    let is_inside =
        range.space == own.space && range.offset >= own.offset && range.end() <= own.end();
    (!is_inside && range.size > 0).then_some(path)
}

/// Members that are looked at: folders come first, and hold nothing.
const LOOKED_AT: usize = 64;

/// The fields of a member's content in different formats: compressed, stored, plain.
const CONTENTS: [&str; 3] = ["local.data.content", "local.data", "data"];

/// An archive of another format than tar.
pub(in crate::cli) struct OtherArchive {
    archive: String,
    /// The path to the first member's content, and whether that is an archive itself.
    content: Option<(String, bool)>,
}

impl OtherArchive {
    /// `None` where the file isn't one of a known format, or is tar or a compressed stream.
    pub(in crate::cli) fn at(archive: &OsString) -> Option<OtherArchive> {
        // A pipe would be waited for.
        if !super::is_file(archive) {
            return None;
        }
        let source = Source::open(archive).ok()?;
        let format = Registry::built_in().detect(&source, None).ok()??;
        if format.name() == "tar" || format.content().is_some() {
            return None;
        }
        let document = Document::open(source, format).ok()?;
        Some(OtherArchive {
            archive: quoted(archive),
            content: content(&document),
        })
    }

    /// Whether members can be taken out.
    pub(in crate::cli) fn has_content(&self) -> bool {
        self.content.is_some()
    }

    /// The lines to write, each indented.
    pub(in crate::cli) fn lines(&self) -> String {
        let archive = &self.archive;
        let mut lines = format!("  bytewright inspect {archive}\n");
        if let Some((path, is_archive)) = &self.content {
            let path = quoted(&path.into());
            lines.push_str(&match is_archive {
                true => format!(
                    "  bytewright extract {archive} {path} | bytewright tar extract - -C FOLDER\n"
                ),
                false => format!("  bytewright extract {archive} {path} -o OUT\n"),
            });
        }
        lines
    }

    /// The advice where the word of another tool asks for its members.
    pub(super) fn said(&self, word: &str) -> String {
        let word = escape::message(word);
        let does = match self.has_content() {
            true => "inspect shows the members and extract takes one out",
            false => "inspect shows what is in it",
        };
        format!(
            "there is no verb {word}; of this file, {does}:\n\n{}",
            self.lines()
        )
    }
}

/// The path to the content of the first member with one; in a Debian package, of the archive of the files.
fn content(document: &Document) -> Option<(String, bool)> {
    let members = (0..LOOKED_AT).map_while(|i| member(document, i));
    let mut first = None;
    for found in members.flatten() {
        let (name, path) = found;
        let is_archive = names_archive(FilePath::new(name.trim_end()));
        if name.starts_with("data.tar") {
            return Some((path, is_archive));
        }
        first = first.or(Some((path, is_archive)));
    }
    first
}

/// The name of a member and the path to its content, if it has one; `None` after the last one.
fn member(document: &Document, i: usize) -> Option<Option<(String, String)>> {
    let found = |path: &str| document.find(&path.parse().ok()?).ok();
    let one = format!("members[{i}]");
    found(&one)?.first()?;
    let size = |path: &str| Some(found(path)?.first()?.node.range.size);
    let held = CONTENTS.into_iter().find_map(|content| {
        let size = size(&format!("{one}.{content}"))?;
        Some(content).filter(|_| size > 0)
    });
    let name = found(&format!("{one}.name"));
    let name = name.as_deref().and_then(<[_]>::first);
    let name = name.and_then(|found| found.node.value.clone());
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
    let is_plain = !name.is_empty() && name.trim_end() == name && !name.contains(['"', '\\']);
    let path = |content| match is_plain {
        true => format!("members[\"{name}\"].{content}"),
        false => format!("{one}.{content}"),
    };
    Some(held.map(|content| (name.to_owned(), path(content))))
}
