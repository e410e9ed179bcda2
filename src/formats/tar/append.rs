//! Adding to a plain archive where it is.

use std::fs::File;
use std::io::{self, Write};

use super::archive::Archive;
use super::create;
use super::error::{Error, ErrorKind};
use super::layout::BLOCK;
use super::rewrite::GlobalKeywords;
use crate::Source;
use crate::offset::{Position, Tally};
use crate::output;

/// The two blocks of zeros that end an archive, in bytes.
const END: usize = 2 * BLOCK;

/// Members that are appended to an archive, in the place of its end.
///
/// Until [`Appender::commit`] the archive reads as before: its end is overwritten last, after
/// everything after that is on the disk. Dropping the value takes back what was written. Bytes after the end are
/// overwritten, as by other tools.
///
/// ```
/// use std::fs::File;
/// use bytewright::Source;
/// use bytewright::formats::tar::{Appender, Archive, Builder};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.tar");
/// # std::fs::write(&path, [0; 10240])?;
/// # std::fs::write(folder.path().join("notes"), "content")?;
///
/// let file = File::options().read(true).write(true).open(&path)?;
/// let appender = Appender::new(file)?;
/// let start = appender.start();
/// let mut builder = Builder::new(appender).begins_at(start);
/// builder.add(folder.path().join("notes"), "notes", &mut |_| {})?;
/// builder.finish()?.commit()?;
///
/// let mut archive = Archive::new(Source::open(&path)?)?;
/// assert_eq!(archive.members().last().unwrap()?.name, b"notes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Appender {
    file: File,
    /// Where the last member ends.
    start: u64,
    /// The first bytes, which are written last.
    head: Vec<u8>,
    written: u64,
    old_size: u64,
    /// Whether the file may have been written to.
    touched: bool,
    done: bool,
}

impl Appender {
    /// Finds the end of the archive in `file`, which must be open for reading and writing.
    ///
    /// # Errors
    ///
    /// When the archive is compressed, can't be read to its end, or another archive follows it, which would be
    /// overwritten; when a global header has a keyword that can't be revoked for later members.
    pub fn new(file: File) -> Result<Appender, Error> {
        let old_size = file.metadata()?.len();
        let source = Source::new(file.try_clone()?);
        let mut archive = Archive::plain(source.clone());
        let mut start = 0;
        while let Some(member) = archive.next_member()? {
            start = member.end();
        }
        if let Some(offset) = another_after(&source, start)? {
            return Err(Error::new(ErrorKind::AnotherArchive).at(offset));
        }
        let mut appender = Appender {
            file,
            start,
            head: Vec::new(),
            written: 0,
            old_size,
            touched: false,
            done: false,
        };
        let globals = GlobalKeywords::of(&archive);
        if !globals.is_empty() {
            appender.write_all(&create::global(&globals.ends()?)?)?;
        }
        Ok(appender)
    }

    /// The offset at which the new members begin.
    pub fn start(&self) -> u64 {
        self.start.past(self.written)
    }

    /// Makes what was written part of the archive.
    ///
    /// # Errors
    ///
    /// When writing to the file fails; the archive reads as before then. Only if truncating the bytes after the old end
    /// fails, the new members are there.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.touched = true;
        // In one write, so that no reader sees the first block without the rest.
        output::write_all_at(&self.file, &self.head, self.start)?;
        self.done = true;
        let end = self.start.past(self.written);
        // Bytes of a tape's last record after the old end would follow the new end.
        self.file.set_len(end)?;
        self.file.sync_data()
    }
}

/// Where another archive follows the end of this one. Anything else there, such as what an
/// interruption left, is overwritten.
fn another_after(source: &Source, start: u64) -> Result<Option<u64>, Error> {
    let rest = Archive::plain(source.clone()).ignore_zeros(true);
    match rest.starting_at(start).next_member() {
        Ok(member) => Ok(member.map(|member| member.offset)),
        Err(e) if e.is_data() => Ok(None),
        Err(e) => Err(e),
    }
}

