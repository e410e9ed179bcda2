//! Files inside a file: which formats begin where.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::find::{Find, Pattern, PatternError};
use super::{Document, Step, walk};
use crate::Source;
use crate::format::Format;
use crate::formats::Registry;
use crate::offset::Position;
use crate::source::part;
use crate::structs::problems::{S001, S002, S003, S004, S008};
use crate::tree::{Problem, Range, Role, Severity};

/// A signature of fewer bytes says nothing by itself: an executable's MZ is in each 65,536 bytes of noise. Of a
/// format that proves itself it may be shorter.
const SHORTEST: usize = 4;

/// What begins with this many bytes of a format and doesn't read is a file that is cut or broken; with fewer
/// it is there by chance.
const SURE: usize = 6;

/// How many bytes of a signature are no NULs, at least: those of TrueType and of icons have one, and are in each
/// table of small numbers.
const SAYING: usize = 3;

/// A constant, a checksum or a value that is wrong within 256 bytes of a signature says that it is there by
/// chance, such as in a program that reads the format.
const BY_CHANCE: u64 = 256;

/// How many bytes are looked at before all of a file is read.
const FIRST_LOOK: u64 = 4096;

/// The fewest bytes of a file: two numbers after a signature are met by chance.
const SMALLEST: u64 = 16;

/// A file that begins inside another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Embedded {
    /// The name of its format.
    pub format: String,
    /// Where it begins, and how far it reads. A format that takes what there is reads to the end of the file
    /// around it, and no farther than to its own end where it has one.
    pub range: Range,
    /// Why it doesn't read as a whole.
    pub problem: Option<String>,
}

impl Embedded {
    /// Whether it goes to the end of the file around it, so that its own end isn't known.
    pub fn reaches(&self, size: u64) -> bool {
        self.range.end() >= size
    }
}

/// Looks for files inside a file by the signatures of all formats that come with the crate, in the order of
/// the signatures. Each is read: what doesn't read is left out where fewer than six bytes speak for it, or where
/// it is wrong from the start. Signatures of fewer than three bytes that are no NULs, as TrueType has, are not
/// looked for.
/// Nothing is looked for inside what was found, unless `overlapping` says so; the file itself is none.
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
/// Those of the source.
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
    // Formats of which one goes to the end of the file already: what begins as they do is a part of it.
    let mut open: Vec<String> = own.map(str::to_owned).into_iter().collect();
    // Those that do not go on, and how far they do: the members of an archive whose end is missing begin as it does.
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
        // Each member would be read to the end of the archive, only to be left out.
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
        // A member of an archive, or a page of a stream, begins as the archive does.
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

/// A file that doesn't go on to its end.
struct Cut {
    format: String,
    /// Its first bytes, as which its members begin.
    begins: Vec<u8>,
    /// How far it goes.
    end: u64,
}

impl Cut {
    /// Bytes of the signature that a member has.
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
/// Those of the source.
pub fn at(source: &Source, start: u64) -> io::Result<Option<Embedded>> {
    Ok(Read::new(source, start, start, false)?.map(|read| read.found))
}

/// A file inside, as it was read.
struct Read {
    found: Embedded,
    /// What is wrong with it is wrong so near to the signature that nothing else speaks for it.
    is_chance: bool,
    /// It is right as far as it goes, and does not go on.
    is_cut: bool,
    /// Bytes of the longest signature that is there.
    signature: usize,
}

impl Read {
    /// What begins at an offset. Where it is looked for, and not named by its offset, what is there by chance is left
    /// out before all of it is read: a tree of noise may be large.
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
        // By its looks alone, and not by a signature, everything is something.
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

/// Whether a constant is wrong near to the signature, or a value is none that the format has: the first bytes of a file
/// say so without the rest.
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

/// Whether it is a compression of which not a byte could be undone.
fn yields_nothing(document: &Document) -> bool {
    let Some(name) = document.format().content() else {
        return false;
    };
    let children = document.root().made().iter();
    let mut content = children.filter(|child| child.name == *name);
    content.all(|content| content.range.size == 0)
}

/// The first error in a file. That something follows it is none.
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
            // What is made when it is looked at, such as what a stream holds, isn't read for this.
            (None, true) => Step::Over,
            (None, false) => Step::Into,
        })
    })?;
    Ok(first)
}
