//! Changes as a text that people can read, and apply forwards and backwards.
//!
//! ```text
//! bytewright patch 1
//! file photo.bmp
//! size 691256
//!
//! at 0x12 dib_header.width
//! - 80 02 00 00  # 640
//! + 20 03 00 00  # 800
//! ```
//!
//! A change of more than 16 bytes has as many lines of each kind as it needs. What follows
//! `#` is for people, and so is the path.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::edit::Change;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::value::literal;

/// The largest patch that is read, in bytes.
pub const MAX_PATCH: u64 = 64 << 20;

/// Bytes that are compared at once.
const STEP: u64 = 1 << 16;

/// Bytes that are copied between two reports of progress.
const COPIED: u64 = 64 << 20;

/// Bytes on a line.
const LINE: usize = 16;

/// The first line.
pub(crate) const MAGIC: &str = "bytewright patch 1";

/// Changes of one file.
///
/// ```
/// use bytewright::Source;
/// use bytewright::inspect::patch::Patch;
///
/// let patch: Patch = "bytewright patch 1\nsize 4\nat 0x1 x\n- 62\n+ 7a\n".parse()?;
/// assert!(patch.check(&Source::from(&b"abcd"[..])).is_ok());
/// assert!(patch.check(&Source::from(&b"axcd"[..])).is_err());
/// # Ok::<(), bytewright::inspect::patch::PatchError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// The file that the patch was made from.
    pub file: Option<PathBuf>,
    /// Its length in bytes, which changes never change.
    pub size: u64,
    /// The changes, in the order of the file.
    pub changes: Vec<Change>,
}

/// A text that is no patch: the line, counted from 1, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PatchError {
    /// The line.
    pub line: usize,
    message: String,
}

/// A file that is not the one that a patch is for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// It has another length.
    #[error("the patch is for a file of {expected} bytes, this one has {found}")]
    Size {
        /// By the patch.
        expected: u64,
        /// The file's.
        found: u64,
    },
    /// Other bytes are where a change is to be made.
    #[error(
        "{path} at {offset:#x}: the patch expects {}, the file has {}",
        short(expected),
        short(found)
    )]
    Bytes {
        /// The path of the change.
        path: String,
        /// Where it is.
        offset: u64,
        /// What the patch says.
        expected: Vec<u8>,
        /// What the file says.
        found: Vec<u8>,
    },
}

/// Why a patch can't be applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The file is not the one that the patch is for.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn short(bytes: &[u8]) -> String {
    let shown = bytes.get(..LINE).unwrap_or(bytes);
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    format!("{}{more}", literal::to_hex(shown))
}

