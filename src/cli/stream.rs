//! A file read once, from front to back, and kept nowhere: for verbs that need no positions, and
//! should work on an endless pipe and on a whole disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use anyhow::Context as _;

use super::{Input, number};
use crate::structs::{DataError, DataErrorKind};

/// The bytes of a file. An error in reading them tells the file's name.
pub(super) struct Stream {
    name: String,
    reader: Box<dyn Read>,
}

impl Stream {
    /// The bytes from `offset` on, and where that is; a negative offset counts from the end.
    pub(super) fn open(input: &Input, offset: i64) -> anyhow::Result<(u64, Stream)> {
        let name = input.to_string();
        let (start, reader) = open(input, offset).with_context(|| name.clone())?;
        Ok((start, Stream { name, reader }))
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.reader
            .read(buf)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", self.name)))
    }
}

fn open(input: &Input, offset: i64) -> anyhow::Result<(u64, Box<dyn Read>)> {
    let Ok(start) = u64::try_from(offset) else {
        let source = input.open()?;
        let start = number::start(&source, offset)?;
        return Ok((start, Box::new(source.reader(start))));
    };
    let Some(mut file) = file(input)? else {
        let mut stdin = io::stdin();
        skip(&mut stdin, offset)?;
        return Ok((start, Box::new(stdin)));
    };
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    // Files of /proc say that they are empty, whatever they hold.
    let size = Some(metadata.len()).filter(|&size| metadata.is_file() && size > 0);
    if let Some(available) = size.filter(|&size| size < start) {
        return Err(behind(offset, available));
    }
    // What has no positions is read up to there.
    if offset > 0 && file.seek(SeekFrom::Current(offset)).is_err() {
        skip(&mut file, offset)?;
    }
    Ok((start, Box::new(file)))
}

/// Standard input is a file too, where the system can tell which.
fn file(input: &Input) -> io::Result<Option<File>> {
    match input {
        Input::File(path) => File::open(path).map(Some),
        #[cfg(unix)]
        Input::Stdin => {
            use std::os::fd::AsFd;
            let stdin = io::stdin().as_fd().try_clone_to_owned()?;
            Ok(Some(File::from(stdin)))
        }
        #[cfg(not(unix))]
        Input::Stdin => Ok(None),
    }
}

fn skip(reader: &mut impl Read, offset: i64) -> anyhow::Result<()> {
    let wanted = offset.unsigned_abs();
    let skipped = io::copy(&mut reader.take(wanted), &mut io::sink())?;
    if skipped < wanted {
        return Err(behind(offset, skipped));
    }
    Ok(())
}

fn behind(offset: i64, available: u64) -> anyhow::Error {
    DataError::new(DataErrorKind::Offset { offset, available }).into()
}
