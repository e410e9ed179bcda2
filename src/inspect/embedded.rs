//! Files inside a file: which formats begin where.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::find::{Find, Pattern, PatternError};
use super::{Document, Step, walk};
use crate::Source;
use crate::format::Format;
use crate::formats::Registry;
use crate::offset::Position;
use crate::source::part;
use crate::structs::problems::{S001, S002, S003, S004, S008};
use crate::tree::{Problem, Range, Role, Severity};

/// The least bytes of a telling signature: an executable's MZ occurs once in 65,536 bytes of noise. For a format that
/// proves itself, a shorter one is enough.
const SHORTEST: usize = 4;

/// With a signature of at least this many bytes, a file that doesn't read is truncated or broken; with a shorter one,
/// the signature is there by chance.
const SURE: usize = 6;

/// The least bytes of a signature other than NULs: those of TrueType and of icons have one, and occur in every table of
/// small numbers.
const SAYING: usize = 3;

/// If a constant, a checksum or a value within 256 bytes of a signature is wrong, the signature is there by chance, as
/// in a program that reads the format.
const BY_CHANCE: u64 = 256;

/// Bytes that are read before the whole file is.
const FIRST_LOOK: u64 = 4096;

/// The least bytes of a file: two numbers after a signature may be chance.
const SMALLEST: u64 = 16;

/// A file that begins inside another. The keys are `offset`, `size`, `format` and, where it doesn't read as a whole,
/// `problem`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Embedded {
    /// The name of its format.
    pub format: String,
    /// Where it begins, and how far it reads. A format that takes all remaining bytes reads to the end of the outer
    /// file; others end at their own end.
    pub range: Range,
    /// Why it doesn't read as a whole.
    pub problem: Option<String>,
}

impl Serialize for Embedded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("offset", &self.range.offset)?;
        fields.serialize_entry("size", &self.range.size)?;
        fields.serialize_entry("format", &self.format)?;
        if let Some(problem) = &self.problem {
            fields.serialize_entry("problem", problem)?;
        }
        fields.end()
    }
}

impl Embedded {
    /// Whether it reads to the end of the outer file, so that its own end isn't known.
    pub fn reaches(&self, size: u64) -> bool {
        self.range.end() >= size
    }
}

