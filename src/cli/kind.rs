//! What kind of file stands at a path: a verb that makes a file replaces one of the same kind, and
//! another one only when it is told to.

use std::fmt;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::Source;
use crate::formats::tar::Archive;
use crate::formats::{Registry, shelf};
use crate::inspect::patch;
use crate::render::escape;

/// What a file holds, as far as its bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No bytes at all.
    Empty,
    Bmp,
    Tar,
    Patch,
    Html,
    /// Lines of UTF-8 without control characters. A few printable bytes are none: a packed number may
    /// be that as well.
    Text,
    /// Something compressed, which is no archive, with what.
    Compressed(&'static str),
    /// Another format of the registry, by its name.
    Format(&'static str),
    /// A format that is known by its first bytes alone.
    Known(&'static str),
    /// Bytes of no known format.
    Data,
}

/// Bytes that are looked at to tell a kind.
const START: u64 = 4096;

/// An archive of nothing but zeros is one without members, unless it is larger than any blocking
/// factor makes it: then it is an image of a disk, or the like.
const MOST_ZEROS: u64 = 1 << 20;

/// First bytes of files that people call by other words than the name of a format, and those words.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF file"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x7fELF", "an ELF binary"),
    (b"SQLite format 3\0", "an SQLite database"),
];

impl Kind {
    pub(super) const PNG: Kind = Kind::Known("a PNG picture");

    /// The kind of these bytes.
    pub(super) fn of(source: &Source) -> io::Result<Kind> {
        let start = source.read(0, START)?;
        if start.is_empty() {
            return Ok(Kind::Empty);
        }
        if let Some(format) = Registry::built_in().detect(source, None)? {
            let mut names = Registry::built_in().iter().map(|known| known.name());
            return Ok(match names.find(|name| *name == format.name()) {
                Some("bmp") => Kind::Bmp,
                Some("tar") => Kind::Tar,
                Some(_) if format.content().is_some() && is_tar(source)? => Kind::Tar,
                Some(name) if format.content().is_some() => Kind::Compressed(name),
                Some(name) if shelf::named(name).is_some() => {
                    signed(&start).unwrap_or(Kind::Format(name))
                }
                Some(name) => Kind::Format(name),
                None => Kind::Data,
            });
        }
        if is_tar(source)? {
            return Ok(Kind::Tar);
        }
        if let Some(kind) = signed(&start) {
            return Ok(kind);
        }
        let is_whole = (start.len() as u64) < START;
        Ok(match text(&start, is_whole) {
            Some(text) if text.starts_with(patch::MAGIC) => Kind::Patch,
            Some(text) if text.starts_with("<!DOCTYPE html>") => Kind::Html,
            Some(_) => Kind::Text,
            None => Kind::Data,
        })
    }

    /// Whether a file of this kind may be written to `path`: nothing is there, or what can't be
    /// replaced (a device, a named pipe), or an empty file, or one of this kind.
    pub(super) fn check(self, path: &Path) -> anyhow::Result<()> {
        let name = || escape::path(path).to_string();
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            // What is wrong is found out when the file is made.
            _ => return Ok(()),
        }
        let found = Source::open(path)
            .and_then(|source| Kind::of(&source))
            .with_context(name)?;
        if found != Kind::Empty && found != self {
            bail!(
                "{}: there is {found} already, which is not replaced with {self}; --force \
                 replaces it",
                name()
            );
        }
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Empty => "an empty file",
            Kind::Bmp => "a BMP picture",
            Kind::Tar => "a tar archive",
            Kind::Patch => "a patch",
            Kind::Html => "a page of HTML",
            Kind::Text => "a text",
            Kind::Compressed(name) => {
                return write!(f, "a file compressed with {name} that holds no tar archive");
            }
            Kind::Format(name) => return write!(f, "a file of the format {name}"),
            Kind::Known(name) => name,
            Kind::Data => "a file of no known format",
        })
    }
}

/// The kind that the first bytes of a file tell.
fn signed(start: &[u8]) -> Option<Kind> {
    let mut signatures = SIGNATURES.iter();
    let found = signatures.find(|(signature, _)| start.starts_with(signature))?;
    Some(Kind::Known(found.1))
}

/// Whether a file is an archive that can be read, compressed or not, if only its first member.
fn is_tar(source: &Source) -> io::Result<bool> {
    let first = Archive::new(source.clone()).and_then(|mut archive| {
        let member = archive.next_member()?;
        Ok((member.is_some(), archive.compression().is_some()))
    });
    match first {
        Ok((false, false)) => {
            let size = source.size()?;
            Ok(size <= MOST_ZEROS && source.read(0, size)?.iter().all(|&byte| byte == 0))
        }
        Ok((has_members, is_compressed)) => Ok(has_members || is_compressed),
        Err(error) if error.is_data() => Ok(false),
        Err(error) => Err(error.into()),
    }
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