impl Patch {
    /// The patch from one file to another of the same length: each stretch of bytes that differ is a change.
    ///
    /// ```
    /// use bytewright::Source;
    /// use bytewright::inspect::patch::Patch;
    ///
    /// let (old, new) = (Source::from(&b"abcdef"[..]), Source::from(&b"aXcdYZ"[..]));
    /// let patch = Patch::between("file".as_ref(), &old, &new)?;
    /// assert_eq!(patch.changes[1].new, b"YZ");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a source can't be read; [`io::ErrorKind::FileTooLarge`] where the changed bytes are more than a
    /// patch may hold.
    pub fn between(path: &Path, old: &Source, new: &Source) -> io::Result<Patch> {
        let size = old.size()?;
        let mut changes: Vec<Change> = Vec::new();
        let mut changed = 0u64;
        let mut at = 0u64;
        while at < size {
            let (a, b) = (old.read(at, STEP)?, new.read(at, STEP)?);
            for (offset, (&a, &b)) in (at..).zip(a.iter().zip(&b)) {
                if a == b {
                    continue;
                }
                changed.tally(1);
                let end =
                    |change: &&mut Change| change.offset.past(change.old.len() as u64) == offset;
                match changes.last_mut().filter(end) {
                    Some(change) => {
                        change.old.push(a);
                        change.new.push(b);
                    }
                    None => {
                        let mut change = Change::bytes("bytes", offset);
                        change.old.push(a);
                        change.new.push(b);
                        changes.push(change);
                    }
                }
            }
            // A byte takes three characters on each of two lines.
            if changed > MAX_PATCH / 8 {
                let message = "more bytes change than a patch may hold";
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
            at.advance(STEP);
        }
        for change in &mut changes {
            change.old_value = format!("x'{}'", literal::to_hex(&change.old));
            change.new_value = format!("x'{}'", literal::to_hex(&change.new));
        }
        Ok(Patch {
            file: Some(path.to_owned()),
            size,
            changes,
        })
    }

    /// The patch that undoes this one.
    #[must_use]
    pub fn reversed(mut self) -> Patch {
        for change in &mut self.changes {
            std::mem::swap(&mut change.old, &mut change.new);
            std::mem::swap(&mut change.old_value, &mut change.new_value);
        }
        self
    }

    /// Whether a file is the one that the patch is for, where it changes it.
    ///
    /// # Errors
    ///
    /// When the source can't be read, and a [`Mismatch`] where it is another file.
    pub fn check(&self, source: &Source) -> Result<(), ApplyError> {
        let found = source.size()?;
        if found != self.size {
            return Err(self.another_size(found));
        }
        for change in &self.changes {
            let found = source.read(change.offset, change.old.len() as u64)?;
            if found != change.old {
                return Err(ApplyError::Mismatch(Mismatch::Bytes {
                    path: change.path.clone(),
                    offset: change.offset,
                    expected: change.old.clone(),
                    found,
                }));
            }
        }
        Ok(())
    }

    fn another_size(&self, found: u64) -> ApplyError {
        let expected = self.size;
        ApplyError::Mismatch(Mismatch::Size { expected, found })
    }

    /// Writes the whole file with its changes.
    ///
    /// # Errors
    ///
    /// When reading or writing fails, and a [`Mismatch`] where the file has changed.
    pub fn write_to(&self, from: &File, to: &mut File) -> Result<(), ApplyError> {
        self.copy_to(from, to, |_| {})
    }

    /// The same; `tell` learns how many bytes are copied.
    pub(crate) fn copy_to(
        &self,
        mut from: &File,
        to: &mut File,
        mut tell: impl FnMut(u64),
    ) -> Result<(), ApplyError> {
        self.check(&Source::new(from.try_clone()?))?;
        from.seek(SeekFrom::Start(0))?;
        let mut copied: u64 = 0;
        // The kernel copies, or shares blocks where the file system can.
        while copied < self.size {
            let piece = COPIED.min(self.size.since(copied));
            match io::copy(&mut from.take(piece), to)? {
                0 => return Err(self.another_size(copied)),
                more => copied.tally(more),
            }
            tell(copied);
        }
        Ok(self.write_changes(to)?)
    }

    /// Writes the changes into the file itself. After a crash some may be there and some not;
    /// the patch, and its reverse, tell which bytes are where.
    ///
    /// # Errors
    ///
    /// When reading or writing fails, and a [`Mismatch`] where the file has changed.
    pub fn write_in_place(&self, file: &mut File) -> Result<(), ApplyError> {
        self.check(&Source::new(file.try_clone()?))?;
        self.write_changes(file)?;
        Ok(file.sync_all()?)
    }

    fn write_changes(&self, file: &mut File) -> io::Result<()> {
        for change in &self.changes {
            file.seek(SeekFrom::Start(change.offset))?;
            file.write_all(&change.new)?;
        }
        Ok(())
    }
}

/// As it is in a file.
impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(file) = self.file.as_ref().and_then(|file| file.to_str())
            && !file.contains(['\n', '\r'])
        {
            writeln!(f, "file {file}")?;
        }
        writeln!(f, "size {}", self.size)?;
        for change in &self.changes {
            writeln!(f, "\nat {:#x} {}", change.offset, change.path)?;
            lines(f, '-', &change.old, &change.old_value)?;
            lines(f, '+', &change.new, &change.new_value)?;
        }
        Ok(())
    }
}

