//! The members of a file, found while their content is read.

use super::{G001, G002, G009};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::member::Member;
use crate::Source;
use crate::codecs::gzip;
use crate::offset::Position;
use crate::tree::{Problem, Range};

/// Compressed bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// The result of reading a file to its end.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamSummary {
    pub(super) members: Vec<Member>,
    pub(super) problems: Vec<Problem>,
}

/// The contents of a file's members, concatenated, up to the first error.
pub(super) struct Members {
    source: Source,
    /// The most members that are read.
    most: usize,
    /// Bytes of content that may still be returned; later ones are only read and checked.
    left: u64,
    /// Where the next member begins; `None` where there is none.
    next: Option<u64>,
    inflating: Option<Inflating>,
    found: Arc<Mutex<StreamSummary>>,
}

impl Members {
    /// The members of `source`; the second value has the summary once the first is read to its end.
    pub(super) fn new(
        source: &Source,
        most: usize,
        content: u64,
    ) -> (Members, Arc<Mutex<StreamSummary>>) {
        let found = Arc::default();
        let members = Members {
            source: source.clone(),
            most,
            left: content,
            next: Some(0),
            inflating: None,
            found: Arc::clone(&found),
        };
        (members, found)
    }

    /// Begins the next member that holds something; `false` where there is none.
    fn begin(&mut self) -> io::Result<bool> {
        while let Some(start) = self.next {
            if !gzip::is_gzip(&self.source.read(start, 2)?) {
                self.next = None;
                break;
            }
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            if found.members.len() >= self.most {
                let message = format!("more than {} members: the rest is not read", self.most);
                let range = Range::file(start, 0);
                let problem = G009.problem(range, message);
                found.problems.push(problem);
                self.next = None;
                break;
            }
            let (member, is_deflate) = Member::begin(&self.source, start)?;
            if is_deflate {
                self.inflating = Some(Inflating::new(member));
                return Ok(true);
            }
            found.members.push(member);
            self.next = None;
        }
        Ok(false)
    }

    fn read_on(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.inflating.is_none() && !self.begin()? {
                return Ok(0);
            }
            let Some(inflating) = &mut self.inflating else {
                return Ok(0);
            };
            let (written, ended) = inflating.read(&self.source, buf)?;
            if ended && let Some(Inflating { member, .. }) = self.inflating.take() {
                self.next = member.whole.then_some(member.end);
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                found.members.push(member);
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

impl Read for Members {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            let mut rest = vec![0; BUFFER];
            while self.read_on(&mut rest)? > 0 {}
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let size = buf.len().min(most);
        let read = self.read_on(buf.get_mut(..size).unwrap_or_default())?;
        self.left = self.left.since(read as u64);
        Ok(read)
    }
}

/// A member whose data are being read.
struct Inflating {
    member: Member,
    decompress: Decompress,
    crc: Crc,
    input: Vec<u8>,
    /// How many bytes of the input were consumed.
    taken: usize,
}

impl Inflating {
    fn new(member: Member) -> Inflating {
        Inflating {
            member,
            decompress: Decompress::new(false),
            crc: Crc::new(),
            input: Vec::new(),
            taken: 0,
        }
    }

    /// Reads on into `buf`: how many bytes, and whether they are the last.
    fn read(&mut self, source: &Source, buf: &mut [u8]) -> io::Result<(usize, bool)> {
        let data = self.member.data;
        let (before_in, before_out) = (self.decompress.total_in(), self.decompress.total_out());
        if self.taken == self.input.len() {
            self.taken = 0;
            self.input = source.read_some(data.past(before_in), BUFFER)?;
            if self.input.is_empty() {
                let at = data.past(before_in);
                self.member
                    .broken(at, G001, "the file ends in the compressed data");
                return Ok((0, true));
            }
        }
        let chunk = self.input.get(self.taken..).unwrap_or_default();
        let status = self
            .decompress
            .decompress(chunk, buf, FlushDecompress::None);
        let count =
            |after: u64, before: u64| usize::try_from(after.since(before)).unwrap_or(usize::MAX);
        let written = count(self.decompress.total_out(), before_out);
        self.taken = self
            .taken
            .past(count(self.decompress.total_in(), before_in));
        self.crc.update(buf.get(..written).unwrap_or_default());
        let at = data.past(self.decompress.total_in());
        match status {
            Ok(Status::StreamEnd) => {
                self.member.finish(source, at, &self.crc)?;
                Ok((written, true))
            }
            // A call without progress is an error instead.
            Ok(Status::Ok) => Ok((written, false)),
            _ => {
                self.member
                    .broken(at, G002, "the compressed data are broken here");
                Ok((written, true))
            }
        }
    }
}
