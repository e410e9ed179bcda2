//! The members of archives: compared with each other, and with lists of digests.

mod diff;
mod json;
mod manifest;
mod texts;

use super::{Archive, Error, ErrorKind, Member};
use crate::hash::{Algorithm, BUFFER, Digest, Hasher};
use crate::offset::Position;
use crate::tree::Problem;

pub use diff::{Change, Difference, Field, Listing, diff};
pub use manifest::{Line, Manifest, Verdict};

/// The default limit of holes that are read as zeros, in bytes.
pub const DEFAULT_MAX_HOLES: u64 = 64 << 30;

/// A callback for the problems of each member, and at the end for those of the archive.
pub type OnProblems<'a> = dyn FnMut(Option<&Member>, &[Problem]) + 'a;

/// Makes digests of the members of one archive.
struct Contents<'a> {
    algorithms: &'a [Algorithm],
    /// How many more bytes of holes may be read as zeros. They take as long as data, and an archive of three kilobytes
    /// can state a terabyte of them.
    holes: u64,
}

impl Contents<'_> {
    /// Digests of the current member's content, holes of a sparse file included.
    fn digests(&mut self, archive: &mut Archive, member: &Member) -> Result<Vec<Digest>, Error> {
        let mut content = archive.content(member)?;
        let holes = content.holes();
        let Some(left) = self.holes.checked_sub(holes) else {
            let name = member.name.clone();
            let beyond = holes.since(self.holes);
            return Err(Error::new(ErrorKind::Holes { name, beyond }).at(member.header_offset));
        };
        self.holes = left;
        let mut hasher = Hasher::new(self.algorithms);
        let size = usize::try_from(content.size()).unwrap_or(usize::MAX);
        let mut buffer = vec![0; size.min(BUFFER)];
        loop {
            let read = content.read_some(&mut buffer)?;
            match buffer.get(..read) {
                None | Some([]) => return Ok(hasher.finish()),
                Some(bytes) => hasher.update(bytes),
            }
        }
    }
}
