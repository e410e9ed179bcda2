//! Many files: those in folders too, worked on in parallel, answered in their order.

use std::path::Path;

use crate::cli::error::Result;
use crate::cli::progress::Progress;
use crate::cli::{Context, Exit, Input, files};
use crate::parallel::{self, Ordered};

/// The most files that are worked on ahead of the output.
const AHEAD: usize = 128;

/// The files that arguments mean: for a folder, the bitmaps in it by their suffix, sorted; without
/// arguments, standard input. Links to folders are not followed, and only files are read, no
/// pipes. Folders that can't be read are reported, with their status, and the rest is processed.
pub(super) fn find(arguments: &[Input], cx: &mut Context) -> Result<(Vec<Input>, Exit)> {
    if arguments.is_empty() {
        return Ok((vec![Input::Stdin], Exit::Done));
    }
    files::expand(arguments, is_bitmap, cx)
}

fn is_bitmap(path: &Path) -> bool {
    let suffix = path.extension().map(|suffix| suffix.to_ascii_lowercase());
    suffix.is_some_and(|suffix| suffix == "bmp" || suffix == "dib" || suffix == "rle")
}

/// Runs `work` for each file on all processors, and hands over the results in the order of the
/// files.
pub(super) fn in_order<R: Send + 'static>(
    files: Vec<Input>,
    work: impl Fn(Input) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let mut pool = Ordered::new(parallel::threads(), work);
    let mut progress = Progress::files(files.len());
    let mut files = files.into_iter();
    for finished in 1.. {
        for file in files.by_ref().take(AHEAD.saturating_sub(pool.pending())) {
            pool.push(file);
        }
        let Some(answer) = pool.pop() else { break };
        take(answer)?;
        progress.set(finished);
    }
    Ok(())
}
