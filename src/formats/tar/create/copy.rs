//! Copying a large file into an archive: exactly as many bytes as its header says, whatever the
//! file does meanwhile.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::metadata::Details;
use super::{Notice, NoticeKind};
use crate::formats::tar::time::Time;
use crate::offset::{Position, sum};
use crate::output;
use crate::source::{ReadAt as _, uninterrupted};

/// Bytes that one thread copies at a time.
const PIECE: u64 = 16 << 20;

const BUFFER: usize = 256 << 10;

/// A file that is being copied, and what happened to it.
pub(super) struct Source {
    path: PathBuf,
    file: Arc<File>,
    /// As the header has it.
    size: u64,
    mtime: Time,
    /// How many bytes were missing, and are zeros in the archive.
    missing: AtomicU64,
    error: Mutex<Option<io::Error>>,
}

impl Source {
    pub(super) fn new(path: &Path, file: Arc<File>, details: &Details) -> Arc<Source> {
        Arc::new(Source {
            path: path.to_owned(),
            file,
            size: details.size,
            mtime: details.mtime,
            missing: AtomicU64::new(0),
            error: Mutex::new(None),
        })
    }

    /// Reads some of the bytes at `offset`; what isn't there is zeros. Answers how many bytes
    /// there are, 0 only for a buffer of none.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        match uninterrupted(|| self.file.read_at(offset, buffer)) {
            Ok(0) => {}
            Ok(read) => return read,
            Err(e) => {
                let mut error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
                error.get_or_insert(e);
            }
        }
        self.missing
            .fetch_add(buffer.len() as u64, Ordering::Relaxed);
        buffer.fill(0);
        buffer.len()
    }

    /// The notice about the file, once everything is copied.
    fn notice(&self) -> Option<Notice> {
        let mut error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = self.missing.load(Ordering::Relaxed);
        let kind = match error.take() {
            Some(error) => NoticeKind::Unreadable(error),
            None if missing > 0 => NoticeKind::Shrunk { missing },
            None => match self.file.read_at(self.size, &mut [0]) {
                Ok(1) => NoticeKind::Grown,
                _ if Details::has_changed(&self.path, &self.file, self.mtime) => {
                    NoticeKind::Changed
                }
                _ => return None,
            },
        };
        Some(Notice::new(&self.path, kind))
    }
}

/// Some pieces of a file as a stream.
pub(super) struct Pieces {
    source: Arc<Source>,
    pieces: VecDeque<Range<u64>>,
}

impl Pieces {
    pub(super) fn new(source: Arc<Source>, pieces: Vec<Range<u64>>) -> Pieces {
        let pieces = pieces.into();
        Pieces { source, pieces }
    }

    /// How many bytes they have.
    pub(super) fn size(&self) -> u64 {
        let sizes = self.pieces.iter().map(|p| p.end.since(p.start));
        sum(sizes)
    }
}

impl Read for Pieces {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.pieces.front().is_some_and(Range::is_empty) {
            self.pieces.pop_front();
        }
        let Some(piece) = self.pieces.front_mut() else {
            return Ok(0);
        };
        let left = usize::try_from(piece.end.since(piece.start)).unwrap_or(usize::MAX);
        let size = left.min(buf.len());
        let read = self
            .source
            .read(piece.start, buf.get_mut(..size).unwrap_or_default());
        piece.start.advance(read as u64);
        Ok(read)
    }
}

/// Something to copy to a place in the archive, or, without one, the end of copying.
pub(super) struct Copy {
    source: Arc<Source>,
    part: Option<Part>,
}

struct Part {
    from: Range<u64>,
    to: Arc<File>,
    at: u64,
}

impl Copy {
    /// A piece of a file that goes to `at`, in parts.
    pub(super) fn all(
        source: &Arc<Source>,
        piece: Range<u64>,
        to: &Arc<File>,
        at: u64,
    ) -> impl Iterator<Item = Copy> {
        let size = piece.end.since(piece.start);
        (0..size.div_ceil(PIECE)).map(move |i| {
            let start = piece.start.item(i, PIECE);
            let end = piece.end.min(start.saturating_add(PIECE));
            Copy {
                source: Arc::clone(source),
                part: Some(Part {
                    from: start..end,
                    to: Arc::clone(to),
                    at: at.item(i, PIECE),
                }),
            }
        })
    }

    /// The end of copying a file: whether it changed meanwhile is known then.
    pub(super) fn end(source: &Arc<Source>) -> Copy {
        Copy {
            source: Arc::clone(source),
            part: None,
        }
    }

    /// How many bytes are to be copied.
    pub(super) fn size(&self) -> u64 {
        let from = self.part.as_ref().map(|part| &part.from);
        from.map_or(0, |from| from.end.since(from.start))
    }

    /// Copies.
    ///
    /// # Errors
    ///
    /// When writing fails.
    pub(super) fn run(self) -> io::Result<Option<Notice>> {
        let Some(Part { from, to, mut at }) = self.part else {
            return Ok(self.source.notice());
        };
        let mut pieces = Pieces::new(self.source, vec![from]);
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = pieces.read(&mut buffer)?;
            match buffer.get(..read) {
                Some(part) if read > 0 => output::write_all_at(&to, part, at)?,
                _ => return Ok(None),
            }
            at.advance(read as u64);
        }
    }
}