/// Looks for files inside a file by the signatures of all formats that come with the crate, in the order of
/// the signatures. Each candidate is read. One that doesn't read is left out if its signature has fewer than six bytes,
/// or if it is wrong from the start. Signatures with fewer than three bytes other than NULs, as TrueType has, are not
/// looked for. Nothing is looked for inside what was found, unless `overlapping` says so; the file itself is none.
///
/// ```
/// use std::ops::ControlFlow;
/// use bytewright::Source;
/// use bytewright::inspect::embedded;
///
/// let bytes = [b"....", &b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"[..], b"...."].concat();
/// let mut found = Vec::new();
/// embedded::each(&Source::from(bytes), false, |one| {
///     found.push((one.format, one.range.offset, one.range.size));
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(found, [("gzip".to_owned(), 4, 20)]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the source can't be read.
pub fn each(
    source: &Source,
    overlapping: bool,
    mut take: impl FnMut(Embedded) -> ControlFlow<()>,
) -> io::Result<()> {
    let registry = Registry::built_in();
    let (pattern, signatures) = signatures(registry).map_err(io::Error::other)?;
    let size = source.size()?;
    let own = registry.detect(source, None)?;
    let own = own.as_ref().map(|format| format.name());
    let mut seen = HashSet::from([0]);
    // Formats of files that read to the end already: another signature of the same format is a part of such a file.
    let mut open: Vec<String> = own.map(str::to_owned).into_iter().collect();
    // Truncated files, and where they end: the members of a truncated archive begin like the archive.
    let mut cut: Vec<Cut> = Vec::new();
    let own_begins = source.read(0, Cut::BEGINS)?;
    let mut own_is_read = false;
    let mut end = 0;
    for hit in Find::new(source, &pattern)
        .overlapping(true)
        .without_context()
    {
        let hit = hit?;
        let Some(offset) = signatures.get(hit.pattern) else {
            continue;
        };
        let start = hit.offset.checked_sub(*offset);
        let Some(start) = start.filter(|start| *start >= end && seen.insert(*start)) else {
            continue;
        };
        let begins = source.read(start, Cut::BEGINS)?;
        if !own_is_read && own.is_some() && begins == own_begins {
            own_is_read = true;
            let whole = Read::new(source, 0, 0, false)?.filter(|whole| whole.is_cut);
            cut.extend(whole.map(|whole| Cut {
                format: whole.found.format,
                begins: begins.clone(),
                end: whole.found.range.end(),
            }));
        }
        // Members aren't read: each would be read to the end of the archive, only to be left out.
        if cut
            .iter()
            .any(|cut| start <= cut.end && cut.begins == begins)
        {
            continue;
        }
        let Some(read) = Read::new(source, start, hit.offset, true)? else {
            continue;
        };
        let found = read.found;
        // A member of an archive begins like the archive, and a page like its stream.
        let is_rest = found.reaches(size) && open.contains(&found.format);
        let is_small = found.range.size < SMALLEST;
        if is_rest || is_small {
            continue;
        }
        match (found.problem.is_some(), found.reaches(size)) {
            (true, _) if read.is_chance || read.signature < SURE => continue,
            (true, _) => {
                let is_part = |cut: &Cut| cut.format == found.format && start <= cut.end;
                if cut.iter().any(is_part) {
                    continue;
                }
                if read.is_cut {
                    cut.retain(|cut| start <= cut.end);
                    cut.push(Cut {
                        format: found.format.clone(),
                        begins,
                        end: found.range.end(),
                    });
                }
            }
            (false, true) => open.push(found.format.clone()),
            (false, false) if overlapping => {}
            (false, false) => end = found.range.end(),
        }
        if take(found).is_break() {
            break;
        }
    }
    Ok(())
}

/// A truncated file.
struct Cut {
    format: String,
    /// Its first bytes, with which its members begin, too.
    begins: Vec<u8>,
    /// Where it ends.
    end: u64,
}

impl Cut {
    /// Bytes of the signature that are compared with those of a member.
    const BEGINS: u64 = 4;
}

/// The signatures of all formats as one pattern, and the offset of each.
fn signatures(registry: &Registry) -> Result<(Pattern, Vec<u64>), PatternError> {
    let mut patterns = Vec::new();
    let mut places = Vec::new();
    for format in registry.iter() {
        for (offset, bytes) in format.signatures() {
            if let Ok(offset) = u64::try_from(*offset)
                && tells(&**format, bytes)
            {
                patterns.push(Pattern::bytes(bytes)?);
                places.push(offset);
            }
        }
    }
    Ok((Pattern::any(patterns)?, places))
}

/// Whether a signature of a format is looked for.
fn tells(format: &dyn Format, signature: &[u8]) -> bool {
    signature.len() >= SHORTEST && says(signature) || format.proves_itself()
}

/// Whether a signature is more than a small number.
fn says(signature: &[u8]) -> bool {
    let saying = signature.iter().filter(|byte| **byte != 0);
    saying.count() >= SAYING
}

/// The file that begins at an offset, where one does: how far it reads.
///
/// # Errors
///
/// When the source can't be read.
pub fn at(source: &Source, start: u64) -> io::Result<Option<Embedded>> {
    Ok(Read::new(source, start, start, false)?.map(|read| read.found))
}

/// A file inside, as it was read.
struct Read {
    found: Embedded,
    /// Whether an error is so near to the signature that this is there by chance.
    is_chance: bool,
    /// Whether it is truncated, and valid up to there.
    is_cut: bool,
    /// The length of its longest signature, in bytes.
    signature: usize,
}

impl Read {
    /// Reads the file at an offset. In a search, a candidate that is there by chance is left out before all of it is
    /// read, since a tree of noise may be large.
    fn new(
        source: &Source,
        start: u64,
        signature: u64,
        is_looked_for: bool,
    ) -> io::Result<Option<Read>> {
        let part = part::from(source, start);
        let Some(format) = Registry::built_in().detect(&part, None)? else {
            return Ok(None);
        };
        let mut signatures = format.signatures().iter();
        // Without a signature, many formats accept any bytes.
        let counts = match is_looked_for {
            true => signatures.any(|(_, bytes)| tells(&*format, bytes)),
            false => signatures.next().is_some(),
        };
        if !counts || is_looked_for && is_wrong_at_once(source, &format, start, signature)? {
            return Ok(None);
        }
        let longest = longest_signature(&part, &*format)?;
        let document = Document::open_at(source.clone(), format, start)?;
        let size = source.size()?;
        let mut end = size;
        for child in document.root().children() {
            let child = child?;
            let is_rest = child.role == Role::Gap && child.range.offset > start;
            if is_rest && child.range.space.is_file() && child.range.end() == size {
                end = child.range.offset;
            }
        }
        let problem = problem(&document)?;
        let is_chance = problem.as_ref().is_some_and(|problem| {
            let is_wrong = [S001, S003, S004, S008].iter().any(|code| problem.is(code));
            let is_near = problem.range.offset.abs_diff(signature) < BY_CHANCE;
            is_wrong && is_near || yields_nothing(&document)
        });
        let found = Embedded {
            format: document.format().name().to_owned(),
            range: Range::between(start, end).unwrap_or(Range::file(start, 0)),
            problem: problem.as_ref().map(|problem| problem.message.clone()),
        };
        Ok(Some(Read {
            found,
            is_chance,
            is_cut: problem.is_some_and(|problem| problem.is(&S002)),
            signature: longest,
        }))
    }
}

/// Bytes of the longest signature of a format that a file has.
fn longest_signature(file: &Source, format: &dyn Format) -> io::Result<usize> {
    let mut longest = 0;
    for (offset, bytes) in format.signatures() {
        if let Ok(offset) = u64::try_from(*offset)
            && bytes.len() > longest
            && file.read(offset, bytes.len() as u64)? == *bytes
        {
            longest = bytes.len();
        }
    }
    Ok(longest)
}

/// Whether a constant or a value near the signature is wrong, which the first bytes of the file tell without the rest.
fn is_wrong_at_once(
    source: &Source,
    format: &Arc<dyn Format>,
    start: u64,
    signature: u64,
) -> io::Result<bool> {
    let bytes = source.read(start, FIRST_LOOK)?;
    if (bytes.len() as u64) < FIRST_LOOK {
        return Ok(false);
    }
    let document = Document::open(Source::from(bytes), Arc::clone(format))?;
    let signature = signature.since(start);
    let is_wrong = |problem: &Problem| {
        problem.severity == Severity::Error
            && [S001, S008].iter().any(|code| problem.is(code))
            && problem.range.space.is_file()
            && problem.range.offset.abs_diff(signature) < BY_CHANCE
    };
    let mut found = document.root().problems.iter().any(is_wrong);
    walk(document.root(), &mut |_, _, node| {
        found = found || node.problems.iter().any(is_wrong);
        Ok(match (found, node.is_on_demand()) {
            (true, _) => Step::Stop,
            (false, true) => Step::Over,
            (false, false) => Step::Into,
        })
    })?;
    Ok(found)
}

/// Whether it is a compression of which not a byte could be decompressed.
fn yields_nothing(document: &Document) -> bool {
    let Some(name) = document.format().content() else {
        return false;
    };
    let children = document.root().made().iter();
    let mut content = children.filter(|child| child.name == *name);
    content.all(|content| content.range.size == 0)
}

/// The first error in a file. Bytes after its end are none.
fn problem(document: &Document) -> io::Result<Option<Problem>> {
    let root = document.root().problems.iter();
    let mut first = root
        .clone()
        .find(|problem| problem.severity == Severity::Error)
        .cloned();
    walk(document.root(), &mut |_, _, node| {
        let mut errors = node.problems.iter();
        let error = errors.find(|problem| problem.severity == Severity::Error);
        if first.is_none() {
            first = error.cloned();
        }
        Ok(match (&first, node.is_on_demand()) {
            (Some(_), _) => Step::Stop,
            // Nodes that are made on demand, such as contents of streams, aren't read for this.
            (None, true) => Step::Over,
            (None, false) => Step::Into,
        })
    })?;
    Ok(first)
}
