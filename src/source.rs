//! Where bytes come from: a file, standard input, memory; always read at positions.

pub(crate) mod part;
mod restartable;
mod spool;
pub(crate) mod watched;

use crate::offset::Position;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Whether an error of reading is about the bytes, such as a truncated stream, and not about access to them.
pub(crate) fn is_data(error: &io::Error) -> bool {
    let kind = error.kind();
    kind == io::ErrorKind::InvalidData || kind == io::ErrorKind::UnexpectedEof
}

/// Reads, and retries where a signal interrupted the call.
pub(crate) fn uninterrupted<T>(mut read: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Bytes that can be read at positions.
pub trait ReadAt: Send + Sync {
    /// Reads into `buf` from `offset`; 0 at or after the end. May read less than asked for.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// The length in bytes. A stream is read to its end to learn it.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    fn size(&self) -> io::Result<u64>;

    /// The length in bytes, where it is known without reading on.
    fn known_size(&self) -> Option<u64> {
        self.size().ok()
    }
}

/// A cheap handle to bytes that can be read at positions, and that it owns.
///
/// ```
/// use bytewright::Source;
///
/// let source = Source::from(&b"BM\x36\0\0\0"[..]);
/// assert_eq!(source.read(2, 4)?, [0x36, 0, 0, 0]);
/// assert_eq!(source.read(4, 100)?, [0, 0], "what is there, not what was asked for");
/// # Ok::<(), std::io::Error>(())
/// ```
pub type Source = SourceOf<'static>;

/// A [`Source`] of bytes that live as long as `'a`.
#[derive(Clone)]
pub struct SourceOf<'a>(Arc<dyn ReadAt + 'a>);

impl fmt::Debug for SourceOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    /// A file. What has no positions (a pipe, a file of `/proc`) is read as a stream.
    ///
    /// # Errors
    ///
    /// When the file can't be opened, or is a directory.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Source> {
        Source::open_up_to(path, u64::MAX)
    }

    /// The same; of a stream, `most` bytes are kept. Reading beyond is an error.
    ///
    /// # Errors
    ///
    /// As [`Source::open`].
    pub fn open_up_to(path: impl AsRef<Path>, most: u64) -> io::Result<Source> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        // Files of /proc and /sys say that they are empty, whatever they hold.
        if metadata.is_file() && metadata.len() > 0 {
            return Ok(Source::new(file));
        }
        Ok(Source::stream_up_to(file, most))
    }

    /// A stream, read once and only as far as a caller asks for.
    pub fn stream(stream: impl Read + Send + 'static) -> Source {
        Source::stream_up_to(stream, u64::MAX)
    }

    /// The same of which no more than this many bytes are kept: reading on is an error.
    ///
    /// ```
    /// use bytewright::Source;
    ///
    /// let endless = Source::stream_up_to(std::io::repeat(7), 1 << 20);
    /// assert_eq!(endless.read(0, 3)?, [7, 7, 7]);
    /// assert!(endless.size().unwrap_err().to_string().contains("1048576 bytes"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stream_up_to(stream: impl Read + Send + 'static, most: u64) -> Source {
        Source::new(spool::Spool::new(Box::new(stream), most))
    }

    /// A stream that can be restarted: its buffer may be dropped once others were read.
    pub(crate) fn again(
        begin: impl Fn() -> Box<dyn Read + Send> + Send + Sync + 'static,
    ) -> Source {
        Source::new(restartable::Restartable::new(Box::new(begin)))
    }

    /// Standard input.
    pub fn stdin() -> Source {
        Source::stream(io::stdin())
    }
}

impl<'a> SourceOf<'a> {
    /// Anything that reads at positions.
    pub fn new(bytes: impl ReadAt + 'a) -> Self {
        SourceOf(Arc::new(bytes))
    }

