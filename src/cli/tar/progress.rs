//! How many bytes of an archive there are by now, on standard error where that is a terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::interrupt;

/// Work that is done sooner needs no progress bar.
const SOON: Duration = Duration::from_secs(1);

/// So often the line is drawn anew, whether or not there is news.
const TICK: Duration = Duration::from_millis(125);

/// A line that counts bytes. How many there are going to be isn't known.
pub(super) struct Progress {
    started: Instant,
    bar: Option<ProgressBar>,
    visible: bool,
}

impl Progress {
    /// One that appears after a while, unless somebody reads other lines there.
    pub(super) fn new(quiet: bool) -> Progress {
        Progress {
            started: Instant::now(),
            bar: None,
            visible: !quiet && std::io::stderr().is_terminal(),
        }
    }

    pub(super) fn set(&mut self, bytes: u64) {
        if !self.visible || self.started.elapsed() < SOON {
            return;
        }
        let started = self.started;
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template(
                "{spinner} {binary_bytes} written, {binary_bytes_per_sec}",
            );
            let bar = ProgressBar::no_length().with_elapsed(started.elapsed());
            let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
            bar.enable_steady_tick(TICK);
            interrupt::clear(&bar);
            bar
        });
        bar.set_position(bytes);
    }

    /// Does what writes to the terminal while the line is out of the way.
    pub(super) fn aside(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
