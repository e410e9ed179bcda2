//! How much may be extracted.

use super::super::error::{Error, ErrorKind};
use super::super::member::Member;
use super::Policy;

/// So much may be written whatever the ratio: a decoder reads ahead, and small archives of zeros
/// do no harm.
const FREE: u64 = 1 << 20;

/// What was extracted so far, and what may be, as a [`Policy`] says: for whoever puts the content of
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
    /// [`ErrorKind::TooMuch`].
    pub fn member(&mut self, member: &Member) -> Result<(), Error> {
        self.members = self.members.saturating_add(1);
        let within = within("members", self.members, self.max_members);
        within.map_err(|e| e.at(member.offset))
    }

    /// A file of this size, before anything of it is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooMuch`].
    pub fn file(&mut self, size: u64) -> Result<(), Error> {
        self.size = self.size.saturating_add(size);
        within("bytes", self.size, self.max_size)
    }

    /// So many bytes more, when the compressed archive was read so far.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooMuch`].
    pub fn written(&mut self, bytes: u64, compressed: Option<u64>) -> Result<(), Error> {
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
