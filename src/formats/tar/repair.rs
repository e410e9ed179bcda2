//! What can be saved of a broken archive, written as a whole one.

use super::codes::{T013, T015};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::archive::{Archive, garbage};
use super::check::{Finding, OnFinding, Patch, Skeleton, Summary, run};
use super::error::Error;
use super::header::with_checksum;
use super::input::Input;
use super::layout::BLOCK;
use super::member::end_of_archive;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::tree::{Range, Space};

/// What a source holds when compression is undone: the source itself where it is plain. What is
/// decompressed is kept in a temporary file beyond 16 MiB, and only as far as it is read.
///
/// # Errors
///
/// When the source can't be read, or is compressed in a way that isn't read here.
pub fn plain(source: &Source) -> Result<Source, Error> {
    Ok(match compressed(source)? {
        Some(input) => Source::stream(Decompressed { input, end: None }),
        None => source.clone(),
    })
}

/// Writes what is whole of an archive to `out`, as a plain archive, and tells what is wrong with
/// it as [`check`](super::check()) does.
///
/// - Members come out as they are, byte for byte, headers included.
/// - A member whose data end early is left out: with the right size and the wrong content it would
///   pass for a whole one. So is one whose header has an error: a number that is none, a NUL in a
///   name.
/// - A header that is plausible but for its checksum gets the right one (T036). Padding becomes
///   zeros, and two blocks of zeros end the archive, which is a multiple of 10,240 bytes.
/// - Extended headers that no member follows, lone blocks of zeros before a member, and what comes
///   after the end are left out.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::tar;
///
/// let mut mended = Vec::new();
/// tar::repair(&Source::from(vec![0; 512]), false, &mut |_| Ok(()), &mut mended)?;
/// assert_eq!(mended, [0; 10240]);
/// # Ok::<(), tar::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`check`](super::check()), and when writing to `out` fails.
pub fn repair(
    source: &Source,
    ignore_zeros: bool,
    tell: OnFinding<'_>,
    out: &mut dyn Write,
) -> Result<Summary, Error> {
    let end = Arc::<Mutex<End>>::default();
    let source = match compressed(source)? {
        Some(input) => Source::stream(Decompressed {
            input,
            end: Some(Arc::clone(&end)),
        }),
        None => source.clone(),
    };
    let mut archive = Archive::plain(source.clone()).ignore_zeros(ignore_zeros);
    let mut whole = Skeleton::default();
    let checked = run(&mut archive, tell, Some(&mut whole), None);
    let mut end = std::mem::take(&mut *end.lock().unwrap_or_else(PoisonError::into_inner));
    // A stream that breaks before the first header is to blame for that.
    let mut summary = checked.map_err(|error| end.broken.take().unwrap_or(error))?;
    let at = Range::new(Space::FILE, source.size()?, 0);
    if let Some(error) = end.broken {
        if !error.is_data() {
            return Err(error);
        }
        let problem = T015.problem(at, error.kind().to_string());
        summary.errors.tally(1);
        tell(&Finding::of_archive(problem))?;
    }
    if let Some(codec) = end.garbage {
        let problem = T013.problem(at, garbage(codec));
        summary.warnings.tally(1);
        tell(&Finding::of_archive(problem))?;
    }
    whole.patches.sort_unstable_by_key(|(offset, _)| *offset);
    let mut patches = whole.patches.iter().peekable();
    let mut size: u64 = 0;
    for &(start, end) in &whole.runs {
        size.tally(end.since(start));
        let mut at = start;
        while let Some((offset, patch)) = patches.next_if(|(offset, _)| *offset < end) {
            // One that lies in what is left out.
            if *offset < at {
                continue;
            }
            match patch {
                Patch::Zeros(size) => {
                    copy(&source, at, *offset, out)?;
                    io::copy(&mut io::repeat(0).take(*size), out)?;
                    at = offset.past(*size);
                }
                Patch::Checksum => {
                    copy(&source, at, *offset, out)?;
                    let block = source.read(*offset, BLOCK as u64)?;
                    let block = block.first_chunk().and_then(with_checksum);
                    out.write_all(&block.unwrap_or([0; BLOCK]))?;
                    at = offset.past(BLOCK as u64);
                }
            }
        }
        copy(&source, at, end, out)?;
    }
    out.write_all(&end_of_archive(size))?;
    Ok(summary)
}

/// A part of the source; what is missing at its end is padding, which is zeros.
fn copy(source: &Source, start: u64, end: u64, out: &mut dyn Write) -> io::Result<()> {
    let size = end.since(start);
    let read = io::copy(&mut source.reader(start).take(size), out)?;
    io::copy(&mut io::repeat(0).take(size.since(read)), out)?;
    Ok(())
}

/// The decompressed bytes, where there is something to decompress.
fn compressed(source: &Source) -> Result<Option<Input<'static>>, Error> {
    let input = Input::positions(source.clone())?;
    Ok(input.compression().is_some().then_some(input))
}

/// How a compressed stream ended.
#[derive(Default)]
struct End {
    broken: Option<Error>,
    /// The compression that something else follows.
    garbage: Option<&'static str>,
}

/// What a compressed stream holds, as bytes of their own.
struct Decompressed {
    input: Input<'static>,
    /// Where it is put how the stream ended; an error is an end then, as the bytes before it are
    /// worth having.
    end: Option<Arc<Mutex<End>>>,
}

impl Read for Decompressed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buf);
        let Some(end) = &self.end else {
            return Ok(read?);
        };
        let mut end = end.lock().unwrap_or_else(PoisonError::into_inner);
        end.garbage = self.input.compression().filter(|_| self.input.garbage());
        read.or_else(|error| {
            end.broken.get_or_insert(error);
            Ok(0)
        })
    }
}
