//! Writing a file with its edits: whole in the place of the old one, or the changed bytes alone.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::job::Watch;
use super::pieces::{Hunk, Piece, Pieces};
use crate::Source;
use crate::inspect::edit::Change;
use crate::inspect::patch::Patch;
use crate::offset::{Position, Tally};
use crate::output::{AtomicFile, is_unchanged};

/// Bytes that are copied between two checks for a request to stop.
const STEP: u64 = 16 << 20;

/// The file that edits are saved to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    /// The opened file, which stays readable when another file has taken its name.
    pub(super) file: File,
    /// Its metadata when it was opened or saved last.
    pub(super) seen: Metadata,
    /// Whether `file` is still as it was opened.
    is_pristine: bool,
    /// The ranges of saved bytes that differ from the opened ones; `None` once bytes moved.
    written: Option<Vec<Range<u64>>>,
}

impl Target {
    /// Of a regular file; `None` of what has no positions to write at.
    pub(super) fn open(path: &Path) -> io::Result<Option<Target>> {
        let file = File::open(path)?;
        let seen = file.metadata()?;
        if !seen.is_file() {
            return Ok(None);
        }
        Ok(Some(Target {
            path: path.to_owned(),
            file,
            seen,
            is_pristine: true,
            written: Some(Vec::new()),
        }))
    }

    /// Whether another program has changed the file, or put another one in its place.
    pub(super) fn is_changed(&self) -> bool {
        let now = fs::metadata(&self.path);
        !now.is_ok_and(|now| is_unchanged(&self.seen, &now).unwrap_or(false))
    }

    /// The data of a save, for another thread.
    pub(super) fn order(
        &self,
        base: &Source,
        pieces: &Pieces,
        over: Metadata,
    ) -> io::Result<Order> {
        Ok(Order {
            path: self.path.clone(),
            file: match self.is_pristine {
                true => Some(self.file.try_clone()?),
                false => None,
            },
            base: base.clone(),
            pieces: pieces.clone(),
            ranges: self.ranges(pieces),
            over,
        })
    }

    /// Where the bytes on the disk may differ from those of the pieces; `None` where bytes have moved.
    fn ranges(&self, pieces: &Pieces) -> Option<Vec<Range<u64>>> {
        let hunks = pieces.hunks();
        if !hunks.iter().all(Hunk::keeps_size) {
            return None;
        }
        let mut all = self.written.clone()?;
        all.extend(hunks.into_iter().map(|hunk| hunk.old));
        all.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in all {
            match joined.last_mut().filter(|last| last.end >= range.start) {
                Some(last) => last.end = last.end.max(range.end),
                None => joined.push(range),
            }
        }
        Some(joined)
    }

    /// Whether saving can write the changed bytes alone.
    pub(super) fn fits_in_place(&self, pieces: &Pieces) -> bool {
        self.ranges(pieces).is_some()
    }

    /// Takes the result of a save.
    pub(super) fn is_saved(&mut self, saved: &Saved, in_place: bool) {
        self.written.clone_from(&saved.written);
        self.seen = saved.seen.clone();
        self.is_pristine &= !in_place;
    }
}

/// A file to be written.
pub(super) struct Order {
    path: PathBuf,
    /// The file whose bytes are the base, where copying from it is quicker than through the base.
    file: Option<File>,
    base: Source,
    pieces: Pieces,
    /// Where the file on the disk may differ; `None` where bytes have moved.
    ranges: Option<Vec<Range<u64>>>,
    /// The metadata of the file that is to be replaced.
    over: Metadata,
}

/// The result of a save.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) seen: Metadata,
    /// The old bytes of changes in place.
    pub(super) old: Vec<(u64, Vec<u8>)>,
    /// Where the file on the disk may differ from the one that was opened.
    written: Option<Vec<Range<u64>>>,
}

impl Order {
    /// Writes a copy with the edits, which takes the file's place when it is complete.
    pub(super) fn replace(&self, watch: &Watch) -> io::Result<Saved> {
        let mut copy = AtomicFile::create(&self.path)?;
        let mut done = 0u64;
        for piece in self.pieces.iter() {
            match piece {
                Piece::Own(bytes) => {
                    copy.write_all(bytes)?;
                    done.tally(bytes.len() as u64);
                }
                Piece::Base { start, size } => {
                    let end = start.past(*size);
                    let mut at = *start;
                    while at < end {
                        watch.check()?;
                        let step = STEP.min(end.since(at));
                        self.copy(at, step, copy.file_mut())?;
                        at.tally(step);
                        done.tally(step);
                        watch.tell(done);
                    }
                }
            }
        }
        copy.sync()?;
        watch.check()?;
        copy.commit_over(&self.over)?;
        Ok(Saved {
            seen: fs::metadata(&self.path)?,
            old: Vec::new(),
            written: self.ranges.clone(),
        })
    }

    fn copy(&self, start: u64, size: u64, to: &mut File) -> io::Result<()> {
        let copied = match &self.file {
            Some(file) => {
                let mut file: &File = file;
                file.seek(SeekFrom::Start(start))?;
                // The kernel copies, or shares blocks where the file system can.
                io::copy(&mut file.take(size), to)?
            }
            None => io::copy(&mut self.base.reader(start).take(size), to)?,
        };
        match copied == size {
            true => Ok(()),
            false => Err(io::Error::other(
                "the file has become shorter since it was opened; nothing was written",
            )),
        }
    }

    /// Writes the changed bytes into the file itself. No byte may have moved.
    pub(super) fn write_in_place(&self) -> io::Result<Saved> {
        let Some(ranges) = &self.ranges else {
            return Err(io::Error::other(
                "bytes were inserted or deleted: a copy is needed",
            ));
        };
        let now = self.pieces.source(&self.base);
        let disk = Source::new(File::open(&self.path)?);
        let mut old = Vec::new();
        let mut changes = Vec::new();
        for range in ranges {
            let size = range.end.since(range.start);
            old.push((range.start, self.base.read(range.start, size)?));
            changes.push(Change {
                path: "bytes".to_owned(),
                places: Vec::new(),
                offset: range.start,
                old: disk.read(range.start, size)?,
                new: now.read(range.start, size)?,
                old_value: String::new(),
                new_value: String::new(),
                follows: false,
            });
        }
        let mut file = File::options().read(true).write(true).open(&self.path)?;
        let now = file.metadata()?;
        if !is_unchanged(&self.over, &now)? {
            return Err(io::Error::other(
                "another program changed it meanwhile; it is left as it is now",
            ));
        }
        let patch = Patch {
            file: None,
            size: now.len(),
            changes,
        };
        patch.write_in_place(&mut file).map_err(io::Error::other)?;
        Ok(Saved {
            seen: file.metadata()?,
            old,
            written: self.ranges.clone(),
        })
    }
}
