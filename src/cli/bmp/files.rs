//! Many files: those in folders too, worked on in parallel, answered in their order.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::progress::Progress;
use crate::cli::{Context, Exit, Input};
use crate::render::escape;

/// Files whose answers wait for one another, at most.
const BATCH: usize = 128;

/// The files that arguments mean: for a folder, the bitmaps in it by their suffix, sorted; without
/// arguments, standard input. Links to folders are not followed, and only files are read, no
/// pipes. What can't be looked into is told, with its status, and the rest goes on.
pub(super) fn find(arguments: &[Input], cx: &mut Context) -> anyhow::Result<(Vec<Input>, Exit)> {
    if arguments.is_empty() {
        return Ok((vec![Input::Stdin], Exit::Done));
    }
    let mut files = Vec::new();
    let mut exit = Exit::Done;
    for argument in arguments {
        let Some(folder) = argument.path().filter(|path| path.is_dir()) else {
            files.push(argument.clone());
            continue;
        };
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            match entry {
                Ok(entry) if is_bitmap(entry.path()) && entry.path().is_file() => {
                    files.push(Input::File(entry.into_path()));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder);
                    let path = escape::path(path).to_string();
                    let error = anyhow::Error::from(std::io::Error::from(error));
                    exit = exit.max(cx.report(error.context(path))?);
                }
            }
        }
    }
    Ok((files, exit))
}

fn is_bitmap(path: &Path) -> bool {
    let suffix = path.extension().map(|suffix| suffix.to_ascii_lowercase());
    suffix.is_some_and(|suffix| suffix == "bmp" || suffix == "dib" || suffix == "rle")
}

/// Does `work` for each file on all processors, and hands over what it gave in the order of the
/// files.
pub(super) fn in_order<R: Send>(
    files: &[Input],
    work: impl Fn(&Input) -> R + Sync,
    mut take: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut progress = Progress::files(files.len());
    let mut finished = 0_usize;
    for batch in files.chunks(BATCH) {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        let run = || {
            while let Some((index, file)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                batch.get(index).map(|file| (index, file))
            } {
                let answer = work(file);
                if let Ok(mut done) = done.lock() {
                    done.push((index, answer));
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..workers.min(batch.len()) {
                scope.spawn(run);
            }
            run();
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(index, _)| *index);
        for (_, answer) in done {
            take(answer)?;
        }
        finished = finished.saturating_add(batch.len());
        progress.set(finished as u64);
    }
    Ok(())
}
