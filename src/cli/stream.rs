//! A file read once, from front to back, and kept nowhere: for verbs that need no positions, and
//! should work on an endless pipe and on a whole disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::error::{self, Context as _, Result};
use super::{Input, input, number, progress, standard_output};
use crate::Source;
use crate::inspect::Document;
use crate::offset::{Position, Tally};
use crate::structs::{DataError, DataErrorKind};
use crate::tree::Range;

/// The bytes of a file from a place on. An error in reading them tells the file's name.
pub(super) struct Stream {
    /// Where they begin.
    pub(super) start: u64,
    /// Where they end, if that is known.
    pub(super) end: Option<u64>,
    name: String,
    reader: Box<dyn Read + Send>,
}

impl Stream {
    /// The bytes from `offset` on; a negative offset counts from the end.
    pub(super) fn open(input: &Input, offset: i64) -> Result<Stream> {
        if offset < 0 {
            return Stream::of(&input.open()?, input, offset);
        }
        let name = input.to_string();
        let (end, reader) = open(input, offset).with_context(|| name.clone())?;
        Ok(Stream {
            start: offset.unsigned_abs(),
            end,
            name,
            reader,
        })
    }

    /// The same, of an input that is open already.
    pub(super) fn of(source: &Source, input: &Input, offset: i64) -> Result<Stream> {
        let name = input.to_string();
        let start = number::start(source, offset).with_context(|| name.clone())?;
        let size = source.size().with_context(|| name.clone())?;
        if start > size {
            return Err(after(offset, size)).context(name);
        }
        Ok(Stream {
            start,
            end: Some(size),
            name,
            reader: Box::new(source.reader(start)),
        })
    }

    /// The bytes of a part of a document; the offset counts from the beginning of the part, a
    /// negative one from its end.
    pub(super) fn of_part(
        document: &Document,
        part: Range,
        name: String,
        offset: i64,
    ) -> Result<Stream> {
        let skipped = match u64::try_from(offset) {
            Ok(offset) => Some(offset).filter(|offset| *offset <= part.size),
            Err(_) => part.size.checked_add_signed(offset),
        };
        let Some(skipped) = skipped else {
            return Err(after(offset, part.size)).context(name);
        };
        let start = part.offset.past(skipped);
        let range = Range::new(part.space, start, part.size.since(skipped));
        Ok(Stream {
            start,
            end: Some(range.end()),
            reader: Box::new(document.reader(range).with_context(|| name.clone())?),
            name,
        })
    }

    /// The same, with a bar that says how much was read; `prints` says whether there is output
    /// all the time meanwhile.
    pub(super) fn watched(self, prints: bool) -> Stream {
        let stream = if prints { self.heeded() } else { self };
        let all = stream.end.map(|end| end.since(stream.start));
        Stream {
            reader: Box::new(progress::part(stream.reader, all, prints)),
            ..stream
        }
    }

    /// The same, which ends in an error once the reader of standard output has gone.
    pub(super) fn heeded(self) -> Stream {
        Stream {
            reader: Box::new(UntilClosed(self.reader)),
            ..self
        }
    }

    /// At most this number of bytes; all of them without one.
    pub(super) fn limit(self, length: Option<u64>) -> Stream {
        let Some(length) = length else { return self };
        let end = self.start.saturating_add(length);
        Stream {
            end: self.end.map(|known| known.min(end)),
            reader: Box::new(self.reader.take(length)),
            ..self
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.reader
            .read(buf)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", self.name)))
    }
}

/// Where the bytes end, if that is known, and those from `offset` on.
fn open(input: &Input, offset: i64) -> Result<(Option<u64>, Box<dyn Read + Send>)> {
    let Some(mut file) = file(input)? else {
        let mut stdin = io::stdin();
        skip(&mut stdin, offset)?;
        return Ok((None, Box::new(stdin)));
    };
    if file.metadata()?.is_dir() {
        return Err(input.with_advice(io::ErrorKind::IsADirectory.into()).into());
    }
    let end = input.is_regular().then(|| file.metadata()).transpose()?;
    let end = end.map(|metadata| metadata.len());
    if let Some(available) = end.filter(|end| *end < offset.unsigned_abs()) {
        return Err(after(offset, available));
    }
    // A file that can't seek is read up to there.
    if offset > 0 && file.seek(SeekFrom::Current(offset)).is_err() {
        skip(&mut file, offset)?;
    }
    Ok(match end {
        Some(_) => (end, Box::new(file)),
        None => (end, Box::new(Live(file))),
    })
}

/// A stream that ends with the error of a closed pipe once the reader of standard output is gone, which a verb that
/// writes nothing for long wouldn't notice.
struct UntilClosed<R>(R);

impl<R: Read> Read for UntilClosed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match standard_output::is_closed() {
            true => Err(io::ErrorKind::BrokenPipe.into()),
            false => self.0.read(buf),
        }
    }
}

/// A pipe: a read takes all bytes that are there, and waits only for the first one.
struct Live(File);

impl Read for Live {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut read = self.0.read(buf)?;
        while read > 0
            && let Some(rest) = buf.get_mut(read..).filter(|rest| !rest.is_empty())
            && is_ready(&self.0)
        {
            match self.0.read(rest) {
                Ok(0) => break,
                Ok(n) => read.tally(n),
                // An error comes again with the next read.
                Err(_) => break,
            }
        }
        Ok(read)
    }
}

/// Whether something can be read without waiting.
#[cfg(unix)]
fn is_ready(file: &File) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut files = [PollFd::new(file, PollFlags::IN)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut files, Some(&now)).is_ok_and(|ready| ready > 0)
}

#[cfg(not(unix))]
fn is_ready(_: &File) -> bool {
    false
}

/// Standard input is a file too, where the system can tell which.
fn file(input: &Input) -> io::Result<Option<File>> {
    match input {
        Input::File(path) => {
            let _waiting = input::WaitNotice::new(path);
            File::open(path).map(Some)
        }
        #[cfg(unix)]
        Input::Stdin => {
            use std::os::fd::AsFd;
            input::say_waiting();
            let stdin = io::stdin().as_fd().try_clone_to_owned()?;
            Ok(Some(File::from(stdin)))
        }
        #[cfg(not(unix))]
        Input::Stdin => {
            input::say_waiting();
            Ok(None)
        }
    }
}

fn skip(reader: &mut impl Read, offset: i64) -> Result<()> {
    let wanted = offset.unsigned_abs();
    let skipped = io::copy(&mut reader.take(wanted), &mut io::sink())?;
    if skipped < wanted {
        return Err(after(offset, skipped));
    }
    Ok(())
}

fn after(offset: i64, available: u64) -> error::Error {
    DataError::new(DataErrorKind::Offset { offset, available }).into()
}
