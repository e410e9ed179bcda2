//! How much may be extracted.

use super::super::error::{Error, ErrorKind};
use super::super::member::Member;
use super::Policy;

/// So much may be written whatever the ratio: a decoder reads ahead, and small archives of zeros
/// do no harm.
const FREE: u64 = 1 << 20;

/// What was extracted so far, and what may be.
#[derive(Debug)]
pub(super) struct Limits {
    max_size: Option<u64>,
    max_members: Option<u64>,
    max_ratio: Option<u64>,
    /// The sizes of all files so far, holes included.
    size: u64,
    members: u64,
    written: u64,
}

impl Limits {
    pub(super) fn new(policy: &Policy) -> Limits {
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
    pub(super) fn member(&mut self, member: &Member) -> Result<(), Error> {
        self.members = self.members.saturating_add(1);
        let within = within("members", self.members, self.max_members);
        within.map_err(|e| e.at(member.offset))
    }

    /// A file of this size, before anything of it is there.
    pub(super) fn file(&mut self, size: u64) -> Result<(), Error> {
        self.size = self.size.saturating_add(size);
        within("bytes", self.size, self.max_size)
    }

    /// So many bytes more, when the compressed archive was read so far.
    pub(super) fn written(&mut self, bytes: u64, compressed: Option<u64>) -> Result<(), Error> {
        self.written = self.written.saturating_add(bytes);
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
