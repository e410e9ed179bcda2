//! The content of a member as it was before it was archived: with the holes of a sparse file.

use std::io::{self, Read};

use super::archive::Archive;
use super::error::Error;
use super::member::Member;
use super::sparse::{self, Piece};
use crate::offset::{Position, Tally};

/// The content of a member, see [`Archive::content`].
///
/// Holes read as zeros. A caller can skip them instead:
///
/// ```
/// use std::io::Read;
/// use bytewright::formats::tar::Archive;
///
/// # let mut builder = bytewright::formats::tar::Builder::new(Vec::new());
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("a"), "content")?;
/// # builder.add(&folder.path().join("a"), Some("a".as_ref()), &mut |_| {})?;
/// # let bytes = builder.finish()?;
/// let mut archive = Archive::new(bytes.into())?;
/// while let Some(member) = archive.next_member()? {
///     let mut content = archive.content(&member)?;
///     let (mut holes, mut buffer) = (0, [0; 4096]);
///     loop {
///         holes += content.skip_hole();
///         // Up to the next hole at most.
///         if content.read(&mut buffer)? == 0 {
///             break;
///         }
///     }
///     println!("{} of {} bytes are holes", holes, content.size());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Content<'r, 'a> {
    archive: &'r mut Archive<'a>,
    progress: Progress,
}

impl<'a> Archive<'a> {
    /// The content of the member that came last. Of a sparse file it is put together piece by
    /// piece, so that any size is read in flat memory; for everything else it is
    /// [`Archive::data`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sparse`](super::ErrorKind::Sparse) where the map of a sparse file is wrong;
    /// the members after it can be read nevertheless. Those of reading.
    pub fn content(&mut self, member: &Member) -> Result<Content<'_, 'a>, Error> {
        let progress = Progress::new(self, member)?;
        Ok(Content {
            archive: self,
            progress,
        })
    }
}

impl Content<'_, '_> {
    /// How many bytes it has in all, holes included.
    pub fn size(&self) -> u64 {
        self.progress.size
    }

    /// How many of them are holes.
    pub fn holes(&self) -> u64 {
        let data = self.pieces().iter().map(|piece| piece.size);
        data.fold(self.size(), u64::saturating_sub)
    }

    /// The offset of what is read next.
    pub fn position(&self) -> u64 {
        self.progress.position
    }

    /// The pieces that aren't holes, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.progress.pieces
    }

    /// Skips the next hole, and answers how many bytes it has: 0 before data and at the end.
    pub fn skip_hole(&mut self) -> u64 {
        let hole = self.progress.hole();
        self.progress.position.advance(hole);
        hole
    }

    /// Reads as [`Read::read`] does, with an error that says what is wrong with the archive.
    ///
    /// # Errors
    ///
    /// Where the archive ends before the content does. Those of reading.
    pub fn read_some(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        self.progress.read(self.archive, buf)
    }

    /// How far the compressed stream was read for what was read so far, see
    /// [`Archive::compressed_position`].
    pub fn compressed_position(&self) -> Option<u64> {
        self.archive.compressed_position()
    }
}

impl Read for Content<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.read_some(buf)?)
    }
}

/// How far the content of the archive's current member was read.
#[derive(Debug)]
pub(super) struct Progress {
    pieces: Vec<Piece>,
    /// The index of the piece that comes next, or that is being read.
    next: usize,
    position: u64,
    size: u64,
}

impl Progress {
    pub(super) fn new(archive: &mut Archive<'_>, member: &Member) -> Result<Progress, Error> {
        let (pieces, size) = match member.sparse {
            true => (sparse::pieces(archive, member)?, member.size),
            false => {
                let size = archive.data().remaining();
                (vec![Piece::new(0, size)], size)
            }
        };
        Ok(Progress {
            pieces,
            next: 0,
            position: 0,
            size,
        })
    }

    /// The bytes of the hole that comes next; 0 before data and at the end.
    fn hole(&mut self) -> u64 {
        let is_read = |piece: &Piece| piece.end() <= self.position;
        while self.pieces.get(self.next).is_some_and(is_read) {
            self.next.tally(1);
        }
        let piece = self.pieces.get(self.next);
        let end = piece.map_or(self.size, |piece| piece.offset);
        end.saturating_sub(self.position)
    }

    pub(super) fn read(
        &mut self,
        archive: &mut Archive<'_>,
        buf: &mut [u8],
    ) -> Result<usize, Error> {
        let up_to = |left: u64| usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let hole = self.hole();
        let read = if hole > 0 {
            let size = up_to(hole);
            buf.get_mut(..size).unwrap_or_default().fill(0);
            size
        } else {
            let piece = self.pieces.get(self.next);
            let end = piece.map_or(self.position, Piece::end);
            let size = up_to(end.saturating_sub(self.position));
            let buf = buf.get_mut(..size).unwrap_or_default();
            archive.read_data(buf)?
        };
        self.position.advance(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
