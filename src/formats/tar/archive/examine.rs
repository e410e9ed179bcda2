//! Reading an archive for its problems: every byte is read, and an error doesn't end the reading.

use super::super::error::{Error, ErrorKind};
use super::super::header::{Header, with_checksum};
use super::super::layout::{BLOCK, Layout, field};
use super::super::member::{Extended, Kind, assemble};
use super::super::pax::Globals;
use super::ending::FOLLOWS;
use super::{Archive, State};
use crate::formats::tar::codes::{T012, T013, T030, T032, T036};
use crate::offset::Position;
use crate::tree::{Problem, Range};

/// A header block whose checksum is wrong, and what came before it.
#[derive(Debug)]
pub(super) struct RejectedHeader {
    pub(super) offset: u64,
    pub(super) block: [u8; BLOCK],
    pub(super) extended: Extended,
}

/// Where reading resumes after an error.
#[derive(Debug)]
pub(crate) struct Resumption {
    /// Where the next header is; without one, where the last byte is that isn't zero.
    pub(crate) offset: u64,
    /// Whether a header is there.
    pub(crate) more: bool,
}

impl Archive<'_> {
    /// Examines everything from now on: padding, and bytes after the end.
    pub(crate) fn examine(&mut self) {
        self.examine = true;
    }

    /// What follows the end of the archive, and so is none of its members: goes over these to it.
    pub(crate) fn after_end(&mut self) -> Result<Vec<Problem>, Error> {
        while self.next_member()?.is_some() {}
        // A compressed stream was read to its end.
        if self.input.compression().is_none() {
            self.read_rest()?;
        }
        let mut problems = self.take_problems();
        problems.retain(|problem| {
            let codes = [T012.code, T013.code, T030.code];
            codes.contains(&problem.code)
        });
        Ok(problems)
    }

    /// Takes the problems so far.
    pub(crate) fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// The offsets of the headers that were repaired since the last call.
    pub(crate) fn take_mended(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.mended)
    }

    /// Looks for the next header after the place of an error, in steps of a block. A header that is plausible but for
    /// its checksum is repaired, and begins the next member.
    pub(crate) fn resume(&mut self) -> Result<Resumption, Error> {
        self.data_end = None;
        if let Some(rejected) = self.rejected.take()
            && let Some(mended) = self.mend(rejected)?
        {
            let offset = mended.offset;
            self.state = State::Members;
            self.rejected = Some(mended);
            return Ok(Resumption { offset, more: true });
        }
        let mut offset = self.input.position();
        loop {
            let at = self.input.position();
            match self.input.peek()? {
                None => {
                    self.end_of_archive()?;
                    return Ok(Resumption {
                        offset,
                        more: false,
                    });
                }
                Some(block) if *block == [0; BLOCK] => {}
                Some(block) if Header::parse(block).is_ok() => {
                    self.state = State::Members;
                    return Ok(Resumption {
                        offset: at,
                        more: true,
                    });
                }
                Some(_) => offset = at.past(BLOCK as u64),
            }
            self.input.block()?;
        }
    }

    /// Only where everything else is plausible: the magic is right, every number is one, and a
    /// header or the end is where the size says. In a stream, that can't be checked.
    fn mend(
        &mut self,
        mut rejected: Box<RejectedHeader>,
    ) -> Result<Option<Box<RejectedHeader>>, Error> {
        let Some(block) = with_checksum(&rejected.block) else {
            return Ok(None);
        };
        let Ok(header) = Header::parse(&block) else {
            return Ok(None);
        };
        let Some(end) = self.plausible_end(&header, &rejected) else {
            return Ok(None);
        };
        let after = self.input.position();
        if !self.input.jump_to(end)? {
            return Ok(None);
        }
        let follows = self
            .input
            .peek()?
            .is_some_and(|block| *block == [0; BLOCK] || Header::parse(block).is_ok());
        self.input.jump_to(after)?;
        if !follows {
            return Ok(None);
        }
        let range = Range::new(self.space(), rejected.offset, BLOCK as u64);
        let message = "the magic and the numbers of this header are right, and what follows stands \
                       where its size says: what is damaged is the checksum, or a text such as \
                       the name";
        let problem = T036.problem(range, message);
        rejected.extended.problems.push(problem);
        self.mended.push(rejected.offset);
        rejected.block = block;
        Ok(Some(rejected))
    }

    /// Where the data of a plausible header would end.
    fn plausible_end(&self, header: &Header, rejected: &RejectedHeader) -> Option<u64> {
        let layout = header.layout();
        if layout == Layout::V7 || header.typeflag() == b'S' || header.name().is_empty() {
            return None;
        }
        let data = rejected.offset.past(BLOCK as u64);
        if matches!(header.typeflag(), b'x' | b'X' | b'g' | b'L' | b'K') {
            let size = u64::try_from(header.number(field!("size")).ok()?).ok()?;
            return data
                .checked_add(size)?
                .checked_next_multiple_of(BLOCK as u64);
        }
        let extended = Extended {
            problems: Vec::new(),
            ..rejected.extended.clone()
        };
        let space = self.space();
        let member = assemble(header, rejected.offset, space, extended, &self.globals).ok()?;
        // Whether the data of such a link are there is a guess already.
        let guess = member.kind == Kind::Hardlink && member.stored_size > 0;
        (member.problems.is_empty() && !guess).then(|| member.end())
    }

    /// Examines padding; answers how many bytes are missing.
    pub(super) fn skip_padding(
        &mut self,
        end: u64,
        after: impl FnOnce() -> String,
    ) -> Result<u64, Error> {
        if !self.examine {
            return self.input.skip_to(end);
        }
        let start = self.input.position();
        let size = end.saturating_sub(start).min(BLOCK as u64);
        let mut padding = [0; BLOCK];
        let part = usize::try_from(size)
            .ok()
            .and_then(|n| padding.get_mut(..n));
        let read = self.input.fill(part.unwrap_or_default())? as u64;
        if padding.iter().any(|&byte| byte != 0) {
            let range = Range::new(self.space(), start, read);
            let message = format!("the padding after {} isn't zeros", after());
            self.problems.push(T032.problem(range, message));
        }
        Ok(size.since(read))
    }

    /// Skips the zeros after an end to the next archive; `false` where there is none.
    pub(super) fn another(&mut self) -> Result<bool, Error> {
        // Global headers apply to the members of their archive alone.
        self.globals = Globals::default();
        loop {
            match self.input.peek()? {
                None => return Ok(false),
                Some(block) if *block == [0; BLOCK] => {}
                Some(_) => return Ok(true),
            }
            self.input.block()?;
        }
    }

    /// Reads everything after the end, and notes a problem for bytes other than zeros.
    pub(super) fn read_rest(&mut self) -> Result<(), Error> {
        let mut at = self.input.position();
        let mut buffer = vec![0; 64 << 10];
        let (mut told, mut told_archive) = (false, false);
        loop {
            let read = self.input.fill(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            for part in buffer.get(..read).unwrap_or_default().chunks(BLOCK) {
                if told_archive {
                    break;
                }
                if part.iter().any(|&byte| byte != 0) {
                    let block: Option<&[u8; BLOCK]> = part.try_into().ok();
                    if block.is_some_and(|block| Header::parse(block).is_ok()) {
                        told_archive = true;
                        self.problem(&T030, at, SECOND);
                    } else if !told {
                        told = true;
                        self.problem(&T012, at, FOLLOWS);
                    }
                }
                at.advance(part.len() as u64);
            }
        }
    }
}

/// The message of T013.
pub(crate) fn garbage(codec: &str) -> String {
    format!("something that isn't {codec} follows the {codec} stream")
}

const SECOND: &str = "a second archive follows the end of the first; readers see it only when told \
                      to ignore zeros";

/// Whether reading may resume after an error.
pub(crate) fn can_resume(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Io(_) | ErrorKind::Path { .. } | ErrorKind::Codec(_) | ErrorKind::Name { .. }
    )
}