impl Write for Appender {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let room = END.since(self.head.len());
        let taken = match room {
            0 => {
                let at = self.start.past(self.written);
                self.touched = true;
                output::write_all_at(&self.file, buf, at)?;
                buf
            }
            room => {
                let part = buf.get(..room.min(buf.len())).unwrap_or_default();
                self.head.extend_from_slice(part);
                part
            }
        };
        self.written.tally(taken.len() as u64);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        if self.done || !self.touched {
            return;
        }
        // Bytes after the archive's end are zeros now; they had no meaning. An error here is dropped in favor of the
        // one that led here.
        let end = self.start.past(END as u64);
        let _ = output::write_all_at(&self.file, &[0; END], self.start);
        let _ = self.file.set_len(self.old_size.min(end));
        let _ = self.file.set_len(self.old_size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tar::Builder;
    use crate::source::ReadAt;

    fn archive_of(name: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x"), name).unwrap();
        let mut builder = Builder::new(Vec::new());
        let path = folder.path().join("x");
        builder.add(path, name, &mut |_| {}).unwrap();
        builder.finish().unwrap()
    }

    /// Where the member ends: the rest is zeros.
    fn end_of(archive: &[u8]) -> usize {
        let last = archive.chunks(BLOCK).rposition(|block| block != [0; BLOCK]);
        last.unwrap().saturating_add(1).saturating_mul(BLOCK)
    }

    /// Bytes that can be read up to some offset only.
    struct Broken(Vec<u8>, u64);

    impl ReadAt for Broken {
        fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            let end = offset.saturating_add(buf.len() as u64);
            match end > self.1 {
                true => Err(io::ErrorKind::PermissionDenied.into()),
                false => self.0.read_at(offset, buf),
            }
        }

        fn size(&self) -> io::Result<u64> {
            self.0.size()
        }
    }

    #[test]
    fn another_archive_after_the_end_is_found_and_what_is_none_is_not() {
        let first = archive_of("first");
        let start = end_of(&first) as u64;
        let found = |rest: &[u8]| {
            let bytes = [&first[..], rest].concat();
            another_after(&Source::from(bytes), start).unwrap()
        };
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[0; 9000]), None);
        assert_eq!(found(b"what an interruption left"), None);
        assert_eq!(found(&[b'x'; 2048]), None);
        let second = archive_of("second");
        assert_eq!(found(&second), Some(first.len() as u64));
        let later = [&[0; 5120][..], &second].concat();
        assert_eq!(found(&later), Some(first.len() as u64 + 5120));
    }

    /// What can't be read may be an archive.
    #[test]
    fn what_cannot_be_read_after_the_end_is_an_error() {
        let first = archive_of("first");
        let start = end_of(&first) as u64;
        let bytes = [&first[..], &[0; 1 << 20]].concat();
        let source = Source::new(Broken(bytes, 1 << 18));
        let error = another_after(&source, start).unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{error}");
    }

    #[test]
    fn what_is_written_goes_where_it_is_said_to_begin() {
        let whole = archive_of("first");
        let end = end_of(&whole) as u64;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &whole).unwrap();
        let open = || File::options().read(true).write(true).open(file.path());
        let mut appender = Appender::new(open().unwrap()).unwrap();
        assert_eq!(appender.start(), end);
        appender.write_all(&[1; 700]).unwrap();
        assert_eq!(appender.start(), end + 700);
        appender.write_all(&[2; 1000]).unwrap();
        assert_eq!(appender.start(), end + 1700);
        appender.flush().unwrap();
        let meanwhile = std::fs::read(file.path()).unwrap();
        let end_is_there = end_of(&whole) + END;
        assert!(meanwhile[..end_is_there] == whole[..end_is_there]);
        appender.commit().unwrap();
        let expected = [&whole[..end_of(&whole)], &[1; 700], &[2; 1000]];
        let found = std::fs::read(file.path()).unwrap();
        assert!(found == expected.concat());

        std::fs::write(file.path(), &whole).unwrap();
        drop(Appender::new(open().unwrap()).unwrap());
        assert!(std::fs::read(file.path()).unwrap() == whole);
    }
}
