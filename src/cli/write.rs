//! Changes to a file, written so that the old or the new file is there at any time.

use std::fs::File;
use std::path::Path;

use super::Context;
use super::error::Result;
use super::progress::Progress;
use crate::inspect::patch::Patch;

/// Applies a patch to the file that it was made for: through a copy that takes the file's place,
/// or in place.
pub(super) fn changes(patch: &Patch, path: &Path, in_place: bool, cx: &Context) -> Result<()> {
    if in_place {
        let mut file = File::options().read(true).write(true).open(path)?;
        return Ok(patch.write_in_place(&mut file)?);
    }
    let old = File::open(path)?;
    let seen = old.metadata()?;
    let mut copy = cx.rewrite(path)?;
    let mut progress = Progress::bytes(Some(seen.len()), false);
    patch.copy_to(&old, copy.file_mut(), |copied| progress.set(copied))?;
    copy.sync()?;
    Ok(copy.commit_over(&seen)?)
}
