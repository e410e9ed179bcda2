//! A bar on standard error, where that is a terminal and the work takes its time.

use std::io::{self, IsTerminal, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::interrupt;
use crate::Source;
use crate::source::watched;

/// Work that is done sooner needs no progress bar.
const SOON: Duration = Duration::from_secs(1);

/// The bar that is there now.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// How far some work has come.
pub(super) struct Progress {
    all: Option<u64>,
    template: &'static str,
    started: Instant,
    bar: Option<ProgressBar>,
    visible: bool,
}

impl Progress {
    pub(super) fn files(all: usize) -> Progress {
        let template = "{wide_bar} {pos}/{len} files, {eta} left";
        Progress::new(Some(all as u64), template, true)
    }

    /// Bytes, of so many where that is known. `prints` says whether the work writes to standard
    /// output, where a bar would be in between on a terminal.
    pub(super) fn bytes(all: Option<u64>, prints: bool) -> Progress {
        let template = match all {
            Some(_) => "{wide_bar} {bytes}/{total_bytes}, {eta} left",
            None => "{spinner} {bytes}",
        };
        Progress::new(all, template, prints)
    }

    fn new(all: Option<u64>, template: &'static str, prints: bool) -> Progress {
        Progress {
            all,
            template,
            started: Instant::now(),
            bar: None,
            visible: io::stderr().is_terminal() && !(prints && io::stdout().is_terminal()),
        }
    }

    pub(super) fn set(&mut self, position: u64) {
        if !self.visible || self.started.elapsed() < SOON {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            // From here on there is something to be cleared away.
            interrupt::guard();
            let bar = match self.all {
                Some(all) => ProgressBar::new(all),
                None => ProgressBar::new_spinner(),
            };
            let style = ProgressStyle::with_template(self.template);
            let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
            *shown() = Some(bar.clone());
            bar
        });
        bar.set_position(position);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            *shown() = None;
        }
    }
}

/// Writes to standard error while the bar is out of the way.
pub(super) fn suspended(write: impl FnOnce()) {
    let bar = shown().clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Takes the bar away: an interruption ends the process, and leaves a clean line.
pub(super) fn clear() {
    if let Ok(bar) = SHOWN.try_lock()
        && let Some(bar) = &*bar
    {
        bar.finish_and_clear();
        // The work goes on until the process has ended, and would draw it again.
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same source, whose progress is how far it was read.
pub(super) fn source(source: Source, prints: bool) -> Source {
    let progress = Mutex::new(Progress::bytes(source.known_size(), prints));
    watched::source(source, move |read| {
        if let Ok(mut progress) = progress.try_lock() {
            progress.set(read);
        }
    })
}

/// The same stream, whose progress is how much was read of all its bytes, where their number is known.
pub(super) fn part(stream: impl Read + Send, all: Option<u64>, prints: bool) -> impl Read + Send {
    let mut progress = Progress::bytes(all, prints);
    watched::stream(stream, move |read| progress.set(read))
}

/// The same stream, whose progress is how much of it was read.
pub(super) fn stream(stream: impl Read + Send, prints: bool) -> impl Read + Send {
    part(stream, None, prints)
}
