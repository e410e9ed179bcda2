//! Where an archive goes: a stream that is written from front to back, or a file whose parts are
//! written where they belong, by several threads.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::sync::Arc;

use super::copy::{Copy, Pieces, Source};
use super::headers::Headers;
use super::preallocation::Preallocation;
use crate::formats::tar::error::Error;
use crate::formats::tar::layout::BLOCK;
use crate::formats::tar::member::{end_of_archive, padded};
use crate::offset::{Position, sum};
use crate::output;
use crate::source::watched;

/// As much is gathered before it is written.
const BUFFER: usize = 1 << 20;

/// The archive so far.
pub(super) struct Sink<W: Write> {
    target: Target<W>,
    /// What comes next in the archive, and isn't written yet.
    buffer: Vec<u8>,
    /// Where the buffer belongs.
    offset: u64,
    /// Whether the archive ends within a member, as its content could not be read.
    is_cut: bool,
}

enum Target<W: Write> {
    Stream(Stream<W>),
    Positions {
        file: Arc<File>,
        room: Preallocation,
        out: W,
    },
}

impl<W: Write> Sink<W> {
    pub(super) fn stream(out: W) -> Sink<W> {
        let gate = Gate {
            // Content of large files comes in small pieces.
            out: BufWriter::with_capacity(BUFFER / 4, out),
            open: true,
        };
        Sink::of(Target::Stream(Stream(Some(tar::Builder::new(gate)))))
    }

    /// Writes at positions of `file`, and leaves `out` alone.
    pub(super) fn positions(file: File, out: W) -> Sink<W> {
        let room = Preallocation::of(&file);
        let file = Arc::new(file);
        Sink::of(Target::Positions { file, room, out })
    }

    fn of(target: Target<W>) -> Sink<W> {
        Sink {
            target,
            buffer: Vec::new(),
            offset: 0,
            is_cut: false,
        }
    }

    /// Where the next member begins.
    pub(super) fn position(&self) -> u64 {
        self.offset.past(self.buffer.len() as u64)
    }

    /// Adds a member whose content is at hand.
    pub(super) fn small(&mut self, headers: &Headers, content: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(&headers.blocks);
        self.buffer.extend_from_slice(content);
        super::headers::pad(&mut self.buffer);
        match self.buffer.len() >= BUFFER {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Adds a member whose content is read to its end, which has to be after `size` bytes.
    pub(super) fn member(
        &mut self,
        headers: &Headers,
        mut content: impl Read,
        size: u64,
    ) -> Result<(), Error> {
        self.buffer.extend_from_slice(&headers.blocks);
        self.is_cut = true;
        self.blocks(&mut content, size)?;
        // Beyond the size there is nothing, or an error.
        io::copy(&mut content, &mut io::sink())?;
        self.is_cut = false;
        let end = self.position();
        let padding = padded(end).since(end);
        io::copy(&mut io::repeat(0).take(padding), &mut self.buffer)?;
        Ok(())
    }

    /// Adds a member whose content is copied from a file: at once into a stream; the copies that
    /// are to be made by others are answered. `tell` learns how far the archive has come.
    pub(super) fn large(
        &mut self,
        headers: &Headers,
        source: &Arc<Source>,
        pieces: Vec<Range<u64>>,
        tell: &mut dyn FnMut(u64),
    ) -> Result<Vec<Copy>, Error> {
        let mut copies = Vec::new();
        match &mut self.target {
            Target::Stream(_) => {
                let (before, header, after) = headers.parts();
                self.buffer.extend_from_slice(before);
                self.flush()?;
                let content = Pieces::new(Arc::clone(source), pieces);
                let size = content.size().past(after.len() as u64);
                let content = after.chain(BufReader::with_capacity(BUFFER / 4, content));
                let offset = self.offset;
                let content = watched::stream(content, |read| tell(offset.past(read)));
                if let Target::Stream(Stream(Some(tar))) = &mut self.target {
                    tar.append(tar::Header::from_byte_slice(header), content)?;
                }
                self.advance((BLOCK as u64).past(padded(size)));
            }
            Target::Positions { file, room, .. } => {
                let file = Arc::clone(file);
                self.buffer.extend_from_slice(&headers.blocks);
                let sizes = pieces.iter().map(|p| p.end.since(p.start));
                let size = (self.buffer.len() as u64).past(sum(sizes));
                room.take(&file, self.offset, size);
                self.flush()?;
                let start = self.offset;
                for piece in pieces {
                    let size = piece.end.since(piece.start);
                    copies.extend(Copy::all(source, piece, &file, self.offset));
                    self.advance(size);
                }
                // The file is new: what isn't written is zeros.
                let size = self.offset.since(start);
                self.advance(padded(size).since(size));
            }
        }
        copies.push(Copy::end(source));
        Ok(copies)
    }

    /// Blocks of another archive.
    pub(super) fn blocks(&mut self, mut blocks: impl Read, mut size: u64) -> Result<(), Error> {
        while size > 0 {
            let step = size.min(BUFFER as u64);
            let read = blocks.by_ref().take(step).read_to_end(&mut self.buffer)?;
            if (read as u64) < step {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            size = size.since(step);
            if self.buffer.len() >= BUFFER {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is gathered.
    fn flush(&mut self) -> Result<(), Error> {
        match &mut self.target {
            Target::Stream(stream) => {
                if let Some(tar) = &mut stream.0 {
                    tar.get_mut().write_all(&self.buffer)?;
                }
            }
            Target::Positions { file, room, .. } => {
                room.take(file, self.offset, self.buffer.len() as u64);
                output::write_all_at(file, &self.buffer, self.offset)?;
            }
        }
        self.advance(self.buffer.len() as u64);
        self.buffer.clear();
        Ok(())
    }

    fn advance(&mut self, size: u64) {
        self.offset.advance(size);
    }

    /// Writes the end of the archive, of which there are this many bytes before the first one here.
    pub(super) fn finish(mut self, before: u64) -> Result<W, Error> {
        if self.is_cut {
            let reason = "the archive ends within a member whose content could not be read";
            return Err(io::Error::other(reason).into());
        }
        let end = end_of_archive(before.past(self.position()));
        if let Target::Positions { .. } = &self.target {
            self.buffer.extend_from_slice(&end);
        }
        self.flush()?;
        match self.target {
            Target::Stream(mut stream) => match stream.0.take() {
                Some(tar) => {
                    // It writes two blocks of the end itself.
                    let mut out = tar.into_inner()?.out;
                    out.write_all(end.get(2 * BLOCK..).unwrap_or_default())?;
                    let out = out.into_inner();
                    Ok(out.map_err(io::IntoInnerError::into_error)?)
                }
                None => Err(io::Error::other("the archive is finished").into()),
            },
            Target::Positions { out, .. } => Ok(out),
        }
    }
}

/// An archive that is written from front to back; gone once it is finished.
struct Stream<W: Write>(Option<tar::Builder<Gate<W>>>);

/// A `tar::Builder` that is dropped writes the end of the archive: after an error, a program that reads
/// it would take a part for the whole.
impl<W: Write> Drop for Stream<W> {
    fn drop(&mut self) {
        if let Some(tar) = &mut self.0 {
            tar.get_mut().open = false;
        }
    }
}

struct Gate<W: Write> {
    out: BufWriter<W>,
    open: bool,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.open {
            true => self.out.write(buf),
            false => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
