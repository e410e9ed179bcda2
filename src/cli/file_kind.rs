//! Kinds of files: a verb that makes a file replaces one of the same kind, and another one only with `--force`.

use std::fmt;
use std::io::{self, Read as _};
use std::path::Path;

use super::error::{Context as _, Result, bail};
use crate::Source;
use crate::codecs;
use crate::format::Format;
use crate::formats::Registry;
use crate::inspect::patch;
use crate::render::escape;
use crate::source::is_data;

/// The kind of a file, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// No bytes at all.
    Empty,
    Patch,
    Html,
    /// Lines of UTF-8 without control characters. A few printable bytes don't count: they may be a packed number.
    Text,
    /// Compressed data: the compression, and the format of the content, where it is known.
    Compressed(&'static str, Option<&'static str>),
    /// A format of the registry, by its name.
    Format(&'static str),
    /// Bytes of no known format.
    Data,
}

/// Bytes that are read to tell a kind.
const START: u64 = 4096;

/// The least length of a telling signature, in bytes.
const SIGNATURE: usize = 3;

impl FileKind {
    /// The kind of these bytes.
    pub(super) fn of(source: &Source) -> io::Result<FileKind> {
        let start = source.read(0, START)?;
        if start.is_empty() {
            return Ok(FileKind::Empty);
        }
        if let Some(name) = named(source)? {
            let format = Registry::built_in().named(name);
            return Ok(
                match format.is_some_and(|format| format.content().is_some()) {
                    true => FileKind::Compressed(name, held(source, &start)?),
                    false => FileKind::Format(name),
                },
            );
        }
        if let Some(kind) = signed(&start) {
            return Ok(kind);
        }
        let is_whole = (start.len() as u64) < START;
        Ok(match text(&start, is_whole) {
            Some(text) if text.starts_with(patch::MAGIC) => FileKind::Patch,
            Some(text) if text.starts_with("<!DOCTYPE html>") => FileKind::Html,
            Some(_) => FileKind::Text,
            None => FileKind::Data,
        })
    }

    /// Checks that a file of this kind may be written to `path`: nothing is there, or something that isn't replaced (a
    /// device, a named pipe), or an empty file, or one of this kind.
    pub(super) fn check(self, path: &Path) -> Result<()> {
        let name = || escape::path(path).to_string();
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            // Other errors are reported when the file is made.
            _ => return Ok(()),
        }
        let found = Source::open(path)
            .and_then(|source| FileKind::of(&source))
            .with_context(name)?;
        if found != FileKind::Empty && found != self {
            bail!(
                "{}: there is {found} already, which is not replaced with {self}; --force \
                 replaces it",
                name()
            );
        }
        Ok(())
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::Empty => "an empty file",
            FileKind::Patch => "a patch",
            FileKind::Html => "a page of HTML",
            FileKind::Text => "a text",
            FileKind::Compressed(by, None) => return write!(f, "a file compressed with {by}"),
            FileKind::Compressed(by, Some(held)) => {
                return write!(
                    f,
                    "a file compressed with {by} that holds one of the format {held}"
                );
            }
            FileKind::Format(name) => return write!(f, "a file of the format {name}"),
            FileKind::Data => "a file of no known format",
        })
    }
}

/// The format of which a file has a signature, the longest of those that it has.
fn signed(start: &[u8]) -> Option<FileKind> {
    let length = |format: &dyn Format| {
        let own = format.signatures().iter().filter(|(offset, bytes)| {
            *offset == 0 && bytes.len() >= SIGNATURE && start.starts_with(bytes)
        });
        own.map(|(_, bytes)| bytes.len()).max()
    };
    let formats = Registry::built_in().iter();
    let signed = formats.filter_map(|format| Some((length(&**format)?, format.name())));
    let (_, name) = signed.max_by_key(|(length, _)| *length)?;
    Some(FileKind::Format(name))
}

/// The name of the format of a compressed stream's content, by its first bytes.
fn held(source: &Source, start: &[u8]) -> io::Result<Option<&'static str>> {
    let Some(codec) = codecs::of_start(start) else {
        return Ok(None);
    };
    let mut first = Vec::new();
    let stream = codec.open(Box::new(source.reader(0)));
    match stream.map(|stream| stream.take(START).read_to_end(&mut first)) {
        // Of a truncated or broken stream, the bytes that there are.
        Ok(Err(error)) if !is_data(&error) => Err(error),
        _ => named(&Source::from(first)),
    }
}

/// The name of the built-in format of a file.
fn named(source: &Source) -> io::Result<Option<&'static str>> {
    let Some(found) = Registry::built_in().detect(source, None)? else {
        return Ok(None);
    };
    let mut names = Registry::built_in().iter().map(|known| known.name());
    Ok(names.find(|name| *name == found.name()))
}

/// The text that some bytes are; the last character may be cut off where more bytes follow.
fn text(bytes: &[u8], is_whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() && !is_whole => {
            std::str::from_utf8(bytes.get(..e.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !"\n\r\t\x0c\x1b".contains(c);
    (text.contains('\n') && !text.contains(is_control)).then_some(text)
}