    /// Bytes in memory, without a copy: a `Vec<u8>`, an `Arc<[u8]>`, a slice, a memory map.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use bytewright::{Source, SourceOf};
    ///
    /// let shared: Arc<[u8]> = Arc::from(*b"0123456789");
    /// let source: Source = Source::memory(Arc::clone(&shared));
    /// assert_eq!(source.read(7, 100)?, b"789");
    /// assert_eq!(Arc::strong_count(&shared), 2);
    ///
    /// static LETTERS: &[u8] = b"abc";
    /// assert_eq!(Source::memory(LETTERS).read(1, 1)?, b"b");
    ///
    /// let local = [1, 2, 3];
    /// let borrowed: SourceOf<'_> = SourceOf::memory(&local);
    /// assert_eq!(borrowed.size()?, 3);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn memory(bytes: impl AsRef<[u8]> + Send + Sync + 'a) -> Self {
        SourceOf::new(Memory(bytes))
    }

    /// Anything that seeks, read under a lock by all holders of the handle.
    ///
    /// ```
    /// use bytewright::Source;
    ///
    /// let source = Source::seekable(std::io::Cursor::new(b"0123456789"));
    /// assert_eq!(source.read(7, 100)?, b"789");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn seekable(reader: impl Read + Seek + Send + 'a) -> Self {
        SourceOf::new(Seekable(Mutex::new(reader)))
    }

    /// The length in bytes. A stream is read to its end to learn it.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    pub fn size(&self) -> io::Result<u64> {
        self.0.size()
    }

    /// The length in bytes, where it is known without reading on: a stream knows it once it was
    /// read to its end.
    pub fn known_size(&self) -> Option<u64> {
        self.0.known_size()
    }

    /// Reads into `buf` from `offset` until it is full or the bytes end; answers how many it read.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    pub fn read_into(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            // No file has bytes after the largest offset.
            let Some(at) = offset.checked_add(filled as u64) else {
                break;
            };
            match uninterrupted(|| self.0.read_at(at, rest))? {
                0 => break,
                n => filled.advance(n),
            }
        }
        Ok(filled)
    }

    /// Up to `size` bytes from `offset`, as many as are there without waiting for more; none only
    /// at the end.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    pub fn read_some(&self, offset: u64, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        let read = uninterrupted(|| self.0.read_at(offset, &mut bytes))?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Up to `size` bytes from `offset`: fewer where the bytes end. Memory grows with what is
    /// there, not with what is asked for.
    ///
    /// # Errors
    ///
    /// When the underlying file or stream can't be read.
    pub fn read(&self, offset: u64, size: u64) -> io::Result<Vec<u8>> {
        const STEP: u64 = 1 << 20;
        let mut bytes = Vec::new();
        loop {
            let have = bytes.len();
            let want = size.since(have as u64).min(STEP);
            if want == 0 {
                return Ok(bytes);
            }
            bytes.resize(have.past(usize::try_from(want).unwrap_or(0)), 0);
            let read = match bytes.get_mut(have..) {
                Some(rest) => self.read_into(offset.past(have as u64), rest)?,
                None => 0,
            };
            bytes.truncate(have.past(read));
            if (read as u64) < want {
                return Ok(bytes);
            }
        }
    }

    /// The same bytes, of which a file's first `size` are read at once: for headers, which are many
    /// small reads. A stream is left as it is, it may have less to give than that for now.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn with_head(&self, size: u64) -> io::Result<Self> {
        match self.known_size() {
            None => Ok(self.clone()),
            Some(known) => Ok(SourceOf::new(Head {
                bytes: self.read(0, size.min(known))?,
                size: known,
                source: self.clone(),
            })),
        }
    }

    /// A reader over the bytes from `offset` on.
    pub fn reader(&self, offset: u64) -> Reader<'a> {
        Reader {
            source: self.clone(),
            offset,
        }
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Source {
        Source::memory(bytes)
    }
}

impl From<Arc<[u8]>> for Source {
    fn from(bytes: Arc<[u8]>) -> Source {
        Source::memory(bytes)
    }
}

/// A copy; [`SourceOf::memory`] makes none.
impl From<&[u8]> for Source {
    fn from(bytes: &[u8]) -> Source {
        Source::memory(bytes.to_vec())
    }
}

/// A [`Source`] read from front to back, with seeking.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    source: SourceOf<'a>,
    offset: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.source.0.read_at(self.offset, buf)?;
        self.offset.advance(read as u64);
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.source.size()?.checked_add_signed(by),
        };
        self.offset = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.offset)
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..))
            .unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

/// Bytes in memory.
struct Memory<B>(B);

impl<B: AsRef<[u8]> + Send + Sync> ReadAt for Memory<B> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.as_ref().read_at(offset, buf)
    }

    fn size(&self) -> io::Result<u64> {
        self.0.as_ref().size()
    }
}

/// As much of `buf` as a file can fill from `offset` on: systems count its bytes in 63 bits, and
/// refuse to read anything at all beyond.
fn within_files(offset: u64, buf: &mut [u8]) -> &mut [u8] {
    let room = i64::MAX.cast_unsigned().saturating_sub(offset);
    let size = usize::try_from(room).unwrap_or(usize::MAX).min(buf.len());
    buf.get_mut(..size).unwrap_or_default()
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match within_files(offset, buf) {
            [] => Ok(0),
            buf => std::os::unix::fs::FileExt::read_at(self, buf, offset),
        }
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match within_files(offset, buf) {
            [] => Ok(0),
            buf => std::os::windows::fs::FileExt::seek_read(self, buf, offset),
        }
    }

    /// Systems without positioned reads have no threads either, as WebAssembly: seeking is safe.
    #[cfg(not(any(unix, windows)))]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read(within_files(offset, buf))
    }

    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }
}

/// A reader that seeks, under a lock.
struct Seekable<R>(Mutex<R>);

impl<R: Read + Seek + Send> ReadAt for Seekable<R> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let buf = within_files(offset, buf);
        if buf.is_empty() {
            return Ok(0);
        }
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(offset))?;
        reader.read(buf)
    }

    fn size(&self) -> io::Result<u64> {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::End(0))
    }
}

/// Bytes whose first ones were read at once.
struct Head<'a> {
    bytes: Vec<u8>,
    size: u64,
    source: SourceOf<'a>,
}

impl ReadAt for Head<'_> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read_at(offset, buf)? {
            0 => self.source.0.read_at(offset, buf),
            read => Ok(read),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "the numbers of a test are its own"
)]
mod tests;
