//! A bar on standard error, where that is a terminal and the work takes its time.

use std::io::{self, IsTerminal, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::interrupt;
use crate::Source;
use crate::source::watched;

/// Work that is done sooner needs no progress bar.
const SOON: Duration = Duration::from_secs(1);

/// How often a bar is drawn at most, in a second.
const REDRAWN: u8 = 20;

/// The bar that is there now, and when the work that it belongs to began among all.
static SHOWN: Mutex<Option<(u64, ProgressBar)>> = Mutex::new(None);

/// The work that has begun so far.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// The process is about to end, and no bar is drawn any more.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Work that reported progress before its bar was due, and may not report again for long: a large block takes seconds
/// to compress.
static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    work: None,
    is_watched: false,
});

struct Waiting {
    work: Option<Work>,
    /// Whether a thread checks if its bar is due.
    is_watched: bool,
}

/// How often a spinner turns.
const TURNED: Duration = Duration::from_millis(250);

/// The interval of checking whether a bar is due.
const LOOKED: Duration = Duration::from_millis(100);

/// The progress of some work. There is one bar at a time: that of the work that began last, such as one file of many.
pub(super) struct Progress {
    work: Work,
    visible: bool,
}

#[derive(Clone, Copy)]
struct Work {
    begun: u64,
    all: Option<u64>,
    template: &'static str,
    started: Instant,
    position: u64,
}

impl Work {
    fn is_due(&self) -> bool {
        self.started.elapsed() >= SOON
    }

    /// Draws the bar, unless work that began later has one.
    fn show(&self) {
        let mut shown = shown();
        if IS_OVER.load(Ordering::Relaxed) {
            return;
        }
        let bar = match &*shown {
            Some((begun, _)) if *begun > self.begun => return,
            Some((begun, bar)) if *begun == self.begun => bar.clone(),
            before => {
                if let Some((_, bar)) = before {
                    bar.finish_and_clear();
                }
                let bar = self.bar();
                *shown = Some((self.begun, bar.clone()));
                bar
            }
        };
        drop(shown);
        bar.set_position(self.position);
    }

    fn bar(&self) -> ProgressBar {
        // The bar has to be removed on an interruption.
        interrupt::guard();
        let target = ProgressDrawTarget::term_like_with_hz(
            Box::new(NarrowerTerminal(Term::buffered_stderr())),
            REDRAWN,
        );
        let bar = ProgressBar::with_draw_target(self.all, target);
        let style = ProgressStyle::with_template(self.template);
        let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
        if self.all.is_none() {
            // The spinner turns while no progress is reported.
            bar.enable_steady_tick(TURNED);
        }
        bar
    }

    /// Has the bar drawn when it is due, in case the work reports nothing until then.
    fn wait(self) {
        let mut waiting = waiting();
        if waiting.work.is_none_or(|other| other.begun <= self.begun) {
            waiting.work = Some(self);
        }
        if !waiting.is_watched {
            // Without a thread, the bar is drawn with the next report.
            waiting.is_watched = thread::Builder::new().spawn(watch).is_ok();
        }
    }
}

/// Draws the bar of waiting work when it is due; ends when none waits.
fn watch() {
    loop {
        thread::sleep(LOOKED);
        let mut waiting = waiting();
        let due = waiting.work.take_if(|work| work.is_due());
        if let Some(work) = due {
            work.show();
        }
        if waiting.work.is_none() {
            waiting.is_watched = false;
            return;
        }
    }
}

fn waiting() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress {
    pub(super) fn files(all: usize) -> Progress {
        let template = "{wide_bar} {pos}/{len} files, {eta} left";
        Progress::new(Some(all as u64), template, false)
    }

    /// Bytes, out of a total where that is known. `prints` says whether the work writes to standard
    /// output all the time, where a bar would be in between on a terminal.
    pub(super) fn bytes(all: Option<u64>, prints: bool) -> Progress {
        let template = match all {
            Some(_) => "{wide_bar} {bytes}/{total_bytes}, {eta} left",
            None => "{spinner} {bytes}",
        };
        Progress::new(all, template, prints)
    }

    fn new(all: Option<u64>, template: &'static str, prints: bool) -> Progress {
        Progress {
            work: Work {
                begun: BEGUN.fetch_add(1, Ordering::Relaxed),
                all,
                template,
                started: Instant::now(),
                position: 0,
            },
            visible: io::stderr().is_terminal() && !(prints && io::stdout().is_terminal()),
        }
    }

    pub(super) fn set(&mut self, position: u64) {
        if !self.visible || IS_OVER.load(Ordering::Relaxed) {
            return;
        }
        self.work.position = position;
        match self.work.is_due() {
            true => self.work.show(),
            false => self.work.wait(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.visible {
            return;
        }
        let begun = self.work.begun;
        // Before the bar is taken away, so that none is drawn after that.
        waiting().work.take_if(|work| work.begun == begun);
        if let Some((_, bar)) = shown().take_if(|(shown, _)| *shown == begun) {
            bar.finish_and_clear();
        }
    }
}

/// Takes the bar away, and draws none any more.
pub(super) fn end() {
    IS_OVER.store(true, Ordering::Relaxed);
    let bar = shown().clone();
    if let Some((_, bar)) = bar {
        bar.finish_and_clear();
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// Writes to the terminal while the bar is out of the way.
pub(super) fn suspended(write: impl FnOnce()) {
    let bar = shown().clone();
    match bar {
        Some((_, bar)) => bar.suspend(write),
        None => write(),
    }
}

/// Takes the bar away: an interruption ends the process, and leaves a clean line. Whether there was one.
pub(super) fn clear() -> bool {
    // The work goes on until the process ends, and would draw the bar again.
    IS_OVER.store(true, Ordering::Relaxed);
    let Ok(bar) = SHOWN.try_lock() else {
        return false;
    };
    if let Some((_, bar)) = &*bar {
        bar.finish_and_clear();
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar.is_some()
}

/// Columns that a bar leaves free. The cursor is after the bar; the terminal writes `^C` there, which at its
/// right edge would go to the next line and make that the one to be cleared.
const FREE: u16 = 4;

/// A terminal some columns narrower than it is.
#[derive(Debug)]
struct NarrowerTerminal(Term);

impl TermLike for NarrowerTerminal {
    fn width(&self) -> u16 {
        TermLike::width(&self.0).saturating_sub(FREE).max(1)
    }

    fn height(&self) -> u16 {
        TermLike::height(&self.0)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

fn shown() -> MutexGuard<'static, Option<(u64, ProgressBar)>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same source, whose progress is how far it was read.
pub(super) fn source(source: Source, prints: bool) -> Source {
    let progress = Progress::bytes(source.known_size(), prints);
    if !progress.visible {
        return source;
    }
    let progress = Mutex::new(progress);
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
