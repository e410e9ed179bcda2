//! How much may be extracted.

use super::super::error::{Error, ErrorKind};
use super::super::member::Member;
use super::Policy;
use crate::offset::Tally;

/// Bytes that may be written at any ratio: a decoder reads ahead, and small archives of zeros
/// do no harm.
const FREE: u64 = 1 << 20;

/// What was extracted so far, and what may be, as a [`Policy`] says: for the one who puts the content of
/// members elsewhere than an [`Extractor`](super::Extractor) does, which has its own.
///
/// ```
/// use std::io::Read;
/// use bytewright::formats::tar::{Archive, Limits, Policy};
///
/// # let bytes = vec![0u8; 1024];
/// let mut policy = Policy::default();
/// policy.max_ratio = Some(100);
/// let mut limits = Limits::new(&policy);
/// let mut archive = Archive::new(bytes.into())?;
/// let mut buffer = [0; 4096];
/// while let Some(member) = archive.next_member()? {
///     limits.member(&member)?;
///     limits.file(member.size)?;
///     let mut content = archive.content(&member)?;
///     loop {
///         let read = content.read(&mut buffer)?;
///         if read == 0 {
///             break;
///         }
///         limits.written(read as u64, content.compressed_position())?;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Limits {
    max_size: Option<u64>,
    max_members: Option<u64>,
    max_ratio: Option<u64>,
    /// The sizes of all files so far, holes included.
    size: u64,
    members: u64,
    written: u64,
}

impl Limits {
    /// Nothing was extracted so far.
    pub fn new(policy: &Policy) -> Limits {
        Limits {
            max_size: policy.max_size,
            max_members: policy.max_members,
            max_ratio: policy.max_ratio,
            size: 0,
            members: 0,
            written: 0,
        }
    }

    /// One member more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooMuch`] when the limit is exceeded.
    pub fn member(&mut self, member: &Member) -> Result<(), Error> {
        self.members.tally(1);
        let within = within("members", self.members, self.max_members);
        within.map_err(|e| e.at(member.offset))
    }

    /// A file of this size, before anything of it is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooMuch`] when the limit is exceeded.
    pub fn file(&mut self, size: u64) -> Result<(), Error> {
        self.size.tally(size);
        within("bytes", self.size, self.max_size)
    }

    /// This many bytes more, when the compressed archive was read so far.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooMuch`] when the limit is exceeded.
    pub fn written(&mut self, bytes: u64, compressed: Option<u64>) -> Result<(), Error> {
        self.written.tally(bytes);
        let (Some(ratio), Some(compressed)) = (self.max_ratio, compressed) else {
            return Ok(());
        };
        let allowed = compressed.saturating_mul(ratio).max(FREE);
        match self.written > allowed {
            true => Err(too_much("times the bytes of the compressed archive", ratio)),
            false => Ok(()),
        }
    }
}

fn within(what: &'static str, found: u64, limit: Option<u64>) -> Result<(), Error> {
    match limit {
        Some(limit) if found > limit => Err(too_much(what, limit)),
        _ => Ok(()),
    }
}

fn too_much(what: &'static str, limit: u64) -> Error {
    Error::new(ErrorKind::TooMuch { what, limit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tar::NewMember;

    /// What the error says that there was too much of, and the limit.
    fn told(result: Result<(), Error>) -> Option<(&'static str, u64)> {
        match result.err()?.kind() {
            ErrorKind::TooMuch { what, limit } => Some((what, *limit)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_limit_may_be_reached_and_not_passed() {
        let policy = Policy {
            max_members: Some(2),
            max_size: Some(10),
            ..Policy::default()
        };
        let mut limits = Limits::new(&policy);
        let mut member = NewMember::default().as_listed();
        member.offset = 512;
        assert_eq!(told(limits.member(&member)), None);
        assert_eq!(told(limits.member(&member)), None);
        let error = limits.member(&member).unwrap_err();
        assert_eq!(error.offset(), Some(512));
        assert_eq!(told(Err(error)), Some(("members", 2)));

        assert_eq!(told(limits.file(10)), None);
        assert_eq!(told(limits.file(0)), None);
        assert_eq!(told(limits.file(1)), Some(("bytes", 10)));
        assert_eq!(told(limits.file(u64::MAX)), Some(("bytes", 10)));
    }

    #[test]
    fn the_ratio_counts_beyond_the_first_mebibyte_and_where_something_is_compressed() {
        let policy = Policy {
            max_ratio: Some(3),
            ..Policy::default()
        };
        let written = |steps: &[(u64, Option<u64>)]| {
            let mut limits = Limits::new(&policy);
            let results = steps
                .iter()
                .map(|&(bytes, compressed)| told(limits.written(bytes, compressed)).is_none());
            results.collect::<Vec<_>>()
        };
        assert_eq!(written(&[(1 << 20, Some(0)), (1, Some(0))]), [true, false]);
        let third = 1 << 20;
        assert_eq!(
            written(&[(3 * third, Some(third)), (1, Some(third))]),
            [true, false]
        );
        assert_eq!(written(&[(u64::MAX, None)]), [true]);
        let mut limits = Limits::new(&policy);
        let passed = told(limits.written(u64::MAX, Some(1)));
        assert_eq!(passed.map(|(_, limit)| limit), Some(3));
        let mut unlimited = Limits::new(&Policy::default());
        assert_eq!(told(unlimited.written(u64::MAX, Some(1))), None);
        assert_eq!(told(unlimited.file(u64::MAX)), None);
    }
}
