//! Suspending the program, by Ctrl-Z or by another program (`kill -TSTP`), and resuming it.

use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::iterator::Signals;

/// Set when another program suspends this one (SIGTSTP).
static IS_TOLD_TO_STOP: AtomicBool = AtomicBool::new(false);

/// Set when the program resumes after a stop that it could not handle, such as `kill -STOP`.
static GOES_ON: AtomicBool = AtomicBool::new(false);

/// Set while the program suspends itself: the next signals are its own.
static STOPS_ITSELF: AtomicBool = AtomicBool::new(false);
static GOES_ON_ITSELF: AtomicBool = AtomicBool::new(false);

/// Begins handling the signals. `is_taken` tells whether the browser has the terminal; while it doesn't, the program
/// stops at once.
pub(super) fn watch(is_taken: fn() -> bool) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without a handler the system stops the program, and leaves the terminal as it is.
        let Ok(mut signals) = Signals::new([SIGTSTP, SIGCONT]) else {
            return;
        };
        let seen = move || {
            for signal in signals.forever() {
                let (own, seen) = match signal {
                    SIGTSTP => (&STOPS_ITSELF, &IS_TOLD_TO_STOP),
                    _ => (&GOES_ON_ITSELF, &GOES_ON),
                };
                if own.swap(false, Ordering::SeqCst) {
                    continue;
                }
                match (signal, is_taken()) {
                    (_, true) => {
                        seen.store(true, Ordering::SeqCst);
                        // A resize signal wakes the thread that waits for keys.
                        let _ = kill_process(getpid(), Signal::WINCH);
                    }
                    (SIGTSTP, false) => {
                        let _ = stop_self();
                    }
                    _ => {}
                }
            }
        };
        let _ = thread::Builder::new().spawn(seen);
    });
}

/// Whether another program suspends this one; resets the flag.
pub(super) fn take_stop() -> bool {
    IS_TOLD_TO_STOP.swap(false, Ordering::SeqCst)
}

/// Whether the program resumed after a stop that it could not handle; resets the flag.
pub(super) fn take_going_on() -> bool {
    GOES_ON.swap(false, Ordering::SeqCst)
}

/// Stops until the shell lets the program go on, with the other programs of a pipe where `with_group` is set. Where
/// no shell could, the system lets it go on at once.
pub(super) fn stop(with_group: bool) -> io::Result<()> {
    if with_group {
        STOPS_ITSELF.store(true, Ordering::SeqCst);
        kill_current_process_group(Signal::TSTP)?;
    }
    GOES_ON_ITSELF.store(true, Ordering::SeqCst);
    stop_self()
}

/// SIGTSTP has a handler here. SIGTTOU stops as it does without one: not where no shell is there to go on.
fn stop_self() -> io::Result<()> {
    kill_process(getpid(), Signal::TTOU)?;
    // Another thread may receive the signal, a moment later.
    thread::sleep(Duration::from_millis(20));
    Ok(())
}
