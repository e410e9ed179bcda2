//! The members of archives: compared with each other, and with lists of digests.

mod diff;
mod manifest;
mod texts;

use std::io;

use super::hash::{Algorithm, Digest, Hasher};
use crate::formats::tar::{Archive, Error, Member};

pub use diff::{Change, Difference, Field, Listing, diff};
pub use manifest::{Line, Manifest, Verdict};

/// Digests of the content of the member that the archive gave last: of a sparse file, with its holes.
fn digests(
    archive: &mut Archive,
    member: &Member,
    algorithms: &[Algorithm],
) -> Result<Vec<Digest>, Error> {
    let mut hasher = Hasher::new(algorithms);
    hasher
        .update_from(&mut archive.content(member)?.within_limit(member)?)
        .map_err(|error: io::Error| Error::from(error))?;
    Ok(hasher.finish())
}