fn lines(f: &mut fmt::Formatter<'_>, sign: char, bytes: &[u8], value: &str) -> fmt::Result {
    for (i, line) in bytes.chunks(LINE).enumerate() {
        write!(f, "{sign}")?;
        for byte in line {
            write!(f, " {byte:02x}")?;
        }
        match i {
            0 if !value.is_empty() && !value.contains('\n') => writeln!(f, "  # {value}")?,
            _ => writeln!(f)?,
        }
    }
    Ok(())
}

impl std::str::FromStr for Patch {
    type Err = PatchError;

    fn from_str(text: &str) -> Result<Patch, PatchError> {
        let mut patch = Patch {
            file: None,
            size: 0,
            changes: Vec::new(),
        };
        let mut size = None;
        let mut numbered = text.lines().enumerate();
        let error = |line: usize, message: String| PatchError {
            line: line.past(1),
            message,
        };
        if numbered.next().map(|(_, line)| line.trim_end()) != Some(MAGIC) {
            return Err(error(0, format!("expected {MAGIC:?}")));
        }
        for (i, line) in numbered {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let rest = rest.trim();
            match word {
                "" | "#" => {}
                "file" => patch.file = Some(Path::new(rest).to_path_buf()),
                "size" => {
                    let number = rest.parse().map_err(|_| {
                        error(i, format!("expected a length in bytes, found {rest:?}"))
                    })?;
                    size = Some(number);
                }
                "at" => patch.changes.push(place(rest).map_err(|e| error(i, e))?),
                "-" | "+" => {
                    let change = patch.changes.last_mut().ok_or_else(|| {
                        error(
                            i,
                            "expected a line that begins with at before it".to_owned(),
                        )
                    })?;
                    let (digits, value) = rest.split_once('#').unwrap_or((rest, ""));
                    let bytes = literal::hex(digits).map_err(|e| error(i, e.to_string()))?;
                    let (all, shown) = if word == "-" {
                        (&mut change.old, &mut change.old_value)
                    } else {
                        (&mut change.new, &mut change.new_value)
                    };
                    if all.is_empty() {
                        value.trim().clone_into(shown);
                    }
                    all.extend(bytes);
                }
                word => {
                    let message = format!("expected file, size, at, - or +, found {word:?}");
                    return Err(error(i, message));
                }
            }
        }
        let last = text.lines().count().saturating_sub(1);
        patch.size =
            size.ok_or_else(|| error(last, "the size of the file is missing".to_owned()))?;
        fit(&patch.changes, patch.size).map_err(|message| error(last, message))?;
        Ok(patch)
    }
}

/// Whether changes keep lengths, and come one after the other in a file of `size` bytes.
fn fit(changes: &[Change], size: u64) -> Result<(), String> {
    let mut end = 0;
    for change in changes {
        if change.old.len() != change.new.len() {
            return Err(format!(
                "{} at {:#x} turns {} bytes into {}: a patch moves nothing",
                change.path,
                change.offset,
                change.old.len(),
                change.new.len()
            ));
        }
        let after = change.offset.checked_add(change.old.len() as u64);
        let after = after
            .filter(|after| *after <= size)
            .ok_or_else(|| format!("{} leaves the file", change.path))?;
        if change.offset < end {
            return Err(format!("{} overlaps the change before it", change.path));
        }
        end = after;
    }
    Ok(())
}

/// An offset, and the path that is there.
fn place(text: &str) -> Result<Change, String> {
    let (offset, path) = text.split_once(' ').unwrap_or((text, ""));
    let number = literal::integer(offset)
        .ok()
        .and_then(|number| number.to_value().ok())
        .and_then(|value| u64::try_from(value.as_int()?).ok());
    let offset = number.ok_or_else(|| format!("expected an offset, found {offset:?}"))?;
    Ok(Change::bytes(path, offset))
}
