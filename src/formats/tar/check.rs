//! Everything that is wrong with an archive, in one pass over all of its bytes.

use super::codes::{T015, T016, T031, T032, T033, T034, T035, T037, T038, T039};
use std::io;

use super::archive::{Archive, can_resume};
use super::error::{Error, ErrorKind};
use super::extract::Filter;
use super::index::{Entry, Index};
use super::member::{Kind, Member};
use super::names::{Added, Names};
use crate::offset::{Position, Tally};
use crate::tree::{Problem, Range, Severity};

/// A problem of an archive, and the member it is about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The member's name; `None` where the problem is the archive's.
    pub member: Option<Vec<u8>>,
    /// What is wrong, and where.
    pub problem: Problem,
}

impl Finding {
    pub(crate) fn of_archive(problem: Problem) -> Finding {
        Finding {
            member: None,
            problem,
        }
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The members whose headers could be read.
    pub members: u64,
    /// Those of them whose data end early, or whose headers have errors.
    pub broken: u64,
    /// Bytes that belong to no member that could be found: T031.
    pub lost: u64,
    /// How many errors were found.
    pub errors: u64,
    /// How many warnings.
    pub warnings: u64,
    /// How many notes.
    pub notes: u64,
}

impl Summary {
    /// Whether nothing was found that weighs more than a note.
    pub fn is_ok(&self) -> bool {
        self.errors == 0 && self.warnings == 0
    }
}

/// A callback for problems as they are found; an error of its own ends the check.
pub type OnFinding<'a> = &'a mut dyn FnMut(&Finding) -> io::Result<()>;

/// Reads everything that is left of an archive, and tells what is wrong with it.
///
/// An error doesn't end it: the next header with a right checksum is looked for in steps of 512
/// bytes. Memory is that of a few dozen bytes for each name, which duplicates are found by.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar::{self, Archive};
///
/// let mut archive = Archive::new(Source::from(vec![0; 512]))?;
/// let mut codes = Vec::new();
/// let summary = tar::check(&mut archive, &mut |found| {
///     codes.push(found.problem.code);
///     Ok(())
/// })?;
/// assert_eq!((codes, summary.is_ok()), (vec!["T002"], false));
/// # Ok::<(), tar::Error>(())
/// ```
///
/// # Errors
///
/// When the source can't be read, or holds no header at all, and those of `tell`. Whatever else is
/// wrong is reported.
pub fn check(archive: &mut Archive, tell: OnFinding<'_>) -> Result<Summary, Error> {
    run(archive, tell, None, None)
}

/// The same, and tells what extracting under a filter would refuse (T034), as if the folder were
/// empty: what may be right for a backup is not for an archive from a stranger.
///
/// # Errors
///
/// Those of [`check`].
pub fn check_for(
    archive: &mut Archive,
    filter: Filter,
    tell: OnFinding<'_>,
) -> Result<Summary, Error> {
    run(archive, tell, None, Some(filter))
}

/// The whole parts of an archive.
#[derive(Debug, Default)]
pub(crate) struct Skeleton {
    /// The bytes of members that follow each other.
    pub(crate) runs: Vec<(u64, u64)>,
    /// Padding to be zeroed, and checksums to be corrected, by offset.
    pub(crate) patches: Vec<(u64, Patch)>,
}

#[derive(Debug)]
pub(crate) enum Patch {
    /// This many zeros.
    Zeros(u64),
    /// The right checksum for the header there.
    Checksum,
}

impl Skeleton {
    fn add(&mut self, start: u64, end: u64) {
        match self.runs.last_mut() {
            Some(run) if run.1 == start => run.1 = end,
            _ => self.runs.push((start, end)),
        }
    }
}

pub(crate) fn run(
    archive: &mut Archive,
    tell: OnFinding<'_>,
    whole: Option<&mut Skeleton>,
    filter: Option<Filter>,
) -> Result<Summary, Error> {
    archive.examine();
    let mut check = Check {
        tell,
        whole,
        names: filter.map(Names::judged_by).unwrap_or_default(),
        summary: Summary::default(),
        buffer: vec![0; 128 << 10],
    };
    let index = archive.index()?;
    let mut expected = index.as_ref().map(Index::members);
    loop {
        let step = archive.next_member();
        check.archive_problems(archive)?;
        let error = match step {
            Ok(member) => {
                let next = expected.as_mut().and_then(Iterator::next);
                if expected.is_some() && !is_expected(next, member.as_ref()) {
                    check.wrong_index(archive, member.as_ref())?;
                    expected = None;
                }
                let Some(member) = member else { break };
                match check.member(archive, &member) {
                    Ok(()) => continue,
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        expected = None;
        if !check.go_on(archive, error)? {
            break;
        }
    }
    Ok(check.summary)
}

/// Whether the index has the next member, or the end, where the archive has it.
fn is_expected(entry: Option<io::Result<Entry>>, member: Option<&Member>) -> bool {
    match (entry, member) {
        (None, None) => true,
        (Some(Ok(entry)), Some(member)) => {
            entry.name == member.name && entry.offset == member.offset
        }
        _ => false,
    }
}

/// A description of a member that is no file of its own; `None` for all others.
fn passed_over(typeflag: u8) -> Option<&'static str> {
    Some(match typeflag {
        b'V' => "the label of a volume, which extracting passes over",
        b'M' => "the rest of a file that begins in another volume, which extracting passes over",
        b'N' => "long names as an old GNU tar wrote them, which extracting passes over",
        b'D' => "a directory of an incremental backup, with a list of what was in it",
        _ => return None,
    })
}

/// Whether a name leads up with the separators of Windows, but not with those of Unix.
fn leads_up_elsewhere(name: &[u8]) -> bool {
    let (has_drive, rest) = match name {
        [drive, b':', rest @ ..] if drive.is_ascii_alphabetic() => (true, rest),
        name => (false, name),
    };
    let mut parts = rest.split(|byte| matches!(byte, b'/' | b'\\'));
    let leads_up = parts.any(|part| part == b"..");
    leads_up && (has_drive || !name.split(|&byte| byte == b'/').any(|part| part == b".."))
}

struct Check<'a> {
    tell: OnFinding<'a>,
    /// The whole parts, where a caller asks for them.
    whole: Option<&'a mut Skeleton>,
    names: Names,
    summary: Summary,
    buffer: Vec<u8>,
}

impl Check<'_> {
    fn member(&mut self, archive: &mut Archive, member: &Member) -> Result<(), Error> {
        self.summary.members.tally(1);
        for offset in archive.take_mended() {
            self.patch(offset, Patch::Checksum);
        }
        let mut sane = true;
        for problem in &member.problems {
            sane &= problem.severity < Severity::Error;
            self.found(Some(member), problem.clone())?;
        }
        self.judge_name(archive, member)?;
        if member.sparse && member.kind == Kind::File {
            self.judge_map(archive, member)?;
        }
        let read = self.read_data(archive);
        if sane && read.is_ok() {
            if let Some(whole) = &mut self.whole {
                whole.add(member.offset, member.end());
            }
        } else {
            self.summary.broken.tally(1);
        }
        read
    }

    fn judge_name(&mut self, archive: &Archive, member: &Member) -> io::Result<()> {
        let range = Range::new(archive.space(), member.header_offset, 0);
        let Added { before, refused } = self.names.add(member);
        if let Some((before, was_directory)) = before {
            let both = was_directory && member.kind == Kind::Directory;
            let severity = if both {
                Severity::Note
            } else {
                Severity::Warning
            };
            let message = format!(
                "the name stands twice, before at {before:#x}; extracting keeps the later one"
            );
            self.found(
                Some(member),
                T033.weighing(severity).problem(range, message),
            )?;
        }
        if let Some(what) = passed_over(member.typeflag) {
            let problem = T035.problem(range, what);
            self.found(Some(member), problem)?;
        }
        if member.name.starts_with(b"/") {
            let message = "extracting leaves out the / in front of the name";
            let problem = T037.problem(range, message);
            self.found(Some(member), problem)?;
        }
        if leads_up_elsewhere(&member.name) {
            let message = "where \\ stands between folders, or C: is a drive, the name leads up";
            let problem = T038.problem(range, message);
            self.found(Some(member), problem)?;
        }
        let Some(why) = refused else {
            return Ok(());
        };
        let message = format!("extracting refuses it: {why}");
        let problem = T034.problem(range, message);
        self.found(Some(member), problem)
    }

    /// Checks the map of a sparse file.
    fn judge_map(&mut self, archive: &mut Archive, member: &Member) -> Result<(), Error> {
        let Err(error) = archive.content(member) else {
            return Ok(());
        };
        let ErrorKind::Sparse(fault) = error.kind() else {
            return Err(error);
        };
        let range = Range::new(archive.space(), member.header_offset, 0);
        let message = fault.to_string();
        let problem = T039.problem(range, message);
        Ok(self.found(Some(member), problem)?)
    }

    fn wrong_index(&mut self, archive: &Archive, member: Option<&Member>) -> io::Result<()> {
        let offset = member.map_or(archive.position(), |member| member.offset);
        let range = Range::new(archive.space(), offset, 0);
        let message = match member {
            Some(_) => "the index at the end of the gzip stream has another member here",
            None => "the index at the end of the gzip stream has members that aren't there",
        };
        let problem = T016.problem(range, message);
        self.found(member, problem)
    }

    fn read_data(&mut self, archive: &mut Archive) -> Result<(), Error> {
        while archive.read_data(&mut self.buffer)? > 0 {}
        Ok(())
    }

    /// Reports an error, and resumes reading after it. `false` where nothing more can be read.
    fn go_on(&mut self, archive: &mut Archive, error: Error) -> Result<bool, Error> {
        if !error.is_data() {
            return Err(error);
        }
        let offset = error.offset().unwrap_or_else(|| archive.position());
        let range = Range::new(archive.space(), offset, 0);
        let none = matches!(error.kind(), ErrorKind::NotTar);
        if !can_resume(&error) {
            let message = error.kind().to_string();
            self.found(None, T015.problem(range, message))?;
            return Ok(false);
        }
        let resumed = match archive.resume() {
            Ok(resumed) if none && !resumed.more => return Err(error),
            resumed => resumed,
        };
        let message = match none {
            true => "the first header has no right checksum".to_owned(),
            false => error.kind().to_string(),
        };
        self.found(None, T015.problem(range, message))?;
        self.archive_problems(archive)?;
        let resumed = match resumed {
            Ok(resumed) => resumed,
            Err(error) => return self.go_on(archive, error),
        };
        let size = resumed.offset.since(offset);
        if size > 0 {
            let lost = Range::new(archive.space(), offset, size);
            let message = match resumed.more {
                true => format!(
                    "{size} bytes are skipped; the next header is at {:#x}",
                    lost.end()
                ),
                false => format!("the {size} bytes from here on are skipped; no header follows"),
            };
            self.summary.lost.tally(size);
            self.found(None, T031.problem(lost, message))?;
        }
        Ok(resumed.more)
    }

    fn archive_problems(&mut self, archive: &mut Archive) -> io::Result<()> {
        for problem in archive.take_problems() {
            if problem.is(&T032) {
                self.patch(problem.range.offset, Patch::Zeros(problem.range.size));
            }
            self.found(None, problem)?;
        }
        Ok(())
    }

    fn patch(&mut self, offset: u64, patch: Patch) {
        if let Some(whole) = &mut self.whole {
            whole.patches.push((offset, patch));
        }
    }

    fn found(&mut self, member: Option<&Member>, problem: Problem) -> io::Result<()> {
        let count = match problem.severity {
            Severity::Note => &mut self.summary.notes,
            Severity::Warning => &mut self.summary.warnings,
            Severity::Error => &mut self.summary.errors,
        };
        count.tally(1);
        (self.tell)(&Finding {
            member: member.map(|member| member.name.clone()),
            problem,
        })
    }
}
